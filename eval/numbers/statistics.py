"""Computes how certain a measure is, whether two runs differ, and how many cases are needed to detect a difference.
Pure.

Undefined results are None, never NaN. If two runs do not differ, a test returns p = 1. NaN, infinite numbers and lists
of unequal lengths raise ValueError; a level, power, drop or baseline out of range raises SettingsError.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import count, product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from assistant.errors import SettingsError

ENUMERATED = 12  # pairs: 4,096 sign patterns are cheaper to list than 10,000 to draw
MOST_CASES = 100_000  # nobody writes more by hand
SAME = 1e-9  # sums of the same numbers in another order differ by less than this share


class Interval(NamedTuple):
    """The two ends of a confidence interval; both belong to it."""

    low: float
    high: float


def wilson(right: int, of: int, level: float = 0.95) -> Interval | None:
    """The Wilson score interval of the share ``right`` / ``of``, within 0..1. Its width is above 0 even if all are
    right. None if ``of`` is 0.

    Wilson (1927), JASA 22:209-212.
    """
    from scipy import stats  # type: ignore[import-untyped]

    _check_inside(level=level)
    if of == 0:
        return None
    low, high = stats.binomtest(right, of).proportion_ci(confidence_level=level, method="wilson")
    return Interval(float(low), float(high))


def cluster_bootstrap(
    values: Sequence[tuple[str, float, float]], seed: int, draws: int = 2000, level: float = 0.95
) -> Interval | None:
    """The percentile interval of sum(numerators) / sum(denominators), from a bootstrap that draws whole clusters
    (groups of related items).

    Args:
        values: The cluster, the numerator and the denominator (0 or more) of each item; their order does not matter.

    Returns None for fewer than two clusters, or if no draw has a denominator above 0. Draws whose denominator is 0 are
    left out. Efron and Tibshirani (1993), An Introduction to the Bootstrap, ch. 13.
    """
    _check_inside(level=level)
    _check_finite(number for _, *both in values for number in both)
    above, below = _sums(values)
    if len(below) < 2:
        return None
    picks = np.random.default_rng(seed).integers(len(below), size=(draws, len(below)))
    tops, bottoms = above[picks].sum(axis=1), below[picks].sum(axis=1)
    if not (bottoms > 0).any():
        return None
    # Percentile, since scipy's BCa is NaN when every draw gives the same, as when all cases pass.
    ends = np.quantile(tops[bottoms > 0] / bottoms[bottoms > 0], [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(ends[0]), float(ends[1]))


def mcnemar(gained: int, lost: int) -> float:
    """The exact two-sided p-value of McNemar's test for two runs of the same cases. ``gained`` is the number of cases
    that pass only in the later run, ``lost`` the number of those that pass only in the earlier one.

    It is the probability that these numbers differ at least as much as here, if a case is as likely to be gained as
    lost. It is 1 if both are 0. McNemar (1947), Psychometrika 12:153-157, with the binomial in place of its
    approximation.
    """
    from scipy import stats

    return float(stats.binomtest(gained, gained + lost).pvalue) if gained or lost else 1.0


def paired_permutation(before: Sequence[float], after: Sequence[float], seed: int, draws: int = 10_000) -> float:
    """The two-sided p-value of the mean difference between paired values, under the hypothesis that the sign of each
    difference is random.

    It is exact if at most 12 pairs differ; otherwise it is computed from ``draws`` random sign patterns and the
    observed one: (hits + 1) / (draws + 1), which is never 0 (Phipson and Smyth 2010, doi:10.2202/1544-6115.1585). Hits
    are the random patterns whose mean difference is at least as large as the observed one, whatever its sign. The
    result does not depend on the order of the pairs, nor on whether ``before`` and ``after`` are swapped. It is 1 if no
    pair differs. Fisher (1935), The Design of Experiments, section 21.
    """
    _check_finite([*before, *after])
    differences = [new - old for old, new in zip(before, after, strict=True) if new != old]
    sizes = np.sort(np.abs(differences))
    exact = len(sizes) <= ENUMERATED
    signs = _all_signs(len(sizes)) if exact else _drawn_signs(len(sizes), draws, seed)
    least = abs(math.fsum(differences)) - SAME * sizes.sum()
    hits = int((np.abs(signs @ sizes) >= least).sum())
    return hits / len(signs) if exact else (hits + 1) / (draws + 1)


def detectable_drop(cases: int, baseline: float, power: float = 0.8, level: float = 0.05) -> float | None:
    """The smallest drop in the share of passing cases that the test ``mcnemar`` detects at the significance ``level``
    with at least this ``power``. ``baseline`` is the share of cases that pass before the drop.

    Each of the m = round(cases * baseline) passing cases is lost with probability q = drop / baseline, independently of
    the others; no case is gained. With k lost cases, p = 2 ** (1 - k). Let k0 be the smallest k for which p is below
    ``level`` (6 for 0.05): at least k0 cases must be lost. The smallest q with P(Binomial(m, q) >= k0) >= power is the
    ``power`` quantile of Beta(k0, m - k0 + 1) (Clopper and Pearson 1934), and the drop is baseline * q.

    None if m < k0: not even the loss of all cases would be detected.
    """
    from scipy import stats

    _check_inside(power=power, level=level)
    _check_within(1, baseline=baseline)
    passing = round(cases * baseline)
    needed = next(lost for lost in count(1) if 2.0 ** (1 - lost) < level)
    return baseline * float(stats.beta.ppf(power, needed, passing - needed + 1)) if passing >= needed else None


def cases_needed(drop: float, baseline: float, power: float = 0.8, level: float = 0.05) -> int | None:
    """The smallest number of cases with which the test ``mcnemar`` detects that the share of passing cases has fallen
    from ``baseline`` to ``baseline - drop``. The test detects it at the significance ``level`` with at least this
    ``power``; ``detectable_drop`` describes the method.

    None if even 100,000 cases are too few. The drop is also detected with any larger number of cases: the more cases
    pass before the drop, the smaller is the share of them that must be lost before the test notices.
    """
    _check_inside(power=power, level=level)
    _check_within(1, baseline=baseline)
    _check_within(baseline, drop=drop)

    def is_enough(cases: int) -> bool:
        least = detectable_drop(cases, baseline, power, level)
        return least is not None and least <= drop

    fewest = bisect_left(range(MOST_CASES + 1), True, key=is_enough)
    return fewest if fewest <= MOST_CASES else None


def kappa(first: Sequence[bool], second: Sequence[bool]) -> float | None:
    """Cohen's kappa: how much two judges agree beyond chance. 1 is full agreement, 0 is as much as by chance, below 0
    is less than by chance. ``first`` and ``second`` have the two judges' answers to the same cases.

    None if there are no cases, or if all answers of both judges are the same (all True, or all False), since chance
    agreement is then 1. Cohen (1960), doi:10.1177/001316446002000104.
    """
    agreed = sum(bool(one) == bool(other) for one, other in zip(first, second, strict=True))
    of, yes, also_yes = len(first), sum(map(bool, first)), sum(map(bool, second))
    by_chance = yes * also_yes + (of - yes) * (of - also_yes)
    return (agreed * of - by_chance) / (of * of - by_chance) if by_chance < of * of else None


def expected_calibration_error(probabilities: Sequence[float], right: Sequence[bool], bins: int = 10) -> float | None:
    """How far stated probabilities are from the share of cases that were right: the mean distance over bins of similar
    probabilities, weighted by the number of cases in a bin. ``right`` says for each probability whether its case was
    right.

    Bins are equally wide and contain their upper end: (0, 0.1], (0.1, 0.2] and so on; 0 is in the first. None if there
    are no cases. Raises ValueError for a probability outside 0..1. Guo et al. (2017), arXiv:1706.04599, equation 3.
    """
    _check_probabilities(probabilities)
    gaps = [chance - bool(one) for chance, one in zip(probabilities, right, strict=True)]
    if not gaps:
        return None
    places = np.maximum(np.ceil(np.asarray(probabilities, dtype=float) * bins).astype(int) - 1, 0)
    return float(np.abs(np.bincount(places, weights=gaps)).sum() / len(gaps))


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """Correct p-values for multiple comparisons by Holm's method. Returns the corrected p-values by the same names, in
    the same order. The probability that any difference that is due to chance has a corrected p-value below 0.05 is at
    most 5 %.

    Raises ValueError for a p-value outside 0..1. Holm (1979), Scand. J. Statist. 6:65-70.
    """
    _check_probabilities(p_values.values())
    adjusted = dict(p_values)
    least = 0.0
    for rank, name in enumerate(sorted(p_values, key=p_values.__getitem__)):
        adjusted[name] = least = max(least, min(1.0, (len(p_values) - rank) * p_values[name]))
    return adjusted


def _sums(values: Sequence[tuple[str, float, float]]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The sums of the numerators and of the denominators of each cluster, by the cluster's name. The sums are exact, so
    that the order of items changes nothing.
    """
    clusters: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for name, above, below in values:
        if below < 0:
            raise ValueError(f"a denominator of cluster {name!r} is {below}; it must not be below 0")
        clusters[name].append((above, below))
    items = [clusters[name] for name in sorted(clusters)]
    above_each = [math.fsum(above for above, _ in each) for each in items]
    below_each = [math.fsum(below for _, below in each) for each in items]
    return np.array(above_each, dtype=np.float64), np.array(below_each, dtype=np.float64)


def _all_signs(pairs: int) -> NDArray[np.float64]:
    return np.array(list(product((1.0, -1.0), repeat=pairs)), dtype=np.float64)


def _drawn_signs(pairs: int, draws: int, seed: int) -> NDArray[np.float64]:
    return np.random.default_rng(seed).integers(2, size=(draws, pairs)).astype(np.float64) * 2 - 1


def _check_inside(**shares: float) -> None:
    for name, share in shares.items():
        if not 0 < share < 1:
            raise SettingsError(f"The {name} is {share}.", hint=f"Give a {name} above 0 and below 1.")


def _check_within(most: float, **shares: float) -> None:
    for name, share in shares.items():
        if not 0 <= share <= most:
            raise SettingsError(f"The {name} is {share}.", hint=f"Give a {name} of at least 0 and at most {most}.")


def _check_finite(numbers: Iterable[float]) -> None:
    for number in numbers:
        if not math.isfinite(number):
            raise ValueError(f"{number} is no number to reckon with")


def _check_probabilities(numbers: Iterable[float]) -> None:
    for number in numbers:
        if not 0 <= number <= 1:
            raise ValueError(f"{number} is no probability: it must lie in 0..1")
