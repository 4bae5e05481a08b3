from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.text.words import content_stems, names, numbers, same_occasion, stem, tokens


def test_threads_stem_at_once_as_one_alone_does() -> None:
    """A stemmer of the library keeps the word it is at."""
    words = [f"{start}{end}" for start in ("pric", "market", "trad", "bak") for end in ("es", "ing", "ed", "er")] * 200
    alone = [stem.__wrapped__(word) for word in words]

    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(stem.__wrapped__, words))

    assert together == alone


@pytest.mark.parametrize(
    "words",
    [
        ("price", "prices", "Pricing", "PRICED"),
        ("weaver", "weavers", "weaver's", "weavers'", "Weaver’s"),
        ("discount", "discounts", "discounting", "discounted"),
        ("business", "businesses"),
        ("e-mail", "e-mails", "E-Mail"),
    ],
)
def test_forms_of_one_word_share_a_stem(words: tuple[str, ...]) -> None:
    assert len({stem(word) for word in words}) == 1


def test_different_words_do_not_share_a_stem() -> None:
    assert len({stem(word) for word in ("price", "prize", "weave", "waver", "discount", "count")}) == 6


def test_what_stands_together_is_one_word() -> None:
    text = "The P&L of a 1,000-piece e-mail isn't what’s B2B, at 7.8 per cent."

    assert [token.word for token in tokens(text) if token.content] == [
        "P&L",
        "1,000-piece",
        "e-mail",
        "B2B",
        "7.8",
        "cent",
    ]


def test_words_that_only_hold_a_sentence_together_tell_nothing() -> None:
    assert content_stems("It isn't what I’m doing here, and it’s not how they did it.") == ()
    assert content_stems("Prices rose; the price of bread, too.") == ("price", "rose", "bread")


def test_a_digit_is_a_word_and_a_letter_is_none() -> None:
    assert content_stems("Plan B has 4 x 2 parts.") == ("plan", "4", "2", "part")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It sold 1,000 in 1987.", {"1000", "1987"}),
        ("It sold 1,250,000 pieces.", {"1250000"}),
        ("Up 7.8 per cent, to $3.50 or €260.", {"7.8", "3.50", "260"}),
        ("The 20th, 10k and 5x of it.", {"20", "10", "5"}),
        ("From 2012-10 to 2014/15.", {"2012", "10", "2014", "15"}),
        ("B2B and H2O in Q4.", set()),
        ("Twelve dozen.", set()),
        ("", set()),
    ],
)
def test_numbers_are_the_figures_of_a_text(text: str, found: set[str]) -> None:
    """The digit of a word like B2B is no figure: it answers no "how many"."""
    assert numbers(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The mill at Ashford sold linen to Weston.", ("Ashford", "Weston")),
        ("Ashford has a mill.", ()),
        ("It closed. Ashford was sad.", ()),
        ("It had a rule: Never on Sunday, and never in May.", ()),
        ("IBM and the P&L of iPhone makers.", ("IBM", "P&L", "iPhone")),
        ("He asked what I’m doing and whether I can.", ()),
        ("Did Ford's men like Ford's cars?", ("Ford's",)),
        ("who is jane doe", ()),
        ("“Ashford” is what they call Ashford.", ("Ashford",)),
    ],
)
def test_names_are_written_like_names_where_no_sentence_begins(text: str, found: tuple[str, ...]) -> None:
    assert names(text) == found


@given(st.lists(st.sampled_from(["Ashford", "sold", "1,000", "the", "looms.", "IBM", "—", "in", "B2B"]), max_size=12))
def test_names_and_stems_are_of_words_that_stand_there(words: list[str]) -> None:
    text = " ".join(words)

    told = tokens(text)
    assert set(names(text)) <= {token.word for token in told}
    assert list(content_stems(text)) == list(dict.fromkeys(token.stem for token in told if token.content))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("In May the bakery sold 1148 loaves.", "In June the bakery sold 1201 loaves.", False),
        ("In 2023 we sold 40.", "In 2024 we sold 50.", False),
        ("Quotations hold for 30 days.", "Quotations hold for 45 days.", True),
        ("In May we sold 40.", "We sold 50.", True),
        ("The mill in Ghent sold 40.", "The mill in Bruges sold 50.", False),
    ],
)
def test_figures_of_other_times_or_names_do_not_contradict(one: str, other: str, same: bool) -> None:
    assert same_occasion(one, other) is same
