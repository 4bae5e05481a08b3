"""What answers of the chat page stand on: numbers that open documents, sources that disagree, what is nearest."""

from __future__ import annotations

import re
from base64 import b64decode
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest
import streamlit as st

from assistant.library.library import Library
from assistant.settings import Settings
from assistant.types import Answer, Citation, Grounding, Searched, Span
from ingest.sync import sync
from tests.chat import CIDER, ORCHARD, address, answered, button, cite, keep, opened, shown
from tests.conftest import make_document, make_new
from tests.fakes import WordEmbedder
from tests.test_reading_pdf import column, make
from ui.parts.chat import reader
from ui.work import pdf_picture
from ui.work.pdf_picture import PagePicture

pytestmark = pytest.mark.usefixtures("at_this_machine", "the_words_embedder")


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
    def draw(path: Path, sha256: str, page: int, words: str) -> PagePicture:
        return PagePicture(f"{path.name} {page} {words}".encode(), marked=bool(words) and is_there)

    is_there = True
    monkeypatch.setattr(pdf_picture, "draw", draw)
    path = settings.home / "pears.pdf"
    path.write_bytes(make(column("Pears keep.")))
    assert not sync([path], orchard, settings, embedder).failed
    of = orchard.document("pears.pdf")
    quote = Citation(of.about, 0, len("Pears keep."), "Pears keep.", page=1)
    page = opened(conversation=keep(orchard, answered(quote)), cited="1.1")
    assert '<mark class="cited">Pears keep.</mark>' in shown(page)

    page.button_group[-1].set_value("page 1").run()

    (picture,) = re.findall(
        r'<img class="printed" alt="Page 1 of [^"]*, the cited words marked" src="data:image/png;base64,([^"]*)">',
        shown(page),
    )
    assert b64decode(picture) == b"pears.pdf 1 Pears keep."
    assert reader.UNMARKED not in shown(page)
    is_there = False
    st.cache_data.clear()
    assert reader.UNMARKED in shown(page.run())
    assert "the cited words marked" not in shown(page)
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


def test_a_number_tells_its_quote_when_it_is_pointed_at(orchard: Library, embedder: WordEmbedder) -> None:
    hostile = "See ![a](http://far.example/a.png) and [b](http://far.example)."
    with orchard.writing() as writer:
        writer.put([make_new(make_document(hostile, "hostile.txt"), embedder)])
    page = opened(conversation=keep(orchard, answered(cite(orchard, "hostile.txt", hostile))))

    told = page.button("open-said-1-0-1").help

    assert "\\!\\[a\\]\\(http" in told
    assert "](http" not in told.replace("\\]", "")


def test_an_answer_is_copied_with_its_sources(orchard: Library) -> None:
    html = shown(
        opened(conversation=keep(orchard, answered(cite(orchard, "orchard.txt", "They were planted in 1931."))))
    )

    (text,) = re.findall(r'<button type="button" class="copies" [^>]*data-text="([^"<>]*)">', html)
    assert unquote(text).startswith(
        "They were planted in 1931. [1]\n\nSources:\n[1] orchard.txt, Head Gardener, May 2021"
    )
