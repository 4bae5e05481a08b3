"""Compares ingest on two local Dask workers with one process: seconds, processor seconds, and the resulting libraries.

    python -m eval.benchmarks.engine --data ../shared/data

The model has one thread in each process. ``dask`` starts a worker for each core, so the seconds mean something only if
two cores are idle; otherwise look at the processor seconds.
"""

from __future__ import annotations

import os
import resource
from pathlib import Path

from assistant import build
from assistant.library.library import Library
from assistant.settings import Settings
from eval.benchmarks.measuring import PUSHBACK, arguments, fresh_home, run, tell, textbook, timed


def held(home: Path) -> list[tuple[object, ...]]:
    """Read those parts of the library in ``home`` that the benchmark compares with another library: for each document
    its description, its text, and the ids and offsets of its passages.
    """
    settings = Settings(home=home)
    with Library.open(settings, build.build_embedder(settings)) as library:
        return [
            (
                entry.about,
                library.document(entry.about.id).text,
                tuple(
                    (one.passage.id, one.passage.start, one.passage.end) for one in library.stored_of(entry.about.id)
                ),
            )
            for entry in library.entries()
        ]


def spent() -> float:
    """The processor seconds that child processes of this process have used. Only child processes that have ended are
    counted.
    """
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    folder = textbook(arguments(__doc__).data)
    os.environ["OMP_NUM_THREADS"] = "1"
    with fresh_home() as home:
        seconds, processor = {}, {}
        for name, more in (("one process", []), ("dask", ["--engine", "dask"])):
            before = spent()
            command = [PUSHBACK, "ingest", "--quiet", "--home", str(home / name), *more, str(folder)]
            seconds[name] = timed(lambda command=command: run(command))  # type: ignore[misc]
            processor[name] = spent() - before
        same = held(home / "one process") == held(home / "dask")
    print(f"seconds {seconds}, processor seconds {processor}; cores {len(os.sched_getaffinity(0))}")
    tell("texts and offsets that are equal", float(same), at_least=1)
    tell("speed, dask : one process", seconds["one process"] / seconds["dask"], at_least=1.5)


if __name__ == "__main__":
    main()
