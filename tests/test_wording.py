"""Drafts without a model: questions that people would ask, or none; disagreements that are some."""

from __future__ import annotations

import pytest

from assistant.text.amounts import amounts
from eval.drafting.wording import asked_of, at_odds


def asked(text: str) -> str | None:
    (figure,) = (one for one in amounts(text) if one.unit)
    return asked_of(text, figure)


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("The blue lamp costs about $40 in our shop.", "How much does the blue lamp cost?"),
        ("Our lamps cost 40 euros.", "How much do our lamps cost?"),
        ("The repair of a lamp takes 14 days.", "How long does the repair of a lamp take?"),
        ("The budget for lamps is €40,000.", "How much is the budget for lamps?"),
        (
            "The lamp is delivered to every customer within 14 days of the order.",
            "Within how many days is the lamp delivered to every customer?",
        ),
        ("2. Goods must be paid within 45 days.", "Within how many days must goods be paid?"),
        ("The return rate fell to 5% in spring.", "To how much did the return rate fall?"),
        ("We get 25 days of paid leave.", "How many days of paid leave do we get?"),
    ],
)
def test_a_sentence_of_a_known_form_gets_a_question_that_a_person_would_ask(text: str, question: str) -> None:
    assert asked(text) == question


@pytest.mark.parametrize(
    "text",
    [
        "48% of the callers said afterwards that they would recommend us.",
        "Whoever shares the battery sells the 9%.",
        "Siemens costs 40 euros.",
        "A 14-day trial of the lamp is what people ask for.",
        "The lamp is 14% cheaper than last year.",
    ],
)
def test_of_other_sentences_no_question_is_made(text: str) -> None:
    assert asked(text) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The blue lamp is delivered within 14 days.", "The blue lamp is delivered within 20 days."),
        ("The blue lamp is delivered to customers.", "The blue lamp is not delivered to customers."),
        ("Managers may grant a discount of up to 15%.", "Managers may grant customers a discount of up to 10%."),
    ],
)
def test_two_figures_or_a_denial_of_the_same_thing_are_a_disagreement(one: str, other: str) -> None:
    assert at_odds(one, other)
    assert at_odds(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The blue lamp is delivered within 14 days.", "The red lamp is delivered within 20 days."),
        ("The blue lamp is delivered within 14 days.", "The blue lamp is delivered within two weeks."),
        ("The blue lamp is delivered within 14 days.", "The blue lamp is delivered for 20 euros."),
        ("In 2019 the blue lamp sold for 40 euros.", "In 2020 the blue lamp sold for 50 euros."),
        (
            "The detail can be extended by 120 days in all.",
            "The detail lasts long, can be extended, and may not exceed 240 days for anybody who was assigned to it.",
        ),
        ("The blue lamp is on the contrary liked by all.", "The blue lamp is dear, and liked by some."),
    ],
)
def test_what_can_both_be_so_is_none(one: str, other: str) -> None:
    assert not at_odds(one, other)
    assert not at_odds(other, one)
