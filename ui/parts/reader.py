"""The cited document, opened at the cited words."""

from __future__ import annotations

import streamlit as st

from assistant.library.library import Library
from assistant.types import Citation
from ui import present, scripts, state
from ui.parts import feedback, kept
from ui.parts.feedback import Place
from ui.present import Standing, escape

WIDTH = 640  # pixels to begin with; the drawer can be drawn wider


@st.dialog("In the document", width=WIDTH, position="right", on_dismiss=state.close_citation)
def show(citation: Citation, library: Library, evidence: Place | None = None) -> None:
    """The document with the cited words marked; the words as they were kept, when it no longer holds them.

    ``evidence`` is where an answer stands on the citation: there it can be called wrong.
    """
    document = kept.document(citation, library)
    standing, words = present.standing(citation, document)
    st.html(_head(citation, standing))
    if evidence:
        feedback.wrong_evidence(evidence, library)
    if words is None:
        st.html(present.quoted(citation))
    if document is None:
        return
    if words is None:
        st.html('<p class="small rule">The document as it is now</p>')
    st.html(present.page(document, words, words and present.key(citation, words)))
    st.html(scripts.html(scripts.TO_THE_WORDS), unsafe_allow_javascript=True)


def _head(citation: Citation, standing: Standing) -> str:
    within = [citation.heading, citation.about.place(citation.page)]
    place = "".join(f'<p class="small">{escape(part)}</p>' for part in within if part)
    notice = f'<p class="notice" role="status">{standing.value}</p>' if standing is not Standing.HOLDS else ""
    return f'<header class="document"><p>{present.source_line(citation)}</p>{place}{notice}</header>'
