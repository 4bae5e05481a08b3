"""Turns the scores of cases into measures with their intervals. Pure.

A score has one of three results: a value; undefined, with a reason; or an error, if the case crashed. A score that does
not apply to a case is left out. Undefined scores count in no mean, but their number is reported."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from assistant.types import Span
from eval.numbers import statistics
from eval.numbers.statistics import Interval

SEED = 20_121_005  # of the bootstrap; any would do, and the same one gives the same report
DRAWS = 2_000  # of the bootstrap: the ends of a 95 % interval are the 50th draw from either side


@dataclass(frozen=True, slots=True)
class Score:
    """How well a system's reply to one case of a suite does by one measure. ``name`` is the name of the measure, and
    ``of`` the number of things that the score covers, such as citations.

    ``value`` is in 0..1 (truthfulness: -1..1), and ``why`` says why the value is not the best possible one. If the
    measure applies to the case but has no value, ``value`` is None, and ``why`` gives the reason for that.
    """

    name: str
    value: float | None
    why: str = ""
    of: int = 1

    def __post_init__(self) -> None:
        if self.value is not None and not math.isfinite(self.value):
            raise ValueError(f"{self.name} came to {self.value}: a score is a number, or None with its reason")


@dataclass(frozen=True, slots=True)
class ScoredCase:
    """The score of a case, and the name of the group of related cases that the case belongs to (``cluster``)."""

    score: Score
    cluster: str


class Labelled(NamedTuple):
    """The true class of a case (``truth``), the predicted class (``said``), and the group of related cases that it
    belongs to (``cluster``).
    """

    cluster: str
    truth: str
    said: str


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure of a run: the mean of all scores of one name.

    In ``value``, each thing that a score covers, such as a citation, has the same weight (micro average); in
    ``per_case``, each case has the same weight (macro average). ``cases`` is the number of cases with a value, ``of``
    the number of things in them, and ``undefined`` the number of cases without a value. ``why`` says why ``value`` is
    None.

    ``interval`` is the 95 % interval of ``value``. It is Wilson's interval over cases if all scores are 0, if all are
    1, or if each is 0 or 1 and covers one thing. Else it comes from a bootstrap over clusters (groups of related
    cases).
    """

    name: str
    value: float | None
    per_case: float | None
    interval: Interval | None
    cases: int
    of: int
    undefined: int = 0
    why: str = ""  # why there is no value


def covers(span: Span, gold: Span) -> bool:
    """Whether ``span`` covers at least half of the characters of ``gold``."""
    return 2 * (min(span.end, gold.end) - max(span.start, gold.start)) >= gold.end - gold.start


def share(right: int, of: int) -> float | None:
    """``right`` divided by ``of``; None if ``of`` is 0."""
    return right / of if of else None


def measure(name: str, scored: Iterable[ScoredCase]) -> Measure:
    """Compute the measure called ``name``: the mean of those scores in ``scored`` that have this name. If none of them
    has a value, the ``value`` of the measure is None, and its ``why`` gives the reason.
    """
    those = [one for one in scored if one.score.name == name]
    defined = [(one.cluster, one.score.value, one.score.of) for one in those if one.score.value is not None]
    defined.sort()  # sums of fractions depend on their order, and a report must not
    undefined = len(those) - len(defined)
    of = sum(weight for _, _, weight in defined)
    if not of:
        reasons = list(dict.fromkeys(one.score.why for one in those if one.score.why))
        return Measure(name, None, None, None, len(defined), 0, undefined, "; ".join(reasons[:3]) or "no case for it")
    total = sum(value * weight for _, value, weight in defined)
    same = {value for _, value, _ in defined}
    if all(weight == 1 and value in (0.0, 1.0) for _, value, weight in defined):
        interval = statistics.wilson(round(total), of)
    elif same in ({0.0}, {1.0}):  # drawn again, they would look certain
        interval = statistics.wilson(len(defined) if same == {1.0} else 0, len(defined))
    else:
        sums = [(cluster, value * weight, float(weight)) for cluster, value, weight in defined]
        interval = statistics.cluster_bootstrap(sums, SEED)
    per_case = sum(value for _, value, _ in defined) / len(defined)
    return Measure(name, total / of, per_case, interval, len(defined), of, undefined)


def macro_f1(labelled: Sequence[Labelled]) -> tuple[float, Interval | None] | None:
    """The mean F1 over the true classes, with its interval; None if there are no cases.

    The mean is over the classes that are true for at least one case. A class that is predicted but true for no case has
    no F1 in this mean; its predictions lower the recall of the other classes. The interval comes from a bootstrap over
    clusters (groups of related cases); it is None if there is only one cluster.
    """
    labels = sorted({one.truth for one in labelled})
    if not labels:
        return None
    said = [*labels, *sorted({one.said for one in labelled} - set(labels))]
    clusters = sorted({one.cluster for one in labelled})
    counts = np.zeros((len(clusters), len(said), len(said)))
    for one in labelled:
        counts[clusters.index(one.cluster), said.index(one.truth), said.index(one.said)] += 1
    value = float(_mean_f1(counts.sum(axis=0)[None], len(labels))[0])
    if len(clusters) < 2:
        return value, None
    draws = np.random.default_rng(SEED).multinomial(len(clusters), [1 / len(clusters)] * len(clusters), DRAWS)
    drawn = _mean_f1(np.einsum("dc,cts->dts", draws, counts), len(labels))
    low, high = np.quantile(drawn, [0.025, 0.975])
    return value, Interval(float(low), float(high))


def _mean_f1(counts: NDArray[np.float64], labels: int) -> NDArray[np.float64]:
    """The mean F1 of the first ``labels`` classes, for each of several confusion matrices (matrix, true class,
    predicted class). A class that never occurs counts 0.
    """
    right = np.diagonal(counts, axis1=1, axis2=2)[:, :labels]
    both = (counts.sum(axis=2) + counts.sum(axis=1))[:, :labels]
    return np.asarray(np.divide(2 * right, both, out=np.zeros_like(right), where=both > 0).mean(axis=1))


def shown(value: float | None) -> str:
    """A value as text with two decimals, never rounded up to a perfect score; ``n/a`` for None."""
    if value is None:
        return "n/a"
    return f"{min(value, 0.99):.2f}" if value < 1 else f"{value:.2f}"
