"""On which side of a claim a sentence stands: supports, challenges, or neither, each with its probability."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

import numpy as np

from assistant.embedding import Vectors
from assistant.evidence.words import content_stems
from assistant.types import Stance

SIDES = (Stance.SUPPORTS, Stance.CHALLENGES, Stance.UNCLEAR)
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
        """The probabilities of ``SIDES`` (texts, 3); each row sums to 1."""
        ...


class PlainMarks:
    """Reads a side off plain marks, with no model; most texts stay unclear.

    A text must be about the same things, by two content words at least; then one negation between the two speaks
    against the claim, and a word of advice or praise without one for it.
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
