from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from assistant.errors import SettingsError
from eval.numbers.statistics import (
    Interval,
    cases_needed,
    cluster_bootstrap,
    detectable_drop,
    expected_calibration_error,
    holm,
    kappa,
    mcnemar,
    paired_permutation,
    wilson,
)

# Crossed less self-fertilised, in eighths of an inch: Darwin (1876), as given by Fisher (1935), section 17.
MAIZE = (49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48)

shares = st.integers(1, 400).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))
levels = st.floats(0.5, 0.999)
items = st.lists(
    st.tuples(st.sampled_from("abcdef"), st.floats(0, 1), st.floats(0, 9)).map(
        lambda item: (item[0], item[1] * item[2], item[2])
    ),
    max_size=12,
)
scores = st.sampled_from([0.0, 0.1, 0.2, 0.3, 0.5, 1.0])
pairs = st.lists(st.tuples(scores, scores), max_size=16)
passes = st.lists(st.tuples(st.booleans(), st.booleans()), max_size=40)
few = settings(max_examples=50)


def permutation(those: list[tuple[float, float]], seed: int = 1) -> float:
    return paired_permutation([one for one, _ in those], [other for _, other in those], seed, draws=200)


def power_of(cases: int, baseline: Fraction, drop: float, least: int) -> float:
    """The chance that at least so many of the passing cases are lost, summed term by term."""
    passing, lost = int(cases * baseline), drop / float(baseline)
    return math.fsum(math.comb(passing, k) * lost**k * (1 - lost) ** (passing - k) for k in range(least, passing + 1))


@pytest.mark.parametrize(
    ("right", "of", "interval"),
    [
        # Newcombe (1998), Statistics in Medicine 17:857-872, table I, method 3.
        (81, 263, (0.2553, 0.3662)),
        (15, 148, (0.0624, 0.1605)),
        (0, 20, (0.0, 0.1611)),
        (1, 29, (0.0061, 0.1718)),
        (10, 10, (0.7225, 1.0)),  # n / (n + z²)
    ],
)
def test_wilson_gives_the_published_intervals(right: int, of: int, interval: tuple[float, float]) -> None:
    assert wilson(right, of) == pytest.approx(interval, abs=5e-5)


@few
@given(shares, levels)
def test_wilson_holds_the_share_and_stays_within_0_and_1(share: tuple[int, int], level: float) -> None:
    interval = wilson(*share, level)

    assert interval is not None
    assert 0 <= interval.low <= share[0] / share[1] <= interval.high <= 1


def test_nothing_has_no_interval() -> None:
    assert (wilson(0, 0), cluster_bootstrap([], 1), cluster_bootstrap([("a", 1, 2), ("a", 0, 2)], 1)) == (None,) * 3


def test_clusters_without_a_denominator_have_no_interval() -> None:
    assert cluster_bootstrap([("a", 0, 0), ("b", 0, 0)], 1) is None


def test_draws_without_a_denominator_are_left_out() -> None:
    assert cluster_bootstrap([("a", 0, 0), ("b", 1, 2)], 1) == Interval(0.5, 0.5)


def test_all_passing_is_a_finite_interval() -> None:
    assert cluster_bootstrap([("a", 3, 3), ("b", 0.1, 0.1), ("c", 7, 7)], 1) == Interval(1.0, 1.0)


def test_two_clusters_can_both_be_either() -> None:
    """Both draws the same: a quarter of the time for each."""
    assert cluster_bootstrap([("a", 0, 1), ("b", 1, 1)], 1) == Interval(0.0, 1.0)


def test_single_cases_as_clusters_are_the_plain_bootstrap() -> None:
    values = np.random.default_rng(7).random(40)
    plain = stats.bootstrap((values,), np.mean, n_resamples=9999, method="percentile", rng=1).confidence_interval

    interval = cluster_bootstrap([(str(place), value, 1) for place, value in enumerate(values)], 1, draws=9999)

    assert interval == pytest.approx((plain.low, plain.high), abs=0.005)


def test_cases_that_fall_together_make_the_interval_wider() -> None:
    together = [(str(place % 5), float(place % 5 < 2), 1.0) for place in range(50)]
    apart = [(str(place), right, of) for place, (_, right, of) in enumerate(together)]

    wide, narrow = cluster_bootstrap(together, 1), cluster_bootstrap(apart, 1)

    assert wide is not None
    assert narrow is not None
    assert wide.low < narrow.low < narrow.high < wide.high


@few
@given(items, st.integers(0, 99))
def test_a_bootstrap_holds_the_estimate_and_stays_within_0_and_1(
    values: list[tuple[str, float, float]], seed: int
) -> None:
    interval = cluster_bootstrap(values, seed, draws=500)

    if interval is not None:
        estimate = sum(above for _, above, _ in values) / sum(below for *_, below in values)
        assert 0 <= interval.low <= estimate + 1e-9
        assert estimate - 1e-9 <= interval.high <= 1


@few
@given(items.flatmap(lambda values: st.tuples(st.just(values), st.permutations(values))), st.integers(0, 99))
def test_the_order_of_items_does_not_change_the_bootstrap(both: tuple[list, list], seed: int) -> None:
    assert cluster_bootstrap(both[0], seed, draws=50) == cluster_bootstrap(both[1], seed, draws=50)


def test_mcnemar_gives_the_published_value() -> None:
    """Airways before and after a transplant; Fagerland et al. (2013), doi:10.1186/1471-2288-13-91, p = 0.0703."""
    assert mcnemar(1, 7) == pytest.approx(2 * 9 / 256)


@pytest.mark.parametrize(("lost", "p"), [(0, 1.0), (1, 1.0), (2, 0.5), (5, 0.0625), (6, 0.03125)])
def test_losses_alone_halve_p_each(lost: int, p: float) -> None:
    assert mcnemar(0, lost) == pytest.approx(p)


@few
@given(st.integers(0, 60), st.integers(0, 60))
def test_gains_and_losses_weigh_the_same(gained: int, lost: int) -> None:
    p = mcnemar(gained, lost)

    assert 0 < p <= 1
    assert p == pytest.approx(mcnemar(lost, gained))


def test_the_permutation_test_gives_fishers_value() -> None:
    """1,726 of the 32,768 sign patterns; Fisher (1935), The Design of Experiments, section 21."""
    assert paired_permutation([0] * len(MAIZE), MAIZE, seed=1) == pytest.approx(1726 / 32768, abs=0.006)


@few
@given(pairs.filter(lambda those: 1 < len(those) <= 8))
def test_few_pairs_are_enumerated(those: list[tuple[float, float]]) -> None:
    """Against scipy, in tenths, where it is exact."""
    before, after = ([round(10 * pair[side]) for pair in those] for side in (0, 1))
    scipys = stats.permutation_test(
        (after, before), lambda x, y: np.sum(x) - np.sum(y), permutation_type="samples", vectorized=False
    )

    assert permutation(those) == pytest.approx(scipys.pvalue)


def test_twelve_pairs_are_enumerated_and_thirteen_drawn() -> None:
    twelve, thirteen = (paired_permutation([0] * size, [1] * size, seed=1, draws=3) for size in (12, 13))

    assert (twelve, thirteen) == (2 / 4096, 1 / 4)


def test_equal_pairs_change_nothing() -> None:
    assert permutation([(0.0, 1.0)] * 6 + [(0.5, 0.5)] * 30) == permutation([(0.0, 1.0)] * 6) == 2 / 64


def test_nothing_that_differs_is_no_evidence() -> None:
    assert [permutation([]), permutation([(0.3, 0.3)] * 20), permutation([(0.0, 1.0)])] == [1.0, 1.0, 1.0]


def test_differences_that_cancel_are_no_evidence() -> None:
    """0.1 + 0.2 - 0.3 is not quite 0 in binary."""
    assert permutation([(0.0, 0.1), (0.0, 0.2), (0.3, 0.0)]) == 1.0


@few
@given(pairs.flatmap(lambda those: st.tuples(st.just(those), st.permutations(those))), st.integers(0, 99))
def test_the_permutation_test_knows_neither_sides_nor_order(
    both: tuple[list[tuple[float, float]], list[tuple[float, float]]], seed: int
) -> None:
    those, shuffled = both
    p = permutation(those, seed)

    assert 0 < p <= 1
    assert p == permutation(shuffled, seed) == permutation([(after, before) for before, after in those], seed)


@pytest.mark.parametrize(
    "of_unequal",
    [
        lambda: paired_permutation([1.0], [1.0, 2.0], 1),
        lambda: kappa([True], []),
        lambda: expected_calibration_error([0.5, 0.5], [True]),
    ],
)
def test_unequal_lengths_are_refused(of_unequal: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match="argument 2 is"):
        of_unequal()


def test_six_cases_must_all_be_lost() -> None:
    """So q ** 6 = 0.8."""
    assert detectable_drop(6, 1.0) == pytest.approx(0.8 ** (1 / 6))


def test_of_very_many_cases_about_eight_must_be_lost() -> None:
    """A Poisson count is 6 or more with probability 0.8 at half the chi-square quantile of 12 degrees, 15.812."""
    assert detectable_drop(100_000, 1.0) == pytest.approx(15.812 / 2 / 100_000, rel=1e-3)


@pytest.mark.parametrize(("cases", "baseline"), [(10, "9/10"), (48, "3/4"), (100, "9/10"), (200, "1/2")])
@pytest.mark.parametrize(("power", "level", "least"), [(0.8, 0.05, 6), (0.9, 0.01, 8)])
def test_the_drop_has_just_the_power(cases: int, baseline: str, power: float, level: float, least: int) -> None:
    share = Fraction(baseline)

    drop = detectable_drop(cases, float(share), power, level)

    assert drop is not None
    assert power_of(cases, share, drop, least) == pytest.approx(power)
    assert power_of(cases, share, drop - 1e-4, least) < power


def test_what_losing_all_would_not_show_is_none() -> None:
    assert [detectable_drop(*given) for given in ((0, 1.0), (5, 1.0), (50, 0.1), (50, 0.0))] == [None] * 4


@few
@given(st.integers(1, 300), st.floats(0.05, 1))
def test_more_cases_never_find_less(cases: int, baseline: float) -> None:
    drops = [detectable_drop(more, baseline) or 1.0 for more in range(cases, cases + 4)]

    assert all(later <= sooner + 1e-12 for sooner, later in pairwise(drops))


@few
@given(st.floats(0.02, 1), st.floats(0.05, 1), st.floats(0.5, 0.95))
def test_the_cases_needed_are_the_fewest(part: float, baseline: float, power: float) -> None:
    drop = part * baseline

    cases = cases_needed(drop, baseline, power)

    assert cases is not None
    found, with_one_less = (detectable_drop(size, baseline, power) for size in (cases, cases - 1))
    assert found is not None
    assert found <= drop < (with_one_less or math.inf)


def test_no_number_of_cases_finds_next_to_nothing() -> None:
    assert [cases_needed(drop, 0.9) for drop in (0.0, 1e-6)] == [None, None]
    assert cases_needed(0.0, 0.0) is None


@pytest.mark.parametrize(
    ("of_bad", "told"),
    [
        (lambda: wilson(3, 10, level=1.0), "level is 1.0"),
        (lambda: cluster_bootstrap([], 1, level=95), "level is 95"),
        (lambda: detectable_drop(10, 90), "baseline is 90"),
        (lambda: detectable_drop(10, 0.9, power=math.nan), "power is nan"),
        (lambda: cases_needed(0.5, 0.3), "drop is 0.5"),
        (lambda: cases_needed(-0.1, 0.3), "drop is -0.1"),
    ],
)
def test_what_is_out_of_range_is_named(of_bad: Callable[[], object], told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        of_bad()


@pytest.mark.parametrize(
    "of_bad",
    [
        lambda: cluster_bootstrap([("a", math.nan, 1), ("b", 1, 1)], 1),
        lambda: cluster_bootstrap([("a", 1, -1), ("b", 1, 1)], 1),
        lambda: paired_permutation([math.inf], [math.inf], 1),
        lambda: expected_calibration_error([math.nan], [True]),
        lambda: holm({"a": 1.1}),
        lambda: wilson(3, 2),
    ],
)
def test_numbers_that_mean_nothing_are_refused(of_bad: Callable[[], object]) -> None:
    with pytest.raises(ValueError):
        of_bad()


def test_kappa_gives_the_textbook_value() -> None:
    """[[20, 5], [10, 15]]: 0.7 agreed where chance gives 0.5; the first example of Wikipedia's "Cohen's kappa"."""
    first = [True] * 25 + [False] * 25
    second = [True] * 20 + [False] * 5 + [True] * 10 + [False] * 15

    assert kappa(first, second) == pytest.approx(0.4)


def test_kappa_of_nothing_or_of_one_word_is_none() -> None:
    assert (kappa([], []), kappa([True] * 3, [True] * 3), kappa([False], [False])) == (None, None, None)


@few
@given(passes)
def test_kappa_is_the_same_either_way_and_1_only_when_all_agree(those: list[tuple[bool, bool]]) -> None:
    first, second = [one for one, _ in those], [other for _, other in those]
    value = kappa(first, second)

    assert value == kappa(second, first) == kappa([not one for one in first], [not one for one in second])
    if value is not None:
        assert -1 <= value <= 1
        assert (value == 1) is (first == second)


def test_calibration_error_weighs_each_bin_by_its_cases() -> None:
    """(0.2, 0.3]: 0.25 stated, 1/2 right, two cases; (0.8, 0.9]: 0.9 stated, 1 right, one; [0, 0.1]: 0 and 0, one."""
    error = expected_calibration_error([0.22, 0.28, 0.9, 0.0], [True, False, True, False])

    assert error == pytest.approx((2 * 0.25 + 0.1) / 4)


def test_a_bin_holds_its_upper_end() -> None:
    assert expected_calibration_error([0.5, 0.6], [True, False], bins=2) == pytest.approx((0.5 + 0.6) / 2)
    assert expected_calibration_error([0.5, 0.4], [True, False], bins=2) == pytest.approx(0.1 / 2)


def test_calibration_of_nothing_is_none() -> None:
    assert expected_calibration_error([], []) is None


@few
@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1), st.integers(1, 20))
def test_calibration_error_lies_between_that_of_one_bin_and_of_single_cases(
    those: list[tuple[float, bool]], bins: int
) -> None:
    error = expected_calibration_error(*zip(*those, strict=True), bins=bins)

    assert error is not None
    gaps = [chance - right for chance, right in those]
    assert abs(math.fsum(gaps)) / len(gaps) - 1e-9 <= error <= math.fsum(map(abs, gaps)) / len(gaps) + 1e-9


def test_holm_gives_the_worked_values() -> None:
    """The p-values of the example in Wikipedia's "Holm-Bonferroni method": the first and the last stay below 0.05."""
    adjusted = holm({"a": 0.01, "b": 0.04, "c": 0.03, "d": 0.005})

    assert adjusted == pytest.approx({"a": 0.03, "b": 0.06, "c": 0.06, "d": 0.02})
    assert list(adjusted) == ["a", "b", "c", "d"]


def test_holm_of_nothing_is_nothing() -> None:
    assert holm({}) == {}


@few
@given(st.dictionaries(st.sampled_from("abcdefgh"), st.floats(0, 1)))
def test_holm_lies_between_no_adjustment_and_bonferronis(p_values: dict[str, float]) -> None:
    adjusted = holm(p_values)

    assert all(p <= adjusted[name] <= min(1, p * len(p_values)) for name, p in p_values.items())
    assert holm(dict(reversed(p_values.items()))) == adjusted
