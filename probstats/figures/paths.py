"""Subjects rated twice: from what to what."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from probstats import display
from probstats.errors import DataError
from probstats.figures.canvas import figure_of, letters, panels
from probstats.figures.drawing import Drawing, drawn
from probstats.figures.labels import fill_edge, wrapped
from probstats.figures.style import Look, current_theme

NODE = 0.035
"""Width of a level's bar, as a share of the axes."""

GAP = 0.04
"""Room between two levels, as a share of all subjects."""


@drawn
def rating_paths(
    pairs: pd.DataFrame,
    before: str = "before",
    after: str = "after",
    *,
    labels: tuple[str, str] | None = None,
    ax: Axes | None = None,
    width: str = "wide",
) -> Drawing:
    """Draw how many subjects went from which rating to which.

    Parameters
    ----------
    pairs : pandas.DataFrame
        One row for each subject, with two ordered categoricals of the same categories. Subjects
        with one of them missing are counted, and not drawn.
    before, after : str
        Their columns.
    labels : tuple of str, optional
        What the two occasions are called; the names of the columns by default.
    ax : matplotlib.axes.Axes, optional
        Axes to draw into.
    width : {"column", "wide", "page"}
        Width of a new figure: 90, 140 or 190 mm.

    Returns
    -------
    Drawing
        Best rating on top, bands as wide as there are subjects, with counts. Subjects are not
        named.

    Raises
    ------
    DataError
        If a column is missing, or the two are not ordered categoricals of the same categories.

    Examples
    --------
    >>> import pandas as pd
    >>> import probstats as ps
    >>> levels = pd.CategoricalDtype(["Inadequate", "Good"], ordered=True)
    >>> simulated = pd.DataFrame(
    ...     {"before": ["Good", "Good", "Inadequate"], "after": ["Good", "Inadequate", "Good"]}
    ... ).astype(levels)
    >>> ps.figures.rating_paths(simulated).data["n"].tolist()
    [1, 1, 1]
    """
    levels = _levels(pairs, before, after)
    known = pairs[[before, after]].dropna()
    counts = known.groupby([before, after], observed=False).size().rename("n").reset_index()
    counts.columns = pd.Index(["before", "after", "n"])
    axes = panels(ax, lines=24, width=width)[0, 0]
    axes.set(xlim=(0, 1), ylim=(-GAP, 1 + GAP), yticks=[])
    axes.set_xticks([NODE / 2, 1 - NODE / 2], list(labels or (before, after)))
    axes.tick_params(length=0)
    axes.spines[["left", "bottom"]].set_visible(False)
    if len(known):
        _draw(axes, counts, levels)
    else:
        axes.text(0.5, 0.5, "no subject with two known ratings", ha="center", va="center")
    drawn_counts = counts[counts["n"] > 0].reset_index(drop=True)
    lost = len(pairs) - len(known)
    words = _alt_text(drawn_counts, len(known), lost, labels or (before, after))
    return Drawing(figure_of(axes), drawn_counts, words)


def _levels(pairs: pd.DataFrame, before: str, after: str) -> list[str]:
    for name in (before, after):
        if name not in pairs:
            raise DataError(f"the data have no column {name!r}")
    first, second = pairs[before].dtype, pairs[after].dtype
    if not (isinstance(first, pd.CategoricalDtype) and first.ordered and first == second):
        raise DataError(
            f"columns {before!r} and {after!r} must be ordered categoricals of the same "
            f"categories; they are {first} and {second}"
        )
    return list(first.categories)


def _draw(axes: Axes, counts: pd.DataFrame, levels: list[str]) -> None:
    looks = dict(zip(levels, current_theme().levels(len(levels)), strict=True))
    left, right = (_bars(counts, side, levels) for side in ("before", "after"))
    unit = left.attrs["unit"]
    starts, ends = left.copy(), right.copy()
    order = {level: number for number, level in enumerate(levels)}
    for row in counts.sort_values(["before", "after"], key=lambda c: c.map(order)).itertuples():
        if row.n:
            thick = row.n * unit
            _band(axes, starts[row.before], ends[row.after], thick, looks[row.before], row.n)
            starts[row.before] += thick
            ends[row.after] += thick
    for side, bars, x in (("before", left, 0.0), ("after", right, 1.0 - NODE)):
        totals = counts.groupby(side, observed=False)["n"].sum()
        for level in (level for level in levels if totals[level]):
            height = totals[level] * unit
            _node(axes, x, bars[level], height, looks[level])
            _name(axes, x, bars[level] + height / 2, f"{level} ({totals[level]})")


def _bars(counts: pd.DataFrame, side: str, levels: list[str]) -> pd.Series:
    """Return the lower end of each level's bar, worst at the bottom, and the height of one."""
    totals = counts.groupby(side, observed=False)["n"].sum().reindex(levels)
    gaps = max(int((totals > 0).sum()) - 1, 0)
    unit = (1 - GAP * (len(levels) - 1)) / totals.sum()
    at, found = GAP * (len(levels) - 1 - gaps) / 2, {}
    for level in levels:
        found[level] = at
        at += totals[level] * unit + GAP * (totals[level] > 0)
    bars = pd.Series(found)
    bars.attrs["unit"] = unit
    return bars


def _band(axes: Axes, start: float, end: float, thick: float, look: Look, n: int) -> None:
    step = np.linspace(0, 1, 60)
    ease = 3 * step**2 - 2 * step**3
    low = start + (end - start) * ease
    x = NODE + (1 - 2 * NODE) * step
    axes.fill_between(x, low, low + thick, facecolor=look.colour, alpha=0.45, hatch=look.hatch,
                      edgecolor=fill_edge(current_theme()), linewidth=0.4)  # fmt: skip
    axes.text(NODE + 0.02, start + thick / 2, f"{n}", va="center", ha="left",
              size=current_theme().small, bbox=current_theme().halo)  # fmt: skip


def _node(axes: Axes, x: float, low: float, height: float, look: Look) -> None:
    axes.bar(x, height, NODE, low, align="edge", facecolor=look.colour, hatch=look.hatch,
             edgecolor=fill_edge(current_theme()), linewidth=0.5)  # fmt: skip


def _name(axes: Axes, x: float, y: float, words: str) -> None:
    left = x == 0.0
    room = letters(0.2 * figure_of(axes).get_figwidth())
    axes.annotate(wrapped(words, max(room, 14)), (x if left else 1.0, y), va="center",
                  xytext=(-5 if left else 5, 0), ha="right" if left else "left",
                  textcoords="offset points", annotation_clip=False)  # fmt: skip


def _alt_text(counts: pd.DataFrame, known: int, lost: int, labels: tuple[str, str]) -> str:
    words = [
        f"{row.n} from {display.named_level(row.before)} to {display.named_level(row.after)}"
        for row in counts.itertuples()
    ]
    number = "One subject" if known == 1 else f"{known} subjects"
    missing = f" {lost} with a rating missing not drawn." if lost else ""
    paths = f": {'; '.join(words)}." if words else "."
    return f"Ratings of subjects rated twice, {labels[0]} and {labels[1]}. {number}{paths}{missing}"
