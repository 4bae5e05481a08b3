"""The doubles, for the two lowest seams only: the embedder here, the chat model later."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence

import numpy as np

from assistant.embedding import Embedding, Identity, Vectors
from assistant.types import Span

DIMENSION = 64


class WordEmbedder:
    """Each word is one fixed direction, so "similar" can be read off the sentence; counts its passages."""

    def __init__(self, name: str = "words") -> None:
        self.identity = Identity(name, hashlib.sha256(name.encode()).hexdigest(), DIMENSION)
        self.embedded = 0

    def embed(self, texts: Sequence[str], sentences: Sequence[Sequence[Span]]) -> Iterator[tuple[int, Embedding]]:
        for index, (text, spans) in enumerate(zip(texts, sentences, strict=True)):
            self.embedded += 1
            own = np.array([self.query(text[s.start : s.end]) for s in spans], np.float32).reshape(
                len(spans), DIMENSION
            )
            yield index, Embedding(self.query(text), own)

    def query(self, text: str) -> Vectors:
        vector = np.zeros(DIMENSION, dtype=np.float32)
        for word in re.findall(r"\w+", text.lower()):
            vector[int(hashlib.sha256(word.encode()).hexdigest(), 16) % DIMENSION] += 1
        length = float(np.linalg.norm(vector))
        return vector / length if length else vector

    def words(self, words: Sequence[str]) -> Vectors:
        return np.stack([self.query(word) for word in words])
