"""Make a trained model's scores probabilities, and choose from where one acts on them, on the corpora set apart for it.

    python -m eval.training.fit --work DIR --base FOLDER --trained DIR/minilm/own/model.pt > told.json

Labels of the threshold corpora (``labelling/split.toml``) and nothing else are looked at.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression

from assistant.evidence.network import PassageNetwork
from eval.training.examples import read
from eval.training.measures import Rows, by_asked, scored, told

RIGHT = 0.85  # share of the sides said that are right
SHOWN = 0.8  # share of the passages shown for an idea that bear on it
MOST = 12  # passages shown for an idea
REFUSED = 3.0  # cost of refusing what is answered beside that of showing what does not answer
NEAR = 0.01  # probability of an answer from which what is closest is worth showing


def main() -> None:
    """Print what is to be written beside the weights."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--trained", type=Path, required=True)
    given = parser.parse_args()
    model = PassageNetwork(given.base)
    model.load_state_dict(torch.load(given.trained))
    rows = scored(model, read(given.work / "examples/thresholds.jsonl"))
    print(json.dumps(told(rows)), file=sys.stderr)
    print(json.dumps(fitted(rows)))


def fitted(rows: Rows) -> dict[str, Any]:
    """Scales and thresholds."""
    questions = [r for r in rows if r.one.kind == "question"]
    ideas = [r for r in rows if r.one.kind == "idea"]
    question, idea = platt(questions), platt(ideas)
    warmth = temperature(ideas)
    return {
        "question": {"fits": question, "temperature": 1.0},
        "idea": {"fits": idea, "temperature": warmth},
        "acts": {
            "answer": answer_from(questions, question),
            "near": NEAR,
            "bears": bears_from(ideas, idea),
            "side": side_from(ideas, warmth),
        },
    }


def platt(rows: Rows) -> tuple[float, float]:
    """Slope and shift of the log odds that a passage fits (Platt 1999)."""
    odds = np.array([[log_odds(1 - r.passage[0])] for r in rows])
    model = LogisticRegression(C=1e6).fit(odds, [r.one.label != "no" for r in rows])
    return round(float(model.coef_[0, 0]), 4), round(float(model.intercept_[0]), 4)


def log_odds(p: float) -> float:
    """Of a probability."""
    p = min(max(float(p), 1e-6), 1 - 1e-6)
    return float(np.log(p / (1 - p)))


def fits(p: float, scale: tuple[float, float]) -> float:
    """The calibrated probability."""
    return float(1 / (1 + np.exp(-(scale[0] * log_odds(p) + scale[1]))))


def temperature(ideas: Rows) -> float:
    """Of the sides of what bears: the one under which the labels are likeliest (Guo et al. 2017)."""
    known = [r for r in ideas if r.one.label in ("supports", "challenges", "unclear")]
    truth = np.array([("supports", "challenges", "unclear").index(r.one.label) for r in known])
    logs = np.log(np.stack([r.passage[1:] for r in known]) + 1e-9)

    def loss(t: float) -> float:
        cool = logs / t
        cool = cool - np.log(np.exp(cool).sum(1, keepdims=True))
        return float(-cool[np.arange(len(truth)), truth].mean())

    return min((round(0.5 + 0.1 * n, 1) for n in range(40)), key=loss)


def answer_from(questions: Rows, scale: tuple[float, float]) -> float:
    """The probability of the best passage from which to answer costs least: to refuse what is answered, at least in
    part, costs ``REFUSED`` times what it costs to show what does not answer."""
    truth, best = [], []
    for own in by_asked(questions).values():
        truth.append(any(r.one.label != "no" for r in own))
        best.append(max(fits(1 - r.passage[0], scale) for r in own))
    there, score = np.array(truth), np.array(best)

    def worth(at: float) -> float:
        return float(REFUSED * (score[there] >= at).mean() + (score[~there] < at).mean())

    chosen = max((round(0.01 * n, 2) for n in range(1, 51)), key=worth)
    right, refused = (score[there] >= chosen).mean(), (score[~there] < chosen).mean()
    print(f"from {chosen}: {right:.3f} answered, {refused:.3f} refused rightly, of {len(there)}", file=sys.stderr)
    return chosen


def bears_from(ideas: Rows, scale: tuple[float, float]) -> float:
    """The least probability from which ``SHOWN`` of the passages shown bear on their idea."""
    for at in (round(0.05 * n, 2) for n in range(4, 18)):
        shown = [
            r
            for own in by_asked(ideas).values()
            for r in sorted(own, key=lambda r: r.passage[0])[:MOST]
            if fits(1 - r.passage[0], scale) >= at
        ]
        right = float(np.mean([r.one.label != "no" for r in shown])) if shown else 1.0
        found = sum(r.one.label != "no" for r in shown) / sum(r.one.label != "no" for r in ideas)
        print(f"bears from {at}: right {right:.3f}, found {found:.3f}, {len(shown)} shown", file=sys.stderr)
        if right >= SHOWN:
            return at
    return 0.85


def side_from(ideas: Rows, warmth: float) -> float:
    """The least probability of a side from which ``RIGHT`` of those said are right."""
    odds = np.stack([r.passage[1:] for r in ideas]) ** (1 / warmth)
    odds /= odds.sum(1, keepdims=True)
    for at in (round(0.4 + 0.02 * n, 2) for n in range(28)):
        hits = [
            ("supports", "challenges")[int(p[:2].argmax())] == r.one.label
            for r, p in zip(ideas, odds, strict=True)
            if r.one.label in ("supports", "challenges", "unclear") and p[:2].max() >= at
        ]
        of = sum(r.one.label in ("supports", "challenges", "unclear") for r in ideas)
        print(f"side from {at}: right {np.mean(hits):.3f}, said of {len(hits) / of:.3f}", file=sys.stderr)
        if hits and np.mean(hits) >= RIGHT:
            return at
    return 0.95


if __name__ == "__main__":
    main()
