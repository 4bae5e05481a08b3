"""Ideas tested, and verdicts discussed, off the page's thread: begun, watched from the first second, and stopped."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

import streamlit as st

from assistant.build import Assistant
from assistant.library.library import Library
from assistant.rulings import weighed_as
from assistant.types import Hit, Stance, Verdict
from ui import jobs, verdict_address, verdict_kept
from ui.jobs import Job
from ui.present import escape

TEST, DISCUSSION = "pressure test", "discussion"
EVERY = 0.5  # seconds between two looks
SEARCHING = "Searching the documents"

Progress = Callable[[int, int, str], None]


class Reporting:
    """The assistant as a discussion needs it, which says how far a test is that it causes."""

    def __init__(self, assistant: Assistant, progress: Progress) -> None:
        self._assistant, self._progress = assistant, progress
        self.library: Library = assistant.library

    def challenge(self, idea: str) -> Verdict:
        """The verdict on an idea."""
        return self._assistant.challenge(idea, self._progress)

    def search(self, query: str, k: int = 8) -> list[Hit]:
        """The best passages."""
        return self._assistant.search(query, k)

    def sides(self, pairs: list[tuple[str, str]]) -> list[tuple[Stance, float]]:
        """Of a claim and a text, the side on which the text stands."""
        return self._assistant.sides(pairs)


def begin(assistant: Assistant, idea: str, revises: str | None = None) -> None:
    """Start testing ``idea`` and watch it; its result is the id of the verdict, which is kept."""

    def work(job: Job) -> str:
        library = assistant.library
        former = verdict_kept.opened(library, revises) if revises else None
        verdict = assistant.challenge(idea, _tells(job))
        if former:
            verdict = weighed_as(former.verdict, verdict)
        return verdict_kept.keep(library, verdict, revises=revises, said=former.said if former else ())

    verdict_address.watch(jobs.start(TEST, idea, work).id)


def say(assistant: Assistant, id: str, message: str) -> None:
    """Start replying to a message about a verdict and watch it; its result is the id of what then stands."""

    def work(job: Job) -> str:
        job.at(SEARCHING)
        return verdict_kept.discussed(Reporting(assistant, _tells(job)), id, message)[1]

    verdict_address.watch(jobs.start(DISCUSSION, message, work).id)


def watched() -> Job | None:
    """The job that the address names; one that ended well leads to its verdict."""
    named = verdict_address.job()
    job = jobs.job(named) if named else None
    if job and job.done and job.result:
        verdict_address.open_verdict(job.result)
        st.rerun()
    return job


def running() -> list[Job]:
    """The tests that go on, the newest first."""
    return [job for job in jobs.of_kind(TEST) if not job.done]


@st.fragment(run_every=EVERY)
def follow(job: Job) -> None:
    """How far it is, looked at again and again; the page is shown anew when it has ended."""
    if job.done:
        st.rerun()
    seconds = monotonic() - job.started
    steps = job.told[1:] or [job.doing]  # the first is that it starts
    st.progress(job.share or 0.0, text=f"{seconds:.0f} seconds so far")
    done = "".join(f'<li class="done">{escape(step)}</li>' for step in steps[:-1])
    st.html(f'<ol class="steps" role="status">{done}<li class="doing">{escape(steps[-1])}…</li></ol>')
    told = "Stopping" if job.stopping else "Stop"
    st.button(told, key=f"stop-{job.id}", icon=":material/stop_circle:", disabled=job.stopping, on_click=job.stop)


def _tells(job: Job) -> Progress:
    """What the job is told of a test: that it searches, then each assumption as its turn comes."""
    begun = False

    def progress(done: int, of: int, next: str) -> None:
        nonlocal begun
        if begun:
            job.at(f"{done + 1} of {of}: {next}", done / of)
        else:
            job.at(SEARCHING)
        begun = True

    return progress
