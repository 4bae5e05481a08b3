"""Whether the words that a claim quotes bear it out: for what code cannot be sure of, a judge can be asked.

Swapped figures, an opposite, a "may" that became a "will" stand in no list. The judge is the model itself, in one
call for all claims of an answer. The evidence model is none: of 219 sound claims it doubts 33, and of 222 false
ones that have quotes, 42 (``eval/benchmarks/claims.py``).
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
    """A statement that waits to be judged, and the text around what it cites."""

    statement: Statement
    around: str


class ClaimJudge(Protocol):
    """A judge says whether the words that a statement cites support it."""

    def doubts(self, question: str, held: Sequence[Held], calls: Calls) -> list[str | None]:
        """Of each statement of the answer to ``question`` why not, as the end of a sentence; None where nothing speaks
        against it.

        Raises:
            ModelError: a model that judges failed.
        """
        ...


class ModelJudge:
    """Asks the model that wrote the claims, in one call for all of them."""

    def doubts(self, question: str, held: Sequence[Held], calls: Calls) -> list[str | None]:
        told = "\n\n".join(_told(number, one) for number, one in enumerate(held, 1))
        reply = calls.reply(
            Prompt(render("check.system"), render("check", question=material(question), claims=told)), Doubts
        )
        why = {one.claim: " ".join(one.why.split()) for one in reply.not_borne_out}
        return [
            f"its quotes do not bear it out: {why[number]}" if number in why else None
            for number in range(1, len(held) + 1)
        ]


def _told(number: int, held: Held) -> str:
    lines = [f"[{number}] claim: {material(held.statement.text)}"]
    for one in held.statement.citations:
        known = (one.about.title, one.heading, one.voice, one.about.date)
        lines.append(f"quote: {material(one.quote)} ({material(' · '.join(part for part in known if part))})")
    return "\n".join([*lines, f"around the quotes: {material(held.around)}"])
