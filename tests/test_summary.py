"""What a document says in short, without a model."""

from __future__ import annotations

from dataclasses import replace

from assistant.answer.summary import DocumentSummary, summary
from assistant.library.library import Library
from assistant.types import Block, BlockKind, Document
from tests.conftest import make_document, make_new
from tests.fakes import WordEmbedder
from ui.views import present_document

PEARS = "Our <b>pears</b> ripen in the orchard in autumn, year {}."
CIDER = "Cider is pressed by hand and drunk before the month of May {}."


def of(library: Library, embedder: WordEmbedder, document: Document) -> DocumentSummary:
    with library.writing() as writer:
        writer.put([make_new(document, embedder)])
    return summary(document, library.stored_of(document.id))


def test_the_headings_and_three_sentences_near_the_whole_are_shown(library: Library, embedder: WordEmbedder) -> None:
    lines = ["Fruit", *(PEARS.format(number) for number in range(10)), *(CIDER.format(number) for number in range(8))]
    document = make_document("\n\n".join(lines), "a.md")
    first = Block(BlockKind.HEADING, 0, len("Fruit"))
    document = replace(document, blocks=(first, *document.blocks[1:]))

    told = of(library, embedder, document)

    assert told.headings == ("Fruit",)
    assert len(told.excerpts) == 3
    quotes = [document.text[start:end] for start, end in told.excerpts]
    assert "pears" in quotes[0]  # in their order, and not one thing three times
    assert "Cider" in quotes[-1]
    assert "Our &lt;b&gt;pears&lt;/b&gt; ripen" in present_document.in_short(document, told)


def test_of_what_is_short_itself_nothing_is_said_in_short(library: Library, embedder: WordEmbedder) -> None:
    document = make_document("The orchard has ninety pear trees. They were planted in 1931.", "a.md")

    told = of(library, embedder, document)

    assert told == DocumentSummary((), ())
    assert present_document.in_short(document, told) == ""


def test_a_document_about_one_thing_shows_the_other_thing_that_it_says_too(
    library: Library, embedder: WordEmbedder
) -> None:
    """Its most typical sentences say one thing in other words, and are read as one."""
    lines = [*(PEARS.format(number) for number in range(16)), *(CIDER.format(number) for number in range(3))]
    document = make_document("\n\n".join(lines), "a.md")

    quotes = [document.text[start:end] for start, end in of(library, embedder, document).excerpts]

    assert ["Cider" in quote for quote in quotes] == [False, False, True]
