"""Question and hits to an answer, in the documents' own words: the quoting writer, which needs no LLM.

```text
question ─standalone─▶ read ─▶ candidates ─▶ judged sentences ─▶ refuse? ─no─▶ choose ─▶ cite ─▶ Answer
                                                                   └─yes─▶ nearest passages, offered as such
```
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import NamedTuple

from assistant import citations, conflicts, conversation
from assistant import question as questions
from assistant.embedding import Embedder, Vectors
from assistant.errors import SettingsError
from assistant.evidence.broad import leading_sentences
from assistant.evidence.choice import Chosen, choose, stands_alone
from assistant.evidence.refusal import reason_to_refuse
from assistant.evidence.relevance import Judgement, RelevanceJudge
from assistant.evidence.words import content_stems, tokens
from assistant.library.library import Library
from assistant.question import Asks, Question
from assistant.retrieval import ANYWHERE, Candidate, candidates, spread
from assistant.types import (
    Answer,
    Citation,
    Filters,
    Grounding,
    Passage,
    Rejected,
    Statement,
    Support,
    Turn,
)

LONGEST_QUESTION = 4_000  # characters; a longer text is a document, not a question
JUDGED = 24  # passages whose sentences are judged: the right one is among them for 0.93, see eval/benchmarks/depth.py
NAMED = 0.6  # share of a name's content words by which a question names it: "the kitchenware brand director"
NEAREST = 3  # passages shown on a refusal


class Quoted(NamedTuple):
    """An answer in the documents' own words, and the passage in which each of its citations stands.

    ``answerable`` is the probability that the evidence answers; 1 where nothing judged it.
    """

    answer: Answer
    passages: dict[Citation, Passage]
    answerable: float


class QuotingWriter:
    """Answers with whole sentences of the documents, each cited, or says that they do not say."""

    name: str | None = None

    def __init__(self, library: Library, embedder: Embedder, judge: RelevanceJudge) -> None:
        self._library, self._embedder, self._judge = library, embedder, judge

    def answer(self, question: str, history: Sequence[Turn] = (), filters: Filters = ANYWHERE) -> Answer:
        """The whole answer.

        Raises:
            SettingsError: the question is empty or longer than ``LONGEST_QUESTION``.
        """
        *_, last = self.stream(question, history, filters)
        assert isinstance(last, Answer)
        return last

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        filters: Filters = ANYWHERE,
        tick: Callable[[], None] = lambda: None,  # noqa: ARG002 - for what waits for a model
    ) -> Iterator[Statement | Answer]:
        """Each statement as it is found to hold, then the whole answer."""
        answer = self.quoted(question, history, filters).answer
        yield from answer.statements
        yield answer

    def quoted(self, question: str, history: Sequence[Turn] = (), filters: Filters = ANYWHERE) -> Quoted:
        """The whole answer, and the passages in which what it cites stands: what another writer may write from.

        Raises:
            SettingsError: as ``answer`` does.
        """
        clock = _Clock()
        asked = conversation.standalone(_checked(question), history)
        facts = questions.read(asked)
        with clock.measured("search"):
            searched = self._library.searched()
            vector = self._embedder.query(asked)
            found = self._find(facts, vector, filters)
        if facts.asks is Asks.BROAD and found:
            chosen: list[Chosen] = leading_sentences(vector, self._library, filters)
            refusal, answerable = None, 1.0
        else:
            with clock.measured("judge"):
                rarity = self._library.rarity([token.word for token in facts.content])
                judgement = self._judge.judge(facts, vector, found, rarity, self._embedder)
                answerable = judgement.answerable
                refusal = reason_to_refuse(facts, judgement)
                chosen = nearest(facts, judgement) if refusal else choose(facts, judgement, self._passages_of)
        with clock.measured("cite"):
            cited = self._cite(chosen)
            statements = _statements(facts, [c for c in cited if isinstance(c, Citation)])
        rejected = tuple(c for c in cited if isinstance(c, Rejected))
        refusal = refusal or (None if statements else "The passages found changed while they were read; ask again.")
        answer = Answer(
            question=question,
            standalone_question=asked,
            statements=() if refusal else statements,
            grounding=Grounding.REFUSED if refusal else Grounding.GROUNDED,
            reason=refusal or _reason(statements),
            searched=searched,
            conflicts=() if refusal else conflicts.find(statements),
            nearest=tuple(s.citations[0] for s in statements) if refusal else (),
            rejected=rejected,
            model=self.name,
            timings_ms=clock.read(),
        )
        passages = {c: p for (p, _), c in zip(chosen, cited, strict=True) if isinstance(c, Citation)}
        return Quoted(answer, passages, answerable)

    def _find(self, question: Question, vector: Vectors, filters: Filters) -> list[Candidate]:
        """The passages to be judged; where the question names who speaks, that voice's only."""
        found = candidates(question.text, vector, self._library, filters)
        voice = None if filters.authors else named_voice(question, [candidate.passage for candidate in found])
        if voice:
            found = candidates(question.text, vector, self._library, replace(filters, authors=(voice,)))
        return spread(found)[:JUDGED]

    def _passages_of(self, document: str) -> list[Passage]:
        return [stored.passage for stored in self._library.stored_of(document)]

    def _cite(self, chosen: Sequence[Chosen]) -> list[Citation | Rejected]:
        return [citations.cite(passage, sentence, self._library.quote) for passage, sentence in chosen]


def named_voice(question: Question, passages: Sequence[Passage]) -> str | None:
    """The speaker or author of one of the passages whom the question names, by most of the words of the name."""
    asked = {token.stem for token in question.content}
    best: tuple[float, str] | None = None
    for voice in dict.fromkeys(p.speaker or p.about.author for p in passages):
        words = set(content_stems(voice or ""))
        named = len(words & asked)
        if voice and words and named >= min(2, len(words)) and named >= NAMED * len(words):
            best = max(best or (0.0, ""), (named / len(words), voice))
    return best[1] if best else None


def nearest(question: Question, judgement: Judgement) -> list[Chosen]:
    """The best sentence of each of the best passages, to be offered as no more than near."""
    first: dict[str, Chosen] = {}
    for one in judgement.sentences:
        if stands_alone(question, one):
            first.setdefault(one.seen.passage.id, (one.seen.passage, one.seen.sentence))
    return list(first.values())[:NEAREST]


def _checked(question: str) -> str:
    plain = " ".join(question.split())
    if not plain:
        raise SettingsError(
            "The question is empty.", hint='Ask something, as in: pushback ask "What do we say about X?"'
        )
    if not tokens(plain):
        raise SettingsError("The question has no words.", hint="Ask it in words.")
    if len(plain) > LONGEST_QUESTION:
        raise SettingsError(
            f"The question has {len(plain):,} characters; at most {LONGEST_QUESTION:,} are read.",
            hint="Ask it shorter; to search in a long text, ingest it as a document.",
        )
    return plain


def _statements(question: Question, found: Sequence[Citation]) -> tuple[Statement, ...]:
    """One statement for each citation; the same words in two documents are one statement with both."""
    same: dict[str, list[Citation]] = {}
    for citation in found:
        same.setdefault(" ".join(citation.quote.split()).casefold(), []).append(citation)
    return tuple(Statement(_said(question, group), tuple(group), Support.VERBATIM) for group in same.values())


def _said(question: Question, group: Sequence[Citation]) -> str:
    """The sentence as it stands; what a speaker said in a discussion stays theirs, and "who" is told by name."""
    voices = [citation.voice if question.asks is Asks.WHO else citation.speaker for citation in group]
    told = " and ".join(dict.fromkeys(voice for voice in voices if voice))
    return f"{told}: “{group[0].quote}”" if told else group[0].quote


def _reason(statements: Sequence[Statement]) -> str:
    documents = len({citation.about.id for statement in statements for citation in statement.citations})
    return f"{len(statements)} quoted from {documents} document{'s' if documents > 1 else ''}."


class _Clock:
    """Milliseconds by stage."""

    def __init__(self) -> None:
        self._started = time.perf_counter()
        self._stages: dict[str, float] = {}

    @contextmanager
    def measured(self, stage: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self._stages[stage] = (time.perf_counter() - started) * 1000

    def read(self) -> dict[str, float]:
        total = (time.perf_counter() - self._started) * 1000
        return {**{name: round(value, 1) for name, value in self._stages.items()}, "total": round(total, 1)}
