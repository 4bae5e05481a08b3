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

from assistant.evidence.signals import SIGNALS, Seen, Sight, look
from assistant.model.embedding import Embedder, Vectors
from assistant.search.question import Question
from assistant.search.retrieval import Candidate

Order: TypeAlias = NDArray[np.intp]  # places, best first

MET = 0.35  # a question word whose nearest match near the evidence is below this counts as missing
LOOKED_AT = 3  # the best sentences that answerability is judged by


class Scored(NamedTuple):
    """A sentence as an answer: ``score`` is a log odds; ``vector`` its embedding."""

    seen: Seen
    score: float
    vector: Vectors


class Judgement(NamedTuple):
    """Every candidate sentence, best first, and what of the question is unmet."""

    sentences: tuple[Scored, ...]
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


class SignalJudge:
    """Weighs the signals of ``signals.py``."""

    def judge(
        self, question: Question, vector: Vectors, found: Sequence[Candidate], rarity: Vectors, embedder: Embedder
    ) -> Judgement:
        sight = look(question, vector, found, rarity, embedder)
        if not sight.seen:
            return Judgement((), tuple(token.word for token in question.content))
        scores = load("relevance").log_odds(sight.signals)
        order = np.argsort(-scores, kind="stable")
        ranked = tuple(Scored(sight.seen[i], float(scores[i]), sight.vectors[i]) for i in order)
        return Judgement(ranked, _missing(question, sight, order))


def _missing(question: Question, sight: Sight, order: Order) -> tuple[str, ...]:
    covered = sight.covered[list(order[:LOOKED_AT])].max(axis=0)
    return tuple(token.word for token, met in zip(question.content, covered, strict=True) if met < MET)


@cache
def load(name: str) -> Logistic:
    """The trained model of that name."""
    kept = json.loads(files(__package__).joinpath("relevance.json").read_text("utf-8"))[name]
    assert tuple(kept["inputs"]) == SIGNALS, f"relevance.json was trained on other inputs for {name!r}"
    return Logistic(np.array(kept["mean"]), np.array(kept["scale"]), np.array(kept["weights"]), float(kept["bias"]))
