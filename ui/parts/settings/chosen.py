"""Choices on the page that override the settings: the models and the library. The library is also in the page's
address.

Choices are possible only if the app serves this machine alone: a model's name can make the app read a file or call an
address, and another library may not be meant for everybody.
"""

from __future__ import annotations

from contextlib import suppress

import streamlit as st
from pydantic import ValidationError

from assistant.errors import LibraryError, SettingsError
from assistant.library import places
from assistant.settings import Settings
from ui.parts.page import nearby, state
from ui.parts.settings import remembered

NAMES = ("model", "evidence_model", "library")  # of settings, and of what the session keeps for them
_BEFORE = "settings-before"  # the settings without the page's choices


def in_force(settings: Settings) -> Settings:
    """The settings that apply for the visitor: a copy of ``settings``, with the choices that the visitor made on the
    page in place of the values in ``settings``. Only a visitor at the machine that runs the app can make choices; for
    any other visitor, ``settings`` is returned unchanged."""
    if not nearby.only(settings):
        return settings
    st.session_state[_BEFORE] = settings
    for name, value in remembered.choices(settings).items():
        st.session_state.setdefault(name, value)
    if (named := state.library()) and named in libraries(settings):
        st.session_state["library"] = named
    chosen = {name: st.session_state[name] for name in NAMES if name in st.session_state}
    if (named := chosen.get("library")) and state.library() != named:
        st.query_params[state.LIBRARY] = named
    return settings.model_copy(update=chosen)


def not_here(settings: Settings) -> str | None:
    """The name of the library in the page's address if this library cannot be shown, because it does not exist or
    because the visitor may not choose it. None if it can be shown, or if the address names no library."""
    named = state.library()
    known = [settings.library, *(libraries(settings) if nearby.only(settings) else ())]
    return named if named not in known else None


def take(settings: Settings, name: str, value: str | None) -> None:
    """Use ``value`` for the setting ``name`` in the rest of this session, in place of the value in ``settings``. None
    stands for no value; for the setting ``model``, it means that no chat model is used.

    ``remembered.keep`` stores the choice of a model for later sessions, too.
    """
    before: Settings = st.session_state.get(_BEFORE, settings)
    st.session_state[name] = value
    remembered.keep(settings.home, name, value, getattr(before, name))


def libraries(settings: Settings) -> list[str]:
    """The names of the libraries in the home folder of these settings; empty if they cannot be listed."""
    with suppress(LibraryError):  # opening one says what is wrong
        return places.libraries(settings)
    return []


def changed(settings: Settings, name: str, value: str) -> Settings:
    """A copy of the settings in which the setting ``name`` has another value.

    Raises:
        SettingsError: the setting cannot have this value.
    """
    try:
        return Settings.model_validate({**settings.model_dump(), name: value})
    except ValidationError as exc:
        hint = "A name is of letters, digits, dots, dashes and underscores." if name == "library" else "Choose another."
        raise SettingsError(f"{value!r} cannot be it.", hint=hint) from exc
