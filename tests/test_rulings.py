from dataclasses import replace

import pytest

from assistant.errors import SettingsError
from assistant.pressure import rulings
from assistant.types import (
    About,
    Assumption,
    AssumptionRuling,
    Citation,
    Finding,
    IdeaRuling,
    Judged,
    Kind,
    Searched,
    Stance,
    Verdict,
)

S, C = Stance.SUPPORTS, Stance.CHALLENGES


def finding(stance: Stance, confidence: float = 0.8, *, document: str = "a", kind: Kind = Kind.CLAIM) -> Finding:
    cited = Citation(About(document, f"{document}.txt", "", "text/plain", document), 0, 8, f"Quote {document}.")
    return Finding(cited, stance, confidence, kind)


def make_finding(stance: Stance, document: str, *, author: str | None = None, speaker: str | None = None) -> Finding:
    about = About(document, f"{document}.txt", "", "text/plain", document, author)
    return Finding(Citation(about, 0, 8, f"Quote {document}.", speaker), stance, 0.8)


def verdict(*assumptions: Assumption) -> Verdict:
    return rulings.ruled(Verdict("Do it.", IdeaRuling.HOLDS, assumptions, (), Searched(1, 1)))


def assumption(lens: str, importance: float, *findings: Finding) -> Assumption:
    return Assumption(f"{lens} holds.", lens, importance, AssumptionRuling.GAP, findings, f"Does {lens} hold?")


def test_what_a_source_only_reports_of_an_opponent_rules_on_nothing() -> None:
    of_opponent = finding(S, kind=Kind.OPPONENT)

    ruled = verdict(assumption("reach", 0.9, of_opponent))

    assert ruled.ruling is IdeaRuling.NOT_COVERED
    assert ruled.leaps_of_faith == ("reach holds.",)
    assert ruled.case_for == ()
    assert ruled.assumptions[0].findings == (of_opponent,)


def test_importance_is_the_users_when_it_is_given_and_changes_what_is_a_leap_of_faith() -> None:
    before = verdict(assumption("reach", 0.4), assumption("price", 0.9, finding(S)))

    after = rulings.weighed(before, {"Reach": 0.9, "2": 0.1})

    assert before.leaps_of_faith == ()
    assert after.leaps_of_faith == ("reach holds.",)
    assert [(one.importance, one.importance_by) for one in after.assumptions] == [(0.9, "user"), (0.1, "user")]
    assert rulings.weighed(after, {}) == after


def test_importance_that_was_set_goes_over_to_the_same_things_of_another_verdict() -> None:
    clause = replace(assumption("a part of the idea", 0.6), text="Print it.")
    first = verdict(assumption("reach", 0.4), clause, assumption("price", 0.7))
    before = rulings.weighed(first, {"1": 0.9, "2": 0.2})
    other = replace(clause, text="Send it.")

    after = rulings.weighed_as(before, verdict(other, clause, assumption("price", 0.7), assumption("reach", 0.4)))

    told = [(one.importance, one.importance_by) for one in after.assumptions]
    assert told == [(0.6, "lens"), (0.2, "user"), (0.7, "lens"), (0.9, "user")]


@pytest.mark.parametrize("given", [{"reach": 1.5}, {"weather": 0.5}, {"3": 0.5}])
def test_importance_that_means_nothing_is_refused(given: dict[str, float]) -> None:
    with pytest.raises(SettingsError) as told:
        rulings.weighed(verdict(assumption("reach", 0.4)), given)

    assert told.value.hint


def test_the_strongest_case_hears_each_voice_once_and_weighs_importance() -> None:
    weak = assumption("reach", 0.2, finding(S, 0.99, document="b"))
    strong = assumption("price", 1.0, finding(S, 0.7), finding(S, 0.6), finding(C, 0.9, document="c"))

    ruled = verdict(weak, strong)

    assert [one.citation.about.id for one in ruled.case_for] == ["a", "b"]
    assert [one.citation.about.id for one in ruled.case_against] == ["c"]


def test_a_case_is_the_three_strongest_findings_of_a_side() -> None:
    """The first screen of a verdict has room for three a side."""
    findings = [finding(S, 0.9 - number / 10, document=f"{number}") for number in range(5)]

    ruled = verdict(assumption("price", 0.9, *findings))

    assert [one.citation.about.id for one in ruled.case_for] == ["0", "1", "2"]


def test_what_hardly_bears_is_no_strong_case_however_sure_its_side() -> None:
    beside = replace(finding(S, 0.95, document="beside"), bears=0.1)
    telling = replace(finding(S, 0.7, document="telling"), bears=0.8)

    ruled = verdict(assumption("reach", 0.5, beside, telling))

    assert [one.citation.about.id for one in ruled.case_for] == ["telling", "beside"]


def test_a_person_is_one_voice_in_however_many_documents() -> None:
    written = [make_finding(S, document, author="Ann  Berg") for document in "abcdef"]
    spoken = make_finding(S, "g", author="Tom Reed", speaker="ann berg")
    other = make_finding(S, "h", author="Anna Berg")

    ruled = verdict(assumption("price", 0.9, *written, spoken, other))

    assert rulings.voices(ruled) == (2, 0)
    assert [one.citation.about.id for one in ruled.case_for] == ["a", "h"]


@pytest.mark.parametrize("speaker", ["Customer", "Anna", "Sales Manager", "Speaker 1", "Q", "Head of Sales"])
def test_who_is_not_named_in_full_is_somebody_of_their_document_only(speaker: str) -> None:
    heard = [make_finding(S, document, author="Tom Reed", speaker=speaker) for document in "aab"]

    assert rulings.voices(verdict(assumption("price", 0.9, *heard))) == (2, 0)


def test_a_document_speaks_for_itself_where_it_names_nobody() -> None:
    unnamed = [
        make_finding(S, "a"),
        make_finding(S, "b"),
        make_finding(S, "c", author="Admin"),
        make_finding(S, "d", author="admin"),
    ]
    named = [
        make_finding(C, "e", author="A. Berg"),
        make_finding(C, "f", author="A. Berg"),
        make_finding(C, "g", speaker="A. Berg, CMO"),
    ]

    assert rulings.voices(verdict(assumption("price", 0.9, *unnamed, *named))) == (4, 2)


def test_what_is_to_be_settled_is_open_and_weighs_most_first() -> None:
    gap, contested = assumption("gap", 0.6), assumption("contested", 0.6, finding(S), finding(C))
    settled, big = assumption("settled", 1.0, finding(S)), assumption("big", 0.9)

    ruled = verdict(contested, gap, settled, big)

    assert [one.lens for one in rulings.to_settle(ruled)] == ["big", "gap", "contested"]
    assert ruled.missing == ("Does gap hold?", "Does big hold?")


def test_ruling_again_changes_nothing() -> None:
    ruled = verdict(assumption("reach", 0.9, finding(S)), assumption("price", 0.5, finding(C)))

    assert rulings.ruled(ruled) == ruled
    assert rulings.ruled(replace(ruled, leaps_of_faith=("x",), ruling=IdeaRuling.HOLDS)) == ruled


def test_only_that_on_which_nothing_was_found_is_missing() -> None:
    unclear = assumption("unclear", 0.6, finding(Stance.UNCLEAR, 0.7))
    untouched = assumption("untouched", 0.6, finding(Stance.UNCLEAR, 1.0))  # near, and says nothing of it

    ruled = verdict(unclear, untouched, assumption("empty", 0.6))

    assert [one.ruling for one in ruled.assumptions] == [AssumptionRuling.GAP] * 3
    assert ruled.missing == ("Does untouched hold?", "Does empty hold?")


def test_a_finding_of_two_assumptions_rules_on_both_and_is_told_under_the_first() -> None:
    shared, own = finding(S), finding(C, document="b")

    ruled = verdict(assumption("price", 0.6, shared), assumption("reach", 0.6, shared, own))

    assert [one.ruling for one in ruled.assumptions] == [AssumptionRuling.SUPPORTED, AssumptionRuling.CONTESTED]
    assert rulings.first_told(ruled.assumptions, 2) == (own,)
    assert [rulings.elsewhere(ruled.assumptions, number) for number in (1, 2)] == [(), (1,)]


def test_a_judgement_of_a_person_rules_and_is_undone_without_touching_anything_else() -> None:
    found = finding(S)
    first = verdict(assumption("reach", 0.9, found), assumption("price", 0.5, found))

    said = rulings.judge(rulings.judge(found, C, "Ann"), None, "Ann")
    after = rulings.weighed(rulings.swapped(first, found, said), {"reach": 0.2})
    back = rulings.swapped(after, said, found)

    assert (said.stance, said.judged) == (Stance.UNCLEAR, Judged("Ann", S, 0.8))
    assert after.ruling is IdeaRuling.NOT_COVERED
    assert after.missing == ("Does reach hold?", "Does price hold?")
    assert back == rulings.weighed(first, {"reach": 0.2})


def test_judgements_survive_another_test_where_their_words_still_stand() -> None:
    kept, gone = rulings.judge(finding(S), C, "Ann"), rulings.judge(finding(S, document="b"), C, "Ann")
    lost = rulings.judge(finding(S, document="c"), None, "Ann")
    before = verdict(assumption("reach", 0.9, kept, gone, lost), assumption("price", 0.5))
    again = verdict(assumption("reach", 0.9, finding(S, 0.6, document="c")), assumption("price", 0.5, finding(S, 0.7)))

    after = rulings.judged_as(before, again, lambda cited: cited.about.id != "b")

    assert [one.findings for one in after.assumptions] == [(kept, lost), (kept,)]  # found again or not
    assert after.ruling is IdeaRuling.CHALLENGED


def _of(idea: str, *findings: Finding) -> Verdict:
    whole = replace(assumption("the idea as it stands", 1.0, *findings), text=idea)
    return rulings.ruled(replace(verdict(whole, assumption("price", 0.5)), idea=idea))


def test_judgements_go_over_to_another_wording_with_the_same_quotes() -> None:
    found, unfound = finding(S), rulings.judge(finding(S, document="b"), C, "Ann")
    against = rulings.judge(found, C, "Ann")
    before = _of("Do it.", against, unfound)

    narrowed = rulings.judged_as(before, _of("Do it, only in May.", found), lambda _: True)
    reworded = rulings.judged_as(before, _of("Make it.", found), lambda _: True)

    assert narrowed.assumptions[0].findings == (against, unfound)  # it is the same idea with a condition
    assert reworded.assumptions[0].findings == (against,)


def test_a_judgement_for_or_against_an_idea_is_none_of_its_opposite() -> None:
    found, beside = finding(S), finding(S, document="b")
    against, none = rulings.judge(found, C, "Ann"), rulings.judge(beside, None, "Ann")
    before, again = _of("Do it.", against, none), _of("Do not do it.", found, beside)

    after = rulings.judged_as(before, again, lambda _: True, turned=True)

    assert set(after.assumptions[0].findings) == {found, none}
