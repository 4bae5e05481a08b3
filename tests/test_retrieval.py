from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.library.library import Library
from assistant.readers.material import READ
from assistant.search.retrieval import DEPTH, Candidate, candidates, fused, retrieve, spread
from assistant.types import Document, Filters, FoundBy, Hit, Passage
from tests.conftest import make_document, make_new, make_passages
from tests.fakes import WordEmbedder

PRICES = make_document("Prices fall in June.\n\nBuyers wait for sales.", "letter.txt", author="Writer", date="2012-10")
TRUST = make_document("Trust is slow.\n\nPrices need trust.", "trust.txt", author="Other", date="2019-03-05")
LONG = "The bakery raised its prices by nine percent in April and lost none of its regular buyers over the summer."


def put(library: Library, *documents: Document, speakers: tuple[str | None, ...] = ()) -> None:
    with library.writing() as writer:
        writer.put([make_new(document, WordEmbedder(), speakers=speakers) for document in documents])


def hit_texts(library: Library, question: str, k: int = 9, **filters: object) -> list[str]:
    hits = retrieve(question, library, WordEmbedder(), k=k, filters=Filters(**filters))  # type: ignore[arg-type]
    return [hit.passage.text for hit in hits]


def by_hand(*places: tuple[str, float]) -> list[Candidate]:
    """Candidates of these documents with these scores."""
    return [
        Candidate(Hit(make_passages(make_document(f"Passage {i}.", source))[0], score, FoundBy.DENSE), np.zeros((1, 2)))
        for i, (source, score) in enumerate(places)
    ]


def test_what_both_halves_find_comes_first(library: Library) -> None:
    put(library, PRICES, TRUST)

    hits = retrieve("June prices", library, WordEmbedder())

    assert hits[0].passage.text == "Prices fall in June."
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert {hit.passage.text: hit.found_by for hit in hits} == {
        "Prices fall in June.": FoundBy.BOTH,
        "Prices need trust.": FoundBy.BOTH,
        "Trust is slow.": FoundBy.DENSE,
        "Buyers wait for sales.": FoundBy.DENSE,
    }


def test_a_passage_too_far_in_meaning_is_found_by_its_word(library: Library) -> None:
    near = "\n\n".join(f"Is it about the {place}." for place in range(DEPTH + 3))
    far = "Somewhere among many other names in a long and rather dull list there stands one lonely zebra."
    put(library, make_document(near, "near.txt"), make_document(far, "far.txt"))

    hits = retrieve("Is it about the zebra?", library, WordEmbedder(), k=DEPTH + 9)

    assert {hit.found_by for hit in hits if hit.passage.text == far} == {FoundBy.LEXICAL}
    assert {hit.found_by for hit in hits if hit.passage.text != far} == {FoundBy.DENSE}


def test_words_that_only_hold_a_question_together_are_not_searched_for(library: Library) -> None:
    put(library, PRICES, TRUST)

    assert {hit.found_by for hit in retrieve("What is it in?", library, WordEmbedder())} == {FoundBy.DENSE}


def test_no_more_than_k_are_given(library: Library) -> None:
    put(library, PRICES, TRUST)

    assert [len(hit_texts(library, "prices", k)) for k in (1, 2, 9)] == [1, 2, 4]


def test_more_are_found_than_any_reader_is_given(library: Library) -> None:
    """Folding and spreading choose among twice as many passages as a model reads."""
    passages = "\n\n".join(f"Price {number} is of number {number}." for number in range(READ * 3))
    put(library, make_document(passages, "prices.txt"))

    found = candidates("price", WordEmbedder().query("price"), library)

    assert READ * 2 <= len(found) < READ * 3


def test_an_empty_library_has_nothing(library: Library) -> None:
    assert hit_texts(library, "prices") == []


@pytest.mark.parametrize(
    ("filters", "texts"),
    [
        ({"documents": ("trust.txt",)}, {"Trust is slow.", "Prices need trust."}),
        ({"documents": (TRUST.id,)}, {"Trust is slow.", "Prices need trust."}),
        ({"documents": ("nowhere.txt",)}, set()),
        ({"authors": ("wRiTeR",)}, {"Prices fall in June.", "Buyers wait for sales."}),
        ({"since": "2013"}, {"Trust is slow.", "Prices need trust."}),
        ({"until": "2012"}, {"Prices fall in June.", "Buyers wait for sales."}),
        ({"since": "2019-03-06"}, set()),
        ({"authors": ("Writer",), "documents": ("trust.txt",)}, set()),
    ],
)
def test_filters_hold_for_all_that_is_found(library: Library, filters: dict[str, object], texts: set[str]) -> None:
    put(library, PRICES, TRUST)

    assert set(hit_texts(library, "prices", **filters)) == texts


def test_a_speaker_is_found_as_an_author_is(library: Library) -> None:
    put(library, PRICES, speakers=(None, "Guest"))

    assert hit_texts(library, "prices", authors=("guest",)) == ["Buyers wait for sales."]


def test_near_duplicates_fold_into_the_better_one(library: Library) -> None:
    copy = LONG.replace("nine", "seven")
    put(library, make_document(LONG, "first.txt"), make_document(copy, "second.txt"), PRICES)

    hits = retrieve("nine percent bakery", library, WordEmbedder())

    assert (hits[0].passage.text, [passage.text for passage in hits[0].folded]) == (LONG, [copy])
    assert all(hit.folded == () for hit in hits[1:])
    assert copy not in [hit.passage.text for hit in hits]


def test_a_passage_that_denies_another_is_not_its_duplicate(library: Library) -> None:
    denied = LONG.replace("raised", "never raised")
    put(library, make_document(LONG, "first.txt"), make_document(denied, "second.txt"))

    hits = retrieve("nine percent bakery", library, WordEmbedder())

    assert {hit.passage.text: hit.folded for hit in hits} == {LONG: (), denied: ()}


def test_every_passage_found_is_a_hit_or_folded_into_one_once(library: Library) -> None:
    documents = [make_document(f"{LONG}\n\nShort one.\n\nTopic {place}.", f"{place}.txt") for place in range(4)]
    put(library, *documents)

    hits = retrieve("bakery topic", library, WordEmbedder(), k=99)

    ids = [passage.id for hit in hits for passage in (hit.passage, *hit.folded)]
    assert sorted(ids) == sorted(passage.id for document in documents for passage in make_passages(document))


def test_short_passages_do_not_fold(library: Library) -> None:
    """Two people who say "I agree." are two people."""
    put(library, make_document("Prices fall.", "first.txt"), make_document("Prices fall.", "second.txt"))

    assert hit_texts(library, "prices") == ["Prices fall.", "Prices fall."]


def test_candidates_carry_their_sentences_vectors(library: Library, embedder: WordEmbedder) -> None:
    put(library, PRICES)

    for candidate in candidates("prices", embedder.query("prices"), library):
        expected = [embedder.query(candidate.passage.text)]
        assert np.allclose(candidate.vectors, expected, atol=1e-3)


def test_a_document_does_not_crowd_out_one_that_is_nearly_as_good() -> None:
    found = by_hand(("long.txt", 1.0), ("long.txt", 0.99), ("long.txt", 0.98), ("other.txt", 0.96), ("weak.txt", 0.1))

    sources = [candidate.passage.about.source for candidate in spread(found)]

    assert sources == ["long.txt", "other.txt", "long.txt", "long.txt", "weak.txt"]


@given(st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), st.floats(0.01, 1)), max_size=12))
def test_spreading_loses_nothing_and_keeps_the_order_within_a_document(places: list[tuple[str, float]]) -> None:
    found = sorted(by_hand(*places), key=lambda candidate: -candidate.hit.score)

    ordered = spread(found)

    def of(some: list[Candidate], source: str) -> list[Passage]:
        return [candidate.passage for candidate in some if candidate.passage.about.source == source]

    assert ordered[:1] == found[:1]
    assert len(ordered) == len(found)
    assert all(of(ordered, source) == of(found, source) for source in "abc")


def test_scores_of_both_halves_count_by_how_far_they_stand_out() -> None:
    """One word match among many near-equal ones does not outweigh a passage that is much nearer than the others."""
    scores = fused({"near": 0.9, "a": 0.3, "b": 0.29, "c": 0.28}, {"a": 2.0, "b": 1.9, "c": 1.8})

    assert list(scores) == ["near", "a", "b", "c"]
    assert max(scores, key=lambda passage: scores[passage]) == "near"
    assert (max(scores.values()), min(scores.values())) == (1.0, 0.0)


@given(st.dictionaries(st.text(max_size=2), st.floats(-1, 1)), st.dictionaries(st.text(max_size=2), st.floats(0, 30)))
def test_fused_scores_lie_between_0_and_1(dense: dict[str, float], lexical: dict[str, float]) -> None:
    scores = fused(dense, lexical)

    assert scores.keys() == dense.keys() | lexical.keys()
    assert all(0 <= score <= 1 for score in scores.values())
