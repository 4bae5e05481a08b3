"""Estimates whether a text supports a claim, challenges it, or does neither, each with a probability.

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
    """Estimates whether each of some texts supports a claim, challenges it, or does neither."""

    name: str

    def sides(self, claim: str, texts: Sequence[str]) -> Vectors:
        """Return for each text the probabilities that it supports the claim, challenges it, or does neither. The result
        is an array (texts, 3) with the columns in the order of ``SIDES``; each row sums to 1."""
        ...


class Whole(NamedTuple):
    """A passage in the form in which an idea model reads it, to compare it with a claim. ``passage`` is its text, under
    its title and headings if it has any. ``spans`` are the offsets in this text of the passage's sentences, without
    those that say nothing by themselves, such as headings.

    ``nearest`` is the position in ``spans`` of the sentence most similar to the claim. ``alone`` is that sentence with
    the words before it that are needed to understand it.
    """

    passage: str
    spans: tuple[Span, ...]
    nearest: int
    alone: str


class Weight(NamedTuple):
    """What an idea model says of a passage and a claim. ``bears`` is the probability that the passage concerns the
    claim. ``by`` has one value for each sentence of the passage, in the order of ``Whole.spans``: the log odds that the
    sentence concerns the claim. ``sides`` has the probabilities that the passage supports the claim, challenges it, or
    does neither, in the order of ``SIDES``."""

    bears: float
    by: Vectors
    sides: Vectors


class IdeaModel(Protocol):
    """Estimates whether passages concern a claim, which of their sentences do, and whether they support or challenge
    it."""

    @property
    def name(self) -> str:
        """The model's name, which is stored in each verdict."""
        ...

    @property
    def shown(self) -> float:
        """A threshold: a passage is shown only if the probability that it concerns the claim is at least this high."""
        ...

    @property
    def sure(self) -> float:
        """A threshold: a passage counts as supporting or as challenging a claim only if the probability of this is at
        least this high; otherwise it counts as unclear."""
        ...

    def weigh(self, claim: str, passages: Sequence[Whole]) -> list[Weight]:
        """Return a ``Weight`` for each passage, in the order of ``passages``: how probably the passage and each of its
        sentences concern the claim, and how probably the passage supports or challenges the claim."""
        ...


class Alone:
    """Makes an idea model out of a stance model. An idea model reads whole passages; a stance model reads short texts.
    Of each passage, the stance model gets only the sentence nearest to the claim, with the words before it that are
    needed to understand it. Every passage is assumed to concern the claim."""

    shown = 0.0
    sure = SURE

    def __init__(self, stance: StanceModel) -> None:
        self.name, self._stance = stance.name, stance

    def weigh(self, claim: str, passages: Sequence[Whole]) -> list[Weight]:
        rows = self._stance.sides(claim, [one.alone for one in passages])
        places = [np.arange(len(one.spans)) == one.nearest for one in passages]
        return [Weight(1.0, np.where(at, 0.0, -np.inf), row) for at, row in zip(places, rows, strict=True)]


def whole(text: str) -> Whole:
    """Return a text in the form in which an idea model reads a passage: as a passage of one sentence, without title,
    headings or context."""
    return Whole(text, (Span(0, len(text)),), 0, text)


def side_of(probabilities: Vectors, sure: float) -> tuple[Stance, float]:
    """Return the stance of a text towards a claim, and the probability of this stance. ``probabilities`` has the
    probabilities that the text supports the claim, challenges it, or does neither, in the order of ``SIDES``. The more
    probable of supporting and challenging is returned if its probability is at least ``sure``. Otherwise the stance is
    unclear, and the probability returned is that of doing neither."""
    likely = int(probabilities[:2].argmax())
    if probabilities[likely] < sure:
        return Stance.UNCLEAR, float(1 - probabilities[:2].sum())
    return SIDES[likely], float(probabilities[likely])


class PlainMarks:
    """Estimates without a neural network whether texts support or challenge a claim: it looks for negations and for
    words of advice or praise. Most texts count as unclear.

    A text that has fewer than ``SHARED`` content words in common with the claim is unclear. Any other text challenges
    the claim if only one of the two has a negation. If both or neither have one, a text with a word of advice or praise
    supports the claim, and a text without such a word is unclear. The probabilities are fixed, not measured: a text
    that supports or challenges the claim does so with a probability of 0.6, which is above the threshold ``SURE``.
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
