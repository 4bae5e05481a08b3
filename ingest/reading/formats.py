"""Chooses the reader for a file by the file's extension."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePath

from assistant.errors import SourceError
from ingest.drafts import Draft
from ingest.reading import csvs, plain
from ingest.reading.html import epub, page
from ingest.reading.mail import mail, mbox
from ingest.reading.markup import markdown, markups, notebooks
from ingest.reading.office import docx, odf, odt, pptx, rtf, xlsx
from ingest.reading.pdf import pdf
from ingest.reading.transcripts import chats, exports, subtitles

HEAD = exports.HEAD
READERS: dict[str, Callable[[bytes], Draft]] = {
    ".txt": plain.read,
    ".text": plain.read,
    **dict.fromkeys((".md", ".mdx"), markdown.read),
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
    ".msg": mail.read_outlook,
    ".epub": epub.read,
    ".mbox": mbox.read,
    **dict.fromkeys((".ods", ".ots"), odf.read_sheet),
    **dict.fromkeys((".odp", ".otp"), odf.read_deck),
    ".ipynb": notebooks.read,
    ".rst": markups.read_rst,
    **dict.fromkeys((".adoc", ".asciidoc"), markups.read_adoc),
    **dict.fromkeys((".vtt", ".srt"), subtitles.read),
    **dict.fromkeys((".json", ".jsonl"), exports.read),
}
MAILS = {".eml": mail.read, ".msg": mail.read_outlook, ".mbox": mbox.read}
TRANSCRIPTS = frozenset({".docx", ".docm", ".odt", ".rtf", ".pdf"})  # in which programs of meetings save what was said


def is_known(name: str) -> bool:
    """Whether a file of this name can be read, judged by its extension."""
    return PurePath(name).suffix.lower() in READERS


def is_mostly_for_programs(name: str) -> bool:
    """Whether a file of this name, judged by its extension, is JSON. Such files usually hold a program's data; they are
    read only if they hold a chat.
    """
    return READERS.get(PurePath(name).suffix.lower()) is exports.read


def is_for_people(head: bytes) -> bool:
    """Whether a JSON file may hold a chat, judged by its first ``HEAD`` bytes."""
    return exports.is_chat(head)


def has_attachments(name: str) -> bool:
    """Whether a file of this name, judged by its extension, is a mail or a mailbox, and so can have attachments."""
    return PurePath(name).suffix.lower() in MAILS


def read(name: str, data: bytes, *, alone: bool = False) -> Draft:
    """Read a file as a draft, with the reader for its extension. If ``alone`` is true, the file's attachments are left
    out.

    Raises:
        SourceError: the format is unknown, or the bytes are not in this format; the message names the file.
    """
    if not is_known(name):
        raise SourceError(f"{name}: files of this kind cannot be read; known are {', '.join(READERS)}.")
    kind = PurePath(name).suffix.lower()
    try:
        draft = MAILS[kind](data, alone=True) if alone and kind in MAILS else READERS[kind](data)
    except SourceError as exc:
        raise SourceError(f"{name}: {exc}") from exc
    said = chats.parted(draft.pieces) if kind in TRANSCRIPTS else []
    return replace(draft, pieces=tuple(said), found=replace(draft.found, is_voiced=True)) if said else draft
