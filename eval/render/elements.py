"""Elements of HTML that cannot be broken by their text: lxml escapes it, and what cannot be seen is replaced."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from lxml import etree

from eval.render.shown import visible

Element: TypeAlias = etree._Element
Child: TypeAlias = "Element | str | Iterable[Child] | None"


def tag(name: str, /, *children: Child, **attributes: str | bool | None) -> Element:
    """An element; ``cls`` is its class, an attribute that is None or False is left out, as is a child that is None."""
    made = etree.Element(name)
    for key, value in attributes.items():
        if value is not None and value is not False:
            plain = "class" if key == "cls" else key.rstrip("_").replace("_", "-")
            made.set(plain, plain if value is True else visible(value))
    _add(made, children)
    return made


def table(head: Sequence[Child], rows: Iterable[Sequence[Child]], cls: str | None = None) -> Element:
    """A table whose first column names its rows, in a box that scrolls when it is too wide."""
    body = tag(
        "tbody", [tag("tr", tag("th", row[0], scope="row"), [tag("td", cell) for cell in row[1:]]) for row in rows]
    )
    columns = tag("thead", tag("tr", [tag("th", cell, scope="col") for cell in head]))
    return tag("div", tag("table", columns, body, cls=cls), cls="wide")


def folded(summary: Child, *children: Child, cls: str | None = None, open_: bool = False) -> Element:
    """A summary that opens to the rest."""
    return tag("details", tag("summary", summary), children, cls=cls, open=open_)


def section(title: str, *children: Child) -> Element | None:
    """A titled part of the page; None without children."""
    there = [child for child in children if child is not None]
    return tag("section", tag("h2", title), there) if there else None


def to_html(root: Element) -> str:
    """The page with its doctype, ending in a newline."""
    return f"{etree.tostring(root, encoding='unicode', method='html', doctype='<!DOCTYPE html>')}\n"


def _add(parent: Element, child: Child) -> None:
    if child is None:
        return
    if isinstance(child, str):
        _append_text(parent, visible(child))
    elif isinstance(child, etree._Element):
        parent.append(child)
    else:
        for one in child:
            _add(parent, one)


def _append_text(parent: Element, text: str) -> None:
    if len(parent):
        parent[-1].tail = (parent[-1].tail or "") + text
    else:
        parent.text = (parent.text or "") + text
