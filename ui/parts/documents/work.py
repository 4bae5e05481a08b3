"""The running and ended jobs on the library, shown to everyone who has the page open, also after a reload."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic

import streamlit as st

from assistant.settings import Settings
from ui.jobs import work as works
from ui.parts.documents import arriving, starting_jobs
from ui.parts.page import failure, state, visiting
from ui.parts.settings import running
from ui.views import present_work
from ui.views.present import escape, label
from ui.web.roles import VisitorRole
from ui.work import library_work
from ui.work.jobs import Job
from ui.work.library_changes import Removed
from ui.work.library_health import Checked
from ui.work.library_work import FileOutcome, ReadingOutcome

EVERY = 0.5  # seconds between two looks: progress seems to move, and each look is a rerun of a part of the page
LASTS = 120  # seconds that an outcome stands by itself: long enough to read a summary; a guess, not measured
LOOKS = 5  # seconds between two looks whether it has stood so long
ENDED = 10  # outcomes listed, the newest first: a day's work on a library; a guess, not measured
SEEN = "outcomes-seen"  # of the session: where and when each outcome was first shown
AWAY = "put away"  # instead of where it was shown
LISTED = 12  # files of an outcome shown by name; of those that failed a few more
OPENS = (library_work.ADDED, library_work.CHANGED, library_work.COPY)
OPENED = 3  # documents of an outcome that can be opened from it: meant for one row of buttons


def show(settings: Settings, key: str, *, opens: bool = False) -> bool:
    """Show the jobs that read or change the library of these settings: those that are running, and the result of the
    job that ended last. Returns whether any job is running. The page reruns when the last one has ended. ``key`` makes
    the names of the widgets unique on the page.

    The result is shown until another job ends, ``LASTS`` seconds have passed or the visitor puts it away. A result that
    somebody should act on, such as an error, stays longer than ``LASTS`` seconds. Each visitor sees a result in only
    one place of the app: the first place in which it was shown to them. A place is identified by ``key`` and the open
    document. Pass ``opens=True`` on a page that can open documents: results then have buttons that open the documents
    that were read, and a log has the results that are no longer shown.
    """
    busy = busy_with(settings)
    leaves = [job for job in _new(_jobs(settings), key) if not _asks(job)]
    every = EVERY if busy else LOOKS if leaves else None
    st.fragment(_shown, run_every=every)(settings, key, busy, opens)
    return busy


def busy_with(settings: Settings) -> bool:
    """Whether any job that reads or changes the library of these settings is running."""
    return any(not job.done for job in _jobs(settings))


def _shown(settings: Settings, key: str, was_busy: bool, opens: bool) -> None:
    every = _jobs(settings)
    going = [job for job in every if not job.done]
    for job in reversed(going):
        _going(job, settings, key)
    ended = [job for job in every if job.done][:ENDED]
    new = _new(every, key)
    for job in new:
        with st.container(key=f"{key}-job-{job.id}", border=True, gap="small"):
            _ended(job, settings, key, opens)
            may = visiting.may(VisitorRole.EDITOR, settings)
            if may and st.button("Put away", key=f"{key}-away-{job.id}", type="tertiary"):
                st.session_state[SEEN][job.id] = AWAY, monotonic()
                st.rerun()
    if opens and (before := [job for job in ended if job not in new]):
        with st.expander(f"What was done before · {len(before)}", icon=":material/history:", key=f"{key}-log"):
            for job in before:
                with st.container(key=f"{key}-job-{job.id}", gap="small"):
                    _ended(job, settings, key, opens)
    if was_busy and not going:
        st.rerun()


def _new(every: Sequence[Job], key: str) -> list[Job]:
    """The job that ended last, if its outcome is to be shown in this place; see ``show``."""
    seen, here = st.session_state.setdefault(SEEN, {}), f"{key} {state.document()}"
    for job in [job for job in every if job.done][:1]:
        where, since = seen.setdefault(job.id, (here, monotonic()))
        if where == here and (_asks(job) or monotonic() - since < LASTS):
            return [job]
    return []


def _asks(job: Job) -> bool:
    """Whether the outcome of a job is something to act on: an error, unreadable or missing files, or problems of the
    library."""
    match job.result:
        case ReadingOutcome(spared=spared) as outcome:
            return bool(spared or outcome.count(library_work.FAILED) or outcome.stopped)
        case Checked(problems=problems):
            return bool(problems)
    return bool(job.error or job.stopped)


def _going(job: Job, settings: Settings, key: str) -> None:
    with st.container(key=f"{key}-job-{job.id}", border=True, gap="xsmall"):
        st.html(
            f'<p role="status"><strong>{escape(job.about)}</strong><br><span class="small">{escape(job.doing)}</span>'
        )
        st.progress(job.share or 0.0)
        if visiting.may(VisitorRole.EDITOR, settings):
            st.button(
                "Stopping…" if job.stopping else "Stop",
                key=f"{key}-stop-{job.id}",
                icon=":material/stop_circle:",
                type="tertiary",
                disabled=job.stopping,
                on_click=job.stop,
            )


def _ended(job: Job, settings: Settings, key: str, opens: bool) -> None:
    """Show the outcome of a job, with buttons for what can be done next. A click on them reruns the whole page."""
    if job.error:
        failure.show(job.error)
    else:
        st.html(f'<div class="outcome" role="status">{_told(job)}</div>')
    _arrived(job, settings, key, opens=opens)
    edits, owns = (visiting.may(role, settings) for role in (VisitorRole.EDITOR, VisitorRole.OWNER))
    with st.container(horizontal=True, gap="small"):
        match job.result:
            case ReadingOutcome(spared=spared, paths=paths) if spared and edits:
                if st.button("Take them out", key=f"{key}-gone-{job.id}", icon=":material/delete:"):
                    running.line(settings).forget(job)
                    starting_jobs.read(settings, paths, "Taking out what is gone", allow_removals=True)
                    st.rerun()
            case ReadingOutcome(files=files) if opens:
                for one in _read(files)[:OPENED]:
                    if st.button(f"Open {label(one.source, 40)}", key=f"{key}-open-{job.id}-{one.document}"):
                        state.open_document(one.document)
                        st.rerun()
            case [Removed(), *_] as removed if edits:
                if st.button("Undo", key=f"{key}-undo-{job.id}", icon=":material/undo:"):
                    _undo(job, tuple(removed), settings)
                    st.rerun()
            case Checked(problems=problems) if owns and any(one.reindex for one in problems):
                if st.button("Re-index", key=f"{key}-reindex-{job.id}"):
                    starting_jobs.reindex(settings)
                    st.rerun()


def _read(files: Sequence[FileOutcome]) -> list[FileOutcome]:
    return [one for one in files if one.document and one.what in OPENS]


def _arrived(job: Job, settings: Settings, key: str, *, opens: bool) -> None:
    """If the job has read documents, show summaries of them."""
    files = _read(job.result.files) if opens and isinstance(job.result, ReadingOutcome) else []
    if read := tuple(dict.fromkeys(one.document or "" for one in files)):
        arriving.show(read, running.opened(settings).library, f"{key}-short-{job.id}")


def _told(job: Job) -> str:
    """The outcome of a job that did not fail, as HTML."""
    match job.result:
        case ReadingOutcome() as outcome:
            said = escape(present_work.happened(outcome))
            gone = f"<p>{escape(present_work.spared(outcome.spared))}</p>" if outcome.spared else ""
            return f"<p>{said}</p>{gone}{present_work.files(outcome.files, LISTED)}"
        case Checked(problems=problems):
            return present_work.problems(problems)
        case tuple() as removed:
            return f"<p>{escape(present_work.removed([one.document.about.title for one in removed]))}</p>"
        case _:
            said = "Stopped" if job.stopped else str(job.result or "Done")
            return f"<p>{escape(job.about)}: {escape(said)}</p>"


def told_of(settings: Settings) -> set[str]:
    """The names of the files that the last ``ENDED`` finished jobs on the library of these settings could not read. The
    results of these jobs already name the files, so the page does not list them again as uploaded files that were not
    read."""
    ended = [job for job in _jobs(settings) if job.done][:ENDED]
    files = [one for job in ended if isinstance(job.result, ReadingOutcome) for one in job.result.files]
    return {one.source for one in files if one.what == library_work.FAILED}


def _undo(job: Job, removed: tuple[Removed, ...], settings: Settings) -> None:
    starting_jobs.begin(settings, "Putting back", works.PUT_BACK, works.of_putting_back(settings, removed))
    running.line(settings).forget(job)


def _jobs(settings: Settings) -> list[Job]:
    """The jobs on this library, the newest first."""
    return running.line(settings).of_kind(library_work.kind(settings))
