"""The trained model as it ships: how far training moved each of MiniLM's weights, and how its scores are meant.

A file of ``weights/`` holds a head and, for each weight of the layers, its difference as two thin matrices in whole
numbers of 8 bits (a low-rank difference, as in LoRA, Hu et al. 2021, arXiv:2106.09685). ``CARD.md`` says how it was
trained and how good it is.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from assistant.embedding import DEFAULT, SentenceTransformerEmbedder, Vectors
from assistant.types import Span

if TYPE_CHECKING:
    import torch

    from assistant.evidence.encoder import PairEncoder

TOKENS = 4_096  # of a batch: bounds the memory of a pass at about 100 MB
REMEMBERED = 20_000  # pairs whose scores are kept in a session


class TrainedHead:
    """Scores stretches of texts beside a first text; nothing is loaded before the first pair."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._alone = RLock()  # a fast tokenizer keeps its padding and truncation, so two threads cannot share it
        self._kept: dict[tuple[str, str], Vectors] = {}

    def scores(
        self, first: str, texts: Sequence[str], stretches: Sequence[Sequence[Span]] | None = None
    ) -> list[Vectors]:
        """The outputs for each stretch of each text (stretches, outputs), whole texts where no stretches are given.

        Raises:
            ModelUnavailable: the base model's weights are not on this machine, or not the published ones.
        """
        with self._alone:
            asked = stretches or [[Span(0, len(text))] for text in texts]
            new = [i for i, text in enumerate(texts) if (first, text) not in self._kept]
            if len(self._kept) + len(new) > REMEMBERED:
                self._kept.clear()
                new = list(range(len(texts)))
            for i, found in self._score(first, texts, asked, new):
                self._kept[first, texts[i]] = found
            return [self._kept[first, text] for text in texts]

    def _score(
        self, first: str, texts: Sequence[str], asked: Sequence[Sequence[Span]], new: Sequence[int]
    ) -> Iterator[tuple[int, Vectors]]:
        import torch

        pairs = {i: self._model.pair(first, texts[i], asked[i]) for i in new}
        for batch in batches(pairs):
            with torch.inference_mode():
                found = self._model([pairs[i] for i in batch]).numpy()
            at = 0
            for i in batch:
                yield i, found[at : at + len(asked[i])]
                at += len(asked[i])

    @cached_property
    def sha256(self) -> str:
        """Of the file of weights."""
        return hashlib.sha256(self._path.read_bytes()).hexdigest()

    @cached_property
    def told(self) -> dict[str, Any]:
        """What training wrote beside the weights: the labels, how scores become probabilities, and its measures."""
        from safetensors import safe_open

        with safe_open(self._path, "numpy") as file:
            return {key: json.loads(value) for key, value in (file.metadata() or {}).items()}

    @cached_property
    def _model(self) -> PairEncoder:
        from safetensors.numpy import load_file

        from assistant.evidence.encoder import PairEncoder

        embedder = SentenceTransformerEmbedder(DEFAULT)
        _ = embedder.identity  # checks that the weights are the published ones
        model = PairEncoder(embedder.folder, len(self.told["labels"]))
        moved(model, load_file(self._path))
        return model.eval()

    @property
    def _path(self) -> Path:
        return Path(str(files(__package__).joinpath("weights", f"{self.name}.safetensors")))


class TrainedStance:
    """The shipped stance model: its scores, over the temperature at which they are calibrated, as probabilities."""

    name = "pushback"

    def __init__(self) -> None:
        self._head = TrainedHead("stance")

    def sides(self, claim: str, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, 3), dtype=np.float32)
        logits = np.concatenate(self._head.scores(claim, texts)) / self._head.told["temperature"]
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        probabilities: Vectors = (odds / odds.sum(axis=1, keepdims=True)).astype(np.float32)
        return probabilities


class _Tokens(Protocol):
    @property
    def tokens(self) -> list[int]: ...


def batches(pairs: Mapping[int, _Tokens]) -> Iterator[list[int]]:
    """The indices in batches of like length, each of at most ``TOKENS`` tokens with its padding."""
    batch: list[int] = []
    for i in sorted(pairs, key=lambda i: -len(pairs[i].tokens)):
        if batch and (len(batch) + 1) * len(pairs[batch[0]].tokens) > TOKENS:
            yield batch
            batch = []
        batch.append(i)
    if batch:
        yield batch


def moved(model: torch.nn.Module, kept: Mapping[str, Any]) -> None:
    """Move the encoder's weights by what is kept: ``NAME.a`` times ``NAME.b`` for a matrix, ``NAME`` for the rest.

    Heads are kept as they are.
    """
    import torch

    with torch.no_grad():
        for name, weight in model.named_parameters():
            own = name.removeprefix("encoder.")
            if f"{own}.a" in kept:
                weight.add_(torch.from_numpy(_plain(kept, f"{own}.a") @ _plain(kept, f"{own}.b")))
            elif own in kept and own != name:
                weight.add_(torch.from_numpy(kept[own].astype(np.float32)))
            elif name in kept:
                weight.copy_(torch.from_numpy(kept[name].astype(np.float32)))


def _plain(kept: Mapping[str, Any], name: str) -> Vectors:
    """A thin matrix from its whole numbers and the scale of each column or row of it."""
    found: Vectors = kept[name].astype(np.float32) * kept[f"{name}.scale"].astype(np.float32)
    return found
