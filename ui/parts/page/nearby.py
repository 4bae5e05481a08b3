"""Finds out whether the visitor sits at the machine that serves the app. Only there may a page name files and folders
of the machine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import streamlit as st

from assistant.settings import Settings
from ui.web import local


class Connection(NamedTuple):
    """A visitor's connection to the app: the IP address from which it comes (``peer``), and the headers of the
    request."""

    peer: str | None
    headers: Mapping[str, str]


def connection() -> Connection:
    """The connection of the visitor for whom the page runs at present."""
    return Connection(
        st.context.ip_address or "127.0.0.1", st.context.headers
    )  # Streamlit tells no address of loopback


def is_here() -> bool:
    """Whether the visitor seems to sit at the machine that runs the app: the request looks as if it came from this
    machine, and the app listens to no other machine."""
    served = [st.get_option("server.address") or local.NAMES[0], *(st.get_option("server.allowedHosts") or ())]
    return local.only(served) and local.is_local(*connection())


def only(settings: Settings) -> bool:
    """Whether the visitor seems to sit at the machine that runs the app, and the settings let no other machine reach
    the app."""
    return local.only([settings.host, *settings.allowed_hosts]) and is_here()


def folders(settings: Settings) -> bool:
    """Whether the visitor may name a folder of the server whose files are then read into the library. The setting
    ``server_folders`` decides; if it is not set, only a visitor at the machine that runs the app may do so."""
    return only(settings) if settings.server_folders is None else settings.server_folders
