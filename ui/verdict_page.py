"""A pressure test as a Markdown page, to be handed on."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import SettingsError

if TYPE_CHECKING:
    from assistant.types import Assumption, Citation, Finding, Verdict

LATER = {".html": "0.2", ".docx": "0.2"}  # the version that is to write it


def check(path: Path) -> None:
    """Refuse a page that cannot be written, before the work is done.

    Raises:
        SettingsError: the format is not Markdown, or there is no such folder.
    """
    kind = path.suffix.lower()
    if kind in LATER:
        raise SettingsError(
            f"{kind} reports come with Pushback {LATER[kind]}; this version writes .md.",
            hint=f"Write --out {path.with_suffix('.md')}.",
        )
    if kind != ".md":
        raise SettingsError(f"A report cannot be written as {path.name}.", hint="Give a file name that ends in .md.")
    if not path.absolute().parent.is_dir():
        raise SettingsError(f"There is no folder {path.absolute().parent}.", hint="Make it, or choose another --out.")


def write(verdict: Verdict, path: Path) -> None:
    """Write the page.

    Raises:
        SettingsError: the file cannot be written.
    """
    try:
        path.write_text(page(verdict), encoding="utf-8")
    except OSError as exc:
        raise SettingsError(f"{path} cannot be written: {exc.strerror}.", hint="Choose another --out.") from exc


def page(verdict: Verdict) -> str:
    """The verdict in Markdown; the documents' own words stay words."""
    parts = [
        "# Pressure test",
        f"> {_plain(verdict.idea)}",
        f"The idea, by these documents: **{verdict.ruling}**. Searched: {verdict.searched.documents} documents, "
        f"{verdict.searched.passages} passages.",
        *(_assumption(number, one) for number, one in enumerate(verdict.assumptions, start=1)),
    ]
    if verdict.leaps_of_faith:
        leaps = (f"- {_plain(leap)}" for leap in verdict.leaps_of_faith)
        parts.append("\n".join(["## Leaps of faith, which nothing supports", "", *leaps]))
    return "\n\n".join(parts) + "\n"


def _assumption(number: int, one: Assumption) -> str:
    head = f"## {number}. {_plain(one.text)}\n\nAs {one.lens}: **{one.ruling}**."
    findings = "\n".join(map(_finding, one.findings)) or "The documents say nothing on this."
    return f"{head}\n\n{findings}"


def _finding(one: Finding) -> str:
    return f"- {one.stance} ({one.confidence:.2f}): “{_plain(one.citation.quote)}” {_place(one.citation)}"


def _place(citation: Citation) -> str:
    about = citation.about
    known = ", ".join(_plain(part) for part in (citation.voice, about.title, about.date) if part)
    return f"({known}; {_plain(about.source)}:{citation.start}-{citation.end})"


def _plain(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>#|])", r"\\\1", " ".join(text.split()))
