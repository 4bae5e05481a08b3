"""What a model claims about numbered evidence: each claim is held against what it cites before anybody sees it.

```text
evidence [1] [2] …─▶ model ─claims─▶ what they cite ─checking─▶ Statement, at once
                                               └─fails─▶ written anew once ─fails─▶ dropped, counted
```
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from typing import NamedTuple

from assistant import citations, numbered
from assistant.checking import Grounds
from assistant.errors import ReplyInvalid, RequestInvalid
from assistant.model import Calls, Model, Prompt
from assistant.numbered import Evidence
from assistant.prompting import material, render
from assistant.question import Question
from assistant.replies import Claim, Json, Lines, Reading
from assistant.types import Rejected, Statement

REWRITES = 2  # statements of a reply that are written anew; each is a call that somebody waits for

# Why a text does not stand on its grounds; None when it does.
Check = Callable[[str, Grounds], str | None]
# The pieces of a reply, asked for by a schema or as marked lines; ``again`` when the first made no claim.
Pieces = Callable[[bool, bool], Generator[str, None, None]]


class Held(NamedTuple):
    """A statement that holds, and the numbers of the evidence that it stands on."""

    statement: Statement
    numbers: tuple[int, ...]


class Claims:
    """One reply, its claims made statements as far as they hold, and what became of the others."""

    def __init__(
        self,
        evidence: Sequence[Evidence],
        asked: Question,
        *,
        calls: Calls,
        model: Model,
        check: Check,
        read: citations.Reader,
    ) -> None:
        self._evidence, self._asked, self._calls, self._model = evidence, asked, calls, model
        self._check, self._read = check, read
        self._made: list[Statement] = []
        self._failed: list[tuple[Claim, str]] = []
        self.used: set[int] = set()  # numbers of the evidence that statements stand on
        self.set_aside: frozenset[int] = frozenset()
        self.declined = False  # it says that the evidence does not answer
        self.dropped: list[Rejected] = []
        self.rejected: list[Rejected] = []
        self.checked = 0.0  # seconds

    def statements(self, pieces: Pieces) -> Iterator[Held]:
        """Each statement that holds, then those that do when written anew. What fails is in ``dropped`` by the end.

        Raises:
            ModelError: of the kind that it is.
        """
        try:
            for claim in self._claims(pieces):
                yield from self._held(claim)
            yield from self._rewritten()
        finally:
            self.dropped += [Rejected(claim.text, why) for claim, why in self._failed]
            self._failed = []

    def _claims(self, pieces: Pieces) -> Iterator[Claim]:
        """What the model claims; a reply that makes no claim is asked for once more, as plain lines."""
        structured = self._model.structured
        for again in (False, True):
            reading: Reading = Json() if structured else Lines(most=2 * len(self._evidence))
            try:
                with closing(pieces(structured, again)) as coming:
                    for piece in coming:
                        yield from reading.feed(piece)
                        if reading.done:
                            break
                yield from reading.end()
            except RequestInvalid:
                if not structured:
                    raise
                self._model.schema_rejected()
            self.set_aside = reading.set_aside
            if reading.found:
                return
            if reading.declined:
                self.declined = True
                return
            structured = False
        raise ReplyInvalid(f"The reply of {self._model.name} could not be understood.")

    def _held(self, claim: Claim) -> Iterator[Held]:
        """The claim as a statement, when it holds; else it is among the failed, or dropped where it cites nothing."""
        if any(not 1 <= number <= len(self._evidence) for number in claim.numbers):
            self.dropped.append(Rejected(claim.text, "it names evidence that there is none of"))
            return
        evidence = [self._evidence[n - 1] for n in claim.numbers] or [numbered.nearest(claim.text, self._evidence)]
        started = time.perf_counter()
        stands_on, lost = numbered.cited(claim, evidence, self._read)
        why = self._check(claim.text, numbered.grounds(stands_on, evidence, self._asked.text))
        self.checked += time.perf_counter() - started
        self.rejected += lost
        if why := why or ("its quote is not in the evidence" if lost else None):
            self._failed.append((claim._replace(numbers=tuple(one.number for one in evidence)), why))
            return
        statement = numbered.statement(claim.text, stands_on, evidence, self._asked)
        self.used.update(one.number for one in evidence)
        if statement not in self._made:
            self._made.append(statement)
            yield Held(statement, tuple(one.number for one in evidence))

    def _rewritten(self) -> Iterator[Held]:
        """The first of the failed claims, each written anew once from its evidence, as far as they hold then."""
        for one in [] if self._model.small else self._failed[:REWRITES]:
            before = len(self._failed)
            if made := self._made_anew(*one):
                yield from self._held(made)
                if len(self._failed) == before:
                    self._failed.remove(one)
                del self._failed[before:]

    def _made_anew(self, claim: Claim, why: str) -> Claim | None:
        """Another claim on the same evidence; None where the model makes no line of it."""
        told = "\n".join(numbered.told(self._evidence[n - 1], with_passage=False) for n in claim.numbers)
        asked = material(self._asked.text)
        task = render("rewrite", evidence=told, question=asked, why=why, statement=material(claim.text))
        reading = Lines(most=2)
        reply = "".join(self._calls.stream(Prompt(render("write.system"), task)))
        made = [*reading.feed(reply), *reading.end()]
        return made[0]._replace(numbers=claim.numbers) if len(made) == 1 else None
