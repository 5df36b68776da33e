"""Names that fit: wrapped, in rows, under headings, at the ends of lines, in keys."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from probstats import display
from probstats.figures.canvas import figure_of, letters
from probstats.figures.colours import legible
from probstats.figures.style import Look, Theme, current_theme

SHARE = 0.36
"""Share of a figure's width that names of rows may take."""


def wrapped(name: object, width: int) -> str:
    r"""Return a name on as many lines as it needs; words longer than a line are broken.

    Examples
    --------
    >>> wrapped("Kent, Surrey and Sussex", 14)
    'Kent, Surrey\nand Sussex'
    """
    return "\n".join(textwrap.wrap(str(name), width, break_on_hyphens=False)) or " "


def sample_size(n: float) -> str:
    """Return a count of rows in brackets, which no line break divides.

    Examples
    --------
    >>> sample_size(1681).replace(display.NO_BREAK, " ")
    '(n = 1,681)'
    """
    return f"(n = {display.number(n, 0)})".replace(" ", display.NO_BREAK)


@dataclass(frozen=True)
class RowNames:
    """Names of rows from top to bottom, and where rows and headings stand.

    Attributes
    ----------
    names : list of str
        Wrapped.
    places : numpy.ndarray
        Centre of each row, in lines of text from the top.
    headings : dict
        Place of each heading by its name.
    lines : float
        Height of all, in lines of text.
    """

    names: list[str]
    places: np.ndarray
    headings: dict[str, float]
    lines: float


def arrange(
    names: Sequence[object],
    groups: Sequence[object] | None = None,
    *,
    width: int = 44,
    spacing: float = 1.35,
) -> RowNames:
    """Return where rows stand, with room for headings and for names on several lines.

    Parameters
    ----------
    names : sequence
        One for each row, from top to bottom.
    groups : sequence, optional
        Heading of each row; rows of one heading are next to each other.
    width : int
        Letters on a line.
    spacing : float
        Lines from a row to the next.

    Returns
    -------
    RowNames
        The arrangement.

    Examples
    --------
    >>> arrange(["a", "b"], ["first", "second"]).headings
    {'first': 0.675, 'second': 3.375}
    """
    lines, places, headings, at, before = [wrapped(n, width) for n in names], [], {}, 0.0, None
    for number, name in enumerate(lines):
        group = None if groups is None else groups[number]
        if group is not None and group != before:
            heading = wrapped(group, width)
            height = spacing + heading.count("\n")
            headings[heading] = at + height / 2
            at += height
            before = group
        height = spacing + name.count("\n")
        places.append(at + height / 2)
        at += height
    return RowNames(lines, np.array(places), headings, at)


def name_rows(axes: Axes, rows: RowNames) -> None:
    """Write names of rows and headings at the left of axes whose y axis is in lines of text."""
    axes.set_yticks(rows.places, rows.names)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.set_ylim(rows.lines + 0.2, -0.2)
    for heading, place in rows.headings.items():
        axes.annotate(
            heading, (0, place), xycoords=("axes fraction", "data"), xytext=(2, 0), va="center",
            textcoords="offset points", fontweight="bold", bbox=current_theme().halo, zorder=5,
        ).set_in_layout(False)  # fmt: skip


def beside_rows(axes: Axes, places: Iterable[float], words: Iterable[str]) -> None:
    """Write words at the right of rows."""
    for place, text in zip(places, words, strict=True):
        axes.annotate(
            text, (1, place), xycoords=("axes fraction", "data"), xytext=(7, 0), va="center",
            textcoords="offset points", annotation_clip=False,
        )  # fmt: skip


def row_letters(width_inches: float) -> int:
    """Return how many letters a name of a row may have on a line."""
    return letters(SHARE * width_inches)


def name_columns(axes: Axes, sections: pd.Series) -> None:
    """Name runs of columns above a grid, on as many lines as keep the names apart.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        With columns one unit wide, the first from 0 to 1.
    sections : pandas.Series
        Section of each column, in their order.
    """
    theme = current_theme()
    total = len(sections)
    letter = total / letters((1 - SHARE) * figure_of(axes).get_figwidth())
    taken: list[float] = []
    start = 0
    for section, count in sections.value_counts(sort=False).items():
        label = f"{section} ({count})"
        length = len(label) * letter
        late = start + length > total and length < start + count
        left = start + count - length if late else start
        line = next((n for n, end in enumerate(taken) if left > end), len(taken))
        taken[line : line + 1] = [left + length]
        top, rise = ("data", "axes fraction"), 1.5 * theme.small
        axes.annotate(f" {label} ", (start + count if late else start, 1), xycoords=top,
                      xytext=(0, 3 + rise * line), textcoords="offset points", size=theme.small,
                      ha="right" if late else "left", va="bottom", bbox=theme.halo,
                      zorder=5)  # fmt: skip
        rule = {"arrowstyle": "-", "color": theme.muted, "linewidth": 0.7, "shrinkA": 0,
                "shrinkB": 0}  # fmt: skip
        axes.axvline(start, color=theme.muted, linewidth=0.7, clip_on=False)
        axes.annotate("", (start, 1), xycoords=top, xytext=(0, 3 + rise * (line + (not late))),
                      textcoords="offset points", arrowprops=rule, zorder=6)  # fmt: skip
        start += count


def key(
    axes: Axes,
    looks: dict[str, Look],
    *,
    kind: str = "fill",
    columns: int = 6,
    below: bool = False,
    blank: str | None = None,
    extra: Sequence[Artist] = (),
) -> None:
    """Explain looks above axes, or below.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Where to; the key stands above.
    looks : dict of Look
        By name.
    kind : {"fill", "mark", "line"}
        What is explained.
    columns : int
        Most names side by side; fewer where they are long.
    below : bool
        Whether the key stands below the axes.
    blank : str, optional
        What it means where nothing is drawn.
    extra : sequence of matplotlib.artist.Artist
        Further samples, with labels.
    """
    if not looks:
        return
    handles = [*(handle(name, look, kind) for name, look in looks.items()), *extra]
    if blank is not None:
        handles.append(Patch(facecolor="none", edgecolor="none", label=f"blank: {blank}"))
    room = letters((1 - SHARE) * figure_of(axes).get_figwidth())
    axes.legend(
        handles=handles, loc="upper left" if below else "lower left",
        bbox_to_anchor=(0.0, 0.0 if below else 1.0), borderaxespad=0.3,
        ncols=_columns([str(h.get_label()) for h in handles], room, columns), handlelength=1.4,
        handleheight=1.0, columnspacing=1.2,
    )  # fmt: skip


def _columns(names: list[str], room: int, most: int) -> int:
    """Return how many columns of a key fit side by side; a column is filled before the next."""
    for number in range(min(most, len(names)), 1, -1):
        deep = -(-len(names) // number)
        widths = [max(map(len, names[at : at + deep])) for at in range(0, len(names), deep)]
        if sum(widths) + 5 * len(widths) <= room:
            return number
    return 1


def handle(name: str, look: Look, kind: str) -> Artist:
    """Return a sample of a look for a key."""
    theme = current_theme()
    if kind == "fill":
        return Patch(facecolor=look.colour, edgecolor=fill_edge(theme), hatch=look.hatch,
                     label=name, linewidth=0.5)  # fmt: skip
    line: Any = "-" if kind == "line" else ""
    return Line2D([], [], color=look.colour, marker=look.marker, linestyle=line, label=name,
                  markeredgecolor=mark_edge(theme, look),
                  markersize=4 * theme.enlarged)  # fmt: skip


def fill_edge(theme: Theme) -> str:
    """Return the colour around fills of a key."""
    return theme.muted if theme.edge == theme.ground else theme.edge


def mark_edge(theme: Theme, look: Look) -> str:
    """Return the colour around a mark, so that a white one is seen on white."""
    if look.colour == theme.ground:
        return theme.ink
    return theme.edge if theme.edge != theme.ground else look.colour


def at_line_ends(axes: Axes, ends: pd.DataFrame, *, gap: float = 1.15) -> None:
    """Write the names of lines at their right ends, moved apart where they would overlap.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        With its final limits.
    ends : pandas.DataFrame
        ``name``, ``x``, ``y`` and ``colour`` of each line.
    gap : float
        Lines of text between two names.
    """
    theme = current_theme()
    figure = figure_of(axes)
    height = axes.get_position().height * figure.get_figheight() * 72
    y = axes.transData.transform(ends[["x", "y"]].astype(float))[:, 1]
    box = axes.get_window_extent()
    points = (y - box.y0) / max(box.height, 1.0) * height
    order = np.argsort(points, kind="stable")
    moved = spread(points[order], gap * theme.size)
    for row, place, was in zip(ends.iloc[order].itertuples(), moved, points[order], strict=True):
        axes.annotate(
            row.name, (row.x, row.y), xytext=(5, place - was), textcoords="offset points",
            va="center", annotation_clip=False,
            color=legible(row.colour, theme.ground, theme.ink),
        )  # fmt: skip


def spread(places: np.ndarray, gap: float) -> np.ndarray:
    """Return places in order, moved as little as is needed to stand a gap apart.

    Examples
    --------
    >>> spread(np.array([0.0, 0.0, 10.0]), 2.0).tolist()
    [-1.0, 1.0, 10.0]
    """
    from scipy.optimize import isotonic_regression

    steps = gap * np.arange(len(places))
    return np.asarray(isotonic_regression(places - steps).x) + steps if len(places) else places
