"""Finds the parts of a page that visitors open: answers in a list of questions, tabs, and boxes that a script unfolds.

There are three signs: the markup says so (``details``, ``aria-controls``, ``role="tabpanel"``); the class names are
those that page builders use; or several hidden elements with the same tag and classes each follow a visible element,
and these have the same tag and classes as well.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cached_property
from itertools import islice
from typing import NamedTuple, cast

from lxml import etree

from ingest.drafts import collapse, words
from ingest.reading.html.head import text_of

CONTROLS = ("aria-controls", "data-target", "data-bs-target")
NAMES = re.compile(  # of what people open
    r"accordion|collaps|expand|toggle|tab-?pane|\bfaq|answer\b|disclosure|tta-panel-body"
)
HIDDEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
PRESSED = words("button summary dt")
FIELDS = words("label input select textarea")
FORMS = words("form input select textarea")
HEADINGS = words("h1 h2 h3 h4 h5 h6")
ROLES = words("button tab")
DIGITS = re.compile(r"\d+")
HEAD = 300  # characters of what one presses to open the rest; longer words are a text of their own. A guess
LOOKED_AT = 500  # elements of a box that may be opened: a bound, since such boxes can stand in each other
LINKED = 0.5  # of the characters: where more are links, a menu is opened


class Make(NamedTuple):
    """The features by which the hidden elements of a page are compared: the tag and the classes of the hidden element,
    and those of the element before it. If several hidden elements of a page have the same ``Make``, visitors can
    probably open them.
    """

    tag: str
    names: str
    tag_before: str
    names_before: str


class Opening:
    """Finds the elements of a page that visitors open with a click, such as answers in a list of questions, and the
    headings that they click.
    """

    def __init__(self, root: etree._Element) -> None:
        self._root = root

    def opens(self, element: etree._Element, names: str) -> bool:
        """Whether visitors open the element with a click, and it holds prose. Attributes can show that visitors open
        it, or class names if a short text before it may be its heading. ``names`` are its class, id and role.
        """
        return self._is_opened(element, names) and _holds_prose(element)

    def unfolds(self, element: etree._Element, names: str) -> bool:
        """Whether visitors can open this hidden element, prose or not. More signs count than in ``opens``: class names
        alone are enough, and so is a question or a button before the element, or another hidden element of the page
        with the same ``Make``. ``names`` are the element's class, id and role.
        """
        if NAMES.search(names) or self._is_opened(element, names):
            return True
        make = self._make(element)
        if make is None:
            return False
        before = cast(etree._Element, element.getprevious())
        asks = collapse(text_of(before)).endswith(("?", "？", "؟"))
        return asks or make.tag_before in PRESSED or _is_pressed(before) or self._makes[make] > 1

    def is_head(self, element: etree._Element, names: str) -> bool:
        """Whether a click on this button or label opens a text of which the button or label is the heading, as in a
        list of questions. ``names`` are the class, id and role of ``element``.
        """
        if element.tag == "label":
            return self._is_switch(element)
        if not text_of(element).strip():
            return False
        if any(above.tag in HEADINGS for above in element.iterancestors()):
            return True
        is_told = any(name in element.attrib for name in ("aria-expanded", *CONTROLS)) or element.get("role") == "tab"
        if not is_told and not NAMES.search(names):
            return False
        return len(collapse(text_of(element)).split()) > 2 or self._opens_prose(element)

    def _is_opened(self, element: etree._Element, names: str) -> bool:
        keys = element.keys()
        if keys == ["class"] or not keys:  # as most are
            return bool(keys) and NAMES.search(names) is not None and self._is_under_head(element)
        role = element.get("role")
        return bool(
            element.get("id") in self._controlled
            or element.get("hidden") == "until-found"
            or role == "tabpanel"
            or (element.get("data-state") == "closed" and role == "region")
            or (role == "region" and element.get("aria-labelledby") in self._pressed)
            or ((element.get("aria-hidden") == "true" or NAMES.search(names)) and self._is_under_head(element))
        )

    @cached_property
    def _controlled(self) -> frozenset[str]:
        """The ids of the elements that buttons and links of the page open."""
        return frozenset(
            id.lstrip("#")
            for name in CONTROLS
            for element in cast("list[etree._Element]", self._root.xpath(f"//*[@{name}]"))
            for id in element.get(name, "").split()
        )

    @cached_property
    def _pressed(self) -> frozenset[str]:
        """The ids of the elements that visitors click to open others."""
        elements = cast("list[etree._Element]", self._root.xpath("//*[@id and (@aria-expanded or @role)]"))
        return frozenset(element.get("id", "") for element in elements if _is_pressed(element))

    @cached_property
    def _makes(self) -> Counter[Make]:
        found = cast("list[etree._Element]", self._root.xpath("//*[@hidden or @style]"))
        makes = (self._make(element) for element in found if is_hidden(element))
        return Counter(make for make in makes if make is not None)

    def _make(self, element: etree._Element) -> Make | None:
        """The tags and classes of the element and of the element before it; None if the element before it is missing,
        hidden, a form field, empty or long.
        """
        before = element.getprevious()
        if before is None or is_hidden(before) or before.tag in FIELDS or not 0 < len(_short(before)) <= HEAD:
            return None
        if next(before.iterdescendants(*FIELDS), None) is not None:
            return None
        return Make(str(element.tag), _classes(element), str(before.tag), _classes(before))

    def _is_under_head(self, element: etree._Element) -> bool:
        """Whether the element follows a visible element that has a short text and another tag or class, and so may be
        its heading.
        """
        before = element.getprevious()
        if before is None or is_hidden(before) or not 0 < len(_short(before)) <= HEAD:
            return False
        return before.tag != element.tag or _classes(before).split()[:1] != _classes(element).split()[:1]

    def _is_switch(self, label: etree._Element) -> bool:
        """Whether a label ticks a hidden checkbox or radio button, by which the page's styles show the prose that
        follows.
        """
        switch = label.getprevious()
        named = label.get("for")
        is_ticked = (
            switch is not None
            and switch.tag == "input"
            and switch.get("type") in {"checkbox", "radio"}
            and named is not None
            and switch.get("id") == named
        )
        following = label.getnext()
        return is_ticked and following is not None and following.tag == "div" and _holds_prose(following)

    def _opens_prose(self, button: etree._Element) -> bool:
        ids = [id.lstrip("#") for name in CONTROLS for id in button.get(name, "").split()]
        opened = next((self._by_id[id] for id in ids if id in self._by_id), None)
        following = button.getnext() if opened is None else opened
        return following is not None and _holds_prose(following)

    @cached_property
    def _by_id(self) -> dict[str, etree._Element]:
        elements = cast("list[etree._Element]", self._root.xpath("//*[@id]"))
        return {element.get("id", ""): element for element in elements}


def is_hidden(element: etree._Element) -> bool:
    """Whether the element itself is marked as hidden, by its attribute ``hidden`` or its style."""
    style = element.get("style")
    return element.get("hidden") is not None or bool(style and HIDDEN.search(style))


def _holds_prose(element: etree._Element) -> bool:
    """Whether an element has text that is mostly outside links, and has no form fields. Only the first ``LOOKED_AT``
    elements inside it are examined.
    """
    length = linked = 0
    for part in islice(element.iter(), LOOKED_AT):
        if part.tag in FORMS:
            return False
        words = len((part.text or "").strip())
        length += words + (len((part.tail or "").strip()) if part is not element else 0)
        parent = part.getparent()
        linked += words if part.tag == "a" or (parent is not None and parent.tag == "a") else 0
    return length > 0 and linked <= LINKED * length


def _is_pressed(element: etree._Element) -> bool:
    is_told = "aria-expanded" in element.attrib or "onclick" in element.attrib or element.get("role") in ROLES
    return element.tag in PRESSED or is_told


def _short(element: etree._Element) -> str:
    """The text of an element, up to a little more than ``HEAD`` characters, the most that a heading may have."""
    text = ""
    for part in element.itertext():
        text += str(part).strip()
        if len(text) > HEAD:
            break
    return text


def _classes(element: etree._Element) -> str:
    return DIGITS.sub("0", element.get("class", ""))
