"""Patterns of the files that a team does not want read. They are in ``.pushbackignore`` and work as in ``.gitignore``.

The ingested folder and each folder below it can have such a file; patterns in a deeper folder override the patterns
above.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from assistant.errors import SourceError

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec
    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

NAME = ".pushbackignore"
HOW = "Write one pattern a line, as in a .gitignore."
LONGEST = 200_000  # characters of a file that are read
MOST = 1_000  # patterns of a file: each is tried on each path
ANYWHERE = 3  # times "/**/" in a pattern: each tries all folders of a path
CLASS = re.compile(r"\[:\w+:\]")  # git knows it, pathspec would take it for letters
STAR = "[^/]*"  # what pathspec makes of "*"


class Ignoring(NamedTuple):
    """The patterns that say which files and folders inside a folder are not read. ``told`` pairs each folder that has a
    ``.pushbackignore`` with the patterns in this file; outer folders come first.
    """

    told: tuple[tuple[Path, GitIgnoreSpec], ...] = ()

    def within(self, folder: Path) -> Ignoring:
        """Return an ``Ignoring`` with these patterns and those in the file ``.pushbackignore`` of ``folder``.

        Raises:
            SourceError: the file cannot be read or understood; the message is the reason.
        """
        return Ignoring((*self.told, (folder, _read(folder / NAME))))

    def covers(self, path: Path, *, is_folder: bool) -> bool:
        """Whether the patterns say to ignore the file or folder at this path."""
        for folder, spec in reversed(self.told):
            relative = path.relative_to(folder).as_posix() + ("/" if is_folder else "")
            said = spec.check_file(relative).include
            if said is not None:
                return said
        return False


def _read(path: Path) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec

    if not path.is_file():
        raise SourceError("not a regular file.")
    try:
        with path.open(encoding="utf-8-sig") as file:
            text = file.read(LONGEST + 1)
    except OSError as exc:
        raise SourceError(f"cannot be read: {exc.strerror or exc}.") from exc
    except UnicodeDecodeError as exc:
        raise SourceError(f"is not in UTF-8. {HOW}") from exc
    if len(text) > LONGEST:
        raise SourceError(f"has more than {LONGEST:,} characters. Name folders instead of files.")
    lines = text.splitlines()
    if len(lines) > MOST:
        raise SourceError(f"has more than {MOST:,} lines. Name folders instead of files.")
    return GitIgnoreSpec([_pattern(line, number) for number, line in enumerate(lines, start=1)])


def _pattern(line: str, number: int) -> GitIgnoreSpecPattern:
    """Parse one line of a ``.pushbackignore``, and limit the time that matching it takes. ``number`` is the line's
    number, for the error message.

    Raises:
        SourceError: the line is not a valid pattern, or matching it would take too long.
    """
    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

    if line.count("/**/") > ANYWHERE:
        raise SourceError(f"line {number} has more than {ANYWHERE} of /**/: {line[:80]!r}.")
    if (known := CLASS.search(line)) and not line.startswith("#"):
        raise SourceError(f"line {number} has {known[0]}, which is not known here: write the letters, as in [a-z].")
    try:
        regex, include = GitIgnoreSpecPattern.pattern_to_regex(line)
        return GitIgnoreSpecPattern(regex and re.compile(_bounded(regex)), include)
    except (ValueError, re.error) as exc:
        raise SourceError(f"line {number} is no pattern: {line[:80]!r}. {HOW}") from exc


def _bounded(regex: str) -> str:
    """Rewrite the regular expression so that matching takes little time.

    In each part of a path, every "*" but the last takes its first match and never tries another, as in ``fnmatch``.
    This loses no match: if the rest does not match after the first place, it does not match after a later one.
    Otherwise the stars would multiply each other's tries.
    """
    first, *rest = regex.split(STAR)
    parts = [first]
    for index, part in enumerate(rest):
        is_last = index + 1 == len(rest) or "/" in part.replace("[^/]", "")
        parts.append(f"{STAR}{part}" if is_last else f"(?>{STAR}?{part})")
    return "".join(parts)
