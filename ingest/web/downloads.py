"""Turns a server's response into a file for the readers: finds its kind, decompresses it, and converts its encoding."""

from __future__ import annotations

import re
import zlib
from pathlib import PurePosixPath

import httpx

from assistant.errors import SourceError
from ingest.reading.decoding import known
from ingest.reading.formats import is_known

EXTENSIONS = {
    "text/html": ".html",
    "application/xhtml+xml": ".xhtml",
    "text/plain": ".txt",
    "text/markdown": ".md",
    "text/x-markdown": ".md",
    "text/csv": ".csv",
    "text/tab-separated-values": ".tsv",
    "application/json": ".json",
    "application/pdf": ".pdf",
    "application/rtf": ".rtf",
    "text/rtf": ".rtf",
    "application/epub+zip": ".epub",
    "message/rfc822": ".eml",
    "application/vnd.ms-outlook": ".msg",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.oasis.opendocument.text": ".odt",
}
UNTOLD = {
    "",
    "text/plain",
    "application/octet-stream",
    "binary/octet-stream",
}  # what servers say of what they don't know


def extension_of(url: httpx.URL, media_type: str) -> str:
    """The file extension for a page, by the content type that the server names (``media_type``). If that type says
    nothing, as ``application/octet-stream`` does, the extension in the address is used.

    Raises:
        SourceError: pages of this type cannot be read.
    """
    own = PurePosixPath(url.path).suffix.lower()
    if media_type in UNTOLD and is_known(f"page{own}") and EXTENSIONS.get(media_type) != own:
        return own
    extension = EXTENSIONS.get(media_type, "")
    if not is_known(f"page{extension}"):
        raise SourceError(
            f"{url}: is {media_type or 'of no named kind'}, which cannot be read.",
            hint="Name a page, or save it in a form that is.",
        )
    return extension


class Unpacked:
    """Decompresses the bytes of a page as they arrive. ``data`` has the result, of which at most ``most`` + 1 bytes are
    kept: enough to see that the page is larger than ``most``, the limit.
    """

    def __init__(self, encoding: str, most: int) -> None:
        if encoding.lower() not in {"", "identity", "gzip", "x-gzip"}:
            raise SourceError(f"comes packed as {encoding}, which was not asked for.", hint="Save it as a file.")
        self._packed = zlib.decompressobj(wbits=31) if encoding.lower() in {"gzip", "x-gzip"} else None
        self._most = most
        self._arrived = 0
        self.data = bytearray()

    def add(self, chunk: bytes) -> bool:
        """Add bytes that have arrived. Returns False once the compressed or the decompressed size is above ``most``
        bytes.
        """
        self._arrived += len(chunk)
        room = self._most + 1 - len(self.data)  # at least 1, as long as it fits
        self.data += self._packed.decompress(chunk, room) if self._packed else chunk[:room]
        return max(self._arrived, len(self.data)) <= self._most

    def is_whole(self) -> bool:
        """Whether the compressed stream is complete. True also if the page is not compressed or is empty."""
        return self._packed is None or self._packed.eof or not self._arrived


def in_utf_8(data: bytes, media_type: str, content_type: str) -> bytes:
    """Convert text whose encoding the server named to UTF-8 with a byte order mark. The mark tells the function that
    reads the page which encoding the text has, so that it need not guess. ``data`` is returned unchanged if it is not
    text, has such a mark already, or is not in the named encoding, and also if the server named UTF-8 or no known
    encoding.

    ``content_type`` is the whole HTTP header Content-Type, which may name the encoding. ``media_type`` is only the type
    in it, such as ``text/html``; it says whether the data is text.
    """
    match = re.search(r"charset\s*=\s*[\"']?([\w.:-]+)", content_type, re.IGNORECASE)
    if not match or not media_type.startswith(("text/", "application/xhtml")) or data.startswith(b"\xef\xbb\xbf"):
        return data
    encoding = known(match[1])
    try:
        return b"\xef\xbb\xbf" + data.decode(encoding).encode() if encoding and encoding != "utf-8" else data
    except ValueError:
        return data
