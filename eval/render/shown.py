"""What the formats have in common: which characters are shown, how numbers are written, which cases come first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from eval import robustness
from eval.compare import Change, Comparison
from eval.gate import Verdict
from eval.measures import SPECS, Spec
from eval.metrics import Measure, shown
from eval.records import Record
from eval.summary import Summary

EVERY_SPEC = {spec.name: spec for spec in (*SPECS, *robustness.SPECS)}

# Controls but tab and newline, what turns the direction of text or breaks lines, halves of pairs, and no characters.
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)


class Sorted(NamedTuple):
    """The records of a run: held against it or lost since the baseline, otherwise not right, and the rest."""

    held: list[Record]
    amiss: list[Record]
    rest: list[Record]


def visible(text: str) -> str:
    """The text with each character that cannot be seen, or that turns or hides others, as U+FFFD."""
    return _UNSEEN.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def sort(records: Sequence[Record], verdict: Verdict, comparison: Comparison | None) -> Sorted:
    """The records as people want to read them, each once."""
    first = {*verdict.cases, *(comparison.lost if comparison else ())}
    held = [one for one in records if one.id in first]
    others = [one for one in records if one.id not in first]
    return Sorted(held, [one for one in others if not one.passed], [one for one in others if one.passed])


def measures_by_group(summary: Summary) -> dict[str, list[tuple[Spec, Measure]]]:
    """The measures of a run, with what they say, in the order of the groups."""
    have = {one.name: one for one in (*summary.measures, *summary.robustness)}
    groups: dict[str, list[tuple[Spec, Measure]]] = {}
    for spec in EVERY_SPEC.values():
        if spec.name in have:
            groups.setdefault(spec.group, []).append((spec, have[spec.name]))
    return groups


def ended(verdict: Verdict) -> str:
    """The banner without its reasons: PASSED, or FAILED with the exit code."""
    return verdict.banner.partition(":")[0]


def counts(summary: Summary) -> str:
    """How many cases were done, how they ended, and over what."""
    outcomes = ", ".join(f"{count} {outcome}" for outcome, count in summary.outcomes.items()) or "none done"
    part = "" if summary.whole else ", a part of the suite"
    return (
        f"{summary.done} of {summary.selected} cases{part}: {outcomes}; "
        f"{summary.documents} documents, {summary.passages} passages"
    )


def interval(measure: Measure) -> str:
    """Where the value lies, at 0.95; nothing where that is not known."""
    return f"{shown(measure.interval.low)} to {shown(measure.interval.high)}" if measure.interval else ""


def share_of(measure: Measure) -> str:
    """Of how many things, in how many cases, the value is."""
    return f"{measure.of}" if measure.of == measure.cases else f"{measure.of} in {measure.cases} cases"


def difference(change: Change) -> str:
    """What a measure gained or lost, with its sign."""
    moved = round(change.after - change.before, 2)
    return f"{moved:+.2f}".replace("-", "−") if moved else "0.00"
