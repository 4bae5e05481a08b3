"""Measure the shipped head on the development files, and write the model's card: ``CARD.json``, ``CARD.md`` and
``calibration.svg`` in ``assistant/evidence``.

    OMP_NUM_THREADS=2 .venv/bin/python -m eval.training.card --data ../shared/data

``--fit`` first chooses the stance head's temperature (Guo et al. 2017, arXiv:1706.04599) on one half of the held-out
pairs by their log loss and writes it into the weights' file; calibration is told on the other half. Intervals are 95 %,
by bootstrap over claims. Twenty minutes on two slow cores.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from string import Template
from typing import Any, NamedTuple

import numpy as np
from safetensors.numpy import load_file, save_file
from sklearn.metrics import f1_score, roc_auc_score

from assistant.embedding import Vectors
from assistant.evidence import trained
from assistant.evidence.trained import TrainedHead, TrainedStance
from eval.statistics import expected_calibration_error
from eval.training.stance import LABELS, Said, fifth, gathered, lensed, ours
from ingest import sentences

HERE = Path(trained.__file__).parent
SEED, DRAWS, BINS = 7, 500, 10
SETS = ("perspectrum", "argkp", "healthver", "climate_fever", "own", "lens", "new lens")


class Judged(NamedTuple):
    """Held-out pairs of one set with their logits (pairs, 3)."""

    said: list[Said]
    logits: Vectors


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--fit", action="store_true", help="Choose the temperature first.")
    given = parser.parse_args()
    judged = dict(stance_pairs(given.data))
    if given.fit:
        temperature = fitted(judged)
        print("temperature", temperature, flush=True)
        _rewrite("stance", temperature=temperature)
    temperature = TrainedHead("stance").told["temperature"]
    told = {
        "sha256": {
            path.stem: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted((HERE / "weights").iterdir())
        },
        **{of: macro_f1(one) for of, one in judged.items()},
        **calibration(judged, temperature),
        **support(given.data),
    }
    (HERE / "CARD.json").write_text(json.dumps(told, indent=1) + "\n", "utf-8")
    (HERE / "CARD.md").write_text(card(told), "utf-8")
    print(json.dumps(told, indent=1))


def stance_pairs(data: Path) -> Iterator[tuple[str, Judged]]:
    """Each set's held-out pairs, read."""
    head = TrainedHead("stance")
    parts = {of: said for (of, part), said in (*gathered(data), *ours(), *lensed()) if part == "dev"}
    for of in SETS:
        by_claim: dict[str, list[Said]] = {}
        for one in parts[of]:
            by_claim.setdefault(one.claim, []).append(one)
        logits = [row for claim, those in by_claim.items() for row in head.scores(claim, [s.text for s in those])]
        yield of, Judged([s for those in by_claim.values() for s in those], np.concatenate(logits))


def macro_f1(one: Judged) -> dict[str, Any]:
    """Of two classes where the set has no neutral, else of three."""
    truth = np.array([LABELS.index(s.label) for s in one.said])
    three = bool((truth == 2).any())
    guess = one.logits.argmax(1) if three else one.logits[:, :2].argmax(1)
    found = interval([s.claim for s in one.said], lambda at: f1_score(truth[at], guess[at], average="macro"))
    sided = truth < 2
    right = one.logits[sided, :2].argmax(1) == truth[sided]
    return {"macro_f1": found, "classes": 2 + three, "side": round(float(right.mean()), 3), "of": len(truth)}


def fitted(judged: Mapping[str, Judged]) -> float:
    """The temperature with the least log loss on one half, each set weighing the same."""
    grid = np.arange(0.5, 3.01, 0.05)

    def loss(temperature: float) -> float:
        losses = []
        for one in judged.values():
            half = _half(one, 0)
            truth = np.array([LABELS.index(s.label) for s in one.said])[half]
            losses.append(-np.log(_softmax(one.logits[half] / temperature)[np.arange(len(truth)), truth] + 1e-9).mean())
        return float(np.mean(losses))

    return round(float(min(grid, key=loss)), 2)


def calibration(judged: Mapping[str, Judged], temperature: float) -> dict[str, Any]:
    """How often the likeliest side is right, by how likely it was called; and the plot of it."""
    sure, right = [], []
    for one in judged.values():
        half = _half(one, 1)
        odds = _softmax(one.logits[half] / temperature)
        truth = np.array([LABELS.index(s.label) for s in one.said])[half]
        sure += list(odds.max(1))
        right += list(odds.argmax(1) == truth)
    (HERE / "calibration.svg").write_text(plot(np.array(sure), np.array(right)), "utf-8")
    ece = expected_calibration_error([float(p) for p in sure], [bool(r) for r in right], BINS)
    return {"stance, ECE": {"value": round(ece or 0.0, 4), "of": len(sure), "temperature": temperature}}


def support(data: Path) -> dict[str, Any]:
    """WiCE: whether a passage supports a claim, by its most supporting sentence."""
    model = TrainedStance()
    truth, scores = [], []
    for one in _lines(data / "support/wice.jsonl"):
        if one["label"] == "partial":
            continue
        said = [one["text"][span.start : span.end] for span in sentences.spans(one["text"])] or [one["text"]]
        truth.append(one["label"] == "supported")
        scores.append(float(model.sides(one["claim"], said)[:, 0].max()))
    found = interval(list(map(str, range(len(truth)))), lambda at: _auroc(np.array(truth)[at], np.array(scores)[at]))
    return {"wice, AUROC": {**found, "of": len(truth)}}


def card(told: Mapping[str, Any]) -> str:
    """The card for people: what was measured, set into ``card.md``."""
    rows = []
    for name, one in told.items():
        if name == "sha256":
            continue
        value = one.get("macro_f1", one)
        between = f"{value['low']:.3f} to {value['high']:.3f}" if "low" in value else ""
        what = f"macro-F1 of {one['classes']} classes" if "classes" in one else ""
        also = ", ".join(f"{key} {one[key]}" for key in ("side", "AUROC", "ECE", "temperature") if key in one)
        rows.append(f"| {name} | {what} | {value['value']:.3f} | {between} | {one['of']} | {also} |")
    digests = "\n".join(f"- `{name}.safetensors`: `{digest}`" for name, digest in told["sha256"].items())
    template = Template(Path(__file__).with_name("card.md").read_text("utf-8"))
    return template.substitute(measures="\n".join(rows), digests=digests)


def interval(clusters: Sequence[str], value: Callable[[Any], float]) -> dict[str, float]:
    """The value of all, and its 95 % interval where whole clusters are drawn again."""
    of: dict[str, list[int]] = {}
    for place, name in enumerate(clusters):
        of.setdefault(name, []).append(place)
    groups = [np.array(those) for those in of.values()]
    rng = np.random.default_rng(SEED)
    drawn = [
        value(np.concatenate([groups[i] for i in rng.integers(len(groups), size=len(groups))])) for _ in range(DRAWS)
    ]
    low, high = np.nanquantile(drawn, [0.025, 0.975])
    whole = value(np.arange(len(clusters)))
    return {"value": round(float(whole), 3), "low": round(float(low), 3), "high": round(float(high), 3)}


def plot(sure: Vectors, right: Vectors) -> str:
    """Bins of ten of how sure it was against how often it was right, as an SVG of 320 by 320."""
    points = []
    for low in np.arange(0, 1, 0.1):
        inside = (sure >= low) & (sure < low + 0.1 + 1e-9)
        if inside.sum() >= 20:
            x, y = float(sure[inside].mean()), float(right[inside].mean())
            points.append((40 + 260 * x, 290 - 260 * y, f"{inside.sum()} pairs: called {x:.2f}, right {y:.2f}"))
    dots = "".join(f'<circle cx="{x:.0f}" cy="{y:.0f}" r="5"><title>{label}</title></circle>' for x, y, label in points)
    line = " ".join(f"{x:.0f},{y:.0f}" for x, y, _ in points)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 320" font-family="sans-serif" font-size="12">'
        "<title>How often the side is right, by how sure the model is of it</title>"
        '<rect width="320" height="320" fill="#fff"/><path d="M40 30V290H300" fill="none" stroke="#555"/>'
        '<path d="M40 290L300 30" stroke="#bbb" stroke-dasharray="4"/>'
        f'<polyline points="{line}" fill="none" stroke="#0b6e99" stroke-width="2"/><g fill="#0b6e99">{dots}</g>'
        '<text x="170" y="312" text-anchor="middle">called</text><text x="14" y="160">right</text>'
        '<text x="36" y="304" text-anchor="end">0</text><text x="304" y="304">1</text>'
        '<text x="32" y="36" text-anchor="end">1</text></svg>\n'
    )


def _half(one: Judged, which: int) -> Any:
    return np.array([fifth(f"half {s.claim}{s.text}") % 2 == which for s in one.said])


def _auroc(truth: Any, scores: Any) -> float:
    return float(roc_auc_score(truth, scores)) if 0 < truth.sum() < len(truth) else float("nan")


def _softmax(logits: Vectors) -> Vectors:
    odds: Vectors = np.exp(logits - logits.max(axis=1, keepdims=True))
    return odds / odds.sum(axis=1, keepdims=True)


def _rewrite(name: str, **told: Any) -> None:
    path = HERE / "weights" / f"{name}.safetensors"
    kept = {**TrainedHead(name).told, **told}
    save_file(load_file(path), path, {key: json.dumps(value) for key, value in kept.items()})
    print(name, hashlib.sha256(path.read_bytes()).hexdigest())


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


if __name__ == "__main__":
    main()
