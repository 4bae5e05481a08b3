from __future__ import annotations

from typing import Any

import pytest

from assistant.types import (
    Answer,
    Assumption,
    AssumptionRuling,
    Citation,
    Conflict,
    Document,
    Finding,
    Grounding,
    IdeaRuling,
    Rejected,
    Searched,
    Stance,
    Statement,
    Support,
    Verdict,
)
from eval import scorers
from eval.cases import Case, Gold
from eval.gold import judge, locate
from eval.scorers import Asked, contains, score_question
from tests.conftest import make_document

FORD = make_document("The price came down to $260 in 1925.\n\nHe hired many people. The price rose again.", "ford.txt")
COPY = make_document("Something else entirely: the price came down to $260 in 1925.", "copy.txt")
DOCUMENTS = {document.id: document for document in (FORD, COPY)}


def find(source: str) -> Document | None:
    alias = {"also-ford.txt": "ford.txt"}.get(source, source)
    return next((one for one in DOCUMENTS.values() if one.about.source == alias), None)


def read(document: str, start: int, end: int) -> str | None:
    text = DOCUMENTS[document].text if document in DOCUMENTS else ""
    return text[start:end] if 0 <= start < end <= len(text) else None


def cite(quote: str, document: Document = FORD) -> Citation:
    start = document.text.index(quote)
    return Citation(document.about, start, start + len(quote), quote)


def gold(*quotes: str, source: str = "ford.txt") -> tuple[Gold, ...]:
    return tuple(Gold(source=source, quote=quote) for quote in quotes)


def answered(*citations: Citation, refused: bool = False, **more: Any) -> Answer:
    statements = tuple(Statement(one.quote, (one,), Support.VERBATIM) for one in citations)
    grounding = Grounding.REFUSED if refused else Grounding.GROUNDED
    return Answer("q", "q", statements, grounding, "no passage says it" if refused else "", Searched(2, 3), **more)


def asked(came_back: Answer, **case: Any) -> Asked:
    one = Case(**{"id": "fact-a", "question": "q", **case})
    return Asked(one, came_back, locate(one.gold, find), read)


def scores(one: Asked) -> dict[str, float | None]:
    return {score.name: score.value for score in score_question(one)}


def test_a_right_answer_gets_everything_that_applies():
    one = asked(answered(cite("The price came down to $260 in 1925.")), answer=["$260"], evidence=gold("down to $260"))

    assert scores(one) == {
        "hit": 1,
        "evidence complete": 1,
        "citation precision": 1,
        "citation validity": 1,
        "answer strings": 1,
        "grounded correct": 1,
        "refusal precision": None,
        "refusal recall": None,
    }


def test_an_answerable_question_that_is_refused_is_a_miss():
    answer = answered(refused=True, nearest=(cite("He hired many people."),))

    got = scores(asked(answer, answer=["$260"], evidence=gold("down to $260")))

    assert got == {
        "hit": 0,
        "evidence complete": 0,
        "citation precision": None,
        "citation validity": 1,
        "answer strings": 0,
        "grounded correct": 0,
        "refusal precision": 0,
        "refusal recall": None,
    }


@pytest.mark.parametrize(("refused", "precision", "recall"), [(True, 1, 1), (False, None, 0)])
def test_a_case_to_refuse_counts_for_refusals_only(refused: bool, precision: float | None, recall: float):
    citations = () if refused else (cite("He hired many people."),)

    got = scores(asked(answered(*citations, refused=refused), refuse=True))

    assert (got.pop("refusal precision"), got.pop("refusal recall")) == (precision, recall)
    got.pop("citation validity")
    assert set(got.values()) == {None}


def test_one_quote_is_enough_unless_all_are_required():
    answer, evidence = answered(cite("The price rose again.")), gold("The price rose again.", "He hired many people.")

    assert scorers.complete(asked(answer, evidence=evidence)).value == 1
    required = scorers.complete(asked(answer, evidence=evidence, require="all"))
    assert (required.value, required.why) == (0, "not cited: “He hired many people.”")
    assert scorers.hit(asked(answer, evidence=evidence, require="all")).value == 1


def test_the_same_words_in_another_document_are_no_hit_but_another_name_of_the_document_is_the_same():
    quote = "the price came down to $260 in 1925."

    assert scorers.hit(asked(answered(cite(quote, COPY)), evidence=gold("price came down"))).value == 0
    right = asked(answered(cite("price came down")), evidence=gold("price came down", source="also-ford.txt"))
    assert scorers.hit(right).value == 1


def test_precision_counts_a_place_once_and_a_rejected_quote_as_wrong():
    right, wrong = cite("down to $260"), cite("He hired many people.")
    answer = answered(right, right, right, wrong, rejected=(Rejected("never said", "it stands nowhere"),))

    score = scorers.precision(asked(answer, evidence=gold("down to $260")))

    assert (score.value, score.of) == (pytest.approx(1 / 3), 3)
    assert score.why == "2 of 3 not gold; rejected (it stands nowhere): “never said”"


def test_a_fabricated_citation_lowers_precision_and_validity_and_grounded_correct():
    real = cite("down to $260")
    fakes = (
        Citation(FORD.about, 0, 12, "The price is"),  # other words stand there
        Citation(FORD.about, 70, 9000, "beyond the end"),
        Citation(FORD.about, 5, 5, ""),
        Citation(make_document("x", "gone.txt").about, 0, 1, "x"),
    )
    one = asked(answered(real, *fakes), answer=["$260"], evidence=gold("down to $260"))

    got = scores(one)

    assert (got["citation validity"], got["citation precision"], got["grounded correct"]) == (0.2, 0.2, 0)
    assert [cited.fault for cited in one.cited] == [
        None,
        "other words stand there",
        "no such place",
        "empty or backwards",
        "no such place",
    ]


def test_validity_looks_at_every_citation_that_is_shown():
    false = Citation(FORD.about, 0, 9, "not there")
    conflict = Conflict((Statement("s", (false,), Support.VERBATIM),))

    for more in ({"nearest": (false,)}, {"conflicts": (conflict,)}):
        assert scorers.validity(asked(answered(cite("down to $260"), **more), refuse=True)).value == 0.5


def test_an_answer_that_cites_nothing_is_not_grounded():
    answer = Answer("q", "q", (Statement("$260", (), Support.UNSUPPORTED),), Grounding.UNDECLARED, "", Searched(2, 3))

    got = scores(asked(answer, answer=["$260"]))

    assert (got["answer strings"], got["grounded correct"], got["citation validity"]) == (1, 0, None)
    assert (got["hit"], got["citation precision"]) == (None, None)


def test_the_name_of_a_speaker_counts_where_the_statement_says_it():
    citation = cite("He hired many people.")
    statement = Statement(f"Bruce DeBoer: “{citation.quote}”", (citation,), Support.VERBATIM)
    answer = Answer("q", "q", (statement,), Grounding.GROUNDED, "", Searched(2, 3))

    assert scorers.strings(asked(answer, answer=["bruce  deboer", "hired MANY"])).value == 1
    assert scorers.strings(asked(answer, answer=["Newton", "hired"])).why == "not said: “Newton”"


@pytest.mark.parametrize(
    ("text", "string", "yes"),
    [
        ("It cost $260.", "$260", True),
        ("It cost $260, then", "260", True),
        ("260% more", "260", True),
        ("6000+ factories", "6000", True),
        ("It cost $2600", "$260", False),
        ("It cost $260,000", "$260", False),
        ("It cost $1,260", "260", False),
        ("It cost 260.5", "260", False),
        ("3.5 days", "5 days", False),
        ("19.2% of trials", "9.2%", False),
        ("about 9.2% of trials", "9.2%", True),
        ("from 74\ndays to 41", "74 days to 41", True),
        ("model B260", "260", False),
        ("never more than 12 m² wide", "12 m²", True),
        ("the first 90 dayses", "90 days", False),
        ("The Supermarkets", "supermarket", True),
        ("IT MISSES  the\tpoint", "misses the point", True),
        ("it missed", "misses", False),
    ],
)
def test_digit_strings_stand_as_whole_tokens_and_others_anywhere(text: str, string: str, yes: bool):
    assert contains(text, string) is yes


def test_gold_is_found_across_line_ends_and_without_its_markup():
    kept = make_document("A small stand\n\nand a full diary. A small stand", "kept.md")

    (found, marked) = locate(gold("stand and a  full", "A **small** stand", source="kept.md"), lambda source: kept)

    assert [kept.text[span.start : span.end] for span in found.spans] == ["stand\n\nand a full"]
    assert [span.start for span in marked.spans] == [0, 33]


def test_gold_that_is_not_in_the_kept_text_is_named_and_can_only_be_missed():
    one = asked(answered(cite("down to $260")), evidence=gold("Post a comment", "x") + gold("y", source="lost.txt"))

    assert [located.why for located in one.gold] == [
        "gold not in the kept text of ford.txt: “Post a comment”",
        "gold not in the kept text of ford.txt: “x”",
        "lost.txt did not go into the library",
    ]
    assert scorers.hit(one).value == 0
    assert "Post a comment" in scorers.hit(one).why


def test_evidence_of_an_idea_counts_on_its_own_side_only():
    finding = {
        "supports": Finding(cite("The price came down to $260 in 1925."), Stance.SUPPORTS, 0.9),
        "wrong side": Finding(cite("He hired many people."), Stance.SUPPORTS, 0.9),
        "unclear": Finding(cite("The price rose again."), Stance.UNCLEAR, 0.5),
    }
    assumption = Assumption("a", "lens", 1.0, AssumptionRuling.SUPPORTED, tuple(finding.values()))
    verdict = Verdict("i", IdeaRuling.HOLDS, (assumption, assumption), (), Searched(2, 3))
    supports = locate(gold("down to $260"), find)
    challenges = locate(gold("hired many people", "The price rose again."), find)

    cited = scorers.findings(verdict, supports, challenges, read)
    got = {score.name: (score.value, score.of) for score in scorers.score_idea(cited, supports, challenges)}

    assert got == {
        "evidence for": (1, 1),
        "evidence against": (0, 2),
        "evidence anywhere": (1, 3),
        "findings valid": (1, 3),
    }
    assert [(one.stance, one.correct) for one in cited] == [
        (Stance.SUPPORTS, True),
        (Stance.SUPPORTS, False),
        (Stance.UNCLEAR, False),
    ]


def test_an_idea_without_gold_on_a_side_has_no_recall_there():
    verdict = Verdict("i", IdeaRuling.NOT_COVERED, (), (), Searched(2, 3))

    assert {score.value for score in scorers.score_idea((), (), ())} == {None}
    assert scorers.findings(verdict, (), (), read) == judge((), (), read) == ()
