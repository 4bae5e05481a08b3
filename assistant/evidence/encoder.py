"""The trained model: a question or claim and a text are read together, and each stretch of the text gets its scores.

MiniLM's six layers, whose weights the embedding model's package brings, moved a little by training and read with a
linear head over four vectors: the pair's, the stretch's, the first text's, and the product of the last two. Imports
torch, so it is itself imported late: by ``trained.py`` to score, by ``eval/training`` to train.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import torch

LONGEST = 256  # tokens of a pair


class Pair(NamedTuple):
    """A pair as tokens; ``spans`` are the stretches of the second text, half open, in tokens."""

    tokens: list[int]
    first: int  # tokens up to and with the first separator
    spans: tuple[tuple[int, int], ...]


class PairEncoder(torch.nn.Module):
    """Scores (stretches, outputs) for a batch of pairs, in the order of the pairs and of their spans."""

    def __init__(self, folder: Path, outputs: int) -> None:
        from transformers import AutoModel, AutoTokenizer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        super().__init__()
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        # No dropout inside: an eighth of a step on two cores, and nothing is trained for more than three epochs. The
        # pooling layer is not used; without it, loading reports its weights as unexpected.
        self.encoder = AutoModel.from_pretrained(folder, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
        self.encoder.pooler.requires_grad_(False)
        for parameter in self.encoder.embeddings.parameters():
            parameter.requires_grad = False
        self.dropout = torch.nn.Dropout(0.1)
        self.head = torch.nn.Linear(4 * self.encoder.config.hidden_size, outputs)

    def pair(self, first: str, second: str, stretches: Sequence[tuple[int, int]] | None = None) -> Pair:
        """The tokens of a pair; a stretch beyond ``LONGEST`` tokens gets an empty span."""
        read = self.tokenizer(
            first, second, truncation="only_second", max_length=LONGEST, return_offsets_mapping=True, verbose=False
        )
        ids, offsets, of = read["input_ids"], read["offset_mapping"], read.sequence_ids()
        second_at = [index for index, which in enumerate(of) if which == 1]
        spans = []
        for start, end in stretches or ((0, len(second)),):
            inside = [index for index in second_at if offsets[index][0] < end and offsets[index][1] > start]
            spans.append((inside[0], inside[-1] + 1) if inside else (0, 0))
        opens = second_at[0] if second_at else len(ids)
        return Pair(ids, opens, tuple(spans))

    def forward(self, pairs: Sequence[Pair]) -> torch.Tensor:
        states = self.states(pairs)
        scores: torch.Tensor = self.head(self.dropout(self.pooled(states, pairs)))
        return scores

    def states(self, pairs: Sequence[Pair]) -> torch.Tensor:
        """The last layer (pairs, tokens, width)."""
        longest = max(len(pair.tokens) for pair in pairs)
        ids = torch.zeros((len(pairs), longest), dtype=torch.long)
        mask, kinds = torch.zeros_like(ids), torch.zeros_like(ids)
        for row, pair in enumerate(pairs):
            ids[row, : len(pair.tokens)] = torch.tensor(pair.tokens)
            mask[row, : len(pair.tokens)] = 1
            kinds[row, pair.first : len(pair.tokens)] = 1
        out: torch.Tensor = self.encoder(input_ids=ids, attention_mask=mask, token_type_ids=kinds).last_hidden_state
        return out

    def pooled(self, states: torch.Tensor, pairs: Sequence[Pair]) -> torch.Tensor:
        """What the head sees of each stretch (stretches, 4 * width)."""
        rows: Any = [row for row, pair in enumerate(pairs) for _ in pair.spans]
        sums = torch.nn.functional.pad(states.cumsum(1), (0, 0, 1, 0))
        row = torch.tensor(rows, dtype=torch.long)
        start = torch.tensor([span[0] for pair in pairs for span in pair.spans])
        end = torch.tensor([span[1] for pair in pairs for span in pair.spans])
        first = torch.tensor([pair.first - 1 for pair in pairs])
        stretch = (sums[row, end] - sums[row, start]) / (end - start).clamp(min=1)[:, None]
        every = torch.arange(len(pairs))
        asked = ((sums[every, first] - sums[every, 1]) / (first - 1).clamp(min=1)[:, None])[row]
        return torch.cat([states[row, 0], stretch, asked, stretch * asked], dim=1)
