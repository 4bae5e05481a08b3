"""Turns claims into statements.

Each quote of a claim is looked up in the documents, and the model's words are checked against the quotes. A claim is
dropped and counted if none of its quotes is in the documents, or if it has a figure, a date, a name or an address that
is not in its quotes, their passages or what is known of their document. No claim is shown before it is checked.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from functools import cached_property

from assistant.checking import checks, citations
from assistant.checking.checks import Grounds
from assistant.checking.citations import Reader
from assistant.model.embedding import Embedder
from assistant.readers.material import Extract, Given
from assistant.readers.replies import unmarked
from assistant.readers.seam import Claim, Quote, Reading
from assistant.search.question import Asks
from assistant.text.words import content_stems, names
from assistant.types import Citation, Passage, Rejected, Sentence, Span, Statement, Support

HOUSE, HOUSE_SHARE = 3, 0.2  # documents, and share of those read, from which a name is the house's own; not measured
_SENTENCE = re.compile(r"\S.*?(?:[.!?][\"”’']*(?=\s)|$)", re.DOTALL)
_ELLIPSIS = re.compile(r"\s*(?:\[\s*)?(?:\.\.\.|…)(?:\s*\])?\s*")


class Verifier:
    """Checks the claims of a reader, the part of the program that answers a question from extracts of documents. Claims
    that pass become statements.

    ``material`` has the extracts; ``read`` is a function that returns the stored text of a stretch of a document.
    ``made`` has an entry for each claim: its statement, or None if the claim failed. ``dropped`` has the claims that
    failed, and ``rejected`` the quotes that were not found in the documents.
    """

    def __init__(self, material: Given, read: Reader, embedder: Embedder) -> None:
        self._material, self._read, self._embedder = material, read, embedder
        self.made: list[Statement | None] = []  # of each claim
        self.dropped: list[Rejected] = []
        self.rejected: list[Rejected] = []

    def statements(self, claims: Generator[Claim, None, Reading]) -> Generator[Statement, None, Reading]:
        """Check each claim as soon as the reader makes it, and yield it as a statement if it passes. A repeated
        statement is yielded only once. Return the ``Reading`` with which the reader ends: whether the extracts answer
        the question, and what is missing. Exceptions of the reader are passed on."""
        with closing(claims):
            while True:
                try:
                    claim = next(claims)
                except StopIteration as end:
                    reading: Reading = end.value
                    self.dropped += reading.dropped
                    return reading._replace(missing=self._known(reading.missing))
                statement = self._verified(claim)
                repeated = statement in self.made
                self.made.append(statement)
                if statement and not repeated:
                    yield statement

    def around(self, statement: Statement) -> str:
        """The text of the passages that the statement's citations lie in."""
        return self._grounds(statement.citations).around

    def doubted(self, statement: Statement, why: str) -> None:
        """Withdraw ``statement``, which a judge doubts for the reason ``why``, and count it as dropped. Call this
        before the user sees the statement."""
        self.made = [None if one == statement else one for one in self.made]
        self.dropped.append(Rejected(statement.text, why))

    def _known(self, missing: str) -> str:
        """Return the reader's remark on what the documents do not say (``missing``). The result is empty if the remark
        has a name or a figure that occurs neither in the question nor in a cited quote, since no citation supports
        it."""
        if not missing:
            return ""
        cited = [one.quote for statement in self.made if statement for one in statement.citations]
        there = "\n".join([self._material.question.text, *cited, *self._house])
        return "" if checks.strange(missing, there) else missing

    def _verified(self, claim: Claim) -> Statement | None:
        """Return the claim as a statement. If a check fails, return None and add the claim's own words to
        ``dropped``."""
        cited, lost = self._cited(claim)
        self.rejected += [one for one in lost if one.quote != claim.text]  # a line that is not copied is dropped
        if not cited:
            if claim.text:
                self.dropped.append(Rejected(claim.text, "it quotes no words that stand in the documents"))
            return None
        if not claim.text:
            return Statement(self._attributed(cited[0].quote, cited, claim), cited, Support.VERBATIM)
        verbatim = any(checks.bare_text(claim.text) == checks.bare_text(unmarked(one.quote)) for one in cited)
        grounds = self._grounds(cited)
        why = (checks.beside if verbatim else checks.fault)(claim.text, grounds, self._embedder)
        if why:
            self.dropped.append(Rejected(claim.text, why))
            return None
        support = Support.VERBATIM if verbatim else Support.SUPPORTED
        return Statement(self._attributed(claim.text, cited, claim), cited, support)

    def _cited(self, claim: Claim) -> tuple[tuple[Citation, ...], list[Rejected]]:
        """Return the citations of a claim, without duplicates, and those of its quotes that were not found."""
        found: list[Citation] = []
        lost: list[Rejected] = []
        for quote in claim.quotes:
            if self._is_particular(quote):
                continue
            places = [place(one, self._material.extracts, self._read) for one in _parts(quote)]
            wrong = [one for one in places if isinstance(one, Rejected)]
            lost += wrong
            if not wrong:
                found += [one for one in places if isinstance(one, Citation)]
        return tuple(dict.fromkeys(found)), lost

    def _is_particular(self, quote: Quote) -> bool:
        """Whether a quote only repeats what is known of its extract: the title, headings, speaker, author or date. Such
        a quote is not cited."""
        above = " · ".join(_above(one) for one in self._material.extracts if one.number == quote.extract)
        return quote.span is None and checks.bare_text(quote.words) in checks.bare_text(above)

    @cached_property
    def _house(self) -> frozenset[str]:
        """Names that occur in many of the extracts' documents. They are collected at the first use, since only a
        model's claims are checked against them."""
        return _house(self._material.extracts)

    def _grounds(self, cited: Sequence[Citation]) -> Grounds:
        extracts = self._material.extracts
        around = {part.id: part.text for one in extracts for part in one.parts for c in cited if _touches(part, c)}
        read = "\n".join(f"{one.passage.text}\n{one.passage.speaker or ''}" for one in extracts)
        touched = [_whole(extract, one) for one in cited for extract in extracts if _touches(extract.passage, one)]
        return Grounds(
            tuple(cited),
            "\n".join(around.values()),
            self._material.question.text,
            read,
            self._house,
            "\n".join(_told_of(one) for one in extracts if any(one.passage.about.id == c.about.id for c in cited)),
            tuple(sentence for sentences in touched for sentence in sentences),
        )

    def _attributed(self, text: str, cited: Sequence[Citation], claim: Claim) -> str:
        """Return the statement's text, preceded by the names of the speakers whom it cites.

        A quotation gets the names of all its speakers, and of its authors if the question asks "who". A claim in a
        model's words gets only the names of speakers whom it does not mention.
        """
        who = self._material.question.asks is Asks.WHO
        voices = dict.fromkeys(one.voice if who else one.speaker for one in cited)
        if not claim.text:
            named = " and ".join(voice for voice in voices if voice)
            return f"{named}: “{text}”" if named else text
        known = set(content_stems(text))
        unnamed = [one.speaker for one in cited if one.speaker and not known & set(content_stems(one.speaker))]
        return f"{' and '.join(dict.fromkeys(unnamed))}: {text}" if unnamed else text


def _house(extracts: Sequence[Extract]) -> frozenset[str]:
    """Names that occur in many of the documents, such as the company's own name, for which its pages say "we"."""
    texts: dict[str, str] = {}
    for one in extracts:
        texts[one.passage.about.id] = f"{texts.get(one.passage.about.id, '')}\n{one.passage.text}"
    counted = Counter(name for text in texts.values() for name in names(text))
    least = max(HOUSE, HOUSE_SHARE * len(texts))
    return frozenset(name for name, count in counted.items() if count >= least)


def place(quote: Quote, extracts: Sequence[Extract], read: Reader) -> Citation | Rejected:
    """Find a quote in the extracts, and return a citation of it. The extract with the number ``quote.extract`` is
    searched first, then all other extracts. The result is ``Rejected``, with the reason, if the quote cannot be cited.
    ``read`` is a function that returns the stored text of a stretch of a document."""
    named = [one for one in extracts if one.number == quote.extract]
    if quote.span and named:
        cited = _cite(named[0], quote.span, read, quote.key)
        return replace(cited, key=quote.key) if isinstance(cited, Citation) else cited
    for among in (named, [one for one in extracts if one.number != quote.extract]):
        found = citations.locate(quote.words, [one.passage for one in among], read)
        if isinstance(found, Citation):
            extract = next(one for one in among if _holds(one.passage, found))
            return _cite(extract, Span(found.start, found.end), read)
    return Rejected(quote.words, "it stands in none of the passages that were read")


def _parts(quote: Quote) -> Iterator[Quote]:
    """Yield the parts of a quote that an ellipsis ("…") separates; the quote itself if it has no ellipsis, or if its
    span is known."""
    if quote.span:
        yield quote
        return
    parts = [part for part in _ELLIPSIS.split(quote.words) if part.strip()]
    yield from (quote._replace(words=part) for part in parts) if parts else (quote,)


def _cite(extract: Extract, span: Span, read: Reader, key: Span | None = None) -> Citation | Rejected:
    """Return the citation of a ``span`` of the extract. Its heading is the one above ``key``, the sentence that
    answers, or above the span's start if there is no ``key``. Its page is that of the span's first sentence."""
    passage = extract.part(span, (key or span).start)
    first = next((s for s in extract.passage.sentences if s.start < span.end and span.start < s.end), None)
    place = Sentence(span.start, span.end, first.kind, page=first.page) if first else span
    return citations.cite(passage, place, read)


def _whole(extract: Extract, one: Citation) -> Iterator[str]:
    """Yield the full sentences that a citation lies in. A full stop ends a sentence, even before a small letter."""
    passage = extract.passage
    for sentence in extract.sentences(Span(one.start, one.end)):
        text = passage.text[sentence.start - passage.start : sentence.end - passage.start]
        parts = [match.span() for match in _SENTENCE.finditer(text)]
        yield from (text[a:b] for a, b in parts if sentence.start + a < one.end and one.start < sentence.start + b)


def _above(extract: Extract) -> str:
    """The particulars of an extract on one line: title, headings, speaker, author and date."""
    passage, about = extract.passage, extract.passage.about
    return " · ".join(p for p in (about.title, *passage.headings, passage.speaker, about.author, about.date) if p)


def _told_of(extract: Extract) -> str:
    return f"{_above(extract)}\n{extract.passage.text}"


def _holds(passage: Passage, one: Citation) -> bool:
    return passage.about.id == one.about.id and passage.start <= one.start and one.end <= passage.end


def _touches(passage: Passage, one: Citation) -> bool:
    return passage.about.id == one.about.id and passage.start < one.end and one.start < passage.end
