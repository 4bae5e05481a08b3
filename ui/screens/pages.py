"""The pages of the app and the navigation between them. Each page's module is imported when the page is opened."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

import streamlit as st

from assistant.settings import Settings
from ui.parts.chat import sidebar
from ui.parts.page import signing_in, visiting
from ui.parts.settings import chosen, which_library
from ui.views.present import escape

PAGES = {  # module in this folder: title, icon, path in the address
    "chat": ("Ask", ":material/chat:", ""),
    "pressure_test": ("Pressure test", ":material/balance:", "pressure-test"),
    "documents": ("Library", ":material/folder_open:", "library"),
    "scoreboard": ("Scoreboard", ":material/monitoring:", "scoreboard"),
    "preferences": ("Settings", ":material/tune:", "settings"),
}

WIDE = {"documents", "scoreboard"}  # tables, and two things side by side


def show(settings: Settings) -> None:
    """Show the navigation of the app, and the page that the address names. Visitors who still have to sign in see the
    sign-in page instead."""
    if signing_in.needed():
        signing_in.door()
        return
    if not visiting.let_in(settings):
        signing_in.turn_away()
        return
    lost = chosen.not_here(settings)
    settings = chosen.in_force(settings)
    pages = [
        st.Page(_shows(name, settings, lost), title=title, icon=icon, url_path=path, default=not path)
        for name, (title, icon, path) in PAGES.items()
    ]
    page = st.navigation(pages)
    sidebar.show(settings, asks=not page.url_path)
    try:
        page.run()
    finally:
        signing_in.show()


def _shows(name: str, settings: Settings, lost: str | None) -> Callable[[], None]:
    def page() -> None:
        st.set_page_config(layout="wide" if name in WIDE else "centered")
        which_library.show(settings)
        if lost:
            told = f"There is no library “{lost}” here. This is “{settings.library}”."
            st.html(f'<p class="notice" role="status">{escape(told)}</p>')
        import_module(f"ui.screens.{name}").show(settings)

    return page
