from __future__ import annotations

import pytest

from assistant.pressure.assumptions import Lenses, affirmed, of_words, positive
from assistant.pressure.lens import Lens, Side
from tests.fakes import WordEmbedder

REACH = Lens(
    name="reach",
    question="Is reach earned, or bought?",
    importance=0.7,
    settle="Stop the posters in one town.",
    sides=(
        Side(
            name="earned", claim="Talk brings guests.", ideas=("Let guests talk.", "Be odd."), search=("guests talk",)
        ),
        Side(name="bought", claim="Posters bring guests.", ideas=("Hang posters.", "Buy ads."), search=("we paid",)),
    ),
)


def test_the_idea_itself_is_the_first_and_greatest_assumption() -> None:
    idea = "We should hand out leaflets."

    assert [(one.text, one.name, one.importance) for one in of_words(idea)] == [(idea, "the idea as it stands", 1.0)]


@pytest.mark.parametrize(
    ("idea", "parts"),
    [
        (
            "A small bakery should print leaflets because new customers read them on the way.",
            [
                ("new customers read them on the way", "the reason"),
                ("A small bakery should print leaflets", "a part of the idea"),
            ],
        ),
        (
            "Win new guests by printing leaflets in order to fill the winter months.",
            [
                ("printing leaflets", "the means"),
                ("fill the winter months", "the expected effect"),
                ("Win new guests", "a part of the idea"),
            ],
        ),
        (
            "We cut the weekly discount; we raise the price of repairs.",
            [
                ("We cut the weekly discount", "a part of the idea"),
                ("we raise the price of repairs", "a part of the idea"),
            ],
        ),
    ],
)
def test_its_clauses_are_assumptions_by_what_they_are_in_it(idea: str, parts: list[tuple[str, str]]) -> None:
    first, *rest = of_words(idea)

    assert first.text == idea
    assert [(one.text, one.name) for one in rest] == parts


def test_what_the_idea_would_replace_is_turned() -> None:
    _, replaced, rest = of_words("We should raise the repair price instead of handing out weekly leaflets.")

    assert (replaced.text, replaced.turned, rest.turned) == ("handing out weekly leaflets", True, False)


@pytest.mark.parametrize(
    ("idea", "base"),
    [
        ("Let us not hang posters.", "Let us hang posters."),
        ("We should not hang posters.", "We should hang posters."),
        ("Do not hang posters.", "hang posters."),
        ("A slow winter is ahead, but let us not hang posters.", "A slow winter is ahead, but let us hang posters."),
    ],
)
def test_an_idea_put_as_a_not_is_its_opposite_turned(idea: str, base: str) -> None:
    assert affirmed(idea) == (base, True)
    assert affirmed(base) == (base, False)


def test_an_idea_makes_the_claim_of_the_side_that_it_takes() -> None:
    (one,) = Lenses([REACH], WordEmbedder()).assumptions("Hang posters all over town.")

    assert (one.text, one.name, [side.name for side in one.sides]) == (
        "Posters bring guests.",
        "reach",
        ["bought", "earned"],
    )


def test_its_negation_makes_the_claim_of_the_other_side() -> None:
    (one,) = Lenses([REACH], WordEmbedder()).assumptions("Let us not hang posters all over town.")

    assert (one.text, [side.name for side in one.sides]) == ("Talk brings guests.", ["earned", "bought"])


def test_a_lens_that_the_idea_is_not_near_is_left_out() -> None:
    assert Lenses([REACH], WordEmbedder()).assumptions("Rebuild the cellar stairs.") == []


def test_two_nouns_that_share_an_article_are_no_two_clauses() -> None:
    assert [one.text for one in of_words("Merge the kitchen and garden teams and hire a cook.")[1:]] == [
        "Merge the kitchen and garden teams",
        "hire a cook",
    ]


@pytest.mark.parametrize(
    ("idea", "without", "negated"),
    [
        ("Let us not join the alliance and not build for it.", "Let us join the alliance and build for it.", True),
        ("Do not pay a bonus; it does not make people stay.", "pay a bonus; it make people stay.", True),
        ("In the next recall we should not offer a voucher.", "In the next recall we should offer a voucher.", True),
        ("Stop the leaflets and do not print new ones.", "Stop the leaflets and do not print new ones.", False),
        ("Print leaflets, not posters.", "Print leaflets, not posters.", False),
    ],
)
def test_an_idea_that_opens_with_a_not_is_read_without_any(idea: str, without: str, negated: bool) -> None:
    assert positive(idea) == (without, negated)
