"""A trained model as it ships: how far training moved each weight of the encoder that a package brings.

A file of ``weights/`` holds heads and, for each weight of the layers, its difference as two thin matrices in whole
numbers of 8 bits (a low-rank difference, as in LoRA, Hu et al. 2021, arXiv:2106.09685). ``CARD.md`` says how each was
trained and how good it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from assistant.model.embedding import Vectors

if TYPE_CHECKING:
    import torch

TOKENS = 768  # of a pass: at 4,096 it takes 1.4 times as long, since the states leave the processor's cache


class _Tokens(Protocol):
    @property
    def tokens(self) -> list[int]: ...


def batches(pairs: Mapping[int, _Tokens], tokens: int = TOKENS) -> Iterator[list[int]]:
    """The indices in batches of like length, each of at most so many tokens with its padding."""
    batch: list[int] = []
    for i in sorted(pairs, key=lambda i: -len(pairs[i].tokens)):
        if batch and (len(batch) + 1) * len(pairs[batch[0]].tokens) > tokens:
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
