"""Reads what a page's markup says about the page: its title, author and date."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from ingest.drafts import Metadata, collapse, words

TITLES = ("og:title", "twitter:title", "dc.title")
DATES = tuple(
    "article:published_time og:article:published_time datepublished date dc.date dc.date.issued dcterms.created "
    "pubdate publish-date publication_date parsely-pub-date sailthru.date".split()
)
AUTHORS = ("author", "article:author", "dc.creator", "parsely-author", "sailthru.author")
HOST = re.compile(r"https?://(?:www\.)?([\w.-]{1,253})", re.IGNORECASE)
BYLINES = words("byline author-name author__name entry-author post-author p-author article-author")

# Characters before a rule that are looked at for its selector: a bound, since a style sheet may have no end.
SELECTOR = 1_000
LETTERED = re.compile(r"line-through|vertical-align\s*:\s*super")
CLASS = re.compile(r"(?:^|,)\s*[a-z]*\.([\w-]+)\s*(?=,|$)")  # alone: what else a selector asks for is not looked at
RAISED = re.compile(r"vertical-align\s*:\s*super")


def metadata(root: etree._Element) -> Metadata:
    """Find the possible titles, authors and dates of a page in its markup, the most trusted first."""
    metas = _metas(root)
    linked = [value for script in root.iter("script") if "ld+json" in script.get("type", "") for value in _json(script)]
    titles = [*(metas.get(name, "") for name in TITLES), *(collapse(text_of(t)) for t in root.iter("title"))]
    authors = [*(metas.get(name, "") for name in AUTHORS), *_names(linked), *_bylines(root)]
    dates = [*(metas.get(name, "") for name in DATES), *_texts(linked, "datePublished"), *_times(root)]
    return Metadata(
        titles=tuple(filter(None, titles)),
        authors=tuple(name for name in authors if name and "://" not in name),
        dates=tuple(filter(None, dates)),
        site=_site(root, metas),
    )


def lettering(root: etree._Element) -> tuple[frozenset[str], frozenset[str]]:
    """Find the CSS classes that strike words out, and the classes that raise them (superscript), in the page's own
    styles.
    """
    struck: set[str] = set()
    raised: set[str] = set()
    for style in root.iter("style"):
        sheet = style.text or ""
        for match in LETTERED.finditer(sheet):
            opened = sheet.rfind("{", 0, match.start())
            selector = sheet[max(0, opened - SELECTOR) : max(0, opened)]
            (struck if match[0] == "line-through" else raised).update(CLASS.findall(re.split(r"[{}]", selector)[-1]))
    return frozenset(struck), frozenset(raised)


def text_of(element: etree._Element) -> str:
    """All text inside an element, with its whitespace unchanged."""
    return "".join(map(str, element.itertext()))


def _site(root: etree._Element, metas: Mapping[str, str]) -> str:
    """The host name in the page's canonical address; if there is none, the name of its site (``og:site_name``), or "".

    ``metas`` are the page's meta elements by name.
    """
    links = (link.get("href", "") for link in root.iter("link") if link.get("rel", "").lower() == "canonical")
    for address in (*links, metas.get("og:url", ""), *(base.get("href", "") for base in root.iter("base"))):
        if match := HOST.match(address):
            return match[1].lower()
    return metas.get("og:site_name", "").lower()


def _metas(root: etree._Element) -> dict[str, str]:
    """The contents of the page's meta elements by name in lower case; the first of each name counts."""
    metas: dict[str, str] = {}
    for meta in root.iter("meta"):
        name = (meta.get("property") or meta.get("name") or meta.get("itemprop") or "").lower()
        if name and (content := collapse(meta.get("content", ""))):
            metas.setdefault(name, content)
    return metas


def _bylines(root: etree._Element) -> Iterator[str]:
    for element in root.iter("a", "span", "p", "div", "address"):
        is_named = element.get("rel") == "author" or element.get("itemprop") == "author"
        names = element.get("class", "").lower().split()
        if (is_named or not BYLINES.isdisjoint(names)) and not _in_comment(element):
            text = collapse(text_of(element))
            if 0 < len(text) <= 80:
                yield text


def _times(root: etree._Element) -> Iterator[str]:
    for time in root.iter("time"):
        if not _in_comment(time):
            yield time.get("datetime") or collapse(text_of(time))


def _in_comment(element: etree._Element) -> bool:
    return any("comment" in f"{box.get('class', '')} {box.get('id', '')}".lower() for box in element.iterancestors())


def _json(script: etree._Element) -> list[Any]:
    try:
        return [json.loads(script.text or "")]
    except (ValueError, RecursionError):  # pages often carry broken JSON
        return []


def _values(value: Any, key: str) -> Iterator[Any]:
    """Yield every value of ``key`` in nested JSON, at any depth. It uses no recursion, since a page could nest too
    deeply.
    """
    todo = deque([value])
    while todo:
        value = todo.popleft()
        if isinstance(value, dict):
            if isinstance(value.get(key), (str, dict, list)):
                yield value[key]
            todo.extend(value.values())
        elif isinstance(value, list):
            todo.extend(value)


def _texts(value: Any, key: str) -> Iterator[str]:
    """Yield every value of ``key`` in nested JSON that is a string."""
    return (text for text in _values(value, key) if isinstance(text, str))


def _names(linked: list[Any]) -> Iterator[str]:
    for author in _values(linked, "author"):
        for one in author if isinstance(author, list) else [author]:
            name = one.get("name") if isinstance(one, dict) else one
            if isinstance(name, str):
                yield collapse(name)
