"""Mailboxes, OpenDocument sheets and decks, notebooks, reStructuredText and AsciiDoc."""

from __future__ import annotations

import json

import pytest

from assistant.errors import SourceError
from assistant.types import BlockKind
from ingest.pipeline.documents import load
from ingest.reading.formats import read
from tests.office import opened
from tests.test_reading_notes import spoken

HEAD, TEXT, ITEM, ROW, CODE = (
    BlockKind.HEADING,
    BlockKind.PARAGRAPH,
    BlockKind.ITEM,
    BlockKind.ROW,
    BlockKind.CODE,
)


def pieces_of(name: str, data: bytes) -> list[tuple[BlockKind, int, str]]:
    return [(piece.kind, piece.level, piece.text) for piece in read(name, data).pieces if not piece.reason]


def gone(name: str, data: bytes) -> list[tuple[str | None, str]]:
    return [(piece.reason, piece.text) for piece in read(name, data).pieces if piece.reason]


def mail(name: str, day: int, text: str, subject: str = "Fair") -> str:
    return (
        f"From {name.lower()}@example.org Tue Jun {day} 10:00:00 2025\nFrom: {name} Lind <{name.lower()}@example.org>\n"
        f"Subject: {subject}\nDate: Tue, {day} Jun 2025 10:00:00 +0000\n\n{text}\n\n"
    )


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_each_mail_of_a_mailbox_is_its_senders(end: str) -> None:
    box = mail("Sara", 24, "We drop the fair.\n\n>From here on it is quiet.") + mail("Omer", 25, "No.", "Re: Fair")
    note = load(box.replace("\n", end).encode(), source="thread.mbox", id="0123456789")

    assert [(who, text) for who, text in spoken(note) if who] == [
        ("Sara Lind", "We drop the fair."),
        ("Sara Lind", "From here on it is quiet."),
        ("Omer Lind", "No."),
    ]
    assert (note.about.title, note.about.date) == ("Fair", "2025-06-25")
    with pytest.raises(SourceError, match="holds no mail"):
        read("thread.mbox", b"From here on it is quiet.\n")


def test_a_mail_of_a_mailbox_that_cannot_be_read_is_named_and_the_others_are_read() -> None:
    deep = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(400))
    broken = mail("Omer", 25, "").rstrip("\n") + f"\n{deep}No.\n\n"
    box = (mail("Sara", 24, "We drop the fair.") + broken + mail("Kim", 26, "So be it.")).encode()

    texts = [text for *_, text in pieces_of("thread.mbox", box)]
    assert {"We drop the fair.", "So be it."} <= set(texts)
    why = "mail not read: number 2, its parts are nested too deeply to be read."
    assert (why, "Mail 2") in gone("thread.mbox", box)


def cell(text: str, **more: str) -> str:
    told = "".join(f' {name.replace("_", ":", 1).replace("_", "-")}="{value}"' for name, value in more.items())
    return f"<table:table-cell{told}>{f'<text:p>{text}</text:p>' if text else ''}</table:table-cell>"


def test_a_sheets_rows_carry_their_columns_names_and_their_numbers() -> None:
    rows = "".join(
        f"<table:table-row>{''.join(cells)}</table:table-row>"
        for cells in (
            [cell("Channel"), cell("Leads"), cell("Cost")],
            [cell("Search"), cell("120"), cell("", office_value="400")],
            [cell("Fairs"), cell("7", table_number_columns_repeated="2")],
        )
    )
    end = '<table:table-row table:number-rows-repeated="1048573"><table:table-cell/></table:table-row>'
    data = opened("spreadsheet", f'<table:table table:name="Q3">{rows}{end}</table:table>')

    assert pieces_of("plan.ods", data) == [
        (HEAD, 2, "Q3"),
        (ROW, 0, "Channel: Search; Leads: 120; Cost: 400"),
        (ROW, 0, "Channel: Fairs; Leads: 7; Cost: 7"),
    ]
    assert [piece.page for piece in read("plan.ods", data).pieces if piece.kind is ROW and not piece.reason] == [2, 3]


def test_a_decks_slides_are_read_from_top_to_bottom() -> None:
    def frame(text: str, y: int, kind: str = "") -> str:
        return (
            f'<draw:frame svg:y="{y}cm" svg:x="1cm"{kind and f""" presentation:class="{kind}" """}><draw:text-box>'
            f"<text:p>{text}</text:p></draw:text-box></draw:frame>"
        )

    names = 'xmlns:presentation="urn:oasis:names:tc:opendocument:xmlns:presentation:1.0"'
    notes = f"<presentation:notes>{frame('Say it slowly.', 1)}</presentation:notes>"
    slides = (
        f"<draw:page {names}>{frame('It costs 9,000 euros.', 9)}{frame('We go.', 5)}{frame('The fair', 1, 'title')}"
        f"</draw:page><draw:page {names}>{frame('Thanks.', 1)}{notes}</draw:page>"
    )

    assert [(p.page, p.text) for p in read("fair.odp", opened("presentation", slides)).pieces] == [
        (1, "The fair"),
        (1, "We go."),
        (1, "It costs 9,000 euros."),
        (2, "Slide 2"),
        (2, "Thanks."),
        (2, "Notes"),
        (2, "Say it slowly."),
    ]


@pytest.mark.parametrize("name", ["a.ods", "a.odp"])
def test_another_office_file_under_that_name_is_an_error(name: str) -> None:
    with pytest.raises(SourceError, match="whatever its extension"):
        read(name, opened("text", ""))


def test_a_notebook_is_read_cell_by_cell() -> None:
    cells = [
        {"cell_type": "markdown", "source": ["# Leads\n", "\n", "They **fell**."]},
        {
            "cell_type": "code",
            "source": "leads.sum()",
            "outputs": [
                {"output_type": "execute_result", "data": {"text/plain": ["1200"], "image/png": "x"}},
                {"output_type": "stream", "text": "done\n"},
                {"output_type": "error", "ename": "KeyError", "evalue": "'x'"},
            ],
        },
    ]
    data = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}).encode()

    assert pieces_of("a.ipynb", data) == [
        (HEAD, 1, "Leads"),
        (TEXT, 0, "They fell."),
        (CODE, 0, "leads.sum()"),
        (CODE, 0, "1200"),
        (CODE, 0, "done"),
    ]
    assert gone("a.ipynb", data) == [("error of the code", "KeyError: 'x'")]
    for broken in (b"{}", b"[]", b"{", b'{"cells": [1]}'):
        with pytest.raises(SourceError, match="no notebook"):
            read("a.ipynb", broken)


RST = b"""=====
Fairs
=====

:Author: Sara Lind
:Date: 2025-06-24

We *go* to ``two`` fairs, see `the list <https://example.org>`_ and :ref:`prices <p>`.

Costs
-----

- stand
- travel

.. note:: The stand is **paid**.

.. code-block:: python

   print(1)

.. a remark

+-------+------+
| Fair  | Cost |
+=======+======+
| Graz  | 900  |
+-------+------+
"""


def test_restructured_text_is_read_without_its_markup() -> None:
    note = load(RST, source="fairs.rst", id="0123456789")

    assert pieces_of("fairs.rst", RST) == [
        (HEAD, 1, "Fairs"),
        (TEXT, 0, "We go to two fairs, see the list and prices."),
        (HEAD, 2, "Costs"),
        (ITEM, 0, "- stand"),
        (ITEM, 0, "- travel"),
        (TEXT, 0, "The stand is paid."),
        (CODE, 0, "print(1)"),
        (ROW, 0, "Fair: Graz; Cost: 900"),
    ]
    assert (note.about.title, note.about.author, note.about.date) == ("Fairs", "Sara Lind", "2025-06-24")
    assert [one.reason for one in note.dropped] == ["metadata", "metadata", "comment", "names of columns"]


RST_TABLES = b"""
.. list-table:: Fairs
   :header-rows: 1

   * - Fair
     - Cost
   * - Graz
     - 900, with
       travel

.. csv-table:: Plans
   :header: "Plan", "Fee"

   "Pro, yearly", 90

+------+------+
| Fair | Cost |
| name |      |
+======+======+
| Graz | 900  |
| west |      |
+------+------+
"""


def test_each_table_of_restructured_text_has_its_columns_names() -> None:
    assert pieces_of("a.rst", RST_TABLES) == [
        (TEXT, 0, "Fairs"),
        (ROW, 0, "Fair: Graz; Cost: 900, with travel"),
        (TEXT, 0, "Plans"),
        (ROW, 0, "Plan: Pro, yearly; Fee: 90"),
        (ROW, 0, "Fair name: Graz west; Cost: 900"),
    ]
    assert [text for _, text in gone("a.rst", RST_TABLES)] == [
        ":header-rows: 1", "Fair | Cost", "Plan | Fee", "Fair name | Cost",
    ]  # fmt: skip


def test_a_field_in_a_note_is_its_text_and_its_options_are_told() -> None:
    note = b".. note::\n   :class: wide\n\n   Ask first.\n   :cost: 900\n"

    assert [text for *_, text in pieces_of("a.rst", note)] == ["Ask first.", ":cost: 900"]
    assert gone("a.rst", note) == [("directive: note", ":class: wide")]


@pytest.mark.parametrize(
    "table",
    [
        "[%header,cols=3*]\n|===\n|Region |Plan |Fee\n\n|North\n|Basic\n|9 \\| 10\n\n|South\n|Pro\n|59\n|===",
        '[cols="1,2,2", options="header"]\n|===\n|Region\n|Plan\n|Fee\n|North |Basic |9 \\| 10\n|South |Pro |59\n|===',
        "|===\n| Region | Plan | Fee\n\n| North\n| Basic\n| 9 \\| 10\n| South | Pro | 59\n|===",
    ],
)
def test_a_table_of_asciidoc_has_its_columns_names_however_its_cells_are_written(table: str) -> None:
    assert [text for *_, text in pieces_of("a.adoc", table.encode())] == [
        "Region: North; Plan: Basic; Fee: 9 | 10",
        "Region: South; Plan: Pro; Fee: 59",
    ]


def test_cells_of_asciidoc_that_span_keep_their_place() -> None:
    table = b"[%header]\n|===\n| Region | Plan | Fee\n.2+| North | Basic | 9\n| Pro | 59\n|==="

    assert [text for *_, text in pieces_of("a.adoc", table)] == [
        "Region: North; Plan: Basic; Fee: 9",
        "Region: North; Plan: Pro; Fee: 59",
    ]


@pytest.mark.parametrize(("inner", "told"), [("", []), ("\n", []), ("no cells", ["no cells"]), ("|", []), ("9+|", [])])
def test_odd_tables_of_asciidoc_are_read_with_every_word(inner: str, told: list[str]) -> None:
    table = f"First.\n\n|===\n{inner}\n|===\n".encode()

    assert [text for *_, text in pieces_of("a.adoc", table)] == ["First.", *told]


def test_code_that_asciidoc_hangs_on_an_item_ends_no_list() -> None:
    note = load(b"* one\n+\n----\nx\n----\n** two\n+\nmore of two\n* three\n\nEnd.", source="a.adoc", id="0123456789")

    assert [(note.text[block.start : block.end], block.depth) for block in note.blocks] == [
        ("one", 0), ("x", 1), ("two", 1), ("more of two", 1), ("three", 0), ("End.", 0),
    ]  # fmt: skip


ADOC = b"""= Fairs
:author: Sara Lind
:revdate: 2025-06-24

We *go* to `two` fairs, see link:list.html[the list] and <<p,prices>>.

== Costs

* stand
* travel

NOTE: The stand is paid.

----
print(1)
----

// a remark

|===
| Fair | Cost

| Graz | 900
|===
"""


def test_asciidoc_is_read_without_its_markup() -> None:
    note = load(ADOC, source="fairs.adoc", id="0123456789")

    assert pieces_of("fairs.adoc", ADOC) == [
        (HEAD, 1, "Fairs"),
        (TEXT, 0, "We go to two fairs, see the list and prices."),
        (HEAD, 2, "Costs"),
        (ITEM, 0, "stand"),
        (ITEM, 0, "travel"),
        (TEXT, 0, "The stand is paid."),
        (CODE, 0, "print(1)"),
        (ROW, 0, "Fair: Graz; Cost: 900"),
    ]
    assert (note.about.title, note.about.author, note.about.date) == ("Fairs", "Sara Lind", "2025-06-24")


SIMPLE = b"""=====  =====  ======
Stand  March  April
=====  =====  ======
Graz   9,000  4,000
Linz          3,500
west

Wels   \\      as agreed
=====  =====  ======

===== ===== ======
   Inputs   Output
----------- ------
A     B     A or B
===== ===== ======
False True  True
===== ===== ======

.. table:: Fees

   ====  ===
   Plan  Fee
   ====  ===
   Pro   90
   ====  ===

== The end ==
"""


def test_simple_tables_of_restructured_text_have_their_columns_names() -> None:
    assert [text for *_, text in pieces_of("a.rst", SIMPLE)] == [
        "Stand: Graz; March: 9,000; April: 4,000",
        "Stand: Linz; March: —; April: 3,500",
        "Stand: west; March: —; April: —",
        "Stand: Wels; March: —; April: as agreed",
        "Inputs › A: False; Inputs › B: True; Output › A or B: True",
        "Fees",
        "Plan: Pro; Fee: 90",
        "== The end ==",
    ]
