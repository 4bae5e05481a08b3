"""Mails that Outlook saved (.msg) are read as all mails are: own words, what they quote, and what is attached."""

from __future__ import annotations

import re
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from compressed_rtf import compress
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import SourceError
from assistant.types import BlockKind, Document
from ingest.drafts import Draft
from ingest.pipeline.documents import load
from ingest.reading.formats import read
from tests import outlook

QUOTED = "\r\n\r\nFrom: Bob Roy\r\nSent: Sunday, 3 March 2024\r\nTo: Ann Lee\r\nSubject: Plan\r\n\r\nDoes it?"


def loaded(data: bytes, name: str = "a.msg") -> Document:
    return load(data, source=name, id="0123456789")


def pieces_of(draft: Draft) -> list[tuple[str, str | None, str | None]]:
    return [(piece.text, piece.speaker, piece.reason) for piece in draft.pieces]


def test_a_mail_of_outlook_is_its_subject_its_sender_and_its_text() -> None:
    document = loaded(outlook.mail("Price follows value."))

    about = document.about
    assert (about.title, about.author, about.date) == ("Plan", "Ann Lee", "2024-03-04")
    assert about.media_type == "application/vnd.ms-outlook"
    assert [(block.kind, block.speaker) for block in document.blocks][-1] == (BlockKind.PARAGRAPH, "Ann Lee")
    assert [gone.text for gone in document.dropped] == [
        "From: Ann Lee <ann@example.org> To: Bob Roy <bob@example.org> Date: Mon, 04 Mar 2024 10:00:00 +0000"
    ]


def test_it_is_read_as_the_same_mail_is_that_any_other_program_saved() -> None:
    text = f"Price follows value.{QUOTED}"
    message = EmailMessage()
    message["From"], message["To"] = "Ann Lee <ann@example.org>", "Bob Roy <bob@example.org>"
    message["Subject"], message["Date"] = "RE: Plan", "Mon, 04 Mar 2024 10:00:00 +0000"
    message.set_content(text)
    message.add_attachment(b"a;b\n1;2\n", "text", "csv", filename="Zahlen für März.csv")

    ours = read("a.msg", outlook.mail(text, attached={"Zahlen für März.csv": b"a;b\n1;2\n"}))
    theirs = read("a.eml", message.as_bytes(policy=SMTP))

    assert pieces_of(ours) == pieces_of(theirs)
    assert ours.found == theirs.found
    assert all(reason for text, _, reason in pieces_of(ours) if text == "Does it?")


@pytest.mark.parametrize(
    ("codepage", "text", "name"),
    [
        (1250, "Cena roste příliš rychle.", "Jiří Dvořák"),
        (1251, "Цена следует за ценностью.", "Анна Ли"),
        (932, "価格は価値に従います。", "李 安"),
        (1252, "Der Preis folgt dem Wert, für alle.", "Jörg Müller"),
    ],
)
def test_texts_of_eight_bits_are_read_in_the_encoding_that_the_mail_names(codepage: int, text: str, name: str) -> None:
    document = loaded(outlook.mail(text, sender=(name, "a@example.org"), codepage=codepage))

    assert document.text.endswith(text)
    assert document.about.author == name


def test_a_page_is_read_where_the_text_is_none() -> None:
    page = "<html><body><p>Der Preis folgt dem Wert – für alle.</p><ul><li>Erstens</li></ul></body></html>"

    document = loaded(outlook.mail(None, html=page.encode()))

    assert document.text.endswith("Der Preis folgt dem Wert – für alle.\n\nErstens")


def test_a_rich_text_is_read_where_there_is_nothing_else() -> None:
    rich = rb"{\rtf1\ansi\pard Price follows value, for caf\'e9s too.\par\pard So do costs.\par}"

    document = loaded(outlook.mail(None, rich=compress(rich)))

    assert document.text.endswith("Price follows value, for cafés too.\n\nSo do costs.")
    assert document.blocks[-1].speaker == "Ann Lee"


def test_a_damaged_rich_text_is_told() -> None:
    draft = read("a.msg", outlook.mail(None, rich=b"no rich text"))

    assert any("mail text.rtf, it is no rich text" in (reason or "") for *_, reason in pieces_of(draft))


def test_a_mail_in_a_mail_is_its_senders() -> None:
    inner = outlook.tree("It costs 40.", subject="Cost", sender=("Cy Poe", "cy@example.org"), is_within=True)
    document = loaded(outlook.mail("See below.", attached={"Cost": inner}))

    speakers = {document.text[block.start : block.end]: block.speaker for block in document.blocks}
    assert (speakers["See below."], speakers["It costs 40."]) == ("Ann Lee", "Cy Poe")


def test_mails_of_outlook_attached_to_any_mail_are_read() -> None:
    message = EmailMessage()
    message["From"], message["Subject"] = "Bob <bob@example.org>", "Fwd"
    message.set_content("See the file.")
    file = outlook.mail("It costs 40.")
    message.add_attachment(file, "application", "vnd.ms-outlook", filename="cost.msg")

    document = loaded(message.as_bytes(policy=SMTP), "a.eml")

    assert document.text.endswith("It costs 40.")
    assert document.blocks[-1].speaker == "Ann Lee"


def test_mails_that_are_nested_without_end_are_named() -> None:
    inner = outlook.tree("number 9", subject="n9", is_within=True)
    for number in range(8, 0, -1):
        inside = {f"n{number + 1}": inner}
        inner = outlook.tree(f"number {number}", subject=f"n{number}", attached=inside, is_within=True)
    document = loaded(outlook.mail("number 0", attached={"n1": inner}))

    assert "number 5" in document.text
    assert [gone.text for gone in document.dropped if gone.notice] == ["n6"]


def test_internet_headers_tell_of_whom_a_received_mail_is() -> None:
    head = ["Microsoft Mail Internet Headers Version 2.0", "From: Cy Poe <cy@example.org>"]
    head.append("Date: Tue, 5 Mar 2024 00:30:00 +0200")

    about = loaded(outlook.mail(more={0x007D: "\r\n".join(head)})).about

    assert (about.author, about.date) == ("Cy Poe", "2024-03-05")


def test_an_address_of_a_directory_is_not_shown() -> None:
    draft = read("a.msg", outlook.mail(sender=("Lee, Ann", "/O=EXAMPLE/OU=X/CN=RECIPIENTS/CN=ANN"), to=()))

    assert draft.found.authors == ("Lee, Ann",)
    assert not any("RECIPIENTS" in text for text, *_ in pieces_of(draft))


@pytest.mark.parametrize("data", [b"", b"no container", outlook.compound({"WordDocument": b"x" * 5000})])
def test_what_is_no_mail_of_outlook_says_so(data: bytes) -> None:
    with pytest.raises(SourceError, match=r"a\.msg: is no mail of Outlook's"):
        read("a.msg", data)


@given(text=st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=6000))
def test_whatever_its_text_each_word_is_kept_or_dropped(text: str) -> None:
    words = f"{text} Price follows value."

    draft = read("a.msg", outlook.mail(words))

    told = re.sub(r"^[> ]+", "", words)  # marks of a quotation are no words
    assert "".join("".join(piece.text for piece in draft.pieces[3:]).split()) == "".join(told.split())
