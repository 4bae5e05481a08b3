"""Bold words and links are told of in Markdown, web pages and Word, at the place where they stand."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assistant.library.library import Library
from assistant.types import Document
from ingest.pipeline.documents import load
from tests.conftest import make_new
from tests.fakes import WordEmbedder
from tests.office import BODY, packed

FAR = "https://far.example/plan"


def told(data: str | bytes, source: str) -> list[tuple[str, str | None]]:
    """The words in bold and those of links, with where they lead."""
    return inline(load(data.encode() if isinstance(data, str) else data, source=source, id="d1"))


def inline(document: Document) -> list[tuple[str, str | None]]:
    return [(document.text[one.start : one.end], one.to) for block in document.blocks for one in block.inline]


def test_markdown_tells_bold_words_and_links() -> None:
    text = f"# The plan\n\nThe plan is **plan  B**, and [the **old**\none]({FAR} 'A title') is ~~gone~~ <b>kept</b>."

    assert told(text, "a.md") == [("plan B", None), ("the old one", FAR), ("old", None), ("kept", None)]


def test_the_same_word_is_bold_where_it_stands() -> None:
    of = load(b"1. A plan is no **plan** at 10<sup>6</sup> **plan**.\n2. Next.\n", source="a.md", id="d1")

    (block, _) = of.blocks
    assert [of.text[block.start : one.start] for one in block.inline] == [
        "1. A plan is no ", "1. A plan is no plan at 10^6 ",
    ]  # fmt: skip


def test_rows_of_a_table_tell_theirs() -> None:
    rows = f"| Name | Cost |\n|---|---|\n| [Bramble]({FAR}) | **42** |\n| Rowan | 12 |\n"
    page = f"<table><tr><th>Name</th><th>Cost</th></tr><tr><td><a href='{FAR}'>Bramble</a></td><td><b>42</b></td></tr>"

    for text, source in ((rows, "a.md"), (f"<p>What it cost us this year.</p>{page}</table>", "a.html")):
        assert told(text, source) == [("Bramble", FAR), ("42", None)]


def test_a_web_page_tells_bold_words_and_links() -> None:
    text = f"<h1>The plan</h1><p>We wrote <strong>all of</strong> <a href='{FAR}'>it <i>down</i></a> in the spring.</p>"

    assert told(text, "a.html") == [("all of", None), ("it down", FAR)]


def test_a_word_file_tells_bold_words_and_links() -> None:
    body = (
        '<w:p><w:r><w:t xml:space="preserve">We wrote </w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>all of</w:t></w:r>'
        '<w:r><w:t xml:space="preserve"> </w:t></w:r>'
        '<w:hyperlink w:id="far"><w:r><w:t>it</w:t></w:r></w:hyperlink></w:p>'
    )
    links = f'<Relationships><Relationship Id="far" Target="{FAR}" TargetMode="External"/></Relationships>'
    made = packed({"word/document.xml": BODY % body, "word/_rels/document.xml.rels": links})

    assert told(made, "a.docx") == [("all of", None), ("it", FAR)]


def test_what_is_bold_is_kept_in_the_library(library: Library, embedder: WordEmbedder) -> None:
    of = load(f"Pears **keep** as [they]({FAR}) say.".encode(), source="a.md", id="d1")
    with library.writing() as writer:
        writer.put([make_new(of, embedder)])

    assert library.document("d1") == of
    assert inline(of) == [("keep", None), ("they", FAR)]


PARTS = ["a", "a b", " ", "**a**", f"[a]({FAR})", "~~a~~", "^2^", "Ann: ", "\n\n", "- ", "`a`"]


@given(st.lists(st.sampled_from(PARTS)))
def test_whatever_is_written_what_is_told_lies_in_its_block(parts: list[str]) -> None:
    of = load(("x " + "".join(parts)).encode(), source="a.md", id="d1")

    for block in of.blocks:
        assert all(block.start <= one.start < one.end <= block.end for one in block.inline)
        assert all(words and words == words.strip() for words in (of.text[a:b] for a, b, _ in block.inline))
