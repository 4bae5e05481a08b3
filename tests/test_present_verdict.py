"""What the page of pressure tests shows of a verdict, as plain functions."""

from __future__ import annotations

import json
from dataclasses import replace

from assistant.pressure.discussion import VerdictChange
from assistant.types import AssumptionRuling, IdeaRuling, Judged, Stance
from tests.test_verdict_page import AGAINST, EVIL, FOR, REPORT, VERDICT
from ui.reports import present_verdict
from ui.reports import verdict_report as told
from ui.reports.present_verdict import FILLS, Place
from ui.views.present import Standing


def test_what_will_be_looked_at_is_told_from_the_words_alone() -> None:
    looked = present_verdict.looked_at("Hire ten people for cold calling, because calls are how we reach accounts.")

    assert [one.name for one in looked.parts][:2] == ["the idea as it stands", "the reason"]
    assert looked.parts[1].part == "calls are how we reach accounts"
    assert not looked.is_shortened


def test_sentences_that_only_ask_for_agreement_are_left_out() -> None:
    looked = present_verdict.looked_at("Hire ten people for cold calling. Everybody knows that it works.")

    assert (looked.tested, looked.is_shortened) == ("Hire ten people for cold calling.", True)


def test_of_no_idea_nothing_is_looked_at() -> None:
    assert present_verdict.looked_at("  \n ").parts == ()


def test_the_head_of_a_card_has_number_words_ruling_and_sides_and_is_inert() -> None:
    one = replace(VERDICT.assumptions[0], text=EVIL)

    head = present_verdict.head(3, (*VERDICT.assumptions, one))

    assert head.startswith("**3** ")
    assert head.endswith(":orange-badge[contested] 1 voice for, 1 against")
    assert "<script>" not in head.replace("\\<", "")
    assert "no evidence" in present_verdict.head(2, VERDICT.assumptions)


def test_heads_of_assumptions_that_begin_alike_are_cut_where_they_differ() -> None:
    begins = (
        "hire ten more people for cold calling in the two northern regions and give up the stand at the spring fair"
    )
    texts = (
        f"{begins}, since calls are how we reach accounts",
        f"{begins}, since stands cost more than they bring",
        begins,
        "calls are how we reach accounts",
    )
    assumptions = [replace(VERDICT.assumptions[1], text=text) for text in texts]

    heads = [present_verdict.head(number, assumptions).partition(" :gray")[0] for number in (1, 2, 3, 4)]

    assert heads[0] == "**1** Hire ten more people … calls are how we reach accounts"
    assert heads[1] == "**2** Hire ten more people … stands cost more than they bring"
    assert heads[2] == "**3** Hire ten more people … fair"
    assert heads[3] == "**4** Calls are how we reach accounts"


def test_findings_of_one_voice_are_told_as_such() -> None:
    second = replace(FOR, citation=replace(FOR.citation, start=90, end=97))
    one = VERDICT.assumptions[0]

    head = present_verdict.head(1, [replace(one, findings=(*one.findings, second))])

    assert head.endswith(" 1 voice for, 1 against")


def test_what_it_comes_to_is_told_by_voices_and_what_nobody_can_place_is_no_silence() -> None:
    contested = replace(VERDICT, ruling=IdeaRuling.CONTESTED)
    unclear = replace(FOR, stance=Stance.UNCLEAR, confidence=0.6)
    only_near = replace(AGAINST, stance=Stance.UNCLEAR, confidence=1.0)
    open_one = replace(VERDICT.assumptions[0], ruling=AssumptionRuling.GAP, findings=(unclear, only_near))
    unsaid = replace(VERDICT, ruling=IdeaRuling.NOT_COVERED, assumptions=(open_one,))

    assert (
        ": 1 voice (each a person, or a document that names nobody) for it, 1 against it."
        " What was found takes a known side on 1 of its 2 assumptions."
    ) in told.in_short(contested)
    assert told.undecided(unsaid) == [unclear]
    assert told.in_short(unsaid) == ("1 passage bears on it, on which side is not known.")


def test_a_side_that_a_person_gave_is_no_probability() -> None:
    assert told.attributed(replace(FOR, confidence=1.0)) == told.KINDS[FOR.kind]


def test_a_finding_is_found_by_its_place() -> None:
    assert present_verdict.places(VERDICT) == {FOR: Place(1, 1), AGAINST: Place(1, 2)}
    assert present_verdict.in_order(VERDICT) == {(1, 1): FOR.citation, (1, 2): AGAINST.citation}


def test_what_is_shown_first_is_walked_through_first() -> None:
    unsaid = replace(
        FOR,
        stance=Stance.UNCLEAR,
        confidence=0.6,
        citation=replace(FOR.citation, start=90, end=90 + len(FOR.citation.quote)),
    )
    first = replace(VERDICT.assumptions[0], findings=(*VERDICT.assumptions[0].findings, unsaid))
    verdict = replace(VERDICT, assumptions=(first, VERDICT.assumptions[1]))

    assert list(present_verdict.in_order(verdict)) == [(1, 3), (1, 1), (1, 2)]


def test_a_quote_at_a_glance_is_folded_over_what_it_stands_in_unless_there_is_no_more() -> None:
    html = present_verdict.folded(FOR)

    assert '<summary><span class="context">Before it. </span><mark class="words">It works &lt;script&gt;' in html
    assert "<details" not in present_verdict.folded(replace(AGAINST, context=AGAINST.citation.quote))
    assert "<details" in present_verdict.folded(
        replace(AGAINST, context="", citation=replace(AGAINST.citation, quote="It fails. " * 9))
    )


def test_a_source_is_told_with_the_words_around_the_quote_when_it_is_pointed_at() -> None:
    tip = present_verdict.tip(AGAINST)

    assert "16 January 2023" in tip
    assert "Before it\\. **“It fails\\.”** After it\\." in tip


def test_a_quote_is_marked_in_what_it_stands_in_and_is_only_text() -> None:
    html = present_verdict.quote(FOR, in_context=True)

    assert '<span class="context">Before it. </span><mark class="words">It works &lt;script&gt;' in html
    assert "<mark" not in present_verdict.quote(FOR, in_context=False)


def test_why_it_bears_on_the_assumption_stands_beneath_a_quote_as_text() -> None:
    html = present_verdict.quote(replace(FOR, why=EVIL), in_context=False)

    assert "</blockquote><p" in html
    assert "A model&#x27;s reading: &lt;script&gt;" in html
    assert "reading" not in present_verdict.quote(FOR, in_context=False)


def test_a_source_names_title_voice_date_and_is_inert() -> None:
    source = present_verdict.source(AGAINST.citation)

    assert "A guest" in source
    assert "16 January 2023" in source
    assert "<script>" not in source.replace("\\<", "")


def test_a_finding_tells_how_it_is_said_and_what_became_of_its_source() -> None:
    assert ">a reported figure</p>" in present_verdict.attributed(AGAINST, REPORT)
    judged = replace(AGAINST, judged=Judged("Ann Lee", Stance.UNCLEAR, 0.5))
    assert ">a reported figure; judged by Ann Lee</p>" in present_verdict.attributed(judged, REPORT)
    assert Standing.GONE.value in present_verdict.attributed(AGAINST, REPORT)
    assert "notice" not in present_verdict.attributed(FOR, REPORT)


def test_what_got_better_and_what_worse_are_told_apart_with_their_quotes() -> None:
    changes = (
        VerdictChange("more speaks for it", better=True, findings=(FOR,)),
        VerdictChange("it <b>fell</b>", better=False),
    )

    better, worse = (present_verdict.changes(changes, better=side) for side in (True, False))

    assert "More speaks for it" in better
    assert "It works &lt;script&gt;" in better
    assert worse == "<ul><li>It &lt;b&gt;fell&lt;/b&gt;</li></ul>"
    assert present_verdict.changes((), better=True) == "<p>Nothing.</p>"


def test_the_picture_has_a_point_for_each_assumption_where_importance_and_evidence_put_it() -> None:
    points = told.points(VERDICT)

    spec = json.loads(json.dumps(present_verdict.picture(points, chosen=2)))

    first, second = spec["data"]["values"]
    assert (round(first["x"], 3), round(first["y"], 3), first["ruling"]) == (round(2 / 6, 3), 0.9, "contested")
    assert (round(second["x"], 3), round(second["y"], 3), second["ruling"]) == (0, 0.8, "no evidence")
    assert second["width"] > first["width"]
    (circles,) = [layer for layer in spec["layer"] if "params" in layer]
    assert circles["params"][0]["select"]["fields"] == ["number"]
    assert circles["encoding"]["fill"]["scale"]["domain"] == [*list(FILLS)[:-1], "no evidence"]


def test_the_picture_counts_voices_as_the_first_sentence_does() -> None:
    again = replace(FOR, citation=replace(FOR.citation, start=90, end=97))
    one = VERDICT.assumptions[0]
    points = told.points(replace(VERDICT, assumptions=(replace(one, findings=(*one.findings, again)),)))

    spec = present_verdict.picture(points, chosen=1)

    assert [value["evidence"] for value in spec["data"]["values"]] == ["1 voice for, 1 against"]
    assert points[0].evidence == 2 / told.ENOUGH
    assert "6 voices or more" in json.dumps(spec)


def test_the_picture_is_told_in_words_too() -> None:
    words = present_verdict.in_words(told.points(VERDICT))

    assert "1: importance 90%, evidence 33%, contested; 2: importance 80%, evidence 0%, no evidence" in words


def test_questions_to_settle_come_with_the_cheapest_evidence_as_text() -> None:
    html = present_verdict.settling(replace(VERDICT, assumptions=(replace(VERDICT.assumptions[1], settle=EVIL),)))

    assert "<dt>Who pays?</dt><dd>The cheapest way: &lt;script&gt;" in html
    assert present_verdict.settling(replace(VERDICT, assumptions=())) == "<p>None is open.</p>"
