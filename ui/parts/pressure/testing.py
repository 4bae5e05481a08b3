"""Runs tests and discussions of ideas as background jobs: starts, watches and stops them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import streamlit as st

from assistant import wire
from assistant.build import Assistant
from assistant.library.library import Library
from assistant.library.records import UNFINISHED, KeptVerdict
from assistant.settings import Settings
from assistant.types import Verdict
from ui.jobs import work as works
from ui.jobs.line import JobLine
from ui.parts.pressure import verdict_address
from ui.parts.settings import running as assistants
from ui.reports import stored_verdicts
from ui.views.present import escape
from ui.work.jobs import Job

TEST, DISCUSSION = "pressure test", "discussion"
EVERY = 0.5  # seconds between two looks: progress seems to move, and each look is a rerun of a part of the page


class IdeaDesk(NamedTuple):
    """The objects that the page needs to test a visitor's ideas: the assistant, the settings, the owner of the verdicts
    (None for a visitor at the machine that runs the app), and the visitor's name, which is empty if they have not
    signed in."""

    assistant: Assistant
    settings: Settings
    owner: str | None
    name: str = ""

    @property
    def library(self) -> Library:
        """The library that ideas are tested against. It also stores the verdicts."""
        return self.assistant.library

    @property
    def line(self) -> JobLine:
        """The queue of jobs, for looking up jobs that have been started."""
        return assistants.line(self.settings)

    @property
    def doing(self) -> JobLine:
        """The queue of jobs, for starting jobs that need the assistant."""
        return assistants.line_of_assistant(self.settings, self.assistant)

    def kind(self, work: str) -> str:
        """The label by which the queue finds the jobs of one kind of work on this library. ``work`` is the kind:
        ``TEST`` or ``DISCUSSION``."""
        return f"{work} {self.settings.folder}"


def begin(desk: IdeaDesk, idea: str, revises: str | None = None, like: Verdict | None = None) -> None:
    """Start a job that tests ``idea``, and let the page show the progress of the job. The job's result is the id of the
    stored verdict. ``revises`` is the id of an earlier verdict with which the page compares the new one.

    ``like`` is a verdict from which the new test takes over what people said: the assumptions that they added or left
    out, and their judgements of which quotes speak for or against them. Without ``like``, the new test takes them from
    the verdict ``revises``. The idea is stored before the job starts, and earlier unfinished tests of the same idea are
    removed.
    """
    for one in unfinished(desk):
        if one.idea == idea:
            stored_verdicts.give_up(desk.library, one.id)
    begun = stored_verdicts.begin(desk.library, idea, revises=revises, owner=desk.owner)
    same = wire.verdict(like) if like else None
    asked = works.of_assistant(desk.settings, idea=idea, revises=revises, like=same)
    verdict_address.watch(desk.doing.start(desk.kind(TEST), idea, works.TEST, asked, desk.owner, id=begun.id).id)


def say(desk: IdeaDesk, id: str, message: str, line: Sequence[Job] = ()) -> None:
    """Start a job that replies to a message about the verdict ``id``, and let the page show the progress of the job.
    The job's result is the id of the verdict after the reply, which is a new id if the reply changed the verdict.

    ``line`` holds the unfinished jobs for earlier messages. The new job waits for all of them. If they change the
    verdict, the new job discusses the changed verdict.
    """
    asked = works.of_assistant(desk.settings, verdict=id, message=message, by=desk.name)
    after = line[-1] if line else None
    job = desk.doing.start(desk.kind(DISCUSSION), message, works.DISCUSS, asked, desk.owner, after=after)
    first = next(one for one in (*line, job) if one.result or not one.done)
    verdict_address.watch(first.id)


def watched(desk: IdeaDesk) -> list[Job]:
    """The jobs whose progress the page shows: the job named in the page's address and the jobs that wait for it, except
    those that have a result already. If one of these jobs has ended with a verdict, this function makes the page open
    that verdict."""
    named = verdict_address.job()
    job = desk.line.job(named, desk.owner) if named else None
    if job and job.done and not job.result and job.kind == desk.kind(TEST):
        stored_verdicts.give_up(desk.library, job.id)  # it may have ended before anybody began it
    line = desk.line.following(job) if job else []
    left = [one for one in line if not one.result]
    if led_to := [one.result for one in line if one.result]:
        verdict_address.open_verdict(led_to[-1])
        if left:
            verdict_address.watch(left[0].id)
        if line[0].result:
            st.rerun()
    return left


def running(desk: IdeaDesk) -> list[Job]:
    """The jobs that test the visitor's ideas at present, the newest first."""
    return [job for job in desk.line.of_kind(desk.kind(TEST), desk.owner) if not job.done]


def unfinished(desk: IdeaDesk) -> list[KeptVerdict]:
    """The visitor's ideas whose test was interrupted before it had a verdict, the latest first."""
    going_on = {job.id for job in running(desk)}
    kept = desk.library.verdicts.listed(desk.owner)
    return [one for one in kept if one.ruling == UNFINISHED and one.id not in going_on]


@st.fragment(run_every=EVERY)
def follow(job: Job) -> None:
    """Show the progress of a job until it ends; then rerun the page."""
    job = job.look()
    if job.done:
        st.rerun()
    steps = job.told[1:] or [job.doing]  # the first is that it starts
    st.progress(job.share or 0.0, text=f"{job.seconds:.0f} seconds so far")
    done = "".join(f'<li class="done">{escape(step)}</li>' for step in steps[:-1])
    st.html(f'<ol class="steps" role="status">{done}<li class="doing">{escape(steps[-1])}…</li></ol>')
    told = "Stopping" if job.stopping else "Stop"
    st.button(told, key=f"stop-{job.id}", icon=":material/stop_circle:", disabled=job.stopping, on_click=job.stop)
