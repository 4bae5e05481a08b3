"""What people judged of findings, as labelled pairs and as cases, over a real library."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.build import Assistant
from assistant.library.library import Library
from assistant.pressure import rulings
from assistant.types import Finding, Stance
from eval.drafting.feedback import cases_of
from eval.drafting.judged import write
from eval.suite.cases import Gold, parse
from tests.conftest import make_document, make_new
from tests.fakes import WordEmbedder
from ui.reports import stored_verdicts

IDEA = "We should print leaflets for the bakery."
FOR = "We should print leaflets for the bakery, since leaflets bring guests to the bakery."
AGAINST = "We should not print leaflets for the bakery: leaflets never brought a guest to it."


@pytest.fixture
def tested(library: Library, embedder: WordEmbedder) -> str:
    with library.writing() as writer:
        documents = [make_document(text, name) for text, name in ((FOR, "for.txt"), (AGAINST, "against.txt"))]
        writer.put([make_new(document, embedder) for document in documents])
    verdict = Assistant(library, embedder).challenge(IDEA)
    return stored_verdicts.keep(library, verdict, owner="somebody else")


def judge(library: Library, id: str, quote: str, side: Stance | None, by: str = "") -> Finding:
    findings = stored_verdicts.opened(library, id).verdict.assumptions[0].findings
    one = next(finding for finding in findings if finding.citation.quote == quote)
    said = rulings.judge(one, side, by)
    stored_verdicts.swap(library, id, one, said)
    return said


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_an_idea_whose_findings_were_judged_is_a_whole_case(library: Library, tested: str) -> None:
    assert cases_of(library) is None
    judge(library, tested, AGAINST, None)
    assert cases_of(library) is None  # nothing is on a side, so nothing is known to be right
    judge(library, tested, FOR, Stance.CHALLENGES, "Ann")

    (case,) = parse(cases_of(library) or "", "drafts.yaml").file.cases

    assert (case.idea, case.supports, case.challenges) == (IDEA, (), (Gold(source="for.txt", quote=FOR),))
    assert case.ruling is stored_verdicts.opened(library, tested).verdict.ruling


def test_judged_findings_are_labelled_pairs_in_the_format_of_the_training(
    library: Library, tested: str, tmp_path: Path
) -> None:
    judge(library, tested, AGAINST, None)
    judge(library, tested, FOR, Stance.CHALLENGES, "Ann")

    assert write(library, "default", tmp_path) == 2

    (asked,) = lines(tmp_path / "asked.jsonl")
    assert {**asked, "id": ""} == {"id": "", "kind": "idea", "corpus": "default", "text": IDEA}
    whole = [[0, len(FOR)]]
    of = {"asked": asked["id"], "corpus": "default"}
    bears = {"file": "for.txt", "start": 0, "end": len(FOR), "label": "challenges", "spans": {"challenges": whole}}
    sheets = sorted(lines(tmp_path / "labels" / "ideas.jsonl"), key=lambda sheet: str(sheet["by"]))
    assert sheets == [
        {**of, "by": "Ann", "bears": [bears], "no": {}},
        {**of, "by": "somebody", "bears": [], "no": {"against.txt": [[0, len(AGAINST)]]}},
    ]
    assert [one["file"] for one in lines(tmp_path / "labels" / "files.jsonl")] == ["for.txt", "against.txt"]


def test_what_was_judged_of_words_that_are_gone_is_no_label(
    library: Library, embedder: WordEmbedder, tested: str, tmp_path: Path
) -> None:
    judge(library, tested, FOR, Stance.CHALLENGES)
    with library.writing() as writer:
        writer.put([make_new(make_document("The bakery is for sale.", "for.txt"), embedder)])

    assert write(library, "default", tmp_path) == 0
    assert cases_of(library) is None


def test_the_labels_are_read_by_what_reads_those_of_the_training(
    library: Library, tested: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from eval.training.labelling import sheets

    judge(library, tested, FOR, Stance.CHALLENGES, "Ann")
    write(library, "default", tmp_path)
    monkeypatch.setattr(sheets, "LABELS", tmp_path / "labels")
    monkeypatch.setattr(sheets, "ASKED", tmp_path / "asked.jsonl")

    (one,) = sheets.labelled()

    assert (one["file"], one["label"], one["by"]) == ("for.txt", "challenges", "Ann")
    assert [asked.text for asked in sheets.asked()] == [IDEA]
