"""Whether to answer at all: decided in code, on every turn, by this turn's own evidence."""

from __future__ import annotations

from assistant.evidence.relevance import LOOKED_AT, Judgement
from assistant.evidence.signals import answers_in_kind, context_stems
from assistant.evidence.words import numbers, tokens
from assistant.question import Asks, Question

# The probability of the best passage from which an answer is given, chosen on 220 questions on two corpora that are for
# nothing else (``eval/training/fit.py``). To refuse what is answered is held to cost three times what it costs to show
# what does not answer: who reads a stretch sees that it does not.
ANSWER_FROM = 0.06


def reason_to_refuse(question: Question, judgement: Judgement, likely: float) -> str | None:
    """Why the documents do not answer ``question``, as a sentence; None when they do.

    ``likely`` is the probability that the likeliest passage answers.

    A name or a number of the question that stands nowhere near the best evidence outweighs any score: the
    passages are then about something else. So does a figure that was asked for: of the sentences that answer such a
    question in our training data, 0.94 hold one.
    """
    if not judgement.sentences:
        return "Nothing in the documents is near this question."
    near = _words_near(judgement)
    absent = [token.word for token in question.content if token.stem in question.names and token.stem not in near]
    if absent and len(absent) * 2 > len(question.names):
        return f"The documents do not say: nothing near this question mentions {_listed(absent)}."
    if question.numbers and not question.numbers & near:
        return f"The documents do not say: nothing near this question mentions {_listed(sorted(question.numbers))}."
    if question.asks is Asks.NUMBER and not any(
        answers_in_kind(question, one.seen) for one in judgement.sentences[:LOOKED_AT]
    ):
        return "The documents do not say: no passage near this question gives a figure."
    if likely < ANSWER_FROM:
        lacking = f" on {_listed(judgement.missing)}" if judgement.missing else ""
        return f"The documents do not say: no passage answers this{lacking}."
    return None


def _words_near(judgement: Judgement) -> set[str]:
    """The stems and numbers of the passages of the best sentences, with what stands above them."""
    near: set[str] = set()
    for passage in {one.seen.passage.id: one.seen.passage for one in judgement.sentences[: 2 * LOOKED_AT]}.values():
        near.update(token.stem for token in tokens(passage.text))
        near.update(context_stems(passage))
        near.update(numbers(f"{passage.text} {passage.about.title} {passage.about.date or ''}".replace("-", " ")))
    return near


def _listed(words: tuple[str, ...] | list[str]) -> str:
    quoted = [f"“{word}”" for word in words]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"
