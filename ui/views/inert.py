"""Makes text of documents, models and visitors safe for exported files: as Markdown with all markup escaped, or as
plain text. Pure functions."""

from __future__ import annotations

import re

NAME = 50  # characters of the name of a file: still read whole in a folder; a matter of taste
_MARKUP = re.compile(r"([\\`*_\[\]<>#|~$!&])")
_STARTS = re.compile(r"^(\s*)([-+=]|\d+(?=[.)]))")  # what would make a list or a heading of a line
TURNING = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")  # also what turns the text round

# The same and what no XML can hold; line breaks and tabs stay.
_UNPLAIN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


def plain(text: str) -> str:
    """``text`` made safe for a Word document or the clipboard. Control characters and marks that change the writing
    direction are replaced by U+FFFD; line breaks and tabs stay."""
    return _UNPLAIN.sub("\ufffd", text)


def markdown(text: str) -> str:
    """``text`` on one line, escaped so that Markdown shows it unchanged. Control characters are replaced by U+FFFD."""
    line = _MARKUP.sub(r"\\\1", TURNING.sub("\ufffd", " ".join(text.split())))
    return _STARTS.sub(
        lambda found: f"{found[1]}{found[2]}\\" if found[2].isdigit() else f"{found[1]}\\{found[2]}", line
    )


def file_name(title: str, otherwise: str) -> str:
    """A file name without its ending, made of the first words of ``title`` in lower case, with hyphens between them.
    Returns ``otherwise`` if the title has no letters or digits."""
    words = re.sub(r"[^\w]+", "-", title.lower()).strip("-")
    cut = words if len(words) <= NAME else words[: NAME + 1].rpartition("-")[0] or words[:NAME]
    return cut or otherwise


def lines(text: str, *, bold: bool = False) -> str:
    """``text`` with its line breaks and surrounding white space, escaped so that Markdown shows it unchanged. With
    ``bold``, each line is in bold. Control characters are replaced by U+FFFD."""
    mark = "**" if bold else ""
    parts = re.split(r"(\s*\n\s*|^\s+|\s+$)", text)  # lines, and between them what parts them
    shown = [f"{mark}{markdown(line)}{mark}" if line else "" for line in parts[::2]]
    return "".join(line + space for line, space in zip(shown, [*map(_break, parts[1::2]), ""], strict=True))


def _break(space: str) -> str:
    lines = space.count("\n")
    return "\n\n" if lines > 1 else "\\\n" if lines else " " * bool(space)
