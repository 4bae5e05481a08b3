"""Errors of the system and of libraries are told in our words."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from pydantic import BaseModel, Field, ValidationError

from assistant.plainly import unfit, why


class Form(BaseModel, extra="forbid"):
    name: str = Field(max_length=3)
    count: int | None = Field(default=None, ge=1)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, "name is missing"),
        ({"name": 1}, "name must be text"),
        ({"name": "long"}, "name must have at most 3 characters"),
        ({"name": "a", "count": 0}, "count must be at least 1"),
        ({"name": "a", "count": "x"}, "count must be a whole number"),
        ({"name": "a", "nmae": "b"}, "nmae is not known"),
        (7, "the request must be an object with keys"),
    ],
)
def test_what_does_not_fit_a_form_is_a_sentence(given: object, told: str) -> None:
    with pytest.raises(ValidationError) as error:
        Form.model_validate(given)

    assert unfit(error.value.errors(), "the request") == [told]


def test_why_a_file_cannot_be_read_has_no_number_of_an_error(tmp_path: Path) -> None:
    (tmp_path / "latin").write_bytes(b"\xff\xfe\xfa")

    assert _why((tmp_path / "gone").read_text) == "it is not there"
    assert _why(tmp_path.read_text) == "it is a folder"
    assert _why(lambda: (tmp_path / "latin").read_text("utf-8")) == "it is no text in UTF-8"


def test_a_broken_line_is_named() -> None:
    wrong = "line 2 of it is not written as it must be"

    assert _why(lambda: json.loads("{\n:}")) == wrong
    assert _why(lambda: tomllib.loads("a = 1\nb = \n")) == wrong
    assert _why(lambda: tomllib.loads("a")) == "it breaks off"
    assert _why(lambda: yaml.safe_load("a: 1\n]")) == wrong


def _why(does: Callable[[], object]) -> str:
    with pytest.raises(Exception) as error:
        does()
    return why(error.value)
