"""Inspections by standards: what is known, and where nothing is."""

from __future__ import annotations

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Polygon

from probstats.figures.drawing import Drawing
from probstats.figures.style import GREY, HALO, MM, PAGE, PALE, RATING_COLOURS, journal_style

NOT_ASKED = -2
LETTER = 0.0105
"""Width of a letter of a section's name, as a share of the grid's width."""


def rating_grid(panel: pd.DataFrame, standards: dict[str, str]) -> Drawing:
    """Draw a heat map of ratings, standards by inspections, with gaps visible as gaps.

    Parameters
    ----------
    panel : pandas.DataFrame
        One row for each inspection and standard: ``inspection_id``, ``section`` (in the order to
        draw), ``standard``, ``rating_low``, ``rating_high``, ``rating_status``.
    standards : dict of str
        Names of the standards to draw, in order, by identifier.

    Returns
    -------
    Drawing
        Full page width. Inspections are not named: within a section they are ordered by
        standards asked, overall rating, and how much is known. A cell with two colours is known
        to be one of the two.
    """
    low, high = _codes(panel, standards, "rating_low"), _codes(panel, standards, "rating_high")
    sections = panel.drop_duplicates("inspection_id").set_index("inspection_id")["section"]
    order = _order(low, sections)
    low, high = low[order], high[order]
    with journal_style():
        figure = Figure(figsize=(PAGE, (26 + 4.6 * len(standards)) * MM), layout="constrained")
        axes = figure.subplots()
        _draw_cells(axes, low, high)
        axes.set_yticks(np.arange(len(low)) + 0.5, list(standards.values()), rotation=0)
        _name_sections(axes, sections.loc[order])
        _draw_legend(figure)
    return Drawing(figure, _tidy(panel, standards, order), _alt_text(low, standards))


def _codes(panel: pd.DataFrame, standards: dict[str, str], column: str) -> pd.DataFrame:
    """Return rating codes, standards by inspections: -1 where not seen, -2 where not asked."""
    coded = panel.assign(code=panel[column].cat.codes)
    grid = coded.pivot(index="standard", columns="inspection_id", values="code")
    return grid.reindex(list(standards)).fillna(NOT_ASKED).astype(int)


def _order(low: pd.DataFrame, sections: pd.Series) -> list[str]:
    keys = pd.DataFrame(
        {
            "section": pd.Categorical(sections, sections.unique(), ordered=True),
            "not_asked": (low == NOT_ASKED).sum().reindex(sections.index),
            "overall": low.iloc[0].reindex(sections.index),
            "known": -(low >= 0).sum().reindex(sections.index),
        },
        index=sections.index,
    )
    return list(keys.sort_values(["section", "not_asked", "overall", "known"], kind="stable").index)


def _draw_cells(axes: Axes, low: pd.DataFrame, high: pd.DataFrame) -> None:
    colours = ["white", PALE, *RATING_COLOURS.values()]
    sns.heatmap(
        low, ax=axes, cmap=ListedColormap(colours), vmin=NOT_ASKED - 0.5, vmax=3.5, cbar=False,
        linewidths=0.4, linecolor="white", xticklabels=False,
    )  # fmt: skip
    for row, column in zip(*np.nonzero((low != high).to_numpy()), strict=True):
        colour = list(RATING_COLOURS.values())[high.iloc[row, column]]
        corners = [(column, row), (column + 1, row), (column + 1, row + 1)]
        axes.add_patch(Polygon(corners, color=colour, linewidth=0))
    axes.set(xlabel="", ylabel="")
    axes.tick_params(length=0)


def _name_sections(axes: Axes, sections: pd.Series) -> None:
    """Name sections above the grid, on as many lines as keep the names apart."""
    ends: list[float] = []
    start = 0
    for section, size in sections.value_counts(sort=False).items():
        label = f"{section} ({size})"
        line = next((n for n, end in enumerate(ends) if start > end), len(ends))
        ends[line : line + 1] = [start + len(label) * LETTER * len(sections)]
        axes.text(start + 0.5, -0.2 - 0.75 * line, label, ha="left", va="bottom", fontsize=7,
                  bbox=HALO, zorder=5)  # fmt: skip
        axes.plot([start, start], [len(axes.get_yticks()), -0.75 * (line + 1)], color=GREY,
                  linewidth=0.7, clip_on=False)  # fmt: skip
        start += size


def _draw_legend(figure: Figure) -> None:
    handles = [Patch(color=colour, label=name) for name, colour in RATING_COLOURS.items()]
    handles.append(Patch(facecolor=PALE, label="rated, not seen"))
    handles.append(Patch(facecolor="white", edgecolor=GREY, label="not in its standards"))
    figure.legend(handles=handles, loc="outside lower left", ncols=6, frameon=False,
                  handlelength=1.2, handleheight=1.0, columnspacing=1.2)  # fmt: skip


def _tidy(panel: pd.DataFrame, standards: dict[str, str], order: list[str]) -> pd.DataFrame:
    """Return what is drawn, by place in the figure and without the names of areas."""
    place = {inspection: number for number, inspection in enumerate(order, start=1)}
    drawn = panel[panel["standard"].isin(list(standards))]
    columns = ["section", "place", "standard", "rating_low", "rating_high", "rating_status"]
    return drawn.assign(place=drawn["inspection_id"].map(place))[columns].sort_values(
        ["place", "standard"]
    )


def _alt_text(low: pd.DataFrame, standards: dict[str, str]) -> str:
    known = (low >= 0).sum(axis=1)
    asked = (low > NOT_ASKED).sum(axis=1)
    counts = ", ".join(f"{standards[name]} {known[name]} of {asked[name]}" for name in standards)
    return (
        f"Grid of {low.shape[1]} inspections by {low.shape[0]} standards, coloured by rating. "
        f"Below the first row {known.iloc[1:].sum()} of {asked.iloc[1:].sum()} cells are known. "
        f"Ratings known by standard: {counts}."
    )
