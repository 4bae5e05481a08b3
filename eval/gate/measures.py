"""Every measure by name: its label, its place in a report, and which direction is better."""

from __future__ import annotations

from typing import NamedTuple

from eval.running.examine import STANCE_ACCURACY
from eval.scorers import answering, arguing, attributing, citing, finding, narrowing, refusing, telling


class Spec(NamedTuple):
    """The description of a measure: its name, the heading under which reports show it (``group``), a sentence that
    explains it (``says``), and whether a higher value is better.
    """

    name: str
    group: str
    says: str
    higher: bool = True


RULING_F1 = "ruling macro-F1"
STANCE_F1 = "stance macro-F1"

FINDING, CITING, ANSWERING, REFUSING, ARGUING, STANCE = (
    "finding",
    "citing",
    "answering",
    "refusing",
    "pressure tests",
    "stance",
)

SPECS: tuple[Spec, ...] = (
    Spec(answering.WITHIN, ANSWERING, "Grounded and correct, in no more words than the suite allows."),
    Spec(answering.GROUNDED, ANSWERING, "The answer is right, its evidence complete, every citation valid."),
    Spec(citing.HIT, ANSWERING, "At least one citation is correct."),
    Spec(answering.COMPLETE, ANSWERING, "A whole minimal set of the gold evidence is cited."),
    Spec(answering.STRINGS, ANSWERING, "Every string that an answer needs is said."),
    Spec(answering.NUMBERS, ANSWERING, "Every number that an answer needs is given."),
    Spec(answering.MUST_NOT, ANSWERING, "Nothing is said that must not be."),
    Spec(answering.WORDS, ANSWERING, "Words that an answer shows; a number, no share.", higher=False),
    Spec(citing.PRECISION, CITING, "Citations that are gold, of all that are given or were rejected."),
    Spec(citing.PRECISE, CITING, "Characters of gold, of all that are cited."),
    Spec(citing.RECALL, CITING, "Gold quotes that are cited."),
    Spec(citing.VALIDITY, CITING, "Citations whose words stand where they say."),
    Spec(citing.UNCITED, CITING, "Statements that cite nothing.", higher=False),
    Spec(citing.ANCHORED, CITING, "Statements whose numbers, names, negation and words stand in their quotes."),
    Spec(attributing.VOICE, CITING, "Statements on somebody's words that keep who says so."),
    Spec(attributing.HEDGES, CITING, "Statements on hedged words that hedge."),
    Spec(telling.VOICES, CITING, "Citations of gold that say whose words they are, where the gold does."),
    Spec(telling.DATES, CITING, "Citations of gold that have its date, where the gold does."),
    Spec(telling.CONFLICTS, ANSWERING, "Conflicts that are told, where there is one."),
    Spec(telling.ALARMS, ANSWERING, "Conflicts that are told where there is none.", higher=False),
    Spec(refusing.REFUSAL_PRECISION, REFUSING, "Refusals of what has no answer, of all refusals."),
    Spec(refusing.REFUSAL_RECALL, REFUSING, "Of what has no answer, what was refused."),
    Spec(refusing.OVER_REFUSAL, REFUSING, "Of what has an answer, what was refused.", higher=False),
    Spec(refusing.TRUTHFUL, REFUSING, "Right +1, refused 0, wrong -1."),
    Spec(finding.RECALL_5, FINDING, "Gold among the first five passages."),
    Spec(finding.RECALL_10, FINDING, "What is relevant among the first ten."),
    Spec(finding.SET_RECALL, FINDING, "A whole minimal set of evidence among the first ten passages."),
    Spec(finding.MRR, FINDING, "One over the rank of the first that is relevant."),
    Spec(finding.NDCG, FINDING, "Discounted gain of the first ten."),
    Spec(narrowing.KEPT, FINDING, "What is cited and found matches the filters of its question."),
    Spec(finding.DISTINCT, FINDING, "Different documents among the first ten passages."),
    Spec(arguing.STRICT, ARGUING, "Ruling right, and a whole set of gold cited on each side that has one."),
    Spec(arguing.RULING, ARGUING, "The ruling is right."),
    Spec(RULING_F1, ARGUING, "Mean F1 of the rulings that the suite has."),
    Spec(arguing.FOR, ARGUING, "Gold for the idea that is cited for it."),
    Spec(arguing.AGAINST, ARGUING, "Gold against the idea that is cited against it."),
    Spec(arguing.EITHER, ARGUING, "Gold that is cited, on whatever side."),
    Spec(arguing.PURITY, ARGUING, "Gold that is put on its side, of all that is put on one."),
    Spec(arguing.OMISSION, ARGUING, "Gold against exists and none is cited against.", higher=False),
    Spec(arguing.FINDINGS, ARGUING, "Findings whose words stand where they say."),
    Spec(arguing.FLIP, ARGUING, "The opposite idea gets the mirrored ruling."),
    Spec(arguing.MIRROR, ARGUING, "What is on a side of the idea is on the other side of its opposite."),
    Spec(arguing.FOLLOWS, ARGUING, "Rulings and cases follow from the findings, by the rules that the docs state."),
    Spec(arguing.INVARIANCE, ARGUING, "Pressure changes neither ruling nor findings."),
    Spec(STANCE_F1, STANCE, "Mean F1 of the labels."),
    Spec(STANCE_ACCURACY, STANCE, "The label is right."),
)
BY_NAME = {spec.name: spec for spec in SPECS}
GROUPS = tuple(dict.fromkeys(spec.group for spec in SPECS))
HEADLINES = (answering.WITHIN, arguing.STRICT, STANCE_F1, finding.NDCG)  # the first that a suite has decides
F1 = {RULING_F1: "idea", STANCE_F1: "stance"}
