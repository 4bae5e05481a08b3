"""The libraries that the API serves: each is opened once, and its questions are answered one at a time, in the order of
arrival."""

from __future__ import annotations

import asyncio
import logging
import re
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from assistant import build
from assistant.build import Assistant
from assistant.errors import LibraryMissing, PushbackError, ReplyCut
from assistant.library import places
from assistant.library.library import Library
from assistant.model.chat import Tick
from assistant.model.embedding import Embedder
from assistant.settings import NAME, Settings
from ui.api.faults import RequestRefused
from ui.api.people import HERE, Person
from ui.jobs import line
from ui.jobs.line import JobLine
from ui.work.jobs import BUG, LOG

if TYPE_CHECKING:
    from langchain_core.language_models.chat_models import BaseChatModel

AT_ONCE = 1  # answers made at a time: more at once are slower for all, see ui/parts/settings/running.py
PING = 15.0  # seconds after which a stream that has nothing to say shows that it is there: nginx closes one after 60
AFTER = 5  # seconds after which to ask again where too many wait; a guess
ENDING = "The server is ending."
MODELS = ("model", "evidence_model")  # settings that a page can choose

_log = logging.getLogger(__name__)

Result = TypeVar("Result")


class Desk:
    """The libraries of one home folder that the HTTP API serves, and the queue of the requests that wait for an answer.
    Each library is opened at the first request for it."""

    def __init__(self, settings: Settings, embedder: Embedder | None = None, chat: BaseChatModel | None = None) -> None:
        """``chat`` is used instead of the model that the settings name."""
        self.settings = settings
        self.embedder = embedder or build.build_embedder(settings)
        self._chat = chat
        self._open: dict[str, Assistant] = {}
        self._otherwise: dict[Settings, Assistant] = {}  # with models that a page chose
        self._opening = threading.Lock()
        self._line = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="answering")
        self._waiting = threading.Semaphore(settings.api_waiting + AT_ONCE)
        self._ending = threading.Event()
        self.waiting = 0  # requests that are being answered, or wait for it
        self.stages: dict[str, tuple[int, float]] = {}  # of answers: how often, and how many seconds in all
        self._counting = threading.Lock()
        self.jobs: JobLine = line.of(settings, self)

    def libraries(self, person: Person) -> list[str]:
        """The names of the existing libraries that ``person`` may use."""
        return [name for name in places.libraries(self.settings) if person.reaches(name)]

    def named(self, library: str | None, person: Person) -> Settings:
        """The settings for ``library``; None stands for the default library. The library need not exist yet.

        Raises:
            LibraryMissing: ``person`` may not use the library, or its name is invalid.
        """
        name = library or self.settings.library
        if not re.fullmatch(NAME, name) or not person.reaches(name):
            raise LibraryMissing(f"There is no library {name[:64]!r} here.")
        return self.settings.model_copy(update={"library": name})

    def assistant(self, library: str | None, person: Person) -> Assistant:
        """The assistant that answers from ``library``; None stands for the default library. The first call for a
        library opens it.

        Raises:
            LibraryMissing: the library does not exist, or ``person`` may not use it.
        """
        settings = self.named(library, person)
        is_open = settings.catalog is not None and settings.library in self._open  # asking costs a connection
        if not is_open and not places.is_there(settings):
            raise LibraryMissing(f"There is no library {settings.library!r} here.")
        with self._opening:
            if settings.library not in self._open:
                self._open[settings.library] = build.build_assistant(settings, self.embedder, self._chat)
            return self._open[settings.library]

    def settings_of(self, asked: Mapping[str, Any]) -> Settings:
        """The settings for a job. ``asked`` is the input of the job. It names the library, and may name models that
        replace those of the server's settings."""
        models = {name: asked[name] for name in MODELS if name in asked}
        return self.named(asked["library"], HERE).model_copy(update=models)

    def assistant_of(self, asked: Mapping[str, Any]) -> Assistant:
        """The assistant for a job. ``asked`` is the input of the job. It names the library, and may name models that
        replace those of the server's settings.

        Raises:
            LibraryMissing: the library does not exist.
        """
        settings = self.settings_of(asked)
        if all(getattr(settings, name) == getattr(self.settings, name) for name in MODELS):
            return self.assistant(settings.library, HERE)
        with self._opening:
            if settings not in self._otherwise:
                self._otherwise[settings] = build.build_assistant(settings, self.embedder)
            return self._otherwise[settings]

    def library(self, library: str | None, person: Person) -> Library:
        """The open library with the name ``library``, for requests that need not wait in the queue; None stands for the
        default library.

        Raises:
            LibraryMissing: the library does not exist, or ``person`` may not use it.
        """
        return self.assistant(library, person).library

    def warm(self) -> Future[None]:
        """Load the local models in the background, before the first question comes. The returned future is done when
        they are loaded.

        The embedding model is always loaded. If the default library exists, it is opened, and one search is made in it.
        If no chat model is set, one question is answered from this library, too; this loads the models that read
        passages.
        """
        return self._submit(self._warm)

    async def do(self, work: Callable[[], Result]) -> Result:
        """Call ``work`` after all earlier requests have been answered, and return its result.

        Raises:
            RequestRefused: too many requests are waiting, or the server is shutting down.
        """
        try:
            return await asyncio.wrap_future(self._submit(work))
        except asyncio.CancelledError:
            if self._ending.is_set():
                raise RequestRefused(503, ENDING, after=AFTER) from None
            raise

    def parts(self, work: Callable[[Tick], Iterator[Result]]) -> AsyncIterator[Result | None]:
        """Call ``work`` after all earlier requests have been answered, and yield the items that ``work`` yields. Yield
        None every ``PING`` seconds while no item is ready.

        ``work`` receives a function as its argument, and must call this function whenever a piece of a model's reply
        arrives. The function raises ``ReplyCut``, which ends the reply, if the client has disconnected or the server is
        shutting down.

        Raises:
            RequestRefused: too many requests are waiting, or the server is shutting down.
            PushbackError: ``work`` failed.
        """
        loop, told = asyncio.get_running_loop(), asyncio.Queue[Result | None]()
        gone = threading.Event()

        def tell(part: Result | None) -> None:
            with suppress(RuntimeError):  # the server has ended
                loop.call_soon_threadsafe(told.put_nowait, part)

        def tick() -> None:
            if gone.is_set() or self._ending.is_set():
                raise ReplyCut("Nobody waits for this reply any more.")

        def done() -> None:
            for part in work(tick):
                if gone.is_set():
                    return
                tell(part)

        ended = self._submit(done)
        ended.add_done_callback(lambda _: tell(None))
        return _listened(told, ended, gone)

    def timed(self, stages: Mapping[str, float]) -> None:
        """Add the durations of one answer to the server's statistics. ``stages`` maps the name of each stage of
        answering to its duration in milliseconds."""
        with self._counting:
            for stage, ms in stages.items():
                count, seconds = self.stages.get(stage, (0, 0.0))
                self.stages = {**self.stages, stage: (count + 1, seconds + ms / 1000)}

    def close(self) -> None:
        """Shut down: cancel the requests that are waiting, wait for the request that is being answered, and close all
        libraries."""
        self._ending.set()
        self._line.shutdown(wait=True, cancel_futures=True)
        for assistant in (*self._open.values(), *self._otherwise.values()):
            assistant.close()

    def _warm(self) -> None:
        self.embedder.query("ready")
        with suppress(LibraryMissing):  # it waits for its first documents
            assistant = self.assistant(None, HERE)
            assistant.search("ready", k=1)
            if not self.settings.writer:  # a model would be asked, and paid, for nothing
                assistant.ask("Is it ready?")

    def _submit(self, work: Callable[[], Result]) -> Future[Result]:
        if not self._waiting.acquire(blocking=False):
            waiting = self.settings.api_waiting
            raise RequestRefused(
                503, f"{waiting:,} requests wait already.", hint="Ask again in a few seconds.", after=AFTER
            )
        try:
            future = self._line.submit(work)
        except RuntimeError as exc:
            self._waiting.release()
            raise RequestRefused(503, ENDING, after=AFTER) from exc
        self._count(1)
        future.add_done_callback(lambda _: self._leave())
        return future

    def _leave(self) -> None:
        self._count(-1)
        self._waiting.release()

    def _count(self, more: int) -> None:
        with self._counting:
            self.waiting += more


async def _listened(
    told: asyncio.Queue[Result | None], ended: Future[None], gone: threading.Event
) -> AsyncIterator[Result | None]:
    try:
        while True:
            try:
                part = await asyncio.wait_for(told.get(), PING)
            except TimeoutError:
                yield None
                continue
            if part is not None:
                yield part
            elif ended.done():
                _check(ended)
                return
    finally:
        gone.set()
        ended.cancel()


def _check(ended: Future[None]) -> None:
    """Raise the error with which the work of a stream ended, if there is one. The response has begun already, so the
    caller can report the error only as an event.

    Raises:
        PushbackError: the work failed, or the server is shutting down.
    """
    try:
        ended.result()
    except CancelledError as exc:
        raise RequestRefused(503, ENDING, after=AFTER) from exc
    except PushbackError:
        raise
    except Exception as exc:
        _log.exception("an answer failed on its way")
        raise PushbackError(BUG, hint=LOG) from exc
