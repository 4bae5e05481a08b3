"""Finds a suite's gold quotes in the stored texts, and judges which citations match them. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from assistant.checking.citations import Reader
from assistant.errors import SourceError
from assistant.types import Citation, Document, Span, Stance
from eval.numbers.metrics import covers
from eval.suite.cases import BUDGET, Gold
from ingest.reading.formats import read as read_file

# A source to its document as ingested, or None where it did not go in.
Finder = Callable[[str], Document | None]


@dataclass(frozen=True, slots=True)
class Located:
    """A gold quote (a quote that a right answer cites) with all its places in its document (``spans``). If the library
    does not have the document, or the document does not contain the quote, there are no places, and ``why`` gives the
    reason.

    ``document`` is the id of the document; None if the library does not have it. A citation with more than ``most``
    words does not match the quote, so that quoting everything does not count as finding the quote.
    """

    gold: Gold
    document: str | None
    spans: tuple[Span, ...]
    why: str | None = None
    most: int = BUDGET


@dataclass(frozen=True, slots=True)
class Cited:
    """A citation of an answer or verdict, and the judgement on it: ``correct`` says whether it matches a gold quote (a
    quote that a right answer cites), and ``fault`` why it is invalid (None if it is valid). ``stance`` is the side on
    which a verdict lists the citation, such as for the idea; None for a citation of an answer.
    """

    citation: Citation
    correct: bool
    fault: str | None
    stance: Stance | None = None


def locate(golds: Sequence[Gold], find: Finder, budget: int = BUDGET) -> tuple[Located, ...]:
    """Find each gold quote (a quote that a right answer cites) in its document in the library. If the library does not
    have the document, or the document's text does not contain the quote (which may have been removed as boilerplate),
    the quote stays in the result without a place and counts as missed.

    ``find`` takes the name of a quote's document (``Gold.source``) and returns the document; None if the library does
    not have it. A citation that matches a quote may have at most ``budget`` words more than the quote.
    """
    located = (_locate(gold, find(gold.source)) for gold in golds)
    return tuple(replace(one, most=words(one.gold.quote) + budget) for one in located)


def judge(
    citations: Iterable[Citation], golds: Sequence[Located], read: Reader, stance: Stance | None = None
) -> tuple[Cited, ...]:
    """Judge each citation: whether it matches a gold quote (a quote that a right answer cites), and whether it is
    valid, which means that the library has the quoted words at the cited place. A place that is cited twice is judged
    once, since the second citation proves nothing more.

    ``read`` returns the library's text at a place. If the citations come from a verdict on an idea, ``stance`` is the
    side on which the verdict lists them, and ``golds`` must be the gold quotes of this side. ``stance`` does not change
    the judgement; it is stored in the results.
    """
    places = {(one.about.id, one.start, one.end, one.quote): one for one in citations}
    return tuple(
        Cited(one, any(matches(one, gold) for gold in golds), fault(one, read), stance) for one in places.values()
    )


def matches(citation: Citation, gold: Located) -> bool:
    """Whether a citation matches a gold quote (a quote that a right answer cites): it is in the same document, covers
    at least half of the quote, and has at most ``gold.most`` words. Documents are compared by id, not by name.
    """
    place = Span(citation.start, citation.end)
    near = citation.about.id == gold.document and any(covers(place, span) for span in gold.spans)
    return near and words(citation.quote) <= gold.most


def words(text: str) -> int:
    """The number of words in a text. Words are separated by whitespace."""
    return len(text.split())


def fault(citation: Citation, read: Reader) -> str | None:
    """The reason why a citation is invalid: it is empty, its place does not exist, or the library has different words
    at this place. None if it is valid. ``read`` returns the library's text at a place.
    """
    if not 0 <= citation.start < citation.end:
        return "empty or backwards"
    stored = read(citation.about.id, citation.start, citation.end)
    if stored is None:
        return "no such place"
    return None if stored == citation.quote else "other words stand there"


def _locate(gold: Gold, document: Document | None) -> Located:
    if document is None:
        return Located(gold, None, (), f"{gold.source} did not go into the library")
    spans = places(gold.quote, document.text) or places(_visible(gold), document.text)
    why = None if spans else f"gold not in the kept text of {gold.source}: “{gold.quote}”"
    return Located(gold, document.id, spans, why)


def places(quote: str, text: str) -> tuple[Span, ...]:
    """All places in ``text`` where the words of ``quote`` are; whitespace may differ."""
    words = [re.escape(word) for word in quote.split()]
    return tuple(Span(*match.span()) for match in re.finditer(r"\s+".join(words), text)) if words else ()


def _visible(gold: Gold) -> str:
    """The quote without the markup of its source: ``**small** stand`` shows as ``small stand``."""
    try:
        return " ".join(piece.text for piece in read_file(gold.source, gold.quote.encode()).pieces)
    except SourceError:
        return ""
