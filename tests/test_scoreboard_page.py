"""The scoreboard, run by Streamlit's own test runner over runs on disk."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import streamlit
from streamlit.testing.v1 import AppTest

from assistant.library.library import Library, Opinion
from assistant.settings import Settings
from eval.drafting import reviewing, starting
from eval.harness import artifacts
from eval.harness.artifacts import StoredRun
from eval.running.records import CaseOutcome
from eval.suite import suites
from ingest.sync import sync
from tests.chat import ORCHARD, answered, cite, keep
from tests.fakes import WordEmbedder
from tests.rendered import HOSTILE, MADE_WITH, hostile, records
from tests.test_adding import shown
from tests.test_history import written
from ui.work import jobs, suite_runs

pytestmark = pytest.mark.usefixtures("at_this_machine")


@pytest.fixture(autouse=True)
def no_runs_of_ours(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    yield
    streamlit.cache_resource.clear()


@pytest.fixture
def out(settings: Settings) -> Path:
    return suite_runs.folder(settings)


def opened() -> AppTest:
    def page() -> None:
        from assistant.settings import load
        from ui.screens import scoreboard

        scoreboard.show(load({}))

    return AppTest.from_function(page, default_timeout=60).run()


def test_where_nothing_was_run_the_page_says_how(settings: Settings) -> None:
    page = opened()

    assert "No suite has been run yet" in shown(page)
    assert "sample/suite.yaml" in page.selectbox[0].options  # a chooser reads no Markdown, so nothing is escaped


def test_a_run_shows_its_measures_and_a_case_beside_its_gold(out: Path) -> None:
    written(out, records(), 1_000)

    page = opened()

    html = shown(page)
    assert "<strong>Gate passed</strong>, 2 of 5 answers right, " in html
    assert "0.20 to 0.80" in html
    assert "<h3>Answer</h3>" in html
    assert "<h3>Gold</h3>" in html
    assert list(page.dataframe[0].value["case"]) == ["fact-part", "who-wrong", "who-watch"]  # those that fail
    (chart,) = page.get("vega_lite_chart")
    axis = json.loads(chart.proto.spec)["layer"][0]["encoding"]["x"]["axis"]
    assert axis["format"] == "%d %b %H:%M"


@pytest.mark.usefixtures("the_words_embedder")
def test_a_click_makes_a_suite_over_the_library_of_what_people_said(
    library: Library, settings: Settings, embedder: WordEmbedder, tmp_path: Path
) -> None:
    file = tmp_path / "documents" / "pears.txt"
    file.parent.mkdir()
    file.write_text(ORCHARD)
    assert not sync([file.parent], library, settings, embedder).failed
    trees = answered(cite(library, "pears.txt", "The orchard has ninety pear trees."))
    planted = answered(cite(library, "pears.txt", "They were planted in 1931."))
    conversation = keep(library, trees, replace(planted, question="When?", standalone_question="When?"))
    library.conversations.give_feedback(conversation, 1, Opinion.GOOD)
    library.conversations.give_feedback(conversation, 2, Opinion.BAD)
    page = opened()
    assert [name for name in page.selectbox[0].options if name.startswith("This library")] == []

    page.button("make-cases").click().run()

    told = "1 case added to the suite over this library. 1 answer called wrong: say below what is right."
    assert told in shown(page)
    assert page.selectbox(key="suite-to-run").value == "This library, default"
    assert "question: When?" in page.text_area[0].value
    page.button("draft-accept").click().run()
    suite, faults = suites.examine(suite_runs.of_library(settings))
    assert (sorted(case.asked for case in suite.cases), faults) == (["How many trees?", "When?"], [])
    page.button("make-cases").click().run()
    assert "There is nothing new to make cases of" in shown(page)


def test_what_flipped_between_two_runs_is_told_and_can_be_read(out: Path) -> None:
    written(out, records(), 1_000)
    written(out, [replace(records()[0], outcome=CaseOutcome.WRONG), *records()[1:]], 2_000)

    page = opened()

    assert "Lost 1" in shown(page)
    cases = page.button_group[0]
    assert cases.options == ["Failing 4", "Flipped 1", "All 5"]
    cases.set_value("Flipped").run()
    assert list(page.dataframe[0].value["case"]) == ["fact-right"]
    page.selectbox(key="run-shown").select_index(1).run()
    assert "Gained 1" in shown(page)


def test_a_run_of_a_part_is_not_drawn_beside_whole_ones(out: Path) -> None:
    written(out, records(), 1_000, whole=False)

    page = opened()

    assert "2 of 5 answers right" in shown(page)
    assert not page.get("vega_lite_chart")


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_of_a_run_becomes_part_of_the_page(out: Path, text: str) -> None:
    run = hostile(text)
    artifacts.write(out / "suite", StoredRun(run.summary, tuple(run.records), run.verdict, None, MADE_WITH))
    os.utime(out / "suite" / artifacts.SUMMARY, (1_000, 1_000))

    page = opened()

    html = shown(page)
    assert not [tag for tag in ("<script>", "<img", "<iframe", "<!--") if tag in html]


def test_a_suite_is_run_from_the_page(settings: Settings, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suite_runs, "run", lambda job, suite, _settings: written(out, records(), 1_000))
    page = opened()

    page.button(key="run").click().run()
    while not all(job.done for job in jobs.of_kind(f"{suite_runs.KIND} {settings.home}")):
        pass

    assert "2 of 5 answers right" in shown(page.run())


def test_who_is_served_from_elsewhere_names_no_folder_of_suites(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUSHBACK_HOST", "0.0.0.0")

    assert not opened().text_input


def test_drafts_of_ones_own_suite_are_accepted_edited_and_thrown_away(tmp_path: Path) -> None:
    (tmp_path / "documents").mkdir()
    lamps = "# Lamps\n\nThe blue lamp costs forty dollars in every shop.\n"
    delivery = "\n## Delivery\n\nIt comes within two weeks of the order.\n"
    (tmp_path / "documents" / "lamps.md").write_text(lamps + delivery)
    suite = starting.start(tmp_path / "documents", tmp_path / "own").suite
    first, second, *others = reviewing.drafts(suite)
    page = opened()
    page.text_input(key="suites-own").input(str(suite.parent)).run()
    page.selectbox(key="suite-to-run").select(str(suite)).run()

    edited = page.text_area[0].value.replace(first.asked, "What does a lamp cost?")
    page.text_area[0].input(edited.replace("forty", "fifty")).run()
    page.button(key="draft-accept").click().run()
    assert "not in lamps.md" in shown(page)
    page.text_area[0].input(edited).run()
    page.button(key="draft-accept").click().run()
    page.button(key="draft-throw").click().run()

    asked = [case.asked for case in suites.load(suite).cases]
    assert reviewing.drafts(suite) == others
    assert "What does a lamp cost?" in asked
    assert second.asked not in asked
