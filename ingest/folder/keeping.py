"""Stores which boilerplate a team wants to keep in a file or folder. It is chosen by the reason that cleaning gives.

The choice for a folder is stored in the library, so that it also holds for the next sync.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import SettingsError
from ingest.cleaning import boilerplate, layout, recurring
from ingest.drafts import Piece
from ingest.folder import files
from ingest.reading.html import page
from ingest.reading.mail import quoting

if TYPE_CHECKING:
    from assistant.library.library import Library

ALL, NONE = "all", "none"
NEVER = frozenset({"script", "style", "template", "drawing", "player", "embedded object", "page title"})
OTHERS = (
    "list of links",
    "outside the main text",
    "said before",
    "ornament",
    "hidden sheet",
    "image description",
    "metadata",
    "page header",
    "page footer",
    "page number",
    "running header",
    "running footer",
    "slide master",
    "slide number",
    "date of the slide",
    "names of columns",
    "table of contents",
)


def reasons() -> frozenset[str]:
    """The reasons, such as "navigation", for which text is removed as boilerplate unless a team chooses to keep such
    text. Scripts, styles and the like cannot be kept, so the reasons for removing them are not in the result.
    """
    named = {reason for _, reason in layout.NAMES} | set(layout.TAGS.values())
    said = {*boilerplate.SURE, *boilerplate.LIKELY, quoting.QUOTED, quoting.HEADER, quoting.SIGNATURE, quoting.NOTICE}
    return frozenset({*named, *said, *OTHERS, *page.UNSEEN.values(), "hidden", recurring.REASON} - NEVER)


def checked(given: Iterable[str]) -> tuple[str, ...]:
    """Check the names of the kinds of boilerplate that a user wants to keep. Returns the names in lower case and
    sorted, as they are stored; empty if the only name is ``none``.

    Raises:
        SettingsError: a name is unknown, or ``none`` is given with other names.
    """
    wanted = {" ".join(reason.casefold().split()) for reason in given}
    known = reasons()
    if unknown := sorted(wanted - known - {ALL, NONE}):
        hint = f"Name one of these, or `all`, or `none`: {', '.join(sorted(known))}."
        raise SettingsError(f"Nothing is cleaned away for the reason {unknown[0]!r}.", hint=hint)
    if NONE in wanted and len(wanted) > 1:
        raise SettingsError("`none` forgets what is kept, so it stands alone.", hint="Leave the other reasons out.")
    return () if NONE in wanted else tuple(sorted(wanted))


def remember(library: Library, paths: Iterable[Path], kept: Sequence[str]) -> None:
    """Store which boilerplate to keep in these files and folders. This choice replaces earlier choices for the same
    paths and for everything inside them.

    ``kept`` has the kinds of boilerplate to keep.

    Raises:
        SourceError: one of the paths does not exist.
        LibraryError: another process is writing, or the library cannot be written.
    """
    roots = [str(files.root(path)) for path in paths]
    with library.writing() as writer:
        writer.keep(roots, kept)


def kept_of(path: str, keeps: Mapping[str, AbstractSet[str]]) -> tuple[str, ...]:
    """The kinds of boilerplate, such as "navigation", that are kept in one file, sorted. These are the kinds chosen for
    the file itself and for the folders around it.

    ``keeps`` maps the path of a file or folder to the kinds chosen for it.
    """
    if not keeps:  # asked of every file of a folder
        return ()
    return tuple(sorted({r for root, own in keeps.items() if files.within(path, [root]) for r in own}))


def restored(pieces: Iterable[Piece], wanted: Sequence[str]) -> list[Piece]:
    """Return all pieces (paragraphs, headings and the like) of a file. A piece with a ``reason``, such as "navigation",
    is boilerplate. If its reason is in ``wanted``, the piece is returned without a reason, so that it counts as
    content. The word "all" in ``wanted`` stands for every reason that ``reasons`` returns.
    """
    if not wanted:
        return list(pieces)
    own = reasons() if ALL in wanted else frozenset(wanted)
    return [replace(piece, reason=None) if piece.reason in own and piece.text else piece for piece in pieces]
