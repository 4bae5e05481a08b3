"""A question to the passages that may answer it: dense and lexical search, fused, folded, spread.

The two halves are fused by reciprocal rank (Cormack, Clarke and Büttcher, SIGIR 2009), which needs no
common scale: a cosine and a BM25 score cannot be added. Near-duplicates fold into the better one; of two versions
of one piece the newer speaks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from assistant.conflicts import negations
from assistant.embedding import Embedder, Vectors
from assistant.evidence.words import WORD, numbers, tokens
from assistant.library.library import Library
from assistant.types import Filters, FoundBy, Hit, Passage

# Chosen by eval/benchmarks/depth.py: how often the right passage is among the best 8, for 622 textbook questions.
DEPTH = 32  # passages read of each half; 16 to 64 are level, 8 lose 0.02 (measured at RRF 60)
POOL = 40  # of the fused, how many are read: enough that folding and spreading still leave what is judged
RRF = 10  # 0.87, against 0.82 at the paper's 60 and 0.81 at 200
SAME = 0.8  # share of words in common (Jaccard) above which two passages say the same
FEWEST = 12  # words from which a passage can be said to be another's duplicate
CROWDING = 0.15  # what each passage already taken from a document costs the next one of it; about 0.01 of that recall
ANYWHERE = Filters()


class Candidate(NamedTuple):
    """A hit with its sentences' vectors, (sentences, dimension), in the order of ``passage.sentences``."""

    hit: Hit
    vectors: Vectors

    @property
    def passage(self) -> Passage:
        return self.hit.passage


def retrieve(
    question: str, library: Library, embedder: Embedder, *, k: int = 8, filters: Filters = ANYWHERE
) -> list[Hit]:
    """The ``k`` best passages for ``question``, best first, spread over documents."""
    found = candidates(question, embedder.query(question), library, filters)
    return [candidate.hit for candidate in spread(found)[:k]]


def candidates(question: str, vector: Vectors, library: Library, filters: Filters = ANYWHERE) -> list[Candidate]:
    """Every passage that either half of the search found, fused, near-duplicates folded, best first."""
    dense = [passage for passage, _ in library.dense(vector, DEPTH, filters)]
    words = [token.word for token in tokens(question) if token.content]
    lexical = [passage for passage, _ in library.lexical(words, DEPTH, filters)] if words else []
    scores = _fuse(dense, lexical)
    in_dense, in_lexical = set(dense), set(lexical)
    found = []
    best = sorted(scores, key=lambda passage: (-scores[passage], passage))[:POOL]
    for stored in library.stored(best):
        passage = stored.passage
        found_by = (
            FoundBy.BOTH
            if passage.id in in_dense and passage.id in in_lexical
            else (FoundBy.DENSE if passage.id in in_dense else FoundBy.LEXICAL)
        )
        found.append(Candidate(Hit(passage, scores[passage.id], found_by), stored.vectors))
    return _fold(found, library.places([candidate.passage.about.id for candidate in found]))


def spread(found: Sequence[Candidate]) -> list[Candidate]:
    """The same candidates, so ordered that one long document does not crowd out the others."""
    taken: dict[str, int] = {}
    ordered: list[Candidate] = []
    left = list(found)
    while left:
        best = max(left, key=lambda c: c.hit.score / (1 + CROWDING * taken.get(c.passage.about.id, 0)))
        left.remove(best)
        taken[best.passage.about.id] = taken.get(best.passage.about.id, 0) + 1
        ordered.append(best)
    return ordered


def _fuse(*rankings: Sequence[str]) -> dict[str, float]:
    scores: dict[str, float] = {}
    for ranking in rankings:
        for rank, passage in enumerate(ranking, start=1):
            scores[passage] = scores.get(passage, 0.0) + 1 / (RRF + rank)
    return scores


def _fold(found: Sequence[Candidate], places: Mapping[str, tuple[str, int]]) -> list[Candidate]:
    """Near-duplicates join the better one's ``folded``; not those of few words, other figures or a "not" more.

    ``places`` tell the documents that are versions of one piece: of these the newest is kept, at the better one's rank.
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
    """Two that say the same as one."""
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
