"""Tests ideas with a chat model: the model says what an idea rests on, proposes searches for evidence for and against
it, and reads what is found.

```text
idea ─propose─▶ assumptions, each with searches for it and against it ─search─▶ extracts, in batches
     ─weigh─▶ for each extract: does it concern the idea, which assumption, on which side, why, and which words do
```
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest
from typing import Literal

from pydantic import BaseModel, Field

from assistant.checking.checks import strange
from assistant.evidence.llm import WEIGHT, Sure
from assistant.library.library import Library
from assistant.model.chat import Calls, Model, Prompt, Tick
from assistant.model.embedding import Embedder
from assistant.model.prompting import material as fenced
from assistant.model.prompting import render
from assistant.pressure import evidence_retrieval, proposing, summary
from assistant.pressure.assumptions import Assumed, as_before, of_words
from assistant.pressure.bearing import Bearing, Weighed
from assistant.pressure.lens import Lens
from assistant.readers.material import Extract, Shelf
from assistant.readers.model import extract_text
from assistant.readers.seam import Quote
from assistant.search.retrieval import candidates, spread
from assistant.types import Kind, Passage, Rejected, Stance, Verdict, VerdictSummary

EACH = 6  # passages read of each search; not measured
MOST = 72  # passages read for an idea: some 35,000 characters, and so three batches; not measured
BATCH = 14_000  # characters of passages read at once: what bears on an idea of more is longer than a reply

Progress = Callable[[int, int, str], None]


class Borne(BaseModel):
    """Words of a passage that bear on the idea."""

    passage: int
    words: str = Field(description="Copied letter for letter")
    assumptions: list[int] = Field(description="Numbers of the assumptions on which they bear")
    side: Stance
    sure: Sure = Sure.LIKELY
    kind: Literal[Kind.CLAIM, Kind.FIGURE, Kind.QUOTED, Kind.FORECAST] = Kind.CLAIM
    why: str = ""


class Read(BaseModel):
    """The reply to one batch."""

    bearing: list[Borne]


class ModelIdeas:
    """Uses a chat model to find what the documents of one library say for and against ideas."""

    def __init__(self, library: Library, embedder: Embedder, model: Model, lenses: Sequence[Lens] = ()) -> None:
        self._library, self._embedder, self._model = library, embedder, model
        self._lenses = tuple(lenses)

    @property
    def name(self) -> str:
        """The model's name as people see it: a model file without its folders, a server's address without login and
        query string."""
        return self._model.name

    @property
    def able(self) -> bool:
        """Whether the model is large enough to test ideas. A small model would only repeat the idea."""
        return not self._model.small

    def calls(self, tick: Tick) -> Calls:
        """Return an object that makes the model's calls for one test of an idea, and counts their cost together.
        ``tick`` is called for every piece of text that the model writes."""
        return self._model.calls(tick)

    def assumed(self, idea: str, like: Verdict | None, calls: Calls) -> proposing.ProposedAssumptions:
        """Return the assumptions of ``idea``: first the idea itself, then what would have to be true for it to work,
        according to the model. The result's ``dropped`` has the assumptions that the model proposed and that failed a
        check. ``calls`` is the object that calls the model.

        ``like`` is an earlier verdict on the same idea or on another wording of it; None if there is none. For the same
        idea, the model is not asked again: the assumptions are the idea itself and those that a model proposed or
        people added for ``like``. For another wording, the model is asked; the assumptions that were added for ``like``
        come after its proposals, and those that people left out stay out.

        Raises:
            ModelError: the model failed; the error's subclass says what kind of failure it is.
        """
        whole = of_words(idea)[:1]
        if like and like.idea == idea:
            return proposing.ProposedAssumptions(as_before(whole, like), ())
        questions = [lens.question for lens in self._lenses]
        made = proposing.proposed(idea, whole[0]._replace(text=idea, turned=False), questions, calls)
        return made._replace(assumed=as_before(made.assumed, like)) if like else made

    def weighed(self, idea: str, assumed: Sequence[Assumed], calls: Calls, progress: Progress) -> Weighed:
        """Search for passages that may concern the assumptions of ``idea`` (``assumed``), and let the model read them
        in batches. Returns the passages as extracts, and the words in them that concern the idea. ``calls`` is the
        object that calls the model.

        ``progress`` is called before each batch with the number of batches done, the number of all batches, and a text
        about the progress.

        Raises:
            ModelError: the model failed; the error's subclass says what kind of failure it is.
        """
        extracts = Shelf(self._library).extracts(self._passages(assumed))
        batches = list(_batches(extracts))
        bearings: list[Bearing] = []
        for number, batch in enumerate(batches):
            progress(
                number, len(batches), f"{sum(len(one) for one in batches[:number])} of {len(extracts)} stretches read"
            )
            bearings += self._borne(idea, assumed, batch, calls)
        return Weighed(assumed, extracts, tuple(bearings), [evidence_retrieval.searches(one) for one in assumed])

    def summed_up(self, verdict: Verdict, calls: Calls) -> tuple[VerdictSummary | None, tuple[Rejected, ...]]:
        """Return what the strongest findings of the verdict come to in the model's words, and the sentences of the
        model that failed a check. The summary is None if there is nothing to sum up, or if a sentence is missing.

        Raises:
            ModelError: the model failed; the error's subclass says what kind of failure it is.
        """
        return summary.summed_up(verdict, calls, self._embedder)

    def _passages(self, assumed: Sequence[Assumed]) -> list[Passage]:
        """Return at most ``MOST`` passages found by the searches for all assumptions: the best of each search, then the
        second of each, and so on."""
        queries = dict.fromkeys(query for one in assumed for query in evidence_retrieval.searches(one))
        found = [
            [one.passage for one in spread(candidates(query, self._embedder.query(query), self._library))[:EACH]]
            for query in queries
        ]
        ranked = (passage for rank in zip_longest(*found) for passage in rank if passage)
        return list({passage.id: passage for passage in ranked}.values())[:MOST]

    def _borne(
        self, idea: str, assumed: Sequence[Assumed], batch: Sequence[Extract], calls: Calls
    ) -> Iterator[Bearing]:
        listed = "\n".join(f"[{number}] {fenced(one.text)}" for number, one in enumerate(assumed, 1))
        passages = "\n\n".join(extract_text(one) for one in batch)
        task = render("weigh", idea=fenced(idea), assumptions=listed, passages=passages)
        numbered = {one.number: one for one in batch}
        for one in calls.reply(Prompt(render("weigh.system"), task), Read).bearing:
            places = tuple(dict.fromkeys(n - 1 for n in one.assumptions if 1 <= n <= len(assumed)))
            if one.passage not in numbered or not places:
                continue
            context = numbered[one.passage].passage.text
            why = " ".join(one.why.split())
            about = (
                f"{context} {extract_text(numbered[one.passage])} {idea} {' '.join(assumed[n].text for n in places)}"
            )
            if strange(why, about) or proposing.RULING.search(
                why
            ):  # said of the finding, not by it: what it brings in itself is left out
                why = ""
            confidence = WEIGHT[one.sure] if one.side is not Stance.UNCLEAR else 1 - WEIGHT[Sure.GUESS]
            yield Bearing(Quote(one.passage, one.words), places, one.side, confidence, one.kind, why, context)


def _batches(extracts: Sequence[Extract]) -> Iterator[list[Extract]]:
    batch: list[Extract] = []
    for extract in extracts:
        if batch and sum(len(one.passage.text) for one in (*batch, extract)) > BATCH:
            yield batch
            batch = []
        batch.append(extract)
    if batch:
        yield batch
