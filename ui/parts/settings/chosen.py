"""Choices on the page that override the settings: the models, and the library, which is also in the address.

Choices are possible only if the app is served to this machine alone: the name of a model can make the app read a file
or call an address, and another library may not be meant for everybody.
"""

from __future__ import annotations

from contextlib import suppress

import streamlit as st
from pydantic import ValidationError

from assistant.errors import LibraryError, SettingsError
from assistant.library.database import places
from assistant.settings import Settings
from ui.parts.page import nearby, state
from ui.parts.settings import remembered

NAMES = ("model", "evidence_model", "library")  # of settings, and of what the session keeps for them
_BEFORE = "settings-before"  # the settings without the page's choices


def in_force(settings: Settings) -> Settings:
    """The settings with the choices of this page, whether made now or before a reload."""
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
    """The library in the address that cannot be shown, since it does not exist or may not be chosen here."""
    named = state.library()
    known = [settings.library, *(libraries(settings) if nearby.only(settings) else ())]
    return named if named not in known else None


def take(settings: Settings, name: str, value: str | None) -> None:
    """Override a setting from now on."""
    before: Settings = st.session_state.get(_BEFORE, settings)
    st.session_state[name] = value
    remembered.keep(settings.home, name, value, getattr(before, name))


def libraries(settings: Settings) -> list[str]:
    """The names of the libraries in the same folder."""
    with suppress(LibraryError):  # opening one says what is wrong
        return places.libraries(settings)
    return []


def changed(settings: Settings, name: str, value: str) -> Settings:
    """The settings with another value.

    Raises:
        SettingsError: the setting cannot have this value.
    """
    try:
        return Settings.model_validate({**settings.model_dump(), name: value})
    except ValidationError as exc:
        hint = "A name is of letters, digits, dots, dashes and underscores." if name == "library" else "Choose another."
        raise SettingsError(f"{value!r} cannot be it.", hint=hint) from exc
