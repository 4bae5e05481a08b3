"""The passages retrieved for an answer, and why each was found. The search runs when the drawer is opened."""

from __future__ import annotations

import streamlit as st

from assistant.search.retrieval import ANYWHERE
from assistant.settings import Settings
from assistant.types import Answer
from ui.parts.settings import running
from ui.views import present_chat
from ui.views.present import escape

MOST = 8  # passages shown, the best; a matter of taste
WIDTH = 640  # pixels to begin with, as the drawer of a document


def show(answer: Answer, turn: int, settings: Settings) -> None:
    """Show a button that opens a side panel with the passages that were found for an answer. ``turn`` is the number of
    the answer, counted from 1."""
    if st.button("Retrieved", icon=":material/manage_search:", type="tertiary", key=f"retrieved-{turn}"):
        drawer(answer, settings)


@st.dialog("What was retrieved, and why", width=WIDTH, position="right")
def drawer(answer: Answer, settings: Settings) -> None:
    """Open a side panel, search again for the question of the answer, and list the passages found, the best first."""
    asked = answer.standalone_question
    understood = f" The question was understood as “{escape(asked)}”." if asked != answer.question else ""
    within = f" {present_chat.WITHIN}" if answer.within != ANYWHERE else ""
    st.html(f'<p class="small">{present_chat.SEARCH}{within}{understood}</p>')
    found = running.ready(settings).search(asked, MOST, answer.within)
    st.html(present_chat.hits(found, answer))
