"""Formats a document as HTML: headings, lists, tables, page numbers, bold words, links, and the cited words marked.

Links cannot be clicked. The page shows their addresses: shortened after their words, in full as a tooltip, and in full
above a document that is opened at cited words. Pure functions; text is escaped as in ``present.py``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

from assistant.answer.summary import DocumentSummary
from assistant.types import Block, BlockKind, Citation, Document, Inline, Span
from ui.views.present import escape, key

AROUND = 20_000  # characters of a document shown on either side of the cited words; a browser is slow beyond
NOWHERE = Span(0, 0)

_TAGS = {
    BlockKind.TITLE: "h3",
    BlockKind.HEADING: "h4",
    BlockKind.QUOTE: "blockquote",
    BlockKind.CODE: "pre",
    BlockKind.ITEM: "li",
}
SHORT, TAIL = 48, 24  # characters of an address behind its words, and of its end where it is cut; not measured
MOST_LINKS = 10  # of cited words that are told in full
_NUMBERED = re.compile(r"\(?\w{1,3}[.)]\s")  # an item that brings its own mark
_BAR = " | "  # parts the cells of a row that was read without names
_CELL = re.compile(r"(?P<name>[^:;]{1,60}): ")


class _Words(NamedTuple):
    """A document's text with the range that is shown, and the cited range ``marked``. ``key`` is the range of the
    sentence that seems to answer, which is marked more strongly."""

    text: str
    shown: Span
    marked: Span
    key: Span

    def html(self, start: int, end: int, inline: Sequence[Inline] = ()) -> str:
        """The text between the offsets ``start`` and ``end`` as HTML, without what lies outside ``shown``, the part of
        the document that the page shows. ``inline`` has the bold words and the links in the text."""
        start, end = max(start, self.shown.start), min(end, self.shown.end)
        if start >= end:
            return ""

        def lettered(first: int, last: int) -> str:
            return _lettered(self.text, Span(first, last), inline)

        first, last = (min(max(edge, start), end) for edge in self.marked)
        words = _marked(Span(first, last), self.key, lettered) if first < last else ""
        return f"{lettered(start, first)}{words}{lettered(last, end)}"


class _Row(NamedTuple):
    """A table row. ``cells`` maps the name or the number of a column to the range of its text; it is empty if the
    columns are unknown."""

    block: Block
    cells: Mapping[str, Span]


def page(document: Document, marked: Span | None, key: Span | None = None) -> str:
    """The document as HTML. The range ``marked`` is in ``<mark>``, and the sentence at the range ``key`` inside it is
    emphasized; None marks or emphasizes nothing. Of a long document, only the text around ``marked`` is shown, or the
    beginning if ``marked`` is None."""
    text, cited = document.text, marked or NOWHERE
    shown = Span(max(0, cited.start - AROUND), min(len(text), cited.end + AROUND))
    words = _Words(text, shown, cited, key or NOWHERE)
    blocks = [block for block in document.blocks if block.start < shown.end and block.end > shown.start]
    before, after = _left_out(shown.start, "before"), _left_out(len(text) - shown.end, "after")
    inside = "".join(_blocks(document, blocks, words))
    return f'<article class="document" tabindex="0" aria-label="The document">{before}{inside}{after}</article>'


def in_short(document: Document, summary: DocumentSummary) -> str:
    """A summary of a document as HTML: its headings and excerpts. Empty if the summary has no excerpts."""
    if not summary.excerpts:
        return ""
    heads = " · ".join(escape(" ".join(head.split())) for head in summary.headings)
    quotes = "".join(f"<blockquote>{escape(document.text[start:end])}</blockquote>" for start, end in summary.excerpts)
    return f'<section class="short"><h2>In short</h2>{f"<p>{heads}</p>" if heads else ""}{quotes}</section>'


def quoted(citation: Citation) -> str:
    """The quote of a citation as HTML. The sentence that seems to answer the question is emphasized."""
    of = Span(citation.start, citation.end)
    words = _marked(of, key(citation, of) or NOWHERE, lambda a, b: escape(citation.quote[a - of.start : b - of.start]))
    return f'<blockquote class="frozen">{words}</blockquote>'


def _blocks(document: Document, blocks: Sequence[Block], words: _Words) -> Iterator[str]:
    """Yield the blocks as HTML, with the page number before the first block of each page."""
    of_rows = (document.about.place(1) or "").startswith("row")  # what is numbered are rows, not pages
    at: int | None = None
    for number, own in groupby(blocks, lambda block: None if of_rows else block.page):
        if number is not None and number != at:
            at = number
            yield f'<p class="place">{escape(document.about.place(number) or "")}</p>'
        yield from _runs(own, words, numbered=of_rows)


def _runs(blocks: Iterable[Block], words: _Words, depth: int = 0, *, numbered: bool = False) -> Iterator[str]:
    """Yield the blocks as HTML. Consecutive list items become one list, and consecutive rows one table. Blocks deeper
    than ``depth`` are put into a list."""

    def kind_of(block: Block) -> BlockKind:
        return BlockKind.ITEM if block.depth > depth else block.kind

    for kind, alike in groupby(blocks, kind_of):
        run = list(alike)
        if kind is BlockKind.ROW:
            yield _table(run, words, numbered=numbered)
        elif kind is BlockKind.ITEM:
            yield f'<ul class="items">{"".join(_items(run, words))}</ul>'
        else:
            yield "".join(_block(block, words) for block in run)


def _items(run: Sequence[Block], words: _Words) -> Iterator[str]:
    """Yield list items as HTML, each with the blocks that belong under it."""
    at = 0
    while at < len(run):
        item = run[at]
        end = next((n for n in range(at + 1, len(run)) if run[n].depth <= item.depth), len(run))
        inside = "".join(_runs(run[at + 1 : end], words, item.depth + 1))
        is_item = item.kind is BlockKind.ITEM  # else the one that it stands in is not shown
        yield _block(item, words, inside) if is_item else f"<li>{_block(item, words)}{inside}</li>"
        at = end


def _block(block: Block, words: _Words, inside: str = "") -> str:
    tag, look = _TAGS.get(block.kind, "p"), block.kind.value
    if block.kind is BlockKind.ITEM and not _NUMBERED.match(words.text, block.start):
        look += " dotted"
    return f'<{tag} class="{look}">{words.html(block.start, block.end, block.inline)}{inside}</{tag}>'


def _table(run: Sequence[Block], words: _Words, *, numbered: bool) -> str:
    """Rows as an HTML table. The columns are those that the rows name; if they name none, their cells are separated by
    bars. With ``numbered``, each row begins with its number."""
    names = _names(run, words.text)
    found = [_named(block, words.text, names) if names else _barred(block, words.text) for block in run]
    columns = names or [str(place) for place in range(max(map(len, found)))]
    if len(columns) < 2:
        return "".join(_block(block, words) for block in run)
    rows = [
        _Row(block, cells if names or len(cells) == len(columns) else {})
        for block, cells in zip(run, found, strict=True)
    ]
    head, rest = "", rows
    if names:
        head = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    elif len(rows) > 1 and _is_head(rows[0], len(columns), words.text):
        head, rest = _cells(rows[0], columns, words, "th"), rows[1:]
    corner = '<th scope="col">row</th>' if numbered and head else ""
    told = f"<thead><tr>{corner}{head}</tr></thead>" if head else ""
    body = "".join(
        f"<tr>{f'<th>{row.block.page}</th>' if numbered else ''}{_cells(row, columns, words, 'td')}</tr>"
        for row in rest
    )
    return (
        '<div class="scrolls" tabindex="0" role="region" aria-label="Table"><table class="rows">'
        f"{told}<tbody>{body}</tbody></table></div>"
    )


def _cells(row: _Row, columns: Sequence[str], words: _Words, tag: str) -> str:
    inline = row.block.inline
    if not row.cells:
        return f'<{tag} colspan="{len(columns)}">{words.html(row.block.start, row.block.end, inline)}</{tag}>'
    found = (row.cells.get(column, NOWHERE) for column in columns)
    return "".join(f"<{tag}>{words.html(*cell, inline)}</{tag}>" for cell in found)


def _is_head(row: _Row, columns: int, text: str) -> bool:
    """Whether a row is a header: it has a cell for each column, and no digits."""
    return len(row.cells) == columns and not re.search(r"\d", text[row.block.start : row.block.end])


def _names(run: Sequence[Block], text: str) -> list[str]:
    """The names of columns that at least half of the rows write before their values ("Price: 40; Since: 2021"), in
    order. Empty if there are fewer than two."""
    if len(run) < 2:
        return []
    counts: Counter[str] = Counter()
    for block in run:
        counts.update(dict.fromkeys((name for name, _ in _parts(block, text) if name), 1))  # each once a row
    names = [name for name, count in counts.items() if 2 * count >= len(run)]
    return names if len(names) >= 2 else []


def _parts(block: Block, text: str) -> Iterator[tuple[str, Span]]:
    """Yield the parts of a row between semicolons: the name before the colon (empty if there is none) and the range of
    the value."""
    start = block.start
    for part in text[block.start : block.end].split("; "):
        found = _CELL.match(part)
        yield (found["name"] if found else ""), Span(start + (found.end() if found else 0), start + len(part))
        start += len(part) + 2


def _named(block: Block, text: str, names: Sequence[str]) -> dict[str, Span]:
    """The ranges of a row's values by column name. A part without a name belongs to the value before it.

    Empty if the row does not begin with one of ``names``.
    """
    cells: dict[str, Span] = {}
    last = ""
    for name, value in _parts(block, text):
        if name in names and name not in cells:
            cells[name], last = value, name
        elif last:
            cells[last] = Span(cells[last].start, value.end)
        else:
            return {}
    return cells


def _barred(block: Block, text: str) -> dict[str, Span]:
    """The ranges of the cells of a row in which bars separate the cells, by column number."""
    cells: dict[str, Span] = {}
    start = block.start
    for place, part in enumerate(text[block.start : block.end].split(_BAR)):
        cells[str(place)] = Span(start, start + len(part))
        start += len(part) + len(_BAR)
    return cells


def _marked(quote: Span, key: Span, shows: Callable[[int, int], str]) -> str:
    """The range ``quote`` as HTML, with the sentence ``key`` emphasized. ``shows`` turns a range of the text into
    HTML."""
    first, last = (min(max(edge, quote.start), quote.end) for edge in key)
    words = f"<strong>{shows(first, last)}</strong>" if first < last else ""
    return f'<mark class="cited">{shows(quote.start, first)}{words}{shows(last, quote.end)}</mark>'


def _lettered(text: str, of: Span, inline: Sequence[Inline]) -> str:
    """The range ``of`` of the text as HTML, with bold words and links."""
    over = [one for one in inline if one.start < of.end and one.end > of.start]
    edges = sorted({*of, *(edge for one in over for edge in one[:2] if of.start < edge < of.end)})
    return "".join(
        _set(text[start:end], end, [one for one in over if one.start <= start and end <= one.end])
        for start, end in pairwise(edges)
    )


def _set(text: str, end: int, looks: Sequence[Inline]) -> str:
    words = escape(text)
    for look in looks:
        if not look.to:
            words = f"<b>{words}</b>"
            continue
        short = shortened(look.to)
        behind = f' data-to="{escape(short)}"' if end == look.end and short not in text else ""
        words = f'<span class="link" title="{escape(look.to)}"{behind}>{words}</span>'
    return words


def shortened(address: str) -> str:
    """A short form of the address of a link: without the scheme, and without its middle part if it is long."""
    plain = re.sub(r"^(?:https?://(?:www\.)?|mailto:|tel:)", "", address, flags=re.IGNORECASE).rstrip("/") or address
    if len(plain) <= SHORT:
        return plain
    return f"{plain[: SHORT - TAIL - 1].partition('/')[0]}/…{plain[-TAIL:]}"


def links(document: Document, words: Span) -> str:
    """The links within the range ``words`` of a document, as HTML; empty if there are none. At most ``MOST_LINKS``
    links are shown, each with its full address; the rest are only counted."""
    inside = [
        (document.text[one.start : one.end], one.to)
        for block in document.blocks
        if block.start < words.end and block.end > words.start
        for one in block.inline
        if one.to and one.start < words.end and one.end > words.start
    ]
    told = [f"<li>{escape(text)}: <code>{escape(to)}</code></li>" for text, to in dict.fromkeys(inside)]
    if not told:
        return ""
    more = f"<li>and {len(told) - MOST_LINKS} more</li>" if len(told) > MOST_LINKS else ""
    return f'<div class="small links"><p>Links in these words</p><ul>{"".join(told[:MOST_LINKS])}{more}</ul></div>'


def _left_out(characters: int, side: str) -> str:
    return f'<p class="aside">{characters:,} characters {side} this are not shown.</p>' if characters > 0 else ""
