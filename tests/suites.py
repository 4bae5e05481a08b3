"""Suites that tests of the harness share: a small one with real documents, and records that were never run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from assistant.types import Searched
from eval.gate.summary import RunSummary, summarise
from eval.numbers.metrics import Score
from eval.running.records import CaseOutcome, Record
from eval.running.run import Run
from eval.suite.cases import Case, Gate
from eval.suite.suite import Suite

FORD = "The Runabout cost $260 in 1925. A cheaper Runabout is the best way to reach more people."
LAMPS = "The blue lamp costs forty dollars. The red lamp costs fifty dollars."
BRANDS = "Brands are slow to build, and it takes years until people know them."
SUITE = """
name: small
corpus: documents
cases:
  - id: fact-price
    question: What did the Runabout cost in 1925?
    answer: ["$260"]
    evidence:
      - {source: ford.txt, quote: "The Runabout cost $260 in 1925."}
  - id: fact-brands
    question: Why are brands slow to build?
    answer: ["years"]
    evidence:
      - {source: page.txt, quote: "it takes years until people know them"}
  - id: multi-lamps  # more than a parrot says
    question: What do the blue lamp and the red lamp cost?
    answer: ["forty", "fifty"]
    require: all
    evidence:
      - {source: lamps.txt, quote: "The blue lamp costs forty dollars."}
      - {source: lamps.txt, quote: "The red lamp costs fifty dollars."}
  - {id: none-moon, question: "How far is the moon from Jupiter?", refuse: true}
  - id: idea-cheaper
    idea: A cheaper Runabout will reach more people.
    negated: A cheaper Runabout will not reach more people.
    supports:
      - {source: ford.txt, quote: "A cheaper Runabout is the best way to reach more people."}
"""


def write_small(folder: Path, text: str = SUITE, **documents: str) -> Path:
    """The small suite in ``folder``, with these documents besides its own."""
    corpus = folder / "documents"
    corpus.mkdir(exist_ok=True)
    own = {
        "ford.txt": f"Ford and prices\n\n{FORD}\n",
        "page.txt": f"Brands\n\n{BRANDS}\n",
        "lamps.txt": f"Lamps\n\n{LAMPS}\n",
    }
    for name, words in {**own, **documents}.items():
        (corpus / name).write_text(words, encoding="utf-8")
    path = folder / "small.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def make_record(id: str, outcome: CaseOutcome = CaseOutcome.RIGHT, **more: Any) -> Record:
    """A record of a question that was right or wrong."""
    value = float(outcome is CaseOutcome.RIGHT)
    scores = (
        ()
        if outcome is CaseOutcome.ERROR
        else (Score("grounded within budget", value, "" if value else "not said: “x”"),)
    )
    error = "ValueError: broken" if outcome is CaseOutcome.ERROR else None
    kind = id.partition("-")[0]
    return Record(id, kind, "Why?", outcome, cluster=id, error=error, **{"scores": scores, **more})


def make_run(*records: Record, selected: int | None = None, **more: Any) -> Run:
    """A run that came to these records."""
    cases = tuple(Case(id=record.id, question="Why?", refuse=True) for record in records)
    suite = Suite("tiny", Path("tiny.yaml"), Path("documents"), cases, more.pop("gate", Gate()), "ab" * 32)
    parts: dict[str, Any] = {"sentinels": {}, "checked": 0, "differing": (), "failed": (), "timings_ms": {}, **more}
    return Run(suite, len(cases) if selected is None else selected, records, searched=Searched(1, 2), **parts)


def make_summary(*records: Record, **more: Any) -> RunSummary:
    """The numbers of such a run."""
    profile = more.pop("profile", "offline")
    return summarise(make_run(*records, **more), profile)
