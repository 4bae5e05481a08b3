"""A library's documents as a long list shows them."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.library.database.sqlite import Sqlite
from assistant.library.library import Library
from tests.conftest import make_document, make_new, on_both_databases
from tests.fakes import WordEmbedder

PLAN = (
    "The plan is to plant ninety pear trees in the orchard by the river, to press their cider in October, and to sell "
)
OLD = PLAN + "nothing of it before the month of May in the year 2021."
NEW = PLAN + "nothing of it before the month of May in the year 2022."


@on_both_databases
def test_a_list_says_what_the_entries_say(library: Library, embedder: WordEmbedder, tmp_path: Path) -> None:
    there = tmp_path / "there.txt"
    there.write_text("x")
    documents = [
        make_document(OLD, "old.txt", date="2021-05", author="Ann"),
        make_document(NEW, "new.txt", date="2022-05", media_type="application/pdf"),
        make_document("Pears.\n\nApples.", "deep/there.txt", language="en"),
    ]
    paths = [None, None, str(there)]
    with library.writing() as writer:
        writer.put([make_new(one, embedder, path) for one, path in zip(documents, paths, strict=True)])

    listed, entries = library.listed(), library.entries()

    assert [one.source for one in listed] == ["deep/there.txt", "new.txt", "old.txt"]
    assert [(one.document, one.title, one.author, one.date, one.language, one.media_type) for one in listed] == [
        (e.about.id, e.about.title, e.about.author, e.about.date, e.about.language, e.about.media_type) for e in entries
    ]
    assert [(one.passages, one.state, one.superseded_by) for one in listed] == [
        (e.passages, e.state, e.superseded_by) for e in entries
    ]
    assert [(one.passages, one.state) for one in listed] == [(2, "ready"), (1, "source missing"), (1, "source missing")]
    assert listed[2].superseded_by == listed[1].document
    assert listed[0].files == (str(there),)


def test_however_many_documents_there_are_one_query_lists_them(
    library: Library, embedder: WordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    with library.writing() as writer:
        writer.put([make_new(make_document(f"Words {n}.", f"{n}.txt"), embedder) for n in range(50)])
    asked: list[str] = []
    rows = Sqlite.rows
    monkeypatch.setattr(Sqlite, "rows", lambda self, sql, *more: asked.append(sql) or rows(self, sql, *more))

    assert len(library.listed()) == 50
    assert len(asked) == 1
