"""The panel with the cited document, scrolled to the cited words. It is beside the page if there is room, else on top
of it."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from assistant.library.library import Library
from assistant.types import Citation
from ui.parts.chat import feedback
from ui.parts.chat.feedback import FeedbackPlace
from ui.parts.page import state
from ui.views import citation_state, present, present_document
from ui.views.present import Standing, escape
from ui.web import scripts

if TYPE_CHECKING:
    from ui.work.pdf_picture import PagePicture

PANEL = "beside"  # page.css puts it there
PDF = "application/pdf"
TEXT = "text"
UNMARKED = "The cited words could not be found on the printed page, so nothing is marked on it. In the text they are."
_PRINT = "beside-print"  # of the session: whether pages of PDFs are shown as they are printed
_shown = count()  # a script runs again only in an element that is another


def show(
    citation: Citation, library: Library, among: Sequence[tuple[int, int]], evidence: FeedbackPlace | None = None
) -> None:
    """Show the cited document with the cited words marked. If the document no longer contains these words, show the
    stored quote above the document; if the document is gone, show only the stored quote.

    ``among`` lists, in order, all citations of the same answer or verdict; buttons lead from the open citation to the
    previous and to the next of them. Each citation is given as a pair of numbers: that of its answer or assumption, and
    its own number in this answer or assumption (see ``state.cited``). ``evidence`` names the citation for feedback, and
    a switch then lets the visitor mark the citation as wrong evidence; with None there is no switch.
    """
    with st.container(key=PANEL, gap="small"):
        _bar(among)
        _document(citation, library, evidence)


def _bar(among: Sequence[tuple[int, int]]) -> None:
    """Show buttons for the previous and the next citation, and a button that closes the document. ``among`` has the
    places of all citations, in their order."""
    with st.container(key=f"{PANEL}-bar", horizontal=True, vertical_alignment="center", gap="small", wrap=False):
        here = among.index(state.cited() or among[0])
        st.html(f'<h2 class="small" role="status">Citation {here + 1} of {len(among)}</h2>', width="stretch")
        _to("Previous", "Left", among[:here][-1:])
        _to("Next", "Right", among[here + 1 :][:1])
        st.button("Close", shortcut="Esc", type="tertiary", on_click=state.close_citation)


def _to(name: str, key: str, place: Sequence[tuple[int, int]]) -> None:
    """Show a button that opens the citation at ``place``; it is disabled if ``place`` is empty."""
    at = place[0] if place else ()
    st.button(name, shortcut=key, type="tertiary", disabled=not place, on_click=state.open_citation, args=at)


def _document(citation: Citation, library: Library, evidence: FeedbackPlace | None) -> None:
    document = citation_state.document(citation, library)
    standing, words = present.standing(citation, document)
    st.html(_head(citation, standing, present.place(citation, document, words)))
    if evidence:
        feedback.wrong_evidence(evidence, library)
    if words is None:
        st.html(present_document.quoted(citation))
    if document is None:
        return
    if words and (links := present_document.links(document, words)):
        st.html(links)
    if words is None:
        st.html('<p class="small rule">The document as it is now</p>')
    if words and (path := _printed(citation, library)) and _wants_print(citation):
        _picture(citation, path)
        return
    st.html(present_document.page(document, words, words and present.key(citation, words)))
    look = f'<span hidden data-shown="{next(_shown)}"></span>{scripts.html(scripts.TO_THE_WORDS)}'
    st.html(look, unsafe_allow_javascript=True)


def _printed(citation: Citation, library: Library) -> Path | None:
    """The PDF file of the cited document; None if it is not a PDF, the page is unknown, or the file is gone."""
    if citation.about.media_type != PDF or citation.page is None:
        return None
    files = (path for path, known in library.known().items() if known.document == citation.about.id)
    return next((path for path in map(Path, files) if path.exists()), None)


def _wants_print(citation: Citation) -> bool:
    """Let the visitor choose between the text and the printed page. Returns whether the printed page is chosen; the
    choice also holds for the next citations."""
    ways = [TEXT, citation.about.place(citation.page)]
    before = st.session_state.get(_PRINT, False)
    chosen = st.segmented_control(
        "Show", ways, format_func=str.capitalize, default=ways[before], required=True,
        key=f"{PANEL}-way-{citation.about.id}-{citation.page}", label_visibility="collapsed",
    )  # fmt: skip
    st.session_state[_PRINT] = printed = bool(chosen != TEXT)
    return printed


def _picture(citation: Citation, path: Path) -> None:
    page = citation.page or 1
    with st.spinner("Drawing the page"):
        drawn = _drawn(path, citation.about.sha256, page, citation.quote)
    if not drawn:
        st.html('<p class="notice" role="status">The page cannot be drawn: its file has changed, or is broken.</p>')
        return
    if not drawn.marked:
        st.html(f'<p class="notice" role="status">{UNMARKED}</p>')
    told = f"Page {page} of {citation.about.title}{', the cited words marked' if drawn.marked else ''}"
    data = b64encode(drawn.png).decode()
    st.html(f'<img class="printed" alt="{escape(told)}" src="data:image/png;base64,{data}">')


@st.cache_data(show_spinner=False, max_entries=32)
def _drawn(path: Path, sha256: str, page: int, words: str) -> PagePicture | None:
    from ui.work import pdf_picture

    return pdf_picture.draw(path, sha256, page, words)


def _head(citation: Citation, standing: Standing, within: Sequence[str]) -> str:
    place = "".join(f'<p class="small">{escape(part)}</p>' for part in within)
    notice = f'<p class="notice" role="status">{standing.value}</p>' if standing is not Standing.HOLDS else ""
    return f'<header class="document"><p>{present.source_line(citation)}</p>{place}{notice}</header>'
