"""How deep to read: recall of the right sentence's passage by depth, weight of nearness, pool and crowding.

    python -m eval.benchmarks.depth --data ../shared/data --work /tmp/pushback-depth

Our questions on the textbook (``eval/training/questions.jsonl``), each variation against what ships.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from assistant.build import build_embedder
from assistant.library.library import Library
from assistant.model.embedding import Vectors
from assistant.readers.plain import JUDGED
from assistant.search import retrieval
from assistant.settings import Settings
from eval.training.relevance import Asked, ours, places
from ingest.sync import sync

VARIED = {
    "CROWDING": (0.0, 0.02, 0.05, 0.15),
    "NEARNESS": (0.5, 0.6, 0.7, 0.8),
    "DEPTH": (32, 64, 100, 200),
    "POOL": (24, 40, 64),
}


def main() -> None:
    """Print the recall of each variation, all else as shipped."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    given = parser.parse_args()
    settings = Settings(home=given.work, library="textbook")
    embedder = build_embedder(settings)
    folder = given.data / "textbook"
    asked = [one for one in ours(folder) if one.gold]
    with Library.open(settings, embedder, create=True) as library:
        sync([folder], library, settings, embedder)
        vectors = [embedder.query(one.text) for one in asked]
        for name, values in VARIED.items():
            shipped = getattr(retrieval, name)
            for value in values:
                setattr(retrieval, name, value)
                at_8, at_judged = (recall(library, asked, vectors, k) for k in (8, JUDGED))
                print(f"{name} {value:>5}: recall@8 {at_8:.3f}, @{JUDGED} {at_judged:.3f}")
            setattr(retrieval, name, shipped)


def recall(library: Library, asked: list[Asked], vectors: list[Vectors], k: int) -> float:
    """The share of questions with a right sentence in the best ``k`` passages."""
    found = 0
    for one, vector in zip(asked, vectors, strict=True):
        document = library.document(one.source)
        right = places(document, one)
        best = retrieval.spread(retrieval.candidates(one.text, vector, library))[:k]
        found += any(
            c.passage.about.id == document.id and c.passage.start <= start < c.passage.end
            for c in best
            for start, _ in right
        )
    return found / len(asked)


if __name__ == "__main__":
    main()
