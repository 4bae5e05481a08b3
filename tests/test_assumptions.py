from __future__ import annotations

import pytest

from assistant.evidence.ideas import IdeaReader
from assistant.evidence.stance import Alone, PlainMarks
from assistant.model.embedding import Embedder
from assistant.pressure.assumptions import Lenses, affirmed, of_words, positive
from assistant.pressure.lens import Lens, Side, shipped
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


def lenses() -> Lenses:
    return Lenses([REACH], WordEmbedder(), Alone(PlainMarks()))


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


@pytest.mark.parametrize(
    ("idea", "left", "begun"),
    [
        ("Let's not sell at fairs anymore, open a shop instead", "Let's sell at fairs", "open a shop instead"),
        ("Don't post on Mondays, post on Fridays instead.", "post on Mondays", "post on Fridays instead"),
        ("Stop the newsletter, write to each customer instead!", "continue the newsletter", "write to each customer"),
    ],
)
def test_to_leave_one_thing_and_do_another_instead_has_no_one_opposite(idea: str, left: str, begun: str) -> None:
    whole, first, second = of_words(idea)

    assert (whole.text, whole.turned) == (idea, False)
    assert (first.text, first.turned) == (left, True)
    assert second.text.startswith(begun)
    assert not second.turned
    assert positive(idea) == (idea, False)


def test_a_comma_before_an_instead_divides_nothing_where_nothing_is_left() -> None:
    assert [one.text for one in of_words("We should, in spring, use letters instead.")] == [
        "We should, in spring, use letters instead."
    ]


def test_any_more_goes_with_its_not() -> None:
    assert positive("Do not hire any more people for sales.") == ("hire people for sales.", True)
    assert positive("Do not pay any more than 10% for leads.") == ("pay any more than 10% for leads.", True)


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
    (one,) = lenses().assumptions("Hang posters all over town.")

    assert (one.text, one.name, [side.name for side in one.sides]) == (
        "Posters bring guests.",
        "reach",
        ["bought", "earned"],
    )


def test_its_negation_makes_the_claim_of_the_other_side() -> None:
    (one,) = lenses().assumptions("Let us not hang posters all over town.")

    assert (one.text, [side.name for side in one.sides]) == ("Talk brings guests.", ["earned", "bought"])


def test_a_lens_that_the_idea_is_not_near_is_left_out() -> None:
    assert lenses().assumptions("Rebuild the cellar stairs.") == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("idea", "lens", "side"),
    [
        ("Merge the sales and marketing teams into one department", "one-team", "together"),
        ("Combine our marketing department with the sales force", "one-team", "together"),
        ("Move marketing out of the sales organisation", "one-team", "apart"),
        ("Abolish all discounts", "price-value", "on value"),
        ("Give a discount of 20% to every new customer", "price-value", "on price"),
        ("Spend a million on television spots", "reach", "bought"),
    ],
)
def test_a_lens_does_not_assume_the_opposite_of_an_idea(
    idea: str, lens: str, side: str, sentence_transformer: Embedder
) -> None:
    """An idea and its opposite are about the same, so that nearness alone does not tell the side."""
    found = Lenses(shipped(), sentence_transformer, IdeaReader()).assumptions(idea)

    assert {one.name: one.sides[0].name for one in found}[lens] == side


@pytest.mark.parametrize(
    ("idea", "parts"),
    [
        ("Merge sales and marketing", []),
        ("We should put sales and marketing under one head.", []),
        ("Do not merge sales and marketing into one department.", []),
        ("Hire two sellers and open a shop in Rome", ["Hire two sellers", "open a shop in Rome"]),
        ("Raise prices and cut the weekly discount", ["Raise prices", "cut the weekly discount"]),
    ],
)
def test_two_nouns_of_one_verb_are_no_two_clauses(idea: str, parts: list[str]) -> None:
    assert [one.part for one in of_words(idea)[1:]] == parts


@pytest.mark.parametrize(
    ("idea", "parts"),
    [
        ("Give everyone a laptop and a phone for work.", []),
        ("Give everyone a laptop, a headset and phone for work.", []),
        ("Our sales team and the two agencies should share one calendar.", []),
        ("Open a shop in Rome but not in Milan.", []),
        ("Stop printing leaflets and calling people at home.", []),
        ("Sell through dealers rather than through our own shops.", ["Sell through dealers"]),
        ("Spend on content instead of annual trade fairs.", ["Spend on content"]),
        ("Close the Lisbon office because of its high rent.", []),
        ("Charge for support, since 2019 a gift to customers.", []),
        ("Three changes: lower prices, faster delivery and free returns.", []),
        (
            "Cut 10,000 euros from the fair, because it brings 1,000 visitors fewer.",
            ["it brings 1,000 visitors fewer", "Cut 10,000 euros from the fair"],
        ),
        ("Hire a second baker and focus on weddings.", ["Hire a second baker", "focus on weddings"]),
        ("Hire a second baker but do not pay overtime.", ["Hire a second baker", "do not pay overtime"]),
        ("Give up the newsletter and write to each customer by hand.", ["Give up the newsletter", "write to each"]),
        ("Let guests pay by card and then move to one till.", ["Let guests pay by card", "move to one till"]),
        ("We should rent a second oven and we should lend the old one.", ["We should rent", "we should lend"]),
        ("Our rolls are too dear and the bakers are too slow.", ["Our rolls are too dear", "the bakers are too slow"]),
        ("Printing menus and calling regular guests would fill the winter.", []),
        ("Pay a bonus so that bakers stay and learn.", ["bakers stay and learn", "Pay a bonus"]),
        (
            "Ask guests what they miss; the menu bores our cooks.",
            ["Ask guests what they miss", "the menu bores our cooks"],
        ),
    ],
)
def test_only_whole_clauses_are_assumptions(idea: str, parts: list[str]) -> None:
    own = [one.part for one in of_words(idea)[1:]]

    assert [one[: len(part)] for one, part in zip(own, parts, strict=True)] == parts


@pytest.mark.parametrize(
    ("idea", "whole", "turned"),
    [
        ("Stop buying ads; blog.", "Stop buying ads; blog.", False),
        ("Stop the leaflets and open a second shop.", "Stop the leaflets and open a second shop.", False),
        ("Open a second shop; do not print leaflets.", "Open a second shop; do not print leaflets.", False),
        ("Stop printing leaflets and posters.", "continue printing leaflets and posters.", True),
        ("Do not print leaflets and do not hang posters.", "print leaflets and do not hang posters.", True),
    ],
)
def test_where_one_clause_of_two_has_a_not_the_idea_is_searched_as_it_is(idea: str, whole: str, turned: bool) -> None:
    assert (of_words(idea)[0].text, of_words(idea)[0].turned) == (whole, turned)


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
        ("Do not print leaflets; hire a cook.", "Do not print leaflets; hire a cook.", False),
        (
            "Do not print leaflets but hang posters in the bus.",
            "Do not print leaflets but hang posters in the bus.",
            False,
        ),
    ],
)
def test_an_idea_that_opens_with_a_not_is_read_without_any(idea: str, without: str, negated: bool) -> None:
    assert positive(idea) == (without, negated)
