"""Chooses the excerpts that an offline answer shows: the sentences that seem to answer, with whole sentences around
them.

A single sentence taken out of its paragraph says less than it seems to. Three excerpts of a few sentences contain the
whole evidence far more often than three single sentences do.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from assistant.text import introductions
from assistant.types import BlockKind, Passage, Sentence, Span

STRETCHES = 3  # of an answer: what is read at a glance; not measured by itself
SENTENCES = 4  # of a stretch: a paragraph's worth; not measured by itself
CHARACTERS = 600  # of all stretches of an answer: some 100 words, within ``eval.suite.cases.BUDGET``
OF_A_LIST = 1_500  # of one that shows a list that was asked for: a list that is cut is no answer; not measured
_HEADS = (BlockKind.TITLE, BlockKind.HEADING)


class Key(NamedTuple):
    """A sentence of a passage that seems to answer the question. ``score`` is the log odds that it answers."""

    passage: Passage
    sentence: Sentence
    score: float


class Excerpt(NamedTuple):
    """A stretch of a passage that is shown to the user, and the key sentence in it, which seems to answer the question.
    ``span`` and ``key`` are offsets in the document's text."""

    passage: Passage
    span: Span
    key: Span


def excerpts(keys: Sequence[Key], most: int = STRETCHES, characters: int = CHARACTERS) -> list[Excerpt]:
    """Return excerpts around the key sentences (``keys``), the best first: at most ``most`` excerpts, with at most
    ``characters`` characters together. Excerpts do not overlap.

    At first, an excerpt is only its key sentence; if this is a list item, the sentence that introduces the item is
    added. The best key sentence is used even if it is longer than ``characters``. While characters remain, each excerpt
    in turn grows by the sentence after it and by the sentence before it, within its passage.
    """
    chosen: list[list[int]] = []  # of the passage's sentences: first, last
    of: list[Key] = []
    left = characters
    for key in keys:
        at = key.passage.sentences.index(key.sentence)
        if any(
            other.passage.id == key.passage.id and first <= at <= last
            for other, (first, last) in zip(of, chosen, strict=True)
        ):
            continue
        length = key.sentence.end - key.sentence.start
        if len(of) == most or (of and length > left):
            continue
        of.append(key)
        first = _introduced(key, at, left)
        chosen.append([first, at])
        left -= _length(key, first, at)
    left = _lengthen(of, chosen, left)
    return [_excerpt(key, first, last) for key, (first, last) in _joined(of, chosen, left)]


def _introduced(key: Key, at: int, left: int) -> int:
    """The index of the sentence with which an excerpt begins. For a list item, this is the sentence that introduces the
    item, provided that it is near and both fit into ``left`` characters. Otherwise it is ``at``, the index of the key
    sentence."""
    for over in introductions.above(key.passage, key.sentence):
        first = key.passage.sentences.index(over)
        if over.kind not in introductions.HEADS and at - first < SENTENCES and _length(key, first, at) <= left:
            return first
    return at


def _joined(keys: Sequence[Key], chosen: Sequence[Sequence[int]], left: int) -> list[tuple[Key, tuple[int, int]]]:
    """Join excerpts of one passage if at most ``left`` characters lie between them; a joined excerpt keeps the rank and
    the key of the better one. An excerpt whose key is a heading is not joined to a better one.

    ``chosen`` has the indices of the first and last sentence of each excerpt. The result has each key with these
    indices.
    """
    made: list[tuple[Key, tuple[int, int]]] = []
    for key, (first, last) in zip(keys, chosen, strict=True):
        for place, (other, (start, end)) in enumerate(made):
            both = min(first, start), max(last, end)
            touch = other.passage.id == key.passage.id and first <= end + 1 and start <= last + 1
            if not touch or both[1] - both[0] >= SENTENCES or key.sentence.kind in _HEADS:
                continue
            between = _length(key, *both) - _length(key, start, end) - _length(key, first, last)
            if between <= left:
                made[place] = (other, both)
                left -= between
                break
        else:
            made.append((key, (first, last)))
    return made


def _lengthen(keys: Sequence[Key], chosen: list[list[int]], left: int) -> int:
    """Lengthen the excerpts sentence by sentence, the best excerpt first, while ``left`` characters suffice. ``chosen``
    has the indices of the first and last sentence of each excerpt, and is changed. Returns the number of characters
    that remain."""
    grown = True
    while grown:
        grown = False
        for place, key in enumerate(keys):
            for step in (1, -1):
                first, last = chosen[place]
                n = last + 1 if step == 1 else first - 1
                if last - first + 1 >= SENTENCES or not _free(place, n, keys, chosen):
                    continue
                bounds = (min(first, n), max(last, n))
                more = _length(key, *bounds) - _length(key, first, last)
                if more <= left:
                    chosen[place] = list(bounds)
                    left -= more
                    grown = True
    return left


def _length(key: Key, first: int, last: int) -> int:
    """The number of characters from the sentence with the index ``first`` to the one with the index ``last``, both
    included."""
    return key.passage.sentences[last].end - key.passage.sentences[first].start


def _free(place: int, n: int, keys: Sequence[Key], chosen: Sequence[Sequence[int]]) -> bool:
    """Whether sentence ``n`` of a passage can be added to an excerpt: it exists, is not a heading, and is in no excerpt
    yet. ``place`` is the position of the excerpt in ``keys`` and ``chosen``."""
    passage = keys[place].passage
    if not 0 <= n < len(passage.sentences) or passage.sentences[n].kind in _HEADS:
        return False
    return not any(
        other.passage.id == passage.id and first <= n <= last for other, (first, last) in zip(keys, chosen, strict=True)
    )


def _excerpt(key: Key, first: int, last: int) -> Excerpt:
    sentences = key.passage.sentences
    span = Span(sentences[first].start, sentences[last].end)
    return Excerpt(key.passage, span, Span(key.sentence.start, key.sentence.end))
