"""Inspections by standards: what is known, and where nothing is."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from probstats.data.scale import RATINGS
from probstats.figures.canvas import figure_of, panels
from probstats.figures.cells import draw_cells
from probstats.figures.drawing import Drawing, drawn
from probstats.figures.labels import key, name_columns, wrapped
from probstats.figures.style import Look, current_theme

NOT_ASKED, NOT_SEEN = -2, -1


@drawn
def rating_grid(
    panel: pd.DataFrame,
    standards: dict[str, str],
    *,
    ax: Axes | None = None,
    width: str = "page",
) -> Drawing:
    """Draw a grid of ratings, standards by inspections, with gaps visible as gaps.

    Parameters
    ----------
    panel : pandas.DataFrame
        One row for each inspection and standard: ``inspection_id``, ``section`` (in the order to
        draw), ``standard``, ``rating_low``, ``rating_high``, ``rating_status``.
    standards : dict of str
        Names of the standards to draw, in order, by identifier.
    ax : matplotlib.axes.Axes, optional
        Axes to draw into.
    width : {"column", "wide", "page"}
        Width of a new figure: 90, 140 or 190 mm.

    Returns
    -------
    Drawing
        Inspections are not named: within a section they are ordered by standards asked, overall
        rating, and how much is known. A cell with two colours is known to be one of the two, and
        there is none where a standard was not asked.

    Examples
    --------
    >>> import probstats as ps
    >>> panel = ps.load_panel().assign(section=lambda d: d["provider_type"])
    >>> drawing = ps.figures.rating_grid(panel, {"overall": "Overall", "planning": "Planning"})
    >>> drawing.data.columns.tolist()[:3]
    ['section', 'place', 'standard']
    """
    low, high = _codes(panel, standards, "rating_low"), _codes(panel, standards, "rating_high")
    sections = panel.drop_duplicates("inspection_id").set_index("inspection_id")["section"]
    order = _order(low, sections)
    low, high = low[order], high[order]
    sections = sections.loc[order]
    axes = panels(ax, lines=8.0 + 1.7 * len(standards), width=width)[0, 0]
    looks = _looks()
    draw_cells(axes, low, {code: look for code, (_, look) in looks.items()}, high)
    axes.set_yticks(np.arange(len(low)) + 0.5, [wrapped(s, 26) for s in standards.values()])
    axes.set_xticks([])
    name_columns(axes, sections)
    key(axes, dict(looks.values()), columns=5, below=True, blank="not in its standards")
    return Drawing(figure_of(axes), _tidy(panel, standards, order), _alt_text(low, standards))


def _looks() -> dict[int, tuple[str, Look]]:
    theme = current_theme()
    looks = {code: (name, theme.rating(name)) for code, name in enumerate(RATINGS)}
    return looks | {NOT_SEEN: ("rated, not seen", theme.unknown)}


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
