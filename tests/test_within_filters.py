"""What is cited and found outside of the filters of a question is counted."""

from __future__ import annotations

import pytest

from assistant.checking import citations
from assistant.types import Citation, Filters, FoundBy, Hit
from eval.scorers.narrowing import within_filters
from tests.conftest import make_document, make_passages
from tests.test_scorers import answered

NOTE = make_document("Prices fell. Cards are stamped.", "note.txt", author="Ann Lee", date="2024-05")
OTHER = make_document("Prices rose.", "other.txt", author="Bob Roe", date="2022-01-03")


@pytest.mark.parametrize(
    ("filters", "share"),
    [
        (Filters(documents=("note.txt",)), 0.5),
        (Filters(documents=(NOTE.id, "other.txt")), 1.0),
        (Filters(authors=("ann  lee",)), 0.5),
        (Filters(since="2024-05-20"), 0.5),  # the note may be of later in May
        (Filters(since="2022", until="2024"), 1.0),
        (Filters(until="2022-01-02"), 0.0),
    ],
)
def test_what_lies_outside_of_the_filters_is_counted(filters: Filters, share: float) -> None:
    note, other = (make_passages(one)[0] for one in (NOTE, OTHER))
    cited = citations.cite(note, note.sentences[0], lambda _, start, end: NOTE.text[start:end])
    assert isinstance(cited, Citation)

    score = within_filters(answered(cited), [Hit(other, 1.0, FoundBy.BOTH)], filters)

    assert (score.value, bool(score.why)) == (share, share < 1)
