"""Who wrote a document that a question names, and when: as the library knows it, cited where the document says it."""

from __future__ import annotations

import pytest

from assistant.answer import particulars
from assistant.library.library import Library
from assistant.types import Support
from tests.reading import read_for, stored

MEMO = """Omar Haddad thinks that callers and their manager are dear.

By Omar Haddad, 12 March 2021

Each call cost us 14 dollars."""


def quoted_statements(library: Library, question: str) -> list[tuple[str, str]]:
    statements = particulars.statements(read_for(library, question), library)
    assert all(one.support is Support.SUPPORTED for one in statements)
    return [(one.text, one.citations[0].quote) for one in statements]


def test_who_wrote_a_document_is_cited_from_the_line_that_says_so(library: Library) -> None:
    stored(library, MEMO, "memo.txt", title="Cold calling", author="Omar Haddad", date="2021-03-12")

    assert quoted_statements(library, "Who wrote “Cold calling”, and when?") == [
        ("“Cold calling” is by Omar Haddad.", "By Omar Haddad, 12 March 2021"),
        ("“Cold calling” is dated 12 March 2021.", "By Omar Haddad, 12 March 2021"),
    ]


def test_what_no_line_states_is_told_as_the_librarys_entry(library: Library) -> None:
    text = "Goods come back within 30 days.\n\nDana Whitfield decides what is repaired, and what is sold once more."
    stored(library, text, "refunds.txt", title="Refund policy", author="Dana Whitfield", date="2023-04")

    assert quoted_statements(library, "Who wrote the refund policy and when?") == [
        (f"“Refund policy” {what}, as its entry in the library has it.", "Goods come back within 30 days.")
        for what in ("is by Dana Whitfield", "is dated April 2023")
    ]


@pytest.mark.parametrize("question", ["Who decides the refund policy?", "What does the refund policy say?", "Who?"])
def test_nothing_is_told_where_it_is_not_asked(library: Library, question: str) -> None:
    stored(library, "Goods come back.", "refunds.txt", title="Refund policy", author="Dana Whitfield", date="2023")

    assert quoted_statements(library, question) == []


@pytest.mark.parametrize(
    ("question", "lacks"),
    [
        ("Who wrote the refund policy?", "The library does not know who wrote “Refund policy”."),
        ("When was the refund policy published?", "The library does not know the date of “Refund policy”."),
        ("What does the refund policy say?", ""),
    ],
)
def test_what_the_library_does_not_know_is_said(library: Library, question: str, lacks: str) -> None:
    stored(library, "Goods come back.", "refunds.txt", title="Refund policy")
    material = read_for(library, question)

    assert (particulars.statements(material, library), particulars.lacking(material.named)) == ((), lacks)
