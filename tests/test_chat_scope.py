"""What questions of the chat page are asked within, and what was retrieved there."""

from __future__ import annotations

from dataclasses import replace

import pytest
import streamlit
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from assistant import wire
from assistant.library.library import Library
from assistant.types import Filters
from tests.chat import APP, address, answered, cite, keep, opened, press, shown

pytestmark = pytest.mark.usefixtures("at_this_machine", "the_words_embedder")


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
    """The runner of tests knows no fragments, so the dialog is opened again for each choice."""
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


@pytest.mark.parametrize("way", ["sidebar", "address"])
def test_a_conversation_is_opened_again_with_what_it_was_asked_within(orchard: Library, way: str) -> None:
    cider = orchard.document("cider.txt").id
    page = opened(within=cider)
    page.chat_input[0].set_value("When is cider pressed?").run()
    kept = address(page)["conversation"]

    if way == "sidebar":
        page.button("new").click().run()
        assert "within" not in address(page)
        page.button(f"conversation-{kept}").click().run()
    else:
        page = opened(conversation=kept)

    assert address(page) == {"conversation": kept, "within": cider}
    press(page, "Answer again")
    assert asked_within(orchard, kept) == [(cider,)]
    page.button("within-0").click().run()
    page.run()
    assert "within" not in address(page)  # what was taken off stays off
    page.chat_input[0].set_value("How many pear trees has the orchard?").run()
    assert asked_within(orchard, kept) == [(cider,), ()]


def asked_within(library: Library, conversation: str) -> list[tuple[str, ...]]:
    """The documents that each answer of a conversation was limited to."""
    return [wire.stored_answer(turn).within.documents for turn in library.conversations.turns(conversation)]


def test_another_page_opens_a_conversation_with_what_it_was_asked_within(
    orchard: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    within = Filters(documents=(orchard.document("cider.txt").id,), since="2020")
    kept = keep(orchard, replace(answered(cite(orchard, "cider.txt", "Cider is pressed in October.")), within=within))
    gone_to: list[object] = []
    monkeypatch.setattr(streamlit, "switch_page", lambda _page, query_params: gone_to.append(query_params))
    page = AppTest.from_file(str(APP), default_timeout=60)
    page._page_hash = calc_hash("library")  # the runner switches to files only
    page.run()

    page.button(f"conversation-{kept}").click().run()

    assert gone_to == [{"conversation": kept, "within": [orchard.document("cider.txt").id], "since": "2020"}]
