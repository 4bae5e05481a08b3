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
    return [json.loads(kept)["question"] for kept in library.conversations.turns(conversation)]


@on_both_databases
def test_a_question_asked_again_keeps_the_conversation_as_it_was(library: Library) -> None:
    conversation = library.conversations.begin("me")
    for question in ("One?", "Two?", "Three?"):
        library.conversations.add_turn(conversation, turn(question))
    library.conversations.give_feedback(conversation, 3, Opinion.GOOD, note="Good")

    library.conversations.add_turn(conversation, turn("Else?"), at=1)

    former, now = sorted(library.conversations.listed("me"), key=lambda one: one.id == conversation)
    assert (now.title, questions(library, conversation)) == ("Else?", ["Else?"])
    assert (former.title, questions(library, former.id)) == ("One? (before an edit)", ["One?", "Two?", "Three?"])
    assert [(one.conversation, one.turn, one.note) for one in library.conversations.feedback()] == [
        (former.id, 3, "Good")
    ]
    assert library.conversations.listed() == []


@on_both_databases
def test_an_answer_made_anew_keeps_the_former_one_beside_it(library: Library) -> None:
    """The same answer again is no loss, whatever it took; what was said of it holds for it."""
    conversation = library.conversations.begin()

    def answer_again(reason: str, seconds: int) -> list[str]:
        told = json.dumps({"question": "One?", "reason": reason, "timings_ms": {"read": seconds}})
        library.conversations.add_turn(conversation, told, at=1)
        return [one.title for one in library.conversations.listed()]

    assert answer_again("So.", 1) == ["One?"]
    library.conversations.give_feedback(conversation, 1, Opinion.BAD)
    assert answer_again("So.", 2) == ["One?"]
    assert [one.turn for one in library.conversations.feedback(conversation)] == [1]
    assert answer_again("Not so.", 3) == ["One?", "One? (earlier answer)"]
    assert library.conversations.feedback(conversation) == []
    (former,) = [one.id for one in library.conversations.listed() if one.id != conversation]
    assert [one.verdict for one in library.conversations.feedback(former)] == [Opinion.BAD]
    assert json.loads(library.conversations.turns(former)[0])["reason"] == "So."
    library.conversations.add_turn(conversation, turn("Two?"), at=1)
    assert [one.title for one in library.conversations.listed()][:2] == ["Two?", "One? (before an edit)"]


@on_both_databases
def test_each_owners_conversations_are_theirs_alone(library: Library) -> None:
    mine, yours, nobodys = (library.conversations.begin(owner) for owner in ("me", "you", None))

    listed = {owner: [one.id for one in library.conversations.listed(owner)] for owner in ("me", "you", None, "other")}

    assert listed == {"me": [mine], "you": [yours], None: [nobodys], "other": []}
    library.conversations.check_owner(mine, "me")
    for owner in ("you", None):
        with pytest.raises(DocumentMissing, match="no conversation"):
            library.conversations.check_owner(mine, owner)


@on_both_databases
def test_conversations_are_found_by_what_is_asked_said_and_quoted_in_them(library: Library) -> None:
    said = {
        "question": "Why “so”?",
        "statements": [{"text": 'He said "Über alles".', "support": "verbatim"}],
        "rejected": [{"quote": "made up"}],
    }
    conversation, deleted = library.conversations.begin(), library.conversations.begin("me")
    for id in (conversation, deleted):
        library.conversations.add_turn(id, json.dumps(said, ensure_ascii=False))

    library.conversations.add_turn(conversation, turn("Later?"))
    library.conversations.rename(conversation, "Mine")

    def found(words: str, owner: str | None = None) -> list[str]:
        return [one.id for one in library.conversations.search(words, owner)]

    for words in ("“SO”", 'said "über', '"ÜBER said', "later alles mine", " ".join(["he"] * 3_000)):
        assert found(words) == [conversation]
    for words in ("made up", "verbatim", "%", "later nobody"):
        assert found(words) == []
    assert found("alles", "me") == [deleted]
    library.conversations.delete(deleted)
    assert found("alles", "me") == []


@on_both_databases
def test_conversations_are_listed_by_their_last_use(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    def at(time: str) -> None:
        monkeypatch.setattr(conversations, "now", lambda: time)

    at("2026-05-01T10:00:00+00:00")
    old, unused = library.conversations.begin(), library.conversations.begin()
    at("2026-05-02T10:00:00+00:00")
    new = library.conversations.begin()
    library.conversations.add_turn(new, turn("One?"))
    assert [one.id for one in library.conversations.listed()] == [new, unused, old]
    at("2026-05-03T10:00:00+00:00")

    library.conversations.add_turn(old, turn("Two?"))

    assert [(one.id, one.used[8:10]) for one in library.conversations.listed()] == [
        (old, "03"), (new, "02"), (unused, "01"),
    ]  # fmt: skip


@on_both_databases
def test_verdicts_are_listed_for_their_owner(library: Library) -> None:
    told = json.dumps({"idea": "Wait.", "ruling": "holds"})
    mine, nobodys = library.verdicts.keep(told, owner="me"), library.verdicts.keep(told)

    assert [[one.id for one in library.verdicts.listed(owner)] for owner in ("me", "you", None)] == [
        [mine],
        [],
        [nobodys],
    ]
    assert (library.verdicts.read(mine)[0].owner, library.verdicts.read(nobodys)[0].owner) == ("me", None)
    library.verdicts.remove(mine)
    assert library.verdicts.listed("me") == []


@on_both_databases
def test_a_turn_can_take_the_place_of_an_earlier_one_and_what_came_after(library: Library) -> None:
    conversation = library.conversations.begin()
    for question in ("One?", "Two?", "Three?"):
        library.conversations.add_turn(conversation, turn(question))
    for number in (1, 2, 3):
        library.conversations.give_feedback(conversation, number, Opinion.BAD)

    library.conversations.add_turn(conversation, turn("Another?"), at=2)

    assert questions(library, conversation) == ["One?", "Another?"]
    assert [one.turn for one in library.conversations.feedback(conversation)] == [1]
    assert library.conversations.listed()[0].title == "One?"


@on_both_databases
def test_a_question_is_kept_until_it_has_an_answer_and_names_its_conversation(library: Library) -> None:
    conversation = library.conversations.begin()
    assert library.conversations.unanswered(conversation) is None

    library.conversations.ask(conversation, "One?")
    library.conversations.ask(conversation, "Two?", at=1)

    assert library.conversations.unanswered(conversation) == ("Two?", 1)
    assert [(one.title, one.turns) for one in library.conversations.listed()] == [("Two?", 0)]
    library.conversations.add_turn(conversation, turn("Two?"))
    assert library.conversations.unanswered(conversation) is None
    assert [(one.title, one.turns) for one in library.conversations.listed()] == [("Two?", 1)]
    with pytest.raises(DocumentMissing):
        library.conversations.ask("none", "One?")


@on_both_databases
def test_a_question_waits_for_its_files_until_they_come_and_names_its_conversation(library: Library) -> None:
    conversation = library.conversations.begin()
    library.conversations.wait(conversation, "One?", ["b.txt", "a.txt"])
    library.conversations.wait(conversation, "Two?", ["c.txt"])

    first, second = library.conversations.awaiting(conversation)
    assert (first[1:], second[1:]) == (("One?", ("b.txt", "a.txt")), ("Two?", ("c.txt",)))
    assert [(one.title, one.turns) for one in library.conversations.listed()] == [("One?", 0)]
    assert library.conversations.come(conversation, first.id)
    assert not library.conversations.come(conversation, first.id)
    assert not library.conversations.come("none", second.id)
    assert library.conversations.unanswered(conversation) == ("One?", None)
    assert library.conversations.awaiting(conversation) == [second]
    with pytest.raises(DocumentMissing):
        library.conversations.wait("none", "One?", [])


@on_both_databases
def test_the_title_follows_the_first_question_unless_it_was_renamed(library: Library) -> None:
    conversation = library.conversations.begin()
    library.conversations.add_turn(conversation, turn("One?"))
    library.conversations.add_turn(conversation, turn("First?"), at=1)
    assert library.conversations.listed()[0].title == "First?"

    library.conversations.rename(conversation, "Mine")
    library.conversations.add_turn(conversation, turn("Again?"), at=1)

    assert library.conversations.listed()[0].title == "Mine"
    assert questions(library, conversation) == ["Again?"]


@on_both_databases
def test_a_deleted_conversation_is_not_there_and_can_be_brought_back(library: Library) -> None:
    conversation = library.conversations.begin("me")
    library.conversations.add_turn(conversation, turn("One?"))
    library.conversations.give_feedback(conversation, 1, Opinion.GOOD)

    library.conversations.delete(conversation)

    assert (library.conversations.listed("me"), library.conversations.feedback()) == ([], [])
    for reaches in (
        lambda: library.conversations.turns(conversation),
        lambda: library.conversations.check_owner(conversation, "me"),
        lambda: library.conversations.add_turn(conversation, turn("Two?")),
        lambda: library.conversations.rename(conversation, "Mine"),
        lambda: library.conversations.give_feedback(conversation, 1, Opinion.BAD),
        lambda: library.conversations.delete(conversation),
    ):
        with pytest.raises(DocumentMissing):
            reaches()

    library.conversations.restore(conversation)

    assert questions(library, conversation) == ["One?"]
    assert [one.verdict for one in library.conversations.feedback()] == [Opinion.GOOD]
    library.conversations.check_owner(conversation, "me")


@on_both_databases
def test_what_was_deleted_goes_for_good_after_a_while(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    old, other = library.conversations.begin(), library.conversations.begin()
    library.conversations.delete(old)
    monkeypatch.setattr(conversations, "UNDO", -2)

    library.conversations.delete(other)

    with pytest.raises(DocumentMissing, match=old):
        library.conversations.restore(old)
    library.conversations.restore(other)
