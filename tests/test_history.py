"""Runs over time."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from eval.harness import artifacts, history
from eval.harness.artifacts import StoredRun
from eval.running.records import CaseOutcome, Record
from tests.rendered import MADE_WITH, judged, records


def written(out: Path, those: Sequence[Record], when: int, **given: object) -> None:
    """A run of a suite, that ended at so many seconds."""
    ran = judged(those, **given)
    folder = out / ran.summary.suite
    history.put_by(folder)
    artifacts.write(folder, StoredRun(ran.summary, tuple(those), ran.verdict, None, MADE_WITH))
    os.utime(folder / artifacts.SUMMARY, (when, when))


def test_a_run_is_kept_when_the_next_is_made(tmp_path: Path) -> None:
    worse = [replace(records()[0], outcome=CaseOutcome.WRONG), *records()[1:]]
    written(tmp_path, records(), 1_000)
    written(tmp_path, worse, 2_000)

    first, last = history.runs([tmp_path, tmp_path / "not-there"])

    assert (first.when, last.when) == ("1970-01-01T00:16:40+00:00", "1970-01-01T00:33:20+00:00")
    assert (first.summary.outcomes["right"], last.summary.outcomes["right"]) == (2, 1)
    assert artifacts.read(first.folder).records == tuple(records())
    assert artifacts.read(tmp_path / "tiny").records == tuple(worse)


def test_what_is_no_run_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / artifacts.SUMMARY).write_text('{"gate": 1}')

    assert history.runs([tmp_path]) == []


def test_the_oldest_runs_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "KEPT", 2)
    for when in range(1_000, 6_000, 1_000):
        written(tmp_path, records(), when)

    assert [one.when[14:19] for one in history.runs([tmp_path])] == ["50:00", "06:40", "23:20"]
