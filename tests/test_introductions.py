"""An item of a list is cited, shown and judged with the sentence that introduces it."""

from __future__ import annotations

from assistant.checking.citations import cite
from assistant.readers.excerpts import Key, excerpts
from assistant.readers.material import Extract
from assistant.readers.model import extract_text
from assistant.text import introductions
from assistant.types import Answer, Citation, FoundBy, Grounding, Hit, Passage, Searched, Sentence
from ingest.pipeline.passages import split
from tests.test_reading_notes import note
from ui.views.present_chat import hits

TERMS = """# Terms

## Basic

A customer of Basic does not need to:

- sign a contract for two years
- name a person who decides
- pay before the work begins

Prices hold for a year.

## What Premium needs

- a contract for two years
"""


def passages(text: str = TERMS, words: int = 200) -> list[Passage]:
    return list(split(note(text), words))


def sentence(passage: Passage, words: str) -> Sentence:
    return next(s for s in passage.sentences if passage.text[s.start - passage.start :].startswith(words))


def cited(passage: Passage, words: str) -> Citation:
    found = cite(passage, sentence(passage, words), lambda _, start, end: note(TERMS).text[start:end])
    assert isinstance(found, Citation)
    return found


def test_an_item_is_cited_under_what_introduces_it() -> None:
    basic, premium = passages()

    assert cited(basic, "pay before").heading == "Basic › A customer of Basic does not need to"
    assert cited(basic, "A customer").heading == cited(basic, "Prices").heading == "Basic"
    assert cited(premium, "a contract").heading == "What Premium needs"


def test_an_item_is_judged_after_what_introduces_it() -> None:
    basic, premium = passages()

    def judged(passage: Passage, words: str) -> str:
        return introductions.judged(passage, sentence(passage, words), words)

    assert judged(basic, "name a person") == "A customer of Basic does not need to: name a person"
    assert judged(basic, "Prices hold") == "Prices hold"
    assert judged(premium, "a contract") == "What Premium needs: a contract"


def test_an_item_of_a_list_that_began_in_another_passage_is_judged_after_its_heading() -> None:
    items = "\n".join(f"- item {n} of the things that a customer of Basic may well have anyway" for n in range(20))
    *_, last = passages(f"Nobody needs to bring:\n\n{items}", 60)

    assert introductions.judged(last, last.sentences[-1], "item 19").startswith("Nobody needs to bring: item 19")


def test_a_stretch_around_an_item_begins_with_what_introduces_it() -> None:
    basic, _ = passages()

    shown = excerpts([Key(basic, sentence(basic, "name a person"), 1.0)])

    assert basic.text[shown[0].span.start - basic.start :].startswith("A customer of Basic does not need to:")


def test_a_table_cut_over_passages_keeps_its_introduction_and_the_names_of_its_columns() -> None:
    rows = "\n".join(f"| Product {n} of the catalog | {n} euros a month |" for n in range(30))
    first, *others = passages(f"# Fees\n\nWithout taxes, firms pay:\n\n| Plan | Fee |\n|---|---|\n{rows}\n", 60)

    assert first.headings == ()
    assert len(others) > 2
    assert {passage.headings for passage in others} == {("Without taxes, firms pay",)}
    assert all(passage.text.startswith("Plan: Product") for passage in others)


def test_a_passage_in_which_a_list_goes_on_says_so_to_a_reader_and_on_the_page() -> None:
    items = "\n".join(f"- item {n} of the things that a customer of Basic may well have anyway" for n in range(20))
    first, *others = passages(f"# Terms\n\nNobody needs to bring:\n\n{items}\n", 60)
    answer = Answer("Q?", "Q?", (), Grounding.NEAR, "", Searched(1, 1))

    def shown(passage: Passage) -> tuple[bool, bool]:
        page = hits([Hit(passage, 0.2, FoundBy.BOTH)], answer)
        return "continued" in extract_text(Extract(1, passage, (passage,))), "(continued)" in page

    assert shown(first) == (False, False)
    assert {shown(passage) for passage in others} == {(True, True)}
