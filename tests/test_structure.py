"""Title, author, date, headings and speakers: found where they stand, and left unknown where they do not."""

from __future__ import annotations

import pytest

from assistant.types import BlockKind, Document
from ingest.pipeline.documents import load
from ingest.text import dates
from tests.office import BODY, packed

PROSE = "The buyer compares the offers, and then she picks the one that she can explain to her colleagues."


def document(text: str, source: str = "a_plan-for_2024.txt") -> Document:
    return load(text.encode(), source=source, id="0123456789")


def speakers(document: Document) -> list[tuple[str | None, str]]:
    blocks = [b for b in document.blocks if b.kind is not BlockKind.SPEAKER]
    return [(block.speaker, document.text[block.start : block.end]) for block in blocks]


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("October 5, 2012", "2012-10-05"),
        ("on the 3rd of March 2021", "2021-03-03"),
        ("Oct. 2012", "2012-10"),
        ("2024-01-30T08:00:00+00:00", "2024-01-30"),
        ("Mon, 18 Nov 2019 16:07:38 -0600", "2019-11-18"),
        ("25/10/2012", "2012-10-25"),
        ("05/10/2012", "2012"),
        ("31 February 2020", "2020-02"),
        ("version 3.2.2014.7", None),
        ("in 2012", None),
    ],
)
def test_dates_are_cut_to_what_is_known(text: str, iso: str | None) -> None:
    assert dates.find(text) == iso


def test_a_field_may_hold_a_year_alone() -> None:
    assert dates.read(" 2012 ") == "2012"


def test_a_plain_text_has_its_first_line_as_title_with_author_and_date_under_it() -> None:
    about = document(f"Why we gave up our stand\n\nBy Ann Lee\n6 November 2023\n\n{PROSE}\n").about

    assert (about.title, about.author, about.date) == ("Why we gave up our stand", "Ann Lee", "2023-11-06")


@pytest.mark.parametrize(
    ("line", "author", "date"),
    [
        ("By a regional sales director", "regional sales director", None),
        ("A post-mortem by the growth lead of a start-up", "growth lead of a start-up", None),
        ("Head of Field Marketing · last updated 27 June 2024", "Head of Field Marketing", "2024-06-27"),
        ("Published: 3 March 2021", None, "2021-03-03"),
        ("Posted on 14 March 2024 by the Editor. Filed under Sales.", "Editor", "2024-03-14"),
        ("By Ann Lee | 2021-03-03", "Ann Lee", "2021-03-03"),
    ],
)
def test_bylines_and_date_lines_are_read_and_kept(line: str, author: str | None, date: str | None) -> None:
    note = document(f"A title\n\n{line}\n\n{PROSE}\n")

    assert (note.about.author, note.about.date) == (author, date)
    assert line in note.text


@pytest.mark.parametrize(
    "line",
    [
        "By 2020 we had doubled our prices, and nobody left.",
        "From his perspective, marketing was a support to sales.",
        "In October 2012 the shop was closed by the landlord.",
    ],
)
def test_a_sentence_is_neither_byline_nor_date(line: str) -> None:
    note = document(f"A title\n\n{line}\n\n{PROSE}\n")

    assert (note.about.author, note.about.date) == (None, None)


@pytest.mark.parametrize(
    "line",
    [
        "It is maintained by a Stripe developer and is used inside Stripe.",
        "A library maintained by a Stripe developer",
        "This page is read by the customer. It is kept by an editor and is used by the whole team.",
        "By the end of the quarter each manager will have a plan.",
        "A gift chosen by the first 300 participants",
    ],
)
def test_what_somebody_does_is_not_who_wrote(line: str) -> None:
    assert document(f"A title\n\n{line}\n\n{PROSE}\n").about.author is None


@pytest.mark.parametrize(
    ("line", "guessed"),
    [
        ("By Ann Lee\n6 November 2023", ()),
        ("Published: 3 March 2021", ()),
        ("Head of Field Marketing · last updated 27 June 2024", ("author",)),  # a role, and no "by"
        (f"{PROSE}\n\n" * 9 + "Last updated 3 March 2021", ("date",)),  # perhaps an example's
    ],
)
def test_what_no_byline_or_date_line_states_is_told_as_a_guess(line: str, guessed: tuple[str, ...]) -> None:
    assert document(f"A title\n\n{line}\n\n{PROSE}\n").about.guessed == guessed


def test_a_title_of_the_name_of_the_file_is_told_as_a_guess() -> None:
    about = document(f"{PROSE}\n\n{PROSE}\n").about

    assert (about.title, about.guessed) == ("A plan for 2024", ("title",))


def test_a_byline_may_end_with_a_full_stop() -> None:
    assert document(f"A title\n\nBy Ann Lee.\n\n{PROSE}\n").about.author == "Ann Lee"


def test_a_title_written_above_the_text_is_not_beaten_by_its_only_heading() -> None:
    note = document(f"---\ntitle: Password rules\n---\n\n# Who to ask\n\n{PROSE}\n", "p.md")

    assert note.about.title == "Password rules"
    assert [block.headings for block in note.blocks] == [(), ("Who to ask",)]


def test_a_title_written_above_the_text_is_whole_though_its_heading_is_shorter() -> None:
    note = document(f"---\ntitle: Benefits links and resources\n---\n\n# Benefits links\n\n{PROSE}\n", "p.md")

    assert (note.about.title, note.blocks[0].kind) == ("Benefits links and resources", BlockKind.TITLE)


def test_a_date_at_the_end_counts_when_it_says_so() -> None:
    assert (
        document(f"A title\n\n{PROSE}\n\nPosted on October 5, 2012 and filed under General.").about.date == "2012-10-05"
    )


def test_a_document_without_a_title_goes_by_its_file() -> None:
    assert document(PROSE).about.title == "A plan for 2024"


@pytest.mark.parametrize(("more", "is_title"), [(7, True), (12, False)])
def test_a_long_first_line_is_the_title_until_it_is_as_long_as_a_paragraph(more: int, is_title: bool) -> None:
    line = "What we at the shop did as the buyers of it all left us in May" + " or so" * (more // 2) + " and how"

    note = document(f"{line}\n\n{PROSE} {PROSE} {PROSE}\n")

    assert note.blocks[0].kind is (BlockKind.TITLE if is_title else BlockKind.PARAGRAPH)


def test_short_lines_alone_above_a_paragraph_are_headings() -> None:
    note = document(f"The title\n\n{PROSE}\n\nA heading\n\n{PROSE}\n\nKey Point :\n\n{PROSE}\n\nA last line alone")

    assert [(b.kind, b.headings) for b in note.blocks] == [
        (BlockKind.TITLE, ()),
        (BlockKind.PARAGRAPH, ()),
        (BlockKind.HEADING, ()),
        (BlockKind.PARAGRAPH, ("A heading",)),
        (BlockKind.HEADING, ()),
        (BlockKind.PARAGRAPH, ("Key Point",)),
        (BlockKind.PARAGRAPH, ("Key Point",)),
    ]


def test_a_short_sentence_is_no_heading() -> None:
    note = document(f"The title\n\n{PROSE}\n\nSales sells what you have.\n\n{PROSE}\n\nTo simplify:\n\n{PROSE}")

    assert [block.kind for block in note.blocks][1:] == [BlockKind.PARAGRAPH] * 5


def test_heading_paths_follow_the_levels() -> None:
    note = document(f"# T\n\n## A\n\n{PROSE}\n\n### B\n\n{PROSE}\n\n## C\n\n{PROSE}\n", "plan.md")

    assert [b.headings for b in note.blocks if b.kind is BlockKind.PARAGRAPH] == [("A",), ("A", "B"), ("C",)]


def test_a_repeated_first_heading_does_not_confuse() -> None:
    note = document(f"# The plan\n\n## The plan\n\n{PROSE}\n", "plan.md")

    assert [(b.kind, b.headings) for b in note.blocks] == [(BlockKind.TITLE, ()), (BlockKind.PARAGRAPH, ())]
    assert [(piece.text, piece.reason) for piece in note.dropped] == [("The plan", "repeats the title")]


def test_front_matter_wins_over_the_text() -> None:
    note = document(f"---\ntitle: T\nauthor: Ann Lee\ndate: 2024-02\n---\n\n# T\n\nBy Bob Roy\n\n{PROSE}\n", "plan.md")

    assert (note.about.title, note.about.author, note.about.date) == ("T", "Ann Lee", "2024-02")


def test_a_pages_title_leaves_its_site_out() -> None:
    note = document(f"<title>Keep the free plan | The Notebook</title><div><p>{PROSE}</p></div>", "p.html")

    assert note.about.title == "Keep the free plan"


def test_voices_that_take_turns_are_speakers() -> None:
    note = document(f"Ann Lee\n\n{PROSE}\n\nBob Roy\n\nIndeed not.\n\nAnd more.\n\nAnn Lee\n\nFine.\n")

    assert speakers(note) == [
        ("Ann Lee", PROSE),
        ("Bob Roy", "Indeed not."),
        ("Bob Roy", "And more."),
        ("Ann Lee", "Fine."),
    ]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Category Manager says:", "Field Sales Lead says:"),
        ("Ann Lee, 12 March 2024 at 10:14", "Bob Roy, 12 March 2024 at 11:02"),
        ("Agency Planner @ 14:02", "Founder, Two-Person Studio @ 14:10"),
        ("Posted by Ann Lee on March 3, 2009 at 10:12", "Posted by Bob Roy on March 4, 2009 at 08:00"),
        ("Ann Lee wrote:", "Bob Roy replied:"),
    ],
)
def test_lines_that_say_who_and_when_need_no_return(first: str, second: str) -> None:
    note = document(f"A question of price\n\n{PROSE}\n\n{first}\n\nNo.\n\n{second}\n\nYes.\n")

    names = [name for name, _ in speakers(note)]
    assert names[:2] == [None, None]
    assert [name.split()[0] for name in names[2:] if name] in (
        ["Category", "Field"],
        ["Ann", "Bob"],
        ["Agency", "Founder,"],
    )


def test_lines_under_what_was_said_sign_it() -> None:
    note = document(
        f"An article\n\n{PROSE}\n\nFirst view.\n\nPosted by: Ann Lee | March 04, 2005 at 10:00 AM\n\n"
        "Second view.\n\nMore of it.\n\nPosted by: Bob Roy | March 05, 2005 at 11:00 AM\n"
    )

    assert speakers(note)[1:] == [
        (None, PROSE),
        ("Ann Lee", "First view."),
        ("Bob Roy", "Second view."),
        ("Bob Roy", "More of it."),
    ]
    assert note.about.author is None
    assert dated(note) == {"First view.": "2005-03-04", "Second view.": "2005-03-05", "More of it.": "2005-03-05"}


def dated(note: Document) -> dict[str, str]:
    """The texts that have a date of their own, and these dates."""
    return {note.text[block.start : block.end]: block.date for block in note.blocks if block.date}


def test_a_comment_has_its_own_date_and_no_other_text_has_it() -> None:
    said = ("Ann Lee, 12 March 2024 at 10:14", "No."), ("Bob Roy says:", "Yes."), ("Bob Roy, 17 August 2025", "Ok.")
    thread = "\n\n".join(part for turn in said for part in turn)
    comments = "".join(
        f"<div class='comment'><span class='author'><a>{name}</a></span> <span class='date'>August {day}, 2019"
        f"</span><div class='comment-content'><p>{text}</p></div></div>"
        for name, day, text in (("Cher Roy", 17, "I would rather not."), ("Regan", 19, "We did it all the same."))
    )
    page = f"<h1>A question of price</h1><article><p>{PROSE}</p></article><div class='comments'>{comments}</div>"

    assert dated(document(f"A question of price\n\n{PROSE}\n\n{thread}\n")) == {
        "No.": "2024-03-12",
        "Ok.": "2025-08-17",
    }
    own = dated(document(page, "page.html"))
    assert (own["I would rather not."], own["We did it all the same."]) == ("2019-08-17", "2019-08-19")


def test_the_time_of_a_comment_is_no_part_of_what_is_said() -> None:
    note = document(
        f"Prices\n\n{PROSE}\n\nAnonymous said...\n\nNot so.\n\nMarch 3, 2009 at 10:12 AM\n\n"
        "Jane Doe said...\n\nIt is so.\n"
    )

    assert speakers(note)[2:] == [("Anonymous", "Not so."), ("Jane Doe", "It is so.")]


def test_an_interview_with_labels_has_speakers() -> None:
    note = document(f"Host: Who decides?\n\nGuest: {PROSE}\n\nHost: Always?\n\nGuest: Always.\n")

    assert speakers(note) == [("Host", "Who decides?"), ("Guest", PROSE), ("Host", "Always?"), ("Guest", "Always.")]


def test_a_letter_or_a_small_word_is_no_speaker_unless_the_document_says_so() -> None:
    faq = document(f"Questions\n\nQ: How long?\n\nA: {PROSE}\n\nQ: Who?\n\nA: {PROSE}\n")
    mixed = document(f"A talk\n\nAnn Lee: {PROSE}\n\nK: Why?\n\nAnn Lee: {PROSE}\n\nK: So what?\n")
    told = document(f"A talk\n\nA says:\n\n{PROSE}\n\nB says:\n\nIndeed not.\n\nA says:\n\nFine.\n")

    assert [voice for voice, _ in speakers(faq)] == [None] * 5
    assert [voice for voice, _ in speakers(mixed)] == [None, "Ann Lee", None, "Ann Lee", None]
    assert [voice for voice, _ in speakers(told)] == [None, "A", "B", "A"]


def test_headings_that_come_back_are_no_speakers() -> None:
    note = document(
        f"Sales and marketing\n\nThe first case\n\n{PROSE}\n\nMarketing Takeaway\n\n{PROSE}\n\n"
        f"The second case\n\n{PROSE}\n\n"
        f"Marketing Takeaway\n\n{PROSE}\n\nKey Result\n\nThe result was key to marketing.\n"
    )

    assert not any(block.speaker for block in note.blocks)


def test_a_label_may_tell_the_role_after_the_name() -> None:
    talk = document(
        f"A talk\n\nAnn Lee, head of sales:\nWe sell too little.\n\nBo Ek, fitter in Holmby:\n{PROSE}\n\n"
        "Ann Lee, head of sales:\nThen mend less.\n"
    )

    assert [voice for voice, _ in speakers(talk)] == [
        None, "Ann Lee, head of sales", "Bo Ek, fitter in Holmby", "Ann Lee, head of sales",
    ]  # fmt: skip


def test_two_names_without_a_return_are_headings() -> None:
    note = document(f"Two firms\n\nCoca Cola\n\n{PROSE}\n\nProcter Gamble\n\n{PROSE}\n")

    assert [b.kind for b in note.blocks if not b.speaker].count(BlockKind.HEADING) == 2


def test_a_list_of_names_is_no_talk() -> None:
    names = "\n\n".join(["Ann Lee", "Bob Roy", "Ann Lee", "Cy Dee"])

    assert not any(block.speaker for block in document(f"Thanks\n\n{PROSE}\n\n{names}").blocks)


def test_comments_of_a_page_have_speakers() -> None:
    note = document(
        f"<article><h1>Prices</h1><p>{PROSE}</p><p>{PROSE}</p></article><div id='comments'>"
        "<div class='comment'><span class='comment-author'>Ann Lee says:</span><time>3 May 2021</time>"
        f"<p>{PROSE} No.</p></div>"
        "<div class='comment'><cite class='fn'>Bob Roy</cite><p>I would say yes, and soon.</p></div>"
        "<form id='commentform'><p>Leave a comment</p></form></div>",
        "page.html",
    )

    assert speakers(note)[-2:] == [("Ann Lee", f"{PROSE} No."), ("Bob Roy", "I would say yes, and soon.")]
    assert ("Leave a comment", "comment form") in [(piece.text, piece.reason) for piece in note.dropped]


@pytest.mark.parametrize(
    ("line", "iso"),
    [
        ("Published 11:34 PM EST Nov 19, 2019", "2019-11-19"),
        ("First Published: Nov 20, 2019 01:38 pm", "2019-11-20"),
        ("Nov 20 2019, 11:06am IST", "2019-11-20"),
        ("25.10.2012", "2012-10-25"),
        ("[2018-08-25 15:24]", "2018-08-25"),
        ("Nov 20 2019 was a good day for shops", None),
    ],
)
@pytest.mark.parametrize(
    "place", ["<div class='article-body'>{}<p>{} A.</p></div>", "{}<div class='article-body'><p>{} A.</p></div>"]
)
def test_a_page_says_when_in_its_text_or_right_beside_it(place: str, line: str, iso: str | None) -> None:
    body = place.format(f"<p>{line}</p>", PROSE)

    note = document(f"<html><body><div><h1>A title</h1>{body}</div></body></html>", "page.html")

    assert note.about.date == iso


def test_what_stands_far_from_the_text_says_nothing_of_it() -> None:
    others = "".join(f"<div>Story {n}</div>" for n in range(20))
    page = f"<h1>A title</h1><div class='article-body'><p>{PROSE}</p></div>{others}<div>November 20, 2019</div>"

    assert document(f"<html><body><div>{page}</div></body></html>", "page.html").about.date is None


@pytest.mark.parametrize("name", ["article:published_time", "sailthru.date", "parsely-pub-date", "datePublished"])
def test_a_pages_marks_say_when_it_was_published(name: str) -> None:
    page = (
        f"<html><head><meta name='{name}' content='2019-11-19T21:57:01+0000'></head><body><p>{PROSE}</p></body></html>"
    )

    assert document(page, "page.html").about.date == "2019-11-19"


@pytest.mark.parametrize(
    ("line", "author", "iso"),
    [
        ("Chief Commercial Officer, 3 February 2025", "Chief Commercial Officer", "2025-02-03"),
        ("Stand: 3. Februar 2025", "Temp Late", "2025-02-03"),
        ("Publié le 3 février 2025", "Temp Late", "2025-02-03"),
        ("Fecha: 3 de febrero de 2025", "Temp Late", "2025-02-03"),
        ("Aggiornato il 3 febbraio 2025", "Temp Late", "2025-02-03"),
        ("Datum: 3 februari 2025", "Temp Late", "2025-02-03"),
        ("3 lutego 2025", "Temp Late", "2025-02-03"),
        ("3 февраля 2025", "Temp Late", "2025-02-03"),
        ("発行日：2025年2月3日", "Temp Late", "2025-02-03"),
        ("Autorin: Ann Lee", "Ann Lee", None),
        ("作成者：山田太郎", "山田太郎", None),
        ("Prepared by: Ann Lee, 3 Feb 2025", "Ann Lee", "2025-02-03"),
        ("Our budget 2025 is new, and the old one ended.", "Temp Late", None),
    ],
)
def test_what_a_document_says_of_itself_counts_before_the_properties_of_its_template(
    line: str, author: str, iso: str | None
) -> None:
    """When the file was made counts not at all."""
    core = (
        '<coreProperties xmlns:dc="d" xmlns:dcterms="t"><dc:creator>Temp Late</dc:creator>'
        "<dcterms:created>2011-01-12T00:00:00Z</dcterms:created></coreProperties>"
    )
    texts = ("Pricing policy", line, PROSE)
    body = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in texts)
    about = load(packed({"word/document.xml": BODY % body, "docProps/core.xml": core}), source="p.docx", id="p").about

    assert (about.author, about.date) == (author, iso)


CONFLUENCE = """<body><div id="main"><div id="main-header"><h1 id="title-heading">{title}</h1></div>
<div id="content" class="view"><div class="page-metadata">Created by <span class="author"> {who}</span>{changed}</div>
<div id="main-content" class="wiki-content group"><p>The launch is in the second week of May, and 240,000 euros are for
all of it.</p><p>Dana leads it, and nothing is booked before everybody has approved the plan.</p></div></div></div>
<div id="footer">Document generated by Confluence on Mar 20, 2027 09:12</div></body>"""


@pytest.mark.parametrize(
    ("who", "changed", "author", "date"),
    [
        ("Ines Roth", ", last modified on Mar 14, 2026", "Ines Roth", "2026-03-14"),
        ("Ines Roth", ", last modified by <i>Tom Ode</i> on Mar 14, 2026", "Ines Roth", "2026-03-14"),
        ("Åsa Öberg-Lund", " on 02. Apr 2025", "Åsa Öberg-Lund", "2025-04-02"),
        ("hand and by a machine of the team", "", None, None),
    ],
)  # fmt: skip
def test_a_page_that_confluence_exported_says_who_made_it_and_when(
    who: str, changed: str, author: str | None, date: str | None
) -> None:
    made = CONFLUENCE.format(title="Launch plan", who=who, changed=changed)

    about = load(made.encode(), source="plan.html", id="p").about

    assert (about.author, about.date) == (author, date)


@pytest.mark.parametrize(
    ("title", "name", "date"),
    [
        ("Marketing meeting, Tuesday 18 March 2025", "minutes.md", "2025-03-18"),
        ("Marketing meeting", "2025-03-18 minutes.md", "2025-03-18"),
        ("Review of March 2024", "review 2024.md", None),
    ],
)
def test_a_document_that_is_named_after_a_day_is_taken_to_be_of_it(title: str, name: str, date: str | None) -> None:
    about = document(f"# {title}\n\n{PROSE}\n", name).about

    assert (about.date, "date" in about.guessed) == (date, date is not None)
