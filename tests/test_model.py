"""A model is asked with bounds on tries, tokens and memory; what goes wrong is one of our errors."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from langchain_core import exceptions as known
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGenerationChunk
from pydantic import BaseModel, SecretStr

from assistant.errors import (
    ContextTooLong,
    ModelBusy,
    ModelDenied,
    ModelError,
    ModelRefused,
    ModelTimeout,
    ModelUnavailable,
    OverBudget,
    ReplyCut,
    ReplyInvalid,
    RequestInvalid,
    SettingsError,
)
from assistant.model import providers
from assistant.model.chat import WAITS, Model, Prompt
from assistant.settings import Settings
from assistant.types import Cost
from tests.fakes import FakeChat

ASKED = Prompt("You are a clerk.", "Name a colour.")
LINES = Settings(model="fake:one", model_reply="lines")
SCHEMA = Settings(model="fake:one", model_reply="schema")


class Colour(BaseModel):
    name: str


class Faulty(FakeChat):
    """Raises what it is given, in order, before it replies; after ``late`` pieces where that is not 0."""

    faults: list[Exception]
    late: int = 0

    def _stream(self, messages: list[BaseMessage], *_: Any, **given: Any) -> Iterator[ChatGenerationChunk]:
        self.asked.append(messages)
        for piece in ("blue", " and", " green")[: self.late] if self.faults else ():
            yield ChatGenerationChunk(message=AIMessageChunk(piece))
        if self.faults:
            raise self.faults.pop(0)
        yield ChatGenerationChunk(message=AIMessageChunk("blue", chunk_position="last"))


def model(chat: FakeChat, settings: Settings = LINES) -> Model:
    return Model(settings, chat, sleep=lambda _: None)


def test_a_reply_comes_in_pieces_and_is_counted() -> None:
    usage: Any = {"input_tokens": 12, "output_tokens": 3, "total_tokens": 15}
    calls = model(FakeChat(replies=[AIMessage("blue", usage_metadata=usage)])).calls()

    assert "".join(calls.stream(ASKED)) == "blue"
    assert calls.cost == Cost(1, 12, 3)


def test_an_identical_call_is_answered_from_memory() -> None:
    """The double fails when it is asked twice."""
    one = model(FakeChat(replies=["blue"]))
    first, second = one.calls(), one.calls()

    assert ["".join(first.stream(ASKED)), "".join(second.stream(ASKED))] == ["blue", "blue"]
    assert (first.cost.calls, second.cost) == (1, Cost(cached=1))


def test_a_passing_fault_is_tried_again_so_often_and_no_more() -> None:
    waited: list[float] = []
    chat = Faulty(replies=[], faults=[known.ModelRateLimitError("slow down")] * len(WAITS))
    one = Model(LINES, chat, sleep=waited.append)

    assert "".join(one.calls().stream(ASKED)) == "blue"
    assert sum(waited) == pytest.approx(sum(WAITS), abs=0.2)
    chat.faults = [known.ModelRateLimitError("slow down")] * 9
    with pytest.raises(ModelBusy):
        list(one.calls().stream(Prompt("", "Another.")))
    assert len(chat.faults) == 9 - len(WAITS) - 1


class StatusError(Exception):
    """What a provider raises that LangChain does not know."""

    def __init__(self, status_code: int, told: str = "no") -> None:
        super().__init__(told)
        self.status_code = status_code


@pytest.mark.parametrize(
    ("raised", "ours"),
    [
        (known.ModelConnectionError("refused"), ModelUnavailable),
        (known.ModelAPIError("500"), ModelUnavailable),
        (known.ModelTimeoutError("slow"), ModelTimeout),
        (TimeoutError("slow"), ModelTimeout),
        (ConnectionRefusedError("refused"), ModelUnavailable),
        (known.ModelRateLimitError("429"), ModelBusy),
        (StatusError(429), ModelBusy),
        (known.ModelAuthenticationError("key"), ModelDenied),
        (known.ModelPermissionDeniedError("rights"), ModelDenied),
        (known.ModelNotFoundError("name"), ModelDenied),
        (StatusError(404), ModelDenied),
        (known.ContextOverflowError("long"), ContextTooLong),
        (StatusError(400, "request exceeds the available context size"), ContextTooLong),
        (known.ModelInvalidRequestError("bad"), RequestInvalid),
        (StatusError(422), RequestInvalid),
        (StatusError(503), ModelUnavailable),
    ],
)
def test_what_a_provider_raises_becomes_one_of_our_errors(raised: Exception, ours: type[ModelError]) -> None:
    with pytest.raises(ModelError) as told:
        list(model(Faulty(replies=[], faults=[raised] * 9)).calls().stream(ASKED))

    assert type(told.value) is ours
    assert "fake:one" in str(told.value)
    assert told.value.hint


def test_every_error_of_langchain_about_models_is_known() -> None:
    """A new one is noticed here before a user sees it told wrongly."""
    names = {kind.__name__ for kind in known.ModelError.__subclasses__() if kind.__module__ == known.__name__}

    assert names == {
        "ModelAuthenticationError", "ModelPermissionDeniedError", "ModelInvalidRequestError", "ModelNotFoundError",
        "ModelRateLimitError", "ModelAPIError", "ModelConnectionError", "ModelTimeoutError", "ContextOverflowError",
    }  # fmt: skip


def test_a_bug_stays_loud() -> None:
    with pytest.raises(KeyError):
        list(model(Faulty(replies=[], faults=[KeyError("ours")])).calls().stream(ASKED))


def test_a_fault_after_the_first_piece_is_a_cut_and_not_tried_again() -> None:
    chat = Faulty(replies=[], faults=[known.ModelConnectionError("gone")], late=2)
    calls = model(chat).calls()
    coming = calls.stream(ASKED)

    assert [next(coming), next(coming)] == ["blue", " and"]
    with pytest.raises(ReplyCut, match="gone") as cut:
        next(coming)
    assert cut.value.summary == "The reply of fake:one was cut in its middle."  # without the provider's words
    assert chat.calls == 1
    assert calls.cost.calls == 1


@pytest.mark.parametrize(("ended", "ours"), [("length", ReplyCut), ("content_filter", ModelRefused)])
def test_how_a_reply_ended_is_told(ended: str, ours: type[ModelError]) -> None:
    with pytest.raises(ours):
        list(
            model(FakeChat(replies=[AIMessage("b", response_metadata={"finish_reason": ended})])).calls().stream(ASKED)
        )


def test_a_budget_is_kept_across_turns() -> None:
    one = model(FakeChat(replies=["blue"]), LINES.model_copy(update={"model_budget": 5}))
    list(one.calls().stream(ASKED))

    with pytest.raises(OverBudget):
        list(one.calls().stream(Prompt("", "Another.")))


def test_a_tick_can_stop_the_model() -> None:
    class Stopped(BaseException):
        pass

    def stop() -> None:
        raise Stopped

    chat = Faulty(replies=[], faults=[ConnectionError("never reached")], late=3)
    with pytest.raises(Stopped):
        list(model(chat).calls(stop).stream(ASKED))
    assert len(chat.faults) == 1


def called(**arguments: str) -> AIMessage:
    return AIMessage("", tool_calls=[{"name": "Colour", "args": arguments, "id": "1"}])


def test_a_reply_is_read_as_its_schema() -> None:
    assert model(FakeChat(replies=[called(name="blue")]), SCHEMA).reply(ASKED, Colour) == Colour(name="blue")
    assert model(FakeChat(replies=['Here: {"name": "red"}.'])).reply(ASKED, Colour) == Colour(name="red")


def test_a_malformed_reply_is_asked_for_once_more() -> None:
    assert model(FakeChat(replies=["Blue!", '{"name": "blue"}'])).reply(ASKED, Colour) == Colour(name="blue")
    with pytest.raises(ReplyInvalid, match="Blue"):
        model(FakeChat(replies=["Blue!", "Blue!"])).reply(ASKED, Colour)


def test_a_provider_that_takes_no_schema_is_asked_in_words() -> None:
    chat = Faulty(replies=[], faults=[known.ModelInvalidRequestError("no tools here")])
    one = Model(LINES.model_copy(update={"model_reply": "auto"}), chat, sleep=lambda _: None)

    with pytest.raises(ReplyInvalid):
        one.reply(ASKED, Colour)
    assert not one.structured


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("gguf:/nowhere.gguf", SettingsError),
        ("gguf:", SettingsError),
        ("openai:", SettingsError),
        ("http://", SettingsError),
        ("ollama:", SettingsError),
    ],
)
def test_a_name_that_cannot_be_a_model_is_told_before_anything_is_loaded(name: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        Model(Settings(model=name))


@pytest.mark.parametrize("name", ["openai:x", "anthropic:x", "ollama:x", "http://127.0.0.1:9/v1#x"])
def test_the_clients_of_the_usual_providers_are_there_without_an_extra(name: str) -> None:
    assert Model(Settings(model=name), key=SecretStr("sk-of-nobody")).served.chat


def test_a_package_that_is_missing_is_told_with_the_line_that_installs_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "a.gguf").touch()
    monkeypatch.setattr(providers, "find_spec", lambda _: None)

    with pytest.raises(ModelUnavailable) as told:
        Model(Settings(model=f"gguf:{tmp_path / 'a.gguf'}"))
    assert 'pip install -e ".[gguf]"' in told.value.hint


def test_an_unknown_provider_is_told_with_the_first_call() -> None:
    with pytest.raises(SettingsError, match="nobody:knows"):
        _ = Model(Settings(model="nobody:knows")).facts


def test_a_server_that_is_away_is_told() -> None:
    with pytest.raises(ModelUnavailable, match=r"127\.0\.0\.1:9"):
        _ = Model(Settings(model="http://127.0.0.1:9/v1")).facts
