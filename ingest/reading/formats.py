"""Which reader reads which file, by its extension."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath

from assistant.errors import SourceError
from ingest.drafts import Draft
from ingest.reading import csvs, docx, epub, mail, markdown, odt, page, pdf, plain, pptx, rtf, xlsx

READERS: dict[str, Callable[[bytes], Draft]] = {
    ".txt": plain.read,
    ".text": plain.read,
    ".md": markdown.read,
    ".markdown": markdown.read,
    ".html": page.read,
    ".htm": page.read,
    ".xhtml": page.read,
    **dict.fromkeys((".docx", ".docm", ".dotx"), docx.read),
    **dict.fromkeys((".pptx", ".pptm", ".ppsx"), pptx.read),
    **dict.fromkeys((".xlsx", ".xlsm"), xlsx.read),
    **dict.fromkeys((".csv", ".tsv"), csvs.read),
    **dict.fromkeys((".odt", ".ott"), odt.read),
    ".rtf": rtf.read,
    ".pdf": pdf.read,
    ".eml": mail.read,
    ".epub": epub.read,
}


def is_known(name: str) -> bool:
    """Whether a file of this name is one that can be read."""
    return PurePath(name).suffix.lower() in READERS


def has_attachments(name: str) -> bool:
    """Whether a file of this name can have others attached to it."""
    return PurePath(name).suffix.lower() == ".eml"


def read(name: str, data: bytes, *, alone: bool = False) -> Draft:
    """The draft of a file; ``alone`` leaves out what is attached to it.

    Raises:
        SourceError: the format is unknown, or the bytes are not of it; names the file.
    """
    if not is_known(name):
        raise SourceError(f"{name}: files of this kind cannot be read; known are {', '.join(READERS)}.")
    reader = READERS[PurePath(name).suffix.lower()]
    try:
        return mail.read(data, alone=True) if alone and has_attachments(name) else reader(data)
    except SourceError as exc:
        raise SourceError(f"{name}: {exc}") from exc
