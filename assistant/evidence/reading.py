"""Whether a passage answers a question: the passage is read with it, whole, under its title and headings.

The weights ship as those of ``trained.py`` do: heads, and how far training moved each weight of MiniLM's layers.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from assistant.evidence.trained import batches, moved
from assistant.model.embedding import DEFAULT, SentenceTransformerEmbedder, Vectors
from assistant.types import Passage

if TYPE_CHECKING:
    from assistant.evidence.network import PassageNetwork

REMEMBERED = 20_000  # pairs whose probabilities are kept in a session
_KEPT: dict[tuple[str, str], float] = {}  # of the process, as the network is: what was read for one library is read
_ALONE = RLock()  # a fast tokenizer keeps its padding and truncation, so two threads cannot share it


class AnswerModel(Protocol):
    """Says of passages whether they answer; deterministic for the same input."""

    def answers(self, question: str, passages: Sequence[Passage]) -> Vectors:
        """The probability that each answers, at least in part, (passages,)."""
        ...


class PassageReader:
    """The model that ships; nothing is loaded before the first pair."""

    def answers(self, question: str, passages: Sequence[Passage]) -> Vectors:
        """The calibrated probability that each answers, at least in part, (passages,).

        Raises:
            ModelUnavailable: the base model's weights are not on this machine, or not the published ones.
        """
        with _ALONE:
            keys = [(question, as_read(passage)) for passage in passages]
            if len(_KEPT) + len(keys) > REMEMBERED:
                _KEPT.clear()
            new = list(dict.fromkeys(key for key in keys if key not in _KEPT))
            _KEPT.update(zip(new, self._score(new), strict=True))
            return np.array([_KEPT[key] for key in keys], dtype=np.float32)

    def _score(self, asked: Sequence[tuple[str, str]]) -> list[float]:
        import torch

        pairs = {n: self._network.pair("question", question, text, ()) for n, (question, text) in enumerate(asked)}
        found: dict[int, float] = {}
        for batch in batches(pairs):
            with torch.inference_mode():
                odds = self._network([pairs[n] for n in batch]).answers.softmax(1).numpy()
            found |= {n: calibrated(1 - float(row[0]), *self.told["fits"]) for n, row in zip(batch, odds, strict=True)}
        return [found[n] for n in range(len(asked))]

    @property
    def _network(self) -> PassageNetwork:
        return _network()

    @property
    def told(self) -> dict[str, Any]:
        """What training wrote beside the weights: how scores become probabilities."""
        return _told()


@cache
def _network() -> PassageNetwork:
    """The network, once for the process, however many libraries are asked."""
    from safetensors.numpy import load_file

    from assistant.evidence.network import PassageNetwork

    embedder = SentenceTransformerEmbedder(DEFAULT)
    _ = embedder.identity  # checks that the weights are the published ones
    model = PassageNetwork(embedder.folder)
    moved(model, load_file(_weights()))
    return model.eval()


@cache
def _told() -> dict[str, Any]:
    from safetensors import safe_open

    with safe_open(_weights(), "numpy") as file:
        return {key: json.loads(value) for key, value in (file.metadata() or {}).items()}


def _weights() -> Path:
    return Path(str(files(__package__).joinpath("weights", "reader.safetensors")))


def as_read(passage: Passage) -> str:
    """A passage under its title and headings, as it is read."""
    path = [passage.about.title, *(heading for heading in passage.headings if heading != passage.about.title)]
    head = " > ".join(filter(None, path))
    return f"{head}\n{passage.text}" if head else passage.text


def calibrated(probability: float, slope: float, shift: float) -> float:
    """A probability whose log odds are scaled and shifted (Platt 1999)."""
    certain = min(max(probability, 1e-6), 1 - 1e-6)
    return float(1 / (1 + np.exp(-(slope * np.log(certain / (1 - certain)) + shift))))
