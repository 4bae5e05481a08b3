"""Lists the models that are served on this machine, with a button to use each."""

from __future__ import annotations

import streamlit as st

from assistant.model import local_models
from assistant.model.local_models import FoundServer
from assistant.settings import Settings
from ui.parts.settings import chosen
from ui.views.present import escape, label

MOST = 8  # models offered of a server; the others can be named
# Seconds for which what was found is not looked for again: a look takes up to a second, and a page is drawn often.
FRESH = 30


def show(settings: Settings) -> None:
    """Show the chat models that are served on this machine, with a button to use each one and a button to search
    again."""
    found = _servers()
    with st.container(key="found-models", gap="xsmall"):
        if not found:
            st.html(
                '<p class="small">No model was found on this machine, at the usual ports of Ollama, LM Studio and '
                "the like.</p>"
            )
        for server in found:
            _server(server, settings)
        st.button("Look again", icon=":material/refresh:", type="tertiary", on_click=_servers.clear)


@st.cache_data(ttl=FRESH, show_spinner="Looking for models on this machine…")
def _servers() -> tuple[FoundServer, ...]:
    return local_models.servers()


def _server(server: FoundServer, settings: Settings) -> None:
    key = ", asks for a key" if server.asks_key else ""
    st.html(
        f"<p><strong>{escape(server.program)}</strong> "
        f'<span class="small">on this machine, at {escape(server.address)}{key}</span></p>'
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        for name in server.models[:MOST]:
            short = _short(name)
            if name == settings.writer:
                st.html(f"<p>✓ {escape(short)} is used</p>", width="content")
            else:
                st.button(
                    f"Use {label(short)}", key=f"use-{name}", on_click=chosen.take, args=(settings, "model", name)
                )
    if (more := len(server.models) - MOST) > 0:
        st.html(f'<p class="small">And {more} more, which can be named below.</p>')


def _short(name: str) -> str:
    """A model's name without its server, which is shown above it."""
    return name.partition("#")[2] or (name.removeprefix("ollama:") if name.startswith("ollama:") else "its model")
