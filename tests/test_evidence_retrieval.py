"""What is read for an idea: whole sentences that say something, of the documents that are about it."""

import numpy as np
import pytest

from assistant.pressure.assumptions import Assumed
from assistant.pressure.evidence_retrieval import Near, fit, tells, touched
from assistant.pressure.lens import Side
from assistant.search import question as questions
from tests.conftest import judged, make_marked

IDEA = questions.read("We should print leaflets for the bakery.")


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
        ("One bakery, two leaflets, many streets.", False),
        ("Here are some thoughts on leaflets for bakeries:", False),
        ("Would people read leaflets from a bakery?", False),
        ("Leaflets | €400 were spent | 12 customers came | 31 loaves", False),
        ("It was just so.", False),
    ],
)
def test_only_a_whole_sentence_that_says_something_is_read(text: str, says: bool) -> None:
    (one,) = judged((make_marked(text), (1.0,))).sentences

    assert tells(IDEA, one) is says


def test_of_two_that_answer_as_well_the_one_whose_document_is_about_the_idea_comes_first() -> None:
    about = make_marked("Print leaflets for the bakery. They were read by many people there.", "about.txt")
    other = make_marked("They were read by many people there. The mill was closed in winter.", "other.txt")
    told = judged((about, (0.0, 0.0)), (other, (0.0, 0.0))).sentences
    likeness = np.array([0.9 if one.seen.text.startswith("Print") else 0.2 for one in told])

    ranked = dict(
        zip([(one.seen.passage.about.source, one.seen.text[:4]) for one in told], fit(told, likeness), strict=True)
    )

    assert ranked["about.txt", "They"] > ranked["other.txt", "They"]


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
    one = judged((make_marked("Bakers print leaflets."), (1.0,))).sentences[0]
    of_idea = Assumed("Print leaflets.", "the idea as it stands", 1.0)
    side = Side(name="push", claim="Leaflets reach buyers.", ideas=("Print.", "Post."), search=("leaflets work",))
    of_lens = of_idea._replace(sides=(side, side))

    assert touched([Near(one, 0, touching, touching)], [of_idea], passages) is touches
    assert touched([Near(one, 0, touching, touching)], [of_lens], passages) is False
