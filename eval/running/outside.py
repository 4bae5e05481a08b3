"""Measures other systems as ours is measured: a Python callable, a command, an address, or recorded answers.

Each system receives a request and returns a reply; both are one JSON object:

```text
{"ask": "What does it cost?", "history": [{"role": "user", "content": "…"}]}
    {"answer": "Forty dollars.", "citations": [{"source": "lamps.txt", "quote": "The lamp costs forty dollars."}]}
    {"refused": true, "reason": "The documents do not say."}
{"search": "what does it cost", "k": 20}     {"found": [{"source": "lamps.txt", "quote": "…"}]}
{"challenge": "Make it cheaper."}            what `pushback challenge --json` prints
```

The requests of a case with filters have them under ``filters``, as ``{"documents": ["lamps.txt"], "since": "2024"}``.

A citation with ``start`` and ``end`` is taken as it is. One without them is looked up by its quote in its source (a
path may have folders before it), or in all documents if it names no source, and rejected if the quote is not there. A
reply may also be what `pushback ask --json` prints. ``{"not_applicable": "why"}`` says that the system cannot do what
the request asks; the measures that need it are then left out. An address that ends with ``/chat/completions`` is asked
as OpenAI's clients ask; its citations are what its reply has under ``citations``, in the form above.
"""

from __future__ import annotations

import importlib
import json
import os
import shlex
import subprocess
import weakref
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from assistant import wire
from assistant.build import Assistant
from assistant.errors import DocumentMissing, SettingsError
from assistant.library.library import Library
from assistant.plainly import why
from assistant.search.retrieval import ANYWHERE
from assistant.types import (
    About,
    Answer,
    Citation,
    Document,
    Filters,
    FoundBy,
    Grounding,
    Hit,
    Passage,
    Rejected,
    Role,
    Searched,
    Span,
    Stance,
    Statement,
    Support,
    Turn,
    Verdict,
)
from assistant.wire import Json
from eval.running import exchange
from eval.running.adapters import adapted
from eval.running.run import Wrap
from eval.running.systems import NotAsked, System
from eval.suite.gold import places

SECONDS = 120.0  # an answer may take: local models can need a minute
KEY = "PUSHBACK_SYSTEM_KEY"  # of the address that is measured, sent as a bearer token
COMPLETIONS = "/chat/completions"  # the end of an address that speaks as OpenAI does
ONLY_ANSWERS = {"not_applicable": "a chat only answers"}
NOWHERE = About("", "", "", "", "")  # what a quote of an unknown source is said to stand in

Answers = Callable[[Json], Any]  # a request to its reply: an object, or a string that is all of an answer


def opened(spec: str) -> Answers:
    """Open the system ``spec``, which is to be measured. Returns a function that sends a request to the system and
    returns its reply.

    ``spec`` is ``module:function``, a web address, or a .jsonl file of recorded answers; anything else is a command,
    which is started at the first request.

    Raises:
        SettingsError: the function does not exist.
        CaseError: the file of recorded answers cannot be read.
    """
    if spec.startswith(("http://", "https://")):
        return Completions(spec) if urlsplit(spec).path.endswith(COMPLETIONS) else Address(spec)
    if spec.endswith(".jsonl") and (" " not in spec or Path(spec).exists()):
        return Recorded(Path(spec))
    module, _, name = spec.partition(":")
    if name.isidentifier() and all(part.isidentifier() for part in module.split(".")):
        return _function(module, name)
    return Program(spec)


def wrap(spec: str, record: Path | None = None) -> Wrap:
    """Make the function with which a run replaces our assistant by the system ``spec`` (see ``opened``). The function
    takes our assistant and returns that system, which is then measured. If the file ``record`` is given, the system's
    replies are stored in it.
    """
    answers = opened(spec)
    return partial(_outside, Recorder(answers, record) if record else answers)


def _outside(answers: Answers, assistant: Assistant) -> System:
    return Outside(answers, assistant.library)


def _function(module: str, name: str) -> Answers:
    try:
        return adapted(getattr(importlib.import_module(module), name))
    except (ImportError, AttributeError, TypeError) as exc:
        hint = "Name it as module:function, from a folder on PYTHONPATH."
        raise SettingsError(f"There is no {module}:{name}: {why(exc)}.", hint=hint) from exc


class Program:
    """A system that is a program. It gets each request as a line of JSON on its standard input, and writes its reply as
    a line of JSON. The program is started at the first request and keeps running. If it cannot be started, or ends
    without a reply, the call raises SettingsError.
    """

    def __init__(self, command: str) -> None:
        self._words = shlex.split(command)
        self._running: subprocess.Popen[str] | None = None

    def __call__(self, request: Json) -> Any:
        if self._running is None:
            try:
                self._running = subprocess.Popen(  # noqa: S603 - the user's own command
                    self._words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
                )
            except OSError as exc:
                raise SettingsError(f"{self._words[0]} cannot be started: {why(exc)}.", hint="See --system.") from exc
            weakref.finalize(self, _end, self._running)
        assert self._running.stdin
        assert self._running.stdout
        self._running.stdin.write(json.dumps(request) + "\n")
        self._running.stdin.flush()
        line = self._running.stdout.readline()
        if not line:
            raise SettingsError(f"{self._words[0]} ended with {self._running.wait()} instead of replying.")
        return json.loads(line)


def _end(running: subprocess.Popen[str]) -> None:
    """End a program that is no longer needed."""
    running.terminate()
    running.communicate()


class Address:
    """A system at a web address. Each request is posted to the address as JSON, and the response is the reply."""

    def __init__(self, url: str) -> None:
        self._url = url

    def __call__(self, request: Json) -> Any:
        return self._sent("POST", self._url, request)

    def _sent(self, method: str, url: str, body: Json | None = None) -> Any:
        import httpx

        headers = {"Authorization": f"Bearer {os.environ[KEY]}"} if os.environ.get(KEY) else {}
        reply = httpx.request(method, url, json=body, headers=headers, timeout=SECONDS)
        reply.raise_for_status()
        return reply.json()


class Completions(Address):
    """A system that is asked in the format of OpenAI's chat completions, at an address such as
    ``…/v1/chat/completions?model=NAME``. If the address names no model, the first model that the server lists is used.

    Only questions are sent to it. The system's reply, or the message in the reply, may have two more keys: ``refused``,
    which is true if the system refuses to answer, and ``citations``, a list of the quotes that support the answer.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        super().__init__(urlunsplit((*parts[:3], "", "")))
        self._models = urlunsplit((*parts[:2], f"{parts.path.removesuffix(COMPLETIONS)}/models", "", ""))
        self._model = dict(parse_qsl(parts.query)).get("model")

    def __call__(self, request: Json) -> Any:
        if "ask" not in request:
            return ONLY_ANSWERS
        self._model = self._model or str(self._sent("GET", self._models)["data"][0]["id"])
        messages = [*request.get("history", ()), {"role": "user", "content": request["ask"]}]
        reply = self._sent("POST", self._url, {"model": self._model, "messages": messages, "temperature": 0})
        message = reply["choices"][0]["message"]
        refused = bool(reply.get("refused") or message.get("refused") or message.get("refusal"))
        text = str(message.get("content") or "")
        if refused:
            return {"refused": True, "reason": text or str(message.get("refusal") or "It says nothing.")}
        return {"answer": text, "citations": reply.get("citations") or message.get("citations") or ()}


class Recorded:
    """A system that replays recorded answers from a file. Each line of the file is ``{"request": …, "reply": …}``, or a
    reply with the ``question`` that it answers, or a row in the format of ragas or promptfoo.
    """

    def __init__(self, path: Path) -> None:
        read = exchange.read(path)
        self._replies = {_key(request): reply for one in read for request, reply in exchange.answers(one)}

    def __call__(self, request: Json) -> Any:
        if _key(request) in self._replies:
            return self._replies[_key(request)]
        if "ask" in request:
            raise KeyError(f"no answer is recorded to {request['ask']!r}")
        return {"not_applicable": "it was not recorded"}


class Recorder:
    """Passes requests on to another system and stores its replies in a file, so that ``Recorded`` can replay them."""

    def __init__(self, of: Answers, path: Path) -> None:
        self._of, self._path = of, path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("", "utf-8")

    def __call__(self, request: Json) -> Any:
        reply = self._of(request)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"request": request, "reply": reply}, ensure_ascii=False) + "\n")
        return reply


def _key(request: Json) -> str:
    return json.dumps(request, sort_keys=True)


def _narrowed(filters: Filters) -> Json:
    """The filters of a request; nothing if there are none, so that a system may ignore that requests can have them."""
    return {"filters": wire.filters(filters)} if filters != ANYWHERE else {}


def served(system: System) -> Answers:
    """Make a function that sends requests to ``system``, which runs in this process, and returns its replies as JSON.
    The requests and replies have the form that ``outside.py`` describes.
    """

    def reply(request: Json) -> Json:
        if "ask" in request:
            history = [Turn(Role(one["role"]), one["content"]) for one in request.get("history", ())]
            return wire.answer(system.ask(request["ask"], history, wire.read_filters(request.get("filters", {}))))
        if "search" in request:
            filters = wire.read_filters(request.get("filters", {}))
            return {"found": [wire.hit(hit) for hit in system.search(request["search"], request["k"], filters)]}
        return wire.verdict(system.challenge(request["challenge"]))

    return reply


class Outside:
    """A system other than ours, in the form in which a run measures systems. The system is reached through a function
    that takes a request and returns the reply. Words that the system cites are looked up in the documents of a library.
    """

    def __init__(self, answers: Answers, library: Library) -> None:
        self._answers, self._library = answers, library

    def ask(self, question: str, history: Sequence[Turn] = (), filters: Filters = ANYWHERE) -> Answer:
        said = [{"role": str(one.role), "content": one.content} for one in history]
        reply = self._reply({"ask": question, "history": said, **_narrowed(filters)})
        return wire.read_answer(reply) if "standalone_question" in reply else self._answer(question, reply)

    def challenge(self, idea: str) -> Verdict:
        return wire.read_verdict(self._reply({"challenge": idea}))

    def search(self, query: str, k: int = 8, filters: Filters = ANYWHERE) -> list[Hit]:
        found = self._reply({"search": query, "k": k, **_narrowed(filters)}).get("found", ())
        return [self._hit(one) for one in found][:k]

    def sides(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[Stance, float]]:  # noqa: ARG002
        raise NotAsked("a system from outside is not asked for the side of a text")

    def _reply(self, request: Json) -> Json:
        reply = self._answers(request)
        if isinstance(reply, str):
            reply = {"answer": reply}
        if not isinstance(reply, Mapping):
            raise TypeError(f"a reply is an object or a string, not {type(reply).__name__}")
        if why := reply.get("not_applicable"):
            raise NotAsked(str(why))
        if error := reply.get("error"):
            raise RuntimeError(str(error))
        return dict(reply)

    def _answer(self, question: str, reply: Json) -> Answer:
        """The answer in a reply of the simple form: an answer or statements, with citations. Statements are not checked
        against their citations.
        """
        parts = reply.get("statements") or [{"text": reply.get("answer", ""), "citations": reply.get("citations", ())}]
        rejected: list[Rejected] = []
        statements = []
        for part in parts:
            cited = [self._cited(one) for one in part.get("citations", ())]
            rejected += [one for one in cited if isinstance(one, Rejected)]
            held = tuple(one for one in cited if isinstance(one, Citation))
            verbatim = any(" ".join(one.quote.split()) == " ".join(part["text"].split()) for one in held)
            statements.append(Statement(part["text"], held, Support.VERBATIM if verbatim else Support.SUPPORTED))
        refused = bool(reply.get("refused")) or not any(one.text.strip() for one in statements)
        return Answer(
            question=question,
            standalone_question=reply.get("standalone", question),
            statements=() if refused else tuple(statements),
            grounding=Grounding.REFUSED if refused else Grounding.GROUNDED,
            reason=str(reply.get("reason", "It says nothing.")) if refused else "",
            searched=Searched(0, 0),
            rejected=tuple(rejected),
        )

    def _cited(self, one: Json) -> Citation | Rejected:
        if not isinstance(one, Mapping):
            raise TypeError(f"a citation is an object with source and quote, not {type(one).__name__}")
        quote = str(one.get("quote") or one.get("text") or "")
        document = self._document_of(one, quote)
        if document is None and not one.get("source"):
            return Rejected(quote, "it stands in no document")
        if document is None:
            return Rejected(quote, f"there is no document {one.get('source')!r}")
        span = self._place(one, quote, document)
        if span is None:
            return Rejected(quote, f"it does not stand in {document.about.source}")
        words = str(one["quote"]) if "start" in one and one.get("quote") else document.text[span.start : span.end]
        return Citation(document.about, span.start, span.end, words, one.get("speaker"))

    def _hit(self, one: Json) -> Hit:
        """A passage that another system found, with its place in the library. A passage that is not in the library has
        no place, but keeps its rank.
        """
        quote = str(one.get("quote") or one.get("text") or "")
        document = self._document_of(one, quote)
        span = self._place(one, quote, document) if document else None
        about, (start, end) = (document.about, span) if document and span else (NOWHERE, (0, 0))
        folded = tuple(self._folded(other) for other in one.get("folded", ()))
        passage = Passage(str(one.get("passage", "")), about, start, end, quote, ())
        return Hit(passage, float(one.get("score", 0.0)), FoundBy(one.get("found_by", "dense")), folded)

    def _folded(self, one: Json) -> Passage:
        document = self._document(str(one["document"]))
        return Passage("", document.about if document else NOWHERE, one["start"], one["end"], "", ())

    def _document_of(self, one: Json, quote: str) -> Document | None:
        """The document that a citation names, by its source or the end of its path; without a name, a document that has
        the quote. None if there is none.
        """
        parts = str(one.get("source") or one.get("document") or "").replace("\\", "/").split("/")
        if parts != [""]:
            named = (self._document("/".join(parts[place:])) for place in range(len(parts)))
            return next((found for found in named if found), None)
        every = (self._document(entry.about.id) for entry in self._library.entries())
        return next((found for found in every if found and places(quote, found.text)), None) if quote.strip() else None

    def _document(self, name: str) -> Document | None:
        try:
            return self._library.document(name) if name else None
        except DocumentMissing:
            return None

    def _place(self, one: Json, quote: str, document: Document) -> Span | None:
        if isinstance(one.get("start"), int) and isinstance(one.get("end"), int):
            return Span(one["start"], one["end"])
        return next(iter(places(quote, document.text)), None) if quote.strip() else None
