"""The numbers of a run for the page: bars, confusion matrices, and outcomes by kind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from eval.gate.compare import MeasureChange
from eval.gate.measures import HEADLINES, Spec
from eval.gate.summary import KindSummary, RunSummary
from eval.numbers.metrics import Measure


def headlined(summary: RunSummary) -> list[str]:
    """The names of the headline measures (the main ones) for which at least one sentinel (a system that cheats, to test
    the suite) has a value in this run.
    """
    return [name for name in HEADLINES if any(name in of for of in summary.sentinels.values())]


def says(spec: Spec, one: Measure) -> str:
    """A text that explains a measure, whose description is ``spec`` and whose result is ``one``. If the measure has no
    value, the text also says why.
    """
    more = [*([] if spec.higher else ["Less is better."]), *([f"None: {one.why}."] if one.why else [])]
    return " ".join([spec.says, *more])


def bar(one: Measure, change: MeasureChange | None = None) -> dict[str, str] | None:
    """Where a bar on the page shows a measure, in percent of the bar's length: the lower end of its interval (``low``),
    the ``width`` of the interval, its ``value`` and, if ``change`` is given, the value in the baseline (``before``).
    The bar stands for 0..1, or for -1..1 if the value or the lower end is negative. None if the measure has no value,
    or a value above 1.
    """
    if one.value is None or one.value > 1:
        return None
    low, high = one.interval or (one.value, one.value)
    least = -1.0 if min(one.value, low) < 0 else 0.0

    def at(value: float) -> float:
        return 100 * (value - least) / (1 - least)

    drawn = {"low": at(low), "width": max(at(high) - at(low), 0.5), "value": min(at(one.value), 98.5)}
    drawn |= {"before": at(change.before)} if change else {}
    return {name: f"{value:.1f}" for name, value in drawn.items()}


def matrix(counted: Sequence[tuple[str, str, int]]) -> tuple[list[str], dict[str, list[tuple[int, bool]]]]:
    """Make a confusion matrix from triples of true class, predicted class and count.

    Returns the classes in the order of the columns and, for each true class, its row of cells; a cell has its count and
    whether the prediction is right.
    """
    cells = {(truth, said): count for truth, said, count in counted}
    labels = sorted({label for pair in cells for label in pair})
    truths = sorted({truth for truth, _ in cells})
    return labels, {truth: [(cells.get((truth, said), 0), truth == said) for said in labels] for truth in truths}


def endings(kind: KindSummary, outcomes: Sequence[str]) -> list[int]:
    """How many cases of a kind ended with each of the ``outcomes``, in the order of ``outcomes``."""
    return [kind.outcomes.get(outcome, 0) for outcome in outcomes]


def split(outcomes: Sequence[str], counted: Sequence[int]) -> Iterator[tuple[str, str, str]]:
    """Divide a bar of the page into one part for each of the ``outcomes``, which are the ways in which cases ended.
    ``counted`` has the number of cases with each outcome, in the same order. Yields for each part its outcome, and its
    start and width in percent of the bar.
    """
    x = 0.0
    for outcome, count in zip(outcomes, counted, strict=True):
        width = 100 * count / (sum(counted) or 1)
        yield outcome, f"{x:.1f}", f"{width:.1f}"
        x += width


VIEWS = (headlined, says, bar, matrix, endings, split)
