"""Accepts a run as the baseline, and computes how small a drop a suite can show."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from assistant.errors import CaseError, SettingsError
from eval.gate import baseline
from eval.gate.baseline import Baseline, BaselineMissing
from eval.gate.compare import compare
from eval.gate.measures import BY_NAME
from eval.harness import history
from eval.numbers import statistics
from eval.numbers.metrics import shown
from eval.suite import suites

VISIBLE = 0.005  # a difference that two digits show


class Accepted(NamedTuple):
    """The result of accepting a run: the path of the new baseline, and what was better in the previous baseline.

    ``buried`` has a line for each case that passed before and fails now, each case that is no longer in the suite, and
    each measure that was better before.
    """

    path: Path
    buried: tuple[str, ...]


def accept(path: Path, reason: str, out: Path) -> Accepted:
    """Store the results of a suite's latest complete run (a run of all its cases) as the new baseline, with which later
    runs are compared.

    ``path`` is the suite file, ``reason`` is stored in the baseline, and ``out`` is the folder that holds the runs.

    Raises:
        CaseError: the suite names no baseline; the suite was never run with all its cases; or the latest run that was
            started with all its cases was interrupted, has fewer cases than the suite has now, used other documents
            than the suite has now, or had a case that crashed.
        SettingsError: the reason is empty.
    """
    suite = suites.load(path)
    if suite.baseline is None:
        hint = "Add `gate: {baseline: baselines/NAME.json}` to it."
        raise CaseError(f"The suite {path} names no baseline.", hint=hint)
    if not reason.strip():
        raise SettingsError("The reason is empty.", hint="Say why with --reason.")
    run = history.whole(out / suite.name)
    again = f"Run `pushback eval run {path}` first."
    if run.summary.interrupted or not run.summary.whole or run.summary.done < len(suite.cases):
        raise CaseError(f"The last run of {suite.name} has not all of its cases.", hint=again)
    if run.summary.corpus_sha256 != suite.corpus_sha256:
        raise CaseError(f"The last run of {suite.name} is of another corpus.", hint=again)
    if crashed := [record.id for record in run.records if record.error]:
        raise CaseError(f"Cases crashed in the last run: {', '.join(crashed)}.", hint="A crash is never a baseline.")
    new = baseline.of(run.summary, run.records, reason.strip(), suite.files)
    buried = tuple(_buried(suite.baseline, new))
    baseline.write(new, suite.baseline)
    return Accepted(suite.baseline, buried)


def _buried(path: Path, new: Baseline) -> Iterator[str]:
    """A line for each thing that was better in the previous baseline at ``path``; none if there is no previous one."""
    try:
        old = baseline.read(path)
    except BaselineMissing:
        return
    compared = compare(old.cases, new.cases)
    yield from (f"{id} was {old.cases[id].outcome} and is {new.cases[id].outcome}" for id in compared.lost)
    yield from (f"{id} is no longer asked" for id in compared.gone)
    for name, before in old.measures.items():
        now = new.measures.get(name)
        sign = 1 if name not in BY_NAME or BY_NAME[name].higher else -1
        if before is not None and (now is None or sign * (before - now) >= VISIBLE):
            yield f"{name}: {shown(before)} → {shown(now)}"


def power(path: Path | None, cases: int | None, share: float, drop: float | None) -> str:
    """Compute the smallest drop in the share of passing cases that a run of a suite can detect, and say it in a
    sentence. If ``drop`` is given, compute instead how many cases a suite needs to detect a drop of this size.

    ``share`` is the share of cases that pass before the drop (0 to 1), and ``drop`` is subtracted from it. The number
    of cases is that of the suite file ``path``, or ``cases`` if ``path`` is None; neither is used if ``drop`` is given.

    Raises:
        SettingsError: ``path``, ``cases`` and ``drop`` are all None.
    """
    if drop is not None:
        needed = statistics.cases_needed(drop, share)
        if needed is None:
            return f"A drop of {drop:g} from {share:g} cannot be shown by any number of cases up to 100,000."
        return f"To show a drop of {drop:g} from {share:g}: {needed:,} cases."
    if path is None and cases is None:
        raise SettingsError("Neither cases nor a drop is named.", hint="Give --suite, --cases or --drop.")
    of = len(suites.load(path).cases) if path else cases or 0
    least = statistics.detectable_drop(of, share)
    if least is None:
        return f"{of} cases of which {share:g} pass cannot show even the loss of all."
    return f"{of} cases of which {share:g} pass show a drop of {shown(least)} or more."
