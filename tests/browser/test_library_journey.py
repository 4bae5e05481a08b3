"""What a visitor does on the library page, in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import HOSTILE, App, Visit, ask, picture, settle

pytestmark = [pytest.mark.slow, pytest.mark.browser]

NOTE = "The autumn fair brought 57 leads, and a third of them asked for the catalogue."
TASTING = "The plum jam was liked by nine tasters of twelve. The others found it too sweet for a breakfast.\n"
FAIR = f"# Fair\n\n{NOTE}\n\n{HOSTILE}"


def test_a_dropped_file_is_read_told_and_opened(visit: Visit, artifacts: Path) -> None:
    page = visit.page
    page.goto(f"{visit.address}/library")
    expect(page.get_by_role("heading", name="Library")).to_be_visible(timeout=60_000)
    picture(page, artifacts, "library")

    page.locator('input[type="file"]').set_input_files(
        [
            {
                "name": "autumn fair.md",
                "mimeType": "text/markdown",
                "buffer": f"# Fair\n\n{NOTE}\n\n{HOSTILE}".encode(),
            },
            {"name": "picture.xyz", "mimeType": "", "buffer": b"\x00\x01"},
        ]
    )
    expect(page.get_by_text("1 added, 1 could not be read")).to_be_visible(timeout=300_000)
    expect(page.get_by_text("Save it as PDF")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("4 documents")).to_be_visible(timeout=60_000)
    picture(page, artifacts, "library-outcome")
    page.reload()
    expect(page.get_by_text("1 added, 1 could not be read")).to_be_visible(timeout=60_000)  # not lost with the page

    page.get_by_role("button", name="Open autumn fair.md").click()
    expect(page.locator("article.document")).to_contain_text(NOTE, timeout=60_000)
    shown = page.locator("article.document").inner_text()
    assert HOSTILE[HOSTILE.index("![seen]") :] in shown  # a Markdown file's html is not text of it
    assert "alert" not in shown
    assert "document=" in page.url
    picture(page, artifacts, "library-document")

    page.reload()
    expect(page.locator("article.document")).to_contain_text(NOTE, timeout=60_000)
    page.get_by_role("button", name="Remove").click()
    page.get_by_role("button", name="Undo").click(timeout=120_000)
    expect(page.get_by_text("4 documents")).to_be_visible(timeout=120_000)

    assert visit.dialogs == []
    assert not [url for url in visit.requests if "far.example" in url]


def test_a_source_that_is_corrected_stays_so_when_it_is_read_again_and_its_citation_shows_it(
    visit: Visit, shared: App, artifacts: Path
) -> None:
    page = visit.page
    page.goto(f"{visit.address}/library")
    note = {"name": "tasting.txt", "mimeType": "text/plain", "buffer": TASTING.encode()}
    page.locator('input[type="file"]').set_input_files([note])
    page.get_by_role("button", name="Open tasting.txt").click(timeout=300_000)
    head = page.locator("header.document")
    expect(head).to_contain_text("title guessed")

    page.get_by_role("button", name="Correct").click()
    for name, text in (("Title", "Plum jam tasting"), ("Author", "Ann Lee"), ("Date", "2024-05")):
        page.get_by_role("textbox", name=name).fill(text)
    picture(page, artifacts, "library-correct")
    page.get_by_role("button", name="Set", exact=True).click()
    expect(head).to_contain_text("Plum jam tasting")
    expect(head).to_contain_text("Ann Lee · May 2024")
    expect(head).not_to_contain_text("guessed")
    (shared.home / "default" / "uploads" / "tasting.txt").write_text(TASTING.replace("nine", "eleven"))
    settle(page)
    page.get_by_role("button", name="Read again").click()
    expect(page.locator("article.document")).to_contain_text("eleven tasters", timeout=120_000)
    expect(head).to_contain_text("Ann Lee · May 2024")

    page.goto(visit.address)
    ask(page, "How many tasters liked the plum jam?")
    expect(page.locator(".source").first).to_contain_text("Plum jam tasting — Ann Lee · May 2024")
