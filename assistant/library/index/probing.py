"""Tests in a separate process whether a vector index can be read, since a damaged index can crash the process that
reads it.

Run as a program, this module reads the whole index in the named folder and searches it, as the doctor and a question
would.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import numpy as np

from assistant.errors import LibraryError
from assistant.library.index.vectors import VectorIndex

SECONDS = 300.0  # reading a million vectors takes one of them
PROGRAM = (
    "import sys; sys.path.insert(0, sys.argv[1]); from assistant.library.index.probing import main; main(sys.argv[2])"
)


def breaks(folder: Path) -> str | None:
    """Test whether the vector index of the library in ``folder`` can be read, by reading it in a separate process.
    Returns an error message if that process fails or crashes, else None."""
    root = str(Path(__file__).parents[3])
    command = [sys.executable, "-P", "-c", PROGRAM, root, str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=SECONDS, check=False)  # noqa: S603 - our own program
    except subprocess.TimeoutExpired:
        return f"Reading the vector index takes more than {SECONDS:.0f} s."
    if done.returncode == 0:
        return None
    if done.returncode < 0:
        return f"The vector index ends the process that reads it ({signal.Signals(-done.returncode).name})."
    return (done.stderr.strip().splitlines() or ["The vector index cannot be read."])[-1]


def main(folder: str) -> None:
    """Read every id and vector in the vector index of the library in ``folder``, and search for the nearest neighbours
    of every hundredth vector. If this fails, the process exits with an error message."""
    index = VectorIndex(Path(folder))
    try:
        index.open(0)
        ids = sorted(index.ids())
        for start in range(0, len(ids), 1000):
            found = index.vectors(ids[start : start + 1000])
            for vector in found[::100]:
                index.nearest(vector / (float(np.linalg.norm(vector)) or 1.0), 10)
        index.close()
    except LibraryError as exc:
        sys.exit(str(exc))
