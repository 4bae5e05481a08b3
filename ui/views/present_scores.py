"""Formats the runs of test suites for the scoreboard. Pure functions; text is escaped as in ``present.py``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from eval.gate import baseline, gate
from eval.gate.measures import BY_NAME, HEADLINES
from eval.numbers.metrics import shown
from eval.render import html
from eval.render.shown import interval, measures_by_group, share_of
from ui.views.present import date, escape
from ui.views.present_work import count

if TYPE_CHECKING:
    from eval.gate.compare import Comparison, MeasureChange
    from eval.harness.artifacts import StoredRun
    from eval.harness.history import Past
    from eval.numbers.metrics import Measure
    from eval.running.records import Record

FAILING, FLIPPED, ALL = "Failing", "Flipped", "All"


class ScorePoint(NamedTuple):
    """A point of a chart: the ``value`` of a ``measure`` in the run that ended at ``when``. ``low`` and ``high`` are
    the ends of the value's confidence interval. ``of`` is a text with the number of things (such as citations) that
    were measured, and the number of test cases that have them, as in ``12 in 5 cases``."""

    when: str
    measure: str
    value: float
    low: float
    high: float
    of: str


def whole(runs: Iterable[Past]) -> list[Past]:
    """Those of the runs that can be compared with one another: they ran all cases of their suite and were not
    interrupted."""
    return [one for one in runs if one.summary.whole and not one.summary.interrupted]


def points(runs: Sequence[Past], names: Sequence[str]) -> list[ScorePoint]:
    """The points of a chart that shows these measures (``names``) in these runs. If a measure has no confidence
    interval, both ends of the interval are the value of the measure."""
    made = []
    for run in runs:
        for name in names:
            one = run.summary.measure(name)
            if one and one.value is not None:
                low, high = one.interval or (one.value, one.value)
                made.append(ScorePoint(run.when, name, one.value, low, high, share_of(one)))
    return made


def measured(runs: Sequence[Past]) -> list[str]:
    """The names of the measures that have a value in at least one of the runs. The headline measures (the main measures
    of suites, which are listed in ``HEADLINES``) come first."""
    names = dict.fromkeys(one.name for run in runs for one in run.summary.measures if one.value is not None)
    return sorted(names, key=lambda name: (name not in HEADLINES, list(names).index(name)))


def run_line(run: Past) -> str:
    """A run of a test suite on one line: its time, its outcome, and the number of cases if it did not run all of
    them."""
    day, _, clock = run.when.partition("T")
    ended = "interrupted" if run.summary.interrupted else "passed" if run.verdict.passed else "failed"
    part = "" if run.summary.whole else f", {count(run.summary.selected, 'case')}"
    return f"{date(day)}, {clock[:5]} UTC · {ended}{part}"


def banner(run: Past) -> str:
    """The result of a run as HTML: whether it passed its suite's gate (the conditions for passing), the number of
    answers that were right, and the conditions that failed."""
    summary, verdict = run.summary, run.verdict
    right = summary.outcomes.get("right", 0) + summary.outcomes.get("tested", 0)
    how = "passed" if verdict.passed else "failed"
    lines = "".join(f"<li><strong>{escape(one.name)}</strong>: {escape(one.why)}</li>" for one in verdict.failed)
    said = f"{right:,} of {count(summary.done, 'answer')} right, {count(summary.documents, 'document')}"
    caveat = f"<p>{escape(summary.caveat)}</p>" if summary.caveat else ""
    return (
        f'<div class="banner {how}" role="status"><p><strong>Gate {how}</strong>, {said}</p>{caveat}'
        f"{f'<ul>{lines}</ul>' if lines else ''}</div>"
    )


def measures(run: Past, comparison: Comparison | None) -> str:
    """All measures of a run as an HTML table. With a ``comparison`` with an earlier run, the table also has the earlier
    values and the differences."""
    changes = {change.name: change for change in comparison.changes} if comparison else {}
    head = ["Measure", "Value", "95 % interval", "Of", *(["Before", "Difference"] if changes else [])]
    rows = "".join(
        f'<tr class="group"><th colspan="{len(head)}" scope="colgroup">{escape(group.capitalize())}</th></tr>'
        + "".join(_row(spec.says, one, changes) for spec, one in ours)
        for group, ours in measures_by_group(run.summary).items()
    )
    cells = "".join(f'<th scope="col">{cell}</th>' for cell in head)
    return (
        f'<div class="wide"><table class="measures"><thead><tr>{cells}</tr></thead><tbody>{rows}</tbody></table></div>'
    )


def flips(compared: Comparison) -> str:
    """The cases that differ between an earlier and a later run, as HTML: those that passed only in the earlier run,
    those that passed only in the later run, those that only the earlier run has, and those that only the later run
    has."""
    parts = [("Lost", compared.lost), ("Gained", compared.gained), ("Gone", compared.gone), ("New", compared.new)]
    lists = "".join(
        f'<div class="{name.lower()}"><h3>{name} {len(cases):,}</h3>{_named(cases)}</div>'
        for name, cases in parts
        if cases
    )
    if not lists:
        return '<p class="small">No case flipped.</p>'
    chance = f"<p class='small'>p = {compared.p:.2g}: how often chance would do as much (McNemar).</p>"
    return f'<div class="flips">{lists}</div>{chance}'


def compared(before: StoredRun, after: StoredRun) -> Comparison:
    """Compare the cases of an earlier run (``before``) with those of a later run (``after``) of the same suite."""
    return gate.compared_with(baseline.of(before.summary, before.records, ""), after.records)


def cases(kept: StoredRun, which: str, flipped: Sequence[str]) -> list[Record]:
    """Those cases of a run that ``which`` selects. ``FAILING`` selects the cases that failed, ``FLIPPED`` the cases
    whose ids are in ``flipped``, and ``ALL`` selects all."""
    if which == FLIPPED:
        return [record for record in kept.records if record.id in flipped]
    return [record for record in kept.records if which == ALL or not record.passed]


def table(records: Sequence[Record]) -> dict[str, list[Any]]:
    """The cases of a run as a dictionary, from which the page makes a table: it maps the name of each column to the
    values in this column, one value for each case."""
    return {
        "outcome": [record.outcome.value for record in records],
        "case": [_line(record.id) for record in records],
        "asked": [_line(record.asked) for record in records],
        "kind": [record.kind for record in records],
        "why": [_line(record.error or next((one.why for one in record.scores if one.why), "")) for record in records],
    }


def case(record: Record) -> str:
    """One case of a run as HTML: the reply next to the expected answer."""
    return html.beside(record)


def _row(says: str, one: Measure, changes: dict[str, MeasureChange]) -> str:
    cells = [shown(one.value), interval(one), share_of(one)]
    if changes:
        change = changes.get(one.name)
        cells += [shown(change.before), _moved(change)] if change else ["", ""]
    name = f'{escape(one.name)}<span class="says">{escape(says)}</span>'
    return f'<tr><th scope="row">{name}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'


def _moved(change: MeasureChange) -> str:
    by = change.after - change.before
    if abs(by) < 0.005:
        return "="
    better = (by > 0) == (change.name not in BY_NAME or BY_NAME[change.name].higher)
    sure = ("good" if better else "bad") if change.p < html.CERTAIN else "quiet"
    return f'<span class="{sure}">{by:+.2f}</span> <span class="small">p = {change.p:.2g}</span>'


def _named(ids: Sequence[str]) -> str:
    return f"<p>{', '.join(f'<code>{escape(id)}</code>' for id in ids)}</p>"


def _line(text: str) -> str:
    return "".join(character for character in " ".join(text.split()) if character.isprintable())[:300]
