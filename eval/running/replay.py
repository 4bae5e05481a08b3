"""Recorded replies of a chat model, so that a run with a model is deterministic and needs no key.

A recording is a JSONL file, compressed if its name ends in ``.gz``. Each line is a reply, and is found by the request:
the model's name, the messages and the parameters (temperature, stop, tools, and ``sample`` for the n-th repeat, which
no real model is told). LangChain is imported at the top, so only what uses a model may import this module.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import LanguageModelInput
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.messages.utils import count_tokens_approximately
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import BaseModel, Field, ValidationError

from assistant.errors import CaseError, ModelUnavailable, PushbackError, SettingsError
from assistant.plainly import unfit, why
from eval.suite.cases import Strict, fault

Json = dict[str, Any]
PACKED = ".gz"  # the same passages stand in many prompts: packed they take a hundredth
KEPT = {"content", "tool_calls", "invalid_tool_calls", "additional_kwargs", "response_metadata", "usage_metadata"}


class ReplyMissing(ModelUnavailable):
    """Raised if a recording of a chat model's replies has no reply to a request."""

    hint = "Record it with `--profile llm-live --recording FILE`."
    retryable: ClassVar[bool] = False  # the recording will not say more when asked again


class BudgetSpent(PushbackError):
    """Raised before a call to a chat model if the allowed number of calls or tokens is used up."""

    hint = "Allow more; what has been recorded is not asked again."


class ModelRequest(NamedTuple):
    """A request to a chat model: everything that its reply depends on, as plain JSON."""

    model: str
    messages: list[Json]
    parameters: Json

    @property
    def key(self) -> str:
        """The SHA-256 of the request as canonical JSON, in hexadecimal. The reply to the request is recorded under this
        key.
        """
        return hashlib.sha256(_canonical(self._asdict()).encode()).hexdigest()


def asked(model: str, messages: Sequence[BaseMessage], parameters: Mapping[str, Any]) -> ModelRequest:
    """Make the request that sends ``messages`` to the model of this name. Parameters that are None are left out; a
    pydantic class among the parameters is replaced by its schema.

    Raises:
        TypeError: a parameter cannot be written as JSON, so that two requests could not be told apart.
    """
    said = [
        {"role": one.type, "content": one.content, "tool_calls": getattr(one, "tool_calls", [])} for one in messages
    ]
    given = {name: value for name, value in parameters.items() if value is not None}
    return ModelRequest(model, json.loads(_canonical(said)), json.loads(_canonical(given)))


class Usage(NamedTuple):
    """The number of replies that a chat model gave, live or recorded, and the tokens that it reported for them."""

    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0

    def plus(self, reply: AIMessage) -> Usage:
        """A new usage that also counts ``reply`` and its tokens."""
        used = reply.usage_metadata
        read, written = (used["input_tokens"], used["output_tokens"]) if used else (0, 0)
        return Usage(self.calls + 1, self.input_tokens + read, self.output_tokens + written)


@dataclass
class Budget:
    """How many calls to a real chat model, and how many tokens, are allowed (``calls``, ``tokens``; None means no
    limit) and were used (``spent_calls``, ``spent_tokens``). Several chats may share a budget.

    ``denied`` is the limit that made ``take`` refuse a call, such as ``20 calls``; None if no call was refused.
    """

    calls: int | None = None
    tokens: int | None = None
    spent_calls: int = 0
    spent_tokens: int = 0
    denied: str | None = None  # what was spent when more was asked for

    def take(self) -> None:
        """Count a call to the real model that is about to be made.

        Raises:
            BudgetSpent: no call or no token is left.
        """
        if self.calls is not None and self.spent_calls >= self.calls:
            self.denied = f"{self.calls} calls"
            raise BudgetSpent(f"The budget of {self.calls} calls is spent.")
        if self.tokens is not None and self.spent_tokens >= self.tokens:
            self.denied = f"{self.tokens} tokens"
            raise BudgetSpent(f"The budget of {self.tokens} tokens is spent: {self.spent_tokens} were used.")
        self.spent_calls += 1

    def spend(self, messages: Sequence[BaseMessage], reply: AIMessage) -> None:
        """Count the tokens of a call to the real model, after its ``reply``. If the model does not report its tokens,
        about four characters count as one token.
        """
        used = reply.usage_metadata
        self.spent_tokens += used["total_tokens"] if used else count_tokens_approximately([*messages, reply])


class _Line(Strict):
    key: str
    model: str
    messages: list[Json]
    parameters: Json
    reply: Json


class Recording:
    """The recorded replies of a chat model, which are looked up by the request. They are kept in memory until ``save``
    writes them to a file.
    """

    def __init__(self) -> None:
        self._lines: dict[str, Json] = {}

    def __len__(self) -> int:
        return len(self._lines)

    @classmethod
    def load(cls, path: Path) -> Recording:
        """Read the recording in the file ``path``.

        Raises:
            CaseError: the file cannot be read, a line is not a recorded reply, the key of a line does not belong to the
                request in it, or two lines have the same key; the error names the line.
        """
        try:
            data = path.read_bytes()
            lines = (gzip.decompress(data) if path.suffix == PACKED else data).decode().split("\n")
        except (OSError, EOFError, zlib.error, UnicodeDecodeError) as exc:
            raise CaseError(f"The recording {path} cannot be read: {why(exc)}.", hint=ReplyMissing.hint) from exc
        recording = cls()
        for number, line in enumerate(lines, 1):
            if line:
                recording._read(line, path.name, number)
        return recording

    def reply(self, asked: ModelRequest) -> AIMessage | None:
        """The recorded reply to the request ``asked``; None if no reply is recorded. The reply has no message id, since
        ids are not recorded.
        """
        line = self._lines.get(asked.key)
        return AIMessage.model_validate(line["reply"]) if line else None

    def add(self, asked: ModelRequest, reply: AIMessage) -> None:
        """Record the reply to the request ``asked``. It replaces an earlier reply to the same request."""
        kept = json.loads(json.dumps(reply.model_dump(include=KEPT), default=str))
        self._lines[asked.key] = {"key": asked.key, **asked._asdict(), "reply": kept}

    def save(self, path: Path) -> None:
        """Write all replies to the file ``path``, sorted by key. Other processes see the old file or the new one, never
        a part.

        Raises:
            SettingsError: the file cannot be written.
        """
        beside = path.with_name(f".{path.name}.{os.getpid()}.new")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            text = "".join(f"{_canonical(self._lines[key])}\n" for key in sorted(self._lines))
            data = text.encode()
            beside.write_bytes(gzip.compress(data, mtime=0) if path.suffix == PACKED else data)
            beside.replace(path)
        except OSError as exc:
            beside.unlink(missing_ok=True)
            hint = "Name a file that can be written."
            raise SettingsError(f"The recording {path} cannot be written: {why(exc)}.", hint=hint) from exc

    def _read(self, line: str, name: str, number: int) -> None:
        try:
            read = _Line.model_validate(json.loads(line))
            AIMessage.model_validate(read.reply)
        except ValidationError as exc:
            first = exc.errors()[0]
            what = f"this is no recorded reply: {unfit([first], 'it')[0]}"
            raise CaseError(fault(name, number, None, what), hint=ReplyMissing.hint) from exc
        except (ValueError, RecursionError) as exc:
            raise CaseError(fault(name, number, None, "this is no JSON"), hint=ReplyMissing.hint) from exc
        if read.key != ModelRequest(read.model, read.messages, read.parameters).key:
            raise CaseError(fault(name, number, None, "the key is not that of what was asked"), hint=ReplyMissing.hint)
        if read.key in self._lines:
            raise CaseError(fault(name, number, None, "the key stands twice"), hint="Remove one of the two lines.")
        self._lines[read.key] = read.model_dump()


class ReplayedChat(BaseChatModel):
    """A chat model that answers only from a recording. ``model`` is the name under which the replies were recorded.

    A call raises ``ReplyMissing`` if no reply to its request was recorded. A stream has a single chunk, the whole
    reply. ``sample`` tells repetitions of the same request apart: it is 0 for the first request, 1 for its first
    repetition, and so on. It is part of the key under which a reply is recorded; subclasses that call a real model do
    not send it to the model.
    """

    model: str
    recording: Recording
    usage: Usage = Usage()
    missing: int = 0  # replies asked for and not recorded
    sample: int = 0

    @property
    def _llm_type(self) -> str:
        return "pushback-recorded"

    @property
    def _identifying_params(self) -> Json:
        return {"model": self.model}

    def bind_tools(
        self,
        tools: Sequence[Json | type | Callable[..., Any] | BaseTool],
        *,
        tool_choice: str | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, AIMessage]:
        return self.bind(tools=[convert_to_openai_tool(tool) for tool in tools], tool_choice=tool_choice, **kwargs)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        del run_manager  # LangChain reports start and end itself
        return ChatResult(generations=[ChatGeneration(message=self._reply(messages, {**kwargs, "stop": stop}))])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        del run_manager
        reply = self._reply(messages, {**kwargs, "stop": stop})
        yield ChatGenerationChunk(message=AIMessageChunk(**reply.model_dump(include=KEPT), chunk_position="last"))

    def _reply(self, messages: list[BaseMessage], parameters: Json) -> AIMessage:
        parameters = {"sample": self.sample, **parameters} if self.sample else parameters
        key = asked(self.model, messages, parameters)
        reply = self.recording.reply(key) or self._unrecorded(key, messages, parameters)
        self.usage = self.usage.plus(reply)
        return reply

    def _unrecorded(self, asked: ModelRequest, messages: list[BaseMessage], parameters: Json) -> AIMessage:
        del parameters
        self.missing += 1
        last = " ".join(messages[-1].text.split())[:80] if messages else ""
        raise ReplyMissing(f"No reply of {asked.model} is recorded for {asked.key[:12]}: “{last}”.")


class RecordingChat(ReplayedChat):
    """A chat model that answers from a recording, and calls a real chat model for requests that the recording lacks.
    The real model's replies are added to the recording.

    The same request therefore always has the same reply, a replay repeats the run, and a stopped run continues where it
    ended. To ask the real model everything again, begin with an empty recording. Exceptions of the real model are
    passed on; ``BudgetSpent`` is raised before a call that the budget does not allow.
    """

    chat: BaseChatModel
    budget: Budget = Field(default_factory=Budget)

    def _unrecorded(self, asked: ModelRequest, messages: list[BaseMessage], parameters: Json) -> AIMessage:
        self.budget.take()
        reply = self._real(parameters).invoke(messages, {"callbacks": []})  # this call is reported as ours already
        self.budget.spend(messages, reply)
        self.recording.add(asked, reply)
        return self.recording.reply(asked) or reply

    def _real(self, parameters: Json) -> Runnable[LanguageModelInput, AIMessage]:
        passed = {name: value for name, value in parameters.items() if name != "sample" and value is not None}
        tools = passed.pop("tools", None)
        return self.chat.bind_tools(tools, **passed) if tools else self.chat.bind(**passed)


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=_plain)


def _plain(value: Any) -> Any:
    """Convert what ``json`` cannot write: a pydantic class to its schema, and a pydantic object to its fields."""
    if isinstance(value, type) and issubclass(value, BaseModel):
        return value.model_json_schema()
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    raise TypeError(f"cannot be recorded: {value!r}")
