"""A table of the library's documents. Visitors filter it by words, kind, language and state, and select documents to
open or ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from assistant.library.library import Library, Listed
from assistant.settings import Settings
from ui.parts.documents import listing, scope
from ui.parts.page import state
from ui.views import present_library
from ui.views.present_library import Wanted
from ui.views.present_work import count

if TYPE_CHECKING:
    import pandas as pd

FROM = 8  # documents from which it is worth searching among them
HEIGHT = 560  # pixels, about fifteen rows

TABLE = "documents"
_SHOWN, _TICKED, _VIEW = "documents-shown", "documents-ticked", "documents-view"  # the session's


def show(library: Library, settings: Settings) -> None:
    """Show a table of the library's documents, with filters above it. Visitors select documents in it to open them or
    to ask about them."""
    every = listing.listed(library, settings).rows
    chosen = _chosen(every)
    found = every[present_library.matching(every, chosen)]
    some = f"{len(found):,} of {count(len(every), 'document')}. " if chosen != Wanted() else ""
    st.html(f'<p class="small" role="status">{some}Tick a document to open it, or several to ask about them.</p>')
    key, ticked = _view(list(found["document"]))
    _ask(listing.listed(library, settings).by_id)
    st.dataframe(
        found.drop(columns="document"),
        key=key,
        on_select=_select,
        selection_mode="multi-row",  # a cell is selected by coming to it with a key, and would open its document then
        selection_default={"selection": {"rows": ticked}},
        hide_index=True,
        column_order=_order(every),
        column_config=_columns(every),
        height=HEIGHT if len(found) > 14 else "content",
        placeholder="",
        alt="The documents of the library; select rows to open or to ask their documents",
    )


def _order(every: pd.DataFrame) -> list[str]:
    """The names of the columns to show. The state is left out if every document is ready, the language if there is only
    one."""
    alike = {"state"} if set(every["state"]) == {"ready"} else set()
    alike |= {"language"} if every["language"].nunique() < 2 else set()
    columns = ["title", "kind", "author", "date", "passages", "state", "language", "source"]
    return [name for name in columns if name not in alike]


def _columns(every: pd.DataFrame) -> dict[str, Any]:
    text, number = st.column_config.TextColumn, st.column_config.NumberColumn
    return {  # in pixels: what is told at a glance fits beside the sidebar of a small screen
        "title": text("Title", width=250),
        "kind": text("Kind", width=90),
        "author": text("Author", width=200),
        "date": text(
            "Date", width=165 if any(date.endswith(")") for date in every["date"]) else 95
        ),  # "2024-05-31 (guessed)"
        "passages": number("Passages", width=85),
        "state": text("State", width=110),
        "language": text("Language", width=85),
        "source": text("File", width=260),
    }


def _chosen(every: pd.DataFrame) -> Wanted:
    if len(every) < FROM:
        return Wanted()
    words = st.text_input(
        "Find documents",
        key="documents-words",
        icon=":material/search:",
        placeholder="Find by title, author or file",
        label_visibility="collapsed",
    )
    with st.container(horizontal=True, gap="medium"):
        picked = [
            tuple(_pills(name, every[column]))
            for column, name in (("kind", "Kind"), ("language", "Language"), ("state", "State"))
        ]
    return Wanted(words, *picked)


def _pills(name: str, column: pd.Series[str]) -> list[str]:
    """Let the visitor choose values of a column, and return the chosen ones. Nothing is shown if all rows have the same
    value."""
    counts = column[column != ""].value_counts()
    if len(counts) < 2:
        return []
    return st.pills(
        name,
        list(counts.index),
        selection_mode="multi",
        format_func=lambda value: f"{value} {counts[value]:,}",
        key=f"documents-{name.lower()}",
        label_visibility="collapsed",
    )


def _view(shown: list[str]) -> tuple[str, list[int]]:
    """The key of the table for the documents ``shown``, and the indices of the rows that are selected at first.

    Streamlit stores selected row numbers under the key of a table. So the table gets a new key whenever its rows change
    or the visitor returns to the page, and the documents selected before are selected again.
    """
    number, ticked = st.session_state.get(_VIEW, (0, []))
    if shown != st.session_state.get(_SHOWN) or f"{TABLE}-{number}" not in st.session_state:
        number, ticked = number + 1, [row for row, id in enumerate(shown) if id in st.session_state.get(_TICKED, ())]
        st.session_state[_VIEW], st.session_state[_SHOWN] = (number, ticked), shown
    return f"{TABLE}-{number}", ticked


def _ask(by_id: dict[str, Listed]) -> None:
    """Show buttons to ask about the selected documents, and to open a single one."""
    if ticked := [id for id in st.session_state.get(_TICKED, ()) if id in by_id]:
        with st.container(horizontal=True, vertical_alignment="center", key="ticked"):
            if len(ticked) == 1:
                st.button("Open it", icon=":material/open_in_new:", on_click=_open, args=(ticked[0],))
            scope.link(ticked, "Ask about this one" if len(ticked) == 1 else f"Ask about these {len(ticked):,}")
            st.button("Untick all", type="tertiary", on_click=_untick)


def _untick() -> None:
    st.session_state.pop(_TICKED, None)
    st.session_state.pop(_SHOWN, None)


def _open(id: str) -> None:
    _untick()
    state.open_document(id)


def _select() -> None:
    """Store the selected documents in the session."""
    shown: list[str] = st.session_state[_SHOWN]
    selected = st.session_state[f"{TABLE}-{st.session_state[_VIEW][0]}"]["selection"]
    ticked = [shown[row] for row in selected["rows"] if row < len(shown)]
    hidden = [id for id in st.session_state.get(_TICKED, ()) if id not in shown]
    st.session_state[_TICKED] = [*hidden, *ticked]
