"""What would have to be true for an idea to work out, as a model proposes it, each thing tied to words of the idea.

A proposal is a thing to be tested, and never evidence. Code holds each against the idea: the words that it is tied to
must stand there, and it must bring in no name, figure or address that does not. What a lens assumes already is folded.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from pydantic import BaseModel, Field

from assistant.assumptions import PROPOSED, SETTLED, Assumed
from assistant.checking import strange
from assistant.conflicts import figures, negations
from assistant.embedding import Embedder, Vectors
from assistant.evidence.words import content_stems
from assistant.model import Calls, Prompt
from assistant.prompting import material, render
from assistant.types import Rejected

MOST = 6  # proposals that are tested: each costs four searches and the reading of what they find
LONGEST = 40  # words of what is proposed
NEAR = 0.22  # cosine to the idea below which it is about something else: of 13 of our own the farthest is at 0.24
SAME = 0.82  # cosine from which two assume the same: claims of different lenses have 0.81 at most


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


WEIGHT = {Grade.DECISIVE: 0.9, Grade.IMPORTANT: 0.6, Grade.MINOR: 0.3}  # not measured; lenses have 0.4 to 0.8


class Proposal(BaseModel):
    """One thing that would have to be true."""

    words: str = Field(description="The words of the idea that it follows from, copied letter for letter")
    assumption: str
    question: str = ""
    settle: str = Field(default="", description="The cheapest way to find out")
    importance: Grade = Grade.IMPORTANT


class Weight(BaseModel):
    """How much hangs on one of the assumptions that were listed."""

    number: int
    importance: Grade


class Proposals(BaseModel):
    """The reply."""

    assumptions: list[Proposal]
    weights: list[Weight] = []


class Proposed(NamedTuple):
    """What the idea rests on with what was proposed, and what of it cannot stand."""

    assumed: list[Assumed]
    dropped: tuple[Rejected, ...]


def proposed(idea: str, known: Sequence[Assumed], calls: Calls, embedder: Embedder) -> Proposed:
    """``known`` with the importance that the model gives them, and what it proposes beside them.

    Raises:
        ModelError: of the kind that it is.
    """
    listed = "\n".join(f"[{number}] {material(one.text)}" for number, one in enumerate(known, 1))
    task = render("propose", idea=material(idea), known=listed)
    reply = calls.reply(Prompt(render("propose.system"), task), Proposals)
    assumed = _weighed(known, reply.weights)
    vectors = [embedder.query(one.text) for one in known]
    whole = embedder.query(idea)
    dropped: list[Rejected] = []
    for one in reply.assumptions:
        text = " ".join(one.assumption.split())
        vector = embedder.query(text)
        words = tied(one.words, idea)
        why = "it is tied to no words of the idea" if words is None else fault(text, idea)
        if not why and float(np.dot(vector, whole)) < NEAR:
            why = "it is about something else"
        if why:
            dropped.append(Rejected(text, why))
        elif len(assumed) < len(known) + MOST and not _is_known(text, vector, assumed, vectors):
            vectors.append(vector)
            assumed.append(_assumed(one, text, words or "", idea))
    return Proposed(assumed, tuple(dropped))


def tied(words: str, idea: str) -> str | None:
    """The words as they stand in the idea, case and white space aside; None where they do not, or tell nothing."""
    if not content_stems(words):
        return None
    match = re.search(r"\s+".join(map(re.escape, words.split())), idea, re.I)
    return match[0] if match else None


def fault(text: str, idea: str) -> str | None:
    """Why a text cannot be assumed of an idea; None when it can."""
    if len(text.split()) > LONGEST:
        return f"it is longer than {LONGEST} words"
    if text.endswith("?") or len(content_stems(text)) < 2:
        return "it claims nothing"
    if RULING.search(text):
        return "it rules on the idea"
    return strange(text, idea, "the idea")


def _is_known(text: str, vector: Vectors, assumed: Sequence[Assumed], vectors: Sequence[Vectors]) -> bool:
    """Whether one of those assumes the same; two that are alike in all but a "not" do not."""
    return any(
        float(np.dot(vector, other)) >= SAME and negations(text) == negations(one.text)
        for one, other in zip(assumed, vectors, strict=True)
    )


def _weighed(known: Sequence[Assumed], weights: Sequence[Weight]) -> list[Assumed]:
    """With the model's importance, the idea itself aside; one grade for all weighs nothing."""
    given = {one.number: WEIGHT[one.importance] for one in weights if 1 < one.number <= len(known)}
    if len(set(given.values())) < 2:
        return list(known)
    return [
        one._replace(importance=given[number], importance_by="model") if number in given else one
        for number, one in enumerate(known, 1)
    ]


def _assumed(one: Proposal, text: str, words: str, idea: str) -> Assumed:
    """Its question and its way to settle it only where they, too, bring in nothing strange."""
    question, settle = (" ".join(told.split()) for told in (one.question, one.settle))
    about = f"{text} {idea}"
    question = question if _is_about(question, about) and figures(question) <= figures(about) else ""
    settle = settle if _is_about(settle, f"{about} {question}") else SETTLED["a part of the idea"]
    return Assumed(text, PROPOSED, WEIGHT[one.importance], False, words, question, settle, (), "model")


def _is_about(text: str, about: str) -> bool:
    """Whether it has to do with it; a figure of its own it may have, as in "ask ten buyers"."""
    if not set(content_stems(text)) & set(content_stems(about)) or len(text.split()) > LONGEST:
        return False
    return strange(text, f"{about} {' '.join(figures(text))}", "the idea") is None
