"""Draws a page of a PDF as a PNG with the cited words marked, in a separate process.

PDFium reads files from strangers. If a file crashes it or takes too long, only the separate process ends.
"""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ingest import limits

if TYPE_CHECKING:
    from pypdfium2 import PdfPage, PdfTextPage

ROOT = Path(__file__).resolve().parent.parent.parent
SECONDS = 30  # for one page, on a busy machine; a guess, not measured
PIXELS = 1_400  # of the longer side: small print can be read; not measured
MEMORY = 2 << 30  # bytes of addresses, as ``ingest.pipeline.workers`` allows
MARK = (255, 224, 102)  # the page is multiplied by it, so that words stay black
MARKED, PLAIN = b"+", b"-"  # before the PNG on stdout: whether the words are marked on it


class PagePicture(NamedTuple):
    """A page of a PDF as a PNG. ``marked`` says whether the words that should be marked were found on the page; only
    then are they marked."""

    png: bytes
    marked: bool


def draw(path: Path, sha256: str, page: int, words: str) -> PagePicture | None:
    """Draw one page of the PDF file ``path`` as a PNG, with ``words`` marked. ``page`` is the number of the page,
    counted from 1. Returns None if the page cannot be drawn, or if the SHA-256 hash of the file is not ``sha256``."""
    called = [sys.executable, "-m", "ui.work.pdf_picture", str(path), sha256, str(page), str(os.getpid())]
    try:
        done = subprocess.run(  # noqa: S603 - our own
            called, input=words.encode(errors="replace"), capture_output=True, cwd=ROOT, timeout=SECONDS, check=False
        )
    except (subprocess.TimeoutExpired, OSError):
        return None
    return PagePicture(done.stdout[1:], done.stdout[:1] == MARKED) if done.returncode == 0 and done.stdout else None


def main() -> None:
    """Draw one page of a PDF file, and write the PNG to stdout, after a byte that says whether the words are marked.
    ``draw`` starts this as a separate process. The command-line arguments name the file and the page; stdin has the
    words to be marked."""
    path, sha256, page, parent = sys.argv[1:]
    limits.end_with(int(parent))
    _bound()
    data = Path(path).read_bytes()
    if hashlib.sha256(data).hexdigest() != sha256:
        sys.exit("the file is another by now")
    png, marked = _drawn(data, int(page), sys.stdin.buffer.read().decode(errors="replace"))
    sys.stdout.buffer.write((MARKED if marked else PLAIN) + png)


def _bound() -> None:
    """Limit the memory and processor time of this process."""
    if sys.platform == "win32":  # it has no such limits
        return
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _drawn(data: bytes, number: int, words: str) -> PagePicture:
    from PIL import ImageChops, ImageDraw
    from pypdfium2 import PdfDocument

    page = PdfDocument(data)[number - 1]
    bitmap = page.render(scale=PIXELS / max(*page.get_size(), 1))
    picture = bitmap.to_pil().convert("RGB")
    place = bitmap.get_posconv(page)
    marks = picture.copy()
    marks.paste((255, 255, 255), (0, 0, *picture.size))
    pen = ImageDraw.Draw(marks)
    boxes = list(_boxes(page, words))
    for left, bottom, right, top in boxes:
        corners = place.to_bitmap(left, top), place.to_bitmap(right, bottom)
        (x1, x2), (y1, y2) = (sorted(pair) for pair in zip(*corners, strict=True))
        pen.rectangle((x1 - 1, y1 - 1, x2 + 1, y2 + 1), fill=MARK)
    out = io.BytesIO()
    ImageChops.multiply(picture, marks).save(out, "PNG", optimize=True)
    return PagePicture(out.getvalue(), bool(boxes))


def _boxes(page: PdfPage, words: str) -> Iterator[tuple[float, float, float, float]]:
    """Yield the boxes around the words on the page; none if the page does not contain the words in this order."""
    text = page.get_textpage()
    letters, indices = _letters(text)
    sought = "".join(character for character in words.casefold() if character.isalnum())
    at = letters.find(sought) if sought else -1
    if at < 0:
        return
    first, last = indices[at], indices[at + len(sought) - 1]
    for index in range(text.count_rects(first, last - first + 1)):
        yield text.get_rect(index)


def _letters(text: PdfTextPage) -> tuple[str, list[int]]:
    """The letters and digits of a page in lower case, and for each the index of its character in the page's text."""
    import pypdfium2.raw as pdfium

    letters: list[str] = []
    indices: list[int] = []
    for index in range(text.count_chars()):
        for character in chr(min(pdfium.FPDFText_GetUnicode(text, index), 0x10FFFF)).casefold():
            if character.isalnum():
                letters.append(character)
                indices.append(index)
    return "".join(letters), indices


if __name__ == "__main__":
    main()
