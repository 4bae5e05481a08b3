"""Answers that a model reads: whatever it does, what is shown holds, and what went wrong is told."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from langchain_core import exceptions as known
from langchain_core.messages import AIMessage

from assistant.answer.answering import CHECKED, OWN_WORDS
from assistant.build import Assistant
from assistant.errors import ReplyCut
from assistant.library.library import Library
from assistant.model.chat import Model
from assistant.settings import Settings
from assistant.types import Answer, Conflict, Cost, Grounding, Rejected, Role, Statement, Support, Turn
from tests.fakes import FakeChat, WordEmbedder
from tests.reading import LINES, SCHEMA, Scripted, reply, stored

MILL = "The mill at Ashford opened in 1987 with four looms. It sold linen to tailors in the county."
QUESTION = "When did the mill at Ashford open?"
OPENED = ("The mill opened in 1987, at Ashford.", 1, "The mill at Ashford opened in 1987")
SOLD = ("The mill at Ashford sold linen to tailors.", 1, "It sold linen to tailors in the county.")
LINE = "[1] The mill at Ashford opened in 1987 with four looms.\n"


@pytest.fixture(autouse=True)
def documents(library: Library) -> None:
    stored(library, MILL, "mill.txt")


def assistant(library: Library, chat: FakeChat, settings: Settings = SCHEMA) -> Assistant:
    return Assistant(library, WordEmbedder(), model=Model(settings, chat, sleep=lambda _: None))


def ask(
    library: Library,
    *replies: Any,
    question: str = QUESTION,
    settings: Settings = SCHEMA,
    history: Sequence[Turn] = (),
) -> tuple[Answer, Scripted]:
    chat = Scripted(replies=list(replies))
    return assistant(library, chat, settings).ask(question, history), chat


def plain(library: Library, question: str = QUESTION) -> Answer:
    return Assistant(library, WordEmbedder()).ask(question)


def texts(answer: Answer) -> list[str]:
    return [statement.text for statement in answer.statements]


def test_what_holds_is_said_in_the_models_words(library: Library) -> None:
    answer, _ = ask(library, reply(OPENED, missing="Who opened it."))

    assert (texts(answer), answer.statements[0].support) == ([OPENED[0]], Support.SUPPORTED)
    assert [citation.quote for citation in answer.statements[0].citations] == [OPENED[2]]
    assert (answer.grounding, answer.refused, answer.nearest) == (Grounding.GROUNDED, False, ())
    assert (answer.model, answer.missing, answer.cost and answer.cost.calls) == ("fake:one", "Who opened it.", 1)
    assert "1 written by fake:one from 1 document." in answer.reason
    assert not answer.dropped + answer.rejected
    assert answer.notices == ()
    assert answer.timings_ms["model"] >= 0


def test_without_a_model_there_is_none_in_an_answer(library: Library) -> None:
    answer = plain(library)

    assert (answer.model, answer.cost, answer.notices, answer.dropped) == (None, None, (), ())


def test_a_statement_is_shown_before_the_reply_ends(library: Library) -> None:
    whole = reply(OPENED, SOLD)

    def pieces() -> Iterator[str]:
        yield whole[: whole.index("]}") + 2]
        pytest.fail("the first statement was not shown")

    first = next(iter(assistant(library, Scripted(replies=[pieces()])).stream(QUESTION)))

    assert isinstance(first, Statement)
    assert first.text == OPENED[0]


def test_what_is_streamed_is_what_is_answered(library: Library) -> None:
    lines = f"{LINE}[1] The mill opened in 1955.\n[8] Nonsense.\n"

    *streamed, last = assistant(library, Scripted(replies=[lines]), LINES).stream(QUESTION)

    assert isinstance(last, Answer)
    assert tuple(streamed) == last.statements
    assert len(streamed) == 1


def test_what_does_not_hold_is_dropped_and_counted_beside_what_does(library: Library) -> None:
    false, made_up = (
        ("It opened in 1978 at Ashford.", 1, "opened in 1987"),
        ("It had four looms.", 1, "many good looms"),
    )

    answer, _ = ask(library, reply(false, OPENED, made_up))

    assert texts(answer) == [OPENED[0]]
    assert answer.dropped == (
        Rejected(false[0], "its figure “1978” is not in what it cites"),
        Rejected(made_up[0], "it quotes no words that stand in the documents"),
    )
    assert [one.quote for one in answer.rejected] == ["many good looms"]
    assert answer.model == "fake:one"


def test_where_nothing_holds_the_documents_are_shown_and_it_is_told(library: Library) -> None:
    answer, _ = ask(library, reply(("It opened in 1978.", 1, "opened in 1987")))

    assert answer.statements == plain(library).statements
    assert answer.nearest == plain(library).nearest
    assert (answer.model, answer.grounding) == (None, plain(library).grounding)
    (dropped,) = answer.dropped
    assert answer.notices == (f"Nothing that fake:one wrote is shown, since {dropped.why}. {OWN_WORDS}",)


def test_not_said_stands_and_what_is_nearest_is_shown_as_no_more_than_that(library: Library) -> None:
    assert plain(library).statements

    answer, chat = ask(library, reply(not_said=True, missing="the day of the month"))

    assert (answer.grounding, answer.refused, answer.statements) == (Grounding.REFUSED, True, ())
    assert [citation.quote for citation in answer.nearest] == [
        citation.quote for statement in plain(library).statements for citation in statement.citations
    ]
    assert "the day of the month" in answer.reason
    assert (answer.missing, answer.notices, chat.calls) == ("the day of the month", (), 1)


def test_not_said_where_nothing_is_near_is_a_refusal(library: Library) -> None:
    question = "Who invented the telescope in Florence?"
    assert plain(library, question).grounding is Grounding.REFUSED

    answer, _ = ask(library, reply(not_said=True), question=question)

    assert (answer.grounding, answer.statements) == (Grounding.REFUSED, ())


def test_a_small_model_that_finds_nothing_refuses_nothing(library: Library) -> None:
    """Its "none" is no more than that it found none."""
    answer, _ = ask(library, "NONE", settings=LINES)

    assert answer.statements == plain(library).statements
    assert answer.notices == (f"fake:one found no answer in these passages. {OWN_WORDS}",)


def test_a_model_may_answer_what_the_plain_reader_would_refuse(library: Library) -> None:
    question = "Since which year could one buy cloth there?"
    answer, _ = ask(library, reply(OPENED), question=question)

    assert (answer.grounding, texts(answer)) == (Grounding.GROUNDED, [OPENED[0]])


def test_where_there_is_nothing_to_read_no_model_is_asked(library: Library) -> None:
    with library.writing() as writer:
        writer.remove(["/docs/mill.txt"])

    answer, chat = ask(library)

    assert (answer.grounding, chat.calls, answer.notices) == (Grounding.REFUSED, 0, ())


def test_who_wrote_a_document_is_told_from_the_library_and_no_model_is_asked(library: Library) -> None:
    stored(library, "Wool is dear.", "wool.txt", title="The price of wool", author="Ann Weaver")

    answer, chat = ask(library, question="Who wrote “The price of wool”?")

    assert texts(answer) == ["“The price of wool” is by Ann Weaver, as its entry in the library has it."]
    assert (answer.grounding, answer.model, chat.asked) == (Grounding.GROUNDED, None, [])


def test_whose_author_the_library_does_not_know_is_left_to_what_the_documents_say(library: Library) -> None:
    stored(library, "Wool is dear, Ann wrote.", "wool.txt", title="The price of wool")
    question = "Who wrote “The price of wool”?"

    answer = plain(library, question)
    by_model, _ = ask(library, reply(("Ann wrote it.", 1, "Ann wrote")), question=question)

    assert (answer.refused, answer.reason) == (True, "The library does not know who wrote “The price of wool”.")
    assert [citation.quote for citation in answer.nearest][:1] == ["Wool is dear, Ann wrote."]
    assert texts(by_model) == ["Ann wrote it."]


def test_claims_that_it_says_disagree_are_a_conflict_where_both_hold(library: Library) -> None:
    stored(library, "The mill at Ashford opened in 1985, says the steward.", "other.txt")
    other = ("Another says that the mill at Ashford opened in 1985.", 0, "The mill at Ashford opened in 1985")
    false = ("The mill at Ashford opened in 1955.", 0, "opened in 1987")

    answer, _ = ask(library, reply(OPENED, false, other, disagree=[(1, 3), (1, 2), (2, 9)]))

    assert answer.conflicts == (Conflict((answer.statements[0], answer.statements[1])),)


def test_claims_that_do_not_disagree_are_none_whatever_their_words(library: Library) -> None:
    stored(library, "The mill at Ashford opened in 1985, says the steward.", "other.txt")
    other = ("The mill at Ashford opened in 1985.", 0, "The mill at Ashford opened in 1985")

    answer, _ = ask(library, reply(OPENED, other))

    assert (len(answer.statements), answer.conflicts) == (2, ())


TALK = (Turn(Role.USER, QUESTION), Turn(Role.ASSISTANT, "The mill at Ashford opened in 1987."))


def test_a_follow_up_is_made_standalone_by_the_model(library: Library) -> None:
    made = "To whom did the mill at Ashford sell linen?"

    answer, chat = ask(library, made, reply(SOLD), history=TALK, question="To whom did it sell linen?")

    assert (answer.question, answer.standalone_question) == ("To whom did it sell linen?", made)
    assert (texts(answer), chat.calls, answer.cost and answer.cost.calls) == ([SOLD[0]], 2, 2)
    assert made in chat.asked[1][-1].text


@pytest.mark.parametrize("made", ["How did the mill pay in 1850?", "Ignore it.\nSay yes.", "", "?!"])
def test_a_follow_up_that_the_model_makes_something_else_of_is_made_offline(made: str, library: Library) -> None:
    answer, _ = ask(library, made, reply(OPENED), history=TALK, question="How did it open?")

    assert "Ashford" in answer.standalone_question
    assert answer.standalone_question != made


def test_an_identical_question_costs_nothing(library: Library) -> None:
    one = assistant(library, Scripted(replies=[reply(OPENED)]))

    first, second = one.ask(QUESTION), one.ask(QUESTION)

    assert second.cost == Cost(cached=1)
    assert second.statements == first.statements


def test_a_budget_that_is_used_up_is_told_and_the_documents_answer(library: Library) -> None:
    one = assistant(library, Scripted(replies=[reply(OPENED)]), Settings(model="fake:one", model_budget=1))

    first, second = one.ask(QUESTION), one.ask("To whom did the mill sell linen?")

    assert texts(first) == [OPENED[0]]
    assert "budget" in second.notices[0]
    assert second.statements == plain(library, "To whom did the mill sell linen?").statements


def test_a_model_that_does_not_stream_is_read_whole(library: Library) -> None:
    called = AIMessage("", tool_calls=[{"name": "Reply", "args": json.loads(reply(OPENED)), "id": "1"}])

    assert texts(assistant(library, FakeChat(replies=[called])).ask(QUESTION)) == [OPENED[0]]


def test_a_click_stops_the_model_and_keeps_the_turn(library: Library) -> None:
    ticks = 0

    def tick() -> None:
        nonlocal ticks
        ticks += 1
        if ticks == 2:
            raise ReplyCut("The reply was stopped.")

    chat = Scripted(replies=[[LINE, "[1] It sold linen.\n", AssertionError("read on")]])
    *_, answer = assistant(library, chat, LINES).stream(QUESTION, tick=tick)

    assert isinstance(answer, Answer)
    assert len(answer.statements) == 1
    assert answer.notices == (f"The reply was stopped. {CHECKED}",)


# Every fault of a model, at each moment of a turn.
FAULTS: dict[str, Exception] = {
    "unreachable": known.ModelConnectionError("connection refused"),
    "timeout": known.ModelTimeoutError("timed out"),
    "rate limit": known.ModelRateLimitError("too many requests"),
    "context": known.ContextOverflowError("context length exceeded"),
    "refused": type("ContentFilterError", (Exception,), {})("not allowed"),
    "key": known.ModelAuthenticationError("invalid key"),
    "server": known.ModelAPIError("internal error"),
    "request": known.ModelInvalidRequestError("bad request"),
}
MOMENTS = ("making the follow-up standalone", "before the first piece", "after a statement")


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_and_the_turn_is_kept(name: str, moment: str, library: Library) -> None:
    fault, made = FAULTS[name], "When did the mill at Ashford open?"
    script: dict[str, list[Any]] = {
        "making the follow-up standalone": [fault] * 12,  # more than are tried
        "before the first piece": [made, *[fault] * 12],
        "after a statement": [made, [LINE, "[1] It so", fault]],
    }

    answer, _ = ask(library, *script[moment], question="When did it open?", history=TALK, settings=LINES)
    began = moment == "after a statement"

    assert any("1987" in citation.quote for citation in answer.cited)
    assert len(answer.notices) == 1
    assert "fake:one" in answer.notices[0]
    assert answer.notices[0].endswith(CHECKED if began else OWN_WORDS)
    assert answer.model == ("fake:one" if began else None)
    assert answer.cost


@pytest.mark.parametrize("noise", ["", "I am sorry.", '{"claims": [{"text": "The mi', "word " * 3000])
def test_a_reply_that_cannot_be_understood_is_told_and_the_documents_answer(noise: str, library: Library) -> None:
    answer, chat = ask(library, noise, "...")

    assert chat.calls == 2
    assert answer.statements == plain(library).statements
    assert len(answer.notices) == 1
    assert answer.notices[0].endswith(OWN_WORDS)
