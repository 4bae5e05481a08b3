"""Reads whole passages together with a question or an idea: each passage in one pass, under its title and headings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import RLock
from typing import TypeAlias

import numpy as np

from assistant.evidence import shipped
from assistant.evidence.trained import batches
from assistant.model.embedding import Vectors
from assistant.text.headed import under_headings
from assistant.types import Passage, Span

REMEMBERED = 20_000  # pairs whose probabilities are kept in a session
Read: TypeAlias = tuple[str, tuple[Span, ...]]  # a passage as it is read, and its sentences within that
_KEPT: dict[tuple[str, str, Read], Vectors] = {}  # of the process, as the networks are
Scorer: TypeAlias = Callable[[str, str, Sequence[Read]], list[Vectors]]
_BETWEEN: list[Callable[[Scorer], Scorer]] = []  # what stands before the network; empty but in runs of suites
_ALONE = RLock()  # a fast tokenizer keeps its padding and truncation, so two threads cannot share it


def read(name: str, first: str, passages: Sequence[Read]) -> list[Vectors]:
    """Let a neural network read each passage together with ``first``, which is a question or an idea, and return the
    probabilities of the network's labels. ``name`` is the name of the network, one of ``shipped.NETWORKS``. A passage
    is given as a pair: its text, and the spans of its sentences.

    The result for a passage is an array (1 + sentences, labels): one row for the whole passage, then one for each of
    its sentences. The labels are ``ANSWERS`` for a question and ``BEARS`` for an idea. A sentence beyond the length
    limit gets the label "no".

    Raises:
        ModelUnavailable: the base model's weights are missing on this machine, or differ from the published ones.
    """
    with _ALONE:
        keys = [(name, first, one) for one in passages]
        if len(_KEPT) + len(keys) > REMEMBERED:
            _KEPT.clear()
        new = list(dict.fromkeys(key for key in keys if key not in _KEPT))
        scored = _BETWEEN[0](_scored) if _BETWEEN else _scored
        _KEPT.update(zip(new, scored(name, first, [key[2] for key in new]), strict=True))
        return [_KEPT[key] for key in keys]


def through(between: Callable[[Scorer], Scorer] | None) -> None:
    """Set a wrapper through which ``read`` runs the neural networks; None removes it. The wrapper ``between`` takes the
    function that runs the networks, and returns the function that ``read`` calls in its place. Evaluation runs set a
    wrapper that stores the networks' results, so that later runs need not compute them again."""
    _BETWEEN[:] = [between] if between else []


def _scored(name: str, first: str, passages: Sequence[Read]) -> list[Vectors]:
    if not passages:
        return []
    import torch

    network = shipped.network(name)
    is_question = name == shipped.QUESTIONS
    kind = "question" if is_question else "idea"
    pairs = {n: network.pair(kind, first, text, spans) for n, (text, spans) in enumerate(passages)}
    found: dict[int, Vectors] = {}
    for batch in batches(pairs):
        with torch.inference_mode():
            scores = network([pairs[n] for n in batch])
            odds = (scores.answers if is_question else scores.bears).softmax(1).numpy()
        unread = np.eye(1, odds.shape[1], dtype=np.float32)[0]
        at = 0
        for n in batch:
            those = pairs[n].spans
            is_read = np.array([span != (0, 0) for span in those])
            found[n] = np.where(is_read[:, None], odds[at : at + len(those)], unread)
            at += len(those)
    return [found[n] for n in range(len(passages))]


def with_sentences(passage: Passage) -> Read:
    """Return a pair: the text that the network for questions reads for a passage, and the spans of the passage's
    sentences in this text. The text begins with the title and the headings; the name of the speaker follows or, if
    there is none, that of the author; then comes the text of the passage.

    The author's name helps: in a sample of the test suites, 0.92 of the right answers were among the sentences shown
    with it, and 0.87 without it.
    """
    above = under_headings(passage).removesuffix(passage.text)
    voice = passage.speaker or passage.about.author
    said = f"{voice}: " if voice else ""
    before = len(above) + len(said) - passage.start
    spans = tuple(Span(before + one.start, before + one.end) for one in passage.sentences)
    return f"{above}{said}{passage.text}", spans
