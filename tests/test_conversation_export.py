"""A conversation as Markdown and as a Word document."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from docx import Document as open_document
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from assistant.types import About, Answer, Citation, Conflict, Grounding, Searched, Span, Statement, Support
from ui.reports import conversation_export as export
from ui.views import inert
from ui.views.present import Standing

ABOUT = About("d1", "docs/pear.md", "0" * 64, "application/pdf", "The pear orchard", "Gardener", "2021-05")
ONE = Citation(ABOUT, 10, 36, "They were planted in 1931.", page=3)
TWO = Citation(ABOUT, 40, 66, "They were planted in 1932.", speaker="Guest")
HOSTILE = "<script>alert(1)</script> ![a](http://far.example/b.png) [c](http://far.example) # $x$ `d` **e** 1. f"


def statements(*cited: Citation) -> tuple[Statement, ...]:
    return tuple(Statement(one.quote, (one,), Support.VERBATIM) for one in cited)


def answer(question: str = "When?") -> Answer:
    sides = statements(ONE, TWO)
    return Answer(question, question, sides, Grounding.GROUNDED, "", Searched(2, 9), (Conflict(sides),))


def refusal(reason: str = "The documents do not say: nobody is named.") -> Answer:
    return Answer("Who?", "Who?", (), Grounding.REFUSED, reason, Searched(2, 9), nearest=(ONE,))


def test_an_answer_is_copied_with_its_sources() -> None:
    assert export.plain(answer()) == (
        "They were planted in 1931. [1]\n"
        "\n"
        "They were planted in 1932. [2]\n"
        "\n"
        "Two voices in one document do not agree:\n"
        "The pear orchard, Gardener, May 2021, page 3 (docs/pear.md): They were planted in 1931. [1]\n"
        "The pear orchard, Guest, May 2021 (docs/pear.md): They were planted in 1932. [2]\n"
        "\n"
        "Sources:\n"
        "[1] The pear orchard, Gardener, May 2021, page 3 (docs/pear.md)\n"
        "[2] The pear orchard, Guest, May 2021 (docs/pear.md)\n"
        "Searched 9 passages of 2 documents."
    )


def test_a_refusal_is_exported_as_one_with_the_nearest_passages() -> None:
    told = export.plain(refusal())

    assert told.startswith("The documents do not say. Nobody is named.\n")
    assert "The nearest passages:\n[1] The pear" in told
    assert "(docs/pear.md): “They were planted in 1931.”\n" in told


def test_what_a_model_says_comes_with_the_words_that_it_stands_on() -> None:
    one = replace(answer(), statements=(Statement("In 1931.", (ONE,), Support.SUPPORTED),), conflicts=())

    told = export.plain(replace(one, missing="Who planted them."))

    assert told.startswith("In 1931. [1]\nNot said: Who planted them.\n")
    assert "(docs/pear.md): “They were planted in 1931.”\n" in told


LIST = Citation(ABOUT, 70, 113, "1. *Cut* them.\n2. Water them.\n\n# Then wait.", "Guest", key=Span(85, 99))


def test_a_stretch_keeps_its_lines_and_its_sentence_is_bold_in_markdown() -> None:
    told = export.markdown("Trees", [replace(answer(), statements=statements(LIST), conflicts=())])

    assert "\n\n1\\. \\*Cut\\* them.\\\n**2\\. Water them.**\n\n\\# Then wait. \\[1\\]\n" in told


def test_closest_passages_are_exported_as_such() -> None:
    near = replace(refusal("The documents do not say: no year is named."), grounding=Grounding.NEAR, nearest=(LIST,))

    told = export.plain(near)

    assert told.startswith("Closest passages. They may not answer the question. No year is named.\n\nGuest: “1. *Cut*")
    assert "# Then wait.” [1]\n\nSources:\n[1] The pear orchard, Guest, May 2021 (docs/pear.md)\n" in told


@given(st.text(max_size=30), st.text(min_size=1, max_size=30), st.text(max_size=30))
def test_any_stretch_is_plain_text_in_markdown_but_for_its_bold_sentence(before: str, key: str, after: str) -> None:
    quote = before + key + after
    one = Citation(ABOUT, 0, len(quote), quote, key=Span(len(before), len(before + key)))

    found = rendered(export.markdown("T", [replace(answer("Q"), statements=statements(one), conflicts=())]))

    assert {kind for kind, _ in found if not kind.endswith("_close")} <= {
        *("paragraph_open", "heading_open", "bullet_list_open", "list_item_open", "strong_open", "em_open"),
        *("text", "text_special", "hardbreak", "softbreak"),
    }
    written = "".join(text for kind, text in found if kind.startswith("text"))
    assert "".join(inert.TURNING.sub("\ufffd", " ".join(quote.split())).split()) in "".join(written.split())


def test_a_sentence_is_bold_in_a_word_document() -> None:
    one = replace(answer(), statements=statements(LIST), conflicts=())
    made = open_document(io.BytesIO(export.docx("Trees", [one])))

    (told,) = (paragraph for paragraph in made.paragraphs if "Water" in paragraph.text)
    assert told.text == f"{LIST.quote} [1]"
    assert [run.text for run in told.runs if run.bold] == ["2. Water them."]


def test_a_citation_whose_source_has_changed_is_marked() -> None:
    told = export.markdown("Trees", [answer()], {ONE: Standing.GONE})

    assert "(docs/pear.md) The document is no longer in the library." in told
    assert told.count("no longer") == 1


def rendered(text: str) -> list[tuple[str, str]]:
    """What a reader of Markdown makes of it: the blocks' and inline tags, and the text."""
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    return [(one.type, one.content) for token in tokens for one in (token.children or [token])]


def test_no_word_of_a_document_or_a_user_is_markup_in_markdown() -> None:
    about = About("d", HOSTILE, "0" * 64, "text/plain", HOSTILE, HOSTILE, HOSTILE)
    one = Answer(
        HOSTILE,
        HOSTILE,
        statements(Citation(about, 0, 9, HOSTILE)),
        Grounding.GROUNDED,
        "",
        Searched(1, 1),
        notices=(HOSTILE,),
    )

    found = rendered(export.markdown(HOSTILE, [one]))

    assert not {kind for kind, _ in found} & {"html_inline", "html_block", "image", "link_open", "code_inline"}
    assert "".join(text for kind, text in found if kind.startswith("text")).count("<script>alert(1)</script>") >= 4


@given(st.text(max_size=60))
def test_any_text_is_a_line_of_plain_text_in_markdown(text: str) -> None:
    shown = " ".join(text.split())

    found = rendered(inert.markdown(shown))

    assert {kind for kind, _ in found} <= {"paragraph_open", "paragraph_close", "text", "text_special"}


@pytest.mark.parametrize("text", ["\x00\x18", "\ud800 \ufffe", HOSTILE, "\u202eright to left", "w" * 5000])
def test_any_text_fits_into_a_word_document(text: str) -> None:
    made = export.docx(text, [refusal(text)])

    assert made[:2] == b"PK"


def test_a_word_document_has_the_same_words() -> None:
    made = open_document(io.BytesIO(export.docx("Trees", [answer("Since when?"), refusal()])))

    told = "\n".join(paragraph.text for paragraph in made.paragraphs)
    assert [one.text for one in made.paragraphs if one.style and one.style.name == "Heading 1"] == [
        "Since when?",
        "Who?",
    ]
    for line in export.lines(answer()):
        assert line.text in told


def test_hebrew_and_arabic_run_from_right_to_left_in_a_word_document() -> None:
    cited = Citation(ABOUT, 0, 24, "המכתב מביא את ההזמנות. כן.", key=Span(0, 22))
    made = open_document(
        io.BytesIO(export.docx("رسالة", [replace(answer(), statements=statements(cited), conflicts=())]))
    )

    turned = [one for one in made.paragraphs if one._p.xpath("./w:pPr/w:bidi")]
    assert [one.text for one in turned] == ["رسالة", f"{cited.quote} [1]"]
    assert all(run.font.rtl for one in turned for run in one.runs if run.text)
    assert [run.text for run in turned[1].runs if run.font.cs_bold] == [cited.key_quote]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Double outbound sales!", "double-outbound-sales"),
        ("Répéter la lettre de 2023", "répéter-la-lettre-de-2023"),
        ("../../etc/passwd", "etc-passwd"),
        (
            "Hire ten more people for cold calling, since calls are how we",
            "hire-ten-more-people-for-cold-calling-since-calls",
        ),
        ("w" * 60, "w" * 50),
        ("?!", "otherwise"),
    ],
)
def test_a_file_is_named_after_what_it_holds(title: str, name: str) -> None:
    assert inert.file_name(title, "otherwise") == name


def test_no_title_turns_the_line_round() -> None:
    assert export.markdown("Pay \u202eyap", []) == "# Pay \ufffdyap\n"


def test_nothing_turns_a_line_of_a_word_document_or_steers_the_terminal_that_a_copy_is_pasted_into() -> None:
    steering = "Pay \u202eyap \u2066now\x1b[31m\x9b2J\x7f"
    made = open_document(io.BytesIO(export.docx(steering, [refusal(steering)])))
    told = "".join(paragraph.text for paragraph in made.paragraphs) + made.core_properties.title

    for text in (told, export.plain(replace(refusal(), reason=steering))):
        assert "\ufffdyap" in text
        assert not set(text) & set("\u202e\u2066\x1b\x9b\x7f")
