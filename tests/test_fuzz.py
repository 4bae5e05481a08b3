"""A damaged file of any kind is read or reported; the long run of this is ``eval/benchmarks/fuzz.py``."""

from __future__ import annotations

import pytest

from eval.benchmarks.fuzz import children, fuzzed
from ingest.pipeline.workers import Workers
from tests.seeds import seeds

pytestmark = pytest.mark.slow
EACH = 10  # files of a kind


def test_damaged_files_are_read_or_reported_and_no_process_is_left() -> None:
    before, faults = children(), list[str]()
    with Workers() as workers:
        told = {kind: fuzzed(workers, kind, data, EACH, faults).total() for kind, data in seeds().items()}

    assert faults == []
    assert told == dict.fromkeys(seeds(), EACH)
    assert children() == before
