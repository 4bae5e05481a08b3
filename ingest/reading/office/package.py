"""Reads what Word, PowerPoint and Excel files have in common: relations between their parts, and properties."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import NamedTuple

from assistant.errors import SourceError
from ingest.drafts import Metadata, collapse
from ingest.reading.archive import Archive, local, value

NO_TITLE = frozenset({"word document", "powerpoint presentation", "presentation", "document", "untitled", "title"})
NO_AUTHOR = frozenset({"python-docx", "openpyxl", "microsoft office user", "author", "user", "unknown", "admin"})


class Relation(NamedTuple):
    """A relation that leads from one part of an Office file to another. ``kind`` is the last word of its type, such as
    "officeDocument"; ``target`` is the name of the part to which it leads.
    """

    kind: str
    target: str


def relations(archive: Archive, part: str) -> dict[str, Relation]:
    """The relations that lead from this part to other parts of the file. The keys are the ids of the relations.
    Relations that lead outside the file are left out.
    """
    folder, name = posixpath.split(part)
    listed = posixpath.join(folder, "_rels", f"{name}.rels")
    found = {}
    for element in archive.xml(listed) if listed in archive else ():
        target = value(element, "Target") or ""
        if value(element, "TargetMode") != "External" and target:
            absolute = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
            kind = (value(element, "Type") or "").rpartition("/")[2]
            found[value(element, "Id") or ""] = Relation(kind, posixpath.normpath(absolute))
    return found


def addresses(archive: Archive, part: str) -> dict[str, str]:
    """The addresses outside the file to which the links of this part lead. The keys are the ids of the links."""
    folder, name = posixpath.split(part)
    listed = posixpath.join(folder, "_rels", f"{name}.rels")
    outside = (one for one in (archive.xml(listed) if listed in archive else ()) if value(one, "TargetMode"))
    return {value(one, "Id") or "": value(one, "Target") or "" for one in outside}


def main_part(archive: Archive, usual: str) -> str:
    """The name of the file's main part: the part to which the relation "officeDocument" leads. If there is no such
    relation, the result is ``usual``, the usual name of the main part.

    Raises:
        SourceError: there is no such relation, and the file has no part with the name ``usual``.
    """
    for relation in relations(archive, "").values():
        if relation.kind == "officeDocument" and relation.target in archive:
            return relation.target
    if usual in archive:
        return usual
    raise SourceError(f"it is no Office file: its part {usual} is missing.")


def of_kind(found: dict[str, Relation], kind: str) -> Iterator[str]:
    """The names of the parts to which relations of this kind lead. ``found`` is what ``relations`` returns: the
    relations by their ids.
    """
    return (relation.target for relation in found.values() if relation.kind == kind)


def properties(archive: Archive) -> Metadata:
    """The title and author in an Office file's properties, without values that programs and templates fill in.

    There is no date: the times when the file was made and last saved are not the date of its text.
    """
    if "docProps/core.xml" not in archive:
        return Metadata()
    held: dict[str, str] = {}
    for element in archive.xml("docProps/core.xml"):
        held.setdefault(local(element), collapse(element.text or ""))
    return sensible(held.get("title"), (held.get("creator"),))


def sensible(title: str | None, authors: tuple[str | None, ...]) -> Metadata:
    """Make metadata of a title and authors, without values that programs and templates fill in, such as "untitled"."""
    return Metadata(
        titles=tuple(t for t in (title,) if t and t.lower() not in NO_TITLE),
        authors=tuple(a for a in authors if a and a.lower() not in NO_AUTHOR),
        is_filled_in=True,
    )
