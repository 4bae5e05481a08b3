"""Lists of questions whose answers are opened by a click, as page builders and libraries make them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assistant.types import Document
from ingest.pipeline.documents import load

LONG = " ".join(f"Step {number} is told to the customer by the desk before anything is paid." for number in range(12))
ASKED = (
    ("How can I cancel?", "In writing, with four weeks' notice to the end of a quarter."),
    ("Can I pause my plan?", "Yes, once."),
    ("Do you offer refunds?", LONG),
    ("Refunds abroad", "They take a week longer, since banks do."),
)
ARTICLE = " ".join(
    f"Sentence {number} says how the product was made, and who asked for it first." for number in range(20)
)
UNSEEN = (
    '<div class="modal" hidden>Unseen words of a template that nobody opens.</div>'
    '<div style="display:none">Your message could not be sent to the server.</div>'
)
Item = Callable[[int, str, str], str]

TOOLS: dict[str, Item] = {
    "Bootstrap 5": lambda n, q, a: (
        f'<div class="accordion-item"><h2 class="accordion-header"><button class="accordion-button collapsed" '
        f'data-bs-toggle="collapse" data-bs-target="#c{n}" aria-expanded="false">{q}</button></h2>'
        f'<div id="c{n}" class="accordion-collapse collapse"><div class="accordion-body">{a}</div></div></div>'
    ),
    "Bootstrap 3": lambda n, q, a: (
        f'<div class="panel"><div class="panel-heading"><h4 class="panel-title"><a data-toggle="collapse" '
        f'href="#c{n}">{q}</a></h4></div><div id="c{n}" class="panel-collapse collapse"><p>{a}</p></div></div>'
    ),
    "Elementor": lambda n, q, a: (
        f'<div class="elementor-accordion-item"><div class="elementor-tab-title" role="button" aria-controls="c{n}">'
        f'<a class="elementor-accordion-title">{q}</a></div><div id="c{n}" class="elementor-tab-content" role="region" '
        f'style="display:none"><p>{a}</p></div></div>'
    ),
    "Divi": lambda n, q, a: (
        f'<div class="et_pb_module et_pb_toggle et_pb_toggle_{n} et_pb_toggle_close"><h5 class="et_pb_toggle_title">{q}'
        f'</h5><div class="et_pb_toggle_content clearfix"><p>{a}</p></div></div>'
    ),
    "WPBakery": lambda n, q, a: (
        f'<div class="vc_tta-panel" id="x{n}"><div class="vc_tta-panel-heading"><h4><a href="#x{n}">{q}</a></h4></div>'
        f'<div class="vc_tta-panel-body"><p>{a}</p></div></div>'
    ),
    "WordPress details": lambda n, q, a: (
        f'<details class="wp-block-details"><summary>{q}</summary><p>{a}</p></details>'
    ),
    "MUI": lambda n, q, a: (
        f'<div class="MuiPaper-root MuiAccordion-root"><div class="MuiAccordionSummary-root" role="button" '
        f'aria-expanded="false"><p class="MuiTypography-root">{q}</p></div><div class="MuiCollapse-root '
        f'MuiCollapse-hidden" style="min-height:0"><div role="region"><p>{a}</p></div></div></div>'
    ),
    "Radix, Tailwind": lambda n, q, a: (
        f'<div data-state="closed"><h3 class="flex"><button aria-controls="radix-:r{n}:" aria-expanded="false">{q}'
        f'</button></h3><div data-state="closed" id="radix-:r{n}:" hidden="" role="region" '
        f'class="overflow-hidden text-sm">{a}</div></div>'
    ),
    "jQuery UI": lambda n, q, a: (
        f'<h3 class="ui-accordion-header">{q}</h3><div class="ui-accordion-content ui-widget-content" '
        f'style="display: none;"><p>{a}</p></div>'
    ),
    "Webflow": lambda n, q, a: (
        f'<div class="w-dropdown"><div class="w-dropdown-toggle" aria-controls="w{n}" role="button">{q}</div>'
        f'<nav class="w-dropdown-list" id="w{n}"><p>{a}</p></nav></div>'
    ),
    "a ticked box": lambda n, q, a: (
        f'<div class="tab"><input type="checkbox" id="k{n}"><label for="k{n}">{q}</label>'
        f'<div class="text">{a}</div></div>'
    ),
    "hidden from screen readers": lambda n, q, a: (
        f'<div class="entry"><h3><button>{q}</button></h3><div class="panel" aria-hidden="true"><p>{a}</p></div></div>'
    ),
    "a script of one's own": lambda n, q, a: (
        f'<div class="q" onclick="t(this)">{q}</div><div class="a" style="display:none">{a}</div>'
    ),
    "headings and hidden boxes": lambda n, q, a: f"<h3>{q}</h3><div style='display:none'><p>{a}</p></div>",
    "terms": lambda n, q, a: f'<dl><dt>{q}</dt><dd style="display:none">{a}</dd></dl>',
    "rows": lambda n, q, a: f'<tr><td><b>{q}</b></td></tr><tr style="display:none"><td>{a}</td></tr>',
    "schema.org": lambda n, q, a: (
        f'<div itemprop="mainEntity"><span itemprop="name">{q}</span><div itemprop="acceptedAnswer">'
        f'<div itemprop="text">{a}</div></div></div>'
    ),
}


def read(body: str) -> Document:
    page = f"<!DOCTYPE html><html><head><title>Help</title></head><body>{body}</body></html>"
    return load(page.encode(), source="help.html", id="0123456789")


def made(tool: str) -> str:
    items = "".join(TOOLS[tool](number, *asked) for number, asked in enumerate(ASKED))
    return f"<table>{items}</table>" if tool == "rows" else f'<div class="list">{items}</div>'


def expected(document: Document) -> list[str]:
    lines = [line for line in document.text.split("\n") if line]
    wanted = [text for asked in ASKED for text in asked]
    return [line for line in lines if line in wanted]


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize(
    "page",
    [
        "<main><h1>Questions</h1><p>Here is what customers ask on the phone.</p>{made}{unseen}</main>",
        '<nav><a href="/">Home</a></nav><div class="wrap"><h1>Questions</h1>{made}</div>{unseen}',
        "<main><article><h1>Product</h1><p>{article}</p></article><div><h2>Questions</h2>{made}</div></main>{unseen}",
    ],
)
def test_each_answer_of_a_list_of_questions_stands_under_its_question(tool: str, page: str) -> None:
    document = read(page.format(made=made(tool), unseen=UNSEEN, article=ARTICLE))

    assert expected(document) == [text for asked in ASKED for text in asked]
    assert "Unseen words" not in document.text
    assert "could not be sent" not in document.text


@pytest.mark.parametrize("told", ['role="tabpanel" hidden', 'role="tabpanel" class="tab-pane fade"'])
def test_each_tab_of_a_page_is_text(told: str) -> None:
    names = "".join(f'<li role="tab"><a href="#p{n}">{q}</a></li>' for n, (q, _) in enumerate(ASKED))
    panels = "".join(f'<div id="p{n}" {told}><p>{a}</p></div>' for n, (_, a) in enumerate(ASKED))

    document = read(f'<main><h1>Questions</h1><ul role="tablist">{names}</ul>{panels}{UNSEEN}</main>')

    assert sorted(expected(document)) == sorted(text for asked in ASKED for text in asked)
    assert "Unseen words" not in document.text


def test_questions_that_nothing_opens_are_text_after_an_article_too() -> None:
    items = "".join(
        f'<div class="row"><h3>{question}</h3><p>{answer}</p></div>'
        for question, answer in ASKED
        if question.endswith("?")
    )

    text = read(f"<main><article><h1>Product</h1><p>{ARTICLE}</p></article><div>{items}</div></main>").text

    assert all(question in text and answer in text for question, answer in ASKED if question.endswith("?"))


def test_headlines_that_ask_do_not_make_teasers_text() -> None:
    teasers = "".join(
        f'<div class="col"><a href="/{n}"><h3>{headline}</h3></a><p>A line of what it says, long enough to be prose in '
        f"itself, and more.</p></div>"
        for n, headline in enumerate(("Should You Pay?", "Shops Close", "Who Wins?", "It Rains"))
    )

    text = read(f"<main><article><h1>Product</h1><p>{ARTICLE}</p></article><div>{teasers}</div></main>").text

    assert "A line of what it says" not in text


def test_classes_that_hide_nothing_hide_nothing() -> None:
    boxes = "".join(
        f'<div class="{name}"><p>{n} thousand euros are meant for radio, and the rest is for print.</p></div>'
        for n, name in enumerate(
            ("overflow-hidden rounded", "hidden md:block", "elementor-widget elementor-widget-text-editor")
        )
    )

    document = read(
        f'<main><h1>Plan</h1><p>{ARTICLE}</p>{boxes}<div class="hidden"><p>Not shown at all.</p></div></main>'
    )

    assert [n for n in range(3) if f"{n} thousand euros" in document.text] == [0, 1, 2]
    assert "Not shown" not in document.text


def test_a_paragraph_outside_the_main_text_is_told_and_navigation_is_not() -> None:
    beside = "<div class='extra'><p>Prices rise by 4 percent on 1 May, and everybody gets a letter before.</p></div>"
    links = "<div class='more'><p><a href='/a'>Prices</a></p><p>Our shops</p></div>"

    document = read(f"<div class='page'><div class='text'><h1>Plan</h1><p>{ARTICLE}</p></div>{beside}{links}</div>")

    assert [gone.notice for gone in document.dropped if gone.notice] == ["paragraph outside a page's main text"]
    assert any(gone.text == "Our shops" for gone in document.dropped)
