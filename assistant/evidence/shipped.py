"""The two networks that come with the program: all-mpnet-base-v2, trained once to read for questions and once for
ideas.

Only the changes that training made to the weights come with the program (``trained.py``). The first start on a machine
makes the networks from them, in 8-bit whole numbers, and stores them in the user's cache folder. Each folder there
holds one version of the networks. The folder's modification time is when a process last used it. If that is more than
``UNUSED`` seconds ago, another version removes the folder; a process that needs it again makes it again.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from importlib.resources import files
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from assistant.errors import ModelUnavailable
from assistant.evidence import base
from assistant.evidence.trained import moved

if TYPE_CHECKING:
    from assistant.evidence.network import PassageNetwork

QUESTIONS, IDEAS = "questions", "ideas"
NETWORKS = (QUESTIONS, IDEAS)
ABANDONED = 3_600  # seconds after which nobody is at work in a folder any more
UNUSED = 30 * 86_400  # seconds after which another version's folder is removed; making it again takes half a minute
VERSION = "[0-9a-f]" * 16  # the name of a version's folder
UNPACKED = 0.4  # share of the time that making them takes, by when the base is unpacked
LOOK = 0.5  # seconds between two looks whether another thread has made them
_MAKING = Lock()

Progress = Callable[[float], None]


def prepare(progress: Progress) -> None:
    """Make the neural networks that come with the program ready for use: write their files to the user's cache folder,
    unless the files are there already. ``progress`` is called with the finished share of this work, from 0 to 1.

    Raises:
        ModelUnavailable: the base model's weights are missing on this machine, or differ from the published ones.
    """
    if not network.cache_info().currsize:
        _cached(progress)


@cache
def network(name: str) -> PassageNetwork:
    """Return the neural network ``name``, which is one of ``NETWORKS``. Each network is loaded only once in a process.

    Raises:
        ModelUnavailable: the base model's weights are missing on this machine, or differ from the published ones.
    """
    import torch
    from safetensors.torch import load_file

    from assistant.evidence.int8 import in_int8
    from assistant.evidence.network import PassageNetwork

    with tempfile.TemporaryDirectory() as spare:
        folder = _made(Path(spare))
        with torch.device("meta"):
            made = PassageNetwork(folder, empty=True)
            in_int8(made.encoder)
        made.load_state_dict(load_file(folder / _file(name)), assign=True)
    return made.eval()


@cache
def metadata(name: str) -> dict[str, Any]:
    """Return the values that training stored in the weights file of the network ``name``, by key: the numbers that turn
    scores into probabilities, and the thresholds for answering a question, for showing a passage, and for saying that a
    passage supports or challenges a claim."""
    from safetensors import safe_open

    with safe_open(weights(name), "numpy") as file:
        return {key: json.loads(value) for key, value in (file.metadata() or {}).items()}


def weights(name: str) -> Path:
    """Return the path of the file that training wrote for the network ``name``. The file has the changes to the weights
    of the network's encoder, and the layers on top of the encoder."""
    return Path(str(files(__package__).joinpath("weights", _file(name))))


def _file(name: str) -> str:
    return f"{name}.safetensors"


def _made(spare: Path) -> Path:
    """Return the folder with the networks: the one in the cache, made if it is not there, or ``spare`` if the cache
    cannot be written.

    Raises:
        ModelUnavailable: there is no room for the networks, or the base model's weights are missing.
    """
    if kept := _cached():
        return kept
    try:
        _make(spare)
    except OSError as exc:
        hint = "They need 1.2 GB for a moment in the folder of temporary files, and keep 0.4 GB in the user's cache."
        raise ModelUnavailable(f"The models that read cannot be unpacked: {exc}.", hint=hint) from exc
    return spare


def _cached(progress: Progress = lambda _: None) -> Path | None:
    """Return the folder with the networks in the cache, made if it is not there; None if the cache cannot be written.
    ``progress`` is called with the share that is done, from 0 to 1."""
    from platformdirs import user_cache_path

    digest = hashlib.sha256(b"".join(weights(name).read_bytes() for name in NETWORKS)).hexdigest()
    kept = user_cache_path("pushback") / "models" / digest[:16]
    _tidy(kept)
    if kept.exists():
        return kept
    progress(0.0)
    while not _MAKING.acquire(timeout=LOOK):  # for another thread, which makes them
        progress(0.0)
    try:
        with suppress(OSError):  # nothing can be written there, or another process was faster
            _keep(kept, progress)
    finally:
        _MAKING.release()
    return kept if kept.exists() else None


def _keep(kept: Path, progress: Progress) -> None:
    if kept.exists():
        return
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept.parent, prefix="new-", ignore_cleanup_errors=True) as made:
        _make(Path(made), progress)
        Path(made).rename(kept)


def _tidy(kept: Path) -> None:
    """Mark the folder ``kept`` as used now. Remove the folders of other versions that have not been used for ``UNUSED``
    seconds, and the unfinished folders of killed processes."""
    with suppress(OSError):
        os.utime(kept)
    for left in kept.parent.glob(VERSION):
        with suppress(OSError):  # another process tidies, too, or nothing can be written there
            if left != kept and _age(left) > UNUSED:
                left.rename(left.with_name(f"new-{left.name}"))  # first, so that nobody finds half of it
    for left in kept.parent.glob("new-*"):
        with suppress(OSError):
            if _age(left) > ABANDONED:
                shutil.rmtree(left)


def _age(folder: Path) -> float:
    return time.time() - folder.stat().st_mtime


def _make(folder: Path, progress: Progress = lambda _: None) -> None:
    """Write both networks to ``folder`` in 8-bit numbers. The base model is unpacked there first; its own weights are
    deleted at the end."""
    base.unpack(folder, lambda share: progress(UNPACKED * share))
    for place, name in enumerate(NETWORKS):
        each = (1 - UNPACKED) / len(NETWORKS)
        done = UNPACKED + place * each
        progress(done)
        _move(folder, name)
        progress(done + each)
    (folder / base.WEIGHTS).unlink()


def _move(folder: Path, name: str) -> None:
    from safetensors.numpy import load_file
    from safetensors.torch import save_file

    from assistant.evidence.int8 import state_in_int8
    from assistant.evidence.network import PassageNetwork

    made = PassageNetwork(folder)
    moved(made, load_file(weights(name)))
    state = {f"encoder.{key}": weight for key, weight in state_in_int8(made.encoder).items()}
    state |= {f"heads.{key}": weight for key, weight in made.heads.state_dict().items()}
    save_file({key: weight.contiguous() for key, weight in state.items()}, folder / _file(name))
