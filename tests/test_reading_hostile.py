"""What nobody should have made: each office file is read, or refused by a SourceError that says why."""

import contextlib
import random
import re
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path

import docx as python_docx
import openpyxl
import pytest
from pptx import Presentation

from assistant.errors import SourceError
from eval.benchmarks import hostile, hostile_pdf
from eval.benchmarks.hostile_more import more
from eval.benchmarks.hostile_small import small
from ingest.drafts import Draft
from ingest.pipeline.parsing import Task, parse
from ingest.reading import archive, csvs
from ingest.reading.html import epub
from ingest.reading.office import docx, odt, pptx, rtf, xlsx
from ingest.reading.pdf import pdf
from tests.office import BODY, EPUB, W, packed, saved
from tests.office import odt as odt_file

Reader = Callable[[bytes], Draft]
LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
MUTATIONS = 100


@cache
def sound() -> dict[str, tuple[Reader, bytes]]:
    """A small sound file of each format, and its reader."""
    word = python_docx.Document()
    word.add_heading("Plan", 1)
    word.add_paragraph("Words.")
    word.add_table(2, 2).cell(0, 0).text = "Region"
    book = openpyxl.Workbook()
    for row in (["Channel", "Cost"], ["Search", 400]):
        book.active.append(row)
    deck = Presentation()
    deck.slides.add_slide(deck.slide_layouts[0]).shapes.title.text = "Plan"
    text = rb"{\rtf1\ansi{\fonttbl{\f0 Arial;}}{\info{\title Plan}}\pard Caf\'e9 \u8364? words.\par}"
    return {
        "docx": (docx.read, saved(word)),
        "xlsx": (xlsx.read, saved(book)),
        "pptx": (pptx.read, saved(deck)),
        "odt": (odt.read, odt_file("<text:h>Plan</text:h><text:p>Words.</text:p>")),
        "epub": (epub.read, packed(EPUB)),
        "rtf": (rtf.read, text),
        "csv": (csvs.read, b'a;b\n"x;\ny";2\n'),
    }


ZIPPED = ("docx", "xlsx", "pptx", "odt", "epub")
MAIN = {
    "docx": "word/document.xml",
    "xlsx": "xl/worksheets/sheet1.xml",
    "pptx": "ppt/slides/slide1.xml",
    "odt": "content.xml",
    "epub": "OPS/book.opf",
}


def parts_of(kind: str) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(sound()[kind][1])) as container:
        return {name: container.read(name) for name in container.namelist()}


def changed(kind: str, change: Callable[[bytes], bytes]) -> bytes:
    parts = parts_of(kind)
    return packed({**parts, MAIN[kind]: change(parts[MAIN[kind]])})


def reads(kind: str, data: bytes) -> str | None:
    """The text, or None when it was refused as it should."""
    try:
        return " ".join(piece.text for piece in sound()[kind][0](data).pieces)
    except SourceError:
        return None


@pytest.mark.parametrize("kind", ZIPPED)
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"PK\3\4 and no more",
        b"words",
        b"PK\5\6" + b"\0" * 18,
        packed({"other.xml": "<x/>"}),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused(kind: str, data: bytes) -> None:
    with pytest.raises(SourceError):
        sound()[kind][0](data)


@pytest.mark.parametrize("kind", ZIPPED)
@pytest.mark.parametrize("other", ZIPPED)
def test_one_format_under_the_name_of_another_is_refused(kind: str, other: str) -> None:
    assert (reads(kind, sound()[other][1]) is None) == (kind != other)


@pytest.mark.parametrize("kind", ZIPPED)
def test_a_file_cut_short_is_refused(kind: str) -> None:
    data = sound()[kind][1]

    assert [reads(kind, data[: len(data) * tenth // 10]) for tenth in range(10)] == [None] * 10


@pytest.mark.parametrize("kind", ZIPPED)
def test_entities_are_not_expanded(kind: str) -> None:
    data = changed(kind, lambda part: LAUGHS.encode() + re.sub(rb"<\?xml.*?\?>", b"", part))

    with pytest.raises(SourceError, match="declares entities"):
        sound()[kind][0](data)


@pytest.mark.parametrize("kind", ZIPPED)
def test_a_document_type_elsewhere_is_not_fetched(kind: str) -> None:
    doctype = b'<!DOCTYPE x SYSTEM "file:///etc/passwd">'
    data = changed(kind, lambda part: doctype + re.sub(rb"<\?xml.*?\?>", b"", part))

    assert reads(kind, data) == reads(kind, sound()[kind][1])


@pytest.mark.parametrize("kind", ZIPPED)
def test_elements_nested_too_deeply_are_refused(kind: str) -> None:
    deep = b"<x>" * 2000 + b"</x>" * 2000
    data = changed(kind, lambda part: re.sub(rb"(</[\w:-]+>\s*)$", lambda match: deep + match[1], part))

    with pytest.raises(SourceError, match="nested too deeply"):
        sound()[kind][0](data)


def test_tables_and_groups_as_deep_as_a_parser_allows_are_read_or_refused() -> None:
    nested = "<w:tbl><w:tr><w:tc>" * 80 + "<w:p><w:r><w:t>in</w:t></w:r></w:p>" + "</w:tc></w:tr></w:tbl>" * 80
    data = packed({"word/document.xml": BODY % nested})
    groups = b"<p:grpSp>" * 240 + b"</p:grpSp>" * 240

    assert reads("docx", data) == "in"
    assert reads("pptx", changed("pptx", lambda part: part.replace(b"</p:spTree>", groups + b"</p:spTree>"))) == "Plan"


def test_rich_text_nested_too_deeply_is_refused() -> None:
    """People's files stay under 50 groups in one another; five hundred are the bound."""
    for depth in (600, 100_000):
        with pytest.raises(SourceError, match="nested too deeply"):
            rtf.read(b"{\\rtf1" + b"{" * depth + b"words" + b"}" * depth + b"}")

    assert rtf.read(b"{\\rtf1" + b"{" * 50 + b"words" + b"}" * 50 + b"}").pieces


def test_rich_text_cut_short_is_refused() -> None:
    with pytest.raises(SourceError, match="cut short"):
        rtf.read(sound()["rtf"][1][:-2])


@pytest.mark.parametrize("kind", ZIPPED)
def test_a_bomb_is_refused_before_it_goes_off(kind: str) -> None:
    with pytest.raises(SourceError, match="more than is safe"):
        sound()[kind][0](changed(kind, lambda part: part + b" " * 30_000_000))


def test_a_part_too_large_for_a_tree_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "TREE", 200)

    for kind in ZIPPED:
        with pytest.raises(SourceError, match="more than is safe"):
            sound()[kind][0](sound()[kind][1])


def test_a_bomb_that_lies_about_its_size_is_refused() -> None:
    """Both the list of members and the member itself say that 10 bytes come out; 50 million do."""
    squeezed = zlib.compressobj(9, zlib.DEFLATED, -15)
    content = squeezed.compress(b"<x>" + b" " * 50_000_000) + squeezed.flush()
    name = b"word/document.xml"
    sizes = struct.pack("<LLL", 0, len(content), 10)
    local = b"PK\3\4" + struct.pack("<HHHHH", 20, 0, 8, 0, 0) + sizes + struct.pack("<HH", len(name), 0) + name
    entry = b"PK\1\2" + struct.pack("<HHHHHH", 20, 20, 0, 8, 0, 0) + sizes
    entry += struct.pack("<HHHHHLL", len(name), 0, 0, 0, 0, 0, 0) + name
    end = b"PK\5\6" + struct.pack("<HHHHLLH", 0, 0, 1, 1, len(entry), len(local) + len(content), 0)

    with pytest.raises(SourceError, match="damaged"):
        docx.read(local + content + entry + end)


def test_too_many_parts_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MEMBERS", 3)

    with pytest.raises(SourceError, match="4 parts"):
        archive.Archive(packed(dict.fromkeys("abcd", "")))


@pytest.mark.parametrize("name", ["/etc/passwd", "../up.xml", "word\\..\\..\\up.xml", "C:\\up.xml"])
def test_a_part_that_points_outside_is_refused(name: str) -> None:
    with pytest.raises(SourceError, match="points outside"):
        archive.Archive(packed({name: "x"}))


def test_a_part_that_is_there_twice_is_refused() -> None:
    """Two programs may each read another one of them."""
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as container:
        container.writestr("word/document.xml", BODY % "")
        container.writestr("word\\Document.xml", BODY % "")

    with pytest.raises(SourceError, match="there twice"):
        docx.read(stream.getvalue())


def test_an_encrypted_file_says_that_it_needs_a_password() -> None:
    encrypted = archive.OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")
    flagged = bytearray(packed({"word/document.xml": BODY % ""}))
    flagged[flagged.index(b"PK\1\2") + 8] |= 1
    manifest = "<m:manifest xmlns:m='m'><m:file-entry><m:encryption-data/></m:file-entry></m:manifest>"
    locked = {**parts_of("odt"), "META-INF/manifest.xml": manifest}
    lock = '<encryption><EncryptedData><EncryptionMethod Algorithm="{}"/></EncryptedData></encryption>'
    book = {**EPUB, "META-INF/encryption.xml": lock.format("http://www.w3.org/2001/04/xmlenc#aes128-cbc")}
    fonts = {**EPUB, "META-INF/encryption.xml": lock.format("http://www.idpf.org/2008/embedding")}

    for kind, data in (("docx", encrypted), ("docx", flagged), ("odt", packed(locked)), ("epub", packed(book))):
        with pytest.raises(SourceError, match="encrypted and needs a password"):
            sound()[kind][0](bytes(data))
    assert reads("epub", packed(fonts)) == reads("epub", packed(EPUB))


def test_an_old_word_file_is_told_from_an_encrypted_one() -> None:
    with pytest.raises(SourceError, match="before 2007"):
        docx.read(archive.OLE + b"\0" * 600)


@pytest.mark.parametrize("kind", ["docx", "xlsx", "pptx"])
def test_macros_and_archives_inside_are_not_opened(kind: str) -> None:
    parts = {**parts_of(kind), "word/vbaProject.bin": archive.OLE, "word/embeddings/bomb.zip": b"PK\3\4 broken"}

    assert reads(kind, packed(parts)) == reads(kind, sound()[kind][1])


def test_a_footnote_that_refers_to_itself_is_read_once() -> None:
    note = '<w:footnote w:id="1"><w:p><w:r><w:t>again</w:t><w:footnoteReference w:id="1"/></w:r></w:p></w:footnote>'
    parts = {
        "word/document.xml": BODY % '<w:p><w:r><w:t>On and</w:t><w:footnoteReference w:id="1"/></w:r></w:p>',
        "word/_rels/document.xml.rels": '<R><r Id="a" Type="x/footnotes" Target="footnotes.xml"/></R>',
        "word/footnotes.xml": f'<w:footnotes xmlns:w="{W}">{note}</w:footnotes>',
    }

    assert reads("docx", packed(parts)) == "On and again"


@pytest.mark.parametrize("kind", sound())
def test_a_damaged_file_is_read_or_refused(kind: str) -> None:
    chance = random.Random(7)
    read, data = sound()[kind]
    parts = parts_of(kind) if kind in ZIPPED else {}
    for _ in range(MUTATIONS):
        damaged = _damaged(data, chance)
        if parts and chance.random() < 0.7:  # past the container's checksum, in the part itself
            name = chance.choice([name for name in parts if name.endswith(("xml", "rels", "opf"))])
            damaged = packed({**parts, name: _damaged(parts[name], chance)})
        with contextlib.suppress(SourceError):
            read(damaged)


def _damaged(data: bytes, chance: random.Random) -> bytes:
    """The data with some bytes changed, taken out, or doubled."""
    held = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(max(1, len(held)))
        length = chance.randint(1, 20)
        held[at : at + length] = chance.choice(
            [b"", bytes(chance.randrange(256) for _ in range(length)), bytes(held[at : at + length]) * 2, b"9" * length]
        )
    return bytes(held)


@pytest.mark.slow
@pytest.mark.usefixtures("ending")
@pytest.mark.parametrize("name", [*small(), *more()])
def test_a_small_file_made_to_break_its_reader_is_read_or_refused(name: str) -> None:
    content = {**small(), **more()}[name]()
    data = content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")

    with contextlib.suppress(SourceError):
        document, passages = parse(Task(data, name, "0123456789", 80))
        about = document.about
        assert "\n".join([about.title, about.author or "", document.text, *(p.text for p in passages)]).encode()


def test_a_small_pdf_that_shows_one_text_on_many_pages_is_refused_before_it_costs_minutes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pdf, "ANYHOW", 50_000)

    with pytest.raises(SourceError, match="10 for each byte of the file, and repeats itself; split it"):
        pdf.read(hostile_pdf.pdf(20))
    assert pdf.read(hostile_pdf.pdf(8)).pieces


def test_hostile_files_that_were_read_are_not_read_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(hostile, "hostile", lambda: iter([("a.txt", b"A word."), ("b.txt", b"")]))
    monkeypatch.setattr(sys, "argv", ["hostile", "--done", str(tmp_path / "done.jsonl")])
    with pytest.raises(SystemExit) as ended:
        hostile.main()
    first = capsys.readouterr().out

    monkeypatch.setattr(hostile, "read", None)
    with pytest.raises(SystemExit) as again:
        hostile.main()

    assert (ended.value.code, again.value.code) == (0, 0)
    assert capsys.readouterr().out == first
    assert "2 files, 0 with faults" in first
