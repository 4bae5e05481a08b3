"""Reads the headers, names and texts of a mail and its parts, even if they are broken."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from email import message_from_bytes
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import parsedate_to_datetime
from typing import Any, cast

from assistant.errors import SourceError
from ingest.drafts import collapse
from ingest.reading.decoding import decode
from ingest.reading.html import page
from ingest.reading.mail.quoting import name_of

CHAIN = re.compile(
    r"\s*(?:(?:re|aw|sv|antw|rif|res|odp|fwd?|wg|tr|rv|enc|doorst)\s*(?:\[\d+\]|\(\d+\))?\s*[:：]|\[ext(?:ernal)?\])\s*",
    re.IGNORECASE,
)
PASSED_ON = re.compile(r"(?:fwd?|wg|tr|rv|enc|doorst)\s*[:：]", re.IGNORECASE)
LONGEST = 4000  # characters of a header that are looked at; the library takes quadratic time for some
STUB = 0.25  # of the words of its html part: a text part with fewer only says that there is one
# What the library's parser of headers raises on broken ones, by its own bug reports; the raw header is used then.
BROKEN = (MessageError, ValueError, LookupError, AttributeError, TypeError, OverflowError, RecursionError)


class _Policy(EmailPolicy):
    """Python's default policy for reading mail, but it cuts headers that are too long.

    A header that breaks Python's parser is returned as raw text.
    """

    def header_fetch_parse(self, name: str, value: str) -> Any:
        try:
            return super().header_fetch_parse(name, value[:LONGEST])
        except BROKEN:
            return "".join(value[:LONGEST].splitlines())

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        """Return the name and the value of a header as they are to be stored, that is, unparsed. The header is parsed
        when it is read.
        """
        return name, value


def new() -> EmailMessage:
    """Make an empty mail, to be filled."""
    return EmailMessage(_Policy())


def parse(data: bytes) -> EmailMessage:
    """Parse a mail; a broken mail is read as far as possible.

    Raises:
        SourceError: the mail's parts are nested too deeply.
    """
    reading = cast("EmailPolicy[EmailMessage]", _Policy())
    try:
        return message_from_bytes(data.lstrip(b"\xef\xbb\xbf\r\n"), _class=EmailMessage, policy=reading)
    except RecursionError as exc:
        raise SourceError("its parts are nested too deeply to be read.") from exc


def children(part: EmailMessage) -> list[EmailMessage]:
    """The parts directly inside this part; empty for an attached mail, which is read as a mail of its own."""
    inner = _payload(part)
    is_mail = part.get_content_maintype() == "message"
    return [one for one in inner if isinstance(one, EmailMessage)] if isinstance(inner, list) and not is_mail else []


def _payload(part: EmailMessage) -> Any:
    """The part's content: a list of parts or a text; None if Python's library cannot parse it."""
    try:
        return part.get_payload()
    except BROKEN:
        return None


def best(parts: Iterable[EmailMessage]) -> EmailMessage | None:
    """Choose one of ``parts``, which are versions of the same text: the version in plain text, unless it is much
    shorter than the one in HTML; else the one in HTML; else the first. ``parts`` must not be empty; the result is then
    never None.
    """
    every = list(parts)
    kinds = {kind: _first(every, kind) for kind in ("text/plain", "text/html")}
    counts = {kind: _count(found[1]) for kind, found in kinds.items() if found}
    plain, html = (kinds[kind] for kind in ("text/plain", "text/html"))
    if plain and counts["text/plain"] and counts["text/plain"] >= STUB * counts.get("text/html", 0):
        return plain[0]
    return (html or plain or (every[0], None))[0]


def _first(parts: Iterable[EmailMessage], kind: str) -> tuple[EmailMessage, EmailMessage] | None:
    """The first part that is or contains body text of this MIME type, and that body; None if there is none."""
    for part in parts:
        for one in part.walk():
            if isinstance(one, EmailMessage) and one.get_content_type() == kind and is_body(one):
                return part, one
    return None


def _count(part: EmailMessage) -> int:
    try:
        told = text_of(part)
        if part.get_content_subtype() == "html":
            told = " ".join(piece.text for piece in page.pieces(told) if not piece.reason)
    except SourceError:
        return 0
    return len(told.split())


def is_body(part: EmailMessage) -> bool:
    """Whether a mail program shows the part as the mail's own text."""
    is_shown = part.get_content_type() in {"text/plain", "text/html"} and not children(part)
    return is_shown and not is_attached(part)


def is_attached(part: EmailMessage) -> bool:
    """Whether the part is an attached file: it is marked as an attachment, or has a file name."""
    return header(part, "content-disposition").partition(";")[0].strip().lower() == "attachment" or bool(
        _filename(part)
    )


def text_of(part: EmailMessage) -> str:
    """Decode the part's text: as UTF-8 if it is valid UTF-8, else with the declared encoding, else by a guess."""
    data = content(part)
    try:
        declared = part.get_content_charset()
    except BROKEN:
        declared = None
    if declared is None and (match := page.CHARSET.search(data[: page.HEAD])):
        declared = match[1].decode("ascii")
    if not data.isascii() and _is_utf_8(data):
        declared = None  # programs that forward a mail often keep its words and lose its encoding
    decoded = decode(data, declared).replace("\r\n", "\n").replace("\r", "\n")
    is_flowed = "flowed" in _param(part, "format").lower()
    return _unflowed(decoded, "yes" in _param(part, "delsp").lower()) if is_flowed else decoded


def _unflowed(text: str, delete: bool) -> str:
    """Join each line that ends in a space with the next one, since they are one line (format=flowed, RFC 3676). With
    ``delete``, that space is removed.
    """
    lines: list[str] = []
    goes_on = False
    for line in text.split("\n"):
        if goes_on and not line.startswith(">") and line != "-- ":
            lines[-1] = (lines[-1][:-1] if delete else lines[-1]) + line
        else:
            lines.append(line)
        goes_on = line.endswith(" ") and line != "-- " and not line.startswith(">")
    return "\n".join(lines)


def content(part: EmailMessage) -> bytes:
    """The part's bytes, with the transfer encoding (such as base64) decoded as far as possible; empty if that fails."""
    try:
        data = part.get_payload(decode=True)
    except BROKEN:
        data = None
    return data if isinstance(data, bytes) else b""


def nested(part: EmailMessage) -> EmailMessage | None:
    """The mail inside a part of the type message/rfc822; None for other parts."""
    inner = _payload(part)
    if part.get_content_type() == "message/rfc822" and isinstance(inner, list) and inner:
        return inner[0] if isinstance(inner[0], EmailMessage) else None
    return None


def file_name(part: EmailMessage, mail: EmailMessage | None) -> str:
    """The file name of an attachment, without folders. An attachment without a file name is named after the subject of
    ``mail``, which is the attached mail (None if something else is attached). If there is no subject either, the result
    is the MIME type of the attachment, such as "image/png".
    """
    own = _filename(part).replace("\\", "/").rstrip("/").rpartition("/")[2]
    return own or (subject(mail) if mail is not None else "") or part.get_content_type()


def _filename(part: EmailMessage) -> str:
    try:
        return _repaired(part.get_filename() or "")
    except BROKEN:
        return ""


def _param(part: EmailMessage, name: str) -> str:
    match = re.search(rf"{name}\s*=\s*\"?([\w-]+)", header(part, "content-type"), re.IGNORECASE)
    return match[1] if match else ""


def header(message: EmailMessage, name: str) -> str:
    """The decoded text of a header, empty if it is missing; bytes without a declared encoding are repaired, and a
    broken header is returned as raw text.
    """
    raw = next((str(value)[:LONGEST] for key, value in message.raw_items() if key.lower() == name), "")
    if _is_mangled(raw):
        return _repaired(raw, _charset(message))
    try:
        return _repaired(str(message[name] or ""))
    except BROKEN:
        return _repaired(raw)


def _is_mangled(text: str) -> bool:
    """Whether the text contains bytes of an unknown encoding, which Python keeps as surrogate escapes."""
    return any("\udc80" <= character <= "\udcff" for character in text)


def _charset(message: EmailMessage) -> str:
    """The encoding that the mail's text declares, which most likely fits undeclared bytes in its headers, too; cp1252
    if none.
    """
    with suppress(*BROKEN):
        return next((named for part in message.walk() if (named := part.get_content_charset())), "cp1252")
    return "cp1252"


def _repaired(text: str, charset: str = "cp1252") -> str:
    with suppress(SourceError, UnicodeEncodeError):
        if _is_mangled(text):
            data = text.encode("utf-8", "surrogateescape")
            text = data.decode() if _is_utf_8(data) else decode(data, charset)
    return collapse(text.encode("utf-8", "replace").decode("utf-8").replace("\0", ""))


def subject(message: EmailMessage) -> str:
    """The subject of the mail, without "Re:" and "Fwd:"."""
    return without_prefix(header(message, "subject"))


def without_prefix(subject: str) -> str:
    """Remove "Re:", "Fwd:" and the like from the beginning of a subject."""
    while match := CHAIN.match(subject):
        subject = subject[match.end() :]
    return subject


def is_forward(message: EmailMessage) -> bool:
    """Whether the subject begins with a prefix for forwarded mail, such as "Fwd:"."""
    match = CHAIN.match(header(message, "subject"))
    return match is not None and PASSED_ON.match(match[0].strip()) is not None


def sender(message: EmailMessage) -> str | None:
    """The sender's name, or the address if there is no name; None if there is neither."""
    return name_of(header(message, "from")) or name_of(header(message, "sender"))


def date(message: EmailMessage) -> tuple[str, ...]:
    """The date of the mail, as a tuple with one text: the date in ISO 8601, or the header Date as it is if it is not a
    valid date. The tuple is empty if the mail has no such header.
    """
    text = header(message, "date")
    try:
        sent: datetime | None = parsedate_to_datetime(text)
    except BROKEN:
        sent = None
    return (sent.isoformat(),) if sent else tuple(filter(None, [text]))


def facts(message: EmailMessage) -> str:
    """The lines From, To, Cc and Date of a mail as one text, as mail programs show them."""
    shown = ((name, header(message, name)) for name in ("from", "to", "cc", "date"))
    return collapse(" ".join(f"{name.capitalize()}: {value}" for name, value in shown if value))


def _is_utf_8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
