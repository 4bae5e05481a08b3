"""From a suite to its verdict: what `pushback eval run` does for each suite, with everything it writes."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple, Protocol

from assistant.addresses import without_secrets
from assistant.build import Assistant
from assistant.errors import CaseError
from assistant.model.embedding import Embedder
from assistant.settings import Settings
from eval.gate import baseline, gate
from eval.gate.baseline import Baseline, BaselineMissing
from eval.gate.gate import GateVerdict
from eval.gate.summary import summarise
from eval.harness import artifacts, history
from eval.harness.artifacts import StoredRun
from eval.harness.lint import unknown_measures
from eval.numbers.metrics import Measure
from eval.robustness.robustness import robustness
from eval.running.made_with import made_with
from eval.running.records import Record
from eval.running.run import Keep, Progress, Run, Wrap, run
from eval.running.systems import System
from eval.suite.cases import Case, Gate, Severity
from eval.suite.suite import AnyCase, Suite

DISTRACTORS = Path(__file__).parents[1] / "suites" / "distractors"
OFFLINE, REPLAY, LIVE = "offline", "llm-replay", "llm-live"
OURS = "pushback"  # the name of this program among the systems that are measured


class Reader(Protocol):
    """A chat model that takes part in a run of a suite: the harness builds it into the assistant, and asks it
    afterwards how much it was used.
    """

    def wrap(self, assistant: Assistant) -> System:
        """Build this chat model into the assistant, and return the resulting system, which is then measured. Replies
        that the model gave before this call are not used again, except those in a recording.
        """
        ...

    def again(self, repeat: int) -> None:
        """Begin a repetition of the suite; ``repeat`` is its number, counted from 0. From now on, the model is asked
        again, and replies of earlier repetitions are not reused.
        """
        ...

    def silent(self, records: Sequence[Record]) -> str:
        """A text that says why the results of a run, ``records``, say nothing about the model, for example because it
        gave no reply. Empty if they do say something about it.
        """
        ...

    @property
    def spent(self) -> str | None:
        """A text that names the budget of this model that is used up, such as ``20 calls``; None if no budget is used
        up.
        """
        ...

    @property
    def summary(self) -> str:
        """A sentence for the report that says how often the model replied."""
        ...


@dataclass(frozen=True, slots=True)
class Options:
    """The options of a run; the defaults are those that the gate (the check whether a run passes) uses.

    ``out`` is the folder that holds the runs. ``ids``, ``kinds`` and ``tags`` select cases: for each of these options
    that is given, a case must match one of its values. ``limit`` is the largest number of cases to run; if more are
    selected, this many of them are run, evenly spread. ``repeats`` is the number of times that the suite is run; a case
    passes if it passes at least ``needed`` times. ``jobs`` is the number of processes. ``seconds`` is the time limit
    for all repetitions together. ``profile`` says whether a chat model takes part: ``offline`` (none), ``llm-replay``
    (its recorded replies) or ``llm-live`` (the model itself). ``baseline`` is a baseline (the stored results of an
    accepted run) to use instead of the suite's own. ``libraries`` is a folder in which the ingested documents of suites
    are stored between runs.

    With ``robustness``, the suite is also run over changed copies of its documents. Some of these copies contain
    additional misleading documents, which are taken from the folder ``distractors``.

    ``system`` names the measured system; a system other than ours is not compared with the suite's baseline.
    ``changed`` selects only the cases that can be affected by files that have changed since the baseline, and leaves
    out checks of the whole suite, such as the lowest allowed values of measures. ``alone`` leaves out the sentinels
    (systems that cheat, to test the suite), and the second run of some cases, which checks that they give the same
    results again.
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
    libraries: Path | None = None
    system: str = OURS
    changed: bool = False
    alone: bool = False


def measure(
    suite: Suite,
    settings: Settings,
    options: Options,
    embedder: Embedder,
    *,
    progress: Progress | None = None,
    wrap: Wrap | None = None,
    reader: Reader | None = None,
) -> StoredRun:
    """Run a suite, decide whether the run passes, and store the run in ``options.out``. The result of each case is also
    written to the file ``UNFINISHED`` as soon as the case is finished, so that no result is lost if the run is killed.

    ``progress`` is called during the run with the name of the suite, the number of finished cases and the number of all
    cases. ``wrap`` makes the system to measure from the assistant; None to measure the assistant itself. ``reader`` is
    the chat model that takes part in the run, None if there is none; if it is given, ``wrap`` is not used.

    Raises:
        CaseError: the suite's gate names an unknown measure, or the options have an id that no case has.
    """
    if wrong := list(unknown_measures(suite.path.name, suite.gate)):
        raise CaseError("\n".join(wrong))
    kept, missing = _baseline(suite, options)
    cases = select(suite, options)
    if options.changed and kept:
        cases = touched(cases, kept, kept.changed(suite.corpus_sha256, suite.files))
    with artifacts.unfinished(options.out / suite.name) as keep:
        watched = _Watched(progress, keep, wrap, reader)
        one, spent = _run(suite, settings, options, embedder, cases=cases, watched=watched)
    robust: tuple[Measure, ...] = ()
    if options.robustness and not one.interrupted and cases:
        robust = robustness(
            suite,
            one,
            settings,
            embedder=embedder,
            jobs=options.jobs,
            distractors=options.distractors,
            wrap=reader.wrap if reader else wrap,
        )
    told = summarise(one, options.profile, robust)
    if options.changed and kept and not cases:
        verdict = GateVerdict((gate.Check("cases", True, "no document of a case is other than in the baseline"),))
    else:
        own = Gate(flips=suite.gate.flips, errors=suite.gate.errors) if options.changed else suite.gate
        verdict = gate.judge(told, one.records, own, kept, spent, files=suite.files)
    if missing:
        verdict = verdict.plus(gate.Check("baseline", False, missing, gate.Exit.BASELINE))
    if reader and one.records:
        silent = reader.silent(one.records)
        verdict = verdict.plus(gate.Check("model", not silent, silent or reader.summary, gate.Exit.INFRASTRUCTURE))
    changed = kept.changed(told.corpus_sha256, suite.files) if kept else ()
    compared = gate.compared_with(kept, one.records, changed) if kept else None
    if compared and not told.whole:  # what was not asked has not disappeared
        compared = replace(compared, gone=())
    result = StoredRun(
        told, one.records, verdict, compared, made_with(suite, settings, embedder, options.profile, options.system)
    )
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
    reader: Reader | None = None,
    after: Callable[[], None] = lambda: None,
) -> list[dict[str, StoredRun]]:
    """Run each suite with each evidence model (the network that reads the passages). Returns a dictionary for each
    suite; it maps the name of each model to the stored run with this model.

    ``models`` are the names of the evidence models. Runs with the first model are stored in ``options.out``; those with
    each further model are stored in the folder that ``beside`` returns for it. ``after`` is called after each run. If a
    run is interrupted, no more runs follow, and the result ends with this run. The other parameters are those of
    ``measure``.

    Raises:
        CaseError: a suite's gate names an unknown measure, or the options have an id that no case has.
    """
    done: list[dict[str, StoredRun]] = []
    for suite in suites:
        done.append({})
        for place, model in enumerate(dict.fromkeys(models)):
            chosen = settings.model_copy(update={"evidence_model": model})
            own = replace(options, out=beside(options.out, model)) if place else options
            done[-1][model] = measure(suite, chosen, own, embedder, progress=progress, wrap=wrap, reader=reader)
            after()
            if done[-1][model].summary.interrupted:
                return done
    return done


def beside(out: Path, name: str) -> Path:
    """The folder within ``out`` for the runs of another system than ours, or of an evidence model (the network that
    reads the passages) other than the first. ``name`` is the name of this system or model. The runs of our system with
    the first evidence model are stored in ``out`` itself.
    """
    return out / "beside" / (re.sub(r"[^A-Za-z0-9-]+", "-", without_secrets(name)).strip("-")[:60] or "other")


def select(suite: Suite, options: Options) -> tuple[AnyCase, ...]:
    """The cases of a suite that the options select (by id, kind, tag and the largest number of cases), in the order of
    the suite.

    Raises:
        CaseError: the options have an id that no case has.
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


class _Watched(NamedTuple):
    """The callbacks of a run, and what makes the system that it measures."""

    progress: Progress | None
    keep: Keep | None
    wrap: Wrap | None
    reader: Reader | None


def _run(
    suite: Suite,
    settings: Settings,
    options: Options,
    embedder: Embedder,
    *,
    cases: Sequence[AnyCase],
    watched: _Watched,
) -> tuple[Run, str | None]:
    """Run the cases, repeated as the options say. Returns the merged run and, if its time or its model's budget was
    used up, a sentence on that; else None.
    """
    ends = None if options.seconds is None else time.monotonic() + options.seconds
    reader = watched.reader
    runs: list[Run] = []

    def spent() -> str | None:
        if ends is not None and time.monotonic() > ends:
            return f"{options.seconds:g} seconds"
        return reader.spent if reader else None

    for repeat in range(options.repeats):
        if reader:
            reader.again(repeat)
        runs.append(
            run(
                suite,
                settings,
                embedder=embedder,
                cases=cases,
                jobs=options.jobs,
                progress=watched.progress,
                wrap=reader.wrap if reader else watched.wrap,
                stop=lambda: spent() is not None,
                keep=watched.keep,
                kept_in=options.libraries,
                alone=options.changed or options.alone,
            )
        )
        if runs[-1].interrupted or runs[-1].stopped:
            break
    why = spent() if any(one.stopped for one in runs) else None
    return merged(runs, options.needed), why


def touched(cases: Sequence[AnyCase], kept: Baseline, changed: Sequence[str]) -> tuple[AnyCase, ...]:
    """The cases whose result may differ from the baseline ``kept`` now that the files ``changed`` have changed. These
    are:

    - cases with a gold quote (a quote that a right answer cites) in a changed file;
    - if any file has changed, cases without gold quotes, since a new document may answer a question that was refused
      before;
    - reviewed cases that the baseline does not have;
    - all cases of public data sets.
    """
    files = set(changed)
    return tuple(
        case
        for case in cases
        if not isinstance(case, Case)
        or (case.severity is not Severity.DRAFT and case.id not in kept.cases)
        or (files and (not case.gold or any(gold.source in files for gold in case.gold)))
    )


def merged(runs: Sequence[Run], needed: int) -> Run:
    """Merge the repetitions of a run, ``runs``, into one run. ``needed`` is the number of repetitions in which a case
    must pass.

    If a case passed at least ``needed`` times, the merged run has its first passing record, else its first failing one.
    If a repetition was interrupted before a case, this case is judged by the remaining repetitions.
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


def _baseline(suite: Suite, options: Options) -> tuple[Baseline | None, str | None]:
    """The baseline to compare with and, if the named one cannot be used, the reason; both None if none is named."""
    path = options.baseline or (suite.baseline if options.system == OURS else None)
    if path is None:
        return None, None
    try:
        return baseline.read(path), None
    except BaselineMissing as exc:
        return None, f"{exc} {exc.hint}"
