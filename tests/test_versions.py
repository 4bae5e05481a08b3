"""Versions of a piece: what is the same with small differences, which is the newest, and what that one supersedes."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.library.library import Library
from assistant.library.tables import versions
from assistant.search.retrieval import retrieve
from assistant.settings import Settings
from tests.conftest import make_document, make_new, on_both_databases
from tests.fakes import WordEmbedder
from ui.reports import terminal
from ui.views import present_library

MEMO = " ".join(
    f"The {nth} finding is that buyers in {place} compare offers and then choose the one that they can explain."
    for nth, place in zip(
        "first second third fourth fifth sixth seventh".split(),
        "Lyon Porto Ghent Turin Split Bergen Cork".split(),
        strict=True,
    )
)
CORRECTED = MEMO.replace("explain", "defend", 1)


def put(library: Library, *documents: tuple[str, str, str | None, int]) -> None:
    """Write documents of these sources, texts, dates and file times."""
    for source, text, date, mtime in documents:
        new = make_new(make_document(text, source, date=date), WordEmbedder())
        with library.writing() as writer:
            writer.put([new._replace(mtime_ns=mtime * 10**9)])


def version_sources(library: Library) -> dict[str, tuple[list[str], str | None]]:
    """For each source, the sources of its versions and what supersedes it."""
    entries = library.entries()
    source = {entry.about.id: entry.about.source for entry in entries}
    return {
        entry.about.source: ([source[id] for id in entry.versions], entry.superseded_by and source[entry.superseded_by])
        for entry in entries
    }


@on_both_databases
def test_a_piece_saved_twice_with_small_differences_is_two_versions(library: Library) -> None:
    put(library, ("a.txt", MEMO, None, 1), ("b.txt", CORRECTED, None, 2), ("c.txt", "Other. " * 30, None, 3))

    assert version_sources(library) == {
        "a.txt": (["b.txt", "a.txt"], None),
        "b.txt": (["b.txt", "a.txt"], None),
        "c.txt": ([], None),
    }
    document = library.document("a.txt")
    assert [about.source for about in library.versions(document.id)] == ["b.txt", "a.txt"]
    assert library.versions(library.document("c.txt").id) == library.versions("unknown") == []


@pytest.mark.parametrize(
    ("older", "newer", "supersedes"),
    [
        ((MEMO, "2020-01", 9), (CORRECTED, "2020-02-03", 1), True),  # the text's date comes before the file's
        ((MEMO, "2020", 1), (CORRECTED, "2020", 2), False),
        ((MEMO, None, 1), (CORRECTED, None, 2), False),
        ((MEMO + " It cost 40 euros.", None, 1), (MEMO + " It cost 50 euros.", None, 2), True),
        ((MEMO + " It cost 1,000.", None, 1), (MEMO + " It cost 1000.", None, 2), False),
    ],
)
@on_both_databases
def test_a_version_of_another_date_or_other_figures_supersedes_the_older(
    library: Library, older: tuple[str, str | None, int], newer: tuple[str, str | None, int], supersedes: bool
) -> None:
    put(library, ("older.txt", *older), ("newer.txt", *newer))

    assert version_sources(library)["older.txt"] == (["newer.txt", "older.txt"], "newer.txt" if supersedes else None)
    assert version_sources(library)["newer.txt"][1] is None


@pytest.mark.parametrize(
    ("dates", "by_file_time"), [(("2019", "2020"), False), ((None, "2020"), True), ((None, None), True)]
)
@on_both_databases
def test_that_only_the_times_of_files_tell_which_version_is_newer_is_told(
    library: Library, dates: tuple[str | None, str | None], by_file_time: bool
) -> None:
    put(library, ("old.txt", MEMO + " It cost 40.", dates[0], 1), ("new.txt", MEMO + " It cost 50.", dates[1], 2))

    entry = next(one for one in library.entries() if one.about.source == "old.txt")
    row = next(one for one in library.listed() if one.source == "old.txt")

    assert entry.superseded_by == row.superseded_by == library.document("new.txt").id
    assert entry.by_file_time is row.by_file_time is by_file_time
    assert ("times of their files" in terminal.documents([entry])) is by_file_time
    assert present_library.standings(row)[-1] == ("older file" if by_file_time else "older version")


@on_both_databases
def test_it_does_not_matter_which_is_read_first(library: Library) -> None:
    put(
        library,
        ("newer.txt", CORRECTED, "2021", 1),
        ("older.txt", MEMO, "2019", 2),
        ("middle.txt", MEMO + " So.", "2020", 3),
    )

    order = ["newer.txt", "middle.txt", "older.txt"]
    assert version_sources(library) == {
        "newer.txt": (order, None),
        "middle.txt": (order, "newer.txt"),
        "older.txt": (order, "newer.txt"),
    }


@on_both_databases
def test_when_the_newest_is_gone_the_next_one_is(library: Library) -> None:
    for year in (2019, 2020, 2021):
        put(library, (f"{year}.txt", f"{MEMO} So in {year}.", str(year), 1))
    with library.writing() as writer:
        writer.remove(["/docs/2021.txt"])
    assert version_sources(library) == {
        "2019.txt": (["2020.txt", "2019.txt"], "2020.txt"),
        "2020.txt": (["2020.txt", "2019.txt"], None),
    }

    with library.writing() as writer:
        writer.remove(["/docs/2020.txt"])
    assert version_sources(library) == {"2019.txt": ([], None)}


@on_both_databases
def test_a_file_that_becomes_another_piece_leaves_its_versions(library: Library) -> None:
    put(library, ("a.txt", MEMO, None, 1), ("b.txt", CORRECTED, None, 2), ("c.txt", MEMO + " So.", None, 3))
    put(library, ("a.txt", "Entirely other words. " * 20, None, 4))

    order = ["c.txt", "b.txt"]
    assert version_sources(library) == {"a.txt": ([], None), "b.txt": (order, None), "c.txt": (order, None)}


@on_both_databases
def test_short_texts_and_texts_that_share_a_part_are_no_versions(library: Library) -> None:
    half = MEMO[: len(MEMO) // 2]
    put(library, ("a.txt", "I agree.", None, 1), ("b.txt", "I agree!", None, 2))
    put(library, ("c.txt", MEMO, None, 1), ("d.txt", half + " Nothing else is known of the rest. " * 9, None, 2))

    assert [of for of, _ in version_sources(library).values()] == [[]] * 4


@on_both_databases
def test_of_many_that_share_their_boilerplate_only_what_is_alike_is_a_version(library: Library) -> None:
    notice = "This message is meant for its reader alone and may not be passed on to anybody without being asked. " * 2
    texts = [f"{notice} {' '.join(f'word{number}x{n}' for n in range(60))}" for number in range(70)]
    put(library, *((f"{number}.txt", text, None, number) for number, text in enumerate(texts)))

    put(library, ("again.txt", texts[66] + " More.", None, 99))

    assert {source: of for source, (of, _) in version_sources(library).items() if of} == {
        "66.txt": ["again.txt", "66.txt"],
        "again.txt": ["again.txt", "66.txt"],
    }


@on_both_databases
def test_of_two_versions_the_newer_one_speaks_and_the_older_is_folded(library: Library) -> None:
    paragraphs = [MEMO[at : at + 140] for at in range(0, 700, 140)]
    old = "\n\n".join(
        [*paragraphs, "The bakery raised its prices in April and lost none of its regular buyers at all."]
    )
    new = old.replace("none of its regular buyers", "none of its many regular buyers")
    put(library, ("z-new.txt", new, "2021", 1), ("a-old.txt", old, "2019", 2))

    for question in ("bakery raised its prices in April lost none of its regular buyers", "bakery many buyers"):
        best = retrieve(question, library, WordEmbedder())[0]
        assert (best.passage.about.source, [passage.about.source for passage in best.folded]) == (
            "z-new.txt",
            ["a-old.txt"],
        )


def test_a_library_made_before_there_were_versions_learns_them_when_it_is_next_written_to(
    library: Library, settings: Settings
) -> None:
    put(library, ("a.txt", MEMO, "2019", 1))
    with sqlite3.connect(settings.folder / "catalog.sqlite3") as connection:
        for table in ("versions", "shingles"):
            connection.execute(f"DROP TABLE {table}")
        connection.execute("ALTER TABLE state DROP COLUMN headed")
        for table in ("passages", "staged"):
            connection.execute(f"ALTER TABLE {table} DROP COLUMN date")
        connection.execute("PRAGMA user_version = 2")
    connection.close()

    with Library.open(settings, WordEmbedder()) as again:
        assert version_sources(again) == {"a.txt": ([], None)}
        put(again, ("b.txt", CORRECTED, "2020", 1))
        assert version_sources(again)["a.txt"] == (["b.txt", "a.txt"], "b.txt")
        assert again.doctor() == []


WORDS = st.lists(st.sampled_from("alpha beta gamma delta epsilon zeta eta theta iota kappa".split()), max_size=60)


@given(WORDS, WORDS)
def test_likeness_is_the_same_from_both_sides_and_whole_for_the_same_words(
    one: Sequence[str], other: Sequence[str]
) -> None:
    first, second = versions.shingles(" ".join(one)), versions.shingles(" ".join(other))

    assert versions.alike(first, second) == versions.alike(second, first)
    assert versions.alike(first, versions.shingles(" — ".join(one).upper())) == (1.0 if first else 0.0)
    assert set(versions.keys(first)) <= first
