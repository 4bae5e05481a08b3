"""How the app behaves: by keyboard alone, on a phone, after a reload, in a second tab, for two people at once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import SCHEMES, Visit, ask, every_page, serious, settle, themed, visitor

pytestmark = [pytest.mark.slow, pytest.mark.browser]

QUOTE = "The spring campaign cost €42,000 and brought 310 qualified leads."
QUESTION = "What did the spring campaign cost?"
CALL = "New customers receive a call on the third day."


def tab_to(page: Page, name: str, most: int = 60) -> None:
    """Press Tab until what is focused is called so."""
    # The last line: icons are written before the words, as words of their own.
    told = "(e.ariaLabel || e.innerText || e.placeholder || '').trim().split('\\n').pop()"
    focused = f"() => {{ const e = document.activeElement; return {told} }}"
    for _ in range(most):
        if page.evaluate(focused) == name:
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{name!r} is not reached by {most} tabs")


def test_by_keyboard_alone_a_question_is_asked_and_its_source_read(visit: Visit) -> None:
    page = visit.page
    settle(page)
    tab_to(page, "Ask your documents")
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile(r"^Searched \d"))).to_have_count(1, timeout=120_000)
    settle(page)

    page.locator("h1.title").evaluate("e => { e.tabIndex = -1; e.focus() }")  # where a screen reader's user begins
    tab_to(page, "1")
    page.keyboard.press("Enter")

    expect(page.locator("mark.cited strong")).to_have_text(QUOTE)
    page.keyboard.press("Escape")
    expect(page.locator("mark.cited")).to_have_count(0)
    tab_to(page, "Retrieved")
    page.keyboard.press("Enter")
    expect(page.locator(".hits")).to_be_visible()


def test_on_a_phone_a_question_is_asked_and_its_source_read(browser: Browser, served: str, artifacts: Path) -> None:
    with visitor(browser, served, 360) as seen:
        page = seen.page
        expect(page.get_by_role("heading", name="Ask your documents")).to_be_in_viewport()
        settle(page)
        page.screenshot(path=artifacts / "phone-welcome.png")
        page.locator('[class*="st-key-offered-"]').get_by_role("button").first.click()
        expect(page.get_by_text(re.compile(r"^Searched \d"))).to_have_count(1, timeout=120_000)
        ask(page, QUESTION)
        page.screenshot(path=artifacts / "phone-answer.png")
        page.locator('[class*="st-key-cited-said"]').filter(has_text=QUOTE).get_by_role("button").last.click()
        expect(page.locator("mark.cited")).to_be_in_viewport()
        settle(page)
        page.screenshot(path=artifacts / "phone-document.png")
        for address in every_page(served):
            page.goto(address)
            settle(page)
            assert page.locator('[data-testid="stMain"]').evaluate("e => e.scrollWidth - e.clientWidth") <= 1, address


def test_on_a_phone_the_sidebar_closes_after_each_choice(browser: Browser, served: str) -> None:
    with visitor(browser, served, 360) as seen:
        page = seen.page
        expect(page.get_by_role("heading", name="Ask your documents")).to_be_in_viewport()
        for _ in range(2):  # the second choice is the first one's script once more
            page.get_by_test_id("stExpandSidebarButton").click()
            expect(page.get_by_test_id("stSidebar")).to_have_attribute("data-collapsed", "false")
            page.get_by_role("button", name="New conversation").click()
            expect(page.get_by_test_id("stSidebar")).to_have_attribute("data-collapsed", "true")


def test_a_conversation_is_one_click_away_from_every_page(browser: Browser, served: str) -> None:
    for width in (1280, 360):
        with visitor(browser, served, width) as seen:
            page = seen.page
            ask(page, QUESTION)
            for address in every_page(served)[1:]:
                page.goto(address)
                settle(page)
                if width < 500:
                    page.get_by_test_id("stExpandSidebarButton").click()
                page.locator('[class*="st-key-conversation-"]').get_by_role("button").first.click()
                expect(page.locator(".said", has_text=QUOTE).first).to_be_in_viewport()


def test_every_page_names_its_library_below_the_head_of_the_window(visit: Visit) -> None:
    page = visit.page
    for address in every_page(visit.address):
        page.goto(address)
        name, head = page.locator(".st-key-which-library"), page.get_by_test_id("stHeader").bounding_box()
        expect(name).to_contain_text("Library: default")
        place = name.bounding_box()
        assert place
        assert head
        assert head["y"] + head["height"] <= place["y"] < 100, address


def test_two_people_at_once_each_get_their_own_answer_and_a_second_tab_shows_it(browser: Browser, served: str) -> None:
    with visitor(browser, served) as one, visitor(browser, served) as other:
        for seen, question in ((one, QUESTION), (other, "When do new customers receive a call?")):
            box = seen.page.get_by_placeholder("Ask your documents")
            box.fill(question)
            box.press("Enter")
        for seen, own, others in ((one, QUOTE, CALL), (other, CALL, QUOTE)):
            expect(seen.page.locator(".said", has_text=own).first).to_be_visible(timeout=120_000)
            expect(seen.page.get_by_text(re.compile(r"^Searched \d"))).to_have_count(1)
            expect(seen.page.locator(".said", has_text=others)).to_have_count(0)
            seen.page.reload()
            expect(seen.page.locator(".said", has_text=own).first).to_be_visible()
        assert one.page.url != other.page.url

        tab = other.page.context.new_page()
        tab.goto(other.page.url)
        expect(tab.locator(".said", has_text=CALL).first).to_be_visible()
        ask(tab, "And who makes it?")
        other.page.reload()
        expect(other.page.locator(".question")).to_have_count(2)
        expect(one.page.locator(".question")).to_have_count(1)


CONTRAST = """button => {
    const parts = colour => [...colour.matchAll(/[0-9.]+/g)].map(Number);
    const bright = rgb => rgb.map(c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
        .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0.05);
    let ground = button;
    while (parts(getComputedStyle(ground).backgroundColor)[3] === 0) ground = ground.parentElement;
    const under = parts(getComputedStyle(ground).backgroundColor).slice(0, 3);
    const [r, g, b, alpha = 1] = parts(getComputedStyle(button.querySelector("p")).color);
    const words = [r, g, b].map((c, i) => alpha * c + (1 - alpha) * under[i]);
    const [dark, light] = [bright(words), bright(under)].sort((one, other) => one - other);
    return light / dark;
}"""


def test_the_words_of_a_disabled_button_can_be_read(visit: Visit) -> None:
    page = visit.page
    page.goto(f"{visit.address}/scoreboard")
    page.get_by_text("Run a suite").click()
    run = page.get_by_role("button", name="Run it")
    run.wait_for()
    settle(page)
    run.evaluate("button => { button.disabled = true }")  # as while a suite runs

    for scheme in SCHEMES:
        themed(page, scheme)
        assert run.evaluate(CONTRAST) >= 2, scheme  # a bound: a disabled button may be pale, but not blank


def test_axe_finds_nothing_serious_on_any_screen(visit: Visit) -> None:
    page, found = visit.page, []
    for address in every_page(visit.address):
        page.goto(address)
        settle(page)
        found += serious(page, address)
    page.goto(f"{visit.address}/library")
    table = page.get_by_test_id("stDataFrame")
    table.wait_for()
    settle(page)
    table.click(position={"x": 20, "y": 55})
    page.get_by_role("button", name="Open it").click()
    page.get_by_role("button", name="Correct").click()
    expect(page.get_by_role("textbox", name="Author")).to_be_visible()
    settle(page)
    found += serious(page, "correction")
    page.goto(visit.address)
    ask(page, QUESTION)
    ask(page, "Who is the president of the football association of Peru?")
    ask(page, "What did the spring campaign cost in 2019?")
    settle(page)
    found += serious(page, "answers")
    for button, shows in (
        ("Retrieved", ".hits"),
        ("Ask within", '[class*="st-key-narrow-since"]'),
        ("More", '[class*="st-key-delete-"]'),
    ):
        page.get_by_role("button", name=button).first.click()
        expect(page.locator(shows)).to_be_visible()
        settle(page)
        found += serious(page, button)
        page.keyboard.press("Escape")
        expect(page.locator(shows)).to_have_count(0)
    page.get_by_role("button", name="Edit").first.click()
    expect(page.get_by_role("button", name="Ask again")).to_be_visible()
    settle(page)
    found += serious(page, "edit")
    page.get_by_role("button", name="Cancel").click()
    page.locator('[class*="st-key-cited-said"]').get_by_role("button").first.click()
    expect(page.locator("mark.cited")).to_be_in_viewport()
    settle(page)
    found += serious(page, "document")

    assert found == []
