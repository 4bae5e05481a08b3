"""Writes a pressure test as one HTML page without scripts or other files. Text of documents, models and users is
escaped.

``verdict.html`` is a Jinja template, which escapes all text; invisible characters are replaced before.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from eval.render.shown import visible
from ui.reports import verdict_map
from ui.reports import verdict_report as told
from ui.reports.verdict_outline import PARTS, Outline

FOLDER = Path(__file__).parent
POLICY = Markup("default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'")
CLASSES = {
    "holds": "good",
    "supported": "good",
    "contested": "part",
    "challenged": "bad",
    told.OPEN: "none",
    told.NONE: "none",
    "not covered": "none",
}


def page(outline: Outline) -> str:
    """The report on a tested idea as an HTML page: an overview of the verdict, then the assumptions with their
    evidence."""
    rows = [(row, list(sections)) for row, sections in groupby(outline.sections, lambda section: section.row)]
    style = Markup((FOLDER / "verdict.css").read_text("utf-8"))  # noqa: S704  # our own file
    made = environment().get_template("verdict.html").render(outline=outline, rows=rows, style=style)
    return made.lstrip() + "\n"  # without the lines of the macros before it


@cache
def environment() -> Environment:
    """The Jinja environment in which the HTML page is made. It escapes all text and replaces invisible characters."""
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        finalize=lambda value: value if isinstance(value, Markup) else visible(str(value)),
    )
    made.globals.update(POLICY=POLICY, CLASSES=CLASSES, map=verdict_map)
    made.tests.update({kind.__name__: _is_a(kind) for kind in PARTS})
    return made


def _is_a(kind: type) -> Callable[[object], bool]:
    """A Jinja test for a type, used as ``{% if part is Paragraph %}``."""
    return lambda part: isinstance(part, kind)
