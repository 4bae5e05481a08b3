"""Adds reviewers' comments to a file's text, each under its author's name, after everything else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from assistant.types import BlockKind
from ingest.drafts import Piece

HEADING = "Review comments"


def remark(author: str, found: Iterable[Piece]) -> Comment:
    """Make a comment by ``author`` from the pieces ``found``. The pieces that are not content (they have a ``reason``,
    which says why) become the comment's ``aside``; the texts of the others become its ``texts``.
    """
    held = tuple(found)
    return Comment(
        author,
        tuple(piece.text for piece in held if not piece.reason),
        aside=tuple(piece for piece in held if piece.reason),
    )


class Comment(NamedTuple):
    """A comment that one author made at one position in a file. ``texts`` are its paragraphs; ``aside`` has the pieces
    of it that are not content, such as struck-out words.
    """

    author: str
    texts: tuple[str, ...]
    page: int | None = None
    aside: tuple[Piece, ...] = ()  # what was struck out of it, and the like, each with its reason


def pieces(remarks: Sequence[Comment], *, is_levelled: bool) -> Iterator[Piece]:
    """Yield the comments, each under a line that names its author as the speaker, so that they do not count as the
    document's own words. A heading comes before them.

    Put them after all other pieces, since everything after a speaker's line counts as the speaker's words until the
    next heading. ``is_levelled`` says whether the file's own headings have levels. If they have no levels, the heading
    of the comments gets no level either: otherwise it would be the only one with a level, and the file's own headings
    would no longer be recognised.
    """
    if any(remark.texts for remark in remarks):
        yield Piece(HEADING, BlockKind.HEADING, 2 if is_levelled else 0)
    for remark in remarks:
        if remark.texts:
            author = remark.author or "Unknown"
            yield Piece(author, BlockKind.SPEAKER, speaker=author, page=remark.page)
            yield from (Piece(text, speaker=author, page=remark.page) for text in remark.texts)
        yield from remark.aside
