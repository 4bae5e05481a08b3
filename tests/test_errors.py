from __future__ import annotations

import inspect
import re
from typing import NamedTuple

import pytest

from assistant import errors
from assistant.errors import LibraryLocked, PushbackError


class Branch(NamedTuple):
    name: str
    parent: str
    retryable: bool


REAL = [
    error
    for _, error in inspect.getmembers(errors, inspect.isclass)
    if issubclass(error, PushbackError) and error is not PushbackError
]


def drawn() -> set[Branch]:
    """The tree of the docstring: a line's depth is the column of its name."""
    tree = re.search(r"```text\n(.*?)```", errors.__doc__ or "", re.S)
    assert tree
    above: dict[int, str] = {}
    branches = set()
    for line in tree[1].splitlines():
        name = re.search(r"[A-Z]\w+", line)
        assert name
        above = {column: kept for column, kept in above.items() if column < name.start()}
        if above:
            branches.add(Branch(name[0], above[max(above)], line.endswith("(retryable)")))
        above[name.start()] = name[0]
    return branches


def test_the_tree_that_is_drawn_is_the_tree_that_is() -> None:
    assert drawn() == {Branch(error.__name__, error.__bases__[0].__name__, error.retryable) for error in REAL}


@pytest.mark.parametrize("error", [error for error in REAL if not error.__subclasses__()])
def test_every_error_says_what_happened_and_what_to_do(error: type[PushbackError]) -> None:
    assert str(error("It broke.")) == "It broke."
    assert error("It broke.").hint.endswith(".")


def test_a_hint_of_its_own_stays_with_its_error() -> None:
    assert LibraryLocked("It broke.", hint="Wait a year.").hint == "Wait a year."
    assert LibraryLocked("It broke.").hint == LibraryLocked.hint != "Wait a year."
    assert LibraryLocked("It broke.", hint="").hint == ""
