"""Does it know when to be silent? Refusals, and the cost of a wrong answer compared with none."""

from __future__ import annotations

from eval.numbers.metrics import Score
from eval.scorers.answering import MUST_NOT, must_not, within
from eval.scorers.asked import AnsweredCase, short, yes_or_no

REFUSAL_PRECISION = "refusal precision"
REFUSAL_RECALL = "refusal recall"
OVER_REFUSAL = "over-refusal"
TRUTHFUL = "truthfulness"


def scores(asked: AnsweredCase) -> list[Score]:
    """Score whether the assistant refuses to answer exactly those questions that the documents do not answer. Only
    scores that apply to the case are returned.
    """
    made = [refusal_precision(asked)] if asked.answer.refused else []
    made.append(refusal_recall(asked) if asked.case.refuse else over_refusal(asked))
    return [*made, truthfulness(asked)]


def refusal_precision(asked: AnsweredCase) -> Score:
    """Whether the case expects a refusal. It is called only for an answer that is a refusal."""
    return yes_or_no(REFUSAL_PRECISION, asked.case.refuse, f"there is an answer; refused: {asked.answer.reason}")


def refusal_recall(asked: AnsweredCase) -> Score:
    """Whether the answer is a refusal. It is called only for a case that expects a refusal."""
    said = " ".join(statement.text for statement in asked.answer.statements)
    return yes_or_no(REFUSAL_RECALL, asked.answer.refused, f"there is no answer; said: “{short(said)}”")


def over_refusal(asked: AnsweredCase) -> Score:
    """1 if the answer is a refusal, else 0; less is better. It is called only for a case whose question the documents
    answer.
    """
    if asked.answer.refused:
        return Score(OVER_REFUSAL, 1.0, f"refused: {asked.answer.reason}")
    return Score(OVER_REFUSAL, 0.0)


def truthfulness(asked: AnsweredCase) -> Score:
    """+1 for an answer that is right and short enough (see ``within``), 0 for a refusal, -1 for any other answer. If
    the documents do not answer the question: +1 for a refusal that says nothing forbidden, else -1 (CRAG,
    arXiv:2406.04744).
    """
    if asked.case.refuse:
        silent = asked.answer.refused and must_not(asked).value != 0
        return Score(TRUTHFUL, 1.0) if silent else Score(TRUTHFUL, -1.0, f"there is no answer, or {MUST_NOT}")
    if asked.answer.refused:
        return Score(TRUTHFUL, 0.0, f"refused: {asked.answer.reason}")
    right = within(asked)
    return Score(TRUTHFUL, 1.0) if right.value else Score(TRUTHFUL, -1.0, right.why)
