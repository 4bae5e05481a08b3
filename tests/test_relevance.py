from __future__ import annotations

import math
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.evidence import relevance
from assistant.evidence.relevance import ANSWERABLE, Judgement, Logistic, SignalJudge, answerable_signals, load
from assistant.evidence.signals import SIGNALS, Sight, look
from assistant.question import read
from assistant.retrieval import Candidate
from assistant.types import FoundBy, Hit, Passage
from tests.conftest import make_marked
from tests.fakes import WordEmbedder

QUESTION = read("How does a loyalty card work at Weston?")
PASSAGES = (
    make_marked("A loyalty card is stamped. Ten stamps are a loaf. Rain is wet.", "card.txt"),
    make_marked("# Weston\nThe shops in Weston print a card.", "weston.txt"),
    make_marked("Linen was sold by the yard. Who bought it?", "linen.txt"),
)


def candidate(passage: Passage) -> Candidate:
    texts = [passage.text[sentence.start : sentence.end] for sentence in passage.sentences]
    return Candidate(Hit(passage, 0.0, FoundBy.BOTH), np.stack([WordEmbedder().query(text) for text in texts]))


def judge(*passages: Passage) -> Judgement:
    rarity = np.full(len(QUESTION.content), 1 / len(QUESTION.content), dtype=np.float32)
    embedder = WordEmbedder()
    found = [candidate(passage) for passage in passages]
    return SignalJudge().judge(QUESTION, embedder.query(QUESTION.text), found, rarity, embedder)


@pytest.mark.parametrize(("name", "inputs"), [("relevance", SIGNALS), ("answerable", ANSWERABLE)])
def test_the_shipped_weights_are_for_the_signals_there_are(name: str, inputs: tuple[str, ...]) -> None:
    model = load(name)

    assert [len(values) for values in (model.mean, model.scale, model.weights)] == [len(inputs)] * 3
    assert all(np.isfinite(values).all() for values in model)
    assert (model.scale > 0).all()


def test_weights_for_other_signals_are_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relevance, "SIGNALS", SIGNALS[::-1])

    with pytest.raises(AssertionError, match="other inputs"):
        load.__wrapped__("relevance")


def test_a_logistic_model_weighs_what_is_above_the_mean() -> None:
    model = Logistic(mean=np.array([1.0, 2.0]), scale=np.array([2.0, 4.0]), weights=np.array([3.0, -1.0]), bias=0.5)

    assert model.log_odds(np.array([[1.0, 2.0], [3.0, 2.0], [1.0, 6.0], [5.0, 0.0]])).tolist() == [0.5, 3.5, -0.5, 7.0]


def test_every_sentence_is_judged_best_first() -> None:
    judgement = judge(*PASSAGES)

    scores = [one.score for one in judgement.sentences]
    assert scores == sorted(scores, reverse=True)
    assert len(scores) == sum(len(passage.sentences) for passage in PASSAGES)
    assert 0 < judgement.answerable < 1


def test_a_sentence_keeps_its_own_vector() -> None:
    for one in judge(*PASSAGES).sentences:
        assert np.array_equal(one.vector, WordEmbedder().query(one.seen.text))


def test_the_words_that_nothing_near_the_best_meets_are_missing() -> None:
    assert judge(*PASSAGES).missing == ("work",)
    assert judge(PASSAGES[2]).missing == ("loyalty", "card", "work", "Weston")


def test_what_meets_the_question_is_likelier_to_answer_it() -> None:
    """The weights were trained on another embedder; the order of these two does not hang on that."""
    assert judge(*PASSAGES).answerable > judge(PASSAGES[2]).answerable


def test_nothing_found_answers_nothing() -> None:
    assert judge() == Judgement((), 0.0, ("loyalty", "card", "work", "Weston"))


def test_the_order_in_which_passages_come_does_not_matter() -> None:
    def told(judgement: Judgement) -> list[tuple[str, float]]:
        return [(one.seen.text, round(one.score, 4)) for one in judgement.sentences]

    expected = judge(*PASSAGES)
    for order in permutations(PASSAGES):
        judgement = judge(*order)
        assert told(judgement) == told(expected)
        assert (judgement.missing, round(judgement.answerable, 4)) == (expected.missing, round(expected.answerable, 4))


@given(st.lists(st.sampled_from(PASSAGES), unique_by=lambda passage: passage.id, min_size=1))
def test_a_probability_is_what_its_log_odds_say(passages: list[Passage]) -> None:
    judgement = judge(*passages)

    rarity = np.full(len(QUESTION.content), 1 / len(QUESTION.content), dtype=np.float32)
    sight = look(
        QUESTION, WordEmbedder().query(QUESTION.text), [candidate(p) for p in passages], rarity, WordEmbedder()
    )
    scores = load("relevance").log_odds(sight.signals)
    row = answerable_signals(sight, scores, np.argsort(-scores, kind="stable"), rarity)
    odds = math.log(judgement.answerable / (1 - judgement.answerable))
    assert odds == pytest.approx(load("answerable").log_odds(row[None, :])[0], abs=1e-3)


def test_answerability_is_read_off_the_best_sentences() -> None:
    """By hand: four sentences, two question words of which the second weighs three times the first."""
    signals = np.zeros((4, len(SIGNALS)), dtype=np.float32)

    def put(name: str, *values: float) -> None:
        signals[:, SIGNALS.index(name)] = values

    put("cosine", 0.1, 0.5, 0.3, 0.9)
    put("passage_cosine", 0.2, 0.2, 0.6, 0.9)
    put("window_names", 0.0, 0.5, 0.0, 1.0)
    put("numbers_missing", 1, 1, 0, 0)
    put("kind_lacks", 1, 1, 1, 0)
    covered = np.array([[1.0, 0.0], [0.0, 0.2], [0.0, 0.0], [0.0, 0.3]], dtype=np.float32)
    sight = Sight((), signals, np.zeros((4, 2), dtype=np.float32), covered)

    row = answerable_signals(sight, np.array([4.0, 3.0, 2.0, 1.0]), np.arange(4), np.array([0.25, 0.75]))

    told = dict(zip(ANSWERABLE, np.round(row, 4).tolist(), strict=True))
    assert told == {
        "best_cosine": 0.5,
        "best_passage_cosine": 0.6,
        "margin": 3.0,  # above the best of those not looked at
        "covered": 0.4,  # 0.25 · 1 + 0.75 · 0.2
        "missing": 0.75,  # the second word is met nowhere
        "names_missing": 0.5,
        "numbers_missing": 0.0,
        "kind_lacks": 1.0,
    }
