"""What can be seen of a sentence as an answer to a question: plain signals, each a number.

No signal is trusted alone; ``relevance.py`` weighs them. Words are matched exactly and by meaning: the
embedding model's own word vectors, centred, put "cost" near "price" at no cost.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from assistant.model.embedding import Embedder, Vectors
from assistant.search.question import Asks, Question
from assistant.search.retrieval import Candidate
from assistant.text.words import MONTHS, NUMBER_WORDS, Token, content_stems, names, numbers, stem, tokens
from assistant.types import BlockKind, Passage, Sentence

SIGNALS = (
    "cosine", "passage_cosine", "neighbour_cosine", "words", "meanings", "window_meanings", "window_words",
    "names", "window_names", "numbers_missing", "kind_fits", "kind_lacks", "is_question", "length", "pairs",
    "news", "below_best_cosine", "below_best_meanings", "question_length", "weakest_meaning", "document_meanings",
    "below_best_document", "is_heading", "is_fragment", "opens_block",
)  # fmt: skip
FACTS = (
    "names", "window_names", "numbers_missing", "kind_fits", "kind_lacks", "is_question", "length", "pairs", "news",
)  # fmt: skip
UNRELATED = 0.2  # word vectors closer than this are noise: "table" and "budget" are at 0.1, "cost" and "price" at 0.5

_DATE = re.compile(r"\b(?:1[5-9]\d\d|20\d\d)\b|\b(?:century|decade|years? ago|Q[1-4])\b")
_CAUSE = re.compile(
    r"\b(?:because|since|due|reasons?|therefore|thus|so that|as a result|in order|caus\w+|leads? to|led to)\b", re.I
)


class Seen(NamedTuple):
    """One sentence in its passage, with its text and words."""

    passage: Passage
    sentence: Sentence
    text: str
    words: tuple[Token, ...]


class Sight(NamedTuple):
    """All sentences of the candidates, and their signals (sentences, ``len(SIGNALS)``)."""

    seen: tuple[Seen, ...]
    signals: Vectors
    vectors: Vectors  # (sentences, dimension)
    covered: Vectors  # (sentences, question words): how well each word of the question is met near each sentence


def look(question: Question, vector: Vectors, found: Sequence[Candidate], rarity: Vectors, embedder: Embedder) -> Sight:
    """Every candidate sentence and its signals; ``rarity`` weighs the question's content words and sums to 1."""
    seen, own = _sentences(found)
    if not seen:
        nothing = np.zeros((0, 0), dtype=np.float32)
        return Sight((), np.zeros((0, len(SIGNALS)), dtype=np.float32), nothing, nothing)
    vectors = np.concatenate([candidate.vectors for candidate in found])
    cosine = vectors @ vector
    whole = np.concatenate([np.full(len(c.vectors), _unit(c.vectors.mean(axis=0)) @ vector) for c in found])
    exact, meaning = _matches(question, seen, embedder)
    context = _context(question, found, own)
    near_exact, near_meaning = _window(exact, own, context), _window(meaning, own, context)
    meanings = meaning @ rarity
    of_document = _of_document(np.maximum(meaning, context), seen) @ rarity
    columns = {
        "cosine": cosine,
        "passage_cosine": whole,
        "neighbour_cosine": _neighbours(cosine, own),
        "words": exact @ rarity,
        "meanings": meanings,
        "window_meanings": near_meaning @ rarity,
        "window_words": near_exact @ rarity,
        "below_best_cosine": cosine - cosine.max(),
        "below_best_meanings": meanings - meanings.max(),
        "weakest_meaning": near_meaning.min(axis=1),
        "document_meanings": of_document,
        "below_best_document": of_document - of_document.max(),
        "is_heading": np.array([is_heading(one) for one in seen]),
        "is_fragment": np.array([is_fragment(one) for one in seen]),
        "opens_block": np.array([one.sentence.opens for one in seen]),
        "question_length": np.full(len(seen), math.log1p(len(question.content))),
        **_facts(question, seen, own, found),
    }
    signals = np.stack([columns[name] for name in SIGNALS], axis=1)
    return Sight(seen, signals.astype(np.float32), vectors, near_meaning)


def _sentences(found: Sequence[Candidate]) -> tuple[tuple[Seen, ...], list[int]]:
    """Every sentence, and the place in ``found`` of its passage."""
    seen, own = [], []
    for place, candidate in enumerate(found):
        passage = candidate.passage
        for sentence in passage.sentences:
            text = passage.text[sentence.start - passage.start : sentence.end - passage.start]
            seen.append(Seen(passage, sentence, text, tokens(text)))
            own.append(place)
    return tuple(seen), own


def _matches(question: Question, seen: Sequence[Seen], embedder: Embedder) -> tuple[Vectors, Vectors]:
    """How each word of the question is met in each sentence, exactly and by meaning; (sentences, words) in 0..1."""
    asked = [token.stem for token in question.content]
    stems: dict[str, str] = {}  # stem: a word that has it
    for one in seen:
        for token in one.words:
            if token.content:
                stems.setdefault(token.stem, token.word)
    place = {name: i for i, name in enumerate(stems)}
    exact = np.zeros((len(seen), len(asked)), dtype=np.float32)
    meaning = np.zeros_like(exact)
    if not stems:
        return exact, meaning
    alike = embedder.words([t.word for t in question.content]) @ embedder.words(list(stems.values())).T
    alike = np.clip((alike - UNRELATED) / (1 - UNRELATED), 0, 1)
    for row, name in enumerate(asked):
        if name in place:
            alike[row, place[name]] = 1
    for i, one in enumerate(seen):
        columns = [place[token.stem] for token in one.words if token.content]
        if columns:
            meaning[i] = alike[:, columns].max(axis=1)
            here = {token.stem for token in one.words}
            exact[i] = [name in here for name in asked]
    return exact, meaning


def _context(question: Question, found: Sequence[Candidate], own: Sequence[int]) -> Vectors:
    """Which words of the question stand in a sentence's title, headings, speaker or author; (sentences, words)."""
    rows = []
    for candidate in found:
        around = set(context_stems(candidate.passage))
        rows.append([token.stem in around for token in question.content])
    return np.array(rows, dtype=np.float32)[list(own)]


def context_stems(passage: Passage) -> tuple[str, ...]:
    """The content stems of what stands above a passage: title, headings, who speaks."""
    about = passage.about
    return content_stems(" . ".join((about.title, *passage.headings, passage.speaker or "", about.author or "")))


def _window(rows: Vectors, own: Sequence[int], context: Vectors) -> Vectors:
    """Each row joined with those of the two sentences before and the one after it, and with its context."""
    joined = np.maximum(rows, context)
    place = np.asarray(own)
    for step in (-2, -1, 1):
        shifted = np.roll(rows, -step, axis=0)
        inside = np.roll(place, -step) == place
        inside[: max(-step, 0)] = False
        inside[len(inside) - max(step, 0) :] = False
        joined = np.where(inside[:, None], np.maximum(joined, shifted), joined)
    return joined


def _of_document(rows: Vectors, seen: Sequence[Seen]) -> Vectors:
    """Each row joined with all those of the same document: what of the question is met anywhere in it."""
    best: dict[str, Vectors] = {}
    for row, one in zip(rows, seen, strict=True):
        document = one.passage.about.id
        best[document] = np.maximum(best.get(document, row), row)
    return np.stack([best[one.passage.about.id] for one in seen])


def _neighbours(values: Vectors, own: Sequence[int]) -> Vectors:
    """The better of each value's two neighbours in the same passage; 0 where it has none."""
    best = np.zeros_like(values)
    for i in range(1, len(values)):
        if own[i] == own[i - 1]:
            best[i] = max(best[i], values[i - 1])
            best[i - 1] = max(best[i - 1], values[i])
    return best


def _facts(
    question: Question, seen: Sequence[Seen], own: Sequence[int], found: Sequence[Candidate]
) -> dict[str, Vectors]:
    """The signals that are read off the words: names, numbers, the kind of answer, what is new."""
    stems = [{token.stem for token in one.words} for one in seen]
    near = _stems_near(stems, own, found) if question.names or question.numbers else stems
    pairs = set(pairwise(token.stem for token in tokens(question.text)))
    asked = {token.stem for token in question.content}
    rows = []
    for i, one in enumerate(seen):
        fits = answers_in_kind(question, one)
        words = [token.stem for token in one.words]
        rows.append((
            _share(question.names, stems[i]),
            _share(question.names, near[i]),
            bool(question.numbers) and not question.numbers & (numbers(one.text) | near[i]),
            fits is True,
            fits is False,
            one.text.rstrip(" \"”’'").endswith("?"),
            math.log1p(len(words)),
            math.log1p(sum(pair in pairs for pair in pairwise(words))),
            min(sum(t.content and t.stem not in asked for t in one.words), 8) / 8,
        ))  # fmt: skip
    return dict(zip(FACTS, np.array(rows, dtype=np.float32).T, strict=True))


def _stems_near(stems: Sequence[set[str]], own: Sequence[int], found: Sequence[Candidate]) -> list[set[str]]:
    """The stems of each sentence, of the two before and the one after it, and of what stands above its passage."""
    around = [set(context_stems(candidate.passage)) for candidate in found]
    return [
        around[own[i]].union(*(stems[j] for j in range(max(0, i - 2), min(len(stems), i + 2)) if own[j] == own[i]))
        for i in range(len(stems))
    ]


def answers_in_kind(question: Question, one: Seen) -> bool | None:
    """Whether the sentence holds the kind of thing asked for (a number, a date, a name); None: no kind is asked."""
    if question.asks is Asks.NUMBER:
        return bool(numbers(one.text) - question.numbers) or any(t.word.lower() in NUMBER_WORDS for t in one.words)
    if question.asks is Asks.WHEN:
        return bool(_DATE.search(one.text)) or any(t.word.lower() in MONTHS and t.word[0].isupper() for t in one.words)
    if question.asks in (Asks.WHO, Asks.WHERE):
        asked = {token.stem for token in tokens(question.text)}
        first = next((t for t in one.words[:1] if t.content and t.word[0].isupper()), None)
        named = [stem(name) for name in names(one.text)] + ([first.stem] if first else [])
        return bool(one.passage.speaker) or any(name not in asked for name in named)
    if question.asks is Asks.WHY:
        return bool(_CAUSE.search(one.text))
    return None


def is_heading(one: Seen) -> bool:
    """Whether the sentence is a title or a heading rather than running text."""
    return one.sentence.kind in (BlockKind.TITLE, BlockKind.HEADING)


def is_fragment(one: Seen) -> bool:
    """Whether it is no sentence though it stands alone: a byline, a date line, a label."""
    return not is_heading(one) and one.sentence.opens and one.text.rstrip("\"”’')] ")[-1:] not in ".!?:;…"


def _share(wanted: Sequence[str], there: set[str]) -> float:
    return sum(name in there for name in wanted) / len(wanted) if wanted else 1.0


def _unit(vector: Vectors) -> Vectors:
    return vector / (float(np.linalg.norm(vector)) or 1.0)
