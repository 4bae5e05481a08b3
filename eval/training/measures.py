"""Measures how well the evidence model reads examples: does a passage answer or is it relevant, which side, which
sentence?
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from sklearn.metrics import average_precision_score, roc_auc_score

from assistant.evidence.network import PassageNetwork
from eval.training.examples import Example

TOKENS = 4_096
Rows = list["Read"]


class Read(NamedTuple):
    """An example that the model has read (``one``), and the probability that the model gives each label. ``passage``
    has these probabilities for the whole passage, as an array of shape (labels,); ``sentences`` has them for each
    sentence, as an array of shape (sentences, labels).
    """

    one: Example
    passage: np.ndarray
    sentences: np.ndarray


@torch.inference_mode()
def scored(model: PassageNetwork, examples: Sequence[Example]) -> Rows:
    """Let the model read the examples, and return each with the probabilities of its labels."""
    model.eval()
    pairs = [model.pair(one.kind, one.first, one.second, one.spans) for one in examples]
    order = sorted(range(len(pairs)), key=lambda i: -len(pairs[i].tokens))
    found: dict[int, Read] = {}
    batch: list[int] = []
    for place, i in enumerate(order):
        batch.append(i)
        last = place + 1 == len(order)
        if last or (len(batch) + 1) * len(pairs[batch[0]].tokens) > TOKENS:
            with torch.autocast("cpu", torch.bfloat16):
                scores = model([pairs[j] for j in batch])
            answers, bears = (part.float().softmax(1).cpu().numpy() for part in scores)
            at = 0
            for j in batch:
                odds = answers if examples[j].kind == "question" else bears
                end = at + len(pairs[j].spans)
                found[j] = Read(examples[j], odds[at], odds[at + 1 : end])
                at = end
            batch = []
    return [found[i] for i in range(len(examples))]


def measured(model: PassageNetwork, examples: Sequence[Example]) -> dict[str, Any]:
    """Let the model read the examples, and return its measures (such as average precision) by name, as the function
    ``all_measures`` computes them.
    """
    return all_measures(scored(model, examples))


def all_measures(rows: Rows) -> dict[str, Any]:
    """Compute all measures of a model, and return them by name. ``rows`` has labelled examples, each with what the
    model predicted for it. A measure for which there are no suitable rows is missing from the result, or NaN. The
    result also has the key ``of``: a list of the number of rows on questions and the number of rows on ideas."""
    questions = [r for r in rows if r.one.kind == "question"]
    ideas = [r for r in rows if r.one.kind == "idea"]
    measures: dict[str, tuple[Callable[[Rows], float], Rows]] = {
        "answers_auroc": (answers_auroc, questions),
        "first": (lambda r: among(r, 1), questions),
        "first3": (lambda r: among(r, 3), questions),
        "answerable_auroc": (answerable_auroc, questions),
        "sentence": (best_sentence, questions),
        "bears_auroc": (bears_auroc, ideas),
        "bears_ap": (bears_ap, ideas),
        "side": (side, ideas),
        "side_sure": (lambda r: side(r, 0.85), ideas),
        "share_sure": (lambda r: share(r, 0.85), ideas),
    }
    out: dict[str, Any] = {}
    for name, (measure, those) in measures.items():
        try:
            out[name] = round(float(measure(those)), 3)
        except ValueError:
            continue
    out["of"] = [len(questions), len(ideas)]
    return out


def answers_auroc(rows: Rows) -> float:
    """How well the model tells passages that answer their question from passages that do not, as AUROC. Passages that
    answer it only in part are left out.
    """
    known = [r for r in rows if r.one.label in ("answers", "no")]
    return float(roc_auc_score([r.one.label == "answers" for r in known], [1 - r.passage[0] for r in known]))


def among(rows: Rows, first: int) -> float:
    """The share of questions for which a passage that answers is among the ``first`` passages that the model ranks
    highest. Questions without an answering passage are left out, and so are questions that have at most ``first``
    passages. NaN if no questions remain.
    """
    hits = []
    for own in by_asked(rows).values():
        if len(own) > first and any(r.one.label == "answers" for r in own):
            best = sorted(own, key=lambda r: -(r.passage[2] + r.passage[1] / 2))[:first]
            hits.append(any(r.one.label == "answers" for r in best))
    return float(np.mean(hits)) if hits else float("nan")


def answerable_auroc(rows: Rows) -> float:
    """How well the model's score of a question's best passage tells questions that have an answer from questions that
    have none, as AUROC. Questions that are answered only in part are left out.
    """
    truth, score = [], []
    for own in by_asked(rows).values():
        labels = {r.one.label for r in own}
        if "partly" in labels and "answers" not in labels:
            continue
        truth.append("answers" in labels)
        score.append(max(r.passage[2] + r.passage[1] / 2 for r in own))
    return float(roc_auc_score(truth, score))


def best_sentence(rows: Rows) -> float:
    """Of the passages that answer their question, the share in which the sentence that the model ranks first answers
    it. Only passages with several sentences count, and only if it is known which of these answer. NaN if there are
    none.
    """
    hits = [
        r.one.told[int(np.argmax(1 - r.sentences[:, 0]))] == "answers"
        for r in rows
        if r.one.label == "answers" and len(r.one.told) > 1 and "answers" in r.one.told
    ]
    return float(np.mean(hits)) if hits else float("nan")


def _bearing(rows: Rows) -> tuple[list[bool], list[float]]:
    known = [r for r in rows if r.one.label != "no side"]
    return [r.one.label != "no" for r in known], [1 - r.passage[0] for r in known]


def bears_auroc(rows: Rows) -> float:
    """How well the model tells passages that are relevant to their idea from passages that are not, as AUROC. Passages
    with the label ``no side`` are left out, since it is not known whether they are relevant.
    """
    return float(roc_auc_score(*_bearing(rows)))


def bears_ap(rows: Rows) -> float:
    """How well the model ranks passages that are relevant to their idea above passages that are not, as average
    precision. Passages with the label ``no side`` are left out, since it is not known whether they are relevant.
    """
    return float(average_precision_score(*_bearing(rows)))


def _sided(rows: Rows) -> list[tuple[bool, float]]:
    """For each passage labelled with one side: whether the likelier side is right, and the probability of that side."""
    return [
        ((r.passage[1] > r.passage[2]) == (r.one.label == "supports"), max(r.passage[1:3]) / r.passage[1:].sum())
        for r in rows
        if r.one.label in ("supports", "challenges")
    ]


def side(rows: Rows, sure: float = 0.0) -> float:
    """The share of passages that the model puts on the right side of their idea, among the passages that people
    labelled as for or against it. A passage counts only if the model gives its likelier side a probability of at least
    ``sure``; this is the probability under the assumption that the passage is relevant. NaN if no passage counts.
    """
    kept = [right for right, p in _sided(rows) if p >= sure]
    return float(np.mean(kept)) if kept else float("nan")


def share(rows: Rows, sure: float) -> float:
    """Of the passages that people labelled as for or against their idea, the share for which the model gives the
    likelier side a probability of at least ``sure``. This is the probability under the assumption that the passage is
    relevant. NaN if no passage has such a label.
    """
    return float(np.mean([p >= sure for _, p in _sided(rows)]))


def by_asked(rows: Rows) -> dict[str, Rows]:
    """Group the rows by the id of their question or idea."""
    of: dict[str, Rows] = defaultdict(list)
    for r in rows:
        of[r.one.asked].append(r)
    return of
