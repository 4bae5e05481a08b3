"""The choice of the chat model: visitors pick a found model or name one, test it, and use it."""

from __future__ import annotations

import streamlit as st

from assistant.addresses import hides, without_secrets
from assistant.errors import PushbackError
from assistant.model import providers
from assistant.settings import Settings
from ui.parts.page import failure, nearby
from ui.parts.settings import chosen, keys, local_servers
from ui.views.present import escape, label
from ui.views.present_settings import answers

FORMS = (
    "`openai:NAME`, `anthropic:NAME` or `ollama:NAME`, `http://host:port/v1#NAME` for a server, or `gguf:PATH` for a "
    "file on this machine."
)


def choose(settings: Settings) -> None:
    """Show a form in which the visitor names a chat model, enters its API key, and tests the model or starts to use it.
    Above the form, show the models that are served on this machine, with buttons to use them. Only a visitor at the
    machine that runs the app sees these models and may choose the model. If the model in the settings takes a key,
    other visitors may enter a key for it."""
    now = answers(settings, lacks_key=keys.lacking(settings))
    st.html(f'<p role="status">Now: {escape(now[0].lower() + now[1:])}.</p>')
    mine = nearby.only(settings)
    if mine:
        local_servers.show(settings)
    else:
        told = label(without_secrets(settings.writer or ""), 200)
        st.write(f"The model is chosen by whoever runs Pushback: {told or 'none, answers are quoted'}.")
        if not providers.keyed(settings.writer or ""):
            return
    with st.form("model-form", border=False):
        named = _named(settings) if mine else settings.writer or ""
        keys.field()
        st.caption(
            "A model that is named here stays named; a key is held until this page is reloaded."
            if mine
            else "A key is held until this page is reloaded."
        )
        with st.container(horizontal=True):
            uses = st.form_submit_button("Use it", type="primary", on_click=keys.take)
            tests = st.form_submit_button("Test the connection", on_click=keys.take)
    wanted = settings.model_copy(update={"model": named.strip() or None})
    try:
        keys.keep(wanted)
        if tests:
            _test(wanted)
        elif uses:
            _use(wanted)
    except PushbackError as error:
        failure.show(error)
    if keys.of(wanted):
        with st.container(horizontal=True, vertical_alignment="center", key="key-held"):
            st.html('<p class="small" role="status">A key is set for this session.</p>', width="content")
            st.button("Forget it", type="tertiary", on_click=keys.forget, args=(wanted,))


def _named(settings: Settings) -> str:
    told = without_secrets(settings.writer or "")
    shown = "" if hides(settings.writer or "") else told  # what is hidden could not be used again
    none = "None: answers are quoted"
    return st.text_input("Model", shown, placeholder=told if told != shown else none, help=FORMS)


def _test(settings: Settings) -> None:
    from assistant import build
    from assistant.model import trying
    from ui.reports import terminal

    model = build.build_model(settings, key=keys.of(settings))
    if model is None:
        st.write("No model is named; answers are quoted.")
        return
    with st.spinner("Asking it to count…"):
        told = terminal.trial(trying.tried(model))
    st.html(f"<pre>{escape(told)}</pre>")


def _use(settings: Settings) -> None:
    from assistant import build

    build.build_model(settings)  # a name that cannot be one is told here, not with the next question
    chosen.take(settings, "model", settings.model)
    st.rerun()
