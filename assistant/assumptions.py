"""What an idea rests on: the idea itself, its own clauses, and the side that it takes in each lens.

An idea that is put as a "not" is read as its opposite with the sides exchanged, so that an idea and its negation are
tested against the same evidence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from assistant.embedding import Embedder, Vectors
from assistant.evidence.stance import StanceModel
from assistant.evidence.words import content_stems
from assistant.lens import Lens, Side

APPLIED = 5  # lenses that are looked through for an idea
NEAR = 10  # lenses whose side is asked of the stance model
SIDED = 0.6  # probability from which an idea takes a side of a lens

_JOINTS = {  # what joins a clause to the rest, by what the clause then is
    "what it replaces": r"instead of|rather than|in place of",
    "the means": r"(?:by|through|via)(?=\s+\w+ing\b)",
    "the expected effect": r"so that|in order to|so as to",
    "the reason": r"because|since|as long as",
}
_PARTS = {
    part: re.compile(rf"\b(?:{joint})\s+(.+?)(?=\s+(?:{'|'.join(_JOINTS.values())})\s|[,.;]|$)", re.I)
    for part, joint in _JOINTS.items()
}
_AND = re.compile(r"[,;:]?\s+\b(?:and then|and|but)\b\s+|[;:]\s+|\.\s+", re.I)
_NOT = re.compile(
    r"^(?P<lead>(?:.{0,60}?[,:;]\s+(?:but|so|and)?\s*)?"
    r"(?:let us|let's|we (?:should|must|ought to|will|shall)|please)?\s*)"
    r"(?:do not|don['’]t|not to|not|never|stop short of|refrain from|avoid)\s+",
    re.I,
)


class Assumed(NamedTuple):
    """Something the idea rests on, before it is tested.

    ``part`` is the stretch of the idea that it is tied to; ``against`` is what the opposite would claim, where a lens
    names it; ``search`` is how documents say either.
    With ``turned`` what speaks for ``text`` speaks against the idea.
    """

    text: str
    lens: str
    importance: float
    against: str = ""
    question: str = ""
    settle: str = ""
    search: tuple[str, ...] = ()
    turned: bool = False
    part: str = ""


class Lenses:
    """The lenses with the vectors of what they say, made once."""

    def __init__(self, lenses: Sequence[Lens], embedder: Embedder, stance: StanceModel) -> None:
        self._lenses, self._embedder, self._stance = tuple(lenses), embedder, stance
        self._vectors: dict[str, Vectors] = {}

    def assumptions(self, idea: str) -> list[Assumed]:
        """The claims that ``idea`` makes by the side it takes, those it takes most surely first."""
        base, turned = affirmed(idea)
        if not self._lenses:
            return []
        vector = self._embedder.query(base)
        likeness = [(self._likeness(lens, vector), lens) for lens in self._lenses]
        near = sorted(likeness, key=lambda one: -max(one[0]))[:NEAR]
        taken = []
        for _, lens in near:
            side, sure = self._side(base, lens)
            if sure >= SIDED:
                taken.append((sure, lens, 1 - side if turned else side))
        taken.sort(key=lambda one: -one[0])
        parts = [one.text for one in of_words(idea)[1:]] or [base]
        of_parts = np.stack([self._embedder.query(part) for part in parts])
        return [self._assumed(lens, side, parts, of_parts) for _, lens, side in taken[:APPLIED]]

    def _likeness(self, lens: Lens, vector: Vectors) -> tuple[float, float]:
        """How near the idea is to what rests on either side."""
        first, second = (float((self._of(side) @ vector).max()) for side in lens.sides)
        return first, second

    def _side(self, idea: str, lens: Lens) -> tuple[int, float]:
        """The side that the idea takes, and how surely: it speaks for the one and against the other."""
        first, second = (self._stance.sides(side.claim, [idea])[0] for side in lens.sides)
        odds = np.array([first[0] + second[1], first[1] + second[0]]) / 2
        side = int(odds.argmax())
        return side, float(odds[side])

    def _assumed(self, lens: Lens, side: int, parts: Sequence[str], of_parts: Vectors) -> Assumed:
        own, other = lens.sides[side], lens.sides[1 - side]
        part = parts[int((of_parts @ self._of(own).T).max(axis=1).argmax())]
        search = (*own.search, *other.search)
        return Assumed(
            own.claim, lens.name, lens.importance, other.claim, lens.question, lens.settle, search, part=part
        )

    def _of(self, side: Side) -> Vectors:
        if side.claim not in self._vectors:
            texts = [side.claim, *side.ideas]
            found = dict(self._embedder.embed(texts, [[] for _ in texts]))
            self._vectors[side.claim] = np.stack([found[i].passage for i in range(len(texts))])
        return self._vectors[side.claim]


def of_words(idea: str) -> list[Assumed]:
    """The idea as a whole, then its clauses by what they are in it."""
    base, turned = affirmed(idea)
    assumed = [Assumed(base, "the idea as it stands", 1.0, turned=turned, part=idea)]
    rest = base
    for part, pattern in _PARTS.items():
        for match in pattern.finditer(base):
            text = match[1].strip(" .,;:")
            rest = rest.replace(match[0], " ")
            if len(content_stems(text)) >= 2:
                replaced = part == "what it replaces"
                assumed.append(Assumed(text, part, 0.5, turned=turned != replaced, part=text))
    for clause in _AND.split(rest):
        text = " ".join(clause.split()).strip(" .,;:")
        if len(content_stems(text)) >= 3 and text != base.strip(" ."):
            assumed.append(Assumed(text, "a part of the idea", 0.6, turned=turned, part=text))
    return assumed


def affirmed(idea: str) -> tuple[str, bool]:
    """The idea without the "not" that it opens with, and whether there was one."""
    match = _NOT.match(idea)
    return (match["lead"] + idea[match.end() :], True) if match else (idea, False)
