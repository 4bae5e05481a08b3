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
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import replace

from assistant import checking, citations, conversation, followup
from assistant import numbered as numbering
from assistant import question as questions
from assistant.answering import NEAREST, Quoted, QuotingWriter
from assistant.checking import Grounds
from assistant.embedding import Embedder
from assistant.errors import ContextTooLong, ModelError, ReplyCut, ReplyInvalid, RequestInvalid
from assistant.evidence.stance import StanceModel
from assistant.evidence.words import content_stems
from assistant.library.library import Library
from assistant.model import MOST_TOKENS, Calls, Model, Prompt, Tick
from assistant.numbered import Evidence
from assistant.prompting import material, render
from assistant.replies import Claim, Json, Lines, Reading, Reply
from assistant.retrieval import ANYWHERE
from assistant.types import Answer, Filters, Grounding, Rejected, Statement, Turn

REWRITES = 2  # statements of a turn that are written anew; each is a call that somebody waits for
A_TOKEN = 3.0  # characters: fewer than the four of plain English, so that too much is seldom sent
SURE = 0.5  # probability of being answerable from which a model's "no" is told and changes nothing
OWN_WORDS = "the documents' own words."

# Why a text does not stand on its grounds; None when it does.
Check = Callable[[str, Grounds], str | None]


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
            "check": round(1000 * turn.checked, 1),
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
        self._check, self._read = check, read
        self._question = questions.read(quoted.answer.standalone_question)
        self._evidence = numbering.numbered(quoted)
        self._set_aside: frozenset[int] = frozenset()
        self._used: set[int] = set()
        self._shown: list[Statement] = []
        self._by_model = 0
        self._failed: list[tuple[Claim, str]] = []
        self._dropped: list[Rejected] = []
        self._rejected: list[Rejected] = list(quoted.answer.rejected)
        self.notices: list[str] = []
        self.declined = False
        self.checked = 0.0  # seconds

    def written(self) -> Iterator[Statement]:
        """What the model writes, as far as it holds; what goes wrong is told in ``notices``."""
        try:
            for claim in self._claims():
                yield from self._held(claim)
            yield from self._rewritten()
        except ReplyCut as error:
            kept = "What is shown of it was checked before" if self._by_model else "Nothing of it could be shown"
            self.notices.append(f"{error} {kept}; the rest is in {OWN_WORDS}")
        except ModelError as error:
            self.notices.append(f"{error} {'The rest is' if self._by_model else 'These are'} in {OWN_WORDS}")
        self._dropped += [Rejected(claim.text, why) for claim, why in self._failed]
        if self._dropped and not self._by_model and not self.notices:
            self.notices.append(f"Nothing that {self._model.name} wrote is borne out. These are {OWN_WORDS}")

    def left_over(self) -> Iterator[Statement]:
        """The quotes of the evidence that nothing shown stands on; evidence that conflicts is never set aside."""
        cited = {citation for statement in self._shown for citation in statement.citations}
        apart = {side for conflict in self._quoted.answer.conflicts for side in conflict.sides}
        for one in self._evidence:
            waived = one.number in self._used | self._set_aside and one.statement not in apart
            if not cited & set(one.statement.citations) and not (waived and self._shown):
                self._shown.append(one.statement)
                yield one.statement

    def answer(self) -> Answer:
        """All of it."""
        quoted = self._quoted.answer
        told = replace(
            quoted, dropped=tuple(self._dropped), rejected=tuple(self._rejected), notices=tuple(self.notices)
        )
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

    def _claims(self) -> Iterator[Claim]:
        """What the model claims; a reply that makes no claim is asked for once more, as plain lines.

        Raises:
            ModelError: of the kind that it is.
        """
        structured = self._model.structured
        for again in (False, True):
            reading: Reading = Json() if structured else Lines(most=2 * len(self._evidence))
            try:
                with closing(self._pieces(structured, again=again)) as pieces:
                    for piece in pieces:
                        yield from reading.feed(piece)
                        if reading.done:
                            break
                yield from reading.end()
            except RequestInvalid:
                if not structured:
                    raise
                self._model.schema_rejected()
            self._set_aside = reading.set_aside
            if reading.found:
                return
            if reading.declined:
                self._decline()
                return
            structured = False
        raise ReplyInvalid(f"The reply of {self._model.name} could not be understood.")

    def _pieces(self, structured: bool, *, again: bool) -> Generator[str, None, None]:
        """The reply to as much of the evidence as the model can read; the least useful is left out first."""
        too_long = ContextTooLong(f"The evidence is longer than {self._model.name} can read.")
        room = self._model.facts.context
        for evidence, with_passage in self._ever_less(structured):
            prompt = self._prompt(evidence, structured, with_passage, again=again)
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

    def _prompt(self, evidence: Sequence[Evidence], structured: bool, with_passage: bool, *, again: bool) -> Prompt:
        told = "\n".join(numbering.told(one, with_passage=with_passage) for one in evidence)
        name = "write.schema" if structured else "write.lines"
        task = render(name, evidence=told, question=material(self._question.text))
        return Prompt(render("write.system"), f"{task}\n\nBegin with [{evidence[0].number}]." if again else task)

    def _held(self, claim: Claim) -> Iterator[Statement]:
        """The claim as a statement, when it holds; else it is among the failed, or dropped where it cites nothing."""
        if any(not 1 <= number <= len(self._evidence) for number in claim.numbers):
            self._dropped.append(Rejected(claim.text, "it names evidence that there is none of"))
            return
        evidence = [self._evidence[n - 1] for n in claim.numbers] or [numbering.nearest(claim.text, self._evidence)]
        started = time.perf_counter()
        stands_on, lost = numbering.cited(claim, evidence, self._read)
        passages = tuple(passage for one in evidence for passage in one.passages)
        why = self._check(claim.text, Grounds(stands_on, passages, self._question.text))
        self.checked += time.perf_counter() - started
        self._rejected += lost
        if why := why or ("its quote is not in the evidence" if lost else None):
            self._failed.append((claim._replace(numbers=tuple(one.number for one in evidence)), why))
            return
        statement = numbering.statement(claim.text, stands_on, evidence, self._question)
        self._used.update(one.number for one in evidence)
        if statement not in self._shown:
            self._shown.append(statement)
            self._by_model += 1
            yield statement

    def _rewritten(self) -> Iterator[Statement]:
        """The first of the failed claims, each written anew once from its evidence, as far as they hold then."""
        failed, self._failed = self._failed, []
        for number, (claim, why) in enumerate(failed):
            if number < REWRITES and not self._model.small and (made := self._made_anew(claim, why)):
                before = len(self._failed)
                yield from self._held(made)
                if len(self._failed) == before:
                    continue
                self._failed.pop()
            self._dropped.append(Rejected(claim.text, why))

    def _made_anew(self, claim: Claim, why: str) -> Claim | None:
        """Another claim on the same evidence; None where the model makes no line of it."""
        told = "\n".join(numbering.told(self._evidence[n - 1], with_passage=False) for n in claim.numbers)
        asked = material(self._question.text)
        task = render("rewrite", evidence=told, question=asked, why=why, statement=material(claim.text))
        reading = Lines(most=2)
        reply = "".join(self._calls.stream(Prompt(render("write.system"), task)))
        made = [*reading.feed(reply), *reading.end()]
        return made[0]._replace(numbers=claim.numbers) if len(made) == 1 else None

    def _decline(self) -> None:
        """The model says that the documents do not say. So it is where the gate let the question pass, but would
        sooner have refused it: an order in a document to say so must not take away an answer that is there. A small
        model is not believed: of the first 23 questions of marketing-dev it so took away two that were right."""
        self.declined = self._quoted.answerable < SURE and not self._model.small
        if not self.declined:
            self.notices.append(f"{self._model.name} found no answer in this evidence. These are {OWN_WORDS}")
