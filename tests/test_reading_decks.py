"""PowerPoint and books."""

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from assistant.types import BlockKind
from ingest.drafts import Draft, Found
from ingest.reading import epub, pptx
from tests.office import EPUB, packed, saved

HEAD, TEXT, ITEM, ROW = BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.ITEM, BlockKind.ROW
BOX = (Inches(1), Inches(1), Inches(4), Inches(3))


def kept(draft: Draft) -> list[tuple[int | None, BlockKind, int, str]]:
    return [(piece.page, piece.kind, piece.level, piece.text) for piece in draft.pieces if not piece.reason]


def test_a_deck_is_read_slide_by_slide_with_its_notes() -> None:
    made = Presentation()
    first = made.slides.add_slide(made.slide_layouts[0])
    first.shapes.title.text, first.placeholders[1].text = "The plan", "Spring 2024"
    first.notes_slide.notes_text_frame.text = "Say hello.\nThen begin."
    second = made.slides.add_slide(made.slide_layouts[1])
    second.shapes.title.text, second.placeholders[1].text = "Goals", "Grow\nin the\vNorth"
    second.shapes.add_group_shape().shapes.add_textbox(*BOX).text_frame.text = "In a group."
    third = made.slides.add_slide(made.slide_layouts[6])
    table = third.shapes.add_table(3, 2, *BOX).table
    for i, cells in enumerate((("Region", "Cost"), ("North", "4"), ("", "5"))):
        for j, text in enumerate(cells):
            table.cell(i, j).text = text
    table.cell(1, 0).merge(table.cell(2, 0))

    assert kept(pptx.read(saved(made))) == [
        (1, HEAD, 1, "The plan"),
        (1, TEXT, 0, "Spring 2024"),
        (1, HEAD, 3, "Notes"),
        (1, TEXT, 0, "Say hello."),
        (1, TEXT, 0, "Then begin."),
        (2, HEAD, 2, "Goals"),
        (2, ITEM, 0, "Grow"),
        (2, ITEM, 0, "in the North"),
        (2, TEXT, 0, "In a group."),
        (3, HEAD, 2, "Slide 3"),
        (3, ROW, 0, "Region: North; Cost: 4"),
        (3, ROW, 0, "Region: North; Cost: 5"),
    ]


def test_a_chart_is_read_as_the_table_that_it_shows() -> None:
    made = Presentation()
    slide = made.slides.add_slide(made.slide_layouts[6])
    data = CategoryChartData()
    data.categories = ["Search", "Social"]
    data.add_series("Leads", (120, 80.5))
    data.add_series("Cost", (400, None))
    chart = slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *BOX, data).chart
    chart.has_title = True
    chart.chart_title.text_frame.text = "What leads cost"

    assert [text for *_, text in kept(pptx.read(saved(made)))] == [
        "What leads cost",
        "Search; Leads: 120; Cost: 400",
        "Social; Leads: 80.5",
    ]


def test_what_stands_on_every_slide_is_no_text_of_the_deck() -> None:
    made = Presentation()
    made.slide_layouts[5].shapes._spTree.append(
        made.slides.add_slide(made.slide_layouts[6]).shapes.add_textbox(*BOX)._element
    )
    made.slide_layouts[5].shapes[-1].text_frame.text = "Confidential"
    slide = made.slides.add_slide(made.slide_layouts[5])
    slide.shapes.title.text = "Goals"
    slide.shapes.add_textbox(*BOX).text_frame.text = "12"
    footer = slide.shapes.add_textbox(*BOX)
    footer.text_frame.text = "Page 2"
    footer._element.nvSpPr.nvPr.get_or_add_ph().set("type", "sldNum")
    draft = pptx.read(saved(made))

    assert [(piece.text, piece.reason) for piece in draft.pieces] == [
        ("Confidential", "slide master"),
        ("Goals", None),
        ("12", None),
        ("Page 2", "slide number"),
    ]


def test_a_book_is_read_in_the_order_of_its_spine() -> None:
    draft = epub.read(packed(EPUB))

    assert [(piece.kind, piece.level, piece.text) for piece in draft.pieces if not piece.reason] == [
        (HEAD, 2, "Price"),
        (TEXT, 0, "Price tells a story about café value."),
        (HEAD, 3, "Anchors"),
        (TEXT, 0, "The first figure is an anchor."),
        (HEAD, 2, "Value"),
        (ITEM, 0, "Value comes first."),
    ]
    assert {piece.reason for piece in draft.pieces if piece.reason} == {"table of contents"}
    assert draft.found == Found(("Price and Value",), ("Ann Lee",), ("2019-05-02",))
