"""The address of the pressure-test page, which names the open verdict and the running test."""

from __future__ import annotations

import streamlit as st

from ui.parts.page import state

VERDICT = "verdict"
JOB = "job"
ASSUMPTION = "assumption"


def verdict() -> str | None:
    """The id of the verdict that is open."""
    return st.query_params.get(VERDICT) or None


def open_verdict(id: str | None) -> None:
    """Go to a verdict; None leads to the form for a new idea."""
    _go({VERDICT: id})


def job() -> str | None:
    """The id of the job that is watched."""
    return st.query_params.get(JOB) or None


def watch(job: str) -> None:
    """Watch a job, beside the open verdict if there is one."""
    _go({VERDICT: verdict(), JOB: job})


def assumption() -> int | None:
    """The number of the open assumption, from 1."""
    named = st.query_params.get(ASSUMPTION, "")
    return int(named) if named.isascii() and named.isdecimal() and len(named) < 4 else None


def read_assumption(number: int) -> None:
    """Open an assumption."""
    st.query_params[ASSUMPTION] = str(number)


def _go(named: dict[str, str | None]) -> None:
    """Go to an address within the same library."""
    every = {state.LIBRARY: state.library(), **named}
    st.query_params.from_dict({name: value for name, value in every.items() if value})
