"""From a suite to its verdict: what `pushback eval run` does for each suite, with everything it writes."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from assistant.embedding import Embedder
from assistant.errors import CaseError
from assistant.settings import Settings
from eval import artifacts, baseline, gate, history
from eval.artifacts import Kept
from eval.baseline import Baseline, BaselineMissing
from eval.cases import Case
from eval.compare import Comparison
from eval.lint import unknown_measures
from eval.made_with import made_with
from eval.metrics import Measure
from eval.records import Record
from eval.robustness import robustness
from eval.run import Progress, Run, Wrap, run
from eval.suites import AnyCase, Suite
from eval.summary import summarise

DISTRACTORS = Path(__file__).with_name("suites") / "distractors"
OFFLINE, REPLAY, LIVE = "offline", "llm-replay", "llm-live"


@dataclass(frozen=True, slots=True)
class Options:
    """How a suite is run; the defaults are the gate's.

    ``ids``, ``kinds`` and ``tags`` select cases, any of each; ``limit`` takes so many, evenly spread. ``repeats``
    runs the suite so often, and a case passes that passes ``needed`` times. ``seconds`` is the budget of time.
    """

    out: Path = Path("artifacts/eval")
    baseline: Path | None = None
    jobs: int = 1
    profile: str = OFFLINE
    ids: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    limit: int | None = None
    repeats: int = 1
    needed: int = 1
    seconds: float | None = None
    robustness: bool = False
    distractors: Path = DISTRACTORS


def measure(
    suite: Suite,
    settings: Settings,
    options: Options,
    embedder: Embedder,
    *,
    progress: Progress | None = None,
    wrap: Wrap | None = None,
) -> Kept:
    """Run, judge and write a suite; what was done is kept when it is interrupted.

    Raises:
        CaseError: the gate names a measure that there is none of, or an id is selected that no case has.
    """
    if wrong := list(unknown_measures(suite.path.name, suite.gate)):
        raise CaseError("\n".join(wrong))
    cases = select(suite, options)
    one, spent = _run(suite, settings, options, embedder, cases, progress=progress, wrap=wrap)
    robust: tuple[Measure, ...] = ()
    if options.robustness and not one.interrupted and cases:
        robust = robustness(
            suite, one, settings, embedder=embedder, jobs=options.jobs, distractors=options.distractors, wrap=wrap
        )
    told = summarise(one, options.profile, robust)
    kept, missing = _baseline(suite, options)
    verdict = gate.judge(told, one.records, suite.gate, kept, spent)
    if missing:
        verdict = gate.Verdict((*verdict.checks, gate.Check("baseline", False, missing, gate.Exit.BASELINE)))
    compared = _compared(kept, told.corpus_sha256, one.records)
    result = Kept(told, one.records, verdict, compared, made_with(suite, settings, embedder, options.profile))
    history.put_by(options.out / suite.name)
    artifacts.write(options.out / suite.name, result, one.timings_ms)
    return result


def measure_each(
    suites: Sequence[Suite],
    settings: Settings,
    options: Options,
    embedder: Embedder,
    *,
    models: Sequence[str],
    progress: Progress | None = None,
    wrap: Wrap | None = None,
    after: Callable[[], None] = lambda: None,
) -> list[dict[str, Kept]]:
    """Each suite measured with each evidence model, by its name; stops after a run that was interrupted.

    ``after`` is called after each. What the first model gives is kept in ``options.out``, the others' in folders of
    ``beside`` in it.

    Raises:
        CaseError: as ``measure`` does.
    """
    done: list[dict[str, Kept]] = []
    for suite in suites:
        done.append({})
        for place, model in enumerate(dict.fromkeys(models)):
            chosen = settings.model_copy(update={"evidence_model": model})
            kept_in = options.out / "beside" / (re.sub(r"[^A-Za-z0-9-]+", "-", model).strip("-") or "model")
            own = replace(options, out=kept_in) if place else options
            done[-1][model] = measure(suite, chosen, own, embedder, progress=progress, wrap=wrap)
            after()
            if done[-1][model].summary.interrupted:
                return done
    return done


def select(suite: Suite, options: Options) -> tuple[AnyCase, ...]:
    """The cases that the options name, in the order of the suite.

    Raises:
        CaseError: an id that no case has.
    """
    if unknown := [id for id in options.ids if id not in {case.id for case in suite.cases}]:
        raise CaseError(f"{suite.name} has no case {', '.join(unknown)}.", hint="Run `pushback eval lint SUITE`.")
    found = [
        case
        for case in suite.cases
        if (not options.ids or case.id in options.ids)
        and (not options.kinds or case.kind in options.kinds)
        and (not options.tags or (isinstance(case, Case) and set(case.tags) & set(options.tags)))
    ]
    if options.limit is not None and options.limit < len(found):
        found = [found[index * len(found) // options.limit] for index in range(options.limit)]
    return tuple(found)


def _run(
    suite: Suite,
    settings: Settings,
    options: Options,
    embedder: Embedder,
    cases: Sequence[AnyCase],
    *,
    progress: Progress | None,
    wrap: Wrap | None,
) -> tuple[Run, str | None]:
    """The run, repeated as the options say, and why it stopped when its time was spent."""
    ends = None if options.seconds is None else time.monotonic() + options.seconds
    runs: list[Run] = []
    for _ in range(options.repeats):
        runs.append(
            run(
                suite,
                settings,
                embedder=embedder,
                cases=cases,
                jobs=options.jobs,
                progress=progress,
                wrap=wrap,
                stop=_stop(ends),
            )
        )
        if runs[-1].interrupted or runs[-1].stopped:
            break
    spent = f"{options.seconds:g} seconds" if any(one.stopped for one in runs) else None
    return merged(runs, options.needed), spent


def merged(runs: Sequence[Run], needed: int) -> Run:
    """Repeated runs as one: a case is its first that passed when at least ``needed`` did, else its first that did not.

    Of an interrupted repetition only the cases that every repetition has are kept.
    """
    if len(runs) == 1:
        return runs[0]
    tries = [{record.id: record for record in one.records} for one in runs]
    kept: list[Record] = []
    for record in runs[0].records:
        those = [of[record.id] for of in tries if record.id in of]
        passed = [one for one in those if one.passed]
        failed = [one for one in those if not one.passed]
        kept.append(passed[0] if len(passed) >= needed or not failed else failed[0])
    return replace(runs[-1], records=tuple(kept), sentinels=runs[0].sentinels)


def _stop(ends: float | None) -> Callable[[], bool] | None:
    return None if ends is None else lambda: time.monotonic() > ends


def _baseline(suite: Suite, options: Options) -> tuple[Baseline | None, str | None]:
    """The baseline that is to be compared with, or why the one that is named cannot be."""
    path = options.baseline or suite.baseline
    if path is None:
        return None, None
    try:
        return baseline.read(path), None
    except BaselineMissing as exc:
        return None, f"{exc} {exc.hint}"


def _compared(kept: Baseline | None, corpus_sha256: str, records: Sequence[Record]) -> Comparison | None:
    if kept is None or kept.corpus_sha256 != corpus_sha256:
        return None
    return gate.compared_with(kept, records)
