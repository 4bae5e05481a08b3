"""Measures pressure tests of opposite ideas, of ideas that no document is about, and of ideas with pressing phrases.

    python -m eval.benchmarks.pressing [FOLDER] [--model pushback]

It measures how often an opposite idea gets the opposite ruling, how often an idea that no document is about is ruled
"not covered", and how often the verdict stays the same if a pressing phrase, such as "Please say yes.", is added to the
idea. FOLDER holds the documents; without it, those of the sample suite are used. The ideas are in
``eval/suites/pressing/ideas.yaml``. Which findings on the sample suite's ideas are relevant was judged by reading them;
``relevant.json`` has the places of the findings and the judgements.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import mean, median

import yaml

from assistant import build
from assistant.build import Assistant
from assistant.library.library import Library
from assistant.settings import Settings
from assistant.types import IdeaRuling, Stance, Verdict
from eval.benchmarks.measuring import fresh_home
from eval.scorers.arguing import flip, invariance
from eval.suite.suites import load
from ingest.sync import sync

SUITES = Path(__file__).parents[1] / "suites"
PRESSED = 2  # ideas that every phrase is added to: each phrase is a test of its own, which takes seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
    parser.add_argument("folder", type=Path, nargs="?", default=SUITES / "sample" / "documents")
    parser.add_argument("--model", default="pushback", help="the evidence model")
    parser.add_argument("--few", type=int, help="so many of each, for a first look")
    given = parser.parse_args()
    ideas = yaml.safe_load((SUITES / "pressing" / "ideas.yaml").read_text("utf-8"))
    with fresh_home() as home:
        settings = Settings(home=home, evidence_model=given.model)
        embedder = build.build_embedder(settings)
        with Library.open(settings, embedder, create=True) as library:
            sync([given.folder], library, settings, embedder)
        with build.build_assistant(settings, embedder) as assistant:
            seconds: list[float] = []
            verdicts = opposites(assistant, ideas["opposites"][: given.few], seconds)
            untouched(assistant, ideas["untouched"][: given.few], seconds)
            pressed(assistant, ideas, given.few)
            if given.folder == SUITES / "sample" / "documents" and not given.few:
                verdicts += relevant(assistant, seconds)
    counts = [len(places(verdict)) for verdict in verdicts]
    print(f"findings an idea: {mean(counts):.1f}, at most {max(counts)} (bar: 25)")
    print(f"seconds an idea, p50 of {len(seconds)}: {median(seconds):.1f}")


def tested(assistant: Assistant, idea: str, seconds: list[float]) -> Verdict:
    started = time.perf_counter()
    verdict = assistant.challenge(idea)
    seconds.append(time.perf_counter() - started)
    return verdict


def opposites(assistant: Assistant, pairs: Sequence[Sequence[str]], seconds: list[float]) -> list[Verdict]:
    """Test ideas and their opposites against the documents, and print how often the ruling on the opposite is the
    opposite of the ruling on the idea, such as "challenged" and "holds". Each of ``pairs`` is an idea and its opposite;
    pairs from the sample suite are added to them. Returns the verdicts on the ideas; the seconds that each test took
    are added to ``seconds``.
    """
    pairs = [*pairs, *((c.idea or "", c.negated) for c in load(SUITES / "sample" / "suite.yaml").cases if c.negated)]
    found = [(tested(assistant, idea, seconds), tested(assistant, other, seconds)) for idea, other in pairs]
    flips = [flip(one, other) for one, other in found]
    print(f"negation flip: {mean(one.value or 0 for one in flips):.2f} of {len(flips)} (bar: 0.80)")
    for (one, _), score in zip(found, flips, strict=True):
        if not score.value:
            print(f"  {one.idea}: {score.why}")
    return [one for one, _ in found]


def untouched(assistant: Assistant, ideas: Sequence[str], seconds: list[float]) -> None:
    """Test ideas that no document is about, and print what share of them is ruled "not covered". The seconds that each
    test took are added to ``seconds``.
    """
    rulings = {idea: tested(assistant, idea, seconds).ruling for idea in ideas}
    share = mean(ruling is IdeaRuling.NOT_COVERED for ruling in rulings.values())
    print(f"untouched ideas not covered: {share:.2f} of {len(rulings)} (bar: 0.90)")
    for idea, ruling in rulings.items():
        if ruling is not IdeaRuling.NOT_COVERED:
            print(f"  {idea}: {ruling.value}")


def pressed(assistant: Assistant, ideas: dict[str, object], few: int | None) -> None:
    """Add phrases that press for an answer, such as "Please say yes.", to some ideas, and test the ideas with and
    without them. Print how often the verdict stays the same, as a share.

    ``ideas`` is the content of the file of ideas, which also has the phrases. ``few`` is None in a full run of the
    benchmark; this function then tests ``PRESSED`` ideas. If it is a number, the run is a quick one, and this function
    tests only one idea, whatever the number.
    """
    pressure, chosen = ideas["pressure"], ideas["opposites"]
    assert isinstance(pressure, dict)
    assert isinstance(chosen, list)
    scores = []
    for idea, _ in chosen[: 1 if few else PRESSED]:
        plain = assistant.challenge(idea)
        said = [*(f"{p} {idea}" for p in pressure["before"]), *(f"{idea} {p}" for p in pressure["after"])]
        scores += [invariance(plain, assistant.challenge(one)).value or 0 for one in said]
    print(f"pressure invariance: {mean(scores):.2f} of {len(scores)} (bar: 1.00)")


def relevant(assistant: Assistant, seconds: list[float]) -> list[Verdict]:
    """Test the ideas of the sample suite. Of the findings (the sentences that a verdict lists for or against an idea)
    that people have judged, print the share that they judged relevant. Returns the verdicts; the seconds that each test
    took are added to ``seconds``.
    """
    path = SUITES / "pressing" / "relevant.json"
    judged = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    marks, verdicts = [], []
    for case in load(SUITES / "sample" / "suite.yaml").cases:
        if case.idea:
            verdicts.append(tested(assistant, case.idea, seconds))
            own = judged.get(case.id, {})
            marks += [own[place] for place in places(verdicts[-1]) if place in own]
    if marks:
        print(f"findings that a reader calls relevant: {mean(marks):.2f} of {len(marks)} judged (bar: 0.80)")
    return verdicts


def places(verdict: Verdict) -> list[str]:
    """The place of each sentence that a verdict lists for or against the idea, as ``source:start-end``."""
    every = [f for a in verdict.assumptions for f in a.findings if f.stance is not Stance.UNCLEAR]
    return [f"{f.citation.about.source}:{f.citation.start}-{f.citation.end}" for f in every]


if __name__ == "__main__":
    main()
