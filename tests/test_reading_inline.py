"""Bold words and links are told of, at the place where they stand."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from pptx import Presentation
from pptx.util import Inches

from assistant.library.library import Library
from assistant.types import Document
from ingest.pipeline.documents import load
from tests.conftest import make_new
from tests.fakes import WordEmbedder
from tests.office import _OFFICE, BODY, odt, opened, packed, saved
from tests.test_reading_pdf import T, column, make

FAR = "https://far.example/plan"


def inline_words(data: str | bytes, source: str) -> list[tuple[str, str | None]]:
    """The words in bold and those of links, with where they lead."""
    return inline(load(data.encode() if isinstance(data, str) else data, source=source, id="d1"))


def inline(document: Document) -> list[tuple[str, str | None]]:
    return [(document.text[one.start : one.end], one.to) for block in document.blocks for one in block.inline]


def test_markdown_tells_bold_words_and_links() -> None:
    text = f"# The plan\n\nThe plan is **plan  B**, and [the **old**\none]({FAR} 'A title') is ~~gone~~ <b>kept</b>."

    assert inline_words(text, "a.md") == [("plan B", None), ("the old one", FAR), ("old", None), ("kept", None)]


def test_the_same_word_is_bold_where_it_stands() -> None:
    of = load(b"1. A plan is no **plan** at 10<sup>6</sup> **plan**.\n2. Next.\n", source="a.md", id="d1")

    (block, _) = of.blocks
    assert [of.text[block.start : one.start] for one in block.inline] == [
        "1. A plan is no ", "1. A plan is no plan at 10^6 ",
    ]  # fmt: skip


def test_rows_of_a_table_tell_theirs() -> None:
    rows = f"| Name | Cost |\n|---|---|\n| [Bramble]({FAR}) | **42** |\n| Rowan | 12 |\n"
    page = f"<table><tr><th>Name</th><th>Cost</th></tr><tr><td><a href='{FAR}'>Bramble</a></td><td><b>42</b></td></tr>"

    for text, source in ((rows, "a.md"), (f"<p>What it cost us this year.</p>{page}</table>", "a.html")):
        assert inline_words(text, source) == [("Bramble", FAR), ("42", None)]


def test_a_web_page_tells_bold_words_and_links() -> None:
    text = f"<h1>The plan</h1><p>We wrote <strong>all of</strong> <a href='{FAR}'>it <i>down</i></a> in the spring.</p>"

    assert inline_words(text, "a.html") == [("all of", None), ("it down", FAR)]


def test_a_word_file_tells_bold_words_and_links() -> None:
    body = (
        '<w:p><w:r><w:t xml:space="preserve">We wrote </w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>all of</w:t></w:r>'
        '<w:r><w:t xml:space="preserve"> </w:t></w:r>'
        '<w:hyperlink w:id="far"><w:r><w:t>it</w:t></w:r></w:hyperlink></w:p>'
    )
    links = f'<Relationships><Relationship Id="far" Target="{FAR}" TargetMode="External"/></Relationships>'
    made = packed({"word/document.xml": BODY % body, "word/_rels/document.xml.rels": links})

    assert inline_words(made, "a.docx") == [("all of", None), ("it", FAR)]


LINK = f'xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="{FAR}"'
WEIGHT = f'xmlns:fo="{_OFFICE}xsl-fo-compatible:1.0" fo:font-weight'
STYLES = (
    f'<style:style style:name="T1"><style:text-properties {WEIGHT}="bold"/></style:style>'
    f'<style:style style:name="T2"><style:text-properties {WEIGHT}="normal"/></style:style>'
    '<style:style style:name="T3"><style:text-properties style:text-line-through-style="solid"/></style:style>'
    f'<style:style style:name="P1" style:parent-style-name="Standard"><style:text-properties {WEIGHT}="700"/>'
    "</style:style>"
)


def test_an_opendocument_text_tells_bold_words_and_links() -> None:
    body = (
        f'<text:p>We wrote <text:span text:style-name="T1">all of</text:span> <text:a {LINK}>it '
        '<text:span text:style-name="T1">down</text:span></text:a>, <text:a xlink:href="#here" '
        'xmlns:xlink="http://www.w3.org/1999/xlink">here</text:a>.</text:p>'
        '<text:p text:style-name="P1">In the <text:span text:style-name="T2">early</text:span> spring.</text:p>'
    )

    assert inline_words(odt(body, STYLES), "a.odt") == [
        ("all of", None), ("it down", FAR), ("down", None), ("In the", None), ("spring.", None),
    ]  # fmt: skip


def test_what_is_bold_in_opendocument_may_be_struck_out_as_what_is_around_it() -> None:
    bold = '<text:span text:style-name="T1">nine</text:span>'
    body = f'<text:p>We plant <text:span text:style-name="T3">some {bold} or</text:span> ten pear trees.</text:p>'

    of = load(odt(body, STYLES), source="a.odt", id="d1")

    assert (of.text, inline(of)) == ("We plant ten pear trees.", [])


def test_tables_and_decks_of_opendocument_tell_theirs() -> None:
    cells = (f"<text:a {LINK}>Bramble</text:a>", '<text:span text:style-name="T1">42</text:span>')
    rows = [("Name", "Cost"), cells, ("Rowan", "12")]
    grid = "".join(
        f"<table:table-row>{''.join(f'<table:table-cell><text:p>{one}</text:p></table:table-cell>' for one in row)}"
        "</table:table-row>"
        for row in rows
    )
    slide = f"<draw:page><draw:frame><draw:text-box><text:p>See <text:a {LINK}>it</text:a></text:p></draw:text-box>"

    assert inline_words(odt(f"<table:table>{grid}</table:table>", STYLES), "a.odt") == [("Bramble", FAR), ("42", None)]
    assert inline_words(opened("presentation", f"{slide}</draw:frame></draw:page>"), "a.odp") == [("it", FAR)]


def test_a_deck_tells_bold_words_and_links() -> None:
    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = "The plan"
    (paragraph,) = slide.shapes.add_textbox(0, Inches(2), Inches(4), Inches(1)).text_frame.paragraphs
    for words, is_bold, to in (
        ("We wrote ", False, None),
        ("all of", True, None),
        (" ", False, None),
        ("it", False, FAR),
    ):
        run = paragraph.add_run()
        run.text, run.font.bold, run.hyperlink.address = words, is_bold or None, to
    table = slide.shapes.add_table(3, 2, 0, Inches(4), Inches(4), Inches(1)).table
    for number, line in enumerate((("Name", "Cost"), ("Bramble", "42"), ("Rowan", "12"))):
        for place, words in enumerate(line):
            table.cell(number, place).text = words
    table.cell(1, 1).text_frame.paragraphs[0].runs[0].font.bold = True

    assert inline_words(saved(deck), "a.pptx") == [("all of", None), ("it", FAR), ("42", None)]


def rich(body: str) -> str:
    return r"{\rtf1\ansi{\stylesheet{\s1\b heading 1;}}" + body + "}"


FIELD = r'{\field{\*\fldinst{HYPERLINK "FAR" }}{\fldrslt{\ul it \b down\b0}}}'.replace("FAR", FAR)


def test_rich_text_tells_bold_words_and_links() -> None:
    heading = r"\pard\s1\b The plan\par\pard\plain "
    date = r"{\field{\*\fldinst DATE}{\fldrslt today}}"
    twice = r"\u-10179?\u-8704? {\b a}\par "

    assert inline_words(rich(rf"{heading}We wrote {{\b all of}} {FIELD} {date}.\par {twice}"), "a.rtf") == [
        ("all of", None), ("it down", FAR), ("down", None), ("a", None),
    ]  # fmt: skip


def test_rows_of_rich_text_tell_theirs() -> None:
    lines = (("Name", "Cost"), (FIELD, r"{\b 42}"), ("Rowan", "12"))
    body = "".join(rf"\trowd\cellx1\cellx2\intbl {one}\cell {other}\cell\row " for one, other in lines)

    assert inline_words(rich(rf"{body}\pard "), "a.rtf") == [("it down", FAR), ("down", None), ("42", None)]


def test_what_an_instruction_of_rich_text_holds_is_not_shown() -> None:
    inside = r"{\field{\*\fldinst IF {\field{\*\fldinst A}{\fldrslt b}} {\footnote no} {\pict 00}}{\fldrslt It is so.}}"

    of = load(rich(rf"{inside} Here.\par").encode(), source="a.rtf", id="d1")

    assert (of.text, of.dropped) == ("It is so. Here.", ())


def link(box: str, to: str = f"/A<</S/URI/URI({FAR})>>", more: str = "") -> str:
    return f"<</Type/Annot/Subtype/Link/Rect[{box}]{more}{to}>>"


def test_a_pdf_tells_its_links_and_the_words_in_bold() -> None:
    """Where words stand is reckoned from the widths of Helvetica's letters."""
    lines = [
        *column(
            "The offer was changed in spring because customers had asked for",
            "shorter terms, and because the old price list named prod-",
            "ucts that were no longer sold.",
        ),
        *column("• See the plan and the list.", y=180),
        *(T(72, 220, "We wrote "), T(120.4, 220, "all", bold=True)),
        *column("Rowan has no link.", y=260),
    ]  # fmt: skip
    corners = "QuadPoints[72 738 136.8 738 72 724 136.8 724 72 724 92 724 72 711 92 711]"
    notes = (
        link("72 711 200 738", more=f"/{corners}"),
        link("100 658 142 672"),
        link("72 578 300 592", "/Dest[0/Fit]"),
    )

    of = load(make(lines, page=f"/Annots[{''.join(notes)}]"), source="a.pdf", id="d1")

    assert inline(of) == [("shorter terms", FAR), ("ucts", FAR), ("the plan", FAR), ("all", None)]


def test_rows_of_a_pdf_tell_theirs() -> None:
    grid = (("Name", "Cost", "Place"), ("Bramble", "42", "Bree"), ("Rowan", "12", "Bree"), ("Sorrel", "9", "Bree"))
    lines = [T(72 + 150 * x, 100 + 14 * y, cell) for y, row in enumerate(grid) for x, cell in enumerate(row)]

    data = make(lines, page=f"/Annots[{link('72 722 120 738')}]")

    assert load(data, source="a.pdf", id="d1").text.splitlines()[0] == "Name: Bramble; Cost: 42; Place: Bree"
    assert inline_words(data, "a.pdf") == [("Bramble", FAR)]


def test_what_is_bold_is_kept_in_the_library(library: Library, embedder: WordEmbedder) -> None:
    of = load(f"Pears **keep** as [they]({FAR}) say.".encode(), source="a.md", id="d1")
    with library.writing() as writer:
        writer.put([make_new(of, embedder)])

    assert library.document("d1") == of
    assert inline(of) == [("keep", None), ("they", FAR)]


PARTS = ["a", "a b", " ", "**a**", f"[a]({FAR})", "~~a~~", "^2^", "Ann: ", "\n\n", "- ", "`a`"]


@given(st.lists(st.sampled_from(PARTS)))
def test_whatever_is_written_what_is_told_lies_in_its_block(parts: list[str]) -> None:
    of = load(("x " + "".join(parts)).encode(), source="a.md", id="d1")

    for block in of.blocks:
        assert all(block.start <= one.start < one.end <= block.end for one in block.inline)
        assert all(words and words == words.strip() for words in (of.text[a:b] for a, b, _ in block.inline))
