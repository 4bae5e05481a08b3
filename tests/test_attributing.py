"""The measure of views that stay somebody's and hedges that stay hedges."""

import pytest

from assistant.types import Answer, Citation, Grounding, Searched, Statement, Support
from eval.scorers import attributing
from eval.scorers.asked import AnsweredCase
from eval.suite.cases import Case
from tests.conftest import make_document


def scored(text: str, quote: str, speaker: str | None = None) -> dict[str, float | None]:
    about = make_document(quote).about
    statement = Statement(text, (Citation(about, 0, len(quote), quote, speaker),), Support.SUPPORTED)
    answer = Answer("q", "q", (statement,), Grounding.GROUNDED, "", Searched(1, 1))
    case = Case.model_validate({"id": "fact-one", "question": "q?", "refuse": False, "answer": ["x"]})
    return {score.name: score.value for score in attributing.scores(AnsweredCase(case, answer, (), lambda *_: None))}


@pytest.mark.parametrize(
    ("text", "quote", "speaker", "kept"),
    [
        ("Ann Lee: Fairs pay.", "Fairs pay.", "Ann Lee", {attributing.VOICE: 1.0}),
        ("Fairs pay.", "Fairs pay.", "Ann Lee", {attributing.VOICE: 0.0}),
        ("Porter says that fairs pay.", "Porter argues that fairs pay.", None, {attributing.VOICE: 1.0}),
        ("Fairs pay.", "Porter argues that fairs pay.", None, {attributing.VOICE: 0.0}),
        ("Fairs might pay.", "Fairs may pay.", None, {attributing.HEDGES: 1.0}),
        ("Fairs pay.", "Fairs may pay.", None, {attributing.HEDGES: 0.0}),
        ("Fairs pay.", "Fairs pay.", None, {}),
    ],
)
def test_a_view_and_a_hedge_are_kept_or_lost(
    text: str, quote: str, speaker: str | None, kept: dict[str, float]
) -> None:
    assert scored(text, quote, speaker) == kept
