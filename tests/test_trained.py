from __future__ import annotations

import hashlib
import json
from importlib.resources import files
from pathlib import Path

import pytest

from assistant.evidence.network import LONGEST, Pair
from assistant.evidence.trained import TOKENS, batches

EVIDENCE = Path(str(files("assistant.evidence")))


@pytest.mark.parametrize("lengths", [[5], [LONGEST] * 40, [3, 250, 7, 99] * 30, [LONGEST, 1] * 17])
def test_batches_hold_each_pair_once_and_bound_the_tokens(lengths: list[int]) -> None:
    pairs = {i: Pair([0] * length, 1, ()) for i, length in enumerate(lengths)}

    found = list(batches(pairs))

    assert sorted(i for batch in found for i in batch) == sorted(pairs)
    assert all(len(batch) * max(lengths[i] for i in batch) <= TOKENS for batch in found)


def test_the_card_is_of_these_weights_and_they_are_small() -> None:
    weights = sorted((EVIDENCE / "weights").glob("*.safetensors"))
    card = json.loads((EVIDENCE / "CARD.json").read_text("utf-8"))

    assert card["sha256"] == {path.stem: hashlib.sha256(path.read_bytes()).hexdigest() for path in weights}
    assert sum(path.stat().st_size for path in weights) < 25e6
    assert all(digest in (EVIDENCE / "CARD.md").read_text("utf-8") for digest in card["sha256"].values())
