"""What a visitor does on the library page, in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import HOSTILE, Visit, picture

pytestmark = [pytest.mark.slow, pytest.mark.browser]

NOTE = "The autumn fair brought 57 leads, and a third of them asked for the catalogue."
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
