"""Which model writes for whoever has this page open: named, tried out, and used until the page is reloaded.

Keys stay in the environment; nothing here shows one.
"""

from __future__ import annotations

import streamlit as st

from assistant.addresses import hides, without_secrets
from assistant.errors import PushbackError
from assistant.settings import Settings
from ui.parts import failure, nearby
from ui.present import escape, label

CHOSEN = "model"
FORMS = (
    "`gguf:PATH` for a file on this machine, `http://host:port/v1#NAME` for a server, or a provider's name, as in "
    "`ollama:NAME`. Keys are read from the environment."
)


def choose(settings: Settings) -> None:
    """Name a model, test the connection, use it."""
    told = without_secrets(settings.writer or "")
    if not nearby.only(settings):
        st.write(f"The model is chosen by whoever runs Pushback: {label(told, 200) or 'none, answers are quoted'}.")
        return
    with st.form("model-form", border=False):
        shown = "" if hides(settings.writer or "") else told  # what is hidden could not be used again
        none = "None: answers are quoted"
        named = st.text_input("Model", shown, placeholder=told if told != shown else none, help=FORMS)
        st.caption("Used until this page is reloaded. PUSHBACK_MODEL names one for good.")
        with st.container(horizontal=True):
            uses = st.form_submit_button("Use it", type="primary")
            tests = st.form_submit_button("Test the connection")
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
