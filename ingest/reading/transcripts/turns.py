"""Turns the messages of chats and transcripts into pieces with their speakers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from assistant.types import BlockKind
from ingest.drafts import Piece, collapse
from ingest.reading import plain

AGAIN = "time of a message"  # of somebody who is speaking already


class SpokenTurn(NamedTuple):
    """The words that one speaker says without interruption (``text``). ``name`` is the speaker; it is None if the
    speaker is unknown, or if the chat program wrote the words itself. ``mark`` is the line of the file that says who
    speaks and when, empty if there is none. ``date`` is the day of the words in ISO 8601, or only the year if day and
    month cannot be told apart; it is None if unknown. ``reason`` says why the words are not content, as in a
    placeholder that the chat program wrote under the speaker's name; it is None for content.
    """

    name: str | None  # None: the program's own words
    mark: str
    text: str
    reason: str | None = None  # why the words are nobody's
    date: str | None = None


def pieces(turns: Iterable[SpokenTurn]) -> Iterator[Piece]:
    """Yield the words of each turn under a line that names its speaker; consecutive turns of one speaker
    share this line.
    """
    speaking: str | None = None
    for turn in turns:
        mark, text = collapse(turn.mark), turn.text.strip()
        if turn.reason:
            yield Piece(collapse(f"{mark} {text}"), reason=turn.reason)
            continue
        if turn.name is None:
            speaking = None
            yield from plain.pieces(f"{mark} {text}" if mark else text)
            continue
        if turn.name != speaking:
            yield Piece(mark or turn.name, BlockKind.SPEAKER, speaker=turn.name)
        elif mark:
            yield Piece(mark, reason=AGAIN)
        speaking = turn.name
        for piece in plain.pieces(text):
            yield replace(piece, speaker=turn.name, date=turn.date, alone=False)


def last_day(pieces: Iterable[Piece]) -> tuple[str, ...]:
    """The date of the last message that has a date, in ISO 8601, as a tuple of one text. The tuple is empty if no
    message has a date.
    """
    days = [piece.date for piece in pieces if piece.date]
    return tuple(days[-1:])


def flowing(turns: Iterable[SpokenTurn]) -> Iterator[SpokenTurn]:
    """Join consecutive turns of the same speaker into one turn, since captions cut sentences."""
    held: SpokenTurn | None = None
    for turn in turns:
        if held is not None and turn.name == held.name:
            held = held._replace(text=f"{held.text} {turn.text}")
            continue
        if held is not None:
            yield held
        held = turn
    if held is not None:
        yield held
