"""Public benchmarks by name: each form of data becomes a suite, and its figures a page."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from assistant.settings import Settings
from eval.benchmarks import public, public_page
from eval.benchmarks.public import SETS, conversations, measured, pages, sentences
from eval.suite.cases import Case
from tests.fakes import WordEmbedder

LAMP = "The blue lamp costs forty dollars. It is made of brass."
CHAIR = "The green chair is carried upstairs by two people."


def write(path: Path, rows: Sequence[dict[str, Any]]) -> Path:
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")
    return path


@pytest.fixture
def marked(tmp_path: Path) -> Path:
    texts = [("l/1", "Lamps", LAMP, [[0, 34], [35, 55]]), ("c/2", "Chairs", CHAIR, [[0, len(CHAIR)]])]
    write(
        tmp_path / "dev-paragraphs.jsonl",
        [{"_id": id, "title": title, "text": text, "sentences": spans} for id, title, text, spans in texts],
    )
    asked = [("a", "What does the blue lamp cost?", [0], "l/1"), ("b", "Who carries the green chair home?", [], "c/2")]
    rows = [
        {"id": id, "question": text, "answerable": bool(gold), "passage_id": of, "answer_sentences": gold}
        for id, text, gold, of in asked
    ]
    return write(tmp_path / "dev-questions.jsonl", rows)


def cases(suite: public.Suite) -> list[Case]:
    return [one for one in suite.cases if isinstance(one, Case)]


def test_marked_sentences_are_gold_and_a_near_miss_is_to_be_refused(marked: Path) -> None:
    first, second = cases(sentences(marked))

    assert [gold.quote for gold in first.evidence] == ["The blue lamp costs forty dollars."]
    assert (first.refuse, second.refuse, second.evidence) == (False, True, ())


def test_conversations_have_their_history_and_vague_questions_are_left_out(tmp_path: Path) -> None:
    row = {
        "history": [{"role": "user", "text": "We need a lamp."}],
        "question": "What does it cost?",
        "contexts": [{"_id": "l", "title": None, "text": LAMP}],
    }
    kinds = ("ANSWERABLE", "UNANSWERABLE", "UNDERSPECIFIED")
    path = write(tmp_path / "dev.jsonl", [{"id": kind, "answerability": kind, **row} for kind in kinds])

    first, second = cases(conversations(path))

    assert [said.content for said in first.history] == ["We need a lamp."]
    assert (first.evidence[0].quote, second.refuse) == (LAMP, True)


def test_of_several_places_the_last_holds_the_answer(tmp_path: Path) -> None:
    gold = [{"file": "lure.md", "evidence": "Not this."}, {"file": "a/lamps.md", "evidence": LAMP}]
    row = {"id": "x 1", "history": [], "question": "What does it cost?", "gold": gold}

    (case,) = cases(pages(write(tmp_path / "dev.jsonl", [row])))

    assert [one.source for one in case.evidence] == ["a/lamps.md"]


def test_a_set_is_measured_over_its_own_documents_and_told_on_the_page(marked: Path, settings: Settings) -> None:
    plain = settings.model_copy(update={"evidence_model": "none"})

    figures = measured(sentences(marked), plain, WordEmbedder(), 200)
    page = public_page.page({"ClapNQ": figures})

    assert (figures["asked"], figures["documents"], figures["crashed"]) == (2, 2, 0)
    assert figures["measures"]["hit"][0] == 1.0
    assert figures["measures"][public_page.CITES][0] == 1.0
    assert "2 of 2 cases; 2 documents" in page
    assert "| hit | 1.00" in page


def test_each_set_is_told_of_and_the_page_is_that_of_the_figures_kept() -> None:
    kept = json.loads(public.KEPT.read_text("utf-8"))

    assert set(SETS) == set(public_page.NOTES)
    assert public.PAGE.read_text("utf-8") == public_page.page(kept)
