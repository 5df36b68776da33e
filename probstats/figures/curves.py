"""Curves with bands, and the values they rest on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from probstats import display
from probstats.figures.colours import contrast
from probstats.figures.style import Look, current_theme

BAND = 0.22
"""Opacity of a band."""


def curve(axes: Axes, rows: pd.DataFrame, look: Look) -> None:
    """Draw a curve with its band.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Axes to draw into.
    rows : pandas.DataFrame
        ``x``, ``estimate``, ``low`` and ``high``, in the order of x. Where an interval is
        missing there is no band; where the estimate is missing the curve is broken. A single
        row is a point with its interval.
    look : Look
        Colour and marker. A colour too near the ground for a line gives way to the ink.
    """
    theme = current_theme()
    colour = look.colour if contrast(look.colour, theme.ground) >= 3 else theme.ink
    x, middle, low, high = (
        rows[name].to_numpy(dtype=float) for name in ("x", "estimate", "low", "high")
    )
    if len(rows) == 1:
        axes.vlines(x, low, high, color=colour, linewidth=theme.line)
        axes.plot(x, middle, look.marker, color=colour, markersize=4 * theme.enlarged)
        return
    axes.fill_between(x, low, high, color=colour, alpha=BAND, linewidth=0)
    axes.plot(x, middle, "-", color=colour)


def rug(axes: Axes, values: Sequence[float] | np.ndarray) -> None:
    """Draw a short line at the foot of axes for each value observed."""
    known = np.asarray(values, dtype=float)
    known = known[np.isfinite(known)]
    lines = [[(value, 0.0), (value, 0.025)] for value in known]
    axes.add_collection(
        LineCollection(
            lines, colors=current_theme().muted, linewidths=0.5, alpha=0.7, zorder=1,
            transform=axes.get_xaxis_transform(),
        ),
        autolim=False,
    )  # fmt: skip


def percent_axis(axes: Axes, *, low: float = 0.0, high: float = 1.0) -> None:
    """Let the y axis run over shares, written as percentages."""
    axes.set_ylim(low, high)
    axes.yaxis.set_major_formatter(lambda value, _: display.percent(value))
    axes.grid(axis="y")
