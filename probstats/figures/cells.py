"""Grids of cells, each with the look of what is known in it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.patches import Polygon, Rectangle

from probstats.figures.labels import mark_edge
from probstats.figures.style import Look, current_theme


def draw_cells(
    axes: Axes,
    codes: pd.DataFrame,
    looks: Mapping[int, Look],
    second: pd.DataFrame | None = None,
    *,
    gap: float = 0.08,
) -> None:
    """Draw a grid of cells, rows from top to bottom.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Axes to draw into; a cell is one unit wide and high, the first at 0 to 1.
    codes : pandas.DataFrame
        What each cell holds.
    looks : mapping of int to Look
        How each code is drawn; cells of other codes stay empty.
    second : pandas.DataFrame, optional
        A second code; where it differs, the lower right half of the cell has its look.
    gap : float
        Share of a cell left free around it.
    """
    for code, look in looks.items():
        corners = np.argwhere(codes.to_numpy() == code)[:, ::-1] + gap / 2
        _add(axes, [Rectangle(tuple(corner), 1 - gap, 1 - gap) for corner in corners], look)
    if second is not None:
        _draw_halves(axes, codes, second, looks, gap)
    axes.set(xlim=(0, codes.shape[1]), ylim=(codes.shape[0], 0))
    axes.tick_params(length=0)
    axes.spines[["left", "bottom"]].set_visible(False)


def _draw_halves(
    axes: Axes, codes: pd.DataFrame, second: pd.DataFrame, looks: Mapping[int, Look], gap: float
) -> None:
    other, ends = second.to_numpy(), (gap / 2, 1 - gap / 2)
    differs = other != codes.to_numpy()
    for code, look in looks.items():
        corners = [
            [(c + ends[0], r + ends[1]), (c + ends[1], r + ends[1]), (c + ends[1], r + ends[0])]
            for r, c in np.argwhere(differs & (other == code))
        ]
        _add(axes, [Polygon(corner) for corner in corners], look)


def _add(axes: Axes, shapes: list[Rectangle] | list[Polygon], look: Look) -> None:
    if not shapes:
        return
    theme = current_theme()
    line = 0.0 if theme.edge == theme.ground else 0.4
    axes.add_collection(
        PatchCollection(
            shapes, facecolor=look.colour, edgecolor=mark_edge(theme, look), hatch=look.hatch,
            linewidth=line,
        ),
        autolim=False,
    )  # fmt: skip
