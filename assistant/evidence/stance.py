"""On which side of a claim a text stands: supports, challenges, or neither, each with its probability.

``StanceModel`` reads the text alone; ``IdeaModel`` reads a passage, and says whether it bears at all, too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np

from assistant.model.embedding import Vectors
from assistant.text.words import content_stems
from assistant.types import Span, Stance

SIDES = (Stance.SUPPORTS, Stance.CHALLENGES, Stance.UNCLEAR)
SURE = 0.52  # probability from which a side that sentences alone tell is taken: any lean at all
SHARED = 2  # content words in common from which plain marks say anything

_NO = re.compile(
    r"\b(?:not|no|never|none|nothing|without|cannot|hardly|fail(?:s|ed|ure)?|no longer|wrong|avoid|defunct)\b|n['’]t\b",
    re.I,
)
_YES = re.compile(
    r"\b(?:must|should|essential|key|benefits?|best|success(?:ful)?|thrive|important|helps?|improves?|reduces?)\b", re.I
)


class StanceModel(Protocol):
    """Says of texts on which side of a claim they stand."""

    name: str

    def sides(self, claim: str, texts: Sequence[str]) -> Vectors:
        """The probabilities that each text supports the claim, challenges it, or neither, in the order of ``SIDES``
        (texts, 3); each row sums to 1."""
        ...


class Whole(NamedTuple):
    """A passage as it is read, and where those of its sentences stand in it that say something by themselves.

    ``nearest`` is the place among them of the one that is nearest to the claim, and ``alone`` that one with what it
    leans on.
    """

    passage: str
    spans: tuple[Span, ...]
    nearest: int
    alone: str


class Weight(NamedTuple):
    """The probability that a passage bears on a claim; of each sentence the log odds that it does, (sentences,); and
    the probabilities of ``SIDES`` (3,) of the one that most does."""

    bears: float
    by: Vectors
    sides: Vectors


class IdeaModel(Protocol):
    """Says of passages whether they bear on a claim, by which sentences, and on which side."""

    @property
    def name(self) -> str:
        """What a verdict says it was."""
        ...

    @property
    def shown(self) -> float:
        """Probability of bearing from which a passage is shown."""
        ...

    @property
    def sure(self) -> float:
        """Probability of a side from which it is told."""
        ...

    def weigh(self, claim: str, passages: Sequence[Whole]) -> list[Weight]:
        """One for each."""
        ...


class Alone:
    """A stance model as an idea model: it reads of each passage the nearest sentence alone, and takes it that all bear
    alike."""

    shown = 0.0
    sure = SURE

    def __init__(self, stance: StanceModel) -> None:
        self.name, self._stance = stance.name, stance

    def weigh(self, claim: str, passages: Sequence[Whole]) -> list[Weight]:
        rows = self._stance.sides(claim, [one.alone for one in passages])
        places = [np.arange(len(one.spans)) == one.nearest for one in passages]
        return [Weight(1.0, np.where(at, 0.0, -np.inf), row) for at, row in zip(places, rows, strict=True)]


def whole(text: str) -> Whole:
    """A text that is read as it is, with nothing around it."""
    return Whole(text, (Span(0, len(text)),), 0, text)


def side_of(probabilities: Vectors, sure: float) -> tuple[Stance, float]:
    """The side of these probabilities of ``SIDES``, and how likely it is; unclear where none of the two is ``sure``."""
    likely = int(probabilities[:2].argmax())
    if probabilities[likely] < sure:
        return Stance.UNCLEAR, float(1 - probabilities[:2].sum())
    return SIDES[likely], float(probabilities[likely])


class PlainMarks:
    """Reads a side off plain marks, with no model; most texts stay unclear.

    A text must be about the same things, by two content words at least; then one negation between the two speaks
    against the claim, and a word of advice or praise without one for it. The probabilities are not measured: 0.6 is
    above ``SURE``, so that the side is told, and what is below it is not.
    """

    name = "none"

    def sides(self, claim: str, texts: Sequence[str]) -> Vectors:
        return np.array([self._side(claim, text) for text in texts], dtype=np.float32).reshape(len(texts), 3)

    def _side(self, claim: str, text: str) -> tuple[float, float, float]:
        if len(set(content_stems(claim)) & set(content_stems(text))) < SHARED:
            return 0.2, 0.2, 0.6
        if bool(_NO.search(claim)) != bool(_NO.search(text)):
            return 0.2, 0.6, 0.2
        return (0.6, 0.2, 0.2) if _YES.search(text) else (0.3, 0.2, 0.5)
