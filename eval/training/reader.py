"""The reader: a question and the sentences of passages are read together, and each gets a score as an answer.

MiniLM's six layers, whose weights the embedding model's package brings. The first ``APART`` read the question and the
passage each by itself, exactly as the embedding model does, so a sentence is read in its passage's context and a
passage's states serve every question. The others, moved by training, read the question beside the passage's states
(late interaction in the transformer, as PreTTR: MacAvaney et al. 2020, arXiv:2004.14255). How much the two attend to
each other is learnt too, from little: untrained, the score is the cosine of question and sentence. An experiment,
of which nothing ships: ``README.md`` has its figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import torch

APART = 3  # layers that read question and passage by themselves
LONGEST = 256  # tokens of a passage
States: TypeAlias = torch.Tensor  # (tokens, width)


class Passage(NamedTuple):
    """A passage as states after the first layers; ``spans`` are its sentences in tokens, half open, (0, 0) for one
    that stands beyond ``LONGEST``."""

    states: States
    spans: tuple[tuple[int, int], ...]


class Reader(torch.nn.Module):
    """Scores sentences beside a question: log odds against "it does not answer"."""

    def __init__(self, folder: Path) -> None:
        from transformers import AutoModel, AutoTokenizer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        super().__init__()
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        self.encoder = AutoModel.from_pretrained(folder, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
        self.encoder.requires_grad_(False)
        self.together = self.encoder.encoder.layer[APART:]
        self.together.requires_grad_(True)
        width, heads = self.encoder.config.hidden_size, self.encoder.config.num_attention_heads
        self.meeting = torch.nn.Parameter(torch.full((len(self.together), heads), -2.0))
        self.sharpness = torch.nn.Parameter(torch.tensor(10.0))
        self.head = torch.nn.Linear(4 * width, 1)
        torch.nn.init.zeros_(self.head.weight)
        torch.nn.init.constant_(self.head.bias, -4.0)
        self.dropout = torch.nn.Dropout(0.1)

    @torch.inference_mode()
    def question(self, text: str) -> States:
        """The question's states after the first layers."""
        return self._apart([self.tokenizer(text, truncation=True, max_length=64)["input_ids"]])[0]

    @torch.inference_mode()
    def passages(self, texts: Sequence[str], stretches: Sequence[Sequence[tuple[int, int]]]) -> list[Passage]:
        """The passages with their sentences."""
        read = self.tokenizer(
            list(texts), truncation=True, max_length=LONGEST, return_offsets_mapping=True, verbose=False
        )
        made = []
        for states, offsets, of in zip(self._apart(read["input_ids"]), read["offset_mapping"], stretches, strict=True):
            inside = range(1, len(offsets) - 1)
            at = [[i for i in inside if offsets[i][0] < end and offsets[i][1] > start] for start, end in of]
            made.append(Passage(states, tuple((one[0], one[-1] + 1) if one else (0, 0) for one in at)))
        return made

    def _apart(self, ids: Sequence[Sequence[int]]) -> list[States]:
        order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
        out: list[Any] = [None] * len(ids)
        for start in range(0, len(order), 16):
            batch = order[start : start + 16]
            longest = len(ids[batch[-1]])
            padded = torch.tensor([[*ids[i], *([0] * (longest - len(ids[i])))] for i in batch])
            lengths = torch.tensor([len(ids[i]) for i in batch])
            states = self.encoder.embeddings(input_ids=padded)
            mask = _hidden(lengths, longest)[:, None, None, :]
            for layer in self.encoder.encoder.layer[:APART]:
                states = layer(states, mask)
            for row, i in enumerate(batch):
                out[i] = states[row, : len(ids[i])]
        return out

    def forward(self, pairs: Sequence[tuple[States, Passage]]) -> torch.Tensor:
        """The score of each sentence of each pair's passage, (sentences,)."""
        return self.read(pairs)[0]

    def read(self, pairs: Sequence[tuple[States, Passage]]) -> tuple[torch.Tensor, torch.Tensor]:
        """The scores (sentences,), and the last layer's states (pairs, tokens, width), a question's tokens first."""
        firsts = torch.tensor([len(question) for question, _ in pairs])
        lengths = torch.tensor([len(question) + len(passage.states) for question, passage in pairs])
        longest = int(lengths.max())
        states = torch.nn.utils.rnn.pad_sequence(
            [torch.cat([question, passage.states]) for question, passage in pairs], batch_first=True
        )
        asked = torch.arange(longest)[None] < firsts[:, None]
        across = (asked[:, :, None] != asked[:, None, :])[:, None]  # (pairs, 1, tokens, tokens)
        padding = _hidden(lengths, longest)[:, None, None, :]
        for layer, meeting in zip(self.together, self.meeting, strict=True):
            states = layer(states, padding + across * meeting[None, :, None, None])
        row = torch.tensor([row for row, (_, passage) in enumerate(pairs) for _ in passage.spans], dtype=torch.long)
        spans = torch.tensor([span for _, passage in pairs for span in passage.spans]) + firsts[row][:, None]
        start, end = spans.unbind(1)
        sums = torch.nn.functional.pad(states.cumsum(1), (0, 0, 1, 0))
        sentence = (sums[row, end] - sums[row, start]) / (end - start).clamp(min=1)[:, None]
        every = torch.arange(len(pairs))
        question = (sums[every, firsts] / firsts[:, None])[row]
        features = torch.cat([states[row, 0], states[row, firsts[row]], sentence, question * sentence * 10], 1)
        cosine = torch.nn.functional.cosine_similarity(question, sentence)
        scores = self.sharpness * cosine + self.head(self.dropout(features)).squeeze(1)
        return scores, states


def _hidden(lengths: torch.Tensor, longest: int) -> torch.Tensor:
    """What is added to attention so that padding gets none."""
    return torch.where(torch.arange(longest)[None] < lengths[:, None], 0.0, -1e4)
