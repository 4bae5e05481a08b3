"""The assistants of the running app. All visitors share one, unless a visitor has typed a key for the model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, NamedTuple

import streamlit as st
from pydantic import SecretStr

from assistant import build
from assistant.addresses import hides
from assistant.build import Assistant
from assistant.model.embedding import Embedder
from assistant.search.retrieval import ANYWHERE
from assistant.settings import Settings
from assistant.types import Answer, Filters, Turn
from ui.jobs import line as lines
from ui.jobs.line import Here, JobLine
from ui.jobs.work import Asked
from ui.parts.settings import keys

LOADING = "Loading the model; only the first question waits for it."

# Answers made at a time; the rest waits its turn, in the order in which it was asked for. Where each of twenty sessions
# made its own at once, the p95 was 54 times what one session alone waits, with half as many answers in the minute; two
# at a time 25.5 times, one 24.7 (eval/benchmarks/sessions.py, on one core).
AT_ONCE = 1
_OWN = "own-assistant"  # where a session keeps it
_answering = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="answering")
WRITING = 32  # models that write at a time: each waits for its server; a bound on threads
_writing = ThreadPoolExecutor(WRITING, thread_name_prefix="writing")


def answering(
    assistant: Assistant, question: str, history: Sequence[Turn], within: Filters = ANYWHERE
) -> Future[Answer]:
    """Start to answer a question in a background thread, and return the future of the answer. ``history`` has the
    earlier turns of the conversation; the filters ``within`` limit the documents that are searched. Questions are
    answered in the order in which they were asked."""
    return begun(lambda: assistant.ask(question, history, within))


def begun(work: Callable[[], Answer], *, by_model: bool = False) -> Future[Answer]:
    """Call ``work``, which makes an answer, in a background thread, and return the future of the answer. Answers that a
    chat model writes (``by_model``) do not wait for other answers; all others are made one after another."""
    return (_writing if by_model else _answering).submit(work)


def _by_value(settings: Settings) -> str:
    return settings.model_dump_json()


def _by_embedding(settings: Settings) -> str:
    return settings.embedding_model


_HASHED: dict[str | type[Any], Any] = {Settings: _by_value}
_HASHED_BY_EMBEDDING: dict[str | type[Any], Any] = {Settings: _by_embedding}


@st.cache_resource(show_spinner=False, hash_funcs=_HASHED_BY_EMBEDDING)
def embedder(settings: Settings) -> Embedder:
    """The embedding model for answering questions and reading documents, shared by all visitors. Its weights are loaded
    at its first use."""
    return build.build_embedder(settings)


class Session(NamedTuple):
    """What jobs of a visitor's session need if they run in this process: the settings, the embedding model and the
    assistant of the session. ``assistant`` is None for jobs that need none."""

    settings: Settings
    embedder: Embedder
    assistant: Assistant | None

    def settings_of(self, asked: Asked) -> Settings:
        """The settings of this session. ``asked`` is the input of a job; it must name the library of this session."""
        assert asked["library"] == self.settings.library
        return self.settings

    def assistant_of(self, _: Asked) -> Assistant:
        """The assistant of this session, for a job that needs one. The only argument is the input of the job. It is
        ignored, since every job of a session uses the same assistant."""
        assert self.assistant, "work that asks comes with what answers"
        return self.assistant


def line(settings: Settings) -> JobLine:
    """The queue of jobs that need no assistant. If the settings name a queue on a server, all visitors share it;
    otherwise the jobs run in this process."""
    return _queue(settings) if settings.queue else Here(Session(settings, embedder(settings), None))


def line_of_assistant(settings: Settings, assistant: Assistant) -> JobLine:
    """The queue of jobs that need ``assistant``. If the settings name a queue on a server, the jobs wait in that queue;
    otherwise they run in this process. They also run in this process if the visitor has typed an API key or the model's
    address contains a secret, since keys and secrets may not be stored in a queue on a server."""
    if settings.queue and not keys.of(settings) and not hides(settings.model or ""):
        return _queue(settings)
    return Here(Session(settings, embedder(settings), assistant))


@st.cache_resource(show_spinner=False, hash_funcs={Settings: lambda settings: settings.catalog})
def _queue(settings: Settings) -> JobLine:
    return lines.queued(settings)


def opened(settings: Settings) -> Assistant:
    """The assistant that answers from the library of these settings. No local model is loaded. If the visitor has typed
    an API key, the assistant uses it.

    Raises:
        LibraryMissing: the library does not exist.
    """
    key = keys.of(settings)
    return _with_key(settings, key) if key else _shared(settings)


def plain(settings: Settings) -> Assistant:
    """An assistant that answers from the library of these settings without a chat model, even if the settings name
    one."""
    return _shared(_without_model(settings))


def ready(settings: Settings) -> Assistant:
    """The assistant that ``opened`` returns, made ready for the first question: the embedding model has been loaded,
    and the passage-reading models, if the assistant needs them, have been unpacked to the disk."""
    _load(_without_model(settings) if keys.of(settings) else settings)
    return opened(settings)


@st.cache_resource(show_spinner=False, hash_funcs=_HASHED, on_release=Assistant.close)
def _shared(settings: Settings) -> Assistant:
    return build.build_assistant(settings, embedder(settings))


@st.cache_resource(show_spinner=LOADING, hash_funcs=_HASHED)
def _load(settings: Settings) -> None:
    shared = _shared(settings)
    shared.search("ready", k=1)
    shared.prepare(lambda _: None)


def _with_key(settings: Settings, key: SecretStr) -> Assistant:
    """An assistant for this session alone, whose chat model uses ``key``. It shares its library and all other parts
    with the other visitors."""
    shared = _shared(_without_model(settings))
    now = (shared, settings, key)
    made: tuple[tuple[Assistant, Settings, SecretStr], Assistant] | None = st.session_state.get(_OWN)
    if made is None or made[0] != now:
        model = build.build_model(settings, key=key)
        assert model, "a key is for a model"
        stance = build.build_stance(settings, model) if settings.evidence_model == "llm" else None
        made = st.session_state[_OWN] = now, shared.with_model(model, stance)
    return made[1]


def _without_model(settings: Settings) -> Settings:
    """The settings without a chat model, for the parts that sessions with a typed key share."""
    evidence = "auto" if settings.evidence_model == "llm" else settings.evidence_model
    return settings.model_copy(update={"model": None, "evidence_model": evidence})
