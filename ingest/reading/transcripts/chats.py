"""Reads chats and transcripts that were saved as text: WhatsApp, LINE, Zoom, Teams, Meet, Otter, Discord and the like.

Each program writes a line of its own form above or before a message, which says who speaks and when. A text is a chat
if lines of one of these forms recur through all of it. The words below such a line belong to its speaker, whatever they
look like.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import islice
from typing import NamedTuple

from assistant.types import BlockKind
from ingest.drafts import Piece
from ingest.reading.transcripts import turns
from ingest.reading.transcripts.placeholders import REASON, is_placeholder, without_edited
from ingest.reading.transcripts.turns import SpokenTurn
from ingest.text import dates, voices

KIND = "text/x-chat"  # of no standard: none of a chat has a media type
FIRST = 12  # lines in which a chat has begun: below a title and what the program says of itself
LINE = 400  # characters of a line among which its head is looked for: a bound on what patterns are tried on
_DATE = r"\d{1,4}[./-]\s?\d{1,2}[./-]\s?\d{1,4}\.?|\d{4}[年년]\s?\d{1,2}[月월]\s?\d{1,2}[日일]"
_DAY = r"\d{1,2}[./-]\s?\d{1,2}\.?|[^\W\d_]{2,12}"  # without a year, or by its name, as Teams copies them
_HALF = r"(?:오전|오후|上午|下午|午前|午後|凌晨|早上|中午|晚上|[ap]\.?\s?m\.?|ص|م)\s?"
_TIME = rf"(?:{_HALF})?\d{{1,2}}[:.]\d{{2}}(?:[:.]\d{{2}})?(?:[.,]\d{{1,3}})?(?:\s?(?:[ap]\.?\s?m\.?|Uhr))?"
_STAMP = rf"(?:{_DATE}),?\s+(?:(?:at|um|à|às|alle|a las|kl\.?|o)\s)?(?:{_TIME})"
_WHEN = rf"(?:(?:{_DATE}|[^\W\d_]{{2,12}}|[今昨]日),?\s*(?:(?:at|um|kl\.?|o|à|às|alle|a las)\s)?)?{_TIME}"
_NAME = r"(?P<name>[^:：\[\]\t]{1,60}?)"
_HIDDEN = r"[\u200e\u200f\ufeff\s]*"
_FROM = r"from|von|de|da|van|från|fra|od|desde"
_TO = r"to|an|à|a|para|aan|till|til|do"


class MessageForm(NamedTuple):
    """The form of the line that a chat program writes at the beginning of each message; ``head`` matches such lines.

    ``sure`` says that lines of this form occur only in chats; ``notice`` matches lines that the program writes itself.
    """

    head: re.Pattern[str]
    sure: bool
    notice: re.Pattern[str] | None = None  # a line of the program's own


def _form(head: str, *, sure: bool = False, notice: str | None = None) -> MessageForm:
    return MessageForm(re.compile(head, re.IGNORECASE), sure, re.compile(notice, re.IGNORECASE) if notice else None)


FORMS = (
    _form(  # 12/03/2025, 10:15 - Dana Ames: text
        rf"{_HIDDEN}{_STAMP}\s*[-–—]\s*{_NAME}\s?[:：]\s(?P<text>.*)", sure=True, notice=rf"{_HIDDEN}{_STAMP}\s*[-–—]\s"
    ),
    _form(  # [12.03.25, 10:15:32] Dana Ames: text
        rf"{_HIDDEN}\[{_STAMP}\]\s*{_NAME}\s?[:：]\s(?P<text>.*)", sure=True, notice=rf"{_HIDDEN}\[{_STAMP}\]\s"
    ),
    _form(rf"{_HIDDEN}{_STAMP},\s*{_NAME}\s?[:：]\s(?P<text>.*)", sure=True, notice=rf"{_HIDDEN}{_STAMP}[,:]?\s"),
    _form(rf"{_HIDDEN}{_NAME},\s*\[{_STAMP}\]\s*(?P<text>)$", sure=True),  # Dana Ames, [12.03.2025 10:15]
    _form(rf"{_TIME}\s+(?:{_FROM})\s+{_NAME}(?:\s+(?:{_TO})\s+[^:]{{1,60}}?)?\s*:\s*(?P<text>.*)", sure=True),
    _form(rf"{_TIME}\t{_NAME}\t(?P<text>.*)", sure=True, notice=rf"(?:{_DATE})|{_TIME}\t"),
    _form(rf"[\[(]?{_TIME}[\])]?\s*[-–—]?\s*{_NAME}\s?[:：]\s(?P<text>.*)"),
    _form(rf"{_NAME}\s*[\[(]{_TIME}[\])]\s?[:：]?\s+(?P<text>\S.*)"),
    _form(rf"{_NAME}\s+[-–—•|]\s+(?:{_WHEN})(?P<text>)$"),  # Dana Ames — Today at 10:15
    _form(rf"\[?{_NAME}\]?\s+[\[(]?(?:(?:{_DATE}),?\s+)?{_TIME}[\])]?\s?[:：]?\s*(?P<text>)$"),
    _form(rf"\[(?:(?:{_DATE}|{_DAY}),?\s+)?{_TIME}\]\s+{_NAME}\s*(?P<text>)$"),
    _form(rf"{_NAME}\s+{_TIME}\s+(?P<text>\S.*)"),
)
ALONE = re.compile(rf"\s*(?:[-–—•|]\s*)?\[?(?:{_WHEN})\]?\s*", re.IGNORECASE)  # when, on a line of its own
LOGGED = re.compile(r"\b(?:INFO|DEBUG|WARN(?:ING)?|ERROR|TRACE|FATAL|CRITICAL|NOTICE)\b")
FROM = re.compile(r"From:\s+(?P<name>[^\s:(<][^:(<]{0,60}?)\s*(?:\([^()]*\)|<[^<>]*>)?\s*")
HEADER = re.compile(r"[A-Z][\w-]{1,20}:\s.{1,300}")
SENT = frozenset({"sent", "date", "received"})
HEADERS = 12  # fields above a message
FEWEST = 2  # messages with such heads: a mail that is saved as text has one, and quotes others below it
SHORT = 60  # characters of a line that says when, and no more
ENDS = frozenset("0123456789mMrR.] \u0645\u0635")  # 10:15, 10:15 AM, 10:15 Uhr
DASHES = {"-", "–", "—", "•", "|"}
NUMBERS = re.compile(r"\d+")


def read(text: str) -> list[Piece]:
    """Read a chat as pieces, each with its speaker; empty if the text is not a chat."""
    lines = _in_one(text.splitlines())
    if headed := _headed(lines):
        return list(turns.pieces(_dated(headed)))
    form = form_of(lines)
    return list(turns.pieces(_dated(_turns(lines, form)))) if form else []


def read_sure(text: str) -> list[Piece]:
    """Read a chat from text with markup, such as Markdown, as pieces with speakers. The chat is read only if its
    messages begin with lines that occur in no other texts. For all other text the result is empty, even for messages
    that begin like "10:15 Introduction: ...", since an agenda has such lines, too.
    """
    lines = text.splitlines()
    first = list(islice((line[:LINE] for line in lines if line.strip()), FIRST))
    if not any(form.sure and form.head.match(line) for line in first for form in FORMS):
        return []
    form = form_of(lines)
    return list(turns.pieces(_dated(_turns(lines, form)))) if form and form.sure else []


def parted(pieces: Sequence[Piece]) -> list[Piece]:
    """Find the speakers in a document that may be a transcript. Return its pieces, each with its speaker; an empty list
    if the document is not a transcript.
    """
    shown = [piece.text for piece in pieces if not piece.reason and not piece.level]
    form = form_of(shown)
    if form is None:
        return []
    is_marked = _marks_its_own(shown, form)
    heads = (None if piece.reason or piece.level else _turn(piece.text, form, is_marked=is_marked) for piece in pieces)
    begun = {place: head for place, head in enumerate(heads) if head is not None}
    begun = dict(zip(begun, _dated(begun.values()), strict=True))
    told: list[Piece] = []
    speaking: str | None = None
    day: str | None = None
    for place, piece in enumerate(pieces):
        if found := begun.get(place):
            day = found.date
            said = list(turns.pieces([found]))
            if found.reason:
                told += said
                continue
            if found.name == speaking:  # who speaks already needs no line again
                said[0] = replace(said[0], kind=BlockKind.PARAGRAPH, speaker=None, reason=turns.AGAIN)
            told += [replace(one, page=piece.page, path=piece.path) for one in said]
            speaking = found.name
        elif piece.level:
            speaking = None
            told.append(piece)
        else:
            kind = BlockKind.PARAGRAPH if speaking and piece.kind is BlockKind.HEADING else piece.kind
            told.append(piece if piece.reason else replace(piece, speaker=speaking, kind=kind, date=day))
    return told


def form_of(lines: Sequence[str]) -> MessageForm | None:
    """Find the form of the lines with which the messages of this chat begin. Returns one of ``FORMS``, or None if the
    lines are not a chat of a known form.
    """
    held = [line for line in lines if line.strip()]
    for form in FORMS:
        if not any(form.head.match(line[:LINE]) for line in held[:FIRST]):
            continue
        names = Counter(name for line in held if (name := _name(line, form)))
        count, most = names.total(), max(names.values(), default=0)
        few = 0.1 if form.sure else 0.2  # of the lines
        is_bare = form.head.pattern.endswith("$")  # the words stand in the lines below
        if count < (2 if form.sure else 3) or count < few * len(held) or (is_bare and 2 * count > len(held) + 1):
            continue
        if (form.sure and count > 1 and not is_bare) or (most > 1 and len(names) > 1):
            return form
    return None


def _dated(told: Iterable[SpokenTurn]) -> list[SpokenTurn]:
    """The turns, each with the day that its mark names, or else the one that was named last: some programs write the
    day on a line of its own.
    """
    held = list(told)
    heads = [turn.mark if turn.name or turn.mark else turn.text[:SHORT] for turn in held]
    order = _order(heads)
    day: str | None = None
    dated = []
    for turn, head in zip(held, heads, strict=True):
        day = _day(head, order) or day
        dated.append(turn._replace(date=day))
    return dated


def _order(heads: Sequence[str]) -> tuple[int, int, int] | None:
    """The places of year, month and day in the numeric dates of these lines, such as 12/03/2025; None if they cannot be
    told. Every date must be one, and none may precede the date above it.

    Where both orders fit, the day comes first if the clock has 24 hours.
    """
    days = [parts for head in heads if (parts := _numbers(head))]
    if all(parts[0] > 99 for parts in days):
        return (0, 1, 2)
    fits: list[tuple[tuple[int, int, int], list[date]]] = []
    for order in ((2, 1, 0), (2, 0, 1)):
        read = [day for parts in days if (day := _date(*(parts[place] for place in order)))]
        if len(read) == len(days) and read == sorted(read):
            fits.append((order, read))
    is_sure = len(fits) == 1 or not any(re.search(r"\d\s?[ap]\.?m\b", head, re.IGNORECASE) for head in heads)
    return fits[0][0] if fits and is_sure else None


def _day(head: str, order: tuple[int, int, int] | None) -> str | None:
    """The date in the head of a message in ISO 8601; only its year if ``order`` is None. None if it has no date."""
    parts = _numbers(head)
    if parts is None:
        return dates.find(head)
    if order is None:
        year = max(parts[0], parts[2])
        return str(year + 2000 if year < 100 else year)
    read = _date(*(parts[place] for place in order))
    return read.isoformat() if read else None


def _numbers(head: str) -> tuple[int, ...] | None:
    """The three numbers of the first numeric date in a line; None if there is none."""
    match = re.search(_DATE, head)
    parts = tuple(map(int, NUMBERS.findall(match[0]))) if match else ()
    return parts if len(parts) == 3 else None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year + 2000 if year < 100 else year, month, day)
    except ValueError:
        return None


def _headed(lines: Sequence[str]) -> list[SpokenTurn]:
    """The turns of a chat in which header fields (From, Sent and others) stand above each message, as Signal saves
    them; empty if the text is not such a chat.
    """
    found: list[SpokenTurn] = []
    at = begins = 0
    while at < len(lines):
        head = FROM.fullmatch(lines[at]) if not at or not lines[at - 1].strip() else None
        end = at
        while head and end < len(lines) and HEADER.fullmatch(lines[end]) and end - at < HEADERS:
            end += 1
        told = {line.partition(":")[0].casefold() for line in lines[at:end]}
        if head and told & SENT and (end == len(lines) or not lines[end].strip()):
            if found or "".join(lines[:at]).strip():
                found.append(_ended_head(found, lines[begins:at]))
            found.append(SpokenTurn(head["name"].strip(), "\n".join(lines[at:end]), ""))
            at = begins = end
        else:
            at += 1
    found.append(_ended_head(found, lines[begins:]))
    named = [turn for turn in found if turn.name and turn.mark]
    return [turn for turn in found if turn.mark or turn.text.strip()] if len(named) >= FEWEST else []


def _ended_head(found: Sequence[SpokenTurn], lines: Sequence[str]) -> SpokenTurn:
    """Make a turn of the lines after the last header; the header's sender is the speaker. ``found`` are the turns so
    far; lines before the first header have no speaker.
    """
    return SpokenTurn(found[-1].name if found else None, "", "\n".join(lines))


def _in_one(lines: Sequence[str]) -> list[str]:
    """Return the lines. If a speaker's name stands on a line above the message's time, as Slack and Discord copy it,
    both are joined into one line.
    """
    held = [number for number, line in enumerate(lines) if line.strip()]
    heads: dict[int, list[int]] = {}
    for place, number in enumerate(held[:-1]):
        below = held[place + 1]
        if lines[below].strip() in DASHES and place + 2 < len(held):
            below = held[place + 2]
        name = lines[number].strip()
        is_time = (
            lines[below][-1:] in ENDS
            and len(lines[below]) <= SHORT
            and ALONE.fullmatch(lines[below])
            and not ALONE.fullmatch(lines[number])
        )
        if is_time and below - number <= 4 and 0 < len(name) <= 60 and len(name.split()) <= 5 and _is_plain(name):
            heads[number] = [one for one in held[place + 1 :][:2] if one <= below]
    names = Counter(lines[number].strip() for number in heads)
    if names.total() < 3 or len(names) < 2 or names.total() == len(names):
        return list(lines)
    gone = {one for below in heads.values() for one in below}
    return [
        " ".join(part.strip() for part in (line, *(lines[one] for one in heads.get(number, ()))))
        for number, line in enumerate(lines)
        if number not in gone
    ]


def _name(line: str, form: MessageForm) -> str | None:
    """The speaker that a line names; None if the line names nobody, belongs to a log, or is a sentence."""
    match = form.head.match(line[:LINE])
    if match is None:
        return None
    name = match["name"].strip("~ \u202f\u200e\u200f-–—")
    is_long = len(name.split()) > (8 if form.sure else 5)
    is_none = not name or LOGGED.search(name) or is_long or (not form.sure and not _is_plain(name))
    return None if is_none else name


def _is_plain(name: str) -> bool:
    """Whether words without a date may be somebody's name: they have no figure, no punctuation of a sentence, and no
    word in lower case except small ones such as "of".
    """
    if voices.is_no_name(name) or any(word[0].islower() and word not in voices.SMALL for word in name.split()):
        return False
    return re.search(r"[\d.!?;,\"“”|=/\\]", re.sub(r"\b[^\W\d_]{1,3}\.", "", name)) is None


def _marks_its_own(lines: Sequence[str], form: MessageForm) -> bool:
    """Whether an invisible mark (U+200E) at the beginning of a message means that the program wrote it, as WhatsApp on
    iOS does. If more than half of the messages have the mark, it does not mean this.
    """
    heads = [match for line in lines if (match := form.head.match(line[:LINE]))]
    marked = sum("\u200e" in match["text"][:1] or match[0][: match.start("text")][-1:] == "\u200e" for match in heads)
    return 2 * marked <= len(heads)


def _turn(line: str, form: MessageForm, *, is_marked: bool) -> SpokenTurn | None:
    name = _name(line, form)
    match = form.head.match(line[:LINE])
    if match is None:
        is_notice = form.notice is not None and form.notice.match(line) is not None
        return SpokenTurn(None, "", line.strip("\u200e\u200f\ufeff ")) if is_notice else None
    if name is None:
        return None
    start = match.start("text")
    if not form.head.pattern.endswith("$"):
        start -= len(line[:start]) - len(line[:start].rstrip("\u200e"))
    mark, text = line[:start].strip("\u200e\u200f\ufeff "), line[start:]
    if is_placeholder(text, is_marked=is_marked):
        return SpokenTurn(name, mark, text, REASON)
    return SpokenTurn(name, mark, text.strip("\u200e\u200f"))


def _turns(lines: Sequence[str], form: MessageForm) -> Iterator[SpokenTurn]:
    held: SpokenTurn | None = None
    text: list[str] = []
    is_marked = _marks_its_own(lines, form)
    for line in lines:
        if held is not None and held.name and len(line) <= SHORT and ALONE.fullmatch(line):
            yield from _ended(held, text)  # more of the same person, as Slack copies it
            held, text = SpokenTurn(held.name, line.strip(), ""), [""]
        elif (turn := _turn(line, form, is_marked=is_marked)) is not None:
            yield from _ended(held, text)
            held, text = turn, [turn.text]
        else:
            text.append(line)
    yield from _ended(held, text)


def _ended(held: SpokenTurn | None, text: Sequence[str]) -> Iterator[SpokenTurn]:
    words = "\n".join(text)
    if held is not None and held.reason and "".join(text[1:]).strip():  # a caption below a picture
        yield held
        yield SpokenTurn(held.name, "", "\n".join(text[1:]))
    elif held is not None and not held.reason:
        said, note = without_edited(words)
        yield held._replace(text=said)
        if note:
            yield SpokenTurn(held.name, "", note, REASON)
    elif held is not None:
        yield held
    elif words.strip():
        yield SpokenTurn(None, "", words)
