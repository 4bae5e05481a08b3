"""The chat page in tests: opened over a library, what it shows, and conversations that were kept."""

from __future__ import annotations

import json
import time
from pathlib import Path

from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from assistant import wire
from assistant.library.library import Library
from assistant.types import Answer, Citation, Conflict, Grounding, Searched, Statement, Support
from tests.fakes import WordEmbedder
from ui.work import jobs
from ui.work.jobs import Job

APP = Path(__file__).parent.parent / "ui" / "page.py"


class UnloadedEmbedder(WordEmbedder):
    """Fails when anything is to be embedded: a model that must not be loaded yet."""

    def query(self, text: str) -> object:  # type: ignore[override]
        raise AssertionError(f"the model was asked for {text!r}")


ORCHARD = "The orchard has ninety pear trees. They were planted in 1931."


CIDER = "Cider is pressed in October. Nobody drinks it before May."


def ended(job: Job) -> None:
    for _ in range(6_000):
        if job.done:
            return
        time.sleep(0.01)
    raise AssertionError("the job did not end")


def suggested_to(page: AppTest) -> AppTest:
    """The greeting when its questions are there, as the browser would show it by itself."""
    (job,) = [one for one in jobs._jobs.values() if one.kind.startswith("suggestions") and not one.done]
    ended(job)
    return page.run()


def opened(**address: str) -> AppTest:
    page = AppTest.from_file(str(APP), default_timeout=60)
    for name, value in address.items():
        page.query_params[name] = value
    return page.run()


def button(page: AppTest, label: str) -> Button:
    """The first button with this label."""
    return next(one for one in page.button if one.label == label)


def shown(page: AppTest) -> str:
    """All HTML on the page; anything that went wrong fails the test."""
    assert not page.exception
    return "\n".join(element.body for element in page.get("html"))


def address(page: AppTest) -> dict[str, str]:
    """The query of the page's address; the runner keeps what it was given as lists."""
    return {name: value if isinstance(value, str) else value[0] for name, value in page.query_params.items()}


def cite(library: Library, source: str, quote: str) -> Citation:
    document = library.document(source)
    start = document.text.index(quote)
    return Citation(document.about, start, start + len(quote), quote)


def keep(library: Library, *answers: Answer) -> str:
    conversation = library.conversations.begin()
    for answer in answers:
        library.conversations.add_turn(conversation, json.dumps(wire.answer(answer)))
    return conversation


def answered(*quotes: Citation, disagree: bool = False) -> Answer:
    statements = tuple(Statement(quote.quote, (quote,), Support.VERBATIM) for quote in quotes)
    conflicts = (Conflict(statements),) if disagree else ()
    return Answer("How many trees?", "How many trees?", statements, Grounding.GROUNDED, "", Searched(2, 2), conflicts)


def press(page: AppTest, name: str) -> AppTest:
    return next(one for one in page.button if one.label == name).click().run()
