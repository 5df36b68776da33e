"""Power against the size of an effect, and a conclusion against what is not known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator

from probstats import display
from probstats.errors import ModelError
from probstats.figures.canvas import figure_of, letters, panels, size
from probstats.figures.curves import BAND, percent_axis
from probstats.figures.drawing import Drawing, drawn
from probstats.figures.intervals import limits, ticks_per_decade
from probstats.figures.labels import key, wrapped
from probstats.figures.style import Look, current_theme


@drawn
def power_curve(
    source: Any,
    *,
    goal: float | None = 0.8,
    ax: Axes | None = None,
    width: str = "wide",
) -> Drawing:
    """Draw the probability that an odds ratio is found against its size.

    Parameters
    ----------
    source : SimulatedPower, mapping of str to SimulatedPower, or pandas.DataFrame
        What ``power`` returns from a simulation; several designs by name; or a frame with
        ``odds_ratio``, ``power``, ``low`` and ``high``, and ``design`` where there are several.
    goal : float or None
        Power at which a broken line is drawn.
    ax : matplotlib.axes.Axes, optional
        Axes to draw into.
    width : {"column", "wide", "page"}
        Width of a new figure: 90, 140 or 190 mm.

    Returns
    -------
    Drawing
        With Monte Carlo intervals; at an odds ratio of 1 it is the size of the test.

    Raises
    ------
    ModelError
        If there is nothing to draw, or a result has no curve.

    Examples
    --------
    >>> import pandas as pd
    >>> import probstats as ps
    >>> frame = pd.DataFrame({"odds_ratio": [1, 2, 4], "power": [0.05, 0.3, 0.8],
    ...                       "low": [0.03, 0.27, 0.77], "high": [0.07, 0.33, 0.83]})
    >>> ps.figures.power_curve(frame).data["power"].tolist()
    [0.05, 0.3, 0.8]
    """
    frame = _power_frame(source)
    axes = panels(ax, lines=20, width=width)[0, 0]
    names = list(dict.fromkeys(frame["design"]))
    looks = _series(names)
    for name, look in looks.items():
        _points_and_line(axes, frame[frame["design"] == name], "odds_ratio", "power", look)
    percent_axis(axes)
    if goal is not None:
        axes.axhline(goal, color=current_theme().muted, linewidth=0.8, linestyle=(0, (4, 3)))
    _odds_axis(axes, frame["odds_ratio"])
    axes.set(xlabel="Odds ratio (log scale)", ylabel="Power")
    if len(names) > 1:
        key(axes, looks, kind="line", columns=3)
    return Drawing(figure_of(axes), frame, _power_in_words(frame))


def _power_frame(source: Any) -> pd.DataFrame:
    if isinstance(source, pd.DataFrame):
        frame = source if "design" in source else source.assign(design="")
    else:
        results = source if isinstance(source, Mapping) else {"": source}
        if not results or not all(hasattr(found, "table") for found in results.values()):
            raise ModelError("power_curve draws simulated power; pass power(..., n_resamples=)")
        frame = pd.concat([found.table.assign(design=name) for name, found in results.items()])
    if not len(frame):
        raise ModelError("there is no power to draw; the table is empty")
    columns = ["design", "odds_ratio", "power", "low", "high"]
    order = pd.factorize(frame["design"])[0]
    return frame[columns].iloc[np.lexsort([frame["odds_ratio"], order])].reset_index(drop=True)


def _series(names: list[str]) -> dict[str, Look]:
    choice = current_theme().series
    return {name: choice[number % len(choice)] for number, name in enumerate(names)}


def _points_and_line(axes: Axes, rows: pd.DataFrame, x: str, y: str, look: Look) -> None:
    theme = current_theme()
    axes.fill_between(rows[x], rows["low"], rows["high"], color=look.colour, alpha=BAND,
                      linewidth=0)  # fmt: skip
    axes.plot(rows[x], rows[y], "-", color=look.colour, marker=look.marker,
              markersize=3 * theme.enlarged)  # fmt: skip


def _odds_axis(axes: Axes, ratios: pd.Series) -> None:
    low, high = limits(ratios.to_frame("estimate").assign(low=np.nan, high=np.nan), log=True,
                       reference=1.0)  # fmt: skip
    axes.set(xscale="log", xlim=(low, high))
    axes.xaxis.set_major_locator(LogLocator(subs=ticks_per_decade(high / low), numticks=8))
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.minorticks_off()


def _power_in_words(frame: pd.DataFrame) -> str:
    sentences = []
    for name, rows in frame.groupby("design", sort=False):
        first, last = rows.iloc[0], rows.iloc[-1]
        named = f"{name}: " if name else ""
        span = f"{'odds' if name else 'Odds'} ratios from {display.ratio(first.odds_ratio)} to "
        sentences.append(
            f"{named}{span}{display.ratio(last.odds_ratio)}, power from {_share(first)} to "
            f"{_share(last)}."
        )
    return "Power against the odds ratio, with Monte Carlo intervals. " + " ".join(sentences)


def _share(row: pd.Series) -> str:
    ends = display.interval(display.percent(row["low"]), display.percent(row["high"]))
    return f"{display.percent(row['power'])} ({ends})"


@drawn
def tipping_point(
    result: Any,
    *,
    label: str | None = None,
    ax: Axes | None = None,
    width: str = "wide",
) -> Drawing:
    """Draw an estimate against how far unreported values lie from what was imputed.

    Parameters
    ----------
    result : DeltaSensitivity
        What ``delta_sensitivity`` returns.
    label : str, optional
        What is moved and its unit: the label of the x axis; by default "Unreported values of",
        the column, "moved by".
    ax : matplotlib.axes.Axes, optional
        Axes to draw into.
    width : {"column", "wide", "page"}
        Width of a new figure: 90, 140 or 190 mm.

    Returns
    -------
    Drawing
        Estimate and interval, the threshold, and a line at each delta where the conclusion tips.

    Raises
    ------
    ModelError
        If ``result`` is no such result.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> import probstats as ps
    >>> rng = np.random.default_rng(1)
    >>> simulated = pd.DataFrame({"x": rng.normal(size=80)})
    >>> simulated["y"] = np.digitize(2 * simulated["x"] + rng.logistic(size=80), [-1, 1])
    >>> simulated.loc[::16, "x"] = np.nan
    >>> moved = ps.delta_sensitivity(simulated, "y ~ x", "x", [-1, 1], m=20, rng=1)
    >>> ps.figures.tipping_point(moved).data["delta"].tolist()
    [-1.0, 0.0, 1.0]
    """
    if not hasattr(result, "tipping_points"):
        raise ModelError(f"tipping_point draws what delta_sensitivity returns, not a "
                         f"{type(result).__name__}")  # fmt: skip
    table = result.table.sort_values("delta")
    axes = panels(ax, lines=20, width=width)[0, 0]
    theme = current_theme()
    axes.axhline(result.threshold, color=theme.muted, linewidth=0.8)
    _points_and_line(axes, table, "delta", "estimate", theme.series[0])
    named = label or f"Unreported values of {result.column} moved by"
    axes.set_xlabel(wrapped(named, letters(0.6 * size(1, width)[0])))
    axes.set_ylabel(f"Coefficient of {result.term} ({100 * result.level:g}% interval)")
    axes.grid(axis="y")
    for delta in result.tipping_points["delta"]:
        axes.axvline(delta, color=theme.series[1].colour, linewidth=1.0, linestyle=(0, (4, 3)))
        axes.annotate(
            f"{display.number(delta, 1)}", (delta, 1), xycoords=("data", "axes fraction"),
            xytext=(0, 2), textcoords="offset points", ha="center", va="bottom",
        )  # fmt: skip
    words = result.summary().replace("\n", " ").replace("_", " ").strip()
    return Drawing(figure_of(axes), table, f"Sensitivity to what was not reported. {words}")
