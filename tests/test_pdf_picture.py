"""A page of a PDF as a picture, with the cited words marked."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

from tests.test_architecture import ROOT
from tests.test_reading_pdf import column, make
from tests.test_workers import PATIENCE, alive
from ui.work import pdf_picture

QUOTE = "The orchard has ninety pear trees, which were planted in 1931."
LINES = column("The orchard has ninety pear", "trees, which were planted in 1931.", "Cider is pressed in October.")


def drawn(path: Path, data: bytes, page: int, words: str) -> Image.Image | None:
    path.write_bytes(data)
    picture = pdf_picture.draw(path, hashlib.sha256(data).hexdigest(), page, words)
    if picture is None:
        return None
    image = Image.open(io.BytesIO(picture.png))
    assert picture.marked is (marked(image) is not None)  # what is said of it is so
    return image


def marked(picture: Image.Image | None) -> tuple[int, int] | None:
    """The first and last row of pixels that are marked, in thousandths of the height."""
    assert picture
    data = picture.convert("RGB").tobytes()
    row = picture.width * 3
    found = [y for y in range(picture.height) if bytes(pdf_picture.MARK) in data[y * row : (y + 1) * row]]
    return (1000 * found[0] // picture.height, 1000 * found[-1] // picture.height) if found else None


def test_the_cited_words_are_marked_on_their_page_over_two_lines(tmp_path: Path) -> None:
    data = make(column("Another page."), LINES)

    top, bottom = marked(drawn(tmp_path / "a.pdf", data, 2, QUOTE)) or (0, 0)

    assert 100 <= top <= 120  # the first line stands 100 points down a page of 842, and is 11 high
    assert 130 <= bottom <= 145
    assert marked(drawn(tmp_path / "a.pdf", data, 1, QUOTE)) is None


def test_no_picture_is_made_of_another_file_page_or_of_no_pdf(tmp_path: Path) -> None:
    data = make(LINES)
    path = tmp_path / "a.pdf"
    path.write_bytes(data + b" ")

    assert pdf_picture.draw(path, hashlib.sha256(data).hexdigest(), 1, QUOTE) is None
    assert drawn(path, data, 7, QUOTE) is None
    assert drawn(path, b"%PDF-1.7 nothing", 1, QUOTE) is None
    assert pdf_picture.draw(tmp_path / "gone.pdf", "0" * 64, 1, QUOTE) is None


@pytest.mark.posix
@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere its limit of processor time ends it")
def test_who_draws_does_not_outlive_a_parent_that_was_killed(tmp_path: Path) -> None:
    """It waits for bytes of a file that never come."""
    path = tmp_path / "a.pdf"
    os.mkfifo(path)
    program = (
        f"from pathlib import Path; from ui.work import pdf_picture; pdf_picture.draw(Path({str(path)!r}), '0', 1, '')"
    )
    with subprocess.Popen([sys.executable, "-c", program], cwd=ROOT) as parent:
        try:
            write = os.open(path, os.O_WRONLY)  # waits until it is read
            child = int(Path(f"/proc/{parent.pid}/task/{parent.pid}/children").read_text())
        finally:
            parent.kill()
    ends = time.monotonic() + PATIENCE

    while alive(child) and time.monotonic() < ends:
        time.sleep(0.1)

    assert not alive(child)
    os.close(write)
