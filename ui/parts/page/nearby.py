"""Whether a visitor is at the machine that serves the app. Only there may a page name its files and folders."""

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
    """Whether the app is served to this machine only and the visitor is at it, as far as the request shows."""
    served = [st.get_option("server.address") or local.NAMES[0], *(st.get_option("server.allowedHosts") or ())]
    return local.only(served) and local.is_local(*connection())


def only(settings: Settings) -> bool:
    """Whether the visitor is at this machine and nobody else can reach the app, as far as its settings show."""
    return local.only([settings.host, *settings.allowed_hosts]) and is_here()


def folders(settings: Settings) -> bool:
    """Whether a visitor may name a folder of this machine: by the setting if there is one, else if they are at the
    machine."""
    return only(settings) if settings.server_folders is None else settings.server_folders
