"""Excel, values between commas, and the numbers that sheets show."""

import datetime

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.worksheet.table import Table

from assistant.errors import SourceError
from assistant.types import BlockKind
from ingest.drafts import Draft
from ingest.reading import csvs, rows
from ingest.reading.office import xlsx
from ingest.reading.office.number_formats import BUILT_IN, shown
from tests.office import packed, saved

THOUSANDS = '[>=1000000]0.0,,"M";[>=1000]0.0,"K";0'
SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">%s</worksheet>'


def lines(draft: Draft) -> list[tuple[int | None, str]]:
    return [(piece.page, piece.text) for piece in draft.pieces if not piece.reason]


def workbook(sheet: str, strings: str = "") -> bytes:
    return packed(
        {
            "xl/workbook.xml": '<workbook><sheets><sheet name="Data" id="s"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": '<R><r Id="s" Type="x/worksheet" Target="sheet.xml"/>'
            '<r Id="t" Type="x/sharedStrings" Target="strings.xml"/></R>',
            "xl/sheet.xml": SHEET % sheet,
            "xl/strings.xml": f"<sst>{strings}</sst>",
        }
    )


def test_each_row_of_a_sheet_carries_the_names_of_its_columns() -> None:
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.title = "Channels"
    for row in (["Spring 2024"], ["Channel", "Leads", "Cost", "Share", "Start"], []):
        sheet.append(row)
    sheet.delete_rows(3)
    sheet.append(["Search", 120, 400, 0.255, datetime.date(2024, 3, 1)])
    sheet.append(["Social", None, 1200.5, 0.3, datetime.datetime(2024, 4, 2, 9, 30)])
    for row in (3, 4):
        sheet.cell(row, 3).number_format = '"€"#,##0'
        sheet.cell(row, 4).number_format = "0.0%"
    sheet.append([])
    sheet.append(["Budget", 900])
    made.create_sheet("Lists").append(["a", "b"])
    made["Lists"].sheet_state = "hidden"
    draft = xlsx.read(saved(made))

    assert lines(draft) == [
        (None, "Channels"),
        (1, "Spring 2024"),
        (3, "Channel: Search; Leads: 120; Cost: €400; Share: 25.5%; Start: 2024-03-01"),
        (4, "Channel: Social; Leads: —; Cost: €1,200; Share: 30.0%; Start: 2024-04-02 09:30:00"),
        (6, "Budget: 900"),
    ]
    assert [(piece.text, piece.reason) for piece in draft.pieces if piece.reason] == [
        ("Channel | Leads | Cost | Share | Start", rows.HEAD),
        ("Lists", "hidden sheet"),
        ("a: b", "hidden sheet"),
    ]
    assert {piece.kind for piece in draft.pieces} == {BlockKind.HEADING, BlockKind.ROW}


def test_a_table_a_frozen_row_and_merged_cells_are_heeded() -> None:
    made = openpyxl.Workbook()
    sheet = made.active
    for row in (["12", "13"], [1, 2], [], [], ["x", "Region", "Cost", None], ["x", "North", 1, 2], ["x", None, 3, 4]):
        sheet.append(row)
    sheet.add_table(Table(displayName="T", ref="A1:B2"))
    sheet.merge_cells("C5:D5")
    sheet.merge_cells("B6:B7")

    assert lines(xlsx.read(saved(made))) == [
        (2, "12: 1; 13: 2"),
        (6, "x: x; Region: North; Cost: 1; Cost: 2"),
        (7, "x: x; Region: North; Cost: 3; Cost: 4"),
    ]


def test_a_formula_gives_the_value_that_was_saved_with_it() -> None:
    sheet = (
        '<sheetData><row r="3"><c r="A3" t="s"><v>0</v></c><c r="B3" t="inlineStr"><is><t>Cost</t></is></c></row>'
        '<row r="4"><c r="A4" t="str"><f>UPPER("north")</f><v>NORTH</v></c><c r="B4"><f>2*2</f><v>4</v></c>'
        '<c r="C4" t="b"><v>1</v></c><c r="D4" t="e"><v>#N/A</v></c></row></sheetData>'
    )
    strings = "<si><r><t>Re</t></r><r><t>gion_x000D_</t></r><rPh><t>reading</t></rPh></si>"

    assert lines(xlsx.read(workbook(sheet, strings)))[1:] == [(4, "Region: NORTH; Cost: 4; TRUE")]


def test_a_sheet_that_claims_a_million_rows_costs_what_it_holds() -> None:
    sheet = (
        '<dimension ref="A1:XFD1048576"/><sheetData><row r="1048576"><c r="XFD1048576"><v>7</v></c></row></sheetData>'
    )

    assert lines(xlsx.read(workbook(sheet)))[1:] == [(1048576, "7")]


def test_a_sheet_with_too_many_cells_is_refused_by_name_of_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "CELLS", 3)
    sheet = "<sheetData><row>" + "<c><v>1</v></c>" * 4 + "</row></sheetData>"

    with pytest.raises(SourceError, match="more than 3 cells"):
        xlsx.read(workbook(sheet))


def test_a_long_cell_that_is_merged_over_many_rows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "CHARACTERS", 3_000)
    text = f"<row><c t='inlineStr'><is><t>{'word ' * 20}</t></is></c></row>"
    numbers = "".join(f"<row><c/><c><v>{number}</v></c></row>" for number in range(50))
    sheet = f"<sheetData>{text}{numbers}</sheetData><mergeCells><mergeCell ref='A1:A50'/></mergeCells>"

    with pytest.raises(SourceError, match="more than 3,000 characters, those of merged cells once for each row"):
        xlsx.read(workbook(sheet))


@pytest.mark.parametrize(
    ("number", "code", "text"),
    [
        (1234.5, "#,##0.00", "1,234.50"),
        (-5, '#,##0;(#,##0);"-"', "(5)"),
        (0, '#,##0;(#,##0);"-"', "0"),
        (0.125, "0%", "12%"),
        (1200, "[$€-407] #,##0", "€ 1,200"),
        (1200, '#,##0 [$€-1];[Red]"x"', "1,200 €"),
        (2_500_000, '0.0,,"M"', "2.5M"),
        (1500, THOUSANDS, "1.5K"),
        (2_400_000, THOUSANDS, "2.4M"),
        (640, THOUSANDS, "640"),
        (-7, "[<0]-0.0;0", "-7.0"),
        (-7, "[<100]0.0;0", "-7.0"),
        (0, '[=0]"none";0.0', "0"),
        (0, '_($* #,##0.00_);_($* (#,##0.00);_($* "-"??_);_(@_)', "$-"),
        (-1200.5, '_($* #,##0.00_);_($* (#,##0.00);_($* "-"??_);_(@_)', "$(1,200.50)"),
        (0.12, "[Green]+0.0%;[Red]-0.0%;0.0%", "+12.0%"),
        (-0.031, "[Green]+0.0%;[Red]-0.0%;0.0%", "-3.1%"),
        (45352, BUILT_IN[27], "2024-03-01"),
        (45352, BUILT_IN[55], "2024-03-01"),
        (0.75, BUILT_IN[55], "18:00"),
        (45352, '[$-411]yyyy"年"m"月"d"日"', "2024-03-01"),
        (45352, '[$-411]ggge"年"m"月"d"日"', "2024-03-01"),
        (12.5, "General", "12.5"),
        (0.1 + 0.2, "", "0.3"),
        (3.5, "# ?/?", "3.5"),
        (45352, "d mmm yyyy", "1 Mar 2024"),
        (45352, "mmm-yy", "Mar 2024"),
        (45352, "dd/mm/yyyy", "2024-03-01"),
        (45352, "yyyy", "2024"),
        (45352.75, "m/d/yy h:mm", "2024-03-01 18:00"),
        (0.75, "h:mm", "18:00"),
        (1.5, "[h]:mm", "36:00"),
        (1, "yyyy-mm-dd", "1900-01-01"),
        (-1, "yyyy-mm-dd", "-1"),
        (2_958_465, "yyyy-mm-dd", "9999-12-31"),
        (2_958_466, "yyyy-mm-dd", "2958466"),
        (2_958_466, "[h]:mm", "2958466"),  # no time that anybody took either
        (1e300, "yyyy-mm-dd", "1e+300"),
        (1e305, "[h]:mm", "1e+305"),
        (-1e305, "[s]", "-1e+305"),
        (5, f"0{',' * 240}", "0"),
    ],
)
def test_a_number_is_read_as_its_format_shows_it(number: float, code: str, text: str) -> None:
    assert shown(number, code) == text


@given(st.floats(allow_nan=False, allow_infinity=False), st.text(alphabet='0#,.%;[]"\\yYmdhsEe+-$€/? @', max_size=20))
def test_no_number_format_is_beyond_reading(number: float, code: str) -> None:
    assert isinstance(shown(number, code), str)


@pytest.mark.parametrize("delimiter", list(",;\t|"))
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_values_are_read_whatever_parts_them(delimiter: str, encoding: str) -> None:
    text = "Kanal;Kosten;Größe\r\nSuche;400;klein, fein\r\n\r\nE-Mail;120;groß\r\n".replace(", ", "~")
    text = text.replace(";", delimiter).replace("~", " ")

    assert lines(csvs.read(text.encode(encoding))) == [
        (2, "Kanal: Suche; Kosten: 400; Größe: klein fein"),
        (4, "Kanal: E-Mail; Kosten: 120; Größe: groß"),
    ]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ('a,b\n"one, ""two""\nthree",4\n', [(2, 'a: one, "two" three; b: 4')]),
        ("Name,Cost\nx\ny,1,extra\n", [(2, "Name: x; Cost: —"), (3, "Name: y; Cost: 1; extra")]),
        ("1,2\n3,4\n", [(1, "Column 1: 1; Column 2: 2"), (2, "Column 1: 3; Column 2: 4")]),
        ("sep=;\na;b, c\nx;1,5\n", [(3, "a: x; b, c: 1,5")]),
        ("1,5;2,5\n3,5;4,5\n", [(1, "Column 1: 1,5; Column 2: 2,5"), (2, "Column 1: 3,5; Column 2: 4,5")]),
        ("only\nwords\n", [(1, "only"), (2, "words")]),
        ("Ann,Berlin,3\nBo,Bonn,4\n", [(1, "Column 1: Ann; Column 2: Berlin; Column 3: 3"),
                                        (2, "Column 1: Bo; Column 2: Bonn; Column 3: 4")]),
        ("a,b\n1,2\0\n", None),

        ('a,b\n"never closed,2\n3,4', [(2, "a: never closed,2 3,4")]),
    ],
)  # fmt: skip
def test_odd_tables_are_read_with_every_word(text: str, read: list[tuple[int, str]] | None) -> None:
    if read is None:
        with pytest.raises(SourceError, match="zero bytes"):
            csvs.read(text.encode())
    else:
        assert lines(csvs.read(text.encode())) == read


def test_a_very_long_field_is_read() -> None:
    draft = csvs.read(b"a,b\n" + b"word " * 100_000 + b",2\n")

    assert draft.pieces[-1].text.count("word") == 100_000


@given(st.lists(st.lists(st.sampled_from(["", "one", "2", "two words", "2024", "3%"]), max_size=4), max_size=6))
def test_no_cell_of_a_grid_is_lost(grid: list[list[str]]) -> None:
    pieces = rows.pieces([rows.Row(cells, number) for number, cells in enumerate(grid, start=1)])
    told = {piece.page: piece.text for piece in pieces}

    for number, cells in enumerate(grid, start=1):
        assert all(cell in told[number] for cell in cells if cell)


def test_a_formula_without_a_saved_value_is_shown_as_what_it_is() -> None:
    made = openpyxl.Workbook()
    for row in (["Channel", "March", "April", "Total"], ["Radio", 1200, 1500, "=B2+C2"]):
        made.active.append(row)
    draft = xlsx.read(saved(made))

    assert lines(draft) == [(2, "Channel: Radio; March: 1200; April: 1500; Total: =B2+C2 (formula, no saved value)")]
    assert [piece.reason for piece in draft.pieces if not piece.text] == [xlsx.UNSAVED]
