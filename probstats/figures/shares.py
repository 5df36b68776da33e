"""Ratings by group as stacked shares."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from probstats.figures.drawing import Drawing
from probstats.figures.style import INK, MM, NAVY, PAGE, RATING_COLOURS, ink_on, journal_style

NARROWEST_LABEL = 0.03
"""Share below which a count does not fit into its segment."""


def rating_shares(shares: pd.DataFrame, better: pd.DataFrame, better_name: str) -> Drawing:
    """Draw shares of ratings as stacked bars, beside the share of better ratings with intervals.

    Parameters
    ----------
    shares : pandas.DataFrame
        ``section`` and ``group``, both in the order to draw, ``rating``, ``n``, ``total`` and
        ``share``; what ``tables.rating_shares`` returns, with groups named for readers.
    better : pandas.DataFrame
        ``section``, ``group``, ``share``, ``low`` and ``high``: what ``tables.at_least_shares``
        returns, with the same groups.
    better_name : str
        What the better ratings are called, such as ``"Good or Outstanding"``.

    Returns
    -------
    Drawing
        Full page width. The bars carry counts, the panel beside them intervals.
    """
    groups = shares.drop_duplicates(["section", "group"])[["section", "group", "total"]]
    groups = groups.reset_index(drop=True).assign(place=_places)
    drawn = shares.merge(groups[["section", "group", "place"]])
    points = better.merge(groups[["section", "group", "place"]])
    with journal_style():
        figure = Figure(
            figsize=(PAGE, (24 + 6.0 * groups["place"].max()) * MM), layout="constrained"
        )
        left, right = figure.subplots(1, 2, sharey=True, width_ratios=[2.4, 1])
        _draw_bars(left, drawn)
        _draw_intervals(right, points, better_name)
        _name_groups(left, groups)
        _draw_legend(figure)
    data = shares.merge(better[["section", "group", "share", "low", "high"]],
                        on=["section", "group"], suffixes=("", "_better"))  # fmt: skip
    return Drawing(figure, data, _alt_text(shares, groups))


def _places(groups: pd.DataFrame) -> pd.Series:
    """Return the height of each bar: one step for each, and room for the name of a section."""
    new_section = groups["section"] != groups["section"].shift()
    return pd.Series(range(len(groups))) + 1.0 * new_section.cumsum()


def _draw_bars(axes: Axes, drawn: pd.DataFrame) -> None:
    start = drawn.groupby("place")["share"].cumsum() - drawn["share"]
    colours = drawn["rating"].astype(str).map(RATING_COLOURS)
    axes.barh(drawn["place"], drawn["share"], left=start, height=0.76, color=colours,
              edgecolor="white", linewidth=0.8)  # fmt: skip
    for row, x, colour in zip(drawn.itertuples(), start + drawn["share"] / 2, colours, strict=True):
        if row.share >= NARROWEST_LABEL:
            axes.text(x, row.place, f"{row.n}", ha="center", va="center", color=ink_on(colour))
    axes.set(xlim=(0, 1), xlabel="Share of rated inspections (counts in the bars)")
    axes.xaxis.set_major_formatter(_percent)


def _percent(value: float, _position: float) -> str:
    return f"{100 * value:.0f}%"


def _draw_intervals(axes: Axes, points: pd.DataFrame, better_name: str) -> None:
    below, above = points["share"] - points["low"], points["high"] - points["share"]
    axes.errorbar(points["share"], points["place"], xerr=[below, above], fmt="o", markersize=3.5,
                  color=NAVY, capsize=0)  # fmt: skip
    axes.set(xlim=(-0.03, 1.03), xlabel=f"Rated {better_name}\n(95% interval)")
    axes.xaxis.set_major_formatter(_percent)
    axes.xaxis.set_ticks([0, 0.5, 1])
    axes.grid(axis="x", linewidth=0.3)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", left=False)


def _name_groups(axes: Axes, groups: pd.DataFrame) -> None:
    labels = [f"{row.group} (n = {row.total})" for row in groups.itertuples()]
    axes.set_yticks(groups["place"], labels)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(groups["place"].max() + 0.6, groups["place"].min() - 1.4)
    for section, place in groups.groupby("section", sort=False)["place"].min().items():
        axes.annotate(str(section), (0, place - 0.85), xycoords=("axes fraction", "data"),
                      ha="left", va="center", fontweight="bold", color=INK)  # fmt: skip


def _draw_legend(figure: Figure) -> None:
    handles = [Patch(color=colour, label=name) for name, colour in RATING_COLOURS.items()]
    figure.legend(handles=handles, loc="outside upper left", ncols=4, frameon=False,
                  handlelength=1.2, handleheight=1.0)  # fmt: skip


def _alt_text(shares: pd.DataFrame, groups: pd.DataFrame) -> str:
    sentences = []
    for row in groups.itertuples():
        rows = shares[(shares["section"] == row.section) & (shares["group"] == row.group)]
        counts = ", ".join(f"{r.n} {r.rating}" for r in rows.itertuples() if r.n)
        sentences.append(f"{row.section}, {row.group}, {row.total} rated: {counts}.")
    return "Stacked bars of inspection ratings by group. " + " ".join(sentences)
