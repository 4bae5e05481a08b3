"""A verdict at a glance: its ruling, the strongest of either side, what is missing and what would settle it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from assistant.discussion import compare
from assistant.rulings import to_settle
from assistant.types import Finding, Verdict
from ui import present_verdict, state, verdict_page
from ui import verdict_report as told
from ui.present import escape
from ui.present_verdict import Place
from ui.verdict_kept import Kept
from ui.verdict_report import Report

FILES = {  # by their ending: what they are called, and their media type
    ".md": ("Markdown", "text/markdown"),
    ".html": ("Web page", "text/html"),
    ".docx": ("Word document", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
}


def head(report: Report) -> None:
    """The idea and what the documents make of it."""
    verdict = report.verdict
    st.html(f'<p class="small">Pressure test</p><h1 class="idea">{escape(verdict.idea)}</h1>')
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="ruling"):
        st.markdown(present_verdict.badge(verdict.ruling), width="content")
        st.html(f"<p>{told.MEANS[verdict.ruling]}</p>", width="content")
    st.html(f'<p class="small">{escape(told.head(report))}</p>')
    for notice in verdict.notices:
        st.html(f'<p class="small notice">{escape(notice)}</p>')


def glance(report: Report) -> None:
    """Both cases, what nobody says, what to settle first, and what is taken on faith."""
    verdict, places = report.verdict, present_verdict.places(report.verdict)
    for_it, against_it = st.columns(2, gap="medium")
    with for_it:
        _case("case-for", "The strongest case for it", verdict.case_for, places, report)
    with against_it:
        _case("case-against", "The strongest objection", verdict.case_against, places, report)
    missing, settling = st.columns(2, gap="medium")
    with missing:
        listed = present_verdict.listed(verdict.missing, "Nothing: something that bears on each was found.")
        st.html(f"<h2>What is missing</h2>{listed}")
        if verdict.leaps_of_faith:
            leaps = present_verdict.listed(verdict.leaps_of_faith)
            st.html(f'<div class="notice leaps"><h2>Leaps of faith</h2><p>Nothing supports them.</p>{leaps}</div>')
    if to_settle(verdict):
        with settling:
            asked = present_verdict.settling(verdict)
            st.html(f"<h2>Questions to settle</h2>{asked}")


def finding(one: Finding, place: Place, key: str, report: Report, *, in_context: bool = False) -> None:
    """A finding's words, and the line of its source, which opens the document there."""
    with st.container(key=f"finding-{key}", gap=None):
        st.html(present_verdict.quote(one, in_context=in_context))
        st.button(
            present_verdict.source(one.citation),
            key=f"open-{key}",
            type="tertiary",
            icon=":material/description:",
            on_click=state.open_citation,
            args=tuple(place),
        )
        st.html(present_verdict.attributed(one, report))


def beside(former: Kept, verdict: Verdict) -> None:
    """The idea beside the one that it revises, and what got better and what worse."""
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
    """The report as a file, made when it is asked for."""
    with st.popover("Export", icon=":material/download:"):
        for ending, (name, kind) in FILES.items():
            st.download_button(
                name,
                data=partial(verdict_page.rendered, report, ending),
                file_name=f"pressure-test-{report.id}{ending}",
                mime=kind,
                key=f"export{ending}",
                on_click="ignore",
                width="stretch",
            )


def how(report: Report) -> None:
    """What was searched for, and how far the sides can be trusted."""
    with st.expander("How it was tested", icon=":material/info:"):
        searched = [query for one in report.verdict.assumptions for query in one.searched]
        trust = present_verdict.listed(list(told.trust(report.verdict)))
        st.html(
            f"<h3>How far to trust this</h3>{trust}<h3>What was searched for</h3>{present_verdict.listed(searched)}"
        )


def _case(key: str, title: str, findings: Sequence[Finding], places: dict[Finding, Place], report: Report) -> None:
    with st.container(key=key):
        st.html(f"<h2>{title}</h2>")
        for number, one in enumerate(findings, start=1):
            finding(one, places[one], f"{key}-{number}", report)
        if not findings:
            st.html(f"<p>{told.NOTHING}</p>")
