"""Earlier runs: they are moved to the folder ``earlier`` beside the last one, and read from there."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from assistant.errors import CaseError
from eval.gate import gate, summary
from eval.gate.gate import GateVerdict
from eval.gate.summary import RunSummary
from eval.harness import artifacts
from eval.harness.artifacts import StoredRun

EARLIER = "earlier"
KEPT = 50  # runs put by in a folder; a run of the sample suite is about a megabyte
NEEDED = (artifacts.RESULTS, artifacts.SUMMARY, artifacts.LOCK)  # the rest is made from these


class Past(NamedTuple):
    """A stored run of a suite: its folder, the time at which it ended (ISO 8601, UTC, to the second), its totals, and
    the verdict whether it passed.
    """

    folder: Path
    when: str
    summary: RunSummary
    verdict: GateVerdict


def put_by(folder: Path) -> None:
    """Move the last run of a suite from ``folder`` to its subfolder ``earlier``, before a new run is written. The
    oldest runs in the subfolder are removed; at most ``KEPT`` remain.
    """
    told = folder / artifacts.SUMMARY
    if not told.exists():
        return
    ended = datetime.fromtimestamp(told.stat().st_mtime, UTC)
    aside = folder / EARLIER / ended.strftime("%Y%m%dT%H%M%S.%fZ")
    aside.mkdir(parents=True, exist_ok=True)
    for name in NEEDED:
        if (folder / name).exists():
            (folder / name).replace(aside / name)
    for old in sorted((folder / EARLIER).iterdir())[:-KEPT]:
        shutil.rmtree(old, ignore_errors=True)


def whole(folder: Path) -> StoredRun:
    """Read the latest run that was started with all cases of its suite. If there is no such run, the oldest run that
    can be read is returned. ``folder`` holds the suite's runs.

    Raises:
        CaseError: there is no run, or the last one cannot be read.
    """
    last = artifacts.read(folder)
    earlier = sorted((folder / EARLIER).iterdir(), reverse=True) if (folder / EARLIER).exists() else []
    for past in earlier:
        if last.summary.whole:
            break
        with suppress(CaseError):
            last = artifacts.read(past)
    return last


def runs(roots: Iterable[Path]) -> list[Past]:
    """Read all stored runs in the folders ``roots``, each of which holds one folder for each suite. Returns the runs
    that can be read, the earliest first.
    """
    found = [past for root in roots for past in _in(root)]
    return sorted(found, key=lambda past: (past.when, str(past.folder)))


def _in(root: Path) -> Iterator[Past]:
    for pattern in (f"*/{artifacts.SUMMARY}", f"*/{EARLIER}/*/{artifacts.SUMMARY}"):
        for path in root.glob(pattern):
            try:
                told = json.loads(path.read_text("utf-8"))
                verdict = gate.read(told.pop("gate"))
                told.pop("comparison", None)
                ended = datetime.fromtimestamp(path.stat().st_mtime, UTC)
                yield Past(path.parent, ended.isoformat(timespec="seconds"), summary.read(told), verdict)
            except (OSError, ValueError, KeyError, TypeError, AttributeError):  # of another version, or being written
                continue
