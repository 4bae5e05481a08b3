"""A verdict discussed: what was said of it, what was replied, and what moved it, if anything did."""

from __future__ import annotations

import streamlit as st

from assistant.build import Assistant
from assistant.discussion import Moved
from ui.jobs import Job
from ui.parts import exchange, failure, testing
from ui.present import escape
from ui.verdict_kept import Kept, Said

LONGEST = 2_000  # characters of a message


def show(kept: Kept, job: Job | None, assistant: Assistant) -> None:
    """The talk so far, the reply that is being made, and a line for the next message."""
    st.html(
        "<h2>Discuss it</h2><p class='small'>Disagreement moves nothing. What does: words of a document in quotation "
        "marks, documents that came or changed since, and a narrower idea (“only for small firms”, “what if we …”).</p>"
    )
    for said in kept.said:
        _said(said)
    if job:
        exchange.question(job.about)
        with exchange.reply():
            if not job.done:
                testing.follow(job)
            elif job.error:
                failure.show(job.error)
            elif job.stopped:
                st.html('<p class="notice">Stopped; nothing was changed.</p>')
    busy = bool(job and not job.done)
    with st.container(key="discuss"):
        message = st.chat_input("Say something about it", key="message", max_chars=LONGEST, disabled=busy)
    if message:
        testing.say(assistant, kept.listed.id, message)
        st.rerun()


def _said(said: Said) -> None:
    exchange.question(said.message)
    with exchange.reply():
        moved = said.moved != Moved.NOTHING
        told = f"Moved by {said.moved}" if moved else "Not moved"
        st.markdown(f":{'green' if moved else 'gray'}-badge[{told}]")
        st.html(f'<p class="arriving">{escape(said.reply)}</p>')
