"""Decides by elements, names and links which boxes of a page hold its text, and which are boilerplate."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

from assistant.types import BlockKind
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
            r"(?<!two-right-)(?<!two-left-)(?<!with-)(?<!has-)(?<!no-)side-?bar|\b(?:left|right)[-_]?(?:rail|col)|\brail\b|\bwidget",
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
        (r"screen-reader|visually-?hidden|\bsr-only\b|\bhidden\b|\bprint-only\b", "hidden"),
    )
)
COMMENT = re.compile(r"\bcomments?\b|comment[-_]?(?:list|body|content|text|thread|item|area)|commentlist")
UNNAMED = words("html body main article h1 h2")  # their names tell of the site, the theme and the topic
BODY = re.compile(
    r"article-?body|wiki-content|markdown-body|(?:entry|post|article|story)[-_](?:content|body|text)|story-?body|post-?body|body-?copy"
)
BUILT = re.compile(  # by Confluence, Elementor, Divi, WPBakery, WordPress, Beaver, Avada, Notion, Squarespace, Bricks
    r"columnlayout|innercell|elementor|et_pb|vc_row|wpb_|wp-block|fl-(?:row|module)|fusion-|notion|sqs-|brxe-"
)
CONTAINERS = words("html body div section article main td tbody tr table center form blockquote ul ol dl")
AUTHOR = re.compile(r"\b(?:author|commenter|user-?name|display-?name|fn)\b|comment[-_]?(?:author|by)")
# Shares and lengths: not measured one by one; eval/benchmarks/pages.py holds what they come to, beside trafilatura.
NAME = 80  # characters; a name with its "says" is not longer
MOST = 0.5  # of the prose of a page: a box that holds more is no boilerplate, whatever its name
HINTED = 0.35  # of the prose: a box that is named as the text's and holds as much is it
PROSE = 60  # characters; shorter pieces do not tell where the text is
LINKED = 0.5  # of a piece's characters: more in links, and it is no prose
LEADING = 0.4  # of the prose: an article that holds as much ...
NOTES = 0.1  # ... and of which no other has a tenth, is the one that the page is for


def clean(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces; those that are boilerplate because of their place on the page have a reason."""
    named = _by_boxes(pieces)
    main = _main(named)
    articles = _articles(named, main)
    voiced = {area for piece in named if _names_author(piece) and (area := comments(piece))}
    placed = [_outside(piece, main, articles, voiced) for piece in named]
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
    if tag in UNNAMED or not names or "embed" in names:
        return TAGS.get(tag)
    return next((reason for pattern, reason in NAMES if pattern.search(names)), TAGS.get(tag))


def _main(pieces: Sequence[Piece]) -> Box | None:
    """The smallest box that holds most of the prose: of the page, or of its one article that matters."""
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
        if main is not None and (held[best] < 0.6 * held[main] or _has_kin(best, inside[main])):
            break
        main = best
    return main


def _has_kin(box: Box, boxes: set[Box]) -> bool:
    """Whether the box is one of several in which a page builder lays out one text."""
    kind = box.names.split(" ")[0]
    return bool(BUILT.match(kind)) and any(other != box and other.names.split(" ")[0] == kind for other in boxes)


def _around_table(piece: Piece) -> tuple[Box, ...]:
    """The boxes of a piece; of a row those around its table, since a data table is never all of a page's text."""
    if piece.kind is not BlockKind.ROW:
        return piece.path
    table = next((index for index, box in enumerate(piece.path) if box.tag == "table"), len(piece.path))
    return piece.path[:table]


def _leading(held: Mapping[Box, int], total: int) -> Box | None:
    """The main article of several; the others are only short teasers."""
    articles = sorted((box for box in held if box.tag == "article"), key=lambda box: -held[box])
    if len(articles) < 2 or held[articles[0]] < LEADING * total or held[articles[1]] > NOTES * held[articles[0]]:
        return None
    return articles[0]


def _articles(pieces: Sequence[Piece], main: Box | None) -> list[Box]:
    """The articles around the box, itself included, outermost first."""
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
    return replace(piece, reason="outside the main text")


def comments(piece: Piece) -> Box | None:
    """The outermost box of reader comments around the piece."""
    return next((box for box in piece.path if "comment" in box.names and _is_of_comments(box)), None)


def _is_of_comments(box: Box) -> bool:
    return box.tag not in UNNAMED and COMMENT.search(box.names) is not None


def _names_author(piece: Piece) -> bool:
    """Whether the piece says who wrote a comment."""
    return len(piece.text) <= NAME and any(AUTHOR.search(box.names) for box in piece.path if box.names)


def _name(text: str) -> str:
    """The name in a line such as "By Ann Lee says:"."""
    return re.sub(r"^by\s+|\s*(?:says?|said|wrote|writes)?\s*[:,]?$", "", text, flags=re.IGNORECASE) or text


def _weight(piece: Piece) -> int:
    """How much prose the piece is: its characters outside links; nothing when it is short or mostly links."""
    if piece.reason or piece.kind is BlockKind.HEADING or len(piece.text) < PROSE:
        return 0
    if piece.linked > LINKED * len(piece.text):
        return 0
    return len(piece.text) - piece.linked
