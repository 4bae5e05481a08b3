"""Writes a pressure test to a file: Markdown, an HTML page or a Word document, as the file name's ending says."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import SettingsError
from assistant.plainly import why

if TYPE_CHECKING:
    from ui.reports.verdict_report import Report

KINDS = (".md", ".html", ".docx")


def check(path: Path) -> None:
    """Check, before an idea is tested, that its report can later be written to the file ``path``.

    Raises:
        SettingsError: the file name's ending is unknown, the folder does not exist, or the file cannot be written
            there.
    """
    if path.suffix.lower() not in KINDS:
        hint = "Give a file name that ends in .md, .html or .docx."
        raise SettingsError(f"A report cannot be written as {path.name}.", hint=hint)
    if not path.absolute().parent.is_dir():
        raise SettingsError(f"There is no folder {path.absolute().parent}.", hint="Make it, or choose another --out.")
    if path.is_dir() or not os.access(path if path.exists() else path.absolute().parent, os.W_OK):
        raise SettingsError(f"{path} cannot be written.", hint="Choose another --out.")


def write(report: Report, path: Path) -> None:
    """Write the report to the file ``path``. The ending of the file's name decides the format: .md, .html or .docx.

    Raises:
        SettingsError: the file cannot be written.
    """
    page = rendered(report, path.suffix.lower())
    try:
        path.write_bytes(page)
    except OSError as exc:
        raise SettingsError(f"{path} cannot be written: {why(exc)}.", hint="Choose another --out.") from exc


def rendered(report: Report, kind: str) -> bytes:
    """The report as the content of a file. ``kind`` is the format: ``.md``, ``.html`` or ``.docx``."""
    from ui.reports.verdict_outline import outline

    parts = outline(report)
    if kind == ".docx":
        from ui.reports import verdict_docx

        return verdict_docx.document(parts)
    if kind == ".html":
        from ui.reports import verdict_html

        return verdict_html.page(parts).encode()
    from ui.reports import verdict_markdown

    return verdict_markdown.page(parts).encode()
