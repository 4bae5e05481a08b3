"""Limits for each person: questions in a minute, and unfinished jobs."""

from __future__ import annotations

import threading
from collections import deque
from math import ceil
from time import monotonic

from ui.api.faults import RequestRefused
from ui.api.jobs import KINDS
from ui.api.people import Person
from ui.jobs.line import JobLine

MINUTE = 60.0  # seconds
JOBS = 4  # of one person that have not ended, so that nobody fills the line; a guess


class Questions:
    """Limits how many questions each person may ask in a minute. The user of this machine, who needs no token, has no
    limit."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._asked: dict[str, deque[float]] = {}
        self._changes = threading.Lock()

    def count(self, person: Person) -> None:
        """Count one more question of this person.

        Raises:
            RequestRefused: in the last minute, the person has already asked as many questions as are allowed.
        """
        if person.name is None:
            return
        now = monotonic()
        with self._changes:
            asked = self._asked.setdefault(person.name, deque())
            while asked and asked[0] <= now - MINUTE:
                asked.popleft()
            if len(asked) >= self._most:
                wait = ceil(asked[0] + MINUTE - now)
                raise RequestRefused(
                    429,
                    f"{self._most:,} questions a minute are answered, and as many were asked.",
                    hint=f"Ask again in {wait} seconds.",
                    after=wait,
                )
            asked.append(now)


def check_jobs(person: Person, line: JobLine) -> None:
    """Check that the person may start another job. ``line`` is the queue of jobs.

    Raises:
        RequestRefused: the person already has as many waiting and running jobs as are allowed.
    """
    if line.going(KINDS, person.owner) >= JOBS:
        raise RequestRefused(429, f"{JOBS} jobs of yours have not ended.", hint="Begin the next when one has.", after=5)
