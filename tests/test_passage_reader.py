from __future__ import annotations

import numpy as np
import pytest

from assistant.evidence import reading
from assistant.evidence.reading import PassageReader, as_read, calibrated
from tests.conftest import make_marked

QUESTION = "When did the mill open?"
MILL = make_marked("The mill opened in 1987. It sold linen to the shops of the town.", "mill.txt", title="The mill")
RAIN = make_marked("Rain is wet, and snow is cold. Nobody knows why.", "rain.txt")
LONG = make_marked("The mill opened in 1987, and " + "so on " * 300 + ". Then it closed.", "long.txt")


@pytest.mark.slow
def test_what_answers_is_likelier_than_what_does_not() -> None:
    mill, rain = PassageReader().answers(QUESTION, [MILL, RAIN])

    assert 0 < rain < 0.05 < 0.3 < mill < 1


@pytest.mark.slow
def test_nothing_depends_on_what_is_read_beside_it() -> None:
    together = PassageReader().answers(QUESTION, [MILL, RAIN, LONG])

    reading._KEPT.clear()
    alone = [PassageReader().answers(QUESTION, [passage])[0] for passage in (MILL, RAIN, LONG)]
    np.testing.assert_allclose(together, alone, atol=1e-4)


@pytest.mark.slow
def test_a_passage_is_read_once_in_a_session(monkeypatch: pytest.MonkeyPatch) -> None:
    reader = PassageReader()
    first = reader.answers(QUESTION, [MILL, RAIN, MILL])
    monkeypatch.setattr(PassageReader, "_network", None)  # would fail if it were asked

    assert reader.answers(QUESTION, [RAIN, MILL]).tolist() == first[[1, 0]].tolist()
    assert reader.answers(QUESTION, []).shape == (0,)


def test_a_passage_is_read_under_its_title_and_headings() -> None:
    page = make_marked("We sold linen.", "page.txt", title="Ashford", headings=("Ashford", "The years"))

    assert as_read(page) == "Ashford > The years\nWe sold linen."
    assert as_read(make_marked("We sold linen.", "page.txt", title="")) == "We sold linen."


def test_a_probability_is_scaled_and_shifted_in_its_log_odds() -> None:
    assert calibrated(0.5, 1.0, 0.0) == pytest.approx(0.5)
    assert calibrated(0.5, 2.0, 1.0) == pytest.approx(1 / (1 + np.exp(-1)))
    assert 0 < calibrated(0.0, 1.0, 0.0) < calibrated(1.0, 1.0, 0.0) < 1
