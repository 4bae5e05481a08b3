"""Reads the words in drawings of Word, PowerPoint and Excel: boxes, charts and diagrams."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice
from types import MappingProxyType

from lxml import etree

from ingest.drafts import Piece, collapse
from ingest.reading import rows
from ingest.reading.archive import child, count, local, value
from ingest.reading.lettering import Text

SERIES = 255  # of a chart, the program's own limit


def text(paragraph: etree._Element) -> str:
    """The words of a paragraph, without struck-out words."""
    return read(paragraph).whole()


def read(paragraph: etree._Element, addresses: Mapping[str, str] = MappingProxyType({})) -> Text:
    """The words of a paragraph with their formatting; ``addresses`` maps the ids of links to their addresses."""
    held = Text()
    for inner in paragraph.iter():
        name = local(inner)
        if name == "t":
            settings = child(inner.getparent(), "rPr")
            struck = value(settings, "strike") in {"sngStrike", "dblStrike"}
            rises = count((value(settings, "baseline") or "").rstrip("%")) > 0
            is_bold = value(settings, "b") in {"1", "true"}
            leads = addresses.get(value(child(settings, "hlinkClick"), "id") or "", "")
            held.add((inner.text or "").replace("\v", " "), struck=struck, raised=rises, bold=is_bold, to=leads)
        elif name in {"br", "tab"}:
            held.add(" ")
    return held


def boxes(root: etree._Element) -> Iterator[Piece]:
    """Yield the paragraphs in the text boxes of a diagram or a sheet; ``root`` is its XML."""
    for paragraph in root.iter("{*}p"):
        held = read(paragraph)
        if words := held.whole():
            yield Piece(words)
        yield from held.aside()


def drawn(root: etree._Element) -> Iterator[Piece]:
    """Yield the words of a chart or a diagram; ``root`` is its XML."""
    return chart(root) if local(root) == "chartSpace" else boxes(root)


def titles(root: etree._Element) -> Iterator[Piece]:
    """Yield the titles in a chart: the chart's own title and those of its axes. ``root`` is the chart's XML."""
    for title in root.iter("{*}title"):
        if words := collapse(" ".join(t.text or "" for t in title.iter("{*}t"))):
            yield Piece(words)


def chart(root: etree._Element) -> Iterator[Piece]:
    """Yield a chart's titles, then a row for each category, with the category's value in each series. ``root`` is the
    chart's XML.
    """
    yield from titles(root)
    names: list[str] = [""]
    lines: dict[int, list[str]] = {}
    for number, data in enumerate(islice(root.iter("{*}data"), SERIES)):  # of newer kinds, such as funnels
        names.append(_series(root, value(data, "id") or str(number)))
        for index, words in _points(child(data, "strDim", "lvl")):
            lines.setdefault(index, [words])
        for index, words in _points(child(data, "numDim", "lvl")):
            line = lines.setdefault(index, [""])
            line += [""] * (number + 1 - len(line))
            line.append(words)
    for series in islice(root.iter("{*}ser"), SERIES):
        names.append(" ".join(text for _, text in _points(child(series, "tx"))))
        for index, text in [*_points(child(series, "cat")), *_points(child(series, "xVal"))]:
            lines.setdefault(index, [text])
        for index, text in [*_points(child(series, "val")), *_points(child(series, "yVal"))]:
            line = lines.setdefault(index, [str(index + 1)])
            line += [""] * (len(names) - 1 - len(line))
            line.append(text)
    head = rows.Row(names, 0)
    body = [rows.Row(line, number) for number, (_, line) in enumerate(sorted(lines.items()), start=1)]
    for piece in rows.pieces([head, *body], heads=(0,)) if body else ():
        yield replace(piece, page=None)


def _series(root: etree._Element, data: str) -> str:
    """The name of the series that shows the data with the id ``data``; empty if it has none."""
    for series in root.iter("{*}series"):
        if value(child(series, "dataId")) == data:
            return collapse(" ".join(v.text or "" for v in series.iter("{*}v")))
    return ""


def _points(element: etree._Element | None) -> Iterator[tuple[int, str]]:
    for point in element.iter("{*}pt") if element is not None else ():
        held = child(point, "v")
        held = point if held is None else held
        if text := collapse(held.text or ""):
            yield count(value(point, "idx")), re.sub(r"(\.\d*?[1-9])0{4,}\d*$|\.0+$", r"\1", text)
