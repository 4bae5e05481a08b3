"""Turns the bytes of a file into a document: reads, cleans and structures them, and joins the content into one text."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from assistant.errors import SourceError
from assistant.types import About, Block, BlockKind, Document, Dropped, Inline
from ingest.cleaning import recurring as recurrence
from ingest.cleaning.rules import clean
from ingest.drafts import Draft, Piece, sound
from ingest.folder import keeping
from ingest.reading.formats import read
from ingest.structure.outline import structure
from ingest.text.languages import language_of

WORD = re.compile(r"\S+")
TIGHT = frozenset({BlockKind.ITEM, BlockKind.ROW})
INSIDE = frozenset({BlockKind.CODE, BlockKind.QUOTE, BlockKind.ROW})  # what may stand in an item, and ends no list
DEEPEST = 4  # items over an item; what is deeper stands beside the last of them; a guess, not measured
PARAGRAPHS, ROWS = 60_000, 100_000  # of a file: a shelf of novels, a large export; each takes ten seconds


def load(
    data: bytes,
    *,
    source: str,
    id: str,
    keep: Sequence[str] = (),
    recurring: AbstractSet[int] = frozenset(),
    alone: bool = False,
) -> Document:
    """Read a file's bytes as a document; ``source`` is the file's path, ``id`` the id that the document gets.

    Boilerplate is removed for a reason, such as "navigation"; boilerplate whose reason is in ``keep`` stays in the
    text. ``recurring`` has the hashes (see ``recurring.line_hash``) of lines that recur on many pages of their web
    site; these lines are removed. If ``alone`` is true, attachments are left out. The document also lists the removed
    pieces, each with its offset in the text; if every removed piece is inserted at its offset, the text has all words
    of the file in order.

    Raises:
        SourceError: the bytes cannot be read, or hold no words; the message names the source.
    """
    draft = sound(read(source, data, alone=alone))
    _check_length(draft, source)
    cleaned = keeping.restored(clean(draft), keep)
    structured = structure(cleaned, draft.found, source)
    if not any(piece.reason is None for piece in structured.pieces):
        raise SourceError(f"{source}: holds no text.")
    about = About(
        id=id,
        source=source,
        sha256=hashlib.sha256(data).hexdigest(),
        media_type=draft.media_type,
        title=structured.title,
        author=structured.author,
        date=structured.date,
        site=draft.found.site or None,
        guessed=structured.guessed,
    )
    pieces = structured.pieces
    if recurrence.REASON not in keep and keeping.ALL not in keep:
        pieces = recurrence.marked(pieces, about.origin, about.author, recurring)
    text, blocks, dropped = _assemble(pieces)
    about = replace(about, language=language_of(text))
    return Document(about, text, blocks, dropped)


def _check_length(draft: Draft, source: str) -> None:
    """Refuse a file that is so long that it would take more than a few seconds.

    Raises:
        SourceError: the file has too many paragraphs or rows.
    """
    rows = sum(piece.kind is BlockKind.ROW for piece in draft.pieces)
    for count, most, what in ((len(draft.pieces) - rows, PARAGRAPHS, "paragraphs"), (rows, ROWS, "rows")):
        if count > most:
            raise SourceError(
                f"{source}: it holds more than {most:,} {what}; save the part that matters as a file of its own."
            )


def _assemble(pieces: Sequence[Piece]) -> tuple[str, tuple[Block, ...], tuple[Dropped, ...]]:
    parts: list[str] = []
    blocks: list[Block] = []
    dropped: list[Dropped] = []
    waiting: list[Piece] = []  # dropped ones: they stood before the next kept piece
    over: list[int] = []  # the depths of the items that the next one may stand under
    at = 0
    for piece in pieces:
        if piece.reason:
            waiting.append(piece)
            continue
        gap = "" if not blocks else "\n" if piece.kind is blocks[-1].kind and piece.kind in TIGHT else "\n\n"
        start = at + len(gap)
        at = start + len(piece.text)
        parts += (gap, piece.text)
        inline = _inline(piece, start) if piece.lettered else ()
        over = _over(piece, over) if blocks and piece.page == blocks[-1].page else []
        depth = len(over)
        over += [piece.depth] if piece.kind is BlockKind.ITEM and depth < DEEPEST else []
        blocks.append(
            Block(
                *(piece.kind, start, at, piece.headings, piece.speaker, piece.page),
                *(inline, depth, piece.column, piece.date),
            )
        )
        dropped += (Dropped(gone.text, gone.reason or "", start) for gone in waiting)
        waiting = []
    dropped += (Dropped(gone.text, gone.reason or "", at) for gone in waiting)
    return "".join(parts), tuple(blocks), tuple(dropped)


def _over(piece: Piece, over: Sequence[int]) -> list[int]:
    """The depths of the list items that the piece stands under, outermost first; their number is the piece's own depth.

    ``over`` are the depths of the items before it that are still open.
    """
    if piece.kind is BlockKind.ITEM:
        return [depth for depth in over if depth < piece.depth]
    return [depth for depth in over if depth <= piece.depth] if piece.depth and piece.kind in INSIDE else []


def _inline(piece: Piece, start: int) -> tuple[Inline, ...]:
    """The positions of the bold words and links of a piece in the document's text; the piece begins at ``start``.

    If cleaning has moved the words, they are found if they occur exactly once in the piece, and else left out.
    """
    text, found = piece.text, []
    runs = [(0, 0)]  # how many characters can be seen before each word, and where it begins
    for word in WORD.finditer(text):
        runs[-1] = runs[-1][0], word.start()
        runs.append((runs[-1][0] + len(word[0]), len(text)))
    for words, at, to in piece.lettered:
        seen, begins = runs[bisect_right(runs, (at, len(text))) - 1]
        place = begins + at - seen
        if not text.startswith(words, place):
            place = text.find(words) if text.count(words) == 1 else -1
        if place >= 0:
            found.append(Inline(start + place, start + place + len(words), to))
    return tuple(sorted(found, key=lambda one: one[:2]))
