"""The assistant of the running app, shared by everyone who has the page open."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import streamlit as st

from assistant import build
from assistant.build import Assistant
from assistant.embedding import Embedder
from assistant.settings import Settings
from assistant.types import Answer, Turn

LOADING = "Loading the model; only the first question waits for it."

# Answers made at a time; the rest waits its turn, in the order in which it was asked for. Where each of twenty sessions
# made its own at once, the p95 was 54 times what one session alone waits, with half as many answers in the minute; two
# at a time 25.5 times, one 24.7 (eval/benchmarks/sessions.py, on one core).
AT_ONCE = 1
_answering = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="answering")


def answering(assistant: Assistant, question: str, history: Sequence[Turn]) -> Future[Answer]:
    """The whole answer, when those that were asked for before it have theirs."""
    return _answering.submit(assistant.ask, question, history)


def _by_value(settings: Settings) -> str:
    return settings.model_dump_json()


def _by_embedding(settings: Settings) -> str:
    return settings.embedding_model


_HASHED: dict[str | type[Any], Any] = {Settings: _by_value}
_HASHED_BY_EMBEDDING: dict[str | type[Any], Any] = {Settings: _by_embedding}


@st.cache_resource(show_spinner=False, hash_funcs=_HASHED_BY_EMBEDDING)
def embedder(settings: Settings) -> Embedder:
    """The embedder that answers and reads documents alike; nothing is loaded yet."""
    return build.build_embedder(settings)


@st.cache_resource(show_spinner=False, hash_funcs=_HASHED, on_release=Assistant.close)
def opened(settings: Settings) -> Assistant:
    """The assistant over the open library; no model is loaded.

    Raises:
        LibraryMissing: nothing has been ingested there.
    """
    return build.build_assistant(settings, embedder(settings))


@st.cache_resource(show_spinner=LOADING, hash_funcs=_HASHED)
def ready(settings: Settings) -> Assistant:
    """The same assistant with its model loaded, by a first search."""
    assistant = opened(settings)
    assistant.search("ready", k=1)
    return assistant
