"""The stretches that an offline answer shows: whole sentences, few, around those that seem to answer."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from assistant.readers.excerpts import CHARACTERS, SENTENCES, STRETCHES, Excerpt, Key, excerpts
from assistant.types import BlockKind, Passage
from tests.conftest import make_marked

MILL = make_marked("The mill is old. It sold linen. It paid by the piece. It closed. Rain fell. It rained.", "mill.txt")
SHOP = make_marked("The shop is new. It sells bread. It opens at four.", "shop.txt")


def key(passage: Passage, place: int, score: float = 0.0) -> Key:
    return Key(passage, passage.sentences[place], score)


def texts(found: Sequence[Excerpt]) -> list[str]:
    return [one.passage.text[one.span.start - one.passage.start : one.span.end - one.passage.start] for one in found]


def test_a_sentence_is_shown_with_what_stands_around_it_and_is_marked() -> None:
    (one,) = excerpts([key(MILL, 1)])

    assert one.span.start <= one.key.start < one.key.end <= one.span.end
    assert MILL.text[one.key.start : one.key.end] == "It sold linen."
    assert "The mill is old. It sold linen. It paid by the piece." in texts([one])[0]


def test_the_best_comes_first_and_is_lengthened_first() -> None:
    found = excerpts([key(SHOP, 1), key(MILL, 1)], characters=75)

    assert [one.passage for one in found] == [SHOP, MILL]
    assert len(texts(found)[0]) >= len(texts(found)[1])


def test_a_sentence_in_a_stretch_that_is_shown_begins_none_of_its_own() -> None:
    assert len(excerpts([key(MILL, 1), key(MILL, 1), key(SHOP, 0)])) == 2


def test_the_best_sentence_is_shown_whole_whatever_its_length() -> None:
    long = make_marked(f"The mill sold {'very ' * 200}fine linen. It closed.", "long.txt")

    found = excerpts([key(long, 0), key(SHOP, 1)])

    assert texts(found) == [long.text.removesuffix(" It closed.")]


def test_a_heading_is_no_part_of_a_stretch() -> None:
    page = make_marked("It is old.\n# The mill\nIt sold linen. It closed.", "page.txt")

    assert texts(excerpts([key(page, 2)])) == ["It sold linen. It closed."]

    headed = make_marked("# The mill\nIt sold linen. It closed.", "headed.txt")
    assert texts(excerpts([key(headed, 1), key(headed, 0)])) == ["It sold linen. It closed.", "The mill"]


def test_stretches_that_follow_on_each_other_are_one_where_there_is_room_for_what_lies_between() -> None:
    page = make_marked("It sold linen.\nIt closed.", "page.txt")
    room = len(page.text)

    assert texts(excerpts([key(page, 0), key(page, 1)], characters=room)) == [page.text]
    assert texts(excerpts([key(page, 0), key(page, 1)], characters=room - 1)) == page.text.splitlines()


@st.composite
def keys(draw: st.DrawFn) -> list[Key]:
    """Sentences of a few passages, best first, some of them long, some headings."""
    passages = []
    for number in range(draw(st.integers(1, 4))):
        lengths = draw(st.lists(st.integers(1, 40), min_size=1, max_size=9))
        heads = draw(st.sets(st.integers(0, 8), max_size=2))
        lines = [f"{'# ' if n in heads else ''}{'word ' * length}end." for n, length in enumerate(lengths)]
        passages.append(make_marked("\n".join(lines), f"{number}.txt"))
    places = [(passage, place) for passage in passages for place in range(len(passage.sentences))]
    drawn = draw(st.lists(st.sampled_from(places), min_size=1, max_size=12))
    return [key(passage, place, -float(rank)) for rank, (passage, place) in enumerate(drawn)]


@given(keys(), st.integers(20, CHARACTERS))
def test_stretches_are_few_whole_apart_and_not_too_long(drawn: list[Key], characters: int) -> None:
    found = excerpts(drawn, characters=characters)

    assert 1 <= len(found) <= STRETCHES
    assert len(found) == 1 or sum(one.span.end - one.span.start for one in found) <= characters
    assert (found[0].passage, found[0].key.start) == (drawn[0].passage, drawn[0].sentence.start)
    for one in found:
        inside = [s for s in one.passage.sentences if one.span.start <= s.start and s.end <= one.span.end]
        assert (inside[0].start, inside[-1].end) == tuple(one.span)  # whole sentences
        assert one.span.end - one.span.start <= max(characters, one.key.end - one.key.start)
        assert len(inside) <= SENTENCES
        assert tuple(one.key) in {(s.start, s.end) for s in inside}
        assert all(s.kind is not BlockKind.HEADING or s.start == one.key.start for s in inside)
    for one, other in combinations(found, 2):
        apart = one.span.end <= other.span.start or other.span.end <= one.span.start
        assert apart or one.passage.id != other.passage.id
