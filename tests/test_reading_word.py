"""Word, OpenDocument and rich text."""

import docx
import pytest
from docx.enum.text import WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from assistant.types import BlockKind
from ingest.cleaning.rules import clean
from ingest.drafts import Draft, Metadata
from ingest.reading.lettering import STRUCK
from ingest.reading.office import docx as word_reader
from ingest.reading.office import odt as odt_reader
from ingest.reading.office import rtf
from ingest.structure.outline import structure
from tests.office import W, odt, saved, word

HEAD, TEXT, ITEM, ROW = BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.ITEM, BlockKind.ROW


def pieces_of(draft: Draft) -> list[tuple[BlockKind, int, str]]:
    return [(piece.kind, piece.level, piece.text) for piece in draft.pieces if not piece.reason]


def dropped(draft: Draft) -> list[tuple[str | None, str]]:
    return [(piece.reason, piece.text) for piece in draft.pieces if piece.reason]


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def test_a_word_file_is_read_with_its_headings_items_and_tables() -> None:
    made = docx.Document()
    made.add_heading("The plan", 0)
    made.add_heading("Goals", 1)
    made.add_paragraph("Grow  in the\tNorth.").add_run().add_break(WD_BREAK.LINE)
    made.add_paragraph("one", "List Bullet")
    made.add_paragraph("two", "List Number")
    made.add_paragraph("two and a half", "List Number")
    made.add_paragraph("Said once.", "Quote")
    table = made.add_table(0, 3)
    for cells in (("Region", "2023", "2024"), ("North", "12", "14"), ("South", "", "9")):
        for cell, text in zip(table.add_row().cells, cells, strict=True):
            cell.text = text
    made.sections[0].header.paragraphs[0].text = "Confidential"
    made.sections[0].footer.paragraphs[0].text = "Page 1"
    draft = word_reader.read(saved(made))

    assert pieces_of(draft) == [
        (HEAD, 1, "The plan"),
        (HEAD, 1, "Goals"),
        (TEXT, 0, "Grow in the North."),
        (ITEM, 0, "one"),
        (ITEM, 0, "1. two"),
        (ITEM, 0, "2. two and a half"),
        (BlockKind.QUOTE, 0, "Said once."),
        (ROW, 0, "Region: North; 2023: 12; 2024: 14"),
        (ROW, 0, "Region: South; 2023: —; 2024: 9"),
    ]
    assert dropped(draft) == [
        ("running header", "Confidential"),
        ("names of columns", "Region | 2023 | 2024"),
        ("running footer", "Page 1"),
    ]
    assert draft.found == Metadata(is_filled_in=True)  # what python-docx's template says is no hint


def test_the_properties_of_a_word_file_are_hints() -> None:
    made = docx.Document()
    made.add_paragraph("Words.")
    made.core_properties.title, made.core_properties.author = "The plan", "Ann Lee"

    assert word_reader.read(saved(made)).found == Metadata(("The plan",), ("Ann Lee",), is_filled_in=True)


def test_insertions_are_kept_and_deletions_are_not() -> None:
    body = (
        "<w:p><w:ins><w:r><w:t>new </w:t></w:r></w:ins><w:del><w:r><w:delText>old </w:delText></w:r></w:del>"
        "<w:moveFrom><w:r><w:t>gone</w:t></w:r></w:moveFrom><w:moveTo><w:r><w:t>come</w:t></w:r></w:moveTo></w:p>"
    )

    assert pieces_of(word_reader.read(word(body))) == [(TEXT, 0, "new come")]


def test_text_boxes_notes_links_and_hidden_words_each_have_their_place() -> None:
    body = (
        "<w:p><w:r><w:t>Before</w:t><w:pict><w:txbxContent>" + paragraph("In a box.") + "</w:txbxContent></w:pict>"
        '<w:footnoteReference w:id="2"/></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>unseen</w:t></w:r>'
        "<w:hyperlink><w:r><w:t> linked</w:t></w:r></w:hyperlink>"
        "<w:r><w:instrText>PAGE</w:instrText></w:r></w:p>"
        "<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val='Table of Contents'/></w:docPartObj></w:sdtPr>"
        f"<w:sdtContent>{paragraph('Goals 3')}</w:sdtContent></w:sdt>{paragraph('After.')}"
    )
    notes = (
        f'<w:footnotes xmlns:w="{W}"><w:footnote w:id="1">{paragraph("never shown")}</w:footnote>'
        f'<w:footnote w:id="2">{paragraph("A note.")}</w:footnote></w:footnotes>'
    )
    draft = word_reader.read(word(body, footnotes=notes))

    assert [text for *_, text in pieces_of(draft)] == ["Before linked", "In a box.", "A note.", "After."]
    assert dropped(draft) == [("hidden", "unseen"), ("table of contents", "Goals 3")]
    assert draft.pieces[0].linked == len("linked")


def test_comments_are_their_authors_words_and_nobody_elses() -> None:
    made = docx.Document()
    made.add_heading("Plan", 1)
    run = made.add_paragraph("We will double the budget in spring, whatever it costs us in the end.").runs[0]
    made.add_comment(run, "I doubt that it will pay.", author="Ann Lee", initials="AL")
    made.add_comment(run, "Agreed.", author="Bo Ek", initials="BE")
    draft = word_reader.read(saved(made))

    assert [(piece.text, piece.speaker) for piece in structure(clean(draft), draft.found, "plan.docx").pieces] == [
        ("Plan", None),
        ("We will double the budget in spring, whatever it costs us in the end.", None),
        ("Review comments", None),
        ("Ann Lee", "Ann Lee"),
        ("I doubt that it will pay.", "Ann Lee"),
        ("Bo Ek", "Bo Ek"),
        ("Agreed.", "Bo Ek"),
    ]


def test_what_is_struck_out_in_a_comment_is_nobodys_words() -> None:
    made = docx.Document()
    comment = made.add_comment(made.add_paragraph("The plan.").runs[0], "Pay", author="Ann Lee", initials="AL")
    for text, is_struck in ((" 30", True), (" 20", False), (" percent.", False)):
        comment.paragraphs[0].add_run(text).font.strike = is_struck
    note = rb"{\rtf1\ansi The plan.{\*\atnauthor Bo Ek}{\*\annotation \pard Pay {\strike 30 }20 percent.}\par}"

    for draft in (word_reader.read(saved(made)), rtf.read(note)):
        assert [text for *_, text in pieces_of(draft)][-1] == "Pay 20 percent."
        assert dropped(draft) == [(STRUCK, "30")]


def test_what_is_struck_out_in_a_comment_of_an_opendocument_text_is_nobodys_words() -> None:
    struck = '<style:style style:name="S"><style:text-properties style:text-line-through-style="solid"/></style:style>'
    said = '<text:p>Pay <text:span text:style-name="S">30</text:span> 20 percent.</text:p>'
    more = "<text:list><text:list-item><text:p>Or none.</text:p></text:list-item></text:list>"
    comment = (
        f"<office:annotation><dc:creator>Ann Lee</dc:creator><dc:date>2024</dc:date>{said}{more}</office:annotation>"
    )

    draft = odt_reader.read(odt(f"<text:p>The plan.{comment}</text:p>", struck))

    assert [text for *_, text in pieces_of(draft)][-3:] == ["Ann Lee", "Pay 20 percent.", "Or none."]
    assert dropped(draft) == [(STRUCK, "30")]


def test_merged_cells_say_the_same_in_each_row_and_layout_tables_are_paragraphs() -> None:
    made = docx.Document()
    table = made.add_table(3, 3)
    for i, cells in enumerate((("Region", "Cost", ""), ("North", "May", "4"), ("", "June", "5"))):
        for j, text in enumerate(cells):
            table.cell(i, j).text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    table.cell(0, 1).merge(table.cell(0, 2))
    layout = made.add_table(1, 2)
    layout.cell(0, 0).text, layout.cell(0, 1).text = "long words " * 50, "beside"

    assert [text for *_, text in pieces_of(word_reader.read(saved(made)))] == [
        "Region: North; Cost: May; Cost: 4",
        "Region: North; Cost: June; Cost: 5",
        ("long words " * 50).strip(),
        "beside",
    ]


def test_a_number_that_word_shows_is_read_as_it_is_shown() -> None:
    level = '<w:lvl w:ilvl="{}"><w:start w:val="1"/><w:numFmt w:val="{}"/><w:lvlText w:val="{}"/></w:lvl>'
    numbering = (
        f'<w:numbering xmlns:w="{W}"><w:abstractNum w:abstractNumId="7">{level.format(0, "decimal", "%1.")}'
        f"{level.format(1, 'lowerRoman', '%1.%2')}</w:abstractNum>"
        '<w:num w:numId="3"><w:abstractNumId w:val="7"/></w:num></w:numbering>'
    )
    items = "".join(
        f'<w:p><w:pPr><w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="3"/></w:numPr></w:pPr>'
        f"<w:r><w:t>{text}</w:t></w:r></w:p>"
        for depth, text in ((0, "a"), (1, "b"), (1, "c"), (0, "d"), (1, "e"))
    )

    assert [text for *_, text in pieces_of(word_reader.read(word(items, numbering=numbering)))] == [
        "1. a",
        "1.i b",
        "1.ii c",
        "2. d",
        "2.i e",
    ]


def test_a_form_of_numbers_without_end_is_cut() -> None:
    level = '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="{}"/></w:lvl>'
    numbering = (
        f'<w:numbering xmlns:w="{W}"><w:abstractNum w:abstractNumId="0">{level.format("%1" * 50_000)}</w:abstractNum>'
        '<w:num w:numId="3"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    )
    item = '<w:p><w:pPr><w:numPr><w:numId w:val="3"/></w:numPr></w:pPr><w:r><w:t>a</w:t></w:r></w:p>'

    assert [text for *_, text in pieces_of(word_reader.read(word(item, numbering=numbering)))] == [f"{'1' * 50} a"]


def test_a_formula_keeps_what_its_layout_says() -> None:
    body = (
        "<w:p><m:oMath xmlns:m='m'><m:r><m:t>sin\u2061θ=</m:t></m:r><m:f><m:num><m:r><m:t>λ</m:t></m:r></m:num><m:den>"
        "<m:r><m:t>a</m:t></m:r></m:den></m:f><m:sSup><m:e><m:r><m:t>10</m:t></m:r></m:e><m:sup><m:r><m:t>-4</m:t>"
        "</m:r></m:sup></m:sSup><m:nary><m:sub/></m:nary></m:oMath></w:p>"
    )

    assert pieces_of(word_reader.read(word(body))) == [(TEXT, 0, "sin θ=λ/a10^-4")]


def test_a_style_that_stands_on_a_heading_is_a_heading() -> None:
    made = docx.Document()
    style = made.styles.add_style("House", 1)
    style.base_style = made.styles["Heading 2"]
    made.add_paragraph("Own style", "House")
    outlined = made.add_paragraph("By its outline")
    level = OxmlElement("w:outlineLvl")
    level.set(qn("w:val"), "2")
    outlined._p.get_or_add_pPr().append(level)

    assert pieces_of(word_reader.read(saved(made))) == [(HEAD, 2, "Own style"), (HEAD, 3, "By its outline")]


ODT = """<text:tracked-changes><text:p>deleted</text:p></text:tracked-changes>
<text:p text:style-name="P1">The plan</text:p><text:h text:outline-level="2">Goals</text:h>
<text:p>Grow<text:s text:c="3"/>in<text:tab/>the <text:a>North</text:a>.<text:note>
<text:note-citation>1</text:note-citation>
<text:note-body><text:p>A note.</text:p></text:note-body></text:note><office:annotation><dc:creator>Ann Lee</dc:creator>
<dc:date>2024-01-01</dc:date><text:p>I doubt it.</text:p></office:annotation> On.</text:p>
<text:list><text:list-item><text:p>one</text:p>
<text:list><text:list-item><text:p>two</text:p></text:list-item></text:list>
</text:list-item></text:list>
<text:p>
<draw:frame><draw:text-box><text:p>In a box.</text:p></draw:text-box><svg:desc>A chart</svg:desc></draw:frame></text:p>
<text:table-of-content><text:p>Goals 2</text:p></text:table-of-content>
<table:table><table:table-row><table:table-cell><text:p>Region</text:p></table:table-cell><table:table-cell>
<text:p>Cost</text:p></table:table-cell></table:table-row><table:table-row>
<table:table-cell table:number-rows-spanned="2"><text:p>North</text:p></table:table-cell>
<table:table-cell><text:p>4</text:p></table:table-cell></table:table-row><table:table-row>
<table:covered-table-cell/><table:table-cell><text:p>5</text:p></table:table-cell></table:table-row></table:table>"""


def test_an_opendocument_text_is_read_with_notes_and_comments() -> None:
    automatic = '<style:style style:name="P1" style:parent-style-name="Title"/>'
    meta = (
        "<dc:title>The plan</dc:title><meta:initial-creator>Bo Ek</meta:initial-creator><dc:date>2024-03-01</dc:date>"
    )
    draft = odt_reader.read(odt(ODT, automatic, meta=meta, styles="<style:footer><text:p>Page</text:p></style:footer>"))

    assert pieces_of(draft) == [
        (HEAD, 1, "The plan"),
        (HEAD, 2, "Goals"),
        (TEXT, 0, "Grow in the North. On."),
        (TEXT, 0, "A note."),
        (ITEM, 0, "one"),
        (ITEM, 0, "two"),
        (TEXT, 0, "In a box."),
        (ROW, 0, "Region: North; Cost: 4"),
        (ROW, 0, "Region: North; Cost: 5"),
        (HEAD, 2, "Review comments"),
        (BlockKind.SPEAKER, 0, "Ann Lee"),
        (TEXT, 0, "I doubt it."),
    ]
    assert dropped(draft) == [
        ("image description", "A chart"),
        ("table of contents", "Goals 2"),
        ("names of columns", "Region | Cost"),
        ("running footer", "Page"),
    ]
    assert draft.found == Metadata(("The plan",), ("Bo Ek",), is_filled_in=True)


RTF = rb"""{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fswiss Arial;}{\f1\fcharset204 Arial Cyr;}}
{\colortbl;\red0\green0\blue0;}{\stylesheet{\s0 Normal;}{\s1\outlinelevel0 heading 1;}}
{\info{\title The plan}{\author Ann Lee}{\creatim\yr2024\mo3\dy1}{\*\company Nobody}}
{\header\pard Confidential\par}{\*\generator Made up 1.0;}
\pard\plain\s1 Goals\par
\pard\plain Caf\'e9 isn\rquote t \u8364?400 {\f1\'d0\'fb\'ed\'ee\'ea}, \uc2\u-10179??\u-8704?? {\b bold}
 words{\footnote \pard A note.\par} go on.{\v unseen}\par
{\field{\*\fldinst HYPERLINK "https://example.org"}{\fldrslt linked}}{\pict\pngblip 89504e47}\deleted gone\deleted0 \par
\pard\ls1{\listtext\'b7\tab}one\par\pard\ls1{\listtext 2.\tab}two\par
\pard\intbl Region\cell Cost\cell\row\intbl North\cell 4\cell\row\pard
{\*\atnid AL}{\*\atnauthor Bo Ek}{\*\annotation \pard I doubt it.}End.\par}"""


def test_rich_text_is_read_with_its_styles_tables_and_notes() -> None:
    draft = rtf.read(RTF)

    assert pieces_of(draft) == [
        (HEAD, 1, "Goals"),
        (TEXT, 0, "Café isn’t €400 Рынок, \U0001f600 bold words go on."),
        (TEXT, 0, "A note."),
        (TEXT, 0, "linked"),
        (ITEM, 0, "one"),
        (ITEM, 0, "2. two"),
        (ROW, 0, "Region: North; Cost: 4"),
        (TEXT, 0, "End."),
        (HEAD, 2, "Review comments"),
        (BlockKind.SPEAKER, 0, "Bo Ek"),
        (TEXT, 0, "I doubt it."),
    ]
    assert dropped(draft) == [
        ("running header", "Confidential"),
        ("hidden", "unseen"),
        ("names of columns", "Region | Cost"),
    ]
    assert draft.found == Metadata(("The plan",), ("Ann Lee",), is_filled_in=True)


@pytest.mark.parametrize("text", ["one", "one\\par two", "\\'81\\'40 \\u"])
def test_what_stands_in_braces_only_for_its_looks_is_read(text: str) -> None:
    assert rtf.read(b"{\\rtf1 {{" + text.encode() + b"}}}").pieces
