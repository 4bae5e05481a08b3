from __future__ import annotations

import pytest

from assistant.readers.refusal import LOOKED_AT, reason_to_refuse
from assistant.search.question import read
from assistant.types import Passage
from tests.conftest import judged, make_marked

MILL = make_marked(
    "The mill opened in 1987 with 4 looms. It sold linen to the Weston shops.",
    "mill.txt",
    title="Ashford",
    date="2014-05",
)


KNOWN = ("sell", "pay")


def reason(question: str, *passages: Passage, is_likely: bool = True) -> str | None:
    scored = judged(*((passage, (1.0,)) for passage in passages))
    return reason_to_refuse(read(question), scored, is_likely=is_likely, is_known=lambda word: word in KNOWN)


def test_an_answer_that_is_likely_enough_is_given() -> None:
    assert reason("What did the mill sell?", MILL) is None


def test_an_unlikely_one_is_refused_and_the_reason_names_what_is_missing() -> None:
    refusal = reason("What did the mill pay in wages and rent?", MILL, is_likely=False)

    assert refusal
    assert "“wages” or “rent”" in refusal


def test_a_reason_names_what_the_question_is_about_and_no_kind_of_answer_nor_what_the_documents_mention() -> None:
    refusal = reason("Which year was the rent of the mill?", MILL, is_likely=False)

    assert refusal == "The documents do not say: none of them mentions “rent”."
    assert reason("Which year was it?", MILL, is_likely=False) == ("The documents do not say.")


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("How long is the warranty of a lathe?", "“warranty” or “lathe”"),
        ("How loud is a grinder usually?", "“grinder”"),
        ("From which amount on is delivery insured?", "“delivery”"),
        ("How do we renew visas quickly?", "“visas”"),
        ("Is there a family to supply?", "“family”"),
        ("Which meetings need approval and renewal?", "“meetings”, “approval” or “renewal”"),
        ("Which hundred sheds were objected to?", "“hundred” or “sheds”"),
        ("How long is it allowed to be?", ""),
        ("How do I renew it?", ""),
    ],
)
def test_a_reason_names_no_word_that_is_no_noun_by_its_place_or_ending(question: str, named: str) -> None:
    refusal = reason(question, MILL, is_likely=False)

    about = f": none of them mentions {named}" if named else ""
    assert refusal == f"The documents do not say{about}."


def test_an_unlikely_one_with_all_its_words_met_is_refused_too() -> None:
    refusal = reason("What did the mill sell?", MILL, is_likely=False)

    assert refusal
    assert "“" not in refusal


def test_without_a_sentence_there_is_nothing_to_say() -> None:
    assert reason_to_refuse(read("What did the mill sell?"), [], is_likely=True, is_known=bool)


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("What did the mill sell to Norton?", "“Norton”"),
        ("What did Norton and Weston buy from IBM?", "“Norton” or “IBM”"),
        ("What did the mill sell in 1999?", "“1999”"),
        ("What did the mill sell to Weston in 1999?", "“1999”"),
    ],
)
def test_a_name_or_year_that_is_nowhere_near_outweighs_any_score(question: str, missing: str) -> None:
    refusal = reason(question, MILL)

    assert refusal
    assert missing in refusal


@pytest.mark.parametrize(
    "question",
    [
        "What did the mill sell to Weston?",
        "What did the mill sell to Weston's?",
        "What did the mill in Ashford sell?",  # in the title
        "What did the mill sell in 1987?",
        "What did the mill sell in 2014?",  # the date of the document
        "What did Weston and Norton buy?",  # one of two may go by another name
        "I need 40 sheets: what did the mill sell?",  # the user's own case
    ],
)
def test_a_name_or_year_that_stands_near_is_no_reason(question: str) -> None:
    assert reason(question, MILL) is None


def test_who_speaks_and_what_it_stands_under_are_near() -> None:
    page = make_marked("We sold linen.", speaker="Ann Norton", headings=("The years at Ashford",))

    assert reason("What did Norton sell at Ashford?", page) is None


def test_a_name_far_below_the_best_evidence_is_not_near() -> None:
    """One that stands in a passage about something else does not make the best one about it."""
    others = [make_marked(f"Linen was sold in {town}.", f"{town}.txt") for town in "abcdefgh"[: 2 * LOOKED_AT]]
    last = make_marked("Norton was sad.", "norton.txt")
    best_first = [(passage, (9.0 - place,)) for place, passage in enumerate([*others, last])]

    assert reason_to_refuse(
        read("What did the mill sell to Norton?"), judged(*best_first), is_likely=True, is_known=bool
    )
    assert not reason_to_refuse(
        read("What did the mill sell to Norton?"), judged(*best_first[1:]), is_likely=True, is_known=bool
    )


def test_a_figure_that_was_asked_for_must_be_there() -> None:
    page = make_marked("The mill paid its weavers well. They liked it.")

    refusal = reason("How much did the mill pay?", page)

    assert refusal
    assert "figure" in refusal


@pytest.mark.parametrize(
    "text", ["It paid 30 shillings.", "It paid thirty shillings.", "It paid half of them nothing."]
)
def test_a_figure_may_be_written_in_words(text: str) -> None:
    assert reason("How much did the mill pay?", make_marked(text)) is None


def test_the_number_in_the_question_is_no_figure_that_answers_it() -> None:
    assert reason("How many looms were there in 1987?", make_marked("In 1987 there were looms."))


def test_the_letter_words_of_the_trade_are_no_figures() -> None:
    assert reason("How many buyers did they have?", make_marked("They had B2B buyers."))


def test_a_figure_below_the_best_sentences_does_not_count() -> None:
    page = make_marked("It paid. It paid well. It paid on time. It rained. It had 4 looms.")

    assert reason_to_refuse(
        read("How much did it pay?"), judged((page, (5.0, 4.0, 3.0, 2.0, 1.0))), is_likely=True, is_known=bool
    )
