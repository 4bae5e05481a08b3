"""What a sentence is by its place and its words."""

from __future__ import annotations

import pytest

from assistant.evidence.sentences import Seen, answers_in_kind, context_stems, seen
from assistant.search.question import read
from tests.conftest import make_marked


def first_seen(text: str, **passage: str) -> Seen:
    return seen(make_marked(text, **passage))[0]  # type: ignore[arg-type]


def test_what_stands_above_a_passage_counts_as_near() -> None:
    page = make_marked("It rises.", speaker="Ann Kent", headings=("The oven",), title="Bread", author="A miller")

    assert context_stems(page) == ("bread", "oven", "ann", "kent", "miller")


@pytest.mark.parametrize(
    ("question", "answering", "lacking"),
    [
        ("How many looms?", "It had 4 looms.", "It had looms."),
        ("How many looms?", "It had four looms.", "A B2B mill."),
        ("How many looms in 1987?", "4 in 1987.", "Looms in 1987."),
        ("When did it open?", "It opened in 1987.", "It opened on 19 looms."),
        ("When did it open?", "It opened last May.", "It may open."),
        ("When did it open?", "It opened two years ago.", "It opened early."),
        ("Who opened it?", "It was opened by Norton.", "It was opened by him."),
        ("Who opened it?", "Norton opened it.", "We opened it."),
        ("Who opened Kent?", "Norton did.", "It was Kent."),
        ("Where is it?", "It is in Kent.", "It is in a town."),
        ("Why is it?", "Because it is.", "It is."),
        ("Why is it?", "That led to it.", "It sells."),
    ],
)
def test_a_sentence_holds_or_lacks_the_kind_of_thing_asked_for(question: str, answering: str, lacking: str) -> None:
    assert answers_in_kind(read(question), first_seen(answering)) is True
    assert answers_in_kind(read(question), first_seen(lacking)) is False


def test_what_somebody_says_tells_who() -> None:
    assert answers_in_kind(read("Who likes it?"), first_seen("We like it.", speaker="Norton")) is True


@pytest.mark.parametrize("question", ["How does it work?", "Should it open?", "What do these documents argue?"])
def test_some_questions_ask_for_no_kind_of_thing(question: str) -> None:
    assert answers_in_kind(read(question), first_seen("It had 4 looms.")) is None
