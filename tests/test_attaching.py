"""A file that comes with a question, run by Streamlit's own test runner over a real library."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from assistant.library.library import Library
from assistant.settings import Settings
from tests.chat import address, ended, opened, press, shown
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
    assert [one.title for one in orchard.conversations()] == [ASKED]


def test_a_file_that_comes_alone_is_what_the_next_question_is_asked_within(
    orchard: Library, settings: Settings
) -> None:
    page = opened()

    page.chat_input[0].upload("plums.txt", PLUMS).run()
    page = read(page, settings)

    assert address(page) == {"within": orchard.document("plums.txt").id}
    assert orchard.conversations() == []


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
    assert orchard.conversations() == []
    press(page, "Put away")
    assert "could not be read:" not in shown(page)


def test_who_may_not_add_documents_cannot_attach_any(orchard: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUSHBACK_HOST", "0.0.0.0")
    monkeypatch.setenv("PUSHBACK_EVERYONE", "reader")

    (box,) = opened().chat_input

    assert box.proto.accept_file == box.proto.AcceptFile.NONE
