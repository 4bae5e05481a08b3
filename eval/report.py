"""A report for people, as a table and case by case, and for programs, as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict

from assistant import wire
from assistant.types import Answer, Verdict
from assistant.wire import Json
from eval import scorers
from eval.gold import Cited
from eval.metrics import Measure, shown
from eval.run import Report, Result

GROUPS = (("questions", scorers.OF_QUESTIONS), ("ideas", scorers.OF_IDEAS))


def to_text(report: Report, *, verbose: bool = False) -> str:
    """The numbers for each kind of case and in total; with ``verbose``, each case before them, and why it failed."""
    made = report.made_with
    head = [
        f"{report.suite.name}: {len(report.results)} cases in {report.seconds:.1f} s; "
        f"{made.searched.documents} documents, {made.searched.passages} passages of {made.passage_words} words",
        f"embedder {made.embedder.name} {made.embedder.sha256[:12]}, evidence model {made.weights_sha256[:12]}",
    ]
    cases = [line for result in report.results for line in _case(result)] if verbose else []
    tables = [line for title, names in GROUPS for line in _table(report, title, names)]
    return "\n".join([*head, "", *cases, *tables, *_notes(report)]).rstrip() + "\n"


def to_json(report: Report) -> Json:
    """All that is known of a run."""
    return {
        "suite": report.suite.name,
        "path": str(report.suite.path),
        "made_with": {
            "embedder": report.made_with.embedder._asdict(),
            "passage_words": report.made_with.passage_words,
            "weights_sha256": report.made_with.weights_sha256,
            "model": report.made_with.model,
            **report.made_with.searched._asdict(),
        },
        "cases": len(report.results),
        "errors": [result.case.id for result in report.errors],
        "failed": list(report.failed),
        "lost_gold": [{"case": case, "why": why} for case, why in report.lost],
        "total": {title: _measures(report, names) for title, names in GROUPS},
        "kinds": {kind: _kind(report, kind) for kind in report.kinds},
        "results": [_result(result) for result in report.results],
        "seconds": round(report.seconds, 3),
    }


def _table(report: Report, title: str, names: Sequence[str]) -> Iterator[str]:
    """A row for each kind and one in total; the words of a measure's name stand above each other."""
    cases = [result for result in report.results if (result.case.idea is not None) == (title == "ideas")]
    if not cases:
        return
    rows = [
        _row(kind, [one for one in cases if one.case.kind == kind], report.measures(names, kind))
        for kind in dict.fromkeys(result.case.kind for result in cases)
    ]
    rows.append(_row("total", cases, report.measures(names)))
    heads = [("", title), ("", "cases"), ("", "errors"), *(_two_lines(name) for name in names)]
    grid = [[head[0] for head in heads], [head[1] for head in heads], *rows]
    widths = [max(map(len, column)) for column in zip(*grid, strict=True)]
    for first, *rest in grid:
        cells = [first.ljust(widths[0]), *map(str.rjust, rest, widths[1:])]
        yield "  ".join(cells).rstrip()
    yield ""


def _row(name: str, cases: Sequence[Result], measures: Sequence[Measure]) -> list[str]:
    errors = sum(result.error is not None for result in cases)
    return [name, str(len(cases)), str(errors), *(shown(one.pooled) for one in measures)]


def _two_lines(name: str) -> tuple[str, str]:
    first, _, second = name.rpartition(" ")
    return first, second


def _notes(report: Report) -> Iterator[str]:
    """What the table does not show: the other way to take precision's mean, what was lost, what crashed."""
    (precision,) = report.measures([scorers.PRECISION])
    if precision.of:
        yield (
            f"citation precision: {shown(precision.pooled)} of {precision.of} citations; "
            f"{shown(precision.per_case)} on the mean of {precision.cases} cases"
        )
    yield from (f"not ingested: {one}" for one in report.failed)
    yield from (f"{case}: {why}" for case, why in report.lost)
    for error in dict.fromkeys(result.error for result in report.errors):
        yield f"error: {', '.join(one.case.id for one in report.errors if one.error == error)}: {error}"


def _case(result: Result) -> Iterator[str]:
    yield f"{_outcome(result):8} {result.case.id}: {result.case.asked}"
    if result.error:
        yield f"         {result.error}"
    reasons = _reasons(result)
    yield from (f"         {names}: {why}" for why, names in reasons.items())
    if reasons:
        yield from (f"         {_mark(one)} {_cited(one)}" for one in result.cited)
    yield ""


def _reasons(result: Result) -> dict[str, str]:
    """Why scores are not full, and whose; a reason that repeats others is left out."""
    reasons: dict[str, str] = {}
    for score in result.scores:
        told = "; ".join(reasons)
        if score.why in reasons:
            reasons[score.why] += f", {score.name}"
        elif not all(part in told for part in score.why.split("; ")):
            reasons[score.why] = score.name
    return reasons


def _outcome(result: Result) -> str:
    """In one word: right, partly (something gold was cited), wrong, error; and for an idea without gold, tested."""
    if result.error:
        return "ERROR"
    values = {score.name: score.value for score in result.scores}
    if result.case.idea is not None:
        best, least = values[scorers.EITHER], [values[scorers.FOR], values[scorers.AGAINST]]
        if best is None:
            return "tested"
        return "right" if all(value in (None, 1) for value in least) else "partly" if best else "WRONG"
    if result.case.refuse:
        return "right" if values[scorers.REFUSAL_RECALL] else "WRONG"
    return "right" if values[scorers.GROUNDED] else "partly" if values[scorers.HIT] else "WRONG"


def _mark(one: Cited) -> str:
    return "✗" if one.fault else "✓" if one.correct else "·"


def _cited(one: Cited) -> str:
    side = f"{one.stance.value}: " if one.stance else ""
    return f"{side}{one.citation.about.source} {one.citation.start}:{one.citation.end} “{one.citation.quote}”"


def _kind(report: Report, kind: str) -> Json:
    those = [result for result in report.results if result.case.kind == kind]
    names = [
        name
        for title, group in GROUPS
        if any((result.case.idea is not None) == (title == "ideas") for result in those)
        for name in group
    ]
    errors = sum(result.error is not None for result in those)
    return {"cases": len(those), "errors": errors, "measures": _measures(report, names, kind)}


def _measures(report: Report, names: Sequence[str], kind: str | None = None) -> Json:
    """By name; ``value`` weighs each thing the same (micro), ``per_case`` each case. None: it did not apply."""
    return {
        one.name: {"value": one.pooled, "per_case": one.per_case, "cases": one.cases, "of": one.of}
        for one in report.measures(names, kind)
    }


def _result(result: Result) -> Json:
    return {
        "id": result.case.id,
        "kind": result.case.kind,
        "asked": result.case.asked,
        "outcome": _outcome(result).lower(),
        "error": result.error,
        "refused": isinstance(result.came_back, Answer) and result.came_back.refused,
        "text": _text(result.came_back),
        "scores": [asdict(score) for score in result.scores],
        "gold": [
            {
                **one.gold.model_dump(),
                "document": one.document,
                "spans": [list(span) for span in one.spans],
                "lost": one.why,
            }
            for one in result.gold
        ],
        "cited": [
            {
                **wire.citation(one.citation),
                "correct": one.correct,
                "fault": one.fault,
                "stance": one.stance and one.stance.value,
            }
            for one in result.cited
        ],
        "came_back": _came_back(result.came_back),
        "seconds": round(result.seconds, 4),
    }


def _text(came_back: Answer | Verdict | None) -> str | None:
    match came_back:
        case Answer():
            return "\n".join(one.text for one in came_back.statements) or came_back.reason
        case Verdict():
            return came_back.ruling.value
        case None:
            return None


def _came_back(came_back: Answer | Verdict | None) -> Json | None:
    match came_back:
        case Answer():
            return wire.answer(came_back)
        case Verdict():
            return wire.verdict(came_back)
        case None:
            return None
