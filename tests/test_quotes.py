from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.suite.cases import Case, Gold
from eval.suite.quotes import CorpusFile, missing, nearest

PRICE = "The price came\n  down to $260 in 1925. Wages rose."
WORDS = st.lists(st.text("abcd", min_size=1, max_size=4), min_size=1, max_size=20)  # as many places as are compared


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "price.txt").write_text(PRICE, encoding="utf-8")
    (tmp_path / "corpus" / "chips.html").write_text("<p>Fish &amp; <b>chips</b> sell.</p><p>Peas too.</p>", "utf-8")
    (tmp_path / "corpus" / "old.txt").write_text("Le café était fermé.", encoding="utf-16")
    (tmp_path / "corpus" / "photo.png").write_bytes(b"\x89PNG\0\0")
    (tmp_path / "outside.txt").write_text("The price came down.", encoding="utf-8")
    return tmp_path / "corpus"


@pytest.mark.parametrize(
    ("source", "quote"),
    [
        ("price.txt", "price came down\tto $260"),
        ("chips.html", "Fish & chips sell."),
        ("chips.html", "Fish &amp; <b>chips</b>"),
        ("chips.html", "chips sell. Peas"),
        ("old.txt", "café était fermé"),
    ],
)
def test_words_stand_in_a_source_as_written_or_as_shown_whitespace_aside(corpus: Path, source: str, quote: str):
    assert CorpusFile(corpus, source).lacks(quote) is None


@pytest.mark.parametrize(
    ("source", "quote", "told"),
    [
        ("price.txt", "Price came down", "not in price.txt: 'Price came down'; nearest is 'price came\\n  down'"),
        ("price.txt", "entirely unlike it", "not in price.txt: 'entirely unlike it'"),
        ("chips.html", "chips don't sell.", "not in chips.html: \"chips don't sell.\"; nearest is '& chips sell.'"),
        ("photo.png", "chips", "not in photo.png: 'chips'"),
        ("gone.txt", "price", "there is no gone.txt in the corpus"),
        (".", "price", "there is no . in the corpus"),
        ("../outside.txt", "price", "there is no ../outside.txt in the corpus"),
    ],
)
def test_a_quote_that_does_not_stand_there_is_told_with_the_nearest_that_does(
    corpus: Path, source: str, quote: str, told: str
):
    assert CorpusFile(corpus, source).lacks(quote) == told.replace("\\n  ", " ")


@pytest.mark.posix
def test_an_absolute_path_or_a_link_leads_to_no_source_outside_the_corpus(corpus: Path):
    (corpus / "link.txt").symlink_to(corpus.parent / "outside.txt")

    for source in ("link.txt", str(corpus.parent / "outside.txt")):
        assert CorpusFile(corpus, source).lacks("price") == f"there is no {source} in the corpus"


def test_each_missing_quote_is_told_at_its_own_line_or_at_its_case(corpus: Path):
    here, gone = Gold(source="price.txt", quote="Wages rose."), Gold(source="gone.txt", quote="Wages fell.")
    cases = [
        (Case(id="fact-a", question="What?", evidence=(here, gone)), ("suite.yaml", 3)),
        (Case(id="idea-b", idea="Do it.", supports=(here,), challenges=(gone,)), ("suite.yaml", 9)),
        (Case(id="fact-c", question="What?", sets=((here,), (here, gone))), ("more.jsonl", 1)),
    ]
    lines = {(0, ("evidence", 1)): ("suite.yaml", 6), (2, ("sets", 1, 1)): ("suite.yaml", 20)}

    told = list(missing(corpus, cases, lambda index, keys: lines.get((index, keys))))

    assert {one.source for one in told} == {"gone.txt"}
    assert [one.line for one in told] == [
        "suite.yaml:6: fact-a: there is no gone.txt in the corpus",
        "suite.yaml:9: idea-b: there is no gone.txt in the corpus",
        "suite.yaml:20: fact-c: there is no gone.txt in the corpus",
    ]


def test_the_nearest_words_may_be_fewer_than_the_quote_has():
    assert nearest("Wages rose in every year", "Wages rose in every") == "Wages rose in every"


def test_nothing_is_near_in_an_empty_text_or_to_no_words():
    assert (nearest("price", " \n"), nearest(" ", "price")) == (None, None)


def test_case_and_a_word_more_or_less_do_not_hide_the_nearest_words():
    assert nearest("the PRICE dropped to $260", PRICE) == "price came\n  down to $260"


@given(WORDS, st.integers(0, 19), st.integers(1, 20))
def test_a_stretch_of_a_text_is_nearest_to_itself(words: list[str], start: int, count: int):
    quote = " ".join(words[start : start + count])

    assert nearest(quote, " ".join(words)) == (quote or None)
