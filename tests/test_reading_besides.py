"""What files hold besides their text is read, or told by its kind: charts, comments, boxes, check marks, forms."""

from __future__ import annotations

import openpyxl
import pptx
import pytest
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.styles import Font

from assistant.errors import SourceError
from assistant.types import BlockKind, Document
from ingest.pipeline.documents import load
from ingest.reading.lettering import STRUCK
from ingest.reading.office import docx, xlsx
from ingest.reading.office.pptx import read as read_deck
from ingest.reading.pdf import pdf
from tests.office import BODY, packed, saved, word
from tests.test_reading_pdf import T, column, make


def texts(pieces: object) -> list[str]:
    return [piece.text for piece in pieces if not piece.reason]  # type: ignore[attr-defined]


def said_by(document: Document) -> list[tuple[str | None, str]]:
    own = [block for block in document.blocks if block.speaker and block.kind is not BlockKind.SPEAKER]
    return [(block.speaker, document.text[block.start : block.end]) for block in own]


def with_parts(body: str, relations: str, **parts: str | bytes) -> bytes:
    """A Word file with this body and further parts, ``a_b`` being ``word/a.b``."""
    named = {f"word/{name.replace('_', '.')}": text for name, text in parts.items()}
    listed = f"<Relationships>{relations}</Relationships>"
    return packed({"word/document.xml": BODY % body, "word/_rels/document.xml.rels": listed, **named})


def chunk(name: str) -> str:
    return f'<Relationship Id="c" Type="x/aFChunk" Target="{name}"/>'


PARAGRAPH = "<w:p><w:r><w:t>{}</w:t></w:r></w:p>"
INSIDE = PARAGRAPH.format("Before.") + '<w:altChunk w:id="c"/>' + PARAGRAPH.format("After.")


@pytest.mark.parametrize(
    ("name", "held", "read"),
    [
        ("c.htm", "<html><body><p>Das Budget ist 12 Euro.</p></body></html>", ["Das Budget ist 12 Euro."]),
        ("c.docx", word(PARAGRAPH.format("Inner words.")), ["Inner words."]),
        ("c.rtf", r"{\rtf1 Rich words.\par}", ["Rich words."]),
        ("c.txt", "Plain words.", ["Plain words."]),
        ("c.bin", "???", []),
    ],
)
def test_a_text_of_another_format_inside_a_word_file_is_read_or_told(
    name: str, held: str | bytes, read: list[str]
) -> None:
    made = with_parts(INSIDE, chunk(name), **{name.replace(".", "_"): held})

    pieces = docx.read(made).pieces

    assert texts(pieces) == ["Before.", *read, "After."]
    assert [p.reason for p in pieces if p.reason] == ([] if read else ["text of another format that is not read"])


def test_check_marks_in_symbol_fonts_are_read() -> None:
    def cell(inner: str) -> str:
        return f"<w:tc><w:p><w:r>{inner}</w:r></w:p></w:tc>"

    def sign(font: str, code: str) -> str:
        return cell(f'<w:sym w:font="{font}" w:char="{code}"/>')

    rows = (
        cell("<w:t>Feature</w:t>") + cell("<w:t>Basis</w:t>") + cell("<w:t>Profi</w:t>"),
        cell("<w:t>Telefon</w:t>") + sign("Wingdings", "F0FB") + sign("Wingdings 2", "F050"),
        cell("<w:t>Export</w:t>") + sign("Webdings", "0061") + sign("Unheard of", "F001"),
    )
    pieces = docx.read(word(f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>")).pieces

    assert texts(pieces) == ["Feature: Telefon; Basis: ✗; Profi: ✓", "Feature: Export; Basis: ✔"]
    assert [p.reason for p in pieces if not p.text] == ["symbol that is not read"]


def test_the_boxes_of_an_old_form_are_marked_or_not() -> None:
    box = '<w:r><w:fldChar><w:ffData><w:checkBox><w:default w:val="{}"/></w:checkBox></w:ffData></w:fldChar></w:r>'
    body = "".join(
        f"<w:p>{box.format(mark)}<w:r><w:t>{text}</w:t></w:r></w:p>" for mark, text in ((1, "Ja"), (0, "Nein"))
    )

    assert texts(docx.read(word(body)).pieces) == ["☒ Ja", "☐ Nein"]


CHART = (
    '<c:chartSpace xmlns:c="c" xmlns:a="a"><c:title><a:t>Leads je '
    'Monat</a:t></c:title><c:ser><c:tx><c:pt idx="0"><c:v>Mai</c:v>'
    '</c:pt></c:tx><c:cat><c:pt idx="0"><c:v>Radio</c:v></c:pt><c:pt '
    'idx="1"><c:v>Mail</c:v></c:pt></c:cat><c:val><c:pt idx="0">'
    '<c:v>12</c:v></c:pt><c:pt idx="1"><c:v>30</c:v></c:pt></c:val></c:ser></c:chartSpace>'
)  # fmt: skip
FUNNEL = (
    '<cx:chartSpace xmlns:cx="x"><cx:chartData><cx:data id="0"><cx:strDim type="cat"><cx:lvl><cx:pt '
    'idx="0">Seen</cx:pt>'
    '<cx:pt idx="1">Paid</cx:pt></cx:lvl></cx:strDim><cx:numDim type="val"><cx:lvl><cx:pt idx="0">900</cx:pt>'
    '<cx:pt '
    'idx="1">40</cx:pt></cx:lvl></cx:numDim></cx:data></cx:chartData><cx:chart><cx:series><cx:tx><cx:txData><cx:v>Mai'
    '</cx:v></cx:txData></cx:tx><cx:dataId val="0"/></cx:series></cx:chart></cx:chartSpace>'
)  # fmt: skip


@pytest.mark.parametrize(
    ("part", "read"),
    [
        (CHART, ["Leads je Monat", "Radio; Mai: 12", "Mail; Mai: 30"]),
        (FUNNEL, ["Seen; Mai: 900", "Paid; Mai: 40"]),
        ('<d:dataModel xmlns:d="d" xmlns:a="a"><a:p><a:r><a:t>Step</a:t></a:r></a:p></d:dataModel>', ["Step"]),
    ],
)  # fmt: skip
def test_the_figures_of_a_chart_and_the_words_of_a_diagram_in_a_word_file_are_read(part: str, read: list[str]) -> None:
    drawing = f'<w:r><w:drawing><{"chart" if "chart" in part else "relIds"} id="c" dm="c"/></w:drawing></w:r>'
    made = with_parts(f"<w:p>{drawing}</w:p>", chunk("chart.xml"), chart_xml=part)

    assert texts(docx.read(made).pieces) == read


def test_comments_on_cells_are_their_authors() -> None:
    made = openpyxl.Workbook()
    for row in (["Channel", "March"], ["Radio", 1200]):
        made.active.append(row)
    made.active["B2"].comment = Comment("Nur bis Ende März vereinbart.", "Ann Lee")

    document = load(saved(made), source="plan.xlsx", id="p")

    assert said_by(document) == [("Ann Lee", "B2: Nur bis Ende März vereinbart.")]


def test_threads_on_cells_are_told_once_and_by_whom() -> None:
    sheet = '<worksheet><sheetData><row r="1"><c r="A1" t="str"><v>Budget</v></c></row></sheetData></worksheet>'
    made = packed(
        {
            "xl/workbook.xml": '<workbook><sheets><sheet name="Data" id="s"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": '<R><r Id="s" Type="x/worksheet" Target="sheet.xml"/>'
            '<r Id="p" Type="x/person" Target="person.xml"/></R>',
            "xl/sheet.xml": sheet,
            "xl/_rels/sheet.xml.rels": '<R><r Id="c" Type="x/comments" Target="old.xml"/>'
            '<r Id="t" Type="x/threadedComment" Target="new.xml"/></R>',
            "xl/old.xml": '<comments><commentList><comment ref="A1"><text><t>[Threaded comment] Too low.</t></text>'
            "</comment></commentList></comments>",
            "xl/new.xml": '<T><threadedComment ref="A1" personId="{1}"><text>Too low.</text></threadedComment>'
            '<threadedComment ref="A1" personId="{2}"><text>Agreed.</text></threadedComment></T>',
            "xl/person.xml": '<P><person displayName="Ann Lee" id="{1}"/><person displayName="Bo Ek" id="{2}"/></P>',
        }
    )

    assert said_by(load(made, source="b.xlsx", id="b")) == [("Ann Lee", "A1: Too low."), ("Bo Ek", "A1: Agreed.")]


def test_what_is_struck_out_in_a_comment_on_a_cell_or_slide_is_nobodys_words() -> None:
    sheet = packed(
        {
            "xl/workbook.xml": '<workbook><sheets><sheet name="Data" id="s"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": '<R><r Id="s" Type="x/worksheet" Target="sheet.xml"/></R>',
            "xl/sheet.xml": '<worksheet><sheetData><row><c r="A1" t="str"><v>Fee</v></c></row></sheetData></worksheet>',
            "xl/_rels/sheet.xml.rels": '<R><r Id="c" Type="x/comments" Target="old.xml"/></R>',
            "xl/old.xml": '<comments><commentList><comment ref="A1"><text><r><t>Pay </t></r><r><rPr><strike/></rPr>'
            "<t>30</t></r><r><t> 20.</t></r></text></comment></commentList></comments>",
        }
    )
    deck = pptx.Presentation()
    deck.slides.add_slide(deck.slide_layouts[5])
    slide = added(
        saved(deck),
        {"ppt/slides/_rels/slide1.xml.rels": '<Relationship Id="k" Type="x/comments" Target="../comments/one.xml"/>'},
        {
            "ppt/comments/one.xml": '<l xmlns:a="a"><cm><txBody><a:p><a:r><a:t>Pay </a:t></a:r><a:r><a:rPr '
            'strike="sngStrike"/><a:t>30</a:t></a:r><a:r><a:t> 20.</a:t></a:r></a:p></txBody></cm></l>'
        },
    )

    for pieces in (xlsx.read(sheet).pieces, read_deck(slide).pieces):
        assert texts(pieces)[-1].endswith("Pay 20.")
        assert [(piece.reason, piece.text) for piece in pieces if piece.reason] == [(STRUCK, "30")]


def test_check_marks_boxes_and_chart_titles_of_a_sheet_are_read() -> None:
    made = openpyxl.Workbook()
    sheet = made.active
    for row in (["Feature", "Basic"], ["Phone", "\u00fc"], ["Export", "\u00fb"]):
        sheet.append(row)
    sheet["B2"].font = sheet["B3"].font = Font(name="Wingdings")
    chart = BarChart()
    chart.title = "Features by plan"
    chart.add_data(Reference(sheet, min_col=2, min_row=1, max_row=3), titles_from_data=True)
    sheet.add_chart(chart, "D2")

    read = texts(xlsx.read(saved(made)).pieces)

    assert read == ["Feature: Phone; Basic: ✓", "Feature: Export; Basic: ✗", "Features by plan"]


def test_the_words_of_a_sheets_text_boxes_are_read_without_what_is_struck_out() -> None:
    made = packed(
        {
            "xl/workbook.xml": '<workbook><sheets><sheet name="Data" id="s"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": '<R><r Id="s" Type="x/worksheet" Target="sheet.xml"/></R>',
            "xl/sheet.xml": '<worksheet><sheetData><row><c r="A1" t="str"><v>Fee</v></c></row></sheetData></worksheet>',
            "xl/_rels/sheet.xml.rels": '<R><r Id="d" Type="x/drawing" Target="drawing.xml"/></R>',
            "xl/drawing.xml": '<d xmlns:a="a"><sp><txBody><a:p><a:r><a:t>Only until</a:t></a:r><a:r><a:rPr '
            'strike="sngStrike"/><a:t> May</a:t></a:r><a:r><a:t> June.</a:t></a:r></a:p></txBody></sp></d>',
        }
    )

    pieces = xlsx.read(made).pieces

    assert texts(pieces)[-1] == "Only until June."
    assert [(piece.reason, piece.text) for piece in pieces if piece.reason] == [(STRUCK, "May")]


def test_comments_on_slides_are_their_authors() -> None:
    deck = pptx.Presentation()
    deck.slides.add_slide(deck.slide_layouts[5]).shapes.title.text = "Launch"
    held = saved(deck)
    made = added(
        held,
        {
            "ppt/slides/_rels/slide1.xml.rels": '<Relationship Id="k" Type="x/comments" Target="../comments/one.xml"/>',
            "ppt/_rels/presentation.xml.rels": '<Relationship Id="k" Type="x/commentAuthors" Target="authors.xml"/>'
            '<Relationship Id="l" Type="x/authors" Target="newer.xml"/>',
        },
        {
            "ppt/comments/one.xml": '<l xmlns:a="a"><cm authorId="0"><text>Too early.</text></cm><cm authorId="{7}">'
            "<txBody><a:p><a:r><a:t>Why?</a:t></a:r></a:p></txBody></cm></l>",
            "ppt/authors.xml": '<l><cmAuthor id="0" name="Ann Lee"/></l>',
            "ppt/newer.xml": '<l><author id="{7}" name="Bo Ek"/></l>',
        },
    )

    assert said_by(load(made, source="deck.pptx", id="d")) == [("Ann Lee", "Too early."), ("Bo Ek", "Why?")]
    assert [piece.page for piece in read_deck(made).pieces if piece.speaker] == [1, 1, 1, 1]


def added(data: bytes, relations: dict[str, str], parts: dict[str, str]) -> bytes:
    """The package with further relations and parts."""
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(data)) as package:
        held = {name: package.read(name) for name in package.namelist()}
    for name, more in relations.items():
        held[name] = held[name].replace(b"</Relationships>", f"{more}</Relationships>".encode())
    return packed({**held, **parts})


def field(text: str, y: float, kind: str = "/FT/Tx") -> str:
    box = f"/Rect[200 {842 - y - 3} 380 {842 - y + 11}]"
    return f"<</Type/Annot/Subtype/Widget{kind}/T(f{y:g}){box}{text}>>"


def test_the_values_of_a_filled_form_stand_by_their_names() -> None:
    labels = [
        T(72, 100, "Name der Kampagne:"),
        T(72, 130, "Budget in Euro:"),
        T(72, 160, "Freigabe:"),
        T(72, 190, "Notiz:"),
    ]
    fields = [
        field("/V(Reisekarte)", 100), field("/V(240000)", 130), field("/AS/Yes/V/Yes", 160, "/FT/Btn"), field("", 190),
    ]  # fmt: skip

    assert texts(pdf.read(make(labels, page=f"/Annots[{''.join(fields)}]")).pieces) == [
        "Name der Kampagne: Reisekarte",
        "Budget in Euro: 240000",
        "Freigabe: ☒",
        "Notiz:",
    ]


def test_notes_on_a_pdf_are_their_authors() -> None:
    notes = (
        "<</Type/Annot/Subtype/Text/Rect[9 9 19 19]/T(Ann Lee)/Contents(The date cannot hold.)>>"
        "<</Type/Annot/Subtype/Highlight/Rect[9 9 19 19]/T(Bo Ek)/Contents(Says who?)>>"
        "<</Type/Annot/Subtype/Popup/Rect[9 9 19 19]/Contents(The date cannot hold.)>>"
        "<</Type/Annot/Subtype/Text/F 2/Rect[9 9 19 19]/Contents(Hidden.)>>"
    )
    lines = column("The launch date is 14 May, as agreed with all teams.")

    document = load(make(lines, page=f"/Annots[{notes}]"), source="plan.pdf", id="p")

    assert said_by(document) == [("Ann Lee", "The date cannot hold."), ("Bo Ek", "Says who?")]


def test_a_text_layer_whose_letters_stand_for_others_is_refused_as_a_scan_is() -> None:
    text = (
        "Jeder Vertriebsleiter darf einen Rabatt von neun Prozent geben, ohne jemanden vorher gefragt oder angerufen "
        "haben; der Rest muss von der Leitung gesehen und mit Datum und Namen unterschrieben werden, auch in Eile."
    )
    shifted = "".join(chr(ord(letter) - 29) if letter != " " else " " for letter in text)
    half = len(text) // 2

    with pytest.raises(SourceError, match="it needs OCR first"):
        pdf.read(make(column(shifted[:half], shifted[half:])))
    assert texts(pdf.read(make(column(text[:half], text[half:]))).pieces) == [text[:half] + " " + text[half:]]


def test_codes_and_figures_are_no_garbled_text() -> None:
    codes = [f"SKU-{number:04} KR{number}T XL-{number}" for number in range(30)]
    counted = [f"{number} pcs {number}.50 nett {number * 2} kgs" for number in range(30)]

    assert texts(pdf.read(make(column(*codes))).pieces)
    assert texts(pdf.read(make(column(*counted))).pieces)


LEAD = "<p>Here we collect what customers ask most often, and what we answer them when they call us in the morning.</p>"
ANSWER = "You can cancel in writing with four weeks' notice to the end of a quarter, or at once when you move abroad."


@pytest.mark.parametrize(
    "made",
    [
        f'<button aria-expanded="false">How can I cancel?</button><div class="accordion-body" '
        f'style="display:none">{ANSWER}</div>',
        f'<button data-bs-target="#a1">How can I cancel?</button><div id="a1" hidden>{ANSWER}</div>',
        f'<h3><a aria-controls="a1 a2">How can I cancel?</a></h3><section id="a2" style="display: '
        f'none">{ANSWER}</section>',
        f'<h3>How can I cancel?</h3><div hidden="until-found">{ANSWER}</div>',
        f'<h3>How can I cancel?</h3><div class="elementor-toggle-content" style="display:none">{ANSWER}</div>',
        f"<details><summary>How can I cancel?</summary>{ANSWER}</details>",
    ],
)  # fmt: skip
def test_the_hidden_answers_of_a_list_of_questions_are_text(made: str) -> None:
    page = (
        f"<html><body><main><h1>Questions</h1>{LEAD}{made}<div hidden>Unseen words of a "
        f"template.</div></main></body></html>"
    )

    document = load(page.encode(), source="faq.html", id="f")

    assert document.text.split("\n\n")[2:] == ["How can I cancel?", ANSWER]
    assert [gone.reason for gone in document.dropped] == ["hidden"]


@pytest.mark.parametrize("kind", ["columnLayout", "elementor-section", "et_pb_section", "wp-block-group"])
def test_the_boxes_of_a_page_builder_are_one_text(kind: str) -> None:
    long = " ".join(f"Sentence {number} tells what was agreed for the launch of the card." for number in range(9))
    short = "The launch budget is 240,000 euros, of which a third is meant for radio."
    boxes = f'<div class="{kind} single"><p>{long}</p></div><div class="{kind} two-right-sidebar"><p>{short}</p></div>'
    page = (
        f'<html><body><div id="page"><nav><a href="/">Home</a></nav><div class="view">{boxes}</div></div></body></html>'
    )

    assert load(page.encode(), source="plan.html", id="p").text == f"{long}\n\n{short}"
