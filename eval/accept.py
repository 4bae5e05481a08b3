"""What people do about a gate: accept a run as the baseline, and ask how much a suite can show."""

from __future__ import annotations

from pathlib import Path

from assistant.errors import CaseError, SettingsError
from eval import artifacts, baseline, statistics, suites
from eval.metrics import shown


def accept(path: Path, reason: str, out: Path) -> Path:
    """Write the last run of a suite to its baseline; gives the file.

    Raises:
        CaseError: the suite names no baseline, or its last run is missing, partial, or of another corpus.
    """
    suite = suites.load(path)
    if suite.baseline is None:
        hint = "Add `gate: {baseline: baselines/NAME.json}` to it."
        raise CaseError(f"The suite {path} names no baseline.", hint=hint)
    if not reason.strip():
        raise SettingsError("The reason is empty.", hint="Say why with --reason.")
    run = artifacts.read(out / suite.name)
    again = f"Run `pushback eval run {path}` first."
    if run.summary.interrupted or not run.summary.whole or run.summary.done < len(suite.cases):
        raise CaseError(f"The last run of {suite.name} has not all of its cases.", hint=again)
    if run.summary.corpus_sha256 != suite.corpus_sha256:
        raise CaseError(f"The last run of {suite.name} is of another corpus.", hint=again)
    if crashed := [record.id for record in run.records if record.error]:
        raise CaseError(f"Cases crashed in the last run: {', '.join(crashed)}.", hint="A crash is never a baseline.")
    baseline.write(baseline.of(run.summary, run.records, reason.strip()), suite.baseline)
    return suite.baseline


def power(path: Path | None, cases: int | None, share: float, drop: float | None) -> str:
    """How small a drop so many cases show, or how many a drop needs."""
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
