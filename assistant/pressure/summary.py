"""Lets a model say in two sentences what the strongest findings of a verdict come to.

Each sentence speaks for one side and names the findings that it stands on. Code checks it as it checks the claims of an
answer. The model says nothing about the ruling, which only code decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, Field

from assistant.checking.checks import Grounds, fault
from assistant.model.chat import Calls, Prompt
from assistant.model.embedding import Embedder
from assistant.model.prompting import material, render
from assistant.pressure import rulings
from assistant.pressure.proposing import RULING
from assistant.types import Finding, Rejected, Remark, Verdict, VerdictSummary

LONGEST = 45  # words of a sentence: half as many again as the prompt asks for; a longer one fills the first screen

SIDES = ("for", "against")


class SummarySentence(BaseModel):
    """What one side comes to."""

    side: Literal["for", "against"]
    text: str
    findings: list[int] = Field(description="Numbers of the evidence that it stands on")


class SummaryReply(BaseModel):
    """The reply."""

    sentences: list[SummarySentence]


def summed_up(verdict: Verdict, calls: Calls, embedder: Embedder) -> tuple[VerdictSummary | None, tuple[Rejected, ...]]:
    """Ask a chat model what the strongest findings for and against the idea come to. Return the summary, and the
    sentences that failed a check. The summary is None if the verdict has no such findings, or if the model wrote no
    sentence that passes the checks for a side that has some.

    ``calls`` is the object that calls the model; ``embedder`` compares the sentences with the quotes.

    Raises:
        ModelError: the model failed; the error's subclass says what kind of failure it is.
    """
    cases = dict(zip(SIDES, (verdict.case_for, verdict.case_against), strict=True))
    numbered = dict(enumerate(((side, one) for side in SIDES for one in cases[side]), start=1))
    if not numbered:
        return None, ()
    evidence = "\n".join(_evidence(number, side, one) for number, (side, one) in numbered.items())
    task = render("summary", idea=material(verdict.idea), evidence=evidence)
    reply = calls.reply(Prompt(render("summary.system"), task), SummaryReply)
    made: dict[str, Remark] = {}
    dropped: list[Rejected] = []
    for one in reply.sentences:
        text = " ".join(one.text.split())
        stands_on = [numbered[n][1] for n in dict.fromkeys(one.findings) if numbered.get(n, ("",))[0] == one.side]
        if why := _fault(text, stands_on, [finding for _, finding in numbered.values()], verdict.idea, embedder):
            dropped.append(Rejected(text, why))
        else:
            made.setdefault(one.side, Remark(text, tuple(finding.citation for finding in stands_on)))
    if any(cases[side] and side not in made for side in SIDES):
        return None, tuple(dropped)
    sentences = tuple(made[side] for side in SIDES if side in made)
    return VerdictSummary(sentences, rulings.case_hash(verdict)), tuple(dropped)


def _evidence(number: int, side: str, one: Finding) -> str:
    known = (one.citation.about.title, one.citation.heading, one.citation.voice, one.citation.about.date)
    about = " · ".join(part for part in known if part)
    return f"[{number}] {side}: {material(one.citation.quote)} ({material(about)})"


def _fault(
    text: str, stands_on: Sequence[Finding], read: Sequence[Finding], idea: str, embedder: Embedder
) -> str | None:
    if not stands_on:
        return "it stands on no finding of its side"
    if len(text.split()) > LONGEST:
        return f"it is longer than {LONGEST} words"
    if RULING.search(text):
        return "it rules on the idea"
    around, everything = (
        "\n".join(f"{one.citation.quote} {one.context}" for one in some) for some in (stands_on, read)
    )
    return fault(text, Grounds(tuple(one.citation for one in stands_on), around, idea, everything), embedder)
