"""A verdict in a model's words: each sentence is checked against the findings that it cites before it is kept.

```text
idea ─proposing─▶ assumptions ─pressure─▶ Verdict, ruled by code
          case for, case against, what is missing, what to settle ─claiming─▶ Prose over the same findings
```

Nothing that a model writes is a finding or changes a ruling. What does not hold is dropped and counted, and where a
model is away or makes no sense the verdict stands in quotes and in the lenses' words, and says so.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import replace

from assistant import checking, claiming, proposing, rulings
from assistant import question as questions
from assistant.assumptions import Assumed, as_before
from assistant.checking import Grounds
from assistant.discussion import Beside
from assistant.embedding import Embedder
from assistant.errors import ModelError, ReplyCut, ReplyInvalid
from assistant.evidence.stance import StanceModel
from assistant.library.library import Library
from assistant.model import Calls, Model, Prompt
from assistant.numbered import Evidence
from assistant.numbered import told as told_of
from assistant.pressure import PressureTest
from assistant.prompting import material, render
from assistant.question import Asks
from assistant.replies import Reply
from assistant.types import (
    AssumptionRuling,
    Citation,
    Finding,
    Passage,
    Prose,
    Rejected,
    Remark,
    Statement,
    Support,
    Verdict,
)

CALLED = {
    "case_for": "the strongest case for it",
    "case_against": "the strongest objection",
    "missing": "what is missing",
    "to_settle": "what is to be settled",
    "reply": "the reply",
}
# What replies to one prompt can mend; after any other error of a model the rest is not asked for.
_OF_ONE_REPLY = (ReplyCut, ReplyInvalid)


class ModelPressureTest:
    """Tests ideas as ``plain`` does, with assumptions that a model proposes and its prose over the findings."""

    def __init__(
        self, plain: PressureTest, model: Model, stance: StanceModel, library: Library, embedder: Embedder
    ) -> None:
        self._plain, self._model, self._stance = plain, model, stance
        self._library, self._embedder = library, embedder

    def challenge(
        self,
        idea: str,
        progress: Callable[[int, int, str], None] = lambda *_: None,
        importance: Mapping[str, float] | None = None,
        like: Verdict | None = None,
    ) -> Verdict:
        """The verdict, as ``PressureTest.challenge`` gives it and raises; never a ModelError of the writing.

        ``progress`` is told again with every piece that the model writes; what it raises stops the model.
        """
        started = time.perf_counter()
        known = self._plain.assumed(idea, progress)
        done, total, about = 0, len(known), "what would have to be true"
        calls = self._model.calls(lambda: progress(done, total, about))
        telling = _Telling(self._model, calls, self._check, self._library)
        progress(done, total, about)
        assumed = as_before(known, like) if like else self._assumed(known, calls, telling)
        tested = self._plain.tested(idea, assumed, progress, importance)
        done, total, about = len(assumed), len(assumed), "what was found, in prose"
        progress(done, total, about)
        prose = telling.prose(tested)
        used = prose or any(one.importance_by == "model" for one in tested.assumptions)
        verdict = replace(
            tested,
            prose=prose,
            dropped=tuple(telling.dropped),
            rejected=(*tested.rejected, *telling.rejected),
            notices=tuple(telling.notices),
            model=self._model.name if used else None,
            cost=calls.cost,
        )
        return rulings.timed(verdict, time.perf_counter() - started, model=calls.seconds)

    def replied(self, verdict: Verdict, message: str, findings: Sequence[Finding]) -> Beside:
        """What of these findings and of the verdict's case bears on what somebody says of it, checked."""
        calls = self._model.calls()
        telling = _Telling(self._model, calls, self._check, self._library)
        return Beside(telling.reply(verdict, message, findings), tuple(telling.notices), calls.cost)

    def _assumed(self, known: list[Assumed], calls: Calls, telling: _Telling) -> list[Assumed]:
        """With what the model proposes; a small one is not asked, since it only says the idea again."""
        try:
            if self._model.small:
                return known
            made = proposing.proposed(known[0].part, known, calls, self._embedder)
        except ModelError as error:
            telling.failed(error, "The assumptions are those of the lenses")
            return known
        telling.dropped += made.dropped
        return made.assumed

    def _check(self, text: str, grounds: Grounds) -> str | None:
        if proposing.RULING.search(text):
            return "it rules on the idea, which only the evidence does"
        return checking.fault(text, grounds, self._stance, self._embedder)


class _Telling:
    """The parts of one verdict in the making, and what became of what does not hold."""

    def __init__(self, model: Model, calls: Calls, check: claiming.Check, library: Library) -> None:
        self._model, self._calls, self._check, self._library = model, calls, check, library
        self._away = False
        self.dropped: list[Rejected] = []
        self.rejected: list[Rejected] = []
        self.notices: list[str] = []

    def failed(self, error: ModelError, instead: str) -> None:
        """Tell of it; after an error that another prompt would meet again, the model is left alone."""
        what = f"The reply of {self._model.name} could not be understood." if isinstance(error, ReplyInvalid) else error
        self.notices.append(f"{what} {instead}.")
        self._away = not isinstance(error, _OF_ONE_REPLY)

    def prose(self, verdict: Verdict) -> Prose | None:
        """All parts, as far as they hold; None where nothing does."""
        before = len(self.dropped)
        idea = verdict.assumptions[0].part or verdict.idea  # less what only urges
        made = {
            "case_for": self._told("case_for", self._found(verdict.case_for), idea),
            "case_against": self._told("case_against", self._found(verdict.case_against), idea),
            "missing": self._told("missing", _missing(verdict), idea),
            "to_settle": self._told("to_settle", _unsettled(verdict), idea),
        }
        if len(self.dropped) > before and not any(made.values()) and not self.notices:
            self.notices.append(f"Nothing that {self._model.name} wrote of the findings is borne out; they are quoted.")
        return Prose(**made) if any(made.values()) else None

    def reply(self, verdict: Verdict, message: str, findings: Sequence[Finding]) -> tuple[Remark, ...]:
        """What bears on a message."""
        case = (*findings, *verdict.case_against, *verdict.case_for)
        distinct = tuple({one.citation: one for one in case}.values())
        idea = verdict.assumptions[0].part or verdict.idea
        return self._told("reply", self._found(distinct), idea, message=material(message))

    def _told(self, part: str, evidence: Sequence[tuple[int, Evidence]], idea: str, **given: str) -> tuple[Remark, ...]:
        """The sentences of one part that hold; none where there is nothing to tell of, or nobody to tell it."""
        if not evidence or self._away:
            return ()
        numbered = [one for _, one in evidence]
        asked = replace(questions.read(idea), asks=Asks.WHO)  # so that each view is given to whoever holds it
        claims = claiming.Claims(
            numbered, asked, calls=self._calls, model=self._model, check=self._check, read=self._library.quote
        )

        def pieces(structured: bool, again: bool) -> Generator[str, None, None]:
            told = "\n".join(told_of(one, with_passage=structured) for one in numbered)
            form = "argue.schema" if structured else "argue.lines"
            task = render(form, idea=material(idea), evidence=told, task=render(f"argue.{part}", **given))
            prompt = Prompt(render("argue.system"), f"{task}\n\nBegin with [1]." if again else task)
            return self._calls.stream(prompt, Reply if structured else None)

        made = []
        try:
            for statement, numbers in claims.statements(pieces):
                if statement.support is not Support.VERBATIM:  # what is quoted stands below it anyway
                    about = tuple(evidence[number - 1][0] for number in numbers) if not statement.citations else ()
                    made.append(Remark(statement.text, statement.citations, about))
        except ModelError as error:
            self.failed(
                error, f"{'The rest of ' if made else ''}{CALLED[part]} is in the documents' or the lenses' words"
            )
        self.dropped += claims.dropped
        self.rejected += claims.rejected
        return tuple(made)

    def _found(self, findings: Sequence[Finding]) -> list[tuple[int, Evidence]]:
        """Findings as evidence, numbered from 1, with the passages they stand in."""
        return [
            (0, Evidence(number, Statement(one.citation.quote, (one.citation,), Support.VERBATIM), passages))
            for number, one in enumerate(findings, 1)
            for passages in [tuple(self._passages(one.citation))]
        ]

    def _passages(self, citation: Citation) -> Iterator[Passage]:
        for stored in self._library.stored_of(citation.about.id):
            if stored.passage.start <= citation.start and citation.end <= stored.passage.end:
                yield stored.passage
                return


def _missing(verdict: Verdict) -> list[tuple[int, Evidence]]:
    """The assumptions on which nothing is found, each with its place in the verdict."""
    gaps = [
        (place, f"{one.text} {one.question}".strip())
        for place, one in enumerate(verdict.assumptions, 1)
        if one.ruling is AssumptionRuling.GAP
    ]
    return _given(gaps)


def _unsettled(verdict: Verdict) -> list[tuple[int, Evidence]]:
    """What is to be settled, each with its place in the verdict."""
    places = {id(one): place for place, one in enumerate(verdict.assumptions, 1)}
    return _given(
        [(places[id(one)], f"{one.question or one.text} {one.settle}".strip()) for one in rulings.to_settle(verdict)]
    )


def _given(told: Sequence[tuple[int, str]]) -> list[tuple[int, Evidence]]:
    """What code says itself, as evidence numbered from 1."""
    return [
        (place, Evidence(number, Statement(text, (), Support.VERBATIM), ()))
        for number, (place, text) in enumerate(told, 1)
    ]
