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
    """Compute the scores of this module that apply to the case."""
    made = [refusal_precision(asked)] if asked.answer.refused else []
    made.append(refusal_recall(asked) if asked.case.refuse else over_refusal(asked))
    return [*made, truthfulness(asked)]


def refusal_precision(asked: AnsweredCase) -> Score:
    """For an answer that is a refusal: whether the case expects a refusal."""
    return yes_or_no(REFUSAL_PRECISION, asked.case.refuse, f"there is an answer; refused: {asked.answer.reason}")


def refusal_recall(asked: AnsweredCase) -> Score:
    """For a case that expects a refusal: whether the answer is a refusal."""
    said = " ".join(statement.text for statement in asked.answer.statements)
    return yes_or_no(REFUSAL_RECALL, asked.answer.refused, f"there is no answer; said: “{short(said)}”")


def over_refusal(asked: AnsweredCase) -> Score:
    """For a case that has an answer: whether it was refused; less is better."""
    if asked.answer.refused:
        return Score(OVER_REFUSAL, 1.0, f"refused: {asked.answer.reason}")
    return Score(OVER_REFUSAL, 0.0)


def truthfulness(asked: AnsweredCase) -> Score:
    """+1 for a right answer, 0 for a refusal, -1 for a wrong answer. If the documents do not answer the question, a
    refusal is right and gets +1 (CRAG, arXiv:2406.04744).
    """
    if asked.case.refuse:
        silent = asked.answer.refused and must_not(asked).value != 0
        return Score(TRUTHFUL, 1.0) if silent else Score(TRUTHFUL, -1.0, f"there is no answer, or {MUST_NOT}")
    if asked.answer.refused:
        return Score(TRUTHFUL, 0.0, f"refused: {asked.answer.reason}")
    right = within(asked)
    return Score(TRUTHFUL, 1.0) if right.value else Score(TRUTHFUL, -1.0, right.why)
