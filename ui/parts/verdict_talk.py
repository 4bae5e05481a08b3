"""A verdict discussed: what was said of it, what was replied, and what moved it, if anything did."""

from __future__ import annotations

from contextlib import AbstractContextManager

import streamlit as st

from assistant.discussion import Moved
from ui.jobs import Job
from ui.parts import failure, testing
from ui.parts.testing import Desk
from ui.present import escape
from ui.verdict_kept import Kept, Said

LONGEST = 2_000  # characters of a message


def show(kept: Kept, job: Job | None, desk: Desk) -> None:
    """The talk so far, the reply that is being made or was not, and a line for the next message."""
    st.html(
        "<h2>Discuss it</h2><p class='small'>Disagreement moves nothing. What does: words of a document in quotation "
        "marks, documents that came or changed since, and a narrower idea (“only for small firms”, “what if we …”).</p>"
    )
    for said in kept.said:
        _said(said)
    if job or kept.asked:
        _asked(job.about if job else kept.asked)
        with _replied():
            _reply(kept, job, desk)
    busy = bool(job and not job.done)
    with st.container(key="discuss"):
        message = st.chat_input("Say something about it", key="message", max_chars=LONGEST, disabled=busy)
    if message:
        testing.say(desk, kept.listed.id, message)
        st.rerun()


def _reply(kept: Kept, job: Job | None, desk: Desk) -> None:
    """What there is in the place of a reply."""
    if job and not job.done:
        testing.follow(job)
        return
    if job and job.error:
        failure.show(job.error)
    else:
        told = "Stopped; nothing was changed." if job else "This has no reply yet."
        st.html(f'<p class="notice" role="status">{told}</p>')
    message = job.about if job else kept.asked
    if st.button("Say it again", key="say-again", icon=":material/refresh:"):
        testing.say(desk, kept.listed.id, message)
        st.rerun()


def _asked(message: str) -> None:
    with st.chat_message("user", avatar=":material/person:"):
        st.html(f'<p class="question">{escape(message)}</p>')


def _replied() -> AbstractContextManager[object]:
    return st.chat_message("assistant", avatar=":material/balance:")


def _said(said: Said) -> None:
    _asked(said.message)
    with _replied():
        moved = said.moved != Moved.NOTHING
        told = f"Moved by {said.moved}" if moved else "Not moved"
        st.markdown(f":{'green' if moved else 'gray'}-badge[{told}]")
        for told in (said.reply, *said.prose):
            st.html(f'<p class="arriving">{escape(told)}</p>')
