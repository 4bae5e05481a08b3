"""Decides, without a chat model, whether the evidence found for a question is enough to answer it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from assistant.evidence.answers import Scored
from assistant.evidence.sentences import answers_in_kind, context_stems, numbers_near
from assistant.search.question import Asks, Question
from assistant.text.words import stem, tokens

LOOKED_AT = 3  # the best sentences, among which a figure that was asked for must stand
# Of the 74 words that the reasons of 29 refusals on two handbooks would name, the kinds of answers take away 4 that no
# other rule does, what stands before a word 7, and its ending 5. A list of 235 adjectives and verbs took away 6 more.
_KINDS = frozenset(
    stem(word)
    for word in "year month week day date time age number amount price cost share percent percentage rate size length "
    "name person people place country city reason way thing example kind type sort".split()
)
_NO_NOUN = re.compile(  # right before a word that is an adjective, an adverb or a verb
    r"\b(?:how|too|very|so|more|most|less|least|as|to|we|you|they|he|she|it|i|can|could|will|would|should|must|may)\s+$",
    re.IGNORECASE,
)
_NO_NOUN_END = re.compile(  # of an adverb, or of what was done
    r"(?<!fami)(?<!supp)(?<!assemb)(?<!re[ps])(?<!mono)(?<!anoma)ly$|\w{3}(?<!e)(?<!hundr)ed$", re.IGNORECASE
)


def reason_to_refuse(
    question: Question, scored: Sequence[Scored], *, is_likely: bool, is_known: Callable[[str], bool]
) -> str | None:
    """Return the reason why the documents do not answer ``question``, as a sentence for the user. None if they do
    answer it.

    ``scored`` are the sentences that were found, the best first. ``is_likely`` says whether a passage is likely enough
    to answer; if it is false, the question is refused. ``is_known`` says whether a word occurs anywhere in the
    documents.

    The question is also refused if most of its names or all of its years are missing in the passages of the best
    sentences, since these passages are then about something else, even if their scores are high. It is refused as well
    if it asks for a figure and the best sentences have none: of the sentences that answer such a question in our
    training data, 0.94 have a figure.
    """
    if not scored:
        return "Nothing in the documents is near this question."
    near = _words_near(scored)
    absent = [token.word for token in question.content if token.stem in question.names and token.stem not in near]
    if absent and len(absent) * 2 > len(question.names):
        return f"The documents do not say: nothing near this question mentions {_listed(absent)}."
    if question.years and not question.years & near:
        return f"The documents do not say: nothing near this question mentions {_listed(sorted(question.years))}."
    if question.asks is Asks.NUMBER and not any(answers_in_kind(question, one.seen) for one in scored[:LOOKED_AT]):
        return "The documents do not say: no passage near this question gives a figure."
    if not is_likely:
        asked = [token.word for token in question.content if token.stem not in near]
        unknown = [word for word in asked if _is_topic(word, question) and not is_known(word)]
        return f"The documents do not say{f': none of them mentions {_listed(unknown)}' if unknown else ''}."
    return None


def _is_topic(word: str, question: Question) -> bool:
    """Whether ``word`` can be the topic of a question: it is a name, or its place and ending suggest a noun. Nouns that
    only say what kind of answer is wanted, such as "year", are no topics."""
    if stem(word) in question.names:
        return True
    if stem(word) in _KINDS or word.isdigit() or _NO_NOUN_END.search(word):
        return False
    at = question.text.find(word)
    return at < 0 or not _NO_NOUN.search(question.text[:at])


def _words_near(scored: Sequence[Scored]) -> set[str]:
    """The stems and numbers in the passages of the best sentences, and in the titles, headings and speakers of these
    passages."""
    near: set[str] = set()
    for passage in {one.seen.passage.id: one.seen.passage for one in scored[: 2 * LOOKED_AT]}.values():
        near.update(token.stem for token in tokens(passage.text))
        near.update(context_stems(passage))
        near.update(numbers_near(passage))
    return near


def _listed(words: tuple[str, ...] | list[str]) -> str:
    quoted = [f"“{word}”" for word in words]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"
