"""API keys of models that a visitor typed on a page. They stay in the memory of the visitor's session.

No key is stored or shown again. Each is sent only to the provider or server for which it was typed.
"""

from __future__ import annotations

import re

import streamlit as st
from pydantic import SecretStr

from assistant.errors import SettingsError
from assistant.model import providers
from assistant.settings import Settings

HELP = (
    "For a provider or a server that asks for one. It is held in memory for this session, until the page is reloaded: "
    "not written down, and not shown again. A key in the environment (OPENAI_API_KEY, ANTHROPIC_API_KEY, "
    "PUSHBACK_API_KEY for a server) or in Streamlit's secrets stays."
)
_KEYS, _FIELD, _FIELDS, _TYPED = "model-keys", "model-key", "model-key-fields", "model-key-typed"
_SHAPE = re.compile(r"[\x21-\x7e]{1,1000}")  # what a header of HTTP can carry


def field() -> None:
    """Show the field in which a visitor types a model's API key. The field must be in a form whose buttons call
    ``take``."""
    number = st.session_state.setdefault(_FIELDS, 0)
    st.text_input("Key", type="password", key=f"{_FIELD}-{number}", help=HELP, autocomplete="new-password")


def take() -> None:
    """Move the API key that the visitor has typed from its field into the session, and empty the field. The buttons of
    the form call this function before the page runs; ``keep`` then stores the key for a model."""
    typed = st.session_state.pop(f"{_FIELD}-{st.session_state[_FIELDS]}", None) or ""
    st.session_state[_FIELDS] += 1
    st.session_state[_TYPED] = SecretStr(typed.strip())


def keep(settings: Settings) -> None:
    """Store in the session, for the model of these settings, the API key that the visitor has just typed. Nothing
    happens if none was typed.

    Raises:
        SettingsError: the text cannot be a key, or the settings name no model that takes one.
    """
    typed: SecretStr | None = st.session_state.pop(_TYPED, None)
    if not typed or not typed.get_secret_value():
        return
    if not settings.writer:
        raise SettingsError("A key was typed, and no model named.", hint="Name the model that the key is for.")
    if not (whom := providers.keyed(settings.writer)):
        raise SettingsError("This model takes no key.", hint="Leave the key out.")
    if not _SHAPE.fullmatch(typed.get_secret_value()):
        raise SettingsError("What was typed cannot be a key.", hint="A key has no spaces, and only plain characters.")
    st.session_state[_KEYS] = {**st.session_state.get(_KEYS, {}), whom: typed}


def of(settings: Settings) -> SecretStr | None:
    """The API key that the visitor has typed in this session for the model of these settings; None if there is none."""
    held: dict[str, SecretStr] = st.session_state.get(_KEYS, {})
    return held.get(providers.keyed(settings.writer)) if settings.writer else None


def lacking(settings: Settings) -> bool:
    """Whether the model of these settings needs an API key and has none."""
    return bool(settings.writer and providers.lacks_key(settings.writer) and not of(settings))


def forget(settings: Settings) -> None:
    """Delete from the session the API key that the visitor typed for the model of these settings."""
    whom = providers.keyed(settings.writer or "")
    st.session_state[_KEYS] = {one: key for one, key in st.session_state.get(_KEYS, {}).items() if one != whom}
