"""Compares a suite's answers in four libraries: catalog in a file or on PostgreSQL, index in a folder or on Chroma.

    python -m eval.benchmarks.combinations [--suite eval/suites/sample/suite.yaml]

The suite's documents are ingested again for each of the four combinations, and every question and idea is put to each.
Two answers are the same if everything that they show is the same: grounding, statements, and what these cite, letter
for letter.
"""

from __future__ import annotations

import argparse
import secrets
import sys
from contextlib import ExitStack
from pathlib import Path

from assistant import build, wire
from assistant.library.library import Library
from assistant.settings import Settings
from eval.benchmarks.measuring import SAMPLE, fresh_home
from eval.suite.cases import Case
from eval.suite.suite import Suite
from eval.suite.suites import load
from ingest.sync import sync

SAME = 2  # cases that may differ
NOT_SHOWN = ("timings_ms", "model")


def shown(case: Case, assistant: build.Assistant) -> object:
    """Ask the assistant the question of a case, or let it test the idea of the case. Returns, as JSON, everything that
    a person sees of the answer or verdict.
    """
    if case.idea is not None:
        told = wire.verdict(assistant.challenge(case.idea))
    else:
        told = wire.answer(assistant.ask(str(case.question), case.turns))
    return {name: value for name, value in told.items() if name not in NOT_SHOWN}


def answers(suite: Suite, settings: Settings) -> dict[str, object]:
    """Ingest the suite's documents into a new library with these settings, and run all cases on it. Returns a
    dictionary from the id of each case to what a person sees of the answer or verdict.
    """
    embedder = build.build_embedder(settings)
    assert suite.corpus is not None
    with Library.open(settings, embedder, create=True) as library:
        assert not sync([suite.corpus], library, settings, embedder).failed
    with build.build_assistant(settings) as assistant:
        return {case.id: shown(case, assistant) for case in suite.cases if isinstance(case, Case)}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
    parser.add_argument("--suite", type=Path, default=SAMPLE / "suite.yaml")
    suite = load(parser.parse_args().suite)
    from tests import chroma_server, database

    programs = database.programs()
    assert programs, "PostgreSQL is not installed"
    missed = False
    with ExitStack() as stack:
        home = stack.enter_context(fresh_home())
        server = stack.enter_context(database.serving(programs)).address
        chroma = stack.enter_context(chroma_server.serving(home / "chroma")).address
        first: dict[str, object] = {}
        for catalog in (None, server):
            for index in (None, chroma):
                name = f"combination-{secrets.token_hex(4)}"
                found = answers(suite, Settings(home=home, library=name, catalog=catalog, chroma_url=index))
                first = first or found
                differ = [id for id, told in found.items() if told != first[id]]
                where = (
                    f"catalog {'on PostgreSQL' if catalog else 'in a file'}, index {'on Chroma' if index else 'here'}"
                )
                print(
                    f"{where}: {len(found)} cases, {len(differ)} differ from the first: {', '.join(differ)}", flush=True
                )
                missed |= len(differ) > SAME
    sys.exit(missed)


if __name__ == "__main__":
    main()
