"""Decides what is boilerplate and what is content. Nothing is lost: removed pieces are stored separately, with the
reason.

On web pages, this code has to recognise boilerplate. In every other format, only the pieces that its reader marks are
removed (page headers, quoted mail), and no piece is removed because of its words. On a page there are three kinds of
evidence: where a piece stands (``layout.py``), what it says (``boilerplate.py``), and its neighbours, for example a
list of nothing but links, or the fields after "Leave a comment". In doubt a piece stays.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from assistant.types import BlockKind
from ingest.cleaning import layout
from ingest.cleaning.boilerplate import Certainty, JudgedPiece, judge
from ingest.drafts import Box, Draft, Piece

LEADING = {"navigation", "share links", "button", "counter", "cookie notice", "page footer", "newsletter"}
PAGE = "text/html"
BUTTONS = {"button", "comment form", "share links", "counter", "newsletter"}
REPEATED = 3  # times; an author's own heading may come back once
POINTER = 0.5  # of the characters of "Related: ...", in links: prose that opens so has fewer; not measured
LINKS = 0.8  # of a piece's characters: more in links, and it only points elsewhere


def clean(draft: Draft) -> list[Piece]:
    """Return all pieces (paragraphs, headings and the like) of a file that was read, in order. ``draft`` is the output
    of the file's reader. Each piece that is boilerplate has a ``reason``, the kind of boilerplate, such as
    "navigation". In a web page, this function finds the boilerplate; in any other file, the reader has already marked
    it.
    """
    if draft.media_type != PAGE:
        return list(draft.pieces)
    pieces = list(_said_before(layout.clean(draft.pieces)))
    kept = [index for index, piece in enumerate(pieces) if not piece.reason]
    reasons = _by_words([pieces[index] for index in kept])
    for index, reason in zip(kept, reasons, strict=True):
        pieces[index] = replace(pieces[index], reason=reason)
    return pieces


def _by_words(pieces: Sequence[Piece]) -> list[str | None]:
    """Return for each piece the reason why its words or its neighbours make it boilerplate; None if they do not."""
    judged = _repeated(
        pieces, [JudgedPiece(Certainty.NONE) if _is_row(piece) else judge(piece.text) for piece in pieces]
    )
    prose = [index for index, piece in enumerate(pieces) if not judged[index].certainty and _is_prose(piece)]
    first, last = (prose[0], prose[-1]) if prose else (0, len(pieces))
    among_links = _among_links(pieces)
    reasons: list[str | None] = []
    label = ""  # of the boilerplate in hand: what it says covers the short lines under it
    for index, (piece, own) in enumerate(zip(pieces, judged, strict=True)):
        reason = _own(own, is_before=index < first, is_after=index > last, is_title=_is_title(pieces, index, first))
        if reason is None and label and _belongs(piece, label, is_after=index > last):
            reason = label
        elif reason is None and among_links[index]:
            reason = "list of links"
        elif reason is None:
            reason = _on_page(piece, own)
        else:
            label = reason if reason in {"related links", "comment form", "newsletter"} else ""
        reasons.append(reason)
    return reasons


def _repeated(pieces: Sequence[Piece], judged: Sequence[JudgedPiece]) -> list[JudgedPiece]:
    """Return the judgements, one for each piece. A button's label that recurs on the page, such as "Reply", becomes
    sure boilerplate.
    """
    counts = Counter(piece.text for piece in pieces)
    return [
        JudgedPiece(Certainty.SURE, own.reason) if own.reason in BUTTONS and counts[piece.text] >= REPEATED else own
        for piece, own in zip(pieces, judged, strict=True)
    ]


def _own(own: JudgedPiece, *, is_before: bool, is_after: bool, is_title: bool) -> str | None:
    if own.certainty is Certainty.SURE:
        return own.reason
    if own.certainty is Certainty.LIKELY and (is_after or (is_before and own.reason in LEADING and not is_title)):
        return own.reason
    return None


def _on_page(piece: Piece, own: JudgedPiece) -> str | None:
    """The reason why a paragraph inside the main text is boilerplate: it is a button's label or a link to another page.
    None if it is not. ``own`` is the judgement on its words.
    """
    if piece.kind is not BlockKind.PARAGRAPH:
        return None
    words = piece.text.count(" ") + 1
    if own.reason == "button" and words <= 2:
        return own.reason
    is_pointer = piece.linked >= POINTER * len(piece.text) and own.reason == "related links"
    is_link = _is_link(piece) and words >= 4 and piece.text[-1] not in '.!?…:”"' and piece.path[-1].tag == "p"
    return "related links" if is_pointer or is_link else None


def _said_before(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Yield all pieces; a paragraph that repeats an earlier one from another box gets the reason "said before"."""
    seen: dict[str, tuple[Box, ...]] = {}
    for piece in pieces:
        is_said = piece.kind is BlockKind.PARAGRAPH and not piece.reason and not piece.speaker
        box = piece.path[:-1]
        again = is_said and piece.text.count(" ") >= 4 and seen.setdefault(piece.text, box) != box
        yield replace(piece, reason="said before") if again else piece


def _is_title(pieces: Sequence[Piece], index: int, first: int) -> bool:
    """Whether the piece may be the title of the document: it is a heading, or it is the last piece before the main
    text, which begins at index ``first``.
    """
    return index == first - 1 or pieces[index].kind is BlockKind.HEADING


def _belongs(piece: Piece, label: str, *, is_after: bool) -> bool:
    """Whether the piece belongs to the boilerplate label above it, such as "related links": it is a link, or it stands
    after the main text (``is_after``) and is not a sentence.
    """
    if label == "related links" and _is_link(piece):
        return True
    words = piece.text.count(" ") + 1
    short = {"related links": 16, "comment form": 3, "newsletter": 5}[label]
    return is_after and words <= short and piece.text[-1] not in ".!?…:"


def _is_link(piece: Piece) -> bool:
    is_pressed = any(box.tag == "summary" for box in piece.path)  # the title of a tab leads to no other page
    return not is_pressed and piece.linked >= LINKS * len(piece.text)


def _among_links(pieces: Sequence[Piece]) -> list[bool]:
    """Return for each piece whether it is in a run of three or more pieces that consist only of links."""
    among: list[bool] = []
    for is_link, run in groupby(map(_is_link, pieces)):
        length = len(list(run))
        among += [is_link and length >= 3] * length
    return among


def _is_row(piece: Piece) -> bool:
    """Whether the piece is a row of data: it is marked as one, or it contains digits and at least two vertical bars."""
    return piece.kind is BlockKind.ROW or (piece.text.count("|") >= 2 and bool(re.search(r"\d", piece.text)))


def _is_prose(piece: Piece) -> bool:
    if _is_row(piece):
        return True
    words = piece.text.count(" ") + 1
    return not _is_link(piece) and (words >= 12 or (words >= 5 and piece.text[-1] in '.!?…”"’)'))
