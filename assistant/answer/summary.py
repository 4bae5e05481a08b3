"""Summaries without a model: a document's headings, and the sentences most similar to the document as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from assistant.library.records import Stored
from assistant.types import BlockKind, Document, Sentence, Span

EXCERPTS, HEADINGS = 3, 8  # read at a glance above a document's text; not measured
ENOUGH = 4  # times as many sentences as excerpts: a shorter document is read as quickly itself
# Characters of a sentence that is an excerpt: it says something, and is read at a glance; not measured.
SHORTEST, LONGEST = 40, 320
# What likeness to an excerpt already chosen takes off, so that three excerpts say three things; not measured.
APART = 0.5
PROSE = (BlockKind.PARAGRAPH, BlockKind.QUOTE, BlockKind.ITEM)


class DocumentSummary(NamedTuple):
    """A summary of a document: some of its ``headings``, and ``excerpts``, which are spans of its text. Both are in the
    order of the document, and both may be empty."""

    headings: tuple[str, ...]
    excerpts: tuple[Span, ...]


def summary(document: Document, passages: Sequence[Stored]) -> DocumentSummary:
    """Summarise a document by at most ``HEADINGS`` of its headings and ``EXCERPTS`` excerpts from it. ``passages`` are
    the document's passages with their vectors. A document of few sentences gets no excerpts."""
    title = document.about.title.casefold()
    heads = [document.text[b.start : b.end].strip() for b in document.blocks if b.kind is BlockKind.HEADING]
    named = [head for head in dict.fromkeys(heads) if head.casefold() != title]
    return DocumentSummary(tuple(named[:HEADINGS]), _excerpts(passages))


def _excerpts(passages: Sequence[Stored]) -> tuple[Span, ...]:
    import numpy as np

    rows = [
        (sentence, vector)
        for one in passages
        for sentence, vector in zip(one.passage.sentences, one.vectors, strict=True)
        if _can_stand_alone(sentence)
    ]
    if len(rows) < ENOUGH * EXCERPTS:
        return ()
    vectors = np.array([vector for _, vector in rows], dtype=np.float32)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    middle = vectors.mean(axis=0)
    worth = vectors @ (middle / max(float(np.linalg.norm(middle)), 1e-9))
    chosen: list[int] = []
    for _ in range(EXCERPTS):
        best = int(np.argmax(worth))
        chosen.append(best)
        worth = worth - APART * np.maximum(vectors @ vectors[best], 0)
        worth[best] = -np.inf
    return tuple(Span(rows[index][0].start, rows[index][0].end) for index in sorted(chosen))


def _can_stand_alone(sentence: Sentence) -> bool:
    return sentence.kind in PROSE and SHORTEST <= sentence.end - sentence.start <= LONGEST
