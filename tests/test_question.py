from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.search.question import Asks, read


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("Who runs the bakery?", Asks.WHO),
        ("Whose idea was the market stall?", Asks.WHO),
        ("Which author wrote about mills?", Asks.WHO),
        ("When did the mill at Ashford open?", Asks.WHEN),
        ("What year did the mill close?", Asks.WHEN),
        ("In what quarter did sales fall?", Asks.WHEN),
        ("Where was the mill built?", Asks.WHERE),
        ("Which city has the most mills?", Asks.WHERE),
        ("How many ovens does the bakery have?", Asks.NUMBER),
        ("How often should a shop write to its customers?", Asks.NUMBER),
        ("What percentage of customers return?", Asks.NUMBER),
        ("What does the starter kit cost?", Asks.NUMBER),
        ("What's the budget for leaflets?", Asks.NUMBER),
        ("Why do people buy bread?", Asks.WHY),
        ("How come the mill closed?", Asks.WHY),
        ("What caused the fire?", Asks.WHY),
        ("Should a small shop advertise on television?", Asks.WHETHER),
        ("Don't small shops need a budget?", Asks.WHETHER),
        ("So, is a slogan worth the money?", Asks.WHETHER),
        ("If demand falls, should we cut the price?", Asks.WHETHER),
        ("How does a loyalty card work?", Asks.OTHER),
        ("What is the rule of the guild?", Asks.OTHER),
        ("What business is the mill in?", Asks.OTHER),
        ("loyalty cards", Asks.OTHER),
    ],
)
def test_a_question_asks_for_one_kind_of_thing(text: str, asks: Asks) -> None:
    assert read(text).asks is asks


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("Who said when the shop would open?", Asks.WHO),
        ("When did the founder say who should lead?", Asks.WHEN),
        ("Why do people queue even when it rains?", Asks.WHY),
        ("How many weavers left, and why?", Asks.NUMBER),
        ("Should we know who buys, or why?", Asks.WHETHER),
    ],
)
def test_the_first_word_of_asking_decides(text: str, asks: Asks) -> None:
    assert read(text).asks is asks


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("When a rival cuts its price, should we follow?", Asks.WHETHER),
        ("When the oven is cold, how many loaves are left?", Asks.NUMBER),
        ("When bread is dear, who buys it?", Asks.WHO),
    ],
)
def test_when_that_only_sets_the_scene_does_not_ask_for_a_date(text: str, asks: Asks) -> None:
    assert read(text).asks is asks


@pytest.mark.parametrize(
    "text",
    [
        "What do these documents argue?",
        "Summarise the documents.",
        "Give me an overview.",
        "What is the gist?",
        "What are the main themes of the articles?",
        "documents",
    ],
)
def test_a_question_about_nothing_but_the_documents_is_broad(text: str) -> None:
    assert read(text).asks is Asks.BROAD


@pytest.mark.parametrize(
    "text",
    [
        "What do the documents say about bread?",
        "Summarise what the mill did.",
        "Who wrote the documents?",
        "What is the main idea?",  # of what? a follow-up, or nothing
    ],
)
def test_a_question_about_something_is_not_broad(text: str) -> None:
    assert read(text).asks is not Asks.BROAD


@pytest.mark.parametrize(
    "text",
    [
        "List the steps of a tasting.",
        "Please name three kinds of bread.",
        "Take me through a launch.",
        "What are the duties of a steward?",
        "Which tools does a baker need?",
        "What kinds of flour are there?",
        "What three rules does the guild set?",
    ],
)
def test_several_things_are_asked_for(text: str) -> None:
    assert read(text).wants_several


@pytest.mark.parametrize(
    "text",
    [
        "What is the rule of the guild?",
        "What does the guild do?",
        "What happens in autumn?",
        "Which is better?",
        "Which business closed?",
        "Which sells better, bread or cake?",
        "Who runs the bakery?",
        "Where was the list kept?",
    ],
)
def test_one_thing_is_asked_for(text: str) -> None:
    assert not read(text).wants_several


def test_names_and_numbers_are_told_apart_from_other_words() -> None:
    question = read("How many of the 1,500 looms in Ashford did Weston & Sons sell to ILMA in May 1987?")

    assert question.names == ("ashford", "weston", "son", "ilma")
    assert question.numbers == {"1500", "1987"}


def test_the_first_word_is_no_name_for_its_capital() -> None:
    assert read("Bread or cake in Ashford?").names == ("ashford",)


def test_words_of_asking_are_not_what_a_question_is_about() -> None:
    assert [token.word for token in read("What does the author say about loyalty cards?").content] == [
        "loyalty",
        "cards",
    ]


def test_words_of_asking_are_all_there_is_when_nothing_else_is_asked() -> None:
    assert [token.word for token in read("What does the author say?").content] == ["author", "say"]
    assert [token.word for token in read("Who is it?").content] == ["Who", "is", "it"]


def test_what_it_is_about_is_named_once() -> None:
    """The weights of the words sum to 1; one that counts twice would outweigh the others."""
    content = read("Does the price of bread price out buyers of bread?").content

    assert sorted(token.word for token in content) == ["bread", "buyers", "price"]


@given(st.text(max_size=60))
def test_any_text_with_a_word_is_about_something(text: str) -> None:
    question = read(text)

    assert question.text == text
    assert bool(question.content) == any(character.isalnum() for character in text)
