"""Verdicts as the library keeps them: what was said of them, other importance, and what became of their sources."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.build import Assistant
from assistant.errors import DocumentMissing
from assistant.library.library import Library
from assistant.pressure.discussion import DiscussionReply
from tests.conftest import make_document, make_new
from tests.fakes import WordEmbedder
from ui.reports import stored_verdicts
from ui.views.present import Standing

IDEA = "We should print leaflets for the bakery."
FOR = "We should print leaflets for the bakery, since leaflets bring guests to the bakery."
MILL = "The mill on the hill was closed. Nobody came back to the hill twice."
MESSAGE = "But it says “Nobody came back to the hill twice.”"


@pytest.fixture
def assistant(library: Library, embedder: WordEmbedder) -> Assistant:
    with library.writing() as writer:
        writer.put([make_new(make_document(text, f"{text[:6]}.txt"), embedder) for text in (FOR, MILL)])
    return Assistant(library, embedder)


def test_a_verdict_opens_as_it_was_kept(assistant: Assistant) -> None:
    verdict = assistant.challenge(IDEA)

    id = stored_verdicts.keep(assistant.library, verdict, revises="former")

    kept = stored_verdicts.opened(assistant.library, id)
    assert (kept.verdict, kept.said, kept.listed.revises) == (verdict, (), "former")


def test_importance_that_was_set_is_kept_under_the_same_id_with_what_follows(assistant: Assistant) -> None:
    id = stored_verdicts.keep(assistant.library, assistant.challenge("Sell umbrellas to fishermen at sea."))
    assert stored_verdicts.opened(assistant.library, id).verdict.leaps_of_faith

    stored_verdicts.weigh(assistant.library, id, {"1": 0.2})

    kept = stored_verdicts.opened(assistant.library, id)
    first = kept.verdict.assumptions[0]
    assert (first.importance, first.importance_by, kept.verdict.leaps_of_faith) == (0.2, "user", ())
    assert [one.id for one in assistant.library.verdicts.listed()] == [id]


def test_what_was_said_stays_with_the_verdict_and_goes_over_to_the_one_that_it_moved(assistant: Assistant) -> None:
    id = stored_verdicts.keep(assistant.library, assistant.challenge(IDEA))
    stored_verdicts.weigh(assistant.library, id, {"1": 0.3})

    _, same = stored_verdicts.discussed(assistant, id, "You are wrong!")
    reply, moved = stored_verdicts.discussed(assistant, id, "But it says “Nobody came back to the hill twice.”")

    assert (same, moved == id) == (id, False)
    said = stored_verdicts.opened(assistant.library, moved).said
    assert [one.message for one in said] == ["You are wrong!", "But it says “Nobody came back to the hill twice.”"]
    assert [one.moved for one in said] == ["nothing", "a cited passage"]
    assert said[1].reply == reply.text
    assert len(stored_verdicts.opened(assistant.library, id).said) == 1
    assert stored_verdicts.opened(assistant.library, moved).verdict.assumptions[0].importance == 0.3


def test_a_message_is_kept_before_it_is_replied_to(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    id = stored_verdicts.keep(assistant.library, assistant.challenge(IDEA))

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as killing:
        killing.setattr(stored_verdicts, "discuss", killed)
        with pytest.raises(KeyboardInterrupt):
            stored_verdicts.discussed(assistant, id, MESSAGE)
    kept = stored_verdicts.opened(assistant.library, id)
    assert (kept.asked, kept.said) == (MESSAGE, ())
    stored_verdicts.weigh(assistant.library, id, {"1": 0.3})
    assert stored_verdicts.opened(assistant.library, id).asked == MESSAGE

    _, moved = stored_verdicts.discussed(assistant, id, MESSAGE)

    assert [stored_verdicts.opened(assistant.library, one).asked for one in (id, moved)] == ["", ""]
    assert [one.message for one in stored_verdicts.opened(assistant.library, moved).said] == [MESSAGE]


def test_a_verdict_that_was_removed_while_it_was_discussed_does_not_come_back(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = stored_verdicts.keep(assistant.library, assistant.challenge(IDEA))
    discuss = stored_verdicts.discuss

    def removing(*given: Any) -> DiscussionReply:
        assistant.library.verdicts.remove(id)
        return discuss(*given)

    monkeypatch.setattr(stored_verdicts, "discuss", removing)
    _, moved = stored_verdicts.discussed(assistant, id, MESSAGE)

    assert [one.id for one in assistant.library.verdicts.listed()] == [moved]


def test_a_verdict_that_was_removed_comes_back_under_its_id(assistant: Assistant) -> None:
    library = assistant.library
    id = stored_verdicts.keep(library, assistant.challenge(IDEA))
    removed, told = library.verdicts.read(id)
    library.verdicts.remove(id)
    with pytest.raises(DocumentMissing):
        stored_verdicts.opened(library, id)

    library.verdicts.put(removed, told)

    assert library.verdicts.listed() == [removed]
    assert library.verdicts.read(id) == (removed, told)


def test_a_report_tells_what_became_of_each_citation(assistant: Assistant, embedder: WordEmbedder) -> None:
    library = assistant.library
    id = stored_verdicts.keep(library, assistant.challenge(IDEA))
    kept = stored_verdicts.opened(library, id)
    assert set(stored_verdicts.report(library, id, kept.verdict, "").standing.values()) == {Standing.HOLDS}

    with library.writing() as writer:
        writer.put([make_new(make_document("The bakery is for sale.", f"{FOR[:6]}.txt"), embedder)])

    standing = stored_verdicts.report(library, id, kept.verdict, "").standing
    assert {told for one, told in standing.items() if one.quote in FOR} == {Standing.CHANGED}
