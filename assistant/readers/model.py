"""The model reader: a chat model reads whole passages and answers in claims, with the quotes that support each claim.

```text
extracts [1] [2] … ─▶ model ─claims, each with quotes─▶ Claim, at once
                        ├─ "not said", and what is missing ─▶ Reading
                        └─ further searches, once ─▶ more extracts ─▶ model
```
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing

from assistant.errors import ContextTooLong, ReplyInvalid, RequestInvalid
from assistant.model.chat import MOST_TOKENS, Calls, Model, Prompt, Tick
from assistant.model.prompting import material as fenced
from assistant.model.prompting import render
from assistant.readers.material import Extract, Given
from assistant.readers.replies import Json, Lines, Parsed, Reply
from assistant.readers.seam import Claim, Outcome, Reading
from assistant.text.introductions import CONTINUED, is_continued

A_TOKEN = 3.0  # characters: fewer than the four of plain English, so that too much is seldom sent
CHARACTERS = 40_000  # of passages at the most: some 10,000 tokens, what a question may cost (docs/decisions.md)
TASK = 2_000  # characters of the task around the passages, whose longest prompts come to 1,200
SEARCHES = 3  # further ones, once: a bound on what one question costs; not measured


class ModelReader:
    """Answers questions from extracts of documents, with a chat model that reads them."""

    def __init__(self, model: Model) -> None:
        self._model = model

    @property
    def name(self) -> str:
        """The name of the model, without secrets such as API keys."""
        return self._model.name

    def calls(self, tick: Tick) -> Calls:
        """Return an object that makes the model's calls for one turn (one message of a user) and counts their cost.
        ``tick`` is called for every piece of text that the model writes."""
        return self._model.calls(tick)

    def read(self, material: Given, calls: Calls) -> Generator[Claim, None, Reading]:
        """Yield each claim of the model as soon as it is complete, and return the ``Reading``: whether the extracts
        answer the question, what they leave open, and which claims contradict each other. If a reply cannot be parsed,
        the model is asked once more, for plain lines instead of JSON. ``calls`` is the object that calls the model and
        counts the cost.

        Models that are asked for plain lines are small or run on simple servers. If such a model replies "none", this
        only means that it found nothing. The outcome is then ``NEAR`` (the extracts come near an answer) instead of
        ``NOT_SAID`` (the extracts do not answer the question).

        Raises:
            ModelError: the model failed; claims that were yielded before are still valid.
        """
        for structured in dict.fromkeys((self._model.structured, False)):
            parsed = yield from self._tried(material, calls, structured)
            if parsed.found or parsed.declined:
                declined = parsed.declined and not parsed.found
                outcome = Outcome.ANSWERED if not declined else Outcome.NOT_SAID if structured else Outcome.NEAR
                return Reading(outcome, parsed.missing, disagree=parsed.disagree)
        raise ReplyInvalid(f"The reply of {self._model.name} could not be understood.")

    def _tried(self, material: Given, calls: Calls, structured: bool) -> Generator[Claim, None, Parsed]:
        """Let the model read, yield its claims, and return the parsed reply. If the model asks for further searches, it
        reads once more, with the passages that these find. ``structured`` says that the reply is JSON.

        Claims in a reply that asks for searches are held back; they are yielded if the second reply says nothing. If
        the searches find nothing new and there are no such claims, the model reads the same extracts again and is told
        that there are no others.
        """
        parsed: Parsed = Json() if structured else Lines(most=2 * len(material.extracts))
        held = yield from self._reply(material, calls, parsed, structured, last=False)
        if not parsed.searches:
            return parsed
        if material.more(parsed.searches[:SEARCHES]) or not held:
            again = Json()
            yield from self._reply(material, calls, again, structured, last=True)
            if again.found or again.declined:
                return again
        yield from held
        parsed.declined = not parsed.found
        return parsed

    def _reply(
        self, material: Given, calls: Calls, parsed: Parsed, structured: bool, last: bool
    ) -> Generator[Claim, None, list[Claim]]:
        """Yield the claims of one reply. Returns the claims that were held back, because they came with a request for
        further searches and ``last`` is false."""
        held: list[Claim] = []
        try:
            with closing(self._pieces(material, calls, structured, last)) as pieces:
                for piece in pieces:
                    for claim in parsed.feed(piece):
                        if parsed.searches and not last:
                            held.append(claim)
                        else:
                            yield claim
                    if parsed.done:
                        break
            yield from parsed.end()
        except RequestInvalid:
            if not structured:
                raise
            self._model.schema_rejected()
        return held

    def _pieces(self, material: Given, calls: Calls, structured: bool, last: bool) -> Generator[str, None, None]:
        """Yield the model's reply in pieces. The prompt has as many extracts as fit into the model's context; the worst
        are left out."""
        too_long = ContextTooLong(f"The passages are longer than {self._model.name} can read.")
        window = self._model.facts.context
        rest = len(render("read.system")) + len(material.question.text) + TASK
        room = CHARACTERS if window is None else int((window - min(MOST_TOKENS, window // 2)) * A_TOKEN) - rest
        room = min(room, CHARACTERS)
        while True:
            extracts = material.within(room)
            try:
                yield from calls.stream(_prompt(material, extracts, structured, last), Reply if structured else None)
            except ContextTooLong as error:
                too_long = error
                if len(extracts) == len(extracts[0].parts) == 1:
                    raise too_long from error
                room = sum(len(one.passage.text) for one in extracts) * 2 // 3
            else:
                return


def _prompt(material: Given, extracts: Sequence[Extract], structured: bool, last: bool) -> Prompt:
    """Return the prompt that asks for JSON (``structured``) or plain lines. Extracts come first and in a stable order,
    so that a server can reuse its cached work for a second call. With ``last``, the model cannot ask for further
    searches."""
    passages = "\n\n".join(extract_text(one) for one in extracts)
    question = fenced(material.question.text)
    if not structured:
        return Prompt(render("read.system"), render("read.lines", passages=passages, question=question))
    searches = render("read.last" if last else "read.searches")
    return Prompt(render("read.system"), render("read.schema", passages=passages, question=question, searches=searches))


def extract_text(one: Extract) -> str:
    """Return an extract as text for a prompt: its number, title, heading, speaker or author, date and page, a mark if
    it continues a list or table, and then its text."""
    passage = one.passage
    about = passage.about
    known = (
        about.title,
        " › ".join(passage.headings),
        passage.speaker or about.author,
        about.date,
        about.place(passage.page),
        CONTINUED if is_continued(passage) else None,
    )
    lines = [fenced(line) for line in passage.text.splitlines() if line.strip()]
    return "\n".join([f"[{one.number}] {fenced(' · '.join(part for part in known if part))}", *lines])
