"""What a visitor does on the chat page, in a real browser."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import HOSTILE, Visit, ask, picture, settle

pytestmark = [pytest.mark.slow, pytest.mark.browser]

QUOTE = "The spring campaign cost €42,000 and brought 310 qualified leads."


def number_after(page: Page, statement: str) -> Locator:
    """The first number at the end of a statement."""
    line = page.locator('[class*="st-key-cited-said"]').filter(has_text=statement).first
    return line.get_by_role("button").first


def test_what_is_written_from_right_to_left_runs_that_way(visit: Visit) -> None:
    page = visit.page
    ask(page, "כמה עלה הקמפיין באביב?")
    for place in (page.locator("p.question").first, page.locator(".stChatInput textarea").first):
        expect(place).to_have_css("unicode-bidi", "plaintext")


def test_a_statement_leads_to_its_words_and_the_conversation_is_kept(visit: Visit, artifacts: Path) -> None:
    page = visit.page
    expect(page.get_by_role("heading", name="Ask your documents")).to_be_visible()
    picture(page, artifacts, "chat-welcome")

    ask(page, "What did the spring campaign cost?")
    expect(page.locator(".said", has_text=QUOTE).first).to_be_visible()
    expect(page.locator("mark.key").first).to_have_text(QUOTE)
    assert f'- mark: "[marked: {QUOTE} end of mark]"' in page.locator(".said").first.aria_snapshot()
    picture(page, artifacts, "chat-answer")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert QUOTE in copied
    assert "[1] Review of the spring campaign, Marketing Manager, 4 June 2024 (campaign-review.md)" in copied

    number_after(page, QUOTE).click()
    words = page.locator("mark.cited")
    expect(words.locator("strong")).to_have_text(QUOTE)
    expect(words).to_be_in_viewport()
    expect(page.locator("header.document")).to_contain_text("Review of the spring campaign")
    expect(page.locator("header.document")).to_contain_text("campaign-review.md")
    expect(page.locator("article.document")).to_contain_text("The radio spots were heard by many")
    picture(page, artifacts, "chat-document")

    page.keyboard.press("Escape")
    expect(words).to_have_count(0)
    expect(page).not_to_have_url(re.compile("cited="))
    conversation = re.search(r"[?&]conversation=\w+", page.url)
    assert conversation
    page.reload()
    expect(page.locator(".said", has_text=QUOTE).first).to_be_visible()

    other = page.context.new_page()
    other.goto(f"{visit.address}/{conversation[0]}")
    expect(other.locator(".said", has_text=QUOTE).first).to_be_visible()

    page.get_by_role("button", name="New conversation").click()
    expect(page.get_by_role("heading", name="Ask your documents")).to_be_visible()
    expect(page.locator(".said")).to_have_count(0)


def test_a_citation_opens_beside_its_answer_and_the_next_one_in_its_place(visit: Visit, artifacts: Path) -> None:
    page = visit.page
    ask(page, "What brought orders from customers?")
    beside, said, words = page.locator(".st-key-beside"), page.locator(".said").first, page.locator("mark.cited").first

    number_after(page, "The spring campaign cost").click()

    expect(beside).to_contain_text("Citation 1 of")
    page.mouse.move(1000, 700)  # off the number, which tells its quote as long as it is pointed at
    expect(words).to_be_in_viewport()
    place = beside.bounding_box()
    answer = said.bounding_box()
    assert place
    assert answer
    assert answer["x"] + answer["width"] <= place["x"]  # none of it is covered
    page.keyboard.press("ArrowRight")
    expect(beside).to_contain_text("Citation 2 of")
    expect(words).to_be_in_viewport()
    assert beside.bounding_box() == place
    page.set_viewport_size({"width": 360, "height": 740})
    expect(said).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    picture(page, artifacts, "chat-document-phone")
    page.get_by_role("button", name="Close").click()
    expect(said).to_be_visible()
    expect(beside).to_have_count(0)


def test_ticked_documents_are_asked_and_others_are_not(visit: Visit, artifacts: Path) -> None:
    page = visit.page
    page.goto(f"{visit.address}/library")
    table = page.get_by_test_id("stDataFrame")
    table.wait_for()
    settle(page)
    for row in (1, 2):  # by their titles; the first is that of the campaign
        table.click(position={"x": 20, "y": 35 * (row + 0.5)})
        settle(page)

    page.get_by_role("link", name="Ask about these 2").click()
    expect(page.get_by_role("heading", name="Ask your documents")).to_be_visible()
    picture(page, artifacts, "chat-within")
    settle(page)
    chip = page.locator(".st-key-scope").get_by_role("button", name="Review of the spring campaign")
    chip.click()
    expect(chip).to_have_count(0)
    ask(page, "What did the spring campaign cost?")

    expect(page.get_by_text(re.compile(r"passages? of 1 document\."))).to_be_visible()
    expect(page.get_by_text("Asked only within: ")).to_be_visible()
    expect(page.locator(".said", has_text=QUOTE)).to_have_count(0)
    page.reload()
    page.get_by_role("button", name="Ask within").click()
    expect(page.get_by_role("dialog")).to_contain_text("Authors")
    picture(page, artifacts, "chat-within-dialog")


def test_a_question_is_asked_within_the_file_that_comes_with_it(visit: Visit, artifacts: Path) -> None:
    page = visit.page
    file = {"name": "orchard.txt", "mimeType": "text/plain", "buffer": b"The orchard of Bree has ninety pear trees."}
    page.locator('[data-testid="stChatInput"] input[type="file"]').set_input_files(files=[file])
    expect(page.get_by_test_id("stChatInput").get_by_text("orchard.txt")).to_be_visible()
    picture(page, artifacts, "chat-attached")

    ask(page, "How many pear trees has the orchard of Bree?")

    expect(page.locator(".said", has_text="ninety pear trees").first).to_be_visible()
    expect(page.locator(".st-key-scope").get_by_role("button", name="orchard")).to_be_visible()
    expect(page.get_by_text("Asked only within: ")).to_be_visible()


def test_what_was_called_wrong_is_shown_again_after_a_reload(visit: Visit, artifacts: Path) -> None:
    page = visit.page
    ask(page, "What did the spring campaign cost?")
    note, wrong = page.get_by_label("What was wrong?"), page.get_by_label("Wrong evidence")
    expect(note).to_have_count(0)

    page.get_by_role("radio", name="Thumbs down").click()
    note.fill("The radio spots are left out.")
    note.press("Enter")
    number_after(page, QUOTE).click()
    page.locator("label", has_text="Wrong evidence").click()
    expect(wrong).to_be_checked()
    expect(page.locator("mark.cited")).to_be_in_viewport()
    picture(page, artifacts, "chat-wrong-evidence")
    page.reload()

    expect(wrong).to_be_checked()
    page.keyboard.press("Escape")
    expect(note).to_have_value("The radio spots are left out.")
    expect(page.get_by_role("radio", name="Thumbs down")).to_be_checked()
    picture(page, artifacts, "chat-feedback")


def test_what_the_documents_do_not_say_is_refused(visit: Visit, artifacts: Path) -> None:
    ask(visit.page, "Who is the president of the football association of Peru?")

    expect(visit.page.get_by_text("The documents do not say.")).to_be_visible()
    expect(visit.page.get_by_text(re.compile(r"passages of \d documents"))).to_be_visible()
    picture(visit.page, artifacts, "chat-refusal")


def test_closest_passages_are_shown_like_an_answer_and_said_to_be_perhaps_none(visit: Visit, artifacts: Path) -> None:
    ask(visit.page, "What did the spring campaign cost in 2019?")

    expect(visit.page.get_by_text("Closest passages. They may not answer the question.")).to_be_visible()
    expect(visit.page.get_by_text("Nothing near this question mentions “2019”.")).to_be_visible()
    expect(visit.page.locator(".said", has_text=QUOTE).first).to_be_visible()
    expect(visit.page.get_by_text("The documents do not say")).to_have_count(0)
    picture(visit.page, artifacts, "chat-closest")


def test_nothing_that_was_written_elsewhere_acts_on_the_page(visit: Visit, artifacts: Path) -> None:
    """Documents, file names and questions are shown as they stand; nothing runs and nothing leaves the machine."""
    page = visit.page

    ask(page, f"When is the launch of Bramble planned? {HOSTILE}")
    page.locator('[class*="st-key-cited-"]').get_by_role("button").first.click()
    expect(page.locator("mark.cited").first).to_be_in_viewport()
    picture(page, artifacts, "chat-hostile")

    assert page.locator(".question").inner_text().endswith(HOSTILE)
    assert HOSTILE in page.locator("article.document").inner_text()
    assert "launch <b>note $y$.txt" in page.locator("header.document").inner_text()
    assert (
        page.locator(".stMain img, .katex, .stHtml script:not(:empty), .stHtml a").count() == 2
    )  # ours, that scroll and copy
    assert visit.dialogs == []
    assert {urlsplit(url).hostname for url in visit.requests if url.startswith("http")} == {"127.0.0.1"}


def test_a_follow_up_refers_to_what_was_said(visit: Visit) -> None:
    ask(visit.page, "What did the spring campaign cost?")

    ask(visit.page, "And what did it bring?")

    expect(visit.page.locator(".question")).to_have_count(2)
    expect(visit.page.locator(".said", has_text=QUOTE)).to_have_count(2)
