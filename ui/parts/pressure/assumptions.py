"""The assumptions of an idea on the page: a chart of importance and evidence, and a card for each assumption."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from assistant.pressure import rulings
from assistant.types import Assumption, Finding, Stance
from ui.parts.pressure import resting, verdict_address
from ui.parts.pressure.testing import IdeaDesk
from ui.parts.pressure.verdict import finding
from ui.reports import present_verdict
from ui.reports import verdict_report as told
from ui.reports.present_verdict import Place
from ui.reports.verdict_report import Point, Report
from ui.views.present import escape
from ui.web import scripts

STEP = 0.05  # of importance: finer than anybody can say
EMPTY = {
    Stance.SUPPORTS: '<p class="small">Nothing was found that speaks for it.</p>',
    Stance.CHALLENGES: '<p class="small">Nothing was found that speaks against it.</p>',
}
WEIGHED, CHOSEN = "importance-set", "point-chosen"  # what a visitor has just done, until the page has seen to it


def weighed(id: str) -> dict[str, float] | None:
    """The importance (0 to 1) that the visitor has just given to an assumption of the verdict with this id, as a
    dictionary with one entry: from the number of the assumption, counted from 1, to the importance. None if the visitor
    has changed no importance since the last call."""
    of, number, importance = st.session_state.pop(WEIGHED, (None, 0, 0.0))
    return {str(number): importance} if of == id else None


def show(report: Report, desk: IdeaDesk) -> None:
    """Show the assumptions that an idea rests on: a chart of them, and a card for each. A click on a point of the chart
    opens the card of that assumption. Below the cards, assumptions can be added, and those left out can be restored.
    ``desk`` holds what a new test needs, such as the assistant."""
    points = told.points(report.verdict)
    chosen = verdict_address.assumption() or 0
    st.html("<h2>What it rests on</h2>")
    left, right = st.columns([4, 7], gap="medium")
    with left, st.container(key="picture"):
        _picture(report.id, points, chosen)
    with right, st.container(key="cards", gap="xsmall"):
        for point in points:
            name = _card_key(report.id, point.number)
            st.session_state.setdefault(name, point.number == chosen)
            label = present_verdict.head(point.number, report.verdict.assumptions)
            with st.container(key=f"at-{name}"), st.expander(label, key=name, on_change="rerun"):
                _card(point.number, point.assumption, report)
                resting.change(point.number, report, desk)
        resting.more(report, desk)
    if st.session_state.pop(CHOSEN, False):
        st.html(scripts.html(scripts.TO_THE_CARD), unsafe_allow_javascript=True)


def _picture(id: str, points: Sequence[Point], chosen: int) -> None:
    key = f"picture-{id}"
    st.vega_lite_chart(
        spec=present_verdict.picture(points, chosen),
        key=key,
        on_select=lambda: _choose(id, key, len(points)),
        alt=present_verdict.in_words(points),
    )
    st.caption("Click a point to read it. What matters and is not known lies at the upper left: test that first.")


def _choose(id: str, key: str, most: int) -> None:
    """Open the card of the clicked point and close the others. ``key`` is the key of the chart, ``most`` the number of
    cards."""
    clicked = st.session_state[key].selection.get("chosen") or []
    number = int(clicked[0].get("number", 0)) if clicked else 0
    if 0 < number <= most:
        verdict_address.read_assumption(number)
        st.session_state[CHOSEN] = True
        for each in range(1, most + 1):
            st.session_state[_card_key(id, each)] = each == number


def _card(number: int, one: Assumption, report: Report) -> None:
    st.html(f'<p class="small">{escape(_about(one))}</p>')
    _importance(report.id, number, one)
    own, open = told.first_told(report.verdict, number), told.left_open(report.verdict, number)
    for side, empty in EMPTY.items():
        found = told.of_side(own, side)
        if found or (told.sided(one) and not told.of_side(one, side)):
            st.html(f"<h3>{told.SIDES[side]}</h3>{'' if found else empty}")
            _findings(found, number, one, report)
    if open:
        st.html(f'<p class="notice">{escape(open)}</p>')
    unclear = told.of_side(own, Stance.UNCLEAR)
    for title, aside in (("Near it, on neither side", False), ("Not about this, as people say", True)):
        if found := [each for each in unclear if rulings.is_set_aside(each) is aside]:
            st.html(f"<h3>{title}</h3>")
            _findings(found, number, one, report)


def _about(one: Assumption) -> str:
    """The lens of an assumption and its question, joined in one line of text."""
    return " · ".join(part for part in (told.opened(one.lens), one.question) if part)


def _importance(id: str, number: int, one: Assumption) -> None:
    key = f"importance-{id}-{number}"
    if st.session_state.get(key) != one.importance:  # the library's word counts, another tab may have set it
        st.session_state[key] = one.importance
    st.slider(
        f"How much hangs on it{told.weighed_by(one)}",
        0.0,
        1.0,
        step=STEP,
        format="percent",
        key=key,
        on_change=_weighed,
        args=(id, number, key),
    )


def _weighed(id: str, number: int, key: str) -> None:
    st.session_state[WEIGHED] = (id, number, round(st.session_state[key], 2))


def _findings(found: Sequence[Finding], number: int, one: Assumption, report: Report) -> None:
    for each in found:
        place = Place(number, one.findings.index(each) + 1)
        finding(each, place, f"card-{place.assumption}-{place.finding}", report, in_context=True)


def _card_key(id: str, number: int) -> str:
    return f"card-{id}-{number}"
