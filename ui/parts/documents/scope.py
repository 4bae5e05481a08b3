"""The filters of questions: documents, authors and dates, shown as removable chips above the input field.

The page's address contains them, so that a link can set them and a reload keeps them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from assistant import wire
from assistant.errors import DocumentMissing
from assistant.library.library import Library
from assistant.settings import Settings
from assistant.text.dates import DATE
from assistant.types import Answer, Filters, Grounding
from ui.parts.documents import listing
from ui.parts.page import state
from ui.views import present
from ui.views.present import label, option

NAMED = 4  # documents that have a chip of their own; more have one together
CHIP = 40  # characters of one: meant for four in a row
GONE = "a document that is no longer there"
ASK = "ask"  # the key of what leads to the page where one asks, on others


def show(library: Library, settings: Settings) -> None:
    """Show the filters, such as an author or a date, that limit the documents from which questions are answered. Each
    filter is a chip; a click on the chip removes the filter. A button beside the chips opens the menu of filters."""
    within = state.within()
    with st.container(key="scope", horizontal=True, vertical_alignment="center", gap="xsmall"):
        narrows = st.button("Ask within", icon=":material/filter_alt:", type="tertiary", key="narrow")
        for place, (name, without) in enumerate(_chips(within, library)):
            st.button(
                label(name, CHIP),
                key=f"within-{place}",
                icon=":material/close:",
                icon_position="right",
                help=f"Asked within {label(name)}. Click to take it off.",
                on_click=state.ask_within,
                args=(without,),
            )
    if narrows:
        _menu(library, settings)


def link(documents: Sequence[str], name: str) -> None:
    """Show a link with the text ``name``. It opens a new conversation in which questions are answered only from the
    documents with these ids."""
    page, query = _asking(documents)
    with st.container(key=ASK, width="content"):
        st.page_link(page, label=name, icon=":material/chat:", query_params=query)


def ask(documents: Sequence[str], question: str) -> None:
    """Open a new conversation in which questions are answered only from the documents with these ids, and ask the
    question in it."""
    page, query = _asking(documents)
    state.ask(question)
    st.switch_page(page, query_params=query)


def _asking(documents: Sequence[str]) -> tuple[StreamlitPage, dict[str, str | list[str]]]:
    """The chat page, and the query parameters that limit its questions to these documents."""
    page = st.Page(lambda: None, title="Ask", url_path="", default=True)  # a page is known by its path
    query = state.asking_within(Filters(documents=tuple(documents)))
    if library := state.library():
        query[state.LIBRARY] = library
    return page, query


def of_last(conversation: str, library: Library) -> Filters:
    """The filters with which the last question of a conversation was answered; they apply again when the conversation
    is opened. No filters if the conversation has no answer or does not exist."""
    try:
        turns = library.conversations.turns(conversation)
    except DocumentMissing:  # deleted elsewhere; the chat says so
        return state.EVERYWHERE
    return wire.stored_answer(turns[-1]).within if turns else state.EVERYWHERE


def with_notice(answer: Answer, within: Filters, library: Library) -> Answer:
    """Return the answer with a notice that names the filters ``within``. These filters limited the documents that were
    searched for the answer. The answer is returned unchanged if no filter is set, or if it replies to a message that
    asks the documents nothing, such as a greeting (``Grounding.ASIDE``)."""
    names = [name for name, _ in _chips(within, library)]
    if not names or answer.grounding is Grounding.ASIDE:
        return answer
    return replace(answer, notices=(f"Asked only within: {'; '.join(names)}.", *answer.notices))


def _chips(within: Filters, library: Library) -> Iterator[tuple[str, Filters]]:
    """Yield the text of each chip, and the filters that remain when it is removed."""
    documents = within.documents
    if len(documents) > NAMED:
        yield f"{len(documents):,} documents", replace(within, documents=())
    else:
        for id in documents:
            yield _title(id, library), replace(within, documents=tuple(one for one in documents if one != id))
    for name in within.authors:
        yield f"by {name}", replace(within, authors=tuple(one for one in within.authors if one != name))
    if within.since:
        yield f"from {present.date(within.since)} on", replace(within, since=None)
    if within.until:
        yield f"until {present.date(within.until)}", replace(within, until=None)


def _title(id: str, library: Library) -> str:
    try:
        return library.document(id).about.title
    except DocumentMissing:
        return GONE


@st.dialog("Ask within", on_dismiss="rerun")
def _menu(library: Library, settings: Settings) -> None:
    """Show the menu of filters. Each choice takes effect at once."""
    within = state.within()
    every = listing.listed(library, settings).by_id
    authors = sorted({one.author for one in every.values() if one.author} | set(within.authors))
    there = [id for id in within.documents if id in every]
    _several("Documents", list(every), there, "documents", lambda id: option(every[id].title))
    _several("Authors", authors, list(within.authors), "authors", option)
    with st.container(horizontal=True, gap="small"):
        _date("From", within.since, "since")
        _date("Until", within.until, "until")
    if st.button("Done", type="primary", key="narrow-done"):
        st.rerun()


def _several(name: str, options: list[str], chosen: list[str], field: str, shows: Callable[[str], str]) -> None:
    key = f"narrow-{field}"
    st.session_state[key] = chosen
    st.multiselect(
        name, options, key=key, format_func=shows, placeholder="All", on_change=_narrow, args=(field, key)
    )  # fmt: skip


def _date(name: str, chosen: str | None, field: str) -> None:
    key = f"narrow-{field}"
    if key not in st.session_state or DATE.fullmatch(st.session_state[key].strip() or "0000"):
        st.session_state[key] = chosen or ""
    st.text_input(name, key=key, placeholder="2023 or 2023-05-01", on_change=_narrow, args=(field, key))
    if st.session_state[key].strip() and not DATE.fullmatch(st.session_state[key].strip()):
        st.html('<p class="small notice" role="alert">Write a date as 2023, 2023-05 or 2023-05-01.</p>')


def _narrow(field: str, key: str) -> None:
    value, within = st.session_state[key], state.within()
    if field == "documents":
        state.ask_within(replace(within, documents=tuple(value)))
    elif field == "authors":
        state.ask_within(replace(within, authors=tuple(value)))
    elif not (date := value.strip()) or DATE.fullmatch(date):
        state.ask_within(
            replace(within, since=date or None) if field == "since" else replace(within, until=date or None)
        )
