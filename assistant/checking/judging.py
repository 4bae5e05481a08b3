"""Asks a judge whether the quotes of a claim support it, to find errors that code cannot find.

Code has no list that finds swapped figures, an opposite, or a "may" that became a "will". The judge is the chat model
itself, in one call for all claims of an answer. The evidence model is not used as a judge: of 219 sound claims it
doubts 33, and of 222 false claims that have quotes only 42 (``eval/benchmarks/claims.py``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from pydantic import BaseModel, Field

from assistant.model.chat import Calls, Prompt
from assistant.model.prompting import material, render
from assistant.types import Statement


class Doubt(BaseModel):
    """A claim that its quotes do not bear out."""

    claim: int
    why: str = Field(description="What the claim says that the quotes do not, in a few words")


class Doubts(BaseModel):
    """The reply."""

    not_borne_out: list[Doubt]


class Held(NamedTuple):
    """A statement that a judge has yet to check, and the text of the passages that contain its citations
    (``around``)."""

    statement: Statement
    around: str


class ClaimJudge(Protocol):
    """Judges whether statements are supported by the words that they cite."""

    def doubts(self, question: str, held: Sequence[Held], calls: Calls) -> list[str | None]:
        """Return one entry for each statement in ``held``: the reason why its quotes do not support it, worded as the
        end of a sentence, or None if the judge does not doubt the statement.

        ``question`` is the question that the statements answer; ``calls`` is the object that calls the model.

        Raises:
            ModelError: the model that judges failed.
        """
        ...


class ModelJudge:
    """Asks a chat model whether statements are supported by the words that they cite, in one call for all statements.
    The model is the one that wrote the statements."""

    def doubts(self, question: str, held: Sequence[Held], calls: Calls) -> list[str | None]:
        told = "\n\n".join(_claim_text(number, one) for number, one in enumerate(held, 1))
        reply = calls.reply(
            Prompt(render("check.system"), render("check", question=material(question), claims=told)), Doubts
        )
        why = {one.claim: " ".join(one.why.split()) for one in reply.not_borne_out}
        return [
            f"its quotes do not bear it out: {why[number]}" if number in why else None
            for number in range(1, len(held) + 1)
        ]


def _claim_text(number: int, held: Held) -> str:
    lines = [f"[{number}] claim: {material(held.statement.text)}"]
    for one in held.statement.citations:
        known = (one.about.title, one.heading, one.voice, one.about.date)
        lines.append(f"quote: {material(one.quote)} ({material(' · '.join(part for part in known if part))})")
    return "\n".join([*lines, f"around the quotes: {material(held.around)}"])
