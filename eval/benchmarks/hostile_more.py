"""More files made to break a reader, by nesting, repetition, references or unclosed parts, as far as a format allows.

``hostile.py`` reads them with the others, ``tests/test_reading_hostile.py`` one by one. They need the test packages.
"""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from base64 import b64encode
from collections.abc import Callable, Mapping

from eval.benchmarks.hostile_pdf import PROSE, pdf
from eval.benchmarks.hostile_small import book

MAIL = "From: Ann <a@example.org>\nSubject: Plan\nMIME-Version: 1.0\n"
BEGINS = "From ann@example.org Mon Mar  4 10:00:00 2024\n"
Files = dict[str, Callable[[], str | bytes]]


def more() -> Mapping[str, Callable[[], str | bytes]]:
    """Return functions, each of which makes the content of one file that is meant to break a reader (the code that
    reads one file format). The keys are the names of the files.
    """
    return {
        f"{name}.{kind}": make
        for kind, files in (
            ("rst", _rst()), ("adoc", _adoc()), ("ipynb", _notebooks()), ("json", _chats()), ("vtt", _captions()),
            ("srt", _subtitles()), ("mbox", _mailboxes()), ("eml", _mails()), ("ods", _sheets()), ("odp", _decks()),
            ("docx", _containers()), ("xlsx", _books()), ("csv", _tables()), ("html", _pages()), ("txt", _texts()),
            ("md", _notes()), ("pdf", _prints()),
        )
        for name, make in files.items()
    }  # fmt: skip


def _rst() -> Files:
    return {
        "colons": lambda: ":" * 200_000,
        "roles": lambda: ":a" * 100_000 + "`",
        "role-open": lambda: ":a:`" + " " * 100_000 + "x",
        "link-open": lambda: "`a" + " " * 100_000 + "x",
        "ticks": lambda: "`a <b " * 50_000,
        "bars": lambda: "|a" * 100_000,
        "stars": lambda: "*a **b " * 50_000,
        "underlines": lambda: "===\n" * 100_000,
        "overlines": lambda: "====\nHead\n====\n\n" * 20_000,
        "directives": lambda: "".join(f"{' ' * depth}.. note::\n" for depth in range(1_000)) + PROSE,
        "grid": lambda: "+--+--+\n| a| b|\n" * 30_000,
        "comments": lambda: ".. \n" * 100_000 + PROSE,
        "tabs": lambda: "\t" * 500_000 + PROSE,
    }


def _adoc() -> Files:
    marks = ("=", "_", "*")
    fences = "".join(f"{mark * length}\n" for length in range(4, 400) for mark in marks)
    return {
        "fences": lambda: fences + PROSE,
        "fences-closed": lambda: fences + PROSE + "\n" + "".join(reversed(fences.splitlines(keepends=True))),
        "fences-in-turns": lambda: "====\n____\n" * 20_000 + PROSE,
        "links": lambda: "http://" * 60_000,
        "links-long": lambda: "link:" * 60_000 + "[",
        "references": lambda: "xref:" * 60_000 + "<<a," * 20_000,
        "marks": lambda: "*a _b `c " * 30_000,
        "table-open": lambda: "|===\n" + "|a |b\n" * 50_000,
        "attributes": lambda: ":a: b\n" * 100_000 + PROSE,
        "items": lambda: "***** a\n" * 50_000,
    }


def _notebooks() -> Files:
    def cells(*held: object) -> str:
        return json.dumps({"cells": held, "metadata": {}})

    shown = {"output_type": "stream", "text": [PROSE]}
    return {
        "level": lambda: '{"cells": [{"cell_type": "heading", "level": Infinity, "source": "Head"}]}',
        "level-high": lambda: cells({"cell_type": "heading", "level": 2_000_000_000, "source": "Head"}),
        "level-below": lambda: cells({"cell_type": "heading", "level": -9, "source": "Head"}),
        "deep": lambda: '{"cells": ' + "[" * 100_000,
        "deep-text": lambda: '{"cells": [{"cell_type": "code", "source": ' + '{"a":' * 900 + "1" + "}" * 900 + "}]}",
        "half-characters": lambda: '{"cells": [{"cell_type": "code", "source": ["\\ud800 x", "\\udc00"]}]}',
        "outputs": lambda: cells({"cell_type": "code", "source": "1", "outputs": [shown] * 50_000}),
        "cells": lambda: cells(*[{"cell_type": "markdown", "source": "# " + PROSE}] * 10_000),
        "none": lambda: cells({"cell_type": "code", "source": None, "outputs": [{"data": None, "text": None}]}),
        "no-object": lambda: '{"cells": "cells", "metadata": {"authors": [null, 3]}}',
        "figure": lambda: '{"cells": [{"cell_type": "code", "source": ' + "9" * 6_000 + "}]}",
        "wide": lambda: cells({"cell_type": "markdown", "source": "|a" * 5_000 + "|\n" + "|-" * 5_000 + "|"}),
    }


def _chats() -> Files:
    said = {"user": "Ann Lee", "ts": "1700000000.0", "text": PROSE}

    def chat(put: str, **held: object) -> str:
        return json.dumps([said, {**said, **held}]).replace('"TEXT"', put)

    return {
        "parts-deep": lambda: chat('{"text": [' * 450 + '"a"' + "]}" * 450, text="TEXT"),
        "voices-deep": lambda: chat('{"name": ' * 900 + '"a"' + "}" * 900, user="TEXT"),
        "lists-deep": lambda: chat("[" * 900 + "]" * 900, replies="TEXT"),
        "times": lambda: json.dumps([{**said, "ts": ts} for ts in ("1e400", 1e300, -1e300, "٣", "9" * 400, True)]),
        "half-characters": lambda: '[{"user": "\\ud800", "ts": 1, "text": "\\udfff words of somebody"}]',
        "markup": lambda: json.dumps([{**said, "text": "<p>" + "<div>" * 20_000}, said]),
        "mentions": lambda: json.dumps([{**said, "text": "<@A|" * 50_000}, said]),
        "many": lambda: json.dumps([{**said, "user": f"Ann{n % 999} Lee"} for n in range(20_000)]),
        "starts": lambda: (
            '[{"start": NaN, "user": "a", "text": "words"}, {"start": -Infinity, "user": "b", "text": "more"}]'
        ),
    }


def _captions() -> Files:
    cue = "00:00:0{}.000 --> 00:00:09.000\n{}\n\n"
    return {
        "voices": lambda: "WEBVTT\n\n" + cue.format(1, "<v Ann>" * 50_000),
        "voice-open": lambda: "WEBVTT\n\n" + cue.format(1, "<v" + " " * 100_000),
        "tags": lambda: "WEBVTT\n\n" + cue.format(1, "<c.a" * 50_000 + "{" * 50_000),
        "labels": lambda: "WEBVTT\n\n" + "".join(cue.format(n % 9, f"Ann{n % 99}: {PROSE}") for n in range(10_000)),
        "blank": lambda: "WEBVTT\n\n" + cue.format(1, PROSE) + "\n \t" * 100_000 + "a",
        "arrows": lambda: "WEBVTT\n\n" + "00:00:01.000 --> \n" * 50_000,
        "entities": lambda: "WEBVTT\n\n" + cue.format(1, "&#xD800;&#99999999999;&lt;v Ann&gt;" * 2_000),
    }


def _subtitles() -> Files:
    return {
        "numbers": lambda: "9" * 1_000_000 + "\n00:00:01,000 --> 00:00:02,000\nWords.\n",
        "spaces": lambda: "1\n" + " " * 500_000 + "00:00:01,000 --> 00:00:02,000\nWords.\n",
    }


def _mailboxes() -> Files:
    deep = "".join(f"{MAIL}Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(400))
    return {
        "many": lambda: f"{BEGINS}{MAIL}\n{PROSE}\n\n" * 5_001,
        "starts": lambda: BEGINS * 50_000,
        "escaped": lambda: f"{BEGINS}{MAIL}\n" + (">" * 2_000 + "From a\n") * 200,
        "one-deep": lambda: f"{BEGINS}{MAIL}\n{PROSE}\n\n{BEGINS}{deep}{PROSE}\n\n{BEGINS}{MAIL}\nLast words here.\n",
        "from": lambda: "From " * 200_000,
    }


def _mails() -> Files:
    bomb = b64encode(zlib.compress(b" " * 1_000_000))
    parts = "".join(f" filename*{n}*=utf-8''a%20;\n" for n in range(3_000))
    text = f"{MAIL}Content-Type: text/plain; charset={{}}\n\n{PROSE}\u00e9+-é"
    return {
        "name-in-parts": lambda: f"{MAIL}Content-Disposition: attachment;\n{parts}\n{PROSE}",
        "zlib": lambda: text.format("zlib_codec").encode() + bomb,
        "rot13": lambda: text.format("rot13"),
        "undefined": lambda: text.format("undefined"),
        "uuencode": lambda: f"{MAIL}Content-Transfer-Encoding: x-uuencode\n\nbegin 644 a\n" + "M" * 500_000 + "\nend\n",
        "quoted": lambda: f"{MAIL}Content-Transfer-Encoding: quoted-printable\n\n" + "=" * 500_000,
        "no-end": lambda: (
            f"{MAIL}Content-Type: multipart/alternative; boundary=b\n\n" + "--b\nContent-Type: text/html\n\n<p>" * 5_000
        ),
        "calendar": lambda: f"{MAIL}Content-Type: text/calendar; name=a.ics\n\nBEGIN:VCALENDAR\n" + "X:" * 100_000,
        "subject": lambda: f"From: a@b\nSubject: {'Re: ' * 100_000}\n\n{PROSE}",
    }


def _sheets() -> Files:
    from tests.office import opened

    cell = "<table:table-cell {}><text:p>{}</text:p></table:table-cell>"
    row = "<table:table-row {}>{}</table:table-row>"
    head = row.format("", cell.format("", "Name") + cell.format("", "Cost"))

    def sheet(*lines: str, tables: int = 1) -> bytes:
        return opened("spreadsheet", f'<table:table table:name="Plan">{head}{"".join(lines)}</table:table>' * tables)

    wide = 'table:number-columns-repeated="999999999"'
    tall = 'table:number-rows-repeated="999999999"'
    return {
        "long-repeated": lambda: sheet(row.format(tall, cell.format(wide, PROSE * 200))),
        "rows-repeated": lambda: sheet(*[row.format(tall, cell.format("", "a") + cell.format("", "4"))] * 500),
        "sheets": lambda: sheet(tables=5_000),
        "groups": lambda: sheet(
            "<table:table-row-group>" * 200 + row.format("", cell.format("", "a")) + "</table:table-row-group>" * 200
        ),
        "numbers": lambda: sheet(
            row.format('table:number-rows-repeated="-5"', cell.format('table:number-columns-repeated="٣"', "a"))
        ),
        "inside": lambda: sheet(
            row.format("", "<table:table-cell><table:table>" * 60 + head + "</table:table></table:table-cell>" * 60)
        ),
    }


def _decks() -> Files:
    from tests.office import opened

    frame = "<draw:frame {}><draw:text-box><text:p>{}</text:p></draw:text-box></draw:frame>"
    places = ("nan", "inf", "-1e999cm", "1__0cm", "9" * 5_000)
    placed = "".join(frame.format(f'svg:x="{place}" svg:y="{place}"', PROSE) for place in places)
    boxes = "<draw:frame><draw:text-box><text:p>" * 60 + PROSE + "</text:p></draw:text-box></draw:frame>" * 60
    return {
        "frames": lambda: opened("presentation", f"<draw:page>{frame.format('', PROSE) * 10_000}</draw:page>"),
        "slides": lambda: opened("presentation", "<draw:page/>" * 50_000),
        "places": lambda: opened("presentation", f"<draw:page>{placed}</draw:page>"),
        "boxes": lambda: opened("presentation", f"<draw:page>{boxes}</draw:page>"),
    }


def _containers() -> Files:
    from tests.office import BODY, packed, word

    said = f"<w:p><w:r><w:t>{PROSE}</w:t></w:r></w:p>"
    sound = packed({"word/document.xml": BODY % said})
    charts = '<w:r><w:drawing><c:chart xmlns:c="c" xmlns:r="r" r:id="r0"/></w:drawing></w:r>' * 5_000
    chart = f'<c:chartSpace xmlns:c="c"><c:v>{PROSE}</c:v></c:chartSpace>'
    spaces = "".join(f'xmlns:n{n}="u{n}" ' for n in range(20_000))
    attributes = "".join(f'a{n}="" ' for n in range(50_000))
    outside = '<!DOCTYPE a [<!ENTITY % b SYSTEM "file:///etc/passwd"> %b;]>'
    away = '<Relationship Id="a" Type="x/officeDocument" Target="../../../a"/>' * 50_000

    def body(text: str, **parts: str) -> bytes:
        return packed({"word/document.xml": text, **parts})

    return {
        "overlapping": lambda: _overlapping(BODY % (said * 20_000)),
        "zip64": lambda: sound[:-22] + _end(sound, entries=65_535, size=0xFFFFFFFF),
        "entries": lambda: sound[:-22] + _end(sound, entries=60_000),
        "remark": lambda: sound[:-2] + b"\xff\xff" + b"PK\x05\x06" * 10_000,
        "before": lambda: b"MZ" + b"\0" * 100_000 + sound,
        "names": lambda: body(BODY % said, **{f"w{'/a' * 100}{n}\0": "" for n in range(2_000)}),
        "ole": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 1_000_000,
        "spaces-named": lambda: body(f"<a {spaces}/>"),
        "attributes": lambda: body(f"<a {attributes}/>"),
        "doctype": lambda: body(f"<!DOCTYPE a [{'<!ELEMENT a ANY>' * 20_000}]>{BODY % said}"),
        "parameter": lambda: body(outside + BODY % said),
        "charts": lambda: word(f"<w:p>{charts}</w:p>{said}", chart=chart),
        "relations": lambda: body(BODY % said, **{"_rels/.rels": f"<Relationships>{away}</Relationships>"}),
    }


def _overlapping(text: str) -> bytes:
    """A zip container with 500 entries of different names that all refer to the same bytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as container:
        container.writestr("word/document.xml", text)
        info = container.infolist()[0]
        for number in range(500):
            other = zipfile.ZipInfo(f"word/header{number}.xml")
            for name in ("header_offset", "CRC", "compress_size", "file_size", "compress_type"):
                setattr(other, name, getattr(info, name))
            container.filelist.append(other)
            container.NameToInfo[other.filename] = other
        container._didModify = True  # type: ignore[attr-defined]
    return stream.getvalue()


def _end(data: bytes, *, entries: int, size: int = 46) -> bytes:
    """An end record for the zip container ``data``, with false numbers of entries and bytes."""
    return struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, entries, entries, size, data.rindex(b"PK\x01\x02"), 0)


def _books() -> Files:
    row = '<row><c t="inlineStr"><is><t>Channel</t></is></c><c><v>4</v></c></row>'
    rule = '<cfRule type="expression"><formula>A1&gt;1</formula></cfRule>'
    ruled, merge = '<conditionalFormatting sqref="A1:XFD1048576">', '<mergeCell ref="A1:XFD1048576"/>'
    run, code = "<r><t>a</t></r>", "[&gt;1]0;" * 20_000
    formats = f'<numFmts><numFmt numFmtId="200" formatCode="{code}"/></numFmts><cellXfs><xf numFmtId="200"/></cellXfs>'
    return {
        "rules": lambda: book(row * 50, more=f"{ruled}{rule * 5_000}</conditionalFormatting>" * 3),
        "merges": lambda: book(row * 50, more=f"<mergeCells>{merge * 5_000}</mergeCells>"),
        "runs": lambda: book('<row><c t="s"><v>0</v></c></row>' * 5_000, strings=f"<si>{run * 20_000}</si>"),
        "formulas": lambda: book("<row>" + f"<c><f>{'(' * 30_000}</f></c>" * 20 + "</row>" + row),
        "format": lambda: book('<row><c s="0"><v>5</v></c></row>' + row, styles=formats),
    }


def _tables() -> Files:
    return {
        "quotes-in-turns": lambda: '"a"b,' * 100_000,
        "empty-columns": lambda: "a" + "," * 100_000 + "\n" + "1\n" * 1_000,
        "row-of-spaces": lambda: "a,b\n" + " " * 1_000_000 + "\n1,2\n",
        "long-in-rows": lambda: f"a,{PROSE * 100}\n" + "1,2\n" * 20_000,
        "breaks": lambda: 'a,b\n"' + "\r\r\n\v\x1c\x85\u2028" * 50_000 + '",1\n',
    }


def _pages() -> Files:
    return {
        "svg": lambda: "<svg>" * 5_000 + f"<text>{PROSE}" * 100,
        "templates": lambda: "<template><noscript>" * 5_000 + PROSE,
        "attributes": lambda: "<p " + "".join(f"a{n}=b " for n in range(30_000)) + f">{PROSE}",
        "definitions": lambda: "<dl>" + f"<dt>A<dd>{PROSE}" * 10_000,
        "options": lambda: "<select>" + "<option>a" * 50_000,
        "spans-down": lambda: "<table>" + "<tr>" + f"<td rowspan=0>{PROSE}" * 500 + "<tr><td>b" * 500 + "</table>",
        "quotes-open": lambda: f'<p class="{PROSE * 5_000}',
        "comment-open": lambda: f"<p>{PROSE}" + "<!--" * 50_000,
        "doctypes": lambda: "<!DOCTYPE [" * 50_000 + f"<p>{PROSE}",
        "charsets": lambda: "<meta charset=utf-7>" * 5_000 + f"<p>+ADw-script+AD4-{PROSE}",
        "formatting": lambda: "<b><i><u><a>" * 5_000 + PROSE + "<p>" * 500,
        "zeros": lambda: "<p>" + "\0" * 1_000 + PROSE * 100,
    }


def _texts() -> Files:
    chat = "12/03/2025, 10:15 - "
    return {
        "chat-heads": lambda: "".join(f"{chat}Ann{n % 50} Lee: {PROSE}\n" for n in range(20_000)),
        "chat-names": lambda: f"{chat}Ann: a\n" * 3 + (chat + "a" * 300 + "\n") * 5_000,
        "chat-stamps": lambda: f"{chat}Ann: a\n" * 2 + (chat * 20 + "\n") * 5_000,
        "clock": lambda: "10:15 Ann Lee words\n" * 30_000 + "10:15" * 50_000,
        "hz": lambda: b"~{" + b"!!" * 500_000,
        "escapes": lambda: b"\x1b$B" * 300_000 + PROSE.encode(),
        "marks-of-order": lambda: b"\xef\xbb\xbf" * 300_000 + PROSE.encode(),
        "utf-32": lambda: b"\xff\xfe\0\0" + b"\xff\xff\xff\xff" * 100_000,
        "separators": lambda: "\x1c\x1d\x1e\x85\u2028\u2029" * 100_000 + PROSE,
        "joiners": lambda: "a\u200d" * 500_000,
        "turned": lambda: "\u202e\u2066" * 200_000 + PROSE,
    }


def _notes() -> Files:
    marks = "".join(f"[^{n}] " for n in range(5_000))
    dates = f"date: 99999999999999999999-99-99\ntitle: .inf\nauthor: 0x{'f' * 5_000}"
    return {
        "footnotes": lambda: marks + "".join(f"\n[^{n}]: {PROSE}" for n in range(5_000)),
        "wikilinks": lambda: "[[" * 50_000 + "![[a|" * 20_000,
        "callouts": lambda: "> [!note]\n" * 20_000 + PROSE,
        "comments": lambda: "%%" * 50_001 + PROSE + "<!--" * 20_000,
        "highlights": lambda: "==a ~~b " * 50_000,
        "math": lambda: "$$" * 50_001 + "$a" * 50_000,
        "checks": lambda: "- [ ] a\n  - [x] b\n" * 20_000,
        "depths": lambda: "".join(f"{' ' * (2 * depth)}- a\n" for depth in range(1_000)),
        "front-endless": lambda: "---\n" + "a: b\n" * 100_000,
        "front-dates": lambda: f"---\n{dates}\n---\n\n{PROSE}",
        "notion": lambda: "# Head\n\n" + "".join(f"Field {n}: value\n" for n in range(50_000)) + PROSE,
    }


def _prints() -> Files:
    packed = zlib.compress(b"BT /F 9 Tf 50 700 Td (The buyer compares.) Tj ET\n" + b" " * 100_000_000, 9)
    notes = "/Annots [" + "<< /Type /Annot /Subtype /Text /Contents (A remark.) /Rect [0 0 9 9] >> " * 20_000 + "]"

    def with_page(more: str) -> bytes:
        return pdf(1).replace(b"/MediaBox", more.encode() + b" /MediaBox", 1)

    def with_root(more: str) -> bytes:
        return pdf(1).replace(b"/Type /Catalog", b"/Type /Catalog " + more.encode(), 1)

    return {
        "bomb": lambda: _streamed(packed),
        "twice-packed": lambda: _streamed(zlib.compress(packed, 9), "/FlateDecode /FlateDecode"),
        "remarks": lambda: with_page(notes),
        "remarks-in-circle": lambda: with_page("/Annots [6 0 R 6 0 R]"),
        "fields": lambda: with_root("/AcroForm << /Fields [1 0 R 7 0 R] >>"),
        "before-in-circle": lambda: pdf(1).replace(b"/Root 1 0 R", b"/Root 1 0 R /Prev 9", 1),
        "nested": lambda: pdf(1, "q " * 100_000 + "BT /F 9 Tf (a) Tj ET"),
        "strings": lambda: pdf(1, "BT /F 9 Tf (" + "(" * 100_000 + ") Tj ET"),
        "arrays": lambda: pdf(1, "BT /F 9 Tf " + "[" * 50_000 + "(a)] TJ ET"),
        "outlines": lambda: with_root("/Outlines 1 0 R /StructTreeRoot 1 0 R"),
    }


def _streamed(content: bytes, filters: str = "/FlateDecode") -> bytes:
    made, place = pdf(1, "CONTENT"), b"stream\nCONTENT\nendstream"
    head = b"<< /Length %d /Filter [%s] >>" % (len(content), filters.encode())
    return made.replace(b"<< /Length 7 >>", head).replace(place, b"stream\n" + content + b"\nendstream")
