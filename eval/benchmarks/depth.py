"""Measures how the recall of the right passage depends on four constants of the search.

    python -m eval.benchmarks.depth --data ../shared/data --work /tmp/pushback-depth

The constants are the depth of the search, the weight of nearness, the size of the pool, and the penalty for crowding.
The questions are our own on the textbook (``questions.jsonl``); one constant is varied at a time.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from assistant.build import build_embedder
from assistant.library.library import Library
from assistant.model.embedding import Vectors
from assistant.readers.plain import READ
from assistant.search import retrieval
from assistant.settings import Settings
from assistant.types import Document
from eval.benchmarks.measuring import QUESTIONS
from ingest.sync import sync

VARIED = {
    "CROWDING": (0.0, 0.02, 0.05, 0.15),
    "NEARNESS": (0.5, 0.6, 0.7, 0.8),
    "DEPTH": (32, 64, 100, 200),
    "POOL": (24, 40, 64),
}


class Asked(NamedTuple):
    """A question (``text``), the name of the file that has the answer (``source``), and the quotes from this file that
    answer the question (``gold``).
    """

    text: str
    source: str
    gold: tuple[str, ...]


def main() -> None:
    """Vary four constants of the search, one at a time, and print for each value how often the search finds a passage
    that answers the question. Meanwhile, the other three constants keep the values that the program uses.
    """
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
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
                at_8, at_read = (recall(library, asked, vectors, k) for k in (8, READ))
                print(f"{name} {value:>5}: recall@8 {at_8:.3f}, @{READ} {at_read:.3f}")
            setattr(retrieval, name, shipped)


def ours(folder: Path) -> Iterator[Asked]:
    """Yield our own questions on the textbook (Markdown files in ``folder``), each with the quotes that answer it."""
    paths = {path.name.split("-")[0]: path for path in folder.iterdir()}
    for line in QUESTIONS.read_text("utf-8").splitlines():
        asked = json.loads(line)
        path = paths[asked["source"]]
        raw = path.read_text("utf-8")
        yield Asked(asked["question"], path.name, tuple(raw[start:end] for start, end in asked["gold"]))


def places(document: Document, asked: Asked) -> list[int]:
    """The offsets in the document's text at which the quotes that answer the question begin. A quote is left out if it
    is not in the text, because the program removed it when it cleaned the text.
    """
    found = (re.search(r"\s+".join(map(re.escape, quote.split())), document.text) for quote in asked.gold)
    return [match.start() for match in found if match]


def recall(library: Library, asked: list[Asked], vectors: list[Vectors], k: int) -> float:
    """The share of questions for which one of the best ``k`` passages that the search finds contains the beginning of a
    quote that answers the question. ``vectors`` has the embedding of each question, in the order of ``asked``.
    """
    found = 0
    for one, vector in zip(asked, vectors, strict=True):
        document = library.document(one.source)
        right = places(document, one)
        best = retrieval.spread(retrieval.candidates(one.text, vector, library))[:k]
        found += any(
            c.passage.about.id == document.id and c.passage.start <= start < c.passage.end
            for c in best
            for start in right
        )
    return found / len(asked)


if __name__ == "__main__":
    main()
