"""Corrections of a document's title, author and date by people: on the page, with `pushback correct`, or over the
API."""

from __future__ import annotations

from assistant.errors import SettingsError
from assistant.library.library import Library
from assistant.library.records import Corrected, Correction
from assistant.text import dates
from assistant.types import Document

LONGEST = 300  # characters of a title or a name


def correct(document: Document, given: Correction, library: Library) -> None:
    """Store a person's corrections of a document's title, author or date. The corrections stay when the file is read
    again. ``given`` has the new title, author and date: a None among them leaves the old value as it is; an empty
    author or date removes the value.

    A value that equals the one read from the file is not stored as a correction. There is one exception: if the value
    read from the file was a guess, the correction is stored, and confirms the guess.

    Raises:
        SettingsError: the title is empty, a new value has more than ``LONGEST`` characters, or the date is not valid.
    """
    given = Correction(*(value if value is None else " ".join(value.split()) for value in given))
    if given.title == "":
        raise SettingsError("A document needs a title.", hint="Write one.")
    about = document.about
    for name, new, now in zip(Correction._fields, given, (about.title, about.author, about.date), strict=True):
        if new and new != now and len(new) > LONGEST:
            what = f"The new {name} has {len(new):,} characters; at most {LONGEST} can be kept."
            raise SettingsError(what, hint="Shorten it.")
    if given.date and not dates.DATE.fullmatch(given.date):
        hint = "Write a year, a month or a day: 2024, 2024-05 or 2024-05-31."
        raise SettingsError(f"“{given.date}” is no date.", hint=hint)
    held = corrected(document, library)
    fields = zip(Correction._fields, given, held.said, held.read, strict=True)
    said = [
        before if new is None else None if new == read and name not in held.guessed else new
        for name, new, before, read in fields
    ]
    _put(document, Correction(*said), library)


def take_back(document: Document, library: Library) -> None:
    """Remove all corrections of a document, so that the title, author and date from its file are used again."""
    _put(document, Correction(), library)


def corrected(document: Document, library: Library) -> Corrected:
    """The title, author and date that a person entered for a document, and those from its file."""
    about = document.about
    as_read = Correction(about.title, about.author or "", about.date or "")
    return library.corrected(document.id) or Corrected(Correction(), as_read, about.guessed)


def _put(document: Document, said: Correction, library: Library) -> None:
    with library.writing() as writer:
        writer.correct(document.id, said)
