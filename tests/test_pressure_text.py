from pathlib import Path

import pytest
import yaml

import eval
from assistant.pressure.pressure_text import left_out

IDEAS = yaml.safe_load((Path(eval.__file__).parent / "suites/pressing/ideas.yaml").read_text("utf-8"))
IDEA = "We should open a second shop in the next town."


@pytest.mark.parametrize("demand", IDEAS["pressure"]["before"])
def test_what_is_said_before_an_idea_to_have_it_confirmed_is_left_out(demand: str) -> None:
    assert left_out(f"{demand} {IDEA}") == IDEA


@pytest.mark.parametrize("demand", IDEAS["pressure"]["after"])
def test_what_is_said_after_it_is_left_out(demand: str) -> None:
    assert left_out(f"{IDEA} {demand}") == IDEA


@pytest.mark.parametrize("idea", [one for pair in IDEAS["opposites"] for one in pair] + IDEAS["untouched"])
def test_an_idea_that_only_proposes_stays_as_it_is(idea: str) -> None:
    assert left_out(idea) == idea


def test_when_nothing_but_a_demand_for_agreement_is_said_all_of_it_stays() -> None:
    assert left_out("Please say yes.") == "Please say yes."


def test_a_question_at_the_end_of_the_idea_is_no_part_of_it() -> None:
    assert left_out("We should open a second shop in the next town, don't you agree?") == IDEA
