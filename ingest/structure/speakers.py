"""Finds who speaks in comment threads, interviews and minutes, by the lines that name the speaker of the text below.

A line names a speaker only if there is further evidence: the line itself says so ("says", a date), or two people take
turns and one of them returns. A heading that recurs ("Marketing Takeaway") has no such evidence, and stays a heading.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from assistant.text.naming import ROLES
from assistant.types import BlockKind
from ingest.cleaning.boilerplate import judge
from ingest.cleaning.layout import comments
from ingest.drafts import Box, Piece
from ingest.text import dates
from ingest.text.voices import (
    FIELDS,
    LABEL,
    Voice,
    is_capitalised,
    is_date,
    is_no_name,
    name_of,
    tells_who,
    without_role,
)

LABELLED = (BlockKind.PARAGRAPH, BlockKind.QUOTE, BlockKind.HEADING)
SIGNED = re.compile(r"posted by\b", re.IGNORECASE)
QUOTED = 8  # words; fewer may be said twice by chance


def attribute(pieces: Sequence[Piece]) -> list[Piece]:
    """Find the speakers in a document, and return its pieces with them. A line that names a speaker gets the kind
    ``SPEAKER``. The pieces below this line, up to the next such line or the end of the conversation, get this speaker.
    If the lines are signatures such as "Posted by: Ann Lee | March 4", the pieces above a line get its speaker.

    If the line, or a line of its own below it, has a date, the pieces get this date, too, since a comment may be years
    younger than the article that it is about.

    A letter or a small word, such as "A", counts as a speaker's name only if other lines of the document clearly use it
    as one, as with a date or with "says".
    """
    as_read, pieces = pieces, _labelled(pieces)
    if signed := _signed(pieces):
        return _quoting(signed)
    controls = {index for index, piece in enumerate(pieces) if _is_control(piece)}
    words = [index for index in range(len(pieces)) if index not in controls]
    thread = {words[index]: name for index, name in _thread([pieces[index] for index in words]).items()}
    voices = _by_name(thread, as_read)
    told: list[Piece] = []
    speaker: str | None = None
    day: str | None = None
    area: Box | None = None
    for index, piece in enumerate(pieces):
        if index in voices:
            speaker, day, area = voices[index], dates.find(piece.text), comments(piece)
            told.append(replace(piece, kind=BlockKind.SPEAKER, level=0, speaker=speaker))
            continue
        if (piece.kind is BlockKind.HEADING and piece.level) or comments(piece) != area:
            speaker, day, area = (
                None,
                None,
                comments(piece),
            )  # a heading of the markup, or the end of its box, ends a thread
        kind = piece.kind
        if kind is BlockKind.QUOTE and piece.speaker:  # its reader knows whose words are quoted
            told.append(piece)
            continue
        if voices and index in controls and told and told[-1].kind is not BlockKind.SPEAKER:
            speaker = day = None  # what it says, and what stands under it before the next name, is nobody's
            told.append(replace(piece, kind=BlockKind.PARAGRAPH, speaker=None))
            continue
        if speaker and kind is BlockKind.HEADING:
            kind = BlockKind.PARAGRAPH
        if speaker and is_date(piece.text):  # when it was said
            kind, day = BlockKind.SPEAKER, dates.find(piece.text) or day
        told.append(replace(piece, kind=kind, speaker=speaker, date=piece.date or day))
    return _quoting(_unlike(told))


def _is_control(piece: Piece) -> bool:
    """Whether the piece is the label of a button, such as "Reply" under each comment of a page saved as text; nobody
    says it.
    """
    return (
        piece.kind in LABELLED
        and not piece.level
        and piece.text.count(" ") < QUOTED
        and bool(judge(piece.text).certainty)
    )


def _by_name(voices: Mapping[int, str], pieces: Sequence[Piece]) -> Mapping[int, str | None]:
    """Return the speakers of lines, by index; a name that identifies nobody, such as "A", becomes None, unless the
    document uses it elsewhere with markup, a date or a verb such as "says".

    ``voices`` are the speakers' names by the index of their line.
    """
    if all(map(tells_who, voices.values())):
        return voices
    told = {piece.speaker for piece in pieces if piece.kind is BlockKind.SPEAKER}
    told |= {voice.name for piece in pieces if (voice := name_of(piece.text)) and not voice.is_plain}
    return {index: name if tells_who(name) or name in told else None for index, name in voices.items()}


def _signed(pieces: Sequence[Piece]) -> list[Piece]:
    """Give speakers to a thread in which lines such as "Posted by: Ann Lee | March 4" stand below what was said; return
    its pieces, or an empty list if it is not such a thread.

    It is unknown where the first comment begins: only the paragraph above its line is taken as part of it.
    """
    lines = {i: voice for i, piece in enumerate(pieces) if SIGNED.match(piece.text) and (voice := name_of(piece.text))}
    dated = [i for i, voice in lines.items() if not voice.is_plain]
    if len(dated) < 2 or dated[-1] != len(pieces) - 1:
        return []
    told = list(pieces)
    start = max(0, dated[0] - 1)
    for end in dated:
        name, day = lines[end].name, dates.find(pieces[end].text)
        for i in range(start, end):
            if not told[i].level and told[i].kind is not BlockKind.HEADING:
                told[i] = replace(told[i], speaker=name, date=day)
        told[end] = replace(told[end], kind=BlockKind.SPEAKER, speaker=name)
        start = end + 1
    return told


def _thread(pieces: Sequence[Piece]) -> dict[int, str]:
    """The names in speaker lines, by the line's index; empty if the document is not a conversation."""
    named = {i: voice for i in range(len(pieces)) if (voice := _candidate(pieces, i))}
    counts = Counter(voice.name for voice in named.values())
    if all(voice.is_plain and counts[voice.name] == 1 for voice in named.values()):
        return {}
    lower = _lower_words(pieces, counts)
    return _speaker_lines(pieces, named, lower) or _turns(pieces, named, lower)


def _speaker_lines(pieces: Sequence[Piece], named: Mapping[int, Voice], lower: frozenset[str]) -> dict[int, str]:
    """The speaker lines that give evidence of speech (markup, a verb such as "says", or a date), by index. Empty if the
    evidence is only a repeated byline.

    ``named`` are all lines that may name a speaker, ``lower`` are words that the text also writes in lower case.
    """
    marked = {voice.name for i, voice in named.items() if pieces[i].kind is BlockKind.SPEAKER}
    told = {voice for voice in named.values() if not voice.is_plain and _is_person(voice.name, lower)}
    names = {voice.name for voice in told}
    own = names | marked
    lines = {i: voice.name for i, voice in named.items() if voice.name in own}
    is_thread = marked or len(names) >= 2 or (len(lines) >= 2 and any(voice.is_said for voice in told))
    return lines if is_thread else {}


def _turns(pieces: Sequence[Piece], named: Mapping[int, Voice], lower: frozenset[str]) -> dict[int, str]:
    """The lines that are only a name, by index, if one name returns after another and few headings stand between them;
    else empty.

    ``named`` are all lines that may name a speaker, ``lower`` are words that the text also writes in lower case.
    """
    named = {i: voice for i, voice in named.items() if i + 1 not in named}  # a list of names is no talk
    counts = Counter(voice.name for voice in named.values())
    persons = {name for name in counts if _is_person(name, lower)}
    levels = {pieces[i].level for i, voice in named.items() if voice.name in persons and counts[voice.name] > 1}
    named = {i: voice for i, voice in named.items() if pieces[i].level in levels}
    names = {voice.name for voice in named.values()}
    first = min((i for i, voice in named.items() if voice.name in persons), default=0)
    lines = {i: voice.name for i, voice in named.items() if i >= first}
    others = sum(piece.kind is BlockKind.HEADING for i, piece in enumerate(pieces) if i >= first and i not in lines)
    are_full = [name for name in names & persons if len(name.split()) > 1 or name.lower() in ROLES]
    if len(names) < 2 or 2 * others >= len(lines) or (not are_full and others):
        return {}
    return lines


def _candidate(pieces: Sequence[Piece], index: int) -> Voice | None:
    """The speaker that a line names, if the line below may be what they say; else None."""
    piece = pieces[index]
    if piece.kind is BlockKind.SPEAKER and piece.speaker:
        return Voice(piece.speaker, is_plain=False, is_said=True)
    if piece.kind not in {BlockKind.PARAGRAPH, BlockKind.HEADING} or index + 1 == len(pieces):
        return None
    voice = name_of(piece.text)
    if voice is None or is_no_name(voice.name) or judge(piece.text).certainty or not _is_said(pieces[index + 1]):
        return None
    return None if voice.is_plain and piece.text[-1] in ".!?…" else voice


def _is_said(piece: Piece) -> bool:
    """Whether the piece may be what somebody says: it ends like a sentence, is long, or is a speaker line."""
    return piece.text[-1] in ".!?…:;”\"’')" or piece.text.count(" ") >= QUOTED or piece.kind is BlockKind.SPEAKER


def _is_person(name: str, lower: frozenset[str]) -> bool:
    """Whether a name may be a person's: it is a role, or none of its words is in ``lower``, the words that the text
    also writes in lower case.
    """
    if any(word in ROLES for word in re.findall(r"\w+", name.lower())):
        return True
    words = re.findall(r"\w+", without_role(name).lower())
    return len(words) <= 6 and "and" not in words and not any(word in lower for word in words)


def _lower_words(pieces: Sequence[Piece], names: Iterable[str]) -> frozenset[str]:
    """The words of these names that the text also writes in lower case."""
    asked = {word for name in names for word in re.findall(r"\w+", name.lower())}
    return frozenset(word for piece in pieces for word in re.findall(r"\w+", piece.text) if word in asked)


def _labelled(pieces: Sequence[Piece]) -> list[Piece]:
    """Split paragraphs that begin "Name: ..." into a speaker line and the words, if at least two people take turns."""
    if not any(LABEL.match(piece.text) for piece in pieces):
        return list(pieces)
    labels = {
        i: match
        for i, piece in enumerate(pieces)
        if not piece.level and piece.kind in LABELLED and (match := LABEL.match(piece.text))
        if len(match[1]) <= 60
        and not (is_no_name(match[1]) or match[1].lower() in FIELDS)
        and is_capitalised(without_role(re.sub(r"\(.*\)", "", match[1])))
    }
    counts = Counter(match[1] for match in labels.values())
    lower = _lower_words(pieces, counts)
    paragraphs = sum(piece.kind is BlockKind.PARAGRAPH for piece in pieces)
    returning = [name for name, count in counts.items() if count > 1 and _is_person(name, lower)]
    if len(counts) < 2 or not returning or 3 * len(labels) < paragraphs or not any(map(tells_who, counts)):
        return list(pieces)
    parted: list[Piece] = []
    for i, piece in enumerate(pieces):
        if match := labels.get(i):
            line = piece.text[: match.end()].rstrip()
            name = re.sub(r"\s*\([^)]*\d[^)]*\)", "", match[1])
            parted.append(replace(piece, text=line, kind=BlockKind.SPEAKER, speaker=name, linked=0))
            kind = BlockKind.PARAGRAPH if piece.kind is BlockKind.HEADING else piece.kind
            parted.append(replace(piece, text=piece.text[match.end() :], kind=kind))
        else:
            parted.append(piece)
    return parted


def _unlike(pieces: Sequence[Piece]) -> list[Piece]:
    """Remove the speaker from the last of a speaker's paragraphs if it alone is written carelessly, in lower case and
    without a full stop: another author's name was lost there.

    A comment form often leaves the last comment without its name; giving it to the speaker before would put words into
    somebody's mouth.
    """
    told = list(pieces)
    own: dict[str, list[int]] = defaultdict(list)
    careless: Counter[str] = Counter()
    for index, piece in enumerate(pieces):
        if piece.speaker and piece.kind is BlockKind.PARAGRAPH:
            own[piece.speaker].append(index)
            careless[piece.speaker] += _is_careless(piece.text)
    for speaker, places in own.items():
        for before, index in pairwise(places):
            following = pieces[index + 1] if index + 1 < len(pieces) else None
            is_last = not following or following.kind is BlockKind.SPEAKER or following.speaker != speaker
            is_alone = careless[speaker] == 1 and _is_careless(pieces[index].text)
            if is_last and is_alone and before == index - 1:
                told[index] = replace(pieces[index], speaker=None)
    return told


def _quoting(pieces: Sequence[Piece]) -> list[Piece]:
    """Mark paragraphs as quoted if another speaker has said the same words before."""
    said: dict[str, str | None] = {}
    told = []
    for piece in pieces:
        is_long = piece.kind is BlockKind.PARAGRAPH and piece.text.count(" ") + 1 >= QUOTED
        is_said = is_long and piece.speaker and said.setdefault(piece.text, piece.speaker) != piece.speaker
        told.append(replace(piece, kind=BlockKind.QUOTE) if is_said else piece)
    return told


def _is_careless(text: str) -> bool:
    return text[0].islower() and text[-1].isalnum()
