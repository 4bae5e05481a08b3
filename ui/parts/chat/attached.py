"""Files attached to a question. They are read into the library as documents; then the question is asked about these
documents only.

The waiting question is stored in the library, so that it is asked even after a reload or a restart of the server.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import streamlit as st

from assistant.errors import DocumentMissing, LibraryError, PushbackError, SourceError
from assistant.library.library import Library
from assistant.library.records import Awaiting
from assistant.settings import Settings
from assistant.types import Filters
from ui.parts.documents import adding, arriving, starting_jobs, work
from ui.parts.page import failure, state, visiting
from ui.parts.settings import running
from ui.views import present_work
from ui.views.present import escape, label
from ui.views.present_work import count
from ui.web.roles import VisitorRole
from ui.work import library_work, uploads
from ui.work.jobs import Job
from ui.work.library_work import FileOutcome, ReadingOutcome

_ALONE, _REFUSED, _ARRIVED = "attached-alone", "attached-refused", "attached-arrived"  # of the session
LISTED = 12  # files told by name; more would fill the screen
READ = adding.READ.replace(" and ", " or ")


class AttachedReading(NamedTuple):
    """Files that a visitor attached in the chat: the job that reads them (``job``), and the question that came with
    them (``waits``). The question is asked when the files have been read; it is None if the files came without a
    question. ``conversation`` is the id of the conversation in which the files were attached; None if the conversation
    is new and has no id yet."""

    job: Job
    conversation: str | None
    waits: Awaiting | None = None

    @property
    def question(self) -> str:
        """The text of the question that waits for the files; empty if the files came without a question."""
        return self.waits.question if self.waits else ""


class RefusedFile(NamedTuple):
    """A notice that files attached in the chat could not become documents. ``why`` is the reason: the error that
    occurred, or HTML that lists the files that could not be read.

    ``question`` is the question that came with the files and was not asked; the page offers to ask it without them. It
    is empty, and the page does not offer this, if no question came with the files, or if the files were stored and the
    job could not read them.
    """

    why: str | PushbackError
    question: str


def take(settings: Settings, library: Library, files: Sequence[Any], question: str) -> None:
    """Store the files that the visitor attached, and the ``question`` that came with them (empty if there is none). A
    job then reads the files; when it has ended, ``settle`` asks the question. If files cannot be stored, or are of a
    kind that is not read, ``show`` shows an error message."""
    from ingest.reading import formats

    _put_away()
    if unknown := [f"“{file.name}”" for file in files if not formats.is_known(file.name)]:
        are = "is of a kind that is" if len(unknown) == 1 else "are of kinds that are"
        error = SourceError(f"{', '.join(unknown)} {are} not read.", hint=f"Attach {READ}.")
        st.session_state[_REFUSED] = RefusedFile(error, question)
        return
    try:
        kept = uploads.keep(settings, ((file.name, file.getvalue()) for file in files))
        if question:
            _keep(library, question, kept)
            return
    except DocumentMissing:
        raise
    except LibraryError as error:
        st.session_state[_REFUSED] = RefusedFile(error, question)
        return
    st.session_state[_ALONE] = AttachedReading(_begin(settings, kept), state.conversation())


def settle(settings: Settings, library: Library) -> None:
    """If a job has finished reading attached files, ask the question that came with the files; only the documents made
    from these files are searched for the answer. If a file could not be read, store an error message in the session,
    which ``show`` displays."""
    for reading in _readings(settings, library):
        if reading.job.done:
            _settle(reading, library)
            return


def _settle(reading: AttachedReading, library: Library) -> None:
    if reading.waits is None:
        del st.session_state[_ALONE]
    elif not library.conversations.come(reading.conversation or "", reading.waits.id):
        return  # another tab was quicker
    files = reading.job.result.files if isinstance(reading.job.result, ReadingOutcome) else ()
    read = tuple(dict.fromkeys(one.document for one in files if one.document and one.what != library_work.FAILED))
    if read:
        state.open_conversation(reading.conversation, Filters(documents=read))
        if reading.question:
            state.ask(reading.question)
        else:
            st.session_state[_ARRIVED] = reading.conversation, read
    failed = [one for one in files if one.document is None]
    if failed or not read:
        st.session_state[_REFUSED] = RefusedFile(reading.job.error or _told(failed), "")


def show(settings: Settings, library: Library, *, follows: bool = True) -> None:
    """Show the questions that will be asked when their attached files have been read, the error message if files could
    not be read, and summaries of documents that were attached without a question.

    If ``follows`` is true, also show the progress of reading, and rerun the page when the files have been read. Pass
    False if another part of the page does this.
    """
    readings = _readings(settings, library)
    for waits in (one.question for one in readings if one.question):
        told = f"“{escape(waits)}” is asked when what came with it has been read."
        st.html(f'<p class="notice" role="status">{told}</p>')
    if readings and follows:
        work.show(settings, "attached")
    if any(one.job.done for one in readings):  # it has ended while the page was drawn
        st.rerun()
    if refused := st.session_state.get(_REFUSED):
        _refusal(refused)
    conversation, arrived = st.session_state.get(_ARRIVED, (None, ()))
    if arrived and (conversation, arrived) == (state.conversation(), state.within().documents):
        arriving.show(arrived, library, "arrived")


def asked() -> None:
    """Make ``show`` stop showing summaries of the documents that have been attached so far. Call this when the visitor
    asks a question."""
    st.session_state.pop(_ARRIVED, None)


def _keep(library: Library, question: str, files: Sequence[Path]) -> None:
    """Store the question with the names of its files in the open conversation, or in a new one."""
    named = state.conversation() or library.conversations.begin(visiting.owner())
    library.conversations.wait(named, question, [path.name for path in files])
    state.open_conversation(named, state.within())


def _begin(settings: Settings, files: Sequence[Path], id: str | None = None) -> Job:
    about = f"Reading {files[0].name}" if len(files) == 1 else f"Reading {count(len(files), 'file')}"
    return starting_jobs.begin_reading(settings, files, about, uploads.folder(settings), id=id)


def _readings(settings: Settings, library: Library) -> list[AttachedReading]:
    """The jobs that read attached files: those for files without a question, and those for questions that wait in the
    open conversation.

    If no job reads the files of a waiting question, for example after a restart of the server, a new job is started.
    """
    alone: AttachedReading | None = st.session_state.get(_ALONE)
    is_here = alone and alone.job.kind == library_work.kind(settings)
    found = [alone._replace(job=alone.job.look())] if alone and is_here else []
    named = state.conversation()
    if named is None or not visiting.may(VisitorRole.EDITOR, settings):
        return found
    library.conversations.check_owner(named, visiting.owner())
    line = running.line(settings)
    for waits in library.conversations.awaiting(named):
        id = f"attached-{named}-{waits.id}"
        files = [uploads.folder(settings) / name for name in waits.files]
        found.append(AttachedReading(line.job(id) or _begin(settings, files, id), named, waits))
    return found


def _told(failed: Sequence[FileOutcome]) -> str:
    return present_work.files(failed, LISTED) or "<p>Nothing was read.</p>"


def _refusal(refused: RefusedFile) -> None:
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


def _ask(refused: RefusedFile) -> None:
    _put_away()
    state.ask(refused.question)


def _put_away() -> None:
    st.session_state.pop(_REFUSED, None)
