"""Whether to answer at all: decided in code, on every turn, by this turn's own evidence."""

from __future__ import annotations

import re

from assistant.evidence.relevance import LOOKED_AT, Judgement
from assistant.evidence.signals import answers_in_kind, context_stems
from assistant.search.question import Asks, Question
from assistant.text.words import numbers, stem, tokens

# The probability of the best passage from which an answer is given, chosen on 220 questions on two corpora that are for
# nothing else (``eval/training/fit.py``). To refuse what is answered is held to cost three times what it costs to show
# what does not answer: who reads a stretch sees that it does not.
ANSWER_FROM = 0.06
_KINDS = frozenset(
    stem(word)
    for word in "year month week day date time age number amount price cost share percent percentage rate size length "
    "name person people place country city reason way thing example kind type sort".split()
)
# Words that say how something is, or only that it is done: a question is not about them.
_ADJECTIVES = (
    "able actual additional affordable allowed annual appropriate available average bad basic best better "
    "big brief bright busy certain cheap clear clever close closer cold common complete correct current "
    "daily dear deep different difficult direct early easy efficient enough entire equal exact expensive "
    "expected external extra fair false famous fast final fine first formal former free frequent fresh "
    "full future general good great half happy hard heavy high hot huge ideal immediate important initial "
    "internal joint key large last late latest least left less light likely limited little local long "
    "longest loose loud low lower main major maximum minimum minor mobile modern monthly narrow necessary "
    "new next nice normal obvious official old ongoing only open optional ordinary original outside "
    "overall past permanent personal poor popular possible potential present previous primary prior "
    "private proper public quick quiet rare ready real recent regular relevant responsible rich right "
    "rough safe same second secondary separate serious several shared sharp short significant silent "
    "similar simple single slow small smart soft special specific standard strange strict strong "
    "successful sudden sufficient suitable sure tall temporary thick thin tight tiny top total true "
    "typical unique unusual upcoming urgent useful usual vague valid valuable various vast warm weak "
    "weekly whole wide willing worse worst wrong yearly young actually again ago always ever generally "
    "instead maybe never now often perhaps please quickly really roughly simply sometimes soon today "
    "tomorrow typically usually yesterday yet"
)
_VERBS = (
    "allow approve ask become begin belong bring buy carry choose come decide deserve differ end exist "
    "expect find follow get handle happen have include involve keep know leave lose mean meet occur own "
    "pay prefer prevent provide put read receive recommend refer remain renew require see seem send serve "
    "set shall speak spend take try want"
)
_NO_TOPICS = frozenset(
    (*_ADJECTIVES.split(), *(f"{verb}{end}" for verb in _VERBS.split() for end in ("", "s", "es", "d", "ed")))
)
_NO_NOUN = re.compile(  # right before a word that is an adjective, an adverb or a verb
    r"\b(?:how|too|very|so|more|most|less|least|as|to|we|you|they|he|she|it|i|can|could|will|would|should|must|may)\s+$",
    re.IGNORECASE,
)
_NO_NOUN_END = re.compile(  # of an adverb, or of what was done
    r"(?<!fami)(?<!supp)(?<!assemb)(?<!re[ps])(?<!mono)(?<!anoma)ly$|\w{3}(?<!e)(?<!hundr)ed$", re.IGNORECASE
)


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
        lacking = [word for word in judgement.missing if _is_topic(word, question) and stem(word) not in near]
        about = f"nothing near this question is about {_listed(lacking)}" if lacking else "what is nearest is no answer"
        return f"The documents do not say: {about}."
    return None


def _is_topic(word: str, question: Question) -> bool:
    """Whether it names what a question is about, and not what kind of thing would answer it, or how or that it is."""
    if stem(word) in question.names:
        return True
    if stem(word) in _KINDS or word.lower() in _NO_TOPICS or word.isdigit() or _NO_NOUN_END.search(word):
        return False
    at = question.text.find(word)
    return at < 0 or not _NO_NOUN.search(question.text[:at])


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
