"""Where the page of pressure tests is: the address names the verdict that is open, and the test that is running."""

from __future__ import annotations

import streamlit as st

VERDICT = "verdict"
JOB = "job"
ASSUMPTION = "assumption"


def verdict() -> str | None:
    """The id of the verdict that is open."""
    return st.query_params.get(VERDICT) or None


def open_verdict(id: str | None) -> None:
    """Go to a verdict; None to where ideas are put."""
    st.query_params.from_dict({VERDICT: id} if id else {})


def job() -> str | None:
    """The id of the job that is watched."""
    return st.query_params.get(JOB) or None


def watch(job: str) -> None:
    """Watch a job, beside the verdict that is open if one is."""
    beside = {VERDICT: id} if (id := verdict()) else {}
    st.query_params.from_dict({**beside, JOB: job})


def assumption() -> int | None:
    """The number of the assumption that is read, from 1."""
    named = st.query_params.get(ASSUMPTION, "")
    return int(named) if named.isascii() and named.isdecimal() and len(named) < 4 else None


def read_assumption(number: int) -> None:
    """Read an assumption."""
    st.query_params[ASSUMPTION] = str(number)
