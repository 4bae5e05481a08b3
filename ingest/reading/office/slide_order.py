"""Puts the shapes of a slide into reading order: columns from left to right, each from top to bottom.

A file lists the shapes in the order in which they were drawn, the last on top.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from lxml import etree

from ingest.reading.archive import child, local, value

SHAPES = frozenset({"sp", "pic", "graphicFrame", "cxnSp"})
SHARED = 0.1  # of the smaller of two boxes: so far they may overlap and still stand beside or below each other
MOST = 200  # boxes; a slide with more is a drawing, and is left as it was drawn
PARTS = 100  # of a slide, or of a part of it, that are told apart
FEWEST_WORDS = 3  # of a column; with fewer it is a label, or a figure
DEEPEST = 20  # groups in groups: a bound, since each is a call within a call
Key = tuple[str, str]


Shape: TypeAlias = tuple[etree._Element, int]  # with the number of the column that it stands in


class ShapeBox(NamedTuple):
    """The box on a slide that holds one shape, or a group of shapes that stay together in reading order. ``shapes`` has
    a pair for each shape: its XML element and a number. Shapes of a group that stand in the same column have the same
    number; a shape that is not in a group has the number 0. The other fields are the positions of the box's edges.
    """

    shapes: list[Shape]
    left: float
    top: float
    right: float
    bottom: float


def ordered(tree: etree._Element | None, places: Mapping[Key, etree._Element]) -> list[Shape]:
    """The shapes of a slide in the order in which a person reads them. Each item is a pair: the shape, and a number
    that is the same for shapes that stand in the same column of the slide.

    ``tree`` is the XML element that contains the shapes. ``places`` are the placeholders of the slide's layout, which
    give the position of shapes that have none. If the position of any shape is unknown, the shapes stay in the order of
    the file.
    """
    return _ordered(tree, places, 0)


def arranged(boxes: Sequence[ShapeBox]) -> list[Shape]:
    """The shapes in these boxes, in the order in which a person reads them. A ``Shape`` is a pair: the XML element of
    the shape, and a number that is the same for shapes that stand in the same column of the slide.
    """
    read = list(_read(boxes, 0))
    return [(shape, column * PARTS + inner) for box, column in read for shape, inner in box.shapes]


def placeholders(trees: Sequence[etree._Element | None]) -> dict[Key, etree._Element]:
    """Find the placeholders in a slide master and a slide layout (``trees``, the master first). Placeholders without a
    position are left out.

    Each placeholder is in the result under its kind, ``("type", kind)``, and, if it has a number, also under its
    number, ``("idx", number)``. If two placeholders have the same key, the result has the later one.
    """
    found: dict[Key, etree._Element] = {}
    for tree in trees:
        for shape in tree if tree is not None else ():
            mark = _placeholder(shape)
            if mark is not None and _place(shape) is not None:
                found |= dict.fromkeys(_keys(mark), shape)
    return found


def _ordered(tree: etree._Element | None, places: Mapping[Key, etree._Element], depth: int) -> list[Shape]:
    shapes = [_chosen(shape) for shape in (tree if tree is not None else ())]
    groups = [_members(shape, places, depth) for shape in shapes if shape is not None]
    held = [shape for shape in shapes if shape is not None]
    boxes = [_box(shape, members, places) for shape, members in zip(held, groups, strict=True) if members]
    told = [box for box in boxes if box is not None]
    if len(told) < len(boxes):
        return [member for members in groups for member in members]
    return arranged(told)


def _chosen(shape: etree._Element) -> etree._Element | None:
    """The shape itself; if it has alternatives for newer and older programs, the one for newer programs (None if it is
    empty).
    """
    if local(shape) != "AlternateContent":
        return shape
    choice = child(shape, "Choice")
    return next(iter(choice), None) if choice is not None else None


def _members(shape: etree._Element, places: Mapping[Key, etree._Element], depth: int) -> list[Shape]:
    if local(shape) == "grpSp":
        return _ordered(shape, places, depth + 1) if depth < DEEPEST else []
    return [(shape, 0)] if local(shape) in SHAPES else []


def _box(shape: etree._Element, members: list[Shape], places: Mapping[Key, etree._Element]) -> ShapeBox | None:
    place = _place(shape)
    if place is None and (mark := _placeholder(shape)) is not None:
        model = next((places[key] for key in _keys(mark) if key in places), None)
        place = _place(model) if model is not None else None
    if place is None:
        return None
    left, top, width, height = place
    return ShapeBox(members, left, top, left + width, top + height)


def _place(shape: etree._Element) -> tuple[int, int, int, int] | None:
    settings = next((one for one in shape if local(one) in {"spPr", "grpSpPr"}), shape)
    corner, size = child(settings, "xfrm", "off"), child(settings, "xfrm", "ext")
    if corner is None or size is None:
        return None
    try:
        left, top = (int(value(corner, key) or "") for key in ("x", "y"))
        width, height = (int(value(size, key) or "") for key in ("cx", "cy"))
    except ValueError:
        return None
    return left, top, max(1, width), max(1, height)


def _placeholder(shape: etree._Element) -> etree._Element | None:
    return child(next(iter(shape), None), "nvPr", "ph")


def _keys(mark: etree._Element) -> list[Key]:
    """The keys under which a placeholder is looked up in its layout: its number if it has one, then its kind."""
    index = value(mark, "idx")
    return [*([("idx", index)] if index else []), ("type", value(mark, "type") or "obj")]


def _read(boxes: Sequence[ShapeBox], number: int) -> Iterator[tuple[ShapeBox, int]]:
    """Yield the boxes of a part of the slide in reading order, each with the number of its column.

    If the part can be split into columns, they are read one after the other, else from top to bottom. ``number`` is the
    number of the column that the part is in.
    """
    if len(boxes) < 2 or len(boxes) > MOST:
        yield from ((box, number) for box in boxes)
    elif len(columns := _parted(boxes, "left", "right")) > 1:
        are_texts = all(map(_is_text, columns))
        for place, column in enumerate(columns, start=1):
            yield from _read(column, number * PARTS + place if are_texts else number)
    elif len(bands := _parted(boxes, "top", "bottom")) > 1:
        for part in _stretches(bands):
            yield from _read(part, number)
    else:
        first = min(boxes, key=lambda box: box.top)
        row = [box for box in boxes if _overlap(first, box, "top", "bottom") > 0.5]
        yield from ((box, number) for box in sorted(row, key=lambda box: box.left))
        yield from _read([box for box in boxes if box not in row], number)


def _is_text(column: Sequence[ShapeBox]) -> bool:
    """Whether a column has enough words to be text by itself, not just a label or figure beside another column."""
    words = [word for box in column for shape, _ in box.shapes for word in " ".join(map(str, shape.itertext())).split()]
    return len(words) >= FEWEST_WORDS


def _stretches(bands: Sequence[list[ShapeBox]]) -> list[list[ShapeBox]]:
    """Join adjacent bands (rows of boxes) whose boxes are in the same columns, from the top; a wide box across the
    columns ends them.
    """
    parts = [bands[0]]
    for band in bands[1:]:
        both = [*parts[-1], *band]
        if len(_parted(both, "left", "right")) > 1:
            parts[-1] = both
        else:
            parts.append(band)
    return parts


def _parted(boxes: Sequence[ShapeBox], low: str, high: str) -> list[list[ShapeBox]]:
    """Group boxes that overlap along an axis; ``low`` and ``high`` are the names of the boxes' edges on it, such as
    "left" and "right".
    """
    parts: list[list[ShapeBox]] = []
    for box in sorted(boxes, key=lambda box: _edge(box, low)):
        if parts and any(_overlap(other, box, low, high) > SHARED for other in parts[-1]):
            parts[-1].append(box)
        else:
            parts.append([box])
    return parts


def _overlap(one: ShapeBox, other: ShapeBox, low: str, high: str) -> float:
    """How much two boxes overlap along an axis, as a share of the smaller box; 0 if they do not."""
    (begins, ends), (starts, stops) = ((_edge(box, low), _edge(box, high)) for box in (one, other))
    return max(0.0, (min(ends, stops) - max(begins, starts)) / min(ends - begins, stops - starts))


def _edge(box: ShapeBox, name: str) -> float:
    edge: float = getattr(box, name)
    return edge
