"""What is kept and what is dropped of a file are the whole of it, whatever it holds, in every format of texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from html import escape
from typing import NamedTuple

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pptx import Presentation

from ingest.pipeline.documents import load
from tests.office import odt, saved
from tests.test_cleaning import whole

STRIKES = '<style:style style:name="S"><style:text-properties style:text-line-through-style="solid"/></style:style>'


class Part(NamedTuple):
    """A paragraph, heading or item of runs of words, some of which are struck out."""

    kind: str
    depth: int
    runs: tuple[tuple[str, bool], ...]


def parts(shape: Sequence[tuple[str, int, Sequence[tuple[int, bool]]]]) -> list[Part]:
    """The shape filled with words, no two of which are alike."""
    number, made = 0, []
    for kind, depth, runs in shape:
        filled = []
        for length, is_struck in runs:
            filled.append((" ".join(f"w{at}x" for at in range(number, number + length)), is_struck))
            number += length
        made.append(Part(kind, depth, tuple(filled)))
    return made


SHAPES = st.lists(
    st.tuples(
        st.sampled_from(["heading", "text", "item"]),
        st.integers(0, 2),
        st.lists(st.tuples(st.integers(1, 9), st.booleans()), min_size=1, max_size=4),
    ),
    min_size=1,
    max_size=8,
)  # fmt: skip


def in_markdown(held: Sequence[Part]) -> bytes:
    marks = {"heading": "# ", "text": "", "item": "- "}
    return "\n\n".join(marks[part.kind] + _set(part, "~~{}~~") for part in held).encode()


def in_html(held: Sequence[Part]) -> bytes:
    forms = {"heading": "<h2>{}</h2>", "text": "<p>{}</p>", "item": "<ul><li>{}</li></ul>"}
    told = [forms[p.kind].format(_set(p, "<s>{}</s>")) for p in held]
    return f"<html><body><article>{''.join(told)}</article></body></html>".encode()


def in_word(held: Sequence[Part]) -> bytes:
    made = docx.Document()
    for part in held:
        item = f"List Bullet{f' {part.depth + 1}' if part.depth else ''}"
        paragraph = made.add_paragraph(style={"heading": "Heading 1", "text": "Normal", "item": item}[part.kind])
        for words, is_struck in part.runs:
            paragraph.add_run(f"{words} ").font.strike = is_struck
    return saved(made)


def in_open_document(held: Sequence[Part]) -> bytes:
    told = []
    for part in held:
        words = _set(part, '<text:span text:style-name="S">{}</text:span>')
        lists = part.depth + 1 if part.kind == "item" else 0
        inner = f"<text:h>{words}</text:h>" if part.kind == "heading" else f"<text:p>{words}</text:p>"
        told.append("<text:list><text:list-item>" * lists + inner + "</text:list-item></text:list>" * lists)
    return odt("".join(told), STRIKES)


def in_rtf(held: Sequence[Part]) -> bytes:
    forms = {"heading": r"\outlinelevel0", "text": "", "item": r"\ls1"}
    told = [rf"\pard{forms[p.kind]} {_set(p, '{{' + chr(92) + 'strike {}}}')}\par" for p in held]
    return rf"{{\rtf1\ansi {''.join(told)}}}".encode()


def on_a_slide(held: Sequence[Part]) -> bytes:
    made = Presentation()
    frame = made.slides.add_slide(made.slide_layouts[1]).placeholders[1].text_frame
    for part in held:
        paragraph = frame.add_paragraph()
        paragraph.level = part.depth
        for words, is_struck in part.runs:
            run = paragraph.add_run()
            run.text = f"{words} "
            if is_struck:
                run.font._element.set("strike", "sngStrike")
    return saved(made)


def in_text(held: Sequence[Part]) -> bytes:
    return "\n\n".join(f"{'- ' if part.kind == 'item' else ''}{_set(part, '{}')}" for part in held).encode()


def _set(part: Part, struck: str) -> str:
    return " ".join(struck.format(escape(words)) if is_struck else escape(words) for words, is_struck in part.runs)


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("a.md", in_markdown),
        ("a.html", in_html),
        ("a.docx", in_word),
        ("a.odt", in_open_document),
        ("a.rtf", in_rtf),
        ("a.pptx", on_a_slide),
        ("a.txt", in_text),
    ],
)
@settings(max_examples=30)
@given(shape=SHAPES)
def test_whatever_a_file_holds_each_word_is_kept_or_dropped_once(
    name: str,
    write: Callable[[Sequence[Part]], bytes],
    shape: list[tuple[str, int, list[tuple[int, bool]]]],
) -> None:
    held = parts([*shape, ("text", 0, [(9, False)])])

    document = load(write(held), source=name, id="0123456789")

    words = Counter(word for part in held for run, _ in part.runs for word in run.split())
    assert Counter(word for word in whole(document) if word.strip("-")) == words
    struck = {word for part in held for run, is_struck in part.runs for word in run.split() if is_struck}
    assert name == "a.txt" or not struck & set(document.text.split())
