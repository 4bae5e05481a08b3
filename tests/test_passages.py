"""Passages: whole sentences at exact offsets, of one section and one speaker, none too small to mean something."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.types import BlockKind, Document, Passage
from ingest.pipeline.documents import load
from ingest.pipeline.passages import HEADS, split
from ingest.text.sentences import spans, telling

FILLER = "The buyer compares the offers and then picks the one that she can explain to her colleagues. "


def document(text: str, source: str = "note.txt") -> Document:
    return load(text.encode(), source=source, id="0123456789")


def sentences(text: str) -> list[str]:
    return [text[span.start : span.end] for span in spans(text)]


def check(document: Document, passages: tuple[Passage, ...]) -> None:
    """The law of offsets; and every block is covered but speakers' lines and headings with nothing under them."""
    for passage in passages:
        assert document.text[passage.start : passage.end] == passage.text
        assert passage.sentences[0].start == passage.start
        assert passage.sentences[-1].end == passage.end
        ends = [sentence.end for sentence in passage.sentences]
        assert all(a <= b.start < b.end for a, b in zip([0, *ends], passage.sentences, strict=False))
    spoken = {index for p in passages for s in p.sentences for index in range(s.start, s.end)}
    for block in document.blocks:
        inside = [index for index in range(block.start, block.end) if document.text[index].isalnum()]
        if block.kind is BlockKind.SPEAKER:
            assert not spoken.intersection(inside)
        elif block.kind not in HEADS:
            assert spoken.issuperset(inside)


def test_sentences_end_where_they_should() -> None:
    assert sentences("More than just sales.The Chief is not. Sales vs. Marketing! “Really?” Yes…") == [
        "More than just sales.",
        "The Chief is not.",
        "Sales vs. Marketing!",
        "“Really?”",
        "Yes…",
    ]


def test_an_enumerator_opens_its_sentence_and_a_quote_mark_closes_it() -> None:
    assert sentences("1. make some thing. 2. share it.") == ["1. make some thing.", "2. share it."]
    assert sentences("...the purpose is to create a customer. So he said.") == [
        "...the purpose is to create a customer.",
        "So he said.",
    ]
    assert sentences("You need (a) a price and (b) value. Value is more.") == [
        "You need (a) a price and (b) value.",
        "Value is more.",
    ]


def test_a_sentence_without_end_is_cut_at_words() -> None:
    cut = sentences("word and more " * 400)

    assert max(len(part.split()) for part in cut) <= 200
    assert " ".join(cut).split() == ("word and more " * 400).split()


def test_a_word_without_end_is_cut_hard() -> None:
    cut = sentences("a" * 9000)

    assert max(map(len, cut)) <= 2000
    assert "".join(cut) == "a" * 9000


@given(st.text(alphabet='ab C.!?"”)(1\n ', max_size=200))
def test_sentences_hold_all_words_in_order(text: str) -> None:
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())


def test_passages_are_of_about_the_words_asked_for() -> None:
    note = document("\n\n".join(FILLER * 3 for _ in range(10)))

    counts = [len(passage.text.split()) for passage in split(note, 80)]

    assert max(counts) <= 100
    assert min(counts) >= 40


def test_a_heading_goes_with_what_follows_it() -> None:
    note = document(f"# Plan\n\n{FILLER}\n\n## Costs\n\n{FILLER}\n", "plan.md")

    passages = split(note, 80)

    assert [passage.text.split("\n")[0] for passage in passages] == ["Plan", "Costs"]
    assert [passage.headings for passage in passages] == [(), ("Costs",)]
    assert passages[1].sentences[0].kind is BlockKind.HEADING


def test_a_heading_with_nothing_under_it_is_in_no_passage() -> None:
    note = document(f"# Plan\n\n{FILLER}\n\n## Endnotes\n", "plan.md")

    assert [passage.text for passage in split(note, 80)] == [f"Plan\n\n{FILLER.strip()}"]


def test_a_short_last_sentence_joins_its_neighbour() -> None:
    note = document(FILLER * 5 + "So be it.")

    assert split(note, 80)[-1].text.endswith("So be it.")
    assert len(split(note, 80)[-1].text.split()) > 20


@pytest.mark.parametrize(("rest", "parts"), [(1, 1), (2, 2)])
def test_a_rest_of_one_sentence_joins_its_neighbour_and_one_of_two_stands_alone(rest: int, parts: int) -> None:
    """One sentence alone says little; two make a point of their own."""
    note = document(f"{FILLER * 5}\n\n{FILLER * rest}")

    assert [len(passage.sentences) for passage in split(note, 80)] == ([5 + rest] if parts == 1 else [5, rest])


def test_passages_do_not_cross_speakers() -> None:
    note = document(f"Buyer says:\n\n{FILLER}\n\nSeller says:\n\nNo.\n\nBuyer says:\n\n{FILLER}")

    assert [(p.speaker, p.text) for p in split(note, 80)] == [
        ("Buyer", FILLER.strip()),
        ("Seller", "No."),
        ("Buyer", FILLER.strip()),
    ]


def test_an_items_sentence_begins_after_its_bullet() -> None:
    note = document("We do three kinds:\n\n- dinners\n- open days\n- one fair a year")

    texts = [note.text[s.start : s.end] for s in split(note, 80)[0].sentences]

    assert texts == ["We do three kinds:", "dinners", "open days", "one fair a year"]


def test_ids_come_from_content_and_place() -> None:
    one, two = split(document(FILLER * 12), 40), split(document(FILLER * 12), 40)

    assert one == two
    assert len({passage.id for passage in one}) == len(one)


@given(
    st.lists(
        st.sampled_from(
            [FILLER, FILLER * 4, "A Heading", "Ann Lee", "Bob Roy", "- an item", "1. one", "Yes.", "no end"]
        ),
        min_size=1,
        max_size=14,
    ),
    st.integers(20, 400),
)
def test_offsets_hold_for_any_document(parts: list[str], words: int) -> None:
    note = document("\n\n".join(parts))

    check(note, split(note, words))


@pytest.mark.parametrize("repeated", range(1, 8))
def test_a_list_is_never_parted_from_what_introduces_it(repeated: int) -> None:
    """Where its items go on in another passage, the introduction stands above that as a heading does."""
    items = "\n".join(f"- item {n} of the things that nobody asks a shop for, whatever it sells" for n in range(30))
    note = document(f"# Terms\n\n{FILLER * repeated} A new shop does not need to bring:\n\n{items}", "terms.md")

    first, *others = [passage for passage in split(note, 80) if "item" in passage.text]

    assert "A new shop does not need to bring:\n\nitem 0" in first.text.replace("- ", "")
    assert len(others) > 2
    assert {passage.headings for passage in others} == {("A new shop does not need to bring",)}
    assert split(note, 80)[0].headings == first.headings == ()


@pytest.mark.parametrize(
    ("above", "lead"),
    [
        ("We said much of it. A new shop does need:", "A new shop does need"),
        ("お店に要るもの：", "お店に要るもの"),
        ("Not allowed", "Not allowed"),
        ("None of these is needed.", "None of these is needed."),
        ("We said much of it. It rained on us all day.", None),
    ],
)
def test_what_introduces_a_list_ends_open_or_stands_alone(above: str, lead: str | None) -> None:
    items = "\n".join(f"- item {n} of the things that nobody asks a shop for, whatever it sells" for n in range(30))
    note = document(f"# Terms\n\n{above}\n\n{items}", "terms.md")

    assert split(note, 80)[-1].headings == ((lead,) if lead else ())


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("値引きは承認なしで与えることができます。それ以上は部長が承認します。期限は三十日です！", 3),
        ("价格太高了，所以客户不愿意购买。我们必须在三月之前降低价格！为什么要这样做呢，谁能告诉我？", 3),
        ("「値引きはできますか。」と客が聞きました。店の人は何も答えませんでした。", 3),
        ("कीमत बहुत अधिक है और ग्राहक नहीं खरीदते। हम इसे मार्च से कम करेंगे।", 2),
    ],
)
def test_sentences_of_other_scripts_end_where_they_end(text: str, ends: int) -> None:
    assert len(sentences(text)) == ends
    assert "".join(sentences(text)).replace(" ", "") == text.replace(" ", "")


def test_a_text_of_many_rules_in_japanese_is_no_one_sentence() -> None:
    rules = "".join(f"第{n}条では、担当者は{n}パーセントまでの値引きを与えることができます。" for n in range(1, 60))

    assert [part.startswith(f"第{n}条") for n, part in enumerate(sentences(rules), 1)] == [True] * 59


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("はい。値引きは最大で二割までとします。", 1),
        ("値引きは最大で二割までとします。承認は部長が書面で行います。", 2),
    ],
)
def test_where_no_spaces_part_words_a_short_sentence_goes_with_its_neighbour(text: str, count: int) -> None:
    assert len(list(telling(text))) == count
