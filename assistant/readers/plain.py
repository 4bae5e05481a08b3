"""The plain reader, which needs no chat model: it finds the sentences that seem to answer, and shows excerpts around
them."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from itertools import islice

from assistant.evidence.answers import AnswerModel, Fit, Scored
from assistant.evidence.choice import Chosen, best, listed, stands_alone
from assistant.evidence.sentences import numbers_near, seen
from assistant.readers.excerpts import OF_A_LIST, Excerpt, Key, excerpts
from assistant.readers.material import Material
from assistant.readers.refusal import reason_to_refuse
from assistant.readers.seam import Claim, Outcome, Quote, Reading
from assistant.search.question import Question
from assistant.search.retrieval import Candidate
from assistant.text import introductions
from assistant.types import Passage, Sentence, Span

READ = 12  # passages that are read: of the gold of a handbook 0.8 is among them
NEAR = 0.01  # probability of an answer from which the closest stretches are worth showing: a hundred to one against it


class PlainReader:
    """Answers questions with excerpts of documents, without a chat model. A small local model finds the sentences that
    seem to answer the question; excerpts around these sentences are the answer."""

    def __init__(self, model: AnswerModel) -> None:
        self._model = model

    def read(self, material: Material) -> Generator[Claim, None, Reading]:
        """Yield the excerpts that seem to answer the question, each as a claim, and return the ``Reading``, which says
        whether they answer it. If no excerpt seems to answer the question, the closest excerpts are yielded. No chat
        model is called."""
        if material.leading:
            yield from (_claim(_lone(chosen), material) for chosen in material.leading)
            return Reading(Outcome.ANSWERED)
        found = _telling(material)
        fits = self._model.fits(material.question.text, [candidate.passage for candidate in found])
        likely = max((fit.likely for fit in fits), default=0.0)
        scored = ranked(material.question, found, fits)
        is_likely = likely >= self._model.answer
        reason = reason_to_refuse(material.question, scored, is_likely=is_likely, is_known=material.mentions)
        for excerpt in shown(material, scored):
            yield _claim(excerpt, material)
        if reason is None:
            return Reading(Outcome.ANSWERED)
        return Reading(Outcome.NEAR if likely >= NEAR else Outcome.NOT_SAID, reason=reason)


def _telling(material: Material) -> Sequence[Candidate]:
    """Return the first ``READ`` candidates that have a sentence which can be shown, so that labels such as "Reply" take
    no place among the passages that are read. If there are none, return the first candidates."""
    asked, found = material.question, material.candidates
    able = (one for one in found if any(stands_alone(asked, each) for each in seen(one.passage)))
    return list(islice(able, READ)) or found[:READ]


def ranked(question: Question, found: Sequence[Candidate], fits: Sequence[Fit]) -> list[Scored]:
    """Return the sentences of all passages in ``found`` with their scores, the best first. ``fits`` has one entry for
    each passage, with the scores of its sentences.

    If the question has a year, sentences of passages that have this year come before all others.
    """
    scored = [
        Scored(one, float(score), vector, fit.likely)
        for candidate, fit in zip(found, fits, strict=True)
        for one, score, vector in zip(seen(candidate.passage), fit.by, candidate.vectors, strict=True)
    ]
    names = {candidate.passage.id for candidate in found if question.years & numbers_near(candidate.passage)}
    return sorted(scored, key=lambda one: (one.seen.passage.id not in names, -one.score))


def shown(material: Material, scored: Sequence[Scored]) -> list[Excerpt]:
    """Return the excerpts that are shown as the answer. If a list in a document answers the question, they are the
    items of this list, up to a limit; otherwise they are excerpts around the best sentences. ``scored`` has the
    sentences found, the best first."""
    if items := listed(material.question, scored, material.flow):
        return _of_list(items)
    superseded = material.superseded(list({one.seen.passage.about.id for one in scored}))
    return excerpts([_key(material, *one) for one in best(material.question, scored, superseded)])


def _of_list(items: Sequence[Chosen]) -> list[Excerpt]:
    """Return the items of a list as excerpts, one for each passage that they lie in. The list ends with the item that
    makes it longer than ``OF_A_LIST`` characters."""
    found: list[Excerpt] = []
    for passage, sentence in items:
        if found and found[-1].passage.id == passage.id:
            span = Span(found[-1].span.start, sentence.end)
            found[-1] = found[-1]._replace(span=span, key=span)
        else:
            found.append(_introduced(passage, sentence))
        if sum(one.span.end - one.span.start for one in found) > OF_A_LIST:
            break
    return found


def _introduced(passage: Passage, sentence: Sentence) -> Excerpt:
    """Return an excerpt of a list item that begins with the sentence that introduces the list, if there is one."""
    over = (one for one in introductions.above(passage, sentence) if one.kind not in introductions.HEADS)
    span = Span(next(over, sentence).start, sentence.end)
    return Excerpt(passage, span, span)


def _lone(chosen: Chosen) -> Excerpt:
    passage, sentence = chosen
    span = Span(sentence.start, sentence.end)
    return Excerpt(passage, span, span)


def _key(material: Material, chosen: Chosen, score: float) -> Key:
    """Return a chosen sentence with the whole extract that contains its passage, so that an excerpt can go beyond the
    passage."""
    passage, sentence = chosen
    whole = next((e.passage for e in material.extracts if any(part.id == passage.id for part in e.parts)), passage)
    return Key(whole, sentence, score)


def _claim(excerpt: Excerpt, material: Material) -> Claim:
    """Return a claim whose only quote is the excerpt, in the document's words."""
    passage, (start, end), key = excerpt
    words = passage.text[start - passage.start : end - passage.start]
    holds = (e for e in material.extracts if e.passage.about.id == passage.about.id)
    number = next((e.number for e in holds if e.passage.start <= start < e.passage.end), 0)  # 0: changed meanwhile
    return Claim("", (Quote(number, words, Span(start, end), key),))
