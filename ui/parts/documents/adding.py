"""The form that adds documents (dropped files, pasted text, a web address or a folder), and the outcome of reading
them."""

from __future__ import annotations

import re
from pathlib import Path

import streamlit as st

from assistant.errors import PushbackError, SettingsError
from assistant.settings import Settings
from ui.jobs import work as works
from ui.parts.documents import starting_jobs, work
from ui.parts.page import failure, nearby, visiting
from ui.views import present_library
from ui.views.present_work import count
from ui.web.roles import VisitorRole
from ui.work import uploads

ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
READ = "PDF, Word, PowerPoint, Excel, CSV, OpenDocument, RTF, EPUB, html, Markdown, text and mail"


def show(settings: Settings, key: str, *, opens: bool = False) -> bool:
    """Show a form to add documents: files, pasted text, a web address or a folder. Only visitors who have the role of
    editor or a higher one see the form. Below it, show every visitor the jobs that read or change documents, and their
    results. Returns whether any of these jobs is running.

    The form also works if no library exists yet, since the first file creates one. Dropped files are stored with the
    library and read by a background job, which is still shown after a reload. The page reruns when the last job has
    ended. ``key`` makes the names of the form's widgets unique on the page. Pass ``opens=True`` on a page that can open
    documents: results then have buttons that open the documents that were read.
    """
    if visiting.may(VisitorRole.EDITOR, settings):
        _put(settings, key)
    if error := st.session_state.pop(f"{key}-failed", None):
        failure.show(error)
    return work.show(settings, key, opens=opens)


def _put(settings: Settings, key: str) -> None:
    drops = st.session_state.setdefault(f"{key}-drops", 0)
    st.file_uploader(
        "Drop documents here",
        accept_multiple_files=True,
        key=f"{key}-drop-{drops}",  # another one after each drop, so that it is empty again
        help=f"{READ}. They are kept on the machine that serves this page, with the library.",
        on_change=_dropped,
        args=(settings, key),
    )
    _pasted(settings, key)
    if visiting.may(VisitorRole.OWNER, settings) and nearby.folders(settings):
        _folder(settings, key)


def _pasted(settings: Settings, key: str) -> None:
    with (
        st.expander("Or paste a text, or the address of a page", icon=":material/content_paste:", type="compact"),
        st.form(f"{key}-paste-form", border=False, clear_on_submit=True),
    ):
        st.text_area(
            "Text, or an address that begins with http",
            key=f"{key}-paste",
            height=140,
            help="A page is fetched once, by the machine that serves this page, and kept there like a dropped file.",
        )
        st.form_submit_button("Add it", on_click=_add_pasted, args=(settings, key))


def _add_pasted(settings: Settings, key: str) -> None:
    text = st.session_state[f"{key}-paste"].strip()
    if ADDRESS.fullmatch(text):
        asked = works.of_library(settings, address=text)
        starting_jobs.begin(settings, f"Reading {present_library.line(text, 60)}", works.FETCH, asked)
        return
    try:
        if not text:
            raise SettingsError("Nothing was pasted.", hint="Paste a text, or the address of a page.")
        path = uploads.keep_text(settings, text)
    except PushbackError as error:  # before the page runs, out of its door's reach
        st.session_state[f"{key}-failed"] = error
        return
    starting_jobs.read(settings, [path], f"Reading {path.name}", uploads.folder(settings))


def _folder(settings: Settings, key: str) -> None:
    with (
        st.expander("Or read a folder of this machine", icon=":material/folder_open:", type="compact"),
        st.form(f"{key}-folder-form", border=False),
    ):
        st.text_input(
            "Folder or file",
            key=f"{key}-folder",
            placeholder="~/Documents/marketing",
            help="It is read where it lies, and nothing in it is changed. Read it again to take in what has changed.",
        )
        st.form_submit_button("Read it", on_click=_named, args=(settings, key))


def _dropped(settings: Settings, key: str) -> None:
    dropped = st.session_state.get(f"{key}-drop-{st.session_state[f'{key}-drops']}")
    if not dropped:
        return
    st.session_state[f"{key}-drops"] += 1
    try:
        kept = uploads.keep(settings, ((file.name, file.getvalue()) for file in dropped))
    except PushbackError as error:  # before the page runs, out of its door's reach
        st.session_state[f"{key}-failed"] = error
        return
    about = f"Reading {kept[0].name}" if len(kept) == 1 else f"Reading {count(len(kept), 'file')}"
    starting_jobs.read(settings, kept, about, uploads.folder(settings))


def _named(settings: Settings, key: str) -> None:
    named = st.session_state[f"{key}-folder"].strip()
    path = Path(named).expanduser()
    if not named or not path.exists():
        st.session_state[f"{key}-failed"] = SettingsError(
            f"There is no folder or file {named!r} on this machine." if named else "No folder is named.",
            hint="Write its whole path, as in /home/me/documents.",
        )
        return
    starting_jobs.read(settings, [path], f"Reading {path.name or path}")
