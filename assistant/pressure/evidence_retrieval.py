"""Finds the passages that are read for an idea, and computes how similar their sentences are to each assumption.

The search uses the words of the idea and of each of its clauses, and takes the best result of each in turn. A lens adds
passages that resemble how documents express one of its sides. An assumption that somebody added to the idea has
passages of its own. The model that reads the passages then decides which of them concern the idea, and by which
sentences. In two companies' handbooks, 231 passages were labelled as being for or against one of 33 ideas: with this,
62 of them are found on the side of their label and 21 on the other side; with sentences ranked by hand-made weights, 45
and 30.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from itertools import zip_longest
from typing import NamedTuple

import numpy as np

from assistant.evidence.sentences import Seen, is_fragment, is_heading
from assistant.library.library import Library
from assistant.model.embedding import Embedder, Vectors
from assistant.pressure.assumptions import OWN, PROPOSED, Assumed
from assistant.search.retrieval import Candidate, candidates
from assistant.text.words import tokens
from assistant.types import BlockKind, Passage, Sentence

# Passages read for an idea: 12, 16, 24, 32 and 40 of them find 46, 50, 53, 54 and 54 of that gold on its side.
READ = 32
READ_ADDED = 8  # for each assumption that a person or a model added: a quarter of what the idea has; not measured
READ_LENS = 2  # for each lens: of 14 near a lens and far from the idea, a reader called 1 relevant
# Cosine of the nearest sentence to an idea or a clause of it from which the documents touch it at all. In libraries of
# 44 and 89 passages it is 0.40 and more for the 28 ideas that they cover, 0.34 and less for 20 that they do not; in one
# of 2,714 it is 0.54 and more for ten and up to 0.45 for the same 20: the more there is, the nearer the nearest.
TOUCHED = 0.37
WIDER = 0.07  # more of it for each tenfold of 100 passages
NEAR = 0.5  # cosine to an assumption's words from which a sentence has to do with it, too; not measured
AGAINST = ("however instead fails problem", "costs too much", "benefit success works")  # since a query finds agreement
FEWEST = 4  # words of a sentence that says something by itself; a guess, not measured
_LEADS_ON = re.compile(r"(?::|\s\|\s.*)[\"”’')\]\s]*$")  # into a list, or a row of a table


class Near(NamedTuple):
    """A passage that a search found for an idea and that will be read. ``sentences`` has the positions, counted from 0
    among all sentences of the passage, of the sentences that make a statement by themselves. Headings, questions and
    the like are left out.

    ``vectors`` has the vectors of these sentences, an array (sentences, dimension). ``likeness`` has the similarity of
    each of these sentences to each assumption, an array (sentences, assumptions); column 0 is for the idea itself. For
    each assumption, several texts are searched for (see ``search_texts``); the similarity is the highest cosine of the
    sentence with any of them.

    If the passage was found by a search for an assumption that a person or a model added, ``place`` is the number of
    this assumption, which is also its column in ``likeness``. Otherwise ``place`` is 0.
    """

    passage: Passage
    sentences: tuple[int, ...]
    vectors: Vectors
    likeness: Vectors
    place: int = 0

    def text(self, first: int, last: int) -> str:
        """Return the passage's text from the sentence at position ``first`` to the sentence at position ``last``, both
        included. The positions are counted from 0 among all sentences of the passage."""
        start = self.passage.start
        return self.passage.text[self.passage.sentences[first].start - start : self.passage.sentences[last].end - start]


def near(assumed: Sequence[Assumed], library: Library, embedder: Embedder) -> list[Near]:
    """Return the passages to read for an idea: first those found with the words of the idea and its clauses, then those
    found with the texts of lenses, and last those found for each assumption that a person or a model added. A lens is a
    strategist's question with two opposite answers; its texts are claims and phrases for each answer.

    ``assumed`` are the assumptions of the idea, the idea itself first. A passage is left out if none of its sentences
    makes a statement by itself, as when it has only headings and questions.
    """
    words = [search_texts(one) for one in assumed]
    vectors = [np.stack([embedder.query(text) for text in texts]) for texts in words]
    found = [
        [candidates(text, vector, library) for text, vector in zip(texts, own, strict=True)]
        for texts, own in zip(words, vectors, strict=True)
    ]
    own = [lists for one, lists in zip(assumed, found, strict=True) if not one.sides and not is_added(one)]
    read = [_near(one, vectors) for one in _by_turns([each for lists in own for each in lists])[:READ]]
    seen = {one.passage.id for one in read}
    for place, (one, lists) in enumerate(zip(assumed, found, strict=True)):
        if one.sides:
            others = [_near(each, vectors) for each in _by_turns(lists)[: 2 * READ] if each.passage.id not in seen]
            like = [each for each in others if each.sentences and each.likeness[:, place].max() >= NEAR]
            read += like[:READ_LENS]
            seen |= {each.passage.id for each in like[:READ_LENS]}
    for place, (one, lists) in enumerate(zip(assumed, found, strict=True)):
        if is_added(one):
            read += [_near(each, vectors, place) for each in _by_turns(lists)[:READ_ADDED]]
    return [one for one in read if one.sentences]


def touched(near: Sequence[Near], assumed: Sequence[Assumed], passages: int) -> bool:
    """Whether the library says anything about the idea: at least one sentence of the passages in ``near`` is similar
    enough to the idea or to one of its clauses. ``assumed`` are the assumptions of the idea, the idea itself first.
    ``passages`` is the number of passages in the library; with more passages, more similarity is needed."""
    own = [place for place, one in enumerate(assumed) if not one.sides and not is_added(one)]
    needed = TOUCHED + WIDER * max(0.0, math.log10(max(passages, 1) / 100))
    return any(one.likeness[:, own].max() >= needed for one in near)


def is_added(assumed: Assumed) -> bool:
    """Whether the assumption was added to the idea, by a person or by a model."""
    return assumed.name in (OWN, PROPOSED)


def search_texts(assumed: Assumed) -> tuple[str, ...]:
    """Return the texts to search for in order to find evidence on an assumption. This function is for tests without a
    chat model; the function ``searches`` is for tests in which a chat model reads the passages that are found.

    If the assumption comes from a lens (a strategist's question with two opposite answers), the texts are the claims of
    both answers and phrases that express these claims. Otherwise the texts are the assumption's own text and the
    queries that a model wrote for it, if any.
    """
    of_sides = [text for side in assumed.sides for text in (side.claim, *side.search)]
    return tuple(dict.fromkeys(of_sides or (assumed.text, *assumed.searches)))


def searches(assumed: Assumed) -> tuple[str, ...]:
    """Return the texts to search for in order to find evidence on an assumption, if a chat model will read the passages
    that are found.

    If the assumption comes from a lens (a strategist's question with two opposite answers), the texts are the claims of
    both answers and phrases that express these claims. If a model wrote queries for the assumption, the texts are these
    queries and the assumption's own text. Otherwise the texts are the assumption's own text and versions of it with
    added words of criticism or success, which find evidence against and for the assumption.
    """
    if assumed.searches or assumed.sides:
        return search_texts(assumed)
    return (assumed.text, *(f"{assumed.text} {words}" for words in AGAINST))


def tells(seen: Seen) -> bool:
    """Whether a sentence makes a statement by itself. This is false for a heading, a question, a row of a table, a very
    short sentence, or a sentence that only introduces a list.

    It is also false for a quotation inside somebody's comment, since its words are not the commenter's.
    """
    return not (
        is_heading(seen)
        or seen.text.rstrip(" \"”’'").endswith("?")
        or (seen.sentence.kind is BlockKind.QUOTE and seen.passage.speaker)
        or (seen.sentence.kind is BlockKind.PARAGRAPH and is_fragment(seen))
        or len(seen.text.split()) < FEWEST
        or _LEADS_ON.search(seen.text)
    )


def seen_at(passage: Passage, sentence: Sentence) -> Seen:
    """Return a sentence with its passage, its text and its words. ``sentence`` may also be a run of several sentences,
    which are then treated as one."""
    text = passage.text[sentence.start - passage.start : sentence.end - passage.start]
    return Seen(passage, sentence, text, tokens(text))


def _near(one: Candidate, vectors: Sequence[Vectors], place: int = 0) -> Near:
    passage = one.passage
    telling = [n for n, sentence in enumerate(passage.sentences) if tells(seen_at(passage, sentence))]
    own = one.vectors[telling]
    likeness = np.zeros((len(telling), len(vectors)), dtype=np.float32)
    for number, of in enumerate(vectors if telling else ()):
        likeness[:, number] = (own @ of.T).max(axis=1)
    return Near(passage, tuple(telling), own, likeness, place)


def _by_turns(found: Sequence[Sequence[Candidate]]) -> list[Candidate]:
    """Return the first of each list, then the second of each, and so on; each passage once."""
    ranked: dict[str, Candidate] = {}
    for one in (one for rank in zip_longest(*found) for one in rank if one):
        ranked.setdefault(one.passage.id, one)
    return list(ranked.values())
