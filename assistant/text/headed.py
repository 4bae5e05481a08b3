"""Writes a passage under its document's title and its headings, as models read it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from assistant.types import Passage, Span

if TYPE_CHECKING:
    from assistant.model.embedding import Embedder, Embedding


def under_headings(passage: Passage) -> str:
    """Return the text of a passage, with the title of its document and its headings on a line above it."""
    path = [passage.about.title, *(heading for heading in passage.headings if heading != passage.about.title)]
    head = " > ".join(filter(None, path))
    return f"{head}\n{passage.text}" if head else passage.text


def embedded(embedder: Embedder, passages: Sequence[Passage], *, headed: bool) -> Iterator[tuple[int, Embedding]]:
    """Embed passages and their sentences. Yields a pair for each passage, in any order: its position in ``passages``,
    and its embedding.

    If ``headed`` is true, the text that is embedded for a passage begins with the title of its document and its
    headings. Sentences never include the title and the headings, but a model that computes the vectors of sentences
    while it reads the passage takes them into account.
    """
    texts = [under_headings(passage) if headed else passage.text for passage in passages]
    spans = []
    for passage, text in zip(passages, texts, strict=True):
        before = len(text) - len(passage.text) - passage.start
        spans.append([Span(before + one.start, before + one.end) for one in passage.sentences])
    return embedder.embed(texts, spans)
