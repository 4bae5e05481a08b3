"""A small sound file of each kind that is read: what fuzzing starts from."""

from __future__ import annotations

from functools import cache

import docx
import openpyxl
from pptx import Presentation

from tests import outlook
from tests.office import EPUB, odt, opened, packed, saved
from tests.test_reading_pdf import T, make

PAGE = (
    "<html lang='en'><head><title>Plan</title><meta name='author' content='Ann Lee'></head><body><nav><a href='/'>Home"
    "</a></nav><article><h1>Plan</h1><p>Price follows value, and a discount hides both.</p><table><tr><th>Region</th>"
    "<th>Cost</th></tr><tr><td>North</td><td>40</td></tr></table></article><div class='comments'><p class='author'>Bob"
    "</p><p>I do not think so.</p></div><script>track()</script></body></html>"
)
MAIL = (
    "From: Ann Lee <ann@example.org>\r\nTo: Bob <bob@example.org>\r\nSubject: Re: Plan\r\nDate: Mon, 4 Mar 2024 "
    "10:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: "
    "text/plain; charset=utf-8\r\n\r\nPrice follows value.\r\n\r\nOn Sunday, Bob wrote:\r\n> Does it?\r\n\r\n-- \r\nAnn"
    "\r\n--b\r\nContent-Type: text/csv; name=a.csv\r\nContent-Disposition: attachment; filename=a.csv\r\n"
    "Content-Transfer-Encoding: base64\r\n\r\nYTtiCjE7Mgo=\r\n--b--\r\n"
)
NOTE = (
    "---\ntitle: Plan\nauthor: Ann Lee\n---\n\n# Plan\n\nPrice follows *value*.\n\n- One\n- Two\n\n"
    "| a | b |\n|---|---|\n| 1 | 2 |\n"
)
THREAD = (
    "Plan\n\nPosted on 4 March 2024\n\nPrice follows value.\n\nPosted by:\n\nBob Roy\n\nI do not think so.\n\n"
    "Post a comment\n"
)
CAPTIONS = (
    "WEBVTT\n\n1\n00:00:01.000 --> 00:00:02.000\n<v Ann Lee>Price follows value.</v>\n\n"
    "2\n00:00:02.000 --> 00:00:03.000\n<v Bob Roy>I do not think so.\n"
)


@cache
def seeds() -> dict[str, bytes]:
    """The bytes of each, by the ending of its name."""
    word = docx.Document()
    word.add_heading("Plan", 1)
    word.add_paragraph("Price follows value.")
    word.add_table(2, 2).cell(0, 0).text = "Region"
    book = openpyxl.Workbook()
    for row in (["Channel", "Cost"], ["Search", 400]):
        book.active.append(row)
    row = "<table:table-row><table:table-cell><text:p>Cost</text:p></table:table-cell></table:table-row>"
    deck = Presentation()
    deck.slides.add_slide(deck.slide_layouts[0]).shapes.title.text = "Plan"
    return {
        "docx": saved(word),
        "xlsx": saved(book),
        "pptx": saved(deck),
        "odt": odt("<text:h>Plan</text:h><text:p>Price follows value.</text:p>"),
        "epub": packed(EPUB),
        "rtf": rb"{\rtf1\ansi{\fonttbl{\f0 Arial;}}{\info{\title Plan}}\pard Caf\'e9 \u8364? words.\par}",
        "csv": b'Channel;Cost\n"Search;\nads";400\n',
        "pdf": make([T(72, 100, "Plan", 20), T(72, 150, "Price follows value.")], [T(72, 100, "A second page.")]),
        "html": PAGE.encode(),
        "eml": MAIL.encode(),
        "msg": outlook.mail(
            "Price follows value.\r\n\r\nFrom: Bob Roy\r\nSent: Sunday\r\nTo: Ann Lee\r\nSubject: Plan\r\n\r\nDoes it?",
            attached={"a.csv": b"a;b\n1;2\n"},
        ),
        "md": NOTE.encode(),
        "vtt": CAPTIONS.encode(),
        "srt": CAPTIONS.removeprefix("WEBVTT\n\n").encode(),
        "json": b'[{"text": "Price follows value.", "ts": "1750759800.1", "user_profile": {"real_name": "Ann Lee"}}]',
        "mbox": f"From a@example.org Mon Mar  4 10:00:00 2024\n{MAIL}".replace("\r\n", "\n").encode(),
        "ods": opened("spreadsheet", f'<table:table table:name="Q3">{row}{row}</table:table>'),
        "odp": opened("presentation", "<draw:page><draw:frame><text:p>Plan</text:p></draw:frame></draw:page>"),
        "ipynb": b'{"cells": [{"cell_type": "markdown", "source": "# Plan"}, {"cell_type": "code", "source": "1"}]}',
        "rst": b"Plan\n====\n\n:Author: Ann Lee\n\nPrice *follows* value.\n\n.. note:: So.\n",
        "adoc": b"= Plan\n:author: Ann Lee\n\nPrice *follows* value.\n\n|===\n| a | b\n|===\n",
        "txt": THREAD.encode(),
    }
