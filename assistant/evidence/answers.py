"""Whether passages answer a question, and by which sentences, as the network for questions reads them."""

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
    """The calibrated probability that a passage answers, at least in part, and for each of its sentences how well it
    seems to answer, as log odds (sentences,)."""

    likely: float
    by: Vectors


class Scored(NamedTuple):
    """A sentence as an answer: ``score`` is a log odds; ``vector`` its embedding."""

    seen: Seen
    score: float
    vector: Vectors


class AnswerModel(Protocol):
    """Says of passages whether they answer, and by which sentences; deterministic for the same input."""

    @property
    def answer(self) -> float:
        """Probability of the likeliest passage from which an answer is given."""
        ...

    def fits(self, question: str, passages: Sequence[Passage]) -> list[Fit]:
        """One for each."""
        ...


class AnswerReader:
    """The model that ships; nothing is loaded before the first pair."""

    @property
    def answer(self) -> float:
        """See ``eval/training/fit.py``."""
        return float(shipped.told(shipped.QUESTIONS)["answer"])

    def fits(self, question: str, passages: Sequence[Passage]) -> list[Fit]:
        """See ``AnswerModel.fits``.

        Raises:
            ModelUnavailable: the base model's weights are not on this machine, or not the published ones.
        """
        slope, shift = shipped.told(shipped.QUESTIONS)["fits"]
        read = reading.read(shipped.QUESTIONS, question, [reading.with_sentences(one) for one in passages])
        return [Fit(calibrated(1 - float(one[0, 0]), slope, shift), scores(one)) for one in read]


def scores(read: Vectors) -> Vectors:
    """How well each sentence seems to answer, of what was read of its passage (1 + sentences, 3): half the log odds of
    the whole and half its own; a part of an answer counts as half of one."""
    likely = np.clip(read[:, 2] + read[:, 1] / 2, LEAST, 1 - LEAST)
    odds: Vectors = np.log(likely / (1 - likely))
    both: Vectors = (odds[0] + odds[1:]) / 2
    return both


def calibrated(probability: float, slope: float, shift: float) -> float:
    """A probability whose log odds are scaled and shifted (Platt 1999)."""
    certain = min(max(probability, LEAST), 1 - LEAST)
    return float(1 / (1 + np.exp(-(slope * np.log(certain / (1 - certain)) + shift))))
