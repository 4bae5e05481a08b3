"""On which side a sentence leans, by the stance model's word and likeness beside it."""

import numpy as np
import pytest

from assistant.leaning import leant, side_of
from assistant.types import Stance


def leaning(odds: tuple[float, float, float], lead: float = 0.0) -> Stance:
    row = leant(np.array([odds], np.float32), np.array([lead], np.float32))[0]
    assert row.sum() == pytest.approx(1)
    return side_of(row)[0]


def test_where_nothing_tells_a_side_none_is_taken() -> None:
    assert leaning((0.4, 0.4, 0.2)) is Stance.UNCLEAR


def test_a_stance_model_that_is_sure_is_followed() -> None:
    assert leaning((0.9, 0.05, 0.05)) is Stance.SUPPORTS
    assert leaning((0.05, 0.9, 0.05)) is Stance.CHALLENGES


def test_what_the_stance_model_finds_beside_the_point_stays_unclear() -> None:
    assert leaning((0.05, 0.05, 0.9)) is Stance.UNCLEAR


def test_a_model_that_is_as_sure_as_can_be_is_no_division_by_nothing() -> None:
    assert leaning((1.0, 0.0, 0.0)) is Stance.SUPPORTS
    assert leaning((0.0, 1.0, 0.0)) is Stance.CHALLENGES


def test_likeness_to_a_side_of_a_lens_has_its_say() -> None:
    assert leaning((0.4, 0.4, 0.2), lead=0.2) is Stance.SUPPORTS
    assert leaning((0.4, 0.4, 0.2), lead=-0.2) is Stance.CHALLENGES
