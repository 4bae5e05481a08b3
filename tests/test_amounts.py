"""Figures are compared by what they come to, in whatever way they are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.text.amounts import amounts, rates, shares


def same(one: str, other: str) -> bool:
    """Whether the one figure of each text can be one amount."""
    (mine,), (theirs,) = amounts(one), amounts(other)
    assert mine.same(theirs) is theirs.same(mine)
    return mine.same(theirs)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("€240k", "240,000 euros"),
        ("€3.2m", "€3.2 million"),
        ("£3.2m", "3,200,000 pounds"),
        ("$5", "five dollars"),
        ("USD 1,500", "$1500"),
        ("1.500.000 euros", "€1.5 million"),
        ("2,5 percent", "2.5%"),
        ("10%", "ten per cent"),
        ("forty-one leads", "41 leads"),
        ("48 hours", "two days"),
        ("14 days", "2 weeks"),
        ("one year", "12 months"),
        ("two quarters", "6 months"),
        ("30 days", "thirty working days"),
        ("41", "41 percent"),  # a figure without a unit can have any
        ("50 cents", "€0.50"),
        ("3 bn", "3 billion"),
    ],
)
def test_one_amount_is_the_same_however_it_is_written(one: str, other: str) -> None:
    assert same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("41", "47"),
        ("€240k", "$240k"),
        ("€240k", "€240"),
        ("10%", "10 euros"),
        ("3 weeks", "3 months"),
        ("48 hours", "48 days"),
        ("€3.2m", "€3.2bn"),
    ],
)
def test_another_value_or_another_unit_is_another_amount(one: str, other: str) -> None:
    assert not same(one, other)


@pytest.mark.parametrize("text", ["1. First of all", "(2) Then", "3) Last", "B2B", "no figure"])
def test_marks_of_a_list_and_letter_words_are_no_figures(text: str) -> None:
    assert amounts(text) == ()


def test_every_part_of_a_version_is_a_figure() -> None:
    assert [one.value for one in amounts("version 1.2.3")] == [1, 2, 3]


@pytest.mark.parametrize(
    ("text", "percent"),
    [
        ("half of them", [50]),
        ("a third of the customers", [33]),
        ("one fifth", [20]),
        ("nearly a tenth", [10]),
        ("seven out of ten", [70]),
        ("3 of 4 customers", [75]),
        ("one in every five", [20]),
        ("ten of nine", []),
        ("the third shop", []),
    ],
)
def test_a_share_in_other_words_is_a_percentage(text: str, percent: list[int]) -> None:
    assert [(one.value, one.unit) for one in shares(text)] == [(value, "percent") for value in percent]


@pytest.mark.parametrize(
    ("text", "periods"),
    [
        ("€5 a month", {"month"}),
        ("twice per year, or yearly", {"year"}),
        ("every week", {"week"}),
        ("12/hour", {"hour"}),
        ("a daily and an annual report", {"day", "year"}),
        ("quarterly and monthly", {"quarter", "month"}),
        ("in March", set()),
    ],
)
def test_a_rate_is_known_by_its_period(text: str, periods: set[str]) -> None:
    assert rates(text) == periods


@given(st.integers(1, 10**12), st.sampled_from(["{:,}", "{}", "€{:,}", "{:,} euros", "{:,}%", "{} days"]))
def test_separators_change_no_amount(value: int, form: str) -> None:
    (one,) = amounts(form.format(value))

    assert one.value == value


@given(st.integers(10**6, 10**12), st.integers(0, 99))
def test_points_or_commas_between_thousands_are_one_figure(whole: int, hundredths: int) -> None:
    written = f"{whole:,}.{hundredths:02}"

    (one,) = amounts(written)
    (european,) = amounts(f"{whole:,}".replace(",", "."))

    assert one.value == pytest.approx(whole + hundredths / 100)
    assert european.value == whole
