"""Mails to drafts: the sender's own words under the sender's name, and everything else told apart, never lost."""

from __future__ import annotations

import re
from collections import Counter
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import SourceError
from assistant.types import BlockKind
from ingest.drafts import Piece
from ingest.pipeline import documents
from ingest.pipeline.documents import load
from ingest.reading import formats
from ingest.reading.mail.mail import read


@pytest.fixture(autouse=True)
def mails_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "read", lambda _, data, **__: read(data))


DATE = "Mon, 02 Mar 2026 09:30:00 +0100"


def mail(text: str = "", subject: str = "Prices", sender: str = "Ann Lee <ann@example.org>", **headers: str) -> bytes:
    message = EmailMessage()
    named = {"From": sender, "To": "team@example.org", "Subject": subject, "Date": DATE}
    for name, value in {**named, **headers}.items():
        message[name.replace("_", "-")] = value
    message.set_content(text or "Price follows value.")
    return message.as_bytes(policy=SMTP)


def spoken(data: bytes) -> list[tuple[str | None, str]]:
    """What is the mails' own, with its speaker; without headings and the lines that name a speaker."""
    own = {BlockKind.HEADING, BlockKind.SPEAKER}
    return [(piece.speaker, piece.text) for piece in read(data).pieces if not piece.reason and piece.kind not in own]


def dropped(data: bytes) -> dict[str, list[str]]:
    """What is not, by its reason; without the header above the mail."""
    gone: dict[str, list[str]] = {}
    for piece in read(data).pieces[2:]:
        if piece.reason:
            gone.setdefault(piece.reason, []).append(piece.text)
    return gone


def test_a_mail_is_its_subject_its_sender_and_its_text() -> None:
    draft = read(mail("Hello team,\n\nprice follows value.\n", subject="Re: AW: Fwd: Prices"))

    assert draft.media_type == "message/rfc822"
    assert draft.pieces == (
        Piece("Prices", BlockKind.HEADING, level=1),
        Piece(f"From: Ann Lee <ann@example.org> To: team@example.org Date: {DATE}", reason="mail header"),
        Piece("Ann Lee", BlockKind.SPEAKER, speaker="Ann Lee"),
        Piece("Hello team,", speaker="Ann Lee"),
        Piece("price follows value.", speaker="Ann Lee"),
    )
    assert draft.found.titles == ("Prices",)
    assert draft.found.authors == ("Ann Lee",)
    assert draft.found.dates == ("2026-03-02T09:30:00+01:00",)


def test_every_block_of_the_document_keeps_its_speaker() -> None:
    html = "<h2>Plan</h2><p>We raise the price of the basic plan in May.</p><h2>Risk</h2><p>Some will leave us.</p>"
    document = load(html_mail(html), source="plan.eml", id="plan")

    assert (document.about.title, document.about.author, document.about.date) == ("Prices", "Ann Lee", "2026-03-02")
    assert {block.speaker for block in document.blocks if block.kind is BlockKind.PARAGRAPH} == {"Ann Lee"}


def html_mail(html: str, text: str | None = None, **headers: str) -> bytes:
    message = EmailMessage()
    for name, value in {"From": "Ann Lee <ann@example.org>", "Subject": "Prices", **headers}.items():
        message[name] = value
    message["Date"] = DATE
    if text is None:
        message.set_content(html, subtype="html")
    else:
        message.set_content(text)
        message.add_alternative(html, subtype="html")
    return message.as_bytes()


def test_the_text_is_read_rather_than_the_html() -> None:
    assert spoken(html_mail("<p>Price follows <b>value</b>.</p>", "Price follows value.")) == [
        ("Ann Lee", "Price follows value.")
    ]


def test_a_text_that_only_says_that_there_is_html_gives_way() -> None:
    html = "<p>Price follows value, and that is why we ask customers first what the product is worth to them.</p>"

    assert [text[:20] for _, text in spoken(html_mail(html, "See HTML."))] == ["Price follows value,"]


QUOTES = {
    "english": "On Mon, 2 Mar 2026 at 09:30, Bob Roe <bob@example.org> wrote:\n> Lower it.\n>\n> By May.",
    "wrapped": "On Mon, 2 Mar 2026 at 09:30, Bob Roe with a long name\n<bob@example.org> wrote:\n\n> Lower it.",
    "bare": "On Mon, 2 Mar 2026 at 09:30, Bob Roe wrote:\n\nLower it.\n\nBy May.",
    "german": "Am Mo., 2. März 2026 um 09:30 Uhr schrieb Bob Roe <bob@example.org>:\n> Lower it.",
    "french": "Le lun. 2 mars 2026 à 09:30, Bob Roe <bob@example.org> a écrit :\n> Lower it.",
    "spanish": "El lun, 2 mar 2026 a las 9:30, Bob Roe (<bob@example.org>) escribió:\n> Lower it.",
    "outlook": "-----Original Message-----\nFrom: Bob Roe\nSent: Monday\nTo: Ann\nSubject: Prices\n\nLower it.",
    "outlook german": "Von: Bob Roe <bob@example.org>\nGesendet: Montag\nAn: Ann\nBetreff: Preise\n\nLower it.",
    "outlook danish": "Fra: Bob Roe <bob@example.org>\nSendt: 1. marts 2026\nTil: Ann\nEmne: Priser\n\nLower it.",
    "outlook finnish": "Lähettäjä: Bob Roe\nLähetetty: 2. maaliskuuta\nVastaanottaja: Ann\nAihe: x\n\nLower it.",
    "outlook czech": "Od: Bob Roe\nOdesláno: pondělí\nKomu: Ann\nPředmět: Ceny\n\nLower it.",
    "outlook russian": "От: Bob Roe\nОтправлено: 2 марта 2026\nКому: Ann\nТема: Цены\n\nLower it.",
    "outlook japanese": "差出人: Bob Roe\n送信日時: 2026年3月2日\n宛先: Ann\n件名: Prices\n\nLower it.",
    "outlook chinese": "发件人： Bob Roe\n发送时间： 2026年3月2日\n收件人： Ann\n主题： Prices\n\nLower it.",
    "polish": "W dniu 1.03.2026 o 09:30, Bob Roe pisze:\nLower it.",
    "swedish": "Den mån 2 mars 2026 kl 09:30 skrev Bob Roe:\nLower it.",
    "any language": "2026-03-02 09:30 Bob Roe <bob@example.org> rašė:\nLower it.",
    "outlook french": "De : Bob Roe\nEnvoyé : lundi 2 mars 2026\nÀ : Ann\nObjet : Prix\n\nLower it.",
    "outlook spanish": "De: Bob Roe\nEnviado el: lunes, 2 de marzo\nPara: Ann\nAsunto: Precios\n\nLower it.",
    "ruled": "________________\nFrom: Bob Roe <b@example.org>\nDate: Monday\nTo: Ann\nSubject: x\n\nLower it.",
}


@pytest.mark.parametrize("quote", QUOTES.values(), ids=QUOTES)
def test_earlier_mails_below_are_quoting(quote: str) -> None:
    data = mail(f"I would keep the price.\n\n{quote}\n")

    assert spoken(data) == [("Ann Lee", "I would keep the price.")]
    assert "Lower it." in " ".join(dropped(data)["mail quoting"])


def test_answers_between_quoted_lines_are_the_senders() -> None:
    text = "On Mon, 2 Mar 2026 Bob Roe wrote:\n> Lower it?\n\nNo, keep it.\n\n> By May?\n\nIn June.\n"

    assert spoken(mail(text)) == [
        ("Unknown", "Lower it?"),
        ("Ann Lee", "No, keep it."),
        ("Unknown", "By May?"),
        ("Ann Lee", "In June."),
    ]


ATTRIBUTIONS = {
    "On Mon, 2 Mar 2026 at 09:30, Bob Roe <bob@example.org> wrote:": "Bob Roe",
    "Am Mo., 2. März 2026 um 09:30 Uhr schrieb Bob Roe <bob@example.org>:": "Bob Roe",
    "Le lun. 2 mars 2026 à 09:30, Zoé Roy <zoe@example.org> a écrit :": "Zoé Roy",
    "El lun, 2 mar 2026 a las 9:30, Inés Gil (<ines@example.org>) escribió:": "Inés Gil",
    "2026年3月2日 9:30 佐藤 健 <sato@example.org>:": "佐藤 健",
    "On Mon, 2 Mar 2026 at 09:30, Bob Roe wrote:": "Unknown",
}


@pytest.mark.parametrize("line", ATTRIBUTIONS)
def test_the_question_that_an_answer_stands_under_stays_and_is_its_askers(line: str) -> None:
    quoted = (
        f"{line}\n> Hello Ann,\n>\n> Do we lower it in\n> the north?\n\nNo.\n\n> In May we print.\n\nJune.\n\n> Bye\n"
    )
    document = load(mail(quoted), source="a.eml", id="a")

    asker = ATTRIBUTIONS[line]
    assert [(block.speaker, document.text[block.start : block.end]) for block in document.blocks[2:]] == [
        (asker, "Do we lower it in the north?"),
        ("Ann Lee", "No."),
        (asker, "In May we print."),
        ("Ann Lee", "June."),
    ]
    assert {gone.notice for gone in document.dropped if gone.text in {"Hello Ann,", "Bye"}} == {
        "quoted part of an earlier mail"
    }


def test_a_mail_quoted_whole_above_its_answer_or_deeper_is_not_the_askers() -> None:
    line = "On Mon, 2 Mar 2026 at 09:30, Bob Roe <bob@example.org> wrote:"

    assert spoken(mail(f"{line}\n> Lower it.\n> Best, Bob\n\nNo, I would not.\n")) == [("Ann Lee", "No, I would not.")]
    assert spoken(mail(f"{line}\n>> Who said so?\nMe.\n")) == [("Unknown", "Who said so?"), ("Ann Lee", "Me.")]


def test_quoting_is_seen_in_html_too() -> None:
    html = (
        "<div>Keep it.</div><div class=gmail_quote><div>On Mon, 2 Mar 2026 at 09:30 Bob Roe wrote:<br></div>"
        "<blockquote>Lower it.</blockquote></div><div>I mean that.</div>"
    )

    assert spoken(html_mail(html)) == [("Ann Lee", "Keep it."), ("Ann Lee", "I mean that.")]


def test_a_header_that_a_page_has_as_one_paragraph_begins_quoting() -> None:
    html = "<p>Keep it.</p><div><b>From:</b> Bob<br><b>Sent:</b> 2 March<br><b>To:</b> Ann<br></div><p>Lower it.</p>"

    assert spoken(html_mail(html)) == [("Ann Lee", "Keep it.")]


def test_a_quotation_that_nobody_wrote_before_is_the_senders() -> None:
    html = "<p>As the book says:</p><blockquote>Price follows value.</blockquote>"

    assert spoken(html_mail(html))[-1] == ("Ann Lee", "Price follows value.")


BOB = "Bob Roe <bob@example.org>"
FORWARDS = {
    "gmail": f"---------- Forwarded message ---------\nFrom: {BOB}\nDate: Monday\nSubject: x\nTo: Ann\n\n",
    "apple": f"Begin forwarded message:\n\n> From: {BOB}\n> Subject: x\n> Date: Monday\n>\n> ",
    "outlook": f"-----Original Message-----\nFrom: {BOB}\nSent: Monday\nTo: Ann\nSubject: x\n\n",
    "german": f"-------- Weitergeleitete Nachricht --------\nBetreff: x\nDatum: Montag\nVon: {BOB}\nAn: A\n\n",
}


@pytest.mark.parametrize("head", FORWARDS.values(), ids=FORWARDS)
def test_what_is_forwarded_is_content_of_its_own_sender(head: str) -> None:
    data = mail(f"What do you think?\n\n{head}Lower it.\n", subject="Fwd: Prices")

    assert spoken(data) == [("Ann Lee", "What do you think?"), ("Bob Roe", "Lower it.")]


def test_a_forwarded_mails_speaker_reaches_the_document() -> None:
    document = load(
        mail(f"What do you think?\n\n{FORWARDS['gmail']}Lower it, please.\n", subject="FW: x"), source="a.eml", id="a"
    )

    said = {document.text[block.start : block.end]: block.speaker for block in document.blocks}
    assert said["What do you think?"] == "Ann Lee"
    assert said["Lower it, please."] == "Bob Roe"


SIGNATURES = [
    "-- \nAnn Lee\nHead of Pricing, speaks for nobody else.",
    "Best regards,\nAnn Lee\nHead of Pricing\n+49 30 1234567",
    "Kind regards\n\nAnn\n\nann@example.org | www.example.org",
    "Thanks, Ann",
    "Mit freundlichen Grüßen\nAnn Lee\nLeiterin Preise",
    "Cordialement,\nAnn Lee",
    "Saludos,\nAnn",
    "Sent from my iPhone",
    "Von meinem iPhone gesendet",
    "Get Outlook for iOS",
]


@pytest.mark.parametrize("signature", SIGNATURES)
def test_signatures_are_told_apart(signature: str) -> None:
    data = mail(f"Keep the price.\n\n{signature}\n")

    assert spoken(data) == [("Ann Lee", "Keep the price.")]
    assert list(dropped(data)) == ["signature"]


@pytest.mark.parametrize(
    "text",
    [
        "Thanks, that works for May.",
        "Thanks.",
        "Best is the enemy of good.",
        "Unsubscribe rates rose to 2% after the increase.",
        "This message is intended for buyers who compare prices.",
        "To: be decided. From: May on.",
        "On price, I wrote: keep it.",
        "You have received strong answers from customers.",
        "Regards,\nthe launch moves to May, and the price with it.",
    ],
)
def test_what_only_looks_like_it_stays(text: str) -> None:
    assert " ".join(text for _, text in spoken(mail(text))) == " ".join(text.split())


def test_words_after_a_signature_are_the_senders() -> None:
    data = mail("Keep it.\n\nBest,\nAnn\n\nPS: Ask Bob about the discount before Friday.\n")

    assert spoken(data)[-1] == ("Ann Lee", "PS: Ask Bob about the discount before Friday.")


@pytest.mark.parametrize(
    "notice",
    [
        "This e-mail and any attachments are confidential and intended solely for the addressee.",
        "If you are not the intended recipient, please notify the sender and delete this message.",
        "Please consider the environment before printing this e-mail.",
        "Diese E-Mail enthält vertrauliche Informationen. Wenn Sie sie irrtümlich erhalten haben, vernichten Sie sie.",
        "You are receiving this newsletter because you signed up on our site.",
        "Unsubscribe here: https://example.org/out",
    ],
)
def test_notices_are_told_apart(notice: str) -> None:
    data = mail(f"Keep the price.\n\n{notice}\n")

    assert spoken(data) == [("Ann Lee", "Keep the price.")]
    assert dropped(data) == {"notice": [notice]}


def with_attachments(*files: tuple[str, str, bytes]) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["Subject"] = "Ann Lee <ann@example.org>", "Files"
    message.set_content("See the files.")
    for name, kind, data in files:
        maintype, _, subtype = kind.partition("/")
        message.add_attachment(data, maintype=maintype, subtype=subtype, filename=name)
    return message


def test_attachments_are_read_by_their_readers_and_others_are_named() -> None:
    message = with_attachments(
        ("plan.md", "text/markdown", b"# The plan\n\nRaise it in **May**.\n"),
        ("run.log", "text/x-log", b"It ran."),
        ("../chart.png", "image/png", b"\x89PNG"),
        ("setup.exe", "application/octet-stream", b"MZ\0"),
        ("broken.txt", "text/plain", b"\0\0\0\0"),
    )

    draft = read(message.as_bytes())

    assert [(piece.kind, piece.level, piece.text) for piece in draft.pieces[3:] if not piece.reason] == [
        (BlockKind.PARAGRAPH, 0, "See the files."),
        (BlockKind.HEADING, 2, "plan.md"),
        (BlockKind.HEADING, 3, "The plan"),
        (BlockKind.PARAGRAPH, 0, "Raise it in May."),
        (BlockKind.HEADING, 2, "run.log"),
        (BlockKind.PARAGRAPH, 0, "It ran."),
    ]
    assert [(piece.text, (piece.reason or "").partition(",")[0]) for piece in draft.pieces if piece.reason][1:] == [
        (name, f"attachment not read: {name}") for name in ("chart.png", "setup.exe", "broken.txt")
    ]


def test_attached_mails_have_their_own_speakers() -> None:
    inner = EmailMessage()
    inner["From"], inner["Subject"] = "Bob Roe <bob@example.org>", "Lower it"
    inner.set_content("We should lower the price.")
    outer = with_attachments(
        ("more.eml", "application/octet-stream", mail("From a file.", "Third", "Cy Fox <c@x.org>"))
    )
    outer.add_attachment(inner)

    document = load(outer.as_bytes(), source="a.eml", id="a")

    said = {document.text[block.start : block.end]: (block.speaker, block.headings) for block in document.blocks}
    assert said["See the files."] == ("Ann Lee", ())
    assert said["From a file."] == ("Cy Fox", ("more.eml", "Third"))
    assert said["We should lower the price."] == ("Bob Roe", ("Lower it",))


def test_mails_in_mails_end_somewhere() -> None:
    message = with_attachments()
    for _ in range(9):
        outer = with_attachments()
        outer.add_attachment(message)
        message = outer

    reasons = [piece.reason for piece in read(message.as_bytes()).pieces if piece.reason]

    assert reasons.count("attachment not read: Files, mails are nested too deeply.") == 1


def test_too_many_parts_are_told() -> None:
    message = with_attachments(*[(f"{i}.txt", "text/plain", b"words") for i in range(210)])

    assert (
        read(message.as_bytes()).pieces[-1].reason
        == "attachment not read: parts after the first 200, there are too many."
    )


def raw(body: bytes, *headers: bytes) -> bytes:
    return b"\r\n".join([b"From: Ann <ann@example.org>", b"MIME-Version: 1.0", *headers, b"", body])


@pytest.mark.parametrize(
    ("body", "declared"),
    [
        ("Größe is “value”.".encode(), b"us-ascii"),
        ("Größe is “value”.".encode(), b"iso-8859-1"),
        ("Größe is “value”.".encode("cp1252"), b"iso-8859-1"),
        ("Größe is “value”.".encode("cp1252"), b"utf-8"),
        ("Größe is “value”.".encode("cp1252"), b"no-such-set"),
    ],
)
def test_a_wrong_charset_is_repaired(body: bytes, declared: bytes) -> None:
    kind = b"Content-Type: text/plain; charset=" + declared
    data = raw(body, kind, b"Content-Transfer-Encoding: 8bit")

    assert spoken(data) == [("Ann", "Größe is “value”.")]


def test_headers_are_decoded_and_bare_bytes_in_them_repaired() -> None:
    encoded = read(b"From: =?utf-8?q?J=C3=B6rg_Lee?= <j@example.org>\nSubject: =?iso-8859-1?q?Gr=F6=DFe?=\n\nx").found
    bare = read("From: Jörg Lee <j@example.org>\nSubject: Größe\n\nx".encode("cp1252")).found

    assert (encoded.titles, encoded.authors) == (bare.titles, bare.authors) == (("Größe",), ("Jörg Lee",))


def test_flowed_lines_are_one() -> None:
    data = raw(b"Price follows \r\nvalue, always.\r\n\r\n-- \r\nAnn", b"Content-Type: text/plain; format=flowed")

    assert spoken(data) == [("Ann", "Price follows value, always.")]


@pytest.mark.parametrize("date", ["", "yesterday", "Mon, 99 Foo 2026", "31 31 31 +9999"])
def test_a_broken_date_is_no_date(date: str) -> None:
    document = load(raw(b"Price follows value.", b"Date: " + date.encode()), source="a.eml", id="a")

    assert document.about.date is None


def test_what_is_no_mail_says_so() -> None:
    with pytest.raises(SourceError, match="is no mail"):
        read(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")


def test_a_mail_nested_without_end_is_an_error() -> None:
    """Both ways: multiparts in multiparts, and mails in mails."""
    opened = b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (number, number) for number in range(600)
    )

    with pytest.raises(SourceError, match="nested too deeply"):
        read(b"From: a@example.org\n" + opened)
    with pytest.raises(SourceError, match="nested too deeply"):
        read(b"From: a@example.org\nContent-Type: message/rfc822\n\n" * 3000)


PARTS = [
    b"From: Ann <ann@example.org>\n",
    b"From: \xff\xfe<<>@\n",
    b"Subject: =?x?q?=ZZ?= \xe4\n",
    b"Date: ((((\n",
    b"\n",
    b"To: :;,\n",
    b"Content-Type: multipart/mixed; boundary=a\n",
    b"Content-Type: multipart/alternative\n",
    b'Content-Type: text/html; charset="\n',
    b"Content-Type: message/rfc822\n",
    b"Content-Transfer-Encoding: base64\n",
    b"Content-Disposition: attachment; filename*=x''%zz\n",
    b"--a\n",
    b"--a--\n",
    b"one two three\n",
    b"<p>four</p>",
    b"> five\n",
    b"On 1 May Bob wrote:\n",
    b"-- \n",
    b"Best,\n",
    b"\0\xff\n",
    b"---------- Forwarded message ---------\n",
    b"From: Bob\n",
]


@given(st.lists(st.sampled_from(PARTS), max_size=14))
def test_no_mail_is_too_broken(parts: list[bytes]) -> None:
    try:
        draft = read(b"Message-ID: <1>\n" + b"".join(parts))
    except SourceError:
        return

    assert all(piece.text and piece.text == " ".join(piece.text.split()) for piece in draft.pieces)
    "".join(piece.text for piece in draft.pieces).encode()


LINES = [
    "one two",
    "> three",
    "",
    "-- ",
    "Best,",
    "Ann",
    "On 1 May 2026 Bob wrote:",
    "From: Bob",
    "To: Ann",
    "Date: now",
    "---------- Forwarded message ---------",
    "-----Original Message-----",
    "Sent from my iPhone",
    "a@b.org",
]


@given(st.lists(st.sampled_from(LINES), max_size=16), st.booleans())
def test_every_word_of_a_text_is_there_once(lines: list[str], is_forward: bool) -> None:
    """The marks of a quotation inside a forwarded mail are markup, and go."""
    data = raw("\n".join(lines).encode(), b"Subject: Fwd: x" if is_forward else b"Subject: x")

    found = Counter(re.findall(r"\w+", " ".join(piece.text for piece in read(data).pieces)))

    expected = Counter(re.findall(r"\w+", " ".join(lines)))
    for word in ("one", "two", "three", "Best", "wrote", "Bob", "now", "Original", "iPhone", "org"):
        assert (found - Counter({"org": 1}))[word] == expected[word]


def test_an_attachment_whose_reader_fails_does_not_sink_its_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(formats.READERS, ".csv", lambda data: {}[data])
    message = message_from_bytes(mail("Price follows value."), _class=EmailMessage, policy=SMTP)
    message.add_attachment(b"a,b", maintype="text", subtype="csv", filename="a.csv")

    pieces = read(message.as_bytes()).pieces

    assert "Price follows value." in [piece.text for piece in pieces if not piece.reason]
    assert [piece.text for piece in pieces if "its reader failed (KeyError" in (piece.reason or "")] == ["a.csv"]


@pytest.mark.parametrize("mark", ["[AL]", "[Ann]", "[Ann Lee]:", "<AL>", "[al]"])
def test_an_answer_inside_the_quoted_mail_is_the_senders(mark: str) -> None:
    quoted = f"From: Bob Roe\nSent: Monday\nTo: Ann\nSubject: Prices\n\nLower it?\n{mark} No, keep it.\n[BR] I insist."

    assert spoken(mail(f"See below.\n\n{quoted}")) == [
        ("Ann Lee", "See below."),
        ("Bob Roe", "Lower it?"),
        ("Ann Lee", f"{mark} No, keep it."),
    ]


HEADER = "From: Sara Lind <s@example.org>\nSent: Tuesday, June 24, 2025 9:30 AM\nTo: Omer Kaya\nSubject: Fair\n\n"


@pytest.mark.parametrize("mark", ["[OK] ", "[Omer] ", "<Omer Kaya> ", "Omer: ", "OK> ", "Omer Kaya: "])
def test_answers_that_are_marked_inside_a_quoted_mail_are_the_senders(mark: str) -> None:
    answers = [f"{mark}No, one.", f"{mark}Yes."]
    text = f"See my answers below.\n\n{HEADER}Do we need two stands?\n{answers[0]}\nIs one enough?\n{answers[1]}\n"
    mail = f"From: Omer Kaya <o@example.org>\nTo: s@example.org\nSubject: Re: Fair\n\n{text}"

    own = [piece.text for piece in read(mail.encode()).pieces if not piece.reason and piece.kind is BlockKind.PARAGRAPH]

    assert own == ["See my answers below.", *answers]


def test_a_name_inside_a_quoted_mail_is_no_answer_where_none_was_announced() -> None:
    text = f"Fine.\n\n{HEADER}Omer: please call Graz.\n"
    mail = f"From: Omer Kaya <o@example.org>\nTo: s@example.org\nSubject: Re: Fair\n\n{text}"

    own = [piece.text for piece in read(mail.encode()).pieces if not piece.reason and piece.kind is BlockKind.PARAGRAPH]

    assert own == ["Fine."]


def test_a_forwarded_mail_has_its_own_date() -> None:
    head = "From: Bob Roe <b@example.org>\nDate: Mon, 2 Mar 2026\nSubject: x\nTo: Ann"
    forwarded = f"---------- Forwarded message ---------\n{head}\n\nWe lower it.\n"
    document = load(mail(f"See below.\n\n{forwarded}"), source="a.eml", id="a")

    dated = {document.text[one.start : one.end]: one.date for one in document.blocks}
    assert (dated["See below."], dated["We lower it."]) == (None, "2026-03-02")
