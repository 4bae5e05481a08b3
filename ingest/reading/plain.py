"""Turns plain text into a draft: a paragraph ends at a blank line, and at a line end that does not come from
wrapping.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from assistant.types import BlockKind
from ingest.drafts import Draft, Metadata, Piece, collapse
from ingest.reading.decoding import decode

ITEM = re.compile(r"\s*(?:[-*•‣▪–—]|\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{2,4})[.)])\s+\S")
RULE = re.compile(r"[\W_]+")  # a line without a letter or a digit: an underline, a separator
RULED = "ornament"  # the reason of such a line
WRAPPED = 120  # characters; where most lines are longer than this, each line is a paragraph


def read(data: bytes) -> Draft:
    """Read plain text as a draft: its paragraphs, list items and separators, or its messages if it is a chat
    or a mail.

    Raises:
        SourceError: the bytes are not text.
    """
    from ingest.reading.mail import mail
    from ingest.reading.transcripts import chats, turns

    text = decode(data)
    if chat := chats.read(text):
        return Draft(chats.KIND, tuple(chat), Metadata(dates=turns.last_day(chat), is_voiced=True))
    return mail.read_text(text) or Draft("text/plain", tuple(pieces(text)))


def pieces(text: str) -> Iterator[Piece]:
    """Yield the paragraphs and list items of a text in order."""
    lines = [line.expandtabs(4) for line in text.replace("\f", "\n").splitlines()]
    width = _width(lines)
    for is_blank, group in groupby(lines, key=lambda line: not line.strip()):
        if not is_blank:
            yield from _paragraph(list(group), width)


def _paragraph(lines: Sequence[str], width: int) -> Iterator[Piece]:
    parts = list(_unwrap(lines, width))
    alone = sum(not RULE.fullmatch(part) for part in parts) == 1
    for part in parts:
        text = collapse(part)
        if RULE.fullmatch(text):
            yield Piece(text, reason=RULED, alone=False)
        else:
            kind = BlockKind.ITEM if ITEM.match(part) else BlockKind.QUOTE if text[0] == ">" else BlockKind.PARAGRAPH
            yield Piece(text, kind, alone=alone, depth=(len(part) - len(part.lstrip())) // 2)


def _unwrap(lines: Sequence[str], width: int) -> Iterator[str]:
    """Yield the lines, with wrapped lines joined again; ``width`` is the width at which they were wrapped, 0
    if unknown.
    """
    held = [lines[0]]
    for before, line in pairwise(lines):
        if _continues(before, line, width):
            held.append(line)
        else:
            yield "\n".join(held)
            held = [line]
    yield "\n".join(held)


def _continues(before: str, line: str, width: int) -> bool:
    """Whether ``line`` continues the sentence of the line before: its first word had no room there, or no
    sentence ended.
    """
    if ITEM.match(line) or RULE.fullmatch(line.strip()) or RULE.fullmatch(before.strip()):
        return False
    word = line.split(maxsplit=1)[0]
    if width and len(before.rstrip()) + 1 + len(word) > width:
        return True
    return word[0].islower() and before.rstrip()[-1] not in ".!?:"


def _width(lines: Sequence[str]) -> int:
    """The width in characters at which the text was wrapped; 0 if it was not wrapped."""
    lengths = sorted(len(line.rstrip()) for line in lines if line.strip())
    if not lengths:
        return 0
    usual = lengths[int(0.9 * (len(lengths) - 1))]
    long = sum(length > 0.8 * usual for length in lengths)
    return usual if 40 <= usual <= WRAPPED and long >= 0.4 * len(lengths) else 0
