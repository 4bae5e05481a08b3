"""A file that comes with a question: it becomes a document, and the question is asked within it once it is read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import streamlit as st

from assistant.errors import PushbackError, SourceError
from assistant.settings import Settings
from assistant.types import Filters
from ui.parts.documents import adding, work
from ui.parts.page import failure, state
from ui.views import present_work
from ui.views.present import escape, label
from ui.views.present_work import count
from ui.work import library_work, uploads
from ui.work.jobs import Job
from ui.work.library_work import Outcome, Taken

_READING, _REFUSED = "attached-reading", "attached-refused"  # of the session
LISTED = 12  # files told by name
READ = adding.READ.replace(" and ", " or ")


class Reading(NamedTuple):
    """The job that reads what was attached, the question that waits for it, empty where none was asked, and where."""

    job: Job
    question: str
    conversation: str | None


class Refused(NamedTuple):
    """Why what was attached is not a document now, as HTML or as an error, and what was asked and has no answer."""

    why: str | PushbackError
    question: str


def take(settings: Settings, files: Sequence[Any], question: str) -> None:
    """Keep what was attached and let it be read; the question is asked then."""
    from ingest.reading import formats

    _put_away()
    if unknown := [f"“{file.name}”" for file in files if not formats.is_known(file.name)]:
        are = "is of a kind that is" if len(unknown) == 1 else "are of kinds that are"
        error = SourceError(f"{', '.join(unknown)} {are} not read.", hint=f"Attach {READ}.")
        st.session_state[_REFUSED] = Refused(error, question)
        return
    try:
        kept = uploads.keep(settings, ((file.name, file.getvalue()) for file in files))
    except PushbackError as error:
        st.session_state[_REFUSED] = Refused(error, question)
        return
    about = f"Reading {kept[0].name}" if len(kept) == 1 else f"Reading {count(len(kept), 'file')}"
    job = adding.begin(settings, kept, about, uploads.folder(settings))
    st.session_state[_READING] = Reading(job, question, state.conversation())


def settle(settings: Settings) -> None:
    """When all has been read, ask within it; where none of it could be, keep what is to be told of that."""
    reading = _reading(settings)
    if reading is None or not reading.job.done:
        return
    del st.session_state[_READING]
    files = reading.job.result.files if isinstance(reading.job.result, Outcome) else ()
    read = tuple(dict.fromkeys(one.document for one in files if one.document and one.what != library_work.FAILED))
    if read:
        state.open_conversation(reading.conversation, Filters(documents=read))
        if reading.question:
            state.ask(reading.question)
    failed = [one for one in files if one.document is None]
    if failed or not read:
        why = reading.job.error or _told(failed)
        st.session_state[_REFUSED] = Refused(why, "" if read else reading.question)


def show(settings: Settings, *, follows: bool = True) -> None:
    """What is being read with the question that waits for it, and what could not be.

    ``follows``: nothing else on the page shows how far the reading is, and runs it anew at the end.
    """
    reading = _reading(settings)
    if reading and reading.question:
        told = f"“{escape(reading.question)}” is asked when what came with it has been read."
        st.html(f'<p class="notice" role="status">{told}</p>')
    if reading and follows:
        work.show(settings, "attached")
    if reading and reading.job.done:  # it has ended while the page was drawn
        st.rerun()
    if refused := st.session_state.get(_REFUSED):
        _refusal(refused)


def _reading(settings: Settings) -> Reading | None:
    """What is being read into this library."""
    reading: Reading | None = st.session_state.get(_READING)
    if reading is None or reading.job.kind != library_work.kind(settings):
        return None
    return reading._replace(job=reading.job.look())


def _told(failed: Sequence[Taken]) -> str:
    return present_work.files(failed, LISTED) or "<p>Nothing was read.</p>"


def _refusal(refused: Refused) -> None:
    with st.container(key="attached-refused", border=True, gap="small"):
        if isinstance(refused.why, PushbackError):
            failure.show(refused.why)
        else:
            st.html(f'<div role="alert"><p>What you attached could not be read:</p>{refused.why}</div>')
        with st.container(horizontal=True, gap="small"):
            if refused.question:
                name = f"Ask without it: {label(refused.question, 40)}"
                st.button(name, key="attached-ask", icon=":material/arrow_forward:", on_click=_ask, args=(refused,))
            st.button("Put away", key="attached-away", type="tertiary", on_click=_put_away)


def _ask(refused: Refused) -> None:
    _put_away()
    state.ask(refused.question)


def _put_away() -> None:
    st.session_state.pop(_REFUSED, None)
