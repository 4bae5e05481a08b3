"""Compares a library in a folder with the same one on PostgreSQL and Chroma: time, and what a search by words finds.

    python -m eval.benchmarks.databases --data ../shared/data

First the whole libraries are compared: documents are ingested into both, part by part in turn, and one process asks
both the same questions in turn. Then the catalogs alone are compared: the same documents, with their vectors, are put
into two new catalogs, and each gets the queries that it would get from a question.

The servers are started on loopback, for the length of the run. ``--server`` and ``--chroma`` are the addresses of
others to use instead. The run leaves a schema in that database and a collection on that Chroma server, so name a
database that may be thrown away.
"""

from __future__ import annotations

import argparse
import json
import secrets
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from shutil import copy
from statistics import mean

from assistant import build
from assistant.evidence import reading
from assistant.library import places
from assistant.library.catalog import Catalog
from assistant.library.database import postgres
from assistant.library.library import Library
from assistant.library.records import DocumentRow, PassageRow
from assistant.settings import Settings
from assistant.text.words import tokens
from assistant.types import Filters
from eval.benchmarks.measuring import QUESTIONS, fresh_home, in_turn, ratio, tell, textbook
from ingest.sync import sync

ASKED, BEST, BATCH = 100, 100, 8  # questions, results compared of each, and what is written at a time
PARTS = 8  # of the documents, each ingested here and there in turn
EVERYTHING = Filters()


def rows(catalog: Catalog) -> Iterator[DocumentRow]:
    """Yield every document of a catalog (the database of a library's documents) with its passages and vectors, as a row
    that another catalog can store.
    """
    vectors = {id: vector for batch in catalog.passages.vectors(4096) for id, vector in batch}
    for id in catalog.documents.ids():
        document = catalog.documents.get(id)
        assert document is not None
        passages = tuple(PassageRow(one, vectors[one.id], sentences) for one, sentences in catalog.passages.of(id))
        yield DocumentRow(document, f"/docs/{document.about.source}", 1, 1, passages)


def look_up(catalog: Catalog, words: list[str]) -> list[str]:
    """Make the queries to the catalog (the database of a library's documents) that one question needs. ``words`` are
    the content words of the question. Returns the ids of the passages that a search for these words finds.
    """
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


def whole(files: Sequence[Path], home: Path, server: str, chroma: str, questions: Sequence[str]) -> Path:
    """Compare a library on servers with a library in a folder: ingest the same files into each, ask each the same
    questions, and print the ratios of their speeds, each with the limit that it must keep. The program exits at the
    first ratio that does not keep its limit. Returns the folder of the library that is not on servers.

    ``server`` is the address of the database, ``chroma`` that of the vector index. ``home`` is an empty folder, to
    which the files are copied and in which the libraries store what is not on the servers.
    """
    name = f"whole-{secrets.token_hex(4)}"
    sides = {
        "servers": Settings(home=home / "servers", library=name, catalog=server, chroma_url=chroma),
        "folder": Settings(home=home / "folder", library=name),
    }
    parts = min(PARTS, len(files))
    for place, path in enumerate(files):
        part = home / f"part-{place % parts}"
        part.mkdir(exist_ok=True)
        copy(path, part)
    embedder = build.build_embedder(sides["folder"])
    embedder.query("warm")
    with ExitStack() as stack:
        libraries = {
            side: stack.enter_context(Library.open(settings, embedder, create=True)) for side, settings in sides.items()
        }
        left = {side: iter(range(parts)) for side in sides}

        def ingest(side: str) -> None:
            report = sync([home / f"part-{next(left[side])}"], libraries[side], sides[side], embedder)
            assert not report.failed, report.failed

        put = in_turn(parts, {side: lambda side=side: ingest(side) for side in sides})  # type: ignore[misc]
        passages = libraries["folder"].searched().passages
        assert libraries["servers"].searched().passages == passages
    speeds = {side: passages / sum(taken) for side, taken in put.items()}
    print(f"{passages} passages; ingested a second: { ({side: round(speed, 1) for side, speed in speeds.items()}) }")
    tell("ingest, passages a second, servers : folder", speeds["servers"] / speeds["folder"], at_least=0.7)
    with ExitStack() as stack:
        assistants = {side: stack.enter_context(build.build_assistant(settings)) for side, settings in sides.items()}
        answers: dict[str, list[object]] = {side: [assistants[side].ask(questions[0])] for side in sides}
        asked = {side: iter(questions) for side in sides}

        def ask(side: str) -> None:
            reading._KEPT.clear()  # what the network said of a passage for the other side
            answers[side].append(assistants[side].ask(next(asked[side])))

        seconds = in_turn(len(questions), {side: lambda side=side: ask(side) for side in sides})  # type: ignore[misc]
        same = sum(
            [one.quote for statement in here.statements for one in statement.citations]  # type: ignore[attr-defined]
            == [one.quote for statement in there.statements for one in statement.citations]  # type: ignore[attr-defined]
            for here, there in zip(answers["folder"][1:], answers["servers"][1:], strict=True)
        )
    print(f"the same quotes for {same} of {len(questions)} questions")
    tell("a warm question, servers : folder, p50", ratio(seconds["servers"], seconds["folder"]), at_most=2)
    return sides["folder"].folder


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
    parser.add_argument("--server", help="the address of a database; without, one is started")
    parser.add_argument("--chroma", help="the address of a Chroma server; without, one is started")
    parser.add_argument("--asked", type=int, default=ASKED, help="how many questions")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="the folder that holds textbook/")
    parser.add_argument("--documents", type=int, help="how many of its documents; without, all")
    given = parser.parse_args()
    every = [json.loads(line)["question"] for line in QUESTIONS.read_text("utf-8").splitlines()]
    questions = every[:: len(every) // given.asked][: given.asked]
    with ExitStack() as stack:
        if given.server is None:
            from tests import database

            programs = database.programs()
            assert programs, "PostgreSQL is not installed, and no --server is named"
            given.server = stack.enter_context(database.serving(programs)).address
        if given.chroma is None:
            from tests import chroma_server

            given.chroma = stack.enter_context(chroma_server.serving(stack.enter_context(fresh_home()))).address
        home = stack.enter_context(fresh_home())
        files = sorted(textbook(given.data).glob("*.*"))[: given.documents]
        catalogs(whole(files, home, given.server, given.chroma, questions), given.server, questions)


def catalogs(folder: Path, server: str, questions: Sequence[str]) -> None:
    """Compare two new catalogs (databases of a library's documents), one on a server and one in a file: fill each with
    the documents of the library in ``folder``, make in each the queries that the questions need, and print how their
    times and results compare. ``server`` is the address of the database server.
    """
    asked = [[one.word for one in tokens(question) if one.content] for question in questions]
    name = f"bench-{secrets.token_hex(4)}"
    held = list(rows(places.in_file(folder / places.CATALOG, 80)))
    postgres.begin(server, name)
    scratch = folder / f"{name}.sqlite3"
    there, here = places.on_server(server, name, 80), places.in_file(scratch, 80)
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
            "server": lambda: found["server"].append(look_up(there, next(to_there))),
            "file": lambda: found["file"].append(look_up(here, next(to_here))),
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
