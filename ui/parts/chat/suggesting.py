"""Suggested questions, on the welcome page and below an answer. A background job makes and tests them once after each
change of the library.

The page does not wait for them: stored questions are shown at once, new ones when they are ready.
"""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic, sleep

import streamlit as st

from assistant.answer import greeting
from assistant.answer.greeting import FURTHER, QUESTIONS
from assistant.library.library import Library
from assistant.settings import Settings
from assistant.types import Answer
from ui.parts.page import state
from ui.parts.settings import running
from ui.views import citation_state
from ui.views.present import label
from ui.work import jobs, suggested
from ui.work.jobs import Job, Stopped

LONGEST = 160  # characters of a question that is offered: meant for two lines of a button
EVERY = 1.0  # seconds between two looks whether they are ready: nobody waits for them
LATER = 1.0  # seconds for the page to be painted, since a model that is loaded slows all else down
WAITING = '<p class="small" role="status">Looking for questions that these documents answer…</p>'


def show(library: Library, settings: Settings) -> None:
    """Show questions that the visitor might ask, or a note that they are still being prepared."""
    generation = library.generation()
    found = suggested.stored(settings.folder, generation)
    job = None if found is not None else _job(library, settings, generation)
    with st.container(key="offered", gap="xsmall"):
        if job and not job.done:
            _wait(job, settings, generation)
        for number, question in enumerate((found or (job.result if job else None) or ())[:QUESTIONS]):
            _offer(question, f"offered-{number}")


def further(answers: Sequence[Answer], library: Library, settings: Settings) -> None:
    """Suggest questions below the last answer of a conversation. ``answers`` are all its answers; questions that have
    been asked already are left out. The first suggestions are made from headings of the documents that the last answer
    cites; each is tried before, and suggested only if it can be answered within the filters of the conversation. Then
    come other questions that the library is known to answer; if a filter is set, these are left out."""
    job = _of_cited(answers, library, settings)
    if job and not job.done:
        _wait_for(job)
        return
    found: tuple[str, ...] = (job.result if job else None) or ()
    if state.within() == state.EVERYWHERE:
        known = suggested.stored(settings.folder, library.generation()) or ()
        found = tuple(dict.fromkeys((*found, *greeting.further(known, answers))))[:FURTHER]
    if found:
        with st.container(key="further", gap="xsmall"):
            st.html('<p class="small">The documents also answer</p>')
            for number, question in enumerate(found):
                _offer(question, f"further-{number}")


def _offer(question: str, key: str) -> None:
    st.button(
        label(question, LONGEST),
        key=key,
        icon=":material/arrow_forward:",
        width="stretch",
        on_click=state.ask,
        args=(question,),
    )


@st.fragment(run_every=EVERY)
def _wait_for(job: Job) -> None:
    if job.done:
        st.rerun()


def _of_cited(answers: Sequence[Answer], library: Library, settings: Settings) -> Job | None:
    """The job that tries questions about the documents which the last answer cites. It is started if there is none yet,
    and a job for an earlier answer of the conversation is stopped. None if there are no such questions."""
    cited = {citation.about.id: citation for citation in answers[-1].cited}
    documents = [found for citation in cited.values() if (found := citation_state.document(citation, library))]
    candidates = greeting.of_cited(answers, documents)
    if not candidates:
        return None
    within, generation = state.within(), library.generation()
    kind, about = f"further {settings.folder} {state.conversation()}", f"{generation} {within} {candidates}"
    known = jobs.of_kind(kind)
    if same := next((one for one in known if one.about == about), None):
        return same
    for one in known:
        one.stop()
    assistant = running.plain(settings)

    def work(job: Job) -> tuple[str, ...]:
        _paint(job)

        def answer(question: str) -> Answer:
            if library.generation() != generation:
                raise Stopped
            job.at(question)
            return running.answering(assistant, question, (), within).result()

        return greeting.holding(candidates, answer)

    return jobs.start(kind, about, work)


def _paint(job: Job) -> None:
    """Wait until the page has been painted."""
    begun = monotonic()
    while monotonic() - begun < LATER:
        job.at("Waiting for the page")
        sleep(jobs.LOOK)


@st.fragment(run_every=EVERY)
def _wait(job: Job, settings: Settings, generation: int) -> None:
    if job.done or suggested.stored(settings.folder, generation) is not None:
        st.rerun()
    st.html(WAITING)


def _job(library: Library, settings: Settings, generation: int) -> Job:
    """The job that prepares the questions for the library's state ``generation``. It is started if no such job is
    known; if one for an earlier state is still running, that one is returned."""
    kind = f"suggestions {settings.folder}"
    known = jobs.of_kind(kind)
    if found := next((one for one in known if one.about == str(generation) or not one.done), None):
        return found
    assistant = running.plain(settings)

    def work(job: Job) -> tuple[str, ...]:
        _paint(job)

        def answer(question: str) -> Answer:
            if library.generation() != generation:
                raise Stopped  # for what is there now, others are looked for
            job.at(question)
            return running.answering(assistant, question, ()).result()

        found: list[str] = []
        for question in greeting.answered(library, answer):
            found.append(question)
            if len(found) == QUESTIONS:  # enough to greet with; the others are offered below answers
                suggested.keep(settings.folder, generation, found)
        suggested.keep(settings.folder, generation, found)
        return tuple(found)

    return jobs.start(kind, str(generation), work)
