"""The page of pressure tests, run by Streamlit's own test runner over a real library."""

from __future__ import annotations

import re
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import streamlit
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from assistant import build
from assistant.errors import LibraryLocked
from assistant.library.library import Library
from assistant.pressure import lens, rulings
from assistant.pressure.assumptions import OF_WORDS, OWN
from assistant.pressure.pressure import PressureTest
from assistant.settings import Settings
from assistant.types import Assumption, Stance, Verdict
from tests.conftest import make_document, make_new
from tests.fakes import WordEmbedder
from ui.jobs.work import Progress
from ui.parts.page import visiting
from ui.parts.pressure import verdict_talk
from ui.parts.pressure.idea import EXAMPLE
from ui.reports import present_verdict, stored_verdicts, verdict_terminal
from ui.reports.verdict_outline import outline
from ui.reports.verdict_report import Report
from ui.work import jobs

pytestmark = pytest.mark.usefixtures("at_this_machine")

APP = Path(__file__).parent.parent / "ui" / "page.py"
IDEA = "We should print leaflets for the bakery."
FOR = "We should print leaflets for the bakery, since leaflets bring guests to the bakery."
AGAINST = "We should not print leaflets for the bakery: leaflets never brought a guest to it."


@pytest.fixture(autouse=True)
def the_words_embedder(monkeypatch: pytest.MonkeyPatch, embedder: WordEmbedder) -> Iterator[None]:
    monkeypatch.setenv("PUSHBACK_EVIDENCE_MODEL", "none")
    monkeypatch.setattr(build, "build_embedder", lambda _settings: embedder)
    yield
    streamlit.cache_resource.clear()


@pytest.fixture
def bakery(library: Library, embedder: WordEmbedder) -> Library:
    documents = [
        make_document(FOR, "for.txt", author="Head Baker", date="2021-05"),
        make_document(AGAINST, "against.txt", author="The Shop"),
        make_document("The mill on the hill was closed. Nobody came back to the hill twice.", "mill.txt"),
    ]
    with library.writing() as writer:
        writer.put([make_new(document, embedder) for document in documents])
    return library


def opened(**address: str) -> AppTest:
    page = AppTest.from_file(str(APP), default_timeout=60)
    page._page_hash = calc_hash("pressure-test")  # the runner switches to files only
    for name, value in address.items():
        page.query_params[name] = value
    return page.run()


def shown(page: AppTest) -> str:
    """All HTML on the page; anything that went wrong fails the test."""
    assert not page.exception
    return "\n".join(element.body for element in page.get("html"))


def address(page: AppTest) -> dict[str, str]:
    return {name: value if isinstance(value, str) else value[0] for name, value in page.query_params.items()}


def press(page: AppTest, name: str) -> AppTest:
    return next(one for one in page.button if one.label == name).click().run()


def ended(page: AppTest, owner: str | None = None) -> AppTest:
    """The page when the job that its address names has ended, as the browser would show it by itself."""
    for _ in range(1_000):
        job = jobs.job(address(page).get("job", ""), owner)
        if job is None:  # it had ended before the page looked
            return page
        if job.done:
            return page.run()
        time.sleep(0.01)
    raise AssertionError("the job did not end")


def keep(library: Library, embedder: WordEmbedder, idea: str = IDEA) -> str:
    with_fake = build.Assistant(library, embedder)
    return stored_verdicts.keep(library, with_fake.challenge(idea))


def test_an_idea_is_tested_off_the_page_and_its_verdict_kept_and_named_in_the_address(bakery: Library) -> None:
    page = opened()
    assert "Put an idea to the test" in shown(page)

    page.text_area[0].set_value(IDEA)
    page = ended(press(page, "Put it to the test"))

    (kept,) = bakery.verdicts.listed()
    assert address(page) == {"verdict": kept.id}
    html = shown(page)
    assert f'<h1 class="idea">{IDEA}</h1>' in html
    for told in ("For it", "Against it", "On what nothing was found", "What it rests on"):
        assert told in html
    assert "leaflets bring guests" in html
    assert "leaflets never brought a guest" in html
    assert kept.idea in shown(opened(verdict=kept.id))


def test_what_will_be_looked_at_is_shown_before_anything_is_tested(bakery: Library) -> None:
    page = opened()
    assert page.expander[0].label.endswith("questions that a strategist asks")

    press(page, "Try an example")

    assert page.text_area[0].value == EXAMPLE
    assert "<strong>The reason</strong> buyers ask each other first" in shown(page)
    assert bakery.verdicts.listed() == []


def test_an_empty_field_is_told_and_tests_nothing(bakery: Library) -> None:
    page = press(opened(), "Put it to the test")

    assert "Put an idea in the field first" in shown(page)
    assert "job" not in address(page)


def test_a_test_can_be_stopped_and_the_idea_is_still_there(bakery: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(_: PressureTest, idea: str, progress: Progress, *_further: object) -> Verdict:
        progress(0, 1, idea)
        for number in range(2_000):
            progress(number, 2_000, "<b>each</b>")
            time.sleep(0.01)
        raise AssertionError("it was not stopped")

    monkeypatch.setattr(PressureTest, "challenge", slow)
    page = opened()
    page.text_area[0].set_value(IDEA)
    press(page, "Put it to the test")
    again = opened(**address(page))  # a reload, or another tab
    assert "Putting it to the test" in shown(again)
    assert IDEA in shown(again)
    assert "&lt;b&gt;each" in shown(again)

    press(again, "Stop")
    page = ended(again)

    assert "Stopped; nothing was kept" in shown(page)
    assert page.text_area[0].value == IDEA
    assert bakery.verdicts.listed() == []


def test_the_page_says_that_the_reader_is_prepared_and_how_far(
    bakery: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()

    def slow(_: build.Assistant, progress: Callable[[float], None]) -> None:
        progress(0.25)
        assert go_on.wait(60)

    monkeypatch.setattr(build.Assistant, "prepare", slow)
    page = opened()
    page.text_area[0].set_value(IDEA)
    press(page, "Put it to the test")
    job = list(jobs._jobs.values())[-1]
    while job.share is None:
        time.sleep(0.01)
    page.run()

    assert '<li class="doing">Preparing the reader, once on this machine…</li>' in shown(page)
    assert [one.proto.value for one in page.get("progress")] == [25]
    go_on.set()


def test_what_goes_wrong_is_told_with_what_to_do(bakery: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(*_: object) -> None:
        raise LibraryLocked("Another process is changing <b>it</b>.")

    monkeypatch.setattr(PressureTest, "challenge", locked)
    page = opened()
    page.text_area[0].set_value(IDEA)
    page = ended(press(page, "Put it to the test"))

    assert "Another process is changing &lt;b&gt;it&lt;/b&gt;." in shown(page)
    assert page.text_area[0].value == IDEA


def test_a_test_that_the_server_no_longer_knows_is_told(bakery: Library) -> None:
    page = opened(job="<b>gone</b>")

    assert "the server was restarted" in shown(page)
    assert page.text_area[0].value == ""


def test_an_idea_whose_test_was_cut_short_is_shown_as_not_finished_and_tested_again(bakery: Library) -> None:
    """Killed with the server: no job knows of it any more."""
    begun = stored_verdicts.begin(bakery, IDEA)
    assert "The test of “We should" in shown(opened(verdict=begun.id))

    page = opened(job=begun.id)
    assert "This test was not finished" in shown(page)
    assert page.text_area[0].value == IDEA
    page = ended(press(opened(), "Test again"))

    (kept,) = bakery.verdicts.listed()
    assert (kept.idea, kept.ruling, address(page)) == (IDEA, "contested", {"verdict": kept.id})


def test_an_idea_is_kept_while_it_is_tested_and_is_not_called_unfinished_then(
    bakery: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_end, challenge = threading.Event(), PressureTest.challenge

    def slow(test: PressureTest, *given: Any, **named: Any) -> Verdict:
        may_end.wait(60)
        return challenge(test, *given, **named)

    monkeypatch.setattr(PressureTest, "challenge", slow)
    stored_verdicts.begin(bakery, IDEA)  # cut short before
    page = opened()
    assert [one.label for one in page.button if one.label in ("Test again", "Forget it")] == ["Test again", "Forget it"]
    page.text_area[0].set_value(IDEA)
    page = press(page, "Put it to the test")

    assert [(one.idea, one.ruling) for one in bakery.verdicts.listed()] == [(IDEA, "not finished")]
    assert not [one for one in opened().button if one.label == "Test again"]
    may_end.set()
    ended(page)
    assert [one.ruling for one in bakery.verdicts.listed()] == ["contested"]


def test_a_verdict_that_is_not_there_is_told(bakery: Library) -> None:
    assert "There is no verdict" in shown(opened(verdict="nothing"))


def test_without_documents_the_page_leads_to_the_library(library: Library) -> None:
    page = opened()

    assert "No documents yet" in shown(page)
    assert page.get("page_link")


def test_without_a_library_the_page_leads_there_too() -> None:
    assert "No documents yet" in shown(opened())


def test_importance_is_set_on_the_page_and_kept_with_what_follows(bakery: Library, embedder: WordEmbedder) -> None:
    id = keep(bakery, embedder, "Sell umbrellas to fishermen at sea.")
    page = opened(verdict=id)

    page.slider[0].set_value(0.2).run()

    assert stored_verdicts.opened(bakery, id).verdict.assumptions[0].importance == 0.2
    assert page.slider[0].label.endswith("set by you")
    assert opened(verdict=id).slider[0].value == 0.2
    stored_verdicts.weigh(bakery, id, {"1": 0.9})  # in another tab
    assert page.run().slider[0].value == 0.9


def test_a_person_moves_a_finding_and_the_ruling_follows_and_can_take_it_back(
    bakery: Library, embedder: WordEmbedder
) -> None:
    id = keep(bakery, embedder)
    before = stored_verdicts.opened(bakery, id).verdict
    page = opened(verdict=id)

    page.button("Against-case-for-1").click().run()

    assert not page.exception
    moved = stored_verdicts.opened(bakery, id).verdict
    assert before.case_for[0].citation in [one.citation for one in moved.case_against]
    assert moved.ruling == rulings.ruled(moved).ruling
    while stored_verdicts.opened(bakery, id).verdict.case_against:
        page.button("Not about this-case-against-1").click().run()
    assert stored_verdicts.opened(bakery, id).verdict.ruling != before.ruling
    page.slider[0].set_value(0.2).run()
    press(page, "Undo what you said")
    assert stored_verdicts.opened(bakery, id).verdict.case_against
    assert stored_verdicts.opened(bakery, id).verdict.assumptions[0].importance == 0.2


def test_a_judgement_is_signed_and_outlasts_another_test_of_the_idea(
    bakery: Library, embedder: WordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visiting, "name", lambda: "Ann <b>Lee</b>")
    id = keep(bakery, embedder)
    page = opened(verdict=id)
    page.button("Against-case-for-1").click().run()
    assert "judged by Ann &lt;b&gt;Lee&lt;/b&gt;" in shown(page)
    (judged,) = [one for one in stored_verdicts.opened(bakery, id).verdict.assumptions[0].findings if one.judged]
    with bakery.writing() as writer:
        writer.put([make_new(make_document("The bakery is for sale.", "sale.txt"), embedder)])

    page = ended(press(page.run(), "Test it again"))

    again = stored_verdicts.opened(bakery, bakery.verdicts.listed()[0].id)
    assert again.listed.revises == id
    assert judged in again.verdict.assumptions[0].findings
    assert "judged by Ann" in shown(page)


def test_an_assumption_is_added_reworded_left_out_and_taken_up_again_with_what_was_judged(
    bakery: Library, embedder: WordEmbedder
) -> None:
    idea = "We should print leaflets for the bakery, because the mill on the hill was closed."
    page = opened(verdict=keep(bakery, embedder, idea))
    page.button("Against-case-for-1").click().run()
    reason = "the mill on the hill was closed"
    assert [one.text for one in _latest(bakery).assumptions][:2] == [idea, reason]

    page.text_area(f"add-{address(page)['verdict']}").set_value("Guests read leaflets. " * 20)
    assert "It has 439 characters; at most 300 can be kept." in shown(press(page, "Test with it"))
    page.text_area(f"add-{address(page)['verdict']}").set_value("Guests  read\nleaflets.")
    page = ended(press(page, "Test with it"))
    (own,) = [one for one in _latest(bakery).assumptions if one.lens == OWN]
    assert (own.text, own.importance) == ("Guests read leaflets.", 0.5)
    assert any(one.judged for one in _latest(bakery).assumptions[0].findings)
    assert "Beside the former one" in shown(page)

    page.text_area(f"reword-{address(page)['verdict']}-2").set_value("The mill was closed for good.")
    page = ended(page.button(f"reworded-{address(page)['verdict']}-2").click().run())
    texts = [one.text for one in _latest(bakery).assumptions]
    assert "The mill was closed for good." in texts
    assert reason not in texts
    assert own.text in texts

    page = ended(press(page, f"Left out: {reason} Take it up again"))
    assert reason in [one.text for one in _latest(bakery).assumptions]
    assert _latest(bakery).left_out == ()


def test_a_lens_that_does_not_apply_stays_dismissed_for_the_idea(bakery: Library, embedder: WordEmbedder) -> None:
    verdict = build.Assistant(bakery, embedder, lenses=lens.shipped()).challenge(EXAMPLE)
    page = opened(verdict=stored_verdicts.keep(bakery, verdict))
    number, one = next((n, a) for n, a in enumerate(verdict.assumptions, start=1) if a.lens not in OF_WORDS)

    drop = page.button(f"drop-{address(page)['verdict']}-{number}")
    assert drop.label == "Does not apply"
    page = ended(drop.click().run())
    with bakery.writing() as writer:
        writer.put([make_new(make_document("The bakery is for sale.", "sale.txt"), embedder)])
    ended(press(page.run(), "Test it again"))

    assert len(bakery.verdicts.listed()) == 3
    assert one.text not in [each.text for each in _latest(bakery).assumptions]


def _latest(library: Library) -> Verdict:
    return stored_verdicts.opened(library, library.verdicts.listed()[0].id).verdict


def test_a_finding_opens_its_document_at_the_words(bakery: Library, embedder: WordEmbedder) -> None:
    id = keep(bakery, embedder)
    page = opened(verdict=id)
    assert '<mark class="cited">' not in shown(page)

    page.button("open-case-for-1").click().run()

    assert '<mark class="cited">' in shown(page)
    assert address(page)["verdict"] == id
    assert "cited" in address(page)
    assert '<mark class="cited">' in shown(opened(**address(page)))
    assert '<mark class="cited">' not in shown(opened(verdict=id, cited="9.9"))


def test_arrows_lead_from_a_findings_document_to_that_of_the_next(bakery: Library, embedder: WordEmbedder) -> None:
    id = keep(bakery, embedder)
    found = list(present_verdict.in_order(stored_verdicts.opened(bakery, id).verdict))
    page = opened(verdict=id).button("open-case-for-1").click().run()
    here = found.index(tuple(map(int, address(page)["cited"].split("."))))

    assert f"Citation {here + 1} of {len(found)}" in shown(page)
    press(page, "Next")

    assert address(page)["cited"] == "{}.{}".format(*found[here + 1])
    assert f"Citation {here + 2} of {len(found)}" in shown(page)


def test_cards_hold_what_is_said_for_and_against_with_who_says_it(bakery: Library, embedder: WordEmbedder) -> None:
    verdict = build.Assistant(bakery, embedder).challenge(IDEA)
    gap = Assumption(
        "It <b>sells</b>.", "price", 0.8, verdict.assumptions[0].ruling.GAP, (), "Who pays?", settle="Ask."
    )
    id = stored_verdicts.keep(bakery, replace(verdict, assumptions=(*verdict.assumptions, gap)))

    page = opened(verdict=id)

    html = shown(page)
    assert {one.stance for one in verdict.assumptions[0].findings} >= {Stance.SUPPORTS, Stance.CHALLENGES}
    assert html.index("<h3>For</h3>") < html.index("<h3>Against</h3>")
    assert "Nothing was found on this. The cheapest way: Ask." in html
    sources = [one.label for one in page.button if one.key and one.key.startswith("open-card-1-")]
    assert any("Head Baker · May 2021" in label for label in sources)
    assert any("The Shop" in label for label in sources)
    assert "<b>sells" not in html


def test_a_citation_whose_source_has_changed_is_marked_and_the_idea_can_be_tested_again(
    bakery: Library, embedder: WordEmbedder
) -> None:
    id = keep(bakery, embedder)
    assert "The documents have changed" not in shown(opened(verdict=id))
    with bakery.writing() as writer:
        writer.put([make_new(make_document("The bakery is for sale.", "for.txt"), embedder)])

    page = opened(verdict=id)
    assert "no longer holds these words" in shown(page)
    assert "The documents have changed" in shown(page)
    page = ended(press(page, "Test it again"))

    assert bakery.verdicts.listed()[0].revises == id
    assert "Beside the former one" in shown(page)
    assert "no longer holds these words" not in shown(page)


def test_a_revised_idea_stands_beside_the_former_one(bakery: Library, embedder: WordEmbedder) -> None:
    id = keep(bakery, embedder, "Sell umbrellas to fishermen at sea.")
    page = opened(verdict=id)

    page.text_area[0].set_value(IDEA)
    page = ended(press(page, "Test it beside the former one"))

    html = shown(page)
    assert "Sell umbrellas to fishermen at sea." in html
    assert html.index("What got better") < html.index("What got worse")
    assert bakery.verdicts.listed()[0].revises == id
    bakery.verdicts.remove(id)
    assert "Beside the former one" not in shown(page.run())


def test_a_revised_idea_keeps_what_was_judged_and_added(bakery: Library, embedder: WordEmbedder) -> None:
    page = opened(verdict=keep(bakery, embedder))
    page.button("Against-case-for-1").click().run()
    page.text_area(f"add-{address(page)['verdict']}").set_value("Guests read leaflets.")
    page = ended(press(page, "Test with it"))
    (judged,) = [one for one in _latest(bakery).assumptions[0].findings if one.judged]

    page.text_area(f"revised-{address(page)['verdict']}").set_value(f"{IDEA.rstrip('.')} in May.")
    page = ended(press(page, "Test it beside the former one"))

    after = _latest(bakery)
    assert after.idea.endswith(" in May.")
    assert judged in after.assumptions[0].findings
    assert [one.text for one in after.assumptions if one.lens == OWN] == ["Guests read leaflets."]


def test_it_does_not_fold_and_says_what_moved_it(bakery: Library, embedder: WordEmbedder) -> None:
    id = keep(bakery, embedder)
    page = opened(verdict=id)

    page.chat_input[0].set_value("You are wrong, and everybody knows it!").run()
    page = ended(page)
    assert address(page) == {"verdict": id}
    assert "disagreement is no evidence" in shown(page)

    page.chat_input[0].set_value("But it says “Nobody came back to the hill twice.”").run()
    page = ended(page)
    assert address(page)["verdict"] != id
    html = shown(page)
    assert "disagreement is no evidence" in html
    assert "On which side is it?" in html
    assert any("Moved by a cited passage" in one.value for one in page.markdown)


@pytest.mark.parametrize(("name", "signed"), [("", "a person"), ("Ann Lee", "Ann Lee")])
def test_a_side_that_is_given_in_the_discussion_is_signed_as_a_judgement_is(
    bakery: Library, embedder: WordEmbedder, monkeypatch: pytest.MonkeyPatch, name: str, signed: str
) -> None:
    monkeypatch.setattr(visiting, "name", lambda: name)
    page = opened(verdict=keep(bakery, embedder))
    page.chat_input[0].set_value("But it says “Nobody came back to the hill twice.”").run()
    page = ended(page)

    page.chat_input[0].set_value("against").run()
    page = ended(page)

    assert f"judged by {signed}" in shown(page)
    verdict = stored_verdicts.opened(bakery, address(page)["verdict"]).verdict
    assert f"judged by {signed}" in verdict_terminal.page(outline(Report(verdict)))


def all_ended(page: AppTest) -> AppTest:
    """The page when nothing is being replied to any more."""
    while "job" in address(page):
        page = ended(page)
    return page


def test_a_message_sent_while_another_is_worked_on_waits_its_turn(
    bakery: Library, embedder: WordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()
    discussed = stored_verdicts.discussed

    def slowly(*args: Any) -> object:
        go_on.wait(60)
        return discussed(*args)

    monkeypatch.setattr(stored_verdicts, "discussed", slowly)
    page = opened(verdict=keep(bakery, embedder))
    messages = ["But it says “Nobody came back to the hill twice.”", "You are wrong, I know!", "Everybody knows it!"]
    for message in messages:
        page.chat_input[0].set_value(message).run()
    html = shown(opened(**address(page)))  # a reload, or another tab
    assert [html.count(f'<p class="question">{message}</p>') for message in messages] == [1, 1, 1]
    assert html.count("It is read when the one before has its reply.") == 2
    press(page, "Take it back")  # the first that waits

    go_on.set()
    page = ended(page)
    for _ in range(100):
        if "It is read" not in shown(page) and any(
            message_count(bakery, one.id) == 2 for one in bakery.verdicts.listed()
        ):
            break
        page = page.run()

    last = next(one.id for one in bakery.verdicts.listed() if one.revises)
    assert address(page)["verdict"] == last
    assert [one.message for one in stored_verdicts.opened(bakery, last).said] == [messages[0], messages[2]]
    assert "Stopped; nothing was changed." in shown(page)


def test_a_reply_that_comes_while_the_page_is_drawn_is_shown(
    bakery: Library, embedder: WordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = opened(verdict=keep(bakery, embedder))
    asked = verdict_talk._asked

    def slowly(message: str) -> None:
        while not all(one.done for one in jobs._jobs.values()):
            time.sleep(0.01)
        asked(message)

    monkeypatch.setattr(verdict_talk, "_asked", slowly)
    page.chat_input[0].set_value("You are wrong, and everybody knows it!").run()

    assert "disagreement is no evidence" in shown(page)
    assert "job" not in address(page)


def message_count(library: Library, id: str) -> int:
    return len(stored_verdicts.opened(library, id).said)


def test_a_message_that_comes_with_the_reply_to_the_one_before_is_about_what_then_stands(
    bakery: Library, embedder: WordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = opened(verdict=keep(bakery, embedder))
    is_drawn, discussed = threading.Event(), stored_verdicts.discussed

    def after_it_is_drawn(*given: Any, **named: Any) -> Any:
        is_drawn.wait(10)
        return discussed(*given, **named)

    monkeypatch.setattr(stored_verdicts, "discussed", after_it_is_drawn)
    page.chat_input[0].set_value("But it says “Nobody came back to the hill twice.”").run()
    job = jobs.job(address(page)["job"])
    assert job
    is_drawn.set()
    while not job.done:  # and the page has not looked yet
        time.sleep(0.01)

    page.chat_input[0].set_value("You are wrong, I know!").run()
    page = all_ended(page)

    assert address(page) == {"verdict": job.result}
    assert [one.message[:3] for one in stored_verdicts.opened(bakery, job.result).said] == ["But", "You"]


def test_a_message_without_a_reply_is_shown_and_said_again(
    bakery: Library, embedder: WordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = keep(bakery, embedder)
    message = "You are wrong, and everybody knows it!"

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as killing:
        killing.setattr(stored_verdicts, "discuss", killed)
        with pytest.raises(KeyboardInterrupt):
            stored_verdicts.discussed(build.Assistant(bakery, embedder), id, message)
    page = opened(verdict=id)
    assert f'<p class="question">{message}</p>' in shown(page)
    assert "This has no reply yet." in shown(page)

    page = ended(press(page, "Say it again"))

    assert "disagreement is no evidence" in shown(page)
    assert "This has no reply yet." not in shown(page)
    assert shown(page).count(f'<p class="question">{message}</p>') == 1


def test_a_verdict_is_removed_and_brought_back(bakery: Library, embedder: WordEmbedder) -> None:
    id = keep(bakery, embedder)
    page = opened()
    assert page.button(f"verdict-{id}").label.startswith("We should print")

    page.button(f"remove-{id}").click().run()
    assert bakery.verdicts.listed() == []
    assert f"Removed “{IDEA}”" in shown(page)
    press(page, "Undo")

    assert [one.id for one in bakery.verdicts.listed()] == [id]
    page.button(f"verdict-{id}").click().run()
    assert address(page) == {"verdict": id}
    press(page, "Remove")
    assert "Removed" in shown(page)
    assert address(page) == {}


def test_where_people_sign_in_a_verdict_is_its_makers_alone(
    bakery: Library, embedder: WordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobodys = keep(bakery, embedder)
    monkeypatch.setattr(visiting, "owner", lambda: "ann")
    page = opened()
    page.text_area[0].set_value(IDEA)
    page = ended(press(page, "Put it to the test"), "ann")
    (anns,) = bakery.verdicts.listed("ann")
    assert address(page) == {"verdict": anns.id}
    press(press(page, "Remove"), "Undo")
    assert bakery.verdicts.listed("ann") == [anns]

    monkeypatch.setattr(visiting, "owner", lambda: "ben")
    assert "There is no verdict" in shown(opened(verdict=anns.id))
    assert "There is no verdict" in shown(opened(verdict=nobodys))
    assert not [one for one in opened().button if one.key and one.key.startswith("verdict-")]


def test_reports_are_made_when_they_are_asked_for(
    bakery: Library, embedder: WordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> bytes:
        raise AssertionError("nobody asked for it")

    monkeypatch.setattr("ui.reports.verdict_page.rendered", never)

    page = opened(verdict=keep(bakery, embedder))

    assert shown(page)
    assert [one.label for one in page.get("download_button")] == ["Markdown", "Web page", "Word document"]


def test_many_verdicts_can_be_searched(bakery: Library, embedder: WordEmbedder) -> None:
    ids = [keep(bakery, embedder, f"Paint the mill in colour {number}.") for number in range(9)]
    page = opened()

    page.text_input("search-verdicts").set_value("COLOUR 7").run()

    assert [one.key for one in page.button if one.key and one.key.startswith("verdict-")] == [f"verdict-{ids[7]}"]


def test_nothing_that_was_written_elsewhere_becomes_part_of_the_page(library: Library, embedder: WordEmbedder) -> None:
    hostile = "Print <script>alert(1)</script> <img src=x onerror=alert(2)> leaflets for the bakery."
    document = make_document(hostile, "<i>a.txt", title="<u>Title", author="<s>Author", date="<q>")
    with library.writing() as writer:
        writer.put([make_new(document, embedder)])
    page = opened(verdict=keep(library, embedder, hostile))
    page.chat_input[0].set_value(hostile).run()

    html = shown(ended(page)) + shown(opened(verdict=library.verdicts.listed()[0].id, cited="1.1"))
    assert not [tag for tag in ("<script>alert", "<img", "<i>", "<u>", "<s>", "<q>") if tag in html]
    assert "&lt;script&gt;alert(1)" in html


def test_a_damaged_verdict_is_told_and_can_be_removed_and_brought_back(
    bakery: Library, embedder: WordEmbedder, settings: Settings
) -> None:
    id = keep(bakery, embedder)
    with closing(sqlite3.connect(settings.folder / "catalog.sqlite3")) as catalog, catalog:
        catalog.execute("UPDATE verdicts SET verdict = substr(verdict, 1, length(verdict) / 2)")

    page = opened(verdict=id)

    assert not page.exception
    assert "is damaged and cannot be shown. Remove it" in " ".join(re.sub("<[^>]+>", " ", shown(page)).split())

    page = press(page, "Remove")

    assert not page.exception
    assert not bakery.verdicts.listed()

    page = press(page, "Undo")

    assert not page.exception
    assert [one.id for one in bakery.verdicts.listed()] == [id]
