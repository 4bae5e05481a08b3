"""Suites run from a page, in processes of their own."""

from __future__ import annotations

import io
import json
import time
from pathlib import Path

import pytest

from assistant import build
from assistant.errors import PushbackError
from assistant.settings import Settings
from eval.harness import history, piped
from tests.fakes import WordEmbedder
from tests.suites import write_small
from tests.test_jobs import ended
from ui.work import jobs, suite_runs
from ui.work.jobs import Job


def script(folder: Path, text: str) -> tuple[str]:
    """A program in the place of the one that runs suites."""
    path = folder / "program.py"
    path.write_text(f"import json, sys, time\ndef say(**what): print(json.dumps(what), flush=True)\n{text}")
    return (str(path),)


def test_the_shipped_suites_are_known_and_those_of_a_named_folder(tmp_path: Path) -> None:
    own = write_small(tmp_path)

    assert "sample/suite.yaml" in suite_runs.known()
    assert suite_runs.known(tmp_path)[str(own)] == own
    assert str(own) not in suite_runs.known()


def test_a_run_is_followed_to_its_end(settings: Settings, tmp_path: Path) -> None:
    program = script(tmp_path, "say(done=0, of=4)\nsay(done=3, of=4)\nsay(suite='small', exit=1)\nsys.exit(1)")
    job = Job("suite", None, "")

    assert suite_runs.run(job, tmp_path / "a.yaml", settings, module=program) == "small"
    assert job.share == 0.75
    assert job.doing.startswith("3 of 4 cases")


def test_what_a_run_complains_of_is_told(settings: Settings, tmp_path: Path) -> None:
    told = script(tmp_path, "say(error='No suite.', details='line 3', hint='Correct it.')")
    with pytest.raises(PushbackError, match=r"No suite: line 3"):
        suite_runs.run(Job("suite", None, ""), tmp_path / "a.yaml", settings, module=told)

    silent = script(tmp_path, "sys.exit(3)")
    with pytest.raises(PushbackError, match=r"without a word \(exit code 3\)"):
        suite_runs.run(Job("suite", None, ""), tmp_path / "a.yaml", settings, module=silent)


def test_a_run_that_says_nothing_is_stopped_all_the_same(settings: Settings, tmp_path: Path) -> None:
    program = script(tmp_path, "say(done=1, of=4)\ntime.sleep(60)")
    job = jobs.start("suite", "", lambda job: suite_runs.run(job, tmp_path / "a.yaml", settings, module=program))
    while job.share != 0.25:
        assert not job.done
        time.sleep(0.01)

    job.stop()

    assert ended(job).stopped


def test_a_suite_is_run_and_tells_how_far_it_is(
    tmp_path: Path, embedder: WordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PUSHBACK_EVIDENCE_MODEL", "none")
    monkeypatch.setattr(build, "build_embedder", lambda _settings: embedder)
    told = io.StringIO()

    exit_code = piped.run(write_small(tmp_path), tmp_path / "out", told)

    lines = [json.loads(line) for line in told.getvalue().splitlines()]
    assert [line["done"] for line in lines[:-1]] == [0, 4, 5]
    assert lines[-1] == {"suite": "small", "exit": exit_code}
    (run,) = history.runs([tmp_path / "out"])
    assert run.summary.done == 5


def test_a_suite_that_is_not_there_is_told(tmp_path: Path) -> None:
    told = io.StringIO()

    assert piped.run(tmp_path / "no.yaml", tmp_path, told) == 2
    assert "cannot be read" in json.loads(told.getvalue())["error"]
