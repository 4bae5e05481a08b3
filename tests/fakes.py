"""The doubles, for the two lowest seams only: the embedder here, the chat model later."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import LanguageModelInput
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable
from pydantic import Field

from assistant.model.embedding import Embedding, Identity, Vectors
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


class FakeChat(BaseChatModel):
    """A chat model that gives its replies in order, or by a function of the messages; fails when asked once more.

    ``asked`` and ``given`` are the messages and the parameters of each call.
    """

    replies: Sequence[str | AIMessage] | Callable[[list[BaseMessage]], str | AIMessage]
    asked: list[list[BaseMessage]] = Field(default_factory=list)
    given: list[dict[str, Any]] = Field(default_factory=list)

    @property
    def calls(self) -> int:
        return len(self.asked)

    @property
    def _llm_type(self) -> str:
        return "fake"

    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> Runnable[LanguageModelInput, AIMessage]:
        return self.bind(tools=tools, **kwargs)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        self.asked.append(messages)
        self.given.append({**kwargs, "stop": stop} if stop else kwargs)
        reply = self.replies(messages) if callable(self.replies) else self._next(messages)
        message = AIMessage(reply) if isinstance(reply, str) else reply.model_copy()  # LangChain writes an id into it
        return ChatResult(generations=[ChatGeneration(message=message)])

    def _next(self, messages: list[BaseMessage]) -> str | AIMessage:
        assert not callable(self.replies)
        last = messages[-1].text if messages else ""
        assert self.calls <= len(self.replies), f"asked {self.calls} times, {len(self.replies)} replies given: {last!r}"
        return self.replies[self.calls - 1]
