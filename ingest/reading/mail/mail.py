"""Turns a mail into a draft: its own words under its sender's name, then its attachments, each read by the reader of
its format.

Quoted mails, signatures and notices are marked with a reason, and are not content (``quoting.py``); a forwarded mail is
content under the name of its own sender. Attachments are read in memory, never written to disk or opened.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator, Sequence
from dataclasses import replace
from email.message import EmailMessage
from itertools import groupby, takewhile
from pathlib import PurePath

from assistant.errors import SourceError
from assistant.types import BlockKind
from ingest.cleaning.rules import clean
from ingest.drafts import Draft, Metadata, Piece, collapse
from ingest.reading import plain
from ingest.reading.html import page
from ingest.reading.mail import mail_parts, outlook
from ingest.reading.mail.quoting import (
    FROM,
    HEADER,
    LABEL,
    MARKS,
    NOTICE,
    QUOTED,
    SIGNATURE,
    SUBJECT,
    AttributedLine,
    MailLine,
    is_notice,
    name_of,
    told_apart,
)
from ingest.text import dates

MAIL = "message/rfc822"
FIELDS = 3  # of a header: text of other kinds may begin with one or two lines of a field's form
DEPTH = 5  # mails in mails: a bound, since each is read within another
MULTIPARTS = 20  # in multiparts; mail programs need four
PARTS = 200  # of a mail, those of the mails in it included: a bound on the work
BYTES = 50_000_000  # of attachments, unpacked; the largest mail that servers usually take is half of it
HEADERS = ("from", "to", "cc", "date", "subject", "message-id", "received", "return-path", "mime-version")
UNREADABLE = {"text/calendar", "text/vcard", "text/x-vcard", "text/css", "text/javascript"}


def read(data: bytes, *, alone: bool = False) -> Draft:
    """Read a mail as a draft: its words, then its attachments. Its subject, sender and date become title, author and
    date.

    If ``alone`` is true, attachments are named but not read. Callers set ``alone`` if an attachment has crashed the
    process that read it.

    Raises:
        SourceError: the text has no headers of a mail, or is nested too deeply.
    """
    message = mail_parts.parse(data)
    if not any(name in message for name in HEADERS):
        raise SourceError("is no mail: it has no From, To, Date or Subject.")
    return _draft(message, MAIL, alone=alone)


def read_outlook(data: bytes, *, alone: bool = False) -> Draft:
    """Read a mail that Outlook saved (.msg) as a draft: its words, then its attachments.

    If ``alone`` is true, attachments are named but not read. Callers set ``alone`` if an attachment has crashed the
    process that read it.

    Raises:
        SourceError: the file is not such a mail, is damaged, or is nested too deeply.
    """
    return _draft(outlook.parse(data, DEPTH), "application/vnd.ms-outlook", alone=alone)


def read_text(text: str) -> Draft | None:
    """Read a mail, or a thread of mails, that was saved or pasted as plain text. Returns None if the text does not
    begin with a mail's header: at least ``FIELDS`` fields, among them the sender. The names of the fields may be in any
    of the languages that the module ``quoting`` knows.

    Each part of the text has its writer as its speaker. Quoted mails count as content, since they may be in no other
    file; so do signatures and notices.
    """
    lines = text.strip().splitlines()
    above = list(takewhile(str.strip, lines))
    sender = next((name_of(match["name"]) for line in above if (match := FROM.match(line))), None)
    fields = sum(LABEL.match(line) is not None for line in above)
    if not sender or fields < FIELDS or not all(LABEL.match(line) or line[0].isspace() for line in above):
        return None
    subject = next((match["text"] for line in above if (match := SUBJECT.match(line))), "")
    days = (dates.find(line) for line in above if not SUBJECT.match(line))
    told = [Piece(collapse(line), reason=HEADER) for line in above]
    names = next(place for place, line in enumerate(above) if FROM.match(line))
    told[names] = replace(told[names], kind=BlockKind.SPEAKER, speaker=sender, reason=None)
    for piece in _of_lines(told_apart(list(map(MailLine, lines[len(above) :])), sender, is_forward=True)):
        told.append(piece if piece.reason in {HEADER, plain.RULED} else replace(piece, reason=None))
    titles, sent = (
        (text,) if text else () for text in (mail_parts.without_prefix(subject), next(filter(None, days), ""))
    )
    found = Metadata(titles, (sender,), sent, is_written=bool(titles), is_voiced=True)
    return Draft(MAIL, tuple(told), found)


def _draft(message: EmailMessage, media_type: str, *, alone: bool) -> Draft:
    try:
        pieces = tuple(_Reading(alone).mail(message, depth=0))
    except RecursionError as exc:
        raise SourceError("its parts are nested too deeply to be read.") from exc
    subject, sender = mail_parts.subject(message), mail_parts.sender(message)
    titles, authors = ((text,) if text else () for text in (subject, sender))
    return Draft(media_type, pieces, Metadata(titles, authors, mail_parts.date(message)))


class _Reading:
    """Reads one mail and the mails attached to it, and counts the parts and bytes that were read, since both
    are limited.
    """

    def __init__(self, alone: bool) -> None:
        self._alone = alone
        self._parts = 0
        self._bytes = 0

    def mail(self, message: EmailMessage, *, depth: int, name: str = "") -> Iterator[Piece]:
        """Yield the pieces (headings, paragraphs and the like) of a mail. ``name`` is the mail's file name if it is
        attached to another mail, else empty. The mail's heading is ``name`` or, if that is empty, its subject; if the
        mail has both and they differ, the subject is a second heading. ``depth`` is 0 for the outermost mail.
        """
        subject, sender = mail_parts.subject(message), mail_parts.sender(message)
        if name or subject:
            yield Piece(name or subject, BlockKind.HEADING, level=min(1 + depth, 6))
        if name and subject and name != subject:
            yield Piece(subject, BlockKind.HEADING, level=min(2 + depth, 6))
        if facts := mail_parts.facts(message):
            yield Piece(facts, reason=HEADER)
        if sender:
            yield Piece(sender, BlockKind.SPEAKER, speaker=sender)
        is_forward = mail_parts.is_forward(message)
        attached: list[EmailMessage] = []
        for part in self._leaves(message):
            if mail_parts.is_body(part):
                yield from self._body(part, sender, is_forward=is_forward)
            else:
                attached.append(part)
        for part in attached:
            yield from self._attached(part, depth + 1)
        if self._parts > PARTS and depth == 0:
            yield _untold(f"parts after the first {PARTS}", "there are too many.")

    def _leaves(self, message: EmailMessage) -> Iterator[EmailMessage]:
        """Yield the parts of a mail that have content, in order. Of several versions of the same text
        (multipart/alternative), only the best is yielded, with the files attached to the others.
        """
        todo = [(message, True, 0)]
        while todo:
            part, is_chosen, depth = todo.pop(0)
            inner = mail_parts.children(part)
            if depth > MULTIPARTS:
                raise SourceError("its parts are nested too deeply to be read.")
            if not inner:
                self._parts += 1
                if self._parts > PARTS:
                    return
                if is_chosen or (mail_parts.is_attached(part) and part.get_content_maintype() != "image"):
                    yield part
            elif part.get_content_subtype() == "alternative":
                best = mail_parts.best(inner)
                todo[:0] = [(one, is_chosen and one is best, depth + 1) for one in inner]
            else:
                todo[:0] = [(one, is_chosen, depth + 1) for one in inner]

    def _body(self, part: EmailMessage, sender: str | None, *, is_forward: bool) -> Iterator[Piece]:
        try:
            text = mail_parts.text_of(part)
            found = list(page.pieces(text)) if part.get_content_subtype() == "html" else None
        except SourceError as exc:
            yield _untold("mail text", str(exc))
            return
        told = _of_page(found, sender, is_forward) if found is not None else _of_text(text, sender, is_forward)
        for piece in told:
            yield replace(piece, reason=NOTICE) if not piece.reason and is_notice(piece.text) else piece

    def _attached(self, part: EmailMessage, depth: int) -> Iterator[Piece]:
        """Yield the pieces of an attachment; if it cannot be read, a piece that names it and says why."""
        nested = mail_parts.nested(part)
        name = mail_parts.file_name(part, nested)
        data = b"" if nested else mail_parts.content(part)
        self._bytes += len(data)
        try:
            if nested is None and PurePath(name).suffix.lower() == ".eml":
                nested = mail_parts.parse(data)
            elif nested is None and PurePath(name).suffix.lower() == ".msg":
                nested = outlook.parse(data, DEPTH - depth)
            if self._alone:
                yield _untold(name, "what is attached breaks its reader, or takes it too long.")
            elif self._bytes > BYTES:
                yield _untold(name, "all that is attached is too large.")
            elif nested is not None and depth > DEPTH:
                yield _untold(name, "mails are nested too deeply.")
            elif nested is not None:
                yield from self.mail(nested, depth=depth, name=name)
            else:
                yield from _file(part, name, data, depth)
        except SourceError as exc:
            yield _untold(name, str(exc).removeprefix(f"{name}: "))
        except Exception as exc:  # whatever its reader makes of it, the mail is read
            yield _untold(name, f"its reader failed ({type(exc).__name__}: {exc}).")


def _untold(name: str, why: str) -> Piece:
    return Piece(name, reason=f"attachment not read: {name}, {why}")


def _file(part: EmailMessage, name: str, data: bytes, depth: int) -> Iterator[Piece]:
    """Yield the pieces of an attached file under its name as a heading; its boilerplate is marked.

    Raises:
        SourceError: files of this kind cannot be read, or the file is broken.
    """
    from ingest.reading import formats

    if part.get_content_type() in UNREADABLE:
        raise SourceError("it is for programs.")
    kind = mimetypes.guess_extension(part.get_content_type()) or ""
    is_text = part.get_content_maintype() == "text"
    known = next((named for named in (name, f"{name}{kind}", f"{name}.txt" * is_text) if formats.is_known(named)), None)
    if known is None:
        raise SourceError("files of this kind cannot be read.")
    cleaned = clean(formats.read(known, data))
    yield Piece(name, BlockKind.HEADING, level=min(1 + depth, 6))
    for piece in cleaned:
        yield replace(piece, path=(), level=min(piece.level + depth + 1, 6) if piece.level else 0)


def _of_text(text: str, sender: str | None, is_forward: bool) -> Iterator[Piece]:
    said = told_apart([MailLine(line) for line in text.splitlines()], sender, is_forward=is_forward)
    return _of_lines(said)


def _of_lines(said: Sequence[AttributedLine]) -> Iterator[Piece]:
    for (reason, speaker, names, asks, date), group in groupby(said, key=lambda one: one[1:]):
        joined = "\n".join(MARKS.sub("", one.text) if reason == QUOTED else one.text for one in group)
        for piece in plain.pieces(joined):
            kind = BlockKind.SPEAKER if names else BlockKind.QUOTE if asks else piece.kind
            yield replace(piece, kind=kind, reason=reason or piece.reason, speaker=speaker, date=date)


def _of_page(found: Sequence[Piece], sender: str | None, is_forward: bool) -> Iterator[Piece]:
    """Yield the pieces of a mail in HTML, with quotations and signatures marked and without their boxes, since these
    come from the mail program. ``found`` are the pieces as the HTML reader returns them.
    """
    seen = [piece for piece in found if not piece.reason]
    lines = [MailLine(piece.text, any(box.tag == "blockquote" for box in piece.path)) for piece in seen]
    said = iter(told_apart(lines, sender, is_forward=is_forward))
    for piece in found:
        one = AttributedLine(piece.text, piece.reason, sender) if piece.reason else next(said)
        is_signature = any("signature" in box.names for box in piece.path) and not one.names
        reason = one.reason or (SIGNATURE if is_signature else None)
        kind = BlockKind.SPEAKER if one.names else BlockKind.QUOTE if one.asks else piece.kind
        level = 0 if one.speaker else piece.level  # a heading of the markup would end what the speaker says
        text = one.text if one.asks else piece.text
        yield replace(
            piece, text=text, kind=kind, level=level, reason=reason, speaker=one.speaker, date=one.date, path=()
        )
