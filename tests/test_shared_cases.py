"""The small files that once went wrong, as people see them; they lie beside the checkout, in ``../shared/cases``."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from assistant.errors import SourceError
from assistant.types import Document
from ingest.folder.files import find
from ingest.pipeline.documents import load
from ingest.pipeline.passages import split

CASES = Path(__file__).parents[2] / "shared" / "cases"
pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason="the cases are not beside this checkout (../shared/cases)")


class Seen(NamedTuple):
    """What a person sees in a file: what its text holds, in this order, what it does not, and whose words are whose."""

    holds: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    said: tuple[tuple[str, str], ...] = ()  # by whom, and what
    title: str | None = None
    author: str | None = None
    date: str | None = None
    notices: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()


RESELLERS = Seen(("Resellers should keep 20 percent.",), ("30 percent",), (("Dana Ames", "I do not agree."),))
STATUS = Seen(("The launch budget is 240,000 euros.",), author="Dana Ames")
TALK = (
    ("Dana Ames", "The launch moves to the fourteenth of May, because the bank has not signed."),
    ("Ines Roth", "Then radio has to be booked by the end of March."),
)
CASE = {
    "01-budget.txt": Seen(("Register for the webinar by 14 May.", "Sign up costs 3 euros per customer.")),
    "01-channels.md": Seen(("Subscribe now to get our weekly tips in your inbox.", "Leave a comment", "Tags: travel")),
    **{f"02-weekly-reports/status-{week}.md": STATUS for week in range(1, 8)},
    "03-branches.pdf": Seen(
        ("Branch: Lustenau north; Visits: 2,287", "Branch: Lustenau south; Visits: 2,547; Budget: 106,989")
    ),
    "03-twopages.pdf": Seen(("Radio: 240,000", "Search: 180,500")),
    **{f"04-{name}.eml": RESELLERS for name in ("danish", "finnish", "japanese", "polish")},
    "05-pricing.md": Seen(
        ("is 59 euros a month. Resellers get 20 percent.", "Plan: Pro; EU: —; US: 59"), ("30 percent", "49")
    ),
    "05-strike.docx": Seen(
        ("a margin of 20 percent", "after 30 days", "was 40 and the list has 12 thousand"), ("90 days",)
    ),
    "05-strike.html": Seen(("a margin of 20 percent", "The kick-off fee is 500 euros."), ("90 days", "800")),
    "05-strike.pdf": Seen(("Payment is due after 30 days.",), ("90 days",)),
    "06-sup.html": Seen(("was 40, and the list grew to 12 thousand", "per m^2, and reach was 10^6", "CO2 per parcel")),
    "06-sup.pdf": Seen(("was 40 and the list grew to 12 thousand", "per m^2, and reach was 10^6")),
    "07-longtable.pdf": Seen(("Channel: Channel 3; Leads: —; Cost: 150; Owner: Ines",)),
    "07-mdtable.md": Seen(("Plan: Pro; EU: —; US: 59; Support: phone",)),
    "07-spans.html": Seen(
        ("Region: Nordics; Plan: Pro; Monthly: 29", "Region: Iberia; Plan: Pro; Monthly: —; Yearly: 220")
    ),
    "08-policy-new.docx": Seen(("up to 10%",), author="Chief Commercial Officer", date="2025-02-03"),
    "08-policy-old.docx": Seen(("up to 15%",), author="Chief Commercial Officer", date="2023-01-16"),
    "09-twohead.docx": Seen(
        ("Region: Nordics; 2023 › Leads: 120; 2023 › Sales: 12; 2024 › Leads: 140; 2024 › Sales: 19",)
    ),
    "09-twohead.xlsx": Seen(("Region: Iberia; 2023 › Leads: 80; 2023 › Sales: 4; 2024 › Leads: 95; 2024 › Sales: 6",)),
    "10-formats.xlsx": Seen(("Spend: 1.5K", "Spend: 2.4M; Balance: $-;", "Spend: 640")),
    "11-formulas-and-comments.xlsx": Seen(
        ("April: 1500; Total: =B2+C2 (formula, no saved value)",),
        said=(("Ines Roth", "Radio is agreed only until the end of March"),),
        notices=("formula without a saved value",),
    ),
    "11-textbox.xlsx": Seen(("Churn excludes customers in Austria", "Not audited yet.")),
    "12-confluence.html": Seen(
        ("The launch budget is 240,000 euros", "Legal has not approved", "The partner bank may")
    ),
    "12-faq.html": Seen(
        ("How can I cancel", "You can cancel in writing", "Yes, once a year", "We refund the last", "one working day")
    ),
    "13-bracket-speakers.md": Seen(said=(*TALK, ("Tom Berg", "Agreed."), ("Ines Roth", "Fine."))),
    "13-minutes.md": Seen(("[Decision]: Approved", "[Budget]: 240,000", "[Owner]: Ines", "Dear <first name>")),
    "14-altchunk.docx": Seen(("The launch budget is 240,000 euros", "The launch date is 14 May.")),
    "14-chart.docx": Seen(("Sign-ups; March: 900; April: 1100",)),
    "14-sym.docx": Seen(("Feature: Single sign-on; Basic: ✗; Pro: ✓",)),
    "15-comments.pptx": Seen(("The launch date is 14 May.",), said=(("Ines Roth", "The bank has not signed"),)),
    "15-funnel.pptx": Seen(("Sign-ups; March: 900",)),
    "15-order.pptx": Seen(("Option A", "We keep the price", "Option B", "We raise the price by 4 euros in May.")),
    "16-annot.pdf": Seen(("The launch date is 14 May",), said=(("Unknown", "The bank has not signed"),)),
    "16-form.pdf": Seen(("Campaign name: Travel card spring", "Budget in euros: 240000", "Needs legal approval: ☒")),
    "17-one-statement-a-page.pdf": Seen(("Reach grew by 40", "Leads fell by 12 percent in the south", "We stop radio")),
    "18-qualtrics.csv": Seen(("Q1 › How likely are you to recommend the travel card?: 9",)),
    "18-surveymonkey.csv": Seen(("What would make you switch? › Open-Ended Response: Better support",)),
    "19-teams.docx": Seen(said=(*TALK, ("Tom Berg", "Print shops need three weeks"))),
    "19-whatsapp.txt": Seen(
        said=(("Ines Roth", "no way"), ("Dana Ames", "but it costs 80k"), ("Tom Berg", "legal says"))
    ),
    "20-czech1250.txt": Seen(("Vyšší slevy schvaluje ředitel prodeje.",)),
    "20-polish1250.txt": Seen(("Klient płaci fakturę w ciągu trzydziestu dni",)),
    "20-turkish1254.txt": Seen(("yüzde 15 indirim yapabilir. Daha büyük indirimleri satış müdürü onaylar.",)),
    "21-ja.md": Seen(title="値引きの規則"),
    "22-Launch plan 1f2e3d4c5b6a79881f2e3d4c5b6a7988.md": Seen(
        ("Owner: Ines Roth", "Due: March 14, 2025", "The launch budget is 240,000 euros."), title="Launch plan"
    ),
    "23-folder/call.vtt": Seen(said=(("Dana Ames", "The launch moves to the fourteenth of May."),)),
    "23-folder/launch.md": Seen(("The launch date is 14 May and the bank agrees with it.",)),
    "23-folder/thread.mbox": Seen(said=(("Dana Ames", "Resellers keep 20 percent."), ("Ines Roth", "Fine by me."))),
    "24-obsidian.md": Seen(
        ("See the launch plan and Budget 2025.xlsx. The launch date is 14 May.",),
        ("Internal", "[[", "==", "^launch-date"),
        dropped=("%% Internal",),
    ),
    "25-outlook-inline.eml": Seen(
        said=(("Ines Roth", "Should resellers get 30 percent?"), ("Dana Ames", "[DA] No, 20 percent.")),
        notices=("quoted part of an earlier mail",),
    ),
}
REFUSED = {"16-garbled.pdf": "text layer cannot be read"}
NO_DOCUMENT = {"README.md", "23-folder/Untitled.md", "23-folder/~$pricing.docx"}


def read(name: str) -> Document:
    return load((CASES / name).read_bytes(), source=name, id="0123456789")


@pytest.mark.parametrize("name", CASE)
def test_a_file_is_read_as_people_see_it(name: str) -> None:
    seen, document = CASE[name], read(name)
    about, text = document.about, document.text

    places = [text.find(part) for part in seen.holds]
    assert -1 not in places, seen.holds[places.index(-1)]
    assert places == sorted(places)
    assert [part for part in seen.lacks if part in text] == []
    blocks = [(block.speaker, text[block.start : block.end]) for block in document.blocks]
    assert [one for one in seen.said if not any(who == one[0] and one[1] in words for who, words in blocks)] == []
    for wanted, found in ((seen.title, about.title), (seen.author, about.author), (seen.date, about.date)):
        assert wanted in {None, found}
    assert {*seen.notices} <= {gone.notice for gone in document.dropped}
    assert all(any(part in gone.text for gone in document.dropped) for part in seen.dropped)


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_cannot_be_read_says_why(name: str) -> None:
    with pytest.raises(SourceError, match=REFUSED[name]):
        read(name)


def test_every_case_has_its_expected_value() -> None:
    files = {path.relative_to(CASES).as_posix() for path in CASES.rglob("*") if path.is_file()}

    assert files == {*CASE, *REFUSED, *NO_DOCUMENT}


def test_each_rule_of_a_japanese_list_is_a_sentence_of_its_own() -> None:
    sentences = [one for passage in split(read("21-ja.md"), 80) for one in passage.sentences]

    assert len(sentences) >= 59
    assert max(one.end - one.start for one in sentences) < 400


def test_lock_files_and_empty_notes_are_no_failures() -> None:
    listing = find([CASES / "23-folder"])

    assert sorted(Path(file.path).name for file in listing.files if file.size) == [
        "call.vtt",
        "launch.md",
        "thread.mbox",
    ]
    assert not listing.failed
