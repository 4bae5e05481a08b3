"""Compares two runs of one suite case by case: which cases flipped, what changed, and whether that could be chance."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from eval.numbers import statistics
from eval.numbers.metrics import SEED
from eval.running.records import Record


@dataclass(frozen=True, slots=True)
class CaseResult:
    """The part of a case's result that later comparisons need: whether the case passed, one word for its outcome, and
    its scores (``values``), by the name of the measure.
    """

    passed: bool
    outcome: str
    values: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MeasureChange:
    """The mean of one measure in an earlier run (``before``) and in a later one (``after``). Both means are over the
    same cases, those for which both runs have a value; every case has the same weight.

    ``cases`` is the number of these cases. ``p`` is the p-value of a paired permutation test, adjusted for the number
    of measures (Holm).
    """

    name: str
    before: float
    after: float
    cases: int
    p: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """The differences between an earlier and a later run of one suite.

    ``lost`` are the cases that passed only in the earlier run, ``gained`` those that passed only in the later one.
    ``gone`` are the cases that only the earlier run has, ``new`` those that only the later one has. ``changes`` has,
    for each measure, its mean in the earlier and in the later run.

    ``p`` is the p-value of McNemar's exact test of lost against gained cases. ``detectable`` is the smallest drop in
    the share of passing cases that can be detected with this number of cases (power 0.8 at level 0.05); None if not
    even the loss of all cases would be detected, or if the two runs have no case in common.
    """

    lost: tuple[str, ...]
    gained: tuple[str, ...]
    gone: tuple[str, ...]
    new: tuple[str, ...]
    p: float
    detectable: float | None
    changes: tuple[MeasureChange, ...]


def result_of(record: Record) -> CaseResult:
    """Make the result of a case from its full record. The result has only those parts that later comparisons need."""
    values = {score.name: score.value for score in record.scores if score.value is not None}
    return CaseResult(record.passed, record.outcome.value, values)


def compare(
    before: Mapping[str, CaseResult], after: Mapping[str, CaseResult], without: Collection[str] = ()
) -> Comparison:
    """Compare the results of an earlier run (``before``) and a later one (``after``), each given by case id. Cases
    whose ids are in ``without`` are left out of the comparison: they are never counted as lost or gained, and their
    scores are in no mean.
    """
    both = [id for id in before if id in after and id not in without]
    lost = tuple(id for id in both if before[id].passed and not after[id].passed)
    gained = tuple(id for id in both if not before[id].passed and after[id].passed)
    share = sum(before[id].passed for id in both) / len(both) if both else 0.0
    return Comparison(
        lost=lost,
        gained=gained,
        gone=tuple(id for id in before if id not in after),
        new=tuple(id for id in after if id not in before),
        p=statistics.mcnemar(len(gained), len(lost)),
        detectable=statistics.detectable_drop(len(both), share) if both else None,
        changes=_changes([(before[id], after[id]) for id in both]),
    )


def _changes(pairs: Sequence[tuple[CaseResult, CaseResult]]) -> tuple[MeasureChange, ...]:
    made = []
    for name in dict.fromkeys(name for _, after in pairs for name in after.values):
        both = [(a.values[name], b.values[name]) for a, b in pairs if name in a.values and name in b.values]
        if not both:
            continue
        old, new = [one for one, _ in both], [two for _, two in both]
        p = statistics.paired_permutation(old, new, SEED)
        made.append(MeasureChange(name, sum(old) / len(old), sum(new) / len(new), len(both), p))
    adjusted = statistics.holm({one.name: one.p for one in made})
    return tuple(MeasureChange(one.name, one.before, one.after, one.cases, adjusted[one.name]) for one in made)
