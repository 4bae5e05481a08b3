"""Turns a mail that Outlook saved (.msg) into an ordinary mail, which ``mail.py`` reads.

The file is a container of streams, each of which is a property with a number (MS-OXMSG, MS-OXPROPS). A broken property
is left out, and the rest is read; the library python-oxmsg refuses the whole file in this case.
"""

from __future__ import annotations

import codecs
import io
import re
import struct
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from typing import TYPE_CHECKING, NamedTuple

from assistant.errors import SourceError
from ingest.drafts import collapse
from ingest.reading.decoding import decode
from ingest.reading.mail import mail_parts
from ingest.reading.office import rtf

if TYPE_CHECKING:
    from olefile import OleFileIO

MOST = (
    250  # recipients and attachments that are looked at: a bound; ``mail.py`` says where there are more than it reads
)
PROPERTIES = "__properties_version1.0"
RECIPIENT, ATTACHMENT = "__recip_version1.0_#", "__attach_version1.0_#"
INSIDE = "__substg1.0_3701000D"  # of an attachment that is a mail
SUBJECT, BODY, HTML, RICH, INTERNET = 0x0037, 0x1000, 0x1013, 0x1009, 0x007D
TIMES = 0x0039, 0x0E06, 0x3007  # sent, delivered, made
SENDERS = (0x0042, 0x5D02, 0x0065), (0x0C1A, 0x5D01, 0x0C1F)  # names and addresses: for whom, and who sent it
RECIPIENTS = {"To": (1, 0x0E04), "Cc": (2, 0x0E03)}  # their kind, and all their names in one
NAME, KIND, ADDRESSES = 0x3001, 0x0C15, (0x39FE, 0x3003)
FILE_NAMES, FILE_TYPE, FILE = (0x3707, 0x3704, NAME), 0x370E, 0x3701
OF_BODY, OF_TEXTS = 0x3FDE, 0x3FFD  # the numbers of their encodings
CODECS = {65001: "utf-8", 20127: "ascii", 20866: "koi8-r", 21866: "koi8-u", 50220: "iso-2022-jp", 51932: "euc-jp"}
TYPE = re.compile(r"(?!message/|multipart/)([\w.+-]{1,60})/([\w.+-]{1,100})")
SHORTENED = re.compile("\\A\x01.", re.DOTALL)  # before the subject: how long its "Re: " is
VERSION = re.compile(r"\A[^:\r\n]*\r?\n")  # the line above internet headers
EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
# What olefile raises on broken containers.
BROKEN = (OSError, ValueError, LookupError, AttributeError, TypeError, OverflowError, RecursionError, struct.error)


def parse(data: bytes, deepest: int) -> EmailMessage:
    """Convert an Outlook file to a mail with its attachments; mails attached to mails are read up to ``deepest`` levels
    down.

    Raises:
        SourceError: the bytes are not an Outlook mail, or a damaged one.
    """
    from olefile import OleFileIO

    try:
        with OleFileIO(io.BytesIO(data)) as container:
            if container.exists(PROPERTIES):
                return _mail(_Storage(container, (), 32), deepest)
    except BROKEN as exc:
        raise SourceError("is no mail of Outlook's, or damaged. Open it in Outlook, and save it again.") from exc
    raise SourceError("is no mail of Outlook's, whatever its extension says.")


class _Storage(NamedTuple):
    """A storage, that is, a folder inside the .msg file: a mail, a recipient or an attachment.

    The list of its properties begins after ``head`` bytes; ``codec`` is the encoding of its texts.
    """

    container: OleFileIO
    path: tuple[str, ...]
    head: int
    codec: str = "cp1252"

    def inner(self, start: str) -> Iterator[_Storage]:
        """Yield the storages (folders inside the .msg file) that are directly in this one and whose names begin with
        ``start``; at most ``MOST`` of them. Each of these storages holds one recipient or one attachment of the mail.
        """
        depth = len(self.path)
        every = self.container.listdir(streams=False, storages=True)
        named = sorted({one[depth] for one in map(tuple, every) if one[:depth] == self.path and len(one) > depth})
        for name in [name for name in named if name.startswith(start)][:MOST]:
            yield self._replace(path=(*self.path, name), head=8)

    def data(self, number: int, kind: str = "0102") -> bytes:
        """The bytes of the property with this number and type (four hexadecimal digits); empty if it is missing or
        broken.
        """
        return self._stream(f"__substg1.0_{number:04X}{kind}")

    def text(self, *numbers: int) -> str:
        """The text of a property. If several ``numbers`` of properties are given, the first property with a text
        counts. The result is empty if none has a text.
        """
        for number in numbers:
            if wide := self.data(number, "001F"):
                return wide.decode("utf-16-le", "replace").replace("\0", "")
            if narrow := self.data(number, "001E"):
                with suppress(SourceError):
                    return decode(narrow, self.codec).replace("\0", "")
        return ""

    def number(self, number: int) -> int | None:
        """The value of the property with this number, which must hold a whole number or a time. A time is given in
        units of 100 nanoseconds since the beginning of 1601. None if the property is missing.
        """
        entries = self._stream(PROPERTIES)[self.head :]
        for at in range(0, len(entries) - 15, 16):
            kind, own, value = struct.unpack_from("<HH4xQ", entries, at)
            if own == number:
                return int(value if kind == 0x0040 else value & 0xFFFFFFFF)
        return None

    def _stream(self, name: str) -> bytes:
        with suppress(*BROKEN):
            return bytes(self.container.openstream([*self.path, name]).read())
        return b""


def _mail(storage: _Storage, deepest: int) -> EmailMessage:
    storage = storage._replace(codec=_codec(storage.number(OF_TEXTS)) or storage.codec)
    made = mail_parts.new()
    internet = mail_parts.parse(VERSION.sub("", storage.text(INTERNET)).encode("utf-8", "replace"))
    for name, own in _head(storage).items():
        if told := mail_parts.header(internet, name) or collapse(own):
            made[name] = told
    made["Subject"] = collapse(SHORTENED.sub("", storage.text(SUBJECT)))
    _add_body(made, storage)
    for each in storage.inner(ATTACHMENT) if deepest >= 0 else ():
        _attach(made, each, deepest)
    return made


def _head(storage: _Storage) -> dict[str, str]:
    """The headers From, To, Cc and Date, made from the mail's properties; a header is empty if it is unknown."""
    senders = (_person(storage.text(name), storage.text(*addresses)) for name, *addresses in SENDERS)
    head = {"From": next(filter(None, senders), "")}
    people = [(each.number(KIND), _person(each.text(NAME), each.text(*ADDRESSES))) for each in storage.inner(RECIPIENT)]
    for name, (kind, names) in RECIPIENTS.items():
        head[name] = ", ".join(person for own, person in people if own == kind and person) or storage.text(names)
    time = next((value for number in TIMES if (value := storage.number(number))), None)
    with suppress(OverflowError):
        head["Date"] = format_datetime(EPOCH + timedelta(microseconds=time // 10)) if time else ""
    return head


def _person(name: str, address: str) -> str:
    """A name with its mail address; the name alone if the address has no "@", as in Exchange's own directory."""
    name = re.sub(r'["\\\s]+', " ", name).strip()
    if "@" not in address or address == name:
        return name
    return f'"{name}" <{address}>' if name else address


def _add_body(made: EmailMessage, storage: _Storage) -> None:
    """Add the mail's plain text, and its HTML version if there is one; its rich text (RTF) only if there is neither."""
    made.set_content(storage.text(BODY))
    page = storage.data(HTML)
    if not page and (told := storage.text(HTML)):
        page = told.encode("utf-8", "replace")
    if page:
        codec = _codec(storage.number(OF_BODY))
        made.add_alternative(page, "text", "html", params={"charset": codec} if codec else {})
    elif not made.get_content().strip() and (rich := storage.data(RICH)):
        try:
            pieces = rtf.read(_unpacked(rich)).pieces
        except SourceError:
            made.add_attachment(rich, "application", "rtf", filename="mail text.rtf")  # which tells that it is damaged
        else:
            made.set_content("\n\n".join(piece.text for piece in pieces if not piece.reason))


def _unpacked(rich: bytes) -> bytes:
    from compressed_rtf import decompress

    try:
        return bytes(decompress(rich))
    except Exception as exc:  # the library raises no narrower one
        raise SourceError("its text is damaged.") from exc


def _attach(made: EmailMessage, storage: _Storage, deepest: int) -> None:
    """Attach the mail or the file in ``storage`` to the mail ``made``; attached mails are read up to ``deepest`` levels
    down.
    """
    name = collapse(storage.text(*FILE_NAMES)) or None
    within = storage._replace(path=(*storage.path, INSIDE), head=24)
    if within.container.exists([*within.path, PROPERTIES]):
        made.add_attachment(_mail(within, deepest - 1), filename=name)
        return
    kind = TYPE.fullmatch(storage.text(FILE_TYPE).strip().lower())
    main, sub = kind.groups() if kind else ("application", "octet-stream")
    made.add_attachment(storage.data(FILE), main, sub, filename=name)


def _codec(page: int | None) -> str | None:
    """Python's name for the encoding with this Microsoft code page number; None if it is unknown."""
    if page is None:
        return None
    name = CODECS.get(page) or (f"iso8859-{page - 28590}" if 28590 < page < 28606 else f"cp{page}")
    try:
        return codecs.lookup(name).name
    except LookupError:
        return None
