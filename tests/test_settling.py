"""The cheapest way to find out depends on what was found and what is missing."""

from dataclasses import replace

from assistant.pressure.assumptions import OF_WORDS, WHOLE
from assistant.pressure.settling import cheapest
from assistant.types import About, Assumption, AssumptionRuling, Citation, Finding, Kind, Stance

TRIAL = About("d1", "trial.md", "", "text/markdown", "The trial", "Ann Berg", "2023-05")
NOTE = About("d2", "note.md", "", "text/markdown", "A note")
FOR = Finding(Citation(TRIAL, 0, 9, "It works."), Stance.SUPPORTS, 0.8)
AGAINST = Finding(Citation(NOTE, 0, 9, "It fails."), Stance.CHALLENGES, 0.7, Kind.FIGURE)
UNCLEAR = replace(FOR, stance=Stance.UNCLEAR, confidence=0.4)


def open_one(*findings: Finding, lens: str = WHOLE, settle: str = "") -> Assumption:
    return Assumption("It works.", lens, 1.0, AssumptionRuling.GAP, findings, settle=settle)


def test_where_both_sides_speak_their_cases_are_compared() -> None:
    assert cheapest(open_one(FOR, AGAINST)) == (
        "Compare the case of Ann Berg, in “The trial” (May 2023), for it, with that of whoever wrote “A note”, against"
        " it: which is like yours? A figure on it stands in “A note”: does it hold for you, too?"
    )


def test_a_document_in_which_two_say_it_is_named_once() -> None:
    about = FOR.citation.about
    other = replace(AGAINST, citation=Citation(about, 20, 29, "It fails.", speaker="Bob Lund"))

    assert cheapest(open_one(FOR, other)) == (
        "In “The trial” (May 2023), Ann Berg is for it and Bob Lund against it: whose case is like yours?"
        " A figure on it stands there: does it hold for you, too?"
    )


def test_of_one_who_says_both_it_is_asked_when() -> None:
    both = open_one(FOR, replace(FOR, stance=Stance.CHALLENGES))

    assert cheapest(both).startswith("Ann Berg, in “The trial” (May 2023) says both: find out when it holds")


def test_where_no_side_is_known_it_is_told_what_to_read_whom_to_ask_and_that_a_figure_is_missing() -> None:
    assert cheapest(open_one(UNCLEAR)) == (
        "Read the passage that bears on it, and say on which side."
        " Somebody to ask: Ann Berg, in “The trial” (May 2023). No figure on it was found: ask for one."
    )


def test_where_nothing_was_found_nothing_is_advised_but_what_a_lens_or_a_model_says() -> None:
    assert [cheapest(open_one(lens=name, settle="Try it small.")) for name in OF_WORDS] == [""] * len(OF_WORDS)
    assert cheapest(open_one(lens="reach", settle="Stop the posters in one town.")) == "Stop the posters in one town."
