"""The address of the pressure-test page. It names the open verdict, the watched job and the open assumption."""

from __future__ import annotations

import streamlit as st

from ui.parts.page import state

VERDICT = "verdict"
JOB = "job"
ASSUMPTION = "assumption"


def verdict() -> str | None:
    """The id of the verdict that is open; None if none is."""
    return st.query_params.get(VERDICT) or None


def open_verdict(id: str | None) -> None:
    """Open a verdict. None opens the form for a new idea."""
    _go({VERDICT: id})


def job() -> str | None:
    """The id of the job that the page watches; None if there is none."""
    return st.query_params.get(JOB) or None


def watch(job: str) -> None:
    """Watch a job. The open verdict stays open."""
    _go({VERDICT: verdict(), JOB: job})


def assumption() -> int | None:
    """The number of the assumption whose card is open, from 1; None if none is."""
    named = st.query_params.get(ASSUMPTION, "")
    return int(named) if named.isascii() and named.isdecimal() and len(named) < 4 else None


def read_assumption(number: int) -> None:
    """Open the card of the assumption with this number."""
    st.query_params[ASSUMPTION] = str(number)


def _go(named: dict[str, str | None]) -> None:
    """Set the query parameters of the address; the library stays the same."""
    every = {state.LIBRARY: state.library(), **named}
    st.query_params.from_dict({name: value for name, value in every.items() if value})
