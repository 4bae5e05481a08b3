"""A chat model as the assistant uses it: with limits on time, retries, tokens and memory, and with its calls counted.

```text
Model ─calls(tick)─▶ Calls ─stream(prompt)─▶ pieces of text        Cost of all its calls
                       └────reply(prompt, Schema)─▶ Schema
```

``providers.py`` opens the chat model with the first call. Closing a stream, or an exception from ``tick``, closes the
connection, which stops the model.
"""

from __future__ import annotations

import json
import time
from collections import OrderedDict
from collections.abc import Callable, Generator
from contextlib import closing
from threading import RLock
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from pydantic import BaseModel, SecretStr, ValidationError

from assistant.errors import (
    ModelError,
    ModelRefused,
    OverBudget,
    ReplyCut,
    ReplyInvalid,
    RequestInvalid,
)
from assistant.model import providers
from assistant.model.providers import Facts, Served
from assistant.settings import Settings
from assistant.types import Cost

if TYPE_CHECKING:
    from langchain_core.language_models.chat_models import BaseChatModel
    from langchain_core.messages import BaseMessageChunk

Schema = TypeVar("Schema", bound=BaseModel)
Tick = Callable[[], None]

WAITS = (0.5, 2.0, 4.0)  # seconds before each new try: a limit by the minute often lets one through within seven
REMEMBERED = 256  # replies to identical calls: those of several pressure tests, some kilobytes each
MOST_TOKENS = 2_000  # of a reply: twelve statements with their quotes take about 900, a list of thirty items twice that
_REFUSING = ("content_filter", "refusal", "safety")
_CUT = ("length", "max_tokens")


class Prompt(NamedTuple):
    """A prompt: ``system`` gives the model its role; ``task`` has the task, with the texts that the model needs for
    it."""

    system: str
    task: str


class Model:
    """A chat model, chosen by its name in the settings. Several threads can use one object.

    ``chat`` is a LangChain chat model that is used instead of the one with this name, for instance one that replays
    recorded replies. ``key`` is used instead of the API key in the environment. ``sleep`` is the function that waits
    before a failed call is repeated.
    """

    def __init__(
        self,
        settings: Settings,
        chat: BaseChatModel | None = None,
        *,
        key: SecretStr | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        assert settings.model
        self.name = providers.shown(settings.model)
        self.key = key
        self._named = settings.model
        self._settings, self._sleep = settings, sleep
        self._served = Served(chat, Facts()) if chat else None
        self._lock = RLock()
        self._replies: OrderedDict[tuple[Prompt, str], str] = OrderedDict()
        self._spent = 0
        self._schema_rejected = False
        if not chat:
            providers.check(self._named)

    def calls(self, tick: Tick = lambda: None) -> Calls:
        """Return an object that makes all calls of one turn (one message of a user) and counts their cost together.
        ``tick`` is called for every piece of text that the model writes."""
        return Calls(self, tick)

    def reply(self, prompt: Prompt, schema: type[Schema]) -> Schema:
        """Return the model's reply to ``prompt`` as an object of the class ``schema``. If the reply cannot be parsed,
        it is requested once more.

        Raises:
            ReplyInvalid: the second reply cannot be parsed either.
            ModelError: the model failed; the error's subclass says what kind of failure it is.
        """
        return self.calls().reply(prompt, schema)

    @property
    def facts(self) -> Facts:
        """Facts about the model, such as its context length. Reading this property opens the model.

        Raises:
            SettingsError, ModelUnavailable: the model cannot be opened.
        """
        return self.served.facts

    @property
    def structured(self) -> bool:
        """Whether requests to the model carry a schema that its reply must fit. If not, the prompt itself asks for
        lines of plain text or for JSON. The setting ``model_reply`` decides this unless it is "auto"; then, reading
        this property may open the model, to learn whether the model can follow a schema."""
        if self._settings.model_reply != "auto":
            return self._settings.model_reply == "schema"
        return not (self._schema_rejected or self.small or self.facts.structured is False)

    @property
    def small(self) -> bool:
        """Whether the model is known to have fewer than ``providers.SMALL`` parameters. Reading this property opens the
        model."""
        return self.facts.parameters is not None and self.facts.parameters < providers.SMALL

    @property
    def served(self) -> Served:
        """The LangChain chat model and the facts about it. The chat model is opened when this property is first
        read."""
        with self._lock:
            if self._served is None:
                seconds = self._settings.model_timeout
                self._served = providers.open_chat(self._named, seconds=seconds, most_tokens=MOST_TOKENS, key=self.key)
            return self._served

    def remembered(self, key: tuple[Prompt, str]) -> str | None:
        """Return the reply to an identical earlier call, if it is stored; otherwise None. ``key`` is the call's prompt
        and its JSON schema, which is empty for plain text."""
        with self._lock:
            return self._replies.get(key)

    def remember(self, key: tuple[Prompt, str], reply: str) -> None:
        """Store the reply to the call ``key``, which is its prompt and its JSON schema, so that identical calls get the
        same reply. Only the latest ``REMEMBERED`` replies are stored."""
        with self._lock:
            self._replies[key] = reply
            while len(self._replies) > REMEMBERED:
                self._replies.popitem(last=False)

    def wait(self, seconds: float, tick: Tick) -> None:
        """Wait ``seconds`` before a failed call is tried again, and call ``tick`` every tenth of a second meanwhile."""
        for _ in range(max(1, round(seconds / 0.1))):
            tick()
            self._sleep(min(seconds, 0.1))

    def schema_rejected(self) -> None:
        """Record that the provider rejects requests that carry a schema for the reply. Later requests carry no schema,
        unless the setting ``model_reply`` demands one."""
        self._schema_rejected = True

    def afford(self) -> None:
        """Raise ``OverBudget`` if the tokens that the setting ``model_budget`` allows are used up."""
        allowed = self._settings.model_budget
        if allowed is not None and self._spent >= allowed:
            raise OverBudget(f"The budget of {allowed:,} tokens is used up: {self._spent:,} were used.")

    def spend(self, tokens: int) -> None:
        """Add ``tokens`` to the number of tokens that the model has used; the setting ``model_budget`` limits this
        number."""
        with self._lock:
            self._spent += tokens


class Calls:
    """Makes the calls of a model during one turn, that is, for one message of a user. ``cost`` is the cost of the calls
    so far, and ``seconds`` is the time spent waiting for the model."""

    def __init__(self, model: Model, tick: Tick) -> None:
        self._model, self._tick = model, tick
        self.cost = Cost()
        self.seconds = 0.0  # waited for the model

    @property
    def small(self) -> bool:
        """Whether the model is known to have fewer than ``providers.SMALL`` parameters."""
        return self._model.small

    def stream(self, prompt: Prompt, schema: type[BaseModel] | None = None) -> Generator[str, None, None]:
        """Yield the model's reply to ``prompt`` in pieces, as they arrive: plain text, or JSON if a ``schema`` is
        given. If an identical call was made before, its stored reply is yielded in one piece.

        If a call fails before its first piece and may succeed later, it is repeated at most ``len(WAITS)`` times.

        Raises:
            ModelError: the call failed; the error's subclass says what kind of failure it is. It is ``ReplyCut`` if the
                reply breaks off after its first piece.
        """
        key = (prompt, json.dumps(schema.model_json_schema(), sort_keys=True) if schema else "")
        if (known := self._model.remembered(key)) is not None:
            self.cost = self.cost._replace(cached=self.cost.cached + 1)
            yield known
            return
        pieces: list[str] = []
        for wait in (*WAITS, None):
            try:
                with closing(self._timed(self._pieces(prompt, schema))) as coming:
                    for piece in coming:
                        pieces.append(piece)
                        self._tick()
                        yield piece
            except ModelError as error:
                if pieces and not isinstance(error, ReplyCut | ModelRefused):
                    what = f"The reply of {self._model.name} was cut in its middle."
                    raise ReplyCut(what, details=str(error)) from error
                if pieces or wait is None or not error.retryable:
                    raise
                self._model.wait(wait, self._tick)
            else:
                self._model.remember(key, "".join(pieces))
                return

    def reply(self, prompt: Prompt, schema: type[Schema]) -> Schema:
        """Return the model's reply to ``prompt`` as an object of the class ``schema``. If the provider has a mechanism
        for structured replies, this mechanism is used; otherwise the prompt asks for JSON.

        If the reply cannot be parsed, it is requested once more.

        Raises:
            ReplyInvalid: the second reply cannot be parsed either.
            ModelError: the model failed; the error's subclass says what kind of failure it is.
        """
        for last in (False, True):
            structured = self._model.structured
            asked = prompt if structured else _told_the_schema(prompt, schema)
            if last:  # an identical call would be answered from memory
                asked = asked._replace(task=f"{asked.task}\n\nReply with one JSON object and nothing else.")
            try:
                return _read("".join(self.stream(asked, schema if structured else None)), schema)
            except RequestInvalid:
                if last or not structured:
                    raise
                self._model.schema_rejected()
            except ReplyInvalid:
                if last:
                    raise
        raise AssertionError("the last try returns or raises")

    def _pieces(self, prompt: Prompt, schema: type[BaseModel] | None) -> Generator[str, None, None]:
        """Yield the pieces of one try at a reply. Errors of libraries are turned into ``ModelError``; the cost is
        counted even if the try fails."""
        self._model.afford()
        whole: BaseMessageChunk | None = None
        written = 0
        try:
            for chunk in _bound(self._model.served.chat, schema).stream(
                [("system", prompt.system), ("user", prompt.task)]
            ):
                whole = chunk if whole is None else whole + chunk
                piece = _text(chunk)
                written += len(piece)
                if piece:
                    yield piece
        except Exception as exc:
            if whole is None and "No generation chunks" in str(exc):  # LangChain's words for an empty reply
                return
            raise providers.translated(exc, self._model.name, self._model.key) from exc
        finally:
            self._count(prompt, whole, written)
        _check_end(whole, self._model.name)

    def _count(self, prompt: Prompt, whole: BaseMessageChunk | None, written: int) -> None:
        """Add one call and its tokens to the cost. If the model does not report its tokens, four characters count as
        one token. ``whole`` is the reply so far, None if there is none; ``written`` is the number of its characters."""
        used = getattr(whole, "usage_metadata", None) or {}
        read = used.get("input_tokens") or (len(prompt.system) + len(prompt.task)) // 4
        wrote = used.get("output_tokens") or written // 4
        calls, before, after, cached = self.cost
        self.cost = Cost(calls + 1, before + read, after + wrote, cached)
        self._model.spend(read + wrote)

    def _timed(self, pieces: Generator[str, None, None]) -> Generator[str, None, None]:
        """Yield the same pieces, and add the time spent waiting for each to ``seconds``."""
        with closing(pieces):
            while True:
                started = time.perf_counter()
                try:
                    piece = next(pieces, None)
                finally:
                    self.seconds += time.perf_counter() - started
                if piece is None:
                    return
                yield piece


def _bound(chat: BaseChatModel, schema: type[BaseModel] | None) -> Any:
    """Return the chat model, set to reply in the form of ``schema`` by its provider's mechanism, without the parser
    that LangChain adds. Without a ``schema``, return it unchanged."""
    if schema is None:
        return chat
    bound: Any = chat.with_structured_output(schema.model_json_schema())
    return bound.first


def _text(chunk: BaseMessageChunk) -> str:
    """Return the new text of a chunk. If the schema was given to the model as a tool, this is new text of the tool's
    arguments."""
    if hasattr(chunk, "tool_call_chunks"):
        arguments = [one["args"] or "" for one in chunk.tool_call_chunks]
    else:  # a model that does not stream gives its whole message
        arguments = [json.dumps(one["args"]) for one in getattr(chunk, "tool_calls", ())]
    return "".join(arguments) or chunk.text


def _check_end(whole: BaseMessageChunk | None, name: str) -> None:
    if whole is None:
        return
    told = whole.response_metadata
    ended = str(told.get("finish_reason") or told.get("stop_reason") or told.get("done_reason") or "").lower()
    if ended in _REFUSING or whole.additional_kwargs.get("refusal"):
        raise ModelRefused(f"The model {name} refuses to reply to this.")
    if ended in _CUT:
        raise ReplyCut(f"The reply of the model {name} reached its longest length.")


def _told_the_schema(prompt: Prompt, schema: type[BaseModel]) -> Prompt:
    told = json.dumps(schema.model_json_schema(), ensure_ascii=False)
    return prompt._replace(task=f"{prompt.task}\n\nReply with one JSON object of this JSON schema:\n{told}")


def _read(reply: str, schema: type[Schema]) -> Schema:
    """Return the first JSON object in a reply that fits the schema.

    Raises:
        ReplyInvalid: the reply has no such object.
    """
    decoder = json.JSONDecoder()
    start = reply.find("{")
    while start >= 0:
        try:
            return schema.model_validate(decoder.raw_decode(reply, start)[0])
        except (ValueError, ValidationError, RecursionError):
            start = reply.find("{", start + 1)
    raise ReplyInvalid(f"The model's reply is not what was asked for: “{' '.join(reply.split())[:80]}”")
