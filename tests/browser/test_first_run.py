"""From nothing to an answer from one's own file."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit, ask, settle

pytestmark = [pytest.mark.slow, pytest.mark.browser]

SERVED: dict[str, str] = {}


def test_a_file_is_dropped_a_question_asked_and_the_words_are_seen(
    visit: Visit, artifacts: Path, tmp_path: Path
) -> None:
    """One file and one field; a third click opens the source."""
    page = visit.page
    expect(page.get_by_role("heading", name="No documents yet")).to_be_visible()
    expect(page.get_by_placeholder("Ask your documents")).to_be_disabled()
    settle(page)
    page.screenshot(path=artifacts / "chat-empty.png")
    own = tmp_path / "orchard.md"
    own.write_text(
        "# The pear orchard\n\nThe orchard has ninety pear trees. They were planted in 1931 by three people.\n"
    )

    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(own)
    expect(page.get_by_role("heading", name="Ask your documents")).to_be_visible(timeout=120_000)
    expect(page.get_by_text("1 document")).to_be_visible()
    ask(page, "How many pear trees has the orchard?")
    page.locator('[class*="st-key-cited-said"]').get_by_role("button").first.click()

    expect(page.locator("mark.cited")).to_contain_text("ninety pear trees")
    expect(page.locator("mark.cited")).to_be_in_viewport()
