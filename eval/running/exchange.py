"""Rows in the formats of ragas and promptfoo. A run can be written as rows; rows can be read as questions and recorded
answers.

ragas: ``user_input`` (a text, or messages with ``type`` and ``content``), ``response``, ``retrieved_contexts``,
``reference``, ``reference_contexts``. promptfoo: tests with ``vars``, ``assert`` and ``providerOutput``, and results
with ``vars`` and ``response``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from assistant.errors import CaseError
from assistant.plainly import why
from assistant.wire import Json
from eval.running.records import Record
from eval.scorers.finding import DEPTH
from eval.suite.cases import Case

FORMATS = ("ragas", "promptfoo")
ASKED = ("question", "query", "input", "prompt", "user_input")  # variables that promptfoo's users name a question by
ROLES = {"human": "user", "ai": "assistant", "user": "user", "assistant": "assistant"}


def rows(of: str, cases: Iterable[object], records: Iterable[Record]) -> Iterator[Json]:
    """Convert the questions of a run to rows in the format ``of``, which is ``ragas`` or ``promptfoo`` (two other tools
    for evaluation). A row has the answer that the system gave and the answer that the case expects. Cases that are not
    questions are left out.
    """
    known = {case.id: case for case in cases if isinstance(case, Case) and case.question}
    for record in records:
        if case := known.get(record.id):
            yield (_ragas if of == "ragas" else _promptfoo)(case, record)


def _ragas(case: Case, record: Record) -> Json:
    asked: Any = case.question
    if case.history:
        asked = [{"type": "human" if one.role == "user" else "ai", "content": one.content} for one in case.history]
        asked.append({"type": "human", "content": case.question})
    return {
        "user_input": asked,
        "response": record.text,
        "retrieved_contexts": [hit["text"] for hit in record.found if "text" in hit],
        "reference": _reference(case),
        "reference_contexts": [gold.quote for gold in case.gold],
    }


def _promptfoo(case: Case, record: Record) -> Json:
    wanted: list[Json] = [
        {"type": "icontains-any", "value": list(either)}
        if len(either) > 1
        else {"type": "icontains", "value": either[0]}
        for either in case.answer
    ]
    wanted += [{"type": "not-icontains", "value": string} for string in case.must_not]
    return {
        "description": case.id,
        "vars": {"question": case.question, "context": "\n\n".join(gold.quote for gold in case.gold)},
        "providerOutput": record.text,
        "assert": wanted,
        "metadata": {"kind": case.kind, "outcome": record.outcome.value, "refuse": case.refuse},
    }


def _reference(case: Case) -> str:
    said = "; ".join(either[0] for either in case.answer) or " ".join(gold.quote for gold in case.gold)
    return "The documents do not say." if case.refuse else said


def read(path: Path) -> list[Json]:
    """Read the rows of a file with questions or answers for an evaluation: JSON lines, or JSON or YAML with a list at
    the top level or under one of the keys ``tests``, ``results`` and ``samples``.

    Raises:
        CaseError: the file cannot be read, or has no list of rows.
    """
    try:
        text = path.read_text("utf-8")
        if path.suffix == ".jsonl":
            found: Any = [json.loads(line) for line in text.splitlines() if line.strip()]
        else:
            found = json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
    except (OSError, ValueError, yaml.YAMLError) as exc:
        raise CaseError(f"The rows in {path} cannot be read: {why(exc)}.") from exc
    while isinstance(found, dict):
        found = next((found[name] for name in ("tests", "results", "samples") if name in found), None)
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise CaseError(f"There are no rows in {path}.")
    return found


def question(row: Json) -> tuple[str, list[Json]]:
    """The question in ``row`` (a row of a file for ragas, promptfoo or our own runs), and the earlier turns of the
    conversation. The question is empty if the row has none.
    """
    asked = row.get("user_input", row.get("question", ""))
    variables = row.get("vars")
    if isinstance(variables, Mapping):
        asked = next((variables[name] for name in ASKED if name in variables), "")
    if isinstance(asked, list):
        turns = [
            {"role": ROLES.get(one.get("type", one.get("role")), "user"), "content": one["content"]} for one in asked
        ]
        return (str(turns[-1]["content"]), turns[:-1]) if turns else ("", [])
    return str(asked).strip(), list(row.get("history", ()))


def contexts(row: Json) -> list[str]:
    """The texts of the passages that a search should find for the question in ``row`` (a row of a file for ragas or
    promptfoo). Empty if the row lists no such passages.
    """
    given: Any = row.get("reference_contexts") or ()
    if isinstance(row.get("vars"), Mapping):
        context = row["vars"].get("context", ())
        given = [context] if isinstance(context, str) else context
    return [str(one) for one in given if str(one).strip()]


def answers(row: Json) -> Iterator[tuple[Json, Json]]:
    """Yield the recorded answers in a row as pairs of a request and a reply, both in the form that ``outside.py``
    describes. The row may have the form of our own recordings, of ragas or of promptfoo, or be a reply with the
    ``question`` that it answers. A row of ragas gives two pairs: one for asking, one for searching.
    """
    if "request" in row:
        yield row["request"], row.get("reply", row)
        return
    asked, history = question(row)
    request = {"ask": asked, "history": history}
    if "user_input" in row:
        found = [{"quote": text} for text in row.get("retrieved_contexts") or ()]
        yield request, {"answer": row.get("response") or "", "citations": found}
        yield {"search": asked, "k": DEPTH}, {"found": found}
    elif "vars" in row:
        said = row.get("providerOutput", (row.get("response") or {}).get("output", ""))
        yield request, said if isinstance(said, dict) else {"answer": str(said)}
    else:
        yield request, row
