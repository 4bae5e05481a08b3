"""Turns a Jupyter notebook into a draft: its text is read as Markdown, its code and the code's output as code."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from assistant.errors import SourceError
from assistant.types import BlockKind
from ingest.drafts import Draft, Metadata, Piece, collapse
from ingest.reading.decoding import decode
from ingest.reading.markup import markdown

MEDIA_TYPE = "application/x-ipynb+json"


def read(data: bytes) -> Draft:
    """Read the cells of a Jupyter notebook in order, as a draft.

    Raises:
        SourceError: the file is not a notebook, or is broken.
    """
    try:
        held = json.loads(decode(data))
        cells = held["cells"] if "cells" in held else held["worksheets"][0]["cells"]
        pieces = [piece for cell in cells for piece in _pieces(cell)]
        authors = held.get("metadata", {}).get("authors", [])
        names = tuple(one["name"] for one in authors if isinstance(one.get("name"), str))
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError, OverflowError) as exc:
        raise SourceError("is no notebook, or broken.") from exc
    return Draft(MEDIA_TYPE, tuple(pieces), Metadata(authors=names))


def _pieces(cell: dict[str, Any]) -> Iterator[Piece]:
    text = _text(cell.get("source", cell.get("input", "")))
    kind = cell["cell_type"]
    if kind == "markdown":
        yield from markdown.pieces(text)
    elif kind == "heading":
        yield Piece(collapse(text), BlockKind.HEADING, min(6, max(1, int(cell.get("level", 1)))))
    elif text.strip():
        yield Piece(collapse(text), BlockKind.CODE)
    for output in cell.get("outputs", ()):
        if output.get("output_type") in {"error", "pyerr"}:
            reason, told = "error of the code", f"{output.get('ename', '')}: {output.get('evalue', '')}"
        else:
            shown = output.get("data", output)
            reason, told = None, _text(output.get("text") or shown.get("text/plain") or shown.get("text") or "")
        if collapse(told):
            yield Piece(collapse(told), BlockKind.CODE, reason=reason)


def _text(value: Any) -> str:
    return "".join(value) if isinstance(value, list) else str(value)
