"""Compares the text that we keep of saved news pages with what bare ``trafilatura`` keeps.

    python -m eval.benchmarks.pages --data ../shared/data

People have marked the main text of each page, from below its title on (``gold/``). The score of a page is the F1 of the
kept words against the marked ones, as counts of lower-cased words (runs of ``\\w``). Our text is scored without the
block of its title, since the gold does not have the title; the score of the whole text is printed beside it.
Trafilatura is ``trafilatura.extract(data)`` with its default settings; the score with its best settings for such pages
(``favor_precision``, no comments) is printed, but is no limit.

The gold names no title. A title is right if its letters and digits are those of the page's ``og:title``, or of an
``h1`` that has at least half of its words in ``og:title`` or ``title``; a site's name at the end does not count. Pages
that have neither are left out. Trafilatura reads titles from the same places, so this measures agreement, not taste.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import mean
from typing import NamedTuple

from lxml import html

from assistant.errors import SourceError
from assistant.types import BlockKind
from eval.benchmarks.measuring import arguments, tell
from ingest.pipeline.documents import load

SITE = re.compile(r"\s+[|·–—-]\s+(?!.*\s[|·–—-]\s)[^|]{1,60}$")
HELD = 0.95  # what a page's text must be worth; where we stood before was 0.951, title included


class Read(NamedTuple):
    """The text and the title that a reader (ours, or the library trafilatura) takes from a page; both are empty if the
    reader fails.
    """

    text: str
    title: str


def main() -> None:
    given = arguments(__doc__)
    folder = given.data / "pages"
    if not (folder / "index.jsonl").is_file():
        sys.exit(f"There are no pages in {given.data}; name the folder that holds pages/ with --data.")
    try:
        import trafilatura  # noqa: F401 - said here, before minutes are spent
    except ImportError:
        sys.exit("trafilatura is missing; run `pip install trafilatura` in this environment.")
    scores: dict[str, list[float]] = {}
    titles: dict[str, list[bool]] = {}
    for row in map(json.loads, (folder / "index.jsonl").read_text("utf-8").splitlines()):
        data, gold = (folder / row["html"]).read_bytes(), (folder / row["gold"]).read_text("utf-8")
        expected = expected_titles(data)
        for name, read in sides(data).items():
            scores.setdefault(name, []).append(f1(read.text, gold))
            if expected:
                titles.setdefault(name, []).append(same_letters(read.title) in expected)
    report(scores, titles)


def sides(data: bytes) -> Mapping[str, Read]:
    """Read an HTML page in four ways. Returns the text and the title that each way gives, by the name of the way: our
    reader without the title in the text (``ours``) and with it (``ours, title included``), the library trafilatura with
    its default settings (``trafilatura``), and trafilatura with settings that favour precision and leave out comments
    (``trafilatura, its best``).
    """
    whole, body = ours(data)
    bare = theirs(data)
    return {
        "ours": body,
        "ours, title included": whole,
        "trafilatura": bare,
        "trafilatura, its best": theirs(data, favor_precision=True, include_comments=False),
    }


def ours(data: bytes) -> tuple[Read, Read]:
    """Read an HTML page with our reader. Returns two results: in the first, the text includes the title of the page; in
    the second, it does not.
    """
    try:
        document = load(data, source="page.html", id="page")
    except SourceError:
        return Read("", ""), Read("", "")
    kept = [block for block in document.blocks if block.kind is not BlockKind.TITLE]
    body = "\n\n".join(document.text[block.start : block.end] for block in kept)
    return Read(document.text, document.about.title), Read(body, document.about.title)


def theirs(data: bytes, **options: bool) -> Read:
    """Read an HTML page with the library trafilatura. ``options`` are passed on to ``trafilatura.extract``."""
    import trafilatura

    found = trafilatura.extract_metadata(data)
    return Read(trafilatura.extract(data, **options) or "", (found.title if found else None) or "")


def f1(text: str, gold: str) -> float:
    """The F1 (harmonic mean of precision and recall) of the words of two texts: ``text``, which a reader took from a
    page, and ``gold``, the right one. Words count as often as they occur.
    """
    one, other = (Counter(re.findall(r"\w+", side.lower())) for side in (text, gold))
    return 2 * (one & other).total() / (one.total() + other.total())


def expected_titles(data: bytes) -> set[str]:
    """The titles that the page's own markup states, reduced to lower-case letters and digits; empty if it states none.
    The title that our reader gives the page is right if it is one of these.
    """
    try:
        root = html.fromstring(data.decode("utf-8"))
    except (UnicodeDecodeError, ValueError):  # ValueError: an XML declaration that names an encoding
        root = html.fromstring(data)
    named = root.xpath("//meta[@property='og:title']/@content")[:1]
    told = words(" ".join([*named, *(title.text_content() for title in list(root.iter("title"))[:1])]))
    headings = [heading.text_content() for heading in root.iter("h1")]
    agreeing = [h for h in headings if words(h) and 2 * len(words(h) & told) >= len(words(h))]
    return {same_letters(text) for title in (*named, *agreeing) for text in (title, SITE.sub("", title.strip()))} - {""}


def words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))


def same_letters(title: str) -> str:
    return re.sub(r"[\W_]+", "", title).lower()


def report(scores: Mapping[str, Sequence[float]], titles: Mapping[str, Sequence[bool]]) -> None:
    for name, values in scores.items():
        right = titles[name]
        print(
            f"{name}: F1 {mean(values):.4f}, {sum(value >= 0.9 for value in values)} of {len(values)} pages at 0.9 or "
            f"above; titles right {sum(right)} of {len(right)} ({mean(right):.1%})"
        )
    tell("ours : trafilatura, F1", mean(scores["ours"]) / mean(scores["trafilatura"]), at_least=1)
    tell("ours, F1 of kept words", mean(scores["ours"]), at_least=HELD)


if __name__ == "__main__":
    main()
