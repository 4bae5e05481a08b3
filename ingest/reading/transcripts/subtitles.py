"""Turns captions (WebVTT and SubRip) into a draft, with the speaker if the file names one. We do this without a
library, since both formats are a page of rules, and libraries refuse slightly broken files.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from html import unescape
from typing import NamedTuple

from assistant.errors import SourceError
from ingest.drafts import Draft, Metadata, Piece, collapse
from ingest.reading.decoding import decode
from ingest.reading.transcripts import turns
from ingest.reading.transcripts.turns import SpokenTurn

TIMING = re.compile(r"\s*(?P<start>(?:\d+:)?\d{1,2}:\d{2})[.,]\d{1,3}\s*-->\s*(?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3}")
VOICE = re.compile(r"<v(?:\.[^\s<>]*)?\s+(?P<name>[^<>]{1,120})>")
TAG = re.compile(r"</?[A-Za-z\d][^<>]{0,200}>|\{\\?[^{}]{0,60}\}")
LABEL = re.compile(r"(?:-\s*)?\[?(?P<name>[^:：\[\]<>.!?]{1,60}?)\]?\s?[:：]\s+(?=\S)")
APART = re.compile(r"NOTE\b|STYLE\b|REGION\b|WEBVTT\b")
KIND = "text/vtt"


class Cue(NamedTuple):
    """A caption: the time at which it begins (as the file writes it), its speaker (None if the markup names none), and
    its text.
    """

    start: str
    name: str | None
    text: str


def read(data: bytes) -> Draft:
    """Read captions as a draft, under the speakers' names and the times at which they begin.

    Raises:
        SourceError: the bytes are not text, or hold no captions.
    """
    text = decode(data).replace("\r\n", "\n").replace("\r", "\n")
    held, cues = _parts(text)
    if not cues:
        raise SourceError("holds no captions.")
    said = turns.flowing(_named(cues))
    return Draft(KIND, (*held, *turns.pieces(said)), Metadata(is_voiced=True))


def _parts(text: str) -> tuple[list[Piece], list[Cue]]:
    """Split a file into pieces that are not captions (its header, notes and styles, each with a reason) and
    its captions.
    """
    held: list[Piece] = []
    cues: list[Cue] = []
    for block in re.split(r"\n[ \t]*\n+", text.strip("\ufeff\n")):
        lines = block.split("\n")
        at = next((n for n, line in enumerate(lines[:2]) if TIMING.match(line)), None)
        if at is not None:
            timing = TIMING.match(lines[at])
            cues += _voices(timing["start"] if timing else "", lines[at + 1 :])
        elif APART.match(block.lstrip()):
            held.append(Piece(collapse(block), reason="head of the captions"))
        elif cues and block.strip():  # a blank line inside a caption
            cues.append(Cue(cues[-1].start, cues[-1].name, _shown(block)))
    return held, [cue for cue in cues if cue.text]


def _voices(start: str, lines: Sequence[str]) -> Iterator[Cue]:
    text = "\n".join(lines)
    parts = VOICE.split(text)
    if shown := _shown(parts[0]):
        yield Cue(start, None, shown)
    for name, said in zip(parts[1::2], parts[2::2], strict=True):
        yield Cue(start, collapse(unescape(name)), _shown(said))


def _shown(text: str) -> str:
    return unescape(TAG.sub("", text)).strip()


def _named(cues: Sequence[Cue]) -> Iterator[SpokenTurn]:
    """Yield the captions as turns. If names recur at the beginning of captions, as in "Ann Lee: words", each name is
    the speaker until the next one.
    """
    if any(cue.name for cue in cues):
        yield from (SpokenTurn(cue.name, f"{cue.name} {cue.start}" if cue.name else "", cue.text) for cue in cues)
        return
    labels = [LABEL.match(cue.text) for cue in cues]
    names = Counter(label["name"] for label in labels if label)
    is_named = len(names) < names.total() and 3 * names.total() >= len(cues)
    speaking: str | None = None
    for cue, label in zip(cues, labels, strict=True):
        if is_named and label:
            speaking = label["name"].strip()
            yield SpokenTurn(speaking, f"{cue.text[: label.end()].strip()} {cue.start}", cue.text[label.end() :])
        else:
            yield SpokenTurn(speaking, "", cue.text)
