"""Signing in through Streamlit's OpenID Connect. Signing in is required only if Streamlit's secrets have a section
`[auth]`."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st
from streamlit.errors import StreamlitAuthError

from assistant.errors import PushbackError
from assistant.installation import how_to_add
from ui.views.present import escape, label

DEFAULT = "default"  # what Streamlit calls a provider that is set in [auth] itself


def needed() -> bool:
    """Whether the visitor still has to sign in: the app requires it, and nobody has signed in with this browser."""
    return st.user.get("is_logged_in") is False


def door() -> None:
    """Show a sign-in button for each identity provider.

    Raises:
        PushbackError: signing in is not configured correctly.
    """
    st.html(
        '<div class="welcome"><h1>Pushback</h1><p>Sign in to ask the documents. Your conversations are yours alone.</p>'
        "</div>"
    )
    for provider in _providers():
        by = "" if provider == DEFAULT else f" with {label(provider.capitalize())}"
        if st.button(f"Sign in{by}", key=f"sign-in-{provider}", type="primary", icon=":material/login:"):
            _sign_in(provider)


def turn_away() -> None:
    """Tell a visitor who has signed in but has no role that they may not use the app."""
    st.html(
        '<div class="welcome"><h1>Pushback</h1><p>Nothing here is meant for you. Whoever runs this page names who may '
        "read.</p></div>"
    )
    show()


def show() -> None:
    """Show who is signed in, with a button to sign out. Nothing is shown if the app does not require signing in."""
    if st.user.get("is_logged_in"):
        name = st.user.get("name") or st.user.get("email") or "you"
        with st.sidebar, st.container(key="signed-in", gap="xxsmall"):
            st.html(f'<p class="small rule">Signed in as {escape(str(name))}</p>')
            if st.button("Sign out", key="sign-out", icon=":material/logout:", type="tertiary"):
                st.logout()


def _providers() -> list[str]:
    auth = st.secrets.get("auth", {})
    named = [name for name, value in auth.items() if isinstance(value, Mapping) and "client_id" in value]
    return ([DEFAULT] if "client_id" in auth else []) + named or [DEFAULT]


def _sign_in(provider: str) -> None:
    try:
        st.login(None if provider == DEFAULT else provider)
    except StreamlitAuthError as exc:
        hint = f"{how_to_add('signin')} Then check [auth] in Streamlit's secrets.toml."
        details = str(exc).split("\n")[0]
        raise PushbackError("Signing in does not work.", hint=hint, details=details) from exc
