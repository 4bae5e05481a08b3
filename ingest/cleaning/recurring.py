"""Finds lines that recur on many pages of one web site, such as newsletter boxes and mottoes.

The library counts on how many pages of a site each line occurs (``assistant/library/tables/boilerplate.py``). This
module finds the lines of a page that may recur, and marks the lines that are known to recur; one page of the site keeps
them. In doubt a line stays. Headings, rows, words of other speakers, short lines, and lines with a figure, a date or a
name are never marked; and if more than ``MOST`` of a page's words would be removed, none of its lines is marked.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from itertools import pairwise

from assistant.types import BlockKind, Document
from ingest.drafts import Piece, collapse

REASON = "recurring"
FEWEST = 3  # words: a shorter line ("Thank you.") recurs because people say it; not measured
SENTENCE = re.compile(r"[.!?…:][\"'”’»)]*$")
LONGEST = 700  # characters; boilerplate is short
EDGE = 50  # lines from either end of a document, so that a book costs no more than a page
MOST = 0.5  # of a document's words: a page of which more would go says these things on purpose
KINDS = frozenset({BlockKind.PARAGRAPH, BlockKind.ITEM, BlockKind.QUOTE})


def line_hash(text: str, origin: str) -> int:
    """A 63-bit hash of a line together with ``origin``, the web site that the line is from. Lines that differ only in
    case or spacing have the same hash.
    """
    told = f"{origin}\n{collapse(text).casefold()}".encode()
    return int.from_bytes(hashlib.blake2b(told, digest_size=8).digest(), "big") >> 1


def gone_from(document: str, known: Mapping[int, str]) -> frozenset[int]:
    """The hashes of the lines to remove from the document with the id ``document``, because they recur on many pages of
    their web site.

    ``known`` maps the hash of each recurring line to the id of the one document that keeps the line.
    """
    return frozenset(line for line, keeper in known.items() if keeper != document)


def lines(document: Document, known: AbstractSet[int]) -> tuple[tuple[int, bool], ...]:
    """Return the hashes of those lines of the document that could also be on other pages of its web site, including
    lines that were removed because they recur. Each hash is in a pair with a bool: whether it is in ``known``, the
    hashes of the lines that are known to recur. The result is empty if the document is not from a web site. Of a long
    document, only lines near the start and the end count.
    """
    about = document.about
    if not about.origin:
        return ()
    kept = [
        (block.start, document.text[block.start : block.end])
        for block in document.blocks
        if block.kind in KINDS and block.speaker in {None, about.author}
    ]
    told = _edges(
        [text for _, text in sorted([*kept, *((d.at, d.text) for d in document.dropped if d.reason == REASON)])]
    )
    hashes = dict.fromkeys(line_hash(text, about.origin) for text in told if _is_line(text))
    return tuple((one, one in known) for one in hashes)


def marked(pieces: Sequence[Piece], origin: str | None, author: str | None, known: AbstractSet[int]) -> list[Piece]:
    """Return all pieces (paragraphs, headings and the like) of a web page. A piece gets the reason "recurring" if the
    hash of its text is in ``known``, the hashes of lines that recur on many pages of the web site. A heading gets this
    reason, too, if no text below it remains.

    ``origin`` is the web site of the page, ``author`` the page's author. Some pieces never get the reason, among them
    words of a speaker who is not the author (such as a commenter), very short or long texts, and texts with a figure or
    a name. If more than half (``MOST``) of the page's words would be removed, no piece gets it.
    """
    if not origin or not known:
        return list(pieces)
    gone = {
        piece.order
        for piece in pieces
        if not piece.reason
        and piece.kind in KINDS
        and piece.speaker in {None, author}
        and _is_line(piece.text)
        and line_hash(piece.text, origin) in known
    }
    kept = [piece for piece in pieces if not piece.reason]
    if not gone or _words(kept, lambda piece: piece.order in gone) > MOST * _words(kept, lambda _: True):
        return list(pieces)
    gone |= set(_left_empty(kept, gone))
    return [replace(piece, reason=REASON) if piece.order in gone else piece for piece in pieces]


def _left_empty(kept: Sequence[Piece], gone: AbstractSet[int]) -> Iterator[int]:
    """Yield the ``order`` of each heading below which every piece is in ``gone`` (the pieces to be removed)."""
    following: list[bool] = []
    for piece in reversed(kept):
        if piece.kind is BlockKind.HEADING:
            if following and all(following):
                yield piece.order
            following = []
        else:
            following.append(piece.order in gone)


def _is_line(text: str) -> bool:
    return len(text) <= LONGEST and text.count(" ") + 1 >= FEWEST and not _tells(text)


def _tells(text: str) -> bool:
    """Whether the line contains a figure, a date or a name (a capital inside a sentence)."""
    inside = (word for before, word in pairwise(text.split()) if not SENTENCE.search(before))
    return bool(re.search(r"\d", text)) or any(word.lstrip("\"'“„‘«(")[:1].isupper() for word in inside)


def _edges(texts: Sequence[str]) -> Sequence[str]:
    return texts if len(texts) <= 2 * EDGE else [*texts[:EDGE], *texts[-EDGE:]]


def _words(pieces: Sequence[Piece], chosen: Callable[[Piece], bool]) -> int:
    return sum(piece.text.count(" ") + 1 for piece in pieces if chosen(piece))
