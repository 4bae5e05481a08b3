"""A run in numbers: the content of `summary.json`. It depends neither on the clock nor on the number of jobs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

from eval.gate.measures import F1, HEADLINES, SPECS
from eval.numbers.metrics import Labelled, Measure, ScoredCase, macro_f1, measure
from eval.numbers.statistics import Interval
from eval.running.records import CaseOutcome, Json, Record, by_kind, reviewed
from eval.running.run import Run

SCHEMA = 1  # raised when a file of before can no longer be read as one of now
DRAFTS = "These cases are drafts that nobody has reviewed: their gold may be wrong, so the means say little."


@dataclass(frozen=True, slots=True)
class KindSummary:
    """The summary of all cases of one kind, such as ``fact``: how many cases have each outcome, and the measures over
    these cases.
    """

    name: str
    outcomes: Mapping[str, int]
    measures: tuple[Measure, ...]


@dataclass(frozen=True, slots=True)
class RunSummary:
    """The totals of a run of a suite, without the results of single cases.

    ``profile`` says whether a chat model took part: ``offline`` (none), ``llm-replay`` (its recorded replies) or
    ``llm-live`` (the model itself). ``selected`` is the number of cases that were to be run, and ``whole`` says whether
    these are all cases of the suite. ``outcomes`` counts the cases with each outcome. ``documents`` and ``passages``
    are the numbers of documents and passages that could be searched.

    ``sentinels`` has the main measures of each sentinel (a system that cheats, to test the suite). ``lost`` has a pair
    for each gold quote (a quote that a right answer cites) that was not found in the documents: the id of the case, and
    why the quote was not found. ``checked`` is the number of cases that were run twice, and ``differing`` has the ids
    of those whose two results differ. ``failed`` names the files that could not be ingested.

    Drafts (cases that nobody has reviewed) count in no mean, unless the run has only drafts (``drafts_alone``).
    ``confusion`` has, for each kind of case with labels, how often each true class was predicted as each class.
    ``robustness`` has the measures of further runs over changed copies of the documents, such as with misleading
    documents added; it is empty if there were no such runs.
    """

    suite: str
    profile: str
    corpus_sha256: str
    selected: int
    whole: bool  # whether all cases of the suite were selected
    outcomes: Mapping[str, int]
    measures: tuple[Measure, ...]
    kinds: tuple[KindSummary, ...]
    confusion: Mapping[str, tuple[tuple[str, str, int], ...]]
    sentinels: Mapping[str, Mapping[str, float | None]]
    checked: int
    differing: tuple[str, ...]
    failed: tuple[str, ...]
    lost: tuple[tuple[str, str], ...]
    documents: int
    passages: int
    interrupted: bool
    robustness: tuple[Measure, ...] = ()
    drafts_alone: bool = False
    schema: int = field(default=SCHEMA)

    def measure(self, name: str) -> Measure | None:
        """The measure with this name; None if the run has no measure of this name, for example because the measure
        applies to no case of the run.
        """
        return next((one for one in (*self.measures, *self.robustness) if one.name == name), None)

    @property
    def headline(self) -> Measure | None:
        """The main measure of the suite: the first of the measures in ``HEADLINES`` that applies to the run; None if
        none of them applies.
        """
        return next((found for name in HEADLINES if (found := self.measure(name))), None)

    @property
    def caveat(self) -> str:
        """A warning to show before the measures if all cases of the run are drafts, which nobody has reviewed; else
        empty.
        """
        return DRAFTS if self.drafts_alone else ""

    @property
    def done(self) -> int:
        return sum(self.outcomes.values())


def summarise(run: Run, profile: str = "offline", robustness: Sequence[Measure] = ()) -> RunSummary:
    """Compute the totals of a run of a suite.

    ``profile`` says whether a chat model took part: ``offline`` (none), ``llm-replay`` (its recorded replies) or
    ``llm-live`` (the model itself). ``robustness`` has the measures of the extra runs over changed copies of the
    documents (for example, with misleading documents added); it is empty if there were no such runs.
    """
    records = run.records
    counted = reviewed(records) or records
    kinds = by_kind(records)
    return RunSummary(
        suite=run.suite.name,
        profile=profile,
        corpus_sha256=run.suite.corpus_sha256,
        selected=run.selected,
        whole=run.selected == len(run.suite.cases),
        outcomes=_outcomes(records),
        measures=measures_of(counted),
        kinds=tuple(KindSummary(name, _outcomes(those), measures_of(those)) for name, those in kinds.items()),
        confusion={name: table for name, those in kinds.items() if (table := _confusion(those))},
        sentinels={name: _headlines(reviewed(those) or those) for name, those in run.sentinels.items()},
        checked=run.checked,
        differing=run.differing,
        failed=run.failed,
        lost=tuple((r.id, gold["lost"]) for r in records for gold in r.gold if gold["lost"]),
        documents=run.searched.documents,
        passages=run.searched.passages,
        interrupted=run.interrupted,
        robustness=tuple(robustness),
        drafts_alone=bool(records) and not reviewed(records),
    )


def measures_of(records: Sequence[Record]) -> tuple[Measure, ...]:
    """Compute each measure that applies to at least one of the records. The measures are in the order of the list
    ``SPECS``.
    """
    scored = [ScoredCase(score, record.cluster) for record in records for score in record.scores]
    names = {one.score.name for one in scored}
    made = []
    for spec in SPECS:
        if spec.name in F1:
            labelled = [r for r in records if r.label and r.said and r.kind == F1[spec.name]]
            made += [_f1(spec.name, labelled)] if labelled else []
        elif spec.name in names:
            made.append(measure(spec.name, scored))
    return tuple(made)


def to_json(summary: RunSummary) -> Json:
    """Convert a summary to JSON; ``read`` converts it back."""
    return asdict(summary)


def read(data: Json) -> RunSummary:
    """Make the summary from JSON that ``to_json`` returned.

    Raises:
        KeyError, TypeError, ValueError: the data is not a summary, or has another schema.
    """
    if data["schema"] != SCHEMA:
        raise ValueError(f"its schema is {data['schema']}, ours is {SCHEMA}")
    kinds = tuple(KindSummary(one["name"], one["outcomes"], _measures(one["measures"])) for one in data["kinds"])
    return RunSummary(
        **{
            **data,
            "measures": _measures(data["measures"]),
            "robustness": _measures(data["robustness"]),
            "kinds": kinds,
            "confusion": {kind: tuple(map(tuple, rows)) for kind, rows in data["confusion"].items()},
            "differing": tuple(data["differing"]),
            "failed": tuple(data["failed"]),
            "lost": tuple((case, why) for case, why in data["lost"]),
        }
    )


def _measures(data: Sequence[Json]) -> tuple[Measure, ...]:
    return tuple(
        Measure(**{**one, "interval": Interval(*one["interval"]) if one["interval"] else None}) for one in data
    )


def _outcomes(records: Sequence[Record]) -> dict[str, int]:
    counted = Counter(record.outcome for record in records)
    return {outcome.value: counted[outcome] for outcome in CaseOutcome if counted[outcome]}


def _confusion(records: Sequence[Record]) -> tuple[tuple[str, str, int], ...]:
    counted = Counter((r.label, r.said) for r in records if r.label and r.said)
    return tuple((label, said, count) for (label, said), count in sorted(counted.items()))


def _headlines(records: Sequence[Record]) -> dict[str, float | None]:
    return {one.name: one.value for one in measures_of(records) if one.name in HEADLINES}


def _f1(name: str, records: Sequence[Record]) -> Measure:
    value, interval = macro_f1([Labelled(r.cluster, r.label or "", r.said or "") for r in records]) or (None, None)
    return Measure(name, value, value, interval, len(records), len(records))
