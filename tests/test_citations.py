from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.citations import Reader, cite, locate
from assistant.types import Citation, Document, Passage, Rejected, Span
from tests.conftest import make_document, make_passages

FORD = make_document(
    "Ford’s “five dollar day” began in 1914 – it doubled wages.\n\nThe price  came\ndown (to $260) in 1925.", "ford.txt"
)
WAGES, PRICE = make_passages(FORD, (None, "Historian"))


def reader(*documents: Document) -> Reader:
    texts = {document.id: document.text for document in documents}

    def read(document: str, start: int, end: int) -> str | None:
        text = texts.get(document, "")
        return text[start:end] if 0 <= start < end <= len(text) else None

    return read


def passage_of(document: Document, start: int, end: int) -> Passage:
    return Passage("p", document.about, start, end, document.text[start:end], ())


@st.composite
def passages(draw: st.DrawFn) -> tuple[Document, Passage]:
    document = make_document(draw(st.text(min_size=1, max_size=60)))
    start = draw(st.integers(0, len(document.text) - 1))
    return document, passage_of(document, start, draw(st.integers(start + 1, len(document.text))))


@given(passages(), st.integers(-5, 65), st.integers(-5, 65))
def test_a_citation_quotes_what_stands_at_its_offsets_and_nothing_else_is_cited(
    drawn: tuple[Document, Passage], start: int, end: int
) -> None:
    document, passage = drawn

    came = cite(passage, Span(start, end), reader(document))

    if passage.start <= start < end <= passage.end:
        assert isinstance(came, Citation)
        assert (came.about, came.start, came.end) == (document.about, start, end)
        assert came.quote == document.text[came.start : came.end]
    else:
        assert isinstance(came, Rejected)
        assert came.quote in passage.text


@given(passages(), st.data())
def test_words_taken_from_a_passage_are_found_in_it(drawn: tuple[Document, Passage], data: st.DataObject) -> None:
    document, passage = drawn
    first = data.draw(st.integers(0, len(passage.text) - 1))
    quote = passage.text[first : data.draw(st.integers(first + 1, len(passage.text)))]

    came = locate(quote, [passage], reader(document))

    if quote.strip():
        assert isinstance(came, Citation)
        assert came.quote == document.text[came.start : came.end]
        assert len(came.quote.split()) == len(quote.split())
    else:
        assert came == Rejected(quote, "it is empty")


def test_a_citation_carries_the_voice_and_the_place_of_its_passage() -> None:
    passage = replace(PRICE, headings=("Prices", "Cars"), page=3)
    end = passage.start + len("The price")

    came = cite(passage, Span(passage.start, end), reader(FORD))

    assert came == Citation(FORD.about, passage.start, end, "The price", "Historian", "Prices › Cars", 3)


def test_a_sentence_is_cited_as_a_span_is() -> None:
    sentence = WAGES.sentences[0]

    assert cite(WAGES, sentence, reader(FORD)) == cite(WAGES, Span(sentence.start, sentence.end), reader(FORD))


def test_a_quote_whose_document_changed_since_is_rejected() -> None:
    changed = replace(FORD, text=FORD.text.replace("doubled", "tripled"))

    came = cite(WAGES, WAGES.sentences[0], reader(changed))

    assert came == Rejected(WAGES.text, "its document has changed since it was found")


def test_a_quote_whose_document_is_gone_or_shorter_now_is_rejected() -> None:
    for read in (reader(), reader(replace(FORD, text=FORD.text[:20]))):
        assert cite(WAGES, WAGES.sentences[0], read) == Rejected(WAGES.text, "its document is no longer in the library")


@pytest.mark.parametrize(
    "quote",
    [
        'Ford\'s "five dollar day" began in 1914 - it doubled wages.',
        "Ford´s «five dollar day» began in 1914 — it doubled wages.",
        "  Ford’s\n“five   dollar\tday” began in 1914 – it doubled wages.  ",
    ],
)
def test_white_space_and_the_shape_of_marks_do_not_matter_but_the_stored_words_are_quoted(quote: str) -> None:
    assert locate(quote, [PRICE, WAGES], reader(FORD)) == Citation(FORD.about, WAGES.start, WAGES.end, WAGES.text)


def test_signs_in_a_quote_mean_themselves() -> None:
    came = locate("down (to $260)", [WAGES, PRICE], reader(FORD))

    assert isinstance(came, Citation)
    assert came.quote == "down (to $260)"
    assert isinstance(locate("down .to .260.", [WAGES, PRICE], reader(FORD)), Rejected)


@pytest.mark.parametrize(
    "quote",
    [
        "The price came up",  # other words
        "the price came down",  # another case
        "The came down",  # a word left out
        "wages. The price",  # over the edge of a passage
        "The price … in 1925",
    ],
)
def test_words_that_stand_in_no_passage_are_rejected(quote: str) -> None:
    assert locate(quote, [WAGES, PRICE], reader(FORD)) == Rejected(quote, "it stands in none of the passages")


def test_the_first_passage_that_still_holds_is_cited() -> None:
    """The same words may stand in two documents, of which one has gone since the search."""
    copy = make_document(FORD.text, "copy.txt")

    came = locate("it doubled wages", [WAGES, make_passages(copy)[0]], reader(copy))

    assert isinstance(came, Citation)
    assert came.about == copy.about


def test_a_quote_found_only_where_it_no_longer_holds_says_why() -> None:
    assert locate("it doubled wages", [WAGES], reader()) == Rejected(
        "it doubled wages", "its document is no longer in the library"
    )
