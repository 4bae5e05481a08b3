"""A run as GitHub shows it: the step summary, and annotations at the cases. Text of cases is never treated as
markup."""

import html
import re
from collections.abc import Iterator, Mapping, Sequence

from eval.gate.compare import Comparison, MeasureChange
from eval.gate.gate import Check, Exit, GateVerdict
from eval.gate.measures import HEADLINES
from eval.gate.summary import RunSummary
from eval.numbers.metrics import shown
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
from eval.running.records import CaseOutcome, Record
from eval.scorers.asked import short

ANNOTATIONS = 50  # as many as GitHub shows of a job
LISTED = 200  # cases told one by one; GitHub refuses a summary above 1 MiB
FLIPPED = 50  # cases named of each kind of flip: a paragraph; all are in the records
NOT_SEEN = "&#8203;"  # a space of no width, which keeps mentions, references, links and emoji from being found

_MARKUP = re.compile(
    r"[\\`*_\[\]|~@#]|:(?=\S)"
)  # the rest means something only where a line begins, and none begins so


def render(summary: RunSummary, records: Sequence[Record], verdict: GateVerdict, comparison: Comparison | None) -> str:
    """Write the summary of a run as Markdown, to be shown with a step of GitHub Actions. The text ends with a newline.
    ``comparison`` is the comparison with the baseline, None if there is no baseline.
    """
    parts = [
        *_banner(summary, verdict),
        *_first(records, verdict, comparison),
        *_flips(comparison),
        *_failed(verdict.failed),
        *_measures(summary, comparison),
        *_kinds(summary),
        *_sentinels(summary),
        *_cases(records, verdict, comparison),
    ]
    return "\n".join(parts).rstrip() + "\n"


def comment(summary: RunSummary, records: Sequence[Record], verdict: GateVerdict, comparison: Comparison | None) -> str:
    """Write the comment on a pull request as Markdown: whether the request may be merged, which cases to read first,
    and which cases passed in the baseline and fail now, or the reverse. ``comparison`` is the comparison with the
    baseline, None if there is no baseline.
    """
    return (
        "\n".join([*_banner(summary, verdict), *_first(records, verdict, comparison), *_flips(comparison)]).rstrip()
        + "\n"
    )


def badge(summary: RunSummary, verdict: GateVerdict) -> Mapping[str, str | int]:
    """The data from which shields.io draws a badge that shows whether the run passed
    (https://shields.io/badges/endpoint-badge).
    """
    right = summary.outcomes.get(CaseOutcome.RIGHT.value, 0) + summary.outcomes.get(CaseOutcome.TESTED.value, 0)
    told = f"{right} of {summary.done} right" if summary.done else "not run"
    colour = "brightgreen" if verdict.passed else "red" if verdict.exit is Exit.QUALITY else "lightgrey"
    return {"schemaVersion": 1, "label": summary.suite, "message": told, "color": colour}


def annotations(records: Sequence[Record], verdict: GateVerdict) -> list[str]:
    """GitHub workflow commands that show errors: one for each failing case, then one for each failed check that names
    no case. If there are more than ``ANNOTATIONS``, the last command says how many are left out.

    The text is escaped as in GitHub's toolkit (actions/toolkit, packages/core/src/command.ts).
    """
    known = {record.id: record for record in records}
    lines = [_annotation(case, why, known.get(case)) for case, why in verdict.cases.items()]
    lines += [_command({"title": check.name}, check.why) for check in verdict.failed if not check.cases]
    if len(lines) <= ANNOTATIONS:
        return lines
    more = len(lines) - ANNOTATIONS + 1
    return [*lines[: ANNOTATIONS - 1], _command({"title": "and more"}, f"{more} more, told in the summary")]


def escaped(text: str) -> str:
    """Put a text on one line and escape it, so that GitHub shows it unchanged in a paragraph, a list, a table cell or
    HTML.
    """
    line = html.escape(" ".join(visible(text).split()), quote=False)
    line = _MARKUP.sub(lambda found: f"&#{ord(found[0])};", line)
    line = re.sub(r"(&#(?:64|35|58);)(?=[\w/+-])", rf"\1{NOT_SEEN}", line)  # @ # :
    line = re.sub(r"(?i)\b(www(?=\.)|GH(?=-))", rf"\1{NOT_SEEN}", line)
    return line.replace("$", "<span>$</span>")  # as GitHub's manual says, so that no formula begins


def _banner(summary: RunSummary, verdict: GateVerdict) -> Iterator[str]:
    mark = "✓" if verdict.passed else "✗"
    yield f"## {mark} {escaped(summary.suite)}: {ended(verdict)}"
    yield ""
    if not verdict.passed:
        yield f"**{escaped(short(', '.join(check.name for check in verdict.failed), 500))}**"
        yield ""
    yield f"{escaped(counts(summary))}."
    yield ""
    if summary.caveat:
        yield f"**{escaped(summary.caveat)}**"
        yield ""


def _first(records: Sequence[Record], verdict: GateVerdict, comparison: Comparison | None) -> Iterator[str]:
    yield may_merge(verdict)
    yield ""
    if read := to_read(records, verdict, comparison):
        yield "Read first:"
        yield ""
        for one in read:
            yield f"- {_name(one.id)} {escaped(short(one.asked, 120))}: {escaped(short(why_of(one), 160))}"
        yield ""


def _flips(comparison: Comparison | None) -> Iterator[str]:
    if comparison is None:
        return
    yield "### Against the baseline"
    yield ""
    flipped = {"lost": comparison.lost, "gained": comparison.gained, "gone": comparison.gone, "new": comparison.new}
    for name, cases in flipped.items():
        if cases:
            yield f"- **{name}** ({len(cases)}): {_names(cases)}"
    if not any(flipped.values()):
        yield "- No case flipped."
    told = f"Lost against gained: p = {comparison.p:.2g}."
    if comparison.detectable is not None:
        told += f" A drop of {comparison.detectable:.2f} in the share of passing cases would show."
    yield f"\n{told}\n"


def _failed(checks: Sequence[Check]) -> Iterator[str]:
    if checks:
        yield "### Failed checks"
        yield ""
        yield from (f"- **{escaped(check.name)}**: {escaped(short(check.why, 1000))}" for check in checks)
        yield ""


def _measures(summary: RunSummary, comparison: Comparison | None) -> Iterator[str]:
    changes = {change.name: change for change in comparison.changes} if comparison else {}
    for group, measures in measures_by_group(summary).items():
        yield f"### {group.capitalize()}"
        yield ""
        head = ["", "value", "95 % interval", "of", "undefined"]
        rows = []
        for spec, one in measures:
            name = spec.name if spec.higher else f"{spec.name} (less is better)"
            row = [escaped(name), shown(one.value), interval(one), share_of(one), str(one.undefined or "")]
            rows.append([*row, *_change(changes.get(one.name))] if comparison else row)
        yield from _table([*head, "baseline", "difference"] if comparison else head, rows)
    if changes:
        yield "Baseline and difference are means over the cases that both runs have a value for."
        yield ""


def _change(change: MeasureChange | None) -> list[str]:
    if change is None:
        return ["", ""]
    return [shown(change.before), f"{difference(change)} (p = {change.p:.2g}, {change.cases} cases)"]


def _kinds(summary: RunSummary) -> Iterator[str]:
    if summary.kinds:
        yield "### Kinds"
        yield ""
        outcomes = [outcome.value for outcome in CaseOutcome if outcome.value in summary.outcomes]
        rows = [
            [escaped(kind.name), *(str(kind.outcomes.get(outcome, 0)) for outcome in outcomes)]
            for kind in summary.kinds
        ]
        yield from _table(["", *outcomes], rows)


def _sentinels(summary: RunSummary) -> Iterator[str]:
    names = [name for name in HEADLINES if any(name in of for of in summary.sentinels.values())]
    if names:
        yield "### Sentinels"
        yield ""
        ours = [one.value if (one := summary.measure(name)) else None for name in names]
        rows = [["this run", *map(shown, ours)]]
        rows += [[escaped(who), *(shown(of.get(name)) for name in names)] for who, of in summary.sentinels.items()]
        yield from _table(["", *map(escaped, names)], rows)


def _cases(records: Sequence[Record], verdict: GateVerdict, comparison: Comparison | None) -> Iterator[str]:
    held, amiss, _ = sort(records, verdict, comparison)
    every = [*held, *amiss]
    if not every:
        return
    yield f"<details><summary>Cases that are not right or held against the run ({len(every)})</summary>"
    yield ""
    for record in every[:LISTED]:
        against = verdict.cases.get(record.id)
        why = f", {escaped(against)}" if against else ""
        yield f"- **{record.outcome.value}**{why}: {_name(record.id)} {escaped(short(record.asked, 200))}"
        told = {record.error: "error"} if record.error else reasons(record)
        yield from (f"  - {escaped(names)}: {escaped(short(text, 300))}" for text, names in told.items())
    if len(every) > LISTED:
        yield f"- and {len(every) - LISTED} more, in report.html"
    yield ""
    yield "</details>"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|---|{'---:|' * (len(head) - 1)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)
    yield ""


def _names(cases: Sequence[str]) -> str:
    more = f" and {len(cases) - FLIPPED} more" if len(cases) > FLIPPED else ""
    return ", ".join(map(_name, cases[:FLIPPED])) + more


def _name(case: str) -> str:
    return f"<code>{escaped(short(case, 120))}</code>"


def _annotation(case: str, why: str, record: Record | None) -> str:
    if record is None:
        return _command({"title": case}, why)
    place = {"file": record.file, "line": str(record.line or "")}
    told = record.error or "; ".join(reasons(record)) or record.outcome.value
    return _command({**place, "title": f"{case}: {why}"}, f"{record.asked}\n{told}")


def _command(properties: Mapping[str, str], message: str) -> str:
    told = ",".join(f"{name}={_property(value)}" for name, value in properties.items() if value)
    return f"::error {told}::{_data(message)}"


def _data(text: str) -> str:
    return visible(text).replace("%", "%25").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
