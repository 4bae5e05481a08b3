"""A run as text for a terminal: the measures, the verdict, and with ``verbose`` each case and why it failed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from eval.gate.compare import Comparison
from eval.gate.gate import GateVerdict
from eval.gate.measures import BY_NAME, GROUPS
from eval.gate.summary import RunSummary
from eval.numbers.metrics import Measure, shown
from eval.running.records import CaseOutcome, Record
from eval.scorers.asked import short

LOUD = {CaseOutcome.WRONG: "WRONG", CaseOutcome.ERROR: "ERROR"}
MARKS = {True: "✓", False: "·"}


def to_text(summary: RunSummary, records: Sequence[Record], verdict: GateVerdict, *, verbose: bool = False) -> str:
    """Write the report of a run as text for a terminal. With ``verbose``, the report also lists each case."""
    ended = ", ".join(f"{count} {outcome}" for outcome, count in summary.outcomes.items())
    head = [
        f"{summary.suite}: {summary.done} of {summary.selected} cases ({ended or 'none'}); "
        f"{summary.documents} documents, {summary.passages} passages",
        *([summary.caveat] if summary.caveat else []),
        "",
    ]
    cases = [line for record in records for line in case(record)] if verbose else []
    return "\n".join([*head, *cases, *_table(summary), *_kinds(summary), *_notes(summary, verdict)]).rstrip() + "\n"


def case(record: Record) -> Iterator[str]:
    """Yield the lines of a report on one case: its outcome, why its scores are not the best possible, and its citations
    if it is not right.
    """
    yield f"{LOUD.get(record.outcome, record.outcome.value):8} {record.id}: {short(record.asked, 200)}"
    if record.error:
        yield f"         {record.error}"
    yield from (f"         {names}: {why}" for why, names in reasons(record).items())
    if not record.passed:
        for one in record.cited:
            mark = "✗" if one["fault"] else MARKS[bool(one["correct"])]
            side = f"{one['stance']}: " if one["stance"] else ""
            yield f"         {mark} {side}{one['source']} {one['start']}:{one['end']} “{one['quote']}”"
    yield ""


def reasons(record: Record) -> dict[str, str]:
    """Collect why the scores of a case are not the best possible. Returns a dictionary that maps each reason to the
    names of the measures that give it, separated by commas. A score can join several
    reasons by semicolons; such a text is left out if all its parts are in the dictionary already.
    """
    told: dict[str, str] = {}
    for score in record.scores:
        spec = BY_NAME.get(score.name)
        best = 1.0 if spec is None or spec.higher else 0.0
        if not score.why or score.value == best:
            continue
        if score.why in told:
            told[score.why] += f", {score.name}"
        elif not all(part in "; ".join(told) for part in score.why.split("; ")):
            told[score.why] = score.name
    return told


def explain(record: Record) -> str:
    """Describe all that is stored about one case, as text: question, answer, gold quotes (the quotes that a right
    answer cites), the passages that the search found, and the scores. Each gold quote is shown with the rank, among
    these passages, of the first one that has it.
    """
    lines = [f"{record.id} ({record.file}:{record.line})" if record.file else record.id, "", *list(case(record))[:-1]]
    if record.why:
        lines += ["", f"what it is for: {record.why}"]
    if record.said and record.label:
        lines += ["", f"class: {record.said}, should be {record.label}"]
    lines += ["", "said", *(f"  {line}" for line in record.text.splitlines())]
    if record.gold:
        lines += ["", "gold"]
    for gold in record.gold:
        rank = next((n for n, hit in enumerate(record.found, 1) if _holds(hit, gold)), None)
        where = gold["lost"] or (f"passage {rank} of those found" if rank else "not among the first ten passages")
        lines.append(f"  {gold['source']}: “{gold['quote']}”: {where}")
    if record.found:
        lines += ["", "found"]
    for number, hit in enumerate(record.found, 1):
        grade = f" (grade {hit['grade']})" if "grade" in hit else ""
        lines.append(f"  {number:2} {hit['source']}{grade} {short(hit.get('text', ''), 140)}".rstrip())
    return "\n".join([*lines, "", "scores", *(_score(record))])


def _score(record: Record) -> Iterator[str]:
    for score in record.scores:
        yield f"  {score.name:28} {shown(score.value):>5}  {score.why}".rstrip()


def _holds(hit: dict[str, object], gold: dict[str, object]) -> bool:
    spans = gold["spans"]
    assert isinstance(spans, list)
    start, end = hit.get("start"), hit.get("end")
    if hit["source"] != gold["source"] or not isinstance(start, int) or not isinstance(end, int):
        return False
    return any(2 * (min(end, span[1]) - max(start, span[0])) >= span[1] - span[0] for span in spans)


def _table(summary: RunSummary) -> Iterator[str]:
    width = max((len(one.name) for one in (*summary.measures, *summary.robustness)), default=0)
    for group in (*GROUPS, "robustness"):
        those = [one for one in (*summary.measures, *summary.robustness) if _group(one) == group]
        if those:
            yield group
            yield from (f"  {_line(one, width)}" for one in those)
            yield ""


def _group(one: Measure) -> str:
    return BY_NAME[one.name].group if one.name in BY_NAME else "robustness"


def _line(one: Measure, width: int) -> str:
    between = _between(one)
    of = f"{one.cases} cases" if one.of == one.cases else f"{one.of} in {one.cases} cases"
    lacking = f", undefined for {one.undefined}" if one.undefined else ""
    why = f" ({one.why})" if one.value is None else ""
    return f"{one.name:{width}}  {shown(one.value):>5}  {between:10}  {of}{lacking}{why}"


def _kinds(summary: RunSummary) -> Iterator[str]:
    columns = [outcome.value for outcome in CaseOutcome if summary.outcomes.get(outcome.value)]
    width = max([len(kind.name) for kind in summary.kinds] + [5])
    yield f"{'kind':{width}}  " + "  ".join(f"{column:>6}" for column in columns)
    for kind in summary.kinds:
        yield f"{kind.name:{width}}  " + "  ".join(f"{kind.outcomes.get(column, 0):>6}" for column in columns)
    yield ""


def _notes(summary: RunSummary, verdict: GateVerdict) -> Iterator[str]:
    yield from (f"not ingested: {one}" for one in summary.failed)
    yield from (f"{id}: {why}" for id, why in summary.lost)
    for check in verdict.checks:
        if not check.passed:
            yield f"✗ {check.name}: {check.why}"
    yield verdict.banner if verdict.passed else f"FAILED ({verdict.exit.value})"


def of_models(told: Mapping[str, RunSummary], what: str = "evidence model") -> str:
    """Make a text table that compares several runs of one suite: a column for each evidence model (the network that
    reads the passages) or each system, and a row for each measure. ``told`` maps the name of each model or system to
    the summary of its run. ``what`` is the heading above the names of the measures: ``evidence model`` or ``system``.
    """
    cells = {name: {one.name: _cell(one) for one in summary.measures} for name, summary in told.items()}
    rows = dict.fromkeys(name for of_model in cells.values() for name in of_model)
    first = max([len(row) for row in rows] + [len(what)])
    width = {name: max(map(len, (name, *of_model.values()))) for name, of_model in cells.items()}
    lines = [f"{what:{first}}  " + "  ".join(f"{name:>{width[name]}}" for name in cells)]
    for row in rows:
        told_of = (f"{of_model.get(row, shown(None)):>{width[name]}}" for name, of_model in cells.items())
        lines.append(f"{row:{first}}  " + "  ".join(told_of))
    return "\n".join(lines) + "\n"


def _cell(one: Measure) -> str:
    return f"{shown(one.value)} ({_between(one)})" if one.interval else shown(one.value)


def _between(one: Measure) -> str:
    return f"{shown(one.interval.low)}..{shown(one.interval.high)}" if one.interval else ""


def of_comparison(compared: Comparison) -> str:
    """Write a comparison of two runs as text: which cases passed in only one of them, and how the measures changed."""
    lines = [f"lost: {', '.join(compared.lost) or 'none'}", f"gained: {', '.join(compared.gained) or 'none'}"]
    lines += [f"disappeared: {', '.join(compared.gone)}"] if compared.gone else []
    lines += [f"new: {', '.join(compared.new)}"] if compared.new else []
    seen = "none that all cases lost would show" if compared.detectable is None else shown(compared.detectable)
    lines += [f"p = {compared.p:.2g} (McNemar); the least drop that these cases show: {seen}", ""]
    width = max((len(one.name) for one in compared.changes), default=0)
    for one in compared.changes:
        moved = f"{one.after - one.before:+.2f}" if abs(one.after - one.before) >= 0.005 else "="
        chance = f"p = {one.p:.2g}" if moved != "=" else ""
        values = f"{shown(one.before):>5} → {shown(one.after):<5} {moved:>6}"
        lines.append(f"{one.name:{width}}  {values}  {one.cases} cases  {chance}".rstrip())
    return "\n".join(lines)
