"""The neural network of the evidence models. It reads a question or an idea together with a whole passage, in one pass.

It is a pretrained encoder whose weights training has moved, with linear heads on top. The heads score the passage as a
whole and each of its sentences, called stretches. For each stretch they read four vectors: one of the whole input, one
of the stretch, one of the question or idea, and the product of the last two. The module imports torch, so import it
only where it is used.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import torch

LONGEST = 224  # tokens of a pair; what is beyond them is not read
ANSWERS = ("no", "partly", "answers")
BEARS = ("no", "supports", "challenges", "unclear")


class Pair(NamedTuple):
    """A question or an idea together with a passage, as ``tokens`` for the network. ``first`` is the number of tokens
    before the passage. ``spans`` has (start, end) indices of tokens, the end not included: first those of the passage,
    then those of each of its sentences. A sentence that was cut off has the span (0, 0)."""

    tokens: list[int]
    first: int  # tokens up to and with the first separator
    spans: tuple[tuple[int, int], ...]


class Scores(NamedTuple):
    """The network's output for a batch of pairs: logits for each stretch, which is a passage or one of its sentences.
    ``answers`` (stretches, 3) is for the labels ``ANSWERS``, ``bears`` (stretches, 4) for the labels ``BEARS``. The
    stretches are in the order of the pairs; the passage of each pair comes before its sentences."""

    answers: torch.Tensor
    bears: torch.Tensor


def above(title: str, headings: Sequence[str]) -> str:
    """Return the title and headings of a passage as one line, which the network reads before the passage; empty if
    there are none."""
    path = [title, *(heading for heading in headings if heading != title)]
    return f"{' > '.join(filter(None, path))}\n" if any(path) else ""


class PassageNetwork(torch.nn.Module):
    """A neural network that reads a passage together with a question or an idea, and scores the passage and each of its
    sentences. It is the encoder in ``folder`` with linear layers (heads) on top. If ``layers`` is given, only that many
    of the encoder's layers are used, counted from the first.

    If ``empty`` is True, the encoder is built without its weights; the caller loads them later.
    """

    def __init__(self, folder: Path, layers: int | None = None, *, empty: bool = False) -> None:
        from transformers import AutoConfig, AutoModel, AutoTokenizer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        super().__init__()
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        # No dropout inside: an eighth of a step on two cores, and nothing is trained for more than three epochs.
        without = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
        if empty:
            self.encoder = AutoModel.from_config(AutoConfig.from_pretrained(folder, **without))  # type: ignore[no-untyped-call]
        else:
            self.encoder = AutoModel.from_pretrained(folder, **without)
        if layers:
            self.encoder.encoder.layer = self.encoder.encoder.layer[:layers]
        self.encoder.pooler = None
        width = 4 * self.encoder.config.hidden_size
        self.dropout = torch.nn.Dropout(0.1)
        # The passage and its sentences have heads of their own, side by side.
        self.heads = torch.nn.Linear(width, 2 * (len(ANSWERS) + len(BEARS)))

    def pair(self, kind: str, first: str, passage: str, sentences: Sequence[tuple[int, int]]) -> Pair:
        """Turn a question or an idea and a passage into tokens. ``first`` is the text of the question or idea, ``kind``
        is "question" or "idea", and ``sentences`` are the sentences' offsets in the passage."""
        read = self.tokenizer(
            f"{kind}: {first}", passage, truncation="longest_first", max_length=LONGEST, return_offsets_mapping=True,
            verbose=False,
        )  # fmt: skip
        ids, offsets, of = read["input_ids"], read["offset_mapping"], read.sequence_ids()
        second = [index for index, which in enumerate(of) if which == 1]
        spans = [(second[0], second[-1] + 1)] if second else [(0, 0)]
        for start, end in sentences:
            inside = [index for index in second if offsets[index][0] < end and offsets[index][1] > start]
            spans.append((inside[0], inside[-1] + 1) if inside else (0, 0))
        return Pair(ids, second[0] if second else len(ids), tuple(spans))

    def forward(self, pairs: Sequence[Pair]) -> Scores:
        pooled = self._pooled(self._states(pairs), pairs)
        found = self.heads(self.dropout(pooled))
        whole = torch.zeros(len(found), dtype=torch.bool, device=found.device)
        at = 0
        for pair in pairs:
            whole[at] = True
            at += len(pair.spans)
        half = found.shape[1] // 2
        own = torch.where(whole[:, None], found[:, :half], found[:, half:])
        return Scores(own[:, : len(ANSWERS)], own[:, len(ANSWERS) :])

    def _states(self, pairs: Sequence[Pair]) -> torch.Tensor:
        """Return the encoder's last layer for a batch of pairs (pairs, tokens, width)."""
        longest = max(len(pair.tokens) for pair in pairs)
        ids = torch.full((len(pairs), longest), self.tokenizer.pad_token_id, dtype=torch.long)
        mask, kinds = torch.zeros_like(ids), torch.zeros_like(ids)
        for row, pair in enumerate(pairs):
            ids[row, : len(pair.tokens)] = torch.tensor(pair.tokens)
            mask[row, : len(pair.tokens)] = 1
            kinds[row, pair.first : len(pair.tokens)] = 1
        types = {"token_type_ids": kinds} if getattr(self.encoder.config, "type_vocab_size", 1) > 1 else {}
        given = {"input_ids": ids, "attention_mask": mask, **types}
        on = self.heads.weight.device
        out: torch.Tensor = self.encoder(**{name: each.to(on) for name, each in given.items()}).last_hidden_state
        return out

    @staticmethod
    def _pooled(states: torch.Tensor, pairs: Sequence[Pair]) -> torch.Tensor:
        """Return the input of the heads for each stretch: four vectors side by side (stretches, 4 * width)."""
        rows: Any = [row for row, pair in enumerate(pairs) for _ in pair.spans]
        sums = torch.nn.functional.pad(states.float().cumsum(1), (0, 0, 1, 0))
        tensor = partial(torch.tensor, dtype=torch.long, device=states.device)
        row = tensor(rows)
        start = tensor([span[0] for pair in pairs for span in pair.spans])
        end = tensor([span[1] for pair in pairs for span in pair.spans])
        first = tensor([pair.first - 1 for pair in pairs])
        stretch = (sums[row, end] - sums[row, start]) / (end - start).clamp(min=1)[:, None]
        every = tensor(range(len(pairs)))
        asked = ((sums[every, first] - sums[every, 1]) / (first - 1).clamp(min=1)[:, None])[row]
        return torch.cat([states[row, 0].float(), stretch, asked, stretch * asked], dim=1)
