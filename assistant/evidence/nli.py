"""A stance model from outside the project: any cross-encoder that was trained to tell entailment from contradiction."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from threading import RLock
from typing import Any

import numpy as np

from assistant.errors import ModelUnavailable
from assistant.evidence.stance import SIDES
from assistant.model.embedding import Vectors
from assistant.types import Stance

MEANT = {"entail": Stance.SUPPORTS, "contradict": Stance.CHALLENGES, "neutral": Stance.UNCLEAR}  # by their labels


class NliStance:
    """A stance model made from a cross-encoder of sentence-transformers: it estimates whether texts support a claim or
    challenge it. ``name`` is the cross-encoder's name or the path of its folder. The cross-encoder's configuration says
    which output is entailment, contradiction or neutral.

    Raises:
        ModelUnavailable: raised by ``sides`` if the cross-encoder is not on this machine, or lacks one of these three
            labels.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._alone = RLock()

    def sides(self, claim: str, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, 3), dtype=np.float32)
        with self._alone:  # the text is the premise, the claim what may follow from it
            scores: Any = self._model.predict([(text, claim) for text in texts], show_progress_bar=False)
        ordered = np.asarray(scores, dtype=np.float32)[:, self._columns]
        odds = np.exp(ordered - ordered.max(axis=1, keepdims=True))
        probabilities: Vectors = odds / odds.sum(axis=1, keepdims=True)
        return probabilities

    @cached_property
    def _columns(self) -> list[int]:
        labels: dict[int, str] = self._model.model.config.id2label
        found = {
            side: index
            for index, label in labels.items()
            for word, side in MEANT.items()
            if str(label).lower().startswith(word)
        }
        if set(found) != set(SIDES):
            told = ", ".join(map(str, labels.values()))
            raise ModelUnavailable(
                f"The evidence model {self.name!r} has the labels {told}; entailment, contradiction and neutral"
                " are needed.",
                hint="Name another cross-encoder, or leave evidence_model as it is.",
            )
        return [found[side] for side in SIDES]

    @cached_property
    def _model(self) -> Any:
        from sentence_transformers import CrossEncoder

        try:
            return CrossEncoder(self.name, device="cpu", local_files_only=True)
        except (OSError, ValueError) as exc:
            raise ModelUnavailable(
                f"The evidence model {self.name!r} cannot be loaded: {exc}",
                hint="Give the path of its folder; Pushback downloads nothing by itself.",
            ) from exc
