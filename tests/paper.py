"""How many pages a Word document takes on paper, and a verdict that fills a report."""

from __future__ import annotations

import io
from typing import Any

from docx import Document
from docx.oxml.ns import qn
from PIL import ImageFont

from assistant.pressure import rulings
from assistant.types import (
    About,
    Assumption,
    AssumptionRuling,
    Citation,
    Finding,
    IdeaRuling,
    Kind,
    Searched,
    Stance,
    Verdict,
)

# Times Pillow's own font, whose letters take 0.44 em each in English: wider than Cambria and Calibri, in which Word
# sets the report.
WIDER = 1.1
LEADING = 1.22  # times the size of the type: that of Calibri; Cambria has 1.17
FULL = (  # findings, sentences of each, and a model's reason: those of the reader without a model, then of models
    (12, 4, ""),
    (24, 2, "It says how customers come, which the idea needs."),
    (72, 1, "It says how customers come, which the idea needs."),
    (72, 2, ""),
)
SENTENCE = (
    "Of the forty customers that we asked in the second trial, most said that they had come by a recommendation. "
)


def pages(made: bytes) -> int:
    """The number of pages that a Word document takes at most. Its text is set in a wider font than Word would use, and
    no paragraph is broken: what does not fit on a page begins the next, a heading together with what follows it."""
    document = Document(io.BytesIO(made))
    section: Any = document.sections[0]
    room = section.page_height.pt - section.top_margin.pt - section.bottom_margin.pt
    wide = section.page_width.pt - section.left_margin.pt - section.right_margin.pt
    heights = [_height(one, wide) for one in document.paragraphs]
    count, used, block = 1, 0.0, 0.0
    for paragraph, height in zip(document.paragraphs, heights, strict=True):
        block += height
        if paragraph.style is not None and paragraph.style.name.startswith("Heading"):
            continue
        if used + block > room:
            count, used = count + 1, 0.0
        used, block = used + block, 0.0
    return count


def _height(paragraph: Any, wide: float) -> float:
    style, base = paragraph.style, paragraph.style.base_style or paragraph.style
    size = (style.font.size or base.font.size).pt
    looks, font = style.paragraph_format, ImageFont.load_default(size)
    indent = (looks.left_indent.pt if looks.left_indent else 0) + 18 * style.name.startswith("List")
    lines, at = 1, 0.0
    for word in paragraph.text.split():
        width = WIDER * font.getlength(f"{word} ")
        lines, at = (lines + 1, width) if at + width > wide - indent else (lines, at + width)
    pictures = [int(extent.get("cy")) / 12_700 for extent in paragraph._p.iter(qn("wp:extent"))]
    lined = lines * LEADING * size * looks.line_spacing
    return looks.space_before.pt + looks.space_after.pt + (sum(pictures) or lined)


def six_assumptions(findings: int, sentences: int, why: str = "") -> Verdict:
    """A verdict on six assumptions with so many findings of so many sentences, spread over all assumptions and
    sides."""
    found = [_finding(number, sentences, why) for number in range(findings)]
    resting = [
        Assumption(
            f"{n} times out of ten, customers come because others recommended us to them, and not by what we say.",
            "informed-buyer",
            0.9 - n / 10,
            AssumptionRuling.GAP,
            tuple(found[n::6]),
            "Does the buyer know more about the product than the people who sell it, before they meet?",
            settle="Ask ten customers of this year and of the last how they had first heard of us, and from whom.",
        )
        for n in range(6)
    ]
    idea = "Spend what the radio spots cost on letters to former customers, because recommendations bring the orders."
    return rulings.ruled(
        Verdict(idea, IdeaRuling.HOLDS, tuple(resting), (), Searched(41, 380), stance_model="pushback")
    )


def _finding(number: int, sentences: int, why: str) -> Finding:
    about = About(
        *(f"d{number}", f"trials/customers-{number}.md", "", "text/markdown", f"Trial {number} among customers"),
        *(f"Writer {number}", ("2023-01-16", "2022-05", "2024")[number % 3]),
    )
    quote = f"{number} times: {SENTENCE * sentences}".strip()
    cited = Citation(about, 0, len(quote), quote, f"Guest number {number}", page=number + 1)
    stance = (Stance.SUPPORTS, Stance.CHALLENGES, Stance.UNCLEAR)[number // 2 % 3]
    return Finding(cited, stance, 0.6, Kind.FORECAST, f"{SENTENCE}{quote} {SENTENCE}", why)
