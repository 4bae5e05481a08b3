"""The chat page, run by Streamlit's own test runner over a real library."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest
import streamlit
from streamlit.errors import StreamlitAuthError
from streamlit.runtime.scriptrunner import RerunData, RerunException
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from assistant import build, wire
from assistant.errors import LibraryFull, LibraryLocked, ReplyCut
from assistant.library.library import Library, Opinion
from assistant.model import Model
from assistant.settings import Settings
from assistant.types import Answer, Citation, Conflict, Grounding, Searched, Span, Statement, Support
from ingest.sync import sync
from tests.conftest import make_document, make_new
from tests.fakes import FakeChat, WordEmbedder
from tests.test_reading_pdf import column, make
from ui import jobs, library_work, pdf_picture, suggested
from ui.jobs import Job
from ui.parts import exchange
from ui.present import label
from ui.screens import preferences

pytestmark = pytest.mark.usefixtures("at_this_machine")

APP = Path(__file__).parent.parent / "ui" / "page.py"
ORCHARD = "The orchard has ninety pear trees. They were planted in 1931."
CIDER = "Cider is pressed in October. Nobody drinks it before May."


class UnloadedEmbedder(WordEmbedder):
    """Fails when anything is to be embedded: a model that must not be loaded yet."""

    def query(self, text: str) -> object:  # type: ignore[override]
        raise AssertionError(f"the model was asked for {text!r}")


@pytest.fixture(autouse=True)
def the_words_embedder(monkeypatch: pytest.MonkeyPatch, embedder: WordEmbedder) -> Iterator[None]:
    monkeypatch.setattr(build, "build_embedder", lambda _settings: embedder)
    yield
    for job in list(jobs._jobs.values()):  # questions are looked for wherever a library greets
        job.stop()
        ended(job)
    streamlit.cache_resource.clear()


def ended(job: Job) -> None:
    for _ in range(6_000):
        if job.done:
            return
        time.sleep(0.01)
    raise AssertionError("the job did not end")


def suggested_to(page: AppTest) -> AppTest:
    """The greeting when its questions are there, as the browser would show it by itself."""
    (job,) = [one for one in jobs._jobs.values() if one.kind.startswith("suggestions") and not one.done]
    ended(job)
    return page.run()


@pytest.fixture
def orchard(library: Library, embedder: WordEmbedder) -> Library:
    documents = [
        make_document(ORCHARD, "orchard.txt", author="Head Gardener", date="2021-05"),
        make_document(CIDER, "cider.txt", author="Cellar Keeper"),
    ]
    with library.writing() as writer:
        writer.put([make_new(document, embedder) for document in documents])
    return library


def opened(**address: str) -> AppTest:
    page = AppTest.from_file(str(APP), default_timeout=60)
    for name, value in address.items():
        page.query_params[name] = value
    return page.run()


def button(page: AppTest, label: str) -> Button:
    """The first button with this label."""
    return next(one for one in page.button if one.label == label)


def shown(page: AppTest) -> str:
    """All HTML on the page; anything that went wrong fails the test."""
    assert not page.exception
    return "\n".join(element.body for element in page.get("html"))


def address(page: AppTest) -> dict[str, str]:
    """The query of the page's address; the runner keeps what it was given as lists."""
    return {name: value if isinstance(value, str) else value[0] for name, value in page.query_params.items()}


def cite(library: Library, source: str, quote: str) -> Citation:
    document = library.document(source)
    start = document.text.index(quote)
    return Citation(document.about, start, start + len(quote), quote)


def keep(library: Library, *answers: Answer) -> str:
    conversation = library.new_conversation()
    for answer in answers:
        library.add_turn(conversation, json.dumps(wire.answer(answer)))
    return conversation


def answered(*quotes: Citation, disagree: bool = False) -> Answer:
    statements = tuple(Statement(quote.quote, (quote,), Support.VERBATIM) for quote in quotes)
    conflicts = (Conflict(statements),) if disagree else ()
    return Answer("How many trees?", "How many trees?", statements, Grounding.GROUNDED, "", Searched(2, 2), conflicts)


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
    assert "Let the documents be embedded anew under Library" in shown(page)
    assert "pushback reindex" not in shown(page)


def test_a_question_is_answered_kept_and_named_in_the_address(orchard: Library) -> None:
    page = opened()

    page.chat_input[0].set_value("How many pear trees has the orchard?").run()

    assert "The orchard has ninety pear trees." in shown(page)
    (kept,) = orchard.conversations()
    assert address(page) == {"conversation": kept.id}
    assert kept.turns == 1


def test_a_paste_that_is_too_long_is_kept_as_a_document_where_that_is_wished(
    orchard: Library, settings: Settings
) -> None:
    page = opened()
    page.chat_input[0].set_value("Plums <b>ripen</b> in August. " * 200).run()
    assert "It has 5,999 characters; at most 4,000 can be sent at once." in shown(page)
    assert orchard.conversations() == []
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
    assert [kept.turns for kept in orchard.conversations()] == [1]


def test_a_question_cannot_end_the_one_that_is_being_answered(orchard: Library) -> None:
    (box,) = opened().chat_input

    assert box.proto.submit_mode == box.proto.SUBMIT_MODE_DISABLE


def test_a_follow_up_is_asked_with_what_was_said_before(orchard: Library) -> None:
    page = opened()
    page.chat_input[0].set_value("How many pear trees has the orchard?").run()

    page.chat_input[0].set_value("When were they planted?").run()

    (kept,) = orchard.conversations()
    answer = wire.read_answer(json.loads(orchard.turns(kept.id)[1]))
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


def test_another_tab_shows_the_same_conversation(orchard: Library) -> None:
    conversation = keep(orchard, answered(cite(orchard, "orchard.txt", "They were planted in 1931.")))

    page = opened(conversation=conversation)

    assert "They were planted in 1931." in shown(page)
    assert "Head Gardener" in shown(page)


def test_a_number_opens_the_document_at_the_cited_words(orchard: Library) -> None:
    conversation = keep(orchard, answered(cite(orchard, "orchard.txt", "They were planted in 1931.")))
    page = opened(conversation=conversation)

    page.button("open-said-1-0-1").click().run()

    assert '<mark class="cited">They were planted in 1931.</mark>' in shown(page)
    assert "The orchard has ninety pear trees. <mark" in shown(page)
    assert address(page)["cited"] == "1.1"


def test_an_address_that_names_a_citation_opens_it(orchard: Library) -> None:
    conversation = keep(orchard, answered(cite(orchard, "cider.txt", "Cider is pressed in October.")))

    assert "<mark" in shown(opened(conversation=conversation, cited="1.1"))
    assert "<mark" not in shown(opened(conversation=conversation, cited="7.1"))
    assert "<mark" not in shown(opened(conversation=conversation, cited="<b>"))


def test_citations_are_walked_through_in_one_place(orchard: Library) -> None:
    quotes = cite(orchard, "orchard.txt", "They were planted in 1931."), cite(orchard, "cider.txt", "Nobody drinks it")
    page = opened(conversation=keep(orchard, answered(*quotes)), cited="1.1")
    assert "Citation 1 of 2" in shown(page)
    assert (button(page, "Previous").disabled, button(page, "Next").disabled) == (True, False)

    button(page, "Next").click().run()

    assert '<mark class="cited">Nobody drinks it</mark>' in shown(page)
    assert "Citation 2 of 2" in shown(page)
    assert address(page)["cited"] == "1.2"
    assert (button(page, "Previous").disabled, button(page, "Next").disabled) == (False, True)
    assert [one.proto.shortcut for one in page.button if one.proto.shortcut] == ["left", "right", "escape"]
    button(page, "Close").click().run()
    assert "<mark" not in shown(page)
    assert "cited" not in address(page)


def test_a_cited_page_of_a_pdf_is_shown_as_it_is_printed(
    orchard: Library, embedder: WordEmbedder, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf_picture, "draw", lambda path, sha256, page, words: f"{path.name} {page} {words}".encode())
    path = settings.home / "pears.pdf"
    path.write_bytes(make(column("Pears keep.")))
    assert not sync([path], orchard, settings, embedder).failed
    of = orchard.document("pears.pdf")
    quote = Citation(of.about, 0, len("Pears keep."), "Pears keep.", page=1)
    page = opened(conversation=keep(orchard, answered(quote)), cited="1.1")
    assert '<mark class="cited">Pears keep.</mark>' in shown(page)

    page.button_group[-1].set_value("page 1").run()

    (picture,) = re.findall(
        r'<img class="printed" alt="Page 1 of [^"]*" src="data:image/png;base64,([^"]*)">', shown(page)
    )
    assert b64decode(picture) == b"pears.pdf 1 Pears keep."
    path.unlink()
    assert "<img" not in shown(opened(**address(page)))


def test_a_number_tells_document_date_and_the_sentences_beside_its_own(
    orchard: Library, embedder: WordEmbedder
) -> None:
    text = "Pears keep. **They** were [planted](http://far.example) in 1931. Nobody knows by whom.\n\nApples do not."
    document = make_document(text, "<b>pears</b>.txt", author="Head Gardener", date="2021-05")
    with orchard.writing() as writer:
        writer.put([make_new(document, embedder)])
    quote = "**They** were [planted](http://far.example) in 1931."
    page = opened(conversation=keep(orchard, answered(cite(orchard, "<b>pears</b>.txt", quote))))

    head, told = page.button("open-said-1-0-1").help.split("\n\n")

    assert head == r"\<b\>pears\<\/b\>\.txt · Head Gardener · May 2021"
    assert told.startswith(r"Pears keep\. **“\*\*They\*\* were \[planted\]")
    assert told.endswith(r"in 1931\.”** Nobody knows by whom\.")


def test_a_question_is_asked_within_what_the_address_names(orchard: Library) -> None:
    """Chips above the box say so and take it off; the answer says what it was asked within."""
    cider = orchard.document("cider.txt").id
    page = opened(within=cider, since="2020", author="<b>Keeper</b>")
    assert [one.label for one in page.button if (one.key or "").startswith("within-")] == [
        "cider\\.txt", r"by \<b\>Keeper\<\/b\>", "from 2020 on",
    ]  # fmt: skip
    page.button("within-2").click().run()
    page.button("within-1").click().run()

    page.chat_input[0].set_value("How many pear trees has the orchard, and when is cider pressed?").run()

    assert "ninety pear trees" not in shown(page)
    assert "Searched 1 passage of 1 document." in shown(page)
    assert "Asked only within: cider.txt." in shown(page)
    assert address(page)["within"] == cider
    page.button("within-0").click().run()
    assert "within" not in address(page)
    page.chat_input[0].set_value("How many pear trees has the orchard?").run()
    assert "ninety pear trees" in shown(page)
    assert shown(page).count("Asked only within") == 1


def test_what_is_asked_within_is_chosen_from_what_is_there(orchard: Library) -> None:
    """The runner of tests knows no fragments, so the dialog is opened anew for each choice."""
    page = opened()

    for value in ("2021-5", "2021-05"):
        page.button("narrow").click().run()
        page.text_input("narrow-since").set_value(value).run()
        assert address(page).get("since", "") == (value if len(value) == 7 else "")
    page.button("narrow").click().run()
    page.multiselect("narrow-authors").set_value(["Head Gardener"]).run()
    page.button("narrow").click().run()

    assert page.multiselect("narrow-documents").options == ["cider.txt", "orchard.txt"]
    assert address(page) == {"author": "Head Gardener", "since": "2021-05"}


def test_both_sides_of_a_conflict_are_named_and_dated(orchard: Library) -> None:
    sides = cite(orchard, "orchard.txt", "They were planted in 1931."), cite(orchard, "cider.txt", "Nobody drinks it")

    page = opened(conversation=keep(orchard, answered(*sides, disagree=True)))

    html = shown(page)
    assert "The sources do not agree" in html
    assert html.index("The sources do not agree") < html.index("Head Gardener") < html.index("Cellar Keeper")
    assert "May 2021" in html


def test_the_nearest_passages_of_a_refusal_can_be_opened(orchard: Library) -> None:
    near = cite(orchard, "cider.txt", "Cider is pressed in October.")
    refused = Answer("Who?", "Who?", (), Grounding.REFUSED, "Nobody is named.", Searched(2, 2), nearest=(near,))
    page = opened(conversation=keep(orchard, refused))
    assert "Nobody is named." in shown(page)

    page.button("open-near-1-1-1").click().run()

    assert '<mark class="cited">Cider is pressed in October.</mark>' in shown(page)


def stretch(library: Library, source: str, quote: str, key: str) -> Citation:
    """A citation whose sentence ``key`` seems to answer."""
    whole, sentence = cite(library, source, quote), cite(library, source, key)
    return replace(whole, key=Span(sentence.start, sentence.end))


def test_the_sentence_that_seems_to_answer_is_marked_in_the_answer_and_in_the_document(orchard: Library) -> None:
    page = opened(
        conversation=keep(orchard, answered(stretch(orchard, "orchard.txt", ORCHARD, "They were planted in 1931.")))
    )
    assert (
        '<span class="said">The orchard has ninety pear trees. <mark class="key">They were planted in 1931.</mark>'
        in shown(page)
    )

    page.button("open-said-1-0-1").click().run()

    assert (
        '<mark class="cited">The orchard has ninety pear trees. <strong>They were planted in 1931.</strong></mark>'
        in shown(page)
    )
    assert "They were planted" in page.button("open-said-1-0-1").help


def test_closest_passages_are_shown_as_such_and_can_be_opened(orchard: Library) -> None:
    closest = (
        stretch(orchard, "cider.txt", CIDER, "Nobody drinks it before May."),
        cite(orchard, "orchard.txt", "They were planted in 1931."),
    )
    reason = "The documents do not say: no passage answers this on “<b>wine”."
    near = Answer("Who?", "Who?", (), Grounding.NEAR, reason, Searched(2, 2), nearest=closest)
    page = opened(conversation=keep(orchard, near))

    html = shown(page)
    assert "<strong>Closest passages.</strong> They may not answer the question." in html
    assert "No passage answers this on “&lt;b&gt;wine”." in html
    assert "The documents do not say" not in html
    assert 'Cider is pressed in October. <mark class="key">Nobody drinks it before May.</mark></span>' in html
    assert html.index("They were planted in 1931.") < html.index("Sources") < html.index("Head Gardener")
    page.button("open-said-1-1-2").click().run()
    assert '<mark class="cited">They were planted in 1931.</mark>' in shown(page)
    assert not page.toggle


def test_of_a_refusals_nearest_passages_the_sentence_is_shown(orchard: Library) -> None:
    near = stretch(orchard, "cider.txt", CIDER, "Nobody drinks it before May.")
    refused = Answer("Who?", "Who?", (), Grounding.REFUSED, "Nobody is named.", Searched(2, 2), nearest=(near,))

    html = shown(opened(conversation=keep(orchard, refused)))

    assert '<span class="nearest">“Nobody drinks it before May.”</span>' in html
    assert "Cider is pressed in October." not in html
    assert "Closest passages" not in html


def test_what_the_documents_leave_open_stands_under_the_statements(orchard: Library) -> None:
    said = answered(cite(orchard, "orchard.txt", "They were planted in 1931."))

    html = shown(opened(conversation=keep(orchard, replace(said, missing="Who planted <i>them</i>."))))

    told = "Not said: Who planted &lt;i&gt;them&lt;/i&gt;."
    assert html.index("They were planted") < html.index(told) < html.index("Sources")
    assert "Not said:" not in shown(opened(conversation=keep(orchard, said)))


def test_a_citation_whose_document_has_changed_says_so_and_keeps_its_words(
    orchard: Library, embedder: WordEmbedder
) -> None:
    conversation = keep(orchard, answered(cite(orchard, "orchard.txt", "They were planted in 1931.")))
    with orchard.writing() as writer:
        writer.put([make_new(make_document("All the trees were felled.", "orchard.txt"), embedder)])

    html = shown(opened(conversation=conversation, cited="1.1"))

    assert html.count("no longer holds these words") == 2  # under the answer, and in the opened document
    assert '<mark class="cited">They were planted in 1931.</mark>' in html
    assert "All the trees were felled." in html


def test_a_citation_whose_document_is_gone_keeps_its_words(orchard: Library) -> None:
    conversation = keep(orchard, answered(cite(orchard, "orchard.txt", "They were planted in 1931.")))
    with orchard.writing() as writer:
        writer.remove(["/docs/orchard.txt"])

    html = shown(opened(conversation=conversation, cited="1.1"))

    assert html.count("no longer in the library") == 2
    assert '<mark class="cited">They were planted in 1931.</mark>' in html


def said(library: Library) -> list[tuple[object, ...]]:
    """Feedback without its conversation and time."""
    return [(one.turn, one.citation, one.verdict, one.note) for one in library.feedback()]


def test_a_thumb_down_and_what_was_wrong_are_kept_and_shown_again(orchard: Library) -> None:
    trees = answered(cite(orchard, "orchard.txt", "They were planted in 1931."))
    conversation = keep(orchard, trees, trees)
    page = opened(conversation=conversation)
    assert [thumb.value for thumb in page.feedback] == [None, None]
    assert not page.text_input

    page.feedback[1].set_value(0).run()
    page.text_input[0].set_value(" The year was asked for. ").run()

    assert said(orchard) == [(2, None, Opinion.BAD, "The year was asked for.")]
    for shows in (page, opened(conversation=conversation)):
        assert shown(shows)
        assert [thumb.value for thumb in shows.feedback] == [None, 0]
        assert [note.value for note in shows.text_input] == ["The year was asked for."]


def test_a_thumb_can_be_turned_and_taken_back(orchard: Library) -> None:
    page = opened(conversation=keep(orchard, answered(cite(orchard, "cider.txt", "Cider is pressed in October."))))

    page.feedback[0].set_value(0).run()
    page.text_input[0].set_value("Is it?")
    page.feedback[0].set_value(1).run()
    assert (said(orchard), len(page.text_input)) == ([(1, None, Opinion.GOOD, "")], 0)

    page.feedback[0].set_value(None).run()
    assert (said(orchard), page.feedback[0].value) == ([], None)


def test_evidence_is_called_wrong_where_it_is_read(orchard: Library) -> None:
    quotes = cite(orchard, "orchard.txt", "They were planted in 1931."), cite(orchard, "cider.txt", "Nobody drinks it")
    conversation = keep(orchard, answered(*quotes))
    page = opened(conversation=conversation, cited="1.2")

    page.toggle[0].set_value(True).run()

    assert said(orchard) == [(1, 2, Opinion.WRONG_EVIDENCE, "")]
    assert opened(conversation=conversation, cited="1.2").toggle[0].value
    assert not opened(conversation=conversation, cited="1.1").toggle[0].value
    page.toggle[0].set_value(False).run()
    assert (said(orchard), page.toggle[0].value) == ([], False)


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

    monkeypatch.setattr(Library, "give_feedback", locked)
    page.feedback[0].set_value(0)
    page.toggle[0].set_value(True).run()

    assert shown(page).count("Another process is changing &lt;b&gt;it&lt;/b&gt;.") == 2
    assert (page.feedback[0].value, page.toggle[0].value, said(orchard)) == (None, False, [])
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


def test_nothing_that_documents_or_users_wrote_becomes_part_of_the_page(
    library: Library, embedder: WordEmbedder
) -> None:
    hostile = "<script>alert(1)</script> <img src=x onerror=alert(2)>."
    document = make_document(hostile, "<i>a.txt", title="<u>Title", author="<s>Author", date="<q>")
    with library.writing() as writer:
        writer.put([make_new(document, embedder)])
    asked = Answer(
        hostile, hostile, (), Grounding.REFUSED, hostile, Searched(1, 1), nearest=(cite(library, "<i>a.txt", hostile),)
    )

    page = opened(conversation=keep(library, asked), cited="1.1")

    html = shown(page)
    assert not [tag for tag in ("<script>alert", "<img", "<i>", "<u>", "<s>", "<q>") if tag in html]
    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 4


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
    assert [one.title for one in library.conversations()] == [title]


def test_questions_are_looked_for_once_for_each_change_of_the_library(
    library: Library, settings: Settings, embedder: WordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    title = "How many pear trees has the orchard?"
    with library.writing() as writer:
        writer.put([make_new(make_document(ORCHARD, "orchard.txt", title=title), embedder)])
    suggested_to(opened())
    assert suggested.kept(settings.folder, library.generation()) == (title,)

    jobs._jobs.clear()  # the server was started anew
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


def test_a_question_is_edited_and_asked_again_in_the_place_of_what_came_after(orchard: Library) -> None:
    trees = answered(cite(orchard, "orchard.txt", "They were planted in 1931."))
    conversation = keep(orchard, trees, trees, trees)
    page = opened(conversation=conversation)

    page.button("edit-2").click().run()
    assert page.text_area[0].value == "How many trees?"
    page.text_area[0].set_value("When is cider pressed?")
    press(page, "Ask again")

    asked = [wire.read_answer(json.loads(turn)).question for turn in orchard.turns(conversation)]
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
from ui.parts import nearby
build.build_embedder = lambda _settings: WordEmbedder()
build.Assistant.ask = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
nearby.connection = lambda: nearby.Connection("127.0.0.1", {"Host": "localhost"})
page = AppTest.from_file("ui/page.py", default_timeout=120).run()
page.chat_input[0].set_value("How many pear trees has the orchard?").run()
"""


@pytest.mark.slow
def test_a_question_is_kept_when_the_server_is_killed_before_it_answers(orchard: Library, home: Path) -> None:
    environment = {**os.environ, "PUSHBACK_HOME": str(home)}

    ended = subprocess.run([sys.executable, "-c", KILLED], cwd=APP.parents[1], env=environment, check=False)

    assert ended.returncode == -signal.SIGKILL
    (conversation,) = orchard.conversations()
    assert (conversation.title, conversation.turns) == ("How many pear trees has the orchard?", 0)
    page = opened(conversation=conversation.id)
    assert shown(page).count('<p class="question">How many pear trees has the orchard?</p>') == 1
    assert "This question has no answer yet." in shown(page)
    press(page, "Ask again")
    assert "has no answer yet" not in shown(page)
    assert "ninety pear trees" in shown(page)
    assert len(orchard.turns(conversation.id)) == 1


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
    asked = [wire.read_answer(json.loads(turn)).question for turn in orchard.turns(conversation)]
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
    monkeypatch.setattr(Library, "new_conversation", full)

    page.chat_input[0].set_value("How many pear trees has the orchard?").run()

    assert "ninety pear trees" in shown(page)
    assert "This answer cannot be kept and goes with the next click. The disk is full." in shown(page)
    assert (orchard.conversations(), address(page)) == ([], {})


def test_another_question_takes_the_place_of_one_without_an_answer(orchard: Library) -> None:
    conversation = orchard.new_conversation()
    orchard.ask(conversation, "How many pear trees has the orchard?")
    page = opened(conversation=conversation)

    page.chat_input[0].set_value("When is cider pressed?").run()

    assert orchard.unanswered(conversation) is None
    assert "How many pear trees" not in shown(page)
    assert [one.title for one in orchard.conversations()] == ["When is cider pressed?"]


def test_editing_can_be_given_up(orchard: Library) -> None:
    trees = answered(cite(orchard, "orchard.txt", "They were planted in 1931."))
    page = opened(conversation=keep(orchard, trees))
    page.button("edit-1").click().run()

    press(page, "Cancel")

    assert not page.text_area
    assert page.button("edit-1")


def test_what_was_retrieved_is_searched_when_it_is_opened(orchard: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    conversation = keep(orchard, answered(cite(orchard, "orchard.txt", "They were planted in 1931.")))
    page = opened(conversation=conversation)
    assert "found by its" not in shown(page)

    page.button("retrieved-1").click().run()

    assert "found by its words and by its meaning, score" in shown(page)
    assert "cited as 1" in shown(page)


def test_what_was_retrieved_lies_within_what_the_question_was_asked_within(orchard: Library) -> None:
    page = opened(within=orchard.document("cider.txt").id, since="2020")
    page.button("within-1").click().run()
    page.chat_input[0].set_value("How many pear trees has the orchard, and when is cider pressed?").run()

    page = opened(conversation=address(page)["conversation"])  # the scope is the question's, not the page's
    page.button("retrieved-1").click().run()

    assert "Cider is pressed in October." in shown(page)
    assert "ninety pear trees" not in shown(page)
    assert "Only what the question was asked within was searched." in shown(page)


def test_a_number_tells_its_quote_when_it_is_pointed_at(orchard: Library, embedder: WordEmbedder) -> None:
    hostile = "See ![a](http://far.example/a.png) and [b](http://far.example)."
    with orchard.writing() as writer:
        writer.put([make_new(make_document(hostile, "hostile.txt"), embedder)])
    page = opened(conversation=keep(orchard, answered(cite(orchard, "hostile.txt", hostile))))

    told = page.button("open-said-1-0-1").help

    assert "\\!\\[a\\]\\(http" in told
    assert "](http" not in told.replace("\\]", "")


def test_a_deleted_conversation_can_be_brought_back_from_the_page(orchard: Library) -> None:
    conversation = keep(orchard, answered(cite(orchard, "cider.txt", "Cider is pressed in October.")))
    page = opened(conversation=conversation)
    page.session_state[f"menu-{conversation}"] = True
    page.run()

    page.button(f"delete-{conversation}").click().run()
    assert (orchard.conversations(), address(page)) == ([], {})
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

    next(one for one in page.text_input if one.label == "Title").set_value("  The *autumn*  press ").run()
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

    page.text_input(key="sought").set_value("nobody  DRINKS it").run()

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
    assert [kept.turns for kept in orchard.conversations()] == [2]


def test_an_answer_is_copied_with_its_sources(orchard: Library) -> None:
    html = shown(
        opened(conversation=keep(orchard, answered(cite(orchard, "orchard.txt", "They were planted in 1931."))))
    )

    (text,) = re.findall(r'<button type="button" class="copies" [^>]*data-text="([^"<>]*)">', html)
    assert unquote(text).startswith(
        "They were planted in 1931. [1]\n\nSources:\n[1] orchard.txt, Head Gardener, May 2021"
    )


def test_two_tabs_do_not_mix(orchard: Library) -> None:
    """Two sessions of one server, which take turns."""
    one, other = opened(), opened()

    one.chat_input[0].set_value("How many pear trees has the orchard?").run()
    other.chat_input[0].set_value("When is cider pressed?").run()
    one.run()

    assert address(one)["conversation"] != address(other)["conversation"]
    assert "When is cider pressed?" not in shown(one)
    assert "How many pear trees has the orchard?" not in shown(other)
    assert [kept.turns for kept in orchard.conversations()] == [1, 1]


class Visitor(dict[str, object]):
    """Who Streamlit says has signed in."""


def signed_in(monkeypatch: pytest.MonkeyPatch, **claims: object) -> None:
    auth = {"cookie_secret": "c", "client_id": "x", "acme_id": {"client_id": "y"}}
    monkeypatch.setattr(streamlit, "secrets", {"auth": auth})
    monkeypatch.setattr(streamlit, "user", Visitor(claims))


def test_each_users_conversations_are_theirs_alone(orchard: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    nobodys = keep(orchard, answered(cite(orchard, "cider.txt", "Cider is pressed in October.")))
    signed_in(monkeypatch, is_logged_in=True, iss="https://id.example", sub="1", name="<b>Ann")
    ann = opened()
    ann.chat_input[0].set_value("How many pear trees has the orchard?").run()
    anns = address(ann)["conversation"]
    assert "Signed in as &lt;b&gt;Ann" in shown(ann)

    signed_in(monkeypatch, is_logged_in=True, iss="https://id.example", sub="2", name="Bob")
    for conversation in (anns, nobodys):
        bob = opened(conversation=conversation)
        assert "There is no conversation" in shown(bob)
        assert "pear" not in shown(bob).replace("appear", "")
        assert not [one for one in bob.button if str(one.key).startswith("conversation-")]
        bob.run()

    signed_in(monkeypatch, is_logged_in=True, iss="https://id.example", sub="1")
    assert "ninety pear trees" in shown(opened(conversation=anns))


def test_who_has_not_signed_in_sees_nothing_else(orchard: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    conversation = keep(orchard, answered(cite(orchard, "cider.txt", "Cider is pressed in October.")))
    signed_in(monkeypatch, is_logged_in=False)

    page = opened(conversation=conversation, cited="1.1")

    assert "Sign in to ask the documents" in shown(page)
    assert "Cider" not in shown(page)
    assert [one.label for one in page.button] == ["Sign in", "Sign in with Acme\\_id"]
    assert not page.chat_input

    def unset(_: object) -> None:
        raise StreamlitAuthError("Authlib is <b>not there</b>.\nMore.")

    monkeypatch.setattr(streamlit, "login", unset)
    assert "Authlib is &lt;b&gt;not there&lt;/b&gt;." in shown(press(page, "Sign in"))


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


def test_a_click_while_a_model_writes_ends_its_reply(monkeypatch: pytest.MonkeyPatch) -> None:
    """The runner of tests cannot click during a run, so the click is raised where Streamlit would raise it."""

    class Clicked:
        def html(self, _: str) -> None:
            raise RerunException(RerunData())

    waiting = exchange.Waiting.__new__(exchange.Waiting)
    waiting._place, waiting._shown = Clicked(), 0.0  # type: ignore[assignment]

    with pytest.raises(ReplyCut, match="stopped"):
        waiting.tick()
    waiting.tick()  # not so soon again


def choice() -> AppTest:
    """The choice of a model by itself."""

    def page() -> None:
        from assistant.settings import load
        from ui.parts import model_choice

        model_choice.choose(load({}))

    return AppTest.from_function(page, default_timeout=60).run()


def settings_page() -> AppTest:
    """The settings' page; the runner of tests cannot go to the page of an address."""

    def page() -> None:
        from assistant.settings import load
        from ui.parts import chosen
        from ui.screens import preferences

        preferences.show(chosen.in_force(load({})))

    return AppTest.from_function(page, default_timeout=60).run()


def press(page: AppTest, name: str) -> AppTest:
    return next(one for one in page.button if one.label == name).click().run()


def test_a_model_is_named_tested_and_used_from_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    chat = FakeChat(replies=lambda _: '{"number": 7}')
    monkeypatch.setattr(build, "build_model", lambda one, **_: Model(one, chat) if one.writer else None)
    page = choice()

    page.text_input[0].set_value("ollama:small")
    assert "The model ollama:small" in shown(press(page, "Test the connection"))
    assert press(page, "Use it").session_state["model"] == "ollama:small"


def test_what_is_chosen_outlives_a_reload_until_its_setting_is_another(monkeypatch: pytest.MonkeyPatch) -> None:
    page = settings_page()
    page.text_input[0].set_value("ollama:small")
    press(page, "Use it")
    next(one for one in page.radio).set_value(2).run()

    assert "ollama:small" in settings_page().text_input[0].value
    assert settings_page().session_state["evidence_model"] == "none"
    monkeypatch.setenv("PUSHBACK_MODEL", "ollama:other")
    assert settings_page().text_input[0].value == "ollama:other"


def test_a_model_whose_address_holds_a_key_is_not_written_down(settings: Settings) -> None:
    page = settings_page()
    page.text_input[0].set_value("http://me:secret@localhost:9/v1#m")
    press(page, "Use it")

    assert not any("secret" in path.read_text("utf-8", "replace") for path in settings.home.rglob("*.json"))


def test_a_model_that_cannot_be_one_is_told_with_what_to_do() -> None:
    page = choice()

    page.text_input[0].set_value("gguf:/no/such/file.gguf")
    assert "file.gguf" in shown(press(page, "Use it"))
    assert "model" not in page.session_state


def test_who_is_served_from_elsewhere_does_not_choose_the_model(
    orchard: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PUSHBACK_HOST", "0.0.0.0")
    page = settings_page()

    assert not page.text_input
    assert not page.radio
    assert not page.selectbox
    assert any("chosen by whoever runs Pushback" in one.value for one in page.markdown)


def test_neither_does_who_is_served_by_streamlit_itself_to_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streamlit, "get_option", lambda _name: "0.0.0.0")

    assert not choice().text_input


def test_the_settings_page_tells_what_is_set_by_what_and_no_secret(
    orchard: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PUSHBACK_MODEL", "http://ann:hunter2@127.0.0.1:9/v1?key=s3cret#small")
    monkeypatch.setenv("PUSHBACK_API_KEY", "sk-t0psecret")

    page = settings_page()

    html = shown(page)
    everything = html + "".join(str(one) for one in [*page.text_input, *page.markdown, *page.caption])
    assert "PUSHBACK_HOME" in html
    assert "http://…@127.0.0.1:9/v1?…#small" in html
    assert not [secret for secret in ("hunter2", "s3cret", "t0psecret") if secret in everything]


def test_another_library_is_chosen_and_named_in_the_address(orchard: Library, settings: Settings) -> None:
    with Library.open(settings.model_copy(update={"library": "other"}), WordEmbedder(), create=True):
        page = settings_page()
    assert page.selectbox[0].options == ["default", "other"]

    page.selectbox[0].set_value("other").run()

    assert page.session_state["library"] == "other"
    assert address(page) == {"library": "other"}
    assert "No documents yet" in shown(opened(library="other"))
    page = opened(library="<b>nobody")
    assert "Ask your documents" in shown(page)
    assert "There is no library “&lt;b&gt;nobody” here. This is “default”." in shown(page)
    assert "There is no library" not in shown(opened(library="default"))


def test_of_several_libraries_one_goes_to_another_at_the_top_of_a_page(orchard: Library, settings: Settings) -> None:
    assert "Library: <strong>default</strong>" in shown(opened())  # of one there is nothing to choose
    with Library.open(settings.model_copy(update={"library": "other"}), WordEmbedder(), create=True):
        page = opened(conversation=keep(orchard, answered(cite(orchard, "cider.txt", "Nobody drinks it"))))

    page.button("library-other").click().run()

    assert address(page) == {"library": "other"}
    assert "No documents yet" in shown(page)
    assert page.button("library-default").label == "default"
    assert "Nobody drinks it" not in shown(page)


def test_who_is_served_from_elsewhere_sees_the_librarys_name_and_no_other(
    orchard: Library, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PUSHBACK_HOST", "0.0.0.0")
    monkeypatch.setenv("PUSHBACK_EVERYONE", "reader")
    with Library.open(settings.model_copy(update={"library": "other"}), WordEmbedder(), create=True):
        page = opened()

    assert "Library: <strong>default</strong>" in shown(page)
    assert not [one for one in page.button if str(one.key).startswith("library-")]


def test_an_evidence_model_that_cannot_be_is_told(orchard: Library) -> None:
    page = settings_page()

    places = list(preferences.EVIDENCE)

    page.radio[0].set_value(places.index("llm")).run()
    assert "no model is named" in shown(page)
    assert "evidence_model" not in page.session_state

    page.radio[0].set_value(places.index("none")).run()
    assert page.session_state["evidence_model"] == "none"
