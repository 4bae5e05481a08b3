"""What was retrieved for an answer, and why; looked for when it is opened, not before."""

from __future__ import annotations

import streamlit as st

from assistant.settings import Settings
from assistant.types import Answer
from ui import present_chat
from ui.parts import running
from ui.present import escape

MOST = 8  # passages shown


def show(answer: Answer, turn: int, settings: Settings) -> None:
    """The button, and what opens with it."""
    drawer = st.popover(
        "Retrieved", icon=":material/manage_search:", type="tertiary", key=f"retrieved-{turn}", on_change="rerun"
    )
    if not drawer.open:
        return
    with drawer:
        found = running.ready(settings).search(answer.standalone_question, MOST)
        asked = answer.standalone_question
        understood = f" The question was understood as “{escape(asked)}”." if asked != answer.question else ""
        st.html(
            f'<h2 class="small">What was retrieved, and why</h2><p class="small">{present_chat.SEARCH}{understood}</p>'
            f"{present_chat.hits(found, answer)}"
        )
