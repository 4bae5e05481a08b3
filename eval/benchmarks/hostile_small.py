"""Small files made to break a reader, with figures, references, encodings and positions that no real program writes.

``hostile.py`` reads them with the large ones, ``tests/test_reading_hostile.py`` one by one. They need the test
packages.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping

from eval.benchmarks.hostile_pdf import PROSE, pdf

SHEETS = (
    'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
ITEM = (
    '<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr>'
    "<w:r><w:t>An item of the list.</w:t></w:r></w:p>"
)
TEXT = "BT /F 9 Tf 50 700 Td (The buyer compares the offers.) Tj ET"


def small() -> Mapping[str, Callable[[], str | bytes]]:
    """Return functions, each of which makes the content of one small file that is meant to break a reader (the code
    that reads one file format). The keys are the names of the files.
    """
    return {
        f"{name}.{kind}": make
        for kind, files in (
            ("xlsx", _sheets()), ("docx", _words()), ("odt", _texts()), ("epub", _books()), ("pptx", _decks()),
            ("rtf", _rich()), ("eml", _mails()), ("csv", _tables()), ("html", _pages()), ("md", _notes()),
            ("pdf", _prints()),
        )
        for name, make in files.items()
    }  # fmt: skip


def _sheets() -> dict[str, Callable[[], bytes]]:
    long = f"<si><t>{PROSE * 300}</t></si>"
    many = "".join("<row>" + '<c t="s"><v>0</v></c>' * 10 + "</row>" for _ in range(20_000))
    beside = "".join(f'<row r="{row}"><c r="B{row}"><v>{row}</v></c></row>' for row in range(2, 9_000))
    first = f'<row r="1"><c r="A1" t="inlineStr"><is><t>{PROSE * 300}</t></is></c></row>'
    return {
        "thousands": lambda: _figure("5", "0" + "," * 240),
        "hours": lambda: _figure("1e305", "[h]:mm"),
        "seconds": lambda: _figure("-1e305", "[s]"),
        "percent": lambda: _figure("1e308", "0.00%"),
        "last-day": lambda: _figure("2958465.99999999", "yyyy-mm-dd hh:mm:ss"),
        "no-day": lambda: _figure("-0.0", "d mmm yy"),
        "quotes": lambda: _figure("5", "&quot;" * 120 + ";" * 100),
        "sections": lambda: _figure("-5", ";"),
        "digits": lambda: _figure("9" * 6000, "0"),
        "index": lambda: _figure("9" * 6000, "0", "s"),
        "half-characters": lambda: _figure("_xD800_ words _xDC00_ _x0000_", "0", "str"),
        "one-string": lambda: book(many, strings=long),
        "merged": lambda: book(first + beside, more='<mergeCells><mergeCell ref="A1:A9000"/></mergeCells>'),
        "merged-beyond": lambda: book(first + beside, more='<mergeCells><mergeCell ref="A1:A1048576"/></mergeCells>'),
        "columns": lambda: book('<row r="1048576"><c r="ZZZ9999999"><v>1</v></c><c r="XFD1"><v>2</v></c><c/></row>'),
        "rows-back": lambda: book('<row r="5"><c><v>1</v></c></row><row r="2"><c><v>2</v></c></row>' * 2),
    }


def _figure(value: str, code: str, kind: str = "n") -> bytes:
    """A workbook with a single figure, in the number format ``code``."""
    named = '<c t="inlineStr"><is><t>{}</t></is></c>'
    rows = f"<row>{named.format('Channel')}{named.format('Cost')}</row>"
    rows += f'<row>{named.format("Search")}<c s="0" t="{kind}"><v>{value}</v></c></row>'
    formats = f'<numFmts><numFmt numFmtId="200" formatCode="{code}"/></numFmts>'
    return book(rows, styles=f'{formats}<cellXfs><xf numFmtId="200"/></cellXfs>')


def book(rows: str, *, styles: str = "", strings: str = "", more: str = "") -> bytes:
    from tests.office import packed

    kinds = {"worksheet": "s.xml", "sharedStrings": "t.xml", "styles": "y.xml"}
    related = "".join(
        f'<Relationship Id="r{number}" Type="x/relationships/{kind}" Target="{part}"/>'
        for number, (kind, part) in enumerate(kinds.items())
    )
    sheets = '<sheets><sheet name="Plan" sheetId="1" r:id="r0"/></sheets>'
    return packed(
        {
            "xl/workbook.xml": f"<workbook {SHEETS}>{sheets}</workbook>",
            "xl/_rels/workbook.xml.rels": f"<Relationships>{related}</Relationships>",
            "xl/s.xml": f"<worksheet {SHEETS}><sheetData>{rows}</sheetData>{more}</worksheet>",
            "xl/t.xml": f"<sst {SHEETS}>{strings}</sst>",
            "xl/y.xml": f"<styleSheet {SHEETS}>{styles}</styleSheet>",
        }
    )


def _words() -> dict[str, Callable[[], bytes]]:
    from tests.office import BODY, W, packed, word

    notes = f'<w:footnotes xmlns:w="{W}"><w:footnote w:id="1"><w:p><w:r><w:footnoteReference w:id="1"/></w:r></w:p>'
    referred = '<w:p><w:r><w:footnoteReference w:id="1"/></w:r></w:p>'
    latin = f'<?xml version="1.0" encoding="utf-7"?>{BODY % _paragraph(PROSE)}'
    return {
        "lzma": lambda: _badly_packed(BODY % _paragraph(PROSE)),
        "bzip2": lambda: _tightly_packed(BODY % (" " * 50_000_000)),
        "form": lambda: _numbered("%1" * 50_000),
        "form-start": lambda: _numbered("%1.%9"),
        "tall": lambda: _tall(PROSE * 4, 5_000),
        "tall-layout": lambda: _tall(PROSE * 3_000, 2_000),
        "boxes": lambda: word("<w:p><w:txbxContent>" * 110 + _paragraph(PROSE) + "</w:txbxContent></w:p>" * 110),
        "controls": lambda: word("<w:sdt><w:sdtContent>" * 120 + _paragraph(PROSE) + "</w:sdtContent></w:sdt>" * 120),
        "note-in-itself": lambda: word(_paragraph(PROSE) + referred, footnotes=f"{notes}</w:footnote></w:footnotes>"),
        "no-xml": lambda: packed({"word/document.xml": "\x00\x01<w:p>"}),
        "utf-7": lambda: packed({"word/document.xml": latin}),
    }


def _paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def _numbered(form: str) -> bytes:
    """A Word document with a list whose numbers are written in the form ``form``."""
    from tests.office import W, word

    level = (
        f'<w:lvl w:ilvl="0"><w:start w:val="999999999"/><w:numFmt w:val="decimal"/><w:lvlText w:val="{form}"/></w:lvl>'
    )
    kind = f'<w:abstractNum w:abstractNumId="1">{level}</w:abstractNum>'
    used = '<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>'
    return word(ITEM * 1_000, numbering=f'<w:numbering xmlns:w="{W}">{kind}{used}</w:numbering>')


def _tall(text: str, rows: int) -> bytes:
    """A Word document with a table in which a cell with this text is merged over all rows."""
    from tests.office import word

    merged = "<w:tr><w:tc><w:tcPr><w:vMerge {}/></w:tcPr>{}</w:tc><w:tc>{}</w:tc></w:tr>"
    first = merged.format('w:val="restart"', _paragraph(text), _paragraph("40"))
    return word(f"<w:tbl>{first}{merged.format('', '<w:p/>', _paragraph('41')) * rows}</w:tbl>")


def _badly_packed(text: str) -> bytes:
    data = bytearray(_packed_by(zipfile.ZIP_LZMA, text))
    start = data.index(b"document.xml") + len(b"document.xml") + 12
    data[start : start + 28] = b"\xff" * 28
    return bytes(data)


def _tightly_packed(text: str) -> bytes:
    return _packed_by(zipfile.ZIP_BZIP2, text)


def _packed_by(method: int, text: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as container:
        container.writestr("word/document.xml", text)
    return stream.getvalue()


def _texts() -> dict[str, Callable[[], bytes]]:
    from tests.office import odt

    said = f"<text:p>{PROSE}</text:p>"
    row = "<table:table-row>{}<table:table-cell><text:p>41</text:p></table:table-cell></table:table-row>"
    first = f'<table:table-cell table:number-rows-spanned="99999999"><text:p>{PROSE * 4}</text:p></table:table-cell>'
    rows = row.format(first) + row.format("<table:covered-table-cell/>") * 5_000
    return {
        "level": lambda: odt(f'<text:h text:outline-level="999999999">A deep heading</text:h>{said}' * 30),
        "level-below-none": lambda: odt(f'<text:h text:outline-level="-9">A heading</text:h>{said}'),
        "tall": lambda: odt(f"<table:table>{rows}</table:table>"),
        "lists": lambda: odt("<text:list><text:list-item>" * 110 + said + "</text:list-item></text:list>" * 110),
        "notes": lambda: odt("<text:p>a<text:note><text:note-body>" * 70 + said
                             + "</text:note-body></text:note></text:p>" * 70),
    }  # fmt: skip


def _books() -> dict[str, Callable[[], bytes]]:
    from tests.office import EPUB, packed

    listed = "".join(f'<item id="x{n}" href="{"./" * n}two.xhtml" media-type="text/html"/>' for n in range(300))
    spine = "".join(f'<itemref idref="x{n}"/>' for n in range(300))

    def book(old: str, new: str, **chapters: str | bytes) -> bytes:
        held = {"OPS/two.xhtml": chapters["two"]} if chapters else {}
        return packed({**EPUB, "OPS/book.opf": EPUB["OPS/book.opf"].replace(old, new), **held})

    return {
        "one-chapter": lambda: book(
            "</manifest><spine>", f"{listed}</manifest><spine>{spine}", two=f"<p>{PROSE * 10}</p>" * 100
        ),
        "itself": lambda: book("two.xhtml", "book.opf"),
        "outside": lambda: book("two.xhtml", "%ff%00%2e%2e/%2e%2e/etc"),
        "encoding": lambda: book("", "", two=b'<?xml version="1.0" encoding="utf-16"?><p>' + PROSE.encode()),
        "nothing": lambda: packed({"META-INF/container.xml": "<container/>"}),
    }


def _decks() -> dict[str, Callable[[], bytes]]:
    def deck(part: str, old: str, new: str) -> bytes:
        from tests.office import packed
        from tests.seeds import seeds

        with zipfile.ZipFile(io.BytesIO(seeds()["pptx"])) as container:
            held = {name: container.read(name) for name in container.namelist()}
        held[part] = re.sub(old.encode(), lambda match: new.encode().replace(b"%", match[0]), held[part])
        return packed(held)

    cell = "<p:txBody><a:p><a:r><a:t>{}</a:t></a:r></a:p></p:txBody>"
    first = f"<a:tr><a:tc>{cell.format(PROSE * 100)}</a:tc><a:tc>{cell.format('4')}</a:tc></a:tr>"
    rows = first + f'<a:tr><a:tc vMerge="1"/><a:tc>{cell.format("5")}</a:tc></a:tr>' * 20_000
    related = "ppt/_rels/presentation.xml.rels"
    return {
        "one-slide": lambda: deck("ppt/presentation.xml", "<p:sldId [^>]*>", "%" * 5_000),
        "outside": lambda: deck(related, "slides/slide1.xml", "../../etc/passwd"),
        "itself": lambda: deck(related, "slides/slide1.xml", "presentation.xml"),
        "tall": lambda: deck(
            "ppt/slides/slide1.xml",
            "</p:spTree>",
            f"<p:graphicFrame><a:tbl>{rows}</a:tbl></p:graphicFrame></p:spTree>",
        ),
    }


def _rich() -> dict[str, Callable[[], str]]:
    pages = "".join(f"\\ansicpg{number}\\'ff " for number in (-1, 0, 37, 65001, 1200, 1201, 999999))
    fonts = "".join(f"{{\\f{number}\\fcharset{number % 256} A;}}" for number in range(5_000))
    used = "".join(f"\\f{number}\\'81\\'40 " for number in range(5_000))
    return {
        "characters": lambda: f"{{\\rtf1 \\u-9999999999 \\u55357 \\u9999999999? \\'zz {PROSE}}}",
        "pages": lambda: f"{{\\rtf1\\ansi\\ansicpg65000 {pages}{PROSE}}}",
        "fonts": lambda: f"{{\\rtf1{{\\fonttbl{fonts}}}{used}{PROSE}}}",
        "dates": lambda: f"{{\\rtf1{{\\info{{\\creatim\\yr-999999999\\mo99\\dy-5}}}}{PROSE}}}",
        "bytes": lambda: f"{{\\rtf1 \\bin-99 a\\bin3 {{{{{{{PROSE}}}",
        "empty-groups": lambda: "{\\rtf1 " + "{}" * 100_000 + PROSE + "}",
    }


def _mails() -> dict[str, Callable[[], str]]:
    headers = {
        "zone": "Date: Mon, 4 Mar 2024 10:00:00 +99999999999999999",
        "zone-digits": f"Date: Mon, 4 Mar 2024 10:00:00 +{'9' * 3_900}",
        "year": "Date: Mon, 4 Mar 99999999999 10:00:00 +0000",
        "day": "Date: Mon, 4 Mar 0000 99:99:99 -2400",
        "parameter": "Content-Type: text/plain; charset*",
        "zero": "Content-Type: text/plain; charset=\x00",
        "no-boundary": 'Content-Type: multipart/mixed; boundary=""',
        "partial": "Content-Type: message/partial; id=1",
        "file-name": "Content-Disposition: attachment; filename*0*=utf-8''%ff%; filename*2=b",
        "transfer": "Content-Transfer-Encoding: =?utf-8?b?YQ==?=",
        "address": "To: <@a,@b:c@d>, a@[::1, (((((",
        "words": "Sender: =?punycode?q?-z9?= =?utf-16?b?/9gA?=",
    }
    mail = "From: Ann <a@example.org>\nSubject: Plan\n{}\n\n" + PROSE + "é"
    return {name: lambda header=header: mail.format(header) for name, header in headers.items()}  # type: ignore[misc]


def _tables() -> dict[str, Callable[[], str]]:
    return {
        "half-delimiter": lambda: "sep=\ud83d\na,b\n",
        "quoted-delimiter": lambda: "sep='\na'b\n1'2\n",
        "returns": lambda: "a,b\r1,2\r3,4\r",
        "zeros": lambda: "a,b\n1\0,2\n",
    }


def _pages() -> dict[str, Callable[[], str]]:
    odd = '{"author": [null, 3, [{"name": ["a"]}], {"name": {"author": "b"}}], "datePublished": {"date": "0000-99-99"}}'
    script = "<script type='application/ld+json'>{}</script><p>{}"
    return {
        "digits": lambda: script.format(f'{{"datePublished": {"9" * 5_000}, "author": NaN}}', PROSE),
        "values": lambda: script.format(odd, PROSE),
        "spans": lambda: f"<table><tr><td rowspan=999999999 colspan=999999999>{PROSE}<td>b<tr><td>c</table>",
        "frames": lambda: "<frameset><frame src='/'></frameset>",
        "plaintext": lambda: f"<plaintext>{PROSE}</plaintext><p>b",
        "instructions": lambda: f"<?php {PROSE} ?><!-- --!> <![CDATA[ x ]]><p>{PROSE}",
        "addresses": lambda: f"<base href='http://[::1'><link rel=canonical href='http://{'a.' * 4_000}'><p>{PROSE}",
    }


def _notes() -> dict[str, Callable[[], str]]:
    heads = {
        "keys": "? [a, b]\n: c\n? {d: e}\n: f",
        "merge": "<<: 5\ntitle: {a: b}\nauthor: [[a], b]\ndate: 2024-13-45",
        "tags": "title: !!python/object/apply:os.system [id]\nauthor: !!binary x",
        "ends": "title: a\n...\n--- b",
        "zero": 'title: "\\0\\x01"',
    }
    return {name: lambda head=head: f"---\n{head}\n---\n\n{PROSE}" for name, head in heads.items()}  # type: ignore[misc]


def _prints() -> dict[str, Callable[[], bytes]]:
    def page(box: str = "0 0 595 842", content: str = TEXT, more: str = "") -> bytes:
        return pdf(1, content).replace(b"[0 0 595 842]", f"[{box}] {more}".encode())

    moved = "BT /F {} Tf {} Tm (The buyer compares the offers.) Tj ET"
    return {
        "box-huge": lambda: page("-1e30 -1e30 1e30 1e30"),
        "box-none": lambda: page("0 0 0 0"),
        "box-back": lambda: page("595 842 0 0"),
        "box-words": lambda: page("(a) /b null true"),
        "turned": lambda: page(more="/Rotate 45"),
        "unit": lambda: page(more="/UserUnit 1e30"),
        "far": lambda: page(content=moved.format("9", "1 0 0 1 1e30 -1e30")),
        "tiny": lambda: page(content=moved.format("1e-30", "1 0 0 1 50 700")),
        "large": lambda: page(content=moved.format("1e30", "1 0 0 1 50 700")),
        "no-size": lambda: page(content=moved.format("0", "0 0 0 0 0 0")),
        "no-number": lambda: page(content=moved.format("9", "1e38 1e38 1e38 1e38 1e38 1e38")),
        "skewed": lambda: page(content=moved.format("9", "0.7 0.7 -0.7 0.7 300 300")),
        "circle": lambda: pdf(1).replace(b"/Kids [6 0 R]", b"/Kids [2 0 R]"),
        "count": lambda: pdf(1).replace(b"/Count 1", b"/Count 2147483647"),
    }
