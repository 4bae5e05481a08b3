"""Compares the time of a second ``sync`` of the unchanged textbook with the time of the first, which reads all of it.

    python -m eval.benchmarks.resync --data ../shared/data

Each is timed in two ways: as a call in this process, and as a whole process of `pushback ingest`. In this process, the
embedding model is loaded and warm before the first ``sync``, so that its time is only that of the work. Only the ratio
of the calls has a limit.
"""

from __future__ import annotations

from assistant import build
from assistant.library.library import Library
from assistant.settings import Settings
from eval.benchmarks.measuring import PUSHBACK, arguments, fresh_home, ratio, run, tell, textbook, timed
from ingest.sync import sync

AGAIN = 9  # runs over unchanged files; the median counts


def main() -> None:
    given = arguments(__doc__)
    folder = textbook(given.data)
    embedder = build.build_embedder(Settings())
    embedder.query("warm")
    with fresh_home() as home:
        command = [PUSHBACK, "ingest", "--quiet", "--home", str(home / "process"), str(folder)]
        first_process = [timed(lambda: run(command))]
        settings = Settings(home=home / "library")
        with Library.open(settings, embedder, create=True) as library:
            first = [sync([folder], library, settings, embedder).seconds]
        again, process_again = [], []
        for _ in range(AGAIN):
            with Library.open(settings, embedder) as library:
                report = sync([folder], library, settings, embedder)
            assert report.passages == 0, report
            again.append(report.seconds)
            process_again.append(timed(lambda: run(command)))
    print(f"whole process, second `pushback ingest` : first: {ratio(process_again, first_process):.4g}")
    tell("second sync : first sync", ratio(again, first), at_most=1 / 50)


if __name__ == "__main__":
    main()
