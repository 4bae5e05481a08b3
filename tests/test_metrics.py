from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.types import Span
from eval.numbers.metrics import Labelled, Measure, Score, ScoredCase, covers, macro_f1, measure, share, shown


@pytest.mark.parametrize(
    ("span", "yes"),
    [
        (Span(10, 20), True),
        (Span(0, 100), True),
        (Span(0, 15), True),  # exactly half
        (Span(0, 14), False),
        (Span(15, 30), True),
        (Span(16, 30), False),
        (Span(12, 17), True),  # inside
        (Span(0, 10), False),  # beside
        (Span(30, 40), False),
    ],
)
def test_half_of_the_gold_is_enough(span: Span, yes: bool):
    assert covers(span, Span(10, 20)) is yes


def scored_case(value: float | None, of: int = 1, cluster: str = "a", name: str = "p", why: str = "") -> ScoredCase:
    return ScoredCase(Score(name, value, why, of), cluster)


def test_the_value_weighs_things_and_per_case_weighs_cases():
    got = measure("p", [scored_case(1.0, of=1), scored_case(0.0, of=3, cluster="b"), scored_case(1.0, name="other")])

    assert (got.value, got.per_case, got.cases, got.of) == (0.25, 0.5, 2, 4)
    assert got.interval is not None
    assert got.interval.low <= 0.25 <= got.interval.high


def test_what_is_undefined_leaves_the_mean_and_is_counted():
    got = measure("p", [scored_case(1.0), scored_case(None, why="nothing cited"), scored_case(0.0)])

    assert (got.value, got.cases, got.undefined) == (0.5, 2, 1)


def test_a_mean_over_nothing_is_undefined_with_its_reason_and_zero_is_zero():
    undefined = measure(
        "p", [scored_case(None, of=0, why="nothing cited"), scored_case(None, of=0, why="nothing cited")]
    )

    assert undefined == Measure("p", None, None, None, 0, 0, 2, "nothing cited")
    assert measure("p", []).why == "no case for it"
    assert (measure("p", [scored_case(0.0)]).value, measure("p", [scored_case(0.0)]).undefined) == (0.0, 0)


def test_all_right_has_a_finite_interval_that_does_not_say_certain():
    got = measure("p", [scored_case(1.0, cluster=str(n)) for n in range(12)])

    assert got.interval is not None
    assert 0.7 < got.interval.low < 0.8
    assert got.interval.high == 1


def test_the_order_of_the_cases_changes_nothing():
    scored = [scored_case(n / 7, of=n + 1, cluster=str(n % 3)) for n in range(7)]

    assert measure("p", scored) == measure("p", scored[::-1])


def test_macro_f1_is_the_mean_over_the_labels_that_there_are():
    # Of a, 1 of 2 is found and nothing else is called a: F1 2/3. Of b, 1 of 1, called b twice: 2/3. c is never true.
    labelled = [Labelled("x", "a", "a"), Labelled("x", "a", "b"), Labelled("x", "b", "b"), Labelled("y", "a", "c")]

    value, _ = macro_f1(labelled[:3]) or (None, None)
    assert value == pytest.approx(2 / 3)
    with_c, interval = macro_f1(labelled) or (None, None)
    assert with_c == pytest.approx((2 * 1 / (1 + 3) + 2 / 3) / 2)
    assert interval is not None
    assert macro_f1([]) is None


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_number_never_becomes_a_score(value: float):
    with pytest.raises(ValueError, match="p came to"):
        Score("p", value)


def test_numbers_are_printed_without_flattery():
    assert [shown(value) for value in (None, 0.0, 0.5, 0.999, 1.0)] == ["n/a", "0.00", "0.50", "0.99", "1.00"]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 9)).map(lambda pair: (min(pair), max(pair)))))
def test_pooling_shares_is_the_share_of_the_pool(pairs: list[tuple[int, int]]):
    scored = [scored_case(share(right, of), of=of, cluster=str(n)) for n, (right, of) in enumerate(pairs)]

    expected = share(sum(right for right, _ in pairs), sum(of for _, of in pairs))

    got = measure("p", scored)
    assert got.value == (None if expected is None else pytest.approx(expected))
    assert all(x is None or x == x for x in (got.value, got.per_case, *(got.interval or ())))
