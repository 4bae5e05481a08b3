"""Estimates with a neural network whether passages answer a question, and which of their sentences do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np

from assistant.evidence import reading, shipped
from assistant.evidence.sentences import Seen
from assistant.model.embedding import Vectors
from assistant.types import Passage

LEAST = 1e-5  # probability


class Fit(NamedTuple):
    """How well a passage answers a question. ``likely`` is the calibrated probability that the passage answers the
    question at least in part. ``by`` is an array with one score for each sentence of the passage: how well the sentence
    answers the question, in log odds."""

    likely: float
    by: Vectors


class Scored(NamedTuple):
    """A sentence that may answer a question. ``seen`` is the sentence with its passage and text; ``score`` says how
    well the sentence answers the question, in log odds. ``vector`` is the sentence's embedding, and ``likely`` is the
    probability that its passage answers the question at least in part."""

    seen: Seen
    score: float
    vector: Vectors
    likely: float


class AnswerModel(Protocol):
    """Estimates whether passages answer a question, and which of their sentences do. The same input always gives the
    same result."""

    @property
    def answer(self) -> float:
        """A threshold: a question is answered only if there is a passage that answers it with at least this
        probability."""
        ...

    def fits(self, question: str, passages: Sequence[Passage]) -> list[Fit]:
        """Return how well each passage answers the question, in the order of ``passages``."""
        ...


class AnswerReader:
    """The model that comes with the program and estimates how well passages answer a question. Its neural network is
    loaded when the first passage is read."""

    @property
    def answer(self) -> float:
        """A threshold: a question is answered only if there is a passage that answers it with at least this
        probability. ``eval/training/fit.py`` chose the value."""
        return float(shipped.metadata(shipped.QUESTIONS)["answer"])

    def fits(self, question: str, passages: Sequence[Passage]) -> list[Fit]:
        """Return how well each passage answers the question, in the order of ``passages``.

        Raises:
            ModelUnavailable: the base model's weights are missing on this machine, or differ from the published ones.
        """
        slope, shift = shipped.metadata(shipped.QUESTIONS)["fits"]
        read = reading.read(shipped.QUESTIONS, question, [reading.with_sentences(one) for one in passages])
        return [Fit(calibrated(1 - float(one[0, 0]), slope, shift), scores(one)) for one in read]


def scores(read: Vectors) -> Vectors:
    """Return one score for each sentence of a passage: the mean of the log odds that the sentence answers the question
    and the log odds that the whole passage answers it.

    ``read`` has the probabilities of the labels ``ANSWERS``, an array (1 + sentences, 3): a row for the whole passage,
    then one for each sentence. The labels are "no", "partly" and "answers"; half of the probability of "partly" is
    added to that of "answers".
    """
    likely = np.clip(read[:, 2] + read[:, 1] / 2, LEAST, 1 - LEAST)
    odds: Vectors = np.log(likely / (1 - likely))
    both: Vectors = (odds[0] + odds[1:]) / 2
    return both


def calibrated(probability: float, slope: float, shift: float) -> float:
    """Return a calibrated probability: the log odds of ``probability`` are multiplied by ``slope``, ``shift`` is added,
    and the result is turned back into a probability (Platt 1999)."""
    certain = min(max(probability, LEAST), 1 - LEAST)
    return float(1 / (1 + np.exp(-(slope * np.log(certain / (1 - certain)) + shift))))
