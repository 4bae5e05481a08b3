"""What can be measured: the assistant, and the sentinels, which must never do as well.

A sentinel is the cheapest way to fool a measure. A suite on which one reaches our headline measures nothing.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from typing import Protocol, TypeVar

import numpy as np

from assistant import citations
from assistant.embedding import Embedder
from assistant.library.library import Library
from assistant.retrieval import candidates, retrieve
from assistant.types import (
    Answer,
    Assumption,
    AssumptionRuling,
    Citation,
    Finding,
    Grounding,
    Hit,
    IdeaRuling,
    Passage,
    Searched,
    Sentence,
    Stance,
    Statement,
    Support,
    Turn,
    Verdict,
)

Thing = TypeVar("Thing")
SEED = "pushback"


class System(Protocol):
    """Answers, tests ideas, searches, and says on which side a text stands."""

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """The whole answer."""
        ...

    def challenge(self, idea: str) -> Verdict:
        """What the documents say for and against."""
        ...

    def search(self, query: str, k: int = 8) -> list[Hit]:
        """The ``k`` best passages, best first."""
        ...

    def sides(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[Stance, float]]:
        """For each claim and text, the side of the text and the probability of that."""
        ...


class Sentinel:
    """Refuses everything and takes no side; each of the others changes one thing."""

    name = "always refuse"

    def __init__(self, library: Library, embedder: Embedder) -> None:
        self._library, self._embedder = library, embedder

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer:  # noqa: ARG002
        return _answer(question, [])

    def challenge(self, idea: str) -> Verdict:
        return _verdict(idea, [], IdeaRuling.NOT_COVERED)

    def search(self, query: str, k: int = 8) -> list[Hit]:  # noqa: ARG002
        return []

    def sides(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[Stance, float]]:
        return [(Stance.UNCLEAR, 1.0) for _ in pairs]

    def _sentences(self, text: str) -> list[tuple[Passage, Sentence]]:
        """The sentences of the passages found, the nearest first."""
        vector = self._embedder.query(text)
        near = [
            (float(np.dot(own, vector)), found.passage, sentence)
            for found in candidates(text, vector, self._library)
            for sentence, own in zip(found.passage.sentences, found.vectors, strict=True)
        ]
        return [(passage, sentence) for _, passage, sentence in sorted(near, key=lambda one: -one[0])]

    def _cite(self, found: Sequence[tuple[Passage, Sentence]]) -> list[Citation]:
        cited = [citations.cite(passage, sentence, self._library.quote) for passage, sentence in found]
        return [one for one in cited if isinstance(one, Citation)]


class Parrot(Sentinel):
    """Says the sentence nearest to what was asked, whatever it is."""

    name = "parrot"

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer:  # noqa: ARG002
        return _answer(question, self._cite(self._sentences(question)[:1]))


class Supporter(Sentinel):
    """Finds everything near an idea to support it."""

    name = "always supported"

    def challenge(self, idea: str) -> Verdict:
        findings = [Finding(cited, Stance.SUPPORTS, 1.0) for cited in self._cite(self._sentences(idea)[:8])]
        return _verdict(idea, findings, IdeaRuling.HOLDS)

    def sides(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[Stance, float]]:
        return [(Stance.SUPPORTS, 1.0) for _ in pairs]


class Chance(Sentinel):
    """Draws a sentence, a side and an order, the same ones for the same words each time."""

    name = "random"

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer:  # noqa: ARG002
        return _answer(question, self._cite(_drawn(question, self._sentences(question), 1)))

    def challenge(self, idea: str) -> Verdict:
        cited = self._cite(_drawn(idea, self._sentences(idea), 8))
        findings = [Finding(one, _drawn(one.quote, list(Stance), 1)[0], 1.0) for one in cited]
        return _verdict(idea, findings, _drawn(idea, list(IdeaRuling), 1)[0])

    def search(self, query: str, k: int = 8) -> list[Hit]:
        return _drawn(query, retrieve(query, self._library, self._embedder, k=4 * k), k)

    def sides(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[Stance, float]]:
        return [(_drawn(f"{claim}\n{text}", list(Stance), 1)[0], 1.0) for claim, text in pairs]


SENTINELS: tuple[type[Sentinel], ...] = (Parrot, Sentinel, Supporter, Chance)


def _drawn(words: str, of: Sequence[Thing], most: int) -> list[Thing]:
    seed = hashlib.sha256(f"{SEED}\n{words}".encode()).digest()
    return random.Random(seed).sample(of, min(most, len(of)))  # noqa: S311 - chance, not secrets


def _answer(question: str, cited: Sequence[Citation]) -> Answer:
    statements = tuple(Statement(one.quote, (one,), Support.VERBATIM) for one in cited)
    grounding = Grounding.GROUNDED if cited else Grounding.REFUSED
    return Answer(question, question, statements, grounding, "A sentinel.", Searched(0, 0))


def _verdict(idea: str, findings: Sequence[Finding], ruling: IdeaRuling) -> Verdict:
    of_assumption = {
        IdeaRuling.HOLDS: AssumptionRuling.SUPPORTED,
        IdeaRuling.CHALLENGED: AssumptionRuling.CHALLENGED,
        IdeaRuling.CONTESTED: AssumptionRuling.CONTESTED,
        IdeaRuling.NOT_COVERED: AssumptionRuling.GAP,
    }[ruling]
    assumption = Assumption(idea, "a sentinel", 1.0, of_assumption, tuple(findings))
    return Verdict(idea, ruling, (assumption,), (), Searched(0, 0))
