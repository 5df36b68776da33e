"""National staffing over time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from probstats.figures.drawing import Drawing
from probstats.figures.style import GREY, INK, MM, NAVY, ORANGE, ORANGE_INK, PAGE, journal_style

POPULATIONS = {"NPS": "National Probation Service alone", "unified": "Unified Probation Service"}


@dataclass(frozen=True)
class _Line:
    measure: str
    name: str
    colour: str
    ink: str
    marker: str


GRADES = (
    _Line("po_fte", "Probation officers", NAVY, NAVY, "o"),
    _Line("pso_fte", "Probation services officers", ORANGE, ORANGE_INK, "s"),
)
SHARE = _Line("qualified_share", "Qualified share", INK, INK, "o")


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
        for line in GRADES:
            _draw_line(top, series, line)
            _draw_others(top, series, claims, line)
        _name_lines(top, series)
        _draw_line(bottom, series, SHARE)
        _finish(top, bottom, pd.Timestamp(break_date))
    return Drawing(figure, series, _alt_text(series))


def _draw_line(axes: Axes, series: pd.DataFrame, line: _Line) -> None:
    known = series.dropna(subset=[line.measure])
    for _, rows in known.groupby("population", sort=False):
        axes.plot(
            rows["date"], rows[line.measure], color=line.colour, marker=line.marker, markersize=3
        )


def _draw_others(axes: Axes, series: pd.DataFrame, claims: pd.DataFrame, line: _Line) -> None:
    """Mark figures that another source, or a later bulletin, gives for the same date."""
    chosen = series[["population", "date", line.measure]].rename(columns={"date": "as_of_to"})
    rows = claims[claims["measure"] == line.measure].merge(chosen, on=["population", "as_of_to"])
    other = rows[rows["value"] != rows[line.measure]]
    axes.plot(
        other["as_of_to"], other["value"], line.marker, color=line.colour, markersize=4,
        markerfacecolor="white", markeredgewidth=0.8,
    )  # fmt: skip


def _name_lines(axes: Axes, series: pd.DataFrame) -> None:
    """Write the name of each line at its end, the upper one a little higher."""
    last = {line: series.dropna(subset=[line.measure]).iloc[-1] for line in GRADES}
    in_order = sorted(GRADES, key=lambda line: last[line][line.measure])
    for line, lift in zip(in_order, (-4, 4), strict=True):
        axes.annotate(
            line.name, (last[line]["date"], last[line][line.measure]), xytext=(6, lift),
            textcoords="offset points", va="center", color=line.ink, annotation_clip=False,
        )  # fmt: skip


def _finish(top: Axes, bottom: Axes, break_date: pd.Timestamp) -> None:
    for axes in (top, bottom):
        axes.axvline(break_date, color=GREY, linewidth=0.8, linestyle=(0, (4, 3)))
        axes.grid(axis="y", linewidth=0.3)
    top.set(ylim=(0, 1.2 * top.get_ylim()[1]), ylabel="Full-time equivalent")
    top.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    _name_populations(top, break_date)
    low, high = bottom.get_ylim()
    bottom.set(ylim=(np.floor(10 * low) / 10, np.ceil(10 * high) / 10), ylabel=SHARE.name)
    bottom.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f}%")


def _name_populations(axes: Axes, break_date: pd.Timestamp) -> None:
    sides = [
        (-5, "right", "National Probation Service\nalone"),
        (5, "left", "unified Probation Service,\nwith the staff of the CRCs"),
    ]
    for offset, side, words in sides:
        axes.annotate(
            words, (break_date, axes.get_ylim()[1]), xytext=(offset, -2), va="top", ha=side,
            textcoords="offset points", color=GREY, fontsize=7,
        )  # fmt: skip


def _alt_text(series: pd.DataFrame) -> str:
    known = series.dropna(subset=["qualified_share"])
    stretches = [
        f"{POPULATIONS.get(str(population), population)}: {_stretch(rows)}"
        for population, rows in known.groupby("population", sort=False)
    ]
    opening = "Officers in post and the qualified share over time, in two unconnected stretches."
    return " ".join([opening, *stretches])


def _stretch(rows: pd.DataFrame) -> str:
    first, last = rows.iloc[0], rows.iloc[-1]
    lowest = rows.loc[rows["qualified_share"].idxmin()]
    return (
        f"from {first.po_fte:,.0f} probation officers and {first.pso_fte:,.0f} probation services "
        f"officers in {first.date:%B %Y} ({first.qualified_share:.0%} qualified) to "
        f"{last.po_fte:,.0f} and {last.pso_fte:,.0f} in {last.date:%B %Y} "
        f"({last.qualified_share:.0%}); lowest share {lowest.qualified_share:.0%} in "
        f"{lowest.date:%B %Y}."
    )
