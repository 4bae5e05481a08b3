"""Bytes to drafts: encodings decided on purpose, and every visible word of a file once."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import SourceError
from assistant.types import BlockKind
from ingest.reading import plain
from ingest.reading.decoding import decode, known
from ingest.reading.formats import is_known, read
from ingest.reading.html import page
from ingest.reading.markup import markdown

SENTENCE = "Größe is not “price”, and the café knew it before we did."


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_the_usual_encodings_are_read(encoding: str) -> None:
    assert decode(SENTENCE.encode(encoding)) == SENTENCE


def test_utf_16_is_read_by_its_mark_in_either_order() -> None:
    assert decode(b"\xfe\xff" + SENTENCE.encode("utf-16-be")) == SENTENCE


def test_a_windows_sheet_of_figures_is_text() -> None:
    text = "Stadt;Plan;Ist\r\n" + "".join(f"Köln;{n}.500,00 €;{n}.120,50 €\r\n" for n in range(1, 40))

    assert decode(text.encode("cp1252")) == text


def test_a_text_in_another_script_is_guessed() -> None:
    text = "Маркетинг начинается с понимания покупателей, а продажи начинаются с товара. " * 5

    assert decode(text.encode("cp1251")) == text


def test_utf_8_with_a_broken_byte_is_still_utf_8() -> None:
    """One torn character must not turn all the others into Windows-1252."""
    data = (SENTENCE * 5).encode() + b"\xe2\x80"

    assert decode(data).startswith(SENTENCE)


@pytest.mark.parametrize(
    "data",
    [
        b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0>\0",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        bytes(range(256)) * 20,
        bytes(range(128, 256)) * 20,
    ],
)
def test_a_binary_file_named_txt_is_an_error_that_says_so(data: bytes) -> None:
    with pytest.raises(SourceError, match=r"^photo\.txt: not a text file"):
        read("photo.txt", data)


def test_broken_utf_16_is_an_error_with_its_place() -> None:
    """A mark is a promise: what breaks it is not guessed at."""
    with pytest.raises(SourceError, match="UTF-16, but broken at byte"):
        decode(b"\xff\xfe" + "half".encode("utf-16-le") + b"\x00\xd8")


def test_an_unknown_kind_is_an_error_that_names_the_known_ones() -> None:
    assert not is_known("sheet.xyz")
    with pytest.raises(SourceError, match=r"known are \.txt"):
        read("sheet.xyz", b"words")


@given(st.lists(st.text(alphabet="ab Z\n\t.-#*1", max_size=40), max_size=12))
def test_a_plain_text_keeps_every_word_in_order(lines: list[str]) -> None:
    text = "\n".join(lines)

    drafted = [word for piece in plain.pieces(text) for word in piece.text.split()]

    assert drafted == text.split()


def test_blank_lines_part_paragraphs_and_wrapped_lines_do_not() -> None:
    wrapped = (
        "This paragraph was wrapped by an editor at about sixty\n"
        "characters, and it goes on over three lines although it is\n"
        "one.\n\nThe next one is short.\nThis line is its own.\n"
    )

    assert [piece.text.split()[-1] for piece in plain.pieces(wrapped)] == ["one.", "short.", "own."]


def test_numbered_and_bulleted_lines_are_items() -> None:
    kinds = [piece.kind for piece in plain.pieces("Three things:\n  1. one\n  2. two\n- three\n> quoted\n=====\n")]

    assert kinds[:5] == [BlockKind.PARAGRAPH, BlockKind.ITEM, BlockKind.ITEM, BlockKind.ITEM, BlockKind.QUOTE]
    assert kinds[5:] == [BlockKind.PARAGRAPH]


MARKDOWN = b"""---
title: A plan
author: Category Manager
date: 2024-03-01
---
# A *plan*

Some **bold** words, a [link](https://example.org/page) and ![a chart](chart.png) `code`.

> Quoted words.

1. first
2. second
   - nested

| Channel | Cost |
|---|---|
| Search | 400 |

```python
print("kept")
```

<div>Words in <b>HTML</b>.</div>
"""


def test_markdown_is_read_without_its_markup() -> None:
    draft = markdown.read(MARKDOWN)

    assert [(piece.kind, piece.text) for piece in draft.pieces if not piece.reason] == [
        (BlockKind.HEADING, "A plan"),
        (BlockKind.PARAGRAPH, "Some bold words, a link and code."),
        (BlockKind.QUOTE, "Quoted words."),
        (BlockKind.ITEM, "1. first"),
        (BlockKind.ITEM, "2. second"),
        (BlockKind.ITEM, "nested"),
        (BlockKind.ROW, "Channel: Search; Cost: 400"),
        (BlockKind.CODE, 'print("kept")'),
        (BlockKind.PARAGRAPH, "Words in HTML."),
    ]
    reasons = [piece.reason for piece in draft.pieces if piece.reason]
    assert reasons == ["metadata", "image description", "names of columns"]
    assert (draft.found.titles, draft.found.authors, draft.found.dates) == (
        ("A plan",),
        ("Category Manager",),
        ("2024-03-01",),
    )


def test_a_rule_at_the_top_is_no_front_matter() -> None:
    draft = markdown.read(b"---\nnot: [yaml\n---\n\nWords that stay here.\n")

    assert draft.found.titles == ()
    assert words(" ".join(piece.text for piece in draft.pieces)) >= words("Words that stay here")


PAGE = b"""<!doctype html><html><head><title>A plan | Site</title>
<meta name="author" content="Category Manager"><meta property="article:published_time" content="2024-03-01T08:00:00Z">
<script type="application/ld+json">{"@type": "Article", "datePublished": "2024-02-01"}</script></head>
<body><h1>A plan</h1><p>Words &amp; more<script>run()</script> words.<br>After a break.</p>
<ul><li>one</li><li><p>two</p></li></ul>
<table><tr><th>Channel</th><th>Cost</th></tr><tr><td>Search</td><td>400</td></tr></table>
<blockquote><p>Quoted.</p></blockquote><p style="display: none">unseen</p><div>loose text</div></body></html>"""


def test_html_is_read_block_by_block() -> None:
    draft = page.read(PAGE)

    assert [(piece.kind, piece.text) for piece in draft.pieces if not piece.reason] == [
        (BlockKind.HEADING, "A plan"),
        (BlockKind.PARAGRAPH, "Words & more words. After a break."),
        (BlockKind.ITEM, "one"),
        (BlockKind.ITEM, "two"),
        (BlockKind.ROW, "Channel: Search; Cost: 400"),
        (BlockKind.QUOTE, "Quoted."),
        (BlockKind.PARAGRAPH, "loose text"),
    ]
    reasons = [piece.reason for piece in draft.pieces if piece.reason]
    assert reasons == ["page title", "script", "script", "names of columns", "hidden"]
    assert draft.found.authors == ("Category Manager",)
    assert draft.found.dates == ("2024-03-01T08:00:00Z", "2024-02-01")


@pytest.mark.parametrize(
    "data",
    [
        '<meta charset="windows-1251"><p>Рынок и товар</p>'.encode("cp1251"),
        '<meta http-equiv="Content-Type" content="text/html; charset=koi8-r"><p>Рынок и товар</p>'.encode("koi8-r"),
        "<p>Рынок и товар</p>".encode("utf-8-sig"),
        '<meta charset="utf-16"><p>Рынок и товар</p>'.encode(),
    ],
)
def test_a_page_is_read_in_the_encoding_that_it_declares(data: bytes) -> None:
    assert page.read(data).pieces[-1].text == "Рынок и товар"


def test_a_page_nested_too_deeply_is_an_error_and_not_a_part_of_it() -> None:
    with pytest.raises(SourceError, match="too deeply"):
        page.read(b"<p>first</p>" + b"<div>" * 5000 + b"last")


@given(
    st.lists(
        st.sampled_from(["<p>", "</p>", "<div>", "</li>", "<b>", "<td>", "<br>", " one ", " two ", "<"]), max_size=30
    )
)
def test_broken_html_loses_and_doubles_no_word(parts: list[str]) -> None:
    source = "<body>" + "".join(parts)
    visible = words(re.sub(r"<[^<>]*>", " ", source))

    found = words(" ".join(piece.text for piece in page.pieces(source)))

    assert found["one"] == visible["one"]
    assert found["two"] == visible["two"]


@pytest.mark.usefixtures("ending")
@pytest.mark.parametrize(
    "name", ["punycode", "idna", "unicode_escape", "raw_unicode_escape", "undefined", "utf-7", "zip"]
)
def test_what_is_no_known_encoding_of_text_is_not_decoded_with(name: str) -> None:
    """Punycode takes a minute for 600 kB."""
    data = b"The buyer compares the offers \\u0041-" + b"z9" * 200_000

    assert decode(data, name) == data.decode()


@pytest.mark.parametrize(
    "name", ["windows-1251", "koi8-r", "shift_jis", "euc-jp", "gb18030", "big5", "iso-2022-jp", "tis-620"]
)
def test_the_encodings_of_the_web_are_known(name: str) -> None:
    assert known(name)


TASKS = b"""<h1>Plan</h1>
<ul class="to-do-list"><li><div class="checkbox checkbox-on"></div> <span>Sign the agency</span></li>
<li><div class="checkbox checkbox-off"></div> <span>Book the radio</span></li></ul>
<table><tr><th>Name</th><th>Done</th></tr>
<tr><td>Print</td><td><div class="checkbox checkbox-off"></div></td></tr></table>
<ul><li><input type="checkbox" checked disabled> Hire</li><li><input type="checkbox" disabled> Pay</li></ul>
<ul><li><input type="checkbox"> A filter for visitors</li></ul>"""


def test_tasks_of_a_page_are_marked_as_done_or_not() -> None:
    assert [piece.text for piece in read("plan.html", TASKS).pieces if not piece.reason] == [
        "Plan",
        "☒ Sign the agency",
        "☐ Book the radio",
        "Name: Print; Done: ☐",
        "☒ Hire",
        "☐ Pay",
        "A filter for visitors",
    ]
