"""Ideas tested, and verdicts discussed, off the page's thread: begun, watched from the first second, and stopped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from time import monotonic
from typing import NamedTuple

import streamlit as st

from assistant.build import Assistant
from assistant.library.library import Library
from assistant.library.records import UNFINISHED, KeptVerdict
from assistant.pressure.rulings import weighed_as
from assistant.types import Verdict
from ui.parts.pressure import verdict_address
from ui.reports import verdict_kept
from ui.views.present import escape
from ui.work import jobs
from ui.work.jobs import Job
from ui.work.progress import PREPARING

TEST, DISCUSSION = "pressure test", "discussion"
EVERY = 0.5  # seconds between two looks
SEARCHING = "Searching the documents"

Progress = Callable[[int, int, str], None]


class Desk(NamedTuple):
    """Where a visitor's ideas are tested: by whom, in the library of which folder, whose they are, and what the visitor
    is called, where they have signed in."""

    assistant: Assistant
    folder: str
    owner: str | None
    name: str = ""

    @property
    def library(self) -> Library:
        """The library that is tested against, which keeps the verdicts."""
        return self.assistant.library

    def kind(self, work: str) -> str:
        """What jobs of this kind on this library are called."""
        return f"{work} {self.folder}"


class Reporting:
    """The assistant as a discussion needs it, which says how far a test is that it causes."""

    def __init__(self, assistant: Assistant, progress: Progress) -> None:
        self._assistant, self._progress = assistant, progress
        self.library, self.search = assistant.library, assistant.search
        self.sure_sides, self.replied = assistant.sure_sides, assistant.replied

    def challenge(self, idea: str, *, like: Verdict | None = None) -> Verdict:
        """The verdict on an idea, resting on what it did in a former one."""
        return self._assistant.challenge(idea, self._progress, like=like)


def begin(desk: Desk, idea: str, revises: str | None = None, like: Verdict | None = None) -> None:
    """Start testing ``idea`` and watch it; its result is the id of the verdict, which is kept.

    The same idea is tested ``like`` this verdict on it, else like the one that it revises. It is kept before that, in
    the place of tests of it that were not finished.
    """
    for one in unfinished(desk):
        if one.idea == idea:
            verdict_kept.give_up(desk.library, one.id)
    begun = verdict_kept.begin(desk.library, idea, revises=revises, owner=desk.owner)

    def work(job: Job) -> str:
        former = verdict_kept.opened(desk.library, revises) if revises else None
        same = like or (former.verdict if former and former.verdict.idea == idea else None)
        desk.assistant.prepare(partial(job.at, PREPARING))
        verdict = desk.assistant.challenge(idea, _tells(job), like=same)
        said = former.said if former else ()
        if former:
            verdict = weighed_as(same or former.verdict, verdict)
        return verdict_kept.finish(desk.library, begun, verdict, said)

    undone = partial(verdict_kept.give_up, desk.library, begun.id)
    verdict_address.watch(jobs.start(desk.kind(TEST), idea, work, desk.owner, id=begun.id, undone=undone).id)


def say(desk: Desk, id: str, message: str, line: Sequence[Job] = ()) -> None:
    """Start replying to a message about a verdict and watch it; its result is the id of what then stands.

    It waits for those of ``line``, which were said before, and is about the verdict that they lead to.
    """

    def work(job: Job) -> str:
        job.at(SEARCHING)
        led_to = [one.result for one in line if one.result]
        of = Reporting(desk.assistant, _tells(job))
        return verdict_kept.discussed(of, [id, *led_to][-1], message, desk.name)[1]

    job = jobs.start(desk.kind(DISCUSSION), message, work, desk.owner, line[-1] if line else None)
    first = next(one for one in (*line, job) if one.result or not one.done)
    verdict_address.watch(first.id)


def watched(desk: Desk) -> list[Job]:
    """The job that the address names, with those that wait for it; what ended well leads to its verdict."""
    named = verdict_address.job()
    job = jobs.job(named, desk.owner) if named else None
    line = jobs.line(job) if job else []
    left = [one for one in line if not one.result]
    if led_to := [one.result for one in line if one.result]:
        verdict_address.open_verdict(led_to[-1])
        if left:
            verdict_address.watch(left[0].id)
        if line[0].result:
            st.rerun()
    return left


def running(desk: Desk) -> list[Job]:
    """The visitor's tests that go on, the newest first."""
    return [job for job in jobs.of_kind(desk.kind(TEST), desk.owner) if not job.done]


def unfinished(desk: Desk) -> list[KeptVerdict]:
    """The visitor's tests that were begun, are not finished and do not go on, the latest first."""
    going_on = {job.id for job in running(desk)}
    kept = desk.library.verdicts(desk.owner)
    return [one for one in kept if one.ruling == UNFINISHED and one.id not in going_on]


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
