"""Stores the results of the networks between runs of suites, so that the same passages are read again only if something
that matters has changed.

The network takes nine tenths of a run's time. Its results depend only on the question or idea, the passages, its
weights, the code that reads and the libraries that compute. All of these are in the key. A call is stored as a whole,
since the last digits of a passage's numbers depend on the passages that are read with it. So a run gives the same bytes
whether its results were stored or not. Questions of users are never answered from here.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache, partial
from importlib.metadata import version
from pathlib import Path

import numpy as np

from assistant.evidence import shipped
from assistant.evidence.reading import Read, Scorer
from assistant.model.embedding import Vectors
from eval.running import shelf

KEPT = 4  # versions of weights and code
MOST = 20_000  # calls kept of a version, some 100 MB; a run of the gate's two suites makes some 600
READER = "assistant/evidence/reading.py"
COMPUTING = ("numpy", "tokenizers", "torch", "transformers")  # distributions on which the numbers depend


def storing(folder: Path) -> Callable[[Scorer], Scorer]:
    """Return a function that makes a ``Scorer`` reuse results of earlier runs. A ``Scorer`` runs a neural network on
    passages. The function returns a new ``Scorer``, which takes a result from ``folder`` if it is stored there;
    otherwise it runs the network and stores the result. Old results are removed from ``folder`` if there are too many.
    """
    place = folder / shelf.READINGS / made_by()
    place.mkdir(parents=True, exist_ok=True)
    os.utime(place)
    shelf.tidy(place.parent, KEPT)
    for old in sorted(place.glob("*.npy"), key=lambda one: one.stat().st_mtime)[:-MOST]:
        old.unlink(missing_ok=True)
    return lambda scored: partial(_read, scored, place)


@cache
def made_by(root: Path = shelf.ROOT) -> str:
    """A hash of everything, except the texts, on which the results of the neural networks that read passages depend:
    our code, the weights, the versions of the Python packages that compute, and the kind of processor. ``root`` is the
    folder of our code.
    """
    import torch

    told = {
        "code": shelf.code(root, READER),
        "weights": [hashlib.sha256(shipped.weights(name).read_bytes()).hexdigest() for name in shipped.NETWORKS],
        "computing": [version(name) for name in COMPUTING],
        "processor": torch.backends.cpu.get_cpu_capability(),
    }
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32]


def _read(scored: Scorer, place: Path, name: str, first: str, passages: Sequence[Read]) -> list[Vectors]:
    if not passages:
        return []
    key = hashlib.sha256(json.dumps([name, first, passages]).encode()).hexdigest()
    file = place / f"{key[:32]}.npy"
    rows = [1 + len(spans) for _, spans in passages]
    try:
        found: Vectors = np.load(file)
    except (OSError, ValueError, EOFError):  # it is not there, or damaged
        found = np.empty((0, 0), dtype=np.float32)
    if found.ndim != 2 or len(found) != sum(rows):
        found = np.concatenate(scored(name, first, passages))
        new = file.with_name(f".{file.name}.{os.getpid()}")
        with suppress(OSError):  # what cannot be kept is read again the next time
            with new.open("wb") as opened:
                np.save(opened, found)
            new.replace(file)
    return np.split(found, np.cumsum(rows)[:-1])
