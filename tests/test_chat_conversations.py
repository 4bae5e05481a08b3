"""Conversations on the chat page: kept, listed, found, edited, deleted, brought back; what is said of answers."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from assistant import build, wire
from assistant.errors import LibraryFull, LibraryLocked
from assistant.library.library import Library, Opinion
from assistant.library.tables.conversations import Conversations
from assistant.settings import Settings
from assistant.types import Answer, Grounding, Searched
from tests.chat import APP, address, answered, cite, keep, opened, press, shown
from tests.conftest import make_document, make_new
from tests.fakes import WordEmbedder

pytestmark = pytest.mark.usefixtures("at_this_machine", "the_words_embedder")


def test_another_tab_shows_the_same_conversation(orchard: Library) -> None:
    conversation = keep(orchard, answered(cite(orchard, "orchard.txt", "They were planted in 1931.")))

    page = opened(conversation=conversation)

    assert "They were planted in 1931." in shown(page)
    assert "Head Gardener" in shown(page)


def feedback_rows(library: Library) -> list[tuple[object, ...]]:
    """Feedback without its conversation and time."""
    return [(one.turn, one.citation, one.verdict, one.note) for one in library.conversations.feedback()]


def test_a_thumb_down_and_what_was_wrong_are_kept_and_shown_again(orchard: Library) -> None:
    trees = answered(cite(orchard, "orchard.txt", "They were planted in 1931."))
    conversation = keep(orchard, trees, trees)
    page = opened(conversation=conversation)
    assert [thumb.value for thumb in page.feedback] == [None, None]
    assert not page.text_input

    page.feedback[1].set_value(0).run()
    page.text_input[0].set_value(" The year was asked for. ").run()

    assert feedback_rows(orchard) == [(2, None, Opinion.BAD, "The year was asked for.")]
    for shows in (page, opened(conversation=conversation)):
        assert shown(shows)
        assert [thumb.value for thumb in shows.feedback] == [None, 0]
        assert [note.value for note in shows.text_input] == ["The year was asked for."]


def test_a_note_that_is_too_long_is_told_and_stays_to_be_shortened(orchard: Library) -> None:
    page = opened(conversation=keep(orchard, answered(cite(orchard, "orchard.txt", "They were planted in 1931."))))
    page.feedback[0].set_value(0).run()
    page.text_input[0].set_value("The year was asked for. " * 30).run()

    for _ in range(2):
        assert "It has 719 characters; at most 500 can be kept." in shown(page)
        assert (page.text_input[0].value, feedback_rows(orchard)[0][3]) == ("The year was asked for. " * 30, "")
        page.run()

    page.text_input[0].set_value("The year was asked for.").run()
    assert (feedback_rows(orchard)[0][3], "characters" in shown(page)) == ("The year was asked for.", False)


def test_a_thumb_can_be_turned_and_taken_back(orchard: Library) -> None:
    page = opened(conversation=keep(orchard, answered(cite(orchard, "cider.txt", "Cider is pressed in October."))))

    page.feedback[0].set_value(0).run()
    page.text_input[0].set_value("Is it?")
    page.feedback[0].set_value(1).run()
    assert (feedback_rows(orchard), len(page.text_input)) == ([(1, None, Opinion.GOOD, "")], 0)

    page.feedback[0].set_value(None).run()
    assert (feedback_rows(orchard), page.feedback[0].value) == ([], None)


def test_evidence_is_called_wrong_where_it_is_read(orchard: Library) -> None:
    quotes = cite(orchard, "orchard.txt", "They were planted in 1931."), cite(orchard, "cider.txt", "Nobody drinks it")
    conversation = keep(orchard, answered(*quotes))
    page = opened(conversation=conversation, cited="1.2")

    page.toggle[0].set_value(True).run()

    assert feedback_rows(orchard) == [(1, 2, Opinion.WRONG_EVIDENCE, "")]
    assert opened(conversation=conversation, cited="1.2").toggle[0].value
    assert not opened(conversation=conversation, cited="1.1").toggle[0].value
    page.toggle[0].set_value(False).run()
    assert (feedback_rows(orchard), page.toggle[0].value) == ([], False)


def test_what_a_refusal_does_not_stand_on_cannot_be_called_wrong(orchard: Library) -> None:
    near = cite(orchard, "cider.txt", "Cider is pressed in October.")
    refused = Answer("Who?", "Who?", (), Grounding.REFUSED, "Nobody is named.", Searched(2, 2), nearest=(near,))

    page = opened(conversation=keep(orchard, refused), cited="1.1")

    assert "<mark" in shown(page)
    assert (len(page.toggle), len(page.feedback)) == (0, 1)


def test_one_conversations_thumbs_are_not_anothers(orchard: Library) -> None:
    answer = answered(cite(orchard, "cider.txt", "Cider is pressed in October."))
    first, second = keep(orchard, answer), keep(orchard, answer)
    page = opened(conversation=first)
    page.feedback[0].set_value(0).run()

    page.button(f"conversation-{second}").click().run()
    assert page.feedback[0].value is None

    page.button(f"conversation-{first}").click().run()
    assert page.feedback[0].value == 0


def test_feedback_that_cannot_be_kept_is_told_and_not_shown_as_kept(
    orchard: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation = keep(orchard, answered(cite(orchard, "cider.txt", "Cider is pressed in October.")))
    page = opened(conversation=conversation, cited="1.1")

    def locked(*_: object, **__: object) -> None:
        raise LibraryLocked("Another process is changing <b>it</b>.")

    monkeypatch.setattr(Conversations, "give_feedback", locked)
    page.feedback[0].set_value(0)
    page.toggle[0].set_value(True).run()

    assert shown(page).count("Another process is changing &lt;b&gt;it&lt;/b&gt;.") == 2
    assert (page.feedback[0].value, page.toggle[0].value, feedback_rows(orchard)) == (None, False, [])
    assert 'role="alert"' not in shown(page.run())


def test_a_new_conversation_is_empty_and_the_old_one_is_listed(orchard: Library) -> None:
    conversation = keep(orchard, answered(cite(orchard, "cider.txt", "Cider is pressed in October.")))
    page = opened(conversation=conversation)

    page.button("new").click().run()
    assert address(page) == {}
    assert "Cider is pressed" not in shown(page)

    page.button(f"conversation-{conversation}").click().run()
    assert "Cider is pressed in October." in shown(page)


def test_a_conversation_that_is_not_there_is_told_with_what_to_do(orchard: Library) -> None:
    page = opened(conversation="<b>nobody</b>")

    assert "There is no conversation" in shown(page)
    assert "<b>nobody</b>" not in shown(page)
    assert page.button("new")


def test_a_question_is_edited_and_asked_again_in_the_place_of_what_came_after(orchard: Library) -> None:
    trees = answered(cite(orchard, "orchard.txt", "They were planted in 1931."))
    conversation = keep(orchard, trees, trees, trees)
    page = opened(conversation=conversation)

    page.button("edit-2").click().run()
    assert page.text_area[0].value == "How many trees?"
    page.text_area[0].set_value("When is cider pressed?")
    press(page, "Ask again")

    asked = [wire.read_answer(json.loads(turn)).question for turn in orchard.conversations.turns(conversation)]
    assert asked == ["How many trees?", "When is cider pressed?"]
    assert shown(page).count('<p class="question">') == 2
    assert address(page) == {"conversation": conversation}
    assert not page.text_area


KILLED = """
import os, signal
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button
from assistant import build
from tests.fakes import WordEmbedder
from ui.parts.page import nearby
build.build_embedder = lambda _settings: WordEmbedder()
build.Assistant.ask = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
nearby.connection = lambda: nearby.Connection("127.0.0.1", {"Host": "localhost"})
page = AppTest.from_file("ui/page.py", default_timeout=120).run()
page.chat_input[0].set_value("How many pear trees has the orchard?").run()
"""


@pytest.mark.posix
@pytest.mark.slow
def test_a_question_is_kept_when_the_server_is_killed_before_it_answers(orchard: Library, home: Path) -> None:
    environment = {**os.environ, "PUSHBACK_HOME": str(home)}

    ended = subprocess.run([sys.executable, "-c", KILLED], cwd=APP.parents[1], env=environment, check=False)

    assert ended.returncode == -signal.SIGKILL
    (conversation,) = orchard.conversations.listed()
    assert (conversation.title, conversation.turns) == ("How many pear trees has the orchard?", 0)
    page = opened(conversation=conversation.id)
    assert shown(page).count('<p class="question">How many pear trees has the orchard?</p>') == 1
    assert "This question has no answer yet." in shown(page)
    press(page, "Ask again")
    assert "has no answer yet" not in shown(page)
    assert "ninety pear trees" in shown(page)
    assert len(orchard.conversations.turns(conversation.id)) == 1


def test_a_question_whose_answer_failed_is_asked_again_in_its_place(
    orchard: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    trees = answered(cite(orchard, "orchard.txt", "They were planted in 1931."))
    conversation = keep(orchard, trees, trees)
    page = opened(conversation=conversation)
    page.button("edit-1").click().run()
    page.text_area[0].set_value("When is cider pressed?")
    with monkeypatch.context() as failing:
        failing.setattr(build.Assistant, "ask", raises)
        press(page, "Ask again")
    assert 'role="alert"' in shown(page)

    page.run()

    assert shown(page).count('<p class="question">') == 3  # nothing was taken out before there is an answer
    press(page, "Ask again")
    asked = [wire.read_answer(json.loads(turn)).question for turn in orchard.conversations.turns(conversation)]
    assert asked == ["When is cider pressed?"]


def raises(*_: object) -> None:
    raise LibraryLocked("Somebody writes.")


def test_where_nothing_can_be_kept_the_answer_is_shown_with_the_reason(
    orchard: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a read-only disk."""

    def full(*_: object) -> str:
        raise LibraryFull("The disk is full.")

    page = opened()
    monkeypatch.setattr(Conversations, "begin", full)

    page.chat_input[0].set_value("How many pear trees has the orchard?").run()

    assert "ninety pear trees" in shown(page)
    assert "This answer cannot be kept and goes with the next click. The disk is full." in shown(page)
    assert (orchard.conversations.listed(), address(page)) == ([], {})


def test_another_question_takes_the_place_of_one_without_an_answer(orchard: Library) -> None:
    conversation = orchard.conversations.begin()
    orchard.conversations.ask(conversation, "How many pear trees has the orchard?")
    page = opened(conversation=conversation)

    page.chat_input[0].set_value("When is cider pressed?").run()

    assert orchard.conversations.unanswered(conversation) is None
    assert "How many pear trees" not in shown(page)
    assert [one.title for one in orchard.conversations.listed()] == ["When is cider pressed?"]


def test_editing_can_be_given_up(orchard: Library) -> None:
    trees = answered(cite(orchard, "orchard.txt", "They were planted in 1931."))
    page = opened(conversation=keep(orchard, trees))
    page.button("edit-1").click().run()

    press(page, "Cancel")

    assert not page.text_area
    assert page.button("edit-1")


def test_a_deleted_conversation_can_be_brought_back_from_the_page(orchard: Library) -> None:
    conversation = keep(orchard, answered(cite(orchard, "cider.txt", "Cider is pressed in October.")))
    page = opened(conversation=conversation)
    page.session_state[f"menu-{conversation}"] = True
    page.run()

    page.button(f"delete-{conversation}").click().run()
    assert (orchard.conversations.listed(), address(page)) == ([], {})
    assert "Deleted “How many trees?”" in shown(page)

    page.button("undo-delete").click().run()
    assert "Cider is pressed in October." in shown(page)
    assert address(page) == {"conversation": conversation}


def test_a_conversation_is_renamed_and_found_by_its_name(orchard: Library) -> None:
    answer = answered(cite(orchard, "cider.txt", "Cider is pressed in October."))
    every = [keep(orchard, answer) for _ in range(8)]
    page = opened(conversation=every[0])
    page.session_state[f"menu-{every[0]}"] = True
    page.run()

    title = next(one for one in page.text_input if one.label == "Title")
    title.set_value("The autumn press " * 20).run()
    assert "It has 339 characters; at most 80 can be kept." in shown(page)
    title.set_value("  The *autumn*  press ").run()
    assert "The *autumn* press</h1>" in shown(page)
    page.text_input(key="sought").set_value("AUTUMN").run()

    assert [one.key for one in page.button if str(one.key).startswith("conversation-")] == [f"conversation-{every[0]}"]


def test_conversations_are_found_by_what_was_said_in_them_and_listed_by_day(orchard: Library) -> None:
    trees = answered(cite(orchard, "orchard.txt", "They were planted in 1931."))
    for _ in range(8):
        keep(orchard, replace(trees, question="When?"))
    press = keep(
        orchard, replace(trees, question="And <b>cider</b>?"), answered(cite(orchard, "cider.txt", "Nobody drinks it"))
    )
    page = opened()
    assert shown(page).count('<h2 class="day">Today</h2>') == 1

    page.text_input(key="sought").set_value("nobody  cider DRINKS").run()

    assert [one.key for one in page.button if str(one.key).startswith("conversation-")] == [f"conversation-{press}"]
    page.text_input(key="sought").set_value("<i>").run()
    assert "No conversation has “&lt;i&gt;” in it." in shown(page)


def test_the_last_question_is_answered_again_in_its_place(orchard: Library, embedder: WordEmbedder) -> None:
    page = opened()
    page.chat_input[0].set_value("How many pear trees has the orchard?").run()
    page.chat_input[0].set_value("When is cider pressed?").run()
    with orchard.writing() as writer:
        writer.put([make_new(make_document("Cider is pressed in November.", "cider.txt"), embedder)])
    assert not [one for one in page.button if one.key == "again-1"]

    page.button("again-2").click().run()

    assert "Cider is pressed in November." in shown(page)
    assert [(kept.title, kept.turns) for kept in orchard.conversations.listed()] == [
        ("How many pear trees has the orchard?", 2),
        ("How many pear trees has the orchard? (earlier answer)", 2),
    ]


def test_two_tabs_do_not_mix(orchard: Library) -> None:
    """Two sessions of one server, which take turns."""
    one, other = opened(), opened()

    one.chat_input[0].set_value("How many pear trees has the orchard?").run()
    other.chat_input[0].set_value("When is cider pressed?").run()
    one.run()

    assert address(one)["conversation"] != address(other)["conversation"]
    assert "When is cider pressed?" not in shown(one)
    assert "How many pear trees has the orchard?" not in shown(other)
    assert [kept.turns for kept in orchard.conversations.listed()] == [1, 1]


@pytest.mark.parametrize(
    "damage",
    [
        lambda told: told[: len(told) // 2],
        lambda told: told.replace('"grounding": "grounded"', '"grounding": "rounded"'),
        lambda told: "[" * 100_000,
        lambda told: "null",
        lambda told: "",
    ],
    ids=["cut", "turned", "nested", "null", "empty"],
)
def test_a_damaged_answer_is_told_and_the_rest_of_the_conversation_stands(
    orchard: Library, settings: Settings, damage: Callable[[str], str]
) -> None:
    trees = answered(cite(orchard, "orchard.txt", "They were planted in 1931."))
    cider = answered(cite(orchard, "cider.txt", "Cider is pressed in October."))
    conversation = keep(orchard, cider, trees, cider)
    with closing(sqlite3.connect(settings.folder / "catalog.sqlite3")) as catalog, catalog:
        rows = "SELECT key, answer FROM turns WHERE conversation = ? ORDER BY key"
        key, told = catalog.execute(rows, [conversation]).fetchall()[1]
        catalog.execute("UPDATE turns SET answer = ? WHERE key = ?", [damage(told), key])

    page = opened(conversation=conversation)

    assert not page.exception
    assert shown(page).count(wire.DAMAGED) == 1
    assert shown(page).count("Cider is pressed in October.") >= 2
    assert [one.id for one in orchard.conversations.search("pressed in october")] == [conversation]

    page.chat_input[0].set_value("How many pear trees are there?").run()

    assert not page.exception
    assert "ninety pear trees" in shown(page)


def test_a_damaged_answer_keeps_its_question_where_that_can_be_read() -> None:
    told = json.dumps({"question": 'How many "trees"?', "statements": []})

    assert wire.stored_answer(told).question == 'How many "trees"?'
    assert wire.stored_answer(told[:12]).question == ""
