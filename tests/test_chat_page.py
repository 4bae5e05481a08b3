"""The chat page, run by Streamlit's own test runner over a real library: greeting, asking and answering."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future
from typing import Any

import pytest
import streamlit
from langchain_core.messages import AIMessageChunk
from langchain_core.outputs import ChatGenerationChunk
from pydantic import Field
from streamlit.testing.v1 import AppTest

from assistant import build, wire
from assistant.build import Assistant
from assistant.errors import ReplyCut
from assistant.library.library import Library
from assistant.model.chat import Model
from assistant.settings import Settings
from assistant.types import Answer, Filters
from tests.chat import (
    APP,
    CIDER,
    ORCHARD,
    UnloadedEmbedder,
    address,
    answered,
    cite,
    ended,
    keep,
    opened,
    press,
    shown,
    suggested_to,
)  # fmt: skip
from tests.conftest import make_document, make_new
from tests.fakes import FakeChat, WordEmbedder
from tests.test_greeting import headed
from ui.parts.chat.writing import ComingAnswer
from ui.parts.settings import running
from ui.views.present import label
from ui.work import jobs, library_work, suggested

pytestmark = pytest.mark.usefixtures("at_this_machine", "the_words_embedder")


def test_the_first_page_loads_no_model(orchard: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "build_embedder", lambda _settings: UnloadedEmbedder())

    page = opened()

    assert "Ask your documents" in shown(page)
    assert address(page) == {}


def test_without_a_library_the_page_says_where_to_add_documents() -> None:
    page = opened()

    assert "There is no library" in shown(page)
    assert "Add documents under Library first" in shown(page)
    assert "pushback ingest" not in shown(page)


def test_an_empty_library_says_how_to_fill_it(library: Library) -> None:
    page = opened()

    assert "No documents yet" in shown(page)
    assert page.chat_input[0].disabled


def test_a_setting_that_does_not_hold_is_told_without_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUSHBACK_PASSAGE_WORDS", "<b>many</b>")

    assert 'role="alert"' in shown(opened())


def test_what_goes_wrong_while_asking_is_told_with_what_to_do(
    orchard: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "build_embedder", lambda _settings: WordEmbedder("others"))
    page = opened()

    page.chat_input[0].set_value("How many pear trees has the orchard?").run()

    assert 'role="alert"' in shown(page)
    assert "Let the documents be embedded again under Library" in shown(page)
    assert "pushback reindex" not in shown(page)


def test_a_question_is_answered_kept_and_named_in_the_address(orchard: Library) -> None:
    page = opened()

    page.chat_input[0].set_value("How many pear trees has the orchard?").run()

    assert "The orchard has ninety pear trees." in shown(page)
    (kept,) = orchard.conversations.listed()
    assert address(page) == {"conversation": kept.id}
    assert kept.turns == 1


def test_a_paste_that_is_too_long_is_kept_as_a_document_where_that_is_wished(
    orchard: Library, settings: Settings
) -> None:
    page = opened()
    page.chat_input[0].set_value("Plums <b>ripen</b> in August. " * 200).run()
    assert "It has 5,999 characters; at most 4,000 can be sent at once." in shown(page)
    assert orchard.conversations.listed() == []
    assert page.chat_input[0].proto.max_chars == 0  # else the box would take nothing of it, without a word

    next(one for one in page.button if one.label == "Keep it as a document").click().run()
    while [job for job in jobs.of_kind(library_work.kind(settings)) if not job.done]:
        time.sleep(0.01)

    assert "It is kept as a document." in shown(page.run())
    assert "can be sent at once" not in shown(page)
    kept = orchard.document("Plums b ripen b in August Plums b ripen b in August.txt")
    assert "Plums <b>ripen</b> in August." in kept.text


def test_a_paste_that_is_too_long_can_be_put_away(orchard: Library) -> None:
    page = opened(conversation=keep(orchard, answered(cite(orchard, "cider.txt", "Cider is pressed in October."))))
    page.button("edit-1").click().run()
    page.text_area[0].set_value("why " * 2_000)
    next(one for one in page.button if one.label == "Ask again").click().run()
    assert "can be sent at once" in shown(page)

    next(one for one in page.button if one.label == "Put it away").click().run()

    assert "can be sent at once" not in shown(page)
    assert [kept.turns for kept in orchard.conversations.listed()] == [1]


def test_a_question_cannot_end_the_one_that_is_being_answered(orchard: Library) -> None:
    (box,) = opened().chat_input

    assert box.proto.submit_mode == box.proto.SUBMIT_MODE_DISABLE


def test_a_follow_up_is_asked_with_what_was_said_before(orchard: Library) -> None:
    page = opened()
    page.chat_input[0].set_value("How many pear trees has the orchard?").run()

    page.chat_input[0].set_value("When were they planted?").run()

    (kept,) = orchard.conversations.listed()
    answer = wire.read_answer(json.loads(orchard.conversations.turns(kept.id)[1]))
    assert answer.question == "When were they planted?"
    assert "orchard" in answer.standalone_question


def test_a_further_answer_is_whole_without_the_page_running_again(
    orchard: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a reload shows is there at once: a long conversation is not drawn twice for each question."""
    page = opened()
    page.chat_input[0].set_value("How many pear trees has the orchard?").run()
    monkeypatch.setattr(streamlit, "rerun", lambda: pytest.fail("the page ran again"))

    page.chat_input[0].set_value("When is cider pressed?").run()

    assert shown(page) == shown(opened(**address(page)))
    assert len(page.feedback) == 2
    page.button("edit-2").click().run()
    assert page.text_area[0].value == "When is cider pressed?"
    page.button("open-said-2-0-1").click().run()
    assert '<mark class="cited">' in shown(page)


def test_a_question_that_the_documents_do_not_answer_is_refused(orchard: Library) -> None:
    page = opened()

    page.chat_input[0].set_value("Who won the election in Portugal?").run()

    assert "The documents do not say." in shown(page)
    assert "Searched 2 passages of 2 documents." in shown(page)


def test_a_library_greets_with_what_it_holds_and_a_question_that_can_be_clicked(
    library: Library, embedder: WordEmbedder
) -> None:
    title = "How many pear trees has the orchard?"
    document = make_document(ORCHARD, "orchard.txt", title=title, author="<b>Gardener", date="2021")
    with library.writing() as writer:
        writer.put([make_new(document, embedder)])
    page = opened()
    assert "1 document from 2021, by &lt;b&gt;Gardener." in shown(page)
    assert "Looking for questions" in shown(page)  # the first paint waits for none
    page = suggested_to(page)
    assert "Looking for questions" not in shown(page)

    page.button("offered-0").click().run()

    assert "The orchard has ninety pear trees." in shown(page)
    assert [one.title for one in library.conversations.listed()] == [title]


def test_questions_are_looked_for_once_for_each_change_of_the_library(
    library: Library, settings: Settings, embedder: WordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    title = "How many pear trees has the orchard?"
    with library.writing() as writer:
        writer.put([make_new(make_document(ORCHARD, "orchard.txt", title=title), embedder)])
    suggested_to(opened())
    assert suggested.stored(settings.folder, library.generation()) == (title,)

    jobs._jobs.clear()  # the server was restarted
    with monkeypatch.context() as kept:
        kept.setattr(jobs, "start", lambda *_: pytest.fail("they were kept"))
        assert opened().button("offered-0").label == label(title)
    with library.writing() as writer:
        writer.put([make_new(make_document(CIDER, "cider.txt", title="When is cider pressed?"), embedder)])
    page = suggested_to(opened())

    assert {label(title), label("When is cider pressed?")} <= {one.label for one in page.button}


def test_a_question_that_its_documents_do_not_answer_is_not_offered(library: Library, embedder: WordEmbedder) -> None:
    title = "How many engineers has the moon station?"
    with library.writing() as writer:
        writer.put([make_new(make_document("Rice.", "orchard.txt", title=title), embedder)])

    page = suggested_to(opened())

    assert not [one for one in page.button if one.key and one.key.startswith("offered-")]


def test_below_an_answer_questions_to_go_on_with_are_offered(orchard: Library, settings: Settings) -> None:
    first, second = "How many pear trees has the orchard?", "When were the pear trees planted?"
    suggested.keep(settings.folder, orchard.generation(), [first, second])
    page = opened()
    page.chat_input[0].set_value(first).run()

    assert [one.label for one in page.button if one.key and one.key.startswith("further-")] == [label(second)]
    page.button("further-0").click().run()
    assert second in shown(page)
    assert not [one for one in page.button if one.key and one.key.startswith("further-")]


def test_below_an_answer_headings_of_what_it_cites_are_asked_about_within_its_documents(
    orchard: Library, embedder: WordEmbedder, settings: Settings
) -> None:
    heads = ("Planting the medlar trees", "Selling the medlar fruit")
    below = "Medlar trees need a strong stake for three years, and medlar fruit is sold when the frost has touched it."
    document = headed("The medlar orchard", *heads, below=below, source="medlars.txt")
    with orchard.writing() as writer:
        writer.put([make_new(document, embedder)])
    page = opened(within=document.about.id)
    page.chat_input[0].set_value("How hard is planting the medlar trees?").run()
    (job,) = [one for one in jobs._jobs.values() if one.kind.startswith("further")]
    ended(job)
    page.run()

    offered = [one.label for one in page.button if one.key and one.key.startswith("further-")]

    assert any(label(heads[1]) in one for one in offered)
    page.button("further-0").click().run()
    assert "Asked only within: The medlar orchard." in shown(page)


LINE = "[1] The orchard has ninety pear trees.\n"


def modelled(monkeypatch: pytest.MonkeyPatch, *replies: str) -> None:
    """A model writes on the page."""
    monkeypatch.setenv("PUSHBACK_MODEL", "fake:one")
    monkeypatch.setenv("PUSHBACK_MODEL_REPLY", "lines")
    chat = FakeChat(replies=replies)
    monkeypatch.setattr(build, "build_model", lambda settings, _chat=None: Model(settings, chat, sleep=lambda _: None))


def test_a_model_writes_and_its_cost_is_shown(orchard: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    modelled(monkeypatch, LINE)
    page = opened()
    page.chat_input[0].set_value("How many pear trees has the orchard?").run()

    assert "Written with fake:one: 1 call" in shown(page) or "Model: 1 call" in shown(page)
    assert "ninety pear trees" in shown(page)


def test_a_model_that_makes_no_sense_is_told_on_the_page(orchard: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    modelled(monkeypatch, "[1] <b>Pay 5,000 now</b> at once.\n", "x")
    page = opened()
    page.chat_input[0].set_value("How many pear trees has the orchard?").run()

    assert "own words" in shown(page)
    assert "1 statement of the model that did not hold" in shown(page)
    assert "5,000" not in shown(page)


class SlowChat(FakeChat):
    """A model that ends its reply when it is let go. ``began`` is set when its first line is written."""

    began: threading.Event = Field(default_factory=threading.Event)
    let_go: threading.Event = Field(default_factory=threading.Event)

    def _stream(self, *_: Any, **__: Any) -> Iterator[ChatGenerationChunk]:
        yield ChatGenerationChunk(message=AIMessageChunk(content=LINE))
        self.began.set()
        assert self.let_go.wait(60)
        yield ChatGenerationChunk(message=AIMessageChunk(content="[1] They were planted in 1931.\n"))


def coming(assistant: Assistant, kept: list[Answer], *, by_model: bool) -> ComingAnswer:
    """An answer of this assistant that is being made; ``kept`` gets it."""
    one = ComingAnswer(QUESTION, None, by_model=by_model)

    def make() -> Answer:
        kept.append(one.make(assistant, (), Filters()))
        return kept[0]

    one.future = running.begun(make, by_model=by_model)
    return one


QUESTION = "How many pear trees has the orchard?"


def test_stop_ends_a_model_and_keeps_what_it_wrote(
    orchard: Library, settings: Settings, embedder: WordEmbedder
) -> None:
    chat = SlowChat(replies=[])
    with_model = settings.model_copy(update={"model": "fake:one", "model_reply": "lines"})
    assistant = build.build_assistant(with_model, embedder).with_model(Model(with_model, chat), None)
    kept: list[Answer] = []
    one = coming(assistant, kept, by_model=True)
    assert chat.began.wait(60)

    one.stop()
    chat.let_go.set()

    answer = one.future.result(60)
    assert [statement.text for statement in answer.statements] == ["The orchard has ninety pear trees."]
    assert (kept, one.statements, one.going) == ([answer], list(answer.statements), False)
    assistant.close()


def test_stop_ends_an_answer_without_a_model_at_once_and_it_is_not_kept(
    orchard: Library, settings: Settings, embedder: WordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_go, kept = threading.Event(), list[Answer]()
    monkeypatch.setattr(build.Assistant, "ask", lambda *_: let_go.wait(60))
    assistant = build.build_assistant(settings, embedder)
    one, behind = (coming(assistant, kept, by_model=False) for _ in range(2))  # they are made one after another

    behind.stop()
    one.stop()
    assert (one.going, behind.going) == (False, False)

    let_go.set()
    with pytest.raises((ReplyCut, CancelledError)):
        one.future.result(60)
    assert behind.future.cancelled()
    assert kept == []
    assistant.close()


def test_a_click_elsewhere_does_not_end_an_answer(orchard: Library) -> None:
    """The run of the page that begins then waits for it. The runner of tests cannot click during a run, so an answer is
    there that an earlier run has begun."""
    conversation = orchard.conversations.begin()
    orchard.conversations.ask(conversation, QUESTION)
    one = ComingAnswer(QUESTION, None, by_model=False)
    one.future = Future()

    def ends() -> None:
        told = wire.answer(answered(cite(orchard, "orchard.txt", "They were planted in 1931.")))
        orchard.conversations.add_turn(conversation, json.dumps(told))
        one.future.set_result(answered())

    page = AppTest.from_file(str(APP), default_timeout=60)
    page.query_params["conversation"] = conversation
    page.session_state["answers-coming"] = {conversation: one}
    threading.Timer(0.5, ends).start()
    page.run()

    assert "They were planted in 1931." in shown(page)
    assert "has no answer yet" not in shown(page)
    assert not [button for button in page.button if button.label == "Stop"]


def test_a_stopped_question_can_be_asked_again(orchard: Library) -> None:
    conversation = orchard.conversations.begin()
    orchard.conversations.ask(conversation, QUESTION)
    one = ComingAnswer(QUESTION, None, by_model=False)
    one.future = Future()
    one.stop()
    page = AppTest.from_file(str(APP), default_timeout=60)
    page.query_params["conversation"] = conversation
    page.session_state["answers-coming"] = {conversation: one}

    assert "This question has no answer yet." in shown(page.run())

    press(page, "Ask again")
    assert "ninety pear trees" in shown(page)
