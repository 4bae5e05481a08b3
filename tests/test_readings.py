"""What the networks read, kept between runs of suites."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from assistant.evidence import reading, shipped
from assistant.evidence.reading import Read
from assistant.model.embedding import SentenceTransformerEmbedder, Vectors
from assistant.settings import Settings
from assistant.types import Span
from eval.harness.harness import Options, measure
from eval.running import readings, shelf
from eval.suite import suites
from tests.fakes import WordEmbedder
from tests.suites import write_small

MILL: Read = ("The mill opened in 1987. It sold linen.", (Span(0, 24), Span(25, 39)))
RAIN: Read = ("Rain is wet.", (Span(0, 12),))


class Counting:
    """A network that says other numbers each time."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, name: str, first: str, passages: Sequence[Read]) -> list[Vectors]:
        self.calls += 1
        return [np.full((1 + len(spans), 3), self.calls / 10, np.float32) for _, spans in passages]


def test_the_same_call_is_read_once_and_gives_the_same_numbers(tmp_path: Path) -> None:
    network = Counting()
    read = readings.storing(tmp_path)(network)
    calls: list[tuple[str, str, list[Read]]] = [
        ("questions", "When?", [MILL, RAIN]),
        ("questions", "When?", [MILL]),
        ("ideas", "When?", [MILL]),
        ("questions", "Why?", [MILL]),
        ("questions", "Why?", []),
    ]

    first = [read(*call) for call in calls]
    again = [readings.storing(tmp_path)(network)(*call) for call in calls]

    assert network.calls == 4
    assert [[one.shape for one in found] for found in first[:2]] == [[(3, 3), (2, 3)], [(3, 3)]]
    assert [[one.tolist() for one in found] for found in again] == [[one.tolist() for one in found] for found in first]


def test_a_damaged_reading_is_read_again(tmp_path: Path) -> None:
    network = Counting()
    read = readings.storing(tmp_path)(network)
    read("questions", "When?", [RAIN])
    (file,) = (tmp_path / shelf.READINGS).rglob("*.npy")

    for damaged in (b"", b"no array", file.read_bytes()[:-4]):
        file.write_bytes(damaged)
        (found,) = read("questions", "When?", [RAIN])
        assert found.shape == (2, 3)
    assert network.calls == 4
    assert [one.name for one in file.parent.iterdir()] == [file.name]


def test_other_code_or_weights_are_another_folder_and_the_oldest_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readings, "KEPT", 2)
    names = [readings.made_by()]
    monkeypatch.setattr(shelf, "code", lambda *_: "other code")
    readings.made_by.cache_clear()
    names.append(readings.made_by())
    (tmp_path / "weights").write_bytes(b"others")
    monkeypatch.setattr(shipped, "weights", lambda _: tmp_path / "weights")
    readings.made_by.cache_clear()
    names.append(readings.made_by())

    for age, name in zip((30, 20, 10), names, strict=True):
        monkeypatch.setattr(readings, "made_by", lambda name=name: name)
        readings.storing(tmp_path)
        since = time.time() - age
        os.utime(tmp_path / shelf.READINGS / name, (since, since))
    readings.storing(tmp_path)

    assert len(set(names)) == 3
    assert {one.name for one in (tmp_path / shelf.READINGS).iterdir()} == set(names[1:])


def test_libraries_leave_readings_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "KEPT", 1)
    (tmp_path / "library").mkdir()
    readings.storing(tmp_path / "kept")

    for name in "ab":
        shelf.put(tmp_path / "kept", name, tmp_path / "library")

    assert {one.name for one in (tmp_path / "kept").iterdir()} == {"b", shelf.READINGS}


@pytest.mark.slow
def test_a_run_gives_the_same_bytes_with_and_without_kept_readings(
    tmp_path: Path,
    settings: Settings,
    sentence_transformer: SentenceTransformerEmbedder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    suite = suites.load(write_small(tmp_path))

    def measured(name: str) -> list[bytes]:
        reading._KEPT.clear()
        options = Options(out=tmp_path / name, libraries=tmp_path / "kept")
        measure(suite, settings, options, sentence_transformer)
        return [(tmp_path / name / "small" / file).read_bytes() for file in ("summary.json", "results.jsonl")]

    cold = measured("cold")
    monkeypatch.setattr(shipped, "network", None)  # would fail if it were asked

    assert measured("warm") == cold


@pytest.mark.slow
def test_nothing_is_kept_of_questions_outside_a_run(tmp_path: Path, settings: Settings) -> None:
    suite = suites.load(write_small(tmp_path))
    reading._KEPT.clear()
    measure(suite, settings, Options(out=tmp_path / "out", libraries=tmp_path / "kept", limit=1), WordEmbedder())
    kept = sorted((tmp_path / "kept" / shelf.READINGS).rglob("*.npy"))

    reading.read(shipped.QUESTIONS, "What is wet?", [RAIN])

    assert sorted((tmp_path / "kept" / shelf.READINGS).rglob("*.npy")) == kept != []
