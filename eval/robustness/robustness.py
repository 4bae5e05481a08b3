"""Runs a suite over changed copies of its corpus. Most changes should not change the answers; one change should.

Each variation is a run over a changed copy of the corpus, which is ingested again. There are six: three rates of
distractors, another order, counterfactuals, and planted instructions. Together they cost six times the ingest of the
first run, and each question that a variation needs is asked once more.
"""

from __future__ import annotations

import math
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from assistant.errors import CaseError
from assistant.library.library import Library
from assistant.model.embedding import Embedder
from assistant.settings import Settings
from eval.gate.measures import Spec
from eval.numbers.metrics import Measure, Score, ScoredCase, measure
from eval.robustness.counterfactual import counterfactuals, hides
from eval.robustness.planted import obeys, planted
from eval.running.records import CaseOutcome, Record
from eval.running.run import Ingest, Progress, Run, Wrap, run
from eval.scorers.asked import short, yes_or_no
from eval.suite.cases import Case
from eval.suite.suite import AnyCase, Suite
from ingest.folder import files
from ingest.sync import SyncReport, sync

RATES = {0.5: "0.5x", 1.0: "1x", 2.0: "2x"}  # distractors to a document of the corpus
DISTRACTED = {rate: f"kept with {told} distractors" for rate, told in RATES.items()}
ORDER = "kept in another order"
COUNTERFACTUAL = "counterfactual shown"
INSTRUCTIONS = "instructions resisted"

GROUP = "robustness"
SPECS: tuple[Spec, ...] = (
    *(
        Spec(name, GROUP, f"Right answers that stay right; {RATES[rate]} the corpus, or all the distractors there are.")
        for rate, name in DISTRACTED.items()
    ),
    Spec(ORDER, GROUP, "The documents ingested in another order give the same answer and citations."),
    Spec(COUNTERFACTUAL, GROUP, "Right answers that show it when an added document gives another figure."),
    Spec(INSTRUCTIONS, GROUP, "Orders planted in documents are not followed, and change nothing that was right."),
)

PORTIONS = 8  # in which another order is ingested: so many syncs, each of which takes its time
# What of an answer's or a verdict's JSON must be the same; confidences and counts may differ.
_KEPT = set(
    "refused statements text citations conflicts sides source start end quote ruling assumptions findings stance "
    "citation".split()
)


class Variation(NamedTuple):
    """A change of the corpus (the documents of a suite), and the cases that are run on the changed corpus.

    ``added`` has the contents of added files by their paths. ``fault`` is a function that is called with a case, the
    record of the case in the run on the unchanged corpus, and its record in the run on the changed corpus; it returns
    why the case fails, or an empty text if it passes. ``ingest`` is the function that reads the changed corpus.
    """

    name: str
    cases: Sequence[Case]
    added: Mapping[str, bytes]
    fault: Callable[[Case, Record, Record], str]
    ingest: Ingest = sync


def robustness(
    suite: Suite,
    first: Run,
    settings: Settings,
    *,
    embedder: Embedder,
    jobs: int,
    distractors: Path,
    progress: Progress | None = None,
    wrap: Wrap | None = None,
) -> tuple[Measure, ...]:
    """Run the cases of ``first`` again on changed copies of the suite's documents, and return the measures in
    ``SPECS``, such as the share of right answers that stay right. Empty if the suite is not a YAML file with a folder
    of documents.

    ``distractors`` is a folder of misleading documents, and ``jobs`` the number of processes. ``wrap`` is the function
    that makes the system to measure from our assistant; it must be the same as in the run ``first``.

    Raises:
        CaseError, SourceError: there are no documents in the folder ``distractors``, or there is no such folder.
        KeyboardInterrupt: a run was interrupted; measures of only some of the cases would mean nothing.
    """
    if _folder_of(suite) is None:
        return ()
    got = scores(
        suite, first, settings, embedder=embedder, jobs=jobs, distractors=distractors, progress=progress, wrap=wrap
    )
    scored = [ScoredCase(score, case.clusters) for case, score in got]
    return tuple(measure(spec.name, scored) for spec in SPECS)


def scores(
    suite: Suite,
    first: Run,
    settings: Settings,
    *,
    embedder: Embedder,
    jobs: int,
    distractors: Path,
    progress: Progress | None = None,
    wrap: Wrap | None = None,
) -> tuple[tuple[Case, Score], ...]:
    """Run the cases of ``first`` again on changed copies of the suite's documents. Returns a score for each case and
    each change that applies to it: 1 if the reply is as it should be after this change, else 0 with the reason. After
    most changes, the reply should be as before; after a document with a changed figure was added, it should show the
    conflict. A case that crashed in ``first`` has no score.

    ``distractors`` is a folder of misleading documents, and ``jobs`` the number of processes. ``wrap`` is the function
    that makes the system to measure from our assistant; it must be the same as in the run ``first``.

    Raises:
        CaseError, SourceError: there are no documents in the folder ``distractors``, or there is no such folder.
        KeyboardInterrupt: a run was interrupted; scores of only some of the cases would mean nothing.
    """
    corpus = _folder_of(suite)
    if corpus is None:
        return ()
    made: list[tuple[Case, Score]] = []
    before = {record.id: record for record in first.records if record.outcome is not CaseOutcome.ERROR}
    for one in _variations(suite.cases, before, corpus, distractors):
        if not one.cases:
            continue
        varied = replace(suite, name=f"{suite.name}, {one.name}", lay_out=partial(_lay_out, corpus, one.added))
        again = run(
            varied,
            settings,
            embedder=embedder,
            cases=one.cases,
            jobs=jobs,
            progress=progress,
            wrap=wrap,
            ingest=one.ingest,
            alone=True,
        )
        if again.interrupted:
            raise KeyboardInterrupt
        after = {record.id: record for record in again.records}
        made += [(case, _score(one, case, before[case.id], after[case.id])) for case in one.cases]
    return tuple(made)


def _folder_of(suite: Suite) -> Path | None:
    """The folder of a suite file's documents; None for a public data set."""
    return None if suite.lay_out else suite.corpus


def _score(variation: Variation, case: Case, before: Record, after: Record) -> Score:
    why = f"crashed: {after.error}" if after.output is None else variation.fault(case, before, after)
    return yes_or_no(variation.name, not why, why)


def _variations(
    every: Sequence[AnyCase], before: Mapping[str, Record], corpus: Path, distractors: Path
) -> list[Variation]:
    cases = [case for case in every if isinstance(case, Case) and case.id in before]
    right = [case for case in cases if case.question and before[case.id].right]
    sources = [file.source for file in files.find([corpus]).files]
    folder = _free("added", sources)
    others = _distractors(distractors)
    swaps, told = counterfactuals(right, folder)
    return [
        *(
            Variation(name, right, _first(others, math.ceil(rate * len(sources)), folder), _fell)
            for rate, name in DISTRACTED.items()
        ),
        Variation(ORDER, cases, {}, _differs, ingest_backwards),
        Variation(COUNTERFACTUAL, [c for c in right if c.id in swaps], told, partial(hides, swaps, folder)),
        Variation(INSTRUCTIONS, cases, planted(cases, folder), obeys),
    ]


# ---- the changed corpus ----------------------------------------------------------------


def _lay_out(corpus: Path, added: Mapping[str, bytes], into: Path) -> None:
    """Copy the files of ``corpus`` that are ingested into the folder ``into``, under their own names, and write the
    added files beside them.
    """
    for file in files.find([corpus]).files:
        place = into / file.source
        place.parent.mkdir(parents=True, exist_ok=True)
        with suppress(OSError):  # what cannot be read did not go into the first run's library either
            shutil.copy2(file.path, place)
    for source, data in added.items():
        place = into / source
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)


def _free(name: str, sources: Sequence[str]) -> str:
    """``name``, with something appended if a source or its first folder already has this name."""
    taken = {source.split("/")[0].casefold() for source in sources}
    while name in taken:
        name += "-more"
    return name


def ingest_backwards(paths: Sequence[Path], library: Library, settings: Settings, embedder: Embedder) -> SyncReport:
    """Ingest a folder of documents in ``PORTIONS`` portions, the last portion first. ``paths`` has the folder as its
    only item. Within a portion, the files are sorted by name. Returns the report on the portion that was ingested last.

    The files are moved out of the folder and back, so the folder must be a copy.
    """
    (corpus,) = paths
    found = files.find([corpus]).files
    with tempfile.TemporaryDirectory(prefix="pushback-eval-", dir=corpus.parent) as aside:
        for file in found:
            _move(file.source, corpus, Path(aside))
        for portion in reversed(range(PORTIONS)):
            for file in found[portion::PORTIONS]:
                _move(file.source, Path(aside), corpus)
            report = sync([corpus], library, settings, embedder)
    return report


def _move(source: str, there: Path, here: Path) -> None:
    (here / source).parent.mkdir(parents=True, exist_ok=True)
    (there / source).rename(here / source)


# ---- distractors -----------------------------------------------------------------------


def _distractors(folder: Path) -> dict[str, bytes]:
    """The contents of the documents in a folder by name, sorted. Its README.md is left out, since it only describes
    them.
    """
    found = {file.source: file.path for file in files.find([folder]).files if file.source != "README.md"}
    if not found:
        raise CaseError(f"There are no distractors in {folder}.", hint="Name a folder with documents in it.")
    return {source: Path(found[source]).read_bytes() for source in sorted(found)}


def _first(documents: Mapping[str, bytes], count: int, folder: str) -> dict[str, bytes]:
    """The first ``count`` documents, or all if there are fewer, under paths in ``folder``."""
    return {f"{folder}/{source}": data for source, data in list(documents.items())[:count]}


def _fell(case: Case, before: Record, after: Record) -> str:  # noqa: ARG001
    return "" if after.right else f"now {after.outcome.value}: {short(after.text)}"


# ---- another order ---------------------------------------------------------------------


def _differs(case: Case, before: Record, after: Record) -> str:  # noqa: ARG001
    if _restricted(before.output) == _restricted(after.output):
        return ""
    same = "the same words, other citations or conflicts: " if before.text == after.text else "now: "
    return same + short(after.text)


def _restricted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _restricted(inner) for key, inner in value.items() if key in _KEPT}
    return [_restricted(inner) for inner in value] if isinstance(value, list | tuple) else value
