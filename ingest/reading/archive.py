"""Opens zip files from strangers: nothing is written to disk, fetched, or unpacked without limit.

The sizes that a container states are not trusted; the bytes that are read are counted. Archives inside a container are
never opened.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from lzma import LZMAError
from typing import Any, NoReturn

from lxml import etree

from assistant.errors import SourceError

TOTAL = 200_000_000  # bytes unpacked; the largest decks hold as much in pictures, which are not read
TREE = 64_000_000  # bytes of XML, 1.5 million cells; a tree of nothing but empty elements takes 30 times as much
RATIO = 250  # unpacked to packed; dull sheets come to about 100, deflate itself ends at 1032
SMALL = 10_000_000  # bytes; less than this may be packed as tightly as it likes
MEMBERS = 20_000  # parts: a bound on the work before anything is unpacked; not measured
CHUNK = 1 << 20  # bytes unpacked between two looks at the bounds above
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the container of Office before 2007, and of encrypted files since
ENCRYPTED = "it is encrypted and needs a password."
# How XML that nobody vouches for is parsed, whole or element by element.
SAFELY: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}
BROKEN = (
    zipfile.BadZipFile, zlib.error, LZMAError, EOFError, OSError, ValueError, RuntimeError, NotImplementedError,
)  # fmt: skip


class Archive:
    """The members (files) of a zip container, found by name; upper and lower case count as the same, as office formats
    require.
    """

    def __init__(self, data: bytes) -> None:
        """Look at the container's list of members.

        Raises:
            SourceError: the file is not a zip file, or is truncated, encrypted or malicious.
        """
        self._unpacked = 0
        self._packed = len(data)
        if data.startswith(OLE):
            if "EncryptedPackage".encode("utf-16-le") in data:
                raise SourceError(ENCRYPTED)
            raise SourceError("it is in the format of before 2007; save it in the newer one.")
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except BROKEN as exc:
            why = "it is cut short" if data.startswith(b"PK\3\4") else "it is no zip container"
            raise SourceError(f"{why}, so not what its extension says.") from exc
        self._members = _members(self._zip.infolist())

    def __contains__(self, name: str) -> bool:
        return _plain(name) in self._members

    def read(self, name: str) -> bytes:
        """The unpacked bytes of the member with this name.

        Raises:
            SourceError: the member is missing, damaged or encrypted, or its unpacked size is too large.
        """
        info = self._members.get(_plain(name))
        if info is None:
            raise SourceError(f"its part {name} is missing.")
        if info.flag_bits & 0x1:
            raise SourceError(ENCRYPTED)
        parts: list[bytes] = []
        try:
            with self._zip.open(info) as member:
                while part := member.read(CHUNK):
                    parts.append(part)
                    self._count(len(part))
        except BROKEN as exc:
            raise SourceError(f"its part {name} is damaged.") from exc
        return b"".join(parts)

    def xml(self, name: str) -> etree._Element:
        """Parse a member as XML and return its root element.

        Raises:
            SourceError: as for ``read``, or the member is not valid XML.
        """
        return parse(self.read(name), name)

    def _count(self, size: int) -> None:
        self._unpacked += size
        if self._unpacked > TOTAL or self._unpacked > max(SMALL, RATIO * self._packed):
            raise SourceError(
                f"it unpacks to more than {self._unpacked // 1_000_000} MB, which is more than is safe to read."
            )


def parse(data: bytes, name: str) -> etree._Element:
    """Parse XML and return its root element; entities are not expanded, and no document type is loaded. ``name`` is the
    name of the file in the zip container, for the error message.

    Raises:
        SourceError: the text is broken or too large, declares entities, or is nested too deeply.
    """
    try:
        root = etree.fromstring(bounded(data, name), parser())
    except (etree.XMLSyntaxError, ValueError) as exc:
        refuse(name, exc)
    check(root, name)
    return root


def bounded(data: bytes, name: str) -> bytes:
    """Return the bytes of an XML text unchanged if there are at most ``TREE`` of them (64 MB). The parsed tree of a
    larger text could take gigabytes of memory. ``name`` is the name of the file that holds the text, for the error
    message.

    Raises:
        SourceError: the text is larger than ``TREE`` bytes.
    """
    if len(data) > TREE:
        raise SourceError(f"its part {name} holds {len(data) // 1_000_000} MB, which is more than is safe to read.")
    return data


def parser() -> etree.XMLParser:
    """An XML parser that loads nothing from elsewhere and expands no entities."""
    return etree.XMLParser(**SAFELY)


def refuse(name: str, exc: Exception) -> NoReturn:
    """Raise a SourceError that says why the XML of ``name`` (a file in a zip container) could not be parsed; ``exc`` is
    the XML parser's error.
    """
    if "depth" in str(exc).lower():
        raise SourceError(f"its part {name} is nested too deeply to be read.") from exc
    raise SourceError(f"its part {name} is no sound XML.") from exc


def check(root: etree._Element, name: str) -> None:
    """Refuse XML whose document type declares entities, since no office file needs them. ``name`` is the file's name in
    the zip container, for the error message.

    Raises:
        SourceError: the document type declares entities.
    """
    dtd: Any = root.getroottree().docinfo.internalDTD  # the stubs know nothing of it
    if dtd is not None and next(iter(dtd.iterentities()), None) is not None:
        raise SourceError(f"its part {name} declares entities, as no office file does.")


def local(element: etree._Element) -> str:
    """An element's name without its namespace; empty for a comment or a processing instruction."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def value(element: etree._Element | None, name: str = "val") -> str | None:
    """The value of the attribute with this name in any namespace, since office files use different ones; None if there
    is no such attribute.
    """
    if element is not None:
        for key, held in element.attrib.items():
            if str(key).rpartition("}")[2] == name:
                return str(held)
    return None


def child(element: etree._Element | None, *names: str) -> etree._Element | None:
    """Go from the element to its child with the first name, from there to that child's own child with the second name,
    and so on. Return the last child; None if one of the children is missing, or ``element`` is None.
    """
    for name in names:
        if element is None:
            return None
        element = next((inner for inner in element if local(inner) == name), None)
    return element


def count(text: str | None, default: int = 0) -> int:
    """The whole number that an attribute's text consists of; ``default`` if the text is missing, is not a whole number,
    or is longer than 9 characters.
    """
    is_number = text is not None and text.lstrip("-").isascii() and text.lstrip("-").isdigit() and len(text) <= 9
    return int(text) if text is not None and is_number else default


def _members(infos: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    if len(infos) > MEMBERS:
        raise SourceError(f"it holds {len(infos):,} parts, which is more than is safe to read.")
    members: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        name = info.filename.replace("\\", "/")  # some exporters write Windows' separator
        if name.startswith("/") or ".." in name.split("/") or ":" in name.split("/")[0]:
            raise SourceError(f"its part {name[:80]!r} points outside of it.")
        if _plain(name) in members:
            raise SourceError(f"its part {name[:80]!r} is there twice.")
        members[_plain(name)] = info
    return members


def _plain(name: str) -> str:
    return posixpath.normpath(name).lower()
