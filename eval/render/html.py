"""A run as one page without scripts, network or other files. Texts from elsewhere are escaped.

``page.html`` and the files beside it are Jinja templates. Jinja escapes all text; invisible characters are replaced
before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from assistant.types import Stance
from eval.gate.compare import Comparison
from eval.gate.gate import GateVerdict
from eval.gate.measures import BY_NAME, HEADLINES
from eval.gate.summary import RunSummary
from eval.numbers.metrics import shown
from eval.render import html_cases, html_numbers
from eval.render.report import reasons
from eval.render.shown import (
    counts,
    difference,
    ended,
    interval,
    may_merge,
    measures_by_group,
    share_of,
    sort,
    to_read,
    visible,
    why_of,
)
from eval.running.records import CaseOutcome, Json, Record
from eval.scorers.asked import short

KINDS = 24  # the most kinds that a filter is offered for: three rows of buttons; a matter of taste
NAMED = 30  # cases that are named in one place before the rest is folded; a matter of taste
CERTAIN = 0.05  # a difference is coloured when chance would make as large a one less often than this; the usual 5 %
SIDES = {Stance.SUPPORTS: "For the idea", Stance.CHALLENGES: "Against the idea", Stance.UNCLEAR: "Unclear"}
FOR_TEMPLATES = (shown, counts, difference, ended, interval, measures_by_group, share_of, short, why_of, reasons, max)


def render(
    summary: RunSummary, records: Sequence[Record], verdict: GateVerdict, comparison: Comparison | None, made_with: Json
) -> str:
    """Make the HTML page of a run. Failing cases come first and are expanded; right cases come last, in short form.

    ``comparison`` is the comparison with the baseline, None if there is no baseline; ``made_with`` is what the numbers
    depend on, such as versions and settings.
    """
    places = {
        "anchors": {record.id: f"c{index}" for index, record in enumerate(records)},
        "kinds": {kind: f"k{index}" for index, kind in enumerate(dict.fromkeys(record.kind for record in records))},
    }
    told = {
        "may": may_merge(verdict),
        "read": to_read(records, verdict, comparison),
        "sorted": sort(records, verdict, comparison),
        "changes": {change.name: change for change in comparison.changes} if comparison else {},
        "made_with": list(_flat(made_with)),
    }
    page = environment().get_template("page.html")
    return page.render(summary=summary, verdict=verdict, comparison=comparison, **places, **told) + "\n"


def beside(record: Record) -> str:
    """Make HTML that shows the reply to a case next to the reply that the case expects. The HTML has no links."""
    macros = environment().get_template("case.html").make_module({"anchors": {}, "kinds": {}})
    return str(macros.beside(record))  # type: ignore[attr-defined]  # a macro of the template


@cache
def environment() -> Environment:
    """The Jinja environment in which the page's templates are rendered. It escapes all text, and replaces invisible
    characters by U+FFFD.
    """
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        finalize=lambda value: value if isinstance(value, Markup) else visible(str(value)),
    )
    named = {"BY_NAME": BY_NAME, "HEADLINES": HEADLINES, "OUTCOMES": [one.value for one in CaseOutcome], "SIDES": SIDES}
    bounds = {"KINDS": KINDS, "NAMED": NAMED, "CERTAIN": CERTAIN, "BRIEF": html_cases.BRIEF}
    views = (*html_cases.VIEWS, *html_numbers.VIEWS, *FOR_TEMPLATES)
    made.globals.update(named | bounds | {view.__name__: view for view in views})
    return made


def _flat(data: Mapping[str, object], before: str = "") -> Iterator[tuple[str, str]]:
    for name, value in data.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", "none" if value is None else str(value)
