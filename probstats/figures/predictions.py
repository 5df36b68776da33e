"""Predicted probabilities of levels against a covariate."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from probstats import display
from probstats.errors import ModelError
from probstats.figures.canvas import figure_of, letters, panels, size
from probstats.figures.curves import curve, percent_axis, rug
from probstats.figures.drawing import Drawing, drawn
from probstats.figures.intervals import interval_plot
from probstats.figures.labels import (
    arrange,
    at_line_ends,
    fill_edge,
    key,
    name_rows,
    row_letters,
    wrapped,
)
from probstats.figures.sources import require_fit
from probstats.figures.stacks import stacked_bars
from probstats.figures.style import Look, current_theme

STEPS = 41
"""Values of a measured covariate at which probabilities are computed."""

MOST = 20_000
"""Rows to predict for at most; of more, every so manyeth row of the sample is averaged over."""


@drawn
def predicted_probabilities(
    fit: Any,
    covariate: str,
    *,
    kind: str = "separate",
    adjusted: bool = True,
    at: Any = None,
    label: str | None = None,
    ax: Axes | None = None,
    width: str = "page",
) -> Drawing:
    """Draw the probability of each level against a covariate.

    Parameters
    ----------
    fit : results
        A fit from a formula.
    covariate : str
        Column of the data; numbers give curves, categories points.
    kind : {"separate", "stacked"}
        A panel for each level, with intervals; or all levels on one another.
    adjusted : bool
        Whether probabilities are averaged over the sample, each row with its own other
        covariates; otherwise these are at their means, and at their most frequent categories.
    at : array_like, optional
        Values of the covariate; by default its range, or its categories.
    label : str, optional
        Name of the covariate for readers.
    ax : matplotlib.axes.Axes, optional
        Axes to draw into; of a grid for ``kind="separate"``.
    width : {"column", "wide", "page"}
        Width of a new figure: 90, 140 or 190 mm.

    Returns
    -------
    Drawing
        With 95 per cent bands, and a rug of the values observed.

    Raises
    ------
    ModelError
        If the fit has no formula, or the covariate is not in it.

    Examples
    --------
    >>> import pandas as pd
    >>> import probstats as ps
    >>> data = pd.DataFrame({"y": [1, 2, 1, 3, 2, 3, 2, 1], "x": [2, 1, 4, 6, 5, 3, 4, 1]})
    >>> fit = ps.CumulativeLinkModel.from_formula("y ~ x", data).fit()
    >>> drawing = ps.figures.predicted_probabilities(fit, "x", at=[1, 6])
    >>> drawing.data.loc[drawing.data["level"] == "3", "estimate"].round(2).tolist()
    [0.07, 0.56]
    """
    if kind not in ("separate", "stacked"):
        raise ModelError(f"kind={kind!r} is not known; 'separate' or 'stacked'")
    require_fit(fit, "predicted_probabilities")
    data = _data(fit, covariate)
    values = _values(data[covariate], at)
    frame = _predictions(fit, data, covariate, values, adjusted=adjusted)
    levels = [str(level) for level in fit.model.outcome.levels]
    looks = dict(zip(levels, current_theme().levels(len(levels)), strict=True))
    named = label or covariate
    if not _is_measured(data[covariate]):
        draw_rows = _interval_rows if kind == "separate" else _bars
        axes = draw_rows(frame, looks, named, ax, width)
    else:
        draw = _separate if kind == "separate" else _stacked
        axes = draw(frame, looks, data[covariate], named, ax, width)
    return Drawing(figure_of(axes), frame, _alt_text(frame, named, adjusted=adjusted))


def _data(fit: Any, covariate: str) -> pd.DataFrame:
    data = fit.model.formula_data
    if data is None:
        raise ModelError("predicted_probabilities needs a fit from a formula; use from_formula")
    if covariate not in data:
        raise ModelError(f"the formula uses no column {covariate!r}; it uses {', '.join(data)}")
    return data


def _values(column: pd.Series, at: Any) -> list[Any]:
    if at is not None:
        values = list(np.atleast_1d(at))
    elif _is_measured(column):
        values = np.linspace(column.min(), column.max(), STEPS).tolist()
    else:
        known = column.astype("category").cat.remove_unused_categories()
        values = known.cat.categories.tolist()
    if not values:
        raise ModelError("at= is empty; give at least one value of the covariate")
    return values


def _is_measured(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


def _predictions(
    fit: Any, data: pd.DataFrame, covariate: str, values: list[Any], *, adjusted: bool
) -> pd.DataFrame:
    """Return level, value, estimate and interval."""
    rows = data.iloc[:: -(-len(data) * len(values) // MOST)] if adjusted else _typical(data)
    grid = pd.concat([_with(rows, covariate, value) for value in values], ignore_index=True)
    place = np.repeat(np.arange(len(values)), len(rows))
    found = fit.avg_predictions(grid.assign(**{PLACE: place}), by=PLACE)
    return pd.DataFrame(
        {
            "level": found["group"].astype(str),
            "value": [values[number] for number in found[PLACE]],
            "x": [values[n] if _is_measured(data[covariate]) else n for n in found[PLACE]],
            "estimate": found["estimate"],
            "low": found["conf_low"],
            "high": found["conf_high"],
        }
    )


PLACE = "place_of_value"
"""Column that numbers the values while they are averaged over."""


def _with(rows: pd.DataFrame, covariate: str, value: Any) -> pd.DataFrame:
    column = pd.Series([value] * len(rows), index=rows.index)
    if isinstance(rows[covariate].dtype, pd.CategoricalDtype):
        column = column.astype(rows[covariate].dtype)
    return rows.assign(**{covariate: column})


def _typical(data: pd.DataFrame) -> pd.DataFrame:
    row = {
        name: [column.mean() if _is_measured(column) else column.mode().iloc[0]]
        for name, column in data.items()
    }
    frame = pd.DataFrame(row)
    kept = {
        name: dtype for name, dtype in data.dtypes.items()
        if isinstance(dtype, pd.CategoricalDtype)
    }  # fmt: skip
    return frame.astype(kept)


def _interval_rows(
    frame: pd.DataFrame, looks: dict[str, Look], label: str, ax: Axes | None, width: str
) -> Axes:
    """Draw the categories of each level as rows."""
    rows = frame.rename(columns={"value": "name", "level": "group"})
    order = pd.Categorical(rows["group"], list(looks), ordered=True).codes
    rows = rows.iloc[np.lexsort([rows["x"], order])]
    axes = interval_plot(rows.assign(name=rows["name"].astype(str),
                                       group=rows["group"].map(display.named_level)),
                         words=display.percent,
                         label=f"Probability by {label} (95% interval)", reference=None,
                         ax=ax, width=width)  # fmt: skip
    axes.set_xlim(left=0.0)
    axes.xaxis.set_major_formatter(lambda value, _: display.percent(value))
    return axes


def _bars(
    frame: pd.DataFrame, looks: dict[str, Look], label: str, ax: Axes | None, width: str
) -> Axes:
    """Draw the categories as stacked bars."""
    wide = frame.pivot(index="x", columns="level", values="estimate")[list(looks)]
    named = frame.drop_duplicates("x").set_index("x")["value"].loc[wide.index]
    rows = arrange(named.tolist(), width=row_letters(size(1, width)[0]), spacing=1.8)
    axes = panels(ax, lines=rows.lines + 6.0, width=width)[0, 0]
    stacked_bars(axes, rows.places, wide, list(looks.values()), labels=wide.map(display.percent))
    room = letters(0.5 * size(1, width)[0])
    axes.set(xlim=(0, 1), xlabel=wrapped(f"Probability by {label}", room))
    axes.xaxis.set_major_formatter(lambda value, _: display.percent(value))
    name_rows(axes, rows)
    key(axes, looks)
    return axes


def _separate(
    frame: pd.DataFrame, looks: dict[str, Look], observed: pd.Series, label: str,
    ax: Axes | None, width: str,
) -> Axes:  # fmt: skip
    down = -(-len(looks) // 4)
    across = -(-len(looks) // down)
    grid = panels(ax, lines=3.0 + 12.5 * down, width=width, shape=(down, across), sharey=True,
                  sharex=True)  # fmt: skip
    room = letters(0.85 * size(1, width)[0] / across)
    for axes, (level, look) in zip(grid.flat, looks.items(), strict=False):
        curve(axes, frame[frame["level"] == level], look)
        percent_axis(axes)
        rug(axes, observed.to_numpy(dtype=float))
        axes.annotate(wrapped(display.named_level(level), room), (0, 1), xycoords="axes fraction",
                      xytext=(0, 3), textcoords="offset points", va="bottom",
                      fontweight="bold")  # fmt: skip
    for axes in grid.flat[len(looks) :]:
        axes.set_axis_off()
    grid[0, 0].set_ylabel("Probability")
    for axes in grid.flat[len(looks) - across : len(looks)]:
        axes.set_xlabel(wrapped(label, room))
        axes.tick_params(labelbottom=True)
    return grid[0, 0]


def _stacked(
    frame: pd.DataFrame, looks: dict[str, Look], observed: pd.Series, label: str,
    ax: Axes | None, width: str,
) -> Axes:  # fmt: skip
    axes = panels(ax, lines=20, width=width)[0, 0]
    wide = frame.pivot(index="x", columns="level", values="estimate")[list(looks)]
    tops = wide.cumsum(axis=1)
    x = wide.index.to_numpy(dtype=float)
    for level, look in looks.items():
        bounds = (tops[level] - wide[level]).to_numpy(), tops[level].to_numpy()
        _layer(axes, x, *bounds, look)
    percent_axis(axes)
    rug(axes, observed.to_numpy(dtype=float))
    axes.set(xlabel=wrapped(label, letters(0.7 * size(1, width)[0])), ylabel="Probability")
    axes.set_xlim(*((x[0], x[-1]) if len(x) > 1 else (x[0] - 1, x[0] + 1)))
    middle = (tops - wide / 2).iloc[-1].to_numpy()
    ends = pd.DataFrame({"name": list(looks), "x": axes.get_xlim()[1], "y": middle,
                         "colour": [look.colour for look in looks.values()]})  # fmt: skip
    at_line_ends(axes, ends)
    return axes


def _layer(axes: Axes, x: np.ndarray, low: np.ndarray, high: np.ndarray, look: Look) -> None:
    edge = fill_edge(current_theme())
    style: dict[str, Any] = {
        "facecolor": look.colour, "hatch": look.hatch, "edgecolor": edge, "linewidth": 0.4
    }  # fmt: skip
    if len(x) > 1:
        axes.fill_between(x, low, high, **style)
    else:
        axes.bar(x, high - low, 1.6, low, **style)


def _alt_text(frame: pd.DataFrame, label: str, *, adjusted: bool) -> str:
    ends = frame[frame["x"].isin([frame["x"].min(), frame["x"].max()])]
    sentences = []
    for value, rows in ends.groupby("x", sort=True):
        chances = ", ".join(
            f"{display.named_level(r.level)} {_share(r)}" for r in rows.itertuples()
        )
        named = rows["value"].iloc[0]
        shown = display.number(value, 1) if named == value else str(named)
        sentences.append(f"At {label} {shown}: {chances}.")
    over = "averaged over the sample" if adjusted else "with the other covariates held fixed"
    return (
        f"Predicted probability of each level against {label}, {over}, with 95% intervals. "
        + " ".join(sentences)
    )


def _share(row: Any) -> str:
    if not np.isfinite(row.low):
        return display.percent(row.estimate)
    ends = display.interval(display.percent(row.low), display.percent(row.high))
    return f"{display.percent(row.estimate)} ({ends})"
