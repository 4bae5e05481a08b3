"""The settings page: model, evidence model, library, appearance, and where each setting comes from. Keys are never
shown."""

from __future__ import annotations

import streamlit as st

from assistant.errors import PushbackError
from assistant.settings import Settings, set_by
from ui.parts.page import failure, nearby, state
from ui.parts.settings import chosen, model_choice
from ui.views import present_settings
from ui.views.present import escape

EVIDENCE = {
    "auto": "The model that reads, where there is one; else Pushback's own",
    "pushback": "Pushback's own, trained for it",
    "none": "None: plain marks such as “not” and “should”",
    "llm": "The model that reads",
}


def show(settings: Settings) -> None:
    """Show the settings page, where visitors choose the model and the library."""
    told = "Which model answers, and from which library."
    st.html(f'<header class="page"><h1>Settings</h1><p class="small">{told}</p></header>')
    st.subheader("Model", anchor=False)
    st.write(
        "Without a model, answers are the documents' own words. A model reads whole passages and writes; each of its "
        "quotes is looked up in the documents."
    )
    model_choice.choose(settings)
    st.subheader("Evidence model", anchor=False)
    st.write("In pressure tests, it says whether a passage speaks for the idea or against it.")
    _evidence(settings)
    st.subheader("Library", anchor=False)
    _library(settings)
    st.subheader("Appearance", anchor=False)
    st.write("Light or dark, as your system is. You can choose in the menu at the top right of the page (⋮).")
    st.subheader("All settings", anchor=False)
    _all(settings)


def _evidence(settings: Settings) -> None:
    now = settings.evidence_model
    if not nearby.only(settings):
        st.html(f"<p>{escape(EVIDENCE.get(now, now))}</p>")
        return
    named = list(EVIDENCE) if now in EVIDENCE else [*EVIDENCE, now]
    picked = st.radio(
        "Evidence model",
        range(len(named)),
        named.index(now),
        format_func=lambda place: EVIDENCE.get(named[place], "The one that the settings name"),
        label_visibility="collapsed",
    )
    if named[picked] != now:
        _choose(settings, "evidence_model", named[picked])


def _library(settings: Settings) -> None:
    now, found = settings.library, chosen.libraries(settings)
    if not nearby.only(settings):
        st.html(f"<p>{escape(now)}</p>")
        return
    names = sorted({now, *found})
    picked = st.selectbox(
        "Library",
        names,
        names.index(now),
        accept_new_options=True,
        help="Write another name for a new one: it is made with the first document.",
    )
    if picked and picked != now:
        _choose(settings, "library", picked)
    st.html(f'<p class="small">In <code>{escape(str(settings.home.expanduser()))}</code></p>')


def _choose(settings: Settings, name: str, value: str) -> None:
    """Apply a new value of a setting. If it is not valid, show the error."""
    from assistant import build

    try:
        changed = chosen.changed(settings, name, value)
        build.build_stance(changed, build.build_model(changed))
    except PushbackError as error:
        failure.show(error)
        return
    chosen.take(settings, name, value)
    if name == "library":
        state.open_library(value)
    st.rerun()


def _all(settings: Settings) -> None:
    here = frozenset(name for name in chosen.NAMES if name in st.session_state)
    rows = "".join(
        f"<tr><th scope='row'>{escape(line.told)}</th><td><code>{escape(line.value)}</code></td>"
        f"<td class='small'>{escape(line.by)}</td></tr>"
        for line in present_settings.lines(settings, set_by(), here)
    )
    st.html(
        '<div class="scrolls" tabindex="0" role="region" aria-label="All settings"><table class="settings"><thead><tr>'
        '<th scope="col">Setting</th><th scope="col">Value</th><th scope="col">Set by</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
        '<p class="small">A variable of the environment (<code>PUSHBACK_MODEL</code>) or a settings file sets a thing '
        "for good. Keys are read from the environment or Streamlit's secrets when a model is asked, or typed above; "
        "they are not shown, and not kept.</p>"
    )
