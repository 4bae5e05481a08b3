from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as trying
from hypothesis import strategies as st

from assistant.errors import DocumentMissing, LibraryDamaged, LibraryError, LibraryLocked
from assistant.library.catalog import Catalog
from assistant.library.database import sqlite as database
from assistant.library.places import in_file
from assistant.library.records import Correction, DocumentRow, Feedback, Opinion, PassageRow
from assistant.library.tables.schema import TABLES, WORDS
from assistant.types import Block, BlockKind, Document, Dropped, Filters, Inline, Searched
from tests.conftest import make_document, make_passages
from tests.database import Server


@pytest.fixture
def in_folder(tmp_path: Path) -> Iterator[Catalog]:
    """A catalog in a file of SQLite."""
    catalog = in_file(tmp_path / "catalog.sqlite3", 80)
    yield catalog
    catalog.close()


@pytest.fixture
def elsewhere(postgres: Server) -> Iterator[Catalog]:
    """A catalog on a server of PostgreSQL."""
    catalog = postgres.new_catalog()
    yield catalog
    catalog.close()


@pytest.fixture(params=["in_folder", "elsewhere"])
def catalog(request: pytest.FixtureRequest) -> Catalog:
    """A catalog on each database."""
    made: Catalog = request.getfixturevalue(request.param)
    return made


def make_row(document: Document, path: str | None = None, speakers: tuple[str | None, ...] = ()) -> DocumentRow:
    rows = tuple(PassageRow(passage, b"\0" * 8, b"\0\0") for passage in make_passages(document, speakers))
    return DocumentRow(document, path or f"/docs/{document.about.source}", len(document.text), 1, rows)


def matches(catalog: Catalog, words: str, **filters: object) -> list[str]:
    ids = [id for id, _ in catalog.full_text.search(words.split(), 10, Filters(**filters))]  # type: ignore[arg-type]
    return [passage.text for passage, _ in catalog.passages.get(ids)]


def test_a_document_comes_back_as_it_was_put(catalog: Catalog) -> None:
    plain = make_document(
        "Trust — naïve “quotes” 😀.", "café/ü.md", author="A", date="2012-10", media_type="text/markdown"
    )
    block = Block(
        BlockKind.ITEM, 0, 5, ("One", "Two"), speaker="Someone", page=3, inline=(Inline(0, 5),), depth=2, column=3
    )
    message = replace(block, start=6, end=7, inline=(), depth=0, column=0, date="2024-05-06")
    document = Document(plain.about, plain.text, (block, message), (Dropped("Home | About", "navigation", 4),))

    catalog.put([make_row(document)])

    assert (catalog.documents.get(document.id), catalog.documents.get("café/ü.md"), catalog.documents.get("x")) == (
        document,
        document,
        None,
    )


@pytest.mark.parametrize(
    ("filters", "left"),
    [
        ({"languages": ("DE",)}, ["Preis"]),
        ({"languages": ("de", "en")}, ["Preis", "Price"]),
        ({"kinds": ("pdf",)}, ["Price"]),
        ({"kinds": ("pdf", "sheet")}, ["Preis", "Price"]),
        ({"titles": ("übersicht",)}, ["Preis"]),
        ({"headings": ("LAMPEN",)}, ["Preis"]),
        ({"pages": (3,)}, ["Price"]),
        ({"pages": (3,), "languages": ("de",)}, []),
    ],
)
def test_passages_are_narrowed_by_what_is_known_of_their_place(
    catalog: Catalog, filters: dict[str, tuple[object, ...]], left: list[str]
) -> None:
    german = make_document("Preis", "a.csv", title="Die Übersicht", media_type="text/csv", language="de")
    english = make_document("Price", "b.pdf", media_type="application/pdf", language="en")
    for document, headings, page in ((german, ("Blatt 1", "Lampen"), 2), (english, (), 3)):
        row = make_row(document)
        passages = tuple(
            one._replace(passage=replace(one.passage, headings=headings, page=page)) for one in row.passages
        )
        catalog.put([row._replace(passages=passages)])

    allowed = catalog.passages.get(catalog.passages.allowed(Filters(**filters)))  # type: ignore[arg-type]

    assert sorted(passage.text for passage, _ in allowed) == left


def test_no_heading_upsets_a_search_by_headings(catalog: Catalog) -> None:
    for number, heading in enumerate(("A\0B", "back\\slash", "\\u0000", "\\\0", 'Quo"te', "PREIS")):
        row = make_row(make_document(f"Text {number}.", f"{number}.txt"))
        catalog.put(
            [
                row._replace(
                    passages=tuple(p._replace(passage=replace(p.passage, headings=(heading,))) for p in row.passages)
                )
            ]
        )

    def under(heading: str) -> list[str]:
        return [p.text for p, _ in catalog.passages.get(catalog.passages.allowed(Filters(headings=(heading,))))]

    assert [under(heading) for heading in ("slash", "\\u0000", 'o"t', "preis")] == [
        *(["Text 1."], ["Text 2."], ["Text 4."], ["Text 5."]),
    ]
    assert len(catalog.passages.get(catalog.passages.allowed(Filters()))) == 6


def test_an_origin_may_be_as_long_as_it_likes(catalog: Catalog) -> None:
    noise = "".join(chr(33 + number * 7919 % 90) for number in range(20_000))
    catalog.put([make_row(make_document("Text.", source="n" * 3000, author=noise))])

    assert catalog.documents.entries()[0].about.author == noise


def test_words_are_found_by_stem_case_and_accents_aside(catalog: Catalog) -> None:
    catalog.put([make_row(make_document("Pricing a café.\n\nNothing here."))])

    assert matches(catalog, "PRICES") == matches(catalog, "cafe") == ["Pricing a café."]


def test_a_passage_is_found_by_its_title_and_by_who_speaks(catalog: Catalog) -> None:
    document = make_document("First words.\n\nOther words.", title="Brand memo", author="The Author")
    catalog.put([make_row(document, speakers=(None, "Ms. Guest"))])

    assert matches(catalog, "guest") == ["Other words."]
    assert matches(catalog, "author") == ["First words."]
    assert sorted(matches(catalog, "memo")) == ["First words.", "Other words."]


@pytest.fixture
def one_passage(catalog: Catalog) -> Catalog:
    catalog.put([make_row(make_document('Trust AND "quotes" NEAR me.'))])
    return catalog


@trying(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)
@given(st.lists(st.text(max_size=12), max_size=30))
def test_no_words_upset_the_search(one_passage: Catalog, words: list[str]) -> None:
    assert len(one_passage.full_text.search(words, 5, Filters())) <= 1


UNSPACED = (
    "割引は営業部長が承認します。",
    "请款单三十天内付款。",
    "ราคาของแผนนี้คือเก้ายูโร",
    "Discounts need an approval.",
)


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("承認するのは誰ですか", 0),
        ("営業部長", 0),
        ("什么时候付款", 1),
        ("ราคา", 2),
        ("discounts", 3),
        ("会議", None),
        ("谁", None),
    ],
)
def test_words_of_scripts_without_spaces_are_found(catalog: Catalog, question: str, found: int | None) -> None:
    catalog.put([make_row(make_document(text, f"{n}.txt")) for n, text in enumerate(UNSPACED)])

    hits = catalog.full_text.search([question], 1, Filters())

    passages = catalog.passages.get([id for id, _ in hits])
    assert [passage.text for passage, _ in passages] == ([] if found is None else [UNSPACED[found]])


def test_a_search_takes_very_many_words(catalog: Catalog) -> None:
    catalog.put([make_row(make_document("Trust me."))])

    assert len(catalog.full_text.search(["trust", *(f"word{number}" for number in range(20_000))], 5, Filters())) == 1


def test_documents_are_found_by_the_words_of_their_titles(catalog: Catalog) -> None:
    """Whoever speaks in them, and however often others have the words in their texts."""
    for n in range(3):
        catalog.put([make_row(make_document("Refund policy, refund policy.", f"{n}.txt", title="Other"))])
    named = make_document("Goods come back.\n\nOther.", "named.txt", title="Refund policies", author="A")
    catalog.put([make_row(named)])

    found = [id for id, _ in catalog.full_text.search(["refund", "policy"], 10, Filters(), in_titles=True)]
    none = catalog.full_text.search(["refund"], 10, Filters(authors=("B",)), in_titles=True)

    assert [about.title for about in catalog.documents.holding(found)] == ["Refund policies"]
    assert (len(found), none, catalog.documents.holding([])) == (2, [], [])


def test_filters_narrow_by_document_voice_and_date(catalog: Catalog) -> None:
    old = make_document("Old trust.\n\nGuest trust.", "old.txt", author="A  Writer", date="2012")
    new = make_document("New trust.", "new.txt", author="B", date="2014-05-06")
    undated = make_document("Undated trust.", "undated.txt")
    catalog.put([make_row(old, speakers=(None, "Guest")), make_row(new), make_row(undated)])

    def texts(**filters: object) -> set[str]:
        allowed = {p.text for p, _ in catalog.passages.get(catalog.passages.allowed(Filters(**filters)))}  # type: ignore[arg-type]
        assert allowed == set(matches(catalog, "trust", **filters))
        return allowed

    assert texts(documents=("old.txt", new.id)) == {"Old trust.", "Guest trust.", "New trust."}
    assert texts(authors=("a writer",)) == {"Old trust."}  # what a guest says is not the author's
    assert texts(authors=("GUEST", "b")) == {"Guest trust.", "New trust."}
    assert texts(since="2012-06") == {"Old trust.", "Guest trust.", "New trust."}  # 2012 may be after June
    assert texts(since="2013") == {"New trust."}
    assert texts(until="2014-05") == {"Old trust.", "Guest trust.", "New trust."}
    assert texts(until="2014-05-05", authors=("b",)) == set()


def test_a_message_is_found_by_its_own_day_and_keeps_it(catalog: Catalog) -> None:
    chat = make_document("Trust first.\n\nTrust later.", "chat.txt", date="2025-02-13", guessed=("date",))
    first, last = make_passages(chat)
    first = replace(first, about=chat.about.dated("2024-12-01"))
    rows = tuple(PassageRow(one, b"\0" * 8, b"\0\0") for one in (first, last))
    catalog.put([make_row(chat)._replace(passages=rows)])

    kept = [one for one, _ in catalog.passages.of(chat.id)]
    ids = {year: catalog.passages.allowed(Filters(since=year, until=year)) for year in ("2024", "2025")}

    assert kept == [first, last]
    assert [(one.about.date, one.about.guessed) for one in kept] == [("2024-12-01", ()), ("2025-02-13", ("date",))]
    assert ids == {"2024": [first.id], "2025": [last.id]}


def test_what_is_guessed_of_a_document_is_known_until_somebody_says_it(catalog: Catalog) -> None:
    plain = make_document("Plain trust.", "plain.txt", author="Stripe", date="2012", title="Report")
    plain = replace(plain, about=replace(plain.about, guessed=("title", "author")))
    row = make_row(plain)
    catalog.put([row])

    def guessed() -> list[tuple[str, ...]]:
        kept = catalog.documents.get(plain.id)
        assert kept is not None
        return [kept.about.guessed, catalog.documents.entries()[0].about.guessed, catalog.documents.listed()[0].guessed]

    assert guessed() == [("title", "author")] * 3
    assert catalog.documents.holdings().authors == ()  # nobody is greeted with a guess
    catalog.correct(plain.id, Correction(author="Ann"))
    assert guessed() == [("title",)] * 3
    catalog.put([row])
    assert guessed() == [("title",)] * 3
    catalog.correct(plain.id, Correction())
    assert guessed() == [("title", "author")] * 3


def test_what_is_said_of_a_document_holds_when_it_is_read_again_until_it_is_taken_back(catalog: Catalog) -> None:
    plain = make_document("Plain trust.\n\nGuest trust.", "plain.txt", author="Stripe", date="2012", title="Report")
    row = make_row(plain, speakers=(None, "Guest"))
    catalog.put([row])
    generation = catalog.state().generation

    catalog.correct(plain.id, Correction("Pears", "Mona Ous", ""))
    assert known(catalog, plain) == ("Pears", "Mona Ous", None)
    assert catalog.state().generation == generation + 1
    assert matches(catalog, "trust", authors=("mona ous",)) == ["Plain trust."]
    assert matches(catalog, "trust", authors=("stripe",)) == []
    assert len(matches(catalog, "pears")) == 2  # by the title
    assert matches(catalog, "report") == []

    catalog.put([row._replace(document=replace(plain, about=replace(plain.about, author="Adyen")))])
    assert known(catalog, plain) == ("Pears", "Mona Ous", None)
    assert matches(catalog, "trust", authors=("mona ous",)) == ["Plain trust."]

    catalog.correct(plain.id, Correction(date="2013"))
    assert known(catalog, plain) == ("Report", "Adyen", "2013")
    catalog.correct(plain.id, Correction())
    assert known(catalog, plain) == ("Report", "Adyen", "2012")
    assert catalog.corrections.get(plain.id) is None
    assert not catalog.full_text.is_wrong()
    assert not catalog.faults()


def known(catalog: Catalog, document: Document) -> tuple[str, str | None, str | None]:
    held = catalog.documents.get(document.id)
    assert held is not None
    return held.about.title, held.about.author, held.about.date


def test_a_replaced_document_gives_up_its_old_passages_and_words(catalog: Catalog) -> None:
    before, after = make_document("Kept.\n\nGone."), make_document("Kept.\n\nFresh.")
    catalog.put([make_row(before)])

    gone = catalog.put([make_row(after)])

    assert gone == [make_passages(before)[1].id]
    assert (matches(catalog, "gone"), matches(catalog, "fresh"), matches(catalog, "kept")) == (
        [],
        ["Fresh."],
        ["Kept."],
    )
    assert catalog.documents.get(after.id) == after


def test_a_file_that_now_holds_another_document_gives_up_the_one_before(catalog: Catalog) -> None:
    before, after, other = (make_document(f"{word} pears.", f"{word}.txt") for word in ("Ninety", "Fifty", "Ten"))
    catalog.put([make_row(before, "/docs/a.txt"), make_row(other)])

    gone = catalog.put([make_row(after, "/docs/a.txt")])

    assert gone == [passage.id for passage in make_passages(before)]
    assert catalog.documents.ids() == sorted([after.id, other.id])


def test_of_passages_that_fit_equally_well_the_same_are_found_in_whatever_order_they_came(catalog: Catalog) -> None:
    rows = [make_row(make_document("The same pears.", f"{number}.txt")) for number in range(6)]
    catalog.put(sorted(rows, key=lambda row: row.passages[0].passage.id, reverse=True))

    ids = [id for id, _ in catalog.full_text.search(["pears"], 2, Filters())]

    assert ids == sorted(row.passages[0].passage.id for row in rows)[:2]


def test_no_question_and_no_new_file_reads_a_whole_table(in_folder: Catalog) -> None:
    """Else its time grows with the library."""
    row, stated = make_row(make_document("Ninety pears.", "pears.txt", author="Ann")), []
    in_folder.put([row])
    in_folder._db._connection.set_trace_callback(stated.append)  # type: ignore[attr-defined]
    ids = [id for id, _ in in_folder.full_text.search(["pears"], 10, Filters())]
    in_folder.passages.visible(ids)
    in_folder.passages.get(ids)
    in_folder.families.places([row.document.id])
    for filters in (Filters(authors=("Ann",)), Filters(documents=("pears.txt",))):
        in_folder.passages.allowed(filters)
        in_folder.documents.searched(filters)
    in_folder.files.known(["/docs/pears.txt"])
    in_folder.boilerplate.known()
    in_folder.put([row])
    in_folder.remove(["/docs/pears.txt"])
    in_folder._db._connection.set_trace_callback(None)  # type: ignore[attr-defined]

    whole = set[str]()
    for statement in stated:
        if statement.startswith(("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")):
            plan = [told for *_, told in in_folder._db.rows(f"EXPLAIN QUERY PLAN {statement}")]
            whole |= {step.split()[1] for step in plan if step.startswith("SCAN ") and "VIRTUAL TABLE" not in step}

    assert whole <= {"CONSTANT", "state", "met", "(subquery-3)"}, "of one row, and what a search has found"


def test_a_document_stays_while_one_of_its_sources_does(catalog: Catalog) -> None:
    document = make_document("Two names.", "a.txt")
    catalog.put([make_row(document)])
    catalog.attach("/docs/b.txt", "b.txt", 10, 1, document.id)
    assert catalog.documents.entries()[0].sources == ("a.txt", "b.txt")

    assert catalog.remove(["/docs/a.txt"]) == (0, [])
    assert catalog.documents.get("b.txt").about.source == "b.txt"  # type: ignore[union-attr]

    assert catalog.remove(["/docs/b.txt", "/docs/unknown.txt"]) == (1, [make_passages(document)[0].id])
    assert (catalog.documents.searched(), matches(catalog, "names")) == (Searched(0, 0), [])


def test_known_files_are_those_named_and_those_in_folders_named(catalog: Catalog) -> None:
    for path in ("/docs/a.txt", "/docs/in/b.txt", "/docs-too/c.txt"):
        catalog.put([make_row(make_document(f"Text of {path}.", path.rpartition("/")[2]), path)])

    assert (
        set(catalog.files.known(["/docs"])) == set(catalog.files.known(["/docs/"])) == {"/docs/a.txt", "/docs/in/b.txt"}
    )
    assert set(catalog.files.known(["/docs-too/c.txt", "/docs/in"])) == {"/docs-too/c.txt", "/docs/in/b.txt"}
    assert set(catalog.files.known(["/"])) == {"/docs/a.txt", "/docs/in/b.txt", "/docs-too/c.txt"}
    assert catalog.files.known([]) == {}
    assert set(catalog.files.known()) == {"/docs/a.txt", "/docs/in/b.txt", "/docs-too/c.txt"}


def test_every_change_of_what_is_seen_raises_the_generation(catalog: Catalog) -> None:
    document = make_document("Text.")
    steps: list[Callable[[], object]] = [
        lambda: catalog.put([make_row(document)]),
        lambda: catalog.attach("/docs/b.txt", "b.txt", 1, 1, document.id),
        lambda: catalog.remove(["/docs/note.txt"]),
    ]
    generations = [catalog.state().generation]
    for step in steps:
        step()
        generations.append(catalog.state().generation)

    assert generations == sorted(set(generations))


def test_a_failed_change_leaves_nothing_behind(catalog: Catalog) -> None:
    whole, twice = make_document("Whole.", "whole.txt"), make_row(make_document("Twice.", "twice.txt"))

    with pytest.raises(LibraryError, match=r"(?i)unique"):
        catalog.put([make_row(whole), twice._replace(passages=twice.passages * 2)])

    assert (catalog.documents.searched(), catalog.state().generation, matches(catalog, "whole")) == (
        Searched(0, 0),
        0,
        [],
    )


def test_threads_share_a_catalog(catalog: Catalog) -> None:
    failures: list[Exception] = []

    def work(name: str) -> None:
        try:
            for number in range(20):
                catalog.put([make_row(make_document(f"Thread {name} {number}.", f"{name}{number}.txt"))])
                assert matches(catalog, f"thread {name}")
        except Exception as exc:
            failures.append(exc)

    threads = [threading.Thread(target=work, args=[name]) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (failures, catalog.documents.searched()) == ([], Searched(60, 60))


def test_a_conversation_keeps_its_turns_as_they_were(catalog: Catalog) -> None:
    first, second = catalog.conversations.begin(), catalog.conversations.begin()
    answers = ['{"question": "Why?"}', '{"any":  "text"}']
    for answer in answers:
        catalog.conversations.add_turn(first, answer)

    assert catalog.conversations.turns(first) == answers
    assert {(c.id, c.title, c.turns) for c in catalog.conversations.listed()} == {(first, "Why?", 2), (second, "", 0)}
    catalog.conversations.rename(second, "Other")
    catalog.conversations.delete(first)
    assert [c.title for c in catalog.conversations.listed()] == ["Other"]
    for use in (catalog.conversations.turns, catalog.conversations.delete):
        with pytest.raises(DocumentMissing):
            use(first)
    with pytest.raises(DocumentMissing):
        catalog.conversations.add_turn(first, "{}")


def feedback_rows(catalog: Catalog, conversation: str | None = None) -> list[tuple[object, ...]]:
    """Feedback without its time."""
    return [tuple(one[:-1]) for one in catalog.conversations.feedback(conversation)]


def test_the_last_thing_said_of_a_turn_or_a_citation_is_kept(catalog: Catalog) -> None:
    first, second = catalog.conversations.begin(), catalog.conversations.begin()
    for conversation in (first, first, second):
        catalog.conversations.add_turn(conversation, "{}")

    catalog.conversations.give_feedback(second, 1, Opinion.GOOD)
    for verdict, note in ((Opinion.GOOD, ""), (Opinion.BAD, "Old\0 “news”\n")):
        catalog.conversations.give_feedback(first, 2, Opinion.WRONG_EVIDENCE, citation=3)
        catalog.conversations.give_feedback(first, 2, verdict, note=note)

    of_first = [
        (first, 2, None, Opinion.BAD, "Old\0 “news”\n"),
        (first, 2, 3, Opinion.WRONG_EVIDENCE, ""),
    ]
    assert feedback_rows(catalog, first) == of_first
    assert feedback_rows(catalog) == [*of_first, (second, 1, None, Opinion.GOOD, "")]
    assert all(one.created.endswith("+00:00") for one in catalog.conversations.feedback())


def test_feedback_is_taken_back_and_goes_with_its_conversation(catalog: Catalog) -> None:
    conversation = catalog.conversations.begin()
    catalog.conversations.add_turn(conversation, "{}")
    for citation in (None, 1, 2):
        catalog.conversations.give_feedback(conversation, 1, Opinion.BAD, citation=citation)

    for _ in range(2):
        catalog.conversations.withdraw_feedback(conversation, 1)
        catalog.conversations.withdraw_feedback(conversation, 1, citation=2)
    assert feedback_rows(catalog) == [(conversation, 1, 1, Opinion.BAD, "")]

    catalog.conversations.delete(conversation)
    assert feedback_rows(catalog) == []


def test_feedback_on_a_turn_that_is_not_there_is_not_kept(catalog: Catalog) -> None:
    conversation = catalog.conversations.begin()
    catalog.conversations.add_turn(conversation, "{}")

    for id, turn in [(conversation, 0), (conversation, 2), ("nobody", 1)]:
        with pytest.raises(DocumentMissing):
            catalog.conversations.give_feedback(id, turn, Opinion.BAD)
    assert feedback_rows(catalog) == []


# What makes the tables those of before versions 11 and 12.
WITHOUT_COLUMNS = (
    "ALTER TABLE passages DROP COLUMN date",
    "ALTER TABLE staged DROP COLUMN date",
    "ALTER TABLE state DROP COLUMN headed",
)


def make_version_1(path: Path) -> None:
    """A catalog as version 1 made it, with a conversation of one turn."""
    connection = sqlite3.connect(path)
    for statement in (*TABLES.split(";\n\n"), WORDS, *WITHOUT_COLUMNS):
        connection.execute(statement)
    with connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("INSERT INTO state (passage_words, model) VALUES (77, 'm')")
        connection.execute("INSERT INTO conversations VALUES ('old', 'Why?', '2024-01-01T00:00:00+00:00')")
        connection.execute("INSERT INTO turns VALUES (1, 'old', '2024-01-01T00:00:00+00:00', '{}')")
        connection.execute("PRAGMA user_version = 1")
    connection.close()


def test_a_catalog_of_version_1_takes_feedback_and_loses_nothing(tmp_path: Path) -> None:
    make_version_1(tmp_path / "catalog.sqlite3")
    old = sqlite3.connect(tmp_path / "catalog.sqlite3")  # a process that has it open still
    before = [old.execute(f"SELECT * FROM {table}").fetchall() for table in ("state", "conversations", "turns")]

    for _ in range(2):
        catalog = in_file(tmp_path / "catalog.sqlite3", 80)
        catalog.conversations.give_feedback("old", 1, Opinion.BAD, note="So")
        catalog.put([make_row(make_document("Trust me."))])
        assert (feedback_rows(catalog), matches(catalog, "trust"), catalog.faults()) == (
            [("old", 1, None, Opinion.BAD, "So")],
            ["Trust me."],
            [],
        )
        catalog.close()

    assert [old.execute(f"SELECT * FROM {table}").fetchall() for table in ("conversations", "turns")] == before[1:]
    assert old.execute("SELECT passage_words, model FROM state").fetchall() == [(77, "m")]
    old.execute("PRAGMA foreign_keys = ON")
    with old:
        old.execute("DELETE FROM conversations")
    assert old.execute("SELECT * FROM feedback").fetchall() == []
    old.close()


def test_a_catalog_of_version_3_takes_verdicts(in_folder: Catalog, tmp_path: Path) -> None:
    in_folder.put([make_row(make_document("Trust me."))])
    connection = sqlite3.connect(tmp_path / "catalog.sqlite3")
    with connection:
        for statement in ("DROP TABLE verdicts", *WITHOUT_COLUMNS):
            connection.execute(statement)
        connection.execute("PRAGMA user_version = 3")
    connection.close()

    newer = in_file(tmp_path / "catalog.sqlite3", 80)
    id = newer.verdicts.keep('{"idea": "Wait.", "ruling": "holds"}')

    assert [one.id for one in newer.verdicts.listed()] == [id]
    assert matches(newer, "trust") == ["Trust me."]
    newer.close()


def test_many_may_open_a_catalog_of_version_1_at_once(tmp_path: Path) -> None:
    make_version_1(tmp_path / "catalog.sqlite3")
    seen: list[list[Feedback] | Exception] = []

    def open_it() -> None:
        try:
            catalog = in_file(tmp_path / "catalog.sqlite3", 80)
            seen.append(catalog.conversations.feedback())
            catalog.close()
        except Exception as exc:
            seen.append(exc)

    threads = [threading.Thread(target=open_it) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert seen == [[]] * 8


def test_a_catalog_of_version_1_is_left_as_it_was_when_it_cannot_be_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_version_1(tmp_path / "catalog.sqlite3")
    monkeypatch.setattr(database, "PATIENCE", 0.05)
    other = sqlite3.connect(tmp_path / "catalog.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(LibraryLocked, match="Another process"):
        in_file(tmp_path / "catalog.sqlite3", 80)
    other.execute("ROLLBACK")
    assert other.execute("PRAGMA user_version").fetchone() == (1,)
    other.close()
    in_file(tmp_path / "catalog.sqlite3", 80).close()


def test_a_file_that_is_no_catalog_is_called_damaged(tmp_path: Path) -> None:
    (tmp_path / "catalog.sqlite3").write_bytes(b"not a database, but long enough to be looked at " * 100)

    with pytest.raises(LibraryDamaged, match=r"catalog\.sqlite3 is damaged"):
        in_file(tmp_path / "catalog.sqlite3", 80)


def test_a_catalog_of_another_version_is_refused(in_folder: Catalog, tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "catalog.sqlite3")
    connection.execute("PRAGMA user_version = 99")
    connection.close()

    with pytest.raises(LibraryError, match="schema 99"):
        in_file(tmp_path / "catalog.sqlite3", 80)


def test_a_transaction_that_takes_too_long_is_named(
    in_folder: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "PATIENCE", 0.05)
    other = in_file(tmp_path / "catalog.sqlite3", 80)
    connection = sqlite3.connect(tmp_path / "catalog.sqlite3", isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")

    with pytest.raises(LibraryLocked, match="Another process"):
        other.conversations.begin()
    assert other.conversations.listed() == []  # reading goes on
    connection.close()
    other.close()


def test_words_that_do_not_fit_the_passages_are_noticed_and_rebuilt(catalog: Catalog) -> None:
    catalog.put([make_row(make_document("Trust me.\n\nBelieve me."))])
    assert not catalog.full_text.is_wrong()
    catalog._db.run(
        "DELETE FROM words WHERE text LIKE 'Trust%'"
        if isinstance(catalog._db, database.Sqlite)
        else "DELETE FROM words WHERE CAST(stems AS text) LIKE '%trust%'"
    )

    assert catalog.full_text.is_wrong()
    catalog.renew_words()
    assert (catalog.full_text.is_wrong(), matches(catalog, "trusting")) == (False, ["Trust me."])
    catalog.put([make_row(make_document("Other."))])
    assert (catalog.full_text.is_wrong(), matches(catalog, "trust")) == (False, [])
