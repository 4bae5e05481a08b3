"""What a library holds, and what was retrieved, as a page shows it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from assistant.library.records import Holdings
from assistant.readers import plain
from assistant.types import Answer, Citation, FoundBy, Grounding, Hit, Searched, Statement, Support
from tests.conftest import make_document, make_passages
from ui.views import present_chat


@pytest.mark.parametrize(
    ("held", "told"),
    [
        (Holdings(1, 4, (("text/plain", 1),), None, None, (), 0), "1 document."),
        (
            Holdings(1200, 9, (("application/pdf", 1100), ("text/x", 100)), "2019", "2024", ("Ann", "Bob"), 5),
            "1,200 documents (1,100 PDF, 100 others) from 2019 to 2024, by Ann, Bob and 3 others.",
        ),
        (
            Holdings(
                3,
                9,
                (("text/csv", 2), ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", 1)),
                "2020",
                "2020",
                ("Ann",),
                2,
            ),
            "3 documents from 2020, by Ann and 1 other.",
        ),
    ],
)
def test_a_library_is_told_in_a_line(held: Holdings, told: str) -> None:
    assert present_chat.holds(held) == told


def test_each_passage_says_why_it_was_retrieved_and_whether_it_is_cited() -> None:
    document = make_document("Pear <b>trees</b>.\n\nOther words.", "a.txt", title="<i>Trees")
    first, second = make_passages(document)
    cited = Citation(document.about, 0, 4, "Pear")
    answer = Answer(
        "Q?", "Q?", (Statement("Pear", (cited,), Support.VERBATIM),), Grounding.GROUNDED, "", Searched(1, 2)
    )

    html = present_chat.hits([Hit(first, 0.1816, FoundBy.BOTH), Hit(second, 0.09, FoundBy.LEXICAL, (first,))], answer)

    assert "found by its words and by its meaning, score 0.182; cited as 1" in html
    assert "found by its words, score 0.090; stands for 1 passage of the same words" in html
    assert "Pear &lt;b&gt;trees&lt;/b&gt;." in html
    assert "<cite>&lt;i&gt;Trees</cite>" in html


def test_a_passage_that_is_shown_as_closest_is_told_from_one_that_is_cited() -> None:
    document = make_document("Pear trees.\n\nOther words.", "a.txt")
    first, second = make_passages(document)
    over_both = Citation(document.about, 5, len(document.text), document.text[5:])
    near = Answer("Q?", "Q?", (), Grounding.NEAR, "", Searched(1, 2), nearest=(over_both,))

    html = present_chat.hits([Hit(first, 0.2, FoundBy.BOTH), Hit(second, 0.1, FoundBy.LEXICAL)], near)

    assert html.count("; shown as closest, 1") == 2


def test_days_are_called_today_and_yesterday_and_then_by_their_date() -> None:
    days = [date(2026, 3, 2), date(2026, 3, 1), date(2026, 2, 28), date(2026, 3, 3)]

    told = [present_chat.day(day, date(2026, 3, 2)) for day in days]

    assert told == ["Today", "Yesterday", "28 February 2026", "Today"]  # a clock may be behind


def test_a_passage_tells_the_heading_that_it_stands_under_and_its_page() -> None:
    document = make_document("Pear trees.", "a.pdf", title="Trees", media_type="application/pdf")
    (passage,) = make_passages(document)
    placed = replace(passage, headings=("Trees", "Fruit"), page=3)

    html = present_chat.hits(
        [Hit(placed, 0.2, FoundBy.BOTH)], Answer("Q?", "Q?", (), Grounding.REFUSED, "", Searched(1, 1))
    )

    assert "<cite>Trees › Fruit › page 3</cite>" in html


def test_the_explanation_of_a_search_names_as_many_passages_as_are_read() -> None:
    words = {12: "twelve"}

    assert f"the {words[plain.READ]} best passages whole" in present_chat.SEARCH
