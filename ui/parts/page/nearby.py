"""Whether a visitor is at the machine that serves the app: only there may a page name files and folders of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import streamlit as st

from assistant.settings import Settings
from ui.web import local


class Connection(NamedTuple):
    """A visitor's connection: the address that it comes from, and its headers."""

    peer: str | None
    headers: Mapping[str, str]


def connection() -> Connection:
    """The connection of the visitor whose page is running."""
    return Connection(
        st.context.ip_address or "127.0.0.1", st.context.headers
    )  # Streamlit tells no address of loopback


def is_here() -> bool:
    """Whether the app is served to this machine alone, and the visitor is at it, as far as their request tells."""
    served = [st.get_option("server.address") or local.NAMES[0], *(st.get_option("server.allowedHosts") or ())]
    return local.only(served) and local.is_local(*connection())


def only(settings: Settings) -> bool:
    """Whether the visitor is here, and nobody else can reach the app, as far as its settings tell."""
    return local.only([settings.host, *settings.allowed_hosts]) and is_here()


def folders(settings: Settings) -> bool:
    """Whether a visitor may name a folder of this machine: as the setting says, or else at the machine itself."""
    return only(settings) if settings.server_folders is None else settings.server_folders
