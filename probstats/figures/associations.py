"""Association of ordinal outcomes: correlations, and tables with their residuals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from probstats import display
from probstats.errors import ModelError
from probstats.figures.canvas import figure_of, letters, panels, size
from probstats.figures.drawing import Drawing, drawn
from probstats.figures.intervals import interval_plot, said
from probstats.figures.labels import key, row_letters, wrapped
from probstats.figures.style import Look, current_theme

STRONG = 2.0
"""Adjusted residual from which on a cell is marked."""


@drawn
def association(
    result: Any,
    *,
    names: dict[str, str] | None = None,
    ax: Axes | None = None,
    width: str = "wide",
) -> Drawing:
    """Draw polychoric correlations with their intervals, or a table of two outcomes.

    Parameters
    ----------
    result : PolychoricCorrelations or CrossTable
        What ``polychoric`` or ``cross_table`` returns.
    names : dict of str, optional
        Outcomes in words.
    ax : matplotlib.axes.Axes, optional
        Axes to draw into.
    width : {"column", "wide", "page"}
        Width of a new figure: 90, 140 or 190 mm.

    Returns
    -------
    Drawing
        Correlations are rows of an interval plot. A table has discs whose areas are counts, filled
        where there are more than independence lets expect, open where there are not; where the
        adjusted residual is beyond 2 or −2 the disc is heavy and the count bold, also that of an
        empty cell. Suppressed counts are "few".

    Raises
    ------
    ModelError
        If ``result`` is neither.

    Examples
    --------
    >>> import pandas as pd
    >>> import probstats as ps
    >>> simulated = pd.DataFrame({"lead": [1, 1, 2, 2, 3, 3, 1, 3] * 5,
    ...                           "plan": [1, 2, 2, 1, 3, 2, 1, 3] * 5})
    >>> ps.figures.association(ps.polychoric(simulated)).data["estimate"].round(2).tolist()
    [0.87]
    """
    named = names or {}
    if hasattr(result, "correlation"):
        return _correlations(result, named, ax, width)
    if hasattr(result, "adjusted"):
        return _table(result, named, ax, width)
    raise ModelError(
        f"association draws what polychoric or cross_table returns, not a {type(result).__name__}"
    )


def _correlations(result: Any, names: dict[str, str], ax: Axes | None, width: str) -> Drawing:
    table = result.table
    pairs = [
        f"{names.get(first, first)} and {names.get(second, second)}"
        for first, second in zip(table["first"], table["second"], strict=True)
    ]
    rows = pd.DataFrame(
        {"name": pairs, "estimate": table["estimate"].to_numpy(),
         "low": table["conf_low"].to_numpy(), "high": table["conf_high"].to_numpy()}
    )  # fmt: skip
    axes = interval_plot(
        rows, label=f"Polychoric correlation ({100 * result.level:g}% interval)",
        words=display.number, ax=ax, width=width,
    )  # fmt: skip
    axes.set_xlim(-1.05, 1.05)
    sentences = [
        f"{row.name}: {said(row, display.number)}, n = {n}."
        for row, n in zip(rows.itertuples(), table["n"], strict=True)
    ]
    return Drawing(figure_of(axes), table, "Polychoric correlations. " + " ".join(sentences))


def _table(result: Any, names: dict[str, str], ax: Axes | None, width: str) -> Drawing:
    counts = result.counts.loc[result.adjusted.index, result.adjusted.columns]
    rows, columns = counts.shape
    axes = panels(ax, lines=8.5 + 2.6 * rows, width=width)[0, 0]
    axes.set(xlim=(-0.5, columns - 0.5), ylim=(rows - 0.5, -0.5))
    _discs(axes, counts, result.adjusted)
    _key(axes)
    room = letters(0.6 * size(1, width)[0] / columns)
    axes.set_xticks(range(columns), [wrapped(name, max(room, 4)) for name in counts.columns])
    left = row_letters(size(1, width)[0])
    axes.set_yticks(range(rows), [wrapped(name, left) for name in counts.index])
    axes.tick_params(length=0)
    axes.spines[["left", "bottom"]].set_visible(False)
    for axis, name in ((axes.xaxis, counts.columns.name), (axes.yaxis, counts.index.name)):
        axis.set_label_text(str(names.get(name, name)))
    data = result.summary_frame()
    return Drawing(figure_of(axes), data, _table_in_words(result, counts, names))


def _key(axes: Axes) -> None:
    theme = current_theme()
    heavy = Line2D([], [], marker="o", linestyle="", markerfacecolor=theme.ground,
                   markeredgecolor=theme.accent, markeredgewidth=2.0,
                   label=f"adjusted residual beyond {STRONG:g} (bold)")  # fmt: skip
    looks = {"more than expected": theme.series[0], "not more": Look(theme.ground)}
    key(axes, looks, kind="mark", extra=[heavy])


def _discs(axes: Axes, counts: pd.DataFrame, adjusted: pd.DataFrame) -> None:
    theme = current_theme()
    most = max(float(np.nanmax(counts.to_numpy(dtype=float), initial=1.0)), 1.0)
    largest = 2.2 * theme.size
    for (row, column), count in np.ndenumerate(counts.to_numpy(dtype=float)):
        if np.isnan(count):
            axes.text(column, row, "few", ha="center", va="center", color=theme.muted)
            continue
        residual = adjusted.to_numpy(dtype=float)[row, column]
        heavy = np.isfinite(residual) and abs(residual) > STRONG
        if count:
            axes.plot(
                column, row, "o", markersize=largest * np.sqrt(count / most),
                markerfacecolor=theme.accent if residual > 0 else theme.ground,
                markeredgecolor=theme.accent, markeredgewidth=2.0 if heavy else 0.7,
            )  # fmt: skip
        axes.annotate(f"{count:,.0f}", (column, row), xytext=(0.75 * largest, 0), va="center",
                      textcoords="offset points",
                      fontweight="bold" if heavy else "normal")  # fmt: skip


def _table_in_words(result: Any, counts: pd.DataFrame, names: dict[str, str]) -> str:
    sentences = []
    for level, row in counts.iterrows():
        cells = ", ".join(
            f"{display.named_level(name)} {'few' if np.isnan(count) else format(count, ',.0f')}"
            for name, count in row.items()
        )
        sentences.append(f"{display.named_level(level)}: {cells}.")
    first, second = (str(names.get(n, n)) for n in (counts.index.name, counts.columns.name))
    opening = f"{first} by {second}, {result.n} rows."
    opening = opening[:1].upper() + opening[1:]
    return " ".join([opening, *sentences, *_strong_in_words(result.adjusted, counts)])


def _strong_in_words(adjusted: pd.DataFrame, counts: pd.DataFrame) -> list[str]:
    """Return a sentence for cells with more, and one for those with fewer rows than expected."""
    values = adjusted.where(counts.notna()).to_numpy(dtype=float)
    sentences = []
    for word, strong in (("more", values > STRONG), ("fewer", values < -STRONG)):
        named = "; ".join(
            f"{display.named_level(adjusted.index[row])} with "
            f"{display.named_level(adjusted.columns[column])} "
            f"({display.number(values[row, column], 1)})"
            for row, column in np.argwhere(strong)
        )
        if named:
            sentences.append(f"Clearly {word} than expected, by adjusted residuals: {named}.")
    return sentences
