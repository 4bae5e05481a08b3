"""Formats the jobs on a library for pages. Pure functions; text is escaped as in ``present.py``."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.errors import IndexMismatch, LibraryError
from assistant.library.library import Problem
from ui.views import present_error
from ui.views.present import escape
from ui.work.library_work import ADDED, CHANGED, COPY, EMPTY, FAILED, LEFT, REMOVED, SAME, FileOutcome, ReadingOutcome

MOST_FAILED = 100  # files that failed shown by name: more are one fault, told a hundred times
SAID = {
    ADDED: "added",
    CHANGED: "read again",
    SAME: "already there",
    COPY: "already there under another name",
    REMOVED: "gone, and taken out",
    EMPTY: "empty",
    FAILED: "could not be read",
    LEFT: "not read yet",
}
MARKS = {ADDED: "✓", CHANGED: "✓", SAME: "·", COPY: "·", REMOVED: "−", EMPTY: "·", FAILED: "!", LEFT: "…"}
REMEDIES = (  # words of a reason, and what helps; the first that fits
    ("holds no text", "If it is a scan, have its text recognised (OCR) and drop it again."),
    ("of this kind cannot be read", "Save it as PDF, Word, PowerPoint, Excel, html, Markdown or text."),
    ("password", "Save a copy without a password."),
    ("encrypted", "Save a copy without a password."),
    ("too large", "Split it, or save only what is needed."),
    ("the file is gone", "Put it back, or take it out of the library."),
)
OTHERWISE = "Open it in the program that made it, save it again, then drop it once more."


def count(number: int, thing: str) -> str:
    """A number with its noun in singular or plural, as in ``1 passage`` and ``2,000 passages``."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def spared(files: int) -> str:
    """A notice that documents stay in the library although their files are gone, because over a third of the files in
    their folder are missing. ``files`` is the number of missing files."""
    what = "1 file" if files == 1 else f"{files:,} files"
    return f"{what} of this folder, over a third of it, cannot be found any more. What was read of it stays for now."


def happened(outcome: ReadingOutcome) -> str:
    """The outcome of reading files on one line, as in ``2 added, 1 could not be read · 31 passages in 4.2 s``."""
    counts = [f"{number:,} {SAID[what]}" for what in SAID if (number := outcome.count(what))]
    read = f" · {count(outcome.passages, 'passage')} in {outcome.seconds:.1f} s" if outcome.passages else ""
    over = f" · {count(outcome.passed_over, 'file')} of other kinds passed over" if outcome.passed_over else ""
    said = ", ".join(counts) or "Nothing to read there"
    return f"{'Stopped: ' if outcome.stopped else ''}{said}{read}{over}"


def files(taken: Sequence[FileOutcome], most: int) -> str:
    """The outcomes of reading files, as HTML: first at most ``MOST_FAILED`` files that could not be read, then at most
    ``most`` of the other files. Unchanged files (``SAME``) are shown only if all other files could not be read."""
    failed = [one for one in taken if one.what == FAILED][:MOST_FAILED]
    others = [one for one in taken if one.what not in (FAILED, SAME)] or [one for one in taken if one.what == SAME]
    more = len(others) - most
    left_out = f'<li class="small">and {count(more, "other file")}</li>' if more > 0 else ""
    return f'<ul class="taken">{"".join(map(_file, [*failed, *others[:most]]))}{left_out}</ul>' if taken else ""


def remedy(reason: str) -> str:
    """What a user can do about a file that could not be read for this ``reason``."""
    return next((helps for words, helps in REMEDIES if words in reason.lower()), OTHERWISE)


def _file(one: FileOutcome) -> str:
    reason = one.reason.partition("; known are")[0].rstrip(".")  # the remedy says what can be read
    said = f"{reason}." if reason else f"already there as {one.other}" if one.other else SAID[one.what]
    helps = f' <span class="helps">{remedy(one.reason)}</span>' if one.reason else ""
    return (
        f'<li class="{one.what.replace(" ", "-")}"><span class="mark" aria-hidden="true">{MARKS[one.what]}</span>'
        f"<span><code>{escape(one.source)}</code> {escape(said)}{helps}</span></li>"
    )


def removed(titles: Sequence[str]) -> str:
    """One line about removed documents: the title if there is only one, else their number."""
    named = titles[0] if len(titles) == 1 else count(len(titles), "document")
    return f"Removed: {named}" if titles else "Nothing was there to be removed"


def _remedy(one: Problem) -> str:
    return present_error.todo(one.remedy, IndexMismatch if one.reindex else LibraryError)


def problems(found: Sequence[Problem]) -> str:
    """The problems that a check of a library found, as HTML. Each problem is shown with its remedy, or with what was
    done about it."""
    if not found:
        return "<p>All is well: every passage has its words and its vector, and each is as it was written.</p>"
    told = (f"<li><p><strong>{escape(one.what)}</strong></p><p>{escape(_remedy(one))}</p></li>" for one in found)
    return f'<ul class="problems">{"".join(told)}</ul>'
