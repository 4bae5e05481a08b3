"""The numbers of a run on the page: cards, measures, what was taken for what, sentinels and kinds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from eval.compare import Change, Comparison
from eval.measures import HEADLINES, Spec
from eval.metrics import Measure, shown
from eval.records import Outcome
from eval.render.elements import Child, Element, section, table, tag
from eval.render.shown import difference, interval, measures_by_group, share_of
from eval.summary import Summary

CERTAIN = 0.05  # a difference is coloured when chance would make as large a one less often than this
SENTINELS = "Systems that know nothing: where one does as well as this run, the measure can be had for nothing."
PAIRED = "Baseline and difference are means over the cases that both runs have a value for; a ring is the baseline."


def cards(summary: Summary) -> Element | None:
    """How many are right, and the headlines."""
    right = summary.outcomes.get(Outcome.RIGHT.value, 0)
    made = [_card("right", str(right), None, f"of {summary.done} cases")]
    for name in HEADLINES:
        if one := summary.measure(name):
            told = [one.why] if one.value is None else [interval(one), f"of {share_of(one)}"]
            made.append(_card(name, shown(one.value), _bar(one), ", ".join(part for part in told if part)))
    return section("In short", tag("div", made, cls="cards"))


def measures(summary: Summary, comparison: Comparison | None) -> Element | None:
    """A table a group."""
    changes = {change.name: change for change in comparison.changes} if comparison else {}
    head = ["", "value", "", "95 % interval", "of", "undefined", *(["baseline", "difference"] if changes else [])]
    told: list[Element] = []
    for group, ours in measures_by_group(summary).items():
        told += [tag("h3", group.capitalize()), table(head, [_row(*one, changes) for one in ours], "measures")]
    if changes:
        told.append(tag("p", PAIRED, cls="small"))
    return section("Measures", *told)


def confusion(summary: Summary) -> Element | None:
    """A matrix for each kind that has labels: what it is down, what was said across."""
    told: list[Element] = []
    for kind, counted in summary.confusion.items():
        cells = {(truth, said): count for truth, said, count in counted}
        truths = sorted({truth for truth, _ in cells})
        labels = sorted({label for pair in cells for label in pair})
        rows: list[list[Child]] = [
            [truth, *(_cell(cells.get((truth, said), 0), truth == said) for said in labels)] for truth in truths
        ]
        told += [tag("h3", kind), table(["is ↓ · said →", *labels], rows)]
    return section("What was taken for what", *told)


def sentinels(summary: Summary) -> Element | None:
    """This run's headlines above those of systems that know nothing."""
    names = [name for name in HEADLINES if any(name in of for of in summary.sentinels.values())]
    if not names:
        return None
    ours = [one.value if (one := summary.measure(name)) else None for name in names]
    rows: list[list[Child]] = [["this run", *(tag("b", shown(value)) for value in ours)]]
    rows += [[who, *(shown(of.get(name)) for name in names)] for who, of in summary.sentinels.items()]
    return section("Sentinels", tag("p", SENTINELS, cls="small"), table(["", *names], rows))


def kinds(summary: Summary) -> Element | None:
    """How many cases of each kind ended how."""
    outcomes = [outcome.value for outcome in Outcome if outcome.value in summary.outcomes]
    rows: list[list[Child]] = []
    for kind in summary.kinds:
        counted = [kind.outcomes.get(outcome, 0) for outcome in outcomes]
        told = [str(count) if count else tag("span", "0", cls="quiet") for count in counted]
        rows.append([kind.name, _split(outcomes, counted), *told, str(sum(counted))])
    return section("Kinds", table(["", "", *outcomes, "cases"], rows)) if rows else None


def _card(name: str, value: str, bar: Element | None, told: str) -> Element:
    return tag(
        "div", tag("p", name, cls="small"), tag("p", value, cls="figure"), bar, tag("p", told, cls="small"), cls="card"
    )


def _row(spec: Spec, one: Measure, changes: Mapping[str, Change]) -> list[Child]:
    says = " ".join(
        [spec.says, *([] if spec.higher else ["Less is better."]), *([f"None: {one.why}."] if one.why else [])]
    )
    name: list[Child] = [spec.name, tag("span", says, cls="says")]
    change = changes.get(one.name)
    value = tag("b", shown(one.value))
    row: list[Child] = [name, value, _bar(one, change), interval(one), share_of(one), str(one.undefined or "")]
    if not changes:
        return row
    return [*row, shown(change.before), _moved(spec, change)] if change else [*row, "", ""]


def _moved(spec: Spec, change: Change) -> Child:
    better = (change.after > change.before) == spec.higher
    sure = "quiet" if change.p >= CERTAIN else "good" if better else "bad"
    return [
        tag("span", difference(change), cls=sure),
        tag("span", f"p = {change.p:.2g}, {change.cases} cases", cls="says"),
    ]


def _bar(one: Measure, change: Change | None = None) -> Element | None:
    """Where the value and its interval lie in 0..1, or in -1..1; the numbers beside it say the same. None of what is
    no share."""
    if one.value is None or one.value > 1:
        return None
    low, high = one.interval or (one.value, one.value)
    least = -1.0 if min(one.value, low) < 0 else 0.0

    def at(value: float) -> float:
        return 100 * (value - least) / (1 - least)

    drawn = [
        tag("rect", x="0", y="5", width="100", height="2", cls="track"),
        tag("rect", x=f"{at(low):.1f}", y="3", width=f"{max(at(high) - at(low), 0.5):.1f}", height="6", cls="range"),
        tag("rect", x=f"{min(at(one.value), 98.5):.1f}", y="0", width="1.5", height="12", cls="value"),
    ]
    if change:
        drawn.append(tag("circle", cx=f"{at(change.before):.1f}", cy="6", r="2", cls="before"))
    return tag("svg", drawn, viewBox="0 0 100 12", aria_hidden="true", cls="bar")


def _split(outcomes: Sequence[str], counted: Sequence[int]) -> Element:
    """The outcomes as parts of one bar."""
    drawn, x = [], 0.0
    for outcome, count in zip(outcomes, counted, strict=True):
        width = 100 * count / (sum(counted) or 1)
        drawn.append(tag("rect", x=f"{x:.1f}", y="3", width=f"{width:.1f}", height="6", cls=outcome))
        x += width
    return tag("svg", drawn, viewBox="0 0 100 12", aria_hidden="true", cls="bar")


def _cell(count: int, same: bool) -> Element:
    return tag("span", str(count), cls=None if same and count else "bad" if count else "quiet")
