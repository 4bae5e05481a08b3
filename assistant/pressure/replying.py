"""A model's comment in the discussion of a verdict, shown beside the reply that code writes: which of the verdict's
passages concern the user's message."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.checking.verifying import Verifier
from assistant.errors import ModelError
from assistant.library.library import Library
from assistant.model.embedding import Embedder
from assistant.model.prompting import render
from assistant.pressure.discussion import Beside
from assistant.readers.material import Given, Shelf
from assistant.readers.model import ModelReader
from assistant.search import question as questions
from assistant.types import Finding, Passage, Remark, Support, Verdict


def replied(
    reader: ModelReader,
    verdict: Verdict,
    message: str,
    findings: Sequence[Finding],
    *,
    library: Library,
    embedder: Embedder,
) -> Beside:
    """Return a model's remarks on what the ``findings`` mean for the user's ``message`` about a verdict, each remark
    checked against the passages that it cites. The model reads the passages that contain the ``findings``, and those of
    the strongest findings in the verdict. ModelError is never raised; if the model fails, the result has a notice that
    says so.

    A remark that only repeats a quote is left out, since the verdict shows the quote anyway.
    """
    calls = reader.calls(lambda: None)
    shelf = Shelf(library)
    case = (*findings, *verdict.case_against, *verdict.case_for)
    passages = {p.id: p for one in case for p in shelf.flow(one.citation.about.id) if _stands_in(one, p)}
    asked = render("discuss", idea=verdict.assumptions[0].part or verdict.idea, message=message)
    given = Given(questions.read(asked), shelf.extracts(passages.values()))
    if not passages:
        return Beside()
    made: list[Remark] = []
    notices: list[str] = []
    try:
        statements = Verifier(given, library.quote, embedder).statements(reader.read(given, calls))
        made += [Remark(one.text, one.citations) for one in statements if one.support is not Support.VERBATIM]
    except ModelError as error:
        notices.append(f"{error.summary} The reply is in the documents' own words.")
    return Beside(tuple(made), tuple(notices), calls.cost)


def _stands_in(one: Finding, passage: Passage) -> bool:
    return passage.start <= one.citation.start < passage.end
