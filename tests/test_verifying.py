"""A claim becomes a statement where its words stand in the documents; else it is dropped, and counted."""

from __future__ import annotations

from collections.abc import Generator, Iterator

import pytest

from assistant.checking.verifying import Verifier
from assistant.library.library import Library
from assistant.model.embedding import SentenceTransformerEmbedder
from assistant.readers.material import Material
from assistant.readers.seam import Claim, Outcome, Quote, Reading
from assistant.types import Rejected, Span, Statement, Support
from tests.fakes import WordEmbedder
from tests.reading import read_for, stored

MILL = "The mill at Ashford opened in 1987 with four looms and eleven weavers. It sold linen to tailors for €40 a bolt."
SHOP = "The candle shop in Weston lost 12 of its customers over the summer. They were written to at hello@shop.example."
QUESTION = "What did the mill and the candle shop do?"


@pytest.fixture
def material(library: Library) -> Material:
    stored(library, MILL, "mill.txt", title="A mill", date="2014-05")
    stored(library, SHOP, "shop.txt")
    stored(
        library, "A weekly discount filled my shop.\n\nNobody came to my shop.", "talk.txt", ("Ann Berg", "Carl Rand")
    )
    return read_for(library, QUESTION)


def number(material: Material, source: str) -> int:
    return next(one.number for one in material.extracts if one.passage.about.source == source)


def verified(material: Material, library: Library, *claims: Claim) -> tuple[list[Statement], Verifier]:
    def reading() -> Generator[Claim, None, Reading]:
        yield from claims
        return Reading(Outcome.ANSWERED)

    verifier = Verifier(material, library.quote, WordEmbedder())
    return list(verifier.statements(reading())), verifier


def claim(text: str, *words: str, extract: int = 0) -> Claim:
    return Claim(text, tuple(Quote(extract, one) for one in words))


def why(material: Material, library: Library, text: str, *words: str) -> str:
    """Why a claim is dropped; empty where it is not."""
    made, verifier = verified(material, library, claim(text, *words))
    assert len(made) + len(verifier.dropped) == 1
    return verifier.dropped[0].why if verifier.dropped else ""


def test_what_holds_is_said_in_the_readers_words_and_cited_in_the_documents(
    material: Material, library: Library
) -> None:
    mill = number(material, "mill.txt")
    ((statement,), verifier) = verified(
        material, library, claim("The Ashford mill began in 1987.", "opened  in\n1987", extract=mill)
    )

    (cited,) = statement.citations
    assert (statement.text, statement.support) == ("The Ashford mill began in 1987.", Support.SUPPORTED)
    assert (cited.about.source, cited.quote) == ("mill.txt", "opened in 1987")
    assert not verifier.dropped + verifier.rejected


def test_the_documents_own_words_are_told_as_such(material: Material, library: Library) -> None:
    words = "It sold linen to tailors for €40 a bolt."

    ((statement,), _) = verified(material, library, claim(words.rstrip("."), words))

    assert statement.support is Support.VERBATIM


def test_words_in_another_passage_than_named_are_cited_where_they_stand(material: Material, library: Library) -> None:
    for named in (number(material, "mill.txt"), 0, 99):
        ((statement,), _) = verified(
            material, library, claim("The shop in Weston lost 12 customers.", "lost 12 of its customers", extract=named)
        )

        assert statement.citations[0].about.source == "shop.txt"


def test_the_passage_that_is_named_comes_first(library: Library) -> None:
    for source in ("one.txt", "other.txt"):
        stored(library, f"The mill sold linen. {source} says so.", source)
    material = read_for(library, "What did the mill sell?")

    for source in ("one.txt", "other.txt"):
        told = claim("The mill sold linen.", "The mill sold linen.", extract=number(material, source))
        ((statement,), _) = verified(material, library, told)
        assert statement.citations[0].about.source == source


@pytest.mark.parametrize("words", [(), ("the mill was opened by a queen",), ("",)])
def test_a_claim_that_quotes_nothing_that_is_there_is_dropped_and_counted(
    words: tuple[str, ...], material: Material, library: Library
) -> None:
    made, verifier = verified(material, library, claim("The mill opened in 1987.", *words))

    assert made == []
    assert verifier.dropped == [Rejected("The mill opened in 1987.", "it quotes no words that stand in the documents")]
    assert [one.quote for one in verifier.rejected] == [one for one in words if one]


def test_one_quote_that_is_there_is_enough_and_the_other_is_counted(material: Material, library: Library) -> None:
    told = claim("The mill opened in 1987.", "opened in 1987", "was opened by a queen of England")

    made, verifier = verified(material, library, told)

    assert [len(one.citations) for one in made] == [1]
    assert [one.quote for one in verifier.rejected] == ["was opened by a queen of England"]


@pytest.mark.parametrize("gap", ["...", " … ", " [...] ", "…"])
def test_a_quote_in_which_words_are_left_out_is_cited_in_its_parts(
    gap: str, material: Material, library: Library
) -> None:
    told = claim("The mill had eleven weavers.", f"The mill at Ashford opened in 1987{gap}eleven weavers.")

    ((statement,), _) = verified(material, library, told)

    assert [one.quote for one in statement.citations] == ["The mill at Ashford opened in 1987", "eleven weavers."]


def test_a_quote_of_which_one_part_is_nowhere_is_none(material: Material, library: Library) -> None:
    assert why(material, library, "The mill had looms.", "The mill at Ashford … was built by a queen")


@pytest.mark.parametrize(
    ("text", "because"),
    [
        ("The mill opened in 1978.", "figure “1978”"),
        ("The mill sold linen for 40 dollars a bolt.", "figure “40 dollars”"),
        ("The mill sold linen for €40 each week.", "counts by the “week”"),
        ("The mill sold linen in March.", "month “march”"),
        ("In 2014 the mill in Norton sold linen.", "name “Norton”"),
        ("The mill sold linen, see mill.example/linen for it.", "address “mill.example/linen”"),
        ("A steward deserves velvet cushions.", "something else"),
    ],
)
def test_what_is_not_in_the_passage_drops_a_claim_with_its_reason(
    text: str, because: str, material: Material, library: Library
) -> None:
    assert because in why(material, library, text, "It sold linen to tailors for €40 a bolt.")


@pytest.mark.parametrize(
    "text",
    [
        "The mill at Ashford sold linen to tailors.",  # a name in the sentence before
        "In May 2014 it is told that the mill sold linen.",  # the document's date
        "It sold linen to tailors; its four looms and eleven weavers are 15.",  # a sum
        "It sold linen to tailors and had 7 more weavers than looms, eleven and four.",  # a difference
        "It sold linen to tailors, not candles of a shop.",  # the question's words
    ],
)
def test_what_stands_around_the_quote_or_follows_from_it_is_let_be(
    text: str, material: Material, library: Library
) -> None:
    assert why(material, library, text, "It sold linen to tailors for €40 a bolt.") == ""


def test_a_figure_of_another_passage_is_no_support(material: Material, library: Library) -> None:
    assert "12" in why(
        material, library, "The mill sold 12 bolts of linen.", "It sold linen to tailors for €40 a bolt."
    )


def test_a_speaker_who_is_not_named_is_put_before(material: Material, library: Library) -> None:
    words = "A weekly discount filled my shop."
    made, _ = verified(
        material,
        library,
        claim("A discount each week filled the shop.", words),
        claim("Ann Berg says that a weekly discount filled the shop.", words),
        claim("The shop was filled by a discount, says Berg.", words),
        claim(words, words),
    )

    assert [one.text for one in made] == [
        "Ann Berg: A discount each week filled the shop.",
        "Ann Berg says that a weekly discount filled the shop.",
        "The shop was filled by a discount, says Berg.",
        f"Ann Berg: {words}",
    ]


def test_what_two_speakers_say_is_said_by_both(material: Material, library: Library) -> None:
    told = claim("One shop was filled, another was not.", "discount filled my shop", "Nobody came to my shop.")

    ((statement,), _) = verified(material, library, told)

    assert statement.text == "Ann Berg and Carl Rand: One shop was filled, another was not."


def test_a_reader_without_words_of_its_own_is_told_in_the_documents(library: Library) -> None:
    document = stored(library, "It rained. We sold linen. It was dear.", "talk.txt", ("Ann Berg",), author="Carl Rand")
    for question, voice in (("Who sold linen?", "Ann Berg"), ("What was sold?", "Ann Berg")):
        material = read_for(library, question)
        start = document.text.index("We sold")
        span, key = Span(start, len(document.text)), Span(start, start + len("We sold linen."))
        told = Claim("", (Quote(1, document.text[start:], span, key),))

        ((statement,), _) = verified(material, library, told)

        assert statement.text == f"{voice}: “We sold linen. It was dear.”"
        assert (statement.support, statement.key) == (Support.VERBATIM, key)


def test_who_is_told_by_the_author_where_nobody_speaks(library: Library) -> None:
    document = stored(library, "We sold linen.", "note.txt", author="Carl Rand")
    told = Claim("", (Quote(1, document.text, Span(0, len(document.text))),))

    for question, said in (("Who sold linen?", "Carl Rand: “We sold linen.”"), ("What was sold?", "We sold linen.")):
        ((statement,), _) = verified(read_for(library, question), library, told)
        assert statement.text == said


def test_what_is_said_twice_is_given_once_and_keeps_its_place(material: Material, library: Library) -> None:
    one = claim("The mill opened in 1987.", "opened in 1987")

    made, verifier = verified(material, library, one, claim("A queen came.", "a queen came"), one)

    assert len(made) == 1
    assert verifier.made == [made[0], None, made[0]]


def test_a_statement_is_given_before_the_next_claim_is_asked_for(material: Material, library: Library) -> None:
    def claims() -> Iterator[Claim]:
        yield claim("The mill opened in 1987.", "opened in 1987")
        pytest.fail("it went on first")

    verifier = Verifier(material, library.quote, WordEmbedder())

    assert next(verifier.statements(claims())).text == "The mill opened in 1987."  # type: ignore[arg-type]


def test_a_reader_that_is_let_go_is_closed(material: Material, library: Library) -> None:
    closed = []

    def claims() -> Generator[Claim, None, Reading]:
        try:
            yield claim("The mill opened in 1987.", "opened in 1987")
        finally:
            closed.append(True)
        return Reading(Outcome.ANSWERED)

    statements = Verifier(material, library.quote, WordEmbedder()).statements(claims())
    next(statements)
    statements.close()

    assert closed


def test_words_of_a_document_that_is_gone_by_now_are_none(material: Material, library: Library) -> None:
    with library.writing() as writer:
        writer.remove(["/docs/mill.txt"])

    made, verifier = verified(material, library, claim("The mill opened in 1987.", "opened in 1987"))

    assert made == []
    assert len(verifier.dropped) == 1


@pytest.mark.slow
def test_sound_claims_are_kept_and_what_code_can_be_sure_of_is_caught(
    sentence_transformer: SentenceTransformerEmbedder,
) -> None:
    from eval.benchmarks.claims import SOUND, shares, tried

    dropped = {kind: share for kind, (_, share) in shares(tried(sentence_transformer)).items()}

    assert dropped[SOUND] <= 0.02
    assert dropped["words not there"] == dropped["address"] == 1.0
    assert min(dropped["wrong passage"], dropped["unit"]) >= 0.9
    assert min(dropped["figure"], dropped["date"], dropped["name"]) >= 0.7
