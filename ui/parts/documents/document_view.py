"""The view of one document: its text, passages, removed boilerplate, versions, and buttons for actions."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from assistant.answer.summary import summary
from assistant.errors import DocumentMissing, PushbackError
from assistant.library.library import Library
from assistant.plainly import why
from assistant.settings import Settings
from assistant.types import Document, Span
from ui.jobs import work as works
from ui.parts.documents import correcting, listing, scope, starting_jobs, work
from ui.parts.page import failure, state, visiting
from ui.views import present_document, present_library
from ui.views.present import label
from ui.web.roles import VisitorRole
from ui.work import uploads

TEXT, PASSAGES, LEFT_OUT, VERSIONS = "Text", "Passages", "Left out", "Versions"
FAILED = "document-failed"  # of the session: what went wrong with the document
PART = 2 * present_document.AROUND  # characters of a long text shown at a time
SHOWN = 50  # passages shown at a time: a bound on what the browser draws; not measured


def show(id: str, library: Library, settings: Settings) -> None:
    """Show the document with this id, or an error message if the library has no such document."""
    st.button(
        "All documents", icon=":material/arrow_back:", type="tertiary", on_click=state.open_document, args=(None,)
    )
    try:
        document = library.document(id)
    except DocumentMissing as error:
        failure.show(error)
        work.show(settings, "document")
        return
    passages = library.stored_of(document.id)
    listed = listing.listed(library, settings).by_id[document.id]
    st.html(
        present_library.head(
            document.about,
            present_library.standings(listed),
            len(passages),
            is_corrected=library.corrected(document.id) is not None,
        )
    )
    with st.container(horizontal=True, gap="small"):
        scope.link([document.id], "Ask about this document")
        if settings.writer and st.button("Let the model sum it up", icon=":material/summarize:"):
            scope.ask([document.id], f"What are the main points of “{document.about.title}”?")
    if visiting.may(VisitorRole.EDITOR, settings):
        _doing(document, listed.files, settings, library)
    work.show(settings, "document")
    if told := present_document.in_short(document, summary(document, passages)):
        st.html(told)
    versions = library.versions(document.id)
    names = {TEXT: TEXT, PASSAGES: f"{PASSAGES} {len(passages):,}"}
    names |= {LEFT_OUT: f"{LEFT_OUT} {len(document.dropped):,}"} if document.dropped else {}
    names |= {VERSIONS: f"{VERSIONS} {len(versions):,}"} if versions else {}
    part = st.segmented_control(
        "Show", list(names), format_func=names.__getitem__, default=TEXT, required=True, key=f"part-{id}",
        label_visibility="collapsed",
    )  # fmt: skip
    match part:
        case "Passages":
            first = _page(f"passages-{id}", len(passages), SHOWN)
            some = [stored.passage for stored in passages[first : first + SHOWN]]
            st.html(present_library.passages(some, first + 1))
        case "Left out":
            st.html('<p class="small">What was taken for boilerplate; it is not searched.</p>')
            st.html(present_library.dropped(document.dropped))
        case "Versions":
            _versions(document.id, library)
        case _:
            _text(document)


def _text(document: Document) -> None:
    middle = _page(f"text-{document.id}", len(document.text), PART) + PART // 2
    st.html(present_document.page(document, Span(middle, middle)))


def _page(key: str, total: int, size: int) -> int:
    """Show a page selector if ``total`` is more than ``size``. Returns the index at which the chosen page starts."""
    pages = -(-total // size)
    return (st.pagination(pages, key=key) - 1) * size if pages > 1 else 0


def _versions(id: str, library: Library) -> None:
    st.html('<p class="small">Saved more than once with small differences; the newest first, and it counts.</p>')
    every = library.versions(id)
    newest = "the newest" if all(one.date for one in every) else "the newest by the times of their files"
    for place, about in enumerate(every):
        told = [label(about.title), label(about.date or ""), label(about.source)]
        told += [newest] if not place else []
        st.button(
            " · ".join(part for part in told if part),
            key=f"version-{about.id}",
            type="tertiary",
            disabled=about.id == id,
            on_click=state.open_document,
            args=(about.id,),
        )


def _doing(document: Document, files: tuple[str, ...], settings: Settings, library: Library) -> None:
    """Show the buttons to read the document again, correct, replace or remove it."""
    id, title = document.id, present_library.line(document.about.title, 60)
    there = [path for path in map(Path, files) if path.exists()]
    dropped = [path for path in map(Path, files) if path.parent == uploads.folder(settings)]
    with st.container(horizontal=True, key="document-doing"):
        if there:
            st.button(
                "Read again",
                icon=":material/refresh:",
                help="Take in what has changed in its file since.",
                on_click=starting_jobs.read,
                args=(settings, there[:1], f"Reading {title}", _within(there[0], document.about.source)),
            )
        correcting.show(document, library, FAILED)
        if dropped:
            with st.popover("Replace", icon=":material/swap_horiz:"):
                drops = st.session_state.setdefault(f"replace-{id}", 0)
                key = f"replace-{id}-{drops}"
                st.file_uploader(
                    "Drop the file that replaces it", key=key, on_change=_replace, args=(id, dropped[0], key, settings)
                )
        st.button("Remove", icon=":material/delete:", on_click=_remove, args=(id, title, settings))
    if not dropped:
        st.html('<p class="small">Its file is kept elsewhere: removing the document here leaves the file alone.</p>')
    if error := st.session_state.pop(FAILED, None):
        failure.show(error)


def _within(path: Path, source: str) -> Path:
    """The folder from which the file ``path`` was read: ``source`` is the file's path relative to it."""
    depth = len(Path(source).parts)
    return path.parents[depth - 1] if path.as_posix().endswith(f"/{source}") else path.parent


def _remove(id: str, title: str, settings: Settings) -> None:
    starting_jobs.begin(settings, f"Removing {title}", works.REMOVE, works.of_library(settings, documents=[id]))
    state.open_document(None)


def _replace(id: str, old: Path, key: str, settings: Settings) -> None:
    given = st.session_state.get(key)
    if given is None:
        return
    st.session_state[f"replace-{id}"] += 1
    new = old.with_name(uploads.safe(given.name)).with_stem(old.stem)
    if new != old:
        new = uploads.free(new, uploads.folder(settings).iterdir())
    try:
        uploads.put(new, given.getvalue())
    except OSError as exc:
        hint = "Check the space on the disk and the folder's permissions."
        st.session_state[FAILED] = PushbackError(f"{new.name} cannot be kept: {why(exc)}.", hint=hint)
        return
    asked = works.of_library(settings, document=id, path=str(new))
    starting_jobs.begin(settings, f"Replacing {present_library.line(old.name, 60)}", works.REPLACE, asked)
