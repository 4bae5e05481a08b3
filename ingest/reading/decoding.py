"""Turns bytes into text: tries a byte order mark, then the encoding that the file declares, then UTF-8, then a
confident guess.
"""

from __future__ import annotations

import codecs
import re

from assistant.errors import SourceError
from ingest.reading.encodings import windows

MARKS = (  # the longer first: UTF-32's mark begins with UTF-16's
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
BETWEEN = ",;."  # figures: a sheet of them is text
SAMPLE = 1 << 16  # bytes to guess an encoding from; more changes no guess and costs time
# The encodings of text that Python reads in time that grows with their length; "punycode" and "idna" are none.
LINEAR = re.compile(
    r"utf-(?:8(?:-sig)?|16|32)(?:-[bl]e)?|ascii|cp\d+|(?:iso8859|koi8|mac)-\w+|kz1048|ptcp154|tis-620|hp-roman8|gb\w+|big5\w*|hz|johab"
    r"|(?:shift_jis|euc|iso2022)_\w+|shift_jis"
)
CONTROL = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1b\x1c\x1d\x1e\x1f"))
NOT_TEXT = "not a text file"


def decode(data: bytes, declared: str | None = None) -> str:
    """Decode the bytes to text; ``declared`` is the encoding that the file names, None if it names none.

    Raises:
        SourceError: the bytes are not text, or contradict their byte order mark; the message says which of the two.
    """
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return _strict(data.removeprefix(mark) if encoding == "utf-8" else data, encoding)
    if declared and (text := _declared(data, declared)) is not None:
        return text
    if b"\0" in data[:SAMPLE]:
        raise SourceError(f"{NOT_TEXT} (it holds zero bytes).")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return _guess(data)
    if _controls(data) > 0.02:
        raise SourceError(f"{NOT_TEXT} (it is full of control characters).")
    return text


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as exc:
        raise SourceError(f"marked as {encoding.upper()}, but broken at byte {exc.start}: {exc.reason}.") from exc


def _declared(data: bytes, encoding: str) -> str | None:
    """Decode the bytes with the encoding that the file names; None if Python does not know it or the bytes do
    not fit.
    """
    try:
        name = known(encoding)
        is_wide = name is not None and name.startswith(("utf-16", "utf-32"))  # it could not have been read so far
        return data.decode(name) if name and not is_wide else None
    except ValueError:
        return None


def known(encoding: str) -> str | None:
    """Python's name of an encoding that a file names; None if it is unknown, is not an encoding of text, or is slow to
    decode.
    """
    try:
        name = codecs.lookup(encoding).name
    except (LookupError, ValueError):
        return None
    # Browsers read Latin-1 as Windows-1252 (the WHATWG encoding standard), and pages rely on it.
    return "cp1252" if name in {"iso8859-1", "ascii"} else name if LINEAR.fullmatch(name) else None


def _guess(data: bytes) -> str:
    """Decode the bytes as slightly broken UTF-8, or with the encoding that is guessed from their letters.

    Raises:
        SourceError: the bytes are not text.
    """
    if _controls(data) > 0.005:
        raise SourceError(f"{NOT_TEXT} (it is full of control characters).")
    repaired = data.decode("utf-8", errors="replace")
    broken = repaired.count("\ufffd")
    if broken <= 0.1 * sum(character > "\x7f" for character in repaired):
        return repaired  # nearly all of it is UTF-8: some characters are lost, and are shown as such
    encoding = windows(data[:SAMPLE])
    if encoding is None:
        from charset_normalizer import from_bytes

        best = from_bytes(data[:SAMPLE], threshold=0.1, preemptive_behaviour=False).best()
        encoding = best.encoding if best is not None else None
        if encoding in {None, "utf_8"} or _is_western(data):
            encoding = "cp1252"
    try:
        text = data.decode(encoding or "cp1252")
    except UnicodeDecodeError as exc:
        raise SourceError(f"{NOT_TEXT} (neither UTF-8 nor any other encoding fits it).") from exc
    if sum(c.isalnum() or c.isspace() or c in BETWEEN for c in text[:SAMPLE]) < 0.6 * len(text[:SAMPLE]):
        raise SourceError(f"{NOT_TEXT} (most of it is no words).")
    return text


def _is_western(data: bytes) -> bool:
    """Whether nearly all bytes are ASCII. The others are then most likely quotation marks and accents in
    Windows-1252.
    """
    sample = data[:SAMPLE]
    return len(sample.translate(None, bytes(range(128)))) < 0.1 * len(sample)


def _controls(data: bytes) -> float:
    sample = data[:SAMPLE]
    return 1 - len(sample.translate(None, CONTROL)) / max(1, len(sample))
