"""A file that comes with a question, run by Streamlit's own test runner over a real library."""

from __future__ import annotations

import json
from threading import Event
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from assistant import wire
from assistant.library.library import Library
from assistant.settings import Settings
from tests.chat import address, button, ended, opened, press, shown
from ui.work import jobs, library_work

pytestmark = pytest.mark.usefixtures("at_this_machine", "the_words_embedder")

PLUMS = b"The plum orchard has forty plum trees."
ASKED = "How many plum trees has the orchard?"


def read(page: AppTest, settings: Settings) -> AppTest:
    """The page when what was attached has been read, as the browser would show it by itself."""
    for job in jobs.of_kind(library_work.kind(settings)):
        ended(job)
    return page.run()


def test_a_question_is_asked_within_the_file_that_came_with_it(orchard: Library, settings: Settings) -> None:
    page = opened()

    page.chat_input[0].set_value(ASKED).upload("plums.txt", PLUMS).run()
    page = read(page, settings)

    kept = orchard.document("plums.txt")
    assert "forty plum trees" in shown(page)
    assert "Asked only within: Plums." in shown(page)
    assert address(page)["within"] == kept.id
    assert [one.label for one in page.button if one.key == "within-0"] == ["Plums"]
    assert [one.title for one in orchard.conversations.listed()] == [ASKED]


def test_a_file_that_comes_without_a_question_is_told_in_short_until_one_is_asked(
    orchard: Library, settings: Settings
) -> None:
    long = "\n\n".join(
        f"Of the {n} plum trees in row {n}, we pruned those in the shade of the barn." for n in range(20)
    )
    page = opened()

    page.chat_input[0].upload("plums.txt", long.encode()).run()
    page = read(page, settings)

    assert address(page)["within"] == orchard.document("plums.txt").id
    assert '<section class="short">' in shown(page)
    page.chat_input[0].set_value("How many plum trees are in row 7?").run()
    assert '<section class="short">' not in shown(page)


def held_back(monkeypatch: pytest.MonkeyPatch) -> Event:
    """Let no file be read until this is set."""
    go, take_in = Event(), library_work.take_in

    def patient(*args: Any, **named: Any) -> library_work.ReadingOutcome:
        assert go.wait(60)
        return take_in(*args, **named)

    monkeypatch.setattr(library_work, "take_in", patient)
    return go


@pytest.mark.parametrize("killed", [False, True], ids=["reloaded", "server restarted"])
def test_a_question_that_waits_for_its_file_is_asked_after_a_reload_too(
    orchard: Library, settings: Settings, monkeypatch: pytest.MonkeyPatch, *, killed: bool
) -> None:
    go = held_back(monkeypatch)
    page = opened()
    page.chat_input[0].set_value(ASKED).upload("plums.txt", PLUMS).run()
    assert "is asked when what came with it has been read" in shown(page)
    assert [(one.title, one.turns) for one in orchard.conversations.listed()] == [(ASKED, 0)]
    if killed:
        jobs._jobs.clear()

    page = opened(**address(page))
    assert "is asked when what came with it has been read" in shown(page)
    go.set()
    page = read(page, settings)

    assert "forty plum trees" in shown(page)
    assert "is asked when" not in shown(page)
    assert address(page)["within"] == orchard.document("plums.txt").id
    assert [(one.title, one.turns) for one in orchard.conversations.listed()] == [(ASKED, 1)]


def test_another_question_can_be_asked_while_one_waits_for_its_file(
    orchard: Library, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = held_back(monkeypatch)
    page = opened()
    page.chat_input[0].set_value(ASKED).upload("plums.txt", PLUMS).run()

    page.chat_input[0].set_value("How many pear trees has the orchard?").run()
    assert "ninety pear trees" in shown(page)
    go.set()
    page = read(page, settings)

    assert "forty plum trees" in shown(page)
    (kept,) = orchard.conversations.listed()
    asked = [wire.read_answer(json.loads(turn)).question for turn in orchard.conversations.turns(kept.id)]
    assert asked == ["How many pear trees has the orchard?", ASKED]


def test_a_question_whose_file_is_gone_after_a_restart_can_be_asked_without_it(
    orchard: Library, settings: Settings
) -> None:
    conversation = orchard.conversations.begin()
    orchard.conversations.wait(conversation, "How many pear trees has the orchard?", ["gone.txt"])

    page = read(opened(conversation=conversation), settings)

    assert "gone.txt" in shown(page)
    assert "This question has no answer yet." in shown(page)
    press(page, "Ask again")
    assert "ninety pear trees" in shown(page)


def test_a_question_that_waits_for_a_file_is_no_other_visitors(orchard: Library, settings: Settings) -> None:
    conversation = orchard.conversations.begin("somebody else")
    orchard.conversations.wait(conversation, ASKED, ["plums.txt"])

    page = opened(conversation=conversation)

    assert ASKED not in shown(page)
    assert jobs.of_kind(library_work.kind(settings)) == []


def test_a_file_that_comes_alone_is_what_the_next_question_is_asked_within(
    orchard: Library, settings: Settings
) -> None:
    page = opened()

    page.chat_input[0].upload("plums.txt", PLUMS).run()
    page = read(page, settings)

    assert address(page) == {"within": orchard.document("plums.txt").id}
    assert orchard.conversations.listed() == []


def test_a_file_of_a_kind_that_is_not_read_is_refused_and_the_question_can_be_asked_without_it(
    orchard: Library, settings: Settings
) -> None:
    page = opened()

    page.chat_input[0].set_value("How many pear trees has the orchard?").upload("<b>.exe", b"MZ").run()

    assert "“&lt;b&gt;.exe” is of a kind that is not read." in shown(page)
    assert jobs.of_kind(library_work.kind(settings)) == []
    page.button("attached-ask").click().run()
    assert "ninety pear trees" in shown(page)
    assert "is not read" not in shown(page)


def test_a_file_that_cannot_be_read_is_told_with_the_reason(orchard: Library, settings: Settings) -> None:
    page = opened()

    page.chat_input[0].set_value(ASKED).upload("plums.pdf", b"no PDF").run()
    page = read(page, settings)

    assert "What you attached could not be read:" in shown(page)
    assert "<code>plums.pdf</code>" in shown(page)
    press(page, "Put away")
    assert "could not be read:" not in shown(page)
    (kept,) = orchard.conversations.listed()
    assert orchard.conversations.unanswered(kept.id) == (ASKED, None)
    assert orchard.conversations.awaiting(kept.id) == []
    assert button(page, "Ask again")


def test_who_may_not_add_documents_cannot_attach_any(orchard: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUSHBACK_HOST", "0.0.0.0")
    monkeypatch.setenv("PUSHBACK_EVERYONE", "reader")

    (box,) = opened().chat_input

    assert box.proto.accept_file == box.proto.AcceptFile.NONE
