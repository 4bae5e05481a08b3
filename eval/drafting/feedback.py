"""Drafts of cases from feedback: the questions are the users', the right answers are still open.

Ideas whose findings users judged become drafts, too, with the judgements as gold.

Every text from users or documents is written as a double-quoted YAML scalar on one line, in values and in comments, so
that it can neither end a comment nor be read as YAML.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

import yaml

from assistant import wire
from assistant.dialogue.conversation import spoken
from assistant.library.library import Feedback, Library, Opinion
from assistant.types import Answer, Grounding, Stance
from eval.drafting.judged import JudgedIdea, judged
from eval.suite.cases import Case, EarlierTurn, Gold, Severity

TAG = "from-feedback"
HEAD = f"""\
# Questions whose answers were called bad, or whose evidence was called wrong: nobody has said yet what is right, so
# at each TO DO take the `# ` off one line, correct it, and check it against the documents. Until then this is no suite.
# Ideas with the findings that people put on a side: these are whole.
name: {TAG}
corpus: documents  # TO DO: the folder of the documents, relative to this file
cases:
"""


def cases_of(library: Library) -> str | None:
    """Make the YAML text of a suite file with cases from users' feedback; no file is written. None if there is no
    feedback to make a case of.

    There is a case for each answer that somebody called bad or badly supported. It has the question as it was asked,
    with earlier turns if the question refers to them. It has no gold (quotes that a right answer cites) yet: a comment
    gives the answer and the feedback, and offers passages to choose as gold.

    There is also a case for each tested idea if a person judged any sentence to be for the idea or against it. These
    sentences are the gold of this case.
    """
    cases = [_case(*one) for one in _turns(library) if not _is_good(one.said)]
    cases += [_idea(one) for one in judged(library) if any(pair.side is not Stance.UNCLEAR for pair in one.pairs)]
    return HEAD + "\n".join(cases) if cases else None


def proposed(library: Library) -> list[Case]:
    """Make cases over the library's documents from users' feedback and judgements.

    An answer that got only good ratings is taken as right, and its citations become the gold of the case (the quotes
    that a right answer cites). An answer with any other rating becomes a draft, and a person has to decide what is
    right; its gold is what the answer cites, without citations that were called wrong. The case expects a refusal if no
    citation is left, or if an answer with only good ratings is a refusal.

    A tested idea becomes a case if a person judged any sentence to be for the idea or against it. These sentences are
    the gold of this case.
    """
    turns = [_proposed(*one) for one in _turns(library) if one.answers[-1].grounding is not Grounding.ASIDE]
    ideas = [one for one in judged(library) if any(pair.side is not Stance.UNCLEAR for pair in one.pairs)]
    return [*turns, *map(_proposed_idea, ideas)]


class _Turn(NamedTuple):
    """The answers of a conversation up to the one that has feedback, and that feedback."""

    answers: list[Answer]
    said: tuple[Feedback, ...]


def _turns(library: Library) -> Iterator[_Turn]:
    for conversation, of_conversation in groupby(library.conversations.feedback(), key=lambda one: one.conversation):
        answers = [wire.stored_answer(turn) for turn in library.conversations.turns(conversation)]
        for turn, of_turn in groupby(of_conversation, key=lambda one: one.turn):
            if answers[turn - 1].reason == wire.DAMAGED:
                continue
            yield _Turn(answers[:turn], tuple(of_turn))


def _is_good(said: Sequence[Feedback]) -> bool:
    return all(one.verdict is Opinion.GOOD for one in said)


def _proposed(answers: Sequence[Answer], said: Sequence[Feedback]) -> Case:
    *before, answer = answers
    wrong, is_good = _wrong(said), _is_good(said)
    gold = tuple(
        Gold(source=one.about.source, quote=one.key_quote)
        for number, one in enumerate(answer.cited, 1)
        if number not in wrong
    )
    is_refusal = not gold or (is_good and answer.grounding is Grounding.REFUSED)
    given: dict[str, Any] = {"refuse": True} if is_refusal else {"evidence": gold}
    if answer.standalone_question != answer.question:
        given["history"] = tuple(EarlierTurn(role=turn.role, content=turn.content) for turn in spoken(before))
    if note := _note(said):
        given["why"] = note
    severity = Severity.NORMAL if is_good else Severity.DRAFT
    return Case(id=_id(said[0]), question=answer.question, tags=(TAG,), severity=severity, **given)


def _proposed_idea(one: JudgedIdea) -> Case:
    supports, challenges = (
        tuple(Gold(source=of.about.source, quote=of.quote) for of, stance, _ in one.pairs if stance is side)
        for side in (Stance.SUPPORTS, Stance.CHALLENGES)
    )
    return Case(id=one.id, idea=one.idea, tags=(TAG,), ruling=one.ruling, supports=supports, challenges=challenges)


def _note(said: Sequence[Feedback]) -> str:
    return " ".join(one.note for one in said if one.note.strip())


def _idea(one: JudgedIdea) -> str:
    """An idea as a case in YAML. Its gold is what people judged, and its ruling follows from that."""
    lines = [
        f"  - id: {one.id}",
        f"    idea: {_text(one.idea)}",
        f"    tags: [{TAG}]",
        f"    ruling: {_text(one.ruling.value)}",
    ]
    for key, side in (("supports", Stance.SUPPORTS), ("challenges", Stance.CHALLENGES)):
        own = [pair.citation for pair in one.pairs if pair.side is side]
        lines += [f"    {key}:"] if own else []
        lines += [f"      - {{source: {_text(each.about.source)}, quote: {_text(each.quote)}}}" for each in own]
    lines += [
        f"    # Not about it, {_text(pair.citation.about.source)}: {_text(pair.citation.quote)}"
        for pair in one.pairs
        if pair.side is Stance.UNCLEAR
    ]
    return "\n".join(lines) + "\n"


def _case(answers: Sequence[Answer], said: Sequence[Feedback]) -> str:
    """The last of the answers as a case in YAML, with its feedback."""
    *before, answer = answers
    leaned = answer.standalone_question != answer.question
    note = _note(said)
    lines = [
        f"  - id: {_id(said[0])}",
        *(_history(before) if leaned else ()),
        f"    question: {_text(answer.question)}",
        f"    tags: [{TAG}]",
        *([f"    why: {_text(note)}"] if note else ()),
        *(f"    # {line}" for line in (*_comment(answer, said), *_offer(answer, _wrong(said)))),
    ]
    return "\n".join(lines) + "\n"


def _history(answers: Sequence[Answer]) -> Iterator[str]:
    yield "    history:"
    for turn in spoken(answers):
        yield f"      - {{role: {turn.role.value}, content: {_text(turn.content)}}}"


def _comment(answer: Answer, said: Sequence[Feedback]) -> Iterator[str]:
    """The lines of a comment that give the answer, its sources and the feedback."""
    if answer.standalone_question != answer.question:
        yield f"Understood as: {_text(answer.standalone_question)}"
    if answer.refused:
        yield f"{'Closest passages only' if _near(answer) else 'Refused'}: {_text(answer.reason)}"
    for statement in answer.statements:
        yield f"Answered: {_text(statement.text)}"
    wrong = _wrong(said)
    for number, citation in enumerate(answer.cited, 1):
        nearest = "closest, " if _near(answer) else "nearest, " if answer.refused else ""
        called = ", called WRONG EVIDENCE" if number in wrong else ""
        yield f"[{number}] {nearest}{_text(citation.about.source)}{called}: {_text(citation.quote)}"
    for one in said:
        of = f"citation {one.citation}" if one.citation else "the answer"
        yield f"Said of {of}, {_text(one.created)}: {one.verdict.value}" + (f", {_text(one.note)}" if one.note else "")


def _offer(answer: Answer, wrong: frozenset[int]) -> Iterator[str]:
    """The lines of a comment from which a person chooses the gold; each line is a complete YAML key. ``wrong`` has the
    numbers of citations that were called wrong.
    """
    yield "TO DO: what is right? Words that the answer must have, the evidence (one list for several), or a refusal:"
    yield 'answer: ["TO DO"]'
    for number, citation in enumerate(answer.cited, 1):
        if number not in wrong:
            yield f"evidence: [{{source: {_text(citation.about.source)}, quote: {_text(citation.key_quote)}}}]"
    yield "refuse: true"


def _near(answer: Answer) -> bool:
    return answer.grounding is Grounding.NEAR


def _wrong(said: Sequence[Feedback]) -> frozenset[int]:
    return frozenset(one.citation for one in said if one.citation and one.verdict is not Opinion.GOOD)


def _id(said: Feedback) -> str:
    place = f"{said.conversation} {said.turn}"
    return f"feedback-{hashlib.blake2b(place.encode(), digest_size=4).hexdigest()}"


def _text(text: str) -> str:
    """The text as a YAML string on one line."""
    return str(yaml.safe_dump(text, default_style='"', allow_unicode=True, width=sys.maxsize)).rstrip("\n")
