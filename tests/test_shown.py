"""What is shown of an answer: its texts, and in each the sentence that seems to answer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.types import About, Answer, Citation, Grounding, Searched, Span, Statement, Support
from ui.views.shown import Shown, asked_cell, disagreeing, shown, why

ABOUT = About("d1", "rates.md", "0" * 64, "text/markdown", "Rates")
BEFORE, KEY, AFTER = "1. Trains leave at six.\n", "2. A ticket costs 9 euros.", "\n3. Dogs travel free."


def stretch(before: str = BEFORE, key: str = KEY, after: str = AFTER, speaker: str | None = None) -> Citation:
    quote, at = before + key + after, 40
    return Citation(ABOUT, at, at + len(quote), quote, speaker, key=Span(at + len(before), at + len(before + key)))


def verbatim(*cited: Citation) -> tuple[Statement, ...]:
    return tuple(Statement(one.quote, (one,), Support.VERBATIM) for one in cited)


def answer(*statements: Statement) -> Answer:
    return Answer("What?", "What?", statements, Grounding.GROUNDED, "", Searched(1, 9))


def near(*nearest: Citation, grounding: Grounding = Grounding.NEAR) -> Answer:
    return Answer("What?", "What?", (), grounding, "No passage says.", Searched(1, 9), nearest=nearest)


def test_the_sentence_that_seems_to_answer_is_told_from_those_around_it() -> None:
    one = stretch()

    assert shown(answer(*verbatim(one))) == (Shown((one,), "", BEFORE, KEY, AFTER, ""),)


def test_nothing_is_marked_where_there_is_nothing_to_pick_it_out_of() -> None:
    alone, other = stretch("", KEY, ""), stretch("", "A list of\nits own.", "")

    assert [one.key for one in shown(answer(*verbatim(alone, other)))] == ["", ""]


def test_a_lone_sentence_is_marked_beside_stretches_in_which_one_is() -> None:
    alone = stretch("", "They leave at six.", "")

    assert [one.key for one in shown(answer(*verbatim(stretch(), alone)))] == [KEY, "They leave at six."]


def test_whose_words_they_are_stands_before_them() -> None:
    one = stretch(speaker="Guard")
    said = Statement(f"Guard: “{one.quote}”", (one,), Support.VERBATIM)

    whole = (Shown((one,), "Guard: “", BEFORE, KEY, AFTER, "”"),)
    assert shown(answer(said)) == whole
    assert shown(near(one)) == whole


def test_what_a_model_says_is_shown_as_it_says_it() -> None:
    said = Statement("Tickets are 9 euros.", (stretch(), stretch("", "Free.", "")), Support.SUPPORTED)

    assert [(one.text, one.key) for one in shown(answer(said))] == [("Tickets are 9 euros.", "")]


def test_the_closest_stretches_are_shown_and_those_of_a_refusal_are_not() -> None:
    assert shown(near(stretch())) == shown(answer(*verbatim(stretch())))
    assert shown(near(stretch(), grounding=Grounding.REFUSED)) == ()


def test_a_side_of_a_conflict_is_its_sentence_not_the_stretch() -> None:
    (said,) = verbatim(stretch())

    assert disagreeing(said) == KEY
    assert disagreeing(Statement("Tickets are dear.", (replace(stretch(), key=None),), Support.SUPPORTED)) == (
        "Tickets are dear."
    )


@given(st.lists(st.tuples(st.text(), st.text(min_size=1), st.text()), max_size=3), st.text(max_size=5) | st.none())
def test_no_word_is_lost_or_added(parts: list[tuple[str, str, str]], speaker: str | None) -> None:
    cited = [stretch(*part, speaker=speaker) for part in parts]
    told = [one.text for one in shown(near(*cited))]

    assert told == [f"{speaker}: “{one.quote}”" if speaker else one.quote for one in cited]
    assert [one.text for one in shown(answer(*verbatim(*cited)))] == [one.quote for one in cited]


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("The documents do not say: nothing near it mentions “Peru”.", "Nothing near it mentions “Peru”."),
        ("The documents do not say.", ""),
        ("Nothing in the documents is near this question.", "Nothing in the documents is near this question."),
        ("", ""),
    ],
)
def test_the_reason_does_not_say_twice_that_the_documents_do_not_say(reason: str, told: str) -> None:
    assert why(replace(near(), reason=reason)) == told


ROW = (
    "Plan: Team; Price per month: €49; Support: weekdays; by e-mail, from 8:00; Notice period: one month; Audit log: no"
)


@pytest.mark.parametrize(
    ("question", "cell"),
    [
        ("What is the notice period of the Team plan?", "Notice period: one month;"),
        ("What does the Team plan cost per month?", "Price per month: €49;"),
        ("Is it a day, a week or a year?", None),
        ("What is the price of the Team plan?", "Price per month: €49;"),
        ("Which plans have an audit log?", "Audit log: no"),
        ("Is there support for teams?", "Support: weekdays; by e-mail, from 8:00;"),
        ("What is the Team plan?", None),
    ],
)
def test_of_a_long_row_the_cell_is_marked_that_is_asked_for(question: str, cell: str | None) -> None:
    found = asked_cell(ROW, question)

    assert (found and ROW[found.start : found.end]) == cell


@pytest.mark.parametrize(
    "text", ["Plan: Team; Price: €49", "Note the price: it is 9; not 8; not 7: a price.", "price", ""]
)
def test_what_is_no_long_row_has_no_cells(text: str) -> None:
    assert asked_cell(text, "What is the price?") is None


def test_a_row_is_shown_whole_with_its_cell_marked() -> None:
    row = stretch("", ROW, "")
    asked = replace(answer(*verbatim(row)), standalone_question="What is the notice period?")

    (one,) = shown(asked)

    assert (one.text, one.key) == (ROW, "Notice period: one month;")
    assert one.before.endswith("from 8:00; ")
