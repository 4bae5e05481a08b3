"""The scoreboard page: the measures of test suites over time, and each case with its expected answer."""

from __future__ import annotations

import streamlit as st

from assistant.settings import Settings
from eval.gate.compare import Comparison
from eval.harness import artifacts, history
from eval.harness.artifacts import StoredRun
from eval.harness.history import Past
from ui.parts.scores import score_chart, suite_running
from ui.views import present_scores
from ui.views.present import label
from ui.views.present_scores import ALL, FAILING, FLIPPED
from ui.work import suite_runs

DRAWN = 2  # measures drawn until others are picked; a matter of taste


def show(settings: Settings) -> None:
    """Show the scoreboard page: the stored runs of test suites, and a form that starts a run."""
    st.html(
        '<header class="page"><h1>Scoreboard</h1><p class="small">How good the answers are, measured on suites of '
        "cases whose right answers are known.</p></header>"
    )
    suite_running.show(settings)
    runs = history.runs(suite_runs.roots(settings))
    if not runs:
        st.html('<p class="rule">No suite has been run yet. Run one above: the sample takes a minute or two.</p>')
        return
    names = list(dict.fromkeys(run.summary.suite for run in reversed(runs)))
    suite = names[0]
    if len(names) > 1:
        suite = st.segmented_control("Suite shown", names, format_func=label, default=suite, required=True, key="suite")
    of_suite = [run for run in runs if run.summary.suite == suite]
    last, before = _chosen(of_suite)
    st.html(present_scores.banner(last))
    _over_time(of_suite)
    kept = artifacts.read(last.folder)
    compared = _compared(before, kept)
    if compared:
        st.html("<h2>What flipped</h2>" + present_scores.flips(compared))
    with st.expander("All measures", key="measures"):
        st.html(present_scores.measures(last, compared))
    _cases(kept, [*compared.lost, *compared.gained] if compared else [])


def _chosen(runs: list[Past]) -> tuple[Past, Past | None]:
    """Let the visitor choose a run, and another run to compare it with. Returns both; the second is None if there is
    only one run."""
    newest = {str(run.folder): run for run in reversed(runs)}
    names = {folder: present_scores.run_line(run) for folder, run in newest.items()}
    if len(newest) == 1:
        return runs[0], None
    left, right = st.columns(2)
    shown = left.selectbox("Run", list(newest), format_func=names.__getitem__, key="run-shown")
    others = [folder for folder in newest if folder != shown]
    earlier = [folder for folder in others if newest[folder].when <= newest[shown].when]
    place = others.index(earlier[0]) if earlier else 0
    against = right.selectbox("Against", others, index=place, format_func=names.__getitem__, key=f"against-{shown}")
    return newest[shown], newest[against]


def _compared(before: Past | None, now: StoredRun) -> Comparison | None:
    if before is None or before.summary.corpus_sha256 != now.summary.corpus_sha256:
        return None
    return present_scores.compared(artifacts.read(before.folder), now)


def _over_time(runs: list[Past]) -> None:
    comparable = present_scores.whole(runs)
    names = present_scores.measured(comparable)
    if not names:
        return
    st.html("<h2>Over time</h2>")
    picked = st.multiselect(
        "Measures drawn",
        names,
        default=names[:DRAWN],
        key="drawn",
        label_visibility="collapsed",
        placeholder="Measures",
    )
    if picked:
        score_chart.show(present_scores.points(comparable, picked))


def _cases(kept: StoredRun, flipped: list[str]) -> None:
    st.html("<h2>Cases</h2>")
    counts = {which: len(present_scores.cases(kept, which, flipped)) for which in (FAILING, FLIPPED, ALL)}
    which = st.segmented_control(
        "Cases shown",
        [one for one in counts if counts[one] or one == ALL],
        format_func=lambda one: f"{one} {counts[one]:,}",
        default=FAILING if counts[FAILING] else ALL,
        required=True,
        key=f"cases-{kept.summary.suite}",
        label_visibility="collapsed",
    )
    records = present_scores.cases(kept, which or ALL, flipped)
    if not records:
        return
    text = st.column_config.TextColumn
    chosen = st.dataframe(
        present_scores.table(records),
        key=f"case-{kept.summary.suite}-{which}",
        on_select="rerun",
        selection_mode="single-row-required",
        hide_index=True,
        height=320 if len(records) > 7 else "content",
        column_config={
            "outcome": text("Outcome", width="small"),
            "case": text("Case", width="medium"),
            "asked": text("Asked", width="large"),
            "kind": text("Kind", width="small"),
            "why": text("Why not right", width="large"),
        },
        alt="The cases of the run; select a row to read the case",
    )
    rows = chosen["selection"]["rows"] or [0]
    st.html(present_scores.case(records[min(rows[0], len(records) - 1)]))
