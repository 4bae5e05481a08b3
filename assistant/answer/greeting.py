"""Example questions that a library's documents answer, to greet its users with. No chat model is asked.

If a heading or title is a question, that question is used unchanged; otherwise the question asks what the document says
about the heading. A question is used only if a search for its words finds, as the best passage, one of the document
that the question was made from.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice, zip_longest
from pathlib import PurePosixPath

from assistant.library.library import Library
from assistant.text.words import tokens
from assistant.types import Answer, Block, BlockKind, Document, Grounding

QUESTIONS, FURTHER = 3, 2  # that are offered on the page, and below an answer; a matter of taste
ASKED = 12  # questions that are put at most: offline an answer takes about a second
TRIED = 4  # questions that are put at most for those below an answer: somebody may soon ask the next question
LOOKED_AT = 24  # documents that questions are made from: twice as many as are asked, since not each has a question
# Characters of a heading or title that is asked about: shorter ones say too little, longer ones are sentences; a guess.
SHORTEST, LONGEST = 12, 90
FEWEST = 2  # words of content in it: one alone ("Overview") asks nothing
ABOUT = "What does “"  # begins a question about a document that is named in it
ENOUGH = 80  # characters below a heading from which something is said there: one sentence; a guess


def questions(library: Library, answer: Callable[[str], Answer]) -> tuple[str, ...]:
    """Return at most ``QUESTIONS`` example questions that the library's documents answer. The function ``answer`` is
    called with one candidate question after another; a candidate is returned if its answer is based on the
    documents."""
    return tuple(islice(answered(library, answer), QUESTIONS))


def answered(library: Library, answer: Callable[[str], Answer]) -> Iterator[str]:
    """Yield the example questions that the library's documents answer. The candidates are questions made from titles
    and headings. The function ``answer`` is called with each of the first ``ASKED`` candidates; a candidate is yielded
    if its answer is based on the documents. A candidate is tried only when the caller requests the next question."""
    return (one for one in candidates(library)[:ASKED] if _holds(answer(one)))


def further(known: Sequence[str], answers: Sequence[Answer]) -> tuple[str, ...]:
    """Return at most ``FURTHER`` questions to offer below the last answer of a conversation. They are chosen from
    ``known``, the questions that the library is known to answer. ``answers`` are all answers of the conversation:
    questions that were already asked are left out, and questions about a document that the last answer cites come
    first."""
    asked = {answer.question for answer in answers}
    cited = {citation.about.title for citation in answers[-1].cited}
    left = [question for question in known if question not in asked]
    return tuple(sorted(left, key=lambda question: not any(title in question for title in cited))[:FURTHER])


def of_cited(answers: Sequence[Answer], documents: Sequence[Document]) -> tuple[str, ...]:
    """Return at most ``TRIED`` questions that may be offered below the last answer of a conversation. They are made
    from headings of ``documents``, the documents that this answer cites; a heading is left out if the answer cites
    words below it. The best question of each document comes first, then the second best of each, and so on. ``answers``
    are all answers of the conversation; questions that were already asked are left out."""
    asked_before = {answer.question for answer in answers}
    paths = [(citation.heading or "").split(" › ") for citation in answers[-1].cited]
    heads = {" ".join(head.split()) for path in paths for head in path} - {""}
    each = [
        [one for one in _of_headings(document) if not any(one == head or f"“{head}”" in one for head in heads)]
        for document in documents
    ]
    found = (one for together in zip_longest(*each) for one in together if one and one not in asked_before)
    return tuple(islice(dict.fromkeys(found), TRIED))


def holding(questions: Sequence[str], answer: Callable[[str], Answer]) -> tuple[str, ...]:
    """Return the first ``FURTHER`` of these questions whose answers are based on the documents. The function ``answer``
    is called with one question after another."""
    return tuple(islice((one for one in questions if _holds(answer(one))), FURTHER))


def candidates(library: Library) -> tuple[str, ...]:
    """Return example questions that the library's documents may answer, made from their titles and headings. The best
    question of each document comes first, then the second best of each, and so on. The same documents always give the
    same questions."""
    rounds: list[list[str]] = []
    for document in library.some(LOOKED_AT):
        found = [question for question in asked(document) if _finds(question, document, library)]
        for place, question in enumerate(dict.fromkeys(found)):
            if place == len(rounds):
                rounds.append([])
            rounds[place].append(question)  # one of each document before a second of any
    return tuple(dict.fromkeys(question for each in rounds for question in sorted(each, key=lambda one: "“" in one)))


def _holds(answer: Answer) -> bool:
    return answer.grounding is Grounding.GROUNDED and bool(answer.statements)


def asked(document: Document) -> Iterator[str]:
    """Yield example questions about a document, made from its title and headings. The best question comes first."""
    title = document.about.title
    of_headings = list(_of_headings(document))
    yield from (one for one in of_headings if not one.startswith(ABOUT))
    if title.endswith("?") and _fits(title):
        yield title
    yield from (one for one in of_headings if one.startswith(ABOUT))
    if not title.endswith("?") and _can_be_named(document):
        yield f"{ABOUT}{title}” say?"


def _of_headings(document: Document) -> Iterator[str]:
    heads = [_line(document, block) for block in document.blocks if _says_something(document, block)]
    yield from (head for head in heads if head.endswith("?") and _fits(head))
    if _can_be_named(document):
        about = f"{ABOUT}{document.about.title}” say about"
        yield from (f"{about} “{head}”?" for head in heads if head[-1] != "?" and _fits(head))


def _can_be_named(document: Document) -> bool:
    return _fits(document.about.title) and not _is_file_name(document.about.title, document.about.source)


def _is_file_name(title: str, source: str) -> bool:
    return re.sub(r"\W|_", "", title) in {re.sub(r"\W|_", "", name) for name in (source, PurePosixPath(source).stem)}


def _says_something(document: Document, block: Block) -> bool:
    """Whether the block is a heading with at least ``ENOUGH`` characters of text between it and the next heading."""
    if block.kind is not BlockKind.HEADING:
        return False
    heading = _line(document, block)
    below = (
        b.end - b.start for b in document.blocks if b.start > block.end and b.headings and b.headings[-1] == heading
    )
    return sum(below) >= ENOUGH


def _line(document: Document, block: Block) -> str:
    return " ".join(document.text[block.start : block.end].split())


def _fits(head: str) -> bool:
    return SHORTEST <= len(head) <= LONGEST and sum(token.content for token in tokens(head)) >= FEWEST


def _finds(question: str, document: Document, library: Library) -> bool:
    words = [token.word for token in tokens(question) if token.content]
    found = [stored.passage for stored in library.stored([id for id, _ in library.lexical(words, 1)])]
    return any(passage.about.id == document.id for passage in found)
