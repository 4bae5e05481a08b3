"""Rows of ragas and promptfoo, both ways."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.errors import CaseError
from eval.drafting import proposing
from eval.drafting.proposing import FolderTexts
from eval.running import exchange
from eval.running.outside import opened
from eval.running.records import Record
from eval.suite.cases import Case
from tests import rendered

CASE = Case.model_validate(
    {
        "id": "fact-right",
        "question": "And the stand?",
        "history": [{"role": "user", "content": "What did it cost?"}, {"role": "assistant", "content": "A lot."}],
        "answer": [["€86,000", "86,000 euros"]],
        "must_not": ["€90,000"],
        "evidence": [{"source": "stand.txt", "quote": "The stand cost €86,000."}],
    }
)


@pytest.fixture
def record() -> Record:
    return replace(rendered.records()[0], text="It cost €86,000.")


def written(tmp_path: Path, *rows: object) -> Path:
    file = tmp_path / "rows.jsonl"
    file.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return file


def test_a_run_as_rows_of_ragas(record: Record) -> None:
    (row,) = exchange.rows("ragas", [CASE], [record])

    assert row["user_input"][-1] == {"type": "human", "content": "And the stand?"}
    assert row["user_input"][1]["type"] == "ai"
    assert row["response"] == "It cost €86,000."
    assert row["retrieved_contexts"] == ["The stand cost €86,000."]
    assert (row["reference"], row["reference_contexts"]) == ("€86,000", ["The stand cost €86,000."])


def test_a_run_as_tests_of_promptfoo(record: Record) -> None:
    (row,) = exchange.rows("promptfoo", [CASE], [record])

    assert row["providerOutput"] == "It cost €86,000."
    assert row["assert"] == [
        {"type": "icontains-any", "value": ["€86,000", "86,000 euros"]},
        {"type": "not-icontains", "value": "€90,000"},
    ]


@pytest.mark.parametrize("of", exchange.FORMATS)
def test_what_was_exported_can_be_measured(of: str, record: Record, tmp_path: Path) -> None:
    case = CASE.model_copy(update={"history": ()})
    answers = opened(str(written(tmp_path, *exchange.rows(of, [case], [record]))))

    assert answers({"ask": "And the stand?", "history": []})["answer"] == "It cost €86,000."


def test_what_ragas_calls_retrieved_is_cited_and_found(tmp_path: Path) -> None:
    row = {"user_input": "Why?", "response": "So.", "retrieved_contexts": ["A lamp."]}
    answers = opened(str(written(tmp_path, row)))

    assert answers({"ask": "Why?", "history": []})["citations"] == [{"quote": "A lamp."}]
    assert answers({"search": "Why?", "k": exchange.DEPTH})["found"] == [{"quote": "A lamp."}]


def test_results_of_promptfoo_are_answers(tmp_path: Path) -> None:
    reply = {"answer": "Forty.", "citations": [{"quote": "It costs forty dollars."}]}
    rows = [
        {"vars": {"query": "How much?"}, "response": {"output": reply}},
        {"vars": {"query": "Why?"}, "response": None},
    ]
    answers = opened(str(written(tmp_path, *rows)))

    assert answers({"ask": "How much?", "history": []}) == reply
    assert answers({"ask": "Why?", "history": []}) == {"answer": ""}


def test_questions_of_others_become_drafts_whose_gold_stands_in_their_contexts(tmp_path: Path) -> None:
    (tmp_path / "documents").mkdir()
    long = "The blue lamp costs forty dollars in every shop of ours. It is heavier than it looks to those who lift it."
    (tmp_path / "documents" / "lamp.md").write_text(f"{long}\n")
    ragas = written(tmp_path, {"user_input": "What is the price of it?", "reference_contexts": [long]})
    promptfoo = tmp_path / "promptfooconfig.yaml"
    promptfoo.write_text("prompts: ['{{question}}']\ntests:\n  - vars: {question: 'How heavy is the lamp?'}\n")
    texts = FolderTexts(tmp_path / "documents")

    (one,), (two,) = proposing.of_questions(texts, ragas), proposing.of_questions(texts, promptfoo)

    assert one.gold[0].quote in long
    assert two.asked == "How heavy is the lamp?"
    assert "heavier" in two.gold[0].quote or "lamp" in two.gold[0].quote


def test_a_file_without_rows_is_told(tmp_path: Path) -> None:
    (tmp_path / "rows.json").write_text('{"results": {"version": 3}}')

    with pytest.raises(CaseError, match="no rows"):
        exchange.read(tmp_path / "rows.json")
