"""Handles a pasted text that is too long for a question: the visitor can store it as a document and ask about it."""

from __future__ import annotations

import streamlit as st

from assistant.errors import PushbackError
from assistant.settings import Settings
from ui.parts.documents import starting_jobs, work
from ui.parts.page import failure, visiting
from ui.web.roles import VisitorRole
from ui.work import uploads

_PASTED, _MOST, _KEPT, _FAILED = "pasted", "pasted-most", "pasted-kept", "pasted-failed"


def too_long(text: str, most: int) -> bool:
    """Whether a text has more than ``most`` characters and is therefore too long to be sent at once, as a question, an
    idea or a message. If it is, this function also stores the text in the session, from which the function ``offer``
    takes it and offers to make it a document. A run of white space counts as one character."""
    if len(" ".join(text.split())) <= most:
        return False
    st.session_state[_PASTED], st.session_state[_MOST] = text, most
    st.session_state.pop(_KEPT, None)
    return True


def offer(settings: Settings) -> None:
    """If a text was too long to be sent at once, offer to store it as a document. Once the text has been stored, show
    the progress of reading it into the library."""
    if error := st.session_state.pop(_FAILED, None):
        failure.show(error)
    if st.session_state.get(_KEPT):
        st.html('<p class="notice" role="status">It is kept as a document. When it has been read, ask about it.</p>')
        work.show(settings, "pasted")
    if text := st.session_state.get(_PASTED):
        _offered(text, settings)


def _offered(text: str, settings: Settings) -> None:
    edits = visiting.may(VisitorRole.EDITOR, settings)
    more = "It can be kept as a document, and asked about." if edits else "Who may add documents can put it in there."
    length, most = len(" ".join(text.split())), st.session_state[_MOST]
    with st.container(key="pasted", border=True, gap="small"):
        st.html(f'<p role="status">It has {length:,} characters; at most {most:,} can be sent at once. {more}</p>')
        with st.expander("The text"):
            st.code(text, language=None, wrap_lines=True, height=200)
        with st.container(horizontal=True, gap="small"):
            if edits:
                st.button(
                    "Keep it as a document",
                    type="primary",
                    icon=":material/note_add:",
                    on_click=_keep,
                    args=(settings,),
                )
            st.button("Put it away", type="tertiary", on_click=_put_away)


def _keep(settings: Settings) -> None:
    text = st.session_state[_PASTED]
    try:
        path = uploads.keep_text(settings, text)
    except PushbackError as error:  # before the page runs, out of its door's reach
        st.session_state[_FAILED] = error
        return
    _put_away()
    st.session_state[_KEPT] = True
    starting_jobs.read(settings, [path], f"Reading {path.name}", uploads.folder(settings))


def _put_away() -> None:
    st.session_state.pop(_PASTED, None)
