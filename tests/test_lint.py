from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import CaseError
from eval.gate import baseline
from eval.harness.lint import commands, lint
from eval.suite import suites
from eval.suite.cases import parse_lines
from tests.suites import SUITE, make_record, make_summary, write_small


def test_a_sound_suite_has_no_faults(tmp_path: Path):
    read, faults = lint([write_small(tmp_path)])

    assert ([suite.name for suite in read], faults) == (["small"], [])


def test_every_fault_of_every_suite_is_named_with_its_line(tmp_path: Path):
    text = SUITE.replace("cost $260 in 1925.", "cost $270 in 1925.").replace("id: fact-brands", "id: fact-price")
    path = write_small(tmp_path, text + "gate: {drops: {recal@5: 0.1}}\n")
    (tmp_path / "broken.yaml").write_text("corpus: documents\ncases:\n  - {id: a, qestion: x}\n")

    _, faults = lint([path, tmp_path / "broken.yaml", tmp_path / "gone.yaml"])

    assert faults == [
        "small.yaml:10: fact-price: the id stands twice",
        "small.yaml:9: fact-price: not in ford.txt: 'The Runabout cost $270 in 1925.'; "
        "nearest is 'The Runabout cost $260 in 1925.'",
        "small.yaml: gate.drops: no measure 'recal@5'; 'recall@5'?",
        "small.yaml:10: fact-price: the answer does not stand in its gold: '$260'",
        "broken.yaml:3: a: unknown key 'qestion'",
        f"The suite {tmp_path / 'gone.yaml'} cannot be read: it is not there.",
    ]


def test_a_corpus_that_changed_since_it_was_locked_is_no_longer_what_the_suite_is_about(tmp_path: Path):
    path = write_small(tmp_path)
    suites.lock(path)
    assert suites.load(path).corpus_sha256

    (tmp_path / "documents" / "page.txt").write_text("Brands are slow. it takes years until people know them\n")
    (tmp_path / "documents" / "new.txt").write_text("New.\n")

    with pytest.raises(CaseError) as caught:
        suites.load(path)
    assert str(caught.value).splitlines() == [
        "small.lock.json: new.txt is new since the corpus was locked (`eval lint --lock`)",
        "small.lock.json: page.txt has changed since the corpus was locked (`eval lint --lock`)",
    ]


def test_gold_that_a_document_lost_since_the_baseline_is_told_and_else_is_a_fault(tmp_path: Path):
    path = write_small(tmp_path, f"{SUITE}gate: {{baseline: kept.json}}\n")
    summary = make_summary(make_record("fact-price"))
    baseline.write(baseline.of(summary, (), "The first.", suites.load(path).files), tmp_path / "kept.json")
    (tmp_path / "documents" / "page.txt").write_text("Brands\n\nBrands are built soon.\n", "utf-8")

    assert [one.source for one in suites.load(path).stale] == ["page.txt"]
    for broken in ("no JSON", "[]", "{}", '{"files": 3}'):
        (tmp_path / "kept.json").write_text(broken, "utf-8")
        with pytest.raises(CaseError, match="fact-brands: not in"):
            suites.load(path)


def test_more_cases_may_stand_in_a_jsonl_file(tmp_path: Path):
    path = write_small(tmp_path, SUITE + "jsonl: more.jsonl\n")
    more = tmp_path / "more.jsonl"
    more.write_text('\n{"id": "none-a", "question": "Why?", "refuse": true}\n')

    suite = suites.load(path)

    assert suite.cases[-1].id == "none-a"
    assert suite.lines["none-a"] == ("more.jsonl", 2)


def test_what_is_wrong_in_a_jsonl_file_is_named_with_its_line():
    text = '{"id": "a", "question": "Why?"}\n{"id": "b", "id": "c"}\n[1\n{"id": "d", "question": "x", "refuze": true}\n'

    with pytest.raises(CaseError) as caught:
        parse_lines(text, "more.jsonl")

    assert [fault.split(": ", 2)[:2] for fault in str(caught.value).splitlines()] == [
        ["more.jsonl:1", "a"],
        ["more.jsonl:2", "this is no JSON"],
        ["more.jsonl:3", "this is no JSON"],
        ["more.jsonl:4", "d"],
    ]


def test_gold_that_cannot_tell_right_from_wrong_is_a_fault(tmp_path: Path):
    own = SUITE.replace('quote: "The blue lamp costs forty dollars."', 'quote: "lamp"')
    own = own.replace('answer: ["years"]', 'answer: ["years", ["decades", "centuries"]]\n    must_not: ["it takes"]')
    own = own.replace('answer: ["$260"]', 'answer: ["$260"]\n    numbers: [{value: 261}, {value: 1924, tolerance: 1}]')
    own += "  - {id: none-price, question: What is it, filters: {documents: [lamp.txt]}, refuse: true}\n"

    _, faults = lint([write_small(tmp_path, own)])

    assert faults == [
        "small.yaml:5: fact-price: the number does not stand in its gold: 261",
        "small.yaml:11: fact-brands: the answer does not stand in its gold: 'decades' or 'centuries'",
        "small.yaml:11: fact-brands: what must not be said stands in its gold: 'it takes'",
        "small.yaml:17: multi-lamps: gold of one common word, which stands in any text: 'lamp'",
        "small.yaml:17: multi-lamps: the answer does not stand in its gold: 'forty'",
        "small.yaml:30: none-price: no document 'lamp.txt' in the corpus",
    ]


def test_an_answer_may_be_whose_words_the_gold_is(tmp_path: Path):
    own = SUITE.replace('answer: ["years"]', 'answer: ["Editor"]').replace('know them"}', 'know them", voice: Editor}')

    assert lint([write_small(tmp_path, own)])[1] == []


def test_faults_are_shown_beside_the_lines_of_a_change(tmp_path: Path):
    path = write_small(tmp_path, SUITE.replace("cost $260 in 1925.", "cost $270 in 1925."))

    (line,) = commands([path], ["small.yaml:9: fact-price: not in ford.txt: x"])

    assert line == f"::error file={path.as_posix()},line=9::fact-price: not in ford.txt: x"
    assert commands([path], ["something else"]) == ["::error::something else"]
