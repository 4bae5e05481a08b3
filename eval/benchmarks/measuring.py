"""Code that the benchmarks share: arguments, the textbook's library, a server, measuring in turn, and the printed line.

It imports nothing heavy: a child process counts the memory of its parent as its own until it runs its own program, and
the benchmarks measure the memory of child processes.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple
from urllib.request import urlopen

PYTHON = sys.executable
PUSHBACK = str(Path(sys.executable).with_name("pushback"))
QUESTIONS = Path(__file__).with_name("questions.jsonl")  # on the textbook; the gold is a place, no sentence of it
APP = Path(__file__).parents[2] / "ui" / "app.py"
SAMPLE = Path(__file__).parents[1] / "suites" / "sample"
WORKS = Path(__file__).parents[1] / "suites" / "works" / "documents"


def arguments(about: str | None) -> argparse.Namespace:
    """Parse the command line of a benchmark. It has the arguments ``--data``, the folder of the data sets, and
    ``--home``, where the textbook's library is stored between benchmarks. ``about`` is the benchmark's description, of
    which `--help` shows the first paragraph; None if there is no description.
    """
    parser = argparse.ArgumentParser(description=(about or "").split("\n\n", maxsplit=1)[0])
    parser.add_argument(
        "--data", type=Path, default=Path("../shared/data"), help="the folder that holds textbook/, if there is one"
    )
    parser.add_argument("--home", type=Path, help="where the textbook's library is kept between benchmarks")
    return parser.parse_args()


def textbook(data: Path) -> Path:
    """The folder in ``data`` with the textbook that the benchmarks read. If ``data`` has no textbook, the folder of a
    suite's documents in this repository is returned instead.

    The limits that the benchmarks check were set for the textbook. ``sources.py`` says where to get it, and checks
    whether your copy is the same as ours.
    """
    if any((data / "textbook").glob("*.md")):
        return data / "textbook"
    print(f"There is no textbook in {data}: measured on {WORKS.parent.name}/documents.", file=sys.stderr)
    return WORKS


@contextmanager
def fresh_home() -> Iterator[Path]:
    """Yield a temporary folder for libraries, which is removed at the end of the block."""
    with tempfile.TemporaryDirectory(prefix="pushback-bench-") as folder:
        yield Path(folder)


@contextmanager
def textbook_home(given: argparse.Namespace) -> Iterator[Path]:
    """Yield a home folder (the folder for libraries) that has a library of the textbook. It is the folder that the
    argument ``--home`` names, else a temporary one. ``given`` are the arguments as ``arguments`` returns them. The
    library is made in another process, so that the memory of this process stays small.
    """
    with fresh_home() as fresh:
        home = given.home or fresh
        run([PUSHBACK, "ingest", "--quiet", "--home", str(home), str(textbook(given.data))])
        yield home


class Server(NamedTuple):
    """A Streamlit server on this machine: its port and its process id."""

    port: int
    process: int


@contextmanager
def serving(page: Path, home: Path) -> Iterator[Server]:
    """Serve a Streamlit page over the library in ``home`` until the end of the block. Yields the server."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [PYTHON, "-m", "streamlit", "run", str(page), f"--server.port={port}", "--server.headless=true"]
    server = subprocess.Popen(
        [*command, "--server.address=127.0.0.1", "--browser.gatherUsageStats=false", "--server.fileWatcherType=none"],
        env={**os.environ, "PUSHBACK_HOME": str(home)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(300):
            try:
                urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=5).close()
                break
            except OSError:
                time.sleep(0.2)
        else:
            sys.exit(f"The server of {page} did not start.")
        yield Server(port, server.pid)
    finally:
        server.terminate()
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def in_turn(times: int, sides: Mapping[str, Callable[[], object]]) -> dict[str, list[float]]:
    """Time several functions fairly: call them in turn, ``times`` times each, and in reverse order in every second
    round. ``sides`` has the functions by name. Returns the seconds of each call, by the name of the function.
    """
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    for number in range(times):
        for name in list(sides)[:: 1 if number % 2 == 0 else -1]:
            seconds[name].append(timed(sides[name]))
    return seconds


def timed(work: Callable[[], object]) -> float:
    """Call ``work``, and return the seconds that the call takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def run(command: list[str]) -> int:
    """Run a command as a child process. Returns the peak memory of the child process, in kilobytes on Linux (the unit
    of ``ru_maxrss``). If the command fails, the calling program exits.
    """
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}.")
    return usage.ru_maxrss


def ratio(ours: list[float], theirs: list[float]) -> float:
    """The median of ``ours`` divided by the median of ``theirs``."""
    return median(ours) / median(theirs)


def tell(what: str, value: float, *, at_least: float | None = None, at_most: float | None = None) -> None:
    """Print a measured value with its limit. ``what`` says what was measured; the limit is either ``at_least`` or
    ``at_most``.

    Raises:
        SystemExit: the value does not keep the limit; the exit code is 1.
    """
    held = (at_least is None or value >= at_least) and (at_most is None or value <= at_most)
    bar = f"bar ≥ {at_least:g}" if at_least is not None else f"bar ≤ {at_most:g}"
    print(f"{what}: {value:.4g} ({bar}, {'held' if held else 'MISSED'})", flush=True)
    if not held:
        sys.exit(1)
