"""What to look at before a fit is believed: residuals, calibration, influence."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from scipy import stats

from probstats import display
from probstats.errors import ModelError
from probstats.figures.canvas import figure_of, panels
from probstats.figures.colours import legible
from probstats.figures.drawing import Drawing, drawn
from probstats.figures.style import current_theme

PANELS = ("residuals", "quantiles", "influence")


@drawn
def diagnostics(
    fit: Any,
    *,
    calibration: Any = None,
    names: bool = False,
    rng: np.random.Generator | int | None = 0,
    ax: Axes | None = None,
    width: str = "page",
) -> Drawing:
    """Draw residuals against the linear predictor, their quantiles, influence, and calibration.

    Parameters
    ----------
    fit : CumulativeLinkResults
        A fit without random effects.
    calibration : Calibration, optional
        What ``calibrate`` returns; drawn in a fourth panel.
    names : bool
        Whether the rows with most influence are named by the labels of the data. A named area has
        one identifiable head; by default they are not named.
    rng : numpy.random.Generator, int or None
        Source of the surrogate residuals' randomness.
    ax : matplotlib.axes.Axes, optional
        Axes of a grid, whose place the panels take.
    width : {"column", "wide", "page"}
        Width of a new figure: 90, 140 or 190 mm.

    Returns
    -------
    Drawing
        Surrogate residuals (Liu and Zhang 2018) have the latent distribution if the model holds;
        their quantiles then lie on the line. Influence is Cook's distance of each row.

    Raises
    ------
    ModelError
        If the fit has random effects.

    Examples
    --------
    >>> import pandas as pd
    >>> import probstats as ps
    >>> data = pd.DataFrame({"y": [1, 2, 1, 3, 2, 3, 2, 1], "x": [2, 1, 4, 6, 5, 3, 4, 1]})
    >>> fit = ps.CumulativeLinkModel.from_formula("y ~ x", data).fit()
    >>> ps.figures.diagnostics(fit).data.columns.tolist()
    ['linear_predictor', 'residual', 'cooks_distance']
    """
    if not hasattr(getattr(fit, "model", None), "with_sample"):
        raise ModelError(f"diagnostics has no panels for a {type(fit).__name__} yet")
    data = _data(fit, rng)
    count = 3 if calibration is None else 4
    down = 1 if count == 3 and width != "column" else 2
    down = count if width == "column" else down
    grid = panels(ax, lines=3.5 + 15.0 * down, width=width, shape=(down, -(-count // down)))
    axes = list(grid.flat)
    _residuals(axes[0], data)
    _quantiles(axes[1], data["residual"].to_numpy(), fit.model.link)
    _influence(axes[2], data, names=names)
    if calibration is not None:
        _calibration(axes[3], calibration)
    for spare in axes[count:]:
        spare.set_axis_off()
    return Drawing(figure_of(axes[0]), data, _alt_text(data, fit.model.link, calibration))


def _data(fit: Any, rng: np.random.Generator | int | None) -> pd.DataFrame:
    linear = fit.predict(which="linpred")
    return pd.DataFrame(
        {
            "linear_predictor": linear.to_numpy(),
            "residual": np.asarray(fit.resid_surrogate(rng=rng)),
            "cooks_distance": np.asarray(fit.get_influence().cooks_distance[0]),
        },
        index=linear.index,
    )


def _points(axes: Axes, x: Any, y: Any) -> None:
    theme = current_theme()
    few = len(np.asarray(x)) < 400
    axes.plot(x, y, theme.series[0].marker, color=theme.accent, alpha=0.7 if few else 0.25,
              markersize=(3.0 if few else 2.0) * theme.enlarged, markeredgewidth=0)  # fmt: skip


def _residuals(axes: Axes, data: pd.DataFrame) -> None:
    axes.axhline(0.0, color=current_theme().muted, linewidth=0.8)
    _points(axes, data["linear_predictor"], data["residual"])
    axes.set(xlabel="Linear predictor", ylabel="Surrogate residual")


def _quantiles(axes: Axes, residuals: np.ndarray, link: Any) -> None:
    ordered = np.sort(residuals[np.isfinite(residuals)])
    expected = link.quantile((np.arange(len(ordered)) + 0.5) / len(ordered))
    low, high = (f(np.concatenate([ordered, expected])) for f in (np.min, np.max))
    axes.plot([low, high], [low, high], color=current_theme().muted, linewidth=0.8)
    _points(axes, expected, ordered)
    axes.set(xlabel=f"Quantile of the {link.name} distribution", ylabel="Ordered residual")


def _influence(axes: Axes, data: pd.DataFrame, *, names: bool) -> None:
    theme = current_theme()
    distance = data["cooks_distance"].to_numpy()
    axes.vlines(np.arange(len(distance)), 0.0, distance, color=theme.accent, linewidth=0.8)
    axes.set(xlabel="Row, in the order of the data", ylabel="Cook’s distance")
    axes.set_ylim(bottom=0.0, top=1.15 * np.nanmax(distance) or 1.0)
    if names:
        for place in np.argsort(-np.nan_to_num(distance))[:3]:
            axes.annotate(str(data.index[place]), (place, distance[place]), xytext=(0, 2),
                          textcoords="offset points", ha="center", size=theme.small)  # fmt: skip


def _calibration(axes: Axes, calibration: Any) -> None:
    theme = current_theme()
    table = calibration.table
    axes.plot([0, 1], [0, 1], color=theme.muted, linewidth=0.8)
    levels = list(pd.unique(table["level"]))
    for level, look in zip(levels, theme.levels(len(levels) + 1)[1:], strict=True):
        rows = table[table["level"] == level]
        axes.plot(rows["predicted"], rows["corrected"], color=look.colour)
        last = rows.iloc[-1]
        axes.annotate(f"{level} or higher", (last["predicted"], last["corrected"]),
                      xytext=(3, 0), textcoords="offset points", va="center", size=theme.small,
                      color=legible(look.colour, theme.ground, theme.ink))  # fmt: skip
    axes.set(xlabel="Predicted probability", ylabel="Observed share, corrected")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(lambda value, _: display.percent(value))


def _alt_text(data: pd.DataFrame, link: Any, calibration: Any) -> str:
    known = data["residual"].dropna()
    uniform = link.cdf(known.to_numpy())
    distance = float(stats.kstest(uniform, "uniform").statistic)
    most = float(data["cooks_distance"].max())
    words = (
        f"Surrogate residuals of {len(known)} rows against the linear predictor and against "
        f"quantiles of the {link.name} distribution, from which they differ by at most "
        f"{display.number(distance)} on the probability scale. Cook’s distance of each row, at "
        f"most {display.number(most)}."
    )
    if calibration is None:
        return words
    worst = calibration.errors["mean"].max()
    return (
        f"{words} Calibration of cumulative probabilities, with a mean absolute error of at most "
        f"{display.number(worst)}."
    )
