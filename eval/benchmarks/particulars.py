"""Measures how often we read the title and the date of a document as the document states them.

    python -m eval.benchmarks.particulars --data ../shared/data

The title of a page is judged as in ``pages.py``. A page states its date if its markup names a day of publication: in a
``meta``, in its JSON-LD or in a ``time``, in this order; our date is right if it is the same day. A page without
such a mark is left out. We read these marks, too, so the dates are also measured on the same pages without their marks,
where only the words that people see can tell the date; this figure has no limit, since not every marked page also
states its date in words.

The title of a Word or PDF file is right if its letters are those of the first heading of the Markdown that the file was
made from.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from lxml import html

from assistant.errors import SourceError
from assistant.types import About
from eval.benchmarks.measuring import arguments, tell
from eval.benchmarks.pages import expected_titles, same_letters
from ingest.pipeline.documents import load

TITLES, DATES = 0.90, 0.80  # the bars: shares of files whose title and whose date must be right
META = re.compile(r"(?:^|[:._-])(?:published?(?:[_-]?(?:time|date))?|pub-?date|publication[_-]?date|datepublished)$")
SAID = re.compile(r'"datePublished"\s*:\s*"([^"]+)"')
DAY = re.compile(r"(\d{4})[-/.]?(\d\d)[-/.]?(\d\d)")


def main() -> None:
    given = arguments(__doc__)
    pages, formats = given.data / "pages", given.data / "formats"
    if not (pages / "index.jsonl").is_file() or not (formats / "index.jsonl").is_file():
        sys.exit(f"There are no pages and formats in {given.data}; name the folder that holds them with --data.")
    titles, dates, bare = [], [], []
    for row in rows(pages):
        data = (pages / row["html"]).read_bytes()
        about = read(data, "page.html")
        if expected := expected_titles(data):
            titles.append(about is not None and same_letters(about.title) in expected)
        if days := stated(data):
            dates.append(about is not None and about.date in days)
            unmarked = read(without_marks(data), "page.html")
            bare.append(unmarked is not None and unmarked.date in days)
    named = list(formats_right(given.data, formats))
    print(f"dates without marks: {sum(bare)} of {len(bare)} right")
    report("titles of pages", titles, TITLES)
    report("dates of pages that state one", dates, DATES)
    report("titles of docx and pdf", named, TITLES)


def rows(folder: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in (folder / "index.jsonl").read_text("utf-8").splitlines()]


def read(data: bytes, source: str) -> About | None:
    try:
        return load(data, source=source, id="0123456789").about
    except SourceError:
        return None


def stated(data: bytes) -> set[str]:
    """The dates of publication, such as ``2023-05-01``, that the markup of an HTML page states. They come from the
    first of these places that states any: ``meta`` elements, scripts, ``time`` elements. Empty if none does.
    """
    root = html.fromstring(data.decode("utf-8", "replace").encode(), parser=html.HTMLParser(encoding="utf-8"))
    metas = (
        meta.get("content", "")
        for meta in root.iter("meta")
        if META.search((meta.get("property") or meta.get("name") or meta.get("itemprop") or "").lower())
    )
    linked = (said for script in root.iter("script") for said in SAID.findall(script.text or ""))
    times = (
        time.get("datetime", "")
        for time in root.iter("time")
        if time.get("itemprop") == "datePublished" or "pubdate" in time.attrib
    )
    return next((found for found in map(days, (metas, linked, times)) if found), set())


def days(texts: Iterable[str]) -> set[str]:
    matches = (DAY.match(text.strip()) for text in texts)
    return {"-".join(match.groups()) for match in matches if match and int(match[1]) > 1990}  # some say year 1


def without_marks(data: bytes) -> bytes:
    """Return an HTML page without the parts that only programs read: ``meta`` and ``script`` elements, and the
    machine-readable dates of ``time`` elements.
    """
    root = html.fromstring(data.decode("utf-8", "replace").encode(), parser=html.HTMLParser(encoding="utf-8"))
    for element in [*root.iter("meta", "script")]:
        element.drop_tree()
    for time in root.iter("time"):
        time.attrib.pop("datetime", None)
    return html.tostring(root, encoding="utf-8")


def formats_right(data: Path, formats: Path) -> Iterator[bool]:
    """Check the titles that our reader gives to the Word and PDF files in the folder ``formats``. Each of these files
    was made from a Markdown file, whose first heading of level 1 is the right title. Yields for each file whether the
    title is right; a file is left out if its Markdown file has no such heading. ``data`` is the folder of all data
    sets, which also has the Markdown files.
    """
    for row in rows(formats):
        about = read((formats / row["file"]).read_bytes(), PurePosixPath(row["file"]).name)
        text = (data / "textbook" / PurePosixPath(row["source"]).name).read_text("utf-8")
        heading = re.search(r"^#\s+(.+)$", text, re.MULTILINE)
        if heading:
            yield about is not None and same_letters(about.title) == same_letters(heading[1])


def report(what: str, right: list[bool], bar: float) -> None:
    print(f"{what}: {sum(right)} of {len(right)} right")
    tell(what, sum(right) / len(right), at_least=bar)


if __name__ == "__main__":
    main()
