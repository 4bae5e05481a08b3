"""Turns an e-book into a draft: the chapters in reading order, each read as a web page."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import unquote

from lxml import etree

from assistant.errors import SourceError
from ingest.drafts import Draft, Metadata, Piece, collapse
from ingest.reading.archive import ENCRYPTED, Archive, child, local, value
from ingest.reading.decoding import decode
from ingest.reading.html import page

MEDIA_TYPE = "application/epub+zip"
CONTAINER, ENCRYPTION = "META-INF/container.xml", "META-INF/encryption.xml"
OF_FONTS = {"http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"}
CONTENTS = "table of contents"
PROLOG = re.compile(rb"\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_.:-]+)")
DOCTYPE = re.compile(r"<!DOCTYPE[^\[>]*(?:\[.{0,4000}?\]\s*)?>", re.DOTALL | re.IGNORECASE)
# Characters in which a document type may be declared: it stands first; a bound, since any text can follow.
HEAD = 1 << 13
EMPTY = re.compile(r"<(?!(?:br|hr|img|meta|link|input|col|wbr|area|base|embed|source|param)\b)([A-Za-z][\w:-]*)"
                   r"((?:\s[^<>]*)?)/>", re.IGNORECASE)  # fmt: skip
CHAPTERS = frozenset({"application/xhtml+xml", "text/html", "application/xml", "text/x-oeb1-document"})


def read(data: bytes) -> Draft:
    """Read an EPUB file as a draft. The headings of the chapters are one level lower than in the file, since the book's
    title is the top heading.

    Raises:
        SourceError: the file is not an e-book, is damaged or malicious, or is locked by its seller.
    """
    archive = Archive(data)
    if ENCRYPTION in archive and _is_locked(archive.xml(ENCRYPTION)):
        raise SourceError(ENCRYPTED)
    part = next((value(e, "full-path") or "" for e in archive.xml(CONTAINER).iter("{*}rootfile")), "")
    book = archive.xml(part)
    pieces: list[Piece] = []
    for name, is_contents in _spine(book, posixpath.dirname(part)):
        if name in archive:
            reason = CONTENTS if is_contents else None
            pieces += (replace(piece, reason=piece.reason or reason) for piece in _chapter(archive.read(name)))
    if not pieces:
        raise SourceError("it holds no chapters.")
    return Draft(MEDIA_TYPE, tuple(pieces), _metadata(book))


def _chapter(data: bytes) -> Iterator[Piece]:
    declared = PROLOG.match(data)
    text = decode(data, declared[1].decode("ascii") if declared else None)
    # A page's reader takes "<title/>" for an opening tag and all that follows for the title.
    text = EMPTY.sub(r"<\1\2></\1>", DOCTYPE.sub("", text[:HEAD], count=1) + text[HEAD:])
    for piece in page.pieces(text):  # no boxes: what surrounds a chapter is text, too
        yield replace(piece, path=(), level=piece.level + 1 if piece.level else 0)


def _spine(book: etree._Element, folder: str) -> Iterator[tuple[str, bool]]:
    """Yield the file name of each chapter in reading order, and whether it is a table of contents. ``folder`` is the
    folder of the package file (``book``) in the archive.
    """
    manifest, spine, guide = (child(book, name) for name in ("manifest", "spine", "guide"))
    items = {value(item, "id"): item for item in (manifest if manifest is not None else ())}
    guided = {
        value(reference, "href") for reference in (guide if guide is not None else ())
        if (value(reference, "type") or "").lower() == "toc"
    }  # fmt: skip
    seen = set()
    for reference in spine if spine is not None else ():
        item = items.get(value(reference, "idref"))
        href = value(item, "href") or ""
        if item is not None and href not in seen and value(item, "media-type") in CHAPTERS:
            seen.add(href)
            is_contents = "nav" in (value(item, "properties") or "").split() or href in guided
            yield posixpath.normpath(posixpath.join(folder, unquote(href))), is_contents


def _is_locked(root: etree._Element) -> bool:
    """Whether anything but fonts is encrypted; many open books have encrypted fonts."""
    methods = {value(method, "Algorithm") for method in root.iter("{*}EncryptionMethod")}
    return not methods <= OF_FONTS


def _metadata(book: etree._Element) -> Metadata:
    held: dict[str, list[str]] = {}
    metadata = child(book, "metadata")
    for element in metadata.iter() if metadata is not None else ():
        if text := collapse(element.text or "" if local(element) else ""):
            held.setdefault(local(element).lower(), []).append(text)
    authors = held.get("creator", [])
    return Metadata(
        titles=tuple(held.get("title", [])[:1]),
        authors=(", ".join(authors),) if authors else (),
        dates=tuple(held.get("date", [])),
    )
