"""Evidence as a model gets it, numbered by code, and what a claim about it cites. There is no other numbering."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from assistant import checking, citations
from assistant.answering import Quoted
from assistant.checking import Grounds
from assistant.evidence.words import content_stems
from assistant.prompting import material
from assistant.question import Asks, Question
from assistant.replies import Claim
from assistant.types import Citation, Passage, Rejected, Span, Statement, Support


class Evidence(NamedTuple):
    """One thing that code has chosen: its number, the quoting writer's statement, and where its words stand.

    Of a verdict, it can be a thing that code says itself, such as an assumption on which nothing is found: it then has
    no citation and no passage.
    """

    number: int
    statement: Statement
    passages: tuple[Passage, ...]

    @property
    def quote(self) -> str:
        return self.statement.citations[0].quote if self.statement.citations else self.statement.text


def numbered(quoted: Quoted) -> tuple[Evidence, ...]:
    """The statements of the quoting writer, from 1."""
    return tuple(
        Evidence(number, statement, tuple(quoted.passages[citation] for citation in statement.citations))
        for number, statement in enumerate(quoted.answer.statements, 1)
    )


def told(one: Evidence, *, with_passage: bool) -> str:
    """Evidence in a prompt: number, title, voice and date, the sentence, and its passage where there is room."""
    if not one.statement.citations:
        return f"[{one.number}] {material(one.quote)}"
    first = one.statement.citations[0]
    known = (first.about.title, first.heading, first.voice, first.about.date)
    lines = [f"[{one.number}] {material(' · '.join(part for part in known if part))}", f"    {material(first.quote)}"]
    if with_passage and one.passages:
        lines.append(f"    It stands in: {material(one.passages[0].text)}")
    return "\n".join(lines)


def grounds(stands_on: tuple[Citation, ...], evidence: Sequence[Evidence], asked: str) -> Grounds:
    """What a claim that stands on these citations of this evidence is held against."""
    passages = tuple(passage for one in evidence for passage in one.passages)
    given = tuple(one.quote for one in evidence if not one.statement.citations)
    return Grounds(stands_on, passages, asked, given)


def nearest(text: str, evidence: Sequence[Evidence]) -> Evidence:
    """The evidence with most of the words of a claim that names none."""
    words = set(content_stems(text))
    return max(evidence, key=lambda one: len(words & set(content_stems(one.quote))))


def cited(
    claim: Claim, evidence: Sequence[Evidence], read: citations.Reader
) -> tuple[tuple[Citation, ...], list[Rejected]]:
    """What a claim cites of its evidence: the words chosen, or the whole sentences in which its quotes stand.

    A quote that is found nowhere in the passages of this evidence is rejected; where it has none, quotes prove nothing.
    """
    found: list[Citation] = []
    lost: list[Rejected] = []
    elsewhere: set[int] = set()
    for quote in claim.quotes if any(one.passages for one in evidence) else ():
        one, there = next(((one, there) for one in evidence if (there := _located(quote, one, read))), (None, ()))
        if one is None:
            lost.append(Rejected(quote, "it stands in none of the evidence that the statement cites"))
        else:
            found += there
            elsewhere.add(one.number)
    found += [citation for one in evidence if one.number not in elsewhere for citation in one.statement.citations]
    return tuple(dict.fromkeys(found)), lost


def statement(
    text: str, stands_on: tuple[Citation, ...], evidence: Sequence[Evidence], question: Question
) -> Statement:
    """The statement of a claim that holds. In the evidence's own words it is the quoting writer's; a speaker of the
    words cited, or where it is asked who says so their author, is put before it when it does not name them."""
    for one in evidence:
        if checking.said(text) == checking.said(one.quote):
            return one.statement
    voices = [citation.voice if question.asks is Asks.WHO else citation.speaker for citation in stands_on]
    known = set(content_stems(text))
    unnamed = [voice for voice in dict.fromkeys(voices) if voice and not known & set(content_stems(voice))]
    return Statement(f"{' and '.join(unnamed)}: {text}" if unnamed else text, stands_on, Support.SUPPORTED)


def _located(quote: str, one: Evidence, read: citations.Reader) -> tuple[Citation, ...]:
    """Where a quote stands: in the words chosen, which are then cited whole, or in other sentences of the passage."""
    place = citations.locate(quote, one.passages, read)
    if not isinstance(place, Citation):
        return ()
    for own in one.statement.citations:
        if own.about.id == place.about.id and place.start < own.end and own.start < place.end:
            return one.statement.citations
    passage = next(p for p in one.passages if p.about.id == place.about.id and p.start <= place.start < p.end)
    within = [s for s in passage.sentences if s.start < place.end and place.start < s.end]
    whole = citations.cite(passage, Span(within[0].start, within[-1].end), read) if within else place
    return (whole,) if isinstance(whole, Citation) else ()
