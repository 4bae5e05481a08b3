"""Trains the evidence model: does a passage fit a question or an idea, on which side is it, and which sentence says so?

    OMP_NUM_THREADS=2 python -m eval.training.passages --work DIR --base FOLDER --name minilm --stage public
    OMP_NUM_THREADS=2 python -m eval.training.passages --work DIR --base FOLDER --name minilm --stage own \\
        --start DIR/minilm/public/model.pt --epochs 2

``DIR/examples`` is made by ``eval.training.examples``. ``FOLDER`` holds the pretrained encoder. A killed run
continues from the last saved state. An NVIDIA GPU is used if PyTorch can use one; this was never tried on one.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import torch

from assistant.evidence.network import ANSWERS, BEARS, Pair, PassageNetwork
from eval.training.examples import Example, read
from eval.training.pairs import batches, seeded, train

SEED = 7
FROZEN = 4  # layers that stay as they were: a third less work a step
NO = 0.15  # share of the passages labelled "no" that each epoch reads: there are ten of them for each other
TOKENS = 2_048  # of a step
SENTENCES = 0.5  # weight of the sentences' loss beside the passage's
LISTED = 12  # passages of a list
WORTH = {"no": 0, "no side": 0, "answers": 2}  # of a passage in a list; 1 if it bears or answers partly
OPPOSITES = Path(__file__).parent / "labelling/opposites.jsonl"
Item = tuple[Pair, Example]


def main() -> None:
    """Train the network that reads passages, for the one stage of training that the command line names, and save it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--name", default="mpnet", help="Folder within --work for what is trained.")
    parser.add_argument("--stage", required=True, help="Folder for it; of public sets if so named, else of our labels.")
    parser.add_argument("--start", type=Path, help="Weights of the stage before.")
    parser.add_argument("--kind", choices=("idea", "question"), help="Only these.")
    parser.add_argument(
        "--listed", action="store_true", help="A step reads the passages of one question or idea, and ranks them."
    )
    parser.add_argument("--no", type=float, default=NO, help='Share of the passages labelled "no" that are read.')
    parser.add_argument("--public", type=int, default=2_000, help="Rows of public sets beside our labels.")
    parser.add_argument("--skip", type=int, default=0, help="Batches of an epoch that the stage before has read.")
    parser.add_argument("--steps", type=int, help="An epoch ends after these.")
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--rate", type=float, default=4e-5)
    parser.add_argument("--seed", type=int, default=SEED, help="Another one reads other rows, in another order.")
    parser.add_argument("--layers", type=int)
    parser.add_argument("--frozen", type=int, default=FROZEN)
    given = parser.parse_args()
    rng = seeded(given.seed)
    model = PassageNetwork(given.base, given.layers)
    freeze(model, given.frozen)
    if given.start:
        model.load_state_dict(torch.load(given.start, map_location="cpu"))
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    print(f"Training on {device}.", flush=True)
    model.to(device)
    examples = given.work / "examples"
    public, own = (
        [one for one in read(examples / f"{name}.jsonl") if given.kind in (None, one.kind)]
        for name in ("public", "own")
    )
    epochs = []
    for epoch in range(given.epochs):
        if given.listed:
            epochs.append([[(paired(model, one), one) for one in group] for group in listed(own, rng)])
            continue
        chosen = (
            public
            if given.stage == "public"
            else [*thinned([*own, *turned(own)], given.no, rng), *rng.sample(public, min(len(public), given.public))]
        )
        items = [(paired(model, one), one) for one in chosen]
        epochs.append(
            batches(items, lambda item: len(item[0].tokens), given.seed + epoch, TOKENS)[given.skip :][: given.steps]
        )
    held = {name: read(examples / f"{name}.jsonl") for name in ("public-dev", "thresholds")}
    work = given.work / given.name / given.stage
    work.mkdir(parents=True, exist_ok=True)

    def loss_of(batch: Sequence[Item]) -> torch.Tensor:
        with torch.autocast(device.type, torch.bfloat16):
            return loss(model, batch, is_list=given.listed)

    def after_epoch(epoch: int) -> None:
        from eval.training.measures import measured

        for name, those in held.items():
            print(
                json.dumps({"epoch": epoch + 1, name: measured(model, those[:: 4 if name == "thresholds" else 2])}),
                flush=True,
            )
        save(model, work / f"after-{epoch + 1}.pt")

    train(model, epochs, loss_of, work, (given.rate, 1e-3), after_epoch)
    save(model, work / "model.pt")


def save(model: PassageNetwork, file: Path) -> None:
    """Write the weights of a network to ``file``, as CPU tensors, so that they can be read on any machine."""
    torch.save({name: weights.cpu() for name, weights in model.state_dict().items()}, file)


def freeze(model: PassageNetwork, layers: int) -> None:
    """Exclude the embeddings and the first ``layers`` layers of the encoder from training, so that they stay as they
    were pretrained.
    """
    for part in (model.encoder.embeddings, *model.encoder.encoder.layer[:layers]):
        part.requires_grad_(False)


def thinned(own: Sequence[Example], share: float, rng: random.Random) -> list[Example]:
    """All examples whose label is not "no", and a random part of the examples with the label "no": each of these is
    kept with the probability ``share`` (0 to 1).
    """
    return [one for one in own if one.label != "no" or rng.random() < share]


def listed(own: Sequence[Example], rng: random.Random) -> list[list[Example]]:
    """For each question and idea that has relevant passages, a list of at most ``LISTED`` of its passages: first at
    most half of ``LISTED`` relevant ones, then others. Passages are drawn at random if there are more than fit. The
    order of the lists is random.
    """
    groups = []
    for those in by_asked(own).values():
        there = [one for one in those if one.label != "no"]
        if there:
            chosen = rng.sample(there, min(len(there), LISTED // 2))
            others = [one for one in those if one.label == "no"]
            groups.append([*chosen, *rng.sample(others, min(len(others), LISTED - len(chosen)))])
    rng.shuffle(groups)
    return groups


def by_asked(own: Sequence[Example]) -> dict[tuple[str, str], list[Example]]:
    """The examples grouped by their question or idea. A key is a pair: the kind (``question`` or ``idea``), and the id
    of the question or idea.
    """
    of: dict[tuple[str, str], list[Example]] = defaultdict(list)
    for one in own:
        of[one.kind, one.asked].append(one)
    return of


def turned(own: Sequence[Example]) -> list[Example]:
    """Make examples for opposite ideas: the relevant passages of each idea that has an opposite in
    ``labelling/opposites.jsonl``, with the labels "supports" and "challenges" exchanged.
    """
    flipped = {"supports": "challenges", "challenges": "supports"}
    opposites = {one["id"]: one["opposite"] for one in map(json.loads, OPPOSITES.read_text("utf-8").splitlines())}
    return [
        one._replace(
            first=opposites[one.asked],
            label=flipped.get(one.label, one.label),
            told=[flipped.get(label, label) for label in one.told],
        )
        for one in own
        if one.asked in opposites and one.label in ("supports", "challenges", "both", "unclear")
    ]


def paired(model: PassageNetwork, one: Example) -> Pair:
    """The question or idea of an example, and the example's passage, as tokens in the form that the model reads."""
    return model.pair(one.kind, one.first, one.second, one.spans)


def loss(model: PassageNetwork, batch: Sequence[Item], *, is_list: bool = False) -> torch.Tensor:
    """The loss of a batch: the cross entropy of the passages' labels, plus that of the sentences' labels if they are
    known. With ``is_list``, the batch is a list of passages for one question or idea, and the loss of the model's
    ranking of them is added.
    """
    scores = model([pair for pair, _ in batch])
    answers, bears = scores.answers.float().log_softmax(1), scores.bears.float().log_softmax(1)
    passages, sentences, fits = [], [], []
    at = 0
    for pair, one in batch:
        odds, labels = (answers, ANSWERS) if one.kind == "question" else (bears, BEARS)
        passages.append(-likelihood(odds[at], one.label, labels))
        fits.append(torch.logsumexp(odds[at][1:], 0) - odds[at][0])
        known = [
            -likelihood(odds[at + 1 + n], label, labels)
            for n, label in enumerate(one.told)
            if pair.spans[1 + n] != (0, 0)
        ]
        if known:
            sentences.append(torch.stack(known).mean())
        at += len(pair.spans)
    total = torch.stack(passages).mean()
    if is_list:
        total = total + order(torch.stack(fits), [WORTH.get(one.label, 1) for _, one in batch])
    return total + SENTENCES * torch.stack(sentences).mean() if sentences else total


def order(fits: torch.Tensor, worth: Sequence[int]) -> torch.Tensor:
    """The loss of a ranking of passages. ``fits`` has the model's score of each passage, ``worth`` how high it should
    rank (more is higher). For each passage, a softmax over it and all passages of less worth gives the probability that
    it ranks first among them; the loss is the mean negative logarithm of these probabilities.
    """
    lost = []
    for index, own in enumerate(worth):
        if less := [other for other, of in enumerate(worth) if of < own]:
            lost.append(torch.logsumexp(fits[[index, *less]], 0) - fits[index])
    return torch.stack(lost).mean() if lost else fits.sum() * 0


def likelihood(odds: torch.Tensor, label: str, labels: Sequence[str]) -> torch.Tensor:
    """The log likelihood of a label. ``odds`` has the log probability of each of ``labels``, in the same order. For the
    label ``both``, it is the mean of the log probabilities of ``supports`` and ``challenges``. For the label ``no
    side``, it is the log probability that the label is ``no`` or ``unclear``, since ``no side`` does not say whether
    the passage is relevant.
    """
    if label == "both":
        return (odds[labels.index("supports")] + odds[labels.index("challenges")]) / 2
    if label == "no side":
        return torch.logaddexp(odds[labels.index("no")], odds[labels.index("unclear")])
    return odds[labels.index(label)]


if __name__ == "__main__":
    main()
