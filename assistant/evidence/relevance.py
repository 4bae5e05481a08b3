"""The shipped judge of relevance: signals weighed by two small logistic models, trained offline.

``relevance.json`` is made by ``python -m eval.training.relevance`` and carries its own measures. The first
model scores each sentence as an answer; the second says whether any of them is one at all, from what the
best sentences show and from what of the question they lack.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from assistant.embedding import Embedder, Vectors
from assistant.evidence.signals import SIGNALS, Seen, Sight, look
from assistant.question import Question
from assistant.retrieval import Candidate
from assistant.types import Span

Order: TypeAlias = NDArray[np.intp]  # places, best first

ANSWERABLE = (
    "best_cosine", "best_passage_cosine", "margin", "covered", "missing", "names_missing", "numbers_missing",
    "kind_lacks",
)  # fmt: skip
READ_SIGNALS = ("best_read", "read", "read_margin")
REREAD = ("signals", "read", "below_best_read")
READ = 8  # passages that the trained model reads
MET = 0.35  # a question word whose nearest match near the evidence is below this counts as missing
LOOKED_AT = 3  # the best sentences that answerability is judged by


class Scored(NamedTuple):
    """A sentence as an answer: ``score`` is a log odds; ``vector`` its embedding."""

    seen: Seen
    score: float
    vector: Vectors


class Judgement(NamedTuple):
    """Every candidate sentence, best first, the probability that any answers, and what of the question is unmet."""

    sentences: tuple[Scored, ...]
    answerable: float
    missing: tuple[str, ...]


class RelevanceJudge(Protocol):
    """Says of candidate sentences how well each answers, and whether any does."""

    def judge(
        self, question: Question, vector: Vectors, found: Sequence[Candidate], rarity: Vectors, embedder: Embedder
    ) -> Judgement:
        """``rarity`` weighs the question's content words, (words,), summing to 1; rare words weigh more."""
        ...


class Logistic(NamedTuple):
    """A logistic model over named inputs, standardised."""

    mean: Vectors
    scale: Vectors
    weights: Vectors
    bias: float

    def log_odds(self, rows: Vectors) -> Vectors:
        """Of each row (rows, inputs)."""
        return np.asarray((rows - self.mean) / self.scale @ self.weights + self.bias)


class Reader(Protocol):
    """Scores stretches of texts beside a question, as ``TrainedHead`` does."""

    def scores(
        self, first: str, texts: Sequence[str], stretches: Sequence[Sequence[Span]] | None = None
    ) -> list[Vectors]:
        """The outputs for each stretch of each text (stretches, outputs)."""
        ...


class SignalJudge:
    """Weighs the signals of ``signals.py``; with a reader, also what the trained model makes of the best passages."""

    def __init__(self, reader: Reader | None = None) -> None:
        self._reader = reader

    def judge(
        self, question: Question, vector: Vectors, found: Sequence[Candidate], rarity: Vectors, embedder: Embedder
    ) -> Judgement:
        sight = look(question, vector, found, rarity, embedder)
        if not sight.seen:
            return Judgement((), 0.0, tuple(token.word for token in question.content))
        scores = load("relevance").log_odds(sight.signals)
        read: Vectors = np.zeros(0, dtype=np.float32)
        if self._reader:
            read = reread(question, sight, scores, self._reader)
            scores = load("reread").log_odds(reread_signals(scores, read))
        order = np.argsort(-scores, kind="stable")
        row = answerable_signals(sight, scores, order, rarity)
        if self._reader:
            row = np.append(row, read_signals(read))
        odds = float(load("answerable_reread" if self._reader else "answerable").log_odds(row[None, :])[0])
        ranked = tuple(Scored(sight.seen[i], float(scores[i]), sight.vectors[i]) for i in order)
        return Judgement(ranked, 1 / (1 + float(np.exp(-odds))), _missing(question, sight, order))


def reread(question: Question, sight: Sight, scores: Vectors, reader: Reader) -> Vectors:
    """The trained model's score of each sentence of the best passages (sentences,); of the others, the lowest of these.

    A score is the log odds against "none of these answers".
    """
    best: dict[str, float] = {}
    for one, score in zip(sight.seen, scores, strict=True):
        best[one.passage.id] = max(score, best.get(one.passage.id, score))
    chosen = set(sorted(best, key=lambda id: -best[id])[:READ])
    passages = {one.passage.id: one.passage for one in sight.seen if one.passage.id in chosen}
    spans = [[Span(s.start - p.start, s.end - p.start) for s in p.sentences] for p in passages.values()]
    found = reader.scores(question.text, [p.text for p in passages.values()], spans)
    of = {
        (passage.id, sentence.start): float(score)
        for passage, rows in zip(passages.values(), found, strict=True)
        for sentence, (score, *_) in zip(passage.sentences, rows, strict=True)
    }
    least = min(of.values())
    return np.array([of.get((one.passage.id, one.sentence.start), least) for one in sight.seen], np.float32)


def reread_signals(scores: Vectors, read: Vectors) -> Vectors:
    """What a sentence is weighed by once the trained model has read it, in the order of ``REREAD``."""
    return np.stack([scores, read, read - read.max()], axis=1)


def read_signals(read: Vectors) -> Vectors:
    """What the trained model adds to answerability, in the order of ``READ_SIGNALS``."""
    ranked = np.sort(read)[::-1]
    return np.array(
        [ranked[0], np.logaddexp.reduce(ranked[:LOOKED_AT]), ranked[0] - ranked[min(LOOKED_AT, len(ranked) - 1)]]
    )


def answerable_signals(sight: Sight, scores: Vectors, order: Order, rarity: Vectors) -> Vectors:
    """What the best sentences show and lack, in the order of ``ANSWERABLE``."""
    best = list(order[:LOOKED_AT])
    rest = scores[order[LOOKED_AT:]]

    def seen(name: str) -> Vectors:
        return sight.signals[best, SIGNALS.index(name)]

    return np.array([
        seen("cosine").max(),
        seen("passage_cosine").max(),
        scores[best[0]] - (rest.max() if len(rest) else scores[best[0]]),
        (rarity * sight.covered[best].max(axis=0)).sum(),
        rarity[sight.covered.max(axis=0) < MET].sum(),
        1 - seen("window_names").max(),
        seen("numbers_missing").min(),
        seen("kind_lacks").min(),
    ])  # fmt: skip


def _missing(question: Question, sight: Sight, order: Order) -> tuple[str, ...]:
    covered = sight.covered[list(order[:LOOKED_AT])].max(axis=0)
    return tuple(token.word for token, met in zip(question.content, covered, strict=True) if met < MET)


def inputs(name: str) -> tuple[str, ...]:
    """What the trained model ``name`` weighs."""
    return {
        "relevance": SIGNALS,
        "answerable": ANSWERABLE,
        "reread": REREAD,
        "answerable_reread": (*ANSWERABLE, *READ_SIGNALS),
    }[name]


@cache
def load(name: str) -> Logistic:
    """One of the trained models of ``relevance.json``."""
    kept = json.loads(files(__package__).joinpath("relevance.json").read_text("utf-8"))[name]
    assert tuple(kept["inputs"]) == inputs(name), f"relevance.json was trained on other inputs for {name!r}"
    return Logistic(np.array(kept["mean"]), np.array(kept["scale"]), np.array(kept["weights"]), float(kept["bias"]))
