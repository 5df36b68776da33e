"""One interval plot for everything that has an estimate and an interval."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator

from probstats import display
from probstats.figures.canvas import figure_of, letters, panels, size
from probstats.figures.labels import (
    RowNames,
    arrange,
    beside_rows,
    key,
    name_rows,
    row_letters,
    wrapped,
)
from probstats.figures.style import Look, current_theme

DODGE = 0.9
"""Lines of text between two series of one row."""


def interval_plot(
    rows: pd.DataFrame,
    *,
    label: str,
    log: bool = False,
    reference: float | None = 0.0,
    words: Callable[[float], str] | None = None,
    spacing: float = 1.35,
    ax: Axes | None = None,
    width: str = "page",
) -> Axes:
    """Draw estimates and intervals as rows.

    Parameters
    ----------
    rows : pandas.DataFrame
        ``name``, ``estimate``, ``low``, ``high``, in the order to draw; where there are such
        columns, ``group`` for headings and ``series`` for several estimates of one name, side by
        side. Ends may be infinite, and are arrows; an estimate may be missing or infinite, and is
        said.
    label : str
        Label of the axis.
    log : bool
        Whether the axis is logarithmic.
    reference : float or None
        Where a line for "no difference" stands.
    words : callable, optional
        From a number to what is written beside the rows; None for no words.
    spacing : float
        Lines of text from a row to the next.
    ax : matplotlib.axes.Axes, optional
        Axes to draw into.
    width : {"column", "wide", "page"}
        Width of a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        The axes.
    """
    rows = rows.reset_index(drop=True)
    first, names = _names(rows, width, spacing)
    height = names.lines + (5.4 if "series" in rows else 4.0)
    axes = panels(ax, lines=height, width=width)[0, 0]
    looks = _looks(rows)
    places = _places(rows, first, names)
    low, high = limits(rows, log=log, reference=reference)
    axes.set(xscale="log" if log else "linear", xlim=(low, high))
    axes.set_xlabel(wrapped(label, letters(0.62 * size(1, width)[0])))
    interval_rows(axes, rows, places, (low, high), looks)
    name_rows(axes, names)
    _finish(axes, log=log, reference=reference)
    if words is not None:
        beside_rows(axes, places, [said(row, words) for row in rows.itertuples()])
    key(axes, {name: look for name, look in looks.items() if name}, kind="mark", columns=6)
    return axes


def _names(rows: pd.DataFrame, width: str, spacing: float) -> tuple[np.ndarray, RowNames]:
    """Return which name each row belongs to, and the names arranged."""
    keys = [name for name in ("group", "name") if name in rows]
    changed = (rows[keys] != rows[keys].shift()).any(axis=1)
    if "series" not in rows:
        changed[:] = True
    number = changed.cumsum().to_numpy() - 1
    firsts = rows[changed]
    most = int(np.bincount(number).max(initial=1))
    names = arrange(
        firsts["name"].tolist(), firsts["group"].tolist() if "group" in rows else None,
        width=row_letters(size(1, width)[0]), spacing=spacing + DODGE * (most - 1),
    )  # fmt: skip
    return number, names


def _looks(rows: pd.DataFrame) -> dict[str, Look]:
    series = [str(name) for name in rows["series"].unique()] if "series" in rows else [""]
    choice = current_theme().series
    return {name: choice[number % len(choice)] for number, name in enumerate(series)}


def _places(rows: pd.DataFrame, first: np.ndarray, names: RowNames) -> np.ndarray:
    if "series" not in rows:
        return names.places
    within = rows.groupby(first).cumcount().to_numpy()
    count = np.bincount(first)[first]
    return np.asarray(names.places[first] + DODGE * (within - (count - 1) / 2))


def limits(rows: pd.DataFrame, *, log: bool, reference: float | None) -> tuple[float, float]:
    """Return the limits of an axis that show every finite number and the reference.

    Parameters
    ----------
    rows : pandas.DataFrame
        ``estimate``, ``low``, ``high``.
    log : bool
        Whether the axis is logarithmic.
    reference : float or None
        Also shown.

    Returns
    -------
    tuple of float
        Left and right end, with some room.
    """
    values = rows[["estimate", "low", "high"]].to_numpy(dtype=float).ravel()
    values = np.append(values, [] if reference is None else [reference])
    values = values[np.isfinite(values) & ((values > 0) if log else True)]
    if not len(values):
        values = np.array([1.0 if log else 0.0])
    scaled = np.log(values) if log else values
    low, high = scaled.min(), scaled.max()
    room = 0.05 * (high - low) or (1.0 if log else 0.5 * max(abs(high), 1.0))
    ends = np.array([low - room, high + room])
    left, right = np.exp(ends) if log else ends
    return float(left), float(right)


def interval_rows(
    axes: Axes,
    rows: pd.DataFrame,
    places: np.ndarray,
    ends: tuple[float, float],
    looks: dict[str, Look] | None = None,
) -> None:
    """Draw intervals and their estimates at given places.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Axes to draw into.
    rows : pandas.DataFrame
        ``estimate``, ``low``, ``high``, and ``series`` where looks are given.
    places : numpy.ndarray
        Where each row stands.
    ends : tuple of float
        Limits of the axis; what goes beyond them is an arrow.
    looks : dict of Look, optional
        By series.
    """
    theme = current_theme()
    looks = looks or {"": theme.series[0]}
    names = rows.get("series", pd.Series("", index=rows.index))
    for row, place, name in zip(rows.itertuples(), places, names, strict=True):
        look = looks[str(name)]
        _interval(axes, row.low, row.high, place, look, ends)
        if np.isfinite(row.estimate) and ends[0] <= row.estimate <= ends[1]:
            axes.plot(row.estimate, place, look.marker, color=look.colour, zorder=4,
                      markersize=4 * theme.enlarged)  # fmt: skip


def _interval(
    axes: Axes, low: float, high: float, place: float, look: Look, ends: tuple[float, float]
) -> None:
    """Draw an interval, with arrows where it goes on beyond the axis."""
    if np.isnan(low) or np.isnan(high):
        return
    inside = max(low, ends[0]), min(high, ends[1])
    axes.plot(inside, [place, place], "-", color=look.colour, solid_capstyle="butt", zorder=3)
    for beyond, end, arrow in ((low < ends[0], ends[0], "<"), (high > ends[1], ends[1], ">")):
        if beyond:
            axes.plot(end, place, arrow, color=look.colour, clip_on=False, zorder=4,
                      markersize=4 * current_theme().enlarged)  # fmt: skip


def _finish(axes: Axes, *, log: bool, reference: float | None) -> None:
    if reference is not None:
        axes.axvline(reference, color=current_theme().muted, linewidth=0.8, zorder=1)
    if log:
        low, high = axes.get_xlim()
        ticks = max(letters(0.3 * figure_of(axes).get_figwidth()) // 6, 2)
        axes.xaxis.set_major_locator(LogLocator(subs=ticks_per_decade(high / low), numticks=ticks))
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
        axes.minorticks_off()
    axes.grid(axis="x")


def ticks_per_decade(span: float) -> tuple[float, ...]:
    """Return where ticks stand in a decade, so that a narrow axis has more than one."""
    if span > 100:
        return (1,) if span > 1000 else (1, 3)
    return (1, 2, 5) if span > 5 else (1, 1.2, 1.5, 2, 3, 5, 7)


def said(row: object, words: Callable[[float], str]) -> str:
    """Return an estimate and its interval in words.

    Parameters
    ----------
    row : object
        With ``estimate``, ``low`` and ``high``.
    words : callable
        From a number to words.

    Returns
    -------
    str
        Such as "0.51 (0.33 to 0.64)".
    """
    estimate, low, high = (getattr(row, name) for name in ("estimate", "low", "high"))
    return display.estimate(estimate, low, high, words)
