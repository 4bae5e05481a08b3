"""Reads files made to be slow, deep, huge or odd: each must be read soon, or refused with a reason, and none may crash.

    python -m eval.benchmarks.hostile --only csv
    python -m eval.benchmarks.hostile --done hostile.jsonl

Each file is read as sync reads it, in a worker or in this process. The exit code is 1 if a reader failed or crashed, if
a file took more than ``SECONDS`` of processor time without being refused, or if a passage is longer than
``LONGEST_PASSAGE``. With ``--done`` each outcome is noted in a file, and a run that was stopped continues from there.
It needs the test packages.
"""

from __future__ import annotations

import argparse
import json
import sys
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from typing import NamedTuple

from assistant.errors import SourceError
from assistant.types import Passage
from eval.benchmarks.hostile_more import more
from eval.benchmarks.hostile_pdf import PROSE, pdf
from eval.benchmarks.hostile_small import small
from ingest.pipeline.parsing import Task, parsed_here
from ingest.pipeline.workers import Workers

SECONDS = 10.0  # of processor time: a sixth of what a worker is given for a file
LONGEST_PASSAGE = 2_400  # characters; the embedder reads 256 pieces of words
FAULTS = ("its reader failed", "breaks the reader")
MEGABYTE = 1_000_000


class Read(NamedTuple):
    """The outcome of reading one file: the processor seconds that this took, why the file was refused (``reason``,
    empty if it was read), and the number of its passages. ``longest`` is the number of characters of the longest
    passage. The length of a passage is that of its text, or of its document's title, its headings and its speaker
    together if they are longer.
    """

    seconds: float
    reason: str  # why it was refused; empty when it was read
    passages: int = 0
    longest: int = 0  # characters of a passage, with what stands above it

    @property
    def faults(self) -> list[str]:
        slow = [f"took {self.seconds:.1f} s"] if self.seconds > SECONDS and not self.reason else []
        long = [f"a passage of {self.longest:,} characters"] if self.longest > LONGEST_PASSAGE else []
        return slow + long + ([self.reason] if any(fault in self.reason for fault in FAULTS) else [])


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
    parser.add_argument("--only", default="", help="files with this in their name")
    parser.add_argument("--done", type=Path, help="file of the outcomes so far, to go on from")
    given = parser.parse_args()
    known = outcomes(given.done) if given.done and given.done.exists() else {}
    bad = count = 0
    for name, data in hostile():
        if given.only not in name:
            continue
        one = known.get(name) or read(name, data)
        count, bad = count + 1, bad + bool(one.faults)
        if given.done and name not in known:
            with given.done.open("a", encoding="utf-8") as notes:
                print(json.dumps({"name": name, **one._asdict()}), file=notes)
        told = one.reason[:110] or f"{one.passages} passages, the longest {one.longest:,}"
        print(
            f"{'FAULT' if one.faults else 'ok':6}{one.seconds:6.1f} s  {name:28} {len(data):>11,}  {told}", flush=True
        )
    print(f"{count} files, {bad} with faults")
    sys.exit(1 if bad else 0)


def outcomes(path: Path) -> dict[str, Read]:
    """Load the outcomes that an earlier run wrote to the file ``path``. Returns them by the names of the files that
    were read.
    """
    noted = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return {one.pop("name"): Read(**one) for one in noted}


def read(name: str, data: bytes) -> Read:
    """Read a file as an ingest would read it, and measure the processor time and the passages. A small plain text is
    read in this process, any other file in a worker process. ``name`` is the name of the file, ``data`` its content.
    """
    task = Task(data, name, "0123456789", 80)
    started, reason, passages = _used(), "", list[Passage]()
    with Workers() as workers:
        try:
            parsed = parsed_here(task) if task.is_light else workers.parse(task).result()
            passages = [passage for some in parsed.passages for passage in some]
        except SourceError as exc:
            reason = str(exc)
    seconds = _used() - started
    above = [len(p.about.title) + sum(map(len, p.headings)) + len(p.speaker or "") for p in passages]
    lengths = [max(len(p.text), around) for p, around in zip(passages, above, strict=True)]
    return Read(seconds, reason, len(passages), max(lengths, default=0))


def _used() -> float:
    """Processor seconds of this process and of its ended child processes."""
    return sum(getrusage(who).ru_utime + getrusage(who).ru_stime for who in (RUSAGE_SELF, RUSAGE_CHILDREN))


def hostile() -> Iterator[tuple[str, bytes]]:
    """Yield the name and the content of each of the files that are made to break a reader (the code that reads one file
    format). Each file is made only when the caller asks for it.
    """
    for made in (_texts, _markdown, _pages, _tables, _mails, _packed, _others, _besides):
        for name, content in made():
            yield name, content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")


def _besides() -> Iterator[tuple[str, str | bytes]]:
    for kind, files in (("small", small()), ("more", more())):
        yield from ((f"{kind}-{name}", make()) for name, make in files.items())


def _texts() -> Iterator[tuple[str, str | bytes]]:
    yield "line-of-letters.txt", "x" * (10 * MEGABYTE)
    yield "line-of-words.txt", "word " * (2 * MEGABYTE)
    yield "line-of-prose.txt", PROSE * 100_000
    yield "line-of-stops.txt", "." * (5 * MEGABYTE)
    yield "line-of-figures.txt", "1.2.3 " * (MEGABYTE // 2)
    yield "line-of-brackets.txt", "([{" * MEGABYTE
    yield "line-of-dates.txt", "12 March 2024 at 10:14, " * 200_000
    yield "line-of-han.txt", "東京は大きい。" * 300_000
    yield "line-of-marks.txt", "a" + "\u0301" * (2 * MEGABYTE)
    yield "line-of-emoji.txt", "👩‍💻" * 500_000
    yield "blank-lines.txt", "\n" * (5 * MEGABYTE) + "A word."
    yield "short-lines.txt", "A\n" * MEGABYTE
    yield "short-paragraphs.txt", "A word\n\n" * 300_000
    yield "names.txt", "".join(f"Ann{n} Lee{n}:\n\n{PROSE}\n\n" for n in range(10_000))
    yield "labels.txt", "".join(f"Ann{n % 9_000} Lee: {PROSE}\n\n" for n in range(20_000))
    yield "careless.txt", "".join(f"Ann Lee says:\n\n{PROSE}\n\nso it is {n}\n\n" for n in range(10_000))
    yield "posted.txt", "".join(f"{PROSE}\n\nPosted by: Ann Lee | March 4, 2024\n\n" for _ in range(10_000))
    yield "titles.txt", "A Heading That Stands Alone\n\n" * 100_000
    yield "form-feeds.txt", "\f" * (3 * MEGABYTE) + PROSE
    yield "tabs.txt", "\t" * 100_000 + PROSE
    yield "controls.txt", bytes(range(1, 32)) * 100_000
    yield "utf-16-half.txt", b"\xff\xfe" + b"\x00\xd8" * MEGABYTE
    yield "not-utf-8.txt", b"\xe9\xe8 word " * 300_000
    yield "odd-bytes.txt", bytes(range(128, 256)) * 50_000


def _markdown() -> Iterator[tuple[str, str | bytes]]:
    yield "front-brackets.md", f"---\ntitle: {'[' * 330}{']' * 330}\n---\n\n{PROSE}"
    yield "front-huge.md", "---\n" + "".join(f"key{n}: value {n}\n" for n in range(200_000)) + f"---\n\n{PROSE}"
    yield "front-alias.md", "---\na0: &a0 [x]\n" + "".join(
        f"a{n}: &a{n} [{f'*a{n - 1},' * 9}]\n" for n in range(1, 40)
    ) + f"title: *a39\n---\n\n{PROSE}"  # fmt: skip
    yield "front-title.md", f"---\ntitle: {'word ' * 200_000}\n---\n\n{PROSE}"
    yield "references.md", "".join(f"[{n}]: http://example.org/{n}\n" for n in range(50_000))
    yield (
        "references-said.md",
        "".join(f"[{n}]: x\n" for n in range(20_000)) + "".join(f"[{n}] " for n in range(20_000)),
    )
    yield "links-open.md", "[" * 200_000
    yield "images-open.md", "![" * 200_000
    yield "links-nested.md", "[a](" * 100_000
    yield "stars.md", "*a **" * 200_000
    yield "ticks.md", "".join("`" * n + " " for n in range(1, 1500))
    yield "quotes-nested.md", ">" * 100_000 + " a"
    yield "lists-nested.md", "- " * 100_000 + "a"
    yield "items.md", "- a\n" * 300_000
    yield "headings.md", "# Heading of a section\n\n" * 50_000
    yield "heading-huge.md", "# " + "word " * 200_000 + "\n\n" + f"{PROSE}\n\n" * 2_000
    yield "heading-depth.md", "".join(f"{'#' * (n % 6 + 1)} {'deep ' * 60}{n}\n\n{PROSE}\n\n" for n in range(5_000))
    yield "table-wide.md", "|a" * 50_000 + "|\n" + "|-" * 50_000 + "|\n" + "|b" * 50_000 + "|\n"
    yield "table-long.md", "|a|b|\n|-|-|\n" + "|c|d|\n" * 100_000
    yield "code.md", "```\n" + "x = 1\n" * 500_000
    yield "html-open.md", "<div>" * 100_000 + PROSE
    yield "entities.md", "&amp;" * 400_000
    yield "autolinks.md", "<http://a" * 200_000


def _pages() -> Iterator[tuple[str, str | bytes]]:
    yield "boxes-deep.html", "<div>" * 20_000 + PROSE
    yield "boxes-250.html", ("<div class='post'>" * 240 + f"<p>{PROSE}</p>" + "</div>" * 240) * 1_000
    yield "paragraphs.html", f"<p>{PROSE}</p>" * 50_000
    yield "list-of-links.html", "<ul>" + "<li><a href='/'>A link to another page</a></li>" * 50_000 + f"</ul><p>{PROSE}"
    yield "comments.html", "<div class='comments'>" + f"<p class='author'>Ann Lee</p><p>{PROSE}</p>" * 10_000
    yield "table-nested.html", "<table><tr><td>" * 200 + PROSE
    yield "table-tall.html", "<table>" + "<tr><td>North</td><td>40</td></tr>" * 50_000
    yield "table-in-rows.html", ("<table>" + "<tr><td>a</td><td>b</td></tr>" * 50) * 120
    yield "attribute.html", f"<p class='{'a-comment ' * 300_000}'>{PROSE}</p>"
    yield "title.html", f"<title>{'word ' * 500_000}</title><p>{PROSE}"
    yield "linked-data.html", f"<script type='application/ld+json'>{'[' * 100_000}</script><p>{PROSE}"
    yield "linked-data-wide.html", f"<script type='application/ld+json'>[{'{},' * 400_000}0]</script><p>{PROSE}"
    yield "metas.html", "<meta name='author' content='Ann'>" * 100_000 + f"<p>{PROSE}"
    yield "bylines.html", f"<span class='byline'>Ann</span><time>2024-01-01</time><p>{PROSE}</p>" * 10_000
    yield "breaks.html", "<p>" + "a<br>" * 200_000
    yield "spans.html", "<p>" + "<span>a " * 200_000
    yield "punycode.html", b"<meta charset=punycode><p>" + b"a" * 300_000 + b"-" + b"z9" * 150_000
    yield "idna.html", b"<meta charset=idna><p>" + b"xn--" + b"a9" * 300_000
    yield "hex.html", b"<meta charset=unicode_escape><p>" + b"\\ud800" * 300_000
    yield "entities.html", "<p>" + "&#xD800;&#0;&amp;" * 100_000


def _tables() -> Iterator[tuple[str, str | bytes]]:
    yield "open-quote.csv", 'a,b\n1,"' + "c,d\n" * 500_000
    yield "open-quote-lines.csv", 'a,b\n1,"' + (PROSE + "\n") * 50_000
    yield "quotes.csv", '"' * (3 * MEGABYTE)
    yield "commas.csv", "," * 1_900_000
    yield "columns.csv", ",".join(f"c{n}" for n in range(5_000)) + "\n" + (",".join("1" * 5_000) + "\n") * 300
    yield "cell.csv", "a,b\nc," + "word " * MEGABYTE
    yield "header-cell.csv", "a" * 100 + "," + "b" * 100 + "\n" + "1,2\n" * 300_000
    yield "figures.csv", "a,b\n" + "1 " * 200_000 + ",x\n" + "- " * 200_000 + ",y\n"
    yield "rows.tsv", "a\tb\n" * 500_000


def _mails() -> Iterator[tuple[str, str | bytes]]:
    head = "From: Ann <a@example.org>\nSubject: Plan\nMIME-Version: 1.0\n"
    yield "quoted-deep.eml", head + "\n" + "".join(">" * n + f" {PROSE}\n" for n in range(1, 1_000))
    yield "boundaries.eml", head + "Content-Type: multipart/mixed; boundary=b\n\n" + "--b\n\na\n" * 50_000
    yield "header.eml", head + "To: " + "<a@example.org>, " * 100_000 + f"\n\n{PROSE}"
    yield "headers.eml", head + "".join(f"X-{n}: a\n" for n in range(100_000)) + f"\n{PROSE}"
    yield "encoded-words.eml", "From: " + "=?utf-8?q?a?= " * 50_000 + f"\n\n{PROSE}"
    yield "nested.eml", "".join(head + "Content-Type: message/rfc822\n\n" for _ in range(300)) + PROSE
    yield "wrote.eml", head + "\n" + "On Sunday, Bob wrote:\n" * 50_000
    yield "signatures.eml", head + "\n" + "-- \nAnn\n" * 50_000
    bomb = b64encode(_zip({"word/document.xml": b"<a>" + b" " * 50 * MEGABYTE + b"</a>"})).decode()
    docx = "Content-Type: application/octet-stream; name=a.docx\nContent-Transfer-Encoding: base64\n\n"
    yield "bomb.eml", head + f"Content-Type: multipart/mixed; boundary=b\n\n--b\n\n{PROSE}\n--b\n{docx}{bomb}\n--b--\n"


def _packed() -> Iterator[tuple[str, str | bytes]]:
    from tests.office import BODY, odt, packed, word

    paragraph = f"<w:p><w:r><w:t>{PROSE}</w:t></w:r></w:p>"
    yield "paragraphs.docx", word(paragraph * 50_000)
    yield "runs.docx", word("<w:p>" + "<w:r><w:t>a </w:t></w:r>" * 300_000 + "</w:p>")
    yield "tables.docx", word("<w:tbl><w:tr><w:tc>" * 80 + paragraph + "</w:tc></w:tr></w:tbl>" * 80)
    yield "bomb.docx", packed({"word/document.xml": BODY % (" " * 60 * MEGABYTE)})
    yield "paragraphs.odt", odt(f"<text:p>{PROSE}</text:p>" * 50_000)
    yield "repeated.odt", odt("<table:table><table:table-row table:number-rows-repeated='1000000'><table:table-cell "
                              "table:number-columns-repeated='1000000'><text:p>a</text:p></table:table-cell>"
                              "</table:table-row></table:table>")  # fmt: skip
    yield "spaces.odt", odt(f"<text:p>{PROSE}<text:s text:c='999999999'/>{PROSE}</text:p>")
    yield "not-a-zip.xlsx", b"PK\x03\x04" + b"\0" * MEGABYTE


def _zip(parts: dict[str, bytes]) -> bytes:
    from tests.office import packed

    return packed(parts)


def _others() -> Iterator[tuple[str, str | bytes]]:
    yield "groups.rtf", "{\\rtf1 " + "{" * 100_000 + PROSE
    yield "controls.rtf", "{\\rtf1 " + "\\b\\i " * 500_000 + PROSE + "}"
    yield "paragraphs.rtf", "{\\rtf1 " + f"{PROSE}\\par " * 20_000 + "}"
    yield "hex.rtf", "{\\rtf1 " + "\\'e9" * 500_000 + "}"
    yield "binary.rtf", "{\\rtf1 \\bin999999999 " + PROSE + "}"
    yield "pages.pdf", pdf(5_000)
    yield "text-objects.pdf", pdf(1, "BT /F 9 Tf " + "1 0 0 1 9 9 Tm (a) Tj " * 100_000 + "ET")
    yield "one-place.pdf", pdf(20, "BT /F 9 Tf 9 9 Td " + "(word) Tj " * 3_000 + "ET")
    yield "cut.pdf", pdf(3)[:-200]
    yield "no.pdf", b"%PDF-1.7\n" + b"1 0 obj\n" * 200_000


if __name__ == "__main__":
    main()
