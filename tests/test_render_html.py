from __future__ import annotations

import re
from dataclasses import replace

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.render import html
from eval.render.shown import ended
from tests import rendered
from tests.rendered import HOSTILE, MADE_WITH, Rendered
from ui.reports import verdict_html

ENDS = rendered.every_end()
OURS = set(
    "html head meta title style body a main header section div span p h1 h2 h3 h4 h5 ul ol li b code mark blockquote "
    "details summary table thead tbody tr th td svg rect circle fieldset legend label input dl dt dd".split()
)


def of(run: Rendered) -> str:
    return html.render(*run, MADE_WITH)


def page(run: Rendered) -> lxml.html.HtmlElement:
    return lxml.html.document_fromstring(of(run))


def headings(run: Rendered) -> list[str]:
    return [one.text_content() for one in page(run).iter("h2")]


@pytest.mark.parametrize("end", ENDS)
def test_the_banner_is_the_verdict(end: str) -> None:
    assert [one.text_content() for one in page(ENDS[end]).iter("h1")] == [ended(ENDS[end].verdict)]


def test_flips_come_first_and_the_right_cases_last() -> None:
    assert headings(ENDS["flips"]) == [
        "Flips",
        "Failed checks",
        "In short",
        "Measures",
        "What was taken for what",
        "Sentinels",
        "Kinds",
        "Lost, or held against the run (3)",
        "Right (2)",
        "Made with",
    ]


@pytest.mark.parametrize("end", ENDS)
def test_every_case_is_there_once(end: str) -> None:
    ids = [one.get("id") for one in page(ENDS[end]).iter() if re.fullmatch(r"c\d+", one.get("id") or "")]

    assert sorted(ids) == sorted(f"c{index}" for index in range(len(ENDS[end].records)))


@pytest.mark.parametrize("end", ENDS)
def test_every_link_leads_somewhere_on_the_page(end: str) -> None:
    links = {one.get("href") for one in page(ENDS[end]).iter("a")}

    assert links <= {f"#{one.get('id')}" for one in page(ENDS[end]).iter() if one.get("id")}


def test_cited_words_are_marked_in_their_text() -> None:
    quotes = [one.text_content() for one in page(ENDS["flips"]).iter("blockquote")]
    marks = {one.text for one in page(ENDS["flips"]).iter("mark")}

    assert (quotes[0], marks) == ("Before. The stand cost €86,000. After.", {"The stand cost €86,000."})


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_only_text(text: str) -> None:
    run = rendered.hostile(text)

    elements = [one for one in page(run).iter() if isinstance(one.tag, str)]
    assert {one.tag for one in elements} <= OURS
    assert not [name for one in elements for name in one.attrib if name.startswith("on") or name in ("src", "style")]
    assert {one.get("href", "#")[0] for one in elements} == {"#"}


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_leaves_every_case_and_section_where_it_is(text: str) -> None:
    run, plain = rendered.hostile(text), rendered.hostile("plain")

    def shape(of: Rendered) -> list[str]:
        return [str(one.tag) for one in page(of).iter()]

    assert shape(run) == shape(plain)


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_no_control_or_turn_of_direction_reaches_the_page(text: str) -> None:
    made = (html.environment(), verdict_html.environment())

    for environment in made:
        page = environment.from_string('<p title="{{ text }}">x{{ text }}</p>').render(text=text)
        found = lxml.html.document_fromstring(page).find("body/p")
        assert found is not None
        assert len(found) == 0
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", page)


def test_nothing_is_asked_of_the_network_and_no_script_runs() -> None:
    policy = page(ENDS["flips"]).xpath("//meta[@http-equiv='Content-Security-Policy']/@content")

    assert policy == ["default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"]
    assert not re.search(r"https?:|<script|url\(|@import", of(ENDS["flips"]))


def test_a_right_case_takes_less_than_a_kilobyte() -> None:
    right = rendered.records()[0]
    found = tuple({**right.found[0], "source": f"a-document-with-a-name-{index}.txt"} for index in range(10))
    asked = "What did the stand at the fair cost in 2022, with the lorries, the rooms and the people's time?"
    many = [replace(right, id=f"fact-right-{n}", found=found, asked=asked, text=asked * 3) for n in range(2000)]

    empty, full = (len(of(rendered.judged(those)).encode()) for those in ([], many))

    assert (full - empty) / len(many) < 1000


def test_what_made_the_run_is_told_at_the_end() -> None:
    told = [one.text_content() for one in page(ENDS["passed"]).xpath("//dl/*")]

    assert told == ["commit", "none", "suite.name", "tiny", "suite.sha256", "ab", "seed", "7"]


def test_the_same_run_gives_the_same_page() -> None:
    assert of(ENDS["flips"]) == of(rendered.every_end()["flips"])
