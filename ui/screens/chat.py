"""The chat page: ask, see the statements arrive, open what they cite."""

from __future__ import annotations

import json

import streamlit as st

from assistant import wire
from assistant.answering import LONGEST_QUESTION
from assistant.conversation import spoken
from assistant.library.library import Library
from assistant.settings import Settings
from assistant.types import Answer, Statement
from ui import state
from ui.parts import exchange, feedback, reader, running, sidebar
from ui.parts.feedback import Place


def show(settings: Settings) -> None:
    """The conversation that the address names, or a new one."""
    library = running.opened(settings).library
    sidebar.show(library, settings)
    answers = _kept(library)
    empty = library.searched().documents == 0
    asked = st.chat_input("Ask your documents", max_chars=LONGEST_QUESTION, disabled=empty)
    if not answers and not asked:
        _nothing_to_ask() if empty else _welcome()
    for turn, answer in enumerate(answers, 1):
        exchange.question(answer.question)
        with exchange.reply():
            exchange.answer(answer, turn, library)
            feedback.thumbs(Place(state.conversation() or "", turn), library)
    if asked:
        _ask(asked, answers, settings)
    _open_document(answers, library)


def _kept(library: Library) -> list[Answer]:
    conversation = state.conversation()
    return [wire.read_answer(json.loads(turn)) for turn in library.turns(conversation)] if conversation else []


def _ask(question: str, answers: list[Answer], settings: Settings) -> None:
    """Show the answer as it comes, keep it, and show the conversation with it."""
    exchange.question(question)
    with exchange.reply():
        assistant = running.ready(settings)
        waiting = exchange.Waiting() if settings.writer else None
        for part in assistant.stream(question, spoken(answers), tick=waiting.tick if waiting else lambda: None):
            if isinstance(part, Statement):
                exchange.statement(part)
            else:
                _keep(part, assistant.library)
    st.rerun()


def _keep(answer: Answer, library: Library) -> None:
    conversation = state.conversation() or library.new_conversation()
    library.add_turn(conversation, json.dumps(wire.answer(answer), ensure_ascii=False))
    state.open_conversation(conversation)


def _open_document(answers: list[Answer], library: Library) -> None:
    turn, number = state.cited() or (0, 0)
    if 0 < turn <= len(answers) and 0 < number <= len(citations := answers[turn - 1].cited):
        evidence = None if answers[turn - 1].refused else Place(state.conversation() or "", turn, number)
        reader.show(citations[number - 1], library, evidence)


def _welcome() -> None:
    st.html(
        '<div class="welcome"><h1>Ask your documents</h1><p>The answer is quoted from them, and every statement ends '
        "with the number of its source: click it to read the words where they stand. When the documents do not say, "
        "neither does Pushback.</p></div>"
    )


def _nothing_to_ask() -> None:
    st.html(
        '<div class="welcome"><h1>No documents yet</h1><p>Give Pushback a folder of yours, then reload this page:</p>'
        "<pre>pushback ingest FOLDER</pre></div>"
    )
