"""An answer as a terminal shows it: what seems to answer stands out, and no document steers the terminal."""

from __future__ import annotations

from dataclasses import replace

import click

from assistant.types import About, Answer, Citation, Grounding, Searched, Span, Statement, Support
from ui.reports import terminal

ABOUT = About("d1", "rates.md", "0" * 64, "text/markdown", "Rates\x1b[31m", "Guard")
QUOTE = "1. Trains leave at six.\n2. A ticket\x1b[31m costs 9 euros.\n\nDogs travel free."
KEY = Span(24, 55)


def answer(speaker: str | None = None, key: Span = KEY) -> Answer:
    one = Citation(ABOUT, 0, len(QUOTE), QUOTE, speaker, key=key)
    said = Statement(f"{speaker}: “{QUOTE}”" if speaker else QUOTE, (one,), Support.VERBATIM)
    return Answer("What?", "What?", (said,), Grounding.GROUNDED, "", Searched(1, 9))


def test_the_sentence_that_seems_to_answer_is_bold_on_lines_of_its_own() -> None:
    told = terminal.answer(answer())

    assert told.startswith(
        "  1. Trains leave at six.\n» \x1b[1m2. A ticket[31m costs 9 euros.\x1b[0m\n  Dogs travel free. [1]\n\n"
    )
    assert told.count("\x1b") == 2


def test_whose_words_they_are_stands_before_the_first_and_the_number_after_the_last() -> None:
    first, last = Span(0, 23), Span(57, len(QUOTE))

    assert click.unstyle(terminal.answer(answer("Ann", first))).startswith("» Ann: “1. Trains leave at six.\n  2. A")
    assert "\n» Dogs travel free.” [1]\n" in click.unstyle(terminal.answer(answer("Ann", last)))


def test_a_list_that_is_all_of_the_answer_keeps_its_lines_unmarked() -> None:
    told = terminal.answer(answer(key=Span(0, len(QUOTE))))

    assert told.startswith("1. Trains leave at six.\n2. A ticket[31m costs 9 euros.\nDogs travel free. [1]\n\n")


def test_what_the_documents_leave_open_stands_under_the_statements() -> None:
    told = terminal.answer(replace(answer(), missing="Whether cats\x1b[2J do."))

    assert "free. [1]\n\nNot said: Whether cats[2J do.\n\nSources\n" in told


def test_nothing_of_an_answer_steers_the_terminal() -> None:
    hostile = "\x1b]0;title\x07 \x9b31m \u202eyap"
    one = Citation(replace(ABOUT, title=hostile, source=hostile), 0, len(hostile), hostile, hostile)
    near = Answer(
        hostile, f"{hostile}?", (), Grounding.NEAR, hostile, Searched(1, 9), nearest=(one,), notices=(hostile,)
    )

    for grounding in (Grounding.NEAR, Grounding.REFUSED):
        told = terminal.answer(replace(near, grounding=grounding))
        assert not set(told) & {"\x1b", "\x07", "\x9b", "\u202e"}
