"""Reports of a verdict: what each must hold, and that nothing of a document can do more than be read."""

import io
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from pathlib import Path

import pytest
from docx import Document
from lxml import html

from assistant.pressure import rulings
from assistant.pressure.discussion import DiscussionReply, Moved, VerdictChange
from assistant.types import (
    About,
    Assumption,
    AssumptionRuling,
    Citation,
    Cost,
    Finding,
    IdeaRuling,
    Kind,
    Rejected,
    Remark,
    Searched,
    Stance,
    Verdict,
)
from tests import paper
from ui.reports import terminal, verdict_page, verdict_report, verdict_terminal
from ui.reports.verdict_map import APART, RADIUS, placed, shares
from ui.reports.verdict_outline import outline
from ui.reports.verdict_report import Report
from ui.views.present import Standing

EVIL = '<script>alert(1)</script> **bold** | [x](http://x) & "quoted"'
ABOUT = About("d1", "evil<.md", "", "text/markdown", f"Title {EVIL}", "Writer", "2023-01-16")


def finding(quote: str, stance: Stance, at: int = 0, kind: Kind = Kind.CLAIM) -> Finding:
    cited = Citation(ABOUT, at, at + len(quote), quote, "A guest")
    return Finding(cited, stance, 0.8, kind, f"Before it. {quote} After it.")


FOR, AGAINST = finding(f"It works {EVIL}", Stance.SUPPORTS), finding("It fails.", Stance.CHALLENGES, 200, Kind.FIGURE)
VERDICT = rulings.ruled(
    Verdict(
        f"Do it {EVIL}",
        IdeaRuling.HOLDS,
        (
            Assumption("It is wanted.", "needs-first", 0.9, AssumptionRuling.GAP, (FOR, AGAINST), "Who wants it?"),
            Assumption("It sells.", "price", 0.8, AssumptionRuling.GAP, (), "Who pays?", settle="Ask ten buyers."),
        ),
        (),
        Searched(3, 40),
        stance_model="pushback",
    )
)
READ = replace(
    VERDICT,
    assumptions=(
        replace(VERDICT.assumptions[0], findings=(FOR, replace(AGAINST, why=f"A trial of it failed {EVIL}."))),
        VERDICT.assumptions[1],
    ),
)
KINDS = (*verdict_page.KINDS, "terminal")
REPORT = Report(VERDICT, "ab12", "2026-01-02T10:00:00+00:00", {AGAINST.citation: Standing.GONE})


def text_of(kind: str, report: Report = REPORT) -> str:
    if kind == "terminal":
        return verdict_terminal.page(outline(report))
    made = verdict_page.rendered(report, kind)
    if kind == ".docx":
        document = Document(io.BytesIO(made))
        cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
        return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])
    if kind == ".html":
        return "\n".join(html.fromstring(made).body.itertext())
    return made.decode()


@pytest.mark.parametrize("kind", KINDS)
def test_why_a_finding_bears_on_it_stands_beneath_its_quote_as_a_models_words(kind: str) -> None:
    told = text_of(kind, Report(rulings.ruled(READ)))

    assert told.count("A model's reading: A trial of it failed") == 1  # a finding is told once
    assert told.index("It fails.") < told.index("A model's reading:")
    assert "A model's reading" not in text_of(kind)


def test_a_terminal_of_80_columns_shows_a_verdict_without_a_longer_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    long = finding("Nobody who was asked at the fair had heard of us before, " * 8, Stance.SUPPORTS, 400)
    read = replace(
        READ.assumptions[0], text="It is wanted by many. " * 9, findings=(*READ.assumptions[0].findings, long)
    )

    lines = text_of("terminal", replace(REPORT, verdict=rulings.ruled(replace(READ, assumptions=(read,))))).split("\n")

    assert max(map(len, lines)) <= 80
    assert len(lines) > 30


def test_what_moved_a_verdict_is_told_with_why_it_bears_on_it() -> None:
    change = VerdictChange("more speaks against it", better=False, findings=READ.assumptions[0].findings)

    assert "A model's reading: A trial of it failed" in terminal.changes([change])


def test_a_sentence_that_a_model_says_in_a_discussion_names_whom_it_stands_on() -> None:
    remark = Remark("It fails often.", (AGAINST.citation,))
    reply = DiscussionReply("It stands.", VERDICT, Moved.NOTHING, prose=(remark,), notices=("The model was slow.",))

    told = terminal.discussed(reply)

    assert verdict_report.remark(remark) == "It fails often. (A guest, 16 January 2023)"
    assert told.index("It stands.") < told.index("It fails often. [1]") < told.index("The model was slow.")
    assert "A guest" in told[told.index("Sources") :]


@pytest.mark.parametrize("kind", KINDS)
def test_a_report_says_which_model_read_and_what_of_its_words_did_not_hold(kind: str) -> None:
    dropped = (Rejected("It flies.", "its word “flies” is not in the evidence"),)

    verdict = replace(READ, model="fake:one", dropped=dropped, notices=("The model was slow.",), cost=Cost(3, 1200, 80))

    told = text_of(kind, Report(verdict))

    for text in ("fake:one", "The model was slow.", "1 did not hold", "3 calls, 1,200 tokens read, 80 written"):
        assert text in told
    assert "It flies." not in told


@pytest.mark.parametrize("kind", KINDS)
def test_a_report_has_the_shape_of_the_page_and_is_titled_with_the_idea(kind: str) -> None:
    told = text_of(kind)
    order = ["For it", "Against it", "On what nothing was found", "Find out first"]
    later = ["Importance and evidence", "What it rests on", "How it was tested"]

    places = [told.index(title) for title in ("Do it", *order, *later)]

    assert places == sorted(places)
    assert told.index("It works") < told.index("It fails.")
    for expected in (
        "1 voice (each a person, or a document that names nobody) for it, 1 against it",
        "Who pays?",
        "Ask ten buyers.",
        "3 documents",
        "16 January 2023",
        "2 January 2026",
        "A guest",
        "a reported figure",
    ):
        assert expected in told
    assert Standing.GONE.value in told


@pytest.mark.parametrize("kind", KINDS)
def test_a_finding_is_told_once_and_its_assumption_names_its_number(kind: str) -> None:
    told = text_of(kind)

    assert told.count("It fails.") == 1
    rests = told[told.index("What it rests on") :]
    assert "See 1 above." in rests
    assert "See 2 above." in rests


@pytest.mark.parametrize("kind", [".html", ".docx"])
def test_of_many_findings_a_report_tells_a_few_a_side_and_how_many_more_there_are(kind: str) -> None:
    many = tuple(finding(f"It fails {word}.", Stance.CHALLENGES, 10 * n) for n, word in enumerate("abcdefgh"))
    one = replace(VERDICT.assumptions[0], findings=many)

    told = text_of(kind, Report(rulings.ruled(replace(VERDICT, assumptions=(one, VERDICT.assumptions[1])))))

    assert "And 4 more" in told  # one, of one voice, stands above, three here


@pytest.mark.parametrize(("count", "told"), [(1, "1 assumption:"), (2, "2 assumptions:")])
def test_one_assumption_is_told_as_one(count: int, told: str) -> None:
    verdict = replace(VERDICT, assumptions=VERDICT.assumptions[:count], searched=Searched(1, 1))

    assert f"It rests on {told}" in verdict_report.head(Report(verdict))
    assert "Searched: 1 document, 1 passage." in verdict_report.head(Report(verdict))


@pytest.mark.parametrize("kind", KINDS)
def test_what_only_a_person_can_say_the_side_of_comes_first(kind: str) -> None:
    open_ = replace(FOR, stance=Stance.UNCLEAR)
    one = replace(VERDICT.assumptions[0], findings=(open_, AGAINST))

    told = text_of(kind, Report(rulings.ruled(replace(VERDICT, assumptions=(one, VERDICT.assumptions[1])))))

    assert told.index("1 voice") < told.index("Bears on it: you say") < told.index("It works")
    assert told.index("It works") < told.index("For it")


@pytest.mark.parametrize("kind", KINDS)
def test_a_report_says_who_judged_a_finding_and_leaves_out_what_is_not_about_it(kind: str) -> None:
    said, aside = rulings.judge(FOR, Stance.SUPPORTS, "Ann Lee"), rulings.judge(AGAINST, None, "")
    one = replace(VERDICT.assumptions[0], findings=(said, aside))

    told = text_of(kind, Report(rulings.ruled(replace(VERDICT, assumptions=(one, VERDICT.assumptions[1])))))

    assert "judged by Ann Lee" in told
    assert "It fails." not in told


def test_a_word_report_holds_the_picture_with_its_words() -> None:
    made = Document(io.BytesIO(verdict_page.rendered(REPORT, ".docx")))

    (shape,) = made.inline_shapes
    assert shape._inline.docPr.get("descr").startswith("Assumptions by importance and evidence. 1: importance 90%")
    assert made.core_properties.title.startswith("Do it")


@pytest.mark.parametrize("kind", KINDS)
def test_an_idea_that_nothing_touches_is_told_so(kind: str) -> None:
    gaps = tuple(replace(one, findings=()) for one in VERDICT.assumptions)

    told = text_of(kind, Report(rulings.ruled(replace(VERDICT, assumptions=gaps))))

    assert "not covered" in told.lower()
    assert verdict_report.NOTHING in told


@pytest.mark.parametrize("verdict", [VERDICT, rulings.ruled(READ)])
def test_text_of_documents_and_models_is_only_text_in_the_page(verdict: Verdict) -> None:
    made = verdict_page.rendered(Report(verdict), ".html").decode()
    tree = html.fromstring(made)

    assert not tree.xpath("//script | //a | //img | //link | //@onclick")
    assert EVIL in tree.text_content()
    assert "http" not in made.replace("http-equiv", "").replace("http://x", "")
    assert "script-src" not in made
    assert "default-src 'none'" in made


@pytest.mark.parametrize("verdict", [VERDICT, rulings.ruled(READ)])
def test_text_of_documents_and_models_is_only_text_in_markdown(verdict: Verdict) -> None:
    told = text_of(".md", Report(verdict))

    assert "<script>" not in told.replace("\\<script\\>", "")
    assert "\\*\\*bold\\*\\*" in told


def test_in_markdown_no_text_is_a_formula_and_none_turns_the_line_round() -> None:
    told = text_of(
        ".md", Report(replace(VERDICT, idea="Pay $5 and $x^2$ \u202eyap\u202c \u2066at once\u2069 ![a](b)."))
    )

    assert "Pay \\$5 and \\$x^2\\$ \ufffdyap\ufffd \ufffdat once\ufffd \\!\\[a\\](b)." in told


def test_a_word_document_holds_what_xml_cannot() -> None:
    odd = replace(VERDICT, idea="Do\x00 it\x0b now \ud800.")

    assert "Do\ufffd it\ufffd now \ufffd." in text_of(".docx", Report(odd))


def test_nothing_turns_the_line_round_in_a_word_document() -> None:
    odd = replace(VERDICT, idea="Pay \u202eyap\u202c \u2066at once\u2069.")

    assert "Pay \ufffdyap\ufffd \ufffdat once\ufffd." in text_of(".docx", Report(odd))


def test_what_matters_and_is_not_known_lies_at_the_upper_left_and_none_hides_another() -> None:
    same = replace(VERDICT, assumptions=(*VERDICT.assumptions, VERDICT.assumptions[1]))

    (known, x1, _), (unknown, x2, y2), (_, x3, y3) = placed(verdict_report.points(same))

    assert (known.evidence, unknown.evidence) == (2 / 6, 0)
    assert x2 < x1
    assert abs(x3 - x2) >= 2 * RADIUS or abs(y3 - y2) >= 2 * RADIUS


def test_many_points_of_one_place_stay_near_it() -> None:
    many = replace(VERDICT, assumptions=(VERDICT.assumptions[1],) * 6)

    places = [(x, y) for _, x, y in placed(verdict_report.points(many))]

    assert len({(round(x), round(y)) for x, y in places}) == 6
    assert max(x for x, _ in places) - places[0][0] <= 2 * APART
    assert max(abs(y - places[0][1]) for _, y in places) <= APART


def test_a_picture_of_another_size_has_the_same_places() -> None:
    (_, x1, y1), (_, x2, y2) = shares(verdict_report.points(VERDICT))

    assert [round(one, 6) for one in (x1, y1, x2, y2)] == [round(2 / 6, 6), 0.9, 0, 0.8]


def test_the_picture_is_well_formed_and_says_in_words_what_it_shows() -> None:
    svg = html.fromstring(verdict_page.rendered(REPORT, ".html")).xpath("//svg")[0]

    assert ElementTree.fromstring(html.tostring(svg, encoding="unicode").replace("&nbsp;", " ")) is not None
    assert svg.xpath("./title")[0].text.startswith("Assumptions by importance and evidence. 1: importance 90%")


def test_how_often_a_guessed_side_was_wrong_is_said_in_a_sentence_and_no_measure_is_named() -> None:
    lines = list(verdict_report.trust(replace(VERDICT, stance_model="pushback")))

    assert [line for line in lines if "22 on the other" in line]
    assert not [line for line in lines if re.search(r"f1|auroc|perspectrum|\b0\.\d", line, re.IGNORECASE)]


@pytest.mark.parametrize("kind", verdict_page.KINDS)
@pytest.mark.parametrize("model", ["pushback", "none"])
def test_a_report_that_is_handed_on_has_no_words_of_the_machine(kind: str, model: str) -> None:
    searched = tuple(replace(one, searched=("who wants it -bundle",)) for one in VERDICT.assumptions)

    told = text_of(kind, replace(REPORT, verdict=replace(VERDICT, stance_model=model, assumptions=searched)))

    assert not re.search(r"\.md\\?:\d|\d{4}-\d\d|\bgap\b|stance model|Looked at as|\d\.\d|assistant/|-bundle", told)
    assert "no evidence" in told.lower()
    assert "Who pays? · importance 80%" in told
    assert re.search(r"A guest, Title .*, 16 January 2023 \(evil", told)


def test_a_report_in_a_terminal_keeps_the_places_and_the_searches() -> None:
    searched = replace(VERDICT.assumptions[0], searched=("who wants it",))

    told = text_of("terminal", Report(replace(VERDICT, assumptions=(searched,))))

    assert f"16 January 2023; evil<.md:0-{len(FOR.citation.quote)}" in told
    assert "Searched for: who wants it" in told


@pytest.mark.parametrize(("findings", "sentences", "why"), paper.FULL)
def test_a_word_report_on_six_assumptions_takes_three_pages_or_fewer(findings: int, sentences: int, why: str) -> None:
    verdict = paper.six_assumptions(findings, sentences, why)

    made = verdict_page.rendered(replace(REPORT, verdict=verdict), ".docx")

    assert len(verdict.assumptions) == 6
    assert paper.pages(made) <= 3


def test_where_there_is_room_a_word_report_quotes_three_findings_a_side() -> None:
    told = text_of(".docx", replace(REPORT, verdict=paper.six_assumptions(12, 1)))

    assert [told.count(f"“{number} times") for number in range(12)] == [1] * 12
    assert "more, in the verdict itself" not in told


@pytest.mark.parametrize("kind", [".docx", ".html"])
def test_hebrew_and_arabic_run_from_right_to_left(kind: str) -> None:
    hebrew = finding("המכתב מביא את ההזמנות.", Stance.SUPPORTS, 400)
    one = replace(VERDICT.assumptions[0], findings=(hebrew, AGAINST))
    verdict = rulings.ruled(replace(VERDICT, idea="كتابة رسالة", assumptions=(one, VERDICT.assumptions[1])))

    made = verdict_page.rendered(replace(REPORT, verdict=verdict), kind)

    if kind == ".html":
        assert re.search(r":is\(p, h1, .*blockquote.*\) \{ unicode-bidi: plaintext; \}", made.decode())
        return
    paragraphs = Document(io.BytesIO(made)).paragraphs
    turned = [one.text for one in paragraphs if one._p.xpath("./w:pPr/w:bidi")]
    assert turned == ["كتابة رسالة", "1 “המכתב מביא את ההזמנות.”"]
    assert all(run.font.rtl for one in paragraphs for run in one.runs if one.text in turned)
    assert not any(run.font.rtl for one in paragraphs for run in one.runs if one.text not in turned)


def test_a_page_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "report.md").mkdir()

    with pytest.raises(Exception, match="cannot be written"):
        verdict_page.write(REPORT, tmp_path / "report.md")
