from __future__ import annotations

import numpy as np

from assistant.evidence.answers import Fit
from assistant.readers.plain import ranked
from assistant.search.question import read
from assistant.search.retrieval import Candidate
from assistant.types import FoundBy, Hit, Passage
from tests.conftest import make_marked

OLD = make_marked("We sold 40 bales. It rained.", "old.txt", title="Sales of 2019")
NEW = make_marked("We sold 55 bales.", "new.txt", title="Sales of 2021")


def order(question: str, *scores: tuple[Passage, tuple[float, ...]]) -> list[str]:
    found = [Candidate(Hit(p, 1.0, FoundBy.BOTH), np.zeros((len(p.sentences), 2), np.float32)) for p, _ in scores]
    fits = [Fit(0.5, np.array(by, np.float32)) for _, by in scores]
    return [one.seen.text for one in ranked(read(question), found, fits)]


def test_the_sentence_that_most_seems_to_answer_comes_first() -> None:
    asked = order("How many bales did we sell?", (OLD, (2.0, -1.0)), (NEW, (1.0,)))

    assert asked == ["We sold 40 bales.", "We sold 55 bales.", "It rained."]


def test_what_is_of_the_year_that_is_asked_for_comes_before_all_else() -> None:
    asked = order("How many bales did we sell in 2021?", (OLD, (2.0, -1.0)), (NEW, (1.0,)))

    assert asked == ["We sold 55 bales.", "We sold 40 bales.", "It rained."]
    assert order("How many bales in 2030?", (OLD, (2.0, -1.0)), (NEW, (1.0,)))[0] == "We sold 40 bales."


def test_a_number_that_is_the_users_own_case_puts_nothing_first() -> None:
    asked = order("My 55 sheep are sheared: how many bales did we sell?", (OLD, (2.0, -1.0)), (NEW, (1.0,)))

    assert asked[0] == "We sold 40 bales."
