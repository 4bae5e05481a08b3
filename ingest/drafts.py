"""What a reader hands on: the words of a file in order, cut at its paragraphs, with hints of what each is.

A draft holds every visible word of the file once; whitespace is collapsed. What is content and what is
furniture is decided after, in ``cleaning.py``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from assistant.types import BlockKind

HALVES = re.compile("[\ud800-\udfff]")


class Box(NamedTuple):
    """An element of a page: a number of its own, its tag, and its class, id and role in lower case."""

    number: int
    tag: str
    names: str


@dataclass(frozen=True, slots=True)
class Piece:
    """One paragraph, heading, item or row as it was found; ``reason`` is set when it is no content."""

    text: str
    kind: BlockKind = BlockKind.PARAGRAPH
    level: int = 0  # of a heading, 1 is the outermost; 0 when its form does not tell
    reason: str | None = None
    alone: bool = True  # between blank lines, or an element of its own
    linked: int = 0  # how many of its characters are the text of links
    path: tuple[Box, ...] = ()  # the elements it stands in, outermost first; empty when the format has none
    speaker: str | None = None
    page: int | None = None  # of a page, slide or row, from 1
    headings: tuple[str, ...] = ()
    order: int = 0  # its place among all pieces of the file, kept and dropped


@dataclass(frozen=True, slots=True)
class Found:
    """What a file's own metadata says of it; the first of each is the most trusted."""

    titles: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    site: str = ""  # of a web page


@dataclass(frozen=True, slots=True)
class Draft:
    """A file as it was read."""

    media_type: str
    pieces: tuple[Piece, ...]
    found: Found = field(default_factory=Found)


def writable(draft: Draft) -> Draft:
    """The draft without halves of characters, which escapes can write (JSON's "\\ud800") and no file can hold."""
    told = draft.found
    found = Found(_texts(told.titles), _texts(told.authors), _texts(told.dates), _text(told.site))
    return Draft(draft.media_type, tuple(map(_piece, draft.pieces)), found)


def _piece(piece: Piece) -> Piece:
    told = f"{piece.text}{piece.reason}{piece.speaker}"
    if not HALVES.search(told):
        return piece
    reason, speaker = (text and _text(text) for text in (piece.reason, piece.speaker))
    return replace(piece, text=_text(piece.text), reason=reason, speaker=speaker)


def _texts(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(_text, texts))


def _text(text: str) -> str:
    return HALVES.sub("\ufffd", text)


def words(text: str) -> frozenset[str]:
    """The words of a list written as one string."""
    return frozenset(text.split())


def collapse(text: str) -> str:
    """The text with every run of whitespace as one space, and none at its ends."""
    return " ".join(text.split())
