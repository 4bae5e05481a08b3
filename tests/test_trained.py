from __future__ import annotations

import hashlib
import json
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from assistant.evidence.encoder import LONGEST, Pair
from assistant.evidence.trained import TOKENS, TrainedHead, TrainedStance, batches
from assistant.types import Span

EVIDENCE = Path(str(files("assistant.evidence")))
CLAIM = "Leaflets bring new customers."
TEXTS = [
    "Leaflets brought in forty people.",
    "Nobody reads leaflets.",
    "The mill opened in 1987, and " + "so on " * 300,
]


@pytest.mark.slow
def test_every_row_is_a_probability_of_each_side() -> None:
    rows = TrainedStance().sides(CLAIM, TEXTS)

    assert rows.shape == (3, 3)
    np.testing.assert_allclose(rows.sum(axis=1), 1, rtol=1e-5)
    assert TrainedStance().sides(CLAIM, []).shape == (0, 3)


@pytest.mark.slow
def test_a_score_does_not_depend_on_what_is_read_beside_it() -> None:
    together = TrainedHead("stance").scores(CLAIM, TEXTS)
    alone = [TrainedHead("stance").scores(CLAIM, [text])[0] for text in TEXTS]

    for one, other in zip(together, alone, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-4)


@pytest.mark.slow
def test_each_stretch_gets_its_score_and_one_beyond_what_is_read_does_too() -> None:
    text = TEXTS[2]
    stretches = [Span(0, 24), Span(24, 60), Span(len(text) - 10, len(text))]

    (rows,) = TrainedHead("stance").scores("When did the mill open?", [text], [stretches])

    assert rows.shape == (3, 3)
    assert np.isfinite(rows).all()


@pytest.mark.slow
def test_a_pair_is_read_once_in_a_session(monkeypatch: pytest.MonkeyPatch) -> None:
    head = TrainedHead("stance")
    first = head.scores(CLAIM, TEXTS)
    monkeypatch.setattr(head, "_model", None)  # would fail if it were asked

    again = head.scores(CLAIM, TEXTS[::-1])

    assert all((one == other).all() for one, other in zip(first, again[::-1], strict=True))


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
