from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.types import Span
from eval.metrics import Measure, Score, covers, measure, share, shown


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


def test_pooled_weighs_things_and_per_case_weighs_cases():
    scores = [Score("p", 1.0, of=1), Score("p", 0.0, of=3), Score("other", 1.0)]

    assert measure("p", scores) == Measure("p", pooled=0.25, per_case=0.5, cases=2, of=4)


def test_what_does_not_apply_leaves_the_mean():
    assert measure("p", [Score("p", 1.0), Score("p", None), Score("p", 0.0)]).per_case == 0.5


def test_a_mean_over_nothing_is_none_and_zero_is_zero():
    assert measure("p", [Score("p", None)]) == Measure("p", None, None, 0, 0)
    assert measure("p", [Score("p", 0.0)]) == Measure("p", 0.0, 0.0, 1, 1)
    assert (share(0, 0), share(0, 2)) == (None, 0.0)


def test_numbers_are_printed_without_flattery():
    assert [shown(value) for value in (None, 0.0, 0.5, 0.999, 1.0)] == ["n/a", "0.00", "0.50", "0.99", "1.00"]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(1, 9)).map(lambda pair: (min(pair), max(pair)))))
def test_pooling_shares_is_the_share_of_the_pool(pairs: list[tuple[int, int]]):
    scores = [Score("p", share(right, of), of=of) for right, of in pairs]

    expected = share(sum(right for right, _ in pairs), sum(of for _, of in pairs))

    assert measure("p", scores).pooled == (None if expected is None else pytest.approx(expected))
