"""Runs one case on a system, and records the reply, its scores and the time of each stage."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from assistant import wire
from assistant.errors import DocumentMissing
from assistant.library.library import Library
from assistant.search.retrieval import ANYWHERE
from assistant.types import Document, Filters, Hit, Stance
from assistant.wire import Json
from eval.running.records import CaseOutcome, Record
from eval.running.systems import NotAsked, System
from eval.scorers import answering, arguing, attributing, citing, finding, narrowing, refusing, telling
from eval.scorers.asked import AnsweredCase, Pressed, yes_or_no
from eval.suite.cases import BUDGET, Case
from eval.suite.gold import Cited, Located, locate
from eval.suite.suite import AnyCase, LabelledPair, SearchCase

STANCE_ACCURACY = "stance accuracy"
AROUND = 300  # characters of a document kept on each side of what is cited, to be read in the report
OF_QUERY = (finding.RECALL_10, finding.MRR, finding.NDCG)
DEEP = 40  # passages searched for a query of a retrieval set: all that a search of ours fuses
_SIDES = {Stance.SUPPORTS: "supports", Stance.CHALLENGES: "challenges", Stance.UNCLEAR: "neutral"}


class Examined(NamedTuple):
    """The result of running one case: its record, and the milliseconds that each stage of running it took, such as
    ``answer`` or ``scoring``, by the name of the stage. The times are not in the record, since they differ between
    equal runs.
    """

    record: Record
    timings_ms: dict[str, float]


class Texts:
    """The documents of a library, for the functions that score replies. Each document is looked up only once."""

    def __init__(self, library: Library) -> None:
        self.read = library.quote
        self._library = library
        self._known: dict[str, Document | None] = {}

    def find(self, name: str) -> Document | None:
        """The document whose id or source (the path of its file relative to the folder that the user gave) is ``name``;
        None if the library has no such document.
        """
        if name not in self._known:
            try:
                self._known[name] = self._library.document(name)
            except DocumentMissing:
                self._known[name] = None
        return self._known[name]

    def around(self, document: str, start: int, end: int) -> Json:
        """The text around a place in a document, as JSON with the keys ``before`` and ``after``: at most ``AROUND``
        characters before the place, and as many after it. ``start`` and ``end`` are the character offsets of the place;
        ``document`` is the document's source or id. Both texts are empty if there is no such document.
        """
        found = self.find(document)
        text = found.text if found else ""
        return {"before": text[max(0, start - AROUND) : start], "after": text[end : end + AROUND]}


def examine(cases: Sequence[AnyCase], system: System, texts: Texts | None, budget: int = BUDGET) -> list[Examined]:
    """Run each case on ``system`` and score the replies. All cases that are pairs of a claim and a text are sent to the
    system in one call. If the system fails on a case, the case is recorded as crashed, and the other cases are still
    run.

    ``texts`` are the documents; they may be None if all cases are pairs. ``budget`` is the number of words that an
    answer may show.
    """
    pairs = [case for case in cases if isinstance(case, LabelledPair)]
    of_pairs = iter(_pairs(pairs, system)) if pairs else iter(())
    return [
        next(of_pairs) if isinstance(case, LabelledPair) else _examine_case(case, system, texts, budget)
        for case in cases
    ]


def _examine_case(case: Case | SearchCase, system: System, texts: Texts | None, budget: int) -> Examined:
    assert texts is not None  # a suite of such cases has documents
    started = time.perf_counter()
    try:
        if isinstance(case, SearchCase):
            return _query(case, system)
        return _question(case, system, texts, budget) if case.question else _idea(case, system, texts, budget)
    except NotAsked as exc:
        return Examined(replace(_blank(case, CaseOutcome.TESTED), text=f"not applicable: {exc}"), {})
    except Exception as exc:  # a crash is this case's result; the other cases still have theirs
        return Examined(_blank(case, CaseOutcome.ERROR, f"{type(exc).__name__}: {exc}"), {"answer": _since(started)})


def _question(case: Case, system: System, texts: Texts, budget: int) -> Examined:
    started = time.perf_counter()
    answer = system.ask(case.asked, case.turns, case.narrowed)
    timings = {"answer": _since(started), **{f"answer: {k}": v for k, v in answer.timings_ms.items()}}
    searching = time.perf_counter()
    gold = locate(case.gold, texts.find, budget)
    hits = _searched(system, answer.standalone_question, case.narrowed) if gold else None
    timings["search"] = _since(searching)
    scoring = time.perf_counter()
    asked = AnsweredCase(case, answer, gold, texts.read, budget, texts.find)
    scorers = (citing, attributing, telling, answering, refusing)
    scores = [score for scorer in scorers for score in scorer.scores(asked)]
    if hits is not None:
        scores += finding.of_case(hits, gold, case.minimal_sets)
    if case.narrowed != ANYWHERE:
        scores = [one for one in scores if one.name != finding.DISTINCT]  # one document may be all that is allowed
        scores.append(narrowing.within_filters(answer, hits, case.narrowed))
    record = replace(
        _blank(case, _outcome_of_question(asked)),
        scores=tuple(scores),
        text="\n".join(one.text for one in answer.statements) or answer.reason,
        output=_repeatable(wire.answer(answer)),
        gold=tuple(_gold(one, texts) for one in gold),
        cited=tuple(_cited(one, texts) for one in asked.cited),
        found=tuple(
            {"source": hit.passage.about.source, "start": hit.passage.start, "end": hit.passage.end,
             "found_by": hit.found_by.value, "text": hit.passage.text}
            for hit in (hits or ())[:10]
        ),
    )  # fmt: skip
    return Examined(record, {**timings, "scoring": _since(scoring)})


def _searched(system: System, query: str, filters: Filters) -> list[Hit] | None:
    """The passages that the system finds; None if it has no search."""
    try:
        return system.search(query, k=finding.DEPTH, filters=filters)
    except NotAsked:
        return None


def _idea(case: Case, system: System, texts: Texts, budget: int) -> Examined:
    started = time.perf_counter()
    verdict = system.challenge(case.asked)
    timings = {"challenge": _since(started), **{f"challenge: {k}": v for k, v in verdict.timings_ms.items()}}
    swaying = time.perf_counter()
    swayed = [arguing.invariance(verdict, system.challenge(f"{case.asked} {arguing.PRESSURE}"))]
    if case.negated:
        of_opposite = system.challenge(case.negated)
        swayed += [arguing.flip(verdict, of_opposite), arguing.mirrored(verdict, of_opposite)]
    timings["challenge under pressure"] = _since(swaying)
    scoring = time.perf_counter()
    pressed = Pressed(case, verdict, locate(case.gold, texts.find, budget), texts.read)
    record = replace(
        _blank(case, _outcome_of_idea(pressed)),
        scores=(*arguing.scores(pressed), *swayed),
        label=case.expected.value if case.gold or case.ruling else None,
        said=verdict.ruling.value,
        text=verdict.ruling.value,
        output=_repeatable(wire.verdict(verdict)),
        gold=tuple(_gold(one, texts) for one in pressed.gold),
        cited=tuple(_cited(one, texts) for one in pressed.cited),
    )
    return Examined(record, {**timings, "scoring": _since(scoring)})


def _query(case: SearchCase, system: System) -> Examined:
    started = time.perf_counter()
    hits = system.search(case.text, k=DEEP)
    timings = {"search": _since(started)}
    run = list(dict.fromkeys(hit.passage.about.source for hit in hits))[:100]
    scores = tuple(finding.ranked(run, case.relevant, OF_QUERY))
    found = tuple({"source": source, "grade": case.relevant.get(source, 0)} for source in run[:10])
    return Examined(replace(_blank(case, CaseOutcome.TESTED), scores=scores, found=found), timings)


def _pairs(cases: Sequence[LabelledPair], system: System) -> list[Examined]:
    started = time.perf_counter()
    try:
        sides = system.sides([(case.claim, case.text) for case in cases])
    except Exception as exc:
        error = f"{type(exc).__name__}: {exc}"
        return [Examined(_blank(case, CaseOutcome.ERROR, error), {}) for case in cases]
    each = {"stance": _since(started) / len(cases)}
    return [Examined(_pair(case, *side), each) for case, side in zip(cases, sides, strict=True)]


def _pair(case: LabelledPair, side: Stance, confidence: float) -> Record:
    said = _SIDES[side]
    score = yes_or_no(STANCE_ACCURACY, said == case.label, f"said {said} ({confidence:.2f}), is {case.label}")
    outcome = CaseOutcome.RIGHT if score.value else CaseOutcome.WRONG
    return replace(_blank(case, outcome), scores=(score,), label=case.label, said=said, text=case.text)


def _blank(case: AnyCase, outcome: CaseOutcome, error: str | None = None) -> Record:
    record = Record(case.id, case.kind, case.asked, outcome, cluster=case.clusters, error=error)
    if isinstance(case, Case):
        return replace(record, severity=case.severity, tags=case.tags, why=case.why)
    return record


def _outcome_of_question(asked: AnsweredCase) -> CaseOutcome:
    if asked.case.refuse:
        return CaseOutcome.RIGHT if refusing.truthfulness(asked).value == 1 else CaseOutcome.WRONG
    if answering.within(asked).value:
        return CaseOutcome.RIGHT
    return CaseOutcome.PARTLY if len(asked.missed) < len(asked.gold) else CaseOutcome.WRONG


def _outcome_of_idea(pressed: Pressed) -> CaseOutcome:
    if not (pressed.gold or pressed.case.ruling):
        return CaseOutcome.TESTED
    if arguing.strict(pressed).value:
        return CaseOutcome.RIGHT
    return CaseOutcome.PARTLY if pressed.gold and arguing.anywhere(pressed).value else CaseOutcome.WRONG


def _gold(one: Located, texts: Texts) -> Json:
    spans = [list(span) for span in one.spans]
    around = texts.around(one.document, *one.spans[0]) if one.document and one.spans else None
    return {**one.gold.model_dump(), "document": one.document, "spans": spans, "lost": one.why, "around": around}


def _cited(one: Cited, texts: Texts) -> Json:
    cited = one.citation
    return {
        **{key: value for key, value in wire.citation(cited).items() if not key.endswith("sha256")},
        "correct": one.correct,
        "fault": one.fault,
        "stance": one.stance and one.stance.value,
        "around": None if one.fault else texts.around(cited.about.id, cited.start, cited.end),
    }


def _repeatable(output: Json) -> Json:
    """The reply without the parts that differ if it is given again: the times and the cost."""
    return {key: value for key, value in output.items() if key not in ("timings_ms", "cost")}


def _since(started: float) -> float:
    return round(1000 * (time.perf_counter() - started), 3)
