"""Tables of texts, pages and documents: each row carries its columns' names, and every cell keeps its place."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import SourceError
from assistant.types import BlockKind
from ingest.pipeline.documents import load
from ingest.pipeline.passages import split
from ingest.reading import csvs, rows
from ingest.reading.html import page
from ingest.reading.markup import markdown
from ingest.reading.office import docx, odt
from ingest.reading.pdf import pdf
from tests.office import odt as odt_of
from tests.office import word
from tests.test_reading_pdf import T, make


def row_texts(pieces: object) -> list[str]:
    return [piece.text for piece in pieces if piece.kind is BlockKind.ROW and not piece.reason]  # type: ignore[attr-defined]


def table(*rows: str) -> str:
    return f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"


def test_cells_that_say_the_same_in_all_rows_below_without_end_are_refused() -> None:
    """A page of some kilobytes would come to gigabytes."""
    wide = "<td rowspan=0>" + "word " * 70
    with pytest.raises(SourceError, match="those of merged cells once for each row"):
        page.read(table(wide * 500, *["<td>b"] * 500).encode())


GAPS = "| Tarif | DE | CH | Hilfe |\n|---|--:|--:|---|\n| Start | 9 |  | Mail |\n| Profi |  | 59 | Telefon |\n"


def test_an_empty_cell_of_a_markdown_table_moves_no_other() -> None:
    assert row_texts(markdown.pieces(GAPS)) == [
        "Tarif: Start; DE: 9; CH: —; Hilfe: Mail",
        "Tarif: Profi; DE: —; CH: 59; Hilfe: Telefon",
    ]


def test_an_empty_cell_of_figures_shows_as_empty_and_its_neighbour_stays_under_its_own_name() -> None:
    text = (
        "| Team | Q1 | Q2 | Q3 | Q4 | Note |\n|---|---|---|---|---|---|\n"
        "| Events | 10 | 20 | | 40 | |\n| Mail | 1 | 2 | 3 | 4 | done |\n| | 5 | 6 | 7 | 8 | |\n| Later | | | | 9 | |\n"
    )

    assert row_texts(markdown.pieces(text)) == [
        "Team: Events; Q1: 10; Q2: 20; Q3: —; Q4: 40",
        "Team: Mail; Q1: 1; Q2: 2; Q3: 3; Q4: 4; Note: done",
        "Q1: 5; Q2: 6; Q3: 7; Q4: 8",
        "Team: Later; Q1: —; Q2: —; Q3: —; Q4: 9",
    ]


def test_a_markdown_table_in_a_list_or_without_names_is_read_as_well() -> None:
    nested = (
        "- The prices:\n\n  | Plan | Fee |\n  |---|---|\n  | Solo | ~~8~~ 9 |\n\n|  |  |\n|---|---|\n| Owner | Ann |\n"
    )

    assert row_texts(markdown.pieces(nested))[0].startswith("Plan: Solo; Fee: ")
    assert row_texts(markdown.pieces(nested))[1] == "Owner: Ann"


def test_a_list_in_a_cell_of_markdown_joins_no_words() -> None:
    text = "| Asked | Answers |\n|---|---|\n| How long? | <ol><li>1-2 days</li><li>3-6 days</li></ol> |\n"

    assert row_texts(markdown.pieces(text)) == ["Asked: How long?; Answers: 1-2 days 3-6 days"]


def test_a_second_row_of_names_in_markdown_joins_the_first() -> None:
    text = "| | 2023 | | 2024 | |\n|-|-|-|-|-|\n| Region | Plan | Ist | Plan | Ist |\n| Nord | 120 | 12 | 140 | 19 |\n"

    assert row_texts(markdown.pieces(text)) == [
        "Region: Nord; 2023 › Plan: 120; 2023 › Ist: 12; 2024 › Plan: 140; 2024 › Ist: 19"
    ]


@pytest.mark.parametrize(
    ("made", "read"),
    [
        (
            table(
                "<th>Région<th>Offre<th>Mois<th>An",
                "<td rowspan=2>Nord<td>Base<td>9<td>90",
                "<td>Pro<td><td>290",
                "<td rowspan=0>Sud<td>Base<td>7<td>70",
                "<td>Pro<td>19<td>190",
            ),
            [
                "Région: Nord; Offre: Base; Mois: 9; An: 90",
                "Région: Nord; Offre: Pro; Mois: —; An: 290",
                "Région: Sud; Offre: Base; Mois: 7; An: 70",
                "Région: Sud; Offre: Pro; Mois: 19; An: 190",
            ],
        ),
        (
            table(
                "<th rowspan=2>Team<th colspan=2>Spring<th colspan=2>Autumn",
                "<th>Plan<th>Actual<th>Plan<th>Actual",
                "<th>Ads<td>1<td>2<td>3<td>4",
                "<th>Mail<td colspan=2>5<td><td>6",
            ),
            [
                "Team: Ads; Spring › Plan: 1; Spring › Actual: 2; Autumn › Plan: 3; Autumn › Actual: 4",
                "Team: Mail; Spring › Plan / Spring › Actual: 5; Autumn › Plan: —; Autumn › Actual: 6",
            ],
        ),
        (
            table(
                "<th>Plan<th>Month<th>Year",
                "<td colspan=3>Nordics",
                "<td>Basic<td>9<td>90",
                "<td colspan=3>Iberia",
                "<td>Basic<td>7<td>70",
            ),
            [
                "Nordics",
                "Nordics; Plan: Basic; Month: 9; Year: 90",
                "Iberia",
                "Iberia; Plan: Basic; Month: 7; Year: 70",
            ],
        ),
        (
            "<table><thead><tr><td>Kanal</td><td>Ziel</td></tr></thead><tbody><tr><td>Radio</td><td>laut</td></tr>"
            "</tbody></table>",
            ["Kanal: Radio; Ziel: laut"],
        ),
        (table("<td>Channel<td>Cost<td>Share", "<td>Radio<td>400<td>3%"), ["Channel: Radio; Cost: 400; Share: 3%"]),
        (
            table("<td>Home<td>Products<td>About", "<td>Search<td>Help<td>Terms"),
            ["Home | Products | About", "Search | Help | Terms"],
        ),
        (table("<th>Budget<td>€400", "<th>Owner<td>Ann"), ["Budget: €400", "Owner: Ann"]),
        (
            table("<th>Plan<th>What it is for", f"<td>Pro<td>{'Long words of a plan. ' * 20}"),
            [f"Plan: Pro; What it is for: {' '.join(['Long words of a plan.'] * 20)}"],
        ),
    ],
)  # fmt: skip
def test_a_table_of_a_page_keeps_its_cells_under_their_names(made: str, read: list[str]) -> None:
    assert row_texts(page.pieces(f"<p>Before.</p>{made}<p>After.</p>")) == read


def test_no_row_of_a_page_that_is_all_table_is_dropped() -> None:
    """The longest row is not the page's text."""
    made = table(
        "<th>Plan<th>Monthly fee", "<td>Solo<td>9", f"<td>{'Team of several people ' * 3}<td>29", "<td>Pro<td>59"
    )
    document = load(f"<body><h1>Fees</h1>{made}</body>".encode(), source="fees.html", id="f")

    assert [piece.reason for piece in document.dropped] == [rows.HEAD]


def test_spans_beyond_all_bounds_are_cut_or_refused() -> None:
    assert row_texts(page.pieces(table("<th>A<th>B", "<td colspan=99999>1<td>2", "<td rowspan=-3>3<td colspan=x>4")))[
        1:
    ] == ["A: 3; B: 4"]


def cell(text: str, settings: str = "") -> str:
    return f"<w:tc><w:tcPr>{settings}</w:tcPr><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>"


def test_rows_that_word_repeats_on_each_page_name_the_columns() -> None:
    head = "<w:trPr><w:tblHeader/></w:trPr>"
    down, across = '<w:vMerge w:val="restart"/>', '<w:gridSpan w:val="2"/>'
    made = word(
        f"<w:tbl><w:tr>{head}{cell('Land', down)}{cell('Frühjahr', across)}</w:tr>"
        f"<w:tr>{head}{cell('', '<w:vMerge/>')}{cell('Plan')}{cell('Ist')}</w:tr>"
        f"<w:tr>{cell('Italien')}{cell('offen')}{cell('')}</w:tr></w:tbl>"
    )

    assert row_texts(docx.read(made).pieces) == ["Land: Italien; Frühjahr › Plan: offen"]


def test_header_rows_of_an_open_document_name_the_columns() -> None:
    def row(*texts: str) -> str:
        cells = "".join(f"<table:table-cell><text:p>{text}</text:p></table:table-cell>" for text in texts)
        return f"<table:table-row>{cells}</table:table-row>"

    made = odt_of(
        f"<table:table><table:table-header-rows>{row('Plan', 'Kurs')}</table:table-header-rows>"
        f"{row('Profi', '')}{row('Start', 'offen')}</table:table>"
    )

    assert row_texts(odt.read(made).pieces) == ["Plan: Profi", "Plan: Start; Kurs: offen"]


def test_two_rows_of_names_of_a_survey_are_one_path() -> None:
    text = 'ID,"Why, in short?",Channels used?,,\n,Open answer,Mail,Phone,Other\n11801,Price. Or not?,Mail,,Kiosk\n'

    assert row_texts(csvs.read(text.encode()).pieces) == [
        "ID: 11801; Why, in short? › Open answer: Price. Or not?; Channels used? › Mail: Mail; "
        "Channels used? › Other: Kiosk"
    ]


def test_the_keys_that_qualtrics_adds_are_no_answers() -> None:
    text = 'Q1,Q2\nHow likely?,Why?\n"{""ImportId"":""QID1""}","{""ImportId"":""QID2""}"\n9,Fast\n'

    assert row_texts(csvs.read(text.encode()).pieces) == ["Q1 › How likely?: 9; Q2 › Why?: Fast"]


@pytest.mark.parametrize(
    "text",
    [
        "Prepared by,Ann\nCost,\nRadio,12\n",
        "Name,Answer,,\nAnn,yes,no,no\nBob,no,yes,no\n",
        "| Plan | |\n|-|-|\n| Pro | mail |\n| Solo | phone |\n",
    ],
)
def test_a_row_of_words_under_a_gap_is_data(text: str) -> None:
    pieces = csvs.read(text.encode()).pieces if "|" not in text else tuple(markdown.pieces(text))

    assert sum(piece.reason == rows.HEAD for piece in pieces) <= 1


def test_a_row_is_one_sentence_whatever_its_cells_end_in() -> None:
    text = "What would help?,Who?\nA lower fee. Or none! Is it?,Ann\n"

    passages = split(load(text.encode(), source="survey.csv", id="d"), 80)

    assert [[p.text[s.start - p.start : s.end - p.start] for s in p.sentences] for p in passages] == [
        ["What would help?: A lower fee. Or none! Is it?; Who?: Ann"]
    ]


def test_each_part_of_a_row_that_is_longer_than_a_sentence_says_which_row_it_is() -> None:
    names = ",".join(["Region", *(f"Figure of month {month}" for month in range(60))])
    values = ",".join(["Northern shops", *map(str, range(1000, 1060))])

    parts = row_texts(csvs.read(f"{names}\n{values}\n".encode()).pieces)

    assert len(parts) > 1
    assert all(part.startswith("Region: Northern shops; Figure of month ") for part in parts)
    assert "; Figure of month 59: 1059" in parts[-1]


def grid(
    *lines: tuple[str, ...], y: float = 200, at: tuple[int, ...] = (72, 200, 280, 360), bold: bool = False
) -> list[T]:
    """Lines of cells; those after the first end where their columns do, as figures do."""
    return [
        T(x if x == at[0] else x + 40 - 5 * len(text), y + 16 * row, text, bold=bold and row == 0)
        for row, line in enumerate(lines)
        for x, text in zip(at, line, strict=False)
        if text
    ]


def test_an_empty_cell_of_a_table_in_a_pdf_moves_no_other() -> None:
    lines = [
        ("Kanal", "Leads", "Kosten", "Anteil"),
        ("Radio", "12", "", "4%"),
        ("Plakat", "", "900", "7%"),
        ("Mail", "3", "40", ""),
    ]

    assert row_texts(pdf.read(make(grid(*lines))).pieces) == [
        "Kanal: Radio; Leads: 12; Kosten: —; Anteil: 4%",
        "Kanal: Plakat; Leads: —; Kosten: 900; Anteil: 7%",
        "Kanal: Mail; Leads: 3; Kosten: 40; Anteil: —",
    ]


@pytest.mark.parametrize("is_repeated", [False, True])
def test_a_table_of_a_pdf_keeps_its_names_over_pages(is_repeated: bool) -> None:
    head = ("Shop", "Visits", "Sales")
    first = grid(head, ("Graz", "1,000", "20"), ("Linz", "", "21"), ("Wels", "1,100", "25"))
    second = grid(*([head] if is_repeated else []), ("Enns", "900", "18"), ("Imst", "", "17"), y=60)

    assert row_texts(pdf.read(make(first, second)).pieces)[2:] == [
        "Shop: Wels; Visits: 1,100; Sales: 25",
        "Shop: Enns; Visits: 900; Sales: 18",
        "Shop: Imst; Visits: —; Sales: 17",
    ]


@pytest.mark.parametrize("places", [(205, 365), (238, 398)])  # at the left of their columns, and over their middle
def test_two_rows_of_names_in_a_pdf_are_one_path(places: tuple[int, int]) -> None:
    at = (72, 200, 280, 360, 440)
    lines = grid(
        ("Region", "Plan", "Done", "Plan", "Done"),
        ("North", "10", "11", "12", "13"),
        ("South", "", "21", "22", "23"),
        ("West", "30", "31", "", "33"),
        at=at,
    )
    years = [T(places[0] + 15 * (places[0] == 205), 184, "2023"), T(places[1] + 15 * (places[0] == 205), 184, "2024")]

    assert row_texts(pdf.read(make([*years, *lines])).pieces) == [
        "Region: North; 2023 › Plan: 10; 2023 › Done: 11; 2024 › Plan: 12; 2024 › Done: 13",
        "Region: South; 2023 › Plan: —; 2023 › Done: 21; 2024 › Plan: 22; 2024 › Done: 23",
        "Region: West; 2023 › Plan: 30; 2023 › Done: 31; 2024 › Plan: —; 2024 › Done: 33",
    ]


def test_the_name_of_a_group_of_rows_in_a_pdf_stands_in_each_of_them() -> None:
    lines = [
        ("Market", "Plan", "Fee", "Year"),
        ("Nordics", "Solo", "9", "90"),
        ("", "Team", "29", "290"),
        ("Iberia", "Solo", "", "70"),
    ]

    assert row_texts(pdf.read(make(grid(*lines))).pieces)[1] == "Market: Nordics; Plan: Team; Fee: 29; Year: 290"


def test_bold_names_head_a_table_of_words_in_a_pdf() -> None:
    lines = [("Plan", "Help"), ("Solo", "by mail"), ("Team", "by phone")]

    assert row_texts(pdf.read(make(grid(*lines, bold=True))).pieces) == [
        "Plan: Solo; Help: by mail",
        "Plan: Team; Help: by phone",
    ]


def test_another_table_further_down_has_its_own_names() -> None:
    one = grid(("Shop", "Visits", "Sales"), ("Graz", "1,000", "20"), ("Linz", "7", "21"))
    other = grid(("Staff", "Hours", "Days"), ("Ann", "38", "5"), ("Ben", "20", "3"), y=300)

    read = row_texts(pdf.read(make([*one, T(72, 270, "Who works how much:"), *other])).pieces)

    assert read[2:] == ["Staff: Ann; Hours: 38; Days: 5", "Staff: Ben; Hours: 20; Days: 3"]


CELLS = st.tuples(
    st.sampled_from(["th", "td"]),
    st.integers(0, 3),
    st.integers(0, 3),
    st.sampled_from(
        ["", "{}", "{} words", "{} 12", "<s>{}</s> 9", "40<sup>3</sup> {}", "<p>{}</p><p>more</p>", "2024 {}"]
    ),
)


@given(st.lists(st.lists(CELLS, max_size=4), max_size=5), st.booleans())
def test_what_is_kept_and_dropped_of_a_table_is_all_of_it(
    lines: list[list[tuple[str, int, int, str]]], has_head: bool
) -> None:
    number = 0
    told = ""
    for place, line in enumerate(lines):
        told += "<thead><tr>" if has_head and place == 0 else "<tr>"
        for tag, down, across, text in line:
            number += 1
            told += f"<{tag} rowspan={down} colspan={across}>{text.format(f'w{number}x')}</{tag}>"
        told += "</tr></thead>" if has_head and place == 0 else "</tr>"
    own = set(re.findall(r"\w+", re.sub(r"<[^>]*>", " ", told)))

    read = " ".join(piece.text for piece in page.pieces(f"<p>Before.</p><table>{told}</table><p>After.</p>"))

    assert own <= set(re.findall(r"\w+", read))
