"""The address of the pressure-test page. It names the open verdict, the watched job and the open assumption."""

from __future__ import annotations

import streamlit as st

from ui.parts.page import state

VERDICT = "verdict"
JOB = "job"
ASSUMPTION = "assumption"


def verdict() -> str | None:
    """The id of the verdict that the page shows, as the page's address has it; None if the address has none."""
    return st.query_params.get(VERDICT) or None


def open_verdict(id: str | None) -> None:
    """Open the verdict with this id. None opens the form for a new idea."""
    _go({VERDICT: id})


def job() -> str | None:
    """The id of the job whose progress the page shows, as the page's address has it; None if the address has none."""
    return st.query_params.get(JOB) or None


def watch(job: str) -> None:
    """Put the id of a job into the page's address, so that the page shows the progress of the job. The open verdict
    stays open."""
    _go({VERDICT: verdict(), JOB: job})


def assumption() -> int | None:
    """The number of the assumption whose card is open, counted from 1; None if no card is open."""
    named = st.query_params.get(ASSUMPTION, "")
    return int(named) if named.isascii() and named.isdecimal() and len(named) < 4 else None


def read_assumption(number: int) -> None:
    """Open the card of the assumption with this number, counted from 1."""
    st.query_params[ASSUMPTION] = str(number)


def _go(named: dict[str, str | None]) -> None:
    """Set the query parameters of the address; the library stays the same."""
    every = {state.LIBRARY: state.library(), **named}
    st.query_params.from_dict({name: value for name, value in every.items() if value})
