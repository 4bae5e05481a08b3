"""Every example does what its first lines say."""

from __future__ import annotations

import json
import re
import runpy
import shlex
import subprocess
import sys
import threading
from http.server import ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from langchain_core.messages import AIMessage

from assistant.library.library import Library
from assistant.model.embedding import SentenceTransformerEmbedder
from assistant.settings import Settings
from eval.drafting.starting import JOB
from eval.running.adapters import adapted
from ingest.sync import sync
from tests.api_server import fill, serving
from tests.fakes import FakeChat

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["ask.py", "langchain_chain.py"])
def test_an_example_quotes_the_document(
    name: str, settings: Settings, sentence_transformer: SentenceTransformerEmbedder, tmp_path: Path
) -> None:
    (tmp_path / "terms.md").write_text("# Terms\n\nA quotation is valid for 45 days.\n", "utf-8")
    with Library.open(settings, sentence_transformer, create=True) as library:
        sync([tmp_path / "terms.md"], library, settings, sentence_transformer)
    shown = re.search(r"(?m)^ *python (.*)$", (EXAMPLES / name).read_text("utf-8"))
    assert shown

    # ``-c`` puts the root on the path, as installing the clone does
    start = "import runpy, sys; sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"
    command = [sys.executable, "-c", start, *shlex.split(shown[1])]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert "45 days" in done.stdout
    assert "terms.md" in done.stdout


@pytest.mark.slow
def test_the_agent_tests_the_idea_with_our_tool(
    settings: Settings, sentence_transformer: SentenceTransformerEmbedder, tmp_path: Path
) -> None:
    (tmp_path / "fairs.md").write_text("# Fairs\n\nTrade fairs bring us no customers, and they cost a lot.\n", "utf-8")
    with Library.open(settings, sentence_transformer, create=True) as library:
        sync([tmp_path / "fairs.md"], library, settings, sentence_transformer)
    call = {"name": "pressure_test", "args": {"idea": "Drop the trade fairs."}, "id": "1"}
    model = FakeChat(replies=[AIMessage("", tool_calls=[call]), "Drop them, but read the quote."])

    said = runpy.run_path(str(EXAMPLES / "langchain_agent.py"))["recommend"](model, "Should we drop the trade fairs?")

    assert said == "Drop them, but read the quote."
    assert "Trade fairs bring us no customers" in str(model.asked[-1])


def test_the_bot_answers_a_message_from_the_library_that_is_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(Settings(home=tmp_path), tmp_path / "suite")
    with serving(tmp_path) as served:
        monkeypatch.setenv("PUSHBACK_URL", served.url)
        bot = runpy.run_path(str(EXAMPLES / "team_bot.py"))["Bot"]
        server = ThreadingHTTPServer(("127.0.0.1", 0), bot)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        message = {"text": "What did the Runabout cost in 1925?"}
        replies = [httpx.post(url, json=message, timeout=120), httpx.post(url, data=message, timeout=120)]
        server.shutdown()
        server.server_close()

    assert "$260" in replies[0].json()["text"].replace("\\", "")
    assert json.loads(replies[1].text) == replies[0].json()


@pytest.mark.posix
@pytest.mark.parametrize("code", [0, 1, 3])
def test_the_nightly_sync_speaks_only_when_something_is_wrong(tmp_path: Path, code: int) -> None:
    command = tmp_path / "pushback"
    command.write_text(f'#!/bin/sh\necho "$@"\nexit {code}\n')
    command.chmod(0o755)

    run = ["sh", str(EXAMPLES / "nightly_sync.sh"), "documents"]
    done = subprocess.run(run, env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, capture_output=True, text=True, check=False)

    assert done.returncode == code
    assert ("ingest documents" in done.stdout, "exit code" in done.stdout) == (code != 0, code != 0)


@pytest.mark.slow
def test_an_engine_of_llamaindex_is_a_system_that_can_be_measured(
    settings: Settings,
    sentence_transformer: SentenceTransformerEmbedder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("llama_index.core", reason="it is in no lock: what it brings is much, and only this needs it")
    (tmp_path / "terms.md").write_text("# Terms\n\nA quotation is valid for 45 days.\n", "utf-8")
    with Library.open(settings, sentence_transformer, create=True) as library:
        sync([tmp_path / "terms.md"], library, settings, sentence_transformer)
    monkeypatch.setenv("PUSHBACK_HOME", str(settings.home))
    question = "How long is a quotation valid?"

    made = runpy.run_path(str(EXAMPLES / "llamaindex_engine.py"))
    said = adapted(made["engine"])({"ask": question})
    found = adapted(made["retriever"])({"search": question, "k": 5})

    ((cited,),) = [one["citations"] for one in said["statements"]]
    assert (cited["source"], "valid for 45 days" in cited["quote"]) == ("terms.md", True)
    assert found == {"found": [cited]}


def test_the_workflow_is_the_one_that_pushback_eval_init_writes() -> None:
    assert (EXAMPLES / "pushback-eval.yml").read_text("utf-8") == JOB.format(suite="pushback-eval/suite.yaml")
