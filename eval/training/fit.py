"""Fits the probability that a passage answers a question, and the threshold from which a question is answered.

    python -m eval.training.fit --work DIR [--write]

The data are only the labelled questions of the threshold corpora (``labelling/split.toml``). The log odds that the
network for questions gives each passage are scaled and shifted to give a probability; slope, shift and threshold are
written beside the weights (``--write``). How good they are is printed for each corpus, with the numbers fitted on the
others.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from safetensors.numpy import load_file, save_file
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from assistant.evidence import reading, shipped
from assistant.evidence.answers import LEAST, calibrated, scores
from assistant.types import Span
from eval.numbers.statistics import expected_calibration_error
from eval.training.examples import Example, read

# Cost of refusing what is answered beside that of showing what does not answer: a reader sees that it does not. The
# threshold is the same from 2.5 on; of 2 and less it is 0.25, at which a third of the suite sample is refused.
REFUSED = 3.0
WEIGHTS = shipped.weights(shipped.QUESTIONS)


class Row(NamedTuple):
    """What the network says of a labelled passage when it reads the passage with its question. ``one`` is the example
    with both, ``probability`` the network's probability that the passage answers the question at least in part, and
    ``rank`` the score by which passages are ranked (higher is better).

    ``is_right_sentence`` says whether the sentence that the network ranks first in the passage answers the question;
    None if that is not known.
    """

    one: Example
    probability: float
    rank: float
    is_right_sentence: bool | None


def main() -> None:
    """Fit the numbers that the network for questions needs: the slope and the shift that calibrate its probabilities,
    and the lowest probability at which a question is answered. Print them, and print to standard error how good they
    are. With ``--write``, they are also stored in the file of the network's weights.
    """
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--write", action="store_true", help="Write it beside the weights.")
    given = parser.parse_args()
    rows = read_all(one for one in read(given.work / "examples/thresholds.jsonl") if one.kind == "question")
    report(rows)
    scale = platt(rows)
    told = {"fits": scale, "answer": answer_from(rows, scale)}
    print(json.dumps(told))
    if given.write:
        save_file(load_file(WEIGHTS), WEIGHTS, {name: json.dumps(value) for name, value in told.items()})


def read_all(examples: Iterable[Example]) -> list[Row]:
    """Let the network for questions read the passage of each example beside its question. Return a ``Row`` for each
    example, with what the network says of it."""
    of: dict[str, list[Example]] = defaultdict(list)
    for one in examples:
        of[one.first].append(one)
    rows = []
    for question, own in of.items():
        passages = [(one.second, tuple(Span(*span) for span in one.spans)) for one in own]
        for one, found in zip(own, reading.read(shipped.QUESTIONS, question, passages), strict=True):
            known = one.label == "answers" and len(one.told) > 1 and "answers" in one.told
            best = one.told[int(scores(found).argmax())] == "answers" if known else None
            rows.append(Row(one, 1 - float(found[0, 0]), float(found[0, 2] + found[0, 1] / 2), best))
    return rows


def platt(rows: Sequence[Row]) -> tuple[float, float]:
    """Fit the slope and the shift that turn the network's log odds into a calibrated probability that a passage answers
    its question at least in part (Platt 1999).
    """
    p = np.clip([row.probability for row in rows], LEAST, 1 - LEAST)
    model = LogisticRegression(C=1e6).fit(np.log(p / (1 - p))[:, None], [row.one.label != "no" for row in rows])
    return round(float(model.coef_[0, 0]), 4), round(float(model.intercept_[0]), 4)


def report(rows: Sequence[Row]) -> None:
    """Print to standard error how well the network tells passages that answer from passages that do not, how well it
    ranks them, and how well its probabilities are calibrated. The probabilities in each corpus are calibrated with the
    slope and the shift that ``platt`` fits on the other corpora.
    """
    corpora = dict.fromkeys(row.one.of for row in rows)
    for corpus in corpora:
        own = [row for row in rows if row.one.of == corpus]
        scale = platt([row for row in rows if row.one.of != corpus] or rows)
        sure = [calibrated(row.probability, *scale) for row in own]
        is_any = [row.one.label != "no" for row in own]
        error = expected_calibration_error(
            [max(p, 1 - p) for p in sure], [(p > 0.5) == it for p, it in zip(sure, is_any, strict=True)], 10
        )
        groups = [group for group in by_question(own) if any(row.one.label == "answers" for row in group)]
        first, three = (np.mean([_is_among(group, k) for group in groups]) for k in (1, 3))
        sentence = [row.is_right_sentence for row in own if row.is_right_sentence is not None]
        print(
            f"{corpus}: {len(own)} passages, AUROC {roc_auc_score(is_any, sure):.3f}, ECE {error or 0:.3f};"
            f" of {len(groups)} questions an answer first {first:.3f}, among three {three:.3f};"
            f" best sentence of a passage that answers {np.mean(sentence):.3f} of {len(sentence)}",
            file=sys.stderr,
        )
    every = by_question(rows)
    truth = [any(row.one.label != "no" for row in group) for group in every]
    best = [max(row.probability for row in group) for group in every]
    print(f"answerable: AUROC {roc_auc_score(truth, best):.3f} of {len(every)}", file=sys.stderr)


def _is_among(group: Sequence[Row], k: int) -> bool:
    best = sorted(group, key=lambda row: -row.rank)[:k]
    return any(row.one.label == "answers" for row in best)


def by_question(rows: Iterable[Row]) -> list[list[Row]]:
    """Group the rows by their question; each list has the rows of one question."""
    of: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        of[row.one.asked].append(row)
    return list(of.values())


def answer_from(rows: Sequence[Row], scale: tuple[float, float]) -> float:
    """The threshold for answering a question: the question is answered if the probability of its best passage is at
    least this threshold, otherwise it is refused. Of several thresholds, the one with the lowest cost is chosen. The
    cost is ``REFUSED`` times the share of refused questions among those that the passages answer at least in part, plus
    the share of answered questions among all others.

    ``scale`` has the slope and the shift that ``platt`` fitted.
    """
    groups = by_question(rows)
    there = np.array([any(row.one.label != "no" for row in group) for group in groups])
    best = np.array([max(calibrated(row.probability, *scale) for row in group) for group in groups])

    def worth(at: float) -> float:
        return float(REFUSED * (best[there] >= at).mean() + (best[~there] < at).mean())

    steps = [round(0.05 * n, 2) for n in range(1, 17)]  # finer ones are noise on 220 questions
    for at in steps:
        print(
            f"from {at}: {(best[there] >= at).mean():.3f} of {there.sum()} answered,"
            f" {(best[~there] < at).mean():.3f} of {(~there).sum()} refused",
            file=sys.stderr,
        )
    return max(steps, key=worth)


if __name__ == "__main__":
    main()
