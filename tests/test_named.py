"""A question that names a document by its title, and what is then asked of that document."""

from __future__ import annotations

import pytest

from assistant.search.named import SEVERAL, Named, may_name, named
from assistant.search.question import read
from assistant.types import About
from tests.conftest import make_document

TITLES = (
    "Refund policy",
    "Moving Beyond “Marketing” and “Sales”",
    "Juniper compressor: the noise, and what we did about it",
    "Culture",
    "Charles Cook's README",
    "Pricing policy",
    "Pricing policy (revised)",
    "???",
)


def abouts(*titles: str) -> list[About]:
    return [make_document("Text.", f"{n}.md", title=title).about for n, title in enumerate(titles)]


def asked_of(question: str, *titles: str) -> tuple[set[str], bool, bool]:
    found = named(read(question), abouts(*titles or TITLES)) if may_name(read(question)) else None
    found = found or Named(())
    return {about.title for about in found.documents}, found.author, found.date


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("What does the refund policy say about digital goods?", "Refund policy"),
        ("What is said of digital goods in the refund policy?", "Refund policy"),
        ("Which goods come back, according to the refund policy?", "Refund policy"),
        ("What does 'Moving Beyond Marketing and Sales' propose instead?", TITLES[1]),
        ("What does Moving Beyond Marketing And Sales want instead?", TITLES[1]),
        ("What did the report “Juniper compressor” find?", TITLES[2]),
        ("What does the culture page say about chats?", "Culture"),
        ("What does the page 'Culture' hold on chats?", "Culture"),
        ("What does Charles Cook's README say about feedback?", "Charles Cook's README"),
    ],
)
def test_a_title_in_a_question_names_its_document(question: str, title: str) -> None:
    assert asked_of(question) == ({title}, False, False)


@pytest.mark.parametrize(
    "question",
    [
        "What does a Juniper compressor cost?",
        "How is our culture doing?",
        "What do you say about marketing and sales?",
        "What is the policy on refunds?",
        "Who is Charles Cook?",
        "Which refund policy is the best for shops?",
        "",
        "“???”",
        "The culture page and the page on the chat tool disagree: which channels do I follow?",
    ],
)
def test_words_of_a_title_are_most_often_what_is_asked_about(question: str) -> None:
    assert asked_of(question) == (set(), False, False)


@pytest.mark.parametrize(
    ("question", "author", "date"),
    [
        ("Who wrote the refund policy?", True, False),
        ("Who is the author of the refund policy?", True, False),
        ("By whom was the refund policy written?", True, False),
        ("When was the refund policy published?", False, True),
        ("What is the date of the refund policy?", False, True),
        ("Who wrote the refund policy, and when?", True, True),
        ("Who wrote the document “Refund policy”?", True, False),
    ],
)
def test_who_wrote_a_document_and_when_is_asked_of_its_particulars(question: str, author: bool, date: bool) -> None:
    assert asked_of(question) == ({"Refund policy"}, author, date)


@pytest.mark.parametrize("question", ["Who wrote Culture?", "When was culture published?"])
def test_all_of_a_title_of_one_word_is_named_where_nothing_else_is_asked(question: str) -> None:
    assert asked_of(question)[0] == {"Culture"}


@pytest.mark.parametrize(
    "question",
    [
        "Who wrote to us about the refund policy?",
        "When was the refund policy introduced?",
        "Who checks the refund policy?",
    ],
)
def test_what_a_document_is_about_is_none_of_its_particulars(question: str) -> None:
    assert asked_of(question)[1:] == (False, False)


def test_versions_of_one_title_are_named_together_and_many_documents_are_not() -> None:
    question = "What does the pricing policy say about discounts?"

    assert asked_of(question)[0] == {"Pricing policy", "Pricing policy (revised)"}
    assert asked_of(question, *["Pricing policy"] * (SEVERAL + 1)) == (set(), False, False)


def test_several_titles_in_one_question_name_all_their_documents() -> None:
    question = "What do 'Refund policy' and 'Culture' say about chats?"

    assert asked_of(question)[0] == {"Refund policy", "Culture"}


def test_of_titles_that_overlap_the_longer_one_is_named() -> None:
    assert asked_of("Who wrote “Culture of debate”?", "Culture", "Culture of debate")[0] == {"Culture of debate"}


def test_most_words_of_a_title_name_its_document_and_a_few_of_them_name_what_it_is_about() -> None:
    title = "Returns of digital goods abroad"

    assert asked_of("What does the report “returns of digital goods” say?", title)[0] == {title}
    assert asked_of("What does the report “digital goods abroad” say?", title)[0] == set()
