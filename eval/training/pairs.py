"""Trains the evidence model on batches of examples: the code that all stages share.

A step is a batch of about ``TOKENS`` tokens, so a batch has many short examples or a few long ones. Every ``KEEP``
steps the state is saved in ``--work``, and the same command continues from there.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import torch

TOKENS = 1_024
KEEP = 200
Item = TypeVar("Item")


def batches(items: Sequence[Item], length: Callable[[Item], int], seed: int, tokens: int = TOKENS) -> list[list[Item]]:
    """Group the items into batches of at most ``tokens`` tokens, padding included. ``length`` returns the number of
    tokens of an item; the items of a batch have similar lengths. The order of the batches is random, but always the
    same for the same ``seed``.
    """
    rng = random.Random(seed)
    shuffled = list(items)
    rng.shuffle(shuffled)
    pooled = [shuffled[start : start + 1_000] for start in range(0, len(shuffled), 1_000)]
    made: list[list[Item]] = []
    for pool in pooled:
        pool.sort(key=length)
        batch: list[Item] = []
        for item in pool:
            if batch and (len(batch) + 1) * length(item) > tokens:
                made.append(batch)
                batch = []
            batch.append(item)
        made.append(batch)
    rng.shuffle(made)
    return made


def train(  # noqa: PLR0917
    model: torch.nn.Module,
    epochs: Sequence[list[list[Item]]],
    loss_of: Callable[[list[Item]], torch.Tensor],
    work: Path,
    rates: tuple[float, float],
    after_epoch: Callable[[int], None],
) -> None:
    """Train a model with AdamW; the learning rate rises linearly at first (warm-up), then falls linearly. An
    interrupted training continues from the state that is saved in the folder ``work``.

    ``epochs`` has the batches of each epoch, ``loss_of`` computes the loss of a batch, ``rates`` are two learning
    rates: that of the encoder and that of all other weights. ``after_epoch`` is called after each epoch with its
    number, counted from 0.
    """
    named = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
    trained = [p for _, p in named]
    groups = [
        {"params": [p for name, p in named if name.startswith("encoder.")], "lr": rates[0]},
        {"params": [p for name, p in named if not name.startswith("encoder.")], "lr": rates[1]},
    ]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
    steps = sum(map(len, epochs))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / (0.06 * steps), max(0.0, (steps - step) / (0.94 * steps)))
    )
    done, kept = 0, work / "state.pt"
    if kept.exists():
        state = torch.load(kept)
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        schedule.load_state_dict(state["schedule"])
        done = state["done"]
    started, since, total = time.monotonic(), done, 0.0
    model.train()
    for step, (epoch, batch, last) in enumerate(_in_order(epochs)):
        if step < done:
            continue
        torch.manual_seed(step)
        loss = loss_of(batch)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        schedule.step()
        total += float(loss.detach())
        if (step + 1) % 50 == 0:
            pace = (time.monotonic() - started) / (step + 1 - since)
            print(f"{step + 1}/{steps} loss {total / 50:.4f} {pace * (steps - step - 1) / 60:.0f} min left", flush=True)
            total = 0.0
        if (step + 1) % KEEP == 0 or last:
            state = {"model": model.state_dict(), "optimizer": optimizer.state_dict()}
            torch.save({**state, "schedule": schedule.state_dict(), "done": step + 1}, work / "state.new")
            (work / "state.new").replace(kept)
        if last:
            model.eval()
            after_epoch(epoch)
            model.train()
    model.eval()


def _in_order(epochs: Sequence[list[list[Item]]]) -> Iterator[tuple[int, list[Item], bool]]:
    for epoch, of in enumerate(epochs):
        for index, batch in enumerate(of):
            yield epoch, batch, index == len(of) - 1


def seeded(seed: int) -> Any:
    """Set the seed of PyTorch, and return a random generator of Python with the same seed."""
    torch.manual_seed(seed)
    return random.Random(seed)
