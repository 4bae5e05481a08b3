from __future__ import annotations

import numpy as np
import pytest

from assistant.evidence import reading, shipped
from assistant.evidence.answers import AnswerReader, calibrated, scores
from assistant.evidence.reading import with_sentences
from assistant.model.embedding import Vectors
from assistant.text.headed import under_headings
from tests.conftest import make_marked

QUESTION = "When did the mill open?"
MILL = make_marked("It sold linen to the shops of the town. The mill opened in 1987.", "mill.txt", title="The mill")
RAIN = make_marked("Rain is wet, and snow is cold. Nobody knows why.", "rain.txt")
LONG = make_marked("The mill opened in 1987, and " + "so on " * 300 + ". Then it closed.", "long.txt")


@pytest.mark.slow
def test_what_answers_is_likelier_than_what_does_not_and_the_sentence_is_known() -> None:
    mill, rain = AnswerReader().fits(QUESTION, [MILL, RAIN])

    assert 0 < rain.likely < AnswerReader().answer < mill.likely < 1
    assert [len(one.by) for one in (mill, rain)] == [2, 2]
    assert mill.by.argmax() == 1


@pytest.mark.slow
def test_nothing_depends_on_what_is_read_beside_it() -> None:
    together = AnswerReader().fits(QUESTION, [MILL, RAIN, LONG])

    reading._KEPT.clear()
    alone = [AnswerReader().fits(QUESTION, [passage])[0] for passage in (MILL, RAIN, LONG)]
    np.testing.assert_allclose([one.likely for one in together], [one.likely for one in alone], atol=1e-4)


@pytest.mark.slow
def test_a_passage_is_read_once_in_a_session(monkeypatch: pytest.MonkeyPatch) -> None:
    first = AnswerReader().fits(QUESTION, [MILL, RAIN, MILL])
    monkeypatch.setattr(shipped, "network", None)  # would fail if it were asked

    again = AnswerReader().fits(QUESTION, [RAIN, MILL])
    assert [one.likely for one in again] == [first[1].likely, first[0].likely]
    assert AnswerReader().fits(QUESTION, []) == []


def test_a_passage_is_read_under_its_title_and_headings() -> None:
    page = make_marked("We sold linen.", "page.txt", title="Ashford", headings=("Ashford", "The years"))

    assert under_headings(page) == "Ashford > The years\nWe sold linen."
    assert under_headings(make_marked("We sold linen.", "page.txt", title="")) == "We sold linen."
    text, (span,) = with_sentences(page)
    assert text[span.start : span.end] == "We sold linen."


def test_who_speaks_else_who_wrote_is_read_before_the_words() -> None:
    text, (span,) = with_sentences(
        make_marked("We sold linen.", "page.txt", "Ann Kent", title="Ashford", author="A miller")
    )

    assert (text, span.start) == ("Ashford\nAnn Kent: We sold linen.", 18)
    text, _ = with_sentences(make_marked("We sold linen.", "page.txt", title="Ashford", author="A miller"))
    assert text == "Ashford\nA miller: We sold linen."


def test_a_sentence_counts_by_itself_and_by_its_passage_and_a_part_of_an_answer_for_half() -> None:
    def odds(p: float) -> float:
        return float(np.log(p / (1 - p)))

    read: Vectors = np.array([[0.2, 0.4, 0.4], [0.9, 0.0, 0.1], [0.5, 0.0, 0.5]], dtype=np.float32)

    assert scores(read) == pytest.approx([(odds(0.6) + odds(0.1)) / 2, odds(0.6) / 2], abs=1e-5)


def test_a_probability_is_scaled_and_shifted_in_its_log_odds() -> None:
    assert calibrated(0.5, 1.0, 0.0) == pytest.approx(0.5)
    assert calibrated(0.5, 2.0, 1.0) == pytest.approx(1 / (1 + np.exp(-1)))
    assert 0 < calibrated(0.0, 1.0, 0.0) < calibrated(1.0, 1.0, 0.0) < 1
