"""From a question to its answer: a search finds passages, a reader reads them, and code checks every word of the answer
against the documents.

```text
question ─standalone─▶ Material ─Reader─▶ Claim, Claim, … ─Verifier─▶ Statement, at once ─▶ Answer
                                    └─ the model fails, or no claim passes ─▶ excerpts by the plain reader, and a notice
```
"""

from __future__ import annotations

import re
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from assistant.answer import particulars
from assistant.checking.judging import ClaimJudge, Held
from assistant.checking.verifying import Verifier
from assistant.dialogue import asides, conversation, followup
from assistant.errors import ModelError, SettingsError
from assistant.library.library import Library
from assistant.model.chat import Calls, Tick
from assistant.model.embedding import Embedder
from assistant.readers.material import Material
from assistant.readers.model import ModelReader
from assistant.readers.plain import PlainReader
from assistant.readers.seam import Outcome, Reading
from assistant.search import question as questions
from assistant.search.retrieval import ANYWHERE
from assistant.text import conflicts
from assistant.text.words import tokens
from assistant.types import Answer, Conflict, Filters, Grounding, Role, Statement, Support, Turn

LONGEST_QUESTION = 4_000  # characters; a longer text is a document, not a question
OWN_WORDS = "These are the documents' own words."
CHECKED = "What is shown of it was checked before."
SAYS = "The documents do not say"
NO_MORE = f"{SAYS} more on this than stands above."
AGAIN = "These words stand above already."
KNOWN = "Told from what the library knows of the document."
NOTHING = Reading(Outcome.NOT_SAID)

_MORE = re.compile(
    r"\b(?:(?:tell me|say|anything|something|know|any|some|what) (?:more|else|further)|more (?:about|on|details?)"
    r"|go on|continue|elaborate|expand on|what else|who else|where else)\b|^\W*(?:and )?more\W*$",
    re.I,
)


@dataclass
class _Made:
    """An answer in progress: its statements so far, the outcome of the reading, notices for the user, and the name of
    the model that wrote the statements (None if no model did)."""

    statements: list[Statement] = field(default_factory=list)
    reading: Reading = NOTHING
    notices: list[str] = field(default_factory=list)
    model: str | None = None


class Answering:
    """Answers questions from the documents of one library. A chat model (``model``) reads the passages and writes the
    answer. If there is no chat model, or if it fails, the reader ``plain`` picks excerpts from the passages instead.
    The ``judge``, if there is one, checks whether the statements of the chat model follow from their quotes."""

    def __init__(
        self,
        library: Library,
        embedder: Embedder,
        plain: PlainReader,
        model: ModelReader | None = None,
        judge: ClaimJudge | None = None,
    ) -> None:
        """Without a ``judge``, a model's statements are yielded one by one, as soon as each is checked. With a
        ``judge``, they are yielded after the judge has read all of them."""
        self._library, self._embedder = library, embedder
        self._plain, self._model, self._judge = plain, model, judge

    def answer(self, question: str, history: Sequence[Turn] = (), filters: Filters = ANYWHERE) -> Answer:
        """Return the complete answer to a question, with all of its statements checked. ``history`` has the earlier
        messages of the conversation; ``filters`` limit the search, for instance to some authors.

        Raises:
            SettingsError: the question is empty, has no words, or has more than ``LONGEST_QUESTION`` characters.
        """
        *_, last = self.stream(question, history, filters)
        assert isinstance(last, Answer)
        return last

    def stream(
        self, question: str, history: Sequence[Turn] = (), filters: Filters = ANYWHERE, tick: Tick = lambda: None
    ) -> Iterator[Statement | Answer]:
        """Yield each statement of the answer as soon as it is verified, and at the end the whole answer. ``history``
        has the earlier messages of the conversation; ``filters`` limit the search, for instance to some authors. If the
        chat model fails, no error is raised; the answer has a notice that says so.

        ``tick`` is called for each piece of text that the model writes. If ``tick`` raises an exception, the model
        stops.

        Raises:
            SettingsError: the question is empty, has no words, or has more than ``LONGEST_QUESTION`` characters.
        """
        clock, made = _Clock(), _Made()
        question = questions.encodable(question)
        asked = checked(question)
        if told := asides.reply(asked, model=self._model is not None):
            yield Answer(question, asked, (), Grounding.ASIDE, told, self._library.searched())
            return
        calls = self._model.calls(tick) if self._model else None
        with clock.measured("search"):
            standalone, away = self._standalone(asked, history, calls)
            material = Material(questions.read(standalone), self._library, self._embedder, filters)
        verifier = Verifier(material, self._library.quote, self._embedder)
        if known := particulars.statements(material, self._library):
            made.statements, made.reading = [*known], Reading(Outcome.ANSWERED, reason=KNOWN)
            yield from known
        elif self._model and calls and material.extracts:
            with clock.measured("read"):
                claims = verifier.statements(self._model.read(material, calls))
                if self._judge:
                    claims = _judged(claims, self._judge, verifier, standalone, calls)
                yield from self._by_model(claims, verifier, made, away)
        if not made.statements:
            with clock.measured("look"):
                yield from self._offline(
                    material, verifier, made, _earlier_answers(history), more=bool(_MORE.search(asked))
                )
        stems = {token.stem for token in material.question.content}
        found = conflicts.find(made.statements, stems) if made.model is None else _disagreeing(made, verifier)
        answered = made.reading.outcome is Outcome.ANSWERED and bool(made.statements)
        yield Answer(
            question=question,
            standalone_question=standalone,
            statements=tuple(made.statements) if answered else (),
            grounding=_grounding(made.reading.outcome, made.statements),
            reason=made.reading.reason or _reason(made),
            searched=self._library.searched(filters),
            conflicts=found if answered else (),
            nearest=() if answered else tuple(c for one in made.statements for c in one.citations),
            rejected=tuple(verifier.rejected),
            model=made.model,
            timings_ms={**clock.read(), **({"model": round(1000 * calls.seconds, 1)} if calls else {})},
            dropped=tuple(verifier.dropped),
            notices=tuple(made.notices),
            cost=calls.cost if calls else None,
            missing=made.reading.missing,
            within=filters,
        )

    def _standalone(self, question: str, history: Sequence[Turn], calls: Calls | None) -> tuple[str, ModelError | None]:
        """Return the standalone question, and the model's error (None if the model did not fail). The model rewrites a
        follow-up question; without a model, or if it fails, plain rules rewrite it."""
        if history and calls:
            try:
                return followup.standalone(question, history, calls), None
            except ModelError as error:
                return conversation.standalone(question, history), error
        return conversation.standalone(question, history), None

    def _by_model(
        self, claims: Generator[Statement, None, Reading], verifier: Verifier, made: _Made, away: ModelError | None
    ) -> Iterator[Statement]:
        """Yield the model's verified statements and add them to ``made``.

        If the model fails, or no statement passes the checks, a notice is added to ``made``. ``away`` is the error of
        an earlier call of the model, None if there was none; after such an error, the model is not asked again.
        """
        assert self._model
        try:
            if away:
                raise away
            for statement in _followed(claims, made):
                made.statements.append(statement)
                yield statement
        except ModelError as error:
            made.reading = Reading(Outcome.ANSWERED)
            made.notices.append(f"{error.summary} {CHECKED if made.statements else OWN_WORDS}")
        made.model = self._model.name if made.statements else None
        if made.statements or made.notices:
            return
        if verifier.dropped:
            why = verifier.dropped[0].why
            made.notices.append(f"Nothing that {self._model.name} wrote is shown, since {why}. {OWN_WORDS}")
        elif made.reading.outcome is not Outcome.NOT_SAID:
            made.notices.append(f"{self._model.name} found no answer in these passages. {OWN_WORDS}")

    def _offline(
        self, material: Material, verifier: Verifier, made: _Made, told: str, *, more: bool
    ) -> Iterator[Statement]:
        """Yield the excerpts that the plain reader picks, and store them in ``made``.

        If a model has read the passages and says that they do not answer, nothing is yielded: ``made`` then keeps the
        excerpts as the closest passages. ``told`` is the text of earlier answers. An excerpt that occurs in it is left
        out; the best excerpt stays nevertheless, unless the question asks for ``more``.
        """
        said = made.reading if self._model and not made.notices and material.extracts else None
        made.statements = list(_followed(verifier.statements(self._plain.read(material)), made))
        again = [one for one in made.statements if _plain(one.text) in told]
        if again and (more or len(made.statements) > 1):
            keep = [] if more else made.statements[:1]
            made.statements = [one for one in made.statements if one not in again or one in keep]
        if again and not made.statements:
            made.reading = Reading(Outcome.NOT_SAID, reason=NO_MORE)
        elif again and made.reading.outcome is Outcome.ANSWERED and set(made.statements) <= set(again):
            made.notices.append(AGAIN)
        if not self._model and (unknown := particulars.lacking(material.named)):
            made.reading = Reading(Outcome.NEAR, reason=unknown)
        if said:
            missing = f": {said.missing}" if said.missing else "."
            made.reading = Reading(Outcome.NOT_SAID, said.missing, f"{SAYS}{missing}")
        if made.reading.outcome is Outcome.ANSWERED:
            yield from made.statements


def _earlier_answers(history: Sequence[Turn]) -> str:
    """The texts of all earlier answers of the conversation, joined into one text with single spaces."""
    return _plain(" ".join(turn.content for turn in history if turn.role is not Role.USER))


def _plain(text: str) -> str:
    return " ".join(text.split())


def _followed(statements: Generator[Statement, None, Reading], made: _Made) -> Iterator[Statement]:
    """Yield the statements. At the end, store the outcome of the reading, which the generator returns, in ``made``."""
    made.reading = yield from statements


def _judged(
    statements: Generator[Statement, None, Reading], judge: ClaimJudge, verifier: Verifier, question: str, calls: Calls
) -> Generator[Statement, None, Reading]:
    """Yield the statements that the judge does not doubt, after it has read all of them, and return the outcome of the
    reading. Verbatim quotations are not judged. The verifier counts a doubted statement as dropped."""
    made = _Made()
    made.statements = list(_followed(statements, made))
    own = [one for one in made.statements if one.support is not Support.VERBATIM]
    doubts = judge.doubts(question, [Held(one, verifier.around(one)) for one in own], calls) if own else []
    for one, why in zip(own, doubts, strict=True):
        if why:
            verifier.doubted(one, why)
    yield from (one for one in made.statements if one in verifier.made)
    return made.reading


def _grounding(outcome: Outcome, statements: Sequence[Statement]) -> Grounding:
    if not statements or outcome is Outcome.NOT_SAID:
        return Grounding.REFUSED
    return Grounding.GROUNDED if outcome is Outcome.ANSWERED else Grounding.NEAR


def _disagreeing(made: _Made, verifier: Verifier) -> tuple[Conflict, ...]:
    """Pairs of statements that contradict each other, as the reader reports them. Both statements of a pair must have
    passed the checks and must come from different sources."""
    pairs = [tuple(verifier.made[n] for n in pair) for pair in made.reading.disagree if max(pair) < len(verifier.made)]
    return tuple(Conflict((one, other)) for one, other in pairs if one and other and conflicts.apart(one, other))


def _reason(made: _Made) -> str:
    if not made.statements:
        return f"{SAYS}: nothing in them is near this question."
    documents = len({citation.about.id for one in made.statements for citation in one.citations})
    how = f"written by {made.model}" if made.model else "quoted"
    return f"{len(made.statements)} {how} from {documents} document{'s' if documents > 1 else ''}."


def checked(question: str) -> str:
    """Check that a question is neither empty nor too long, and return it on one line, with single spaces between its
    words.

    Raises:
        SettingsError: the question is empty, has no words, or has more than ``LONGEST_QUESTION`` characters.
    """
    plain = " ".join(question.split())
    if not plain:
        raise SettingsError(
            "The question is empty.", hint='Ask something, as in: pushback ask "What do we say about X?"'
        )
    if not tokens(plain):
        raise SettingsError("The question has no words.", hint="Ask it in words.")
    if len(plain) > LONGEST_QUESTION:
        raise SettingsError(
            f"The question has {len(plain):,} characters; at most {LONGEST_QUESTION:,} are read.",
            hint="Ask it shorter; to search in a long text, ingest it as a document.",
        )
    return plain


class _Clock:
    """Measures how many milliseconds each stage of an answer takes."""

    def __init__(self) -> None:
        self._started = time.perf_counter()
        self._stages: dict[str, float] = {}

    @contextmanager
    def measured(self, stage: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self._stages[stage] = (time.perf_counter() - started) * 1000

    def read(self) -> dict[str, float]:
        total = (time.perf_counter() - self._started) * 1000
        return {**{name: round(value, 1) for name, value in self._stages.items()}, "total": round(total, 1)}
