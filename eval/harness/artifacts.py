"""Writes and reads the folder of a run; each file is written completely or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assistant.errors import CaseError
from assistant.plainly import why
from eval.gate import gate, summary
from eval.gate.compare import Comparison, MeasureChange
from eval.gate.gate import GateVerdict
from eval.gate.summary import RunSummary
from eval.render import html, junit, markdown
from eval.running import records
from eval.running.records import Json, Record

RESULTS, SUMMARY, TIMINGS, LOCK = "results.jsonl", "summary.json", "timings.json", "run.lock.json"
UNFINISHED = "unfinished.jsonl"  # a case a line, of a run that is going on, or that was killed
JUNIT, MARKDOWN, HTML = "junit.xml", "summary.md", "report.html"
COMMENT, BADGE = "comment.md", "badge.json"


@dataclass(frozen=True, slots=True)
class StoredRun:
    """The results of a run of a suite, as stored in a folder. ``verdict`` says whether the run passed, and why.
    ``comparison`` compares the run with the baseline (an earlier run that was accepted); None if there is no baseline.
    ``made_with`` has everything that the results depend on, such as versions and settings.
    """

    summary: RunSummary
    records: tuple[Record, ...]
    verdict: GateVerdict
    comparison: Comparison | None
    made_with: Json


def write(folder: Path, run: StoredRun, timings_ms: Mapping[str, Mapping[str, float]] | None = None) -> None:
    """Write all files of a run into its folder.

    ``timings_ms`` maps the id of each case to its stages of answering: a dictionary from the name of a stage to the
    milliseconds that it took. The times are written to a file of their own, since they differ even between runs with
    equal results. If ``timings_ms`` is None, this file is not written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lines = "".join(f"{records.to_line(record)}\n" for record in run.records)
    told = {**summary.to_json(run.summary), "gate": gate.to_json(run.verdict), "comparison": _comparison(run)}
    _put(folder / RESULTS, lines)
    _put(folder / SUMMARY, _json(told))
    _put(folder / LOCK, _json(run.made_with))
    if timings_ms is not None:
        _put(folder / TIMINGS, _json({"stages": stages(timings_ms), "cases": timings_ms}))
    render(folder, run)


@contextmanager
def unfinished(folder: Path) -> Iterator[Callable[[Sequence[Record]], None]]:
    """Open a file in ``folder`` to which a run writes its finished cases, so that their results are not lost if the run
    is killed.

    Yields a function that appends records to the file. The file is removed when the run ends normally.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / UNFINISHED).open("w", encoding="utf-8", errors="replace") as file:

        def keep(done: Sequence[Record]) -> None:
            file.writelines(f"{records.to_line(record)}\n" for record in done)
            file.flush()

        yield keep
    (folder / UNFINISHED).unlink()


def killed(folder: Path) -> str:
    """If the last run in this folder was killed: a sentence that says how many of its cases were finished, and which
    file has their results. Otherwise empty.
    """
    try:
        count = len((folder / UNFINISHED).read_text("utf-8").splitlines())
    except OSError:
        return ""
    return f" One was killed after {count} cases, which are in {folder / UNFINISHED}."


def render(folder: Path, run: StoredRun) -> None:
    """Write the reports of a run for people and CI: JUnit, Markdown, pull request comment, badge and HTML page."""
    folder.mkdir(parents=True, exist_ok=True)
    _put(folder / JUNIT, junit.render(run.summary, run.records, run.verdict))
    _put(folder / MARKDOWN, markdown.render(run.summary, run.records, run.verdict, run.comparison))
    _put(folder / COMMENT, markdown.comment(run.summary, run.records, run.verdict, run.comparison))
    _put(folder / BADGE, _json(markdown.badge(run.summary, run.verdict)))
    _put(folder / HTML, html.render(run.summary, run.records, run.verdict, run.comparison, run.made_with))


def tell_github(run: StoredRun, environ: Mapping[str, str]) -> list[str]:
    """Append the summary of a run to the file that GitHub shows as the summary of a CI step. ``environ`` has the
    environment variables; if none of them names this file, nothing is written.

    Returns the annotations to print for GitHub; an empty list outside GitHub Actions.
    """
    if path := environ.get("GITHUB_STEP_SUMMARY"):
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(markdown.render(run.summary, run.records, run.verdict, run.comparison) + "\n")
    return markdown.annotations(run.records, run.verdict) if environ.get("GITHUB_ACTIONS") else []


def read(folder: Path) -> StoredRun:
    """Read the run that is stored in a folder.

    Raises:
        CaseError: the folder has no run, or the run was written in another version of the format.
    """
    try:
        told = json.loads((folder / SUMMARY).read_text("utf-8"))
        verdict, compared = gate.read(told.pop("gate")), told.pop("comparison")
        with (folder / RESULTS).open(encoding="utf-8") as lines:
            every = tuple(records.read_lines(lines))
        made_with = json.loads((folder / LOCK).read_text("utf-8"))
        return StoredRun(summary.read(told), every, verdict, _read_comparison(compared), made_with)
    except FileNotFoundError as exc:
        hint = "Run `pushback eval run SUITE` first, or name the folder with --out."
        raise CaseError(f"There is no run in {folder}.{killed(folder)}", hint=hint) from exc
    except (OSError, ValueError, KeyError, TypeError) as exc:
        hint = "Run the suite again."
        raise CaseError(f"The run in {folder} cannot be read: {why(exc)}.", hint=hint) from exc


def stages(timings_ms: Mapping[str, Mapping[str, float]]) -> Json:
    """Summarise how long the stages of answering a case (such as ``search`` and ``read``) took in a run. Returns a
    dictionary that maps the name of each stage to four numbers: the median, the 95th percentile and the sum of its
    times in milliseconds, and the number of cases that went through it.

    ``timings_ms`` maps the id of each case to a dictionary from the name of a stage to the milliseconds that it took.
    """
    names = sorted({name for one in timings_ms.values() for name in one})
    by_stage = {name: [one[name] for one in timings_ms.values() if name in one] for name in names}
    return {
        name: {
            "p50_ms": round(float(np.percentile(of, 50)), 3),
            "p95_ms": round(float(np.percentile(of, 95)), 3),
            "total_ms": round(sum(of), 3),
            "cases": len(of),
        }
        for name, of in by_stage.items()
    }


def _comparison(run: StoredRun) -> Json | None:
    return asdict(run.comparison) if run.comparison else None


def _read_comparison(data: Json | None) -> Comparison | None:
    if data is None:
        return None
    names: Sequence[str] = ("lost", "gained", "gone", "new")
    lists: dict[str, Any] = {name: tuple(data[name]) for name in names}
    return Comparison(**{**data, **lists, "changes": tuple(MeasureChange(**one) for one in data["changes"])})


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _put(path: Path, text: str) -> None:
    new = path.with_name(f".{path.name}.new")
    new.write_text(text, "utf-8", errors="replace")
    new.replace(path)
