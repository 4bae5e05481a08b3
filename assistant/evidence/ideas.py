"""Whether a passage bears on an idea, by which of its sentences, and on which side: the two are read together, the
passage whole, under its title and headings, in one pass.

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
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from assistant.errors import ModelUnavailable
from assistant.evidence import base
from assistant.evidence.stance import Weight, Whole
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
UNREAD = np.array([1, 0, 0, 0], dtype=np.float32)  # of ``BEARS``
LEAST = 1e-6  # probability
Key: TypeAlias = tuple[str, str, tuple[Span, ...]]  # an idea, a passage, its sentences
_KEPT: dict[Key, Vectors] = {}  # of the process, as the network is
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

    def weigh(self, claim: str, passages: Sequence[Whole]) -> list[Weight]:
        """See ``IdeaModel.weigh``.

        Raises:
            ModelUnavailable: the base model's weights are not on this machine, or not the published ones.
        """
        return [_weight(*log_odds(one)) for one in self.read(claim, passages)]

    def read(self, idea: str, passages: Sequence[Whole]) -> list[Vectors]:
        """The probabilities of ``BEARS`` of each passage as a whole, then of its sentences (1 + sentences, 4): "no" for
        what is cut off.

        Raises:
            ModelUnavailable: the base model's weights are not on this machine, or not the published ones.
        """
        with _ALONE:
            keys = [(idea, one.passage, one.spans) for one in passages]
            if len(_KEPT) + len(keys) > REMEMBERED:
                _KEPT.clear()
            new = list(dict.fromkeys(key for key in keys if key not in _KEPT))
            _KEPT.update(zip(new, _scored(new), strict=True))
            return [_KEPT[key] for key in keys]


def log_odds(read: Vectors) -> tuple[float, Vectors, float]:
    """Of what was read of a passage (1 + sentences, 4): that it bears, half of it by the whole and half by the sentence
    that most does; that each sentence bears; that it is for it rather than against it, by the same two halves."""
    odds = np.log(np.maximum(read, LEAST))
    bears = np.logaddexp.reduce(odds[:, 1:], axis=1) - odds[:, 0]
    best = 1 + int(bears[1:].argmax())
    towards = odds[:, 1] - odds[:, 2]
    return float(bears[0] + bears[best]) / 2, bears[1:], float(towards[0] + towards[best]) / 2


def _weight(bears: float, by: Vectors, side: float) -> Weight:
    supports = _logistic(bears=False, odds=side)
    return Weight(_logistic(bears=True, odds=bears), by, np.array([supports, 1 - supports, 0], dtype=np.float32))


def _logistic(*, bears: bool, odds: float) -> float:
    """The probability of either, scaled and shifted (Platt 1999)."""
    slope, shift = told()["bears" if bears else "side"]
    return float(1 / (1 + np.exp(-(slope * odds + shift))))


def _scored(asked: Sequence[Key]) -> list[Vectors]:
    if not asked:
        return []
    import torch

    network = _network()
    pairs = {n: network.pair("idea", idea, text, spans) for n, (idea, text, spans) in enumerate(asked)}
    found: dict[int, Vectors] = {}
    for batch in batches(pairs, AT_ONCE):
        with torch.inference_mode():
            odds = network([pairs[n] for n in batch]).bears.softmax(1).numpy()
        at = 0
        for n in batch:
            those = pairs[n].spans
            is_read = np.array([span != (0, 0) for span in those])
            found[n] = np.where(is_read[:, None], odds[at : at + len(those)], UNREAD)
            at += len(those)
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
