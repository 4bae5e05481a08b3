"""The script that Streamlit runs for every visitor. It shows the errors that no part of a page has shown."""

from __future__ import annotations

import sys
from pathlib import Path

import streamlit as st

ROOT = str(Path(__file__).resolve().parent.parent)
if ROOT not in sys.path:  # Streamlit puts this folder on the path, not the one that holds the rooms
    sys.path.append(ROOT)

from assistant.errors import PushbackError  # noqa: E402  (the path comes first)
from assistant.settings import load  # noqa: E402
from ui.parts.page import failure, style  # noqa: E402
from ui.screens import pages  # noqa: E402

ICON, LOGO = (str(Path(__file__).with_name(name)) for name in ("icon.svg", "logo.svg"))
ABOUT = "Pushback answers from your team's own documents, every statement cited, and pressure-tests ideas against them."

# The menu holds the choice of light and dark as well; without an entry of ours there would be none.
st.set_page_config(page_title="Pushback", page_icon=ICON, menu_items={"About": ABOUT})
st.logo(LOGO, size="large", icon_image=ICON)
style.show()
try:
    pages.show(load({}))
except PushbackError as error:
    failure.show(error)
