"""The discussion of a verdict on the page: messages, replies, and whether a reply changed the verdict."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager

import streamlit as st

from assistant.pressure.discussion import Moved
from ui.parts.documents import pasted
from ui.parts.page import failure
from ui.parts.pressure import testing
from ui.parts.pressure.testing import IdeaDesk
from ui.reports.stored_verdicts import DiscussionTurn, StoredVerdict
from ui.views.present import escape
from ui.work.jobs import Job

LONGEST = 2_000  # characters of a message: an argument with its quotations; half of what a question may have
BOX = "message"


def show(kept: StoredVerdict, line: Sequence[Job], desk: IdeaDesk) -> None:
    """Show the discussion of the stored verdict ``kept``: the earlier messages with their replies, the messages that
    have no reply yet, and a field for the next message. Each job in ``line`` replies to one of the messages that have
    no reply yet; the jobs are in the order of these messages.

    A message can be sent at any time; its job waits for the replies to earlier messages. ``desk`` holds what a reply
    needs, such as the assistant.
    """
    st.html(
        "<h2>Discuss it</h2><p class='small'>Disagreement moves nothing. What does: words of a document in quotation "
        "marks, documents that came or changed since, and a narrower idea (“only for small firms”, “what if we …”).</p>"
    )
    for said in kept.said:
        _said(said)
    for job in line:
        _asked(job.about)
        with _replied():
            _reply(kept, job, line, desk)
    if kept.asked and not line:
        _asked(kept.asked)
        with _replied():
            _reply(kept, None, line, desk)
    # A callback, since the page may run again, for a reply that has just come, before it gets here.
    with st.container(key="discuss"):
        st.chat_input("Say something about it", key=BOX, on_submit=_say, args=(desk, kept.listed.id, line))


def _say(desk: IdeaDesk, id: str, line: Sequence[Job]) -> None:
    if (message := st.session_state[BOX]) and not pasted.too_long(message, LONGEST):
        testing.say(desk, id, message, line)


def _reply(kept: StoredVerdict, job: Job | None, line: Sequence[Job], desk: IdeaDesk) -> None:
    """Show the progress of a reply that is not there yet, or why there is none, with a button that sends the message
    again."""
    if job and job.result:  # it came while the page was drawn
        st.rerun()
    if job and not job.done:
        if job is next(one for one in line if not one.done):
            testing.follow(job)
        else:
            st.html('<p class="notice" role="status">It is read when the one before has its reply.</p>')
            st.button("Take it back", key=f"stop-{job.id}", icon=":material/undo:", on_click=job.stop)
        return
    if job and job.error:
        failure.show(job.error)
    else:
        told = "Stopped; nothing was changed." if job else "This has no reply yet."
        st.html(f'<p class="notice" role="status">{told}</p>')
    message = job.about if job else kept.asked
    others = [one for one in line if one is not job]
    again = (desk, kept.listed.id, message, others)
    key = f"say-again-{job.id}" if job else "say-again"
    st.button("Say it again", key=key, icon=":material/refresh:", on_click=testing.say, args=again)


def _asked(message: str) -> None:
    with st.chat_message("user", avatar=":material/person:"):
        st.html(f'<p class="question">{escape(message)}</p>')


def _replied() -> AbstractContextManager[object]:
    return st.chat_message("assistant", avatar=":material/balance:")


def _said(said: DiscussionTurn) -> None:
    _asked(said.message)
    with _replied():
        moved = said.moved != Moved.NOTHING
        told = f"Moved by {said.moved}" if moved else "Not moved"
        st.markdown(f":{'green' if moved else 'gray'}-badge[{told}]")
        for told in (said.reply, *said.prose):
            st.html(f'<p class="arriving">{escape(told)}</p>')
