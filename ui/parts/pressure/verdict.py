"""An overview of a verdict: the ruling, the strongest evidence on each side, what is missing, and how to settle it."""

from __future__ import annotations

from functools import partial

import streamlit as st

from assistant.library.library import Library
from assistant.pressure import rulings
from assistant.pressure.discussion import compare
from assistant.types import Finding, Stance, Verdict
from ui.parts.page import state
from ui.reports import present_verdict, stored_verdicts, verdict_page
from ui.reports import verdict_report as told
from ui.reports.present_verdict import Place
from ui.reports.stored_verdicts import StoredVerdict
from ui.reports.verdict_report import CaseOfSide, Report
from ui.views import inert
from ui.views.present import escape

FILES = {  # by their ending: what they are called, and their media type
    ".md": ("Markdown", "text/markdown"),
    ".html": ("Web page", "text/html"),
    ".docx": ("Word document", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
}

WIDTHS = {True: 2, False: 1}  # of a case with findings, and of one without: that one has a single line
LONG = 120  # characters of an idea from which it is set smaller: it has two lines and more
FOLDED = 300  # characters of an idea from which it has more than the three lines that are shown until it is clicked

JUDGED = {"For": Stance.SUPPORTS, "Against": Stance.CHALLENGES, "Not about this": None}
SAID, BEFORE = "finding-judged", "finding-before"  # what was just said of a finding; the finding before and after


def head(report: Report) -> None:
    """Show the top of a verdict: the idea, the ruling on it, and a summary in one or two sentences."""
    verdict = report.verdict
    look = "idea long" if len(verdict.idea) > LONG else "idea"
    idea = f'<h1 class="{look}">{escape(verdict.idea)}</h1>'
    if len(verdict.idea) > FOLDED:
        idea = f"<details><summary>{idea}</summary></details>"
    st.html(f'<p class="small">{escape(told.head(report))}</p>{idea}')
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="ruling"):
        st.markdown(present_verdict.badge(verdict.ruling), width="content")
        st.html(f"<p>{escape(told.in_short(verdict))}</p>", width="content")
    for notice in verdict.notices:
        st.html(f'<p class="small notice">{escape(notice)}</p>')


def glance(report: Report) -> None:
    """Show the overview of a verdict: the findings for the idea and those against it, the points on which no evidence
    was found, and what to find out first."""
    verdict = report.verdict
    cases = told.cases(verdict)
    with st.container(key="glance"):
        widths = [WIDTHS[bool(case.findings)] for case in cases]
        for column, case in zip(st.columns(widths, gap="medium"), cases, strict=True):
            with column:
                _case(case, report)
        missing, settling = st.columns(2, gap="medium")
        with missing:
            st.html(f"<h2>{told.UNFOUND}</h2>{present_verdict.listed(told.missing(verdict), told.ALL_TOUCHED)}")
        if rulings.to_settle(verdict):
            with settling:
                st.html(f"<h2>Find out first</h2>{present_verdict.settling(verdict, 1)}")


def finding(
    one: Finding, place: Place, key: str, report: Report, *, number: int | None = None, in_context: bool = False
) -> None:
    """Show a finding (a quote that concerns an assumption of the idea), a button that opens its source, and buttons by
    which the visitor judges it: for the assumption, against it, or not about it. ``place`` is the position of the
    finding in the verdict, and ``key`` makes the names of the buttons unique. ``number`` is the number by which the
    summary refers to the finding, None outside of the overview. With ``in_context``, the words around the quote are
    shown, too; else a click on a long quote unfolds it."""
    with st.container(key=f"finding-{key}", gap=None):
        st.html(present_verdict.quote(one, in_context=True) if in_context else present_verdict.folded(one))
        st.button(
            present_verdict.source(one.citation, number),
            key=f"open-{key}",
            type="tertiary",
            icon=":material/description:",
            help=present_verdict.tip(one),
            on_click=state.open_citation,
            args=tuple(place),
        )
        how = present_verdict.attributed(one, report)
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"judge-{key}"):
            for name, side in JUDGED.items():
                st.button(
                    name,
                    key=f"{name}-{key}",
                    type="tertiary",
                    disabled=rulings.is_set_aside(one) if side is None else one.stance is side,
                    on_click=_judge,
                    args=(report.id, one, side),
                )
            if how:
                st.html(how, width="content")


def judge(id: str, library: Library, by: str) -> None:
    """If the visitor has just judged whether a finding (a quote) of the verdict ``id`` is for its assumption, against
    it, or not about it, store this judgement. ``by`` is the visitor's name, empty if unknown."""
    of, one, side = st.session_state.pop(SAID, ("", None, None))
    if of == id and one is not None:
        said = rulings.judge(one, side, by)
        stored_verdicts.swap(library, id, one, said)
        st.session_state[BEFORE] = id, one, said


def undo(id: str, library: Library) -> None:
    """If the visitor has just judged whether a finding (a quote) of the verdict ``id`` is for its assumption, against
    it, or not about it, show a button that takes the judgement back."""
    if st.session_state.get(BEFORE, ("",))[0] == id:
        st.button("Undo what you said", icon=":material/undo:", type="tertiary", on_click=_undo, args=(library,))


def _undo(library: Library) -> None:
    id, before, said = st.session_state.pop(BEFORE)
    stored_verdicts.swap(library, id, said, before)


def _judge(id: str, one: Finding, side: Stance | None) -> None:
    st.session_state[SAID] = id, one, side


def beside(former: StoredVerdict, verdict: Verdict) -> None:
    """Compare a verdict with ``former``, an earlier verdict on the same idea or on an earlier wording of it. Show both
    ideas, what got better and what got worse."""
    found = compare(former.verdict, verdict)
    st.html("<h2>Beside the former one</h2>")
    for column, name, one in zip(
        st.columns(2, gap="medium"), ("Before", "Now"), (former.verdict, verdict), strict=True
    ):
        with column, st.container(border=True, gap="xsmall"):
            st.html(f'<p class="small">{name}</p><p class="idea">{escape(one.idea)}</p>')
            st.markdown(present_verdict.badge(one.ruling))
    if not found:
        st.html("<p>Nothing that was found is otherwise than before.</p>")
        return
    for column, name, better in zip(
        st.columns(2, gap="medium"), ("What got better", "What got worse"), (True, False), strict=True
    ):
        with column:
            look = "better" if better else "worse"
            changes = present_verdict.changes(found, better=better)
            st.html(f'<h3>{name}</h3><div class="changes {look}">{changes}</div>')


def export(report: Report) -> None:
    """Show a button for each file format in which the report can be downloaded. The file is made when the visitor
    clicks."""
    with st.popover("Export", icon=":material/download:"):
        for ending, (name, kind) in FILES.items():
            st.download_button(
                name,
                data=partial(verdict_page.rendered, report, ending),
                file_name=f"{inert.file_name(report.verdict.idea, 'pressure-test')}{ending}",
                mime=kind,
                key=f"export{ending}",
                on_click="ignore",
                width="stretch",
            )


def how(report: Report) -> None:
    """Show how an idea was tested: the search queries, and how reliably the test distinguishes findings for the idea
    from findings against it."""
    with st.expander("How it was tested", icon=":material/info:"):
        searched = [query for one in report.verdict.assumptions for query in one.searched]
        trust = present_verdict.listed(list(told.trust(report.verdict)))
        st.html(
            f"<h3>How far to trust this</h3>{trust}<h3>What was searched for</h3>{present_verdict.listed(searched)}"
        )


def _case(case: CaseOfSide, report: Report) -> None:
    places, numbers = present_verdict.places(report.verdict), told.numbered(report.verdict)
    key = f"case-{case.key}"
    with st.container(key=key, gap="xsmall"):
        st.html(f"<h2>{case.title}</h2>")
        for number, one in enumerate(case.findings, start=1):
            finding(one, places[one], f"{key}-{number}", report, number=numbers[one])
        if not case.findings:
            st.html(f"<p>{case.empty}</p>")
