"""Draws the chart of importance and evidence as a PNG, for formats without SVG. The positions are those of
``verdict_map``."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont

from ui.reports.present_verdict import FILLS, LINES
from ui.reports.verdict_map import ACROSS_TOLD, CORNERS, EDGE, HIGH, RADIUS, UP_TOLD, WIDE, placed
from ui.reports.verdict_report import Point

SCALE = 3  # pixels of a unit: sharp on paper
INK = "#444a50"


def drawn(points: Sequence[Point]) -> bytes:
    """The chart of importance and evidence as the bytes of a PNG. Each assumption is a circle with its number."""
    image = Image.new("RGB", (WIDE * SCALE, HIGH * SCALE), "white")
    draw = ImageDraw.Draw(image)
    words = ImageFont.load_default(12 * SCALE)
    middle = (WIDE / 2, HIGH / 2)
    frame = (EDGE, EDGE, WIDE - EDGE, HIGH - EDGE)
    draw.rectangle(_scaled(*frame), outline=LINES, width=SCALE)
    draw.line(_scaled(middle[0], EDGE, middle[0], HIGH - EDGE), fill=LINES, width=SCALE)
    draw.line(_scaled(EDGE, middle[1], WIDE - EDGE, middle[1]), fill=LINES, width=SCALE)
    for (column, row), name in CORNERS.items():
        at = _at(EDGE + 8 + column * (middle[0] - EDGE), EDGE + 6 + row * (HIGH - 2 * EDGE - 26))
        draw.text(at, name, fill=INK, font=words)
    draw.text(_at(EDGE, HIGH - 30), ACROSS_TOLD.replace("→", ""), fill=INK, font=words)
    side = Image.new("RGB", ((HIGH - 2 * EDGE) * SCALE, 20 * SCALE), "white")
    ImageDraw.Draw(side).text((0, 0), UP_TOLD.replace("→", ""), fill=INK, font=words)
    image.paste(side.rotate(90, expand=True), _corner(EDGE - 26, EDGE))
    for point, x, y in placed(points):
        draw.ellipse(_scaled(x - RADIUS, y - RADIUS, x + RADIUS, y + RADIUS), fill=FILLS[point.assumption.ruling.value])
        draw.text(_at(x, y), str(point.number), fill="white", font=words, anchor="mm")
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def _scaled(*units: float) -> tuple[float, ...]:
    return tuple(SCALE * unit for unit in units)


def _at(x: float, y: float) -> tuple[float, float]:
    return SCALE * x, SCALE * y


def _corner(x: float, y: float) -> tuple[int, int]:
    return round(SCALE * x), round(SCALE * y)
