from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import wire
from assistant.types import (
    About,
    Answer,
    Assumption,
    AssumptionRuling,
    Block,
    BlockKind,
    Citation,
    Conflict,
    Document,
    Dropped,
    Filters,
    Finding,
    FoundBy,
    Grounding,
    Hit,
    IdeaRuling,
    Kind,
    Passage,
    Rejected,
    Searched,
    Stance,
    Statement,
    Support,
    Verdict,
)

TEXT = st.text(max_size=12)
MAYBE = st.none() | TEXT
ABOUT = st.builds(About, TEXT, TEXT, TEXT, TEXT, TEXT, MAYBE, MAYBE)
COUNT = st.integers(0, 9**9)
CITATION = st.builds(Citation, ABOUT, COUNT, COUNT, TEXT, MAYBE, MAYBE, st.none() | COUNT)


def some(one: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(one, max_size=2).map(tuple)


STATEMENT = st.builds(Statement, TEXT, some(CITATION), st.sampled_from(Support))
ANSWER = st.builds(
    Answer,
    question=TEXT,
    standalone_question=TEXT,
    statements=some(STATEMENT),
    grounding=st.sampled_from(Grounding),
    reason=TEXT,
    searched=st.builds(Searched, COUNT, COUNT),
    conflicts=some(st.builds(Conflict, some(STATEMENT))),
    nearest=some(CITATION),
    rejected=some(st.builds(Rejected, TEXT, TEXT)),
    model=MAYBE,
    timings_ms=st.dictionaries(TEXT, st.floats(0, 1e6), max_size=2),
    within=st.builds(Filters, some(TEXT), some(TEXT), MAYBE.map(lambda date: date or None), pages=some(COUNT)),
)
FINDING = st.builds(Finding, CITATION, st.sampled_from(Stance), st.floats(0, 1), st.sampled_from(Kind), TEXT, TEXT)
ASSUMPTION = st.builds(
    Assumption,
    text=TEXT,
    lens=TEXT,
    importance=st.floats(0, 1),
    ruling=st.sampled_from(AssumptionRuling),
    findings=some(FINDING),
    question=TEXT,
    part=TEXT,
    searched=some(TEXT),
    settle=TEXT,
)
VERDICT = st.builds(
    Verdict,
    idea=TEXT,
    ruling=st.sampled_from(IdeaRuling),
    assumptions=some(ASSUMPTION),
    leaps_of_faith=some(TEXT),
    searched=st.builds(Searched, COUNT, COUNT),
    rejected=some(st.builds(Rejected, TEXT, TEXT)),
    model=MAYBE,
    timings_ms=st.dictionaries(TEXT, st.floats(0, 1e6), max_size=2),
    case_for=some(FINDING),
    case_against=some(FINDING),
    missing=some(TEXT),
    stance_model=TEXT,
)

QUOTE = Citation(
    About("d1", "talk.md", "ab" * 32, "text/markdown", "A talk", "Writer", "2012-10", "en", "example.org"),
    3,
    9,
    "“Trust”",
    "Guest",
    "Why",
    2,
)
SAID = Statement("Guest: “Trust”", (QUOTE,), Support.VERBATIM)
PASSAGE = Passage("p1", QUOTE.about, 3, 30, "Trust is slow. It is.", (), ("Part", "Why"), "Guest", 2)


@given(ANSWER)
def test_an_answer_is_the_same_after_a_journey_through_json(answer: Answer) -> None:
    came = wire.read_answer(json.loads(json.dumps(wire.answer(answer))))

    assert came == answer
    assert came.timings_ms == answer.timings_ms


@given(VERDICT)
def test_a_verdict_is_the_same_after_a_journey_through_json(verdict: Verdict) -> None:
    came = wire.read_verdict(json.loads(json.dumps(wire.verdict(verdict))))

    assert came == verdict
    assert came.timings_ms == verdict.timings_ms


def test_what_is_no_answer_is_told_as_such() -> None:
    whole = wire.answer(Answer("q", "q", (SAID,), Grounding.GROUNDED, "", Searched(1, 1)))

    for kept in ({}, {**whole, "grounding": "sure"}, {**whole, "statements": [{"text": "x"}]}):
        with pytest.raises((KeyError, ValueError)):
            wire.read_answer(kept)


def test_fields_added_later_do_not_hinder_reading() -> None:
    answer = Answer("q", "q", (SAID,), Grounding.GROUNDED, "", Searched(1, 1))

    assert wire.read_answer({**wire.answer(answer), "mood": "good"}) == answer


def test_a_verdict_of_before_opens_without_what_a_model_told_over_its_findings() -> None:
    verdict = Verdict("Wait.", IdeaRuling.CHALLENGED, (), (), Searched(2, 5), model="fake:one")
    remark = {"text": "Buyers wait.", "citations": [wire.citation(QUOTE)], "assumptions": []}
    prose = {"case_for": [], "case_against": [remark], "missing": [], "to_settle": []}

    assert wire.read_verdict({**wire.verdict(verdict), "prose": prose}) == verdict


def test_a_citation_says_all_that_it_takes_to_check_it() -> None:
    came = wire.citation(QUOTE)

    assert came == {
        "document": "d1",
        "source": "talk.md",
        "title": "A talk",
        "author": "Writer",
        "speaker": "Guest",
        "date": "2012-10",
        "language": "en",
        "site": "example.org",
        "guessed": [],
        "heading": "Why",
        "page": 2,
        "place": "page 2",
        "start": 3,
        "end": 9,
        "quote": "“Trust”",
        "sha256": "ab" * 32,
        "media_type": "text/markdown",
        "quote_sha256": hashlib.sha256("“Trust”".encode()).hexdigest(),
        "key": None,
    }


ANSWERED = Answer(
    "q",
    "whole q",
    (SAID,),
    Grounding.REFUSED,
    "no",
    Searched(2, 5),
    (Conflict((SAID, SAID)),),
    (QUOTE,),
    (Rejected("x", "why"),),
    None,
    {"total": 1.5},
)


def test_an_answer_has_the_fields_that_people_script_against() -> None:
    assert wire.answer(ANSWERED) == {
        "question": "q",
        "standalone_question": "whole q",
        "grounding": "refused",
        "refused": True,
        "reason": "no",
        "statements": [{"text": SAID.text, "support": "verbatim", "key": None, "citations": [wire.citation(QUOTE)]}],
        "conflicts": [{"sides": [wire.statement(SAID), wire.statement(SAID)]}],
        "nearest": [wire.citation(QUOTE)],
        "searched": {"documents": 2, "passages": 5},
        "rejected": [{"quote": "x", "why": "why"}],
        "model": None,
        "timings_ms": {"total": 1.5},
        "missing": "",
        "dropped": [],
        "notices": [],
        "cost": None,
    }


def test_a_verdict_has_the_fields_that_people_script_against() -> None:
    finding = Finding(QUOTE, Stance.CHALLENGES, 0.75, Kind.FORECAST, "He said “Trust”.")
    told = {
        "stance": "challenges",
        "confidence": 0.75,
        "citation": wire.citation(QUOTE),
        "kind": "forecast",
        "context": "He said “Trust”.",
        "why": "",
        "judged": None,
        "bears": 1.0,
    }
    assumption = Assumption(
        "Buyers wait.",
        "customer",
        0.5,
        AssumptionRuling.CHALLENGED,
        (finding,),
        "Who waits?",
        "Wait",
        ("wait",),
        "Ask.",
    )
    verdict = Verdict(
        "Wait.",
        IdeaRuling.CHALLENGED,
        (assumption,),
        ("Buyers wait.",),
        Searched(2, 5),
        case_against=(finding,),
        missing=("Who pays.",),
        stance_model="marks",
    )

    assert json.loads(json.dumps(wire.verdict(verdict))) == {
        "idea": "Wait.",
        "ruling": "challenged",
        "assumptions": [
            {
                "text": "Buyers wait.",
                "lens": "customer",
                "importance": 0.5,
                "ruling": "challenged",
                "findings": [told],
                "question": "Who waits?",
                "part": "Wait",
                "searched": ["wait"],
                "settle": "Ask.",
                "importance_by": "lens",
            }
        ],
        "to_settle": [],
        "library": "",
        "leaps_of_faith": ["Buyers wait."],
        "searched": {"documents": 2, "passages": 5},
        "rejected": [],
        "model": None,
        "timings_ms": {},
        "case_for": [],
        "case_against": [told],
        "voices": {"for": 0, "against": 1},
        "missing": ["Who pays."],
        "stance_model": "marks",
        "dropped": [],
        "notices": [],
        "cost": None,
        "left_out": [],
        "summary": None,
    }


def test_a_hit_has_the_fields_that_people_script_against() -> None:
    assert json.loads(json.dumps(wire.hit(Hit(PASSAGE, 0.5, FoundBy.BOTH, (PASSAGE,))))) == {
        "document": "d1",
        "source": "talk.md",
        "title": "A talk",
        "author": "Writer",
        "date": "2012-10",
        "passage": "p1",
        "start": 3,
        "end": 30,
        "text": "Trust is slow. It is.",
        "score": 0.5,
        "found_by": "both",
        "heading": "Part › Why",
        "language": "en",
        "site": "example.org",
        "guessed": [],
        "speaker": "Guest",
        "page": 2,
        "place": "page 2",
        "folded": [{"document": "d1", "start": 3, "end": 30}],
    }


def test_a_document_shown_is_its_entry_with_text_blocks_and_what_was_dropped() -> None:
    block = Block(BlockKind.ITEM, 0, 5, ("Part",), "Guest", 2)
    document = Document(QUOTE.about, "Trust", (block,), (Dropped("Share this", "navigation", 5),))
    entry = wire.entry(document.about, passages=1, state="ready", sources=("talk.md", "copy.md"))

    shown = wire.document(document, passages=1, state="ready", sources=("talk.md", "copy.md"))

    assert entry == {
        "document": "d1",
        "source": "talk.md",
        "title": "A talk",
        "author": "Writer",
        "date": "2012-10",
        "language": "en",
        "site": "example.org",
        "guessed": [],
        "media_type": "text/markdown",
        "sha256": "ab" * 32,
        "passages": 1,
        "state": "ready",
        "sources": ["talk.md", "copy.md"],
    }
    assert json.loads(json.dumps(shown)) == {
        **entry,
        "text": "Trust",
        "blocks": [{"kind": "item", "start": 0, "end": 5, "headings": ["Part"], "speaker": "Guest", "page": 2}],
        "dropped": [{"text": "Share this", "reason": "navigation", "at": 5}],
        "notices": {},
    }
