"""Brings the pages that stand outside `docs` into the site, and makes the links between pages lead there.

mkdocs calls these functions by their names. A link to a file that is no page of the site becomes the path of the file.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAGES = {  # a file of the repository, and its page
    "README.md": "index.md",
    "ARCHITECTURE.md": "architecture.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
    "examples/README.md": "examples.md",
}
_LINK = re.compile(r"\[([^\]]*)\]\((?!\w+:|#)([^)#\s]+)(#[^)\s]*)?\)")


def on_files(files: Any, config: Any) -> Any:
    """Add the pages that stand outside the folder of the documentation."""
    from mkdocs.structure.files import File  # only the site's own environment has it

    for source, page in PAGES.items():
        files.append(File.generated(config, page, content=(ROOT / source).read_text("utf-8")))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Put the links of a page right."""
    path = page.file.src_uri
    return linked(markdown, next((source for source, target in PAGES.items() if target == path), f"docs/{path}"))


def linked(markdown: str, source: str) -> str:
    """The text of the file ``source``, with its links and pictures turned into those of the site."""

    def link(found: re.Match[str]) -> str:
        words, target, anchor = found[1], found[2], found[3] or ""
        path = posixpath.normpath(posixpath.join(posixpath.dirname(source), target))
        if path in PAGES:
            return f"[{words}]({PAGES[path]}{anchor})"
        if path.startswith("docs/"):
            return f"[{words}]({path.removeprefix('docs/')}{anchor})"
        return words if words.strip("`") == path else f"{words} (`{path}`)"

    return _LINK.sub(link, markdown)
