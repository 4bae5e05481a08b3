"""The pressure-test page: visitors enter an idea, follow its test, read the verdict, revise, discuss and export it."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from assistant.errors import DocumentMissing, LibraryDamaged, LibraryMissing
from assistant.pressure.lens import all_lenses
from assistant.settings import Settings
from ui.parts.chat import reader
from ui.parts.documents import pasted
from ui.parts.page import failure, nothing, state, visiting
from ui.parts.pressure import assumptions, idea, testing, verdict, verdict_address, verdict_list, verdict_talk
from ui.parts.pressure.testing import IdeaDesk
from ui.parts.settings import running
from ui.reports import present_verdict, stored_verdicts
from ui.reports.stored_verdicts import StoredVerdict
from ui.reports.verdict_report import Report
from ui.views.present import escape
from ui.work.jobs import Job

SHEET = Path(__file__).parent.parent / "parts" / "pressure.css"
WELCOME = (
    "<h1>Pressure test</h1><p>Put an idea to the test against your documents: what they say for it, what they say "
    "against it, and where they say nothing.</p>"
)
LOST = (
    '<p class="notice" role="status">That test is not known here any more: the server was restarted since. '
    "Put the idea again.</p>"
)
CUT_SHORT = (
    '<p class="notice" role="status">This test was not finished: the server was restarted since. Test it again.</p>'
)


def show(settings: Settings) -> None:
    """Show the pressure-test page: the verdict or the running test that the page's address names. If it names none,
    show the form for an idea."""
    st.html(SHEET)
    try:
        assistant = running.opened(settings)
    except LibraryMissing:
        nothing.show("An idea is tested against your documents.")
        return
    desk = IdeaDesk(assistant, settings, visiting.owner(), visiting.name())
    with st.container(key="pressure-test"):
        line, id = testing.watched(desk), verdict_address.verdict()
        job = line[0] if line else None
        if job and job.kind == desk.kind(testing.TEST) and not (job.error or job.stopped):
            st.html(f'<h1>Putting it to the test</h1><p class="idea">{escape(job.about)}</p>')
            testing.follow(job)
        elif id:
            _verdict(id, line, desk)
        elif desk.library.searched().documents == 0 and not desk.library.verdicts.listed(desk.owner):
            nothing.show("An idea is tested against your documents.")
        else:
            _welcome(job, desk, settings)
        pasted.offer(settings)


def _welcome(job: Job | None, desk: IdeaDesk, settings: Settings) -> None:
    st.html(f'<div class="pressure-welcome">{WELCOME}</div>')
    cut_short = [one.idea for one in testing.unfinished(desk) if one.id == verdict_address.job()]
    if cut_short:
        st.html(CUT_SHORT)
    else:
        _ended(job)
    idea.put(desk, all_lenses(settings.lenses), job.about if job else "".join(cut_short))
    verdict_list.show(desk)


def _ended(job: Job | None) -> None:
    """Show how a test ended without a verdict: lost, failed or stopped. Nothing is shown for other jobs."""
    if job is None and verdict_address.job():
        st.html(LOST)
    elif job and job.error:
        failure.show(job.error)
    elif job and job.stopped:
        st.html('<p class="notice" role="status">Stopped; nothing was kept. The idea is in the field still.</p>')


def _verdict(id: str, line: list[Job], desk: IdeaDesk) -> None:
    library = desk.library
    st.session_state.pop(verdict_list.REMOVED, None)
    try:
        kept = stored_verdicts.own(library, id, desk.owner)
    except LibraryDamaged as error:
        _tools(id, None, desk)
        failure.show(error)
        return
    verdict.judge(id, library, desk.name)
    kept = stored_verdicts.own(library, id, desk.owner)
    if (importance := assumptions.weighed(id)) is not None:
        kept = kept._replace(verdict=stored_verdicts.weigh(library, id, importance))
    report = stored_verdicts.report(library, id, kept.verdict, kept.listed.created)
    _tools(id, report, desk)
    talk = [one for one in line if one.kind == desk.kind(testing.DISCUSSION)]
    if not talk:
        _ended(line[0] if line else None)
    verdict.head(report)
    _documents_changed(kept, desk)
    if kept.listed.revises:
        _beside(kept, desk)
    verdict.undo(id, library)
    verdict.glance(report)
    assumptions.show(report, desk)
    idea.revise(desk, id, kept.verdict.idea)
    verdict.how(report)
    verdict_talk.show(kept, talk, desk)
    citations = present_verdict.in_order(kept.verdict)
    if (cited := state.cited()) in citations:
        reader.show(citations[cited], library, among=tuple(citations))


def _tools(id: str, report: Report | None, desk: IdeaDesk) -> None:
    """Show the buttons for a verdict: back to all tests, export, and remove. ``report`` is None if the verdict is
    damaged; then it cannot be exported."""
    with st.container(horizontal=True, key="tools", gap="small"):
        st.button(
            "All tests",
            icon=":material/arrow_back:",
            type="tertiary",
            on_click=verdict_address.open_verdict,
            args=(None,),
        )
        st.space("stretch")
        if report:
            verdict.export(report)
        if st.button("Remove", icon=":material/delete:", type="tertiary", help="It can be brought back"):
            verdict_list.remove(id, desk.library)


def _documents_changed(kept: StoredVerdict, desk: IdeaDesk) -> None:
    """If the documents have changed since the test, offer to test the idea again."""
    if kept.verdict.library == desk.library.digest():
        return
    with st.container(horizontal=True, vertical_alignment="center", key="documents-changed"):
        st.html("<p>The documents have changed since this was tested.</p>", width="content")
        if st.button("Test it again", icon=":material/refresh:"):
            testing.begin(desk, kept.verdict.idea, revises=kept.listed.id)
            st.rerun()


def _beside(kept: StoredVerdict, desk: IdeaDesk) -> None:
    try:
        former = stored_verdicts.own(desk.library, kept.listed.revises or "", desk.owner)
    except DocumentMissing:
        return  # it has been removed since
    except LibraryDamaged as error:
        failure.show(error)
        return
    verdict.beside(former, kept.verdict)
