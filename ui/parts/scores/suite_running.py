"""Runs a test suite from the page, in a separate process that can be stopped. Only suites in known folders can be
run."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from assistant.errors import PushbackError
from assistant.settings import Settings
from ui.jobs import work as works
from ui.parts.page import failure, nearby, visiting
from ui.parts.scores import draft_reviewing
from ui.parts.settings import running
from ui.views.present import escape, option
from ui.views.present_work import count
from ui.web.roles import VisitorRole
from ui.work import suite_runs
from ui.work.jobs import Job

EVERY = 1.0  # seconds between two looks: a suite takes minutes
OWN, FAILED, ADDED = "suites-own", "cases-failed", "cases-added"
NOTHING_SAID = (
    "There is nothing new to make cases of: give an answer a thumb, or say the side of a finding of a pressure test."
)


def show(settings: Settings) -> None:
    """Show which test suites are running, and a note on each run that failed or was stopped. Visitors with the highest
    role, owner, also see a form that starts a run. When no suite runs any more, the page reruns."""
    busy = any(not job.done for job in _jobs(settings))
    if visiting.may(VisitorRole.OWNER, settings):
        _choose(settings, busy=busy)
    st.fragment(_shown, run_every=EVERY if busy else None)(settings, busy)


def _choose(settings: Settings, *, busy: bool) -> None:
    with st.expander("Run a suite", icon=":material/play_circle:", key="run-suite"):
        own = _own() if nearby.only(settings) else None
        suites = _mine(settings) | suite_runs.known(own)
        chosen = st.selectbox("Suite", list(suites), format_func=lambda name: option(name, 90), key="suite-to-run")
        st.html(
            '<p class="small">Its documents are read into a library of their own, which goes afterwards. Answers are '
            "quoted; no model is asked.</p>"
        )
        st.button(
            "Run it", key="run", type="primary", disabled=busy or not chosen, on_click=_start,
            args=(settings, chosen, suites.get(chosen or "")),
        )  # fmt: skip
        _make_cases(settings)
        if chosen and not suites[chosen].is_relative_to(suite_runs.SHIPPED):
            draft_reviewing.show(suites[chosen])


def _mine(settings: Settings) -> dict[str, Path]:
    """The suite that was made from this library, by its name in the menu; empty if there is none."""
    suite = suite_runs.of_library(settings)
    return {f"This library, {settings.library}": suite} if suite.exists() else {}


def _make_cases(settings: Settings) -> None:
    """Show a button that turns feedback and judgements into cases of this library's suite, and its outcome."""
    st.button(
        "Make cases of what was said here",
        key="make-cases",
        icon=":material/playlist_add_check:",
        help="Answers with a thumb and findings that were judged become cases over the documents of this library.",
        on_click=_add_cases,
        args=(settings,),
    )
    if error := st.session_state.pop(FAILED, None):
        failure.show(error)
    if told := st.session_state.pop(ADDED, ""):
        st.html(f'<p class="notice small" role="status">{told}</p>')


def _add_cases(settings: Settings) -> None:
    try:
        cases, drafts = suite_runs.add_cases(running.opened(settings).library, settings)
    except PushbackError as error:  # before the page runs, out of its door's reach
        st.session_state[FAILED] = error
        return
    if not cases + drafts:
        st.session_state[ADDED] = NOTHING_SAID
        return
    st.session_state["suite-to-run"] = next(iter(_mine(settings)))
    more = f" {count(drafts, 'answer')} called wrong: say below what is right." if drafts else ""
    st.session_state[ADDED] = f"{count(cases, 'case')} added to the suite over this library.{more}"


def _own() -> Path | None:
    named = st.text_input("Folder with suites of your own", key=OWN, placeholder="~/suites").strip()
    if named and not Path(named).expanduser().is_dir():
        st.html(f'<p class="notice small" role="alert">There is no folder {escape(named)} on this machine.</p>')
        return None
    return Path(named) if named else None


def _start(settings: Settings, name: str, suite: Path | None) -> None:
    if suite is not None:
        line = running.line(settings)
        for ended in _jobs(settings):
            if ended.done:
                line.forget(ended)
        asked = works.of_library(settings, suite=suite_runs.named(suite))
        line.start(_kind(settings), f"Running {name}", works.SUITE, asked)


def _shown(settings: Settings, was_busy: bool) -> None:
    every = _jobs(settings)
    for job in every:
        _going(job, settings) if not job.done else _ended(job)
    if was_busy and all(job.done for job in every):
        st.rerun()


def _going(job: Job, settings: Settings) -> None:
    with st.container(border=True, gap="xsmall"):
        st.html(
            f'<p role="status"><strong>{escape(job.about)}</strong><br><span class="small">{escape(job.doing)}</span>'
        )
        st.progress(job.share or 0.0)
        if visiting.may(VisitorRole.OWNER, settings):
            st.button(
                "Stopping…" if job.stopping else "Stop", key=f"stop-{job.id}", icon=":material/stop_circle:",
                type="tertiary", disabled=job.stopping, on_click=job.stop,
            )  # fmt: skip


def _ended(job: Job) -> None:
    if job.error:
        failure.show(job.error)
    elif job.stopped:
        st.html('<p class="small" role="status">Stopped. What was asked until then is kept as an interrupted run.</p>')


def _jobs(settings: Settings) -> list[Job]:
    return running.line(settings).of_kind(_kind(settings))


def _kind(settings: Settings) -> str:
    return f"{suite_runs.KIND} {settings.home}"
