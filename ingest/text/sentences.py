"""Finds where sentences begin and end in a block of text, with the library sentencex and corrections of its few
mistakes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sentencex import get_sentence_boundaries  # type: ignore[import-untyped]

from assistant.types import Span

STRETCH = 4_000  # characters given to sentencex at a time, since it takes quadratic time for some
ENUMERATOR = re.compile(r"\W*(?:\d{1,3}|[A-Za-z]|[ivxIVX]{2,4})[.)]\s*")  # "1." opens the sentence that follows
LETTERED = re.compile(r"\((\w{1,3})\)")  # "(a)": sentencex takes no boundary after one
NO_WORDS = re.compile(r"[\W_]*")
MOST_WORDS = 200  # no sentence is longer: a list without full stops, a file without any
MOST_CHARACTERS = 2_000  # the same of what has no spaces: ten for a word
MOST_PIECES = 250  # of words, as the embedding model reads them: 256 at a time
PIECE = re.compile(r"[A-Za-z]{1,4}|\d{1,2}|\S")  # of 4,919 English passages one is more to the model than this counts
FEWEST_WORDS = (
    4  # a shorter sentence says too little alone: "Sure." goes with the next, "Sales = Push." with the one before
)
FEWEST_PIECES = 12  # where no spaces part words, a sentence of one "word" says enough, too
SHORT = 100  # characters; a longer sentence is not looked at, so that the embedder's pieces are counted for few


def spans(text: str) -> list[Span]:
    """The position of each sentence of the text, in order: its start and its end, without the spaces around it.
    Together the sentences contain all words of the text. A sentence that is too long is cut into parts.
    """
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
    """Yield the position of each sentence of the text, in order. A sentence that is too short to say much is joined
    with the sentence before or after it, unless both together are too long.
    """
    kept: Span | None = None
    for span in spans(text):
        if kept is None:
            kept = span
        elif (_short(text, kept) or _short(text, span)) and _fits(text, joined := Span(kept.start, span.end)):
            kept = joined
        else:
            yield kept
            kept = span
    if kept is not None:
        yield kept


def whole(text: str) -> Iterator[Span]:
    """Yield one position, that of the whole text, as if it were one sentence. If the text is too long for a sentence,
    yield the positions of the parts into which it is cut. Used for table rows, in which a cell may end like a sentence.
    """
    return _cut(text, Span(0, len(text)))


def pieces(text: str, start: int, end: int) -> int:
    """An estimate of the number of tokens that the embedding model reads in ``text[start:end]``; it is seldom
    too low.
    """
    return sum(1 for _ in PIECE.finditer(text, start, end))


def _short(text: str, span: Span) -> bool:
    if span.end - span.start > SHORT or len(text[span.start : span.end].split()) >= FEWEST_WORDS:
        return False
    return pieces(text, span.start, span.end) < FEWEST_PIECES


def _fits(text: str, span: Span) -> bool:
    """Whether the span is short enough to be one sentence."""
    length = span.end - span.start
    return length <= MOST_CHARACTERS and (length <= MOST_PIECES or pieces(text, span.start, span.end) <= MOST_PIECES)


def _raw(text: str) -> Iterator[tuple[int, int]]:
    """Yield the start and end of each sentence that sentencex finds. The text is read in stretches; the last sentence
    of a stretch may be cut, so it is read again with the next one.
    """
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
    """Yield the sentence, cut into parts if it is too long."""
    if _fits(text, span) and text.count(" ", span.start, span.end) < MOST_WORDS:
        yield span
        return
    start = end = span.start
    words = held = 0
    for word in _words(text, span):
        own = pieces(text, word.start, word.end)
        if words == MOST_WORDS or (words and (word.end - start > MOST_CHARACTERS or held + own > MOST_PIECES)):
            yield Span(start, end)
            start, words, held = word.start, 0, 0
        end = word.end
        words, held = words + 1, held + own
    yield Span(start, end)


def _words(text: str, span: Span) -> Iterator[Span]:
    """Yield the words of a sentence; an endless word is cut into parts."""
    for match in re.compile(r"\S+").finditer(text, span.start, span.end):
        for start in range(match.start(), match.end(), MOST_PIECES):
            yield Span(start, min(match.end(), start + MOST_PIECES))
