"""A chart of measures over time, each with its confidence interval."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from ui.views.present_scores import ScorePoint

COLOURS = [
    "#2b8a80",
    "#d08a1c",
    "#5b7fc7",
    "#b3548c",
    "#7a9a3a",
    "#a0705a",
    "#7d73c3",
    "#c2554a",
]  # by day and by night


def show(points: Sequence[ScorePoint]) -> None:
    """Show a chart of measures over time. Each measure has a line with one point for each run of the test suite, and
    each point has its 95 % confidence interval."""
    import altair as alt
    import pandas as pd

    rows = pd.DataFrame([point._asdict() for point in points])
    rows["when"] = pd.to_datetime(rows["when"], utc=True)
    colours = alt.Scale(range=COLOURS)
    legend = alt.Legend(orient="top", labelLimit=0, symbolOpacity=1)  # else as faint as the bars
    axis = alt.Axis(format="%d %b %H:%M", tickCount=6, labelOverlap="greedy")  # of one run Vega would tell the second
    base = alt.Chart(rows).encode(
        x=alt.X("when:T", title=None, scale=alt.Scale(padding=24), axis=axis),
        color=alt.Color("measure:N", title=None, scale=colours, legend=legend),
        tooltip=[
            alt.Tooltip("measure:N", title="Measure"),
            alt.Tooltip("when:T", title="Run", format="%d %b %Y %H:%M"),
            alt.Tooltip("value:Q", title="Value", format=".2f"),
            alt.Tooltip("low:Q", title="From", format=".2f"),
            alt.Tooltip("high:Q", title="To", format=".2f"),
            alt.Tooltip("of:N", title="Of"),
        ],
    )
    least, most = min(0.0, *(point.low for point in points)), max(1.0, *(point.high for point in points))
    value = alt.Y("value:Q", title=None, scale=alt.Scale(domain=[least, most]))
    bars = base.mark_rule(strokeWidth=3, opacity=0.35).encode(y=alt.Y("low:Q", title=None), y2="high:Q")
    line = base.mark_line(strokeWidth=2).encode(y=value)
    dots = base.mark_point(size=60, filled=True, opacity=1).encode(y=value)
    told = "Measures of the runs of this suite over time; the table below has the last one's"
    st.altair_chart(bars + line + dots, height=300, alt=told)
