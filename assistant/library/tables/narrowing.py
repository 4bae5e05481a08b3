"""Search filters as SQL conditions."""

from __future__ import annotations

from assistant.library.sql import Many
from assistant.types import Filters

# What files are called, and the media types that are meant.
KINDS = {
    "text": ("text/plain", "text/x-rst", "text/asciidoc", "application/x-ipynb+json"),
    "markdown": ("text/markdown",),
    "web": ("text/html",),
    "pdf": ("application/pdf",),
    "document": (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.oasis.opendocument.text",
        "application/rtf",
    ),
    "slides": (
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "application/vnd.oasis.opendocument.presentation",
    ),
    "sheet": (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.oasis.opendocument.spreadsheet",
        "text/csv",
    ),
    "mail": ("message/rfc822", "application/vnd.ms-outlook", "application/mbox"),
    "chat": ("text/x-chat", "text/vtt", "application/json"),
    "book": ("application/epub+zip",),
}


_DATE = "coalesce(p.date, d.date)"  # of a message in a chat, else of the document


def voice(name: str) -> str:
    """Return the name of an author or speaker in the form in which filters compare names: in lower case and without
    extra spaces. Titles and headings are compared in this form, too."""
    return " ".join(name.casefold().split())


def conditions(filters: Filters) -> tuple[str, dict[str, object]]:
    """Translate ``filters`` into an SQL condition on passages, documents and how these were cleaned; the condition
    calls their tables ``p``, ``d`` and ``c``. Returns the condition, and a dictionary with the values of its named
    parameters.

    If the date of a passage and a date in ``filters`` are not equally exact, only the part that both have is compared:
    ``2012-10`` matches ``2012``.
    """
    known = {
        "documents": (
            "(d.id IN (SELECT value FROM json_each(:documents)) OR d.id IN "
            "(SELECT document FROM sources WHERE source IN (SELECT value FROM json_each(:documents))))"
        ),
        "authors": "p.voice IN (SELECT value FROM json_each(:authors))",
        "languages": "c.language IN (SELECT value FROM json_each(:languages))",
        "kinds": "d.media_type IN (SELECT value FROM json_each(:kinds))",
        "titles": "EXISTS (SELECT 1 FROM json_each(:titles) t WHERE instr(fold(d.title), t.value) > 0)",
        "headings": (
            "EXISTS (SELECT 1 FROM json_each(:headings) w, json_each(p.headings) h "
            "WHERE instr(fold(h.value), w.value) > 0)"
        ),
        "pages": "p.page IN (SELECT value FROM json_each(:pages))",
        "since": f"substr({_DATE}, 1, length(:since)) >= substr(:since, 1, length({_DATE}))",
        "until": f"substr({_DATE}, 1, length(:until)) <= substr(:until, 1, length({_DATE}))",
    }
    values = {
        "documents": Many(filters.documents) if filters.documents else None,
        "authors": Many([voice(name) for name in filters.authors]) if filters.authors else None,
        "since": filters.since,
        "until": filters.until,
        "languages": Many([language.lower() for language in filters.languages]) if filters.languages else None,
        "kinds": Many([type for kind in filters.kinds for type in KINDS[kind]]) if filters.kinds else None,
        "titles": Many([voice(title) for title in filters.titles]) if filters.titles else None,
        "headings": Many([voice(heading) for heading in filters.headings]) if filters.headings else None,
        "pages": Many(filters.pages) if filters.pages else None,
    }
    given: dict[str, object] = {name: value for name, value in values.items() if value}
    return " AND ".join(known[name] for name in given) or "1 = 1", given
