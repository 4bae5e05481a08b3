"""Drafts cases with a chat model. Everything in its drafts that can be checked is checked.

Gold must stand in the passage letter by letter, and an answer in its gold. A near miss is a question that the documents
do not answer: it is kept only if its decisive word is in no document.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from string import Template

from pydantic import BaseModel, ConfigDict

from assistant.errors import ReplyInvalid
from assistant.model.chat import Model, Prompt
from assistant.model.prompting import material
from assistant.text.words import tokens
from assistant.types import Passage
from eval.drafting.proposing import SHORTEST, FolderTexts, GoldLine, case_of, draft
from eval.scorers.answering import contains
from eval.suite.cases import Case
from ingest.drafts import collapse

SYSTEM = "You write test questions whose right answers are known."


class Proposed(BaseModel):
    """The questions that a model drafts from a passage; the prompt explains each field."""

    model_config = ConfigDict(extra="ignore")

    question: str
    quote: str
    answer: str = ""
    follow_up: str = ""
    follow_up_quote: str = ""
    near_miss: str = ""
    missing: str = ""


def drafts(texts: FolderTexts, model: Model, most: int) -> Iterator[Case]:
    """Draft cases with a chat model from at most ``most`` passages, which are evenly spread over the documents. Replies
    of the model that do not have the expected form are skipped.

    Raises:
        ModelError: the model cannot be reached.
    """
    words = {token.stem for passage in texts.passages for token in tokens(f"{passage.about.title} {passage.text}")}
    long = [passage for passage in texts.passages if len(passage.text) > 2 * SHORTEST]
    for place in range(min(most, len(long))):
        passage = long[place * len(long) // min(most, len(long))]
        try:
            reply = model.reply(_prompt(passage), Proposed)
        except ReplyInvalid:
            continue
        yield from _checked(reply, passage, words)


def _prompt(passage: Passage) -> Prompt:
    text = files("eval").joinpath("prompts", "propose.md").read_text("utf-8")
    section = " › ".join(passage.headings)
    told = {"title": passage.about.title, "section": section, "passage": passage.text}
    return Prompt(SYSTEM, Template(text).substitute({name: material(value) for name, value in told.items()}))


def _checked(reply: Proposed, passage: Passage, words: set[str]) -> Iterator[Case]:
    first = _stands(reply.quote, passage)
    if first and reply.question.strip():
        answer = (reply.answer.strip(),) if reply.answer.strip() and contains(first.text, reply.answer) else ()
        yield draft("model", reply.question.strip(), first, answer=answer)
        then = _stands(reply.follow_up_quote, passage)
        if then and reply.follow_up.strip() and then != first:
            said = ({"role": "user", "content": reply.question}, {"role": "assistant", "content": first.text})
            yield draft("followup", reply.follow_up.strip(), then, history=said)
    if _is_absent(reply, words):
        why = f"No document has “{reply.missing.strip()}”."
        yield case_of("near", reply.near_miss.strip(), refuse=True, why=why)


def _stands(quote: str, passage: Passage) -> GoldLine | None:
    """The quote as a sentence that may become gold; None if it is too short or the passage does not have it. Whitespace
    is ignored.
    """
    words = collapse(quote)
    stands = len(words) >= SHORTEST and words in collapse(passage.text)
    return GoldLine(words, passage) if stands else None


def _is_absent(reply: Proposed, words: set[str]) -> bool:
    """Whether the word that decides a near miss is in its question and in none of the documents. ``words`` has the
    stems of all words in the documents.
    """
    asked = {token.stem for token in tokens(reply.near_miss)}
    missing = {token.stem for token in tokens(reply.missing)}
    return bool(missing) and missing <= asked and not missing & words
