"""The HTTP API: real requests to a real server over a small library."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from assistant import wire
from assistant.build import Assistant
from assistant.errors import PushbackError, SettingsError
from assistant.settings import Settings
from eval.harness.harness import Options, measure
from eval.running import outside
from eval.suite import suites
from tests.api_server import ANN, BOB, EVE, PATIENCE, TOKENS, Served, by, events, fill, serving
from tests.fakes import FakeChat, WordEmbedder
from tests.suites import write_small
from tests.test_architecture import ROOT
from tests.visiting import free_port
from ui.api import faults, people
from ui.api import serve as api
from ui.cli import cli

RUNABOUT = "What did the Runabout cost in 1925?"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server for this machine alone; no test changes what it holds."""
    home = tmp_path_factory.mktemp("home")
    fill(Settings(home=home), home / "suite")
    with serving(home) as server:
        yield server


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server for people with tokens, with two libraries."""
    home = tmp_path_factory.mktemp("shared")
    fill(Settings(home=home), home / "suite")
    fill(Settings(home=home, library="other"), home / "suite")
    with serving(home, TOKENS, api_questions=5, api_upload_mb=1) as server:
        yield server


def timeless(told: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if name != "timings_ms"}


def test_an_answer_is_what_the_command_prints(served: Served) -> None:
    with assistant_of(served) as assistant:
        expected = wire.answer(assistant.ask(RUNABOUT))

    told = served.post("/v1/ask", {"question": RUNABOUT})

    assert told.status_code == 200
    assert timeless(told.json()) == timeless(json.loads(json.dumps(expected)))
    assert told.json()["statements"][0]["citations"][0]["source"] == "ford.txt"


def assistant_of(served: Served) -> Assistant:
    from assistant.build import build_assistant

    return build_assistant(served.settings, WordEmbedder())


def test_an_answer_comes_as_events_statement_by_statement(served: Served) -> None:
    whole = served.post("/v1/ask", {"question": RUNABOUT}).json()

    told = events(served.post("/v1/ask", {"question": RUNABOUT, "stream": True}))

    assert [name for name, _ in told] == ["statement"] * len(whole["statements"]) + ["answer"]
    assert [said for name, said in told if name == "statement"] == whole["statements"]
    assert timeless(told[-1][1]) == timeless(whole)


def test_a_follow_up_is_read_with_the_history_that_is_sent(served: Served) -> None:
    history = [{"role": "user", "content": RUNABOUT}, {"role": "assistant", "content": "It cost $260."}]

    told = served.post("/v1/ask", {"question": "And in 1926?", "history": history}).json()

    assert told["standalone_question"] == "What did the Runabout cost in 1926?"


def test_a_search_and_documents_are_what_the_commands_print(served: Served) -> None:
    found = served.post("/v1/search", {"query": "blue lamp", "k": 2, "filters": {"documents": ["lamps.txt"]}}).json()
    listed = served.get("/v1/documents").json()
    shown = served.get("/v1/documents/lamps.txt").json()

    assert {hit["source"] for hit in found} == {"lamps.txt"}
    assert sorted(one["source"] for one in listed) == ["ford.txt", "lamps.txt", "page.txt"]
    assert shown["text"][found[0]["start"] : found[0]["end"]] == found[0]["text"]
    run = CliRunner().invoke(cli, ["documents", "--json", "--home", str(served.settings.home)])
    assert json.loads(run.output) == listed


def test_an_idea_is_tested_as_a_job_and_its_verdict_kept(served: Served) -> None:
    job = served.ended(served.post("/v1/challenge", {"idea": "A cheaper Runabout will reach more people."}))
    kept = served.get(f"/v1/verdicts/{job['result']['id']}").json()

    assert (job["state"], job["share"], job["error"]) == ("done", 1.0, None)
    assert job["steps"]
    assert job["result"]["assumptions"][0]["findings"]
    assert kept["ruling"] == job["result"]["ruling"]
    assert job["result"]["id"] in [one["id"] for one in served.get("/v1/verdicts").json()]


def test_files_are_uploaded_read_and_removed(tmp_path: Path) -> None:
    """Into a library that is not there before; a name leads nowhere but into the library's own folder."""
    files = [("files", ("../../pears.txt", b"Ninety pear trees stand there.")), ("files", ("a.xyz", b"\x00\x01"))]
    with serving(tmp_path) as server:
        job = server.ended(server.post("/v1/ingest", files=files))
        answer = server.post("/v1/ask", {"question": "How many pear trees stand there?"}).json()
        gone = server.client.delete("/v1/documents/pears.txt")
        left = server.get("/v1/documents").json()

    assert (job["state"], job["result"]["added"]) == ("done", 1), job
    assert "Ninety" in json.dumps(answer)
    assert gone.json()["removed"] == "pears.txt"
    assert left == []
    assert not (tmp_path.parent / "pears.txt").exists()


def test_author_and_date_of_a_document_are_set_and_taken_back(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        server.ended(server.post("/v1/ingest", files=[("files", ("pears.txt", b"Ninety pear trees stand there."))]))

        def correct(**said: object) -> httpx.Response:
            return server.client.patch("/v1/documents/pears.txt", json=said)

        told = correct(title="Pears", author="Ann Lee", date="2024-05")
        refused = [correct(), correct(date="soon"), correct(as_read=True, title="x")]
        as_read = correct(as_read=True).json()

    assert (told.status_code, told.json()["title"], told.json()["author"]) == (200, "Pears", "Ann Lee")
    assert told.json()["guessed"] == []
    assert [one.status_code for one in refused] == [422, 400, 422]
    assert (as_read["date"], as_read["guessed"]) == (None, ["title"])


def test_a_kept_answer_can_be_judged_and_followed_up(served: Served) -> None:
    first = served.post("/v1/ask", {"question": RUNABOUT, "conversation": "new"}).json()
    named = {"conversation": first["conversation"]}
    second = served.post("/v1/ask", {"question": "And in 1926?", **named}).json()
    said = served.post("/v1/feedback", {**named, "turn": 1, "verdict": "bad", "note": "Wrong car."})
    evidence = served.post("/v1/feedback", {**named, "turn": 1, "verdict": "wrong evidence", "citation": 1})

    assert (first["turn"], second["turn"]) == (1, 2)
    assert second["standalone_question"] == "What did the Runabout cost in 1926?"
    assert (said.status_code, evidence.status_code) == (200, 200)
    listed = served.get("/v1/feedback", params=named).json()
    assert [(one["turn"], one["citation"], one["verdict"]) for one in listed] == [
        (1, None, "bad"),
        (1, 1, "wrong evidence"),
    ]


@pytest.mark.parametrize(
    ("path", "said", "status"),
    [
        ("/v1/ask", {"question": " "}, 400),
        ("/v1/ask", {"question": "?!"}, 400),
        ("/v1/ask", {"question": "word " * 1000}, 400),
        ("/v1/ask", {"question": "Why?", "stream": True, "library": "none"}, 404),
        ("/v1/ask", {"question": "Why?", "library": "../other"}, 404),
        ("/v1/ask", {"question": "Why?", "filters": {"documents": ["none.txt"]}}, 404),
        ("/v1/ask", {"question": "Why?", "conversation": "none"}, 404),
        ("/v1/ask", {"question": "Why?", "colour": "red"}, 422),
        ("/v1/ask", {"question": "\ud800"}, 422),
        ("/v1/ask", {"\ud800": 1}, 422),
        ("/v1/ask", [[]], 422),
        ("/v1/search", {"query": " "}, 400),
        ("/v1/search", {"query": "x", "k": 0}, 422),
        ("/v1/search", {"query": "x", "filters": {"kinds": ["film"]}}, 422),
        ("/v1/challenge", {"idea": ""}, 400),
        ("/v1/challenge", {"idea": "Sell.", "importance": {"reach": 2}}, 422),
        ("/v1/challenge", {"idea": "Sell.", "revises": "none"}, 404),
        ("/v1/feedback", {"conversation": "none", "turn": 1, "verdict": "good"}, 404),
        ("/v1/measured", {"ask": "x", "search": "y"}, 422),
        ("/v1/none", {}, 404),
        ("/v1/documents", {}, 405),
    ],
)
def test_what_cannot_be_done_is_told_with_what_to_do(served: Served, path: str, said: Any, status: int) -> None:
    told = served.post(path, content=json.dumps(said).encode(), headers={"Content-Type": "application/json"})

    assert told.status_code == status, told.text
    assert sorted(told.json()) == ["error", "hint"]
    assert all(told.json().values())
    assert not any(word in told.text for word in ("Traceback", "pushback ", str(served.settings.home)))


@pytest.mark.parametrize(
    ("path", "said", "fault"),
    [
        ("/v1/ask", {}, "question is missing"),
        ("/v1/ask", {"question": "Why?", "colour": "red"}, "colour is not known"),
        ("/v1/ask", {"question": 1}, "question must be text"),
        ("/v1/ask", {"question": "Why?", "history": [{"role": "king", "content": "x"}]}, "history.0.role must be "),
        ("/v1/ask", {"question": "\ud800"}, "question holds half of a character"),
        ("/v1/ask", b"{", "what was sent is no JSON"),
        ("/v1/search", {"query": "x", "k": 0}, "k must be at least 1"),
        (
            "/v1/search",
            {"query": "x", "filters": {"since": "2020", "until": "2010"}},
            "until 2010 is before since 2020",
        ),
        ("/v1/search", {"query": "x", "filters": {"since": "May"}}, "filters.since must be a date, as 2012, "),
        ("/v1/search", {"query": "x", "filters": {"kinds": ["film"]}}, "filters.kinds.0 must be one of text, "),
        ("/v1/measured", {"ask": "x", "search": "y"}, "just one of ask, search and challenge is needed"),
    ],
)
def test_what_does_not_fit_is_told_in_our_words(served: Served, path: str, said: Any, fault: str) -> None:
    body = said if isinstance(said, bytes) else json.dumps(said).encode()

    told = served.post(path, content=body, headers={"Content-Type": "application/json"})

    assert told.status_code == 422
    assert fault in told.json()["error"]
    assert not any(word in told.text for word in ("Input should", "Field required", "Extra inputs", "pattern"))


@pytest.mark.parametrize("body", [b"{", b"\xff", b"[" * 100_000, b'{"question": NaN}', b"9" * 10_000])
def test_what_is_no_json_is_told_as_that(served: Served, body: bytes) -> None:
    told = served.post("/v1/ask", content=body, headers={"Content-Type": "application/json"})

    assert told.status_code in (400, 422)
    assert sorted(told.json()) == ["error", "hint"]


def test_a_fault_of_the_program_is_told_in_the_log_and_not_to_who_asks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError("the secret of the house")

    monkeypatch.setattr(Assistant, "search", broken)
    monkeypatch.setattr(Assistant, "stream", broken)
    with serving(tmp_path) as server:  # without a library there is no first search
        fill(server.settings, tmp_path / "suite")
        streamed = events(server.post("/v1/ask", {"question": "Why?", "stream": True}))
        told = server.post("/v1/search", {"query": "x"})  # the last: the server lets go of its connection then

    assert streamed == [("error", {"error": faults.BUG, "hint": faults.LOG})]
    assert told.status_code == 500
    assert told.json() == {"error": faults.BUG, "hint": faults.LOG}


def test_a_name_that_was_led_to_this_machine_and_a_page_of_another_origin_are_refused(served: Served) -> None:
    for path in ("/v1/documents", "/healthz", "/openapi.json"):
        assert served.get(path, headers={"Host": "evil.example"}).status_code == 400
        assert served.get(path, headers={"Origin": "http://evil.example"}).status_code == 403
    for origin in ("null", "http://[", ""):
        assert served.get("/v1/documents", headers={"Origin": origin}).status_code == 403
    assert served.get("/v1/documents", headers={"Origin": served.url}).status_code == 200
    assert served.get("/v1/documents", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 401


def test_with_tokens_nobody_is_answered_without_one_and_each_by_their_role(shared: Served) -> None:
    files = [("files", ("pears.txt", b"Ninety pear trees."))]
    for headers in ({}, {"Authorization": "Bearer nobody"}, {"Authorization": f"Basic {ANN}"}):
        refused = shared.get("/v1/documents", headers=headers)
        assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")
        assert shared.post("/v1/ingest", files=files, headers=headers).status_code == 401
    for path in ("/healthz", "/readyz", "/openapi.json"):
        assert shared.get(path).status_code == 200

    assert shared.get("/v1/documents", **by(ANN)).status_code == 200
    assert shared.post("/v1/ingest", files=files, **by(ANN)).status_code == 403
    assert shared.client.delete("/v1/documents/ford.txt", **by(ANN)).status_code == 403
    assert shared.ended(shared.post("/v1/ingest", files=files, **by(BOB)), **by(BOB))["result"]["added"] == 1


def test_each_reaches_the_library_that_is_served_and_those_of_their_token(shared: Served) -> None:
    def models(token: str) -> list[str]:
        return [one["id"] for one in shared.get("/v1/models", **by(token)).json()["data"]]

    assert (models(ANN), models(EVE)) == (["default"], ["default", "other"])
    assert shared.get("/v1/documents", params={"library": "other"}, **by(ANN)).status_code == 404
    assert shared.get("/v1/documents", params={"library": "other"}, **by(EVE)).status_code == 200


def test_jobs_conversations_and_verdicts_are_those_of_whoever_made_them(shared: Served) -> None:
    begun = shared.post("/v1/challenge", {"idea": "Sell the blue lamp."}, **by(BOB))
    kept = shared.post("/v1/ask", {"question": RUNABOUT, "conversation": "new"}, **by(BOB)).json()["conversation"]
    verdict = shared.ended(begun, **by(BOB))["result"]["id"]

    for path in (f"/v1/jobs/{begun.json()['id']}", f"/v1/verdicts/{verdict}", f"/v1/feedback?conversation={kept}"):
        assert shared.get(path, **by(BOB)).status_code == 200
        assert shared.get(path, **by(EVE)).status_code == 404
    assert shared.post("/v1/ask", {"question": "Why?", "conversation": kept}, **by(EVE)).status_code == 404


def test_so_many_questions_a_minute_and_so_many_bytes_and_no_more(tmp_path: Path) -> None:
    fill(Settings(home=tmp_path), tmp_path / "suite")
    with serving(tmp_path, TOKENS, api_questions=3, api_upload_mb=1) as server:
        asked = [server.post("/v1/search", {"query": "lamp"}, **by(ANN)) for _ in range(4)]
        other = server.post("/v1/search", {"query": "lamp"}, **by(BOB))
        listed = server.get("/v1/documents", **by(ANN))
        large = server.post("/v1/ask", {"question": "x" * 2_000_001}, **by(BOB))
        turns = [{"role": "user", "content": "Which lamp? " * 700}] * 200  # as many and about as long as any that come
        long = server.post("/v1/ask", {"question": "Which lamp?", "history": turns}, **by(BOB))
        piece = b"x" * 100_000
        unmeasured = server.post("/v1/ask", content=(piece for _ in range(30)), **by(BOB))
        uploaded = server.post("/v1/ingest", files=[("files", ("a.txt", b"x" * 1_000_001))], **by(BOB))

    assert [one.status_code for one in (*asked, other, listed)] == [200, 200, 200, 429, 200, 200]
    assert 0 < int(asked[-1].headers["retry-after"]) <= 60
    assert [one.status_code for one in (long, large, unmeasured, uploaded)] == [200, 413, 413, 413]
    assert sorted(uploaded.json()) == ["error", "hint"]


def test_who_comes_when_too_many_wait_is_sent_away_and_one_answer_is_made_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(Settings(home=tmp_path), tmp_path / "suite")
    with serving(tmp_path, api_waiting=2) as server:
        go, at_once, most = threading.Event(), 0, 0

        def slowly(*_: Any) -> list[Any]:
            nonlocal at_once, most
            at_once += 1
            most = max(most, at_once)
            go.wait(30)
            at_once -= 1
            return []

        monkeypatch.setattr(Assistant, "search", slowly)
        told: list[httpx.Response] = []
        askers = [
            threading.Thread(target=lambda: told.append(server.post("/v1/search", {"query": "lamp"}))) for _ in range(6)
        ]
        for asker in askers:
            asker.start()
        while len(told) < 3:  # one is worked on, two wait
            go.wait(0.05)
        assert server.get("/healthz").status_code == 200
        go.set()
        for asker in askers:
            asker.join()

    assert sorted(one.status_code for one in told) == [200, 200, 200, 503, 503, 503]
    assert [one.headers["retry-after"] for one in told if one.status_code == 503] == ["5"] * 3
    assert most == 1


def test_who_leaves_a_stream_holds_nobody_up(tmp_path: Path) -> None:
    fill(Settings(home=tmp_path), tmp_path / "suite")
    with (
        serving(tmp_path, chat=FakeChat(replies=lambda _: "no JSON"), model="fake:model") as server,
        server.client.stream("POST", "/v1/ask", json={"question": RUNABOUT, "stream": True}) as response,
    ):
        next(response.iter_bytes())
        response.close()
        told = server.post("/v1/ask", {"question": RUNABOUT})

    assert told.status_code == 200


def test_a_suite_has_the_same_figures_through_the_server(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", evidence_model="none")
    suite = suites.load(write_small(tmp_path))
    fill(settings, tmp_path)
    written = {}
    with serving(settings.home) as server:
        for name, wrap in (("itself", None), ("served", outside.wrap(f"{server.url}/v1/measured"))):
            measure(suite, settings, Options(out=tmp_path / name), WordEmbedder(), wrap=wrap)
            files = ("summary.json", "results.jsonl")
            written[name] = [(tmp_path / name / "small" / file).read_bytes() for file in files]

    assert written["served"] == written["itself"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "names nobody"),
        ('[ann]\ntoken = "short"\n', "ann.token"),
        ("[ann]\nrole = 'editor'\n", "ann is wrong"),
        (f"[ann]\ntoken = '{ANN}'\nrole = 'king'\n", "ann.role"),
        (f"[ann]\ntoken = '{ANN}'\n[bob]\ntoken = '{ANN}'\n", "bob is wrong"),
        ("[ann", "cannot be read"),
    ],
)
def test_a_file_of_tokens_that_does_not_hold_is_told_without_a_token(tmp_path: Path, text: str, fault: str) -> None:
    (tmp_path / "tokens.toml").write_text(text)

    with pytest.raises(SettingsError, match=fault) as error:
        people.read(Settings(api_tokens=tmp_path / "tokens.toml"))

    assert ANN not in str(error.value)


@pytest.mark.posix
@pytest.mark.skipif(os.name == "nt", reason="Windows has other rights")
@pytest.mark.parametrize(
    ("text", "mode", "is_told"),
    [(TOKENS, 0o644, True), (TOKENS, 0o600, False), (f'[ann]\nsha256 = "{"0" * 64}"', 0o644, False)],
)
def test_tokens_that_other_users_of_the_machine_can_read_are_told(
    tmp_path: Path, text: str, mode: int, is_told: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    tokens = tmp_path / "tokens.toml"
    tokens.write_text(text)
    tokens.chmod(mode)

    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(PushbackError, match="Nothing can listen"):
        api.serve(Settings(home=tmp_path, api_tokens=tokens, api_port=taken.getsockname()[1]))

    told = capsys.readouterr().err
    assert ("Other users of this machine can read" in told, ANN in told) == (is_told, False)


@pytest.mark.parametrize("settings", [{"host": "0.0.0.0"}, {"allowed_hosts": ("answers.example",)}])
def test_without_tokens_it_listens_nowhere_but_on_this_machine(settings: Any) -> None:
    with pytest.raises(SettingsError, match="for this machine alone"):
        api.serve(Settings(**settings))


def test_without_the_extra_its_install_line_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)  # Python's way to say that it is not there
    monkeypatch.delitem(sys.modules, "ui.api.app", raising=False)

    with pytest.raises(SettingsError) as error:
        api.serve(Settings())

    assert 'pip install -e ".[serve]"' in error.value.hint


@pytest.mark.posix
@pytest.mark.slow
def test_the_command_serves_and_ends_with_ctrl_c(tmp_path: Path) -> None:
    """The whole way: a process of its own with the real model."""
    port = free_port()
    command = [sys.executable, "-m", "ui.cli", "--home", str(tmp_path), "serve", "--port", str(port)]
    with (
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as server,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE) as client,
        ExitStack() as ending,
    ):
        ending.callback(server.kill)
        assert server.stdout
        assert f"http://127.0.0.1:{port}" in server.stdout.readline()
        while True:
            try:
                if client.get("/readyz").status_code == 200:
                    break
            except httpx.TransportError:
                assert server.poll() is None
            threading.Event().wait(0.2)
        files = {"files": ("lamp.txt", b"The price of the blue lamp is forty dollars.")}
        begun = client.post("/v1/ingest", files=files).json()
        while client.get(f"/v1/jobs/{begun['id']}").json()["state"] in ("waiting", "running"):
            threading.Event().wait(0.2)
        answer = client.post("/v1/ask", json={"question": "What is the price of the blue lamp?"}).json()
        server.send_signal(signal.SIGINT)
        rest = server.stdout.read()
        code = server.wait(PATIENCE)

    assert "forty dollars" in json.dumps(answer["statements"])
    assert code in (0, 130)
    assert "Traceback" not in rest
