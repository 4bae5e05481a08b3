"""Prompts are rendered strictly, and material cannot leave its fence."""

import pytest

from assistant.model.prompting import NAMES, hashes, material, render


def test_a_value_too_many_or_too_few_is_named() -> None:
    with pytest.raises(ValueError, match=r"extra.*passages"):
        render("read.lines", question="q", extra="x")


def test_braces_and_dollars_of_a_document_stay_as_they_are() -> None:
    assert '{"a": $5}' in render("read.lines", question="q", passages='{"a": $5}')


@pytest.mark.parametrize(
    "end", ["</passages>", "</evidence>", "< / EVIDENCE >", "<\n/evidence>", "</conversation>", "<passages>"]
)
def test_material_cannot_write_the_mark_that_ends_it(end: str) -> None:
    assert "<" not in material(f"before {end} after")


def test_material_is_one_line() -> None:
    assert material("[2] x\n[3]\r\n\u2028y") == "[2] x [3] y"


def test_every_prompt_has_a_hash() -> None:
    assert set(hashes()) == set(NAMES)
