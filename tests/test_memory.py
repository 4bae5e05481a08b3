"""What a question needed for a moment does not stay with the process."""

from __future__ import annotations

import ctypes
import subprocess
import sys
from math import inf
from pathlib import Path

import pytest

from assistant import build, memory
from assistant.library.library import Library
from tests.fakes import WordEmbedder

PIECE, PIECES = 60_000, 1_000  # bytes; smaller than what the C library asks the system for by itself


def own() -> int:
    """Bytes of this process's own memory."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text("ascii").splitlines())
    return int(status["RssAnon"].split()[0]) * 1024


def kept_by_the_c_library() -> int:
    """Take pieces of memory, and free all but the last, so that the C library keeps the rest; their size in bytes."""
    library = ctypes.CDLL(None)
    library.malloc.restype, library.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
    pieces = [library.malloc(PIECE) for _ in range(PIECES)]
    for piece in pieces:
        ctypes.memset(piece, 1, PIECE)
    for piece in pieces[:-1]:
        library.free(piece)
    return PIECE * PIECES


def look() -> None:
    """Print whether freed memory is there before it is given back, and whether it is after."""
    before = own()
    size = kept_by_the_c_library()
    there = own() - before > size // 2
    memory.give_back()
    print(there, own() - before > size // 2)


@pytest.mark.skipif(memory._trim() is None, reason="the C library keeps nothing, or cannot be told to give it back")
def test_freed_memory_goes_back_to_the_system() -> None:
    """In a process of its own, whose memory nothing else changes."""
    seen = subprocess.run(
        [sys.executable, "-c", "from tests.test_memory import look; look()"],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parent.parent,
    )

    assert seen.stdout.split() == ["True", "False"]


def test_each_test_gives_back_and_a_question_once_a_minute(
    orchard: Library, embedder: WordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = list[str]()
    monkeypatch.setattr(memory, "_trim", lambda: lambda _: given.append(doing))
    monkeypatch.setattr(memory, "_given", [-inf])
    assistant = build.Assistant(orchard, embedder)

    for doing in ("ask", "ask again", "test", "stream", "test again"):
        if doing.startswith("ask"):
            assistant.ask("How many pear trees are there?")
        elif doing.startswith("test"):
            assistant.challenge("Plant pear trees.")
        else:
            list(assistant.stream("How many pear trees are there?"))
    memory._given[0] -= memory.MINUTE
    doing = "a minute later"
    assistant.ask("How many pear trees are there?")

    assert given == ["ask", "test", "test again", "a minute later"]
