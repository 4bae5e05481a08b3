"""Estimates on which side of a claim a text is: it supports the claim, challenges it, or does neither, each with a
probability.

``StanceModel`` reads a text alone. ``IdeaModel`` reads a whole passage, and also says whether it concerns the claim at
all.
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
    """Estimates on which side of a claim texts are."""

    name: str

    def sides(self, claim: str, texts: Sequence[str]) -> Vectors:
        """Return the probabilities that each text supports the claim, challenges it, or does neither, in the order of
        ``SIDES`` (texts, 3); each row sums to 1."""
        ...


class Whole(NamedTuple):
    """A passage as an idea model reads it. ``spans`` are the places in it of the sentences that say something by
    themselves.

    ``nearest`` is the position in ``spans`` of the sentence most similar to the claim. ``alone`` is that sentence with
    the words before it that it needs to be understood.
    """

    passage: str
    spans: tuple[Span, ...]
    nearest: int
    alone: str


class Weight(NamedTuple):
    """What an idea model says of a passage and a claim. ``bears`` is the probability that the passage concerns the
    claim; ``by`` has the log odds that each of its sentences does (sentences,); ``sides`` has the probabilities of
    ``SIDES`` (3,)."""

    bears: float
    by: Vectors
    sides: Vectors


class IdeaModel(Protocol):
    """Estimates whether passages concern a claim, which of their sentences do, and on which side they are."""

    @property
    def name(self) -> str:
        """The model's name, which a verdict records."""
        ...

    @property
    def shown(self) -> float:
        """The threshold for showing a passage: it is shown only if it concerns the claim with at least this
        probability."""
        ...

    @property
    def sure(self) -> float:
        """The threshold for giving a passage a side: if neither side has at least this probability, the passage is
        unclear."""
        ...

    def weigh(self, claim: str, passages: Sequence[Whole]) -> list[Weight]:
        """Return a ``Weight`` for each passage, in the order of ``passages``: whether it concerns the claim, and on
        which side it is."""
        ...


class Alone:
    """Uses a stance model as an idea model. It reads only the sentence of a passage that is nearest to the claim, and
    assumes that every passage concerns the claim."""

    shown = 0.0
    sure = SURE

    def __init__(self, stance: StanceModel) -> None:
        self.name, self._stance = stance.name, stance

    def weigh(self, claim: str, passages: Sequence[Whole]) -> list[Weight]:
        rows = self._stance.sides(claim, [one.alone for one in passages])
        places = [np.arange(len(one.spans)) == one.nearest for one in passages]
        return [Weight(1.0, np.where(at, 0.0, -np.inf), row) for at, row in zip(places, rows, strict=True)]


def whole(text: str) -> Whole:
    """Return a text as a passage of one sentence, to be read without title, headings or context."""
    return Whole(text, (Span(0, len(text)),), 0, text)


def side_of(probabilities: Vectors, sure: float) -> tuple[Stance, float]:
    """Return the likelier of the two sides and its probability, given the ``probabilities`` of ``SIDES``. If neither
    side reaches the probability ``sure``, return unclear and the probability that the text is on neither side."""
    likely = int(probabilities[:2].argmax())
    if probabilities[likely] < sure:
        return Stance.UNCLEAR, float(1 - probabilities[:2].sum())
    return SIDES[likely], float(probabilities[likely])


class PlainMarks:
    """A stance model without a neural network: it looks for negations and for words of advice or praise. Most texts
    stay unclear.

    A text must have at least ``SHARED`` content words in common with the claim. If only one of the two has a negation,
    the text challenges the claim; otherwise a word of advice or praise in the text supports it. The probabilities are
    not measured: a side gets 0.6, which is above ``SURE`` and therefore counts.
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
