from __future__ import annotations

import pytest

from assistant.conversation import standalone
from assistant.types import Role, Turn

LIST = "Make something, make words, share words, attract, attune, educate, close."
BULLETS = "- Find a niche.\n- Say one thing.\n- Say it again."
NUMBERED = "1. Find a niche. 2. Say one thing. 3. Say it again."


def said(*contents: str) -> list[Turn]:
    """Question and answer in turn."""
    return [Turn(Role.ASSISTANT if place % 2 else Role.USER, content) for place, content in enumerate(contents)]


@pytest.mark.parametrize(
    ("question", "told", "meant"),
    [
        ("What does the fifth one mean?", LIST, "What does attune mean?"),
        ("What does the 1st mean?", LIST, "What does Make something mean?"),
        ("And the last?", LIST, "And close?"),
        ("What about number 2?", LIST, "What about make words?"),
        ("What about the third point?", BULLETS, "What about Say it again.?"),
        ("What about the former?", BULLETS, "What about Find a niche.?"),
        ("What does the second one mean?", NUMBERED, "What does Say one thing mean?"),
    ],
)
def test_a_place_in_the_list_that_was_given_becomes_the_thing_that_stands_there(
    question: str, told: str, meant: str
) -> None:
    assert standalone(question, said("List the processes.", told)) == meant


@pytest.mark.parametrize(
    "question", ["What is the first rule of pricing for new products?", "What happened in the second quarter of 2019?"]
)
def test_an_ordinal_with_a_thing_of_its_own_is_no_place_in_the_list(question: str) -> None:
    assert standalone(question, said("List the processes.", LIST)) == question


@pytest.mark.parametrize(
    ("question", "asked", "meant"),
    [
        ("What example does he give?", "Who is Stephen Newton?", "What example does Stephen Newton give?"),
        ("What is her view on price?", "What did Jane Doe say?", "What is Jane Doe's view on price?"),
        ("Why did they fire her?", "What did Jane Doe say?", "Why did they fire Jane Doe?"),
        ("Where is its largest factory?", "How fast does Shein design?", "Where is Shein's largest factory?"),
        ("And how many shops does it run?", "How fast does Shein design?", "And how many shops does Shein run?"),
    ],
)
def test_a_pronoun_becomes_the_name_in_the_question_before(question: str, asked: str, meant: str) -> None:
    assert standalone(question, said(asked, "The documents do not say.")) == meant


def test_a_person_named_only_in_the_answer_is_who_a_pronoun_means() -> None:
    history = said("Who disagrees with the thread's author?", "It is Stephen Newton who disagrees.")

    assert standalone("What does he sell?", history) == "What does Stephen Newton sell?"


@pytest.mark.parametrize("question", ["When was that?", "Why did they do it?", "Is it still so?", "What else?", "Why?"])
def test_a_question_that_leans_on_the_whole_of_the_one_before_gets_its_words(question: str) -> None:
    meant = standalone(question, said("When did the bakery raise prices in Kent and Essex?", "In May."))

    assert meant.startswith(question)
    assert all(word in meant for word in ("bakery", "raise", "prices", "Kent", "Essex"))


def test_a_new_number_takes_the_place_of_the_old_one() -> None:
    meant = standalone("And in 1915?", said("How many cars did Ford sell in 1914?", "250,000."))

    assert "1915" in meant
    assert "Ford" in meant
    assert "1914" not in meant


def test_a_follow_up_of_a_follow_up_still_knows_what_it_is_about() -> None:
    history = said("How many cars did Ford sell in 1913?", "168,000.", "And in 1914?", "250,000.")

    meant = standalone("And in 1915?", history)

    assert all(word in meant for word in ("1915", "cars", "Ford", "sell"))


@pytest.mark.parametrize(
    "question",
    [
        "How do teams measure the value of a brand?",
        "Who was Henry Ford?",
        "How do companies price a product when it is new?",
        "How can a brand keep its promise to buyers?",
        "What share of buyers say that they trust brands?",
        "What is the price that is paid for lost trust?",
    ],
)
def test_a_question_that_stands_alone_is_left_as_it_is(question: str) -> None:
    assert standalone(question, said("Why did Shein grow?", "It uploads 1000 items a day.")) == question


@pytest.mark.parametrize(
    "question",
    [
        "What do these documents argue?",
        "And what do the documents say?",
        "Summarise the documents.",
        "Give an overview.",
    ],
)
def test_a_question_about_all_the_documents_stands_alone(question: str) -> None:
    assert standalone(question, said("How many items does Shein upload daily?", "1000.")) == question


def test_the_main_points_of_something_are_not_those_of_all_the_documents() -> None:
    meant = standalone("What are its main points?", said("Where is the pricing policy?", "In the handbook."))

    assert "pricing policy" in meant


@pytest.mark.parametrize("question", ["Why?", "What does he mean?", "What about the second one?"])
def test_with_nothing_said_before_there_is_nothing_to_put_in(question: str) -> None:
    assert standalone(question, []) == standalone(question, said("")) == question
