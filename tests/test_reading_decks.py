"""PowerPoint and books."""

import pytest
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from assistant.types import BlockKind, Document
from ingest.drafts import Draft, Metadata
from ingest.pipeline.documents import load
from ingest.pipeline.passages import split
from ingest.reading.html import epub
from ingest.reading.office import pptx
from tests.office import EPUB, opened, packed, saved

HEAD, TEXT, ITEM, ROW = BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.ITEM, BlockKind.ROW
BOX = (Inches(1), Inches(1), Inches(4), Inches(3))


def pieces_of(draft: Draft) -> list[tuple[int | None, BlockKind, int, str]]:
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

    assert pieces_of(pptx.read(saved(made))) == [
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

    assert [text for *_, text in pieces_of(pptx.read(saved(made)))] == [
        "What leads cost",
        "Search; Leads: 120; Cost: 400",
        "Social; Leads: 80.5; Cost: —",
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
    assert draft.found == Metadata(("Price and Value",), ("Ann Lee",), ("2019-05-02",))


@pytest.mark.parametrize(
    ("boxes", "read"),
    [
        (
            {"b2": (5, 3, 4), "a2": (0.5, 3, 4), "b1": (5, 2, 4), "a1": (0.5, 2, 4), "top": (0.5, 0.5, 4)},
            "top a1 a2 b1 b2",
        ),
        (
            {"end": (1, 6, 8), "b2": (5, 3, 3), "b1": (5, 2, 3), "a2": (1, 3, 3), "a1": (1, 2, 3), "top": (1, 1, 8)},
            "top a1 a2 b1 b2 end",
        ),
        ({"third": (1, 5, 4), "first": (1, 1, 4), "second": (1.2, 3, 4)}, "first second third"),
        ({"c": (6, 1, 2), "b": (3.5, 1, 2), "a": (1, 1, 2)}, "a b c"),
    ],
)
def test_the_boxes_of_a_slide_are_read_as_they_stand_and_not_as_they_were_drawn(
    boxes: dict[str, tuple[float, float, float]], read: str
) -> None:
    made = Presentation()
    slide = made.slides.add_slide(made.slide_layouts[6])
    for text, (left, top, width) in boxes.items():
        place = [Inches(one) for one in (left, top, width, 0.6)]
        slide.shapes.add_textbox(*place).text_frame.text = text

    assert [text for *_, text in pieces_of(pptx.read(saved(made)))] == read.split()


def test_a_drawing_of_very_many_boxes_is_read_as_it_was_drawn() -> None:
    """Where a slide has more than two hundred boxes, their places tell no order, and looking for one takes long."""
    made = Presentation()
    slide = made.slides.add_slide(made.slide_layouts[6])
    for number in range(250):
        place = [Inches(one) for one in (1, 25 - number / 10, 1, 0.05)]
        slide.shapes.add_textbox(*place).text_frame.text = f"Box {number}."

    assert [text for *_, text in pieces_of(pptx.read(saved(made)))] == [f"Box {number}." for number in range(250)]


def test_what_a_slide_only_fills_in_stands_where_its_layout_puts_it() -> None:
    made = Presentation()
    slide = made.slides.add_slide(made.slide_layouts[3])
    right, left = slide.placeholders[2], slide.placeholders[1]
    right.text, left.text = "on the right", "on the left"
    left._element.getparent().append(left._element)

    assert [text for *_, text in pieces_of(pptx.read(saved(made)))] == ["on the left", "on the right"]


BRANDS = (("Kestrel has 12 shops.", "It sells to farms."), ("Lark has 30 shops.", "It sells to schools."))


def passages(document: Document) -> list[str]:
    return [passage.text for passage in split(document, 80)]


def test_two_columns_of_a_slide_are_in_no_passage_together() -> None:
    made = Presentation()
    slide = made.slides.add_slide(made.slide_layouts[5])
    slide.shapes.title.text = "Brands"
    for x, column in enumerate(BRANDS):
        for y, text in enumerate(column):
            place = [Inches(one) for one in (0.5 + 4.5 * x, 2 + y, 4, 0.8)]
            slide.shapes.add_textbox(*place).text_frame.text = text

    document = load(saved(made), source="brands.pptx", id="0123456789")

    assert [text.split("\n\n", 1)[-1] if "Brands" in text else text for text in passages(document)] == [
        "\n\n".join(column) for column in BRANDS
    ]


def test_labels_beside_their_figures_and_boxes_below_each_other_are_one_text() -> None:
    made = Presentation()
    slide = made.slides.add_slide(made.slide_layouts[6])
    boxes = (("Budget", 0.5, 1, 4), ("240,000 euros", 5, 1, 4), ("It is for radio.", 0.5, 3, 8), ("All.", 0.5, 5, 8))
    for text, *place in boxes:
        slide.shapes.add_textbox(*(Inches(one) for one in (*place, 0.8))).text_frame.text = text

    (passage,) = passages(load(saved(made), source="plan.pptx", id="0123456789"))

    assert passage.split("\n\n") == ["Budget", "240,000 euros", "It is for radio.", "All."]


def test_columns_of_an_opendocument_slide_are_read_down() -> None:
    frames = "".join(
        f'<draw:frame svg:x="{1 + 12 * x}cm" svg:y="{4 + 3 * y}cm" svg:width="10cm" svg:height="2cm"><draw:text-box>'
        f"<text:p>{text}</text:p></draw:text-box></draw:frame>"
        for y in range(2)
        for x, text in enumerate(column[y] for column in BRANDS)
    )

    document = load(opened("presentation", f"<draw:page>{frames}</draw:page>"), source="brands.odp", id="0123456789")

    assert passages(document) == ["\n\n".join(column) for column in BRANDS]
