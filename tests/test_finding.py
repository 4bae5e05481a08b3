from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.types import FoundBy, Hit, Passage, Span
from eval.scorers import finding
from eval.suite.cases import Gold
from eval.suite.gold import Located
from tests.conftest import make_document

BOOK = make_document("x" * 1000, "book.txt")
OTHER = make_document("y" * 1000, "other.txt")


def hit(start: int, end: int, document=BOOK, score: float = 1.0) -> Hit:
    passage = Passage(f"{document.id}:{start}", document.about, start, end, document.text[start:end], ())
    return Hit(passage, score, FoundBy.BOTH)


def gold(start: int, end: int) -> Located:
    return Located(Gold(source="book.txt", quote=f"{start}"), BOOK.id, (Span(start, end),))


def scores(hits: list[Hit], *golds: Located) -> dict[str, float | None]:
    return {one.name: one.value for one in finding.of_case(hits, golds, [tuple(g.gold for g in golds)])}


def test_a_gold_at_the_third_rank():
    got = scores([hit(0, 100), hit(0, 100, OTHER), hit(200, 300)], gold(210, 250))

    assert got == {
        "recall@5": 1,
        "recall@10": 1,
        "MRR@10": pytest.approx(1 / 3),
        "nDCG@10": pytest.approx(0.5),  # 1 / log2(3 + 1)
        "evidence-set recall@10": 1,
        "distinct documents@10": pytest.approx(2 / 3),
    }


def test_gold_that_a_passage_s_end_cuts_is_found_by_both_parts():
    """As with passages of 256 or 512 tokens: where they end must lose no gold."""
    cut = gold(280, 320)

    assert scores([hit(250, 300), hit(300, 350)], cut)["recall@5"] == 1
    assert scores([hit(240, 290), hit(310, 350)], cut)["recall@5"] == 1
    assert scores([hit(240, 290)], cut)["recall@5"] == 0


@pytest.mark.parametrize("size", [64, 256, 512, 1000])
def test_any_size_of_passage_holds_all_the_gold(size: int):
    hits = [hit(start, min(start + size, 1000)) for start in range(0, 1000, size)][:10]
    golds = [gold(start, start + 37) for start in range(0, min(960, 10 * size - 40), 90)]

    assert scores(hits, *golds)["recall@10"] == 1


def test_nothing_found_is_nought_and_not_nothing():
    assert set(scores([], gold(0, 10)).values()) == {0, None}
    assert scores([], gold(0, 10))["nDCG@10"] == 0


def test_grades_count_for_the_gain():
    got = {one.name: one.value for one in finding.ranked(["a", "b"], {"a": 1, "b": 3}, (finding.NDCG, finding.MRR))}

    # trec_eval's gain is the grade: (1 + 3 / log2(3)) / (3 + 1 / log2(3))
    assert got == {"nDCG@10": pytest.approx((1 + 3 / 1.58496) / (3 + 1 / 1.58496), abs=1e-4), "MRR@10": 1}


@given(st.permutations(list("abcdefgh")))
def test_ties_in_our_scores_do_not_matter_for_the_rank_is_what_counts(order: list[str]):
    got = {one.name: one.value for one in finding.ranked(order, {"a": 1}, (finding.MRR,))}

    assert got["MRR@10"] == pytest.approx(1 / (order.index("a") + 1))


@given(st.permutations(list("abcdefghijkl")), st.integers(0, 10))
def test_a_better_ranking_never_lowers_the_gain(order: list[str], at: int):
    better = order.copy()
    rank = better.index("a")
    if rank:
        better[rank - 1], better[rank] = better[rank], better[rank - 1]

    def gain(run: list[str]) -> float:
        return finding.ranked(run, {"a": 1}, (finding.NDCG,))[0].value or 0

    assert gain(better) >= gain(order)
