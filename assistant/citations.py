"""Quotes to citations: the heart of trust. Pure: what the library holds is handed in.

A citation is a stretch of a stored document, and its quote is read from there. Words that cannot be found
become ``Rejected``: counted, shown as such, never cited.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from assistant.types import Citation, Passage, Rejected, Sentence, Span

# (document id, start, end) to the stored text there, or None where there is no such stretch.
Reader = Callable[[str, int, int], str | None]

_ALIKE = {
    **dict.fromkeys("'’‘‛`´", "['’‘‛`´]"),
    **dict.fromkeys('"“”„«»', '["“”„«»]'),
    **dict.fromkeys("-‐‑‒–—", "[-‐‑‒–—]"),
}


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
    """Where somebody's ``quote`` stands in one of the passages; white space and the shape of marks aside."""
    pattern = _pattern(quote)
    if pattern is None:
        return Rejected(quote, "it is empty")
    why = "it stands in none of the passages"
    for passage in passages:
        if match := pattern.search(passage.text):
            found = cite(passage, Span(passage.start + match.start(), passage.start + match.end()), read)
            if isinstance(found, Citation):
                return found
            why = found.why
    return Rejected(quote, why)


def _pattern(quote: str) -> re.Pattern[str] | None:
    words = quote.split()
    if not words:
        return None
    return re.compile(r"\s+".join("".join(_ALIKE.get(c, re.escape(c)) for c in word) for word in words))
