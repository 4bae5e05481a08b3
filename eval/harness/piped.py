"""Runs a suite for another program, as in ``python -m eval.harness.piped SUITE OUT``: JSON lines on stdout report the
progress.

It prints ``{"done", "of"}`` after every few cases, and at the end ``{"suite", "exit"}`` or ``{"error", "details",
"hint"}``. On SIGTERM, the finished cases are stored as an interrupted run. No model is used."""

from __future__ import annotations

import json
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from assistant import build
from assistant.errors import PushbackError
from assistant.settings import load
from eval.harness.harness import Options, measure
from eval.suite import suites


def run(suite: Path, out: Path, told: TextIO) -> int:
    """Run the suite in the file ``suite``, store the run in the folder ``out``, and write to ``told`` how far the run
    is, as JSON lines.

    Returns the exit code of the gate (the check whether a run passes), or 2 if the suite cannot be run.
    """

    def say(**what: object) -> None:
        with suppress(BrokenPipeError):  # nobody listens any more: what is run is kept all the same
            print(json.dumps(what), file=told, flush=True)

    try:
        settings = load({}).model_copy(update={"model": None})
        loaded = suites.load(suite)
        say(done=0, of=len(loaded.cases))
        kept = measure(
            loaded,
            settings,
            Options(out=out),
            build.build_embedder(settings),
            progress=lambda _, done, of: say(done=done, of=of),
        )
    except PushbackError as error:
        say(error=error.summary, details=error.details, hint=error.hint)
        return 2
    say(suite=kept.summary.suite, exit=int(kept.verdict.exit))
    return int(kept.verdict.exit)


def main() -> None:
    """Run the suite that the command line names, and write to stdout how far the run is. Text that libraries print goes
    to stderr, so that stdout has only these reports.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    told = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    try:
        sys.exit(run(Path(sys.argv[1]), Path(sys.argv[2]), told))
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
