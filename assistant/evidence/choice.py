"""Chooses the sentences of an answer: a few useful ones, or all items of a list if the question asks for a list."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations, islice
from types import MappingProxyType

import numpy as np

from assistant.evidence.answers import Scored
from assistant.evidence.sentences import Seen, answers_in_kind, is_fragment, is_heading
from assistant.search.question import Asks, Question
from assistant.text.words import content_stems, numbers, same_occasion, stem
from assistant.types import BlockKind, Passage, Sentence

LOOKED_AT = 12  # sentences among which those to show are sought
# A passage that is less likely to answer than this share of the best one's probability is not shown beside it. On the
# threshold corpora (158 questions that are answered) 2.1 passages are shown instead of 3.0, 0.47 of them answer at
# least in part instead of 0.34, and the answer is among them for 97 questions instead of 98 of 107. At 0.5 it is 95.
BESIDE = 0.2
ALIKE = 0.9  # cosine above which two sentences say the same
MUCH_THE_SAME = 0.7  # share of content words in common of two versions of one sentence
LONGEST_LIST = 12  # items
WHOLE_ITEM = 60  # words up to which an item is cited whole, not by its first sentence
OF_ONE_VOICE = 2  # sentences of one voice where it is asked whether something is so
REASONS = frozenset(stem(word) for word in ("reason", "because", "cause", "why"))
REACH = 5  # how many of the best sentences may lead into a list

NO_VERSIONS: Mapping[str, str] = MappingProxyType({})
# A document's passages in order, by its id.
Neighbours = Callable[[str], Sequence[Passage]]
Chosen = tuple[Passage, Sentence]


def best(
    question: Question, scored: Sequence[Scored], superseded: Mapping[str, str] = NO_VERSIONS
) -> list[tuple[Chosen, float]]:
    """Return the sentences to show as an answer, the best first. An entry of the result is a pair: the passage with its
    sentence (``Chosen``), and the sentence's score. ``scored`` has all sentences of the passages that a search found,
    the best first. These sentences are left out:

    - Headings, questions and labels, unless there is nothing else.
    - Sentences without a number if the question asks for one, unless there is nothing else.
    - Sentences of a passage that is much less likely to answer the question than the passage of the best sentence.
    - Sentences of an older version of a document, if a sentence of the newest version is likely enough to be shown.
      ``superseded`` maps the id of each older version to the id of the newest.
    - Of the remaining sentences, all but the ``LOOKED_AT`` best.
    - Sentences that repeat a better one.
    - If the question asks whether something is so, all but the ``OF_ONE_VOICE`` best sentences of each speaker in each
      document. The sentences of a document that have no speaker count as those of one speaker.

    Sentences of other documents that contradict one of the chosen sentences are added at the end. They are added even
    if their passages are unlikely to answer the question, or if their documents are older versions, but at most as many
    as were chosen. Two sentences contradict each other if they have nearly the same words but different figures. If the
    documents of two such sentences have dates, the sentence of the newer document takes the earlier place.
    """
    ranked = [one for one in scored if stands_alone(question, one.seen)] or scored
    if question.asks is Asks.NUMBER:
        ranked = [one for one in ranked if answers_in_kind(question, one.seen)] or ranked
    near = [one for one in ranked if one.likely >= BESIDE * ranked[0].likely]
    there = {one.seen.passage.about.id for one in near}
    near = [one for one in near if superseded.get(one.seen.passage.about.id) not in there]
    kept = _of_each_voice(question, near[:LOOKED_AT])
    told = _newer_first([*kept, *_other_figures(kept, ranked)])
    return [((one.seen.passage, one.seen.sentence), one.score) for one in told]


def stands_alone(question: Question, one: Seen) -> bool:
    """Whether the sentence ``one`` can be shown as an answer: it is running text, and not a heading, a question or a
    label.

    A line without a full stop counts as a label, except in a chat, where few messages end with a full stop. A line with
    a date can be shown if the question asks for a date. A quotation inside somebody's comment cannot be shown, since
    its words are not the commenter's.
    """
    if is_heading(one) or one.text.rstrip(" \"”’'").endswith("?"):
        return False
    if one.sentence.kind is BlockKind.QUOTE and one.passage.speaker:
        return False
    if is_fragment(one) and one.sentence.kind is BlockKind.PARAGRAPH and not one.passage.speaker:
        return question.asks is Asks.WHEN and bool(answers_in_kind(question, one))
    return True


def _of_each_voice(question: Question, near: Sequence[Scored]) -> list[Scored]:
    """Return the sentences of ``near`` (best first) without those that repeat a better one. If the question asks
    whether something is so, at most ``OF_ONE_VOICE`` sentences of each speaker or document remain."""
    kept: list[Scored] = []
    said: dict[tuple[str, str | None], int] = {}
    for one in near:
        voice = _voice(one)
        if any(_same(one, other) for other in kept):
            continue
        if question.asks is Asks.WHETHER and said.get(voice, 0) == OF_ONE_VOICE:
            continue
        said[voice] = said.get(voice, 0) + 1
        kept.append(one)
    return kept


def _other_figures(kept: Sequence[Scored], ranked: Sequence[Scored]) -> list[Scored]:
    """Return sentences of other documents that have nearly the same words as a sentence of ``kept`` and other figures,
    as a revised document has. They are returned even if they rank low in ``ranked``, at most as many as ``kept``
    has."""
    found: list[Scored] = []
    for other in ranked:
        if any(_revises(one, other) for one in kept) and not any(_same(other, one) for one in [*kept, *found]):
            found.append(other)
    return found[: len(kept)]


def _newer_first(told: Sequence[Scored]) -> list[Scored]:
    """Return the sentences in the same order, but of two that have nearly the same words and other figures, the one of
    the document with the later date takes the earlier place."""
    ordered = list(told)
    for place, later in combinations(range(len(ordered)), 2):
        one, other = ordered[place], ordered[later]
        if _revises(one, other) and _is_newer(other, one):
            ordered[place], ordered[later] = other, one
    return ordered


def _is_newer(one: Scored, other: Scored) -> bool:
    """Whether the documents of both sentences have dates, and that of ``one`` is later."""
    here, there = one.seen.passage.about.date or "", other.seen.passage.about.date or ""
    shared = min(len(here), len(there))
    return here[:shared] > there[:shared]


def _revises(one: Scored, other: Scored) -> bool:
    figures, others = numbers(one.seen.text), numbers(other.seen.text)
    if one.seen.passage.about.id == other.seen.passage.about.id or not figures or not others or figures == others:
        return False
    if not same_occasion(one.seen.text, other.seen.text):
        return False
    words, theirs = set(content_stems(one.seen.text)) - figures, set(content_stems(other.seen.text)) - others
    return len(words & theirs) >= MUCH_THE_SAME * len(words | theirs)


def _same(one: Scored, other: Scored) -> bool:
    """Whether two sentences say the same.

    Sentences of two speakers or documents do not count as the same if their words are equal, since they are cited
    together, or if their figures differ, since they disagree.
    """
    if _voice(one) != _voice(other) and (
        one.seen.text == other.seen.text or numbers(one.seen.text) != numbers(other.seen.text)
    ):
        return False
    return bool(np.dot(one.vector, other.vector) >= ALIKE)


def _voice(one: Scored) -> tuple[str, str | None]:
    return one.seen.passage.about.id, one.seen.passage.speaker


def listed(question: Question, scored: Sequence[Scored], passages_of: Neighbours) -> list[Chosen] | None:
    """Find a list in a document that answers the question, and return its items, at most ``LONGEST_LIST``; None if
    there is no such list. An item is returned as a pair: a passage, and the stretch of it that has the item or, if the
    item is long, the beginning of the item.

    ``scored`` has the sentences found, the best first. ``passages_of`` is a function that takes the id of a document
    and returns its passages.

    A list answers the question in one of these cases:
    - The best sentence ends with a colon and introduces the list.
    - The question asks for several things or for reasons, and one of the ``REACH`` best sentences introduces the list.
    - The question asks for several things, and at least two of the ``REACH`` best sentences are items of the list.

    Only a list in the document of the passage that is likeliest to answer is returned: a list of another document would
    hide that passage.
    """
    likely = max((one.likely for one in scored), default=0.0)
    likeliest = {one.seen.passage.about.id for one in scored if one.likely == likely}
    own = (one for one in scored if one.seen.passage.about.id in likeliest)
    good = list(islice((one for one in own if is_heading(one.seen) or not is_fragment(one.seen)), REACH))
    several = question.wants_several or question.asks is Asks.WHY
    for place, one in enumerate(good if several else good[:1]):
        flow = [(passage, s) for passage in passages_of(one.seen.passage.about.id) for s in passage.sentences]
        at = next((i for i, (_, s) in enumerate(flow) if s.start == one.seen.sentence.start), None)
        if at is None:
            continue
        start, end = _list_at(flow, at)
        if end - start >= 2 and (
            one.seen.text.rstrip().endswith(":")
            or (several and _leads(question, flow, start, at, first=place == 0))
            or (question.wants_several and _items_among(flow[start:end], good) >= 2)
        ):
            return _items(flow[start:end])[:LONGEST_LIST]
    return None


def _leads(question: Question, flow: Sequence[Chosen], start: int, at: int, *, first: bool) -> bool:
    """Whether a sentence introduces a list as the one that the question asks for. ``flow`` has the document's
    sentences; the sentence has the index ``at``, and the list begins at the index ``start``.

    It does if the text from ``at`` to ``start`` has a word in common with the question, or if it is the best of all
    sentences (``first``). A sentence that is itself a list item introduces nothing.
    """
    if flow[at][1].kind is BlockKind.ITEM:
        return False
    if first:
        return True
    lead = " . ".join(passage.text[s.start - passage.start : s.end - passage.start] for passage, s in flow[at:start])
    asked = {token.stem for token in question.content} | (REASONS if question.asks is Asks.WHY else set())
    return bool(asked & set(content_stems(lead)))


def _items_among(items: Sequence[Chosen], good: Sequence[Scored]) -> int:
    """The number of list items that contain one of the ``good`` sentences."""
    starts = {one.seen.sentence.start for one in good}
    found = 0
    counted = False
    for _, sentence in items:
        counted = counted and not sentence.opens
        if sentence.start in starts and not counted:
            found, counted = found + 1, True
    return found


def _list_at(flow: Sequence[Chosen], at: int) -> tuple[int, int]:
    """Return the start and end index in ``flow`` of the list that contains the sentence at ``at``, or that begins
    within the next two sentences. Start and end are equal if there is no such list."""
    start = at
    if flow[at][1].kind is BlockKind.ITEM:
        while start > 0 and flow[start - 1][1].kind is BlockKind.ITEM:
            start -= 1
    else:
        start = next((i for i in range(at + 1, min(at + 3, len(flow))) if flow[i][1].kind is BlockKind.ITEM), len(flow))
    end = start
    while end < len(flow) and flow[end][1].kind is BlockKind.ITEM:
        end += 1
    return start, end


def _items(flow: Sequence[Chosen]) -> list[Chosen]:
    """Return one entry for each list item: the whole item if it lies in one passage and has at most ``WHOLE_ITEM``
    words, else its beginning, at least one sentence."""
    items: list[Chosen] = []
    for passage, sentence in flow:
        if sentence.opens or not items:
            items.append((passage, sentence))
            continue
        held_by, first = items[-1]
        longer = first._replace(end=sentence.end)
        words = held_by.text[first.start - held_by.start : sentence.end - held_by.start].split()
        if held_by is passage and len(words) <= WHOLE_ITEM:
            items[-1] = (held_by, longer)
    return items
