"""Stores web pages as files beside the library, where sync finds them like any other files.

A page is stored in ``FOLDER/HOST/NAME-HASH.EXTENSION``. What the server said about each page (ETag, date) is in
``.pages.json``, so that an unchanged page costs one short request. If a page cannot be fetched, its file stays
unchanged.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from assistant.errors import SourceError
from ingest.folder.files import Failed
from ingest.web.fetching import Fetched, Known, fetch

KEPT = ".pages.json"
LONGEST = 60  # characters of a file's name before its hash: it can still be read in a list, and file systems take 255


class StoredPage(NamedTuple):
    """A page as it was last fetched; ``file`` is the path of its file, relative to the folder in which pages are
    stored.
    """

    file: str
    etag: str | None
    last_modified: str | None
    fetched_at: str


def keep(addresses: Iterable[str], folder: Path, allow_private: Sequence[str] = ()) -> list[Failed]:
    """Fetch each page and store it in ``folder``; unchanged pages are not written again. Returns the pages that could
    not be fetched, with the reasons.

    ``allow_private`` are names of hosts that may have private addresses.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pages = _read(folder / KEPT)
    failed: list[Failed] = []
    for address in addresses:
        try:
            _keep(address, folder, pages, allow_private)
        except SourceError as exc:
            failed.append(Failed(address, str(exc)))
    return failed


def _keep(address: str, folder: Path, pages: dict[str, StoredPage], allow_private: Sequence[str]) -> None:
    before = pages.get(address)
    known = Known(before.etag, before.last_modified) if before and (folder / before.file).exists() else None
    got = fetch(address, known=known, allow_private=allow_private)
    if not isinstance(got, Fetched):
        return
    file = _name(address, got.extension)
    _write(folder / file, got.data)
    pages[address] = StoredPage(file, got.etag, got.last_modified, got.fetched_at)
    _write(folder / KEPT, json.dumps({name: page._asdict() for name, page in pages.items()}, indent=1).encode())
    if before and before.file != file:
        (folder / before.file).unlink(missing_ok=True)


def _name(address: str, extension: str) -> str:
    parts = urlsplit(address)
    slug = re.sub(r"[^\w.-]+", "-", parts.path).strip("-.")[-LONGEST:].strip("-.") or "index"
    digest = hashlib.sha256(address.encode()).hexdigest()[:8]
    host = re.sub(r"[^\w.-]+", "-", parts.netloc).strip("-.") or "page"
    return f"{host}/{slug.removesuffix(extension)}-{digest}{extension}"


def _read(path: Path) -> dict[str, StoredPage]:
    """The pages that were fetched before, by address; empty if the file ``path`` cannot be read, and then all pages are
    fetched again.
    """
    try:
        return {address: StoredPage(**page) for address, page in json.loads(path.read_text("utf-8")).items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    new.write_bytes(data)
    new.replace(path)
