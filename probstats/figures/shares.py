"""Ratings by group as stacked or diverging shares."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from probstats import display
from probstats.errors import DataError
from probstats.figures.canvas import figure_of, letters, panels, size
from probstats.figures.drawing import Drawing, drawn
from probstats.figures.intervals import interval_rows
from probstats.figures.labels import (
    SHARE,
    RowNames,
    arrange,
    key,
    name_rows,
    row_letters,
    sample_size,
    wrapped,
)
from probstats.figures.stacks import stacked_bars
from probstats.figures.style import current_theme


@drawn
def rating_shares(
    shares: pd.DataFrame,
    better: pd.DataFrame | None = None,
    better_name: str | None = None,
    *,
    diverging: bool = False,
    ax: Axes | None = None,
    width: str = "page",
) -> Drawing:
    """Draw shares of ratings as bars with counts, beside the share of better ones with intervals.

    Parameters
    ----------
    shares : pandas.DataFrame
        ``group``, in the order to draw, ``rating``, an ordered categorical or in its order,
        ``n``, ``total`` and ``share``, and ``section`` where groups have headings; what
        ``tables.rating_shares`` returns, with groups named for readers.
    better : pandas.DataFrame, optional
        ``group``, ``share``, ``low`` and ``high``, and ``section`` where the shares have it; what
        ``tables.at_least_shares`` returns, with the same groups. It is drawn in a panel beside.
    better_name : str, optional
        What the better ratings are called, such as ``"Good or Outstanding"``.
    diverging : bool
        Whether bars are aligned between the lower and the upper half of the levels; of an odd
        number of them, at the middle of the middle one.
    ax : matplotlib.axes.Axes, optional
        Axes to draw into.
    width : {"column", "wide", "page"}
        Width of a new figure: 90, 140 or 190 mm.

    Returns
    -------
    Drawing
        The bars carry counts, the panel beside them intervals.

    Raises
    ------
    DataError
        If there are no shares.

    Examples
    --------
    >>> import probstats as ps
    >>> wide = ps.load_panel("wide")
    >>> shares = ps.tables.rating_shares(wide, "provider_type", rating="rating_overall")
    >>> drawing = ps.figures.rating_shares(shares.rename(columns={"provider_type": "group"}))
    >>> drawing.alt_text[:40]
    'Stacked bars of ratings by group. crc, 2'
    """
    if not len(shares):
        raise DataError("there are no shares to draw; every group is empty")
    keys = ["section", "group"] if "section" in shares else ["group"]
    groups = shares.drop_duplicates(keys)[[*keys, "total"]].reset_index(drop=True)
    rows = _named(groups, width)
    shape, widths = ((1, 2), [2.4, 1.0]) if better is not None else ((1, 1), None)
    axes = panels(ax, lines=rows.lines + 5.6, width=width, shape=shape, widths=widths, sharey="row")
    _draw_bars(axes[0, 0], rows, shares, keys, groups, diverging=diverging)
    if better is not None:
        _wrap_label(axes[0, 0], 0.57 * (1 - SHARE), width)
        _let_key_reach_over(axes[0, 0])
        _draw_better(axes[0, 1], rows, groups.merge(better, on=keys, how="left"), better_name)
        _wrap_label(axes[0, 1], 0.41 * (1 - SHARE), width)
    name_rows(axes[0, 0], rows)
    data = (
        shares
        if better is None
        else shares.merge(
            better[[*keys, "share", "low", "high"]], on=keys, suffixes=("", "_better")
        )
    )
    return Drawing(figure_of(axes[0, 0]), data, _alt_text(shares, groups, keys))


def _named(groups: pd.DataFrame, width: str) -> RowNames:
    names = [f"{row.group} {sample_size(row.total)}" for row in groups.itertuples()]
    headings = groups["section"].tolist() if "section" in groups else None
    return arrange(names, headings, width=row_letters(size(1, width)[0]), spacing=1.6)


def _draw_bars(
    axes: Axes, rows: RowNames, shares: pd.DataFrame, keys: list[str], groups: pd.DataFrame, *,
    diverging: bool,
) -> None:  # fmt: skip
    levels = (
        list(pd.unique(shares["rating"].sort_values()))
        if _ordered(shares)
        else list(pd.unique(shares["rating"]))
    )
    looks = current_theme().levels(len(levels))
    wide: Any = shares.astype({"rating": object}).set_index([*keys, "rating"])[["share", "n"]]
    wide = wide.unstack("rating").reindex(groups.set_index(keys).index)
    centre = len(levels) / 2 if diverging else None
    counts = wide["n"][levels].map(lambda n: f"{n:,.0f}" if n else "")
    stacked_bars(axes, rows.places, wide["share"][levels].fillna(0.0), looks, labels=counts,
                 centre=centre)  # fmt: skip
    axes.set(xlim=(-1.02, 1.02) if diverging else (0, 1), xlabel="Share (counts in the bars)")
    axes.xaxis.set_major_formatter(lambda value, _: display.percent(abs(value)))
    if diverging:
        axes.axvline(0.0, color=current_theme().muted, linewidth=0.8)
    key(axes, dict(zip(map(str, levels), looks, strict=True)))


def _ordered(shares: pd.DataFrame) -> bool:
    return isinstance(shares["rating"].dtype, pd.CategoricalDtype)


def _draw_better(axes: Axes, rows: RowNames, points: pd.DataFrame, name: str | None) -> None:
    drawn = points.rename(columns={"share_y": "share"}).assign(estimate=lambda d: d["share"])
    interval_rows(axes, drawn, rows.places, (-0.04, 1.04))
    room = letters(0.3 * (1 - SHARE) * figure_of(axes).get_figwidth())
    axes.set(xlim=(-0.04, 1.04), xticks=[0, 0.5, 1] if room > 12 else [0, 1])
    interval = display.interval_name(points).replace(" ", display.NO_BREAK)
    axes.set_xlabel(f"Rated {name or 'better'}\n({interval})")
    axes.xaxis.set_major_formatter(lambda value, _: display.percent(value))
    axes.grid(axis="x")
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", left=False)


def _let_key_reach_over(axes: Axes) -> None:
    """Leave room for the height of the key, and not for its width, above the next panel."""
    legend: Any = axes.get_legend()
    legend.set_in_layout(False)
    lines = -(-len(legend.get_texts()) // legend._ncols)
    above = (1.5 * lines + 0.9) * current_theme().size
    axes.annotate(" ", (0, 1), xycoords="axes fraction", xytext=(0, above), va="top",
                  textcoords="offset points")  # fmt: skip


def _wrap_label(axes: Axes, share: float, width: str) -> None:
    """Break the label of a panel that has a share of the figure's width."""
    room = letters(share * size(1, width)[0])
    lines = axes.get_xlabel().split("\n")
    axes.set_xlabel("\n".join(wrapped(line, room) for line in lines))


def _alt_text(shares: pd.DataFrame, groups: pd.DataFrame, keys: list[str]) -> str:
    sentences = []
    for row in groups.to_dict("records"):
        mine = np.logical_and.reduce([shares[name] == row[name] for name in keys])
        counts = [f"{r.n:,.0f} {_in_words(r.rating)}" for r in shares[mine].itertuples() if r.n]
        named = ", ".join(str(row[name]) for name in keys)
        sentences.append(f"{named}, {row['total']:,.0f} rated: {', '.join(counts) or 'none'}.")
    return "Stacked bars of ratings by group. " + " ".join(sentences)


def _in_words(rating: object) -> str:
    """Return a level so that a count before it is not read as one number with it."""
    name = str(rating)
    return name if name[:1].isalpha() else f"rated {name}"
