from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.messages.ai import UsageMetadata
from pydantic import BaseModel

from assistant.errors import CaseError, ModelUnavailable, SettingsError
from eval.running.replay import (
    Budget,
    BudgetSpent,
    ModelRequest,
    Recording,
    RecordingChat,
    ReplayedChat,
    ReplyMissing,
    Usage,
    asked,
)
from tests.fakes import FakeChat

QUESTION = [SystemMessage("Be short."), HumanMessage("What did the Runabout cost?")]
CALL = {"name": "Reply", "args": {"words": "$260", "sure": True}, "id": "call-1", "type": "tool_call"}


class Reply(BaseModel):
    """What is said."""

    words: str


class Sure(Reply):
    sure: bool


def reply(words: str = "$260", read: int = 20, written: int = 3, **parts: Any) -> AIMessage:
    used = UsageMetadata(input_tokens=read, output_tokens=written, total_tokens=read + written)
    return AIMessage(words, usage_metadata=used, **parts)


def recorded(*replies: str | AIMessage, budget: Budget | None = None) -> RecordingChat:
    return RecordingChat(
        model="fake:one", recording=Recording(), chat=FakeChat(replies=replies), budget=budget or Budget()
    )


def replayed(recording: Recording, model: str = "fake:one") -> ReplayedChat:
    return ReplayedChat(model=model, recording=recording)


def test_what_was_recorded_is_replayed_without_the_model(tmp_path: Path) -> None:
    live = recorded(reply(response_metadata={"finish_reason": "stop"}, tool_calls=[CALL]))
    first = live.invoke(QUESTION, temperature=0.7)
    live.recording.save(tmp_path / "replies.jsonl")

    again = replayed(Recording.load(tmp_path / "replies.jsonl")).invoke(QUESTION, temperature=0.7)

    same = {"content", "tool_calls", "usage_metadata", "response_metadata"}
    assert again.model_dump(include=same) == first.model_dump(include=same)
    assert again.model_dump(include=same) == reply(
        response_metadata={"finish_reason": "stop"}, tool_calls=[CALL]
    ).model_dump(include=same)


def test_a_reply_that_was_not_recorded_is_an_error_that_says_what_was_asked() -> None:
    with pytest.raises(ReplyMissing) as caught:
        replayed(Recording()).invoke(QUESTION)

    key = asked("fake:one", QUESTION, {}).key
    assert str(caught.value) == f"No reply of fake:one is recorded for {key[:12]}: “What did the Runabout cost?”."
    assert caught.value.hint == "Record it with `--profile llm-live --recording FILE`."
    assert isinstance(caught.value, ModelUnavailable)
    assert not caught.value.retryable


CALLED = AIMessage("", tool_calls=[CALL])
CALLED_OTHERWISE = AIMessage("", tool_calls=[{**CALL, "args": {"words": "$850"}}])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("fake:one", QUESTION, {}), ("fake:two", QUESTION, {})),
        (("fake:one", QUESTION, {}), ("fake:one", [*QUESTION[:1], HumanMessage("What did it cost?")], {})),
        (("fake:one", QUESTION, {}), ("fake:one", [HumanMessage("Be short."), *QUESTION[1:]], {})),
        (("fake:one", [CALLED], {}), ("fake:one", [CALLED_OTHERWISE], {})),
        (("fake:one", QUESTION, {"temperature": 0.7}), ("fake:one", QUESTION, {"temperature": 0.0})),
        (("fake:one", QUESTION, {"temperature": 0.7}), ("fake:one", QUESTION, {})),
        (("fake:one", QUESTION, {"sample": 0}), ("fake:one", QUESTION, {"sample": 1})),
        (("fake:one", QUESTION, {"stop": ["."]}), ("fake:one", QUESTION, {"stop": ["!"]})),
        (("fake:one", QUESTION, {"schema": Reply}), ("fake:one", QUESTION, {"schema": Sure})),
    ],
)
def test_what_is_asked_otherwise_has_another_key(one: tuple[Any, ...], other: tuple[Any, ...]) -> None:
    assert asked(*one).key != asked(*other).key


def test_the_order_of_parameters_and_those_not_given_do_not_matter() -> None:
    one = asked("fake:one", QUESTION, {"sample": 1, "temperature": 0.7, "stop": None})

    assert one == asked("fake:one", QUESTION, {"temperature": 0.7, "sample": 1})


def test_a_parameter_that_cannot_be_told_from_others_is_refused() -> None:
    with pytest.raises(TypeError, match="cannot be recorded"):
        asked("fake:one", QUESTION, {"client": object()})


@pytest.mark.parametrize("other", [{"sample": 1}, {"temperature": 0.0}, {"stop": ["."]}])
def test_a_changed_parameter_is_not_answered_from_the_recording(other: dict[str, Any]) -> None:
    live = recorded("$260")
    live.invoke(QUESTION, temperature=0.7, sample=0)

    with pytest.raises(ReplyMissing):
        replayed(live.recording).invoke(QUESTION, **{"temperature": 0.7, "sample": 0, **other})


def test_the_real_model_gets_every_parameter_but_the_number_of_the_sample() -> None:
    live = recorded("$260")
    live.invoke(QUESTION, temperature=0.7, sample=2, stop=["."])

    assert live.chat.given == [{"temperature": 0.7, "stop": ["."]}]
    assert live.chat.asked == [QUESTION]


def test_what_is_recorded_already_is_not_asked_again() -> None:
    live = recorded("yes", "no")

    answers = [live.invoke(QUESTION, sample=number).content for number in (0, 0, 1, 0)]

    assert (answers, live.chat.calls) == (["yes", "yes", "no", "yes"], 2)


def test_a_stream_is_the_recorded_reply_as_one_chunk() -> None:
    live = recorded(reply(tool_calls=[CALL]))
    live.invoke(QUESTION)

    chunks = list(replayed(live.recording).stream(QUESTION))

    assert [(one.content, one.tool_calls, one.chunk_position) for one in chunks] == [("$260", [CALL], "last")]
    assert chunks[0].usage_metadata == reply().usage_metadata


def test_a_stream_is_recorded_and_shares_its_key_with_a_plain_call() -> None:
    live = recorded(reply())

    assert [one.content for one in live.stream(QUESTION)] == ["$260"]
    assert replayed(live.recording).invoke(QUESTION).content == "$260"


def test_an_asynchronous_call_is_replayed_too() -> None:
    live = recorded(reply())
    live.invoke(QUESTION)

    assert asyncio.run(replayed(live.recording).ainvoke(QUESTION)).content == "$260"


def test_structured_output_is_recorded_and_replayed_with_its_schema() -> None:
    live = recorded(AIMessage("", tool_calls=[CALL]))
    first = live.with_structured_output(Reply).invoke(QUESTION)

    again = replayed(live.recording)

    assert first == again.with_structured_output(Reply).invoke(QUESTION) == Reply(words="$260")
    with pytest.raises(ReplyMissing):
        again.with_structured_output(Sure).invoke(QUESTION)


def test_calls_and_tokens_are_counted_live_and_on_replay_alike() -> None:
    live = recorded(reply("yes", 20, 3), reply("no", 30, 4), "not counted by the model")
    for number in range(3):
        live.invoke(QUESTION, sample=number)
    again = replayed(live.recording)
    for number in range(3):
        again.invoke(QUESTION, sample=number)

    assert live.usage == again.usage == Usage(calls=3, input_tokens=50, output_tokens=7)


def test_no_call_is_made_that_the_budget_of_calls_does_not_allow() -> None:
    live = recorded("one", "two", "three", budget=Budget(calls=2))
    live.invoke(QUESTION, sample=0)
    live.invoke(QUESTION, sample=0)  # from the recording, and so free
    live.invoke(QUESTION, sample=1)

    with pytest.raises(BudgetSpent, match=r"The budget of 2 calls is spent\."):
        live.invoke(QUESTION, sample=2)
    assert live.chat.calls == 2


def test_no_call_is_made_once_the_budget_of_tokens_is_spent() -> None:
    live = recorded(reply(read=20, written=3), reply(read=20, written=3), "three", budget=Budget(tokens=40))
    live.invoke(QUESTION, sample=0)
    live.invoke(QUESTION, sample=1)

    with pytest.raises(BudgetSpent, match=r"The budget of 40 tokens is spent: 46 were used\."):
        live.invoke(QUESTION, sample=2)
    assert live.chat.calls == 2


def test_a_budget_of_tokens_holds_for_a_model_that_reports_none() -> None:
    live = recorded("word " * 100, "more", budget=Budget(tokens=100))
    live.invoke(QUESTION, sample=0)

    with pytest.raises(BudgetSpent):
        live.invoke(QUESTION, sample=1)


def test_two_chats_can_share_one_budget() -> None:
    budget = Budget(calls=1)
    recorded("one", budget=budget).invoke(QUESTION)

    with pytest.raises(BudgetSpent):
        recorded("one", budget=budget).invoke(QUESTION)


def test_an_error_of_the_real_model_is_passed_on_and_not_recorded() -> None:
    def fails(messages: Any) -> str:
        raise ConnectionError("no route")

    live = RecordingChat(model="fake:one", recording=Recording(), chat=FakeChat(replies=fails))

    with pytest.raises(ConnectionError):
        live.invoke(QUESTION)
    assert (len(live.recording), live.usage) == (0, Usage())


# The file


def test_the_file_has_a_line_for_each_reply_sorted_by_key(tmp_path: Path) -> None:
    live = recorded(*["yes"] * 5)
    for number in range(5):
        live.invoke(QUESTION, sample=number)
    live.recording.save(tmp_path / "new" / "replies.jsonl")

    lines = [json.loads(line) for line in (tmp_path / "new" / "replies.jsonl").read_text("utf-8").splitlines()]

    assert [line["key"] for line in lines] == sorted(asked("fake:one", QUESTION, {"sample": n}).key for n in range(5))
    assert {tuple(line) for line in lines} == {("key", "messages", "model", "parameters", "reply")}


def test_saving_what_was_loaded_changes_no_byte(tmp_path: Path) -> None:
    live = recorded(reply(tool_calls=[CALL]), "no")
    live.invoke([*QUESTION, CALLED, ToolMessage("\u2028 £ \ud800", tool_call_id="call-1")])
    live.invoke(QUESTION)
    live.recording.save(tmp_path / "one.jsonl")
    Recording.load(tmp_path / "one.jsonl").save(tmp_path / "two.jsonl")

    assert (tmp_path / "one.jsonl").read_bytes() == (tmp_path / "two.jsonl").read_bytes()


def test_a_save_that_fails_leaves_the_old_file_and_no_part_of_a_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "replies.jsonl"
    path.write_text("the old one", encoding="utf-8")
    live = recorded("$260")
    live.invoke(QUESTION)

    def full(*_: Any) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(Path, "replace", full)

    with pytest.raises(SettingsError, match="the disk is full"):
        live.recording.save(path)
    assert [(one.name, one.read_text("utf-8")) for one in tmp_path.glob("*.*")] == [("replies.jsonl", "the old one")]


def line(**changed: Any) -> str:
    one = ModelRequest("fake:one", [], {})
    return json.dumps({"key": one.key, **one._asdict(), "reply": {"content": "$260"}, **changed})


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("{x", "this is no JSON"),
        (line(other=1), "this is no recorded reply: other is not known"),
        (line(reply={}), "this is no recorded reply: content.str must be text"),
        (line(model="fake:two"), "the key is not that of what was asked"),
        (f"{line()}\n{line()}", "the key stands twice"),
    ],
)
def test_a_line_that_is_no_recorded_reply_is_named(tmp_path: Path, text: str, what: str) -> None:
    (tmp_path / "replies.jsonl").write_text(f"\n{text}\n", encoding="utf-8")

    with pytest.raises(CaseError) as caught:
        Recording.load(tmp_path / "replies.jsonl")

    assert str(caught.value) == f"replies.jsonl:{text.count(chr(10)) + 2}: {what}"


def test_a_recording_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="cannot be read"):
        Recording.load(tmp_path / "none.jsonl")


@given(st.text(), st.text(), st.dictionaries(st.text(), st.integers() | st.text() | st.lists(st.booleans())))
def test_whatever_was_recorded_is_found_again(said: str, answer: str, parameters: dict[str, Any]) -> None:
    recording = Recording()
    recording.add(asked("fake:one", [HumanMessage(said)], parameters), AIMessage(answer))

    found = recording.reply(asked("fake:one", [HumanMessage(said)], dict(reversed(parameters.items()))))

    assert found == AIMessage(answer)


# The double


def test_the_fake_fails_clearly_when_asked_once_more() -> None:
    chat = FakeChat(replies=["one"])
    chat.invoke("first")

    with pytest.raises(AssertionError, match="asked 2 times, 1 replies given: 'second'"):
        chat.invoke("second")


def test_the_fake_can_answer_by_what_was_said() -> None:
    chat = FakeChat(replies=lambda messages: messages[-1].text.upper())

    assert ([chat.invoke("a").text, chat.invoke("b").text], chat.calls) == (["A", "B"], 2)
