"""Structures a document: finds its title, author and date, and the headings above each block."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import NamedTuple

from assistant.types import BlockKind
from ingest.cleaning.boilerplate import judge
from ingest.drafts import Metadata, Piece
from ingest.reading.plain import ITEM
from ingest.structure import bylines, speakers
from ingest.text import dates

REPEATED = "repeats the title"
HEADING_WORDS = 12  # a longer line without a mark is a sentence; a guess, not measured by itself
LINE = 120  # characters, likewise
ABOUT = {"outside the main text", "share links", "about the author"}  # reasons; a page says there when it was written
NEAR = 12  # pieces; further off, dates are of other pages; see eval/benchmarks/particulars.py
TITLE_WORDS = 24  # of a title: what is longer is a sentence
SITE = re.compile(r"\s+(?:[|·»«]|[-–—]{1,2})\s+(?P<site>[^|·»«–—]{1,60})$")


class Structured(NamedTuple):
    """The title, the author and the date of a document, and its pieces in order, with their kinds, headings and
    speakers.

    A piece that is not content has a ``reason``, which says why. ``guessed`` names the values that had to be guessed,
    since the file does not state them: any of "title", "author" and "date".
    """

    title: str
    author: str | None
    date: str | None
    pieces: list[Piece]
    guessed: tuple[str, ...] = ()  # which of title, author and date no place of the file states


def structure(pieces: Sequence[Piece], found: Metadata, source: str) -> Structured:
    """Find the title, the author and the date of a document, and the headings and speakers of its ``pieces``
    (paragraphs and the like). Boilerplate must already be marked in ``pieces``. ``found`` is the file's metadata.
    ``source`` is the file's path; a document without a title is named after the file.
    """
    numbered = [replace(piece, order=order) for order, piece in enumerate(pieces)]
    kept = [piece for piece in numbered if not piece.reason]
    kept = kept if found.is_voiced else _headed(kept)
    title, kept = _titled(kept if found.is_voiced else speakers.attribute(kept), found)
    is_named = title is not None
    title = title or _readable(source)
    kept = _under_headings(kept, title)
    held = {piece.order for piece in kept}
    gone = [piece if piece.reason else replace(piece, reason=REPEATED) for piece in numbered if piece.order not in held]
    everything = sorted([*kept, *gone], key=lambda piece: piece.order)
    around = _around(everything)
    who, when = bylines.author(kept, found, around), bylines.date(kept, found, around)
    if when.text is None:
        when = bylines.BylineValue(_named_after(title, PurePath(source).stem, is_voiced=found.is_voiced), is_guess=True)
    guesses = {"title": not is_named, "author": who.is_guess, "date": when.text is not None and when.is_guess}
    guessed = tuple(name for name, is_guess in guesses.items() if is_guess)
    return Structured(title, who.text, when.text, everything, guessed)


def _named_after(title: str, name: str, *, is_voiced: bool) -> str | None:
    """The day in the title of a document, such as "Minutes, 18 March 2025", or else in the name of its file; None if
    there is none. A month or a year is rather the subject. Of a recording (``is_voiced``), its name may have one.
    """
    days = (dates.find(title), dates.of_name(name))
    return next((day for day in days if day and (is_voiced or len(day) == len("2025-03-18"))), None)


def _around(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces just outside a page's main text that may say who wrote it and when, within ``NEAR`` pieces of where
    the text begins, the nearest first.
    """
    begins = next((p.order for p in pieces if not p.reason and p.kind not in {BlockKind.TITLE, BlockKind.HEADING}), 0)
    near = (p for p in pieces if p.reason in ABOUT and p.path and abs(p.order - begins) <= NEAR)
    return sorted(near, key=lambda piece: abs(piece.order - begins))


def _headed(pieces: Sequence[Piece]) -> list[Piece]:
    """Return the pieces; if none has a heading level, short lines that stand alone above a paragraph become
    headings.
    """
    if any(piece.level for piece in pieces):
        return list(pieces)
    headed = list(pieces)
    for index in range(len(headed) - 2, -1, -1):
        piece, following = headed[index], headed[index + 1]
        if piece.kind in {BlockKind.PARAGRAPH, BlockKind.ITEM} and _is_heading(piece, following):
            headed[index] = replace(piece, kind=BlockKind.HEADING)
    return headed


def _is_heading(piece: Piece, following: Piece) -> bool:
    text = piece.text
    if not piece.alone or piece.path or len(text) > LINE or piece.page != following.page:
        return False
    words = text.split()
    if len(words) > HEADING_WORDS or text[-1] in ".,;!…" or bylines.is_about(text):
        return False
    if piece.kind is BlockKind.ITEM:  # "1. Purpose": a numbered heading, when no other item follows
        return ITEM.match(text) is not None and text[0].isdigit() and following.kind is BlockKind.PARAGRAPH
    if not (text[0].isupper() or text[0].isdigit() or not text[0].isalpha()):
        return False
    if text.endswith(":"):
        return len(words) <= 4 and _is_title_case(words) and following.kind is BlockKind.PARAGRAPH
    return following.kind in {BlockKind.PARAGRAPH, BlockKind.ITEM, BlockKind.HEADING, BlockKind.ROW}


def _is_title_case(words: Sequence[str]) -> bool:
    return all(word[0].isupper() for word in words if len(word) > 3)


def _titled(pieces: Sequence[Piece], found: Metadata) -> tuple[str | None, list[Piece]]:
    """Return the title (None if there is none) and the pieces, with the piece that has the title marked as such. A
    second copy of it right below is removed.
    """
    told = [_without_site(title) for title in found.titles]
    index = _title_index(pieces, told, found.is_written)
    if index is None:
        return (told[0] if told else None), list(pieces)
    bearer = pieces[index]
    marked = list(pieces)
    marked[index] = replace(bearer, kind=BlockKind.TITLE)
    following = index + 1
    if (
        following < len(marked)
        and marked[following].kind is BlockKind.HEADING
        and marked[following].text == bearer.text
    ):
        marked[following] = replace(marked[following], reason=REPEATED)
    title = told[0] if found.is_written else bearer.text.rstrip(" :")
    return title, [piece for piece in marked if not piece.reason]


def _title_index(pieces: Sequence[Piece], told: Sequence[str], is_written: bool) -> int | None:
    """The index of the piece that is the title: the heading that repeats a title of the metadata (``told``), else the
    first heading of level 1, else the first line.

    None if there is no title, or if the author wrote it in the metadata (``is_written``) and no heading repeats it.
    """
    heads = [
        i
        for i, piece in enumerate(pieces)
        if piece.kind is BlockKind.HEADING and not piece.speaker and not _names_a_sheet(pieces, i)
    ]
    if same := [i for i in heads if any(_same(pieces[i].text, title) for title in told)]:
        return same[0]
    if is_written:
        return None
    if not any(piece.level for piece in pieces):
        return _first_line(pieces)
    ones = [i for i in heads if pieces[i].level == 1]
    is_page = any(piece.path for piece in pieces)
    if ones and (len(ones) == 1 or not told or not is_page):
        return ones[0]
    return heads[0] if heads and not told and heads[0] <= 2 else None


def _names_a_sheet(pieces: Sequence[Piece], heading: int) -> bool:
    """Whether the heading is the name of a spreadsheet's sheet: a numbered row follows."""
    following = pieces[heading + 1] if heading + 1 < len(pieces) else None
    return following is not None and following.kind is BlockKind.ROW and following.page is not None


def _first_line(pieces: Sequence[Piece]) -> int | None:
    """The index of the first line of a text without markup, if it is a title and not a sentence; a date or byline may
    precede it. None if it is not a title.
    """
    begins = next((i for i, piece in enumerate(pieces) if not judge(piece.text).certainty), 0)  # a saved page's menu
    for i, piece in enumerate(pieces[begins : begins + 4], start=begins):
        if piece.kind is BlockKind.SPEAKER or piece.speaker:
            return None
        if piece.kind is BlockKind.HEADING or (i == begins and _is_long_title(pieces[begins:])):
            return i
        if not bylines.is_about(piece.text):
            return None
    return None


def _is_long_title(pieces: Sequence[Piece]) -> bool:
    """Whether the first line is a title, though it is longer than a heading may be, or ends in "!"."""
    first = pieces[0]
    return (
        first.alone
        and not first.speaker
        and not first.path
        and first.kind is BlockKind.PARAGRAPH
        and len(first.text) <= 2 * LINE
        and len(pieces) > 1
        and len(first.text.split()) <= TITLE_WORDS
        and first.text[-1] not in ".,;:"
        and first.text[0].isupper()
        and len(pieces[1].text) > len(first.text)
    )


def _same(one: str, other: str) -> bool:
    first, second = (re.sub(r"\W+", "", text).lower() for text in (one, other))
    return bool(first) and (
        first == second or (min(len(first), len(second)) >= 12 and (first in second or second in first))
    )


def _without_site(title: str) -> str:
    """The title without its site's name: "Pricing" for "Pricing | The Notebook"."""
    match = SITE.search(title)
    if match and len(match["site"].split()) <= 6 and len(title[: match.start()].split()) >= 2:
        return title[: match.start()].strip()
    return title


def _readable(source: str) -> str:
    stem = re.sub(r"\s[0-9a-f]{32}$", "", PurePath(source).stem)  # the number that Notion gives a page
    words = re.sub(r"[\s_-]+", " ", stem).strip() or stem
    return words[0].upper() + words[1:]


def _under_headings(pieces: Sequence[Piece], title: str) -> list[Piece]:
    """Return the pieces, each with the headings above it, outermost first; the document's title is left out."""
    open_headings: list[tuple[int, str]] = []
    told: list[Piece] = []
    for piece in pieces:
        if piece.kind is BlockKind.HEADING:
            level = piece.level or 2
            open_headings = [(above, text) for above, text in open_headings if above < level]
        told.append(replace(piece, headings=tuple(text for _, text in open_headings)))
        if piece.kind is BlockKind.HEADING and piece.text != title:
            open_headings.append((level, piece.text.rstrip(" :")))
    return told
