"""Signals on passages so small that each can be worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from assistant.evidence.signals import SIGNALS, Seen, Sight, answers_in_kind, context_stems, look
from assistant.model.embedding import Vectors
from assistant.search.question import read
from assistant.search.retrieval import Candidate
from assistant.text.words import tokens
from assistant.types import FoundBy, Hit, Passage
from tests.conftest import make_marked
from tests.fakes import WordEmbedder


def candidate(passage: Passage) -> Candidate:
    texts = [passage.text[sentence.start : sentence.end] for sentence in passage.sentences]
    return Candidate(Hit(passage, 0.0, FoundBy.BOTH), np.stack([WordEmbedder().query(text) for text in texts]))


def see(question: str, *passages: Passage, rarity: tuple[float, ...] | None = None) -> Sight:
    facts = read(question)
    weights = np.array(rarity or [1 / len(facts.content)] * len(facts.content), dtype=np.float32)
    embedder = WordEmbedder()
    return look(facts, embedder.query(question), [candidate(passage) for passage in passages], weights, embedder)


def column(sight: Sight, name: str) -> list[float]:
    values: Vectors = sight.signals[:, SIGNALS.index(name)]
    return [round(float(value), 3) for value in values]


def told(text: str, **passage: str) -> Seen:
    page = make_marked(text, **passage)  # type: ignore[arg-type]
    return Seen(page, page.sentences[0], text, tokens(text))


def test_each_sentence_has_each_signal() -> None:
    one, other = make_marked("Bread rises. Rain falls.", "one.txt"), make_marked("Mills grind.", "other.txt")

    sight = see("How does bread rise?", one, other)

    assert [seen.text for seen in sight.seen] == ["Bread rises.", "Rain falls.", "Mills grind."]
    assert sight.signals.shape == (3, len(SIGNALS))
    assert sight.signals.dtype == np.float32
    assert sight.covered.shape == (3, 2)
    assert np.isfinite(sight.signals).all()
    assert len(set(SIGNALS)) == len(SIGNALS)


def test_nothing_found_has_no_signals() -> None:
    sight = see("How does bread rise?")

    assert (sight.seen, sight.signals.shape) == ((), (0, len(SIGNALS)))


def test_a_sentence_without_a_content_word_meets_nothing() -> None:
    sight = see("How does bread rise?", make_marked("It is so."))

    assert [column(sight, name) for name in ("words", "meanings", "news")] == [[0.0], [0.0], [0.0]]


def test_words_are_met_by_their_stem_and_count_by_their_rarity() -> None:
    page = make_marked("Bread rises. Breads fall. Rain falls.")

    sight = see("How does bread rise?", page, rarity=(0.75, 0.25))

    assert column(sight, "words") == [1.0, 0.75, 0.0]


def test_cosines_are_of_the_sentence_its_passage_and_its_neighbours() -> None:
    one, other = make_marked("bread. rain.", "one.txt"), make_marked("mills.", "other.txt")

    sight = see("bread", one, other)

    assert column(sight, "cosine") == [1.0, 0.0, 0.0]
    assert column(sight, "passage_cosine") == [round(math.sqrt(0.5), 3)] * 2 + [0.0]
    assert column(sight, "neighbour_cosine") == [0.0, 1.0, 0.0]
    assert column(sight, "below_best_cosine") == [0.0, -1.0, -1.0]


def test_the_window_is_two_sentences_before_and_one_after_and_stays_in_its_passage() -> None:
    page = make_marked("One. Two. Three. Bread. Five. Six. Seven.", "one.txt")
    next_ = make_marked("Eight. Nine.", "one.txt", title="note.txt 2")

    sight = see("bread", page, next_)

    assert column(sight, "words") == [0, 0, 0, 1, 0, 0, 0, 0, 0]
    assert column(sight, "window_words") == [0, 0, 1, 1, 1, 1, 0, 0, 0]
    assert column(sight, "document_meanings") == [1] * 9


def test_a_window_does_not_reach_into_the_next_passage() -> None:
    one, other = make_marked("One. Bread.", "one.txt"), make_marked("Three. Four.", "other.txt")

    for first, last in ((one, other), (other, one)):
        sight = see("bread", first, last)
        near = dict(zip((seen.text for seen in sight.seen), column(sight, "window_words"), strict=True))
        assert near == {"One.": 1.0, "Bread.": 1.0, "Three.": 0.0, "Four.": 0.0}
        document = dict(zip((seen.text for seen in sight.seen), column(sight, "document_meanings"), strict=True))
        assert document == near


def test_names_are_looked_for_in_the_same_window() -> None:
    one, other = make_marked("It grew. Kent grew.", "one.txt"), make_marked("Three. Four.", "other.txt")

    sight = see("How did Kent and Essex grow?", one, other)

    assert column(sight, "names") == [0.0, 0.5, 0.0, 0.0]
    assert column(sight, "window_names") == [0.5, 0.5, 0.0, 0.0]


def test_a_question_without_names_lacks_none() -> None:
    sight = see("How does bread rise?", make_marked("Rain falls."))

    assert [column(sight, name) for name in ("names", "window_names", "numbers_missing")] == [[1.0], [1.0], [0.0]]


def test_a_number_is_missing_where_it_is_not_near() -> None:
    one = make_marked("In 1,987 days it grew. It stayed. It fell. It was 1987. It rained.", "one.txt")

    assert column(see("What grew in 1987?", one), "numbers_missing") == [0.0, 1.0, 0.0, 0.0, 0.0]


def test_what_stands_above_a_passage_counts_as_near() -> None:
    page = make_marked("It rises.", speaker="Ann Kent", headings=("The oven",), title="Bread", author="A miller")

    assert context_stems(page) == ("bread", "oven", "ann", "kent", "miller")
    sight = see("What does Kent say of bread in the oven?", page)
    assert [column(sight, name) for name in ("words", "window_words", "window_names")] == [[0.0], [1.0], [1.0]]


@pytest.mark.parametrize(
    ("question", "answering", "lacking"),
    [
        ("How many looms?", "It had 4 looms.", "It had looms."),
        ("How many looms?", "It had four looms.", "A B2B mill."),
        ("How many looms in 1987?", "4 in 1987.", "Looms in 1987."),
        ("When did it open?", "It opened in 1987.", "It opened on 19 looms."),
        ("When did it open?", "It opened last May.", "It may open."),
        ("When did it open?", "It opened two years ago.", "It opened early."),
        ("Who opened it?", "It was opened by Norton.", "It was opened by him."),
        ("Who opened it?", "Norton opened it.", "We opened it."),
        ("Who opened Kent?", "Norton did.", "It was Kent."),
        ("Where is it?", "It is in Kent.", "It is in a town."),
        ("Why is it?", "Because it is.", "It is."),
        ("Why is it?", "That led to it.", "It sells."),
    ],
)
def test_a_sentence_holds_or_lacks_the_kind_of_thing_asked_for(question: str, answering: str, lacking: str) -> None:
    assert answers_in_kind(read(question), told(answering)) is True
    assert answers_in_kind(read(question), told(lacking)) is False


def test_what_somebody_says_tells_who() -> None:
    assert answers_in_kind(read("Who likes it?"), told("We like it.", speaker="Norton")) is True


@pytest.mark.parametrize("question", ["How does it work?", "Should it open?", "What do these documents argue?"])
def test_some_questions_ask_for_no_kind_of_thing(question: str) -> None:
    assert answers_in_kind(read(question), told("It had 4 looms.")) is None


def test_the_kind_is_either_there_or_lacking_or_not_asked_for() -> None:
    page = make_marked("It had 4 looms. It had looms.")

    asked, not_asked = see("How many looms?", page), see("What has looms?", page)

    assert [column(asked, name) for name in ("kind_fits", "kind_lacks")] == [[1.0, 0.0], [0.0, 1.0]]
    assert [column(not_asked, name) for name in ("kind_fits", "kind_lacks")] == [[0.0, 0.0], [0.0, 0.0]]


def test_headings_fragments_and_questions_are_marked() -> None:
    page = make_marked("# The oven\nBy a miller\nBread rises. Does it?\n“It does.”")

    sight = see("How does bread rise?", page)

    assert column(sight, "is_heading") == [1, 0, 0, 0, 0]
    assert column(sight, "is_fragment") == [0, 1, 0, 0, 0]
    assert column(sight, "is_question") == [0, 0, 0, 1, 0]
    assert column(sight, "opens_block") == [1, 1, 1, 0, 1]


def test_pairs_news_and_lengths_are_counted() -> None:
    sight = see("How does rye bread rise?", make_marked("Rye bread sells. Bread of rye."))

    assert column(sight, "pairs") == [round(math.log1p(1), 3), 0.0]
    assert column(sight, "news") == [1 / 8, 0.0]
    assert column(sight, "length") == [round(math.log1p(3), 3)] * 2
    assert column(sight, "question_length") == [round(math.log1p(3), 3)] * 2
