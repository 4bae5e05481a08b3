"""Decides whether a run passes, as one verdict, from which the banner, the exit code, JUnit, Markdown and HTML are
made. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import IntEnum

from eval.gate.baseline import Baseline
from eval.gate.compare import Comparison, compare, result_of
from eval.gate.measures import BY_NAME
from eval.gate.summary import RunSummary
from eval.numbers.metrics import shown
from eval.running.records import CaseOutcome, Json, Record, reviewed
from eval.suite.cases import Gate, Severity

NAMED = 10  # changed files that a check names: one line of a report; a matter of taste
CHANCE = 0.05  # a flip of a live model counts when chance would do as much less often than this; the usual 5 %


class Exit(IntEnum):
    """The exit codes of the command `pushback eval`: 0 if the run passed, else a code for the kind of failure."""

    PASSED = 0
    QUALITY = 1
    USAGE = 2
    INFRASTRUCTURE = 3
    NOTHING = 4
    BASELINE = 5
    BUDGET = 6
    INTERRUPTED = 130


# Where several checks fail, the first of these is the exit code: what makes the others meaningless comes first.
ORDER = (
    Exit.INTERRUPTED, Exit.NOTHING, Exit.USAGE, Exit.BUDGET, Exit.INFRASTRUCTURE, Exit.BASELINE, Exit.QUALITY
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Check:
    """The result of one check by the gate (the checks that decide whether a run passes): the check's name, whether the
    run passed this check, and why.

    ``exit`` is the exit code of the program if this check fails; ``cases`` has the ids of the cases that made it fail.
    """

    name: str
    passed: bool
    why: str
    exit: Exit = Exit.QUALITY
    cases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GateVerdict:
    """The verdict of the gate on a run of a suite: the results of all checks of the run. The run passes if every check
    passed.
    """

    checks: tuple[Check, ...]

    @property
    def failed(self) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if not check.passed)

    @property
    def passed(self) -> bool:
        return not self.failed

    def plus(self, check: Check) -> GateVerdict:
        """A copy of this verdict to which the result of one more check is added."""
        return GateVerdict((*self.checks, check))

    @property
    def exit(self) -> Exit:
        """The exit code for the run: ``Exit.PASSED`` if every check passed, else the code of the failed check. If
        several checks failed, the one of their codes that comes first in ``ORDER``.
        """
        codes = {check.exit for check in self.failed}
        return next((code for code in ORDER if code in codes), Exit.PASSED)

    @property
    def cases(self) -> dict[str, str]:
        """The id of each case that made a check fail, with the name of the first such check."""
        return {case: check.name for check in reversed(self.failed) for case in check.cases}

    @property
    def banner(self) -> str:
        """The verdict in one line: PASSED, or FAILED with the exit code, the failed checks and their reasons."""
        if self.passed:
            return "PASSED"
        return f"FAILED ({self.exit.value}): " + "; ".join(f"{one.name}: {one.why}" for one in self.failed)


def judge(
    summary: RunSummary,
    records: Sequence[Record],
    gate: Gate,
    baseline: Baseline | None,
    budget_spent: str | None = None,
    *,
    files: Mapping[str, str] | None = None,
) -> GateVerdict:
    """Check a run against the gate of its suite (the conditions under which a run passes). ``summary`` and ``records``
    are the results of the run. If ``baseline`` (an earlier run that was accepted) is None, the checks that compare the
    run with a baseline are left out.

    ``budget_spent`` names the budget that was used up and therefore stopped the run, such as ``20 calls``; None if no
    budget did. ``files`` has the SHA-256 of each file of the corpus by its path; if it is None and the corpus
    has changed since the baseline, every file that the baseline lists counts as changed. A case is not compared with
    the baseline if a changed file no longer contains one of the case's gold quotes (the quotes that a right answer
    cites).
    """
    return GateVerdict(tuple(_checks(summary, records, gate, baseline, budget_spent, files=files or {})))


def to_json(verdict: GateVerdict) -> Json:
    """Convert a verdict to JSON for `summary.json`; ``read`` converts it back."""
    return {
        "passed": verdict.passed,
        "exit": verdict.exit.value,
        "banner": verdict.banner,
        "checks": [asdict(check) for check in verdict.checks],
    }


def read(data: Json) -> GateVerdict:
    """Make the verdict from JSON that ``to_json`` returned."""
    checks = (Check(**{**one, "exit": Exit(one["exit"]), "cases": tuple(one["cases"])}) for one in data["checks"])
    return GateVerdict(tuple(checks))


def _checks(
    summary: RunSummary,
    records: Sequence[Record],
    gate: Gate,
    baseline: Baseline | None,
    budget_spent: str | None,
    *,
    files: Mapping[str, str],
) -> Iterator[Check]:
    yield Check("cases", summary.selected > 0, f"{summary.selected} selected", Exit.NOTHING)
    if summary.interrupted:
        yield Check("interrupted", False, f"{summary.done} of {summary.selected} cases done", Exit.INTERRUPTED)
    if budget_spent:
        yield Check("budget", False, budget_spent, Exit.BUDGET)
    if not summary.done:
        return
    told = "; ".join(summary.failed) or "every document went in"
    yield Check("documents", not summary.failed, told, Exit.INFRASTRUCTURE)
    drafts = {record.id for record in records if record.severity is Severity.DRAFT}
    if drafts:
        yield Check(
            "drafts", True, f"{len(drafts)} that nobody has reviewed decide nothing: `pushback eval review SUITE`"
        )
        records = reviewed(records)
    if drafts and not records:
        return
    yield _errors(records, gate)
    yield from _floors(summary, gate)
    yield from _undefined(summary, records, gate)
    yield _blockers(records)
    yield from _sentinels(summary, records, gate)
    same = f"{summary.checked} cases gave the same bytes twice"
    differing = tuple(id for id in summary.differing if id not in drafts)
    yield Check("determinism", not differing, "differ the second time" if differing else same, cases=differing)
    if baseline:
        yield from _against(baseline, summary, records, gate, files)


def _errors(records: Sequence[Record], gate: Gate) -> Check:
    crashed = tuple(record.id for record in records if record.outcome is CaseOutcome.ERROR)
    reasons = "; ".join(dict.fromkeys(record.error or "" for record in records if record.error))
    allowed = f", {gate.errors} allowed" if gate.errors else ""
    why = f"{len(crashed)} crashed{allowed}" + (f": {reasons}" if reasons else "")
    return Check("errors", len(crashed) <= gate.errors, why, Exit.INFRASTRUCTURE, crashed)


def _floors(summary: RunSummary, gate: Gate) -> Iterator[Check]:
    for name, least in _asked(gate.floors, summary).items():
        value = _value(summary, name)
        why = f"{shown(value)}, at least {least:g} wanted"
        yield Check(f"floor of {name}", value is not None and value >= least, why)
    for name, most in _asked(gate.ceilings, summary).items():
        value = _value(summary, name)
        why = f"{shown(value)}, at most {most:g} wanted"
        yield Check(f"ceiling of {name}", value is not None and value <= most, why)


def _asked(bounds: Mapping[str, float], summary: RunSummary) -> dict[str, float]:
    """The bounds that the run must keep: all of them if the whole suite was run, else those of measures that its cases
    have.
    """
    return {name: bound for name, bound in bounds.items() if summary.whole or summary.measure(name)}


def _undefined(summary: RunSummary, records: Sequence[Record], gate: Gate) -> Iterator[Check]:
    """For each gated measure, check that enough cases have a value; without values, the measure says nothing
    about them.
    """
    errors = sum(record.outcome is CaseOutcome.ERROR for record in records)
    for name in _asked({**gate.floors, **gate.ceilings, **gate.drops}, summary):
        one = summary.measure(name)
        if one is None:
            yield Check(f"coverage of {name}", False, "no case of the run is for it")
            continue
        applies = one.cases + one.undefined + errors
        without = (one.undefined + errors) / applies if applies else 1.0
        why = f"{one.cases} of {applies} cases have a value" + (f"; {one.why}" if one.why else "")
        yield Check(f"coverage of {name}", without <= gate.undefined, why)


def _blockers(records: Sequence[Record]) -> Check:
    failing = tuple(r.id for r in records if r.severity is Severity.BLOCKER and not r.passed)
    return Check("blockers", not failing, ", ".join(failing) or "none fails", cases=failing)


def _sentinels(summary: RunSummary, records: Sequence[Record], gate: Gate) -> Iterator[Check]:
    """For each headline measure, check that no sentinel scores as well as our system. If only a part of the suite was
    run, the check always passes and only reports the values.
    """
    if not any(summary.sentinels.values()):
        return
    headline = summary.headline
    gating = [record for record in records if record.severity is not Severity.WATCH]
    for name in gate.headlines or ((headline.name,) if headline else ()):
        if records and not any(score.name == name for record in gating for score in record.scores):
            yield Check(f"sentinels on {name}", True, "no case that gates has it")
            continue
        ours = _value(summary, name)
        reached = [
            f"{sentinel} {shown(value)}"
            for sentinel, of in summary.sentinels.items()
            if (value := of.get(name)) is not None and (ours is None or value >= ours)
        ]
        theirs = ", ".join(f"{sentinel} {shown(of[name])}" for sentinel, of in summary.sentinels.items() if name in of)
        why = f"{shown(ours)}, reached by {', '.join(reached)}" if reached else f"{shown(ours)} against {theirs}"
        yield Check(f"sentinels on {name}", not summary.whole or (not reached and ours is not None), why)


def _against(
    baseline: Baseline, summary: RunSummary, records: Sequence[Record], gate: Gate, files: Mapping[str, str]
) -> Iterator[Check]:
    changed = baseline.changed(summary.corpus_sha256, files)
    if changed:
        more = f" and {len(changed) - NAMED} more" if len(changed) > NAMED else ""
        yield Check("corpus", True, f"other than in the baseline: {', '.join(changed[:NAMED])}{more}")
        stale = tuple(record.id for record in records if is_stale(record, changed))
        why = f"no longer in the documents, and judged no further: {', '.join(stale)}" if stale else "all of it stands"
        yield Check("gold", not stale, why, cases=stale)
    compared = compared_with(baseline, records, changed)
    if summary.whole and not summary.interrupted:
        why = ", ".join(compared.gone) or "none disappeared"
        yield Check("cases of the baseline", not compared.gone, why, cases=compared.gone)
    watched = {record.id for record in records if record.severity is Severity.WATCH}
    lost = tuple(id for id in compared.lost if id not in watched)
    certain = summary.profile != "llm-live" or compared.p < CHANCE
    told = ", ".join(lost) or "none lost"
    why = f"{told} (gained {len(compared.gained)}, p = {compared.p:.2g})"
    yield Check("flips", len(lost) <= gate.flips or not certain, why, cases=lost if len(lost) > gate.flips else ())
    paired = {change.name: change for change in compared.changes} if changed or not summary.whole else {}
    for name, allowed in _asked(gate.drops, summary).items():
        before, now = baseline.measures.get(name), _value(summary, name)
        if name in paired:  # the means over the cases that both have, and that stand: the rest is no comparison
            before, now = paired[name].before, paired[name].after
        sign = 1 if name not in BY_NAME or BY_NAME[name].higher else -1
        fell = before is not None and (now is None or sign * (before - now) > allowed + 1e-9)
        yield Check(f"drop of {name}", not fell, f"{shown(before)} → {shown(now)}, {allowed:g} allowed")


def compared_with(baseline: Baseline, records: Sequence[Record], changed: Sequence[str] = ()) -> Comparison:
    """Compare the records of a run with a baseline (an earlier run that was accepted). ``changed`` are the paths of the
    files that have changed since the baseline. A case is left out if a changed file no longer contains one of its gold
    quotes (the quotes that a right answer cites).
    """
    without = [record.id for record in records if is_stale(record, changed)]
    return compare(baseline.cases, {record.id: result_of(record) for record in records}, without)


def is_stale(record: Record, changed: Sequence[str]) -> bool:
    """Whether a case has a gold quote (a quote that a right answer cites) that should be in one of the ``changed``
    files but is not found there. ``record`` is the case's record in a run.
    """
    return any(gold["lost"] and gold["source"] in changed for gold in record.gold)


def _value(summary: RunSummary, name: str) -> float | None:
    found = summary.measure(name)
    return found.value if found else None
