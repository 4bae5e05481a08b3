"""Other systems, measured as ours is."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from assistant.build import Assistant
from assistant.errors import CaseError, SettingsError
from assistant.settings import Settings
from assistant.wire import Json
from eval.harness.harness import Options, measure
from eval.running import outside
from eval.running.outside import Outside, Recorded, Recorder, served
from eval.running.run import Wrap
from eval.running.systems import System
from eval.suite import suites
from tests.fakes import WordEmbedder
from tests.suites import SUITE, write_small

NARROWED = """
  - {id: none-within, question: "What did the Runabout cost in 1925?", filters: {documents: [lamps.txt]}, refuse: true}
"""
REPLAYING = """
import json, sys
replies = {json.dumps(one["request"], sort_keys=True): one["reply"] for one in map(json.loads, open(sys.argv[1]))}
for line in sys.stdin:
    print(json.dumps(replies[json.dumps(json.loads(line), sort_keys=True)]), flush=True)
"""


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"evidence_model": "none"})


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """A server that replies what was recorded, as it is by the first request."""

    class Replying(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            body = json.dumps(Recorded(tmp_path / "recorded.jsonl")(request)).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Replying)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


def test_ours_has_the_same_figures_as_a_callable_a_command_an_address_and_a_file(
    tmp_path: Path, settings: Settings, address: str
) -> None:
    recorded, program = tmp_path / "recorded.jsonl", tmp_path / "replaying.py"
    program.write_text(REPLAYING)

    def through_a_callable(assistant: Assistant) -> System:
        return Outside(Recorder(served(assistant), recorded), assistant.library)

    suite = suites.load(write_small(tmp_path, SUITE + NARROWED))
    written: dict[str, list[bytes]] = {}

    def measured(name: str, wrap: Wrap | None) -> None:
        out = tmp_path / name
        measure(suite, settings, Options(out=out, libraries=tmp_path / "kept"), WordEmbedder(), wrap=wrap)
        written[name] = [(out / "small" / file).read_bytes() for file in ("summary.json", "results.jsonl")]

    measured("itself", None)
    measured("callable", through_a_callable)
    measured("file", outside.wrap(str(recorded)))
    measured("command", outside.wrap(f"{sys.executable} {program} {recorded}"))
    measured("address", outside.wrap(address))

    right = {one["id"]: one["outcome"] for one in map(json.loads, written["itself"][1].splitlines())}
    assert right["none-within"] == "right"
    assert {name: files == written["itself"] for name, files in written.items()} == dict.fromkeys(written, True)


def replies(request: Json) -> Any:
    """A system that knows two things, quotes without offsets, and has no pressure tests."""
    if "search" in request:
        return {"found": [{"source": "lamps.txt", "quote": "The blue lamp costs forty dollars."}]}
    if "challenge" in request:
        return {"not_applicable": "it tests no ideas"}
    if "Runabout" in request["ask"]:
        cited = [{"source": "ford.txt", "quote": "The Runabout  cost $260\nin 1925."}]
        return {"answer": "It cost $260 in 1925.", "citations": cited}
    if "brands" in request["ask"]:
        return {"answer": "It takes years.", "citations": [{"source": "page.txt", "quote": "it takes ages"}]}
    return {"refused": True, "reason": "It does not know."} if "moon" in request["ask"] else "Forty and fifty."


def test_a_system_is_matched_by_its_quotes_and_not_judged_for_what_it_does_not_do(
    tmp_path: Path, settings: Settings
) -> None:
    suite = suites.load(write_small(tmp_path))

    run = measure(
        suite,
        settings,
        Options(out=tmp_path / "out", system="theirs"),
        WordEmbedder(),
        wrap=lambda assistant: Outside(replies, assistant.library),
    )

    records = {record.id: record for record in run.records}
    assert {id: one.outcome.value for id, one in records.items()} == {
        "fact-price": "right",
        "fact-brands": "wrong",
        "multi-lamps": "wrong",
        "none-moon": "right",
        "idea-cheaper": "tested",
    }
    assert "rejected (it does not stand in page.txt)" in str(records["fact-brands"].scores)
    assert records["multi-lamps"].value("recall@10") == 0.5
    assert records["idea-cheaper"].text == "not applicable: it tests no ideas"
    assert run.summary.measure("strict stance accuracy") is None


def test_a_system_without_a_search_has_no_measures_of_finding(tmp_path: Path, settings: Settings) -> None:
    def silent(request: Json) -> Any:
        return {"not_applicable": "no search"} if "search" in request else "Nothing to cite."

    run = measure(
        suites.load(write_small(tmp_path)),
        settings,
        Options(out=tmp_path / "out", kinds=("fact",), system="theirs"),
        WordEmbedder(),
        wrap=lambda assistant: Outside(silent, assistant.library),
    )

    assert run.summary.measure("recall@10") is None
    assert run.summary.measure("uncited statements").value == 1


@pytest.mark.parametrize("spec", ["nowhere_to_be_found:reply", "json:no_such_function"])
def test_a_callable_that_is_not_there_is_told(spec: str) -> None:
    with pytest.raises(SettingsError, match="There is no"):
        outside.opened(spec)


def test_a_function_a_command_an_address_and_a_file_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "answers.jsonl").write_text('{"question": "Why?", "answer": "Because."}\n')

    opened = [outside.opened(spec) for spec in ("json:dumps", "http://127.0.0.1:1/", "cat -u")]

    assert opened[0] is json.dumps
    assert [type(one).__name__ for one in opened[1:]] == ["Address", "Program"]
    assert outside.opened(str(tmp_path / "answers.jsonl"))({"ask": "Why?", "history": []})["answer"] == "Because."
    assert outside.opened("cat -u")({"ask": "Why?"}) == {"ask": "Why?"}
    with pytest.raises(CaseError, match="cannot be read"):
        outside.opened(str(tmp_path / "none.jsonl"))


def test_a_citation_without_a_source_is_looked_for_everywhere_and_a_path_by_its_end(
    tmp_path: Path, settings: Settings
) -> None:
    def replies(request: Json) -> Any:
        if "ask" not in request:
            return {"not_applicable": "it only answers"}
        cited = [
            {"quote": "The Runabout cost $260 in 1925."},
            {"source": "/home/me/documents/ford.txt", "quote": "The Runabout cost $260"},
            {"quote": "The Runabout cost nothing."},
        ]
        return {"answer": "It cost $260.", "citations": cited}

    run = measure(
        suites.load(write_small(tmp_path)),
        settings,
        Options(out=tmp_path / "out", ids=("fact-price",), system="theirs"),
        WordEmbedder(),
        wrap=lambda assistant: Outside(replies, assistant.library),
    )

    (record,) = run.records
    assert (record.value("hit"), record.value("citation precision")) == (1, pytest.approx(2 / 3))
    assert "rejected (it stands in no document)" in str(record.scores)


CITED = {"source": "ford.txt", "quote": "The Runabout cost $260 in 1925."}


class OpenaiLike(BaseHTTPRequestHandler):
    """A server that knows one model and one answer, and keeps what it was sent."""

    sent: list[Any]

    def do_GET(self) -> None:
        self._reply({"object": "list", "data": [{"id": "lamps"}]})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.sent.append((self.headers.get("Authorization"), body["model"], body["messages"]))
        if "moon" in body["messages"][-1]["content"]:
            self._reply({"choices": [{"message": {"content": None, "refusal": "I do not know."}}]})
        else:
            self._reply({"choices": [{"message": {"content": "It cost $260."}}], "citations": [CITED]})

    def _reply(self, told: Json) -> None:
        body = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


def test_an_address_of_completions_is_asked_as_openai_is(monkeypatch: pytest.MonkeyPatch) -> None:
    OpenaiLike.sent = []
    monkeypatch.setenv("PUSHBACK_SYSTEM_KEY", "a long random key")
    server = HTTPServer(("127.0.0.1", 0), OpenaiLike)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}/v1/chat/completions"
    history = [{"role": "user", "content": "Ford?"}, {"role": "assistant", "content": "A maker of cars."}]

    replies = [
        outside.opened(url)({"ask": "What did it cost?", "history": history}),
        outside.opened(f"{url}?model=cars")({"ask": "How far is the moon?", "history": []}),
        outside.opened(url)({"search": "What did it cost?", "k": 5}),
        outside.opened(url)({"challenge": "Make it cheaper."}),
    ]
    server.shutdown()
    thread.join()
    server.server_close()

    assert replies == [
        {"answer": "It cost $260.", "citations": [CITED]},
        {"refused": True, "reason": "I do not know."},
        outside.ONLY_ANSWERS,
        outside.ONLY_ANSWERS,
    ]
    assert OpenaiLike.sent == [
        ("Bearer a long random key", "lamps", [*history, {"role": "user", "content": "What did it cost?"}]),
        ("Bearer a long random key", "cars", [{"role": "user", "content": "How far is the moon?"}]),
    ]


def test_a_citation_in_another_shape_is_told(tmp_path: Path, settings: Settings) -> None:
    run = measure(
        suites.load(write_small(tmp_path)),
        settings,
        Options(out=tmp_path / "out", ids=("fact-price",), system="theirs", alone=True),
        WordEmbedder(),
        wrap=lambda assistant: Outside(lambda _: {"answer": "$260", "citations": ["ford.txt"]}, assistant.library),
    )

    assert run.records[0].error == "TypeError: a citation is an object with source and quote, not str"
    assert run.verdict.exit == 3
