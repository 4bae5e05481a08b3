"""Compares a catalog in a file with one on PostgreSQL: the time of each, and whether a search by words finds the same.

    python -m eval.benchmarks.databases --server postgresql://me@host/scratch --data ../shared/data

The textbook's documents are put into two new catalogs, the vectors ready, so that only the catalogs are measured; then
each answers what a question asks of its catalog. A schema is left in the database: name one that may be thrown away.
"""

from __future__ import annotations

import argparse
import json
import secrets
from collections.abc import Iterator
from pathlib import Path
from statistics import mean

from assistant.library.catalog import Catalog
from assistant.library.database import places, postgres
from assistant.library.records import DocumentRow, PassageRow
from assistant.text.words import tokens
from assistant.types import Filters
from eval.benchmarks.measuring import QUESTIONS, in_turn, ratio, textbook_home

ASKED, BEST, BATCH = 100, 100, 8  # questions, results compared of each, and what is written at a time
EVERYTHING = Filters()


def rows(catalog: Catalog) -> Iterator[DocumentRow]:
    """Every document of a catalog, in the form in which another stores it."""
    vectors = {id: vector for batch in catalog.passages.vectors(4096) for id, vector in batch}
    for id in catalog.documents.ids():
        document = catalog.documents.get(id)
        assert document is not None
        passages = tuple(PassageRow(one, vectors[one.id], sentences) for one, sentences in catalog.passages.of(id))
        yield DocumentRow(document, f"/docs/{document.about.source}", 1, 1, passages)


def ask(catalog: Catalog, words: list[str]) -> list[str]:
    """Make the catalog queries of one question; returns the ids that its words find."""
    catalog.state()
    catalog.documents.searched()
    found = [id for id, _ in catalog.full_text.search(words, BEST, EVERYTHING)]
    catalog.passages.visible(found)
    documents = [passage.about.id for passage, _ in catalog.passages.get(found[:80])]
    catalog.families.places(documents)
    for document in list(dict.fromkeys(documents))[:4]:
        catalog.passages.of(document)
        catalog.documents.text(document)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--server", required=True, help="the address of a database")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="the folder that holds textbook/")
    parser.add_argument("--home", type=Path, help="where the textbook's library is kept between benchmarks")
    given = parser.parse_args()
    every = [json.loads(line)["question"] for line in QUESTIONS.read_text("utf-8").splitlines()]
    asked = [[one.word for one in tokens(question) if one.content] for question in every[:: len(every) // ASKED]]
    name = f"bench-{secrets.token_hex(4)}"
    with textbook_home(given) as home:
        held = list(rows(places.in_file(home / "default" / places.CATALOG, 80)))
        postgres.begin(given.server, name)
        scratch = home / f"{name}.sqlite3"
        there, here = places.on_server(given.server, name, 80), places.in_file(scratch, 80)
        batches = [held[start : start + BATCH] for start in range(0, len(held), BATCH)]
        for_there, for_here = iter(batches), iter(batches)
        put = in_turn(
            len(batches), {"server": lambda: there.put(next(for_there)), "file": lambda: here.put(next(for_here))}
        )
        passages = here.documents.searched().passages
        each = {side: f"{sum(taken) / passages * 1e3:.2f}" for side, taken in put.items()}
        print(f"{passages} passages; ms to put one, beside what embedding it takes: {each}")
        found: dict[str, list[list[str]]] = {"server": [], "file": []}
        to_there, to_here = iter(asked), iter(asked)
        seconds = in_turn(
            len(asked),
            {
                "server": lambda: found["server"].append(ask(there, next(to_there))),
                "file": lambda: found["file"].append(ask(here, next(to_here))),
            },
        )
        print(f"a question's catalog, server : file, p50: {ratio(seconds['server'], seconds['file']):.2f}")
        pairs = list(zip(found["server"], found["file"], strict=True))
        shared = mean(len({*one} & {*other}) / max(1, len(other)) for one, other in pairs)
        same = sum(one[:10] == other[:10] for one, other in pairs)
        print(f"the first ten alike, in order: {same} of {len(pairs)}; of a hundred found, shared: {shared:.3f}")
        there.close()
        here.close()
        scratch.unlink()


if __name__ == "__main__":
    main()
