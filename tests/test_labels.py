"""The labels of real documents' passages, and the sheets that they are written on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from eval.training.labelling import sheets

PLACES: dict[str, Any] = {
    "asked": {"id": "i0001", "kind": "idea", "corpus": "of_ours"},
    "passages": [
        {"file": "a.md", "start": 0, "end": 30, "rank": 1, "sentences": [[0, 10], [11, 20], [21, 30]]},
        {"file": "b.md", "start": 5, "end": 9, "rank": 0, "sentences": [[5, 9]]},
    ],
}


def test_a_line_says_which_sentences_are_on_which_side_and_the_rest_is_no() -> None:
    first, second = sheets.read_line("i0001 1s1c2-3 .", PLACES)
    assert first["label"] == "both"
    assert first["spans"] == {"supports": [[0, 10]], "challenges": [[11, 20], [21, 30]]}
    assert second["label"] == "no"
    assert "spans" not in second


@pytest.mark.parametrize(
    "line",
    ["i0001 1s1", "i0001 3s1 .", "i0001 1s4 .", "i0001 1a1 .", "i0001 1s1 1c2 .", "i0001 1s1u2 .", "i0001 1s ."],
)
def test_a_line_that_cannot_be_meant_is_refused(line: str) -> None:
    with pytest.raises(sheets.LabelError):
        sheets.read_line(line, PLACES)


def test_a_sheet_is_given_to_one_labeller_and_a_second_time_only_to_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [f"q{number:04}" for number in range(60)]
    asked = [{"id": id, "kind": "question", "corpus": "of_ours", "text": "?"} for id in ids]
    path = tmp_path / "asked.jsonl"
    path.write_text("\n".join(map(json.dumps, asked)), "utf-8")
    monkeypatch.setattr(sheets, "ASKED", path)
    monkeypatch.setattr(sheets, "LABELS", tmp_path / "kept")
    for name in ("sheets", "claims"):
        (tmp_path / "labelling" / name).mkdir(parents=True)
    for id in ids:
        (tmp_path / "labelling" / "sheets" / f"{id}.txt").touch()
    own = sheets.claim(tmp_path, "ada", None, 40, again=False)
    others = sheets.claim(tmp_path, "bob", None, 40, again=False)
    assert [one.stem for one in (*own, *others)] == ids
    twice = [one.stem for one in sheets.claim(tmp_path, "bob", None, 60, again=True)]
    assert twice == [one.stem for one in own if sheets.is_twice(one.stem)]


def test_a_sheet_whose_labels_are_kept_is_given_only_a_second_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [f"q{number:04}" for number in range(60)]
    asked = [{"id": id, "kind": "question", "corpus": "of_ours", "text": "?"} for id in ids]
    (tmp_path / "asked.jsonl").write_text("\n".join(map(json.dumps, asked)), "utf-8")
    monkeypatch.setattr(sheets, "ASKED", tmp_path / "asked.jsonl")
    monkeypatch.setattr(sheets, "labellers", lambda: {id: {"ada"} for id in ids})
    for name in ("sheets", "claims"):
        (tmp_path / "labelling" / name).mkdir(parents=True)
    for id in ids:
        (tmp_path / "labelling" / "sheets" / f"{id}.txt").touch()
    assert sheets.claim(tmp_path, "bob", None, 60, again=False) == []
    assert sheets.claim(tmp_path, "ada", None, 60, again=True) == []
    assert [one.stem for one in sheets.claim(tmp_path, "bob", None, 60, again=True)] == [
        id for id in ids if sheets.is_twice(id)
    ]


def test_labels_of_what_is_not_asked_here_are_named_and_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "asked.jsonl"
    path.write_text(json.dumps({"id": "i0001", "kind": "idea", "corpus": "of_ours", "text": "?"}), "utf-8")
    monkeypatch.setattr(sheets, "ASKED", path)
    monkeypatch.setattr(sheets, "LABELS", tmp_path / "labels")
    for name in ("labelling/labels", "labelling/places", "labels"):
        (tmp_path / name).mkdir(parents=True)
    passages = [{**one, "text_sha256": "0"} for one in PLACES["passages"]]
    for id in ("i0001", "i0002"):
        places = {"asked": {**PLACES["asked"], "id": id}, "passages": passages}
        (tmp_path / "labelling" / "places" / f"{id}.json").write_text(json.dumps(places), "utf-8")
    (tmp_path / "labelling" / "labels" / "ada.txt").write_text("i0001 1s1 .\ni0002 .\n", "utf-8")
    sheets.collect(tmp_path)
    assert {one["asked"] for one in sheets.labelled()} == {"i0001"}
    assert "i0002 is not asked" in capsys.readouterr().out


def test_kappa_is_one_for_full_agreement_and_nought_for_chance() -> None:
    assert sheets.kappa([("no", "no"), ("supports", "supports")]) == 1.0
    assert sheets.kappa([("a", "a"), ("a", "b"), ("b", "a"), ("b", "b")]) == 0.0


def test_what_is_asked_is_asked_of_companies_that_may_be_learnt_from() -> None:
    asked = sheets.asked()
    assert len({one.id for one in asked}) == len(asked)
    assert {one.corpus for one in asked} <= set(sheets.corpora())


def test_every_label_is_of_what_is_asked_and_its_sentences_lie_in_its_passage() -> None:
    asked = {one.id: one for one in sheets.asked()}
    for one in sheets.labelled():
        of = asked[one["asked"]]
        assert one["corpus"] == of.corpus
        assert one["label"] in ("no", "both", *sheets.LETTERS[of.kind].values())
        spans = [span for own in one.get("spans", {}).values() for span in own]
        assert bool(spans) == (one["label"] != "no")
        assert all(one["start"] <= start < end <= one["end"] for start, end in spans)
