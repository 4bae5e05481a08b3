"""What is boilerplate goes, with its reason; what an author says stays; and together they are the whole file."""

from __future__ import annotations

import html
import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import SourceError
from assistant.types import Document
from ingest.pipeline.documents import load
from tests.office import word

PROSE = "The buyer compares the offers, and then she picks the one that she can explain to her colleagues."


def document(text: str, source: str = "note.txt") -> Document:
    return load(text.encode(), source=source, id="0123456789")


def saved(text: str) -> Document:
    """The same lines as a web page has them."""
    lines = "".join(f"<p>{html.escape(line)}</p>" for line in text.splitlines() if line)
    return document(f"<html><body>{lines}</body></html>", "page.html")


def reasons(document: Document) -> dict[str, str]:
    return {piece.text: piece.reason for piece in document.dropped}


def whole(document: Document) -> list[str]:
    """The words of the file again: every dropped piece put back before the offset at which it stood."""
    parts, at = [], 0
    for piece in document.dropped:
        parts += [document.text[at : piece.at], piece.text]
        at = piece.at
    return " ".join([*parts, document.text[at:]]).split()


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("« A post before | Main | A post after »", "navigation"),
        ("Post a comment", "comment form"),
        ("Leave a Reply", "comment form"),
        ("Verify your Comment", "comment form"),
        ("Your email address will not be published. Required fields are marked *", "comment form"),
        ("Save my name, email, and website in this browser for the next time I comment.", "comment form"),
        ("You must be logged in to post a comment.", "comment form"),
        ("This site uses Akismet to reduce spam. Learn how your comment data is processed.", "spam notice"),
        ("%d bloggers like this:", "placeholder"),
        ("Please enter your name here", "comment form"),
        ("Share this:", "share links"),
        ("Facebook Twitter LinkedIn", "share links"),
        ("We use cookies to improve your experience on our website.", "cookie notice"),
        ("Subscribe to our newsletter", "newsletter"),
        ("Related posts", "related links"),
        ("About Northlight Marketing Services.", "page footer"),
        ("© 2012 The Notebook. All rights reserved.", "page footer"),
        ("Home | About | Contact", "navigation"),
        ("3 Comments", "counter"),
    ],
)
def test_boilerplate_after_the_text_is_dropped_with_its_reason(line: str, reason: str) -> None:
    note = saved(f"A title\n\n{PROSE}\n\n{PROSE}\n\n{line}\n")

    assert reasons(note) == {line: reason}


@pytest.mark.parametrize(
    "line",
    [
        "Comments are moderated on most sites of this trade, which I hold to be a mistake.",
        "We use cookies to learn what our buyers read, and three of them have complained to me about it.",
        "Subscribe to our newsletter is the weakest call to action that I know of.",
        "Please enter your name here is what a form says when it has no manners.",
        "Share this on Facebook, said the agency, and nobody did.",
        "About us pages are read by buyers shortly before they ring.",
        "that's true because i was one of them",
        "Posted on October 5, 2012 and filed under Direct Marketing, General.",
        "Email",
        "Related posts",
    ],
)
def test_what_an_author_says_in_the_text_stays(line: str) -> None:
    note = saved(f"A title\n\n{PROSE}\n\n{line}\n\n{PROSE}\n")

    assert (line in note.text, reasons(note)) == (True, {})


def test_lines_under_a_label_go_with_it() -> None:
    note = saved(
        f"A title\n\n{PROSE}\n\nRelated posts\nHow to brief a builder\nThree questions first\n\nLeave a reply\nName\n"
    )

    assert set(reasons(note).values()) == {"related links", "comment form"}
    assert note.text.endswith(PROSE)


def test_a_button_that_comes_again_and_again_is_boilerplate_anywhere() -> None:
    note = saved("\n\n".join(["A title", *(f"{PROSE} {n}.\n\nReply" for n in range(4)), PROSE]))

    assert Counter(piece.reason for piece in note.dropped) == {"button": 4}


def test_a_title_that_could_be_a_button_stays() -> None:
    assert saved(f"Newsletters\n\n{PROSE}\n\n{PROSE}").text.startswith("Newsletters")


def test_a_file_of_nothing_but_boilerplate_holds_no_text() -> None:
    with pytest.raises(SourceError, match=r"page\.html: holds no text"):
        saved("Post a comment\n\n---\n\nVerify your comment")


OWN = (
    "Newsletter",
    "LinkedIn",
    "FAQ",
    "Sign up costs 3 euros per customer.",
    "Register for the webinar by 14 May.",
    "Sign up for our newsletter and get 10% off your first trip.",
    "© 2025 Travel Card Ltd. All rights reserved.",
    "Privacy policy | Terms | Contact us",
    "Leave a comment",
    "Tags: travel, card, spring",
)


@pytest.mark.parametrize("source", ["plan.txt", "plan.md", "plan.docx", "plan.rtf", "plan.eml"])
def test_nothing_but_a_web_page_loses_a_line_for_what_it_says(source: str) -> None:
    """A marketing team writes about newsletters, footers and share links for a living."""
    lines = [PROSE, *OWN]
    made = {
        "plan.docx": word("".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in lines)),
        "plan.rtf": ("{\\rtf1 " + "\\par ".join(lines).replace("©", "\\'a9") + "\\par}").encode(),
        "plan.eml": ("Subject: Plan\nFrom: a@example.org\n\n" + "\n\n".join(lines)).encode(),
    }
    data = made.get(source, "\n\n".join(lines).encode())

    note = load(data, source=source, id="0123456789")

    assert [line for line in lines if line not in note.text] == []


def test_links_of_a_list_in_markdown_stay() -> None:
    items = "\n".join(f"- [Page {number}](https://example.org/{number})" for number in range(5))

    assert document(f"# Where things are\n\n{items}\n", "note.md").text.count("Page") == 5


PAGE = f"""<html><head><title>Prices | Site</title><style>p {{ color: red }}</style></head><body class="has-sidebar">
<nav><a href="/">Home</a> <a href="/b">Blog</a></nav><div class="cookie-banner"><p>We like cookies a lot.</p></div>
<main><article class="post tag-pricing"><h1>Prices</h1><p>{PROSE}</p><figure><figcaption>Photo by Somebody</figcaption>
</figure><p>{PROSE} <a href="/x">A link</a> inside.</p><figure><figcaption>Figure 1: What it costs</figcaption></figure>
<ul><li>One reason that is given</li><li>Another reason that is given</li></ul>
<div class="share-buttons"><a href="#">Share</a></div></article>
<aside><h3>More</h3><p>Something else entirely, in a box beside the text.</p></aside>
<ul><li><a href="/1">First other story</a></li><li><a href="/2">Second other story</a></li>
<li><a href="/3">Third</a></li></ul>
<form><label>Name</label><button>Send</button></form></main><script>track()</script>
<div hidden>Not seen</div><footer><p>The site's owner</p></footer></body></html>"""


def test_a_pages_boxes_are_dropped_by_what_they_are() -> None:
    note = document(PAGE, "page.html")

    assert note.text == (
        f"Prices\n\n{PROSE}\n\n{PROSE} A link inside.\n\nFigure 1: What it costs\n\n"
        "One reason that is given\nAnother reason that is given"
    )
    assert reasons(note) == {
        "Prices | Site": "page title",
        "p { color: red }": "style",
        "Home Blog": "navigation",
        "We like cookies a lot.": "cookie notice",
        "Photo by Somebody": "picture caption",
        "Share": "share links",
        "More": "aside",
        "Something else entirely, in a box beside the text.": "aside",
        "First other story": "outside the main text",
        "Second other story": "outside the main text",
        "Third": "outside the main text",
        "Name": "form",
        "Send": "form",
        "track()": "script",
        "Not seen": "hidden",
        "The site's owner": "page footer",
    }


def test_html_inside_markdown_does_not_push_the_text_around_it_out() -> None:
    note = document(f"# Title\n\n{PROSE}\n\n<div class='box'><p>{PROSE} {PROSE}</p></div>\n\n{PROSE}\n", "note.md")

    assert note.text == f"Title\n\n{PROSE}\n\n{PROSE} {PROSE}\n\n{PROSE}"


def test_a_box_that_holds_the_text_is_no_boilerplate_whatever_its_name() -> None:
    note = document(
        f"<form id='aspnet'><div class='sidebar-layout'><p>{PROSE}</p><p>{PROSE}</p></div></form>", "page.html"
    )

    assert note.text == f"{PROSE}\n\n{PROSE}"


def page(body: str) -> Document:
    return document(f"<html><body>{body}</body></html>", "page.html")


@pytest.mark.parametrize(("inside", "is_main"), [(2, False), (4, True)])
def test_a_box_named_as_the_text_is_it_where_it_holds_a_good_part_of_it(inside: int, is_main: bool) -> None:
    """A page builder may name one box of many so, and then the other boxes are as much text."""
    named = "".join(f"<p>{PROSE} {n}</p>" for n in range(inside))
    others = [f"<p>{PROSE} {n}</p>" for n in range(inside, 9)]
    beside = "".join(f"<section>{''.join(part)}</section>" for part in (others[:3], others[3:]))

    note = page(f"<div><div class='entry-content'>{named}</div>{beside}</div>")

    assert note.text.count(PROSE) == (inside if is_main else 9)


@pytest.mark.parametrize(("linked", "is_text"), [(0.3, True), (0.7, False)])
def test_paragraphs_with_links_are_prose_and_paragraphs_of_links_are_not(linked: float, is_text: bool) -> None:
    """A writer links a few words to their sources; a list of teasers links most of its words."""
    words = PROSE.split()
    cut = round(linked * len(words))
    link = f"<a href='/x'>{' '.join(words[:cut])}</a> {' '.join(words[cut:])}"
    long = "".join(f"<p>{link} {n}</p>" for n in range(16))
    short = "".join(f"<p>{PROSE} {n}</p>" for n in range(16, 19))

    note = page(f"<div><div><h2>One</h2>{long}</div><div><h2>Other</h2>{short}</div></div>")

    assert note.text.count(PROSE) == (16 if is_text else 3)


@pytest.mark.parametrize(("linked", "reason"), [(0.7, None), (0.9, "related links")])
def test_a_line_that_is_a_link_leads_elsewhere_and_a_line_with_one_does_not(linked: float, reason: str | None) -> None:
    line = "Ten shops of the town that have closed since the winter"
    cut = round(linked * len(line))
    pointer = f"<p><a href='/x'>{line[:cut]}</a>{line[cut:]}</p>"

    assert reasons(page(f"<p>{PROSE}</p>{pointer}<p>{PROSE} So it is.</p>")).get(line) == reason


def test_of_many_articles_the_one_that_is_not_a_note_is_the_text() -> None:
    notes = "".join(f"<article><h2>Story {n}</h2><p>{PROSE[:70]} {n}</p></article>" for n in range(6))
    long = "".join(f"<p>{PROSE} {n}</p>" for n in range(9))

    note = page(f"<div><article><h2>Ours</h2>{long}</article>{notes}</div>")

    assert "Story" not in note.text
    assert note.text.count(PROSE) == 9
    assert set(reasons(note).values()) == {"outside the main text"}


def test_articles_of_like_length_are_all_text() -> None:
    several = "".join(f"<article><h2>Story {n}</h2><p>{PROSE} {n}</p></article>" for n in range(3))

    assert page(f"<div>{several}</div>").text.count(PROSE) == 3


@pytest.mark.parametrize(
    ("between", "reason"),
    [
        ("<p><a href='/x'>Ten more shops that have closed</a></p>", "related links"),
        ("<p>READ MORE: <a href='/x'>Shops that have closed</a></p>", "related links"),
        ("<p>Advertisement</p>", "button"),
        ("<p>A shop that has closed (Image: GETTY)</p>", "picture caption"),
        ("<p>Image 1 of 5</p>", "picture caption"),
        ("<div class='img-credit'>Ann Lee for us</div>", "picture caption"),
        ("<div class='inlineImage-pictureCaption-x1'>A shop that has closed.</div>", "picture caption"),
        ("<div class='form-privacy-notice'><p>By sending this you agree to what we do.</p></div>", "privacy notice"),
        ("<div class='author-content'><p>Ann writes about shops.</p></div>", "about the author"),
        (f"<div><p>{PROSE}</p></div>", "said before"),
    ],
)
def test_what_a_page_puts_between_its_paragraphs_is_dropped(between: str, reason: str) -> None:
    note = page(f"<article><p>{PROSE}</p>{between}<p>{PROSE} And so on.</p></article>")

    assert note.text == f"{PROSE}\n\n{PROSE} And so on."
    assert list(reasons(note).values()) == [reason]


@pytest.mark.parametrize(
    "between",
    [
        "<p>The <a href='/x'>shops that have closed</a> were old.</p>",
        "<p>Image: premium and friendly.</p>",
        "<p>More: a second reason.</p>",
        "<h2>Advertisement</h2>",
        "<p><a href='/x'>The shops that have closed were old.</a></p>",
    ],
)
def test_what_an_author_puts_between_them_stays(between: str) -> None:
    note = page(f"<article><p>{PROSE}</p>{between}<p>{PROSE} And so on.</p></article>")

    assert note.dropped == ()


LINES = st.sampled_from(
    [
        PROSE,
        PROSE + " And so on.",
        "A heading",
        "Ann Lee",
        "Bob Roy says:",
        "Host: " + PROSE,
        "Guest: Indeed.",
        "Reply",
        "Post a comment",
        "Share this:",
        "Related posts",
        "- an item",
        "2. another item",
        "=====",
        "Home | About | Contact",
        "« before | Main | after »",
        "Posted on October 5, 2012",
        "that's true because i was there",
        "%d bloggers like this:",
    ]
)


@given(st.lists(st.one_of(LINES, st.text(max_size=30)), min_size=1, max_size=25), st.sampled_from(["\n", "\n\n"]))
def test_text_kept_and_text_dropped_are_the_whole_file(lines: list[str], gap: str) -> None:
    text = gap.join(lines)
    try:
        note = document(text)
    except (SourceError, UnicodeEncodeError):
        return

    assert whole(note) == text.split()


@given(st.lists(LINES, min_size=1, max_size=12))
def test_markdown_kept_and_dropped_hold_every_word_once(lines: list[str]) -> None:
    text = "# Title here\n\n" + "\n\n".join(lines)
    note = document(text, "note.md")

    assert Counter(re.findall(r"\w+", " ".join(whole(note)))) == Counter(re.findall(r"\w+", text))


@given(
    st.lists(st.tuples(st.sampled_from(["p", "div", "li", "h2", "nav", "aside", "footer", "td"]), LINES), max_size=12)
)
def test_html_kept_and_dropped_hold_every_word_once(parts: list[tuple[str, str]]) -> None:
    escaped = [(tag, line.replace("&", "&amp;").replace("<", "&lt;")) for tag, line in parts]
    source = f"<p>{PROSE}</p>" + "".join(f"<{tag}>{line}</{tag}>" for tag, line in escaped)
    note = document(source, "note.html")

    visible = " ".join([PROSE, *(line for _, line in parts)])
    assert Counter(re.findall(r"\w+", " ".join(whole(note)))) == Counter(re.findall(r"\w+", visible))
