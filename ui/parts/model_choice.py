"""Which model writes for whoever has this page open: named, tried out, and used until the page is reloaded.

A name can make this machine read a file or call an address, so it is taken only where the app is served to this
machine alone. Keys stay in the environment; nothing here shows one.
"""

from __future__ import annotations

import streamlit as st

from assistant.errors import PushbackError
from assistant.settings import Settings
from ui.parts import failure
from ui.present import escape
from ui.serving import LOCAL

CHOSEN = "model"
FORMS = (
    "`gguf:PATH` for a file on this machine, `http://host:port/v1#NAME` for a server, or a provider's name, as in "
    "`ollama:NAME`. Keys are read from the environment."
)


def in_force(settings: Settings) -> Settings:
    """The settings, with the model that was chosen on this page."""
    return settings.model_copy(update={"model": st.session_state[CHOSEN]}) if CHOSEN in st.session_state else settings


@st.dialog("Settings")
def show(settings: Settings) -> None:
    """The choice in a window of its own."""
    choose(settings)


def choose(settings: Settings) -> None:
    """Name a model, test the connection, use it."""
    if not {settings.host, st.get_option("server.address") or settings.host} <= set(LOCAL):
        st.write(f"The model is chosen by whoever runs Pushback: {settings.writer or 'none, answers are quoted'}.")
        return
    with st.form("model-form", border=False):
        named = st.text_input("Model", settings.writer or "", placeholder="None: answers are quoted", help=FORMS)
        st.caption("Used until this page is reloaded. PUSHBACK_MODEL names one for good.")
        tests = st.form_submit_button("Test the connection")
        uses = st.form_submit_button("Use it", type="primary")
    chosen = settings.model_copy(update={"model": named.strip() or None})
    try:
        if tests:
            _test(chosen)
        elif uses:
            _use(chosen)
    except PushbackError as error:
        failure.show(error)


def _test(settings: Settings) -> None:
    from assistant import build, trying
    from ui import terminal

    model = build.build_model(settings)
    if model is None:
        st.write("No model is named; answers are quoted.")
        return
    with st.spinner("Asking it to count…"):
        told = terminal.trial(trying.tried(model))
    st.html(f"<pre>{escape(told)}</pre>")


def _use(settings: Settings) -> None:
    from assistant import build

    build.build_model(settings)  # a name that cannot be one is told here, not with the next question
    st.session_state[CHOSEN] = settings.model
    st.rerun()
