"""Compares the citations of stored answers with the current library."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from assistant.errors import DocumentMissing
from assistant.library.library import Library
from assistant.types import Citation, Document, Span
from ui.views import present
from ui.views.present import Standing

AROUND = 300  # characters on either side of cited words in which the sentences beside them are looked for: two or three


class Around(NamedTuple):
    """The state of a citation, and the sentences beside its key sentence. ``before`` is the sentence before the key
    sentence, ``after`` the one after it; each is empty if the document has no sentence there, and both are empty if the
    quote is no longer at its position.

    The key sentence seems to answer the question. It is a part of the quote, or the whole quote if no part was chosen.
    """

    standing: Standing
    before: str = ""
    after: str = ""


def document(citation: Citation, library: Library) -> Document | None:
    """The cited document as it is in the library now; None if the library no longer has it."""
    try:
        return library.document(citation.about.id)
    except DocumentMissing:
        return None


def standing(citation: Citation, library: Library) -> Standing:
    """The state of a citation in the library now: whether its quote is at its position, at another position or missing,
    or whether the whole document is gone."""
    if library.quote(citation.about.id, citation.start, citation.end) == citation.quote:
        return Standing.HOLDS
    return present.standing(citation, document(citation, library))[0]


def around(citation: Citation, library: Library) -> Around:
    """The state of a citation in the library now, and the sentences before and after its key sentence. If the quote is
    no longer at its position, both sentences are empty."""
    before, quote, after = library.around(citation.about.id, citation.start, citation.end, AROUND) or ("", "", "")
    if quote != citation.quote:
        return Around(present.standing(citation, document(citation, library))[0])
    first, last = present.key(citation, Span(citation.start, citation.end)) or (citation.start, citation.end)
    return Around(
        Standing.HOLDS, *_beside(before + quote[: first - citation.start], quote[last - citation.start :] + after)
    )


@lru_cache(maxsize=4096)
def _beside(before: str, after: str) -> tuple[str, str]:
    """The last sentence of ``before`` and the first sentence of ``after``; empty where there is none."""
    from ingest.text.sentences import spans  # its library takes longer to import than it is needed at first

    last, first = spans(before)[-1:], spans(after)[:1]
    return "".join(before[a:b] for a, b in last), "".join(after[a:b] for a, b in first)
