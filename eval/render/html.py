"""A run as one page that needs nothing else: no script, no network, no font; all text of others is only text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files

from eval.compare import Comparison
from eval.gate import Check, Verdict
from eval.records import Json, Record
from eval.render import html_cases, html_numbers
from eval.render.elements import Element, folded, section, tag, to_html
from eval.render.html_cases import Places
from eval.render.shown import counts, ended, may_merge, sort, to_read, why_of
from eval.scorers.asked import short
from eval.summary import Summary

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
KINDS = 24  # the most kinds that a filter is offered for
NAMED = 30  # cases that are named in one place before the rest is folded


def render(
    summary: Summary, records: Sequence[Record], verdict: Verdict, comparison: Comparison | None, made_with: Json
) -> str:
    """The whole page. Cases held against the run come first and open, those that are right last and in short."""
    anchors = {record.id: f"c{index}" for index, record in enumerate(records)}
    kinds = {kind: f"k{index}" for index, kind in enumerate(dict.fromkeys(record.kind for record in records))}
    places = Places(anchors, kinds)
    main = tag(
        "main",
        _banner(summary, verdict, to_read(records, verdict, comparison), places),
        _flips(comparison, places),
        _checks(verdict, places),
        html_numbers.cards(summary),
        html_numbers.measures(summary, comparison),
        html_numbers.confusion(summary),
        html_numbers.sentinels(summary),
        html_numbers.kinds(summary),
        _notes(summary, places),
        _cases(records, verdict, comparison, places),
        section("Made with", tag("dl", [[tag("dt", name), tag("dd", value)] for name, value in _flat(made_with)])),
    )
    skip = tag("a", "Skip to the cases", href="#cases", cls="skip")
    return to_html(tag("html", _head(summary, verdict, places), tag("body", skip, main), lang="en"))


def _head(summary: Summary, verdict: Verdict, places: Places) -> Element:
    style = files(__package__).joinpath("report.css").read_text("utf-8")
    hiding = (
        f":root:has(#of-{kind}:checked) :is(.case, .rest > details, section:has(> .case):not(:has(> .{kind})))"
        f":not(.{kind}) {{ display: none; }}\n"
        for kind in places.kinds.values()
    )
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", f"{summary.suite}: {ended(verdict)}"),
        tag("style", style, *hiding),
    )


def _banner(summary: Summary, verdict: Verdict, read: Sequence[Record], places: Places) -> Element:
    why = tag("ul", [tag("li", tag("b", one.name), f": {one.why}") for one in verdict.failed])
    first = [tag("li", places.link(one.id), f" {short(one.asked, 120)}: {short(why_of(one), 160)}") for one in read]
    return tag(
        "header",
        tag("p", f"Pushback eval · {summary.suite}", cls="small"),
        tag("h1", ended(verdict)),
        tag("p", tag("b", may_merge(verdict))),
        [tag("p", "Read first:"), tag("ol", first)] if first else None,
        None if verdict.passed else folded(f"{len(verdict.failed)} checks failed", why, open_=not first),
        tag("p", f"{counts(summary)}."),
        cls="banner passed" if verdict.passed else "banner failed",
    )


def _flips(comparison: Comparison | None, places: Places) -> Element | None:
    if comparison is None:
        return section("Flips", tag("p", "There is no baseline to compare with.", cls="small"))
    flipped = {"Lost": comparison.lost, "Gained": comparison.gained, "Gone": comparison.gone, "New": comparison.new}
    told = [
        tag("div", tag("h3", f"{name} ({len(cases)})"), _named(cases, places), cls=name.lower() if cases else "none")
        for name, cases in flipped.items()
    ]
    chance = f"Lost against gained: p = {comparison.p:.2g} (McNemar, exact)."
    if comparison.detectable is not None:
        chance += f" A drop of {comparison.detectable:.2f} in the share of passing cases would show."
    return section("Flips", tag("div", told, cls="flips"), tag("p", chance, cls="small"))


def _checks(verdict: Verdict, places: Places) -> Element | None:
    failed = tag("ul", [tag("li", _check(one), _named(one.cases, places)) for one in verdict.failed])
    passed = [tag("li", _check(one)) for one in verdict.checks if one.passed]
    return section(
        "Checks" if verdict.passed else "Failed checks",
        None if verdict.passed else failed,
        folded(f"{len(passed)} passed", tag("ul", passed), cls="plain") if passed else None,
    )


def _check(one: Check) -> list[Element | str]:
    return [tag("b", one.name), "" if one.why == ", ".join(one.cases) else f": {one.why}"]


def _notes(summary: Summary, places: Places) -> Element | None:
    told = [tag("li", "Did not go in: ", one) for one in summary.failed]
    told += [tag("li", "Nothing can cite the gold of ", places.link(case), f": {why}") for case, why in summary.lost]
    told += [tag("li", "Differs the second time: ", places.link(case)) for case in summary.differing]
    return section("Notes", tag("ul", told)) if told else None


def _cases(
    records: Sequence[Record], verdict: Verdict, comparison: Comparison | None, places: Places
) -> list[Element | None]:
    held, amiss, rest = sort(records, verdict, comparison)
    against = verdict.cases
    opened = [html_cases.full(one, places, against.get(one.id, "lost"), open_=True) for one in held]
    closed = [html_cases.full(one, places, None, open_=False) for one in amiss]
    brief = [html_cases.compact(one, places) for one in rest]
    name = "Right" if all(one.right for one in rest) else "Right, or with nothing to be right about"
    return [
        tag("div", _filter(places), id="cases", tabindex="-1"),
        section(f"Lost, or held against the run ({len(held)})", *opened),
        section(f"Not right ({len(amiss)})", *closed),
        section(f"{name} ({len(rest)})", folded("Show them", *brief, cls="rest")) if brief else None,
    ]


def _filter(places: Places) -> Element | None:
    if not 1 < len(places.kinds) <= KINDS:
        return None
    every = {"every kind": "all", **places.kinds}
    radios = [
        tag("label", tag("input", type="radio", name="kind", id=f"of-{id}", checked=id == "all"), kind)
        for kind, id in every.items()
    ]
    return tag("fieldset", tag("legend", "Show cases of"), radios)


def _named(cases: Sequence[str], places: Places) -> Element | None:
    if not cases:
        return None
    first, more = ([tag("li", places.link(case)) for case in some] for some in (cases[:NAMED], cases[NAMED:]))
    return tag("div", tag("ul", first), folded(f"{len(more)} more", tag("ul", more)) if more else None, cls="named")


def _flat(data: Mapping[str, object], before: str = "") -> Iterator[tuple[str, str]]:
    for name, value in data.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", "none" if value is None else str(value)
