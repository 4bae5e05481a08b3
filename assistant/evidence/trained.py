"""Applies the result of training to an encoder. Only the changes to the encoder's weights come with the program; a
package brings the encoder.

A file in ``weights/`` holds the heads and, for each weight matrix of the encoder's layers, its change as two thin
matrices in 8-bit whole numbers (a low-rank difference, as in LoRA, Hu et al. 2021, arXiv:2106.09685). ``CARD.md`` says
how each network was trained and how good it is.
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
    """Group ``pairs`` into batches for the network, and yield the keys of each batch. A pair is a question or an idea
    together with a passage, as tokens. The pairs are taken by their length, the longest first, so that the pairs of a
    batch have similar lengths.

    A batch has at most ``tokens`` tokens, padding included; a pair that is longer than this makes a batch of its own.
    """
    batch: list[int] = []
    for i in sorted(pairs, key=lambda i: -len(pairs[i].tokens)):
        if batch and (len(batch) + 1) * len(pairs[batch[0]].tokens) > tokens:
            yield batch
            batch = []
        batch.append(i)
    if batch:
        yield batch


def moved(model: torch.nn.Module, kept: Mapping[str, Any]) -> None:
    """Apply the result of training (``kept``) to a model: add the stored changes to the encoder's weights, and replace
    the weights of the heads, which are the layers on top of the encoder.

    The keys of ``kept`` are made from the names of the weights. For a weight matrix of the encoder with the name NAME,
    the change is the product of the entries ``NAME.a`` and ``NAME.b``; for any other weight of the encoder, the entry
    ``NAME`` is the change itself.
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
    """Return the thin matrix ``name`` of ``kept`` in 32-bit numbers: its whole numbers times the scale of each column
    or row."""
    found: Vectors = kept[name].astype(np.float32) * kept[f"{name}.scale"].astype(np.float32)
    return found
