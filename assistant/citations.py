"""Quotes to citations: the heart of trust. Pure: what the library holds is handed in.

A citation is a stretch of a stored document, and its quote is read from there. Words that cannot be found
become ``Rejected``: counted, shown as such, never cited.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import chain

from rapidfuzz import fuzz

from assistant.conflicts import figures, negations
from assistant.evidence.words import names
from assistant.types import Citation, Passage, Rejected, Sentence, Span

# (document id, start, end) to the stored text there, or None where there is no such stretch.
Reader = Callable[[str, int, int], str | None]

NEAR = 90.0  # likeness (rapidfuzz, of 100) from which words with a slip in them are the document's own
SHORTEST = 20  # characters from which words with a slip in them are looked for: shorter ones are near too much

_ALIKE = {
    **dict.fromkeys("'’‘‛`´", "['’‘‛`´]"),
    **dict.fromkeys('"“”„«»', '["“”„«»]'),
    **dict.fromkeys("-‐‑‒–—", "[-‐‑‒–—]"),
}
_ENDS = re.compile(r"^(?:\.\.\.|…|[\s\"“”'‘’*_])+|(?:\.\.\.|…|[\s\"“”'‘’*_])+$")
_HYPHEN = r"(?:[-‐­]\s*\n?\s*)?"  # a word may be divided at the end of a line


def cite(passage: Passage, span: Span | Sentence, read: Reader) -> Citation | Rejected:
    """The citation of ``span`` (document offsets, inside the passage), checked against the stored text."""
    start, end = span[0], span[1]
    quote = passage.text[max(start - passage.start, 0) : max(end - passage.start, 0)]
    if not (passage.start <= start < end <= passage.end):
        return Rejected(quote, f"offsets {start}:{end} lie outside the passage {passage.start}:{passage.end}")
    stored = read(passage.about.id, start, end)
    if stored is None:
        return Rejected(quote, "its document is no longer in the library")
    if stored != quote:
        return Rejected(quote, "its document has changed since it was found")
    heading = " › ".join(passage.headings) or None
    page = span.page if isinstance(span, Sentence) and span.page is not None else passage.page
    return Citation(passage.about, start, end, quote, passage.speaker, heading, page)


def locate(quote: str, passages: Sequence[Passage], read: Reader) -> Citation | Rejected:
    """Where somebody's ``quote`` stands in one of the passages: white space, the shape of marks and hyphens at the end
    of a line aside, else with a slip in it where one stretch alone is that near."""
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
    for passage in passages:
        if span := _like(quote, passage):
            yield passage, span


def _like(quote: str, passage: Passage) -> Span | None:
    """The one stretch of whole words that is near to the quote; none where a figure, a name or a "not" is the slip."""
    words = _ENDS.sub("", quote)
    place = _nearest(words, passage.text) if len(words) >= SHORTEST else None
    if place is None:
        return None
    start, end = place
    text = passage.text[start:end]
    other = passage.text[:start] + "\0" * (end - start) + passage.text[end:]
    if _nearest(words, other) or figures(text) != figures(words) or negations(text) != negations(words):
        return None
    if set(names(words)) - set(names(text)):
        return None
    return Span(passage.start + start, passage.start + end)


def _nearest(words: str, text: str) -> tuple[int, int] | None:
    """The stretch of ``text`` that is like ``words`` from ``NEAR`` on, widened to whole words."""
    found = fuzz.partial_ratio_alignment(words, text, score_cutoff=NEAR)
    if found is None or found.dest_end - found.dest_start < len(words) * NEAR / 100:
        return None
    start, end = found.dest_start, found.dest_end
    while start > 0 and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum() and text[end - 1].isalnum():
        end += 1
    trimmed = text[start:end]
    return start + len(trimmed) - len(trimmed.lstrip()), end - (len(trimmed) - len(trimmed.rstrip()))


def _pattern(quote: str) -> re.Pattern[str] | None:
    words = _ENDS.sub("", quote).split()
    if not words:
        return None
    return re.compile(r"\s+".join(_HYPHEN.join(_ALIKE.get(c, re.escape(c)) for c in word) for word in words))
