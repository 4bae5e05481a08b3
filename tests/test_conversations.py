"""Conversations in a library: whose they are, taking turns back, deleting and bringing back."""

from __future__ import annotations

import json

import pytest

from assistant.errors import DocumentMissing
from assistant.library.library import Library, Opinion
from assistant.library.tables import conversations
from tests.conftest import on_both_databases


def turn(question: str) -> str:
    return json.dumps({"question": question})


def questions(library: Library, conversation: str) -> list[str]:
    return [json.loads(kept)["question"] for kept in library.turns(conversation)]


@on_both_databases
def test_a_question_asked_anew_keeps_the_conversation_as_it_was(library: Library) -> None:
    conversation = library.new_conversation("me")
    for question in ("One?", "Two?", "Three?"):
        library.add_turn(conversation, turn(question))
    library.give_feedback(conversation, 3, Opinion.GOOD, note="Good")

    library.add_turn(conversation, turn("Else?"), at=1)

    former, now = sorted(library.conversations("me"), key=lambda one: one.id == conversation)
    assert (now.title, questions(library, conversation)) == ("Else?", ["Else?"])
    assert (former.title, questions(library, former.id)) == ("One? (before an edit)", ["One?", "Two?", "Three?"])
    assert [(one.conversation, one.turn, one.note) for one in library.feedback()] == [(former.id, 3, "Good")]
    assert library.conversations() == []
    library.add_turn(conversation, turn("Otherwise?"), at=1)  # nothing came after it
    assert len(library.conversations("me")) == 2


@on_both_databases
def test_each_owners_conversations_are_theirs_alone(library: Library) -> None:
    mine, yours, nobodys = (library.new_conversation(owner) for owner in ("me", "you", None))

    listed = {owner: [one.id for one in library.conversations(owner)] for owner in ("me", "you", None, "other")}

    assert listed == {"me": [mine], "you": [yours], None: [nobodys], "other": []}
    library.check_owner(mine, "me")
    for owner in ("you", None):
        with pytest.raises(DocumentMissing, match="no conversation"):
            library.check_owner(mine, owner)


@on_both_databases
def test_conversations_are_found_by_what_is_asked_said_and_quoted_in_them(library: Library) -> None:
    said = {
        "question": "Why “so”?",
        "statements": [{"text": 'He said "Über alles".', "support": "verbatim"}],
        "rejected": [{"quote": "made up"}],
    }
    conversation, deleted = library.new_conversation(), library.new_conversation("me")
    for id in (conversation, deleted):
        library.add_turn(id, json.dumps(said, ensure_ascii=False))

    found = [library.conversations_with(words) for words in ("“SO”", 'said "über', "made up", "verbatim", "%")]

    assert found == [{conversation, deleted}] * 2 + [set()] * 3


@on_both_databases
def test_verdicts_are_listed_for_their_owner(library: Library) -> None:
    told = json.dumps({"idea": "Wait.", "ruling": "holds"})
    mine, nobodys = library.keep_verdict(told, owner="me"), library.keep_verdict(told)

    assert [[one.id for one in library.verdicts(owner)] for owner in ("me", "you", None)] == [[mine], [], [nobodys]]
    assert (library.verdict(mine)[0].owner, library.verdict(nobodys)[0].owner) == ("me", None)
    library.remove_verdict(mine)
    assert library.verdicts("me") == []


@on_both_databases
def test_a_turn_can_take_the_place_of_an_earlier_one_and_what_came_after(library: Library) -> None:
    conversation = library.new_conversation()
    for question in ("One?", "Two?", "Three?"):
        library.add_turn(conversation, turn(question))
    for number in (1, 2, 3):
        library.give_feedback(conversation, number, Opinion.BAD)

    library.add_turn(conversation, turn("Another?"), at=2)

    assert questions(library, conversation) == ["One?", "Another?"]
    assert [one.turn for one in library.feedback(conversation)] == [1]
    assert library.conversations()[0].title == "One?"


@on_both_databases
def test_a_question_is_kept_until_it_has_an_answer_and_names_its_conversation(library: Library) -> None:
    conversation = library.new_conversation()
    assert library.unanswered(conversation) is None

    library.ask(conversation, "One?")
    library.ask(conversation, "Two?", at=1)

    assert library.unanswered(conversation) == ("Two?", 1)
    assert [(one.title, one.turns) for one in library.conversations()] == [("Two?", 0)]
    library.add_turn(conversation, turn("Two?"))
    assert library.unanswered(conversation) is None
    assert [(one.title, one.turns) for one in library.conversations()] == [("Two?", 1)]
    with pytest.raises(DocumentMissing):
        library.ask("none", "One?")


@on_both_databases
def test_a_question_waits_for_its_files_until_they_come_and_names_its_conversation(library: Library) -> None:
    conversation = library.new_conversation()
    library.wait(conversation, "One?", ["b.txt", "a.txt"])
    library.wait(conversation, "Two?", ["c.txt"])

    first, second = library.awaiting(conversation)
    assert (first[1:], second[1:]) == (("One?", ("b.txt", "a.txt")), ("Two?", ("c.txt",)))
    assert [(one.title, one.turns) for one in library.conversations()] == [("One?", 0)]
    assert library.come(conversation, first.id)
    assert not library.come(conversation, first.id)
    assert not library.come("none", second.id)
    assert library.unanswered(conversation) == ("One?", None)
    assert library.awaiting(conversation) == [second]
    with pytest.raises(DocumentMissing):
        library.wait("none", "One?", [])


@on_both_databases
def test_the_title_follows_the_first_question_unless_it_was_renamed(library: Library) -> None:
    conversation = library.new_conversation()
    library.add_turn(conversation, turn("One?"))
    library.add_turn(conversation, turn("First?"), at=1)
    assert library.conversations()[0].title == "First?"

    library.rename_conversation(conversation, "Mine")
    library.add_turn(conversation, turn("Again?"), at=1)

    assert library.conversations()[0].title == "Mine"
    assert questions(library, conversation) == ["Again?"]


@on_both_databases
def test_a_deleted_conversation_is_not_there_and_can_be_brought_back(library: Library) -> None:
    conversation = library.new_conversation("me")
    library.add_turn(conversation, turn("One?"))
    library.give_feedback(conversation, 1, Opinion.GOOD)

    library.delete_conversation(conversation)

    assert (library.conversations("me"), library.feedback()) == ([], [])
    for reaches in (
        lambda: library.turns(conversation),
        lambda: library.check_owner(conversation, "me"),
        lambda: library.add_turn(conversation, turn("Two?")),
        lambda: library.rename_conversation(conversation, "Mine"),
        lambda: library.give_feedback(conversation, 1, Opinion.BAD),
        lambda: library.delete_conversation(conversation),
    ):
        with pytest.raises(DocumentMissing):
            reaches()

    library.restore_conversation(conversation)

    assert questions(library, conversation) == ["One?"]
    assert [one.verdict for one in library.feedback()] == [Opinion.GOOD]
    library.check_owner(conversation, "me")


@on_both_databases
def test_what_was_deleted_goes_for_good_after_a_while(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    old, other = library.new_conversation(), library.new_conversation()
    library.delete_conversation(old)
    monkeypatch.setattr(conversations, "UNDO", -2)

    library.delete_conversation(other)

    with pytest.raises(DocumentMissing, match=old):
        library.restore_conversation(old)
    library.restore_conversation(other)
