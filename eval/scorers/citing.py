"""Does it cite? Whether citations are valid, whether they are the right ones, and whether they support the
statements."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.text.words import content_stems, names, numbers, tokens
from assistant.types import Statement, Support
from eval.numbers.metrics import Score, share
from eval.scorers.asked import AnsweredCase, not_cited, refuted, short, valid, yes_or_no
from eval.suite.gold import Finder, judge, matches

HIT = "hit"
PRECISION = "citation precision"
PRECISE = "precision by characters"
RECALL = "citation recall"
VALIDITY = "citation validity"
UNCITED = "uncited statements"
ANCHORED = "anchored statements"

ANCHORED_FROM = 0.5  # of a statement's content words that its quotes must have; a paraphrase keeps about half
_WORD = re.compile(r"\w+")
_NO = re.compile(r"\b(?:not|no|never|none|nobody|nothing|neither|nor|without|cannot)\b|n['’]t\b", re.IGNORECASE)


def scores(asked: AnsweredCase) -> list[Score]:
    """Score the citations of an answer: whether they are valid, whether they are those that a right answer has, and
    whether they support the statements. Only scores that apply to the case are returned.
    """
    made = [validity(asked)]
    if asked.gold:
        made += [hit(asked), precision(asked), precise(asked), recall(asked)]
    if asked.answer.statements:
        made += [uncited(asked), anchoring(asked)]
    return made


def hit(asked: AnsweredCase) -> Score:
    """Whether the answer cites at least one gold quote (a quote that a right answer cites)."""
    return yes_or_no(HIT, len(asked.missed) < len(asked.gold), asked.why_missed)


def precision(asked: AnsweredCase) -> Score:
    """The share of the answer's citations that are valid and match a gold quote (a quote that a right answer cites).
    Quotes that the assistant could not find in the documents count as wrong citations. The value is None if nothing is
    cited.
    """
    of = len(asked.cited) + len(asked.answer.rejected)
    right = sum(not one.fault and any(matches(one.citation, gold) for gold in asked.credited) for one in asked.cited)
    if not of:
        return Score(PRECISION, None, "nothing is cited", 0)
    why = [f"{of - right} of {of} not gold", *map(refuted, asked.answer.rejected)] if right < of else []
    return Score(PRECISION, share(right, of), "; ".join(why), of)


def precise(asked: AnsweredCase) -> Score:
    """The share of the cited characters that belong to gold quotes (quotes that a right answer cites). The characters
    of invalid citations, and of quotes that the assistant could not find in the documents, count as wrong. The value is
    None if nothing is cited.
    """
    gold = {(one.document, at) for one in asked.credited for span in one.spans for at in range(*span)}
    holding = [one.citation for one in asked.cited if not one.fault]
    cited = {(one.about.id, at) for one in holding for at in range(one.start, one.end)}
    invented = [one.citation.quote for one in asked.cited if one.fault] + [one.quote for one in asked.answer.rejected]
    of = len(cited) + sum(map(len, invented))
    if not of:
        return Score(PRECISE, None, "nothing is cited", 0)
    return Score(PRECISE, share(len(cited & gold), of), "", of)


def recall(asked: AnsweredCase) -> Score:
    """The share of the case's gold quotes (quotes that a right answer cites) that the answer cites. Only valid
    citations count, that is, those whose quote is in the document. If the case has ``sets``, the quotes of a set prove
    the answer only together; so a quote counts only if all quotes of a set that contains it are cited."""
    lost = [gold for gold in asked.gold if gold not in asked.credited]
    return Score(RECALL, share(len(asked.gold) - len(lost), len(asked.gold)), not_cited(lost), len(asked.gold))


def validity(asked: AnsweredCase) -> Score:
    """The share of the citations in an answer that are valid: the cited document exists, and has the quote at the cited
    offsets. Citations of its statements, its conflicts and the nearest passages of a refusal count. Quotes that the
    assistant could not find in the documents count as invalid. The value is None if nothing is cited.
    """
    sides = (side for conflict in asked.answer.conflicts for side in conflict.sides)
    stated = (statement.citations for statement in (*asked.answer.statements, *sides))
    shown = judge((*sum(stated, ()), *asked.answer.nearest), (), asked.read)
    return valid(VALIDITY, shown, asked.answer.rejected)


def uncited(asked: AnsweredCase) -> Score:
    """The share of the answer's statements that cite nothing; less is better."""
    bare = [statement for statement in asked.answer.statements if not statement.citations]
    why = "; ".join(f"cites nothing: “{short(one.text)}”" for one in bare)
    return Score(UNCITED, share(len(bare), len(asked.answer.statements)), why, len(asked.answer.statements))


def anchoring(asked: AnsweredCase) -> Score:
    """The share of the answer's statements that their own quotes support: each number and name is in the quotes, no
    negation is lost or added, and at least half of the words are in the quotes (see ``unanchored``). This can be scored
    without knowing which quotes a right answer cites.
    """
    loose = [why for one in asked.answer.statements if (why := unanchored(one))]
    of = len(asked.answer.statements)
    return Score(ANCHORED, share(of - len(loose), of), "; ".join(loose), of)


def altered(statement: Statement, find: Finder | None = None) -> str | None:
    """A text that says how a statement differs from the quotes that it cites; None if it does not.

    A statement differs if it has a number that is in none of the cited documents. A statement that is meant to be a
    quote also differs if its words are not those of a quote that it cites; the name of the speaker may come before the
    quote. ``find`` returns a document by its id; if it is None, numbers are looked up only in the quotes, with the
    speaker, title and date of each.
    """
    documents = [find(one.about.id) for one in statement.citations] if find else []
    there = "\n".join([_known(statement), *(one.text for one in documents if one)])
    if more := numbers(statement.text) - numbers(there):
        return f"figures that are not in what it cites: {', '.join(sorted(more))} (“{short(statement.text)}”)"
    said = _WORD.findall(statement.text.casefold())
    quotes = [_WORD.findall(one.quote.casefold()) for one in statement.citations]
    if statement.support is Support.VERBATIM and not any(said[-len(quote) :] == quote for quote in quotes if quote):
        return f"not the words that it cites: “{short(statement.text)}”"
    return None


def _known(statement: Statement) -> str:
    """The words of a statement's quotes, with the speaker, title and date of each."""
    told = (f"{one.voice or ''} {one.about.title} {one.about.date or ''}" for one in statement.citations)
    return " ".join([*(one.quote for one in statement.citations), *told])


def unanchored(statement: Statement) -> str | None:
    """A text that says why the quotes of a statement do not support it; None if they do.

    The quotes do not support the statement if it has a number or a name that they do not have, if the statement has a
    negation and the quotes have none or the reverse, or if more than half of the statement's words are not in the
    quotes. Numbers, names and words may also come from the speaker, title or date of a citation, since statements say
    who said something.
    """
    quotes = " ".join(one.quote for one in statement.citations)
    there = {token.stem for token in tokens(_known(statement))}
    if more := numbers(statement.text) - numbers(_known(statement)):
        return f"not in its quotes: {', '.join(sorted(more))} (“{short(statement.text)}”)"
    if strange := [name for name in names(statement.text) if not {t.stem for t in tokens(name)} <= there]:
        return f"not in its quotes: {', '.join(strange)} (“{short(statement.text)}”)"
    if bool(_NO.search(statement.text)) != bool(_NO.search(quotes)):
        return f"a negation is lost or added: “{short(statement.text)}”"
    words: Sequence[str] = content_stems(statement.text)
    if words and sum(word in there for word in words) < ANCHORED_FROM * len(words):
        return f"few of its words are in its quotes: “{short(statement.text)}”"
    return None
