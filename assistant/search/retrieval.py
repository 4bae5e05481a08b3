"""Finds the passages that may answer a question: by their vectors and by their words.

The scores of the two searches, a cosine and BM25, are standardised over the passages found (mean 0, deviation 1) and
added, as in Bruch, Gai and Ingber (ACM TOIS 2023, arXiv:2210.11934). Near-duplicates are merged into the better one; of
two versions of a text the newer one is used. The result is spread over the documents.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from assistant.library.library import Library
from assistant.model.embedding import Embedder, Vectors
from assistant.text import unspaced
from assistant.text.conflicts import negations
from assistant.text.words import WORD, numbers, tokens
from assistant.types import Filters, FoundBy, Hit, Passage

# How often the right passage is among the best 1, 8 and 20, for 622 textbook questions, and nDCG@10 on cisi, cranfield
# and msmarco_5k: 0.63, 0.90, 0.94; 0.448, 0.417, 0.792. By reciprocal rank (depth 32, constant 10) it was 0.57, 0.88,
# 0.94; 0.436, 0.410, 0.785. At 0.7: 0.449, 0.412, 0.794; at 0.8: 0.440, 0.401, 0.797.
NEARNESS = 0.6  # weight of the cosine, the rest is BM25's
# The cosine of the nearest sentence, as much again, puts the textbook's right passage among the best 8 for 0.92 (0.90
# without) and that of 125 questions on three handbooks among 12 for 0.63 (0.62); the suite works loses 0.05 of its
# recall@10 by it, so it is not counted.
DEPTH = 100  # passages that each search returns; see eval/benchmarks/depth.py
POOL = 80  # of the fused, how many are read: enough that folding and spreading leave a reader what its context holds
SAME = 0.8  # share of words in common (Jaccard) above which two passages say the same; not measured
FEWEST = 12  # words of a duplicate: shorter passages share most words by chance; a guess, not measured
# What each passage already taken from a document costs the next one of it; 0.15 costs 0.01 of that recall.
CROWDING = 0.05
ANYWHERE = Filters()


class Candidate(NamedTuple):
    """A passage that a search found (``hit``), with the vectors of its sentences, an array (sentences, dimension) in
    the order of ``passage.sentences``."""

    hit: Hit
    vectors: Vectors

    @property
    def passage(self) -> Passage:
        return self.hit.passage


def retrieve(
    question: str, library: Library, embedder: Embedder, *, k: int = 8, filters: Filters = ANYWHERE
) -> list[Hit]:
    """Return the best passages for ``question``, at most ``k``, the best first. A passage ranks lower if its document
    has better passages, so that one long document does not crowd out the others. ``filters`` limit the search."""
    found = candidates(question, embedder.query(question), library, filters)
    return [candidate.hit for candidate in spread(found)[:k]]


def candidates(question: str, vector: Vectors, library: Library, filters: Filters = ANYWHERE) -> list[Candidate]:
    """Return the passages that the search by vectors or the search by words finds for ``question``, the best first.
    Only the ``POOL`` best passages are used, and near-duplicates among them are merged. ``vector`` is the embedding of
    the question."""
    dense = dict(library.dense(vector, DEPTH, filters))
    words = [token.word for token in tokens(question) if token.content] + unspaced.runs(question)
    lexical = dict(library.lexical(words, DEPTH, filters)) if words else {}
    scores = fused(dense, lexical)
    found = []
    best = sorted(scores, key=lambda passage: (-scores[passage], passage))[:POOL]
    for stored in library.stored(best):
        passage = stored.passage
        found_by = (
            FoundBy.BOTH
            if passage.id in dense and passage.id in lexical
            else (FoundBy.DENSE if passage.id in dense else FoundBy.LEXICAL)
        )
        found.append(Candidate(Hit(passage, scores[passage.id], found_by), stored.vectors))
    return _fold(found, library.places([candidate.passage.about.id for candidate in found]))


def spread(found: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates ``found`` in a new order, the best first. For this order, the score of a candidate is
    lowered for every candidate of the same document before it, so that one long document does not crowd out the others.
    """
    taken: dict[str, int] = {}
    ordered: list[Candidate] = []
    left = list(found)
    while left:
        best = max(left, key=lambda c: c.hit.score / (1 + CROWDING * taken.get(c.passage.about.id, 0)))
        left.remove(best)
        taken[best.passage.about.id] = taken.get(best.passage.about.id, 0) + 1
        ordered.append(best)
    return ordered


def fused(dense: Mapping[str, float], lexical: Mapping[str, float]) -> dict[str, float]:
    """Combine the scores of the two searches, by vectors (``dense``) and by words (``lexical``), each by passage id.
    Return one score for each passage that either search found, from 0 for the worst to 1 for the best.

    If only one search found a passage, its score in the other search is assumed before the scores are combined: it is
    the worst score that the other search gave. There is one exception: if the search by words found fewer than
    ``DEPTH`` passages, it found every passage that has a word of the question. A passage that it did not find has no
    such word, and its score by words (BM25) is 0.
    """
    found = list(dict.fromkeys((*dense, *lexical)))
    worst = min(lexical.values(), default=0.0) if len(lexical) >= DEPTH else 0.0
    near = np.array([dense.get(passage, min(dense.values(), default=0.0)) for passage in found])
    fitting = np.array([lexical.get(passage, worst) for passage in found])
    scores = NEARNESS * _standard(near) + (1 - NEARNESS) * _standard(fitting)
    spread_out = np.ptp(scores) if found else 0.0
    scaled = (scores - scores.min()) / spread_out if spread_out else np.ones(len(found))
    return dict(zip(found, scaled.tolist(), strict=True))


def _standard(scores: Vectors) -> Vectors:
    """Scale the scores to mean 0 and standard deviation 1. If all are equal, return zeros."""
    deviation = float(scores.std()) if len(scores) else 0.0
    return (scores - scores.mean()) / deviation if deviation else np.zeros_like(scores)


def _fold(found: Sequence[Candidate], places: Mapping[str, tuple[str, int]]) -> list[Candidate]:
    """Merge near-duplicates: the worse passage is moved into the field ``folded`` of the better hit. Short passages are
    not merged, nor passages that differ in a figure or in a negation.

    ``places`` has the group of versions of each document and its position in the group by age. Of two versions, the
    newer one is kept, at the rank of the better one.
    """
    kept: list[tuple[set[str], Candidate]] = []
    for candidate in found:
        text = candidate.passage.text
        words = set(WORD.findall(text.lower()))
        for place, (others, other) in enumerate(kept):
            if _alike(words, others) and _same_claims(text, other.passage.text):
                kept[place] = (others, _joined(other, candidate, places))
                break
        else:
            kept.append((words, candidate))
    return [candidate for _, candidate in kept]


def _joined(kept: Candidate, candidate: Candidate, places: Mapping[str, tuple[str, int]]) -> Candidate:
    """Merge ``candidate`` into ``kept``, which says the same and ranks better. If ``candidate`` is from a newer version
    of the document, its passage replaces the one of ``kept``."""
    family, place = places.get(kept.passage.about.id, ("", 0))
    other_family, other_place = places.get(candidate.passage.about.id, ("", 0))
    if family == other_family and other_place < place:
        folded = (kept.passage, *kept.hit.folded)
        return Candidate(replace(kept.hit, passage=candidate.passage, folded=folded), candidate.vectors)
    return Candidate(replace(kept.hit, folded=(*kept.hit.folded, candidate.passage)), kept.vectors)


def _same_claims(text: str, other: str) -> bool:
    return numbers(text) == numbers(other) and negations(text) == negations(other)


def _alike(words: set[str], others: set[str]) -> bool:
    if len(words) < SAME * len(others) or len(others) < SAME * len(words) or len(words) < FEWEST:
        return False
    return len(words & others) >= SAME * len(words | others)
