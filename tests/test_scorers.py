from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from assistant.pressure import rulings
from assistant.types import (
    Answer,
    Assumption,
    AssumptionRuling,
    Citation,
    Conflict,
    Document,
    Finding,
    Grounding,
    IdeaRuling,
    Kind,
    Rejected,
    Searched,
    Stance,
    Statement,
    Support,
    Verdict,
)
from eval.scorers import answering, arguing, citing, refusing, telling
from eval.scorers.answering import contains, figures
from eval.scorers.asked import AnsweredCase, Pressed
from eval.suite.cases import Case, Gold
from eval.suite.gold import locate
from tests.conftest import make_document

FORD = make_document("The price came down to $260 in 1925.\n\nHe hired many people. The price rose again.", "ford.txt")
COPY = make_document("Something else entirely: the price came down to $260 in 1925.", "copy.txt")
DOCUMENTS = {document.id: document for document in (FORD, COPY)}


def find(source: str) -> Document | None:
    alias = {"also-ford.txt": "ford.txt"}.get(source, source)
    return next((one for one in DOCUMENTS.values() if one.about.source == alias), None)


def read(document: str, start: int, end: int) -> str | None:
    text = DOCUMENTS[document].text if document in DOCUMENTS else ""
    return text[start:end] if 0 <= start < end <= len(text) else None


def cite(quote: str, document: Document = FORD) -> Citation:
    start = document.text.index(quote)
    return Citation(document.about, start, start + len(quote), quote)


def gold(*quotes: str, source: str = "ford.txt") -> tuple[Gold, ...]:
    return tuple(Gold(source=source, quote=quote) for quote in quotes)


def answered(*citations: Citation, refused: bool = False, **more: Any) -> Answer:
    statements = tuple(Statement(one.quote, (one,), Support.VERBATIM) for one in citations)
    grounding = Grounding.REFUSED if refused else Grounding.GROUNDED
    return Answer("q", "q", statements, grounding, "no passage says it" if refused else "", Searched(2, 3), **more)


def asked(came_back: Answer, **case: Any) -> AnsweredCase:
    one = Case(**{"id": "fact-a", "question": "q", **case})
    return AnsweredCase(one, came_back, locate(one.gold, find), read)


def pressed(verdict: Verdict, **case: Any) -> Pressed:
    one = Case(**{"id": "idea-a", "idea": "i", **case})
    return Pressed(one, verdict, locate(one.gold, find), read)


def ruled(ruling: IdeaRuling, *findings: tuple[str, Stance]) -> Verdict:
    found = tuple(Finding(cite(quote), stance, 0.9) for quote, stance in findings)
    assumption = Assumption("a", "lens", 1.0, AssumptionRuling.GAP, found)
    return Verdict("i", ruling, (assumption, assumption), (), Searched(2, 3))


def scores(one: AnsweredCase) -> dict[str, float | None]:
    every = [*citing.scores(one), *answering.scores(one), *refusing.scores(one)]
    return {score.name: score.value for score in every}


def test_a_right_answer_gets_everything_that_applies():
    one = asked(answered(cite("The price came down to $260 in 1925.")), answer=["$260"], evidence=gold("down to $260"))

    assert scores(one) == {
        "hit": 1,
        "evidence complete": 1,
        "citation precision": 1,
        "precision by characters": pytest.approx(12 / 36),
        "citation recall": 1,
        "citation validity": 1,
        "uncited statements": 0,
        "anchored statements": 1,
        "answer strings": 1,
        "words shown": 8,
        "grounded correct": 1,
        "grounded within budget": 1,
        "over-refusal": 0,
        "truthfulness": 1,
    }


def test_an_answerable_question_that_is_refused_is_a_miss_and_no_lie():
    answer = answered(refused=True, nearest=(cite("He hired many people."),))

    got = scores(asked(answer, answer=["$260"], evidence=gold("down to $260")))

    assert got == {
        "hit": 0,
        "evidence complete": 0,
        "citation precision": None,
        "precision by characters": None,
        "citation recall": 0,
        "citation validity": 1,
        "answer strings": 0,
        "grounded correct": 0,
        "grounded within budget": 0,
        "refusal precision": 0,
        "over-refusal": 1,
        "truthfulness": 0,
    }


@pytest.mark.parametrize(("refused", "expected"), [(True, (1, 1, 1)), (False, (None, 0, -1))])
def test_a_case_to_refuse_counts_for_refusals_only(refused: bool, expected: tuple[float | None, float, float]):
    citations = () if refused else (cite("He hired many people."),)

    got = scores(asked(answered(*citations, refused=refused), refuse=True))

    assert tuple(got.get(name) for name in ("refusal precision", "refusal recall", "truthfulness")) == expected
    assert not {"hit", "citation precision", "grounded correct", "over-refusal"} & set(got)


def test_one_quote_is_enough_unless_all_are_required():
    answer, evidence = answered(cite("The price rose again.")), gold("The price rose again.", "He hired many people.")

    assert answering.complete(asked(answer, evidence=evidence)).value == 1
    required = answering.complete(asked(answer, evidence=evidence, require="all"))
    assert (required.value, required.why) == (0, "not cited: “He hired many people.”")
    assert citing.hit(asked(answer, evidence=evidence, require="all")).value == 1


def test_one_whole_set_of_several_is_enough_and_parts_of_two_are_not():
    sets = [gold("down to $260", "He hired many people."), gold("The price rose again.", "in 1925")]
    whole = answered(cite("The price rose again."), cite("The price came down to $260 in 1925."))
    parts = answered(cite("The price rose again."), cite("He hired many people."))

    assert answering.complete(asked(whole, sets=sets)).value == 1
    assert answering.complete(asked(parts, sets=sets)).value == 0


def test_the_same_words_in_another_document_are_no_hit_but_another_name_of_the_document_is_the_same():
    quote = "the price came down to $260 in 1925."

    assert citing.hit(asked(answered(cite(quote, COPY)), evidence=gold("price came down"))).value == 0
    right = asked(answered(cite("price came down")), evidence=gold("price came down", source="also-ford.txt"))
    assert citing.hit(right).value == 1


def test_precision_counts_a_place_once_and_a_rejected_quote_as_wrong():
    right, wrong = cite("down to $260"), cite("He hired many people.")
    answer = answered(right, right, right, wrong, rejected=(Rejected("never said", "it stands nowhere"),))

    score = citing.precision(asked(answer, evidence=gold("down to $260")))

    assert (score.value, score.of) == (pytest.approx(1 / 3), 3)
    assert score.why == "2 of 3 not gold; rejected (it stands nowhere): “never said”"


def test_a_fabricated_citation_lowers_precision_and_validity_and_grounded_correct():
    real = cite("down to $260")
    fakes = (
        Citation(FORD.about, 0, 12, "The price is"),  # other words stand there
        Citation(FORD.about, 70, 9000, "beyond the end"),
        Citation(FORD.about, 5, 5, ""),
        Citation(make_document("x", "gone.txt").about, 0, 1, "x"),
    )
    one = asked(answered(real, *fakes), answer=["$260"], evidence=gold("down to $260"))

    got = scores(one)

    assert (got["citation validity"], got["citation precision"], got["grounded correct"]) == (0.2, 0.2, 0)
    assert [cited.fault for cited in one.cited] == [
        None,
        "other words stand there",
        "no such place",
        "empty or backwards",
        "no such place",
    ]


def test_a_false_quote_over_the_gold_is_neither_precise_nor_recalled():
    start = FORD.text.index("down to $260")
    false = Citation(FORD.about, start, start + 12, "down to $900")

    got = scores(asked(answered(false), evidence=gold("down to $260")))

    assert (got["citation precision"], got["citation recall"], got["citation validity"]) == (0, 0, 0)


def test_validity_looks_at_every_citation_that_is_shown():
    false = Citation(FORD.about, 0, 9, "not there")
    conflict = Conflict((Statement("s", (false,), Support.VERBATIM),))

    for more in ({"nearest": (false,)}, {"conflicts": (conflict,)}):
        assert citing.validity(asked(answered(cite("down to $260"), **more), refuse=True)).value == 0.5


def test_an_answer_that_cites_nothing_is_not_grounded():
    answer = Answer("q", "q", (Statement("$260", (), Support.UNSUPPORTED),), Grounding.UNDECLARED, "", Searched(2, 3))

    got = scores(asked(answer, answer=["$260"]))

    assert (got["answer strings"], got["grounded correct"], got["citation validity"]) == (1, 0, None)
    assert (got["uncited statements"], got["truthfulness"]) == (1, -1)


def answered_with(text: str, quote: str) -> AnsweredCase:
    statement = Statement(text, (cite(quote),), Support.SUPPORTED)
    return asked(Answer("q", "q", (statement,), Grounding.GROUNDED, "", Searched(2, 3)), answer=["x"])


@pytest.mark.parametrize(
    ("text", "anchored"),
    [
        ("The price came down to $260 in 1925.", True),
        ("In 1925 the price was down to $260.", True),
        ("The price came down to $290 in 1925.", False),  # a number
        ("Henry Wilson brought the price down in 1925.", False),  # a name
        ("The price never came down to $260 in 1925.", False),  # a negation
        ("Lower costs made engines cheap for farmers.", False),  # other words
    ],
)
def test_a_statement_is_anchored_when_its_words_stand_in_its_quotes(text: str, anchored: bool):
    assert bool(citing.anchoring(answered_with(text, "The price came down to $260 in 1925.")).value) is anchored


def test_the_name_of_a_speaker_counts_where_the_statement_says_it():
    citation = cite("He hired many people.")
    statement = Statement(f"Bruce DeBoer: “{citation.quote}”", (citation,), Support.VERBATIM)
    answer = Answer("q", "q", (statement,), Grounding.GROUNDED, "", Searched(2, 3))

    assert answering.strings(asked(answer, answer=["bruce  deboer", "hired MANY"])).value == 1
    assert answering.strings(asked(answer, answer=["Newton", "hired"])).why == "not said: “Newton”"
    assert answering.strings(asked(answer, answer=[["Newton", "DeBoer"], "hired"])).value == 1


@pytest.mark.parametrize(
    ("value", "tolerance", "given"), [(260, 0, True), (261, 0, False), (261, 1, True), (1925, 0, True), (26, 0, False)]
)
def test_a_number_is_given_within_its_tolerance(value: float, tolerance: float, given: bool):
    one = asked(
        answered(cite("The price came down to $260 in 1925.")), numbers=[{"value": value, "tolerance": tolerance}]
    )

    assert bool(answering.numbers(one).value) is given


def test_numbers_are_read_as_they_are_written():
    assert figures("1,260 and 2.5, -3 and 1,000,000.5; 7% of B12; 2,5") == [1260, 2.5, -3, 1_000_000.5, 7, 2.5]


def test_an_answer_string_that_only_stands_in_a_quote_is_not_said():
    one = answered_with("The price came down.", "The price came down to $260 in 1925.")

    assert answering.strings(replace(one, case=one.case.model_copy(update={"answer": (("$260",),)}))).value == 0


@pytest.mark.parametrize(
    ("text", "support", "right"),
    [
        ("The price came down to $260 in 1925.", Support.VERBATIM, True),
        ("Henry Ford: “The price came down to $260 in 1925.”", Support.VERBATIM, True),
        ("The price came down to $261 in 1926.", Support.VERBATIM, False),
        ("The price went down to $260 in 1925.", Support.VERBATIM, False),
        ("In 1925 the price was down to $260.", Support.SUPPORTED, True),
        ("In 1926 the price was down to $260.", Support.SUPPORTED, False),
    ],
)
def test_a_quoted_statement_is_its_quote_and_any_statement_has_its_figures(text: str, support: Support, right: bool):
    statement = Statement(text, (cite("The price came down to $260 in 1925."),), support)
    answer = Answer("q", "q", (statement,), Grounding.GROUNDED, "", Searched(2, 3))

    assert bool(answering.grounded(asked(answer, evidence=gold("down to $260"))).value) is right


def test_a_figure_may_stand_elsewhere_in_the_document_that_is_cited():
    statement = Statement("By 1925 he had hired many people.", (cite("He hired many people."),), Support.SUPPORTED)
    one = asked(
        Answer("q", "q", (statement,), Grounding.GROUNDED, "", Searched(2, 3)), evidence=gold("He hired many people.")
    )

    assert answering.grounded(one).why.startswith("figures that are not in what it cites: 1925")
    assert answering.grounded(replace(one, find=DOCUMENTS.get)).value == 1


def test_an_answer_over_its_budget_is_grounded_and_not_right():
    one = asked(answered(cite(FORD.text)), answer=["$260"], evidence=gold("down to $260"))
    tight = replace(one, budget=15)

    assert (answering.grounded(tight).value, answering.within(tight).value) == (1, 0)
    assert answering.within(tight).why == "16 words are shown, 15 allowed"
    assert answering.within(replace(one, budget=16)).value == 1
    assert refusing.truthfulness(tight).value == -1


def test_quotes_behind_a_statement_are_shown_as_well_and_a_quoted_statement_is_its_quote():
    assert answering.shown(answered_with("It fell to $260.", "The price came down to $260 in 1925.")).value == 4 + 8
    assert answering.shown(asked(answered(cite("The price came down to $260 in 1925.")), refuse=True)).value == 8


def test_what_takes_several_quotes_may_show_their_words_besides():
    quotes = gold("He hired many people.", "The price rose again.")
    answer = answered(cite("He hired many people."))

    assert answering.allowed(asked(answer, evidence=quotes, require="all")) == 120 + 8
    assert answering.allowed(asked(answer, evidence=quotes)) == 120
    assert answering.allowed(asked(answer, sets=[quotes, gold("The price rose again.")])) == 120


def test_a_citation_that_is_longer_than_its_gold_by_more_than_the_budget_is_a_miss():
    answer, case = answered(cite(FORD.text)), Case(id="fact-a", question="q", evidence=gold("down to $260"))

    def got(budget: int) -> dict[str, float | None]:
        return scores(AnsweredCase(case, answer, locate(case.gold, find, budget), read, budget))

    assert [got(13)[name] for name in ("hit", "citation precision", "citation recall")] == [1, 1, 1]
    assert [got(12)[name] for name in ("hit", "citation precision", "citation recall")] == [0, 0, 0]


def test_what_must_not_be_said_makes_a_right_answer_wrong():
    one = asked(answered(cite("The price came down to $260 in 1925.")), answer=["$260"], must_not=["came  DOWN"])

    assert (answering.must_not(one).value, answering.grounded(one).value) == (0, 0)
    assert "said: “came  DOWN”" in answering.grounded(one).why


@pytest.mark.parametrize(
    ("text", "string", "yes"),
    [
        ("It cost $260.", "$260", True),
        ("It cost $260, then", "260", True),
        ("260% more", "260", True),
        ("6000+ factories", "6000", True),
        ("It cost $2600", "$260", False),
        ("It cost $260,000", "$260", False),
        ("It cost $1,260", "260", False),
        ("It cost 260.5", "260", False),
        ("3.5 days", "5 days", False),
        ("19.2% of trials", "9.2%", False),
        ("about 9.2% of trials", "9.2%", True),
        ("from 74\ndays to 41", "74 days to 41", True),
        ("model B260", "260", False),
        ("never more than 12 m² wide", "12 m²", True),
        ("the first 90 dayses", "90 days", False),
        ("The Supermarkets", "supermarket", True),
        ("IT MISSES  the\tpoint", "misses the point", True),
        ("it missed", "misses", False),
    ],
)
def test_digit_strings_stand_as_whole_tokens_and_others_anywhere(text: str, string: str, yes: bool):
    assert contains(text, string) is yes


def test_gold_is_found_across_line_ends_and_without_its_markup():
    kept = make_document("A small stand\n\nand a full diary. A small stand", "kept.md")

    (found, marked) = locate(gold("stand and a  full", "A **small** stand", source="kept.md"), lambda source: kept)

    assert [kept.text[span.start : span.end] for span in found.spans] == ["stand\n\nand a full"]
    assert [span.start for span in marked.spans] == [0, 33]


def test_gold_that_is_not_in_the_kept_text_is_named_and_can_only_be_missed():
    one = asked(answered(cite("down to $260")), evidence=gold("Post a comment", "x") + gold("y", source="lost.txt"))

    assert [located.why for located in one.gold] == [
        "gold not in the kept text of ford.txt: “Post a comment”",
        "gold not in the kept text of ford.txt: “x”",
        "lost.txt did not go into the library",
    ]
    assert citing.hit(one).value == 0
    assert "Post a comment" in citing.hit(one).why


def test_whose_words_gold_is_and_from_when_is_looked_at_where_it_is_cited():
    cited = replace(cite("He hired many people."), speaker="Crowther")
    golds = (Gold(source="ford.txt", quote="He hired many people.", voice="Crowther", date="1922"), *gold("down to"))

    got = {one.name: (one.value, one.why) for one in telling.scores(asked(answered(cited), evidence=golds))}

    assert got == {"voices told": (1, ""), "dates told": (0, "nothing instead of 1922")}
    assert telling.scores(asked(answered(cite("The price rose again.")), evidence=golds)) == []


def test_a_conflict_is_to_be_told_where_there_is_one_and_only_there():
    said = answered(cite("The price rose again."))
    told = replace(said, conflicts=(Conflict(said.statements),))

    def got(answer: Answer, conflict: bool | None) -> dict[str, float | None]:
        one = asked(answer, conflict=conflict, evidence=gold("The price rose again."))
        return {score.name: score.value for score in telling.scores(one)}

    assert [got(told, True), got(said, True)] == [{"conflicts told": 1}, {"conflicts told": 0}]
    assert [got(told, False), got(said, False)] == [{"conflicts alleged": 1}, {"conflicts alleged": 0}]
    assert got(told, None) == got(answered(refused=True), True) == {}


def test_evidence_of_an_idea_counts_on_its_own_side_only():
    verdict = ruled(
        IdeaRuling.HOLDS,
        ("The price came down to $260 in 1925.", Stance.SUPPORTS),
        ("He hired many people.", Stance.SUPPORTS),
        ("The price rose again.", Stance.UNCLEAR),
    )
    one = pressed(verdict, supports=gold("down to $260"), challenges=gold("hired many people", "The price rose again."))

    got = {score.name: (score.value, score.of) for score in arguing.scores(one)}

    assert got == {
        "findings valid": (1, 3),
        "verdict follows": (0, 1),
        "evidence for": (1, 1),
        "evidence against": (0, 2),
        "counter-evidence omission": (1, 1),
        "evidence anywhere": (1, 3),
        "purity of sides": (0.5, 2),
        "ruling accuracy": (0, 1),
        "strict stance accuracy": (0, 1),
    }


def test_strict_stance_wants_the_label_and_a_whole_set_on_each_side():
    sides = {"supports": gold("down to $260"), "challenges": gold("The price rose again.", "hired many people")}
    cheaper, rose = "The price came down to $260 in 1925.", "The price rose again."
    both = ((cheaper, Stance.SUPPORTS), (rose, Stance.CHALLENGES))

    assert arguing.strict(pressed(ruled(IdeaRuling.CONTESTED, *both), **sides)).value == 1
    assert arguing.strict(pressed(ruled(IdeaRuling.HOLDS, *both), **sides)).value == 0  # the label
    one_side = arguing.strict(pressed(ruled(IdeaRuling.CONTESTED, both[0]), **sides))
    assert (one_side.value, one_side.why) == (0, "no gold that challenges is cited as such")
    swapped = ((cheaper, Stance.CHALLENGES), (rose, Stance.SUPPORTS))
    assert arguing.strict(pressed(ruled(IdeaRuling.CONTESTED, *swapped), **sides)).value == 0


def test_gold_that_is_dealt_out_by_turns_is_no_strict_stance():
    quotes = ("The price came down to $260 in 1925.", "He hired many people.", "The price rose again.")
    sides = {"supports": gold("down to $260", "hired many people"), "challenges": gold("The price rose again.")}
    dealt = zip(quotes, (Stance.SUPPORTS, Stance.CHALLENGES, Stance.SUPPORTS), strict=True)
    mostly = zip(quotes, (Stance.SUPPORTS, Stance.SUPPORTS, Stance.CHALLENGES), strict=True)

    by_turns = arguing.strict(pressed(ruled(IdeaRuling.CONTESTED, *dealt), **sides))

    assert by_turns.value == 0
    assert "what supports has no more gold of its own than of the other side" in by_turns.why
    assert arguing.strict(pressed(ruled(IdeaRuling.CONTESTED, *mostly), **sides)).value == 1


def test_a_side_needs_more_gold_of_its_own_than_of_the_other():
    quotes = ("The price came down to $260 in 1925.", "He hired many people.", "The price rose again.")
    cheaper, hired, rose = quotes
    turned = (Stance.SUPPORTS, Stance.CHALLENGES, Stance.CHALLENGES)
    verdict = ruled(IdeaRuling.CONTESTED, *zip(quotes, turned, strict=True))

    half = pressed(verdict, supports=gold(cheaper, hired), challenges=gold(rose))
    own = pressed(verdict, supports=gold(cheaper), challenges=gold(hired, rose))

    assert arguing.purity(half).value == pytest.approx(2 / 3)
    assert arguing.strict(half).value == 0
    assert arguing.strict(own).value == 1


def test_what_is_put_on_both_sides_is_on_neither():
    cheaper, rose = "The price came down to $260 in 1925.", "The price rose again."
    dumped = [(quote, side) for quote in (cheaper, rose) for side in (Stance.SUPPORTS, Stance.CHALLENGES)]
    one = pressed(
        ruled(IdeaRuling.CONTESTED, *dumped, ("He hired many people.", Stance.SUPPORTS)),
        supports=gold("down to $260", "He hired many people."),
        challenges=gold("The price rose again."),
    )

    got = {score.name: score.value for score in arguing.scores(one)}

    assert [got[name] for name in ("evidence for", "evidence against", "strict stance accuracy")] == [0.5, 0, 0]


def test_an_idea_without_gold_is_only_looked_at_for_what_needs_none():
    scored = arguing.scores(pressed(ruled(IdeaRuling.NOT_COVERED)))

    assert [(score.name, score.value, score.why) for score in scored] == [
        ("findings valid", None, "nothing is cited"),
        ("verdict follows", 1, ""),
    ]


@pytest.mark.parametrize(
    ("of_idea", "of_opposite", "flips"),
    [
        (IdeaRuling.HOLDS, IdeaRuling.CHALLENGED, True),
        (IdeaRuling.CHALLENGED, IdeaRuling.HOLDS, True),
        (IdeaRuling.CONTESTED, IdeaRuling.CONTESTED, True),
        (IdeaRuling.NOT_COVERED, IdeaRuling.NOT_COVERED, True),
        (IdeaRuling.HOLDS, IdeaRuling.HOLDS, False),
        (IdeaRuling.HOLDS, IdeaRuling.CONTESTED, False),
    ],
)
def test_the_opposite_of_an_idea_gets_the_mirrored_ruling(of_idea: IdeaRuling, of_opposite: IdeaRuling, flips: bool):
    assert bool(arguing.flip(ruled(of_idea), ruled(of_opposite)).value) is flips


def test_pressure_must_change_neither_ruling_nor_findings():
    calm = ruled(IdeaRuling.HOLDS, ("The price rose again.", Stance.SUPPORTS))

    assert arguing.invariance(calm, calm).value == 1
    assert arguing.invariance(calm, ruled(IdeaRuling.CONTESTED)).value == 0
    other = ruled(IdeaRuling.HOLDS, ("The price rose again.", Stance.CHALLENGES))
    assert arguing.invariance(calm, other).why == "other findings under pressure"


def test_the_worked_example_of_the_scifact_evaluation():
    """Its claim 52: gold sets {0, 1} and {11} of one abstract, {4} of another; predicted 1, 11, 13; of a third 18, 20.

    By sentences precision is 1/5 and recall 1/4 (doc/evaluation.md of allenai/scifact); the first abstract is right.
    """
    abstracts = {
        name: make_document("\n\n".join(f"Sentence {name} {n} stands here." for n in range(21)), name)
        for name in ("11", "15", "16")
    }

    def sentence(name: str, number: int) -> str:
        return f"Sentence {name} {number} stands here."

    sets = [
        tuple(Gold(source=name, quote=sentence(name, n)) for n in numbers)
        for name, numbers in (("11", (0, 1)), ("11", (11,)), ("15", (4,)))
    ]
    predicted = [("11", 1), ("11", 11), ("11", 13), ("16", 18), ("16", 20)]
    case = Case(id="claim-52", question="q", sets=sets)
    documents = {document.id: document for document in abstracts.values()}

    def text(document: str, start: int, end: int) -> str | None:
        return documents[document].text[start:end] or None

    answer = answered(*(cite(sentence(name, n), abstracts[name]) for name, n in predicted))
    one = AnsweredCase(case, answer, locate(case.gold, abstracts.get), text)

    got = scores(one)

    assert (got["citation precision"], got["citation recall"]) == (1 / 5, 1 / 4)
    assert got["evidence complete"] == 1  # {11} is cited whole


def sided(*assumptions: tuple[float, tuple[tuple[str, Stance, Kind], ...]]) -> Verdict:
    """A verdict of assumptions, each with its importance and its findings."""
    made = [
        Assumption(
            *(f"a{n}", "lens", importance, AssumptionRuling.GAP),
            tuple(
                Finding(cite(quote, COPY if "price" in quote else FORD), side, 0.9, kind) for quote, side, kind in found
            ),
        )
        for n, (importance, found) in enumerate(assumptions)
    ]
    return rulings.ruled(Verdict("i", IdeaRuling.NOT_COVERED, tuple(made), (), Searched(2, 3)))


def test_a_verdict_follows_from_its_findings_or_is_told_where_it_does_not() -> None:
    first, second = "the price came down to $260 in 1925.", "He hired many people."
    against = (second, Stance.CHALLENGES, Kind.CLAIM)
    right = sided((0.5, ((first, Stance.CHALLENGES, Kind.CLAIM),)), (0.9, (against,)))
    reported = sided((0.5, ((first, Stance.SUPPORTS, Kind.OPPONENT),)), (0.9, (against,)))
    wrong = {
        "the first of what challenges is not the strongest": replace(right, case_against=right.case_against[::-1]),
        "its case does not have what challenges": replace(right, case_against=()),
        "the idea is ruled holds": replace(right, ruling=IdeaRuling.HOLDS),
        "assumption 2 is ruled gap": replace(
            right, assumptions=(right.assumptions[0], replace(right.assumptions[1], ruling=AssumptionRuling.GAP))
        ),
    }

    assert [arguing.follows(one).value for one in (right, reported, sided())] == [1, 1, 1]
    assert {why: arguing.follows(verdict).why for why, verdict in wrong.items()} == {why: why for why in wrong}


def test_what_is_on_a_side_is_on_the_other_one_of_the_opposite() -> None:
    first, second = "the price came down to $260 in 1925.", "He hired many people."
    idea = sided((0.5, ((first, Stance.SUPPORTS, Kind.CLAIM), (second, Stance.CHALLENGES, Kind.CLAIM))))
    half = sided((0.5, ((first, Stance.CHALLENGES, Kind.CLAIM), (second, Stance.CHALLENGES, Kind.CLAIM))))
    other = sided((0.5, ((first, Stance.UNCLEAR, Kind.CLAIM),)))

    assert [arguing.mirrored(idea, one).value for one in (half, idea, other)] == [0.5, 0, None]
