"""Estimates with intervals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator

from probstats import display
from probstats.figures.drawing import Drawing
from probstats.figures.style import GREY, HALO, MM, NAVY, PAGE, journal_style


def coefficients(ratios: pd.DataFrame, label: str = "Odds ratio for a higher rating") -> Drawing:
    """Draw odds ratios with their intervals on a log axis.

    Parameters
    ----------
    ratios : pandas.DataFrame
        ``model`` and ``term`` in words, ``estimate``, ``low``, ``high`` and ``n``, in the order to
        draw; what ``tables.odds_ratios`` returns. Rows without an estimate are named and left
        empty.
    label : str
        Label of the axis.

    Returns
    -------
    Drawing
        Full page width, one row for each estimate, the numbers beside it.
    """
    display.require_odds_ratios(ratios)
    rows = ratios.reset_index(drop=True)
    places = np.arange(len(rows)) + 1.0 * (rows["model"] != rows["model"].shift()).cumsum()
    with journal_style():
        figure = Figure(figsize=(PAGE, (18 + 5.2 * places.max()) * MM), layout="constrained")
        axes = figure.subplots()
        _draw_intervals(axes, rows, places)
        _name_rows(axes, rows, places)
        axes.set(xscale="log", xlabel=f"{label} (log scale; {display.interval_name(ratios)})")
        low, high = axes.get_xlim()
        axes.xaxis.set_major_locator(LogLocator(subs=_ticks_per_decade(high / low)))
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
        axes.minorticks_off()
        axes.spines["left"].set_visible(False)
    return Drawing(figure, ratios, _alt_text(rows, label))


def _ticks_per_decade(span: float) -> tuple[float, ...]:
    """Return where ticks stand in a decade, so that a narrow axis has more than one."""
    if span > 100:
        return (1,)
    return (1, 2, 5) if span > 5 else (1, 1.2, 1.5, 2, 3, 5, 7)


def _draw_intervals(axes: Axes, rows: pd.DataFrame, places: pd.Series) -> None:
    errors = [rows["estimate"] - rows["low"], rows["high"] - rows["estimate"]]
    axes.axvline(1.0, color=GREY, linewidth=0.8)
    axes.errorbar(
        rows["estimate"], places, xerr=errors, fmt="o", markersize=4, color=NAVY, capsize=0
    )
    axes.grid(axis="x", linewidth=0.3)


def _name_rows(axes: Axes, rows: pd.DataFrame, places: pd.Series) -> None:
    axes.set_yticks(places, rows["term"])
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(places.max() + 0.6, places.min() - 1.6)
    at_edge: dict[str, Any] = {"xycoords": ("axes fraction", "data"), "va": "center"}
    for model, place in places.groupby(rows["model"], sort=False).min().items():
        axes.annotate(str(model), (0, place - 0.85), fontweight="bold", bbox=HALO, **at_edge)
    for row, place in zip(rows.itertuples(), places, strict=True):
        words = _words(row.estimate, row.low, row.high)
        axes.annotate(words, (1.01, place), annotation_clip=False, **at_edge)


def _words(estimate: float, low: float, high: float) -> str:
    if not np.isfinite(estimate):
        return "no finite estimate"
    return f"{display.ratio(estimate)} ({display.ratio(low)} to {display.ratio(high)})"


def _alt_text(rows: pd.DataFrame, label: str) -> str:
    words = [
        f"{r.model}, {r.term}: {_words(r.estimate, r.low, r.high)}, n = {r.n}."
        for r in rows.itertuples()
    ]
    return f"{label} with {display.interval_name(rows)}s. " + " ".join(words)
