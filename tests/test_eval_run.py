from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest

from assistant.embedding import Identity
from assistant.settings import Settings
from assistant.types import Answer, Citation, Grounding, Searched, Statement, Support
from eval import scorers
from eval.cases import Case, Gold
from eval.gold import locate
from eval.report import to_json, to_text
from eval.run import MadeWith, Report, Result, run_suites
from eval.suites import Suite
from tests.conftest import make_document
from tests.fakes import WordEmbedder

SAMPLE = Path(__file__).parent.parent / "eval" / "suites" / "sample" / "suite.yaml"
GOLDEN = Path(__file__).parent / "golden" / "eval_report.txt"
LONGEST = 5_000

SUITE = f"""
name: small
corpus: documents
cases:
  - id: fact-price
    question: What did the Runabout cost in 1925?
    answer: ["$260"]
    evidence:
      - {{source: ford.txt, quote: "The Runabout cost $260 in 1925."}}
      - {{source: page.txt, quote: "Post a comment"}}
  - {{id: none-moon, question: "How far is the moon?", refuse: true}}
  - {{id: fact-too-long, question: "{"what " * (LONGEST // 5)}", answer: ["x"]}}
  - id: idea-cheaper
    idea: We should make the Runabout cheaper.
    supports:
      - {{source: ford.txt, quote: "More people bought the Runabout when it was cheaper."}}
"""


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    documents = tmp_path / "documents"
    documents.mkdir()
    ford = "The Runabout cost $260 in 1925. More people bought the Runabout when it was cheaper."
    (documents / "ford.txt").write_text(f"Ford and prices\n\n{ford}\n", encoding="utf-8")
    page = "Brands are slow to build, and it takes years until people know them.\n\nPost a comment\n"
    (documents / "page.txt").write_text(page, encoding="utf-8")
    (documents / "broken.txt").write_bytes(b"\x00\x01\x02")
    path = tmp_path / "small.yaml"
    path.write_text(SUITE, encoding="utf-8")
    return path


@pytest.fixture
def report(suite: Path, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Report:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (report,) = run_suites([suite], settings, embedder=WordEmbedder())
    return report


def test_a_run_answers_every_case_on_a_library_that_is_gone_afterwards(
    report: Report, settings: Settings, tmp_path: Path
):
    assert [result.case.id for result in report.results] == ["fact-price", "none-moon", "fact-too-long", "idea-cheaper"]
    assert report.made_with.searched.documents == 2
    assert not any((tmp_path / "temporary").iterdir())
    assert not settings.home.exists()


def test_a_crashed_case_is_counted_apart_with_its_message(report: Report):
    (crashed,) = report.errors

    assert (crashed.case.id, crashed.scores) == ("fact-too-long", ())
    assert crashed.error is not None
    assert crashed.error.startswith("SettingsError: The question has 4,999 characters")
    (grounded,) = report.measures([scorers.GROUNDED])
    assert grounded.cases == 1  # the case that crashed is in no mean


def test_what_did_not_go_in_and_gold_that_cleaning_took_are_named(report: Report):
    assert [one.split(":")[0] for one in report.failed] == ["broken.txt"]
    assert report.lost == (("fact-price", "gold not in the kept text of page.txt: “Post a comment”"),)


def test_the_numbers_of_questions_and_ideas_do_not_mix(report: Report):
    told = to_json(report)

    assert set(told["total"]["questions"]) == set(scorers.OF_QUESTIONS)
    assert set(told["kinds"]["idea"]["measures"]) == set(scorers.OF_IDEAS)
    assert told["kinds"]["none"]["measures"]["hit"] == {"value": None, "per_case": None, "cases": 0, "of": 0}
    assert told["kinds"]["fact"]["errors"] == 1


def test_the_json_is_json_and_says_what_made_it(report: Report):
    told = json.loads(json.dumps(to_json(report), allow_nan=False))

    assert told["made_with"]["embedder"]["name"] == "words"
    assert told["made_with"]["passage_words"] == 80
    assert len(told["made_with"]["weights_sha256"]) == 64
    assert [one["id"] for one in told["results"]] == [result.case.id for result in report.results]


def test_each_case_done_is_told(suite: Path, settings: Settings):
    told: list[tuple[str, int, int]] = []

    run_suites([suite], settings, embedder=WordEmbedder(), progress=lambda *state: told.append(state))

    assert told == [("small", done, 4) for done in (1, 2, 3, 4)]


NOTE = make_document("The Runabout cost $260 in 1925. Ford hired many people.", "note.txt")


def say(quote: str) -> Answer:
    start = NOTE.text.find(quote)
    citation = Citation(NOTE.about, start, start + len(quote), quote)
    statements = (Statement(quote, (citation,), Support.VERBATIM),) if quote else ()
    grounding, reason = (Grounding.GROUNDED, "1 quoted.") if quote else (Grounding.REFUSED, "The documents do not say.")
    return Answer("q", "q", statements, grounding, reason, Searched(1, 2))


def result(case: Case, answer: Answer) -> Result:
    gold = locate(case.gold, lambda source: NOTE)
    asked = scorers.Asked(case, answer, gold, lambda document, start, end: NOTE.text[start:end] or None)
    return Result(case, gold, answer, None, asked.cited, scorers.score_question(asked), 0.1)


def test_the_report_is_read_like_this():
    price = {"question": "What did it cost?", "answer": ("$260",), "require": "all"}
    cost, form = Gold(source="note.txt", quote="cost $260 in 1925"), Gold(source="note.txt", quote="Post a comment")
    crash = Case(id="none-crash", question="Why?", refuse=True)
    results = (
        result(Case(id="fact-right", evidence=(cost,), **price), say("The Runabout cost $260 in 1925.")),
        result(Case(id="fact-part", evidence=(cost, form), **price), say("The Runabout cost $260 in 1925.")),
        result(Case(id="fact-wrong", evidence=(cost,), **price), say("Ford hired many people.")),
        result(Case(id="fact-refused", evidence=(cost,), **price), say("")),
        result(Case(id="none-moon", question="How far is the moon?", refuse=True), say("")),
        Result(crash, (), None, "ValueError: broken", (), (), 0.1),
    )
    made = MadeWith(Identity("words", "ab" * 32, 64), 80, "cd" * 32, None, Searched(1, 2))
    cases = tuple(one.case for one in results)
    report = Report(
        Suite("tiny", Path("tiny.yaml"), Path(), cases), results, made, ("c.txt: the file is empty.",), 1.25
    )

    assert to_text(report, verbose=True) == GOLDEN.read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_sample_suite_runs_and_every_citation_in_it_holds(settings: Settings):
    (report,) = run_suites([SAMPLE], settings)

    validity, recall, precision = report.measures([scorers.VALIDITY, scorers.REFUSAL_RECALL, scorers.REFUSAL_PRECISION])
    assert (report.errors, report.failed, report.lost) == ((), (), ())
    assert validity.pooled == 1
    assert recall.cases == sum(one.refuse for one in report.suite.cases)
    assert precision.of > 0
    assert {"fact", "multi", "who", "conflict", "none", "follow", "idea"} == set(report.kinds)
