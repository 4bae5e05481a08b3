"""Kills commands while they write, with the real embedder: is anything lost, half visible, or not repaired?

    python -m eval.benchmarks.killing [--kills 200] [--seed 1] [--kind reindex]

Each kill (SIGKILL) hits a real command in a process of its own: ingest into a new library, ingest of changed files,
remove, reindex to another length of passages, and ingest into a library of each older schema. An undisturbed run counts
the steps by which a command changes the catalog or the index; the kill comes at a random moment between two of them.
Every other kill of a reindex comes at its end, where the new passages replace the old ones and the index is rebuilt;
every other kill of an upgrade comes while the schema is changed.

Then a copy of what is left is opened and searched: each document must be wholly as it was before the command, or wholly
as it is after it. In the original, the same command runs again; after it, the library must be what the undisturbed run
made, and the doctor must find no problem. Batches are small, so that few documents make many transactions. Unix only;
the exit code is 1 if anything failed.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import pickle
import random
import re
import shutil
import signal
import sqlite3
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import chromadb  # noqa: F401 — once for all the forks; a process that used it could not be forked
import torch

import ingest.sync as syncing
from assistant import build
from assistant.library import upkeep
from assistant.library.catalog import Catalog
from assistant.library.database.sqlite import Sqlite
from assistant.library.index.vectors import VectorIndex
from assistant.library.library import Library, Opinion
from assistant.library.places import CATALOG
from assistant.library.tables.schema import STEPS
from assistant.model.embedding import Embedder, Vectors
from assistant.settings import Settings
from ui import cli

DOCUMENTS = 20  # of a library: enough that kills come between two of them
BATCH = 4  # passages a transaction: small, so that kills come between many of them
SHORT = 40  # words of a passage after the reindex: half of the default, so that every passage changes
OLD = 1_700_000_000  # seconds: files whose time says that they will not change
KINDS = ("ingest", "re-ingest", "remove", "reindex", *(f"upgrade from {n}" for n in sorted(STEPS) if n))
FAULTS = ("lost", "half visible", "not repaired")
DOUBT = "index left in doubt"  # is told, and no fault: how often a kill hit between index and catalog
HARD = "where it is hard"  # likewise: how many kills were meant for the end of a reindex, or the middle of an upgrade
TOLD = ("kills", *FAULTS, DOUBT, HARD)
IDEA = '{"idea": "Wait.", "ruling": "holds"}'
THINGS = ("cloth", "lamps", "tea", "paper", "salt", "bricks", "glue", "wool", "tiles", "rope")


STEPS_OF = {
    "_prepare": "p", "changing": "c", "run": "q", "run_each": "e", "doubt": "d", "trust": "t", "renew": "n",
    "_sweep": "s", "upsert": "u", "delete": "x", "rebuilding": "r",
}  # fmt: skip


class Whole(NamedTuple):
    """Everything that a library shows to people. ``documents`` maps the source of each document to a pair: a hash of
    its text and passages, and one sentence of its text. ``said`` has the conversations, the feedback, and the verdicts
    (the results of testing ideas against the documents).
    """

    documents: dict[str, tuple[str, str]]
    said: tuple[str, ...]


class Kind(NamedTuple):
    """A command that the benchmark kills. ``home`` has the library that the command starts from, and ``files`` the
    documents that it reads. ``before`` and ``after`` are what the library shows before and after the command if it is
    not killed; ``steps`` has the seconds from each step of this undisturbed run to the next one. ``hard`` has the
    indices of the steps at which a kill is most dangerous: half of the kills come at one of these, the rest at any
    step.
    """

    name: str
    home: Path
    files: Path
    command: list[str]
    before: Whole
    after: Whole
    steps: list[float]  # seconds from each of the undisturbed run to the next
    hard: range  # those that every other kill is to hit; all, where none is harder than another


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
    parser.add_argument("--kills", type=int, default=200, help="all kinds together")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", choices=KINDS, help="this one alone: shorter, since each is prepared first")
    given = parser.parse_args()
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    torch.set_num_threads(1)  # a pool of threads would not survive a fork
    embedder = build.build_embedder(Settings())
    meaning(embedder, "memo")
    build.build_embedder = lambda _: embedder  # loaded once, for all the forks
    syncing.BATCH = upkeep.BATCH = BATCH
    moments, counts = random.Random(given.seed), Counter[tuple[str, str]]()
    with tempfile.TemporaryDirectory(prefix="pushback-killing-") as folder:
        lay(Path(folder) / "files", "ingest")
        (Path(folder) / "short.toml").write_text(f"passage_words = {SHORT}", "utf-8")
        for module in made(in_a_fork(lambda: begin(Path(folder), embedder))):
            with suppress(Exception):
                import_module(module)  # here, so that no fork has to
        kinds = [prepared(kind, Path(folder), embedder) for kind in KINDS if given.kind in (None, kind)]
        for number in range(given.kills):
            kind = kinds[number % len(kinds)]
            counts[kind.name, "kills"] += 1
            among = kind.hard if number // len(kinds) % 2 else range(len(kind.steps))
            counts[kind.name, HARD] += len(among) < len(kind.steps)
            for what, why in killed(kind, among, Path(folder), moments, embedder):
                counts[kind.name, what] += 1
                if what in FAULTS:
                    print(f"{kind.name}, kill {number + 1}: {what}: {why}")
            told = ", ".join(f"{what} {counts[kind.name, what]}" for what in TOLD)
            print(f"{number + 1}. {kind.name}: {told}", flush=True)
    print(", ".join(f"{what} {sum(counts[kind, what] for kind in KINDS)}" for what in TOLD))
    sys.exit(1 if any(counts[kind, fault] for kind in KINDS for fault in FAULTS) else 0)


def prepared(name: str, folder: Path, embedder: Embedder) -> Kind:
    """Run a command without killing it, and note what the library shows before and after it, and how long each of its
    steps takes. ``name`` is one of ``KINDS``.
    """
    files, home, kept = folder / "files", folder / "home", folder / name
    first = ["ingest", "--quiet", "--home", str(home), str(files)]
    command = {
        "remove": ["remove", "--quiet", "--home", str(home), source(3)],
        "reindex": ["reindex", "--quiet", "--home", str(home), "--config", str(folder / "short.toml")],
    }.get(name, first)
    renew(home, folder / "base")
    if name == "ingest":
        shutil.rmtree(home)
        home.mkdir(exist_ok=True)
    elif name.startswith("upgrade"):
        downgrade(home / "default" / CATALOG, int(name.rsplit(maxsplit=1)[-1]))
    renew(kept, home)
    before = made(in_a_fork(lambda: held(home, embedder)))
    renew(home, kept)
    lay(files, name)
    steps, taken = [0.0], ""
    with running(command) as (child, pipe):
        started = time.perf_counter()
        while letter := os.read(pipe, 1):
            steps.append(time.perf_counter() - started)
            taken += letter.decode()
        assert os.waitpid(child, 0)[1] == 0, f"{command} failed"
    after = made(in_a_fork(lambda: held(home, embedder)))
    for _, sentence in (*before.documents.values(), *after.documents.values()):
        meaning(embedder, sentence)  # here, so that the forks have it
    gaps = [end - start for start, end in pairwise(steps[1:])]
    print(f"{name}: {len(gaps) + 1} steps, {steps[-1]:.1f} s", flush=True)
    return Kind(name, kept, files, command, before, after, [*gaps, 0.02], hard_steps(name, taken))


def hard_steps(name: str, taken: str) -> range:
    """Return the steps of a command at which a kill is most dangerous, as indices into ``taken``. ``name`` is the name
    of the command, one of ``KINDS``. ``taken`` has one letter for each step of the command in a run that nobody kills;
    ``STEPS_OF`` says which letter stands for which step.
    """
    if name == "reindex":
        return range(taken.index(STEPS_OF["rebuilding"]), len(taken))
    if name.startswith("upgrade"):
        begins = taken.index(STEPS_OF["_prepare"])  # then it begins to change, and last it says of which version it is
        return range(begins, begins + 2 + len(STEPS[int(name.rsplit(maxsplit=1)[-1])]) + 1)
    return range(len(taken))


def renew(folder: Path, of: Path) -> None:
    """Replace a folder with a copy of the folder ``of``."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(of, folder)


def lay(files: Path, kind: str) -> None:
    """Empty the folder ``files``, and write to it the documents that a command reads. ``kind`` is the name of the
    command, one of ``KINDS``.
    """
    shutil.rmtree(files, ignore_errors=True)
    files.mkdir()
    write(files, range(DOCUMENTS), "first")
    if kind == "re-ingest" or kind.startswith("upgrade"):
        write(files, range(0, DOCUMENTS, 4), "second")
        write(files, range(DOCUMENTS, DOCUMENTS + 3), "first")
        for gone in (1, 2):
            (files / source(gone)).unlink()


def begin(folder: Path, embedder: Embedder) -> list[str]:
    """Make a library with documents, a conversation, and a verdict (the result of testing an idea) in ``folder``; the
    commands to kill start from copies of it. This function is called in a forked process. Returns the names of the
    Python modules that this process has loaded, so that the caller can load them before it forks again.
    """
    run(["ingest", "--quiet", "--home", str(folder / "base"), str(folder / "files")])
    with Library.open(Settings(home=folder / "base"), embedder) as library:
        conversation = library.conversations.begin()
        library.conversations.add_turn(conversation, '{"question": "Why?"}')
        library.conversations.ask(conversation, "And then?")
        library.conversations.give_feedback(conversation, 1, Opinion.GOOD, note="So it is.")
        library.verdicts.keep(IDEA)
    held(folder / "base", embedder)
    return sorted(sys.modules)


def downgrade(catalog: Path, version: int) -> None:
    """Change a catalog (the database of a library) back to an older schema. ``catalog`` is its file, ``version`` the
    number of the older schema.
    """
    connection = sqlite3.connect(catalog)
    with connection:
        for table in reversed(re.findall(r"CREATE TABLE (?:IF NOT EXISTS )?(\w+)", ";".join(STEPS[version]))):
            connection.execute(f"DROP TABLE {table}")
        connection.execute(f"PRAGMA user_version = {version}")
    connection.close()


def killed(
    kind: Kind, among: range, folder: Path, moments: random.Random, embedder: Embedder
) -> Iterator[tuple[str, str]]:
    """Run a command, kill it at a random moment during one of the steps whose indices are in ``among``, check the
    library, and run the command again. ``moments`` draws the step and the moment.

    Yields pairs of texts. The first says what was found: one of ``FAULTS``, or ``DOUBT``. ``DOUBT`` means that the kill
    came while the command was changing the index, and that the index is still marked as one that may be incomplete.
    That is no fault, since a marked index is rebuilt before it is used again. The second text says when the kill came
    and what is wrong.
    """
    home, copy = folder / "home", folder / "copy"
    lay(kind.files, kind.name)
    alive = True
    while alive:
        renew(home, kind.home)
        step = moments.choice(among)
        moment = moments.uniform(0, kind.steps[step])
        with running(kind.command) as (child, pipe):
            reached = len([1 for _ in range(step + 1) if os.read(pipe, 1)])
            time.sleep(moment)
            os.kill(child, signal.SIGKILL)
            alive = not os.WIFSIGNALED(os.waitpid(child, 0)[1])
    where = f"killed {moment * 1000:.0f} ms after step {reached} of {len(kind.steps)}"
    if asked(home, "SELECT in_doubt FROM state") == [1]:
        yield DOUBT, where
    renew(copy, home)
    left = in_a_fork(lambda: held(copy, embedder))
    if isinstance(left, Exception):
        yield "half visible", f"{where}: {left}"
    else:
        yield from ((fault, f"{where}: {what}") for fault, what in compared(kind, left))
    again = in_a_fork(lambda: finished(home, kind, embedder))
    if again is not None:
        yield "not repaired", f"{where}: {again}"


def compared(kind: Kind, left: Whole) -> Iterator[tuple[str, str]]:
    """Compare what the library shows after a kill (``left``) with two states that ``kind`` has: what it showed before
    the command, and what it shows after a run that nobody kills. Each document must be as in one of these two states,
    and nothing else may be lost.

    Yields a pair of texts for each fault. The first is the kind of the fault: ``half visible`` if a document is as in
    neither state, or if a reindex has changed only some of the documents; ``lost`` if a document that both states have
    is missing, or if the conversations, the feedback or the verdicts are not as before. The second says what is wrong,
    such as the source of the document.
    """
    for one in kind.before.documents.keys() | kind.after.documents.keys() | left.documents.keys():
        was, becomes, found = (whole.documents.get(one) for whole in (kind.before, kind.after, left))
        if found is None and was is not None and becomes is not None:
            yield "lost", one
        elif found not in (was, becomes):
            yield "half visible", one
    if kind.name == "reindex" and left.documents not in (kind.before.documents, kind.after.documents):
        yield "half visible", "some passages are of one length, some of the other"
    if left.said != kind.before.said:
        yield "lost", f"of what was said is left {left.said}"


def finished(home: Path, kind: Kind, embedder: Embedder) -> str | None:
    """Run the command of ``kind`` again on the library in ``home``, after its first run was killed. Returns what is
    wrong with the library afterwards; None if nothing is wrong.
    """
    gone = kind.name == "remove" and source(3) not in asked(home, "SELECT source FROM sources")
    if not gone:  # what is removed already cannot be removed again
        run(kind.command)
    with opened(home, embedder) as library:
        whole = shown(library, embedder)
        if problems := library.doctor():
            return "; ".join(problem.what for problem in problems)
    return None if whole == kind.after else "it is not what the undisturbed run made"


def held(home: Path, embedder: Embedder) -> Whole:
    """Open the library in ``home`` and return everything that it shows to people; see ``shown``."""
    with opened(home, embedder) as library:
        return shown(library, embedder)


def shown(library: Library, embedder: Embedder) -> Whole:
    """Return everything that a library shows to people. Before that, check that a search finds each document both by
    its words and by its vectors.

    Raises:
        AssertionError: the search does not find a document; a document has no passages; the text of a passage is not
            the text of its document at that place; or the index lacks the vector of a passage, or has a vector that
            belongs to no passage.
    """
    documents, passages = {}, set[str]()
    for entry in library.entries():
        document, stored = library.document(entry.about.id), library.stored_of(entry.about.id)
        passages |= {one.passage.id for one in stored}
        text = repr((document.text, [(one.passage, len(one.vectors)) for one in stored]))
        assert stored, f"{entry.about.source} has no passages"
        assert all(document.text[p.start : p.end] == p.text for p in (one.passage for one in stored)), (
            f"{entry.about.source} is mixed"
        )
        sentence = document.text.split("\n\n")[1].split(".")[0]
        documents[entry.about.source] = hashlib.sha256(text.encode()).hexdigest(), sentence
    for name, (_, sentence) in documents.items():
        near = [id for id, _ in library.dense(meaning(embedder, sentence), 5)]
        worded = [id for id, _ in library.lexical(sentence.split(), 5)]
        for how, ids in (("vector", near), ("words", worded)):
            found = {one.passage.about.source for one in library.stored(ids)}
            assert name in found, f"{name} is not found by its {how}"
    everything = {id for id, _ in library.dense(meaning(embedder, "memo"), 10_000)} if passages else set()
    assert everything == passages, f"{len(passages - everything)} passages lack vectors"
    said = [
        turn for one in library.conversations.listed() for turn in (one.title, *library.conversations.turns(one.id))
    ]
    said += [f"{library.conversations.unanswered(one.id)}" for one in library.conversations.listed()]
    said += [f"{one.verdict} {one.note}" for one in library.conversations.feedback()]
    said += [library.verdicts.read(one.id)[1] for one in library.verdicts.listed()]
    return Whole(documents, tuple(said))


@cache
def meaning(embedder: Embedder, text: str) -> Vectors:
    """The vector of a text. It is computed at the first call and remembered."""
    return embedder.query(text)


@contextmanager
def opened(home: Path, embedder: Embedder) -> Iterator[Library]:
    """Open the library in ``home`` for a ``with`` statement, which closes it at the end. The library keeps the passage
    length with which it was made. If ``home`` has no library, one is created.
    """
    words = asked(home, "SELECT passage_words FROM state") or [Settings().passage_words]
    with Library.open(Settings(home=home, passage_words=words[0]), embedder, create=True) as library:
        yield library


def asked(home: Path, sql: str) -> list[Any]:
    """Run the SQL query ``sql``, which must have one column, on the catalog (the database) of the library in ``home``,
    and return the values of this column. The catalog is neither changed nor repaired. Returns an empty list if the
    catalog or the table does not exist yet.
    """
    catalog = home / "default" / CATALOG
    if not catalog.exists():
        return []
    connection = sqlite3.connect(f"{catalog.as_uri()}?mode=ro", uri=True)  # another would put the log away at its end
    try:
        return [one for (one,) in connection.execute(sql)]
    except sqlite3.OperationalError:
        return []
    finally:
        connection.close()


def source(number: int) -> str:
    return f"memo-{number:02}.{('txt', 'md')[number % 2]}"


def write(folder: Path, numbers: range, edition: str) -> None:
    """Write the memos (test documents) with these numbers to ``folder``; some are long. Each paragraph of a memo names
    its ``edition``, such as ``first``, so that editions can be told apart.
    """
    for number in numbers:
        thing = THINGS[number % len(THINGS)]
        parts = [
            f"The {edition} paragraph {part} of memo {number} is about {thing}. We sold {number * 100 + part} of them "
            f"in {1990 + number}. Whoever bought them came back within {part + 2} days and asked for more of the kind."
            for part in range(4 * BATCH if number % 16 == 4 else 2)
        ]
        path = folder / source(number)
        path.write_text("\n\n".join((f"# Memo {number} on {thing}", *parts)), "utf-8")
        seconds = OLD + (edition == "second")
        os.utime(path, (seconds, seconds))


def run(command: list[str]) -> None:
    """Run a ``pushback`` command in this process; ``command`` has its arguments.

    Raises:
        RuntimeError: the command ends with another exit code than 0.
    """
    try:
        cli.cli.main(command, prog_name="pushback")
    except SystemExit as end:
        if end.code not in (None, 0):
            raise RuntimeError(f"{command[0]} ended with {end.code}") from None


@contextmanager
def running(command: list[str]) -> Iterator[tuple[int, int]]:
    """Run a ``pushback`` command in a forked process; ``command`` has its arguments. Yields a pair: the id of the
    process, and the file descriptor of a pipe, to which the process writes a letter before each step that changes the
    library.
    """
    reads, writes = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reads)
        tell_steps(writes)
        code = 1
        with suppress(BaseException):
            run(command)
            code = 0
        os._exit(code)
    os.close(writes)
    try:
        yield child, reads
    finally:
        os.close(reads)


def tell_steps(pipe: int) -> None:
    """From now on, let this process write a letter to the pipe before each step that changes the catalog (the library's
    database) or the index. ``pipe`` is a file descriptor. ``STEPS_OF`` says which method has which letter.
    """

    def telling(cls: type, name: str) -> None:
        plain = getattr(cls, name)

        def announced(self: Any, *given: Any, **named: Any) -> Any:
            os.write(pipe, STEPS_OF[name].encode())
            return plain(self, *given, **named)

        setattr(cls, name, announced)

    for name in ("changing", "run", "run_each"):
        telling(Sqlite, name)
    for name in ("_prepare", "doubt", "trust", "renew", "_sweep"):
        telling(Catalog, name)
    for name in ("upsert", "delete", "rebuilding"):
        telling(VectorIndex, name)


def made(told: Any) -> Any:
    """Return ``told``, which is a result of ``in_a_fork``; if it is an exception, raise it instead."""
    if isinstance(told, Exception):
        raise told
    return told


def in_a_fork(work: Callable[[], Any]) -> Any:
    """Run ``work`` in a forked process, which shares the loaded modules and the model, and return what ``work``
    returns. If ``work`` fails, an exception that describes the failure is returned, not raised.
    """
    reads, writes = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            told = work()
        except BaseException as exc:
            told = RuntimeError(f"{exc!r} {traceback.format_exc().splitlines()[-3:-1]}")
        with os.fdopen(writes, "wb") as out:
            pickle.dump(told, out)
        os._exit(0)
    os.close(writes)
    with os.fdopen(reads, "rb") as back:
        told = pickle.loads(back.read() or pickle.dumps(RuntimeError("the process ended by itself")))
    os.waitpid(child, 0)
    return told


if __name__ == "__main__":
    main()
