"""The model reader: any LLM reads whole passages and says what they answer, with the quotes that support it.

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
CHARACTERS = 40_000  # of passages at the most: some 10,000 tokens, what a question may cost (ARCHITECTURE.md)
TASK = 2_000  # characters of the task around the passages, whose longest prompts come to 1,200
SEARCHES = 3  # further ones, once: a bound on what one question costs; not measured


class ModelReader:
    """A reader that uses one chat model."""

    def __init__(self, model: Model) -> None:
        self._model = model

    @property
    def name(self) -> str:
        """The model's name, without secrets."""
        return self._model.name

    def calls(self, tick: Tick) -> Calls:
        """The calls of one turn, counted together."""
        return self._model.calls(tick)

    def read(self, material: Given, calls: Calls) -> Generator[Claim, None, Reading]:
        """Yield each claim as soon as it is complete, then the reading. After an unintelligible reply, the model is
        asked once more for plain lines.

        Models that are asked for lines are small or run on simple servers. Their "none" only means that they found
        nothing.

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
        """One reading; where it asks for further searches, another one of what these find beside the rest.

        What it claimed while it asked for more is held back, and stands where the second reading says nothing. Where
        nothing more is found and nothing was claimed, the same is read again, as all that there is.
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
        """Yields the claims of one reply; returns those that came with a request for further searches."""
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
        """The reply to as many extracts as fit into the model's context; the worst are left out first."""
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
    """The prompt; extracts come first and in a stable order, so that a server can reuse them for a second call."""
    passages = "\n\n".join(extract_text(one) for one in extracts)
    question = fenced(material.question.text)
    if not structured:
        return Prompt(render("read.system"), render("read.lines", passages=passages, question=question))
    searches = render("read.last" if last else "read.searches")
    return Prompt(render("read.system"), render("read.schema", passages=passages, question=question, searches=searches))


def extract_text(one: Extract) -> str:
    """An extract as a prompt shows it: number, title, heading, voice, date and place, whether a list or table continues
    in it, and its text."""
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
