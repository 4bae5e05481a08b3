"""The `pushback` command with a model that writes: what is shown, what it cost, and what is told when it fails."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from langchain_core import exceptions as known
from langchain_core.messages import AIMessage, BaseMessage

from assistant import build
from assistant.model import local_models, providers
from assistant.model.chat import Model
from assistant.model.local_models import KnownPort
from assistant.model.providers import Facts, Served
from assistant.settings import Settings
from tests.fakes import FakeChat, WordEmbedder
from tests.model_server import model_server
from ui.cli import cli

PRICE = "The price of the blue lamp is forty dollars. The blue lamp is made of brass."
QUESTION = "What does the blue lamp cost?"
MODEL = ["--model", "fake:one"]


@pytest.fixture(autouse=True)
def lamp(monkeypatch: pytest.MonkeyPatch, embedder: WordEmbedder, tmp_path: Path) -> Path:
    """A library of one document, and how a model is asked."""
    monkeypatch.setattr(build, "build_embedder", lambda settings: embedder)
    monkeypatch.setenv("PUSHBACK_MODEL_REPLY", "lines")
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "lamp.md").write_text(f"# The blue lamp\n\n{PRICE}\n")
    assert run("ingest", tmp_path / "documents").exit_code == 0
    return tmp_path


def run(*arguments: object) -> Result:
    done = CliRunner().invoke(cli, [str(one) for one in arguments])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def written_by(monkeypatch: pytest.MonkeyPatch, chat: FakeChat) -> None:
    def model(settings: Settings, _: object = None) -> Model | None:
        return Model(settings, chat, sleep=lambda _: None) if settings.model else None

    monkeypatch.setattr(build, "build_model", model)


def away(_: list[BaseMessage]) -> AIMessage:
    raise known.ModelConnectionError("connection refused")


def test_what_a_model_cost_is_in_the_json_and_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    usage: Any = {"input_tokens": 80, "output_tokens": 9, "total_tokens": 89}
    line = AIMessage("[1] The price of the blue lamp is forty dollars.", usage_metadata=usage)
    written_by(monkeypatch, FakeChat(replies=lambda _: line))

    answer = json.loads(run("ask", QUESTION, *MODEL, "--json").stdout)
    shown = run("ask", QUESTION, *MODEL).stdout

    assert answer["cost"] == {"calls": 1, "input_tokens": 80, "output_tokens": 9, "cached": 0}
    assert (answer["model"], answer["dropped"], answer["notices"]) == ("fake:one", [], [])
    assert "Model: 1 call, 80 tokens read, 9 written." in shown


def test_a_model_that_is_away_is_told_and_the_answer_is_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    written_by(monkeypatch, FakeChat(replies=away))

    plain, done = run("ask", QUESTION, "--json"), run("ask", QUESTION, *MODEL, "--json")
    shown = run("ask", QUESTION, *MODEL)

    assert done.exit_code == shown.exit_code == 0
    assert json.loads(done.stdout)["statements"] == json.loads(plain.stdout)["statements"]
    assert "The model fake:one cannot be reached" in shown.stdout
    assert "own words" in shown.stdout


def test_doctor_says_what_a_model_can_do(monkeypatch: pytest.MonkeyPatch) -> None:
    written_by(monkeypatch, FakeChat(replies=["one two three"]))

    done = run("doctor", *MODEL)

    assert done.exit_code == 0
    assert [line.split(":")[0].split()[0] for line in done.stdout.splitlines()[1:5]] == [
        "replies", "streams", "schema", "context"
    ]  # fmt: skip
    assert "All is well" in done.stdout


def test_doctor_says_that_a_model_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    written_by(monkeypatch, FakeChat(replies=away))

    done = run("doctor", *MODEL)

    assert done.exit_code == 3
    assert "cannot be reached" in done.stderr


def test_a_run_is_written_by_a_model_once_and_replayed_without_it(lamp: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = "{id: fact-price, question: What does the blue lamp cost, answer: [forty]}"
    (lamp / "suite.yaml").write_text(f"corpus: documents\ncases:\n  - {case}\n")
    chat = FakeChat(replies=["[1] The price of the blue lamp is forty dollars."])
    monkeypatch.setattr(providers, "open_chat", lambda *_, **__: Served(chat, Facts()))
    start = ["eval", "run", lamp / "suite.yaml", "--out", lamp / "out", *MODEL, "--json"]
    kept = ["--recording", lamp / "replies.jsonl"]

    live, replayed = (run(*start, *kept, "--profile", f"llm-{how}") for how in ("live", "replay"))
    (lamp / "replies.jsonl").write_text("")
    missing = run(*start, *kept, "--profile", "llm-replay")
    wrong = [
        run(*start),
        run(*start, "--profile", "llm-live"),
        run(*start, *kept, "--profile", "llm-live", "--jobs", 2),
    ]

    results = [json.loads(done.stdout)[0]["results"][0] for done in (live, replayed)]
    assert results[0]["output"]["model"] == "fake:one"
    assert results[0]["output"]["statements"] == results[1]["output"]["statements"]
    assert missing.exit_code == 3
    assert "not recorded" in missing.stderr
    assert [done.exit_code for done in wrong] == [2, 2, 2]


@pytest.fixture
def measured(lamp: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Measures the lamp's suite with a model in the place of a live one."""
    cases = ["{id: fact-price, question: What does the blue lamp cost, answer: [forty]}"]
    cases += ["{id: fact-made, question: What is the blue lamp made of, answer: [brass]}"]
    (lamp / "suite.yaml").write_text("corpus: documents\ncases:\n" + "".join(f"  - {one}\n" for one in cases))
    monkeypatch.setattr("assistant.model.chat.WAITS", ())
    recording = iter(range(9))

    def measured(chat: FakeChat, *more: object) -> Result:
        monkeypatch.setattr(providers, "open_chat", lambda *_, **__: Served(chat, Facts()))
        kept = ["--recording", lamp / f"{next(recording)}.jsonl", "--profile", "llm-live"]
        return run("eval", "run", lamp / "suite.yaml", "--out", lamp / "out", *MODEL, "--json", *kept, *more)

    return measured


def both(messages: list[BaseMessage]) -> str:
    price = "[1] The price of the blue lamp is forty dollars."
    return "[1] The blue lamp is made of brass." if "made of" in messages[-1].text.rpartition("?")[0][-80:] else price


def checks_of(done: Result) -> dict[str, bool]:
    return {one["name"]: one["passed"] for one in json.loads(done.stdout)[0]["gate"]["checks"]}


def test_what_a_model_cost_is_no_part_of_being_the_same_twice(measured: Callable[..., Result]) -> None:
    done = measured(FakeChat(replies=both))

    assert (checks_of(done)["determinism"], checks_of(done)["model"]) == (True, True)


def test_a_model_that_wrote_nothing_is_infrastructure(measured: Callable[..., Result]) -> None:
    done = measured(FakeChat(replies=away))

    assert done.exit_code == 3
    assert checks_of(done)["model"] is False
    assert measured(FakeChat(replies=lambda _: "[1] Something that stands nowhere in the documents.")).exit_code == 3


def test_a_budget_of_calls_that_is_spent_has_its_exit_code(measured: Callable[..., Result]) -> None:
    assert measured(FakeChat(replies=both), "--budget-calls", 1).exit_code == 6


def test_each_repeat_asks_again(measured: Callable[..., Result]) -> None:
    once, thrice = FakeChat(replies=both), FakeChat(replies=both)

    measured(once)
    measured(thrice, "--repeats", 3, "--needed", 2)

    assert once.calls > 0
    assert thrice.calls == 3 * once.calls


def test_doctor_lists_the_models_of_this_machine_and_names_none_as_no_failure(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with model_server("org/chat", "x-embed") as server:
        monkeypatch.setattr(local_models, "PLACES", (KnownPort("LM Studio", server.port),))
        listed = run("doctor", "--model")
        no_library = run("doctor", "--model", "--home", tmp_path / "nothing")
    monkeypatch.setattr(local_models, "PLACES", ())
    none = run("doctor", "--model")

    use = f"  --model http://127.0.0.1:{server.port}/v1#org/chat"
    assert listed.stdout.splitlines()[1:3] == [f"LM Studio at 127.0.0.1:{server.port}", use]
    assert "All is well" in listed.stdout
    assert use in no_library.stdout.splitlines()
    assert "No model is served on this machine" in none.stdout
    assert [done.exit_code for done in (listed, no_library, none)] == [0, 0, 0]


def test_doctor_without_a_name_tries_the_model_that_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    written_by(monkeypatch, FakeChat(replies=["one two three"]))
    monkeypatch.setenv("PUSHBACK_MODEL", "fake:one")

    done = run("doctor", "--model")

    assert done.exit_code == 0
    assert "No model is served" in done.stdout
    assert "The model fake:one" in done.stdout


def test_a_command_that_needs_a_models_name_still_asks_for_it() -> None:
    assert run("doctor", "--model", "").exit_code == 2
    assert run("ask", QUESTION, "--model").exit_code == 2
