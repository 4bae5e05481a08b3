"""How a document is shown: lists, tables and pages, with the cited words in them, and nothing that acts."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.types import About, Block, BlockKind, Document, Inline, Span
from ingest.pipeline.documents import load
from tests.test_present import HOSTILE, Read
from ui.views import present_document
from ui.views.present import escape

ROW, ITEM, TEXT = BlockKind.ROW, BlockKind.ITEM, BlockKind.PARAGRAPH
CSV, PDF = "text/csv", "application/pdf"


def document(*blocks: tuple[BlockKind, str, int | None], media_type: str = "text/markdown") -> Document:
    text, made = "", []
    for kind, words, page in blocks:
        made.append(Block(kind, len(text), len(text) + len(words), page=page))
        text += f"{words}\n"
    return Document(About("d1", "a.md", "0" * 64, media_type, "A"), text, tuple(made))


def shown(of: Document, quote: str = "") -> str:
    start = of.text.index(quote)
    html = present_document.page(of, Span(start, start + len(quote)) if quote else None)
    return html.partition(">")[2].removesuffix("</article>")


def table(html: str) -> list[str]:
    """Its rows, their cells parted by bars."""
    rows = re.findall(r"<tr>(.*?)</tr>", html)
    return [" | ".join(re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)) for row in rows]


def test_rows_are_a_table_and_their_cited_cells_are_marked() -> None:
    rows = (ROW, "Campaign | Cost", None), (ROW, "Spring | 42", None), (ROW, "Summer | <b>12</b>", None)

    html = shown(document(*rows), "Summer | <b>12</b>")

    assert table(html) == [
        "Campaign | Cost",
        "Spring | 42",
        '<mark class="cited">Summer</mark> | <mark class="cited">&lt;b&gt;12&lt;/b&gt;</mark>',
    ]
    assert html.count("<th") - html.count("<thead") == 2


def test_a_row_that_lacks_cells_is_shown_as_it_stands() -> None:
    html = shown(document((ROW, "Campaign | Cost | Leads", None), (ROW, "Autumn | 12", None)))

    assert '<td colspan="3">Autumn | 12</td>' in html


def test_rows_that_name_their_columns_have_them_as_heads() -> None:
    rows = [
        (ROW, "Product: Bramble; Price: 40; Note: sold; but late", 2),
        (ROW, "Product: Rowan; Note: new: and good", 3),
        (ROW, "all prices in euros", 4),
    ]

    html = shown(document(*rows, media_type=CSV), "Price: 40")

    assert table(html) == [
        "row | Product | Note",
        "2 | Bramble; Price: 40 | sold; but late".replace("Price: 40", '<mark class="cited">Price: 40</mark>'),
        "3 | Rowan | new: and good",
        "4 | all prices in euros",
    ]


def test_items_of_items_and_what_else_stands_in_them_are_shown_inside_them() -> None:
    made = load(
        b"- Plans\n  - Basic\n\n    ```\n    fee = <0>\n    ```\n  - Pro\n- Terms\n\nThen sell.",
        source="a.md",
        id="0123456789",
    )

    assert shown(made) == (
        '<ul class="items"><li class="item dotted">Plans<ul class="items"><li class="item dotted">Basic'
        '<pre class="code">fee = &lt;0&gt;</pre></li><li class="item dotted">Pro</li></ul></li>'
        '<li class="item dotted">Terms</li></ul><p class="paragraph">Then sell.</p>'
    )


def test_what_stands_in_an_item_that_is_not_shown_is_shown_in_a_list() -> None:
    text = "fee\nPro"
    blocks = (Block(BlockKind.CODE, 0, 3, depth=2), Block(ITEM, 4, 7, depth=1))
    made = Document(About("d1", "a.md", "0" * 64, "text/markdown", "A"), text, blocks)

    assert shown(made) == (
        '<ul class="items"><li><pre class="code">fee</pre></li><li class="item dotted">Pro</li></ul>'
    )


def test_items_are_a_list_and_one_with_its_own_number_has_no_dot() -> None:
    html = shown(document((ITEM, "Letters work.", None), (ITEM, "1. Ask first.", None), (TEXT, "Then sell.", None)))

    assert html == (
        '<ul class="items"><li class="item dotted">Letters work.</li><li class="item">1. Ask first.</li></ul>'
        '<p class="paragraph">Then sell.</p>'
    )


def test_pages_and_slides_are_told_where_they_begin() -> None:
    html = shown(document((TEXT, "One.", 1), (TEXT, "Two.", 1), (TEXT, "Three.", 2), media_type=PDF))

    assert re.sub(r"<.*?>", " ", html).split() == ["page", "1", "One.", "Two.", "page", "2", "Three."]


def lettered(words: str, *inline: Inline) -> Document:
    return Document(About("d1", "a.md", "0" * 64, CSV, "A"), words, (Block(TEXT, 0, len(words), inline=inline),))


def test_bold_words_and_links_are_shown_and_links_lead_nowhere() -> None:
    of = lettered("Read the <plan> of May.", Inline(5, 15, 'https://far.example/"><b>'), Inline(9, 15))

    html = shown(of, "plan> of")

    to, short = "https://far.example/&quot;&gt;&lt;b&gt;", "far.example/&quot;&gt;&lt;b&gt;"
    assert html == (
        f'<p class="paragraph">Read <span class="link" title="{to}">the </span>'
        f'<b><span class="link" title="{to}">&lt;</span></b><mark class="cited">'
        f'<b><span class="link" title="{to}" data-to="{short}">plan&gt;</span></b> of</mark> May.</p>'
    )


def test_the_links_of_cited_words_are_told_with_their_whole_addresses() -> None:
    of = lettered("Follow the steps and the <plan>.", Inline(11, 16, HOSTILE), Inline(25, 31, "/plan"), Inline(0, 6))

    told = f"<ul><li>steps: <code>{escape(HOSTILE)}</code></li></ul>"
    assert present_document.links(of, Span(0, 18)) == (
        f'<div class="small links"><p>Links in these words</p>{told}</div>'
    )
    assert present_document.links(of, Span(0, 10)) == ""


@pytest.mark.parametrize(
    ("address", "short"),
    [
        ("https://www.far.example/", "far.example"),
        ("mailto:ines@far.example", "ines@far.example"),
        ("/rules/", "/rules"),
        ("#", "#"),
        ("https://far.example/topics/help-desks/report-a-stolen-machine", "far.example/…/report-a-stolen-machine"),
    ],
)
def test_an_address_is_told_in_short_behind_its_words(address: str, short: str) -> None:
    assert present_document.shortened(address) == short


@given(st.text(min_size=1, max_size=30), st.data())
def test_whatever_is_bold_or_a_link_the_words_are_shown_as_they_stand(text: str, data: st.DataObject) -> None:
    edges = st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).map(sorted)
    address = st.none() | st.just(HOSTILE)
    inline = [Inline(*data.draw(edges), data.draw(address)) for _ in range(data.draw(st.integers(0, 3)))]
    cited, key = (Span(*data.draw(edges)) for _ in range(2))

    read = Read(present_document.page(lettered(text, *inline), cited, key))

    assert read.tags <= {"article", "p", "mark", "strong", "b", "span"}
    assert read.text == text
    assert read.marked == text[slice(*cited)]


@given(
    st.lists(st.text(min_size=1) | st.just(f"a: {HOSTILE}; b: c") | st.just("a | b"), min_size=1, max_size=4), st.data()
)
def test_whatever_rows_hold_their_words_are_shown_and_do_nothing(texts: list[str], data: st.DataObject) -> None:
    of = document(*((ROW, text, None) for text in texts))
    start = data.draw(st.integers(0, len(of.text)))

    read = Read(present_document.page(of, Span(start, data.draw(st.integers(start, len(of.text))))))

    assert read.tags <= {"article", "p", "mark", "div", "table", "thead", "tbody", "tr", "th", "td"}
    parts = re.split(r" \| |; |\n|[^:;]{1,60}: ", of.text)
    assert all(part in read.text for part in parts if part.strip())
