"""National staffing over time."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from probstats.figures.drawing import Drawing
from probstats.figures.style import GREY, INK, MM, NAVY, ORANGE, PAGE, journal_style

GRADES = {
    "po_fte": ("Probation officers", NAVY, "o"),
    "pso_fte": ("Probation services officers", ORANGE, "s"),
}


def staffing_trend(series: pd.DataFrame, claims: pd.DataFrame, break_date: str) -> Drawing:
    """Draw officers in post and the qualified share over time, broken where the population is.

    Parameters
    ----------
    series : pandas.DataFrame
        What ``data.national_staffing`` returns.
    claims : pandas.DataFrame
        What ``data.national_staffing_claims`` returns; claims that differ from the series are
        drawn as open marks.
    break_date : str
        First day of the later population.

    Returns
    -------
    Drawing
        Full page width, two panels.
    """
    with journal_style():
        figure = Figure(figsize=(PAGE, 92 * MM), layout="constrained")
        top, bottom = figure.subplots(2, 1, sharex=True, height_ratios=[1.5, 1])
        for measure, (name, colour, marker) in GRADES.items():
            _draw_series(top, series, measure, colour, marker)
            _draw_others(top, series, claims, measure, colour, marker)
            _name_line(top, series, measure, name, colour)
        _draw_series(bottom, series, "qualified_share", INK, "o")
        _finish(top, bottom, pd.Timestamp(break_date))
    return Drawing(figure, series, _alt_text(series))


def _draw_series(axes: Axes, series: pd.DataFrame, measure: str, colour: str, marker: str) -> None:
    for _, rows in series.dropna(subset=[measure]).groupby("population", sort=False):
        axes.plot(rows["date"], rows[measure], color=colour, marker=marker, markersize=3)


def _draw_others(
    axes: Axes, series: pd.DataFrame, claims: pd.DataFrame, measure: str, colour: str, marker: str
) -> None:
    """Mark figures that another source gives, or that a later bulletin implies, for the same date."""
    chosen = series[["population", "date", measure]].rename(columns={"date": "as_of_to"})
    rows = claims[claims["measure"] == measure].merge(chosen, on=["population", "as_of_to"])
    other = rows[rows["value"] != rows[measure]]
    axes.plot(other["as_of_to"], other["value"], marker, markerfacecolor="white", color=colour,
              markersize=4, markeredgewidth=0.8)  # fmt: skip


def _name_line(axes: Axes, series: pd.DataFrame, measure: str, name: str, colour: str) -> None:
    last = series.dropna(subset=[measure]).iloc[-1]
    other = series[[column for column in GRADES if column != measure]].iloc[-1].item()
    axes.annotate(name, (last["date"], last[measure]), xytext=(6, 4 if last[measure] > other else -4),
                  textcoords="offset points", va="center", color=colour, annotation_clip=False)  # fmt: skip


def _finish(top: Axes, bottom: Axes, break_date: pd.Timestamp) -> None:
    for axes in (top, bottom):
        axes.axvline(break_date, color=GREY, linewidth=0.8, linestyle=(0, (4, 3)))
        axes.grid(axis="y", linewidth=0.3)
    high = top.get_ylim()[1]
    top.set(ylim=(0, 1.08 * high), ylabel="Full-time equivalent")
    top.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    for offset, side, words in [(-5, "right", "National Probation Service\nalone"),
                                (5, "left", "unified Probation Service,\nwith the staff of the CRCs")]:
        top.annotate(words, (break_date, 1.08 * high), xytext=(offset, -2), va="top", ha=side,
                     textcoords="offset points", color=GREY, fontsize=7)  # fmt: skip
    low, high = bottom.get_ylim()
    bottom.set(ylim=(np.floor(10 * low) / 10, np.ceil(10 * high) / 10), ylabel="Qualified share")
    bottom.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f}%")


def _alt_text(series: pd.DataFrame) -> str:
    sentences = []
    names = {"NPS": "National Probation Service alone", "unified": "Unified Probation Service"}
    for population, rows in series.dropna(subset=["qualified_share"]).groupby("population", sort=False):
        first, last = rows.iloc[0], rows.iloc[-1]
        lowest = rows.loc[rows["qualified_share"].idxmin()]
        sentences.append(
            f"{names.get(str(population), population)}: from {first.po_fte:,.0f} probation officers "
            f"and {first.pso_fte:,.0f} probation services officers in {first.date:%B %Y} "
            f"({first.qualified_share:.0%} qualified) to {last.po_fte:,.0f} and {last.pso_fte:,.0f} "
            f"in {last.date:%B %Y} ({last.qualified_share:.0%}); lowest share "
            f"{lowest.qualified_share:.0%} in {lowest.date:%B %Y}."
        )
    opening = "Officers in post and the qualified share over time, in two unconnected stretches."
    return " ".join([opening, *sentences])
