"""What the tests of readers share: a library of hand-made passages, what is read of it, and a scripted model."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGenerationChunk

from assistant.library.library import Library
from assistant.readers.material import Material
from assistant.search import question as questions
from assistant.settings import Settings
from assistant.types import BlockKind, Document, Filters
from tests.conftest import make_document, make_new
from tests.fakes import FakeChat, WordEmbedder

SCHEMA = Settings(model="fake:one", model_reply="schema")
LINES = Settings(model="fake:one", model_reply="lines")


def stored(library: Library, text: str, source: str, speakers: Sequence[str | None] = (), **about: Any) -> Document:
    """A document in the library, of which each paragraph is a passage; one that begins with a dash is an item."""
    document = make_document(text, source, **about)
    blocks = [
        replace(one, kind=BlockKind.ITEM) if document.text.startswith("- ", one.start) else one
        for one in document.blocks
    ]
    document = replace(document, blocks=tuple(blocks))
    with library.writing() as writer:
        writer.put([make_new(document, WordEmbedder(), speakers=tuple(speakers))])
    return document


def read_for(library: Library, question: str, **filters: Any) -> Material:
    """What is read for a question."""
    return Material(questions.read(question), library, WordEmbedder(), Filters(**filters))


class Scripted(FakeChat):
    """Streams each reply line by line; an exception among the replies is raised where it stands.

    A reply is text, or the pieces of one.
    """

    replies: Any

    def _stream(self, messages: list[BaseMessage], *_: Any, **given: Any) -> Iterator[ChatGenerationChunk]:
        self.asked.append(messages)
        self.given.append(given)
        assert self.calls <= len(self.replies), f"asked {self.calls} times"
        reply = self.replies[self.calls - 1]
        for piece in [reply] if isinstance(reply, str | Exception) else reply:
            if isinstance(piece, Exception):
                raise piece
            for part in piece.splitlines(keepends=True):
                yield ChatGenerationChunk(message=AIMessageChunk(content=part))


def reply(
    *claims: tuple[str, int, str],
    searches: Sequence[str] = (),
    not_said: bool = False,
    disagree: Sequence[tuple[int, int]] = (),
    missing: str = "",
) -> str:
    """A reply of claims, each with one quote: what is said, the number of its passage, the words copied from it."""
    said = [{"text": text, "quotes": [{"passage": n, "words": words}] if words else []} for text, n, words in claims]
    fields = {"searches": [*searches], "not_said": not_said, "claims": said, "disagree": [*disagree]}
    return json.dumps({**fields, "missing": missing})
