"""The output of a reader: the words of a file in order, cut into paragraphs, with hints of what each is.

A draft holds every visible word of the file once; whitespace is collapsed. The package ``ingest/cleaning`` decides
afterwards what is content and what is boilerplate.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from assistant.types import BlockKind

HALVES = re.compile("[\ud800-\udfff]")
HEADING = 300  # characters; what is longer heads nothing. A guess
TOLD = 300  # characters of a title, a name or a date that a file tells: a bound, since any file can tell any length
MANY = 50  # names, and dates, that a file tells: a bound, since it can tell any number


class Box(NamedTuple):
    """An element of a web page: a number that identifies it, its tag, and its class, id and role in lower case
    (``names``).
    """

    number: int
    tag: str
    names: str


class Lettered(NamedTuple):
    """Words of a piece (paragraph, heading or the like) that are in bold, or the words of a link; ``to`` is the link's
    address, None for bold words.

    ``at`` is the number of visible characters in the piece that come before these words; -1 if it is unknown.
    """

    words: str
    at: int = -1
    to: str | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """A paragraph, heading, list item or table row as it was found in a file.

    ``reason`` says why the piece is not content, such as "navigation"; it is None for content.
    """

    text: str
    kind: BlockKind = BlockKind.PARAGRAPH
    level: int = 0  # of a heading, 1 is the outermost; 0 when its form does not tell
    reason: str | None = None
    alone: bool = True  # between blank lines, or an element of its own
    linked: int = 0  # how many of its characters are the text of links
    path: tuple[Box, ...] = ()  # the elements it stands in, outermost first; empty when the format has none
    speaker: str | None = None
    page: int | None = None  # of a page, slide or row, from 1
    column: int = 0  # of those side by side on its page or slide; what stands in another is another text
    date: str | None = None  # of a message in a chat, in ISO 8601 as far as it is known
    headings: tuple[str, ...] = ()
    order: int = 0  # its place among all pieces of the file, kept and dropped
    lettered: tuple[Lettered, ...] = ()
    depth: int = (
        0  # of what stands in a list: the larger, the deeper; only how pieces of one list compare is told by it
    )


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a file's metadata says about the file. If there are several titles, authors or dates, the most trusted comes
    first.

    ``is_written`` is true if a person gave the document this title, as in front matter. ``is_filled_in`` is true if a
    program or a template may have set the values, as in the properties of an Office file. ``is_voiced`` is true if the
    format says who says what, as in a chat.
    """

    titles: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    site: str = ""  # of a web page
    is_written: bool = (
        False  # somebody wrote the title down for this: front matter; programs fill in properties and tags
    )
    is_filled_in: bool = False  # by a program or its template: the document's own words are to be asked first
    is_voiced: bool = False  # the format tells who says what: a chat, a transcript


@dataclass(frozen=True, slots=True)
class Draft:
    """The content of a file, as the reader for its format returns it: the media type, the pieces (paragraphs, headings
    and the like) in order, and the metadata (``found``).
    """

    media_type: str
    pieces: tuple[Piece, ...]
    found: Metadata = field(default_factory=Metadata)


def sound(draft: Draft) -> Draft:
    """Return the draft (the content of a file, as its reader returned it) without things that occur only in broken or
    hostile files.

    Lone surrogates (halves of a character, which JSON can contain but no file can store) become U+FFFD. Overlong titles
    and names are cut, and overlong headings become paragraphs, since every passage under a heading repeats it.
    """
    told = draft.found
    found = replace(
        told,
        titles=_shortened(told.titles),
        authors=_shortened(told.authors),
        dates=_shortened(told.dates),
        site=_whole(told.site)[:TOLD],
    )
    return Draft(draft.media_type, tuple(map(_piece, draft.pieces)), found)


def _piece(piece: Piece) -> Piece:
    if piece.kind is BlockKind.HEADING and len(piece.text) > HEADING:
        piece = replace(piece, kind=BlockKind.PARAGRAPH, level=0)
    if any(HALVES.search(f"{one.words}{one.to}") for one in piece.lettered):
        piece = replace(piece, lettered=())
    if len(piece.speaker or "") > TOLD or HALVES.search(f"{piece.text}{piece.reason}{piece.speaker}"):
        reason, speaker = (text and _whole(text)[:TOLD] for text in (piece.reason, piece.speaker))
        piece = replace(piece, text=_whole(piece.text), reason=reason, speaker=speaker)
    return piece


def _shortened(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_whole(text)[:TOLD] for text in texts[:MANY])


def _whole(text: str) -> str:
    return HALVES.sub("\ufffd", text)


def visible(text: str) -> int:
    """The number of visible characters in the text: all characters except whitespace."""
    return sum(map(len, text.split()))


def words(text: str) -> frozenset[str]:
    """The set of the words in a string, split at whitespace."""
    return frozenset(text.split())


def collapse(text: str) -> str:
    """Replace every run of whitespace in the text by one space, and remove it at both ends."""
    return " ".join(text.split())
