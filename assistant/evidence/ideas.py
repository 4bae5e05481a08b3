"""Estimates with a neural network whether passages concern an idea, which of their sentences do, and whether they
support or challenge it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from assistant.evidence import reading, shipped
from assistant.evidence.stance import Weight, Whole
from assistant.model.embedding import Vectors

LEAST = 1e-6  # probability


class IdeaReader:
    """The idea model that comes with the program: a neural network that estimates whether passages concern a claim, and
    whether they support or challenge it. The network is loaded when the first passage is read."""

    name = "pushback"

    @property
    def shown(self) -> float:
        """A threshold: a passage is shown only if the probability that it concerns the claim is at least this high.
        ``eval/training/bearing.py`` chose the value."""
        return float(shipped.metadata(shipped.IDEAS)["shown"])

    @property
    def sure(self) -> float:
        """A threshold: a passage counts as supporting or as challenging a claim only if the probability of this is at
        least this high; otherwise it counts as unclear. ``eval/training/bearing.py`` chose the value."""
        return float(shipped.metadata(shipped.IDEAS)["sure"])

    def weigh(self, claim: str, passages: Sequence[Whole]) -> list[Weight]:
        """Return a ``Weight`` for each passage, in the order of ``passages``: how probably the passage and each of its
        sentences concern the claim, and how probably the passage supports or challenges the claim.

        Raises:
            ModelUnavailable: the base model's weights are missing on this machine, or differ from the published ones.
        """
        return [_weight(*log_odds(one)) for one in self.read(claim, passages)]

    def read(self, idea: str, passages: Sequence[Whole]) -> list[Vectors]:
        """Return for each passage the probabilities of the labels ``BEARS``, which are "no" (the text does not concern
        the idea), "supports", "challenges" and "unclear". The result for a passage is an array (1 + sentences, 4): one
        row for the whole passage, then one for each of its sentences. A sentence beyond the network's length limit gets
        the label "no".

        Raises:
            ModelUnavailable: the base model's weights are missing on this machine, or differ from the published ones.
        """
        return reading.read(shipped.IDEAS, idea, [(one.passage, one.spans) for one in passages])


def log_odds(read: Vectors) -> tuple[float, Vectors, float]:
    """Return three values for a passage and an idea: the log odds that the passage concerns the idea; an array with the
    log odds, for each sentence of the passage, that the sentence concerns the idea; and the log odds that the passage
    supports the idea rather than challenges it.

    ``read`` has the probabilities (1 + sentences, 4) that ``IdeaReader.read`` returns for the passage. The first value
    and the third are each the mean of two log odds: those of the whole passage, and those of the sentence that most
    concerns the idea.
    """
    odds = np.log(np.maximum(read, LEAST))
    bears = np.logaddexp.reduce(odds[:, 1:], axis=1) - odds[:, 0]
    best = 1 + int(bears[1:].argmax())
    towards = odds[:, 1] - odds[:, 2]
    return float(bears[0] + bears[best]) / 2, bears[1:], float(towards[0] + towards[best]) / 2


def _weight(bears: float, by: Vectors, side: float) -> Weight:
    supports = _logistic(bears=False, odds=side)
    return Weight(_logistic(bears=True, odds=bears), by, np.array([supports, 1 - supports, 0], dtype=np.float32))


def _logistic(*, bears: bool, odds: float) -> float:
    """Turn log odds (``odds``) into a calibrated probability, by a scale and a shift that training chose (Platt 1999).
    With ``bears`` it is the probability that a passage concerns the idea, else the probability that it supports the
    idea."""
    slope, shift = shipped.metadata(shipped.IDEAS)["bears" if bears else "side"]
    return float(1 / (1 + np.exp(-(slope * odds + shift))))
