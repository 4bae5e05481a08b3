"""A suite in an afternoon: drafts from documents, tables and a model, and what a person makes of each."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from assistant.errors import CaseError, SettingsError
from assistant.model.chat import Model
from assistant.settings import Settings
from eval.drafting import proposing, proposing_model, reviewing, starting
from eval.drafting.proposing import FolderTexts
from eval.gate.gate import Exit
from eval.harness.artifacts import StoredRun
from eval.harness.harness import Options, measure
from eval.harness.lint import lint
from eval.render.report import to_text
from eval.suite import suites
from eval.suite.cases import Case, Severity
from tests.fakes import FakeChat, WordEmbedder
from ui.cli import cli

LAMPS = """# Lamps

We sell lamps that are made of brass, and have done so for years.

## Delivery

The blue lamp is delivered to every customer within 14 days of the order. Whoever waits longer gets a voucher.
"""
REVISED = """# Delivery, revised

The blue lamp is delivered to every customer within 20 days of the order.
"""
MEETING = """Ann Berg: The brass is what our customers come for, and I would not give it up.

Tom Reed: I have never met a customer who asked what his lamp was made of.

Ann Berg: They may not ask, but they do feel how heavy it is when they lift it.

Tom Reed: They feel the price first, and some of them put it down again.
"""
BLUE = "The blue lamp is delivered to every customer within 14 days of the order."
VOUCHER = "Whoever waits longer gets a voucher."


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    folder = tmp_path / "handbook"
    folder.mkdir()
    (folder / "lamps.md").write_text(LAMPS)
    (folder / "revised.md").write_text(REVISED)
    (folder / "meeting.txt").write_text(MEETING)
    return folder


@pytest.fixture
def suite(documents: Path) -> Path:
    return starting.start(documents).suite


def of(kind: str, cases: list[Case]) -> list[Case]:
    return [case for case in cases if case.kind == kind]


def test_drafts_are_made_of_headings_figures_speakers_and_disagreements(documents: Path) -> None:
    cases = proposing.drafts(FolderTexts(documents), 40)

    assert "What is said about Delivery (Lamps)?" in [case.asked for case in of("heading", cases)]
    figures = {case.gold[0].quote: case.numbers[0].value for case in of("figure", cases)}
    assert figures[BLUE] == 14
    assert not [case for case in cases if "…" in case.asked or "missing" in case.asked]
    assert {case.gold[0].voice for case in of("voice", cases)} == {"Ann Berg", "Tom Reed"}
    (conflict,) = of("conflict", cases)
    assert (conflict.conflict, conflict.require) == (True, "all")
    assert {gold.source for gold in conflict.gold} == {"lamps.md", "revised.md"}
    assert {case.severity for case in cases} == {Severity.DRAFT}


def test_drafts_stand_in_the_documents_and_are_proposed_once(documents: Path, suite: Path) -> None:
    texts = FolderTexts(documents)

    reviewing.add(suite, proposing.drafts(texts, 40))

    assert lint([suite])[1] == []
    assert reviewing.add(suite, proposing.drafts(texts, 40)) == []


def test_questions_of_a_table_get_their_own_gold_the_nearest_sentence_or_a_refusal(
    documents: Path, tmp_path: Path
) -> None:
    table = tmp_path / "asked.csv"
    table.write_text(
        "who,Question,source,quote\n"
        'ann,"How long does delivery of the blue lamp take?",,\n'
        f'tom,What if I wait?,lamps.md,"{VOUCHER}"\n'
        "tom,Ethanol boils?,,\n"
    )

    near, own, none = proposing.of_questions(FolderTexts(documents), table)

    assert "delivered to every customer" in near.gold[0].quote
    assert own.gold[0].quote == VOUCHER
    assert none.refuse


def test_a_table_without_questions_is_told(documents: Path, tmp_path: Path) -> None:
    table = tmp_path / "other.csv"
    table.write_text("name,age\nann,40\n")

    with pytest.raises(SettingsError, match="has no questions"):
        list(proposing.of_questions(FolderTexts(documents), table))


def proposed(documents: Path, **reply: str) -> list[Case]:
    said = {"question": "When will my lamp come?", "quote": BLUE, "answer": "14 days"} | reply
    chat = FakeChat(replies=lambda _: json.dumps(said))
    model = Model(Settings(model="fake:one", model_reply="schema"), chat)
    texts = FolderTexts(documents)
    texts.passages = [one for one in texts.passages if BLUE in one.text]
    return list(proposing_model.drafts(texts, model, 1))


def test_a_model_asks_in_peoples_words_with_verbatim_gold(documents: Path) -> None:
    (case,) = proposed(documents, quote=f" {BLUE}\n")

    assert (case.asked, case.gold[0].quote, case.answer) == ("When will my lamp come?", BLUE, (("14 days",),))
    assert case.severity is Severity.DRAFT


def test_what_a_model_quotes_otherwise_than_it_stands_is_no_draft(documents: Path) -> None:
    assert proposed(documents, quote=BLUE.replace("14", "15")) == []


def test_an_answer_that_its_gold_does_not_have_is_left_out(documents: Path) -> None:
    assert proposed(documents, answer="15 days")[0].answer == ()


def test_a_near_miss_is_kept_where_its_word_stands_in_no_document(documents: Path) -> None:
    miss = {"near_miss": "When will my chandelier come?"}

    assert [case.refuse for case in of("near", proposed(documents, **miss, missing="chandelier"))] == [True]
    assert of("near", proposed(documents, near_miss="When will my voucher come?", missing="voucher")) == []
    assert of("near", proposed(documents, **miss, missing="ethanol")) == []


def test_a_follow_up_has_what_was_said_before(documents: Path) -> None:
    more = "We sell lamps that are made of brass, and have done so for years."
    (documents / "lamps.md").write_text(f"# Lamps\n\n{BLUE} {more}\n")

    _, then = proposed(documents, follow_up="And what is it made of?", follow_up_quote=more)

    assert [said.content for said in then.history] == ["When will my lamp come?", BLUE]
    assert then.gold[0].quote == more


def test_accepting_editing_and_throwing_away_leave_no_draft(suite: Path) -> None:
    first, second, third, *_ = reviewing.drafts(suite)

    reviewing.accept(suite, first.id)
    edited = reviewing.shown(second).replace(second.asked, "Put in our own words?")
    reviewing.accept(suite, second.id, edited)
    reviewing.throw_away(suite, third.id)

    cases = {case.id: case for case in suites.load(suite).cases if isinstance(case, Case)}
    assert not {first.id, second.id, third.id} & {case.id for case in reviewing.drafts(suite)}
    assert cases[first.id].severity is Severity.NORMAL
    assert cases[second.id].asked == "Put in our own words?"
    assert third.id not in cases


def test_a_draft_whose_gold_is_edited_away_from_the_documents_stays_a_draft(suite: Path) -> None:
    first = next(case for case in reviewing.drafts(suite) if case.gold)

    with pytest.raises(CaseError, match="not in"):
        reviewing.accept(
            suite, first.id, reviewing.shown(first).replace(first.gold[0].quote, "Nobody has ever said this.")
        )

    assert first in reviewing.drafts(suite)


def test_what_nobody_has_reviewed_never_gates(suite: Path, tmp_path: Path, settings: Settings) -> None:
    wrong = proposing.case_of("none", "What are the lamps made of?", refuse=True)
    reviewing.add(suite, [wrong])
    right = next(case for case in reviewing.drafts(suite) if case.asked == starting.NOT_SAID)
    reviewing.accept(suite, right.id)
    text = suite.read_text("utf-8").replace("{citation validity: 1.0}", "{refusal recall: 1.0}")
    suite.write_text(text.replace("  baseline: baseline.json\n", ""), "utf-8")
    plain = settings.model_copy(update={"evidence_model": "none"})

    done = measure(suites.load(suite), plain, Options(out=tmp_path / "out"), WordEmbedder())

    assert not next(record for record in done.records if record.id == wrong.id).passed
    assert done.verdict.exit is Exit.PASSED


def test_means_of_drafts_alone_are_told_as_that(suite: Path, tmp_path: Path, settings: Settings) -> None:
    plain = settings.model_copy(update={"evidence_model": "none"})

    def run() -> StoredRun:
        return measure(suites.load(suite), plain, Options(out=tmp_path / "out"), WordEmbedder())

    done = run()
    folder = tmp_path / "out" / done.summary.suite
    told = [to_text(done.summary, done.records, done.verdict)]
    told += [(folder / name).read_text("utf-8") for name in ("report.html", "summary.md", "comment.md")]
    reviewing.accept(suite, next(case.id for case in reviewing.drafts(suite) if case.asked == starting.NOT_SAID))

    assert all("drafts that nobody has reviewed" in text for text in told)
    assert json.loads((folder / "summary.json").read_text("utf-8"))["drafts_alone"] is True
    assert run().summary.caveat == ""


def test_drafts_are_reviewed_in_the_terminal(documents: Path, suite: Path) -> None:
    before = reviewing.drafts(suite)

    done = CliRunner().invoke(cli, ["eval", "review", str(suite)], input="a\nt\nq\n")

    assert done.exit_code == 0, done.output
    assert reviewing.drafts(suite) == before[2:]
    assert before[0].asked in done.output
    assert before[0].gold[0].quote in done.output


def test_proposing_starts_a_suite_and_adds_to_it(documents: Path, tmp_path: Path) -> None:
    table = tmp_path / "asked.csv"
    table.write_text("question\nHow long does delivery of the blue lamp take?\n")
    suite = documents.parent / "pushback-eval" / "suite.yaml"

    first = CliRunner().invoke(cli, ["eval", "propose", str(documents), "--questions", str(table)])
    count = len(reviewing.drafts(suite))
    again = CliRunner().invoke(cli, ["eval", "propose", str(documents)])

    assert (first.exit_code, again.exit_code) == (0, 0), first.output + again.output
    assert "asked" in [case.kind for case in reviewing.drafts(suite)]
    assert len(reviewing.drafts(suite)) >= count
