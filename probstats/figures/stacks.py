"""Stacked bars of ordered levels, with counts in them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from probstats.figures.canvas import figure_of, letters
from probstats.figures.colours import ink_on
from probstats.figures.labels import mark_edge
from probstats.figures.style import Look, current_theme

ACROSS = 0.5
"""Share of a figure's width that bars are sure to have."""


def stacked_bars(
    axes: Axes,
    places: Sequence[float] | np.ndarray,
    shares: pd.DataFrame,
    looks: Sequence[Look],
    *,
    labels: pd.DataFrame | None = None,
    centre: float | None = None,
    height: float = 1.05,
) -> None:
    """Draw rows of stacked segments.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        With rows from top to bottom.
    places : sequence of float
        Where each row stands.
    shares : pandas.DataFrame
        One row for each bar, one column for each level, in their order.
    looks : sequence of Look
        One for each level.
    labels : pandas.DataFrame, optional
        What is written into the segments, in the same shape, where it fits.
    centre : float, optional
        Where bars are aligned at zero, so that they diverge: 1 is the upper edge of the first
        level, 1.5 the middle of the second.
    height : float
        Of a bar, in lines of text.
    """
    values = shares.to_numpy(dtype=float)
    start = np.cumsum(values, axis=1) - values
    if centre is not None:
        whole = int(centre)
        start = start - start[:, [whole]] - (centre - whole) * values[:, [whole]]
    for level, look in enumerate(looks):
        bars = axes.barh(
            places, values[:, level], left=start[:, level], height=height, color=look.colour,
            edgecolor=_edge(look), hatch=look.hatch, linewidth=0.8,
        )  # fmt: skip
        if labels is not None:
            for bar, text in zip(bars, labels.iloc[:, level], strict=True):
                _label(axes, bar, str(text), look)


def _edge(look: Look) -> str:
    theme = current_theme()
    return theme.ground if theme.edge == theme.ground else mark_edge(theme, look)


def _label(axes: Axes, bar: object, text: str, look: Look) -> None:
    room = bar.get_width() * letters(ACROSS * figure_of(axes).get_figwidth())  # type: ignore[attr-defined]
    if not text or room < len(text) + 0.8:
        return
    theme = current_theme()
    x, y = bar.get_x() + bar.get_width() / 2, bar.get_y() + bar.get_height() / 2  # type: ignore[attr-defined]
    box = {"facecolor": look.colour, "edgecolor": "none", "pad": 1.6} if look.hatch else None
    axes.text(x, y, text, ha="center", va="center", bbox=box, size=theme.small,
              color=ink_on(look.colour))  # fmt: skip
