"""On which side a sentence leans: the stance model's word, and likeness to either side of a lens. Pure.

``python -m eval.benchmarks.sides SUITE…`` says how often that is right about gold.
"""

from __future__ import annotations

import numpy as np

from assistant.embedding import Vectors
from assistant.evidence.stance import SIDES
from assistant.types import Stance

SURE = 0.52  # probability from which a side is taken: any lean at all, told as what it is
CLEAR = 0.6  # probability of either side from which the stance model's doubt takes nothing away
# Weight of the stance model's log odds. Tried on the ideas of both suites, so expect less elsewhere: at 1 (and SURE at
# 0.55) 0.75 and 0.73 of what is given a side is right, but most is unclear and omission rises to 0.33 and 0.43; at
# 3 and 6 0.73 and 0.60 to 0.61, as here (0.73 and 0.59), with more said for sure. So it was of single sentences; read
# with their neighbours 0.75 and 0.75 are right. How sure that is told to be is about right, too: of 43 gold findings
# that were given a side 0.74 are on theirs, said at 0.67 on the mean.
SHARP = 2.0
LEAD = 6.0  # and of a lead in likeness (a cosine)
LEAST = 1e-6  # of a probability


def leant(odds: Vectors, leads: Vectors) -> Vectors:
    """The odds of the sides (texts, 3), where likeness to either side of a lens has its say beside the stance model.

    Words of misgiving ("costs", "fails") had one too, as long as the model was weaker: of 65 gold sentences the state
    before the one that ships put 0.65 on their side by itself, and 0.55 with them.
    """
    sided = np.minimum(odds[:, :2].sum(axis=1) / CLEAR, 1)
    known = np.maximum(odds[:, :2], LEAST)
    towards = SHARP * np.log(known[:, 0] / known[:, 1]) + LEAD * leads
    first = 1 / (1 + np.exp(-towards))
    return np.stack([sided * first, sided * (1 - first), 1 - sided], axis=1).astype(np.float32)


def side_of(probabilities: Vectors) -> tuple[Stance, float]:
    """The side of these probabilities of ``SIDES``, and how sure it is; unclear where none of the two is likely."""
    likely = int(probabilities[:2].argmax())
    if probabilities[likely] < SURE:
        return Stance.UNCLEAR, float(1 - probabilities[:2].sum())
    return SIDES[likely], float(probabilities[likely])
