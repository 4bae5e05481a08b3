"""The positions of assumptions in the chart of importance and evidence. Important assumptions without evidence are at
the upper left."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from ui.reports.verdict_report import ENOUGH, Point, outcome

WIDE, HIGH, EDGE = 560, 380, 44  # user units; the edge holds the names of the axes
RADIUS = 13  # a number of two digits has room in it
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


def in_words(points: Sequence[Point]) -> str:
    """A description of the chart of importance and evidence, for people who cannot see the chart. It gives the number,
    importance, evidence and ruling of each assumption."""
    each = "; ".join(
        f"{p.number}: importance {p.importance:.0%}, evidence {p.evidence:.0%}, {outcome(p.assumption)}" for p in points
    )
    return f"Assumptions by importance and evidence. {each}."


def placed(points: Sequence[Point]) -> list[tuple[Point, float, float]]:
    """The points of the chart with their positions. Each item of the list has a point, and its x and y position in
    drawing units. A point that would hide an earlier one is moved to the nearest free position."""
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
    """The points of the chart with their positions, for charts of any size. Each item of the list has a point, and its
    x and y position as shares of the axes: x is 1 at full evidence, y is 1 at full importance. A point that would hide
    an earlier one is moved to the nearest free position."""
    return [(point, (x - LEFT) / ACROSS, (BOTTOM - y) / UP) for point, x, y in placed(points)]
