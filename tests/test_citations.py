from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.checking.citations import Reader, cite, locate
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

    if bare := re.sub(r"^[\s…\"“”'‘’*_]+|[\s…\"“”'‘’*_]+$", "", quote):
        assert isinstance(came, Citation)
        assert came.quote == document.text[came.start : came.end]
        assert len(came.quote.split()) == len(bare.split())
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


BROKEN = make_document(
    "Every one of our cus-\ntomers pays on the first day of the\nmonth, and no\u00ad\nbody complains.", "b.txt"
)
FAIRS = make_document(
    "Keller argues that the three trade fairs bring up to 41 qualified leads a year to Hannover.\n\n"
    "The board did not approve the larger stand in spring.",
    "fairs.txt",
)


def test_a_word_divided_at_the_end_of_a_line_is_found_whole() -> None:
    came = locate("our customers pays on the first day of the month, and nobody", make_passages(BROKEN), reader(BROKEN))

    assert isinstance(came, Citation)
    assert came.quote == "our cus-\ntomers pays on the first day of the\nmonth, and no\u00ad\nbody"


@pytest.mark.parametrize(
    "quote", ["…that the three trade fairs…", "... that the three trade fairs ...", "“that the three trade fairs”"]
)
def test_marks_that_a_quote_is_cut_out_are_no_part_of_it(quote: str) -> None:
    came = locate(quote, make_passages(FAIRS), reader(FAIRS))

    assert isinstance(came, Citation)
    assert came.quote == "that the three trade fairs"


@pytest.mark.parametrize(
    "quote",
    [
        "Keller argues that three trade fairs bring up to 41 qualified leads a year",  # a word left out
        "Keller argues that the three trade fairs bring up to 41 qualifed leads a year",  # a slip of the pen
        "keller argues that the three trade fairs bring up to 41 qualified leads, a year",
        "Keller argues that the three trade fairs brings up to 41 qualified leads a year",
    ],
)
def test_words_with_a_slip_are_shown_as_the_document_has_them(quote: str) -> None:
    came = locate(quote, make_passages(FAIRS), reader(FAIRS))

    assert isinstance(came, Citation)
    assert came.quote == "Keller argues that the three trade fairs bring up to 41 qualified leads a year"


@pytest.mark.parametrize(
    "quote",
    [
        "Keller argues that the three trade fairs bring up to 47 qualified leads a year",
        "Keller argues that the two trade fairs bring up to 41 qualified leads a year",
        "Porter argues that the three trade fairs bring up to 41 qualified leads a year",
        "the three trade fairs bring up to 41 qualified leads a year to Hamburg",
        "The board did approve the larger stand in spring.",
        "Keller argues that the three trade fairs do not bring up to 41 qualified leads a year",
        "three fairs bring leads",  # too short to be near anything
        "The three fairs of the trade are argued by Keller to bring 41 leads",
    ],
)
def test_another_figure_name_or_a_not_is_no_slip(quote: str) -> None:
    assert isinstance(locate(quote, make_passages(FAIRS), reader(FAIRS)), Rejected)


@pytest.mark.parametrize("between", [" ", "\n\n"])
def test_what_is_as_near_to_two_places_is_rejected(between: str) -> None:
    """In one passage, or in two of them."""
    twice = make_document(
        f"The stand in the small hall is paid in spring.{between}The stand in the upper hall is paid in spring.",
        "t.txt",
    )

    came = locate("The stand in the large hall is paid in spring.", make_passages(twice), reader(twice))

    assert isinstance(came, Rejected)


WORDS = (
    "weavers loom county tailor colour market steward licence drawer window leaflet corner apprentice baker candle "
    "repair discount friend morning ladder harvest velvet garden lantern bridge copper saddle timber walnut pepper"
).split()


@st.composite
def slips(draw: st.DrawFn) -> tuple[Document, int, int, str]:
    """Two passages that are much alike, a stretch of them, and its words with one letter changed."""
    words = draw(st.permutations(WORDS))[:16]
    replaced = draw(st.sets(st.integers(0, 15), max_size=3))
    other = [WORDS[-1 - place] if place in replaced else word for place, word in enumerate(words)]
    document = make_document(f"{' '.join(words)}.\n\n{' '.join(other)}.")
    passage = draw(st.sampled_from(make_passages(document)))
    start = draw(st.integers(passage.start, passage.end - 20))
    end = draw(st.integers(start + 20, passage.end))
    inside = [n for n in range(start + 1, end - 1) if document.text[n - 1 : n + 2].isalpha()]
    at = draw(st.sampled_from(inside))
    changed = draw(st.sampled_from([c for c in "qxzeä" if c != document.text[at]]))
    return document, start, end, document.text[start:at] + changed + document.text[at + 1 : end]


@given(slips())
def test_a_stretch_with_a_letter_changed_is_found_where_it_stands_or_nowhere(
    drawn: tuple[Document, int, int, str],
) -> None:
    document, start, end, quote = drawn

    came = locate(quote, make_passages(document), reader(document))

    if isinstance(came, Citation):  # the same words may stand in both passages
        places = [match.span() for match in re.finditer(re.escape(came.quote), document.text)]
        assert max(min(end, last) - max(start, first) for first, last in places) >= 0.5 * (end - start)  # whole words
        assert came.end - came.start <= 1.25 * (end - start) + 20
