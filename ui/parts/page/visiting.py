"""The visitor of a page: their role, and the name under which their conversations are stored."""

from __future__ import annotations

from hashlib import sha256

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from assistant.errors import PushbackError
from assistant.settings import Settings
from ui.parts.page import nearby
from ui.web import guard, roles
from ui.web.roles import VisitorRole


def may(role: VisitorRole, settings: Settings) -> bool:
    """Whether the visitor has this role or a higher one; the visitor may then do what the role allows."""
    return of(settings) >= role


def of(settings: Settings) -> VisitorRole:
    """The role of the visitor for whom the page runs, such as reader or editor."""
    token = None if st.user.get("is_logged_in") is None else dict(st.user)
    return roles.of(token, settings, here=nearby.only(settings))


def let_in(settings: Settings) -> bool:
    """Whether the visitor may see the page. If the visitor has the role of editor or a higher one, the server accepts
    uploads from their session from now on."""
    if may(VisitorRole.EDITOR, settings):
        guard.let_upload(_session())
    return may(VisitorRole.READER, settings)


def owner() -> str | None:
    """The name under which the visitor's conversations and verdicts are stored.

    If the app requires signing in, each person who has signed in has a unique name. Otherwise each visitor's browser
    has one, except that the name is None for visitors at the machine that runs the app.

    Raises:
        PushbackError: signing in is required, and nobody has signed in.
    """
    signed_in = st.user.get("is_logged_in")
    if signed_in is None:
        return None if nearby.is_here() else f"visitor {sha256(_browser().encode()).hexdigest()}"
    if not signed_in:
        raise PushbackError("Nobody is signed in.", hint="Reload the page, and sign in.")
    return f"{st.user.get('iss', '')} {st.user.get('sub') or st.user.get('email')}"


def name() -> str:
    """The name or the e-mail address of the visitor if they have signed in; empty if they have not."""
    return str(st.user.get("name") or st.user.get("email") or "") if st.user.get("is_logged_in") else ""


def _browser() -> str:
    return st.context.cookies.get(guard.VISITOR) or _session()  # a program that keeps no cookies is a new visitor


def _session() -> str:
    context = get_script_run_ctx()
    return context.session_id if context else ""
