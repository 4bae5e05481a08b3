"""Turns quotes into citations. All trust in an answer rests on this module. It is pure: the caller passes in the
passages, and a function that reads the stored text.

A citation is a range of a stored document, and its quote is read from there. Words that cannot be found become
``Rejected``: they are counted and shown as rejected, and never cited.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import chain

from rapidfuzz import fuzz

from assistant.text import introductions
from assistant.text.conflicts import figures, negations
from assistant.text.words import WORD
from assistant.types import Citation, Passage, Rejected, Sentence, Span

# (document id, start, end) to the stored text there, or None where there is no such stretch.
Reader = Callable[[str, int, int], str | None]

# Likeness (rapidfuzz, of 100) from which words with a slip in them are the document's own: a tenth of the letters may
# differ. A guess, see eval/benchmarks/claims.py.
NEAR = 90.0
SHORTEST = 20  # characters from which words with a slip in them are looked for: shorter ones are near too much

_ALIKE = {
    **dict.fromkeys("'’‘‛`´", "['’‘‛`´]"),
    **dict.fromkeys('"“”„«»', '["“”„«»]'),
    **dict.fromkeys("-‐‑‒–—", "[-‐‑‒–—]"),
}
_ENDS = re.compile(r"^(?:\.\.\.|…|[\s\"“”'‘’*_])+|(?:\.\.\.|…|[\s\"“”'‘’*_])+$")
_SPACED = re.compile(r"\S+")
_CAPITALISED = re.compile(r"\b[A-Z][\w’'-]*")
_HYPHEN = r"(?:[-‐­]\s*\n?\s*)?"  # a word may be divided at the end of a line


def cite(passage: Passage, span: Span | Sentence, read: Reader) -> Citation | Rejected:
    """Return a citation of the words of ``passage`` at ``span``, whose offsets are counted from the start of the
    document's text. ``read`` is a function that takes a document's id and two offsets, and returns the stored text
    between them, or None if there is no such text.

    The result is ``Rejected``, with the reason, if the span is not inside the passage, if the document has been removed
    from the library, or if its stored text is no longer that of the passage.
    """
    start, end = span[0], span[1]
    quote = passage.text[max(start - passage.start, 0) : max(end - passage.start, 0)]
    if not (passage.start <= start < end <= passage.end):
        return Rejected(quote, f"offsets {start}:{end} lie outside the passage {passage.start}:{passage.end}")
    stored = read(passage.about.id, start, end)
    if stored is None:
        return Rejected(quote, "its document is no longer in the library")
    if stored != quote:
        return Rejected(quote, "its document has changed since it was found")
    heading = " › ".join(introductions.path(passage, start)) or None
    page = span.page if isinstance(span, Sentence) and span.page is not None else passage.page
    return Citation(passage.about, start, end, quote, passage.speaker, heading, page)


def locate(quote: str, passages: Sequence[Passage], read: Reader) -> Citation | Rejected:
    """Return a citation of the place where ``quote`` occurs in one of the passages, or ``Rejected`` with the reason why
    there is none. ``read`` is a function that returns the stored text of a stretch of a document.

    White space, the shape of quotation marks and dashes, and hyphens at line ends are ignored. If no passage has the
    quote, a place with nearly the same words is cited, unless several such places differ in their words.
    """
    pattern = _pattern(quote)
    if pattern is None:
        return Rejected(quote, "it is empty")
    why = "it stands in none of the passages"
    for passage, span in chain(_whole(pattern, passages), _near(quote, passages)):
        found = cite(passage, span, read)
        if isinstance(found, Citation):
            return found
        why = found.why
    return Rejected(quote, why)


def _whole(pattern: re.Pattern[str], passages: Sequence[Passage]) -> Iterator[tuple[Passage, Span]]:
    for passage in passages:
        if match := pattern.search(passage.text):
            yield passage, Span(passage.start + match.start(), passage.start + match.end())


def _near(quote: str, passages: Sequence[Passage]) -> Iterator[tuple[Passage, Span]]:
    """Yield the places whose words are similar to the quote; none if these places have different words, since it is
    then unclear which one is meant."""
    found = [(passage, span) for passage in passages for span in _like(quote, passage)]
    if len({_words(passage, span) for passage, span in found}) == 1:
        yield from found


def _words(passage: Passage, span: Span) -> tuple[str, ...]:
    return tuple(passage.text[span.start - passage.start : span.end - passage.start].split())


def _like(quote: str, passage: Passage) -> Iterator[Span]:
    """Yield the spans of the passage, two at most, whose words are similar to the quote. A span that differs from the
    quote in a figure, a name or a negation is skipped."""
    words = _ENDS.sub("", quote)
    text = passage.text if len(words) >= SHORTEST else ""
    for _ in range(2):
        if (place := _nearest(words, text)) is None:
            return
        start, end = place
        if _same_particulars(words, text[start:end]):
            yield Span(passage.start + start, passage.start + end)
        text = text[:start] + "\0" * (end - start) + text[end:]


def _same_particulars(words: str, text: str) -> bool:
    """Whether both texts have the same figures and negations, and ``text`` has all capitalised words of ``words``."""
    capitalised = {word.lower() for word in _CAPITALISED.findall(words)}
    return (
        figures(text) == figures(words)
        and negations(text) == negations(words)
        and capitalised <= {word.lower() for word in WORD.findall(text)}
    )


def _nearest(words: str, text: str) -> tuple[int, int] | None:
    """Return the start and end of the whole words in ``text`` that are most similar to ``words``; None if their
    likeness is below ``NEAR``."""
    found = fuzz.partial_ratio_alignment(words, text, score_cutoff=NEAR)
    if found is None or found.dest_end - found.dest_start < len(words) * NEAR / 100:
        return None
    slack = len(words) // 10 + 1  # of two words alike, the stretch found is as long as the shorter one
    bounds = [match.span() for match in _SPACED.finditer(text)]
    starts = [start for start, end in bounds if start <= found.dest_start + slack and end >= found.dest_start - slack]
    ends = [end for start, end in bounds if start <= found.dest_end + slack and end >= found.dest_end - slack]
    pairs = [(start, end) for start in starts for end in ends if start < end]
    return max(pairs, key=lambda pair: fuzz.ratio(words, text[slice(*pair)]), default=None)


def _pattern(quote: str) -> re.Pattern[str] | None:
    words = _ENDS.sub("", quote).split()
    if not words:
        return None
    return re.compile(r"\s+".join(_HYPHEN.join(_ALIKE.get(c, re.escape(c)) for c in word) for word in words))
