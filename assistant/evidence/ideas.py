"""Whether passages bear on an idea, by which sentences, and on which side, as the network for ideas reads them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from assistant.evidence import reading, shipped
from assistant.evidence.stance import Weight, Whole
from assistant.model.embedding import Vectors

LEAST = 1e-6  # probability


class IdeaReader:
    """The model that ships; nothing is loaded before the first pair."""

    name = "pushback"

    @property
    def shown(self) -> float:
        """See ``eval/training/bearing.py``."""
        return float(shipped.told(shipped.IDEAS)["shown"])

    @property
    def sure(self) -> float:
        """See ``eval/training/bearing.py``."""
        return float(shipped.told(shipped.IDEAS)["sure"])

    def weigh(self, claim: str, passages: Sequence[Whole]) -> list[Weight]:
        """See ``IdeaModel.weigh``.

        Raises:
            ModelUnavailable: the base model's weights are not on this machine, or not the published ones.
        """
        return [_weight(*log_odds(one)) for one in self.read(claim, passages)]

    def read(self, idea: str, passages: Sequence[Whole]) -> list[Vectors]:
        """The probabilities of ``BEARS`` of each passage as a whole, then of its sentences (1 + sentences, 4): "no" for
        what is cut off.

        Raises:
            ModelUnavailable: the base model's weights are not on this machine, or not the published ones.
        """
        return reading.read(shipped.IDEAS, idea, [(one.passage, one.spans) for one in passages])


def log_odds(read: Vectors) -> tuple[float, Vectors, float]:
    """Of what was read of a passage (1 + sentences, 4): that it bears, half of it by the whole and half by the sentence
    that most does; that each sentence bears; that it is for it rather than against it, by the same two halves."""
    odds = np.log(np.maximum(read, LEAST))
    bears = np.logaddexp.reduce(odds[:, 1:], axis=1) - odds[:, 0]
    best = 1 + int(bears[1:].argmax())
    towards = odds[:, 1] - odds[:, 2]
    return float(bears[0] + bears[best]) / 2, bears[1:], float(towards[0] + towards[best]) / 2


def _weight(bears: float, by: Vectors, side: float) -> Weight:
    supports = _logistic(bears=False, odds=side)
    return Weight(_logistic(bears=True, odds=bears), by, np.array([supports, 1 - supports, 0], dtype=np.float32))


def _logistic(*, bears: bool, odds: float) -> float:
    """The probability of either, scaled and shifted (Platt 1999)."""
    slope, shift = shipped.told(shipped.IDEAS)["bears" if bears else "side"]
    return float(1 / (1 + np.exp(-(slope * odds + shift))))
