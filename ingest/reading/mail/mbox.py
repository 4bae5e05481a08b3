"""Turns a mailbox into a draft: each mail is read by itself, in the order of the file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.errors import SourceError
from ingest.drafts import Draft, Metadata, Piece
from ingest.reading.mail import mail, mail_parts

FROM = re.compile(rb"^From \S[^\r\n]{0,200}\d{4}[^\r\n]{0,20}\r?\n", re.MULTILINE)
ESCAPED = re.compile(rb"^>(>*From )", re.MULTILINE)
MAILS = 5_000  # of one file, which becomes one document: a bound, above which one splits it


def read(data: bytes, *, alone: bool = False) -> Draft:
    """Read a mailbox as a draft: each mail under its subject as a heading. The document's date is the date of the
    latest mail.

    A mail that cannot be read is left out of the text. It is listed as a removed piece, whose ``reason`` has the mail's
    number and says why it cannot be read. If ``alone`` is true, attachments are named but not read. We split the
    mailbox ourselves, since the standard library's reader of mailboxes reads only files on disk.

    Raises:
        SourceError: the file holds no mail, or more than ``MAILS`` mails.
    """
    mails = list(_mails(data))
    if not mails:
        raise SourceError("holds no mail.")
    if len(mails) > MAILS:
        raise SourceError(f"it holds more than {MAILS:,} mails; split it.")
    pieces: list[Piece] = []
    dates: list[str] = []
    for number, each in enumerate(mails, 1):
        try:
            draft = mail.read(each, alone=alone)
        except SourceError as exc:
            pieces.append(Piece(f"Mail {number}", reason=f"mail not read: number {number}, {exc}"))
            continue
        pieces += draft.pieces
        dates += draft.found.dates
    return Draft("application/mbox", tuple(pieces), Metadata(dates=tuple(sorted(dates, reverse=True))))


def _mails(data: bytes) -> Iterator[bytes]:
    starts = [match for match in FROM.finditer(data) if _begins(data, match.start())]
    ends = [*(match.start() for match in starts[1:]), len(data)]
    for match, end in zip(starts, ends, strict=False):
        each = data[match.end() : end]
        if any(name in mail_parts.parse(each[:4096]) for name in mail.HEADERS):
            yield ESCAPED.sub(rb"\1", each)


def _begins(data: bytes, at: int) -> bool:
    """Whether a mail may begin at this offset: it is the beginning of the file, or follows an empty line."""
    return at == 0 or data[max(0, at - 2) : at] == b"\n\n" or data[max(0, at - 3) : at] == b"\n\r\n"
