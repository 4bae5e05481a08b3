"""An idea to the sentences that have most to do with it, each beside the assumption that it is nearest to.

Passages are searched for in the words of each assumption, of its opposite and of what speaks against it. Their
sentences are ranked for the idea as a whole, by how well they would answer, by how much their document is about it, and
by how much they say. A lens adds only what is near to one of its sides and ranks well for the idea, too. Each is quoted
with the neighbour that ranks better, since arguments run over sentences: 16 findings an idea then hold 0.71 and 0.84 of
the gold of our two suites' ideas, where 17 single sentences held 0.57 and 0.68.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np

from assistant.evidence.choice import stands_alone
from assistant.evidence.relevance import RelevanceJudge, Scored
from assistant.evidence.signals import Seen
from assistant.library.library import Library
from assistant.model.embedding import Embedder, Vectors
from assistant.pressure.assumptions import OWN, PROPOSED, Assumed
from assistant.search import question as questions
from assistant.search.question import Question
from assistant.search.retrieval import Candidate, candidates, spread
from assistant.text import introductions
from assistant.text.conflicts import negations
from assistant.text.words import content_stems
from assistant.types import Passage

JUDGED = 20  # passages read for each way of searching for the idea and its clauses
JUDGED_LENS = 4  # and for each way of saying a side of a lens: what only a lens finds, a reader seldom calls relevant
# Cosine of the nearest sentence to an idea or a clause of it from which the documents touch it at all. In libraries of
# 44 and 89 passages it is 0.40 and more for the 28 ideas that they cover, 0.34 and less for 20 that they do not; in one
# of 2,714 it is 0.54 and more for ten and up to 0.45 for the same 20: the more there is, the nearer the nearest.
TOUCHED = 0.37
WIDER = 0.07  # more of it for each tenfold of 100 passages
NEAR = 0.15  # the same below which a sentence is not read; at 0.28 gold that leans on the sentence before it is lost
# What is added to the judge's log odds, chosen on the ideas of our two suites: by the judge alone the first 24
# sentences hold 0.57 and 0.70 of their gold.
OF_DOCUMENT = 28.0  # for the mean cosine to the idea of the sentences of its document that are nearest
OF_WORDS = 0.2  # for each content word
ENOUGH_WORDS = 8  # more of them add nothing
ABOUT = 12  # sentences by which a document's nearness is told
# How far below the best a sentence is still read, and the judge's own log odds below which none is. Of 107 findings
# that a reader judged, 0.80 of those within both are relevant (0.65 of all within 7, 0.72 within 6, 0.81 within 5),
# with 0.72 of the gold of both suites' ideas among them (0.82, 0.77, 0.65). Chosen on the same ideas.
WORSE = 6.0
POOR = -6.0
NEAR_LENS = 0.5  # likeness to what documents say for a side of a lens from which a sentence is read for it
OF_LENS = 2  # sentences read for each lens: of 14 near a lens and far from the idea, a reader called 1 relevant
MOST = 25  # sentences read in all
ALIKE = 0.9  # cosine above which two sentences say the same; at 0.75 a fifth of the gold is taken for repetition
AGAINST = ("however instead fails problem", "costs too much", "benefit success works")  # since a query finds agreement

FEWEST = 4  # words of a sentence that says something,
FEWEST_OF_CONTENT = 3  # and those among them that tell what it is about
LONG = 9  # words from which there is a verb, whether we know it or not: so it is of the sample's documents
_VERB = re.compile(
    r"\b(?:am|is|are|was|were|be|been|has|have|had|do|does|did|can|could|will|would|shall|should|may|might|must|needs?|gets?"
    r"|got|goes|went|makes?|made|takes?|took|gives?|gave|says?|said|sees?|saw|knows?|knew|comes?|came|buys?|bought|sells?"
    r"|sold|wins?|won|loses?|lost|brings?|brought|finds?|found|keeps?|kept|lets?|puts?|costs?|pays?|paid|spends?|spent"
    r"|means?|meant|thinks?|thought|tells?|told|leads?|led|leaves?|left|falls?|fell|rises?|rose|grows?|grew|becomes?"
    r"|became|begins?|began|runs?|ran|holds?|held|stands?|stood|shows?|speaks?|spoke|writes?|wrote|builds?|built|sends?"
    r"|sent|meets?|met|cuts?|reads?|sets?|wants?|helps?|works?|seems?|depends?|looks?|uses?)\b"
    r"|[’'](?:s|re|m|ve|ll|d)\b|n[’']t\b|\b\w{3,}(?:ed|ies|izes|ises|ates)\b"
    r"|\b(?:I|we|you|he|she|they|it|who|nobody|(?:every|any|some)(?:body|one)|never|always|often|no longer)\s+[a-z]"
    # "Buyers wait …", not "Leaflets for …"
    r"|^\w+[^\Ws]s\s+(?!(?:of|for|in|on|at|to|from|with|by|and|or|as|per|about|versus)\b)[a-z]+\s",
    re.I,
)
_LEADS_ON = re.compile(r"(?::|\s\|\s.*)[\"”’')\]\s]*$")  # into a list, or a row of a table


class Near(NamedTuple):
    """A sentence, the assumption it is nearest to, how near (cosine), and how near it is to the idea's own words.

    ``also`` are the other assumptions that it is near to.

    Once chosen, ``one`` is the sentence with a neighbour of it, and ``read`` is that with the sentence before it.
    """

    one: Scored
    place: int
    likeness: float
    touching: float
    read: str = ""
    also: tuple[int, ...] = ()


Fits: TypeAlias = Mapping[tuple[str, int], float]  # of the sentences that tell, by passage and start


def near(
    idea: str, assumed: Sequence[Assumed], library: Library, embedder: Embedder, judge: RelevanceJudge
) -> list[Near]:
    """The sentences that have most to do with the idea, then those that are near to a side that it takes."""
    queries = [(place, query) for place, one in enumerate(assumed) for query in searches(one)]
    vectors = np.stack([embedder.query(query) for _, query in queries])
    passages: dict[str, Candidate] = {}
    for (place, query), vector in zip(queries, vectors, strict=True):
        most = JUDGED_LENS if assumed[place].sides else JUDGED
        for candidate in spread(candidates(query, vector, library))[:most]:
            passages.setdefault(candidate.passage.id, candidate)
    facts = questions.read(idea)
    rarity = library.rarity([token.word for token in facts.content])
    judged = judge.judge(facts, vectors[0], list(passages.values()), rarity, embedder)
    told = [one for one in judged.sentences if tells(facts, one)]
    if not told:
        return []
    # A search with what speaks against it finds passages; how near a sentence is, its own words say.
    plain = [n for n, (place, query) in enumerate(queries) if query in (assumed[place].text, *_said(assumed[place]))]
    cosines = np.stack([one.vector for one in told]) @ vectors[plain].T
    places = np.array([queries[n][0] for n in plain])
    own = np.array([not assumed[place].sides for place in places])
    words = own & np.array([assumed[place].name not in (PROPOSED, OWN) for place in places])
    fitting = fit(told, cosines[:, words].max(axis=1))
    order = [
        n
        for n in np.argsort(-fitting, kind="stable")
        if fitting[n] >= fitting.max() - WORSE and told[n].score >= POOR and cosines[n, own].max() >= NEAR
    ]
    kept = [
        Near(told[n], int(places[own][row[own].argmax()]), float(row[own].max()), float(row[words].max()))
        for n, row in zip(order, cosines[order], strict=True)
    ]
    fits = {(one.seen.passage.id, one.seen.sentence.start): float(of) for one, of in zip(told, fitting, strict=True)}
    chosen = _distinct(kept, MOST, fits)
    more: list[Near] = []
    for place in dict.fromkeys(places.tolist()):
        near_it = [
            one._replace(place=place, likeness=float(row[places == place].max()))
            for one, row in zip(kept, cosines[order], strict=True)
        ]
        near_it = sorted((one for one in near_it if one.likeness >= NEAR_LENS), key=lambda one: -one.likeness)
        chosen, shared = _shared(chosen, near_it, place)
        more, also = _shared(more, near_it, place)
        if assumed[place].sides:
            more += _distinct(near_it, max(0, OF_LENS - shared - also), fits, [*chosen, *more])
    return [*_cut(chosen, MOST - len(more)), *more]


def touched(near: Sequence[Near], assumed: Sequence[Assumed], passages: int) -> bool:
    """Whether a library of so many ``passages`` has to do with the idea: a sentence is near enough to words of its."""
    needed = TOUCHED + WIDER * max(0.0, math.log10(max(passages, 1) / 100))
    return any(one.touching >= needed for one in near if not assumed[one.place].sides)


def searches(assumed: Assumed) -> tuple[str, ...]:
    """What is searched for: a model's searches, or the words of both sides, or what speaks against where nobody has
    written the other side."""
    if assumed.searches:
        return tuple(dict.fromkeys((assumed.text, *assumed.searches)))
    if assumed.sides:
        return _said(assumed)
    return (assumed.text, *(f"{assumed.text} {words}" for words in AGAINST))


def tells(asked: Question, one: Scored) -> bool:
    """Whether a sentence says something by itself: a whole one with a verb and enough words, no heading, no question,
    no row, none that only leads into a list."""
    text = one.seen.text
    count = len(text.split())
    return (
        stands_alone(asked, one)
        and count >= FEWEST
        and len(content_stems(text)) >= FEWEST_OF_CONTENT
        and not _LEADS_ON.search(text)
        and (count >= LONG or bool(_VERB.search(text)))
    )


def fit(told: Sequence[Scored], likeness: Vectors) -> Vectors:
    """How much each has to do with the idea (sentences,), for ranking only."""
    by_document: dict[str, list[float]] = {}
    for one, near_it in zip(told, likeness, strict=True):
        by_document.setdefault(one.seen.passage.about.id, []).append(float(near_it))
    about = {document: np.mean(sorted(found)[-ABOUT:]) for document, found in by_document.items()}
    return np.array(
        [
            one.score
            + OF_DOCUMENT * about[one.seen.passage.about.id]
            + OF_WORDS * min(len(content_stems(one.seen.text)), ENOUGH_WORDS)
            for one in told
        ]
    )


def _said(assumed: Assumed) -> tuple[str, ...]:
    """How documents say either side of a lens."""
    return tuple(text for side in assumed.sides for text in (side.claim, *side.search))


def _shared(chosen: Sequence[Near], near_it: Sequence[Near], place: int) -> tuple[list[Near], int]:
    """What was chosen, where it is near to this assumption also as one of its, and how many are: a finding counts for
    every assumption that it bears on."""
    shared = [
        one.place != place and any(_within(near.one.seen, one.one.seen) or _same(near.one, one.one) for near in near_it)
        for one in chosen
    ]
    also = [
        one._replace(also=(*one.also, place)) if is_near else one for one, is_near in zip(chosen, shared, strict=True)
    ]
    return also, sum(shared)


def _cut(chosen: Sequence[Near], most: int) -> list[Near]:
    """The first ``most``, and of the rest what more than one assumption has."""
    return [one for number, one in enumerate(chosen) if number < most or one.also]


def _distinct(near: Sequence[Near], most: int, fits: Fits, beside: Sequence[Near] = ()) -> list[Near]:
    """The first ``most`` that say what neither one before nor one ``beside`` says, each with its neighbour."""
    kept: list[Near] = []
    for one in near:
        if len(kept) == most:
            break
        others = [other.one for other in (*beside, *kept)]
        if not any(_within(one.one.seen, other.seen) or _same(one.one, other) for other in others):
            kept.append(_stretched(one, fits, [other.seen for other in others]))
    return kept


def _stretched(near: Near, fits: Fits, taken: Sequence[Seen]) -> Near:
    """The sentence with the one beside it that fits the idea better, unless that is quoted already."""
    passage, own = near.one.seen.passage, near.one.seen.sentence
    at = passage.sentences.index(own)
    beside = {
        n: fits[passage.id, passage.sentences[n].start]
        for n in (at - 1, at + 1)
        if 0 <= n < len(passage.sentences) and (passage.id, passage.sentences[n].start) in fits
    }
    for n in list(beside):
        neighbour = near.one.seen._replace(sentence=passage.sentences[n])
        if any(_within(neighbour, other) for other in taken):
            del beside[n]
    first, last = sorted((at, max(beside, key=lambda n: beside[n]) if beside else at))
    start, end = passage.sentences[first].start, passage.sentences[last].end
    sentence = passage.sentences[first]._replace(end=end)
    seen = near.one.seen._replace(sentence=sentence, text=_text(passage, start, end))
    before = passage.sentences[max(first - 1, 0)].start
    read = _text(passage, before, end)
    if introductions.above(passage, passage.sentences[max(first - 1, 0)]) or first == 0:
        read = introductions.judged(passage, passage.sentences[max(first - 1, 0)], read)
    return near._replace(one=near.one._replace(seen=seen), read=read)


def _text(passage: Passage, start: int, end: int) -> str:
    return passage.text[start - passage.start : end - passage.start]


def _within(one: Seen, other: Seen) -> bool:
    """Whether the other's stretch holds this sentence."""
    same = one.passage.about.id == other.passage.about.id
    return same and other.sentence.start <= one.sentence.start < other.sentence.end


def _same(one: Scored, other: Scored) -> bool:
    """Whether two sentences say the same; two that are alike in all but a "not" do not."""
    if one.seen.text == other.seen.text:
        return True
    alike = float(np.dot(one.vector, other.vector)) >= ALIKE
    return alike and negations(one.seen.text) == negations(other.seen.text)
