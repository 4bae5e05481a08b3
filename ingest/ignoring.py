"""What a team does not want read: the patterns of ``.pushbackignore``, as git reads its own ``.gitignore``.

A file of that name may lie in the folder that is ingested and in any below; the deeper one has the last word.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from assistant.errors import SourceError

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

NAME = ".pushbackignore"
HOW = "Write one pattern a line, as in a .gitignore."


class Ignoring(NamedTuple):
    """The patterns in force in a folder: each with the folder that they are told in, the outermost first."""

    told: tuple[tuple[Path, GitIgnoreSpec], ...] = ()

    def within(self, folder: Path) -> Ignoring:
        """The same, and what the folder's own file says.

        Raises:
            SourceError: that file cannot be read or understood; the message is the reason.
        """
        return Ignoring((*self.told, (folder, _read(folder / NAME))))

    def covers(self, path: Path, *, is_folder: bool) -> bool:
        """Whether this path, which lies in every folder that told something, is not to be read."""
        for folder, spec in reversed(self.told):
            relative = path.relative_to(folder).as_posix() + ("/" if is_folder else "")
            said = spec.check_file(relative).include
            if said is not None:
                return said
        return False


def _read(path: Path) -> GitIgnoreSpec:
    import re

    from pathspec import GitIgnoreSpec

    if not path.is_file():
        raise SourceError("not a regular file.")
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except OSError as exc:
        raise SourceError(f"cannot be read: {exc.strerror or exc}.") from exc
    except UnicodeDecodeError as exc:
        raise SourceError(f"is not in UTF-8. {HOW}") from exc
    for number, line in enumerate(lines, start=1):
        try:
            GitIgnoreSpec.from_lines([line])
        except (ValueError, re.error) as exc:
            raise SourceError(f"line {number} is no pattern: {line!r}. {HOW}") from exc
    return GitIgnoreSpec.from_lines(lines)
