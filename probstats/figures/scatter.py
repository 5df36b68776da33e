"""Staffing against ratings: the raw data, every point, each as it was printed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from probstats import display
from probstats.errors import DataError
from probstats.figures.canvas import figure_of, panels, size
from probstats.figures.drawing import Drawing, drawn
from probstats.figures.labels import arrange, key, mark_edge, name_rows, row_letters, sample_size
from probstats.figures.style import Look, current_theme

ROW = 3.4
"""Lines of text from a rating to the next."""

MANY = 12
"""Figures of one rating from which on the words give a summary of them."""

PRINTED = {
    "exact": "printed as exact",
    "about": "printed as “about”",
    "at least": "printed as “at least”",
    "at most": "printed as “at most”",
}


@drawn
def staffing_against_rating(
    data: pd.DataFrame,
    measure: str,
    rating: str | tuple[str, str] = "rating_overall",
    *,
    qualifier: str | None = None,
    label: str | None = None,
    ax: Axes | None = None,
    width: str = "page",
) -> Drawing:
    """Draw a staffing figure against a rating, one mark for each inspection with both.

    Parameters
    ----------
    data : pandas.DataFrame
        One row for each inspection.
    measure : str
        Column of the figure.
    rating : str or tuple of str
        Column of the rating, an ordered categorical; or the columns of the lowest and the highest
        rating it may be, between which a line is drawn.
    qualifier : str, optional
        Column that says how the figure was printed: exact, about, at least, at most; by default
        the measure's name with ``__qualifier``, where there is such a column.
    label : str, optional
        Name of the measure for readers, with its unit.
    ax : matplotlib.axes.Axes, optional
        Axes to draw into.
    width : {"column", "wide", "page"}
        Width of a new figure: 90, 140 or 190 mm.

    Returns
    -------
    Drawing
        Best rating on top. "About" is an open mark, "at least" and "at most" have an arrow.
        Inspections are not named, and no line is fitted.

    Raises
    ------
    DataError
        If a column is missing, or the ratings are no ordered categoricals.

    Examples
    --------
    >>> import probstats as ps
    >>> wide = ps.load_panel("wide")
    >>> drawing = ps.figures.staffing_against_rating(wide, "vacancy_rate_po_percent")
    >>> drawing.data["rating_low"].value_counts().to_dict()["Good"]
    3
    """
    rows = _rows(data, measure, rating, qualifier)
    levels = list(rows["rating_low"].cat.categories)
    names = [
        f"{level} {sample_size((rows['rating_low'] == level).sum())}" for level in levels[::-1]
    ]
    if (rows["rating_low"] != rows["rating_high"]).any():
        names = levels[::-1]
    arranged = arrange(names, width=row_letters(size(1, width)[0]), spacing=ROW)
    axes = panels(ax, lines=arranged.lines + 5.5, width=width)[0, 0]
    place = dict(zip(levels[::-1], arranged.places, strict=True))
    _draw(axes, _placed(rows, place), dict(zip(levels, current_theme().levels(len(levels)),
                                               strict=True)))  # fmt: skip
    name_rows(axes, arranged)
    label = label or measure.replace("_", " ")
    axes.set_xlabel(label)
    axes.grid(axis="x")
    if not len(rows):
        axes.text(0.5, 0.5, "no inspection with both known", transform=axes.transAxes,
                  ha="center", va="center")  # fmt: skip
    _key(axes, rows)
    return Drawing(figure_of(axes), rows, _alt_text(rows, label, len(data)))


def _rows(
    data: pd.DataFrame, measure: str, rating: str | tuple[str, str], qualifier: str | None
) -> pd.DataFrame:
    low, high = (rating, rating) if isinstance(rating, str) else rating
    given = f"{measure}__qualifier" if qualifier is None else qualifier
    for name in (measure, low, high, *([] if qualifier is None else [qualifier])):
        if name not in data:
            raise DataError(f"the data have no column {name!r}")
    for name in (low, high):
        if not (isinstance(data[name].dtype, pd.CategoricalDtype) and data[name].cat.ordered):
            raise DataError(f"column {name!r} has type {data[name].dtype}; ratings must be an "
                            f"ordered categorical")  # fmt: skip
    rows = pd.DataFrame(
        {
            "value": data[measure].astype(float),
            "printed": data[given].astype(object) if given in data else "exact",
            "rating_low": data[low],
            "rating_high": data[high],
        }
    )
    rows = rows.dropna(subset=["value", "rating_low", "rating_high"]).fillna({"printed": "exact"})
    unknown = sorted(set(rows["printed"]) - set(PRINTED))
    if unknown:
        raise DataError(
            f"column {given!r} holds {unknown[0]!r}; how a figure was printed is one of "
            f"{', '.join(PRINTED)}"
        )
    return rows.sort_values(["rating_low", "value"]).reset_index(drop=True)


def _placed(rows: pd.DataFrame, place: dict[Any, float]) -> pd.DataFrame:
    """Return rows with the height of each mark; equal marks stand side by side."""
    low, high = (rows[name].astype(object).map(place) for name in ("rating_low", "rating_high"))
    height = (low.astype(float) + high.astype(float)) / 2
    span = rows["value"].max() - rows["value"].min()
    near = (rows["value"] / (span / 60 or 1.0)).round()
    number = rows.groupby([near, height]).cumcount()
    step = 0.45 * np.where(number % 2, -1, 1) * ((number + 1) // 2)
    step = (
        step * np.minimum(1.0, 0.42 * ROW / (0.45 * max(number.max() / 2, 1)))
        if len(rows)
        else step
    )
    return rows.assign(height=height + step, low_place=low, high_place=high)


def _draw(axes: Axes, rows: pd.DataFrame, looks: dict[Any, Look]) -> None:
    theme = current_theme()
    mark = 4.5 * theme.enlarged
    span = (rows["value"].max() - rows["value"].min()) if len(rows) else 1.0
    for row in rows.itertuples():
        look = looks[row.rating_low]
        if row.low_place != row.high_place:
            axes.plot([row.value] * 2, [row.low_place, row.high_place], color=theme.muted,
                      linewidth=0.8)  # fmt: skip
        face = theme.ground if row.printed == "about" else look.colour
        axes.plot(row.value, row.height, look.marker, color=look.colour, markerfacecolor=face,
                  markeredgecolor=mark_edge(theme, look), markersize=mark, zorder=4)  # fmt: skip
        if row.printed in ("at least", "at most"):
            end = row.value + (0.05 if row.printed == "at least" else -0.05) * (span or 1.0)
            axes.annotate("", (end, row.height), (row.value, row.height),
                          arrowprops={"arrowstyle": "->", "color": mark_edge(theme, look),
                                      "linewidth": 0.9})  # fmt: skip


def _key(axes: Axes, rows: pd.DataFrame) -> None:
    theme = current_theme()
    shown = [kind for kind in PRINTED if kind in set(rows["printed"])]
    looks = {
        PRINTED[kind]: Look(theme.ground if kind == "about" else theme.ink, marker=marker)
        for kind, marker in zip(PRINTED, ("o", "o", ">", "<"), strict=True)
        if kind in shown
    }
    if shown != ["exact"]:
        key(axes, looks, kind="mark", columns=4)


def _alt_text(rows: pd.DataFrame, label: str, total: int) -> str:
    sentences = []
    for level, part in rows.groupby("rating_low", observed=True):
        sentences.append(f"{level}: {_several(part) if len(part) > MANY else _each(part)}.")
    named = f"{label[:1].upper()}{label[1:]}"
    return (
        f"{named} against ratings for the {len(rows)} of {total} inspections with both known. "
        + " ".join(sentences)
    )


def _each(part: pd.DataFrame) -> str:
    return ", ".join(
        ("" if row.printed == "exact" else f"{row.printed} ") + _figure(row.value)
        for row in part.itertuples()
    )


def _several(part: pd.DataFrame) -> str:
    low, middle, high = (_figure(part["value"].quantile(q)) for q in (0.0, 0.5, 1.0))
    return f"{len(part)} figures from {low} to {high}, median {middle}"


def _figure(value: float) -> str:
    return display.number(value, 0 if value == round(value) else 1)
