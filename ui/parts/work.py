"""What is being done to the library and what was done: for everyone who has the page open, through any reload."""

from __future__ import annotations

import streamlit as st

from assistant.settings import Settings
from ui import jobs, library_work, present_library
from ui.jobs import Job
from ui.library_work import Outcome
from ui.parts import failure
from ui.present import escape

EVERY = 0.5  # seconds between two looks
ENDED = 3  # outcomes shown, the newest first, until they are put away
LISTED = 12  # files of an outcome shown by name; those that failed are all shown


def show(settings: Settings, key: str) -> bool:
    """The work on this library; whether any is going on. The page runs anew when the last has ended."""
    busy = any(not job.done for job in jobs.of_kind(library_work.kind(settings)))
    st.fragment(_shown, run_every=EVERY if busy else None)(settings, key, busy)
    return busy


def _shown(settings: Settings, key: str, was_busy: bool) -> None:
    every = jobs.of_kind(library_work.kind(settings))
    going = [job for job in every if not job.done]
    for job in reversed(going):
        _going(job, key)
    for job in [job for job in every if job.done][:ENDED]:
        _ended(job, key)
    if was_busy and not going:
        st.rerun()


def _going(job: Job, key: str) -> None:
    with st.container(key=f"{key}-job-{job.id}", gap="xsmall"):
        st.html(f'<p role="status"><strong>{escape(job.about)}</strong> <span class="small">{escape(job.doing)}</span>')
        st.progress(job.share or 0.0)
        st.button(
            "Stopping…" if job.stopping else "Stop",
            key=f"{key}-stop-{job.id}",
            icon=":material/stop_circle:",
            type="tertiary",
            disabled=job.stopping,
            on_click=job.stop,
        )


def _ended(job: Job, key: str) -> None:
    with st.container(key=f"{key}-job-{job.id}", horizontal=True, vertical_alignment="top"):
        with st.container(gap="xsmall"):
            if job.error:
                failure.show(job.error)
            elif isinstance(job.result, Outcome):
                said = present_library.happened(job.result)
                listed = present_library.files(job.result.files, LISTED)
                st.html(f'<div class="outcome" role="status"><p>{escape(said)}</p>{listed}</div>')
            else:
                said = "Stopped" if job.stopped else job.result or "Done"
                st.html(f'<div class="outcome" role="status"><p>{escape(job.about)}: {escape(str(said))}</p></div>')
        st.button(
            "Put away",
            key=f"{key}-away-{job.id}",
            icon=":material/close:",
            type="tertiary",
            on_click=jobs.forget,
            args=(job,),
        )
