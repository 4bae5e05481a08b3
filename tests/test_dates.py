"""Dates as they are read aloud, and as lines give them."""

import pytest

from assistant.text import dates


@pytest.mark.parametrize(
    ("line", "iso", "gives"),
    [
        ("Posted on October 5, 2012", "2012-10-05", True),
        ("05.10.2012", "2012-10-05", True),
        ("5 Oct 2012", "2012-10-05", True),
        ("October 2012", "2012-10-05", False),
        ("October 2012", "2012-10", True),
        ("In 2012", "2012", True),
        ("In 2013", "2012", False),
        ("Soon", "soon", False),
    ],
)
def test_a_line_gives_a_date_with_all_that_is_known_of_it(line: str, iso: str, gives: bool) -> None:
    assert dates.gives(line, iso) is gives


@pytest.mark.parametrize(
    ("iso", "read"), [("2012-10-05", "5 October 2012"), ("2012-10", "October 2012"), ("2012", "2012"), ("soon", "soon")]
)
def test_a_date_is_read_aloud_as_far_as_it_is_known(iso: str, read: str) -> None:
    assert dates.spoken(iso) == read
