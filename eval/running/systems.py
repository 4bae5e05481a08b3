"""The systems to measure: the assistant, and the sentinels, which must never score as well.

A sentinel is a cheating baseline: the cheapest way to fool a measure is to know nothing, to quote everything, or to
take both sides. If a sentinel reaches our headline measures on a suite, that suite measures nothing.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from functools import lru_cache
from itertools import cycle
from typing import Protocol, TypeVar

import numpy as np

from assistant.checking import citations
from assistant.library.library import Library
from assistant.model.embedding import Embedder
from assistant.search.retrieval import ANYWHERE, candidates, retrieve
from assistant.types import (
    Answer,
    Assumption,
    AssumptionRuling,
    Citation,
    Filters,
    Finding,
    Grounding,
    Hit,
    IdeaRuling,
    Passage,
    Searched,
    Sentence,
    Span,
    Stance,
    Statement,
    Support,
    Turn,
    Verdict,
)

Thing = TypeVar("Thing")
SEED = "pushback"


class System(Protocol):
    """The interface of a system that can be measured: it answers questions, tests ideas, searches, and says which side
    a text takes on a claim.
    """

    def ask(self, question: str, history: Sequence[Turn] = (), filters: Filters = ANYWHERE) -> Answer:
        """Answer a question from the documents that match ``filters``. ``history`` has the earlier turns of the
        conversation.
        """
        ...

    def challenge(self, idea: str) -> Verdict:
        """Test an idea against the documents, and return the verdict."""
        ...

    def search(self, query: str, k: int = 8, filters: Filters = ANYWHERE) -> list[Hit]:
        """Find the ``k`` best passages for the query in the documents that match ``filters``; returns them with the
        best first.
        """
        ...

    def sides(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[Stance, float]]:
        """Judge pairs of a claim and a text. Returns, for each pair, the side that the text takes on the claim, and the
        probability of that side.
        """
        ...


class Remembering:
    """Wraps a system and remembers its answers, so that a repeated question gets the same answer again without cost.
    Sentinels (cheating systems that test a suite) use this to look at answers that the system has already given.
    """

    def __init__(self, system: System) -> None:
        self._system = system
        self._said: dict[tuple[str, tuple[Turn, ...], Filters], Answer] = {}
        self.challenge, self.search, self.sides = system.challenge, system.search, system.sides

    def ask(self, question: str, history: Sequence[Turn] = (), filters: Filters = ANYWHERE) -> Answer:
        key = question, tuple(history), filters
        if key not in self._said:
            self._said[key] = self._system.ask(question, history, filters)
        return self._said[key]


class NearestSentences:
    """Finds the sentences and passages of a library that are nearest to a text in meaning. It remembers the last
    results, so that several sentinels (cheating systems that test a suite) need only one search for the same text.
    """

    def __init__(self, library: Library, embedder: Embedder) -> None:
        self.library, self.embedder = library, embedder
        self.sentences = lru_cache(16)(self._sentences)
        self.passages = lru_cache(16)(self._passages)

    def _sentences(self, text: str) -> tuple[tuple[Passage, Sentence], ...]:
        """The sentences of the passages that a search finds, the nearest first, each with its passage."""
        vector = self.embedder.query(text)
        near = [
            (float(np.dot(own, vector)), found.passage, sentence)
            for found in candidates(text, vector, self.library)
            for sentence, own in zip(found.passage.sentences, found.vectors, strict=True)
        ]
        return tuple((passage, sentence) for _, passage, sentence in sorted(near, key=lambda one: -one[0]))

    def _passages(self, text: str) -> tuple[Passage, ...]:
        """The passages that a search finds, best first."""
        return tuple(hit.passage for hit in retrieve(text, self.library, self.embedder, k=20))


class NotAsked(Exception):
    """Raised by a system that does not support a kind of request; the message says why. Scores that need a reply to
    this kind of request are left out.
    """


class Sentinel:
    """The simplest sentinel: it refuses every question and takes no side. A sentinel is a cheating system that must
    score worse than ours; if it does not, the suite measures nothing. The other sentinels are subclasses that change a
    part of this behaviour.
    """

    name = "always refuse"

    def __init__(self, near: NearestSentences, system: System) -> None:
        self._near, self._system = near, system

    def ask(self, question: str, history: Sequence[Turn] = (), filters: Filters = ANYWHERE) -> Answer:  # noqa: ARG002
        return answer_of(question, [])

    def challenge(self, idea: str) -> Verdict:
        return verdict_of(idea, [], IdeaRuling.NOT_COVERED)

    def search(self, query: str, k: int = 8, filters: Filters = ANYWHERE) -> list[Hit]:  # noqa: ARG002
        return []

    def sides(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[Stance, float]]:
        return [(Stance.UNCLEAR, 1.0) for _ in pairs]

    def _cite(self, found: Sequence[tuple[Passage, Sentence | Span]]) -> list[Citation]:
        cited = [citations.cite(passage, place, self._near.library.quote) for passage, place in found]
        return [one for one in cited if isinstance(one, Citation)]


class Parrot(Sentinel):
    """A sentinel, that is, a cheating system that must score worse than ours: it answers with the sentence nearest to
    the question, whatever that sentence says.
    """

    name = "parrot"

    def ask(self, question: str, history: Sequence[Turn] = (), filters: Filters = ANYWHERE) -> Answer:  # noqa: ARG002
        return answer_of(question, self._cite(self._near.sentences(question)[:1]))


class Supporter(Sentinel):
    """A sentinel, that is, a cheating system that must score worse than ours: it lists the sentences nearest to an idea
    as evidence for the idea, without reading them.
    """

    name = "always supported"

    def challenge(self, idea: str) -> Verdict:
        findings = [Finding(cited, Stance.SUPPORTS, 1.0) for cited in self._cite(self._near.sentences(idea)[:8])]
        return verdict_of(idea, findings, IdeaRuling.HOLDS)

    def sides(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[Stance, float]]:
        return [(Stance.SUPPORTS, 1.0) for _ in pairs]


class Chance(Sentinel):
    """A sentinel, that is, a cheating system that must score worse than ours: it chooses at random which sentences it
    cites, which side a text takes, and the order of passages. The same question or idea always gets the same choice.
    """

    name = "random"

    def ask(self, question: str, history: Sequence[Turn] = (), filters: Filters = ANYWHERE) -> Answer:  # noqa: ARG002
        return answer_of(question, self._cite(_drawn(question, self._near.sentences(question), 1)))

    def challenge(self, idea: str) -> Verdict:
        cited = self._cite(_drawn(idea, self._near.sentences(idea), 8))
        findings = [Finding(one, _drawn(one.quote, list(Stance), 1)[0], 1.0) for one in cited]
        return verdict_of(idea, findings, _drawn(idea, list(IdeaRuling), 1)[0])

    def search(self, query: str, k: int = 8, filters: Filters = ANYWHERE) -> list[Hit]:
        return _drawn(query, retrieve(query, self._near.library, self._near.embedder, k=4 * k, filters=filters), k)

    def sides(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[Stance, float]]:
        return [(_drawn(f"{claim}\n{text}", list(Stance), 1)[0], 1.0) for claim, text in pairs]


class ThreePassages(Sentinel):
    """A sentinel, that is, a cheating system that must score worse than ours: instead of answering, it quotes the three
    passages nearest to the question.
    """

    name = "three passages"
    most = 3

    def ask(self, question: str, history: Sequence[Turn] = (), filters: Filters = ANYWHERE) -> Answer:  # noqa: ARG002
        found = self._near.passages(question)[: self.most]
        return answer_of(question, self._cite([(one, Span(one.start, one.end)) for one in found]))


class EightPassages(ThreePassages):
    """A sentinel, that is, a cheating system that must score worse than ours: instead of answering, it quotes the eight
    passages nearest to the question.
    """

    name = "eight passages"
    most = 8


class ThirtySentences(Sentinel):
    """A sentinel, that is, a cheating system that must score worse than ours: it quotes the thirty sentences nearest to
    the question.
    """

    name = "thirty sentences"

    def ask(self, question: str, history: Sequence[Turn] = (), filters: Filters = ANYWHERE) -> Answer:  # noqa: ARG002
        return answer_of(question, self._cite(self._near.sentences(question)[:30]))


class WholeDocuments(Sentinel):
    """A sentinel, that is, a cheating system that must score worse than ours: it quotes the whole text of the three
    documents nearest to the question.
    """

    name = "three documents"

    def ask(self, question: str, history: Sequence[Turn] = (), filters: Filters = ANYWHERE) -> Answer:  # noqa: ARG002
        ids = list(dict.fromkeys(passage.about.id for passage in self._near.passages(question)))[:3]
        found = [self._near.library.document(id) for id in ids]
        return answer_of(question, [Citation(one.about, 0, len(one.text), one.text) for one in found])


class OurRefusals(WholeDocuments):
    """A sentinel, that is, a cheating system that must score worse than ours: it refuses a question if our system
    refuses it, and otherwise quotes the whole text of the three documents nearest to the question.
    """

    name = "three documents, our refusals"

    def ask(self, question: str, history: Sequence[Turn] = (), filters: Filters = ANYWHERE) -> Answer:
        refused = self._system.ask(question, history, filters).refused
        return answer_of(question, []) if refused else super().ask(question, history, filters)


class BothSides(Sentinel):
    """A sentinel, that is, a cheating system that must score worse than ours: it lists the sentences nearest to an idea
    twice, as evidence for the idea and as evidence against it.
    """

    name = "both sides"

    def challenge(self, idea: str) -> Verdict:
        cited = self._cite(self._near.sentences(idea)[:25])
        findings = [Finding(one, side, 1.0) for one in cited for side in (Stance.SUPPORTS, Stance.CHALLENGES)]
        return verdict_of(idea, findings, IdeaRuling.CONTESTED)


class ByTurns(Sentinel):
    """A sentinel, that is, a cheating system that must score worse than ours: it goes through the sentences nearest to
    an idea and lists the first as evidence for the idea, the second as evidence against it, and so on, without reading
    them.
    """

    name = "sides by turns"

    def challenge(self, idea: str) -> Verdict:
        cited = self._cite(self._near.sentences(idea)[:25])
        turns = cycle((Stance.SUPPORTS, Stance.CHALLENGES))
        findings = [Finding(one, side, 1.0) for one, side in zip(cited, turns, strict=False)]
        return verdict_of(idea, findings, IdeaRuling.CONTESTED)


SENTINELS: tuple[type[Sentinel], ...] = (
    Parrot, Sentinel, Supporter, Chance, ThreePassages, EightPassages, ThirtySentences, WholeDocuments, OurRefusals,
    BothSides, ByTurns,
)  # fmt: skip


def _drawn(words: str, of: Sequence[Thing], most: int) -> list[Thing]:
    seed = hashlib.sha256(f"{SEED}\n{words}".encode()).digest()
    return random.Random(seed).sample(of, min(most, len(of)))  # noqa: S311 - chance, not secrets


def answer_of(question: str, cited: Sequence[Citation]) -> Answer:
    """Make an answer that consists of the quotes ``cited``; a refusal if there are no quotes."""
    statements = tuple(Statement(one.quote, (one,), Support.VERBATIM) for one in cited)
    grounding = Grounding.GROUNDED if cited else Grounding.REFUSED
    return Answer(question, question, statements, grounding, "A sentinel.", Searched(0, 0))


def verdict_of(idea: str, findings: Sequence[Finding], ruling: IdeaRuling) -> Verdict:
    """Make a verdict on an idea. Its ruling is ``ruling``; it has a single assumption, whose text is the idea itself
    and whose findings (sentences for or against the idea) are ``findings``. Other verdicts list several assumptions on
    which the idea rests.
    """
    of_assumption = {
        IdeaRuling.HOLDS: AssumptionRuling.SUPPORTED,
        IdeaRuling.CHALLENGED: AssumptionRuling.CHALLENGED,
        IdeaRuling.CONTESTED: AssumptionRuling.CONTESTED,
        IdeaRuling.NOT_COVERED: AssumptionRuling.GAP,
    }[ruling]
    assumption = Assumption(idea, "a sentinel", 1.0, of_assumption, tuple(findings))
    return Verdict(idea, ruling, (assumption,), (), Searched(0, 0))
