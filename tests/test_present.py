"""What is shown of an answer and of a document: exact words, and nothing that acts."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.dialogue.conversation import spoken
from assistant.types import (
    About,
    Answer,
    Block,
    BlockKind,
    Citation,
    Document,
    Grounding,
    Rejected,
    Role,
    Searched,
    Span,
    Statement,
    Support,
    Turn,
)
from tests.conftest import make_document
from ui.views import present, present_document
from ui.views.present import SourceLine, Standing
from ui.views.shown import Shown

ABOUT = About("d1", "notes/thread.txt", "0" * 64, "text/plain", "A thread", "The Editor", "2024-03-14")
OTHER = About("d2", "policy.md", "1" * 64, "text/markdown", "A policy")
HOSTILE = "<script>alert(1)</script> <img src=x onerror=alert(2)> ![p](http://far.example/p.png) $x^2$ & 'q' \"r\""


class Read(HTMLParser):
    """The text and the tags of HTML, and the text within ``<mark>``."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text, self.marked, self.tags = "", "", set[str]()
        self._depth = 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.add(tag)
        self._depth += tag == "mark"

    def handle_endtag(self, tag: str) -> None:
        self._depth -= tag == "mark"

    def handle_data(self, data: str) -> None:
        self.text += data
        self.marked += data if self._depth else ""


def citation(quote: str, about: About = ABOUT, start: int = 0, speaker: str | None = None) -> Citation:
    return Citation(about, start, start + len(quote), quote, speaker)


def keyed(before: str, key: str, after: str, start: int = 0) -> Citation:
    quote = before + key + after
    at = start + len(before)
    return Citation(ABOUT, start, start + len(quote), quote, key=Span(at, at + len(key)))


def answer(*quotes: Citation, grounding: Grounding = Grounding.GROUNDED, nearest: tuple[Citation, ...] = ()) -> Answer:
    statements = tuple(Statement(quote.quote, (quote,), Support.VERBATIM) for quote in quotes)
    return Answer("What?", "What?", statements, grounding, "", Searched(1, 1_234), nearest=nearest)


def document(*paragraphs: str) -> Document:
    blocks, at = [], 0
    for paragraph in paragraphs:
        blocks.append(Block(BlockKind.PARAGRAPH, at, at + len(paragraph)))
        at += len(paragraph) + 2
    return Document(ABOUT, "\n\n".join(paragraphs), tuple(blocks))


@given(st.text())
def test_escaped_text_is_text_and_nothing_else(text: str) -> None:
    read = Read(f"<p>{present.escape(text)}</p>")

    assert (read.text, read.tags) == (text, {"p"})


@given(st.text())
def test_every_mark_of_markdown_in_a_label_is_escaped(text: str) -> None:
    shown = present.label(text, most=1_000).replace("\u2060", "")

    assert present.label("$x$ [a](b)") == "\\$x\\$ \\[a\\]\\(b\\)"
    assert "".join(shown.split("\\")) == "".join(" ".join(text.split())[:1_000].split("\\"))


@pytest.mark.parametrize("text", [":smile:", ":red[hot]", "https://far.example", "who@far.example", ":material/home:"])
def test_what_streamlit_reads_into_plain_words_is_broken_by_a_joiner(text: str) -> None:
    assert "\u2060" in present.label(text)


def test_a_long_label_is_cut() -> None:
    assert present.label("word " * 50, most=9) == "word wor…"


@pytest.mark.parametrize(
    ("iso", "read"),
    [
        ("2012", "2012"),
        ("2012-10", "October 2012"),
        ("2012-10-05", "5 October 2012"),
        ("2012-13", "2012-13"),
        ("soon", "soon"),
    ],
)
def test_a_date_is_shown_as_far_as_it_is_known(iso: str, read: str) -> None:
    assert present.date(iso) == read


def test_a_citation_has_one_number_wherever_it_stands() -> None:
    one, other = citation("One."), citation("Other.", start=10)

    assert answer(one, other, one).cited == (one, other)


def test_sources_of_one_voice_in_one_document_share_a_line() -> None:
    first, second = citation("One.", speaker="Planner"), citation("Two.", start=9, speaker="Planner")
    apart, policy = citation("Three.", start=20, speaker="Buyer"), citation("Four.", OTHER)

    lines = present.sources(answer(first, apart, second, policy))

    assert lines == (SourceLine((1, 3), first), SourceLine((2,), apart), SourceLine((4,), policy))


def test_on_a_refusal_the_nearest_passages_carry_the_numbers() -> None:
    near = citation("Near.")

    assert answer(grounding=Grounding.REFUSED, nearest=(near,)).cited == (near,)


def test_quotes_that_were_not_found_are_counted() -> None:
    told = replace(answer(), rejected=(Rejected("made up", "it stands in none of the passages"),))

    assert present.searched(told) == "Searched 1,234 passages of 1 document. Left out: 1 quote that could not be found."


def test_a_source_line_names_title_voice_date_and_file() -> None:
    read = Read(present.source_line(citation("x", speaker="Planner")))

    assert read.text == "A thread — Planner · 14 March 2024 notes/thread.txt"


def test_what_is_guessed_of_a_document_is_shown_as_a_guess() -> None:
    about = replace(ABOUT, guessed=("title", "author", "date"))
    guess = citation("Pears.", about)

    assert present.source_line(guess).count("(guessed)") == 3
    assert present.tip(guess, "", "").count("guessed") == 3
    assert present.source_line(citation("Pears.", about, speaker="Bob")).count("(guessed)") == 2  # who speaks is known
    assert "(guessed)" not in present.source_line(citation("Pears."))


def test_a_conversation_is_told_as_turns() -> None:
    near = keyed("One. ", "Two.", "\nThree.")
    told = spoken(
        [
            answer(citation("One."), citation("Two.", start=9)),
            answer(grounding=Grounding.REFUSED, nearest=(near,)),
            answer(grounding=Grounding.NEAR, nearest=(near,)),
        ]
    )

    assert told == [
        Turn(Role.USER, "What?"),
        Turn(Role.ASSISTANT, "- One.\n- Two."),
        Turn(Role.USER, "What?"),
        Turn(Role.ASSISTANT, "The documents do not say."),
        Turn(Role.USER, "What?"),
        Turn(Role.ASSISTANT, "Two."),
    ]


def test_a_kept_citation_knows_what_has_become_of_its_words() -> None:
    kept = citation("One.")

    assert present.standing(kept, document("One.")) == (Standing.HOLDS, Span(0, 4))
    assert present.standing(kept, document("New.", "One.")) == (Standing.MOVED, Span(6, 10))
    assert present.standing(kept, document("New.")) == (Standing.CHANGED, None)
    assert present.standing(kept, None) == (Standing.GONE, None)


@given(st.lists(st.text(min_size=1, max_size=40), min_size=1, max_size=5), st.data())
def test_the_marked_words_of_a_page_are_the_quote_and_the_rest_is_the_document(
    texts: list[str], data: st.DataObject
) -> None:
    shown = document(*texts)
    start = data.draw(st.integers(0, len(shown.text) - 1))
    end = data.draw(st.integers(start + 1, len(shown.text)))

    read = Read(present_document.page(shown, Span(start, end)))

    assert read.text == "".join(texts)
    assert read.tags <= {"article", "p", "mark"}
    inside = (shown.text[max(b.start, start) : min(b.end, end)] for b in shown.blocks)
    assert read.marked == "".join(inside)


def test_hostile_text_is_shown_as_it_stands() -> None:
    read = Read(present_document.page(document(HOSTILE), Span(0, 8)))

    assert (read.text, read.marked, read.tags) == (HOSTILE, "<script>", {"article", "p", "mark"})


def test_of_a_very_long_document_what_stands_around_the_words_is_shown() -> None:
    long = document("a" * 100_000, "The words.", "b" * 100_000)

    read = Read(present_document.page(long, Span(100_002, 100_012)))

    assert read.marked == "The words."
    assert len(read.text) < 3 * present_document.AROUND
    assert "80,002 characters before this are not shown." in read.text


@given(st.text(), st.text(), st.text(), st.text(), st.text())
def test_a_text_is_shown_whole_with_its_sentence_marked(a: str, b: str, key: str, c: str, d: str) -> None:
    read = Read(present.statement(Shown((), a, b, key, c, d)))

    assert (read.text, read.marked) == (a + b + key + c + d, key)
    assert read.tags <= {"span", "mark"}


def test_a_text_without_such_a_sentence_has_no_mark() -> None:
    assert present.statement(Shown((), "", "One.", "", "", "")) == '<span class="said">One.</span>'


def test_in_the_document_the_quote_is_marked_and_its_sentence_more() -> None:
    shown = document("Zero. One.", "Two. Three.")
    one = keyed("One.\n\n", "Two.", " Three.", 6)

    html = present_document.page(shown, Span(6, 23), present.key(one, Span(6, 23)))

    assert 'Zero. <mark class="cited">One.</mark></p>' in html
    assert '<p class="paragraph"><mark class="cited"><strong>Two.</strong> Three.</mark></p>' in html


def test_the_sentence_moves_with_its_quote() -> None:
    assert present.key(keyed("One. ", "Two.", "", 6), Span(106, 115)) == Span(111, 115)
    assert present.key(keyed("", "Two.", "", 6), Span(106, 110)) is None
    assert present.key(citation("One. Two."), Span(0, 9)) is None


def test_words_by_themselves_have_their_sentence_marked_too() -> None:
    html = present_document.quoted(keyed("One & ", "Two.", " <Three>", 50))

    assert '<mark class="cited">One &amp; <strong>Two.</strong> &lt;Three&gt;</mark>' in html
    assert "<strong>" not in present_document.quoted(citation("One."))


PLAIN = make_document("Of trees\n\nPears are red.\n\nPlums are blue.\n\nFigs are green.", "trees.txt")


@pytest.mark.parametrize(
    ("known", "place"),
    [
        ({}, ("Paragraph 2 of 3",)),
        ({"heading": "Plums › Colours"}, ("Plums › Colours",)),
        ({"page": 4}, ("page 4",)),
        ({"heading": "Plums", "page": 4}, ("Plums", "page 4")),
    ],
)
def test_where_no_heading_and_no_page_names_the_place_the_paragraph_does(
    known: dict[str, Any], place: tuple[str, ...]
) -> None:
    titled = replace(PLAIN, blocks=(replace(PLAIN.blocks[0], kind=BlockKind.TITLE), *PLAIN.blocks[1:]))
    at = titled.text.index("Plums")
    cited = Citation(titled.about, at, at + 5, "Plums", **known)

    assert present.place(cited, titled, Span(at, at + 5)) == place


def test_of_what_is_gone_or_is_one_paragraph_no_place_is_named() -> None:
    cited = citation("Plums")

    assert present.place(cited, None, None) == ()
    assert present.place(cited, make_document("Plums are blue.", "plums.txt"), Span(0, 5)) == ()
