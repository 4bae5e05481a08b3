"""A reply becomes claims, each as soon as it is whole."""

import json
from itertools import pairwise

from assistant.replies import Claim, Json, Lines, Reading
from hypothesis import given
from hypothesis import strategies as st

REPLY = {
    "documents_do_not_say": False,
    "statements": [
        {"text": "Fairs cost 210,000 euros [1].", "evidence": [1], "quotes": ["cost us 210,000 euros"]},
        {"text": "Two leads {signed}.", "evidence": [2, 2], "quotes": []},
    ],
    "set_aside": [3],
}
CLAIMS = [Claim("Fairs cost 210,000 euros.", (1,), ("cost us 210,000 euros",)), Claim("Two leads {signed}.", (2,))]


def read(reading: Reading, *pieces: str) -> list[Claim]:
    return [claim for piece in pieces for claim in reading.feed(piece)] + list(reading.end())


@given(st.lists(st.integers(0, len(json.dumps(REPLY))), max_size=12))
def test_json_gives_the_same_claims_however_it_is_cut(cuts: list[int]) -> None:
    text, places = json.dumps(REPLY), [0, *sorted(cuts), len(json.dumps(REPLY))]
    reading = Json()

    assert read(reading, *(text[a:b] for a, b in pairwise(places))) == CLAIMS
    assert (reading.declined, reading.set_aside) == (False, frozenset({3}))


def test_a_statement_is_there_before_the_reply_ends() -> None:
    text = json.dumps(REPLY)

    assert list(Json().feed(text[: text.index("}") + 1])) == CLAIMS[:1]


def test_json_that_declines_says_so() -> None:
    reading = Json()

    assert read(reading, '{"documents_do_not_say": true, "statements": [], "set_aside": []}') == []
    assert reading.declined


def test_what_is_no_json_makes_no_claim() -> None:
    for text in ("I cannot.", '{"statements": [{"text": 3}]}', '{"statements": [{"text": "Cut of', "[1]", '{"a": 1'):
        assert read(Json(), text) == []


def test_marked_lines_are_read_with_their_numbers() -> None:
    text = "So:\n[1] Fairs cost **much**.\n- Leads are few [2, 3].\n\n2) (evidence 4) Two signed .\nBare words here"

    assert read(Lines(), *text) == [
        Claim("Fairs cost much.", (1,)),
        Claim("Leads are few.", (2, 3)),
        Claim("Two signed.", (4,)),
        Claim("Bare words here", ()),
    ]


def test_none_alone_declines() -> None:
    for text in ("NONE", "None.\n", "[1] NONE", "The answer to the question is: NONE", "The documents do not say."):
        reading = Lines()
        assert read(reading, text) == []
        assert reading.declined


def test_what_only_leads_into_an_answer_is_left_out() -> None:
    assert read(Lines(), "The answer to the question is: fairs cost much. [1]") == [Claim("fairs cost much.", (1,))]


def test_a_model_that_repeats_itself_is_read_no_further() -> None:
    reading = Lines()

    assert read(reading, *("[1] Fairs cost much.\n" * 5)) == [Claim("Fairs cost much.", (1,))]
    assert reading.done
    endless = Lines()
    assert read(endless, "word " * 500) == []
    assert endless.done
