"""Markdown as note programs write it: what such a program shows is text, and what it hides is told apart."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.types import BlockKind, Document
from ingest.pipeline.documents import load
from ingest.reading.formats import read
from ingest.reading.markup import markdown
from tests.test_cleaning import whole


def note(text: str, source: str = "note.md") -> Document:
    return load(text.encode(), source=source, id="0123456789")


def shown(text: str) -> list[str]:
    return [piece.text for piece in markdown.read(text.encode()).pieces if not piece.reason]


def hidden(text: str) -> list[tuple[str | None, str]]:
    return [(piece.reason, piece.text) for piece in markdown.read(text.encode()).pieces if piece.reason]


def spoken(document: Document) -> list[tuple[str | None, str]]:
    return [
        (block.speaker, document.text[block.start : block.end])
        for block in document.blocks
        if block.kind is not BlockKind.SPEAKER and block.kind is not BlockKind.TITLE
    ]


@pytest.mark.parametrize(
    "line",
    [
        "[Outcome]: Rejected",
        "[Spend]: 180,000",
        "[Termin]: 2026-02-01",
        "[Responsable]: Lucía",
        "[担当]: 佐藤",
        "[Ratio]: 3/4",
        "[^1]: Confirmed",
        "Hello <customer name>, your <plan> ends soon.",
        "<last name>",
        "Fill in <title> and <address>.",
    ],
)
def test_words_in_brackets_that_lead_nowhere_are_text(line: str) -> None:
    assert shown(f"# Notes\n\n{line}\n\nAfter it.") == ["Notes", line, "After it."]


@pytest.mark.parametrize(
    "line",
    [
        "[plan]: https://example.org/plan",
        "[plan]: <https://example.org/plan> 'The plan'",
        "[plan]: ./plan.md",
        "[plan]: plan.md#costs",
        "[plan]: #costs",
        "[plan]: docs/plan",
        "[//]: # (a remark)",
    ],
)
def test_a_definition_with_an_address_is_shown_by_no_reader(line: str) -> None:
    text = f"# Notes\n\nSee [the plan][plan].\n\n{line}\n\nAfter it."

    assert shown(text) == ["Notes", "See the plan.", "After it."] if "//" not in line[:4] else shown(text)
    assert hidden(text) == [("address of a link", line)]


def test_an_element_that_the_text_closes_or_that_sets_something_is_markup() -> None:
    text = (
        'A <kbd>key</kbd>, <Tab label="x"> and <Icon/> a<br>b.\n\n<details>\n<summary>More</summary>\nIt.\n</details>\n'
    )

    assert shown(text) == ["A key, and a b.", "More", "It."]


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("See [[Price list]] first.", "See Price list first."),
        ("See [[Price list|the list]] first.", "See the list first."),
        ("See [[Price list#North]] first.", "See Price list > North first."),
        ("See [[Price list#^a1b2c3]] first.", "See Price list first."),
        ("See [[1]](https://example.org) first.", "See [1] first."),
        ("==All **of** it== counts.", "All of it counts."),
        ("Whether a == b and c == d counts.", "Whether a == b and c == d counts."),
        ("`==code==` and `[[code]]` count.", "==code== and [[code]] count."),
        ("It counts. %%not this%% And this.", "It counts. And this."),
        ("Reach rose by 4%% and then by 5%% more.", "Reach rose by 4%% and then by 5%% more."),
        ("It counts. ^q3-plan", "It counts."),
        ("It is 10 ^6", "It is 10 ^6"),
    ],
)
def test_what_a_note_program_shows_is_the_text(line: str, text: str) -> None:
    assert shown(line) == [text]


def test_what_logseq_writes_for_itself_is_not_shown() -> None:
    id = "64f0a1b2-1111-2222-3333-444455556666"
    text = f"- Card\n  collapsed:: true\n  id:: {id}\n\t- It counts.\n- owner:: Ines\n"

    assert shown(text) == ["Card", "It counts.", "owner:: Ines"]
    assert hidden(text) == [("property of a block", "collapsed:: true"), ("property of a block", f"id:: {id}")]


def test_the_fences_of_a_callout_are_not_its_text() -> None:
    text = ":::info\nThe budget is 240.\n:::\n\n::: {.note}\nAsk.\n:::\n\nA ::: b\n"

    assert shown(text) == ["The budget is 240.", "Ask.", "A ::: b"]
    assert [reason for reason, _ in hidden(text)] == ["kind of a callout"] * 4


def test_what_a_note_program_hides_is_dropped_with_its_reason() -> None:
    text = "# Card\n\n%%\nTell nobody.\n\n- not this\n%%\n\nIt counts. ^a1 \n\n![[map.png]] %% nor this %%\n"

    assert hidden(text) == [
        ("comment", "%% Tell nobody. - not this %%"),
        ("id of a block", "^a1"),
        ("embedded file", "map.png"),
        ("comment", "%% nor this %%"),
    ]


def test_a_callout_has_its_title_and_its_words_apart() -> None:
    assert shown("> [!danger]- Not signed\n> The bank has not signed.\n\n> [!NOTE]\n> Ask first.") == [
        "Not signed",
        "The bank has not signed.",
        "Note",
        "Ask first.",
    ]


def test_fields_under_the_title_are_fields_and_say_who_made_the_page() -> None:
    """As Notion exports a page of a database: none of its dates is the page's but the one that says so."""
    text = "# Autumn fair\n\nOwner: Tom Berg\nStage: Draft\nDeadline: May 2, 2026\n"
    prose = "\nThe stand costs 9,000 euros.\n"
    page = note(text + prose, "Autumn fair 0123456789abcdef0123456789abcdef.md")
    signed = note(f"{text}Created by: Ines Roth\nCreated time: March 3, 2026 9:14 AM\n{prose}")
    unnamed = note("The stand costs 9,000 euros.", "Autumn fair 0123456789abcdef0123456789abcdef.md")

    assert (page.about.title, page.about.author, page.about.date) == ("Autumn fair", None, None)
    assert [page.text[b.start : b.end] for b in page.blocks if b.kind is BlockKind.ROW] == text.splitlines()[2:]
    assert (signed.about.author, signed.about.date) == ("Ines Roth", "2026-03-03")
    assert unnamed.about.title == "Autumn fair"


@pytest.mark.parametrize("form", ["[{}]: {}", "{}: {}", "**{}:** {}", "[{}]({}): {}"])
@pytest.mark.parametrize("gap", ["\n\n", "\n", "  \n"])
def test_names_before_what_was_said_are_speakers(form: str, gap: str) -> None:
    turns = [
        ("Aino Laine", "Moi."),
        ("José Pérez", "I am against it."),
        ("Aino Laine", "Why?"),
        ("José Pérez", "Cost."),
    ]
    line = form.replace("]({})", "](https://example.org/u)")
    text = gap.join(line.format(name, words) for name, words in turns)

    assert spoken(note(f"# Talk\n\n{text}")) == turns


WORDS = st.sampled_from(["alpha", "beta", "Gamma", "34", "ünïcode", "名前"])
LINES = st.one_of(
    *(
        st.builds(form.format, WORDS, WORDS)
        for form in (
            "{0} and {1}.",
            "[{0}]: {1}",
            "[{0}]: https://{1}.org",
            "<{0} {1}>",
            "- {0} ^{1}",
            "%% {0} %% {1}",
            "%%\n{0}\n\n{1}\n%%",
            "=={0}== {1}",
            "[[{0}#{1}]]",
            "![[{0}.png]] {1}",
            "> [!{0}] {1}\n> {0}",
            "{0}: {1}\n{1}: {0}",
            "| {0} | {1} |\n|---|---|\n| {1} | {0} |",
            "`{0}` **{1}**",
            "<b>{0}</b> <{1}>",
        )
    )
)


@given(st.lists(LINES, min_size=1, max_size=8))
def test_what_is_kept_and_what_is_dropped_are_the_whole_note(lines: list[str]) -> None:
    text = "# Title here\n\n" + "\n\n".join(lines)
    markup = re.sub(r"</?b>", "", text)

    found = Counter(re.findall(r"\w+", " ".join(whole(note(text))).lower()))

    names = " ".join(line.partition("\n")[0] for line in lines if line.startswith("| "))  # each row carries them, too
    assert found == Counter(re.findall(r"\w+", f"{markup} {names}".lower()))


def test_fields_that_come_back_are_no_speakers() -> None:
    entry = "[Decision]: {}\n\n[Owner]: {}\n\n[Budget]: {}\n\n"
    text = "# Minutes\n\n" + entry.format("Approved", "Ines", "9,000") + entry.format("Rejected", "Tom", "none")

    assert {speaker for speaker, _ in spoken(note(text))} == {None}


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("Get ready <em>before</em> the fair", "Get ready before the fair"),
        ("Stands &amp; networks", "Stands & networks"),
        ("'**Stands** and [fairs](http://far.example)'", "Stands and fairs"),
        ("'Ask in {% channel \"fairs\" %} {% include note.html %}'", "Ask in fairs"),
        ("Fill in <customer name>", "Fill in <customer name>"),
        ("1. Stands, 2 * 3 metres", "1. Stands, 2 * 3 metres"),
    ],
)
def test_a_title_in_front_matter_is_shown_without_markup(written: str, title: str) -> None:
    assert note(f"---\ntitle: {written}\n---\n\nWe go to the fair in May.").about.title == title


def test_tags_of_a_template_are_no_text_and_what_they_name_is() -> None:
    text = (
        '# Fairs {#fairs}\n\nAsk in {% channel "fairs" %}.{% include note.html %}\n\n{% if late %}\n\n'
        '## Stands {: .big}\n\nSee [the\nrules]({% page "/rules/#stands" %}) and [more]({{ base }}/more/).\n\n'
        "Dear {{ name }}, `{% page %}` is code.\n"
    )

    assert shown(text) == [
        "Fairs",
        "Ask in fairs.",
        "Stands",
        "See the rules and more.",
        "Dear {{ name }}, {% page %} is code.",
    ]
    assert [words for reason, words in hidden(text) if reason == "tag of a template"] == [
        "{#fairs}",
        "{% include note.html %}",
        "{% if late %}",
        "{: .big}",
    ]
    assert [one.to for piece in markdown.read(text.encode()).pieces for one in piece.lettered] == [
        "/rules/#stands",
        "/more/",
    ]


HUGO = """{{< figure src="stand.png" caption="Our stand in Graz" >}}

{{% notice note %}}
The stand costs **9,000** euros.
{{% /notice %}}

See {{< ref "plan.md" >}} or [the plan]({{< ref "plan.md" >}}).

{{< tabs >}}
{{< tab "North" >}}
The north pays 4 euros.
{{< /tab >}}
{{< /tabs >}}

Dear {{ first_name }}, we open at nine.
"""
MDX = """import Tabs from '@theme/Tabs';
import {Chart} from "../chart";

export const meta = { title: "Fair" };

<Callout type="warning" title="Costs rise">
The stand costs **9,000** euros.
</Callout>

<Tabs>
  <TabItem value="north" label="The north">

The north pays 4 euros.

  </TabItem>
</Tabs>

<Chart data={rows.map(row => row.x)} title="Leads by month" />

{/* not yet agreed */}

Dear <Firstname>, import duties rise from "May" on, and <EM>so do fees</EM> then.

:::tip Save time
Book early.
:::
"""


@pytest.mark.parametrize(
    ("name", "text", "shown"),
    [
        (
            "fair.md",
            HUGO,
            [
                "Our stand in Graz",
                "The stand costs 9,000 euros.",
                "See or the plan.",
                "North: The north pays 4 euros.",
                "Dear {{ first_name }}, we open at nine.",
            ],
        ),
        (
            "fair.mdx",
            MDX,
            [
                "Costs rise: The stand costs 9,000 euros.",
                "The north",
                "The north pays 4 euros.",
                "Leads by month",
                'Dear <Firstname>, import duties rise from "May" on, and so do fees then.',
                "Save time: Book early.",
            ],
        ),
    ],
)
def test_what_site_builders_show_is_text_and_their_marks_are_not(name: str, text: str, shown: list[str]) -> None:
    pieces = read(name, text.encode()).pieces

    assert [piece.text for piece in pieces if not piece.reason] == shown
    assert {piece.reason for piece in pieces if piece.reason} <= {"tag of a template", "comment", "kind of a callout"}
