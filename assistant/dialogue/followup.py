"""Rewrites a follow-up question with a model so that it stands alone. If the model's reply is no usable question, plain
rules rewrite it."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.dialogue import conversation
from assistant.model.chat import Calls, Prompt
from assistant.model.prompting import material, render
from assistant.text.words import numbers, tokens
from assistant.types import Turn

TURNS = 6  # of the conversation that the model reads: three questions and their answers; a guess, not measured
LONGEST = 60  # words: a longer reply is no question but talk about one; a guess, not measured


def standalone(question: str, history: Sequence[Turn], calls: Calls) -> str:
    """Return ``question`` rewritten so that it can be understood without the conversation (``history``).

    The chat model rewrites the question. Its version is used if it is one short line and adds no number; otherwise
    plain rules rewrite the question. If the model is small, it is not asked, and the rules are used. ``calls`` is the
    object that calls the model.

    Raises:
        ModelError: the model failed.
    """
    if calls.small:
        return conversation.standalone(question, history)
    told = "\n".join(f"{turn.role}: {material(turn.content)}" for turn in history[-TURNS:])
    task = render("standalone", conversation=told, question=material(question))
    reply = "".join(calls.stream(Prompt(render("standalone.system"), task)))
    lines = [line.strip(" \"“”*'") for line in reply.splitlines() if line.strip()]
    if len(lines) == 1 and tokens(lines[0]) and len(lines[0].split()) <= LONGEST:
        known = " ".join([question, *(turn.content for turn in history)])
        if numbers(lines[0]) <= numbers(known):
            return lines[0]
    return conversation.standalone(question, history)
