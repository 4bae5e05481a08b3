"""An item of a list in a list is read with the item over it, and both with the sentence that introduces the whole."""

from __future__ import annotations

import docx
import pytest
from pptx import Presentation

from assistant.checking.citations import cite
from assistant.readers.excerpts import Key, excerpts
from assistant.text import introductions
from assistant.types import BlockKind, Citation, Document, Passage, Sentence
from ingest.pipeline.documents import load
from ingest.pipeline.passages import split
from tests.office import W, odt, saved, word

INTRODUCTION = "These customers do not need to sign:"
NOTE = f"""{INTRODUCTION}

- Those on Basic
  - in the EU
  - elsewhere, when they
    - pay by card
- Those on Pro

All others sign.
"""
PAGE = f"""<p>{INTRODUCTION}</p><ul><li>Those on Basic<ul><li>in the EU</li><li><p>elsewhere, when they</p><ol><li>pay
by card</li></ol></li></ul></li><li>Those on Pro</li></ul><p>All others sign.</p>"""
ITEMS = (("Those on Basic", 0), ("in the EU", 1), ("elsewhere, when they", 1), ("pay by card", 2), ("Those on Pro", 0))
TEXT = "<text:p>%s</text:p>"
BASIC = "These customers do not need to sign: Those on Basic: "


def by_numbers() -> bytes:
    """A Word file whose items have levels of one list."""
    level = '<w:pPr><w:numPr><w:ilvl w:val="%d"/><w:numId w:val="1"/></w:numPr></w:pPr>'
    paragraph = "<w:p>%s<w:r><w:t>%s</w:t></w:r></w:p>"
    items = "".join(paragraph % (level % depth, text) for text, depth in ITEMS)
    body = paragraph % ("", INTRODUCTION) + items + paragraph % ("", "All others sign.")
    return word(body, numbering=f'<w:numbering xmlns:w="{W}"/>')


def by_styles() -> bytes:
    """A Word file whose items have the styles of their levels."""
    made = docx.Document()
    made.add_paragraph(INTRODUCTION)
    for text, depth in ITEMS:
        made.add_paragraph(text, style=f"List Bullet{f' {depth + 1}' if depth else ''}")
    made.add_paragraph("All others sign.")
    return saved(made)


def in_open_document() -> bytes:
    def listed(*inner: str) -> str:
        return f"<text:list>{''.join(f'<text:list-item>{one}</text:list-item>' for one in inner)}</text:list>"

    basic, union, elsewhere, card, pro = (TEXT % text for text, _ in ITEMS)
    whole = listed(basic + listed(union, elsewhere + listed(card)), pro)
    return odt(TEXT % INTRODUCTION + whole + TEXT % "All others sign.")


def on_a_slide() -> bytes:
    made = Presentation()
    frame = made.slides.add_slide(made.slide_layouts[1]).placeholders[1].text_frame
    frame.text = INTRODUCTION
    for text, depth in (*ITEMS, ("All others sign.", -1)):
        paragraph = frame.add_paragraph()
        paragraph.text, paragraph.level = text, depth + 1
    return saved(made)


def in_rtf() -> bytes:
    items = "".join(rf"\pard\ls1\ilvl{depth} {text}\par " for text, depth in ITEMS)
    return rf"{{\rtf1\ansi\pard {INTRODUCTION}\par {items}\pard All others sign.\par}}".encode()


KINDS = {
    "a.md": NOTE.encode(),
    "a.html": PAGE.encode(),
    "a.docx": by_numbers(),
    "b.docx": by_styles(),
    "a.odt": in_open_document(),
    "a.rtf": in_rtf(),
    "a.txt": NOTE.encode(),
    "a.rst": NOTE.encode(),
    "a.adoc": "\n".join(
        [INTRODUCTION, "", *(f"{'*' * (depth + 1)} {text}" for text, depth in ITEMS), "", "All others sign."]
    ).encode(),
}


def read(name: str, data: bytes) -> Document:
    return load(data, source=name, id="0123456789")


def sentence(passage: Passage, words: str) -> Sentence:
    return next(s for s in passage.sentences if passage.text[s.start - passage.start :].startswith(words))


def judged(passage: Passage, words: str) -> str:
    return introductions.judged(passage, sentence(passage, words), words)


@pytest.mark.parametrize(("name", "data"), KINDS.items())
def test_an_item_is_judged_after_the_items_over_it(name: str, data: bytes) -> None:
    (passage,) = split(read(name, data), 200)

    assert judged(passage, "pay by card") == f"{BASIC}elsewhere, when they: pay by card"
    assert judged(passage, "in the EU") == f"{BASIC}in the EU"
    assert judged(passage, "Those on Pro") == "These customers do not need to sign: Those on Pro"
    assert judged(passage, "All others") == "All others"


def test_a_bullet_of_a_slide_is_judged_after_the_bullets_over_it() -> None:
    (passage,) = split(read("a.pptx", on_a_slide()), 200)

    assert judged(passage, "pay by card") == f"{BASIC}elsewhere, when they: pay by card"
    assert judged(passage, "All others") == "All others"


def test_a_definition_is_judged_after_the_term_that_it_defines() -> None:
    page = (
        "<h1>Fees</h1><p>Prices per month:</p><dl><dt>Basic</dt><dd>It costs 5 euros.</dd><dt>Pro</dt><dd>9.</dd></dl>"
    )
    (passage,) = split(read("a.html", page.encode()), 200)

    assert judged(passage, "It costs") == "Prices per month: Basic: It costs"
    assert judged(passage, "9.") == "Prices per month: Pro: 9."


CODED = {
    "a.md": "- Those on Basic\n\n  ```\n  plan: basic\n  ```\n\n  - in the EU\n\n    > as of May\n\n  - elsewhere\n\n"
    "    | card | fee |\n    |---|---|\n    | debit | none |\n\n    - pay by card\n\n- Those on Pro",
    "a.html": "<ul><li>Those on Basic<pre>plan: basic</pre><ul><li>in the EU<blockquote>as of May</blockquote></li>"
    "<li>elsewhere<table><tr><th>card</th><th>fee</th></tr><tr><td>debit</td><td>none</td></tr></table>"
    "<ul><li>pay by card</li></ul></li></ul></li>"
    "<li>Those on Pro</li></ul>",
}


@pytest.mark.parametrize("words", [200, 4])
@pytest.mark.parametrize(("name", "text"), CODED.items())
def test_code_a_quote_and_a_table_in_an_item_end_no_list(name: str, text: str, words: int) -> None:
    opening, end = (f"<p>{one}</p>" if name == "a.html" else one for one in (INTRODUCTION, "All others sign."))
    document = read(name, f"{opening}\n\n{text}\n\n{end}".encode())

    depths = [(document.text[block.start :].split("\n")[0], block.depth) for block in document.blocks]
    assert depths == [
        (INTRODUCTION, 0),
        ("Those on Basic", 0),
        ("plan: basic", 1),
        ("in the EU", 1),
        ("as of May", 2),
        ("elsewhere", 1),
        ("card: debit; fee: none", 2),
        ("pay by card", 2),
        ("Those on Pro", 0),
        ("All others sign.", 0),
    ]
    told = {}
    for passage in split(document, words):
        for one in passage.sentences:
            text = passage.text[one.start - passage.start : one.end - passage.start]
            told[text] = introductions.judged(passage, one, text)
    assert told["in the EU"] == f"{BASIC}in the EU"
    assert told["elsewhere"] == f"{BASIC}elsewhere"
    assert told["pay by card"] == f"{BASIC}elsewhere: pay by card"
    assert told["Those on Pro"] == "These customers do not need to sign: Those on Pro"
    assert told["All others sign."] == "All others sign."


def test_a_list_that_begins_at_a_deeper_level_has_no_item_over_its_first_ones() -> None:
    level = '<w:pPr><w:numPr><w:ilvl w:val="%d"/><w:numId w:val="1"/></w:numPr></w:pPr>'
    items = "".join(f"<w:p>{level % depth}<w:r><w:t>item {n}</w:t></w:r></w:p>" for n, depth in enumerate((2, 2, 0, 3)))
    document = read("a.docx", word(f"<w:p><w:r><w:t>Text:</w:t></w:r></w:p>{items}"))

    assert [block.depth for block in document.blocks if block.kind is BlockKind.ITEM] == [0, 0, 0, 1]


def test_an_item_is_cited_and_shown_with_the_items_over_it() -> None:
    document = read("a.md", NOTE.encode())
    (passage,) = split(document, 200)
    own = sentence(passage, "in the EU")
    cited = cite(passage, own, lambda _, start, end: document.text[start:end])
    shown = excerpts([Key(passage, own, 1.0)])

    assert isinstance(cited, Citation)
    assert cited.heading == "These customers do not need to sign › Those on Basic"
    assert passage.text[shown[0].span.start - passage.start :].startswith(INTRODUCTION)


@pytest.mark.parametrize("words", [20, 30, 45, 60, 80])
def test_wherever_a_list_is_cut_each_item_keeps_what_is_over_it_and_nothing_else(words: int) -> None:
    lines, told = ["Nobody needs to bring:", ""], {}
    for a in range(4):
        lines.append(f"- things of kind {a}, such as those that one may well have at home")
        for b in range(3):
            lines.append(f"  - thing {a}.{b} of these and of others that are like it in every way")
            told[f"thing {a}.{b}"] = f"things of kind {a}"
    passages = split(read("a.md", "\n".join([*lines, "", "Everybody brings a pen."]).encode()), words)

    assert len(passages) > 1
    for passage in passages:
        for one in passage.sentences:
            text = passage.text[one.start - passage.start : one.end - passage.start]
            whole = " › ".join(introductions.path(passage, one.start))
            parent = next((over for item, over in told.items() if text.startswith(item)), "")
            assert ("things of kind" in whole) is bool(parent)
            assert parent in whole
            assert not parent or parent in introductions.judged(passage, one, text)
