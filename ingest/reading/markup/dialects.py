"""Rules for markdown-it, for Markdown of note-taking programs and site builders that CommonMark does not define.

Obsidian's ``[[links]]`` and ``==marks==`` are shown as plain words; its ``%% comments %%`` and ``^ids``, and Logseq's
ids, are hidden. The line "[Decision]: Approved" is text, since it defines no link to an address, and ``<first name>``
is text, since no tag closes it. Of the tags of site builders, ``{% channel "help" %}`` shows its words; other tags and
``{#ids}`` show nothing. Hugo's shortcodes and the components of MDX show their titles and their contents. ``{{ name
}}``, as in the draft of a letter, is text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, html_block, reference
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

UNSEEN = "unseen"  # a token of words that no reader shows; the reason is in its meta
COMMENT = "comment"
DEFINITION = "address of a link"
ID = "id of a block"
PROPERTY = "property of a block"
CALLOUT = "kind of a callout"
EMBEDDED = "embedded file"
TEMPLATE = "tag of a template"

TAG = re.compile(r"<([A-Za-z][\w-]*)(?:\s[^<>]*)?>")
CLOSING = re.compile(r"</([A-Za-z][\w-]*)\s*>")
UNCLOSED = frozenset(  # elements that stand without an end
    "br hr wbr img html head body p li dt dd option optgroup thead tbody tfoot tr td th colgroup caption rt rp".split()
)
DEFINES = re.compile(r"\[((?:[^\[\]\\]|\\.)+)\]:\s*(\S+)", re.DOTALL)
ADDRESS = re.compile(
    r"<[^<>]*>|[a-z][a-z\d+.-]*://\S+|(?:mailto|tel|data):\S+|[/#]\S*|\.{1,2}/\S*|www\.\S+|\S*\w\.[a-z]\w{0,4}(?:[?#]\S*)?",
    re.IGNORECASE,
)
LINK = re.compile(r"(!?)\[\[([^\[\]|\n]+)(?:\|([^\[\]\n]+))?\]\](?!\()")
PICTURE = re.compile(r".*\.(?:png|jpe?g|gif|svg|webp|bmp|avif|mp[34]|webm|ogg|wav|mov)", re.IGNORECASE)
MARKED = re.compile(r"==(?=[^\s=])(.{1,2000}?)(?<=[^\s=])==(?!=)", re.DOTALL)
HIDDEN = re.compile(r"%%(.{1,4000}?)%%", re.DOTALL)
USED = re.compile(r"\[([^\[\]]+)\](?!:)")
DEEPEST_BLOCK = 100  # lists and quotes in one another: a bound, since each is a call within a call
DEEPEST_LINK = 20  # brackets in one another; each open one reads on as far as this many others do
LOGSEQ = re.compile(r"(?:id:: [\da-f-]{36}|collapsed:: (?:true|false))")  # which Logseq writes and does not show
FENCE = re.compile(r":{3,}\s?\{?[\w.-]*\}?")  # around a callout, as HackMD, Docusaurus and Pandoc write it
TITLED_FENCE = re.compile(r":{3,}\s?[\w-]+(?:\s+|\[)([^\[\]{}\s][^\[\]{}\n]{0,200}?)\]?\s*")  # ":::tip Save time"
TAG_OF_TEMPLATE = re.compile(r"""\{%-?\s*(?:\w+\s+(["'])([^"']{1,200})\1\s*-?%\}|.{0,2000}?%\})""", re.DOTALL)
ATTRIBUTES = re.compile(r"\s*\{(?::|#)[^{}\n]{0,200}\}(?=\s*(?:\n|$))")  # "## Costs {#costs}"
# An address that a template fills in has spaces, and would be none: ``[the rules]({% page "/rules/" %})``.
FILLED = re.compile(
    r"""\]\(\s*(?:\{%-?\s*\w+\s+["']?(?P<to>[^"'%\s]{1,500})["']?\s*-?%\}|\{\{[^{}\n]{0,200}\}\})(?=[^\s()]*\))"""
)
SHORTCODE = re.compile(r"\{\{(?P<mark>[<%])\s*(?P<inner>.{0,2000}?)\s*/?(?:(?<=[\s\"'`/\w*])[>%])\}\}", re.DOTALL)
COMPONENT = re.compile(
    r"""</?(?P<name>[A-Z][\w.]*)(?P<inner>(?:\s+(?:[\w:-]{1,60}(?:=(?:"[^"]{0,1000}"|'[^']{0,1000}'|"""
    r"""\{(?:[^{}]|\{[^{}]{0,1000}\}){0,1000}\}))?|\{\.\.\.[^{}]{0,200}\})){0,40})\s*/?>"""
)
COMMENT_OF_JSX = re.compile(r"\{/\*.{0,4000}?\*/\}", re.DOTALL)
TITLED = re.compile(  # what a component shows of what it is given
    r"""\b(?:title|label|heading|header|summary|caption|description|alt|text)\s*=\s*\{?(?:"([^"]{1,500})"|'([^']{1,500})')"""
)
NAMED = re.compile(r"""[\w-]+\s+(?:"([^"]{1,200})"|`([^`]{1,200})`)""")  # {{< tab "North" >}}
POINTS = re.compile(
    r"(?:rel)?ref\b|include|readfile|youtube|vimeo|gist|tweet|x\b|instagram|img\b|image|video", re.IGNORECASE
)
MODULE = re.compile(  # a paragraph of a program's own
    r"""(?:import\s+(?:[^\n]{1,300}\s+from\s+)?["'][^"'\n]{1,300}["'];?\s*)+|"""
    r"""export\s+(?:(?:const|let|var)\s+\w+\s*=|default\s+(?:function|class|\{|\(|\w+\s*\()|(?:async\s+)?function\s).*""",
    re.DOTALL,
)
BLOCK_ID = re.compile(r"\^(?=[\d-]*[A-Za-z])[A-Za-z\d-]+\s*")


def parse(text: str) -> list[Token]:
    """Parse a Markdown text into markdown-it's tokens."""
    tokens = _parser().parse(text, _facts(text))
    for token in tokens:
        if token.type == "inline" and token.level == 1 and MODULE.fullmatch(token.content):
            token.type, token.meta, token.children = UNSEEN, {"reason": TEMPLATE}, None
    for child in (child for token in tokens for child in token.children or ()):
        if child.type == "text" and (titled := TITLED_FENCE.fullmatch(child.content)):
            child.content = f"{titled[1]}:"
        for form, reason in ((LOGSEQ, PROPERTY), (FENCE, CALLOUT)):
            if child.type == "text" and form.fullmatch(child.content):
                child.type, child.meta = UNSEEN, {"reason": reason}
    return tokens


def parse_line(text: str) -> list[Token]:
    """Parse one line of text, such as a title in front matter, into markdown-it's tokens. Only Markdown's inline
    markup, such as bold words and links, is recognised.
    """
    (line,) = _parser().parseInline(text, _facts(text))
    return line.children or []


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": DEEPEST_BLOCK}).enable(["table", "strikethrough"])
    block, inline = parser.block.ruler, parser.inline.ruler
    block.before("fence", "comment", _comment_block, {"alt": ["paragraph", "blockquote", "list"]})
    block.at("reference", _definition)
    block.at("html_block", _html_block, {"alt": ["paragraph", "reference", "blockquote"]})
    for name, rule in (("placeholder", _placeholder), ("note_link", _note_link), ("mark", _mark)):
        inline.before("link", name, rule)
    parser.core.ruler.before("inline", "shallower", _shallower)
    inline.before("link", "comment", _hidden(HIDDEN, COMMENT))
    inline.before("link", "block_id", _hidden(BLOCK_ID, ID))
    parser.core.ruler.before("inline", "filled", _filled)
    inline.before("link", "template", _template)
    inline.before("link", "shortcode", _shortcode)
    inline.before("link", "component", _component)
    inline.before("link", "comment_of_jsx", _hidden(COMMENT_OF_JSX, COMMENT))
    inline.before("link", "attributes", _hidden(ATTRIBUTES, TEMPLATE))
    return parser


def _facts(text: str) -> dict[str, frozenset[str]]:
    """What the parsing rules need to know about the whole text: the HTML elements that are closed in it ("closed"), and
    the labels in square brackets ("used").
    """
    return {"closed": closed(text), "used": frozenset(label.casefold() for label in USED.findall(text))}


def _shallower(state: StateCore) -> None:
    """Core rule for markdown-it: lower the limit on nesting for the inline parsing that follows, since nested brackets
    in a line cost more than nested blocks.
    """
    state.md.options["maxNesting"] = DEEPEST_LINK


def closed(text: str) -> frozenset[str]:
    """The names of HTML elements that have a closing tag somewhere in the text."""
    return frozenset(name.lower() for name in CLOSING.findall(text))


def shown(content: str, closes: frozenset[str]) -> str:
    """Return the HTML ``content`` with the "<" of angle brackets escaped if the words in the brackets are not a tag, so
    that a browser shows words such as ``<first name>`` as text.

    The words are a tag if they contain "=" or end with "/". They are also a tag if they begin with the name of an HTML
    element, and this element needs no closing tag or its name is in ``closes``. ``closes`` has the names, in lower
    case, of the elements that have a closing tag somewhere in the text.
    """
    return TAG.sub(lambda tag: tag[0].replace("<", "&lt;") if _is_text(tag, closes) else tag[0], content)


def _is_text(tag: re.Match[str], closes: frozenset[str]) -> bool:
    """Whether words in angle brackets are plain text: no closing tag belongs to them, and they have no attributes."""
    name = tag[1].lower()
    return name not in closes and name not in UNCLOSED and "=" not in tag[0] and not tag[0].endswith("/>")


def _placeholder(state: StateInline, silent: bool) -> bool:
    tag = TAG.match(state.src, state.pos)
    if tag is None or not _is_text(tag, state.env["closed"]):
        return False
    if not silent:
        state.pending += tag[0]
    state.pos = tag.end()
    return True


def _note_link(state: StateInline, silent: bool) -> bool:
    """Inline rule for markdown-it: show ``[[Plan#Costs|the costs]]`` as the words after the bar, or without a bar as
    the name and heading. Returns whether there is such a link.
    """
    link = LINK.match(state.src, state.pos)
    if link is None or link.end() > state.posMax:
        return False
    if not silent:
        is_picture = link[1] and PICTURE.fullmatch(link[2])
        text = link[2] if is_picture else link[3] or re.sub(r"\s*#\^.*", "", link[2]).strip("#").replace("#", " > ")
        if is_picture:
            _push(state, text, EMBEDDED)
        else:
            state.pending += text
    state.pos = link.end()
    return True


def _mark(state: StateInline, silent: bool) -> bool:
    mark = MARKED.match(state.src, state.pos)
    if mark is None or silent or mark.end() > state.posMax:
        return False
    end, state.pos, state.posMax = state.posMax, mark.start(1), mark.end(1)
    state.md.inline.tokenize(state)
    state.pos, state.posMax = mark.end(), end
    return True


def _hidden(pattern: re.Pattern[str], reason: str) -> Callable[[StateInline, bool], bool]:
    def rule(state: StateInline, silent: bool) -> bool:
        found = pattern.match(state.src, state.pos)
        before = state.src[state.pos - 1 : state.pos]
        is_id = reason == ID
        if found is None or (is_id and (found.end() != len(state.src) or before.strip())) or before.isdigit():
            return False
        if not silent:
            _push(state, found[0], reason)
        state.pos = found.end()
        return True

    return rule


def _filled(state: StateCore) -> None:
    """Core rule for markdown-it: replace a template's tag in a link's address by the address that the tag names."""
    for token in state.tokens:
        if token.type == "inline":
            token.content = FILLED.sub(lambda link: f"]({link['to'] or ''}", token.content)


def _template(state: StateInline, silent: bool) -> bool:
    """Inline rule for markdown-it: show a tag such as ``{% channel "help" %}`` as its quoted words, and hide other tags
    ``{% … %}``. Returns whether there is a tag.
    """
    tag = TAG_OF_TEMPLATE.match(state.src, state.pos)
    if tag is None or tag.end() > state.posMax:
        return False
    if not silent:
        if tag[2]:
            state.pending += tag[2]
        else:
            _push(state, tag[0], TEMPLATE)
    state.pos = tag.end()
    return True


def _shortcode(state: StateInline, silent: bool) -> bool:
    """Inline rule for markdown-it: show Hugo's ``{{< tab "North" >}}`` as its title or caption, or hide it if it has
    none. Returns whether there is a tag.
    """
    tag = SHORTCODE.match(state.src, state.pos)
    if tag is None or tag.end() > state.posMax:
        return False
    inner = tag["inner"]
    named = None if POINTS.match(inner) else NAMED.match(inner)
    return silent or _show(state, tag, [*TITLED.findall(inner), *([named.groups()] if named else [])])


def _component(state: StateInline, silent: bool) -> bool:
    """Inline rule for markdown-it: show the tag of an MDX component, ``<Callout title="Costs">``, as its title; its
    contents are read as Markdown. Returns whether there is a tag.
    """
    tag = COMPONENT.match(state.src, state.pos)
    if tag is None or tag.end() > state.posMax or not _is_component(tag, state.env["closed"]):
        return False
    begins = state.src.rfind("\n", 0, tag.start()) + 1
    is_block = not state.src[begins : tag.start()].strip()  # within a line it is an icon, or a figure
    return silent or _show(state, tag, TITLED.findall(tag["inner"]) if is_block else [])


def _is_component(tag: re.Match[str], closes: frozenset[str]) -> bool:
    """Whether a tag is an MDX component, and not HTML in capitals or words in angle brackets."""
    is_used = tag[0].startswith("</") or tag[0].endswith("/>") or "=" in tag[0] or tag["name"].lower() in closes
    return is_used and not tag["name"].isupper() and tag["name"].lower() not in UNCLOSED


def _show(state: StateInline, tag: re.Match[str], found: Sequence[Sequence[str | None]]) -> bool:
    """Consume a tag and show the words in ``found`` in its place; hide the tag if there are none. Always
    returns True.
    """
    shown = [word.strip() for words in found for word in words if word and re.search(r"[^\W\d_]", word)]
    after = state.src[tag.end() : state.posMax].lstrip()
    _push(state, tag[0], TEMPLATE) if not shown else None
    if shown:
        state.pending += "; ".join(shown) + (": " if after and after[0] not in "{<" else " ")
    state.pos = tag.end()
    return True


def _push(state: StateInline, text: str, reason: str) -> None:
    token = state.push(UNSEEN, "", 0)
    token.content, token.meta = text, {"reason": reason}


def _comment_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Block rule for markdown-it: hide a comment from ``%%`` at the beginning of a line to ``%%`` at the end of a line.
    Returns whether there is one.
    """
    if not _begins(state, start, "%%"):
        return False
    for line in range(start, end):
        text = _line(state, line)[2 if line == start else 0 :]
        if "%%" in text:
            if text.rstrip().find("%%") != len(text.rstrip()) - 2:
                return False
            return silent or _unseen(state, start, line + 1, COMMENT)
    return False


def _definition(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Block rule for markdown-it: read a link definition, but only if it has an address, or a path and a label that the
    text uses elsewhere. Returns whether there is one.
    """
    if not _begins(state, start, "["):
        return False
    text = state.getLines(start, min(start + 2, end), state.blkIndent, False)
    defined = DEFINES.match(text.lstrip())
    if defined is None or defined[1].startswith("^"):
        return False
    is_address = ADDRESS.fullmatch(defined[2]) is not None
    if not is_address and not ("/" in defined[2] and defined[1].casefold() in state.env["used"]):
        return False
    if not reference(state, start, end, silent):
        return False
    return silent or _unseen(state, start, state.line, DEFINITION)


def _html_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if not _begins(state, start, "<"):
        return False
    component = COMPONENT.match(_line(state, start).lstrip())
    if component is not None and _is_component(component, state.env["closed"]):
        return False
    tag = TAG.match(_line(state, start))
    if tag is not None and _is_text(tag, state.env["closed"]):
        return False
    return html_block(state, start, end, silent)


def _begins(state: StateBlock, line: int, mark: str) -> bool:
    """Whether a line begins with a mark. This quick check is made for every line, before the slower ones."""
    return state.src.startswith(mark, state.bMarks[line] + state.tShift[line])


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


def _unseen(state: StateBlock, start: int, end: int, reason: str) -> bool:
    state.line = end
    token = state.push(UNSEEN, "", 0)
    token.content, token.map = state.getLines(start, end, state.blkIndent, False), [start, end]
    token.meta = {"reason": reason}
    return True


def lines(children: Sequence[Token]) -> list[list[Token]]:
    """Split the tokens of a paragraph (``children``) into the paragraph's lines, each a list of tokens."""
    parts: list[list[Any]] = [[]]
    for child in children:
        if child.type in {"softbreak", "hardbreak"}:
            parts.append([])
        else:
            parts[-1].append(child)
    return parts
