"""Where sentences begin and end in one block of text: sentencex, with its few misses mended."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sentencex import get_sentence_boundaries  # type: ignore[import-untyped]

from assistant.types import Span

STRETCH = 20_000  # characters given to sentencex at a time, so that one endless line costs no more than many
ENUMERATOR = re.compile(r"\W*(?:\d{1,3}|[A-Za-z]|[ivxIVX]{2,4})[.)]\s*")  # "1." opens the sentence that follows
LETTERED = re.compile(r"\((\w{1,3})\)")  # "(a)": sentencex takes no boundary after one
NO_WORDS = re.compile(r"[\W_]*")
MOST_WORDS = 200  # no sentence is longer: a list without full stops, a file without any
MOST_CHARACTERS = 2_000
FEWEST_WORDS = (
    4  # a shorter sentence says too little alone: "Sure." goes with the next, "Sales = Push." with the one before
)


def spans(text: str) -> list[Span]:
    """The sentences of the text, in order, without the spaces around them; together they hold all its words."""
    merged: list[Span] = []
    opening: int | None = None
    for start, end in _raw(text):
        part = text[start:end]
        if merged and opening is None and NO_WORDS.fullmatch(part):
            merged[-1] = Span(merged[-1].start, end)  # a closing quote or bracket
        elif ENUMERATOR.fullmatch(part) or NO_WORDS.fullmatch(part):
            opening = start if opening is None else opening
        else:
            merged.append(Span(start if opening is None else opening, end))
            opening = None
    if opening is not None:
        merged.append(Span(opening, len(text)))
    trimmed = [span for span in (_trimmed(text, span) for span in merged) if span.end > span.start]
    return [part for span in trimmed for part in _cut(text, span)]


def telling(text: str) -> Iterator[Span]:
    """The sentences of the text, each too short one joined with the one before it, the first with the one after."""
    kept: Span | None = None
    for span in spans(text):
        if kept is None:
            kept = span
        elif _short(text, kept) or _short(text, span):
            kept = Span(kept.start, span.end)
        else:
            yield kept
            kept = span
    if kept is not None:
        yield kept


def _short(text: str, span: Span) -> bool:
    return len(text[span.start : span.end].split()) < FEWEST_WORDS


def _raw(text: str) -> Iterator[tuple[int, int]]:
    """sentencex's boundaries, found stretch by stretch; a stretch's last sentence is read again with the next."""
    at = 0
    while at < len(text):
        end = _stretch(text, at)
        stretch = LETTERED.sub(lambda match: f" {match[1]} ", text[at:end])
        found = [(b["start_index"], b["end_index"]) for b in get_sentence_boundaries("en", stretch)]
        if end < len(text) and len(found) > 1:
            found.pop()
        for start, stop in found:
            yield at + start, at + stop
        at += found[-1][1] if found else end - at


def _stretch(text: str, at: int) -> int:
    if len(text) - at <= STRETCH:
        return len(text)
    space = text.rfind(" ", at + 1, at + STRETCH)
    return space + 1 if space > at else at + STRETCH


def _trimmed(text: str, span: Span) -> Span:
    part = text[span.start : span.end]
    return Span(span.start + len(part) - len(part.lstrip()), span.start + len(part.rstrip()))


def _cut(text: str, span: Span) -> Iterator[Span]:
    """The sentence itself, or its parts when it is longer than any sentence is."""
    if span.end - span.start <= MOST_CHARACTERS and text.count(" ", span.start, span.end) < MOST_WORDS:
        yield span
        return
    start = end = span.start
    words = 0
    for word in _words(text, span):
        if words == MOST_WORDS or (words and word.end - start > MOST_CHARACTERS):
            yield Span(start, end)
            start, words = word.start, 0
        end = word.end
        words += 1
    yield Span(start, end)


def _words(text: str, span: Span) -> Iterator[Span]:
    """The words of a sentence, an endless one in parts."""
    for match in re.compile(r"\S+").finditer(text, span.start, span.end):
        for start in range(match.start(), match.end(), MOST_CHARACTERS):
            yield Span(start, min(match.end(), start + MOST_CHARACTERS))
