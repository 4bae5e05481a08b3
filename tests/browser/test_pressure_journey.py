"""From an idea to the report that is handed on, in a real browser."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from pypdfium2 import PdfDocument

from assistant.library.library import Library
from assistant.model.embedding import SentenceTransformerEmbedder
from assistant.pressure import rulings
from assistant.settings import Settings
from assistant.types import (
    Assumption,
    AssumptionRuling,
    Citation,
    Document,
    Finding,
    IdeaRuling,
    Kind,
    Searched,
    Stance,
    Verdict,
)
from tests import paper
from tests.browser.conftest import HOSTILE, App, Visit, picture, serious, settle, visitor
from ui.reports import stored_verdicts, verdict_page
from ui.reports.verdict_report import Report

pytestmark = [pytest.mark.slow, pytest.mark.browser]

IDEA = "Repeat the spring campaign and drop the radio spots, because the letter to former customers brings the orders."
REVISED = "Repeat the letter to former customers."
WAIT = 300_000  # milliseconds, for a machine that is busy while the model loads


def put(page: Page, idea: str) -> None:
    field = page.get_by_label("Your idea")
    field.fill(idea)
    field.press("Tab")
    expect(page.locator(".st-key-looked-at li").first).to_contain_text(idea)
    page.get_by_role("button", name="Put it to the test").click()


def verdict_of(page: Page) -> str:
    """The address of the verdict, when it is there."""
    expect(page).to_have_url(re.compile(r"verdict=\w+$"), timeout=WAIT)
    expect(page.get_by_role("heading", name="What it rests on")).to_be_visible()
    return page.url


def test_an_idea_becomes_a_report_that_can_be_handed_on(
    visit: Visit, browser: Browser, artifacts: Path, tmp_path: Path
) -> None:
    page = visit.page
    page.goto(f"{visit.address}/pressure-test")
    page.get_by_role("button", name="Try an example").click()
    looked_at = page.locator(".st-key-looked-at li")
    expect(looked_at.nth(1)).to_have_text("The reason buyers ask each other first")
    picture(page, artifacts, "pressure-idea")

    put(page, IDEA)
    expect(page.get_by_role("heading", name="Putting it to the test")).to_be_visible()
    expect(page).to_have_url(re.compile("job="))
    page.reload()
    first = verdict_of(page)
    picture(page, artifacts, "pressure-verdict")
    assert serious(page, "verdict") == []

    page.locator('[class*="st-key-finding-"]').get_by_role("button").first.click()
    expect(page.locator("mark.cited").first).to_be_in_viewport()
    expect(page.locator("header.document")).to_contain_text(".md")
    page.keyboard.press("Escape")
    expect(page.locator("mark.cited")).to_have_count(0)

    page.locator(".st-key-picture svg .mark-symbol path").nth(1).click()
    expect(page).to_have_url(re.compile("assumption=2"))
    expect(page.locator('[class*="st-key-at-card-"] details').nth(1)).to_have_attribute("open", "")
    expect(page.locator('[class*="st-key-at-card-"] details').nth(0)).not_to_have_attribute("open", "")
    slider = page.locator('[class*="st-key-at-card-"]').nth(1).get_by_role("slider")
    slider.press("ArrowRight")
    expect(page.get_by_text("set by you")).to_be_visible()
    picture(page, artifacts, "pressure-assumption")
    page.get_by_text("Add an assumption").click()
    expect(page.get_by_label("What else must be so?")).to_be_visible()
    assert serious(page, "assumption") == []
    page.keyboard.press("Escape")

    page.locator('[class*="st-key-judge-case-"] button:enabled').first.click()  # the other side than it has
    expect(page.get_by_role("button", name="Undo what you said")).to_be_visible()
    expect(page.locator(".st-key-glance").get_by_text("judged by a person")).to_be_visible()

    page.get_by_text("Export", exact=True).click()
    for name, ending in (("Markdown", ".md"), ("Web page", ".html"), ("Word document", ".docx")):
        with page.expect_download() as awaited:
            page.get_by_role("button", name=name).click()
        assert awaited.value.suggested_filename == f"repeat-the-spring-campaign-and-drop-the-radio{ending}"
        awaited.value.save_as(tmp_path / f"report{ending}")
    page.keyboard.press("Escape")
    assert IDEA in (tmp_path / "report.md").read_text("utf-8")
    assert "judged" in (tmp_path / "report.md").read_text("utf-8")
    assert IDEA in (tmp_path / "report.html").read_text("utf-8")
    assert _pages_on_paper(page.context, tmp_path / "report.html") <= 3
    assert "word/document.xml" in zipfile.ZipFile(tmp_path / "report.docx").namelist()

    page.get_by_text("Revise the idea").click()
    page.get_by_label("The idea, revised").fill(REVISED)
    page.get_by_role("button", name="Test it beside the former one").click()
    expect(page.get_by_role("heading", name="Beside the former one")).to_be_visible(timeout=WAIT)
    second = verdict_of(page)
    assert second != first
    picture(page, artifacts, "pressure-beside")

    said = page.get_by_placeholder("Say something about it")
    said.fill("You are wrong, and everybody knows it!")
    said.press("Enter")
    expect(page.get_by_text("disagreement is no evidence")).to_be_visible(timeout=WAIT)
    page.get_by_text("disagreement is no evidence").scroll_into_view_if_needed()
    picture(page, artifacts, "pressure-discussion")

    with visitor(browser, visit.address, 360) as somebody:
        other = somebody.page
        other.goto(second)
        expect(other.get_by_role("heading", name=REVISED)).to_be_visible(timeout=WAIT)
        expect(other.get_by_role("heading", name="For it")).to_be_visible()
        main = "document.querySelector('[data-testid=stMainBlockContainer]').parentElement"
        other.wait_for_function(f"() => {main}.scrollWidth - {main}.clientWidth <= 1")  # once it has been laid out
        picture(other, artifacts, "pressure-phone")
        answered = other.get_by_placeholder("Say something about it")
        answered.fill("Nonsense, it is as right as can be!")
        answered.press("Enter")
        expect(other.get_by_text("disagreement is no evidence")).to_have_count(2, timeout=WAIT)
    page.reload()
    expect(page.get_by_text("Nonsense, it is as right as can be!")).to_be_visible()
    expect(page.get_by_text("disagreement is no evidence")).to_have_count(2)

    page.get_by_role("button", name="All tests").click()
    expect(page.get_by_role("heading", name="Tested before")).to_be_visible()
    page.get_by_role("button", name="Remove").first.click()
    expect(page.get_by_text(f"Removed “{REVISED}”")).to_be_visible()
    picture(page, artifacts, "pressure-kept")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name=REVISED)).to_be_visible()


@pytest.mark.parametrize(("findings", "sentences", "why"), paper.FULL)
def test_a_web_report_on_six_assumptions_takes_three_pages_or_fewer(
    browser: Browser, tmp_path: Path, findings: int, sentences: int, why: str
) -> None:
    verdict = paper.six_assumptions(findings, sentences, why)
    verdict_page.write(Report(verdict, created="2026-01-02"), tmp_path / "report.html")

    assert len(verdict.assumptions) == 6
    with browser.new_context() as context:
        assert _pages_on_paper(context, tmp_path / "report.html") <= 3


def test_the_first_screen_tells_what_to_find_out_first_however_full_the_verdict_is(
    visit: Visit, shared: App, sentence_transformer: SentenceTransformerEmbedder, artifacts: Path
) -> None:
    with Library.open(Settings(home=shared.home), sentence_transformer) as library:
        verdict = replace(full(library.some(1)[0]), library=library.digest())
        id = stored_verdicts.keep(library, verdict)
    page = visit.page
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{visit.address}/pressure-test?verdict={id}")
    cards = page.locator('[class*="st-key-at-card-"]')
    expect(cards).to_have_count(6, timeout=WAIT)
    glance = page.locator(".st-key-glance")
    expect(glance.get_by_role("button", name="Not about this")).to_have_count(9)  # drawn later than the words
    settle(page)
    picture(page, artifacts, "pressure-full")

    expect(glance.get_by_text("The cheapest way:")).to_have_count(1)
    assert _end(glance) <= 900
    main = "document.querySelector('[data-testid=stMainBlockContainer]').parentElement"
    assert page.evaluate(f"{main}.scrollHeight") <= 1800
    heads = cards.locator("summary p strong").evaluate_all("every => every.map(one => one.nextSibling.textContent)")
    assert len(set(heads)) == 6

    first = glance.locator("blockquote").first
    folded = first.bounding_box()
    first.locator("summary").click()
    unfolded = first.bounding_box()
    assert folded
    assert unfolded
    assert unfolded["height"] > folded["height"]
    assert serious(page, "full verdict") == []

    first.locator("summary").click()
    sources = glance.locator('[class*="st-key-finding-"]').get_by_role("button", name=re.compile("Speaker"))
    sources.first.hover()
    expect(page.get_by_role("tooltip")).to_contain_text("Speaker 1")
    sources.first.click()
    told = page.locator(".st-key-beside h2")
    expect(told).to_have_text("Citation 1 of 9")
    page.keyboard.press("ArrowRight")
    expect(told).to_have_text("Citation 2 of 9")
    expect(page.locator("header.document")).to_contain_text("Speaker 2")
    page.keyboard.press("ArrowLeft")
    expect(told).to_have_text("Citation 1 of 9")
    cards.nth(0).locator("summary").click()
    slider = cards.nth(0).get_by_role("slider")
    slider.press("ArrowRight")  # moves the slider, and leaves the document where it is
    expect(page.get_by_text("set by you")).to_be_visible()
    expect(told).to_have_text("Citation 1 of 9")


def full(document: Document) -> Verdict:
    """A verdict that is as full as can be: an idea of two lines, six assumptions, three findings a side and three of
    which nobody knows the side, each with a model's reason, and nothing on four questions."""
    words = [match.start() for match in re.finditer(r"\w+", document.text)]

    def finding(number: int, stance: Stance) -> Finding:
        start = words[number]
        cited = Citation(
            document.about, start, len(document.text), document.text[start:], f"Speaker {number + 1} of a team"
        )
        why = "A trial of it brought more than was hoped for, and it was repeated."
        return Finding(cited, stance, 0.8, Kind.FIGURE, f"{document.text[:start]}{cited.quote}", why)

    stances = [stance for stance in (Stance.UNCLEAR, Stance.SUPPORTS, Stance.CHALLENGES) for _ in range(3)]
    found = tuple(finding(number, stance) for number, stance in enumerate(stances))
    ways = ("since the letter brings the orders", "while the agency runs the adverts", "and the stands are given up")
    idea = f"Repeat the spring campaign for the former customers of the two northern regions, {', '.join(ways)}."
    asked = ("Does the agency know the trade?", "Is reach earned, or is it bought for as long as it is paid for?")
    rests = (
        Assumption(idea, "the idea as it stands", 0.95, AssumptionRuling.GAP, found),
        Assumption(f"{idea.partition(', while')[0]}.", "the reason", 0.9, AssumptionRuling.GAP, found[3:]),
        *(
            Assumption(
                f"{each} {lens}",
                lens,
                0.8,
                AssumptionRuling.GAP,
                (),
                each,
                settle="Pull the adverts in one region for a quarter.",
            )
            for lens in ("reach", "price")
            for each in asked
        ),
    )
    return rulings.ruled(Verdict(idea, IdeaRuling.CONTESTED, rests, (), Searched(3, 9), stance_model="pushback"))


def _end(of: Locator) -> float:
    box = of.bounding_box()
    assert box
    return box["y"] + box["height"]


def _pages_on_paper(context: BrowserContext, report: Path) -> int:
    shown = context.new_page()
    shown.goto(report.as_uri())
    printed = PdfDocument(shown.pdf(prefer_css_page_size=True))
    shown.close()
    return len(printed)


def test_nothing_of_an_idea_acts_on_the_page(visit: Visit, artifacts: Path) -> None:
    page = visit.page
    page.goto(f"{visit.address}/pressure-test")

    put(page, f"Move the launch of Bramble to June. {HOSTILE}")
    verdict_of(page)
    page.locator(".st-key-picture svg .mark-symbol path").first.hover()
    expect(page.locator("#vg-tooltip-element")).to_contain_text("<script>alert(1)</script>")
    picture(page, artifacts, "pressure-hostile")

    assert page.locator("h1.idea").inner_text().endswith(HOSTILE)
    assert page.locator(".stMain img, .katex, .stHtml a, .st-key-pressure-test a").count() == 0
    assert visit.dialogs == []
    assert {urlsplit(url).hostname for url in visit.requests if url.startswith("http")} == {"127.0.0.1"}
