"""A reply becomes claims, each as soon as it is whole."""

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.readers.replies import MOST, Json, Lines, Parsed
from assistant.readers.seam import Claim, Quote

REPLY = {
    "searches": [],
    "not_said": False,
    "claims": [
        {
            "text": "Fairs cost 210,000 euros [1].",
            "quotes": [{"passage": 1, "words": "cost us {210,000} euros"}, {"passage": 3, "words": " "}],
        },
        {"text": 'Two **leads** "sign}ed".', "quotes": []},
    ],
    "disagree": [[1, 2], [0, 2], "x", [1]],
    "missing": 'What the "third" fair cost.',
}
CLAIMS = [
    Claim("Fairs cost 210,000 euros.", (Quote(1, "cost us {210,000} euros"),)),
    Claim('Two leads "sign}ed".', ()),
]


def read(parsed: Parsed, *pieces: str) -> list[Claim]:
    return [claim for piece in pieces for claim in parsed.feed(piece)] + list(parsed.end())


def forms(reply: object) -> list[str]:
    """One reply as models write it."""
    return [
        json.dumps(reply),
        json.dumps(reply, indent=2),
        f"```json\n{json.dumps(reply)}\n```",
        f"Sure!\n{json.dumps(reply)}",
    ]


@given(st.sampled_from(forms(REPLY)), st.data())
def test_json_gives_the_same_claims_however_it_is_cut(text: str, data: st.DataObject) -> None:
    cuts = data.draw(st.lists(st.integers(0, len(text)), max_size=12))
    parsed = Json()

    assert read(parsed, *(text[a:b] for a, b in pairwise([0, *sorted(cuts), len(text)]))) == CLAIMS
    assert (parsed.declined, parsed.found, parsed.searches) == (False, 2, ())
    assert (parsed.disagree, parsed.missing) == (((0, 1),), 'What the "third" fair cost.')


@pytest.mark.parametrize("text", forms(REPLY))
def test_json_letter_by_letter_gives_the_same(text: str) -> None:
    assert read(Json(), *text) == CLAIMS


def test_a_claim_is_there_before_the_reply_ends() -> None:
    text = json.dumps(REPLY)

    assert list(Json().feed(text[: text.index("]}") + 2])) == CLAIMS[:1]


def test_searches_are_known_before_the_first_claim() -> None:
    text = json.dumps({**REPLY, "searches": ["price of  fairs", "", 3, "leads"]})
    parsed = Json()

    assert list(parsed.feed(text[: text.index('"text"')])) == []
    assert parsed.searches == ("price of fairs", "leads")


def test_json_that_says_that_the_passages_do_not_say() -> None:
    parsed = Json()

    assert read(parsed, '{"searches": [], "not_said": true, "claims": [], "missing": "The price."}') == []
    assert (parsed.declined, parsed.missing) == (True, "The price.")


@pytest.mark.parametrize(
    "text",
    ["I cannot.", '{"claims": [{"text": 3}]}', '{"claims": [{"text": "Cut of', "[1]", '{"a": 1', '{"claims": "none"}'],
)
def test_what_is_no_json_makes_no_claim(text: str) -> None:
    parsed = Json()

    assert read(parsed, text) == []
    assert not parsed.declined


def test_a_claim_of_another_kind_costs_no_other() -> None:
    text = json.dumps({**REPLY, "claims": [{"text": 7, "quotes": "x"}, *REPLY["claims"]]})  # type: ignore[misc]

    assert read(Json(), text) == CLAIMS


def test_an_endless_reply_is_read_as_far_as_it_makes_sense() -> None:
    claims = [{"text": f"Fair {n} is one.", "quotes": []} for n in range(MOST + 5)]
    parsed = Json()
    made = list(parsed.feed(json.dumps({"claims": claims})))

    assert parsed.done
    assert len(made) == MOST


def quoting(number: int, text: str) -> Claim:
    return Claim(text, (Quote(number, text),))


def test_marked_lines_are_their_own_quotes() -> None:
    text = "So:\n[1] Fairs cost **much**.\n- Leads are few [2, 3].\n\n2) (passage 4) Two signed .\nBare words here"

    assert read(Lines(), *text) == [
        quoting(1, "Fairs cost much."),
        quoting(2, "Leads are few."),
        quoting(4, "Two signed."),
        quoting(0, "Bare words here"),
    ]


@pytest.mark.parametrize(
    "text", ["NONE", "None.\n", "[1] NONE", "The passages do not say.", "The documents do not say"]
)
def test_none_alone_declines(text: str) -> None:
    parsed = Lines()

    assert read(parsed, text) == []
    assert parsed.declined


def test_a_model_that_repeats_itself_is_read_no_further() -> None:
    parsed = Lines()

    assert read(parsed, *("[1] Fairs cost much.\n" * 5)) == [quoting(1, "Fairs cost much.")]
    assert parsed.done
    endless = Lines()
    assert read(endless, *("word " * 500)) == []
    assert endless.done
    many = Lines(most=2)
    assert len(read(many, "[1] One is one.\n[1] Two are two.\n[1] Three are three.\n")) == 2
