"""National staffing over time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import YearLocator

from probstats.figures.canvas import figure_of, letters, panels
from probstats.figures.drawing import Drawing, drawn
from probstats.figures.labels import at_line_ends
from probstats.figures.style import Look, current_theme

POPULATIONS = {"NPS": "National Probation Service alone", "unified": "Unified Probation Service"}


@dataclass(frozen=True)
class _Line:
    measure: str
    name: str
    number: int

    @property
    def look(self) -> Look:
        return current_theme().series[self.number]


GRADES = (
    _Line("po_fte", "Probation officers", 0),
    _Line("pso_fte", "Probation services officers", 1),
)
SHARE = _Line("qualified_share", "Qualified share", 4)

ACROSS = 0.45
"""Share of a figure's width that the axes are sure to have."""

TWO_NAMES = 50
"""Letters that the names of both populations need, to stand in the axes."""


@drawn
def staffing_trend(
    series: pd.DataFrame,
    claims: pd.DataFrame,
    break_date: str,
    *,
    ax: Axes | None = None,
    width: str = "page",
) -> Drawing:
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
    ax : matplotlib.axes.Axes, optional
        Axes of a grid, whose place two panels take.
    width : {"column", "wide", "page"}
        Width of a new figure: 90, 140 or 190 mm.

    Returns
    -------
    Drawing
        Two panels.

    Examples
    --------
    >>> import probstats as ps
    >>> series, claims = ps.data.national_staffing(), ps.data.national_staffing_claims()
    >>> len(ps.figures.staffing_trend(series, claims, "2021-06-26").figure.axes)
    2
    """
    axes = panels(ax, lines=21, width=width, shape=(2, 1), heights=[1.5, 1], sharex=True)
    top, bottom = axes[:, 0]
    for line in GRADES:
        _draw_line(top, series, line)
        _draw_others(top, series, claims, line)
    _draw_line(bottom, series, SHARE)
    _finish(top, bottom, pd.Timestamp(break_date))
    _name_lines(top, series)
    return Drawing(figure_of(top), series, _alt_text(series))


def _draw_line(axes: Axes, series: pd.DataFrame, line: _Line) -> None:
    theme, look = current_theme(), line.look
    for _, rows in series.dropna(subset=[line.measure]).groupby("population", sort=False):
        axes.plot(
            rows["date"], rows[line.measure], color=look.colour, marker=look.marker,
            markersize=3 * theme.enlarged,
        )  # fmt: skip


def _draw_others(axes: Axes, series: pd.DataFrame, claims: pd.DataFrame, line: _Line) -> None:
    """Mark figures that another source, or a later bulletin, gives for the same date."""
    theme, look = current_theme(), line.look
    chosen = series[["population", "date", line.measure]].rename(columns={"date": "as_of_to"})
    rows = claims[claims["measure"] == line.measure].merge(chosen, on=["population", "as_of_to"])
    other = rows[rows["value"] != rows[line.measure]]
    axes.plot(
        other["as_of_to"], other["value"], look.marker, color=look.colour,
        markersize=4 * theme.enlarged, markerfacecolor=theme.ground, markeredgewidth=0.8,
    )  # fmt: skip


def _name_lines(axes: Axes, series: pd.DataFrame) -> None:
    rows = []
    for line in GRADES:
        last = series.dropna(subset=[line.measure]).tail(1)
        rows += [(line.name, date, value, line.look.colour)
                 for date, value in zip(last["date"], last[line.measure], strict=True)]  # fmt: skip
    ends = pd.DataFrame(rows, columns=["name", "x", "y", "colour"])
    at_line_ends(axes, ends.assign(x=axes.convert_xunits(ends["x"])))


def _finish(top: Axes, bottom: Axes, break_date: pd.Timestamp) -> None:
    for axes in (top, bottom):
        axes.axvline(break_date, color=current_theme().muted, linewidth=0.8, linestyle=(0, (4, 3)))
        axes.grid(axis="y")
    room = letters(ACROSS * figure_of(top).get_figwidth())
    above = room < TWO_NAMES
    top.set(ylim=(0, (1.0 if above else 1.2) * top.get_ylim()[1]), ylabel="Full-time equivalent")
    top.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    _name_populations(top, break_date, above=above)
    years = np.ptp(bottom.get_xlim()) / 365.25
    bottom.xaxis.set_major_locator(YearLocator(int(np.ceil(6 * years / room))))
    low, high = bottom.get_ylim()
    bottom.set(ylim=(np.floor(10 * low) / 10, np.ceil(10 * high) / 10), ylabel=SHARE.name)
    bottom.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f}%")


def _name_populations(axes: Axes, break_date: pd.Timestamp, *, above: bool) -> None:
    alone = "National Probation\nService alone" if above else "National Probation Service\nalone"
    sides = [(-5, "right", alone),
             (5, "left", "unified Probation Service,\nwith the staff of the CRCs")]  # fmt: skip
    for offset, side, words in sides:
        axes.annotate(
            words, (break_date, axes.get_ylim()[1]), xytext=(offset, 2 if above else -2),
            va="bottom" if above else "top", ha=side, textcoords="offset points",
            color=current_theme().muted, fontsize=current_theme().small,
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
