"""Measures the idea reader on development sets, and writes the models' card (``CARD.json`` and ``CARD.md``).

    OMP_NUM_THREADS=2 python -m eval.training.card --data ../shared/data

Intervals are 95 %, by bootstrap over claims. Ten minutes on two slow cores.
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
from numpy.typing import NDArray
from sklearn.metrics import f1_score

from assistant import evidence
from assistant.evidence.ideas import IdeaReader
from assistant.evidence.stance import whole

HERE = Path(evidence.__file__).parent
SEED, DRAWS, MOST = 7, 500, 600
LABELS = ("support", "oppose")
SETS = ("perspectrum", "argkp", "arct_warrants", "defeasible_nli", "arc_room_for_debate", "fool_me_twice", "snli_slice")


class Judged(NamedTuple):
    """Texts that people judged to be for or against a claim. Each field has one item for each text: its claim, whether
    the text supports it, and the model's log odds that the text supports it (``towards``).
    """

    claims: list[str]
    supports: NDArray[np.bool_]
    towards: NDArray[np.float64]


def main() -> None:
    """Measure on each data set how well the model tells texts for a claim from texts against it, and write the model
    card (a page that describes the model).
    """
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--data", type=Path, required=True)
    given = parser.parse_args()
    weights = sorted((HERE / "weights").iterdir())
    told: dict[str, Any] = {"sha256": {path.stem: hashlib.sha256(path.read_bytes()).hexdigest() for path in weights}}
    for name in SETS:
        told[name] = measured(judged(given.data / "stance", name))
        print(name, told[name], flush=True)
    (HERE / "CARD.json").write_text(json.dumps(told, indent=1) + "\n", "utf-8")
    (HERE / "CARD.md").write_text(card(told), "utf-8")


def judged(folder: Path, name: str) -> Judged:
    """Let the model read at most ``MOST`` texts of a data set, drawn at random from the part on which the model was not
    trained. Returns, for each text, the judgement of people and that of the model. Texts that people judged to be
    neither for nor against their claim are left out. ``folder`` has the data sets, and ``name`` is the name of the one
    to read.
    """
    path = folder / f"{name}-dev.jsonl"
    rows = list(_lines(path if path.exists() else folder / name / "dev.jsonl"))
    sided = [row for row in rows if row["label"] in LABELS and row.get("part", "snli") == "snli"]
    drawn = np.random.default_rng(SEED).permutation(len(sided))[:MOST]
    by_claim: dict[str, list[Any]] = {}
    for row in (sided[i] for i in drawn):
        by_claim.setdefault(row["claim"], []).append(row)
    claims, supports, towards = [], [], []
    for claim, those in by_claim.items():
        texts = [" ".join(row["text"].split()[:150]) for row in those]
        weights = IdeaReader().weigh(claim, [whole(text) for text in texts])
        claims += [claim] * len(those)
        supports += [row["label"] == LABELS[0] for row in those]
        towards += [float(np.log(weight.sides[0] / weight.sides[1])) for weight in weights]
    return Judged(claims, np.array(supports), np.array(towards))


def measured(one: Judged) -> dict[str, Any]:
    """The share of texts that the model puts on the right side of their claim (``side``), and the macro-F1 of the two
    sides (``macro_f1``), both with 95 % intervals; and the number of texts (``of``).
    """
    guess = one.towards > 0
    return {
        "side": interval(one.claims, lambda at: float((guess[at] == one.supports[at]).mean())),
        "macro_f1": interval(one.claims, lambda at: float(f1_score(one.supports[at], guess[at], average="macro"))),
        "of": len(guess),
    }


def card(told: Mapping[str, Any]) -> str:
    """The model card (a page that describes the model) in Markdown. ``told`` has the measures by the name of the data
    set, and the hashes of the files of weights under ``sha256``.
    """
    rows = [
        f"| {name} | {_with_interval(one['side'])} | {_with_interval(one['macro_f1'])} | {one['of']} |"
        for name, one in told.items()
        if name != "sha256"
    ]
    digests = "\n".join(f"- `{name}.safetensors`: `{digest}`" for name, digest in told["sha256"].items())
    template = Template(Path(__file__).with_name("card.md").read_text("utf-8"))
    return template.substitute(measures="\n".join(rows), digests=digests)


def _with_interval(value: Mapping[str, float]) -> str:
    return f"{value['value']:.2f} ({value['low']:.2f} to {value['high']:.2f})"


def interval(clusters: Sequence[str], value: Callable[[Any], float]) -> dict[str, float]:
    """Compute a measure from a list of items, and its 95 % interval by a bootstrap over clusters (groups of related
    items). Returns the measure as ``value``, and the ends of the interval as ``low`` and ``high``.

    ``clusters`` has the name of each item's cluster. The function ``value`` gets the indices of some items, and
    computes the measure from these items.
    """
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


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


if __name__ == "__main__":
    main()
