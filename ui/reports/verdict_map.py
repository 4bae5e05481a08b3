"""Importance against evidence as a picture: what matters and is not known lies at the upper left."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from eval.render.elements import Element, tag
from ui.reports.verdict_report import ENOUGH, Point

WIDE, HIGH, EDGE = 560, 380, 44  # user units; the edge holds the names of the axes
RADIUS = 13
LEFT, BOTTOM = EDGE + RADIUS + 4, HIGH - EDGE - RADIUS - 4  # where neither evidence nor importance is
ACROSS, UP = WIDE - 2 * LEFT, 2 * BOTTOM - HIGH  # and how far it is to all of either
APART = 28  # units by which points of the same place are moved apart
# Steps of that, the nearest first; one upwards or downwards tells more that is not so than one to the side.
NEAREST = sorted(product(range(4), range(-3, 4)), key=lambda step: step[0] ** 2 + (1.5 * step[1]) ** 2)
ACROSS_TOLD, UP_TOLD = f"evidence: voices for and against, none to {ENOUGH} or more →", "importance →"
CORNERS = {
    (0, 0): "Matters, not known: test first",
    (1, 0): "Matters, with evidence",
    (0, 1): "Matters less, not known",
    (1, 1): "Matters less, with evidence",
}


def picture(points: Sequence[Point]) -> Element:
    """The picture as SVG, each assumption its number in a circle."""
    width, height = WIDE - 2 * EDGE, HIGH - 2 * EDGE
    lines = [
        tag("rect", x=str(EDGE), y=str(EDGE), width=str(width), height=str(height), cls="frame"),
        _line(EDGE + width / 2, EDGE, EDGE + width / 2, EDGE + height),
        _line(EDGE, EDGE + height / 2, EDGE + width, EDGE + height / 2),
    ]
    corners = [
        _text(EDGE + 8 + column * width / 2, EDGE + 18 + row * (height - 26), told, "corner")
        for (column, row), told in CORNERS.items()
    ]
    axes = [
        _text(EDGE, HIGH - 14, ACROSS_TOLD, "axis"),
        tag("text", UP_TOLD, x=str(-HIGH + EDGE), y="20", transform="rotate(-90)", cls="axis"),
    ]
    return tag(
        "svg",
        tag("title", in_words(points)),
        lines,
        corners,
        axes,
        [_point(point, x, y) for point, x, y in placed(points)],
        viewBox=f"0 0 {WIDE} {HIGH}",
        role="img",
        cls="picture",
    )


def in_words(points: Sequence[Point]) -> str:
    """The picture for those who do not see it."""
    return "Assumptions by importance and evidence: " + "; ".join(
        f"{p.number} importance {p.importance:.1f}, evidence {p.evidence:.1f}, {p.assumption.ruling}" for p in points
    )


def placed(points: Sequence[Point]) -> list[tuple[Point, float, float]]:
    """Each point with its place in units, moved to the nearest free one where another lies already."""
    taken: list[tuple[float, float]] = []
    found = []
    for point in points:
        x = LEFT + point.evidence * ACROSS
        y = BOTTOM - point.importance * UP
        inwards = 1 if x + APART * 2 < WIDE - EDGE else -1
        near = ((x + inwards * across * APART, y + up * APART) for across, up in NEAREST)
        free = (place for place in near if _is_inside(*place) and not any(_is_hidden(place, other) for other in taken))
        taken.append(next(free, (x, y)))
        found.append((point, *taken[-1]))
    return found


def _is_inside(x: float, y: float) -> bool:
    return EDGE + RADIUS <= x <= WIDE - EDGE - RADIUS and EDGE + RADIUS <= y <= HIGH - EDGE - RADIUS


def _is_hidden(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return abs(one[0] - other[0]) < APART and abs(one[1] - other[1]) < APART


def shares(points: Sequence[Point]) -> list[tuple[Point, float, float]]:
    """The same as shares of the way to all evidence and to all importance, for a picture of another size."""
    return [(point, (x - LEFT) / ACROSS, (BOTTOM - y) / UP) for point, x, y in placed(points)]


def _point(point: Point, x: float, y: float) -> Element:
    circle = tag("circle", cx=f"{x:.0f}", cy=f"{y:.0f}", r=str(RADIUS), cls=f"point {point.assumption.ruling.value}")
    number = tag("text", str(point.number), x=f"{x:.0f}", y=f"{y + 4:.0f}", cls="number")
    return tag("g", tag("title", f"{point.number}. {point.assumption.text}"), circle, number)


def _line(x1: float, y1: float, x2: float, y2: float) -> Element:
    return tag("line", x1=f"{x1:g}", y1=f"{y1:g}", x2=f"{x2:g}", y2=f"{y2:g}", cls="frame")


def _text(x: float, y: float, told: str, cls: str) -> Element:
    return tag("text", told, x=f"{x:g}", y=f"{y:g}", cls=cls)
