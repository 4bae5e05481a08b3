"""The JSON that commands print for other programs, and in which conversations and verdicts are stored.

Fields may be added, but are never renamed.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from functools import cache
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from assistant.errors import LibraryDamaged
from assistant.pressure import rulings, settling
from assistant.types import (
    About,
    Answer,
    Assumption,
    Block,
    Citation,
    Document,
    Filters,
    Finding,
    Grounding,
    Hit,
    Remark,
    Searched,
    Span,
    Statement,
    Verdict,
)

if TYPE_CHECKING:
    from assistant.library.records import Entry
    from assistant.pressure.discussion import DiscussionReply, VerdictChange

Json = dict[str, Any]
DAMAGED = "The answer that was kept here is damaged and cannot be shown. Ask the question again."
_QUESTION = re.compile(r'\s*\{"question": ("(?:[^"\\]|\\.)*")')


def citation(one: Citation) -> Json:
    """Return a citation as JSON. It has the hashes of the document's file and of the quote, so that the citation can be
    checked later."""
    return {
        **_about(one.about),
        "sha256": one.about.sha256,
        "media_type": one.about.media_type,
        "speaker": one.speaker,
        "heading": one.heading,
        "page": one.page,
        "place": one.about.place(one.page),
        "start": one.start,
        "end": one.end,
        "quote": one.quote,
        "quote_sha256": hashlib.sha256(one.quote.encode()).hexdigest(),
        "key": _span(one.key),
    }


def statement(one: Statement) -> Json:
    """Return a statement with its citations as JSON."""
    return {
        "text": one.text,
        "support": one.support.value,
        "key": _span(one.key),
        "citations": [citation(c) for c in one.citations],
    }


def answer(one: Answer) -> Json:
    """Return a whole answer as JSON, in the form that ``pushback ask --json`` prints."""
    return {
        "question": one.question,
        "standalone_question": one.standalone_question,
        "grounding": one.grounding.value,
        "refused": one.refused,
        "reason": one.reason,
        "statements": [statement(s) for s in one.statements],
        "conflicts": [{"sides": [statement(s) for s in conflict.sides]} for conflict in one.conflicts],
        "nearest": [citation(c) for c in one.nearest],
        "searched": one.searched._asdict(),
        "rejected": [asdict(r) for r in one.rejected],
        "model": one.model,
        "timings_ms": dict(one.timings_ms),
        "missing": one.missing,
        **_of_model(one),
        **({"within": within} if (within := filters(one.within)) else {}),
    }


def read_answer(kept: Json) -> Answer:
    """Make an answer from the JSON that the function ``answer`` returned. Raises ``ValueError`` if ``kept`` is not such
    JSON."""
    return _answers().validate_python(_nested(kept))


def stored_answer(text: str) -> Answer:
    """Make an answer from its stored JSON text. If the text is damaged, return an answer that says so, so that the rest
    of the conversation can still be shown. This answer has the question if the question can still be read."""
    try:
        return read_answer(json.loads(text))
    except (ValueError, RecursionError):
        found = _QUESTION.match(text)
    try:
        question = str(json.loads(found[1])) if found else ""
    except ValueError:
        question = ""
    return Answer(question, question, (), Grounding.ASIDE, DAMAGED, Searched(0, 0))


def hit(one: Hit) -> Json:
    """Return a search hit as JSON, in the form that ``pushback search --json`` prints."""
    passage = one.passage
    return {
        **_about(passage.about),
        "passage": passage.id,
        "start": passage.start,
        "end": passage.end,
        "text": passage.text,
        "score": one.score,
        "found_by": one.found_by.value,
        "heading": " › ".join(passage.headings) or None,
        "speaker": passage.speaker,
        "page": passage.page,
        "place": passage.about.place(passage.page),
        "folded": [{"document": p.about.id, "start": p.start, "end": p.end} for p in one.folded],
    }


def document(one: Document, *, passages: int, state: str, sources: Iterable[str]) -> Json:
    """Return a document as JSON, with its text, its blocks and the text that cleaning removed, in the form that
    ``pushback show ID --json`` prints. ``passages`` is the number of its passages. ``sources`` are the paths of its
    files, each relative to the folder that the user gave. ``state`` is ``ready``, or ``source missing`` if none of the
    files exists."""
    return {
        **entry(one.about, passages=passages, state=state, sources=sources),
        "text": one.text,
        "blocks": [_block(b) for b in one.blocks],
        "dropped": [asdict(d) for d in one.dropped],
        "notices": dict(Counter(d.notice for d in one.dropped if d.notice)),
    }


def entry(about: About, *, passages: int, state: str, sources: Iterable[str]) -> Json:
    """Return a document as JSON without its text, as one row of ``pushback documents --json``. ``passages`` is the
    number of its passages. ``sources`` are the paths of its files, each relative to the folder that the user gave.
    ``state`` is ``ready``, or ``source missing`` if none of the files exists."""
    return {
        **_about(about),
        "media_type": about.media_type,
        "sha256": about.sha256,
        "passages": passages,
        "state": state,
        "sources": list(sources),
    }


def versions(one: Entry) -> Json:
    """Return three fields as JSON, which are added to the output of ``entry`` and ``document``. ``versions`` has the
    ids of all versions of a document. ``superseded_by`` is the id of the newest version if that version replaces this
    document, else None. ``superseded_by_file_time`` says whether only the modification times of the files show which
    version is the newest."""
    return {
        "versions": list(one.versions),
        "superseded_by": one.superseded_by,
        "superseded_by_file_time": one.by_file_time,
    }


def verdict(one: Verdict) -> Json:
    """Return the outcome of a pressure test as JSON, in the form that ``pushback challenge --json`` prints."""
    return {
        "idea": one.idea,
        "ruling": one.ruling.value,
        "assumptions": [_assumption(a) for a in one.assumptions],
        "leaps_of_faith": list(one.leaps_of_faith),
        "searched": one.searched._asdict(),
        "rejected": [asdict(r) for r in one.rejected],
        "model": one.model,
        "timings_ms": dict(one.timings_ms),
        "case_for": [_finding(f) for f in one.case_for],
        "case_against": [_finding(f) for f in one.case_against],
        "voices": dict(zip(("for", "against"), rulings.voices(one), strict=True)),
        "missing": list(one.missing),
        "to_settle": [
            {
                "assumption": a.text,
                "ruling": a.ruling.value,
                "question": a.question or a.text,
                "settle": settling.cheapest(a),
            }
            for a in rulings.to_settle(one)
        ],
        "stance_model": one.stance_model,
        "library": one.library,
        "left_out": list(one.left_out),
        "summary": {"sentences": [_remark(each) for each in one.summary.sentences], "case": one.summary.case}
        if one.summary
        else None,
        **_of_model(one),
    }


def read_verdict(kept: Json) -> Verdict:
    """Make a verdict from the JSON that the function ``verdict`` returned. Raises ``ValueError`` if ``kept`` is not
    such JSON."""
    return _verdicts().validate_python(_nested(kept))


def stored_verdict(text: str) -> tuple[Verdict, Json]:
    """Make a verdict from its stored JSON text. Returns the verdict and the parsed JSON.

    Raises:
        LibraryDamaged: the text is damaged.
    """
    try:
        kept = json.loads(text)
        return read_verdict(kept), kept
    except (ValueError, RecursionError) as exc:
        raise LibraryDamaged(
            "A verdict that was kept is damaged and cannot be shown.", hint="Remove it, and test its idea again."
        ) from exc


def change(one: VerdictChange) -> Json:
    """Return one difference between two verdicts as JSON."""
    return {"what": one.what, "better": one.better, "findings": [_finding(f) for f in one.findings]}


def reply(one: DiscussionReply) -> Json:
    """Return the reply to a message about a verdict as JSON, in the form that ``pushback discuss --json`` prints."""
    return {
        "text": one.text,
        "moved": one.moved.value,
        "changes": [change(each) for each in one.changes],
        "verdict": verdict(one.verdict),
        "prose": [_remark(each) for each in one.prose],
        "notices": list(one.notices),
        "cost": one.cost._asdict() if one.cost else None,
    }


def _of_model(one: Answer | Verdict) -> Json:
    """The JSON fields about the work of the chat model: dropped statements, notices, and its cost (None without a
    model)."""
    return {
        "dropped": [asdict(r) for r in one.dropped],
        "notices": list(one.notices),
        "cost": one.cost._asdict() if one.cost else None,
    }


@cache
def _answers() -> TypeAdapter[Answer]:
    return TypeAdapter(Answer)


@cache
def _verdicts() -> TypeAdapter[Verdict]:
    return TypeAdapter(Verdict)


def _nested(kept: Any) -> Any:
    """Return stored JSON in the structure of our types: each citation gets a field ``about`` with the fields of its
    document."""
    if isinstance(kept, list):
        return [_nested(item) for item in kept]
    if not isinstance(kept, dict):
        return kept
    nested = {name: _nested(value) for name, value in kept.items()}
    if "quote_sha256" in nested:
        nested["about"] = {**nested, "id": nested.get("document")}
    return nested


def _span(span: Span | None) -> Json | None:
    return span._asdict() if span else None


def _about(about: About) -> Json:
    return {
        "document": about.id,
        "source": about.source,
        "title": about.title,
        "author": about.author,
        "date": about.date,
        "language": about.language,
        "site": about.site,
        "guessed": list(about.guessed),
    }


def filters(within: Filters) -> Json:
    """Return filters as JSON. Filters that set no limit are left out."""
    return {name: _listed(value) for name, value in asdict(within).items() if value}


def read_filters(kept: Json) -> Filters:
    """Make filters from the JSON that the function ``filters`` returned. Raises ``ValueError`` if ``kept`` is not such
    JSON."""
    return TypeAdapter(Filters).validate_python(kept)


def _listed(value: str | tuple[str | int, ...]) -> str | list[str | int]:
    return list(value) if isinstance(value, tuple) else value


def _block(block: Block) -> Json:
    inline = {"inline": [one._asdict() for one in block.inline]} if block.inline else {}
    rare = {name: value for name in ("depth", "column", "date") if (value := getattr(block, name))}
    told = {name: value for name, value in asdict(block).items() if name not in {"inline", "depth", "column", "date"}}
    return {**told, "kind": block.kind.value, "headings": list(block.headings), **rare, **inline}


def _assumption(one: Assumption) -> Json:
    return {
        "text": one.text,
        "lens": one.lens,
        "importance": one.importance,
        "ruling": one.ruling.value,
        "findings": [_finding(f) for f in one.findings],
        "question": one.question,
        "part": one.part,
        "searched": list(one.searched),
        "settle": one.settle,
        "importance_by": one.importance_by,
    }


def _finding(one: Finding) -> Json:
    return {
        "stance": one.stance.value,
        "confidence": one.confidence,
        "citation": citation(one.citation),
        "kind": one.kind.value,
        "context": one.context,
        "why": one.why,
        "judged": {**one.judged._asdict(), "stance": one.judged.stance.value} if one.judged else None,
        "bears": one.bears,
    }


def _remark(one: Remark) -> Json:
    return {"text": one.text, "citations": [citation(c) for c in one.citations]}
