"""Decides which boxes (elements) of a web page hold its main text and which are boilerplate, by their tags, names and
links.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

from assistant.types import OUTSIDE, BlockKind
from ingest.drafts import Box, Piece, words

CAPTION = "picture caption"
FIGURE = re.compile(r"(?:figure|fig\.|table|chart|exhibit|graph|diagram)\s*\d", re.IGNORECASE)  # such a caption tells
TAGS = {
    "nav": "navigation",
    "menu": "navigation",
    "footer": "page footer",
    "aside": "aside",
    "form": "form",
    "button": "form",
    "select": "form",
    "option": "form",
    "textarea": "form",
    "label": "form",
    "legend": "form",
    "fieldset": "form",
    "dialog": "dialog",
    "search": "form",
    "figcaption": CAPTION,
}
NAMES = tuple(
    (re.compile(pattern), reason)
    for pattern, reason in (
        (
            r"comment[-_]?form|commentform|\brespond\b|reply[-_]?form|leave[-_]?(?:a[-_]?)?(?:comment|reply)",
            "comment form",
        ),
        (r"cookie|consent|gdpr", "cookie notice"),
        (
            r"newsletter|subscri|(?<![\w-])cta\b|call[-_]to[-_]action|sign[-_]?up|mailing[-_]?list|opt[-_]?in\b",
            "newsletter",
        ),
        (r"breadcrumb", "breadcrumb"),
        (
            r"\b(?:share|sharing|social|sharedaddy|addthis|addtoany)|[-_](?:share|sharing|social)\b|sharebar",
            "share links",
        ),
        (
            r"related|recommend|trending|(?<![\w-])latest[-_]|outbrain|taboola|most[-_]?(?:read|popular|viewed)|popular[-_]",
            "related links",
        ),
        (
            r"(?:read|see|you[-_]?may|might)[-_]?(?:more|next|also)|more[-_]?(?:from|stories|posts|articles|news|on)\b",
            "related links",
        ),
        (
            r"\b(?:nav|navbar|navigation|menu|pagination|pager|skip-link)\b|[-_](?:nav|menu)\b|\b(?:nav|menu)[-_]",
            "navigation",
        ),
        (r"\b(?:site|page|global|main)?[-_]?footer\b|\bcolophon\b|\bcopyright\b|contentinfo", "page footer"),
        (
            r"(?<!two-right-)(?<!two-left-)(?<!with-)(?<!has-)(?<!no-)side-?bar|\b(?:left|right)[-_]?(?:rail|col)|\brail\b|"
            r"(?<!elementor-)(?<!ui-)\bwidget|"  # page builders call all their boxes widgets
            r"\belementor-widget-(?:wp-|sidebar|(?:archive-)?posts|post-comments|post-nav|author-box|form\b|login|search)",
            "sidebar",
        ),
        (r"\bad\b|\bads\b|advert|sponsor|\bpromo|[-_]promo\b|\bad[-_]", "advertisement"),
        (r"\bmodal|popup|pop-up|lightbox|\boverlay|paywall|complementary|\bdialog\b", "dialog"),
        (r"(?<![\w-])(?:tags?|topics|cat-links)(?![\w-])|\btag[-_]?(?:list|links|cloud)|[-_]tags(?![\w-])", "tags"),
        (
            r"author[-_]{0,2}(?:bio|box|info|card|about|desc|content|details|profile)|about[-_]?(?:the[-_]?)?author|"
            r"(?<![a-z])bio(?![a-z])",
            "about the author",
        ),
        (r"privacy[-_](?:notice|policy|note|text|info|statement|message)", "privacy notice"),
        (
            r"(?<![\w-])(?:\w+[-_])?caption(?![\w])|(?:image|img|photo|media|picture)\w*[-_]?\w*(?:credit|caption|source)|"
            r"(?<![\w-])credit(?![\w-])",
            CAPTION,
        ),
        # "overflow-hidden" hides nothing, and "hidden md:block" hides on small screens only
        (
            r"screen-reader|visually-?hidden|\bsr-only\b|\bprint-only\b|(?<![\w:-])(?:is-|u-)?hidden\b(?!.*\w:)",
            "hidden",
        ),
    )
)
DIGITS = re.compile(r"\d+")
COMMENT = re.compile(r"\bcomments?\b|comment[-_]?(?:list|body|content|text|thread|item|area)|commentlist")
UNNAMED = words("html body main article h1 h2")  # their names tell of the site, the theme and the topic
UNFOLDED = words("details summary")
BODY = re.compile(
    r"article-?body|wiki-content|markdown-body|(?:entry|post|article|story)[-_](?:content|body|text)|story-?body|post-?body|body-?copy"
)
BUILT = re.compile(  # by Confluence, Elementor, Divi, WPBakery, WordPress, Beaver, Avada, Notion, Squarespace, Bricks
    r"columnlayout|innercell|elementor|et_pb|vc_row|wpb_|wp-block|fl-(?:row|module)|fusion-|notion|sqs-|brxe-"
)
CONTAINERS = words("html body div section article main td tbody tr table center form blockquote ul ol dl")
WHOLE = re.compile(r"\b(?:byuser|bypostauthor|depth-\d)")  # a comment in WordPress, which names its author there, too
AUTHOR = re.compile(r"\b(?:author|commenter|user-?name|display-?name|fn)\b|comment[-_]?(?:author|by)")
# Shares and lengths: not measured one by one; eval/benchmarks/pages.py holds what they come to, beside trafilatura.
ASKS = ("?", "？", "؟")
HEAD = 200  # characters of a question; a longer paragraph only ends in one
OPENS = re.compile(r"accordion|toggle|\bfaq")  # names of one of the boxes that people open
ASKED, OPENED = 2, 3  # with headings made like one of a page, and its text stands in all of them; of questions one
NAME = 80  # characters; a name with its "says" is not longer
MOST = 0.5  # of the prose of a page: a box that holds more is no boilerplate, whatever its name
HINTED = 0.35  # of the prose: a box that is named as the text's and holds as much is it
PROSE = 60  # characters; shorter pieces do not tell where the text is
LINKED = 0.5  # of a piece's characters: more in links, and it is no prose
LEADING = 0.4  # of the prose: an article that holds as much ...
NOTES = 0.1  # ... and of which no other has a tenth, is the one that the page is for


Headed = Mapping[Box | None, Mapping[Box, int]]


def clean(pieces: Sequence[Piece]) -> list[Piece]:
    """Return all pieces (paragraphs, headings and the like) of a web page in order. A piece that is boilerplate because
    of the boxes (elements of the page) that contain it gets a ``reason``, such as "navigation".

    In reader comments, a line that names the author of a comment gets the kind ``SPEAKER`` and the name as its
    ``speaker``.
    """
    named = _by_boxes(pieces)
    headed = _headed(named)
    main = _main(named, headed)
    asked = _questions(named, headed)
    articles = _articles(named, main)
    voiced = {area for piece in named if _names_author(piece) and (area := comments(piece))}
    placed = [piece if place in asked else _outside(piece, main, articles, voiced) for place, piece in enumerate(named)]
    return [
        replace(piece, kind=BlockKind.SPEAKER, level=0, speaker=_name(piece.text))
        if not piece.reason and comments(piece) in voiced and _names_author(piece)
        else piece
        for piece in placed
    ]


def _by_boxes(pieces: Sequence[Piece]) -> list[Piece]:
    held: dict[Box, int] = defaultdict(int)
    total = 0
    for piece in pieces:
        weight = _weight(piece)
        total += weight
        for box in piece.path:
            held[box] += weight
    reason_of = cache(_reason)  # many boxes have the same tag and names
    reasons = {box: reason_of(box.tag, box.names) for box, weight in held.items() if weight <= MOST * total}
    named = []
    for piece in pieces:
        reason = next((reasons[box] for box in piece.path if reasons.get(box)), None)
        if piece.reason or not reason or (reason == CAPTION and FIGURE.match(piece.text)):
            named.append(piece)
        else:
            named.append(replace(piece, reason=reason))
    return named


def _reason(tag: str, names: str) -> str | None:
    if tag in UNFOLDED:
        return None
    if tag in UNNAMED or not names or "embed" in names or "so-panel" in names:
        return TAGS.get(tag)
    return next((reason for pattern, reason in NAMES if pattern.search(names)), TAGS.get(tag))


def _main(pieces: Sequence[Piece], headed: Headed) -> Box | None:
    """Find the smallest box that holds most of the page's prose, or of its main article; None if there is no such box.

    ``headed`` has, for each box, the boxes inside it that hold text under a heading of their own.
    """
    held: dict[Box, int] = defaultdict(int)
    inside: dict[Box | None, set[Box]] = defaultdict(set)
    for piece in pieces:
        if (weight := _weight(piece)) and not comments(piece):
            path = _around_table(piece)
            for above, box in zip((None, *path), path, strict=False):
                inside[above].add(box)
                held[box] += weight
    total = sum(held[box] for box in inside[None])
    main = _leading(held, total)
    within = {box for piece in pieces if main in (None, *piece.path) for box in piece.path}
    hinted = [
        box for box in held if box in within and box.tag in CONTAINERS - {"html", "body"} and BODY.search(box.names)
    ]
    if hinted and held[best := max(hinted, key=lambda box: held[box])] >= HINTED * (held[main] if main else total):
        return best
    while inside[main]:
        best = max(inside[main], key=lambda box: held[box])
        if best.tag not in CONTAINERS and "-" not in best.tag:
            break
        if main is not None and (held[best] < 0.6 * held[main] or _has_kin(best, inside[main], headed.get(main, {}))):
            break
        main = best
    return main


def _headed(pieces: Sequence[Piece]) -> Headed:
    """For each box, find the boxes directly inside it that hold text under a heading of their own, as an answer stands
    under its question.

    Returns for each inner box a weight: ``OPENED`` if visitors open the box or click its heading, ``ASKED`` if the
    heading is a question, 1 for another heading, and 0 for none.
    """
    found: dict[Box | None, dict[Box, int]] = defaultdict(dict)
    first: dict[Box, Piece] = {}
    before: Piece | None = None
    for piece in pieces:
        if piece.reason:
            continue
        if not _is_head(piece) and piece.linked <= LINKED * len(piece.text):
            weight = _weight_of_head(before, piece) if before is not None else 0
            common = _common(before, piece) if before is not None and weight else -1
            for depth, (above, box) in enumerate(zip((None, *piece.path), piece.path, strict=False)):
                is_headed = depth == common or (depth < common and first[box] is before)
                own = OPENED if box.tag == "details" else weight if is_headed else 0
                found[above][box] = max(own, found[above].get(box, 0))
        for box in piece.path:
            first.setdefault(box, piece)
        before = piece
    return found


def _common(one: Piece, other: Piece) -> int:
    """Count the outermost boxes that two pieces have in common."""
    return sum(1 for box, beside in zip(one.path, other.path, strict=False) if box == beside)


def _is_head(piece: Piece) -> bool:
    return piece.kind is BlockKind.HEADING or _asks(piece)


def _weight_of_head(before: Piece, piece: Piece) -> int:
    """How strongly the piece ``before`` looks like the heading of ``piece``: ``OPENED`` if visitors click it, ``ASKED``
    if it is a question, 1 if it is another heading, 0 if it is not a heading.
    """
    is_opened = any(box.tag == "details" and box not in before.path for box in piece.path)
    is_term = any(box.tag == "dt" for box in before.path) and any(box.tag == "dd" for box in piece.path)
    if _is_pressed(before) or (is_opened and len(before.text) <= HEAD):
        return OPENED
    return ASKED if is_term or _asks(before) else 1 if _is_head(before) else 0


def _is_pressed(piece: Piece) -> bool:
    return any(box.tag == "summary" for box in piece.path)


def _asks(piece: Piece) -> bool:
    return _is_pressed(piece) or (len(piece.text) <= HEAD and piece.text.endswith(ASKS))


def _has_kin(box: Box, boxes: set[Box], headed: Mapping[Box, int]) -> bool:
    """Whether the box is one of several similar boxes: built by the same page builder, or each with a heading of its
    own. ``boxes`` are its siblings, and ``headed`` has the weights of the siblings that have a heading.
    """
    alike = [other for other in {*boxes, *headed} if other != box and _make(other) == _make(box)]
    if BUILT.match(box.names) or OPENS.search(box.names or box.tag):
        return bool(alike)
    return headed.get(box, 0) > 0 and sum(headed.get(other, 0) for other in alike) >= ASKED


def _questions(pieces: Sequence[Piece], headed: Headed) -> set[int]:
    """Find the indices of the pieces that belong to a list of questions and answers, anywhere on the page."""
    boxes: set[Box] = set()
    for alike in headed.values():
        if len(alike) < 2 or max(alike.values()) < ASKED:
            continue
        makes = Counter(map(_make, alike))
        asked = Counter(_make(box) for box, weight in alike.items() if weight >= ASKED)
        opened = Counter(_make(box) for box, weight in alike.items() if weight >= OPENED)
        for box, weight in alike.items():
            make = _make(box)
            if opened[make] > 1 if weight >= OPENED else asked[make] > 1 and asked[make] == makes[make]:
                boxes.add(box)
    found = {place for place, piece in enumerate(pieces) if boxes and not boxes.isdisjoint(piece.path)}
    for place in range(max(found, default=0), 0, -1):
        if place in found and _weight_of_head(pieces[place - 1], pieces[place]):
            found.add(place - 1)
    return found


def _make(box: Box) -> str:
    """The first class name of a box without digits, so that similar boxes get the same text; its tag if it
    has no name.
    """
    return DIGITS.sub("", box.names.split(" ")[0]) or box.tag


def _around_table(piece: Piece) -> tuple[Box, ...]:
    """The boxes around a piece. For a table row, only those around its table, since a table is never a page's whole
    text.
    """
    if piece.kind is not BlockKind.ROW:
        return piece.path
    table = next((index for index, box in enumerate(piece.path) if box.tag == "table"), len(piece.path))
    return piece.path[:table]


def _leading(held: Mapping[Box, int], total: int) -> Box | None:
    """The article that holds most of the prose when all other articles are short teasers; None if there is no such
    article. ``held`` is the number of characters of prose in each box, ``total`` that of the page.
    """
    articles = sorted((box for box in held if box.tag == "article"), key=lambda box: -held[box])
    if len(articles) < 2 or held[articles[0]] < LEADING * total or held[articles[1]] > NOTES * held[articles[0]]:
        return None
    return articles[0]


def _articles(pieces: Sequence[Piece], main: Box | None) -> list[Box]:
    """The articles around the box ``main``, outermost first, with ``main`` itself if it is an article."""
    path = next((piece.path for piece in pieces if main in piece.path), ())
    return [box for box in path[: path.index(main) + 1] if box.tag == "article"] if main in path else []


def _outside(piece: Piece, main: Box | None, articles: Sequence[Box], voiced: set[Box]) -> Piece:
    if piece.reason or main is None or main in piece.path or comments(piece) in voiced:
        return piece
    own = next((box for box in piece.path if box.tag == "article"), None)
    is_head = piece.kind is BlockKind.HEADING and piece.level == 1 and (own is None or own in articles)
    if is_head or (
        articles and articles[-1] in piece.path and _weight(piece)
    ):  # such as an introduction above the body
        return piece
    return replace(piece, reason=OUTSIDE)


def comments(piece: Piece) -> Box | None:
    """The outermost box (element of the page) that contains the piece and holds reader comments; None if the piece is
    not in a comment.
    """
    return next((box for box in piece.path if "comment" in box.names and _is_of_comments(box)), None)


def _is_of_comments(box: Box) -> bool:
    return box.tag not in UNNAMED and COMMENT.search(box.names) is not None


def _names_author(piece: Piece) -> bool:
    """Whether the piece names the author of a reader comment."""
    return len(piece.text) <= NAME and any(
        box.names and AUTHOR.search(box.names) and not WHOLE.search(box.names) for box in piece.path
    )


def _name(text: str) -> str:
    """The name in a line such as "By Ann Lee says:"."""
    return re.sub(r"^by\s+|\s*(?:says?|said|wrote|writes)?\s*[:,]?$", "", text, flags=re.IGNORECASE) or text


def _weight(piece: Piece) -> int:
    """The number of characters of prose in the piece, without the text of links; 0 if it is short or mostly links."""
    if piece.reason or piece.kind is BlockKind.HEADING or len(piece.text) < PROSE:
        return 0
    if piece.linked > LINKED * len(piece.text):
        return 0
    return len(piece.text) - piece.linked
