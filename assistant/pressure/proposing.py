"""Lets a model propose what would have to be true for an idea to work.

A proposal is something to test, and never evidence. The model gives the words of the idea that a proposal follows from.
Code checks that these words are in the idea, and that the proposal adds no name, figure or address that is not in the
idea.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from pydantic import BaseModel, Field

from assistant.checking.checks import strange
from assistant.model.chat import Calls, Prompt
from assistant.model.prompting import material, render
from assistant.pressure.assumptions import PROPOSED, Assumed
from assistant.text.conflicts import figures
from assistant.text.words import content_stems
from assistant.types import Rejected

MOST = 6  # proposals that are tested: each has its own searches and its card on the page; not measured
SEARCHES = 4  # read of each kind (for it, against it), so that one proposal does not use up what is read for the idea
LONGEST = 40  # words of what is proposed: one sentence; a longer one holds several assumptions
OF_A_SEARCH = 25  # words: of a longer one the beginning is searched for; a guess, not measured

# What only code says.
RULING = re.compile(
    r"\b(?:verdict|ruling)\b|\b(?:idea|plan|proposal) (?:\w+ )?(?:holds|is (?:right|wrong|sound|proven|confirmed"
    r"|approved|supported|contested|challenged|not covered))\b",
    re.I,
)


class Grade(StrEnum):
    """How much hangs on an assumption: words, since models that name a figure name nearly the same for all."""

    DECISIVE = "decisive"
    IMPORTANT = "important"
    MINOR = "minor"


WEIGHT = {Grade.DECISIVE: 0.9, Grade.IMPORTANT: 0.6, Grade.MINOR: 0.3}  # not measured; lenses have 0.5 to 0.9


class Proposal(BaseModel):
    """One thing that would have to be true, and how documents might speak for it and against it."""

    words: str = Field(description="The words of the idea that it follows from, copied letter for letter")
    assumption: str
    question: str = ""
    settle: str = Field(default="", description="The cheapest way to find out")
    importance: Grade = Grade.IMPORTANT
    searches_for: list[str] = []
    searches_against: list[str] = []


class Proposals(BaseModel):
    """The reply."""

    searches_for: list[str] = []
    searches_against: list[str] = []
    assumptions: list[Proposal]


class ProposedAssumptions(NamedTuple):
    """The result of asking a model for the assumptions of an idea. ``assumed`` has the idea itself first, and then the
    assumptions that the model proposed; ``dropped`` has the proposals that failed a check."""

    assumed: list[Assumed]
    dropped: tuple[Rejected, ...]


def proposed(idea: str, whole: Assumed, questions: Sequence[str], calls: Calls) -> ProposedAssumptions:
    """Ask a chat model what would have to be true for ``idea`` to work, and return the assumptions.

    The first is ``whole``, the assumption that stands for the idea itself; it gets the search queries that the model
    wrote for the idea. The assumptions that the model proposes and that pass the checks follow, at most ``MOST``. The
    result also has the proposals that failed a check.

    ``questions`` are questions that strategists ask of any idea (those of the lenses); the prompt lists them as
    examples. ``calls`` is the object that calls the model.

    Raises:
        ModelError: the model failed; the error's subclass says what kind of failure it is.
    """
    listed = "\n".join(f"- {question}" for question in questions)
    task = render("propose", idea=material(idea), questions=listed)
    reply = calls.reply(Prompt(render("propose.system"), task), Proposals)
    assumed = [whole._replace(searches=_searches(reply))]
    dropped: list[Rejected] = []
    for one in reply.assumptions:
        text = " ".join(one.assumption.split())
        words = tied(one.words, idea)
        why = "it is tied to no words of the idea" if words is None else fault(text, idea)
        if why:
            dropped.append(Rejected(text, why))
        elif len(assumed) <= MOST and text not in {known.text for known in assumed}:
            assumed.append(_assumed(one, text, words or "", idea))
    return ProposedAssumptions(assumed, tuple(dropped))


def tied(words: str, idea: str) -> str | None:
    """Find ``words`` in the idea, ignoring case and white space, and return them as the idea has them. None if the idea
    does not have them, or if none of them tells what the idea is about, as in "it is the"."""
    if not content_stems(words):
        return None
    match = re.search(r"\s+".join(map(re.escape, words.split())), idea, re.I)
    return match[0] if match else None


def fault(text: str, idea: str) -> str | None:
    """Return the reason why a text cannot be an assumption of an idea, worded as the end of a sentence: "it claims
    nothing". None if it can be one."""
    if len(text.split()) > LONGEST:
        return f"it is longer than {LONGEST} words"
    if text.endswith("?") or len(content_stems(text)) < 2:
        return "it claims nothing"
    if RULING.search(text):
        return "it rules on the idea"
    why = strange(text, idea)
    return why.replace("what it cites", "the idea") if why else None  # an assumption cites nothing


def _searches(one: Proposal | Proposals) -> tuple[str, ...]:
    """Return the search queries of a proposal, one for it and one against it in turn."""
    given = [text for pair in zip(one.searches_for, one.searches_against, strict=False) for text in pair]
    shorter = min(len(one.searches_for), len(one.searches_against))
    given += [*one.searches_for[shorter:], *one.searches_against[shorter:]]
    plain = (" ".join(text.split()[:OF_A_SEARCH]) for text in given[: 2 * SEARCHES])
    return tuple(dict.fromkeys(text for text in plain if content_stems(text)))


def _assumed(one: Proposal, text: str, words: str, idea: str) -> Assumed:
    """Return a proposal as an assumption. Its question, and its way to settle it, are kept only if they concern the
    assumption and bring in no foreign name or figure."""
    question, settle = (" ".join(told.split()) for told in (one.question, one.settle))
    about = f"{text} {idea}"
    question = question if _is_about(question, about) and figures(question) <= figures(about) else ""
    settle = settle if _is_about(settle, f"{about} {question}") else ""
    weight = WEIGHT[one.importance]
    return Assumed(text, PROPOSED, weight, False, words, question, settle, (), "model", _searches(one))


def _is_about(text: str, about: str) -> bool:
    """Whether ``text`` has a content word in common with ``about`` and adds no name or address to it. It may add a
    figure, as in "ask ten buyers"."""
    if not set(content_stems(text)) & set(content_stems(about)) or len(text.split()) > LONGEST:
        return False
    return strange(text, f"{about} {' '.join(figures(text))}") is None
