"""Joins the characters of a PDF page into lines, in the order of drawing; a line is a part of a row without a wide gap.

PDFium gives the position of each character. Text that is rotated is turned upright first, so that all later code knows
only "right" and "down", in points from the page's top left corner.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from ingest.drafts import Lettered, Piece, visible
from ingest.reading.lettering import Text
from ingest.reading.pdf import pdf_links, pdf_notes, pdf_rules
from ingest.reading.pdf.pdf_notes import Value
from ingest.reading.pdf.pdf_rules import Rule

if TYPE_CHECKING:
    from pypdfium2 import PdfPage, PdfTextPage

# Not measured one by one; tests/test_reading_pdf.py and eval/benchmarks/formats.py hold their outcome.
GAP = 1.25  # of the type size: justified words stand closer, columns further apart
NO_SPACE = 1.1  # of the type size, where no space was typed: so do cells
RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")  # letters of Hebrew, Arabic and others
LETTER = re.compile(r"[^\W\d_]")
OVERLAP = 1.1  # of the type size: the letters of one ligature share its box
FORM = 10.0  # points; of a form's values where there is no other text
TOUCHING = 0.02  # of the type size: so near is the next character, and no space is between them
SMALL = 0.85  # of the type size: so is what is raised above the line ...
RAISED = 0.2  # ... by so much of it
BOLD = re.compile(r"bold|black|heavy|demi(?!-?light)", re.IGNORECASE)
FORCED_BOLD = 0x40000  # a font flag, PDF 32000-1 table 123
LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st"}
BULLETS = dict.fromkeys((0xF0B7, 0xF0A7, 0xF0D8, 0xF0FC, 0xF076, 0xF0A8, 0xF02D), "•")  # of Symbol and Wingdings
HYPHENS = dict.fromkeys((0x02, 0xAD, 0xFFFE), "-")  # PDFium's marks of a hyphen, and the soft one, which is drawn
UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\uffff]")
CLEANED = {**LIGATURES, **BULLETS, **HYPHENS}


class GlyphStyle(NamedTuple):
    """The style of characters: their size in points on the page, whether they are bold, and their rotation in quarter
    turns from 0 to 3 (``turned``).
    """

    size: float
    bold: bool
    turned: int


class Glyph(NamedTuple):
    """A visible character, its style and its bounding box. The box is given as if the page were turned so that the
    character is upright.

    ``spaced`` is true if a space comes before the character; ``typed`` is true if this space is itself a character of
    the file, and not just a gap.
    """

    text: str
    left: float
    top: float
    right: float
    bottom: float
    style: GlyphStyle
    spaced: bool  # whether a space stands before it ...
    typed: bool  # ... as a character of its own, not as a mere gap


class UprightLink(NamedTuple):
    """The address of a link (``to``) and its bounding box. The box is given as if the page were turned so that the text
    is upright.
    """

    to: str
    left: float
    top: float
    right: float
    bottom: float


class Cell(NamedTuple):
    """The text of a table cell, and its left and right ends."""

    text: str
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text on a page. Wide gaps divide a row of the page into several lines, but a row of a table is one line
    with several cells. ``drawn`` is the line's position in the order in which the page draws its text.
    """

    text: str
    left: float
    top: float
    right: float
    bottom: float
    size: float
    bold: bool = False
    page: int = 1
    drawn: int = 0
    cells: int = 1  # more than one in a row of a table
    edge: float = 0.0  # where its column ends
    column: int = 0  # which of the columns of its page it stands in
    reason: str | None = None  # why it is no content
    parts: tuple[Cell, ...] = ()  # of a row of a table
    aside: tuple[Piece, ...] = ()  # what is struck out in it, and marks of notes
    lettered: tuple[Lettered, ...] = ()  # some of its words in bold, and those of links


class Sheet(NamedTuple):
    """The lines of one page that have the same rotation, and the height of the page in that rotation."""

    lines: list[Line]
    height: float


def sheets(page: PdfPage, number: int) -> list[Sheet]:
    """Return the lines of a page, divided into sheets: a sheet has all lines with the same rotation. The sheet with the
    rotation of most characters comes first. ``number`` is the page's number.
    """
    rules = sorted(pdf_rules.rules(page))
    text_page = page.get_textpage()
    try:
        glyphs = list(_glyphs(text_page))
    finally:
        text_page.close()
    left, bottom, right, top = page.get_bbox()
    box = (min(left, right), min(bottom, top), max(left, right), max(bottom, top))
    directions = Counter(glyph.style.turned for glyph in glyphs).most_common()
    values, links = list(pdf_notes.values(page)), pdf_links.links(page)
    if values and not directions:
        directions = [(0, 0)]
    found = []
    for place, (turned, _) in enumerate(directions):
        own = [glyph for glyph in glyphs if glyph.style.turned == turned]
        leads = [UprightLink(one.to, *_upright(*one[1:], turned=turned)) for one in links]
        lines = list(_lines(own, [] if turned else rules, leads))
        if place == 0:
            lines += list(_filled_in(values, lines, turned))
        found.append(_sheet(lines, _upright(*box, turned=turned), number))
    return found


def _filled_in(values: Sequence[Value], lines: Sequence[Line], turned: int) -> Iterator[Line]:
    """Yield the values of form fields as lines at their positions, in the type size of most lines."""
    size = Counter(line.size for line in lines).most_common(1)[0][0] if lines else FORM
    for value in values:
        corners = _upright(value.left, value.bottom, value.right, value.top, turned=turned)
        if all(map(math.isfinite, corners)):
            yield Line(value.text, *corners, size)


def _sheet(lines: Iterable[Line], box: tuple[float, float, float, float], number: int) -> Sheet:
    left, top, _, bottom = box
    placed = [
        replace(
            line,
            left=line.left - left,
            top=line.top - top,
            right=line.right - left,
            bottom=line.bottom - top,
            page=number,
            drawn=drawn,
        )
        for drawn, line in enumerate(lines)
    ]
    return Sheet(placed, bottom - top)


def joined(lines: Sequence[Line]) -> Line:
    """Join neighbouring lines of one row, which are given from left to right, into one line."""
    first = lines[0]
    most = max(lines, key=lambda line: len(line.text))
    is_turned = _runs_leftwards("".join(line.text for line in lines))
    told = lines[::-1] if is_turned else lines
    text, lettered = told[0].text, list(told[0].lettered)
    for before, line in pairwise(told):
        if line.lettered:
            lettered += shifted(line.lettered, visible(text))
        gap = before.left - line.right if is_turned else line.left - before.right
        text += (" " if gap > 0.15 * line.size else "") + line.text
    return replace(
        first,
        text=text,
        top=min(line.top for line in lines),
        right=max(line.right for line in lines),
        bottom=max(line.bottom for line in lines),
        size=most.size,
        bold=all(line.bold for line in lines),
        aside=tuple(piece for line in lines for piece in line.aside),
        lettered=tuple(lettered),
    )


def shifted(lettered: Iterable[Lettered], by: int) -> Iterator[Lettered]:
    """Yield the bold words and links in ``lettered``, each with its position (``at``) increased by ``by`` visible
    characters.
    """
    return (one._replace(at=one.at + by) for one in lettered)


def _runs_leftwards(text: str) -> bool:
    """Whether most letters of a text are of a script that is written from right to left."""
    turned = len(RIGHT_TO_LEFT.findall(text))
    return turned > 0 and 2 * turned > len(LETTER.findall(text))


def _lines(glyphs: Sequence[Glyph], rules: Sequence[Rule], links: Sequence[UprightLink]) -> Iterator[Line]:
    held: list[Glyph] = []
    for glyph in glyphs:
        if held and not _follows(held[-1], glyph):
            yield _line(held, rules, links)
            held = []
        held.append(glyph)
    if held:
        yield _line(held, rules, links)


def _follows(before: Glyph, glyph: Glyph) -> bool:
    """Whether the glyph is in the same row as the one before, and close to it."""
    shared = min(before.bottom, glyph.bottom) - max(before.top, glyph.top)
    lower = min(before.bottom - before.top, glyph.bottom - glyph.top)
    gap = glyph.left - before.right
    size = max(before.style.size, glyph.style.size)
    widest = GAP if glyph.typed else NO_SPACE
    if gap < -OVERLAP * size and RIGHT_TO_LEFT.match(before.text) and RIGHT_TO_LEFT.match(glyph.text):
        gap = before.left - glyph.right
    return shared >= 0.5 * lower and -OVERLAP * size <= gap <= widest * size


def _line(glyphs: Sequence[Glyph], rules: Sequence[Rule], links: Sequence[UprightLink]) -> Line:
    text = "".join(_spaced(glyphs))
    sizes = Counter(glyph.style.size for glyph in glyphs)
    bold = sum(glyph.style.bold for glyph in glyphs)
    aside: tuple[Piece, ...] = ()
    reason = None
    highest = max(glyphs, key=lambda glyph: glyph.bottom - glyph.top) if rules else glyphs[0]
    crossing = pdf_rules.crossing(rules, highest.top, highest.bottom)
    if crossing or len(sizes) > 1:
        held = _lettered(glyphs, sizes.most_common(1)[0][0], crossing)
        whole, aside = held.whole(), tuple(held.aside())
        if whole:
            text = whole
        elif aside:
            reason, aside = aside[0].reason, ()
    left, top = min(glyph.left for glyph in glyphs), min(glyph.top for glyph in glyphs)
    right, bottom = max(glyph.right for glyph in glyphs), max(glyph.bottom for glyph in glyphs)
    is_bold = bold >= 0.9 * len(glyphs)
    over = [one for one in links if one.left < right and one.right > left and one.top < bottom and one.bottom > top]
    return Line(
        *(text, left, top, right, bottom),
        *(sizes.most_common(1)[0][0], is_bold),
        reason=reason,
        aside=aside,
        lettered=_inline(glyphs, over, is_bold=is_bold) if over or (bold and not is_bold) else (),
    )


def _spaced(glyphs: Sequence[Glyph]) -> Iterator[str]:
    """Yield the characters of a line, each with a space before it if there is one.

    PDFium adds spaces around raised characters even if they touch their neighbours, as in "m2,"; these are left out.
    """
    for number, glyph in enumerate(glyphs):
        before = glyphs[number - 1] if number else None
        is_other = before is not None and before.style.size != glyph.style.size
        touches = before is not None and abs(glyph.left - before.right) <= TOUCHING * glyph.style.size
        is_made_up = is_other and touches and not glyph.typed
        yield f" {glyph.text}" if glyph.spaced and number and not is_made_up else glyph.text


def _inline(glyphs: Sequence[Glyph], links: Sequence[UprightLink], *, is_bold: bool) -> tuple[Lettered, ...]:
    """The links of a line, and its bold words, unless all of it is bold (``is_bold``)."""
    held = Text()
    for text, glyph in zip(_spaced(glyphs), glyphs, strict=True):
        across, down = (glyph.left + glyph.right) / 2, (glyph.top + glyph.bottom) / 2
        held.add(
            text,
            bold=glyph.style.bold and not is_bold,
            to=next((to for to, *box in links if box[0] <= across <= box[2] and box[1] <= down <= box[3]), ""),
        )
    return held.lettered()


def _lettered(glyphs: Sequence[Glyph], size: float, crossing: Sequence[Rule]) -> Text:
    """The words of a line with their formatting: struck out if a rule in ``crossing`` runs through them, raised if they
    are small and high. ``size`` is the type size of most characters.
    """
    low = max(glyph.bottom for glyph in glyphs if glyph.style.size == size)
    held = Text()
    for text, glyph in zip(_spaced(glyphs), glyphs, strict=True):
        middle = (glyph.left + glyph.right) / 2
        held.add(
            text,
            struck=any(rule.left <= middle <= rule.right for rule in crossing),
            raised=glyph.style.size <= SMALL * size and low - glyph.bottom >= RAISED * size,
        )
    return held


def _glyphs(page: PdfTextPage) -> Iterator[Glyph]:
    """Yield the visible characters in the order in which they are drawn."""
    import pypdfium2.raw as pdfium

    styles: dict[int | None, GlyphStyle] = {}
    box = pdfium.FS_RECTF()
    spaced, typed, high = False, False, 0
    for index in range(pdfium.FPDFText_CountChars(page)):
        code = pdfium.FPDFText_GetUnicode(page, index)
        if 0xD800 <= code < 0xDC00:  # the first half of a character outside the basic plane
            high = code
            continue
        if 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00) if high else 0xFFFD
        high = 0
        text = CLEANED.get(code) or chr(min(code, 0x10FFFF))
        if text.isspace() or UNSEEN.match(text):
            spaced = spaced or text.isspace()
            typed = typed or (text.isspace() and not pdfium.FPDFText_IsGenerated(page, index))
            continue
        if not pdfium.FPDFText_GetLooseCharBox(page, index, box):
            continue
        drawn = pdfium.FPDFText_GetTextObject(page, index)
        key = ctypes.cast(drawn, ctypes.c_void_p).value
        if key not in styles:
            styles[key] = _style(page, index, drawn, pdfium)
        style = styles[key]
        corners = _upright(box.left, box.bottom, box.right, box.top, turned=style.turned)
        if all(map(math.isfinite, corners)):
            yield Glyph(text, *corners, style, spaced, typed)
            spaced = typed = False


def _style(page: PdfTextPage, index: int, drawn: Any, pdfium: Any) -> GlyphStyle:
    matrix = pdfium.FS_MATRIX(1, 0, 0, 1, 0, 0)
    pdfium.FPDFText_GetMatrix(page, index, matrix)
    turned = _quarter(matrix.a, matrix.b)
    size = pdfium.FPDFText_GetFontSize(page, index) * math.hypot(matrix.c, matrix.d)
    font = pdfium.FPDFTextObj_GetFont(drawn) if drawn else None
    bold = False
    if font:
        name = ctypes.create_string_buffer(256)
        pdfium.FPDFFont_GetBaseFontName(font, name, 256)
        bold = bool(BOLD.search(name.value.decode("latin-1"))) or bool(_flags(pdfium, font) & FORCED_BOLD)
    return GlyphStyle(round(abs(size), 1) if math.isfinite(size) else 0.0, bold, turned)


def _flags(pdfium: Any, font: Any) -> int:
    return max(0, int(pdfium.FPDFFont_GetFlags(font)))  # -1 when it cannot be told


def _quarter(a: float, b: float) -> int:
    """The direction in which text runs: 0 to the right, 1 upwards, 2 to the left, 3 downwards.

    ``a`` and ``b`` are elements of the text's transformation matrix.
    """
    if abs(a) >= abs(b):
        return 0 if a >= 0 else 2
    return 1 if b > 0 else 3


def _upright(left: float, bottom: float, right: float, top: float, *, turned: int) -> tuple[float, float, float, float]:
    """Turn a box upright; return its left, top, right and bottom, where down is positive. ``turned`` is the rotation of
    its text in quarter turns.
    """
    if turned == 0:
        return left, -top, right, -bottom
    if turned == 1:
        return bottom, left, top, right
    if turned == 2:
        return -right, bottom, -left, top
    return -top, -right, -bottom, -left
