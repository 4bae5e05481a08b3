"""Does the search find the gold? Rankings are compared with what is relevant, through ir-measures. Pure.

A ranking is passed on as score = -rank, so that ties in our scores cannot change a measure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assistant.types import Hit, Span
from eval.numbers.metrics import Score, share
from eval.scorers.asked import short
from eval.suite.cases import Gold
from eval.suite.gold import Located

DEPTH = 20  # passages that a case's search returns to be measured: twice what the measures look at
MRR, NDCG = "MRR@10", "nDCG@10"
RECALL_5, RECALL_10 = "recall@5", "recall@10"
SET_RECALL = "evidence-set recall@10"
DISTINCT = "distinct documents@10"


def of_case(hits: Sequence[Hit], golds: Sequence[Located], sets: Sequence[Sequence[Gold]]) -> list[Score]:
    """Score the hits of a search by the ranks at which they contain the case's gold quotes (quotes that a right answer
    cites). ``hits`` begin with the best. ``sets`` are the case's minimal sets of evidence: the quotes of one set
    together prove the answer. One of the scores says whether the first ten hits contain a whole set.

    A quote may be cut between two passages. It counts as found at the smallest rank k for which the first k hits
    together contain at least half of it. MRR and nDCG count the hit at this rank as relevant, and only once, even if
    several quotes are found there. They count each quote that is not found as one relevant passage that the search
    missed.
    """
    ranks = {gold.gold: _rank(hits, gold) for gold in golds}
    relevant = {f"passage {rank}" if rank is not None else f"gold {gold.quote}": 1 for gold, rank in ranks.items()}
    early = {gold for gold, rank in ranks.items() if rank is not None and rank < 10}
    whole = any(all(one in early for one in gold_set) for gold_set in sets)
    documents = len({hit.passage.about.id for hit in hits[:10]})
    return [
        _recall(RECALL_5, ranks, 5),
        _recall(RECALL_10, ranks, 10),
        *ranked([f"passage {rank}" for rank in range(len(hits))], relevant, (MRR, NDCG)),
        Score(SET_RECALL, float(whole), "" if whole else "no whole set of the evidence is among the first ten"),
        Score(DISTINCT, share(documents, len(hits[:10])), "" if hits else "nothing was found"),
    ]


def _recall(name: str, ranks: Mapping[Gold, int | None], k: int) -> Score:
    lost = [gold for gold, rank in ranks.items() if rank is None or rank >= k]
    why = "; ".join(f"not found: “{short(gold.quote)}”" for gold in lost)
    return Score(name, share(len(ranks) - len(lost), len(ranks)), why, len(ranks))


def ranked(run: Sequence[str], relevant: Mapping[str, int], names: Sequence[str]) -> list[Score]:
    """Compute the measures ``names``, such as ``MRR@10``, of the ranking of one search. ``run`` has the ids that the
    search found, best first; ``relevant`` has the grade of relevance (1 or more) of each relevant id.
    """
    import ir_measures
    from ir_measures import RR, R, nDCG

    measures = {RECALL_5: R @ 5, RECALL_10: R @ 10, MRR: RR @ 10, NDCG: nDCG @ 10}
    qrels = {"q": dict(relevant)}
    scored = {"q": {id: -float(rank) for rank, id in enumerate(dict.fromkeys(run))}} if run else {}
    got = {str(one.measure): one.value for one in ir_measures.iter_calc(list(measures.values()), qrels, scored)}
    why = "" if set(run) & set(relevant) else "nothing relevant was found"
    return [Score(name, float(got.get(str(measures[name]), 0.0)), why) for name in names]


def _rank(hits: Sequence[Hit], gold: Located) -> int | None:
    """The first rank, counted from 0, at which the hits up to there contain half of the gold quote; None if they never
    do.
    """
    return next((rank for rank in range(len(hits)) if _held(hits[: rank + 1], gold)), None)


def _held(hits: Sequence[Hit], gold: Located) -> bool:
    """Whether these hits together contain half of the gold quote, at one of its places."""
    own = [h.passage for hit in hits for h in (hit,) if h.passage.about.id == gold.document]
    own += [folded for hit in hits for folded in hit.folded if folded.about.id == gold.document]
    return any(
        2 * sum(_common(span, Span(p.start, p.end)) for p in own) >= span.end - span.start for span in gold.spans
    )


def _common(one: Span, other: Span) -> int:
    return max(0, min(one.end, other.end) - max(one.start, other.start))
