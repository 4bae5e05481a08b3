"""Compares answer times of twenty sessions that ask at once for a minute with those of one alone, without a browser.

    python -m eval.benchmarks.sessions [--servers 2]

With ``--servers 2`` or more, that many servers of pages share one library. The sessions are divided equally among them,
and the number of answers is compared with the number that one server gives.

A session speaks Streamlit's own protocol over its websocket, as the page in a browser does: it sends what was typed
into the chat input, and keeps the address that the server gives it. As soon as the whole answer is on its page, it asks
the next question. After five questions it begins a new conversation; otherwise a faster server would have to answer in
longer conversations. A browser would also draw the page, which happens on the visitor's machine: twenty browsers on the
server's two cores would measure the browsers, not the server.

The questions are those of the sample suite. Each session begins at another question, and a number that is never used
twice is added to each question. This is needed because a server remembers what its networks read for a question, so
that the same question would cost nearly nothing the second time.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import time
from collections.abc import Sequence
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

import yaml
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from eval.benchmarks.measuring import APP, PUSHBACK, SAMPLE, fresh_home, run, serving, tell

SESSIONS, SECONDS = 20, 60  # a team that asks at once, for as long as queues need to settle
LONGEST = 5  # questions of a conversation, before a new one begins; a guess at what people do
STEP = 3  # questions from where one session begins to where the next does, so that no two ask the same at once
PATIENCE = 300.0  # seconds for one page: so long that slowness is measured and no failure
_NUMBERS = count(1)
ANSWERING = ('class="arriving"', 'class="said"', 'class="notice"')  # what only an answer has


class Failed(Exception):
    """Raised if the page of the web app shows an error, or a number of answers that differs from the number of
    questions.
    """


class Took(NamedTuple):
    """The seconds from asking a question until the beginning of the answer was on the page (``first``), and until the
    whole answer was on it (``whole``).
    """

    first: float
    whole: float


class Session:
    """A visitor's session with the web app, without a browser. It stores the values that a browser would store, and
    sends them back with each request.
    """

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._box = self._new = self._query = self._page = ""
        self._cached: set[str] = set()
        self._turns = 0

    async def open(self) -> None:
        """Open the page of the web app. To be called once, before the first question."""
        await self._send()
        await self._seen(time.perf_counter())

    async def ask(self, question: str) -> Took:
        """Ask a question, and wait for the whole answer. Returns how long the answer took.

        Raises:
            Failed: the page shows an error, or a wrong number of answers.
            ConnectionClosed: the server has closed the connection.
            TimeoutError: the answer did not come in time.
        """
        if self._turns == LONGEST:
            await self._start_again()
        self._turns += 1
        started = time.perf_counter()
        await self._send(question)
        first = await self._seen(started)
        return Took(first, time.perf_counter() - started)

    async def _start_again(self) -> None:
        self._turns = 0
        await self._send(clicked=self._new)
        await self._seen(time.perf_counter())

    async def _send(self, typed: str = "", clicked: str = "") -> None:
        told = BackMsg()
        state = told.rerun_script
        state.query_string, state.page_script_hash = self._query, self._page
        state.cached_message_hashes.extend(self._cached)
        state.context_info.url = "http://127.0.0.1/"
        if typed:
            state.widget_states.widgets.add(id=self._box).chat_input_value.data = typed
        if clicked:
            state.widget_states.widgets.add(id=clicked).trigger_value = True
        await self._connection.send(told.SerializeToString())

    async def _seen(self, started: float) -> float:
        """Receive the page until it is complete; returns the seconds until the beginning of the newest answer was
        there.
        """
        first, asked, searched = 0.0, 0, 0
        async with asyncio.timeout(PATIENCE):
            while True:
                message = ForwardMsg.FromString(await self._connection.recv(decode=False))
                if message.metadata.cacheable:
                    self._cached.add(message.hash)
                match message.WhichOneof("type"):
                    case "new_session":
                        self._page, asked, searched = message.new_session.page_script_hash, 0, 0
                    case "page_info_changed":
                        self._query = message.page_info_changed.query_string
                    case "delta":
                        element = message.delta.new_element
                        kind, body = element.WhichOneof("type"), element.html.body
                        if kind == "chat_input":
                            self._box = element.chat_input.id
                        if element.button.label == "New conversation":
                            self._new = element.button.id
                        if kind in ("exception", "alert") or 'role="alert"' in body:
                            raise Failed(str(element))
                        asked += 'class="question"' in body
                        searched += "Searched " in body
                        if not first and asked == self._turns and any(sign in body for sign in ANSWERING):
                            first = time.perf_counter() - started
                    case "script_finished" if message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                        if searched != self._turns:
                            raise Failed(f"{searched} answers are shown after {self._turns} questions")
                        return first


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
    parser.add_argument("--servers", type=int, default=1, help="servers of pages, over one library")
    servers = parser.parse_args().servers
    cases = yaml.safe_load((SAMPLE / "suite.yaml").read_text("utf-8"))["cases"]
    questions = [case["question"] for case in cases if "question" in case and "history" not in case]
    with fresh_home() as home:
        run([PUSHBACK, "ingest", "--quiet", "--home", str(home), str(SAMPLE / "documents")])
        with ExitStack() as stack:
            started = [stack.enter_context(serving(APP, home)) for _ in range(servers)]
            addresses = [f"ws://127.0.0.1:{server.port}/_stcore/stream" for server in started]
            for address in addresses:
                asyncio.run(ask_in_turn(address, questions[:1]))  # the model is loaded
            before = spent(started[0].process)
            errors, several = asyncio.run(crowd(addresses[:1], questions))
            cost = (spent(started[0].process) - before) / len(several)
            if servers > 1:
                more, shared = asyncio.run(crowd(addresses, questions))
                print(f"answers in {SECONDS} s: {len(several)} by one server, {len(shared)} by {servers}")
                tell(f"errors of sessions at {servers} servers, and at one", errors + more, at_most=0)
                tell("answers a second, all : one", len(shared) / len(several), at_least=1.5)
                return
            alone = asyncio.run(ask_in_turn(addresses[0], questions[: max(2, len(several) // SESSIONS)]))
    told = f"{len(several)} answers to {SESSIONS} sessions, {cost:.3f} s of the server's CPU each"
    print(f"{told}; one alone asked {len(alone)} times")
    first = compared("first statement", [one.first for one in several], [one.first for one in alone])
    whole = compared("whole answer", [one.whole for one in several], [one.whole for one in alone])
    print(f"first statements' p95 : p50 of one session: {first:.4g}")
    tell("errors of sessions at once", errors, at_most=0)
    tell("their p95 : p50 of one session", whole, at_most=25)


def compared(what: str, several: list[float], alone: list[float]) -> float:
    """Compare the seconds that answers took in many sessions at once (``several``) with those that they took in a
    single session (``alone``). Prints the median of both, and the 95th percentile of ``several``. Returns this
    percentile divided by the median of ``alone``. ``what`` names the part of an answer that was timed.
    """
    parts = quantiles(several, n=20)
    print(f"{what}, seconds: p50 of one {median(alone):.3f}, p50 of all {parts[9]:.3f}, p95 of all {parts[-1]:.3f}")
    return parts[-1] / median(alone)


async def ask_in_turn(address: str, questions: list[str]) -> list[Took]:
    """Ask the questions one after the other in a single session with the server at ``address``. Returns how long each
    answer took.
    """
    async with connect(address, max_size=None) as connection:
        session = Session(connection)
        await session.open()
        return [await session.ask(question) for question in questions]


async def crowd(addresses: Sequence[str], questions: list[str]) -> tuple[int, list[Took]]:
    """Run ``SESSIONS`` sessions at once, divided among the servers at ``addresses``, for ``SECONDS`` seconds. Each
    session asks its next question as soon as it has an answer. Returns the number of sessions that failed, and how long
    each answer took.
    """
    took: list[Took] = []
    end = time.perf_counter() + SECONDS

    async def visitor(number: int) -> int:
        try:
            async with connect(addresses[number % len(addresses)], max_size=None) as connection:
                session = Session(connection)
                await session.open()
                for place in count(number * STEP):
                    took.append(await session.ask(f"{questions[place % len(questions)]} ({next(_NUMBERS)})"))
                    if time.perf_counter() > end:
                        break
        except (Failed, ConnectionClosed, TimeoutError) as error:
            print(f"{type(error).__name__}: {error}")
            return 1
        return 0

    return sum(await asyncio.gather(*map(visitor, range(SESSIONS)))), took


def spent(process: int) -> float:
    """The processor seconds that the process with the id ``process`` has used so far; Linux only."""
    used = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(used[11]) + int(used[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
