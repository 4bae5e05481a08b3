"""Suites to reports: each on a fresh library of its own corpus, which is removed afterwards."""

from __future__ import annotations

import hashlib
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import TypeAlias

from assistant.build import Assistant, build_assistant, build_embedder
from assistant.embedding import Embedder, Identity
from assistant.errors import DocumentMissing
from assistant.library.library import Library
from assistant.settings import Settings
from assistant.types import Answer, Document, Searched, Verdict
from eval import scorers, suites
from eval.cases import Case
from eval.gold import Cited, Located, locate
from eval.metrics import Measure, Score, measure
from eval.suites import Suite
from ingest.sync import sync

Progress: TypeAlias = Callable[[str, int, int], None]  # suite, cases done, cases in all


@dataclass(frozen=True, slots=True)
class Result:
    """One case, what came back, and what it got; ``error`` when it crashed, and then there are no scores."""

    case: Case
    gold: tuple[Located, ...]
    came_back: Answer | Verdict | None
    error: str | None
    cited: tuple[Cited, ...]
    scores: tuple[Score, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class MadeWith:
    """What a report's numbers depend on, besides the code."""

    embedder: Identity
    passage_words: int
    weights_sha256: str  # of the evidence model
    model: str | None
    searched: Searched


@dataclass(frozen=True, slots=True)
class Report:
    """A suite's results in the order of its cases; ``failed`` names what did not go into the library, and why."""

    suite: Suite
    results: tuple[Result, ...]
    made_with: MadeWith
    failed: tuple[str, ...]
    seconds: float

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of cases, in the order met."""
        return tuple(dict.fromkeys(result.case.kind for result in self.results))

    @property
    def errors(self) -> tuple[Result, ...]:
        """The cases that crashed."""
        return tuple(result for result in self.results if result.error)

    @property
    def lost(self) -> tuple[tuple[str, str], ...]:
        """Gold that no answer can cite, since it is not in the kept text: the case, and why."""
        return tuple((result.case.id, gold.why) for result in self.results for gold in result.gold if gold.why)

    def measures(self, names: Sequence[str], kind: str | None = None) -> tuple[Measure, ...]:
        """These measures over the cases of one kind, or over all."""
        those = [score for one in self.results if kind in (None, one.case.kind) for score in one.scores]
        return tuple(measure(name, those) for name in names)


def run_suites(
    paths: Sequence[Path],
    settings: Settings,
    *,
    embedder: Embedder | None = None,
    progress: Progress | None = None,
) -> list[Report]:
    """A report for each suite. All are loaded before the first is run, so that a faulty one costs no time.

    Raises:
        CaseError: a suite cannot be understood, or its corpus or a quote is missing.
    """
    loaded = [suites.load(path) for path in paths]
    embedder = embedder or build_embedder(settings)
    return [_run(suite, settings, embedder, progress) for suite in loaded]


def _run(suite: Suite, settings: Settings, embedder: Embedder, progress: Progress | None) -> Report:
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="pushback-eval-") as home:
        fresh = settings.model_copy(update={"home": Path(home), "library": "eval", "chroma_url": None})
        with Library.open(fresh, embedder, create=True) as library:
            synced = sync([suite.corpus], library, fresh, embedder, None)
        results: list[Result] = []
        with build_assistant(fresh, embedder) as assistant:
            for case in suite.cases:
                results.append(_run_case(case, assistant))
                if progress:
                    progress(suite.name, len(results), len(suite.cases))
            searched = assistant.library.searched()
    made_with = MadeWith(embedder.identity, settings.passage_words, _weights(), settings.model, searched)
    failed = tuple(f"{one.source}: {one.reason}" for one in synced.failed)
    return Report(suite, tuple(results), made_with, failed, time.perf_counter() - started)


def _run_case(case: Case, assistant: Assistant) -> Result:
    gold = locate(case.gold, partial(_find, assistant.library))
    started = time.perf_counter()
    came_back: Answer | Verdict | None = None
    error = None
    try:
        came_back = assistant.ask(case.asked, case.turns) if case.question else assistant.challenge(case.asked)
    except Exception as exc:  # a crash is this case's result; the other cases still have theirs
        error = f"{type(exc).__name__}: {exc}"
    seconds = time.perf_counter() - started
    cited, scores = _judged(case, came_back, gold, assistant.library)
    return Result(case, gold, came_back, error, cited, scores, seconds)


def _judged(
    case: Case, came_back: Answer | Verdict | None, gold: tuple[Located, ...], library: Library
) -> tuple[tuple[Cited, ...], tuple[Score, ...]]:
    match came_back:
        case None:
            return (), ()
        case Answer():
            asked = scorers.Asked(case, came_back, gold, library.quote)
            return asked.cited, scorers.score_question(asked)
        case Verdict():
            supports, challenges = gold[: len(case.supports)], gold[len(case.supports) :]
            cited = scorers.findings(came_back, supports, challenges, library.quote)
            return cited, scorers.score_idea(cited, supports, challenges)


def _find(library: Library, source: str) -> Document | None:
    try:
        return library.document(source)
    except DocumentMissing:
        return None


def _weights() -> str:
    return hashlib.sha256(files("assistant.evidence").joinpath("relevance.json").read_bytes()).hexdigest()
