"""The web app, started by ``streamlit run ui/app.py`` or ``pushback ui``. It serves ``page.py`` behind middleware that
checks each request."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

ROOT = str(Path(__file__).resolve().parent.parent)
if ROOT not in sys.path:  # Streamlit puts this folder on the path, not the one that holds the rooms
    sys.path.append(ROOT)

from ui.web import guard  # noqa: E402  (the path comes first)

os.umask(0o077)  # what the server writes is for its user alone: uploads, libraries, runs
app = st.App(
    "page.py",
    middleware=[
        Middleware(TrustedHostMiddleware, allowed_hosts=guard.allowed_hosts(), www_redirect=False),
        Middleware(guard.PageGuard),
    ],
)
