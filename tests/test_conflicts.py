from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.text.conflicts import disagrees, find, negations
from assistant.types import Citation, Conflict, Statement, Support
from tests.conftest import make_document

CHEAPER = "A weekly discount brings buyers into a shop."


def statement(text: str, source: str = "one.txt", speaker: str | None = None, author: str | None = None) -> Statement:
    about = make_document(text, source, author=author).about
    return Statement(text, (Citation(about, 0, len(text), text, speaker),), Support.VERBATIM)


def differ(one: str, other: str) -> bool:
    """Whether they are a conflict as sentences of two documents, whichever comes first."""
    a, b = statement(one), statement(other, "other.txt")
    found = find((a, b))
    assert found in ((), (Conflict((a, b)),))
    assert bool(find((b, a))) == bool(found)
    return bool(found)


@pytest.mark.parametrize(
    "other",
    [
        "A weekly discount does not bring buyers into a shop.",
        "A weekly discount never brought buyers into our shop.",
        "A weekly discount doesn’t bring buyers.",
        "It's a myth that a weekly discount brings buyers into a shop.",
        "A hatter disagrees that a weekly discount brings buyers.",
        "A weekly discount is overrated.",
    ],
)
def test_a_claim_and_its_denial_are_a_conflict(other: str) -> None:
    assert differ(CHEAPER, other)


@pytest.mark.parametrize(
    "other",
    [
        "A weekly discount brings people into most shops.",
        "Leaflets do not bring anybody anywhere.",
        "A hatter disagrees.",
        "Nobody gives a discount.",  # one word in common is not yet the same thing
    ],
)
def test_agreement_and_another_matter_are_none(other: str) -> None:
    assert not differ(CHEAPER, other)


def test_two_denials_agree() -> None:
    assert not differ("A weekly discount does not bring buyers.", "A weekly discount never brings buyers.")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The kit costs 10 euros.", "The kit costs 12 euros."),
        ("The kit costs 1,000 euros.", "The kit costs 1,200 euros."),
        ("The kit costs ten euros.", "The kit costs twelve euros."),
        ("The mill opened in 1987.", "The mill was opened in 1989."),
    ],
)
def test_another_figure_for_the_same_thing_is_a_conflict(one: str, other: str) -> None:
    assert differ(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The kit costs 10 euros.", "The kit still costs 10 euros."),
        ("The kit costs 1,000 euros.", "The kit costs 1000 euros."),
        ("The kit costs ten euros.", "The kit costs 10 euros."),
        ("The kit costs fifty euros.", "The kit costs 50 euros."),
        ("The kit costs 10 euros.", "The kit costs little, in euros."),
        ("The kit costs 10 euros.", "The kit was 12 months in the making at the old mill by four weavers."),
        ("Shops sell B2B kits for 10 euros.", "Shops sell B2B kits for 10 euros and more."),
        ("The main reason was the price for 46%.", "Main reason: 2026; 2024"),
    ],
)
def test_the_same_figure_or_one_for_something_else_is_none(one: str, other: str) -> None:
    assert not differ(one, other)


def test_the_letters_of_the_trade_are_no_figures_in_common() -> None:
    assert differ("Our B2B kit costs 10 euros.", "Our B2B kit costs 12 euros.")


def test_two_things_the_other_way_round_are_a_conflict() -> None:
    assert differ("Brands drive sales.", "Sales drive brands.")
    assert not differ("Brands drive sales.", "Brands drive most sales.")


@pytest.mark.parametrize(
    ("one", "other", "is_conflict"),
    [
        ("The weekly market sells bread.", "The weekly market never opens before noon.", True),
        ("The weekly market sells fresh rye bread.", "The weekly market never opens before noon in winter.", False),
        ("The weekly market fills 10 stalls.", "The weekly market costs 20 euros.", True),
        ("The weekly market fills 10 stalls of bakers.", "The weekly market costs 20 euros each winter.", False),
    ],
)
def test_half_of_the_shorter_sentence_in_common_is_the_same_thing_and_less_is_not(
    one: str, other: str, is_conflict: bool
) -> None:
    """Two sentences about one market share its name, and may deny or count different things of it."""
    assert differ(one, other) is is_conflict


def test_one_voice_does_not_contradict_itself() -> None:
    """It qualifies what it says; and a document without an author is one voice too."""
    one, other = CHEAPER, "A weekly discount does not bring buyers into a shop that is hidden."

    for voice in ({}, {"speaker": "Draper"}, {"author": "Draper"}):
        assert find((statement(one, **voice), statement(other, **voice))) == ()


def test_two_speakers_of_one_thread_do() -> None:
    one, other = (
        statement(CHEAPER, speaker="Draper"),
        statement("A weekly discount brings no buyers.", speaker="Hatter"),
    )

    assert find((one, other)) == (Conflict((one, other)),)


def test_who_tells_of_a_disagreement_is_one_source() -> None:
    """A story has its turns; only another document, or another voice in this one, does not agree with it."""
    turn = "On the other hand, a hatter found that a discount keeps buyers away."

    assert find((statement(CHEAPER), statement(turn))) == ()
    assert differ(CHEAPER, turn)
    assert find((statement(CHEAPER, speaker="Draper"), statement(turn, speaker="Hatter")))


def test_every_pair_that_differs_is_shown() -> None:
    three = tuple(statement(f"The kit costs {price} euros.", f"{price}.txt") for price in (10, 12, 14))

    assert find(three) == tuple(Conflict((three[a], three[b])) for a, b in ((0, 1), (0, 2), (1, 2)))


def test_one_statement_alone_has_no_conflict() -> None:
    assert (find(()), find((statement(CHEAPER),))) == ((), ())


@pytest.mark.parametrize(
    ("text", "count"),
    [("It works.", 0), ("It does not work.", 1), ("It doesn’t, and never did.", 2), ("Notes on nobles.", 0)],
)
def test_negations_are_counted(text: str, count: int) -> None:
    assert negations(text) == count


def test_a_word_that_only_looks_like_disagreement_is_none() -> None:
    assert disagrees("I disagree with the draper.")
    assert not disagrees("An agreeable and oppositional draper.")


@given(
    st.lists(st.sampled_from([CHEAPER, "A weekly discount brings no buyers.", "The kit costs 10 euros."]), max_size=5)
)
def test_what_is_the_same_is_never_a_conflict(texts: list[str]) -> None:
    statements = tuple(statement(text, f"{place}.txt") for place, text in enumerate(texts))

    for conflict in find(statements):
        one, other = conflict.sides
        assert one.text != other.text
        assert statements.index(one) < statements.index(other)
