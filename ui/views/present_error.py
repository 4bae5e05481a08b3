"""Formats errors for users of the pages: without commands, options, environment variables, patterns or a provider's own
messages.

The server's log has the complete error for the person who runs Pushback.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from assistant import errors
from assistant.errors import PushbackError

COMMANDS = re.compile(r"`|\bpushback [a-z]|(?<!\w)--[a-z]|\bPUSHBACK_|\b[A-Z]+_API_KEY\b|\bpip\b|\bsecrets\.toml\b")
RUNS = "Tell whoever runs Pushback; the server's log says what is wrong."

# What can be done on a page, where the hint of the class or of its kind is for the command line.
HINTS: dict[type[PushbackError], str] = {
    errors.SettingsError: "Correct it under Settings, or tell whoever runs Pushback.",
    errors.SourceError: "Repair the file, then add it again under Library; everything else went in.",
    errors.LibraryMissing: "Add documents under Library first, or choose another library under Settings.",
    errors.LibraryFull: "Free some space on the disk, then do the same again; it continues where it stopped.",
    errors.LibraryDamaged: "Use “Check the library” under Library: it rebuilds the index.",
    errors.IndexMismatch: "Let the documents be embedded again under Library, or set the settings back.",
    errors.DocumentMissing: "The list of all documents is under Library.",
    errors.LibraryError: "Use “Check the library” under Library, or tell whoever runs Pushback.",
    errors.ModelTimeout: "Try again, or use another model.",
    errors.ModelUnavailable: "Check under Settings that the model's name is right, and that its server runs.",
    errors.ModelDenied: "Check the model's name and its key under Settings.",
    errors.RequestInvalid: "Use another model under Settings.",
    errors.OverBudget: "Whoever runs Pushback can allow more tokens.",
}


# What happened, in general, where the error's own words are for the command line.
WHATS: dict[type[PushbackError], str] = {
    errors.SettingsError: "A setting does not hold.",
    errors.SourceError: "The document cannot be read.",
    errors.LibraryError: "The library cannot be used.",
    errors.ModelError: "The model cannot be used.",
    errors.CaseError: "The suite cannot be understood.",
    PushbackError: "This did not work.",
}


class ErrorText(NamedTuple):
    """An error in words for users of the pages: ``what`` happened, and what they can do about it (``todo``)."""

    what: str
    todo: str


def for_users(error: PushbackError) -> ErrorText:
    """The error in words for users of the pages, who cannot use the command line. A message that names a command, an
    option or the like is replaced by the general message in ``WHATS`` for this kind of error. Such a hint is replaced,
    too, by the function ``todo``. The error's ``details`` are left out."""
    told = not COMMANDS.search(error.summary)
    what = error.summary if told else next(WHATS[one] for one in type(error).__mro__ if one in WHATS)
    return ErrorText(what, todo(error.hint, type(error)))


def todo(hint: str, kind: type[PushbackError] = PushbackError, hints: Mapping[type[PushbackError], str] = HINTS) -> str:
    """The hint of an error, for users of the pages. A hint that names a command, an option or the like is replaced by
    the advice that ``hints`` has for errors of this ``kind``. If ``hints`` has no such advice, the hint is replaced by
    ``RUNS``, which is advice for all errors."""
    if not COMMANDS.search(hint):
        return hint
    return next((hints[one] for one in kind.__mro__ if one in hints), RUNS)
