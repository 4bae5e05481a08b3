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
    """Counts the questions of each person over the last minute. The user of this machine, who needs no token, has no
    limit."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._asked: dict[str, deque[float]] = {}
        self._changes = threading.Lock()

    def count(self, person: Person) -> None:
        """Count one more question of this person.

        Raises:
            RequestRefused: the person has reached the limit for a minute.
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
    """Refuse a job if the person has too many that have not ended.

    Raises:
        RequestRefused: the person has reached the limit of running and waiting jobs.
    """
    if line.going(KINDS, person.owner) >= JOBS:
        raise RequestRefused(429, f"{JOBS} jobs of yours have not ended.", hint="Begin the next when one has.", after=5)
