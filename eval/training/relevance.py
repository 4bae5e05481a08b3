"""Train ``assistant/evidence/relevance.json``: how signals are weighed, and when to refuse.

    OMP_NUM_THREADS=2 .venv/bin/python -m eval.training.relevance --data ../shared/data --work /tmp/relevance

Two sources, no suite among them (but NEAR_MISSES and the threshold of refusal were chosen on ours): SQuAD 2.0
(its dev part, a file an article), and our own questions on the OpenStax *Principles of Marketing*
(``questions.jsonl``: the gold is a place in a section's file, no sentence of the book). Each question is asked of
the whole library, so a sentence competes with what retrieval really finds.
For refusal the negatives are: our unanswerable questions, and every answerable one
of SQuAD with the paragraph that answers it taken away. The near misses (ours, and SQuAD's adversarial ones) count
less: these signals hardly tell them (AUROC 0.55 to 0.65), and a model that tries refuses everything.
Half an hour on two cores; what was embedded and seen is kept in ``--work``, so a second run takes a minute.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import pickle
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from assistant.build import build_embedder
from assistant.evidence import relevance, signals
from assistant.evidence.signals import SIGNALS, look
from assistant.library.library import Library
from assistant.model.embedding import Vectors
from assistant.readers.plain import JUDGED
from assistant.search import question as questions
from assistant.search.question import Question
from assistant.search.retrieval import candidates, spread
from assistant.settings import Settings
from assistant.types import Document
from ingest.sync import sync

NEAR_MISSES = (
    0.3  # weight of the textbook against SQuAD when refusal is learnt; the suites' AUROC: 0.88 at 0 and 1, 0.90 at 0.3
)
SQUAD = 2_000  # questions of it; ours are 900, and more of SQuAD's only pulls the weights to encyclopedias
OUT = Path(relevance.__file__).with_name("relevance.json")


class Asked(NamedTuple):
    """A training question; ``gold`` are stretches of the raw file, ``home`` the stretch to take away."""

    text: str
    source: str
    gold: tuple[str, ...]  # the raw texts, found again in the kept one
    home: str | None
    weight: float


class Row(NamedTuple):
    """What was seen of one question; ``right`` says of each sentence whether it answers."""

    question: Question
    signals: Vectors
    covered: Vectors
    rarity: Vectors
    right: Any
    answerable: bool
    weight: float
    dev: bool
    of: str


def main() -> None:
    """Gather, fit, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    given = parser.parse_args()
    rows = [
        *gathered(given.work, "textbook", given.data / "textbook", ours(given.data / "textbook")),
        *gathered(given.work, "squad", squad_files(given.data, given.work / "squad"), squad(given.data)),
    ]
    kept = fit(rows)
    OUT.write_text(json.dumps(kept, indent=1) + "\n", "utf-8")
    print(json.dumps(kept["measures"], indent=1))


def ours(folder: Path) -> Iterator[Asked]:
    """Our questions on the textbook."""
    paths = {path.name.split("-")[0]: path for path in folder.iterdir()}
    for line in Path(__file__).with_name("questions.jsonl").read_text("utf-8").splitlines():
        asked = json.loads(line)
        raw = paths[asked["source"]].read_text("utf-8")
        gold = tuple(raw[start:end] for start, end in asked["gold"])
        yield Asked(asked["question"], paths[asked["source"]].name, gold, None, 1.0)


def squad(data: Path) -> Iterator[Asked]:
    """SQuAD's, an evenly spread part; an answer counts in its own paragraph only."""
    for part in ("train", "dev"):
        homes = {p["_id"]: p for p in lines(data / f"answering/squad2-{part}-paragraphs.jsonl")}
        every = list(lines(data / f"answering/squad2-{part}-questions.jsonl"))
        for asked in every[:: max(1, len(every) * 2 // SQUAD)]:
            home = homes[asked["passage_id"]]
            answers = tuple(asked["answers"]) if asked["answerable"] else ()
            yield Asked(asked["question"], article_file(home["title"]), answers, home["text"], 1.0 if answers else 0.0)


def squad_files(data: Path, folder: Path) -> Path:
    """The paragraphs of each article as one text file."""
    folder.mkdir(parents=True, exist_ok=True)
    articles: dict[str, list[str]] = {}
    for part in ("train", "dev"):
        for paragraph in lines(data / f"answering/squad2-{part}-paragraphs.jsonl"):
            articles.setdefault(paragraph["title"], []).append(" ".join(paragraph["text"].split()))
    for title, paragraphs in articles.items():
        (folder / article_file(title)).write_text("\n\n".join([title, *paragraphs]), "utf-8")
    return folder


def gathered(work: Path, name: str, folder: Path, asked: Iterator[Asked]) -> list[Row]:
    """What is seen of each question in a library of ``folder``; kept in ``work`` by the code that sees it."""
    seen_by = "".join(Path(str(module)).read_text("utf-8") for module in (signals.__file__, questions.__file__))
    kept = work / f"{name}-{hashlib.sha256(seen_by.encode()).hexdigest()[:12]}.pickle"
    if kept.exists():
        return list(pickle.loads(kept.read_bytes()))
    settings = Settings(home=work / "home", library=name)
    embedder = build_embedder(settings)
    with Library.open(settings, embedder, create=True) as library:
        sync([folder], library, settings, embedder)
        rows = [row for one in asked for row in _rows(one, library, embedder, name)]
    kept.write_bytes(pickle.dumps(rows))
    return rows


def _rows(asked: Asked, library: Library, embedder: Any, of: str) -> Iterator[Row]:
    document = library.document(asked.source)
    home = _place(document, asked.home) if asked.home else (0, len(document.text))
    right_places = places(document, asked)
    if home is None or (asked.gold and not right_places and not asked.home):
        return
    question = questions.read(asked.text)
    vector = embedder.query(asked.text)
    rarity = library.rarity([token.word for token in question.content])
    found = spread(candidates(asked.text, vector, library))
    dev = held_out(asked.source)

    def at_home(passage: Any) -> bool:
        return passage.about.id == document.id and passage.start < home[1] and passage.end > home[0]

    for taken_away in (False, True) if asked.home and asked.gold else (False,):
        left = [c for c in found if not (taken_away and at_home(c.passage))][:JUDGED]
        sight = look(question, vector, left, rarity, embedder)
        if asked.home:
            right = [at_home(s.passage) and any(a in s.text for a in asked.gold) for s in sight.seen]
        else:
            right = [s.passage.about.id == document.id and _covers(s.sentence, right_places) for s in sight.seen]
        answerable = bool(asked.gold) and not taken_away
        yield Row(question, sight.signals, sight.covered, rarity, np.array(right), answerable, asked.weight, dev, of)


def _covers(sentence: Any, places: Sequence[tuple[int, int]]) -> bool:
    def common(place: tuple[int, int]) -> int:
        return max(0, min(sentence.end, place[1]) - max(sentence.start, place[0]))

    return any(common(p) * 2 >= min(p[1] - p[0], sentence.end - sentence.start) for p in places)


def places(document: Document, asked: Asked) -> list[tuple[int, int]]:
    """Where the gold stands in the kept text; what cleaning took away is left out."""
    return [place for quote in asked.gold if (place := _place(document, quote))]


def _place(document: Document, quote: str) -> tuple[int, int] | None:
    match = re.search(r"\s+".join(map(re.escape, quote.split())), document.text)
    return match.span() if match else None


def fit(rows: Sequence[Row]) -> dict[str, Any]:
    """The model and its measures on the held-out files (a quarter, by hash)."""
    weigh = _relevance([r for r in rows if not r.dev])
    measures = {of: _measures([r for r in rows if r.dev and r.of == of], weigh) for of in ("textbook", "squad")}
    return {"relevance": _kept(SIGNALS, weigh), "measures": measures}


def _relevance(rows: Sequence[Row]) -> relevance.Logistic:
    with_gold = [r for r in rows if r.answerable and r.right.any()]
    share = {of: 1 / max(1, sum(r.of == of for r in with_gold)) for of in ("textbook", "squad")}
    weights = np.concatenate([np.full(len(r.right), share[r.of]) for r in with_gold])
    return _logistic(
        np.concatenate([r.signals for r in with_gold]), np.concatenate([r.right for r in with_gold]), weights
    )


def _logistic(inputs: Vectors, right: Any, weights: Vectors) -> relevance.Logistic:
    scaler = StandardScaler().fit(inputs)
    model = LogisticRegression(max_iter=5000, C=1.0)
    model.fit(scaler.transform(inputs), right, sample_weight=weights / weights.mean())
    return relevance.Logistic(
        scaler.mean_, np.where(scaler.scale_ == 0, 1, scaler.scale_), model.coef_[0], float(model.intercept_[0])
    )


def _measures(rows: Sequence[Row], weigh: relevance.Logistic) -> dict[str, float]:
    asked = [r for r in rows if r.answerable]
    ranked = [r.right[np.argsort(-weigh.log_odds(r.signals), kind="stable")] for r in asked]
    nearest = [r.right[np.argsort(-r.signals[:, SIGNALS.index("cosine")], kind="stable")] for r in asked]
    return {
        "questions": len(asked),
        "first sentence right": round(float(np.mean([r[:1].any() for r in ranked])), 3),
        "one of three right": round(float(np.mean([r[:3].any() for r in ranked])), 3),
        "first right by cosine": round(float(np.mean([r[:1].any() for r in nearest])), 3),
    }


def _kept(inputs: Sequence[str], model: relevance.Logistic) -> dict[str, Any]:
    return {
        "inputs": list(inputs),
        "mean": [round(float(x), 6) for x in model.mean],
        "scale": [round(float(x), 6) for x in model.scale],
        "weights": [round(float(x), 6) for x in model.weights],
        "bias": round(model.bias, 6),
    }


def held_out(file: str) -> bool:
    """Whether nothing was trained on this file: so it is of a quarter of them."""
    return int(hashlib.sha256(file.encode()).hexdigest(), 16) % 4 == 0


def lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def article_file(title: str) -> str:
    return re.sub(r"\W+", "_", title) + ".txt"


if __name__ == "__main__":
    main()
