"""Hostile documents, on every page: nothing of theirs runs, nothing is fetched, and all is shown as it stands."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import hostile
from tests.browser.conftest import Visit, ask, every_page, settle, visitor

pytestmark = [pytest.mark.slow, pytest.mark.browser]

SERVED = hostile.DOCUMENTS


def check(seen: Visit) -> None:
    """Neither scripts nor requests, and nothing that a reader could click on to leave."""
    page = seen.page
    assert page.evaluate("window.hacked") is None
    assert seen.dialogs == []
    assert {urlsplit(url).hostname for url in seen.requests if url.startswith("http")} == {"127.0.0.1"}
    outside = '[href*="far.example"], [src*="far.example"], .katex, .stHtml svg, iframe'
    folded = 'details:not([data-testid="stExpander"] *)'  # the pages' own are Streamlit's
    assert page.locator(f"{outside}, {folded}").count() == 0


def fits(page: Page) -> None:
    """No line makes the page wider than its window."""
    wide = "e => e.parentElement.scrollWidth - e.parentElement.clientWidth"
    assert page.locator('[data-testid="stMainBlockContainer"]').evaluate(wide) <= 1


def test_no_page_lets_a_document_act(visit: Visit) -> None:
    for address in every_page(visit.address):
        visit.page.goto(address)
        settle(visit.page)
        check(visit)
        fits(visit.page)


def test_an_answer_its_sources_and_an_opened_document_are_inert(visit: Visit, artifacts: Path) -> None:
    page = visit.page
    expect(page.get_by_role("heading", name="Ask your documents")).to_be_visible()

    ask(page, f"{hostile.QUESTION} {hostile.MARKDOWN}")
    check(visit)
    numbers = page.locator('[class*="st-key-cited-"]').get_by_role("button")
    for number in range(min(numbers.count(), 3)):
        numbers.nth(number).hover()
        numbers.nth(number).click()
        expect(page.locator("mark.cited").first).to_be_in_viewport()
        page.locator("header.document").hover()
        check(visit)
        page.keyboard.press("Escape")
        expect(page.locator("mark.cited")).to_have_count(0)
    page.screenshot(path=artifacts / "hostile-answer.png")

    page.get_by_role("button", name="Retrieved").click()
    expect(page.locator(".hits")).to_be_visible()
    check(visit)
    told = page.locator(".hits").inner_text()
    assert "<script>window.hacked=1;alert(1)</script>" in told or "![seen](http://far.example/b.png)" in told
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    check(visit)


def test_a_title_that_a_user_gives_is_inert(visit: Visit) -> None:
    page = visit.page
    ask(page, hostile.QUESTION)
    page.get_by_role("button", name="More").click()
    title = page.get_by_label("Title")
    title.fill(f"{hostile.HTML[:41]} {hostile.MARKDOWN[:30]}")
    title.press("Enter")

    expect(page.locator("h1.title")).to_contain_text("<script>window.hacked=1;alert(1)</script>")
    expect(page.locator('[class*="st-key-conversation-"]').first).to_contain_text("<script>window.hacked=1")
    check(visit)


def test_long_words_fit_on_a_phone(browser: Browser, served: str, artifacts: Path) -> None:
    with visitor(browser, served, 360) as seen:
        settle(seen.page)
        fits(seen.page)
        ask(seen.page, hostile.QUESTION)
        fits(seen.page)
        seen.page.locator('[class*="st-key-cited-"]').get_by_role("button").first.click()
        expect(seen.page.locator("mark.cited").first).to_be_in_viewport()
        seen.page.screenshot(path=artifacts / "hostile-phone.png")
        assert re.search(r"cited=1\.1", seen.page.url)
        check(seen)
