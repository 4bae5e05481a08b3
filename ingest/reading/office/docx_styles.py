"""Finds the style of a Word paragraph, and the number that Word shows before it."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import NamedTuple

from lxml import etree

from ingest.reading.archive import child, count, local, value

HEADING = re.compile(r"heading ([1-9])")
OFF = frozenset({"0", "false", "off"})
LABEL = 100  # characters of a form such as "%1.%2", that each paragraph of a list would repeat
CHAIN = 20  # styles based on one another; a circle ends here
ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
         (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip


class Style(NamedTuple):
    """The style of a paragraph: the style's name in lower case, the heading level (0 if the paragraph is not a
    heading), the id of the list that the paragraph is in (empty if it is not a list item), and its depth in the list.
    """

    name: str = ""
    level: int = 0
    list_id: str = ""
    depth: int = 0


class Look(NamedTuple):
    """The formatting of words: whether they are struck out, raised or bold."""

    struck: bool = False
    raised: bool = False
    bold: bool = False


class Styles:
    """The styles of a Word file."""

    def __init__(self, root: etree._Element | None) -> None:
        self._styles = {} if root is None else {value(s, "styleId") or "": s for s in root if local(s) == "style"}
        self._chains: dict[str, tuple[str, list[etree._Element]]] = {}
        self._looks: dict[str, list[etree._Element]] = {}
        self._default = next((id for id, s in self._styles.items() if _is_default(s)), "")

    def of(self, settings: etree._Element | None) -> Style:
        """The style of a paragraph. ``settings`` is the paragraph's element ``pPr``, which may name a style; None if
        the paragraph has no such element. Without a name, the style is the file's default. Other settings of the
        paragraph override those of its style.
        """
        id = value(child(settings, "pStyle")) or self._default
        name, inherited = self._chain(id)
        chain = inherited if settings is None else [settings, *inherited]
        list_id = next((held for s in chain if (held := value(child(s, "numPr", "numId")))), "")
        depth = next((held for s in chain if (held := value(child(s, "numPr", "ilvl")))), "0")
        return Style(name, _level(name, chain), "" if list_id == "0" else list_id, min(8, max(0, count(depth))))

    def look(self, settings: etree._Element | None) -> Look:
        """The formatting that a paragraph's named style gives to the paragraph's words. ``settings`` is the paragraph's
        element ``pPr``, which names the style; without a name, the style is the file's default.
        """
        return self._look(value(child(settings, "pStyle")) or self._default)

    def run(self, settings: etree._Element, around: Look) -> Look:
        """The formatting of words with these settings (``rPr``). The settings override the words' named style, and the
        named style overrides ``around``, the formatting of the text around them.
        """
        if not len(settings):
            return around
        named = value(child(settings, "rStyle"))
        return _set(settings, self._look(named, around) if named else around)

    def _look(self, id: str, around: Look = Look()) -> Look:  # noqa: B008 — a frozen value
        if id not in self._looks:
            found, above = [], id
            for _ in range(CHAIN):
                style = self._styles.get(above)
                if style is None:
                    break
                found += [own for own in (child(style, "rPr"),) if own is not None]
                above = value(child(style, "basedOn")) or ""
            self._looks[id] = found
        for own in reversed(self._looks[id]):
            around = _set(own, around)
        return around

    def _chain(self, id: str) -> tuple[str, list[etree._Element]]:
        """A style's name, and the settings of the style and of the styles that it is based on, nearest first."""
        if id not in self._chains:
            name, above = "", id
            chain: list[etree._Element] = []
            for _ in range(CHAIN):
                style = self._styles.get(above)
                if style is None:
                    break
                name = name or (value(child(style, "name")) or "").lower()
                chain += [settings for settings in (child(style, "pPr"),) if settings is not None]
                above = value(child(style, "basedOn")) or ""
            self._chains[id] = (name, chain)
        return self._chains[id]


class Numbers:
    """Counts numbered paragraphs as Word does. Call ``label`` once for each paragraph, in the order of the file."""

    def __init__(self, root: etree._Element | None) -> None:
        elements = list(root) if root is not None else []
        kinds = {
            value(e, "abstractNumId"): {count(value(level, "ilvl")): level for level in e if local(level) == "lvl"}
            for e in elements
            if local(e) == "abstractNum"
        }
        self._lists = {
            value(e, "numId") or "": kinds.get(value(child(e, "abstractNumId")))
            for e in elements
            if local(e) == "num"
        }  # fmt: skip
        self._counts: dict[str, list[int]] = defaultdict(lambda: [0] * 9)

    def label(self, style: Style) -> str:
        """The number or letter that Word shows before the next paragraph, such as "2.1"; ``style`` is the paragraph's
        style. Empty if the paragraph has a bullet or no label.
        """
        levels = self._lists.get(style.list_id) or {}
        own = levels.get(style.depth)
        if own is None or value(child(own, "numFmt")) in {None, "bullet", "none"}:
            return ""
        counts = self._counts[style.list_id]
        counts[style.depth] = (counts[style.depth] or _start(own) - 1) + 1
        counts[style.depth + 1 :] = [0] * (8 - style.depth)

        def shown(match: re.Match[str]) -> str:
            depth = int(match[1]) - 1
            return _written(counts[depth] or _start(levels.get(depth)), value(child(levels.get(depth), "numFmt")))

        return re.sub(r"%([1-9])", shown, (value(child(own, "lvlText")) or "")[:LABEL]).strip()


def _set(settings: etree._Element, around: Look) -> Look:
    """Apply settings (``rPr``) to the formatting ``around``, and return the resulting formatting."""
    struck, raised, bold = around
    for setting in settings:
        name = local(setting)
        if name in {"strike", "dstrike"}:
            struck = is_on(setting)
        elif name == "vertAlign":
            raised = value(setting) == "superscript"
        elif name == "b":
            bold = is_on(setting)
    return Look(struck, raised, bold)


def is_on(switch: etree._Element | None) -> bool:
    """Whether the XML element of an on/off setting is present and does not switch the setting off."""
    return switch is not None and (value(switch) or "1").lower() not in OFF


def _is_default(style: etree._Element) -> bool:
    return value(style, "default") in {"1", "true"} and value(style, "type") == "paragraph"


def _level(name: str, chain: list[etree._Element]) -> int:
    if name == "title":
        return 1
    if match := HEADING.fullmatch(name):
        return int(match[1])
    outline = next((held for settings in chain if (held := value(child(settings, "outlineLvl")))), "9")
    return depth + 1 if 0 <= (depth := count(outline, 9)) < 9 else 0


def _start(level: etree._Element | None) -> int:
    return count(value(child(level, "start")), 1)


def _written(number: int, form: str | None) -> str:
    if form in {"lowerLetter", "upperLetter"} and 0 < number <= 1000:
        letters = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letters.upper() if form == "upperLetter" else letters
    if form in {"lowerRoman", "upperRoman"} and 0 < number < 4000:
        written = ""
        for worth, sign in ROMAN:
            written += sign * (number // worth)
            number %= worth
        return written.upper() if form == "upperRoman" else written
    return str(number)
