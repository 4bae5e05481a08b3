"""Many questions and pressure tests in one process: do its memory and its open files stay what they are?

    python -m eval.benchmarks.soak [--questions 500] [--tests 50]

Asks over the sample's documents: the sample's questions and as many that are about something else, so that few come
twice; the pressure tests lie evenly between them. Prints both every ``EACH`` questions, and their slopes after the
first ``WARM``, in which caches fill. Linux only: it reads ``/proc``.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import yaml

from assistant import build
from assistant.library.library import Library
from assistant.settings import Settings
from eval.benchmarks.measuring import QUESTIONS, SAMPLE, fresh_home
from eval.suites import load
from ingest.sync import sync

IDEAS = Path(__file__).parents[1] / "suites" / "pressing" / "ideas.yaml"
EACH = 50  # questions between two looks
WARM = 100  # questions before the slope counts


class Look(NamedTuple):
    """What the process holds after so many questions."""

    questions: int
    kilobytes: int
    files: int


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--questions", type=int, default=500)
    parser.add_argument("--tests", type=int, default=50)
    given = parser.parse_args()
    started, looks, tested = time.perf_counter(), list[Look](), 0
    asked, ideas = questions(), itertools.cycle(all_ideas())
    with fresh_home() as home:
        settings = Settings(home=home)
        embedder = build.build_embedder(settings)
        with Library.open(settings, embedder, create=True) as library:
            sync([SAMPLE / "documents"], library, settings, embedder)
        with build.build_assistant(settings, embedder) as assistant:
            for number, question in enumerate(itertools.islice(asked, given.questions), 1):
                assistant.ask(question)
                while tested * given.questions < number * given.tests:
                    assistant.challenge(next(ideas))
                    tested += 1
                if number % EACH == 0:
                    looks.append(look(number))
                    what = f"{looks[-1].kilobytes:,} kB resident, {looks[-1].files} files open"
                    took = time.perf_counter() - started
                    print(f"{number} questions, {tested} pressure tests: {what}, {took:.0f} s", flush=True)
    after = [one for one in looks if one.questions >= WARM]
    if len(after) > 1:
        memory = slope(after, [one.kilobytes for one in after])
        files = slope(after, [one.files for one in after])
        print(f"for each 100 questions, after the first {WARM}: {memory:+,.0f} kB, {files:+.2f} files")


def questions() -> Iterator[str]:
    """The sample's own and others in turn, without end."""
    own = [case.question for case in load(SAMPLE / "suite.yaml").cases if case.question]
    others = [json.loads(line)["question"] for line in QUESTIONS.read_text("utf-8").splitlines()]
    pairs = zip(itertools.cycle(own), itertools.cycle(others), strict=False)
    return itertools.chain.from_iterable(pairs)


def all_ideas() -> list[str]:
    """The sample's, their negations, and those that the documents say nothing of."""
    given = yaml.safe_load(IDEAS.read_text("utf-8"))
    own = [one for case in load(SAMPLE / "suite.yaml").cases for one in (case.idea, case.negated) if one]
    return own + [one for pair in given["opposites"] for one in pair] + given["untouched"]


def look(number: int) -> Look:
    """What this process holds now."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return Look(number, pages * os.sysconf("SC_PAGE_SIZE") // 1024, len(list(Path("/proc/self/fd").iterdir())))


def slope(looks: list[Look], values: list[int]) -> float:
    """How much a value grows in 100 questions: the line of least squares."""
    return float(np.polyfit([one.questions for one in looks], values, 1)[0]) * 100


if __name__ == "__main__":
    main()
