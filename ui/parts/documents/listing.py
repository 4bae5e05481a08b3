"""All documents of a library, read once for all visitors until the library changes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import streamlit as st

from assistant.library.library import Library, Listed
from assistant.settings import Settings
from ui.views import present_library

if TYPE_CHECKING:
    import pandas as pd

KEPT_FOR = 300  # seconds: whether files are there can change while the library does not


class Everything(NamedTuple):
    """All documents of a library: by id (``by_id``), and as a data frame with one row for each (``rows``). Visitors
    share this object, so callers must not change it."""

    by_id: dict[str, Listed]
    rows: pd.DataFrame


def listed(library: Library, settings: Settings) -> Everything:
    """All documents of the library. The result is cached until the library changes, but for no longer than ``KEPT_FOR``
    seconds."""
    return _listed(settings.folder, library.generation(), library)


@st.cache_resource(show_spinner=False, ttl=KEPT_FOR, max_entries=4)
def _listed(folder: Path, generation: int, _library: Library) -> Everything:
    del folder, generation
    every = _library.listed()
    return Everything({one.document: one for one in every}, present_library.table(every))
