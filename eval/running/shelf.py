"""Stores the libraries of suites between runs, so that documents are read again only if something that matters has
changed.

A library depends on the corpus, the code that ingests it, the embedding model and the settings. Each run gets a copy of
the library, so that no run sees the changes of another.
"""

from __future__ import annotations

import ast
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from assistant.model.embedding import Embedder
from assistant.settings import Settings
from eval.suite.suite import Suite
from ingest.folder.ignoring import NAME as IGNORING

ROOT = Path(__file__).resolve().parent.parent.parent
READINGS = "readings"  # a folder among them that ``readings.py`` keeps
KEPT = 8  # libraries; the sample's has 4 MB, one of 1,700 passages 20
ELSEWHERE = {"home", "library", "catalog", "chroma_url"}  # settings that say where a library is, and not what is in it


def key(suite: Suite, settings: Settings, embedder: Embedder) -> str:
    """The name under which the library of a suite (its ingested documents) is stored: a hash of everything that the
    content of the library depends on.
    """
    ignored = [] if suite.corpus is None else sorted(suite.corpus.rglob(IGNORING))
    told = {
        "corpus": suite.corpus_sha256,
        "ignored": [hashlib.sha256(path.read_bytes()).hexdigest() for path in ignored],
        "code": code(),
        "embedder": embedder.identity._asdict(),
        "settings": settings.model_dump(mode="json", exclude=ELSEWHERE),
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()[:32]


def take(shelf: Path, name: str, into: Path) -> bool:
    """Copy the library that is stored as ``name`` in the folder ``shelf`` to the folder ``into``. Returns False if no
    library is stored under this name.
    """
    if not (shelf / name).is_dir():
        return False
    shutil.copytree(shelf / name, into)
    os.utime(shelf / name)
    return True


def put(shelf: Path, name: str, library: Path) -> None:
    """Store a copy of a library as ``name`` in the folder ``shelf``, completely or not at all. If the folder then has
    more than ``KEPT`` libraries, those that have been unused for the longest time are removed.
    """
    shelf.mkdir(parents=True, exist_ok=True)
    new = shelf / f".{name}.{os.getpid()}.new"
    shutil.copytree(library, new)
    os.utime(new)  # a copy has the time of what it is a copy of
    try:
        new.rename(shelf / name)
    except OSError:  # another run has kept it meanwhile
        shutil.rmtree(new, ignore_errors=True)
    tidy(shelf, KEPT)


def tidy(shelf: Path, most: int) -> None:
    """Remove the folders in ``shelf`` that have been unused for the longest time, until only ``most`` of
    them are left.
    """
    folders = (one for one in shelf.iterdir() if one.is_dir() and one.name != READINGS)
    for old in sorted(folders, key=lambda one: one.stat().st_mtime)[:-most]:
        shutil.rmtree(old, ignore_errors=True)


@cache
def code(root: Path = ROOT, first: str = "ingest") -> str:
    """A hash of the code in ``first``, a folder or file in ``root``, and of all our modules in ``assistant`` and
    ``ingest`` that this code imports, directly or through other modules. ``root`` is the folder of our code. By
    default, the hash covers all our code that ingesting documents may run.
    """
    found: dict[str, bytes] = {}
    left = sorted((root / first).rglob("*.py")) or [root / first]
    while left:
        path = left.pop()
        name = path.relative_to(root).as_posix()
        if name not in found:
            found[name] = path.read_bytes()
            left += _imported(found[name], root)
    told = "".join(f"{name} {hashlib.sha256(data).hexdigest()}\n" for name, data in sorted(found.items()))
    return hashlib.sha256(told.encode()).hexdigest()


def _imported(source: bytes, root: Path) -> Iterator[Path]:
    """The files of our modules that a module imports anywhere in its code, and of the packages that contain them."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from _files(node.module, root)
            for alias in node.names:
                yield from _files(f"{node.module}.{alias.name}", root)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                yield from _files(alias.name, root)


def _files(module: str, root: Path) -> Iterator[Path]:
    parts = module.split(".")
    if parts[0] in ("assistant", "ingest"):
        path = root.joinpath(*parts)
        yield from (one for one in (path.with_suffix(".py"), path / "__init__.py") if one.is_file())
