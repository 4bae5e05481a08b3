"""On which side a sentence leans: the stance model's word, weighed with likeness and with words of misgiving. Pure.

``python -m eval.benchmarks.sides SUITE… --fit`` fits the weights anew to a stance model.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from assistant.embedding import Vectors
from assistant.evidence.stance import SIDES
from assistant.types import Stance

SURE = 0.55  # probability from which a side is taken
CLEAR = 0.6  # probability of either side from which the stance model's doubt takes nothing away
SHARP = 2.0  # weight of the stance model's lead, as log odds
LEAD = 6.0  # and of a lead in likeness (a cosine)
# And of each word of misgiving: by the stance model alone 0.53 of the sides of 135 sentences on 28 ideas are right,
# by both 0.64 (each idea judged by what the others gave). On the 65 of our two suites' ideas alone it is 0.57 and 0.54,
# so a better stance model would end the words.
MISGIVING = 0.8
# Towards the idea where there is none; below the log odds of ``SURE``, so that it alone takes no side.
TRUSTING = 0.15
MOST = 3  # words of misgiving that count
_MISGIVING = re.compile(
    r"\b(?:not|no|never|none|nothing|without|cannot|hardly|fail\w*|wrong|avoid\w*|defunct|cost\w*|expensive|dearer|los[et]\w*|"
    r"loss\w*|drop\w*|fell|fall\w*|worse|worst|declin\w*|less|fewer|waste\w*|problem\w*|mistakes?|confus\w*|push\w*|struggl\w*|"
    r"hard|difficult|too|slow\w*|ignored?|only|but|however|instead|stop\w*|resist\w*|disappear\w*|locked?|ceiling|terrible|"
    r"cancel\w*|nobody|no one)\b|n['’]t\b",
    re.I,
)


def leant(odds: Vectors, leads: Vectors, misgivings: Vectors) -> Vectors:
    """The odds of the sides (texts, 3), where likeness to either side of a lens has its say beside the stance model,
    and so have the words of misgiving, which speak against an idea more often than for it."""
    sided = np.minimum(odds[:, :2].sum(axis=1) / CLEAR, 1)
    towards = SHARP * (odds[:, 0] - odds[:, 1]) + LEAD * leads + TRUSTING - MISGIVING * np.minimum(misgivings, MOST)
    first = 1 / (1 + np.exp(-towards))
    return np.stack([sided * first, sided * (1 - first), 1 - sided], axis=1).astype(np.float32)


def misgivings(texts: Sequence[str]) -> Vectors:
    """How many words of misgiving each text holds (texts,)."""
    return np.array([len(_MISGIVING.findall(text)) for text in texts], dtype=np.float32)


def side_of(probabilities: Vectors) -> tuple[Stance, float]:
    """The side of these probabilities of ``SIDES``, and how sure it is; unclear where none of the two is likely."""
    likely = int(probabilities[:2].argmax())
    if probabilities[likely] < SURE:
        return Stance.UNCLEAR, float(1 - probabilities[:2].sum())
    return SIDES[likely], float(probabilities[likely])
