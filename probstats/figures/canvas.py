"""Where figures are drawn: axes that are given, or a new figure of the right size."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from probstats.errors import ProbstatsError
from probstats.figures.style import MM, WIDTHS, current_theme

LINE = 1.62
"""Height of a line of text, in multiples of its size."""


def panels(
    ax: Axes | None = None,
    *,
    lines: float,
    width: str = "page",
    shape: tuple[int, int] = (1, 1),
    widths: Sequence[float] | None = None,
    heights: Sequence[float] | None = None,
    sharex: bool | str = False,
    sharey: bool | str = False,
) -> np.ndarray:
    """Return axes to draw into.

    Parameters
    ----------
    ax : matplotlib.axes.Axes, optional
        Axes that are given. A figure of several panels takes their place.
    lines : float
        Height of a new figure in lines of text.
    width : {"column", "wide", "page"}
        Width of a new figure: 90, 140 or 190 mm.
    shape : tuple of int
        Rows and columns of panels.
    widths, heights : sequence of float, optional
        Relative sizes.
    sharex, sharey : bool or {"row", "col"}
        Whether panels share an axis.

    Returns
    -------
    numpy.ndarray of matplotlib.axes.Axes
        Rows by columns.

    Raises
    ------
    ProbstatsError
        If the width is not known, ``ax`` is no Axes, or several panels do not fit into it.
    """
    options: dict[str, Any] = {"sharex": sharex, "sharey": sharey, "squeeze": False}
    if ax is None:
        figure = Figure(figsize=size(lines, width), layout="constrained")
        options |= {"width_ratios": widths, "height_ratios": heights}
        return np.asarray(figure.subplots(*shape, **options))
    if not isinstance(ax, Axes):
        raise ProbstatsError(
            f"ax is a {type(ax).__name__}; give matplotlib Axes, such as plt.gca()"
        )
    if shape == (1, 1):
        return np.array([[ax]])
    return _split(ax, shape, widths, heights, options)


def _split(
    ax: Axes,
    shape: tuple[int, int],
    widths: Sequence[float] | None,
    heights: Sequence[float] | None,
    options: dict[str, Any],
) -> np.ndarray:
    place = ax.get_subplotspec()
    if place is None:
        raise ProbstatsError(
            "this figure has several panels, and ax is not part of a grid that could hold them; "
            "make it by figure.subplots(), or leave ax= out"
        )
    grid = place.subgridspec(*shape, width_ratios=widths, height_ratios=heights)
    ax.remove()
    return np.asarray(grid.subplots(**options))


def size(lines: float, width: str = "page") -> tuple[float, float]:
    """Return width and height of a figure in inches.

    Parameters
    ----------
    lines : float
        Height in lines of text.
    width : {"column", "wide", "page"}
        Width on the page.

    Returns
    -------
    tuple of float
        In inches, as large as the theme makes figures.

    Raises
    ------
    ProbstatsError
        If the width is not known.

    Examples
    --------
    >>> [round(inches / MM) for inches in size(20, "column")]
    [90, 86]
    """
    if width not in WIDTHS:
        raise ProbstatsError(f"width={width!r} is not known; choose one of {', '.join(WIDTHS)}")
    theme = current_theme()
    return WIDTHS[width] * theme.enlarged, lines * LINE * theme.size / 72


def letters(axes_width: float) -> int:
    """Return how many letters fit into a width in inches, in the current theme's size."""
    return max(int(axes_width * 72 / (0.56 * current_theme().size)), 4)


def figure_of(axes: Axes) -> Figure:
    """Return the figure that holds axes, not a part of it."""
    return axes.get_figure(root=True)  # type: ignore[return-value]


__all__ = ["LINE", "MM", "figure_of", "letters", "panels", "size"]
