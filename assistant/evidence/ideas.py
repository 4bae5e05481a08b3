"""Whether a passage bears on an idea, and on which side a stretch of it stands: the two are read together, the passage
whole, under its title and headings.

What ships is how far training moved each weight of the base (``trained.py``). The network that this makes is kept in
whole numbers of 8 bits in the user's cache folder, so that only the first start has to make it.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from importlib.resources import files
from pathlib import Path
from threading import Lock, RLock
from typing import TYPE_CHECKING, Any

import numpy as np

from assistant.errors import ModelUnavailable
from assistant.evidence import base
from assistant.evidence.stance import Stretch, Weight
from assistant.evidence.trained import batches, moved
from assistant.model.embedding import Vectors
from assistant.types import Span

if TYPE_CHECKING:
    from assistant.evidence.network import PassageNetwork

REMEMBERED = 20_000  # pairs whose probabilities are kept in a session
AT_ONCE = 768  # tokens of a pass: at 4,096 it takes 1.4 times as long, since the states leave the cache
MADE = "network.safetensors"
ABANDONED = 3_600  # seconds after which nobody is at work in a folder any more
UNPACKED, LOADED, MOVED = 0.5, 0.9, 0.95  # shares of the time that making it takes, by when each is done
LOOK = 0.5  # seconds between two looks whether another thread has made it
_KEPT: dict[tuple[str, str, Span], Vectors] = {}  # of the process, as the network is
_MAKING = Lock()
_ALONE = RLock()  # a fast tokenizer keeps its padding and truncation, so two threads cannot share it


Progress = Callable[[float], None]


class IdeaReader:
    """The model that ships; nothing is loaded before the first pair."""

    name = "pushback"

    @property
    def shown(self) -> float:
        """See ``eval/training/bearing.py``."""
        return float(told()["shown"])

    @property
    def sure(self) -> float:
        """See ``eval/training/bearing.py``."""
        return float(told()["sure"])

    def prepare(self, progress: Progress) -> None:
        """Make what is kept in the user's cache, where it is not there yet; ``progress`` is told the share done.

        Raises:
            ModelUnavailable: the base model's weights are not on this machine, or not the published ones.
        """
        if not _network.cache_info().currsize:
            _cached(progress)

    def weigh(self, claim: str, stretches: Sequence[Stretch]) -> list[Weight]:
        """See ``IdeaModel.weigh``.

        Raises:
            ModelUnavailable: the base model's weights are not on this machine, or not the published ones.
        """
        found = []
        for bears, side in map(log_odds, self.read(claim, stretches)):
            first = _logistic(bears=False, odds=side)
            found.append(Weight(_logistic(bears=True, odds=bears), np.array([first, 1 - first, 0], dtype=np.float32)))
        return found

    def read(self, idea: str, stretches: Sequence[Stretch]) -> Vectors:
        """The probabilities of ``BEARS`` for each passage, and for its stretch (stretches, 2, 4).

        Raises:
            ModelUnavailable: the base model's weights are not on this machine, or not the published ones.
        """
        with _ALONE:
            keys = [(idea, stretch.passage, stretch.span) for stretch in stretches]
            if len(_KEPT) + len(keys) > REMEMBERED:
                _KEPT.clear()
            new = list(dict.fromkeys(key for key in keys if key not in _KEPT))
            _KEPT.update(zip(new, _scored(new), strict=True))
            return np.stack([_KEPT[key] for key in keys]) if keys else np.zeros((0, 2, 4), dtype=np.float32)


def log_odds(read: Vectors) -> tuple[float, float]:
    """Of what was read of a passage and of a stretch of it (2, 4): that the first bears, that the other is for it."""
    whole, own = np.log(read)
    return float(np.logaddexp.reduce(whole[1:]) - whole[0]), float(own[1] - own[2])


def _logistic(*, bears: bool, odds: float) -> float:
    """The probability of either, scaled and shifted (Platt 1999)."""
    slope, shift = told()["bears" if bears else "side"]
    return float(1 / (1 + np.exp(-(slope * odds + shift))))


def _scored(asked: Sequence[tuple[str, str, Span]]) -> list[Vectors]:
    if not asked:
        return []
    import torch

    network = _network()
    pairs = {n: network.pair("idea", idea, text, [span]) for n, (idea, text, span) in enumerate(asked)}
    found: dict[int, Vectors] = {}
    for batch in batches(pairs, AT_ONCE):
        with torch.inference_mode():
            odds = network([pairs[n] for n in batch]).bears.softmax(1).numpy()
        for at, n in enumerate(batch):
            is_read = pairs[n].spans[1] != (0, 0)  # what is cut off has its passage's side
            found[n] = odds[[2 * at, 2 * at + is_read]]
    return [found[n] for n in range(len(asked))]


@cache
def _network() -> PassageNetwork:
    """The network, once for the process."""
    import torch
    from safetensors.torch import load_file

    from assistant.evidence.int8 import in_int8
    from assistant.evidence.network import PassageNetwork

    with tempfile.TemporaryDirectory() as spare:
        folder = _made(Path(spare))
        with torch.device("meta"):
            network = PassageNetwork(folder, empty=True)
            in_int8(network.encoder)
        network.load_state_dict(load_file(folder / MADE), assign=True)
    return network.eval()


def _made(spare: Path) -> Path:
    """The folder of the network: in the cache, made if it is not there, or ``spare`` where nothing can be kept."""
    if kept := _cached():
        return kept
    try:
        _make(spare)
    except OSError as exc:
        hint = "It needs 1.2 GB for a moment in the folder of temporary files, and keeps 0.2 GB in the user's cache."
        raise ModelUnavailable(f"The model that reads for ideas cannot be unpacked: {exc}.", hint=hint) from exc
    return spare


def _cached(progress: Progress = lambda _: None) -> Path | None:
    """The folder of the network in the cache, made if it is not there; None where nothing can be kept."""
    from platformdirs import user_cache_path

    kept = user_cache_path("pushback") / "models" / hashlib.sha256(_weights().read_bytes()).hexdigest()[:16]
    if (kept / MADE).exists():
        return kept
    progress(0.0)
    while not _MAKING.acquire(timeout=LOOK):  # for another thread, which makes it
        progress(0.0)
    try:
        with suppress(OSError):  # nothing can be written there, or another process was faster
            _keep(kept, progress)
    finally:
        _MAKING.release()
    return kept if (kept / MADE).exists() else None


def _keep(kept: Path, progress: Progress) -> None:
    if (kept / MADE).exists():
        return
    kept.parent.mkdir(parents=True, exist_ok=True)
    for left in kept.parent.glob("new-*"):  # by a process that was killed
        if time.time() - left.stat().st_mtime > ABANDONED:
            shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=kept.parent, prefix="new-", ignore_cleanup_errors=True) as made:
        _make(Path(made), progress)
        Path(made).rename(kept)


def _make(folder: Path, progress: Progress = lambda _: None) -> None:
    """Unpack the base to ``folder``, move it, and put it there in 8 bits in the place of its own weights."""
    from safetensors.numpy import load_file
    from safetensors.torch import save_file

    from assistant.evidence.int8 import state_in_int8
    from assistant.evidence.network import PassageNetwork

    base.unpack(folder, lambda share: progress(UNPACKED * share))
    network = PassageNetwork(folder)
    progress(LOADED)
    moved(network, load_file(_weights()))
    progress(MOVED)
    state = {f"encoder.{name}": weight for name, weight in state_in_int8(network.encoder).items()}
    state |= {f"heads.{name}": weight for name, weight in network.heads.state_dict().items()}
    save_file({name: weight.contiguous() for name, weight in state.items()}, folder / MADE)
    (folder / base.WEIGHTS).unlink()


@cache
def told() -> dict[str, Any]:
    """What training wrote beside the weights: how scores become probabilities, and from where one acts on them."""
    from safetensors import safe_open

    with safe_open(_weights(), "numpy") as file:
        return {key: json.loads(value) for key, value in (file.metadata() or {}).items()}


def _weights() -> Path:
    return Path(str(files(__package__).joinpath("weights", "ideas.safetensors")))
