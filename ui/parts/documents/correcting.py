"""The form in which visitors correct the title, author and date of a document. The values stay when the file is read
again."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from assistant.errors import PushbackError
from assistant.library.library import Library
from assistant.library.records import Correction
from assistant.types import Document
from ui.views.shown import as_guess
from ui.work import corrections


def show(document: Document, library: Library, failed: str) -> None:
    """Show a form in which visitors correct the title, author and date of a document, or reset them to what its file
    says. If a change fails, the error is stored in the session under the key ``failed``."""
    about = document.about
    known = Correction(about.title, about.author or "", about.date or "")
    with st.popover("Correct", icon=":material/edit:"), st.form(f"correct-{document.id}", border=False):
        for name, value in zip(Correction._fields, known, strict=True):
            st.text_input(
                as_guess(about, name, name.capitalize()),
                value,
                key=_key(name, document.id),
                placeholder="2024, 2024-05 or 2024-05-31" if name == "date" else None,
            )
        st.html('<p class="small">These values stay when the file is read again.</p>')
        with st.container(horizontal=True):
            st.form_submit_button("Set", on_click=_set, args=(document, library, failed))
            if library.corrected(document.id):
                st.form_submit_button("As its file says", on_click=_take_back, args=(document, library, failed))


def _key(name: str, document: str) -> str:
    return f"correct-{name}-{document}"


def _set(document: Document, library: Library, failed: str) -> None:
    given = Correction(*(st.session_state[_key(name, document.id)] or "" for name in Correction._fields))
    _do(lambda: corrections.correct(document, given, library), document, failed)


def _take_back(document: Document, library: Library, failed: str) -> None:
    _do(lambda: corrections.take_back(document, library), document, failed)


def _do(change: Callable[[], None], document: Document, failed: str) -> None:
    try:
        change()
    except PushbackError as error:
        st.session_state[failed] = error
        return
    for name in Correction._fields:  # the form shows what is known now
        st.session_state.pop(_key(name, document.id), None)
