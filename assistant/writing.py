"""The model writer: prose over evidence that code has chosen, each statement checked before anybody sees it.

```text
quoting writer ─refused─▶ Answer, the model is not asked
      └─evidence [1] [2] …─▶ model ─claims─▶ what they cite ─checking─▶ Statement, at once
                                                               └─fails─▶ written anew once ─fails─▶ dropped, counted
evidence that no statement cites and the model did not set aside ─▶ its own words
```

So a model can add wording and an order, and never a fact; whatever it does, the answer holds what the quoting
writer would have said, or a refusal that code agrees with.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace

from assistant import checking, citations, conversation, followup
from assistant import numbered as numbering
from assistant import question as questions
from assistant.answering import NEAREST, Quoted, QuotingWriter
from assistant.checking import Grounds
from assistant.claiming import Check, Claims
from assistant.embedding import Embedder
from assistant.errors import ContextTooLong, ModelError, ReplyCut
from assistant.evidence.stance import StanceModel
from assistant.evidence.words import content_stems
from assistant.library.library import Library
from assistant.model import MOST_TOKENS, Calls, Model, Prompt, Tick
from assistant.numbered import Evidence
from assistant.prompting import material, render
from assistant.replies import Reply
from assistant.retrieval import ANYWHERE
from assistant.types import Answer, Filters, Grounding, Statement, Turn

A_TOKEN = 3.0  # characters: fewer than the four of plain English, so that too much is seldom sent
SURE = 0.5  # probability of being answerable from which a model's "no" is told and changes nothing
OWN_WORDS = "the documents' own words."


class ModelWriter:
    """Answers with what a model writes over the quoting writer's evidence, as far as it holds."""

    def __init__(
        self, quoting: QuotingWriter, model: Model, stance: StanceModel, library: Library, embedder: Embedder
    ) -> None:
        self._quoting, self._model, self._stance = quoting, model, stance
        self._library, self._embedder = library, embedder

    def answer(self, question: str, history: Sequence[Turn] = (), filters: Filters = ANYWHERE) -> Answer:
        """The whole answer; raises what the quoting writer does, and never a ModelError."""
        *_, last = self.stream(question, history, filters)
        assert isinstance(last, Answer)
        return last

    def stream(
        self, question: str, history: Sequence[Turn] = (), filters: Filters = ANYWHERE, tick: Tick = lambda: None
    ) -> Iterator[Statement | Answer]:
        """Each statement as it is found to hold, then the whole answer. What ``tick`` raises stops the model."""
        started = time.perf_counter()
        calls = self._model.calls(tick)
        quoted, away = self._quoted(question, history, filters, calls)
        turn = _Turn(quoted, calls, self._model, self._check, self._library.quote)
        if not quoted.answer.refused:
            if away is None:
                yield from turn.written()
            else:
                turn.notices.append(f"{away} These are {OWN_WORDS}")
            if not turn.declined:
                yield from turn.left_over()
        timings = {
            **quoted.answer.timings_ms,
            "model": round(1000 * calls.seconds, 1),
            "check": round(1000 * turn.checking, 1),
            "total": round(1000 * (time.perf_counter() - started), 1),
        }
        yield replace(turn.answer(), question=question, cost=calls.cost, timings_ms=timings)

    def _quoted(
        self, question: str, history: Sequence[Turn], filters: Filters, calls: Calls
    ) -> tuple[Quoted, ModelError | None]:
        """The evidence for the question made standalone, and what kept the model from making it so."""
        away = None
        try:
            asked = followup.standalone(question, history, calls) if history else question
        except ModelError as error:
            asked, away = conversation.standalone(question, history), error
        return self._quoting.quoted(asked, (), filters), away

    def _check(self, text: str, grounds: Grounds) -> str | None:
        return checking.fault(text, grounds, self._stance, self._embedder)


class _Turn:
    """One answer in the making."""

    def __init__(self, quoted: Quoted, calls: Calls, model: Model, check: Check, read: citations.Reader) -> None:
        self._quoted, self._calls, self._model = quoted, calls, model
        self._question = questions.read(quoted.answer.standalone_question)
        self._evidence = numbering.numbered(quoted)
        self._claims = Claims(self._evidence, self._question, calls=calls, model=model, check=check, read=read)
        self._shown: list[Statement] = []
        self._by_model = 0
        self.notices: list[str] = []
        self.declined = False

    def written(self) -> Iterator[Statement]:
        """What the model writes, as far as it holds; what goes wrong is told in ``notices``."""
        try:
            for statement, _ in self._claims.statements(self._pieces):
                self._shown.append(statement)
                self._by_model += 1
                yield statement
        except ReplyCut as error:
            kept = "What is shown of it was checked before" if self._by_model else "Nothing of it could be shown"
            self.notices.append(f"{error} {kept}; the rest is in {OWN_WORDS}")
        except ModelError as error:
            self.notices.append(f"{error} {'The rest is' if self._by_model else 'These are'} in {OWN_WORDS}")
        if self._claims.declined:
            self._decline()
        if self._claims.dropped and not self._by_model and not self.notices:
            self.notices.append(f"Nothing that {self._model.name} wrote is borne out. These are {OWN_WORDS}")

    @property
    def checking(self) -> float:
        """Seconds spent on checking what the model claims."""
        return self._claims.checked

    def left_over(self) -> Iterator[Statement]:
        """The quotes of the evidence that nothing shown stands on; evidence that conflicts is never set aside."""
        cited = {citation for statement in self._shown for citation in statement.citations}
        apart = {side for conflict in self._quoted.answer.conflicts for side in conflict.sides}
        for one in self._evidence:
            waived = one.number in self._claims.used | self._claims.set_aside and one.statement not in apart
            if not cited & set(one.statement.citations) and not (waived and self._shown):
                self._shown.append(one.statement)
                yield one.statement

    def answer(self) -> Answer:
        """All of it."""
        quoted = self._quoted.answer
        rejected = (*quoted.rejected, *self._claims.rejected)
        told = replace(quoted, dropped=tuple(self._claims.dropped), rejected=rejected, notices=tuple(self.notices))
        if quoted.refused:
            return told
        if self.declined:
            reason = f"The documents do not say: {self._model.name} found no answer in the passages nearest to this."
            refused = replace(told, grounding=Grounding.REFUSED, reason=reason, nearest=quoted.cited[:NEAREST])
            return replace(refused, statements=(), conflicts=())
        cited = {citation for statement in self._shown for citation in statement.citations}
        sides = [c for c in quoted.conflicts if all(cited & set(side.citations) for side in c.sides)]
        by = [f"{self._by_model} written by {self._model.name}"] if self._by_model else []
        own = [f"{number} quoted"] if (number := len(self._shown) - self._by_model) else []
        return replace(
            told,
            statements=tuple(self._shown),
            conflicts=tuple(sides),
            reason=f"{' and '.join([*by, *own])}, from the documents.",
            model=self._model.name if self._by_model else None,
        )

    def _pieces(self, structured: bool, again: bool) -> Generator[str, None, None]:
        """The reply to as much of the evidence as the model can read; the least useful is left out first."""
        too_long = ContextTooLong(f"The evidence is longer than {self._model.name} can read.")
        room = self._model.facts.context
        for evidence, with_passage in self._ever_less(structured):
            prompt = self._prompt(evidence, structured, with_passage, again)
            asked = (len(prompt.system) + len(prompt.task)) / A_TOKEN
            if room and len(evidence) > 1 and asked > room - min(MOST_TOKENS, room // 2):
                continue
            try:
                yield from self._calls.stream(prompt, Reply if structured else None)
            except ContextTooLong as error:
                too_long = error
            else:
                if left := len(self._evidence) - len(evidence):
                    self.notices.append(f"{self._model.name} could not read all the evidence; {left} of it is quoted.")
                return
        raise too_long

    def _ever_less(self, structured: bool) -> Iterator[tuple[Sequence[Evidence], bool]]:
        """All of it, then without its passages, then ever fewer by a third; for marked lines, never with passages."""
        if structured:
            yield self._evidence, True
        asked = {token.stem for token in self._question.content}
        useful = sorted(self._evidence, key=lambda one: -len(asked & set(content_stems(one.quote))))
        while True:
            yield sorted(useful, key=lambda one: one.number), False
            if len(useful) == 1:
                return
            useful = useful[: max(1, len(useful) * 2 // 3)]

    def _prompt(self, evidence: Sequence[Evidence], structured: bool, with_passage: bool, again: bool) -> Prompt:
        told = "\n".join(numbering.told(one, with_passage=with_passage) for one in evidence)
        name = "write.schema" if structured else "write.lines"
        task = render(name, evidence=told, question=material(self._question.text))
        return Prompt(render("write.system"), f"{task}\n\nBegin with [{evidence[0].number}]." if again else task)

    def _decline(self) -> None:
        """The model says that the documents do not say. So it is where the gate let the question pass, but would
        sooner have refused it: an order in a document to say so must not take away an answer that is there. A small
        model is not believed: of the first 23 questions of marketing-dev it so took away two that were right."""
        self.declined = self._quoted.answerable < SURE and not self._model.small
        if not self.declined:
            self.notices.append(f"{self._model.name} found no answer in this evidence. These are {OWN_WORDS}")
