"""Runs for the tests of what is rendered: small ones that end in every way, and one whose every text is hostile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from eval.gate import gate
from eval.gate.baseline import Baseline
from eval.gate.compare import Comparison, result_of
from eval.gate.gate import GateVerdict
from eval.gate.summary import KindSummary, RunSummary
from eval.numbers.metrics import Measure, Score
from eval.numbers.statistics import Interval
from eval.running.records import CaseOutcome, Json, Record, by_kind
from eval.suite.cases import Gate, Severity

MADE_WITH: Json = {"commit": None, "suite": {"name": "tiny", "sha256": "ab"}, "seed": 7}


class Rendered(NamedTuple):
    """What the renderers are given."""

    summary: RunSummary
    records: Sequence[Record]
    verdict: GateVerdict
    comparison: Comparison | None


def cited(quote: str = "The stand cost €86,000.", correct: bool = True, **given: Any) -> Json:
    return {
        "document": "d1", "source": "stand.txt", "title": "The stand", "author": None, "date": "2023",
        "speaker": None, "media_type": "text/plain", "heading": None, "page": None, "quote": quote,
        "start": 10, "end": 10 + len(quote), "correct": correct, "fault": None, "stance": None,
        "around": {"before": "Before. ", "after": " After."}, **given,
    }  # fmt: skip


def gold(quote: str = "The stand cost €86,000.", **given: Any) -> Json:
    around = {"before": "Before. ", "after": " After."}
    place = {"document": "d1", "spans": [[10, 10 + len(quote)]], "lost": None, "around": around}
    return {"source": "stand.txt", "quote": quote, **place, **given}


def answer(text: str) -> Json:
    statements = [{"text": text, "support": "verbatim", "citations": [cited()]}]
    conflicts = [{"sides": statements}]
    rejected = [{"quote": text, "why": "not there"}]
    return {
        "question": text, "standalone_question": text, "refused": False, "reason": text, "statements": statements,
        "conflicts": conflicts, "rejected": rejected,
    }  # fmt: skip


def records() -> list[Record]:
    """One right, one partly, one wrong, an idea that is right and a watched case that is wrong."""
    hit = Score("hit", 1.0)
    missed = Score("hit", 0.0, "not cited: “The stand cost €86,000.”")
    part = Score("citation recall", 0.5, "not cited: “It paid.”", 2)
    found = {"source": "stand.txt", "start": 0, "end": 40, "found_by": "both", "text": "The stand cost €86,000."}
    base = Record("fact-right", "fact", "What did the stand cost?", CaseOutcome.RIGHT, "tiny.yaml", 4, scores=(hit,))
    right = replace(base, text="€86,000", output=answer("€86,000"), gold=(gold(),), cited=(cited(),), found=(found,))
    idea = Record("idea-stand", "idea", "Give up the stand.", CaseOutcome.RIGHT, label="challenged", said="challenged")
    return [
        right,
        replace(right, id="fact-part", line=9, outcome=CaseOutcome.PARTLY, scores=(hit, part)),
        replace(right, id="who-wrong", kind="who", line=14, outcome=CaseOutcome.WRONG, scores=(missed,), cited=()),
        replace(idea, cited=(cited(stance="challenges"), cited(stance="unclear", start=40)), gold=(gold(),)),
        replace(base, id="who-watch", kind="who", outcome=CaseOutcome.WRONG, severity=Severity.WATCH, scores=(missed,)),
    ]


def summary_of(those: Sequence[Record], **given: Any) -> RunSummary:
    def outcomes(some: Sequence[Record]) -> dict[str, int]:
        return {o.value: n for o in CaseOutcome if (n := sum(one.outcome is o for one in some))}

    measures = (
        Measure("grounded within budget", 0.5, 0.5, Interval(0.2, 0.8), 4, 4),
        Measure("hit", 0.75, 0.75, None, 4, 4),
        Measure("citation recall", None, None, None, 0, 0, 2, "nothing is cited"),
        Measure("over-refusal", 0.0, 0.0, Interval(0.0, 0.3), 4, 4),
        Measure("truthfulness", -0.25, -0.25, Interval(-0.5, 0.1), 4, 6),
    )
    told = RunSummary(
        suite="tiny", profile="offline", corpus_sha256="c", selected=len(those), whole=True, outcomes=outcomes(those),
        measures=measures if those else (),
        kinds=tuple(KindSummary(kind, outcomes(of), ()) for kind, of in by_kind(those).items()),
        confusion={"idea": (("challenged", "challenged", 1), ("contested", "challenged", 2))},
        sentinels={"parrot": {"grounded within budget": 0.25}, "random": {"grounded within budget": None}},
        checked=1, differing=(), failed=(), lost=(), documents=2, passages=5, interrupted=False,
    )  # fmt: skip
    return replace(told, **given)


def judged(those: Sequence[Record], of: Gate | None = None, baseline: Baseline | None = None, **given: Any) -> Rendered:
    summary = summary_of(those, **given)
    verdict = gate.judge(summary, those, of or Gate(), baseline)
    return Rendered(summary, those, verdict, gate.compared_with(baseline, those) if baseline else None)


def baseline(corpus: str = "c") -> Baseline:
    """All was right, one case more and one less."""
    cases = {one.id: replace(result_of(one), passed=True) for one in records() if one.id != "fact-right"}
    cases["fact-gone"] = replace(result_of(records()[0]))
    return Baseline("tiny", corpus, "so it is", {"hit": 1.0}, cases)


def crashed() -> list[Record]:
    return [
        *records(),
        Record("fact-crash", "fact", "Why?", CaseOutcome.ERROR, "tiny.yaml", 20, error="ValueError: broken"),
    ]


def every_end() -> dict[str, Rendered]:
    """A run for each way in which one can end."""
    those = records()
    return {
        "passed": judged(those),
        "quality": judged(those, Gate(floors={"grounded within budget": 0.9})),
        "blocker": judged([replace(one, severity=Severity.BLOCKER) for one in those]),
        "crash": judged(crashed()),
        "crash allowed": judged(crashed(), Gate(errors=1)),
        "documents": judged(those, failed=("b.pdf: the file is empty",)),
        "nothing": judged([]),
        "baseline": judged(those, baseline=baseline("another")),
        "flips": judged(those, baseline=baseline()),
        "interrupted": judged(those, selected=9, interrupted=True),
    }


def hostile(text: str) -> Rendered:
    """A run in which every text that comes from elsewhere is ``text``."""
    id = "".join(text.split())
    score = Score("hit", 0.0, text)
    place = {"source": text, "title": text, "speaker": text, "date": text, "quote": text, "fault": text}
    around = {"before": text, "after": text}
    bad = Record(
        id, text, text, CaseOutcome.WRONG, text, 3, tags=(text,), cluster=text, why=text, scores=(score,), label=text,
        said=text, text=text, output=answer(text), gold=(gold(text, source=text, around=around), gold(text, lost=text)),
        cited=(cited(**place, around=around), cited(**place, stance="supports")),
        found=({"source": text, "start": 0, "end": 1, "found_by": "both", "text": text}, {"source": text, "grade": 1}),
    )  # fmt: skip
    idea = {"ruling": text, "assumptions": [{"text": text, "ruling": text}], "rejected": []}
    those = [
        bad,
        replace(bad, id=f"{id}2", severity=Severity.BLOCKER),
        replace(bad, id=f"{id}3", outcome=CaseOutcome.ERROR, error=text, output=None),
        replace(bad, id=f"{id}4", outcome=CaseOutcome.RIGHT),
        replace(bad, id=f"{id}5", outcome=CaseOutcome.TESTED, output=idea),
        replace(bad, id=f"{id}6", output=idea),
    ]
    gone = Baseline(text, "c", text, {}, {f"{id}9": result_of(those[3]), those[0].id: result_of(those[3])})
    told = {"suite": text, "failed": (text,), "lost": ((id, text),), "differing": (id,)}
    return judged(those, baseline=gone, **told, confusion={text: ((text, text, 1),)}, sentinels={text: {"hit": 1.0}})


HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)> & \' onload="x"',
    "]]> </details></main><iframe src=//far.example> <!-- -->",
    "@everyone #1 GH-12 www.far.example http://far.example a@far.example :smile: $x^2$",
    "[seen](http://far.example) ![b](http://far.example/b.png) `code` **bold** | cell | ~~gone~~",
    "one\n::error file=a::b\r\n# heading\n\n- item\n| a | b |\n|---|---|",
    "a\x00b\x08c\x1bd\x85e\u2028f\u202eg\u2066h\ud800i\uffffj\ufdd0k",
    "javascript:alert(1) %0A %25 , : \\",
)
