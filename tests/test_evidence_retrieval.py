"""What is read for an idea: passages that have sentences which say something by themselves."""

import numpy as np
import pytest

from assistant.pressure.assumptions import Assumed
from assistant.pressure.evidence_retrieval import Near, searches, seen_at, tells, touched
from assistant.pressure.lens import Side
from tests.conftest import make_marked


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Leaflets are the best way to bring people into a bakery.", True),
        ("Bakers never print leaflets.", True),
        ("Leaflets erode trust in bakeries.", True),
        ("- Buyers then remember the leader of the market for many years.", True),
        ("People do not read leaflets; they throw them away.", True),
        ("# Leaflets are the best way to bring people in", False),
        ("Leaflets for bakeries", False),
        ("Here are some thoughts on leaflets for bakeries:", False),
        ("Would people read leaflets from a bakery?", False),
        ("Leaflets | €400 were spent | 12 customers came | 31 loaves", False),
    ],
)
def test_only_a_whole_sentence_that_says_something_is_quoted(text: str, says: bool) -> None:
    passage = make_marked(text)
    (sentence,) = passage.sentences

    assert tells(seen_at(passage, sentence)) is says


@pytest.mark.parametrize(
    ("touching", "passages", "touches"),
    [
        (0.36, 40, False),
        (0.38, 0, True),
        (0.38, 100, True),
        (0.38, 1_000, False),
        (0.45, 2_700, False),
        (0.54, 2_700, True),
    ],
)
def test_the_more_passages_there_are_the_nearer_one_must_be_to_touch_the_idea(
    touching: float, passages: int, touches: bool
) -> None:
    of_idea = Assumed("Print leaflets.", "the idea as it stands", 1.0)
    side = Side(name="push", claim="Leaflets reach buyers.", ideas=("Print.", "Post."), search=("leaflets work",))
    of_lens = of_idea._replace(sides=(side, side))
    vectors = np.ones((1, 3), dtype=np.float32)
    one = Near(make_marked("Bakers print leaflets."), (0,), vectors, np.array([[touching, 0.9]], dtype=np.float32))

    assert touched([one], [of_idea, of_lens], passages) is touches


def test_for_a_model_an_assumption_is_searched_with_words_of_criticism_and_of_success() -> None:
    ideas = ("Print leaflets.", "Hand out leaflets.")
    side = Side(name="drawn", claim="Leaflets bring guests.", ideas=ideas, search=("came by a leaflet",))
    of_lens = Assumed("Leaflets bring guests.", "reach", 0.5, sides=(side, side))
    own = Assumed("Print leaflets.", "the idea", 1.0)

    found = searches(own)

    assert found[0] == "Print leaflets."
    assert {word for text in found[1:] for word in text.split()} >= {"problem", "benefit"}
    assert searches(own._replace(searches=("leaflets cost",))) == ("Print leaflets.", "leaflets cost")
    assert searches(of_lens)[0] == side.claim
