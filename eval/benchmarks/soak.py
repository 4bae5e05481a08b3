"""Runs many questions and pressure tests in one process, to see whether its memory and its open files grow.

    python -m eval.benchmarks.soak [--questions 500] [--tests 50]

The documents are those of the sample. The questions are the sample's and as many about something else, so that few are
asked twice; the pressure tests are evenly spread between them. Memory and open files are printed every ``EACH``
questions. At the end, their growth per 100 questions is printed, without the first ``WARM`` questions, in which caches
fill: the median of the slopes between any two measurements, which single jumps do not change; the slope of the
least-squares line, which they do change; and the largest rises, so that jumps and steady growth can be told apart.
Memory is the process's private memory: pages of files, such as the models' weights, come and go with what else runs on
the machine. Linux only: it reads ``/proc``.
"""

from __future__ import annotations

import argparse
import itertools
import json
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import NamedTuple

import numpy as np
import yaml

from assistant import build
from assistant.library.library import Library
from assistant.settings import Settings
from eval.benchmarks.measuring import QUESTIONS, SAMPLE, fresh_home
from eval.suite.suites import load
from ingest.sync import sync

IDEAS = Path(__file__).parents[1] / "suites" / "pressing" / "ideas.yaml"
EACH = 20  # questions between two looks: a point of the slope each
WARM = 100  # questions before the slope counts, since caches fill in them
RISES = 3  # that are told by themselves, the largest; a matter of taste


class Look(NamedTuple):
    """A measurement of this process: the number of ``questions`` that it had answered at the time of the measurement,
    its private memory in kilobytes, and the number of files that it had open.
    """

    questions: int
    kilobytes: int
    files: int


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
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
                    what = f"{looks[-1].kilobytes:,} kB, {looks[-1].files} files open"
                    took = time.perf_counter() - started
                    print(f"{number} questions, {tested} pressure tests: {what}, {took:.0f} s", flush=True)
    after = [one for one in looks if one.questions >= WARM]
    if len(after) > 1:
        print("\n".join(report_lines(after)))


def questions() -> Iterator[str]:
    """Yield questions without end: alternately one from the sample suite, and one from a list about another subject."""
    own = [case.question for case in load(SAMPLE / "suite.yaml").cases if case.question]
    others = [json.loads(line)["question"] for line in QUESTIONS.read_text("utf-8").splitlines()]
    pairs = zip(itertools.cycle(own), itertools.cycle(others), strict=False)
    return itertools.chain.from_iterable(pairs)


def all_ideas() -> list[str]:
    """All ideas that the benchmark tests: those of the sample suite and of the file ``IDEAS``, with their opposites,
    and ideas on which the documents say nothing.
    """
    given = yaml.safe_load(IDEAS.read_text("utf-8"))
    own = [one for case in load(SAMPLE / "suite.yaml").cases for one in (case.idea, case.negated) if one]
    return own + [one for pair in given["opposites"] for one in pair] + given["untouched"]


def look(number: int) -> Look:
    """Measure the private memory of this process and the number of files that it has open. ``number`` is the number of
    questions asked so far; it is stored with the result.
    """
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text("ascii").splitlines())
    kilobytes = int(status["RssAnon"].split()[0])
    return Look(number, kilobytes, len(list(Path("/proc/self/fd").iterdir())))


def report_lines(looks: list[Look]) -> Iterator[str]:
    """Yield the lines of a report on how memory and the number of open files grew from each of the measurements
    ``looks`` to the next.
    """
    memory, files = ([(one.questions, one[place]) for one in looks] for place in (1, 2))
    yield (
        f"for each 100 questions, after the first {WARM}: {median_slope(memory):+,.0f} kB, {median_slope(files):+.2f} "
        f"files (by least squares {line(memory):+,.0f} kB, {line(files):+.2f} files)"
    )
    rises = sorted(itertools.pairwise(looks), key=lambda pair: pair[0].kilobytes - pair[1].kilobytes)[:RISES]
    largest = ", ".join(f"{b.kilobytes - a.kilobytes:+,} between {a.questions} and {b.questions}" for a, b in rises)
    yield f"{looks[-1].kilobytes - looks[0].kilobytes:+,} kB in all; the largest rises: {largest}"


def median_slope(points: list[tuple[int, int]]) -> float:
    """How much a value grows per 100 questions: the median of the slopes of the lines through any two of the points
    (Theil and Sen). A point is a number of questions, and the value after that many questions.
    """
    return median(100 * (y2 - y1) / (x2 - x1) for (x1, y1), (x2, y2) in itertools.combinations(points, 2))


def line(points: list[tuple[int, int]]) -> float:
    """How much a value grows per 100 questions: the slope of the least-squares line through the points. A point is a
    number of questions and the value after that many questions.
    """
    return float(np.polyfit(*zip(*points, strict=True), 1)[0]) * 100


if __name__ == "__main__":
    main()
