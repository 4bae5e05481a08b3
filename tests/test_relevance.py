from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from assistant.evidence import relevance
from assistant.evidence.relevance import Judgement, Logistic, SignalJudge, load
from assistant.evidence.signals import SIGNALS
from assistant.search.question import read
from assistant.search.retrieval import Candidate
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


def test_the_shipped_weights_are_for_the_signals_there_are() -> None:
    model = load("relevance")

    assert [len(values) for values in (model.mean, model.scale, model.weights)] == [len(SIGNALS)] * 3
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


def test_a_sentence_keeps_its_own_vector() -> None:
    for one in judge(*PASSAGES).sentences:
        assert np.array_equal(one.vector, WordEmbedder().query(one.seen.text))


def test_the_words_that_nothing_near_the_best_meets_are_missing() -> None:
    assert judge(*PASSAGES).missing == ("work",)
    assert judge(PASSAGES[2]).missing == ("loyalty", "card", "work", "Weston")


def test_nothing_found_answers_nothing() -> None:
    assert judge() == Judgement((), ("loyalty", "card", "work", "Weston"))


def test_the_order_in_which_passages_come_does_not_matter() -> None:
    def told(judgement: Judgement) -> list[tuple[str, float]]:
        return [(one.seen.text, round(one.score, 4)) for one in judgement.sentences]

    expected = judge(*PASSAGES)
    for order in permutations(PASSAGES):
        judgement = judge(*order)
        assert told(judgement) == told(expected)
        assert judgement.missing == expected.missing
