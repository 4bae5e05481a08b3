"""Words that are struck out are kept apart in every format, and no raised figure joins the one before it."""

from __future__ import annotations

import openpyxl
import pptx
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font
from pptx.util import Inches

from ingest.pipeline.documents import load
from ingest.reading.lettering import NOTE, STRUCK, raised
from tests.office import odt, saved, word
from tests.test_reading_pdf import T, content, make


def read(data: bytes | str, kind: str) -> tuple[str, list[tuple[str, str]]]:
    """What is kept of a file, and what is struck out in it or only points to a note."""
    held = data.encode() if isinstance(data, str) else data
    document = load(held, source=f"terms.{kind}", id="t")
    return document.text, [(gone.text, gone.reason) for gone in document.dropped if gone.reason in {STRUCK, NOTE}]


def run(text: str, settings: str = "") -> str:
    return f'<w:r><w:rPr>{settings}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


FEE, GONE = "The fee is 500 euros.", [("800", STRUCK)]
OFF, OLD = '<w:strike w:val="0"/>', '<w:rStyle w:val="Old"/>'
STYLES = (
    '<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:style w:styleId="Gone"><w:rPr>'
    '<w:strike/></w:rPr></w:style><w:style w:styleId="Old"><w:basedOn w:val="Gone"/></w:style></w:styles>'
)
ODT_STYLES = (
    '<style:style style:name="T1"><style:text-properties style:text-line-through-style="solid"/></style:style>'
    '<style:style style:name="T2"><style:text-properties style:text-position="super 58%"/></style:style>'
    '<style:style style:name="T3"><style:text-properties style:text-line-through-style="none"/></style:style>'
)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("The fee is ~~800~~ 500 euros.", "md"),
        ("The fee is <del>800</del> 500 euros.", "md"),
        ("<p>The fee is <s>800</s> <ins>500</ins> euros.</p>", "html"),
        ("<p>The fee is <strike>800</strike> 500 euros.</p>", "html"),
        ('<p>The fee is <span style="text-decoration-line:line-through">800</span> 500 euros.</p>', "html"),
        (
            "<style>.c1{color:red}li.c2,.c3{font-size:9pt;text-decoration:line-through}</style>"
            '<p><span class="c1">The fee is </span><span class="c1 c3">800</span> 500 euros.</p>',
            "html",
        ),
        (word(f"<w:p>{run('The fee is ')}{run('800', '<w:strike/>')}{run(' 500 euros.')}</w:p>"), "docx"),
        (word(f"<w:p>{run('The fee is ')}{run('800', '<w:dstrike/>')}{run(' 500 euros.', OFF)}</w:p>"), "docx"),
        (word(f"<w:p>{run('The fee is ')}{run('800', OLD)}{run(' 500 euros.')}</w:p>", styles=STYLES), "docx"),
        (
            odt('<text:p>The fee is <text:span text:style-name="T1">800</text:span> <text:span text:style-name="T3">500'
                "</text:span> euros.</text:p>", ODT_STYLES),
            "odt",
        ),
        (r"{\rtf1 The fee is {\strike 800} 500 euros.\par}", "rtf"),
        (r"{\rtf1 The fee is \striked1 800\striked0  500 euros.\par}", "rtf"),
    ],
)  # fmt: skip
def test_struck_out_words_are_marked_as_such_and_are_no_part_of_the_text(text: str | bytes, kind: str) -> None:
    assert read(text, kind) == (FEE, GONE)


def test_what_a_slide_strikes_out_is_kept_apart() -> None:
    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    paragraph = slide.shapes.add_textbox(Inches(1), Inches(1), Inches(4), Inches(1)).text_frame.paragraphs[0]
    for text, attribute in (
        ("The fee is ", ""),
        ("800", "strike"),
        (" 500 euros and 12", ""),
        ("1", "baseline"),
        (" per seat.", ""),
    ):
        made = paragraph.add_run()
        made.text = text
        if attribute:
            made.font._element.set(attribute, "sngStrike" if attribute == "strike" else "30000")

    assert read(saved(deck), "pptx") == ("The fee is 500 euros and 12 per seat.", [("800", STRUCK), ("1", NOTE)])


def test_what_a_sheet_strikes_out_is_kept_apart() -> None:
    made = openpyxl.Workbook()
    sheet = made.active
    for row in (["Plan", "Fee", "Note"], ["Solo", 9, "open"], ["Team", 29, "closed"]):
        sheet.append(row)
    sheet["B3"].font = Font(strike=True)
    sheet["C2"] = CellRichText("fee ", TextBlock(InlineFont(strike=True), "800"), " 500")

    text, gone = read(saved(made), "xlsx")

    assert text == "Plan: Solo; Fee: 9; Note: fee 500\nPlan: Team; Fee: —; Note: closed"
    assert gone == [("800", STRUCK), ("29", STRUCK)]


@pytest.mark.parametrize("how", ["line", "box", "note"])
def test_a_line_through_the_words_of_a_pdf_strikes_them_out(how: str) -> None:
    texts = [T(72, 100, "Payment is due after 90 days.", 12), T(240, 100, "Payment is due after 30 days.", 12)]
    plain = make(texts)
    height, left, right = 842 - 100 + 4, 72, 234
    drawn = {"line": f"{left} {height} m {right} {height} l S", "box": f"{left} {height} {right - left} 0.7 re f"}
    if how == "note":
        corners = f"{left} {height + 6} {right} {height + 6} {left} {height - 7} {right} {height - 7}"
        note = f"<</Type/Annot/Subtype/StrikeOut/Rect[72 735 228 750]/QuadPoints[{corners}]>>"
        data = make(texts, page=f"/Annots[{note}]")
    else:
        data = make(texts_and(texts, drawn[how]))

    assert read(plain, "pdf")[0] == "Payment is due after 90 days. Payment is due after 30 days."
    assert read(data, "pdf") == ("Payment is due after 30 days.", [("Payment is due after 90 days.", STRUCK)])


def texts_and(texts: list[T], drawing: str) -> bytes:
    return content(texts) + b"\n" + drawing.encode()


@pytest.mark.parametrize("height", [842 - 102, 842 - 86])
def test_a_line_under_or_over_the_words_of_a_pdf_strikes_nothing_out(height: int) -> None:
    texts = [T(72, 100, "Payment is due after 90 days.", 12)]

    assert read(make(texts_and(texts, f"72 {height} m 228 {height} l S")), "pdf")[1] == []


@pytest.mark.parametrize(
    ("before", "text", "shown"),
    [
        ("reach was 10", "6", "^6"),
        ("3.5 × 10", "−4", "^−4"),
        ("euros per m", "2", "^2"),
        ("clicks per s", "-1", "^-1"),
        ("an R", "2", "^2"),
        ("only $9", "99", ".99"),
        ("the 1", "st", "st"),
        ("the brand", "®", "®"),
        ("a rate of 40", "3", None),
        ("in March", "2", None),
        ("grew to 110", "6", None),
        ("10", "1, 2", None),
        ("by half.", "4", None),
        ("costs 12", "[7]", None),
        ("costs 12", "*", None),
        ("", "1", None),
    ],
)
def test_a_raised_figure_is_an_exponent_or_the_mark_of_a_note(before: str, text: str, shown: str | None) -> None:
    assert raised(before, text) == shown


RATE = "The rate was 40 and reach 10^6, or 7 per m^2 on the 1st day."


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (
            "<p>The rate was 40<sup>3</sup> and reach 10<sup>6</sup>, or 7<sup><a "
            "href='#n'>2</a></sup> per m<sup>2</sup> on the "
            "1<sup>st</sup> day.</p>",
            "html",
        ),
        (
            "<style>.c9{vertical-align:super}</style><p>The rate was 40<span class=c9>3</span> and reach "
            "10<span style='vertical-align:super;font-size:8pt'>6</span>, or 7<sup>2</sup> per "
            "m<sup>2</sup> on the 1st day.",
            "html",
        ),
        (
            "The rate was 40<sup>3</sup> and reach 10<sup>6</sup>, or 7<sup>2</sup> per "
            "m<sup>2</sup> on the 1<sup>st</sup> day.",
            "md",
        ),
        ("The rate was 40[^3] and reach 10<sup>6</sup>, or 7[^two] per m<sup>2</sup> on the 1st day.", "md"),
        (
            word(
                "<w:p>{}{}{}{}{}{}{}{}{}</w:p>".format(
                    run("The rate was 40"), run("3", up := '<w:vertAlign w:val="superscript"/>'), run(" and reach 10"),
                    run("6", up), run(", or 7"), run("2", up), run(" per m"), run("2", up), run(" on the 1st day."),
                )
            ),
            "docx",
        ),
        (
            odt(
                '<text:p>The rate was 40<text:span text:style-name="T2">3</text:span> and reach 10<text:span '
                'text:style-name="T2">6</text:span>, or 7<text:span text:style-name="T2">2</text:span> per m<text:span '
                'text:style-name="T2">2</text:span> on the 1st day.</text:p>', ODT_STYLES,
            ),
            "odt",
        ),
        (
            r"{\rtf1 The rate was 40{\super 3} and reach 10{\up6 6}, or 7\super 2\nosupersub  per "
            r"m{\super 2} on the 1st day.\par}",
            "rtf",
        ),
    ],
)  # fmt: skip
def test_no_raised_figure_joins_the_one_before_it(text: str | bytes, kind: str) -> None:
    kept, gone = read(text, kind)

    assert kept == RATE
    assert [reason for _, reason in gone] == [NOTE, NOTE]


def test_no_raised_figure_of_a_pdf_joins_the_one_before_it() -> None:
    texts = [
        T(72, 100, "The rate was 40", 12),
        T(156.5, 96, "3", 7),
        T(163, 100, "and reach 10", 12),
        T(231.5, 96, "6", 7),
    ]

    assert read(make(texts), "pdf") == ("The rate was 40 and reach 10^6", [("3", NOTE)])


def test_struck_out_words_in_tables_are_kept_apart() -> None:
    text, gone = read("| Plan | Fee |\n|---|---|\n| Solo | ~~8~~ 9 |\n| Team | 29[^1] |\n", "md")

    assert text == "Plan: Solo; Fee: 9\nPlan: Team; Fee: 29"
    assert gone == [("8", STRUCK), ("[^1]", NOTE)]

    text, gone = read("<table><tr><th>Plan<th>Fee<tr><td>Solo<td><del>8</del> 9<sup>1</sup></table>", "html")

    assert text == "Plan: Solo; Fee: 9"
    assert gone == [("8", STRUCK), ("1", NOTE)]


def test_the_cells_of_a_word_table_are_read_without_what_is_struck_out() -> None:
    cells = f"<w:tc><w:p>{run('8', '<w:strike/>')}{run(' 9')}</w:p></w:tc><w:tc><w:p>{run('Solo')}</w:p></w:tc>"

    assert read(word(f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>"), "docx")[1] == [("8", STRUCK)]


def test_a_paragraph_that_is_struck_out_as_a_whole_is_none() -> None:
    assert read("First.\n\n~~All of this is gone.~~\n\nLast.\n", "md") == (
        "First.\n\nLast.",
        [("All of this is gone.", STRUCK)],
    )


def test_a_comma_that_touches_an_exponent_in_a_pdf_stays_at_it() -> None:
    touching = [T(72, 100, "per m"), T(100.116, 95.5, "2", 6), T(103.452, 100, ", and reach.")]
    apart = [T(72, 100, "per m"), T(100.116, 95.5, "2", 6), T(108, 100, "and reach.")]

    assert read(make(touching), "pdf")[0] == "per m^2, and reach."
    assert read(make(apart), "pdf")[0] == "per m^2 and reach."
