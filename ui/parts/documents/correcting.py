"""Lets people set the title, author and date of a document; the values still hold after the file is read again."""

from __future__ import annotations

import streamlit as st

from assistant.errors import PushbackError
from assistant.library.library import Library
from assistant.library.records import Said
from assistant.types import Document
from ui.commands.options import DATE

LONGEST = 300  # characters of a title or a name


def show(document: Document, library: Library, failed: str) -> None:
    """Show a form that sets these values or removes them; an error is put into the session as ``failed``."""
    about, held = document.about, library.corrected(document.id)
    known = Said(about.title, about.author or "", about.date or "")
    read = held.read if held else known
    with st.popover("Correct", icon=":material/edit:"), st.form(f"correct-{document.id}", border=False):
        for name, value in zip(Said._fields, known, strict=True):
            st.text_input(
                name.capitalize(),
                value,
                max_chars=LONGEST,
                key=_key(name, document.id),
                placeholder="2024, 2024-05 or 2024-05-31" if name == "date" else None,
            )
        st.html('<p class="small">It stays so when the file is read again.</p>')
        with st.container(horizontal=True):
            st.form_submit_button("Set", on_click=_set, args=(document.id, read, library, failed))
            if held:
                st.form_submit_button("As its file says", on_click=_say, args=(document.id, Said(), library, failed))


def _key(name: str, document: str) -> str:
    return f"correct-{name}-{document}"


def _set(document: str, read: Said, library: Library, failed: str) -> None:
    """Take what stands in the form; what is as the file says is no correction."""
    given = Said(*(" ".join(str(st.session_state[_key(name, document)] or "").split()) for name in Said._fields))
    if not given.title:
        st.session_state[failed] = PushbackError("A document needs a title.", hint="Write one.")
    elif given.date and not DATE.fullmatch(given.date):
        hint = "Write a year, a month or a day: 2024, 2024-05 or 2024-05-31."
        st.session_state[failed] = PushbackError(f"“{given.date}” is no date.", hint=hint)
    else:
        said = Said(*(None if new == old else new for new, old in zip(given, read, strict=True)))
        _say(document, said, library, failed)


def _say(document: str, said: Said, library: Library, failed: str) -> None:
    try:
        with library.writing() as writer:
            writer.correct(document, said)
    except PushbackError as error:
        st.session_state[failed] = error
    for name in Said._fields:  # the form shows what is known now
        st.session_state.pop(_key(name, document), None)
