"""The latent scale: where groups lie on it, and where the levels begin."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from probstats import display
from probstats.errors import ModelError
from probstats.figures.canvas import figure_of, panels, size
from probstats.figures.drawing import Drawing, drawn
from probstats.figures.labels import arrange, fill_edge, key, name_rows, row_letters
from probstats.figures.sources import require_fit
from probstats.figures.style import Look, current_theme

TALL = 2.2
"""Lines of text between two densities."""

TAIL = 0.002
"""Probability left out at either end of a density."""


@drawn
def thresholds(
    fit: Any,
    groups: pd.DataFrame | None = None,
    *,
    names: list[str] | None = None,
    ax: Axes | None = None,
    width: str = "page",
) -> Drawing:
    """Draw the latent distribution of groups, cut into levels by the thresholds.

    Parameters
    ----------
    fit : results
        A fitted cumulative link model, with or without random effects; with them, of a group
        whose effects are zero.
    groups : pandas.DataFrame, optional
        Covariates, one row for each group to draw; the distinct rows of the sample by default,
        where there are no more than 12.
    names : list of str, optional
        Names of the groups; their covariates by default.
    ax : matplotlib.axes.Axes, optional
        Axes to draw into.
    width : {"column", "wide", "page"}
        Width of a new figure: 90, 140 or 190 mm.

    Returns
    -------
    Drawing
        One density for each group; the area between two thresholds is the probability of a level.

    Raises
    ------
    ModelError
        If there are too many groups to draw by themselves, or names do not go with groups.

    Examples
    --------
    >>> import pandas as pd
    >>> import probstats as ps
    >>> data = pd.DataFrame({"y": [1, 2, 1, 3, 2, 3, 2, 1], "x": [2, 1, 4, 6, 5, 3, 4, 1]})
    >>> fit = ps.CumulativeLinkModel.from_formula("y ~ x", data).fit()
    >>> drawing = ps.figures.thresholds(fit, pd.DataFrame({"x": [1, 6]}))
    >>> drawing.data["group"].unique().tolist()
    ['x 1', 'x 6']
    """
    require_fit(fit, "thresholds")
    groups = _distinct(fit) if groups is None else groups
    labels = _names(_covariates(fit, groups)) if names is None else list(names)
    if len(labels) != len(groups):
        raise ModelError(f"there are {len(groups)} groups and {len(labels)} names; give one each")
    rows = arrange(labels, width=row_letters(size(1, width)[0]), spacing=TALL)
    axes = panels(ax, lines=rows.lines + 6.0, width=width)[0, 0]
    levels = [str(level) for level in fit.model.outcome.levels]
    looks = current_theme().levels(len(levels))
    centre, spread, cuts = _latent(fit, groups)
    for number, place in enumerate(rows.places):
        _ridge(axes, fit.model.link, place + TALL / 2 - 0.2, centre[number], spread[number],
               cuts[number], looks)  # fmt: skip
    name_rows(axes, rows)
    axes.set_xlabel("Latent scale")
    axes.set_ylim(rows.lines + 0.3, -0.3)
    key(axes, dict(zip(levels, looks, strict=True)))
    data = _tidy(fit, groups, labels, levels, cuts)
    return Drawing(figure_of(axes), data, _alt_text(data))


def _distinct(fit: Any) -> pd.DataFrame:
    data = fit.model.formula_data
    if data is None:
        raise ModelError("thresholds needs groups=, as the fit has no formula")
    found = _covariates(fit, data).drop_duplicates()
    if not found.shape[1]:
        return data.head(1)[[]]
    if len(found) > 12:
        raise ModelError(
            f"the sample has {len(found)} different rows, too many to draw; give groups= a frame "
            f"with the covariates of those to draw"
        )
    return found.sort_values(list(found.columns))


def _covariates(fit: Any, data: pd.DataFrame) -> pd.DataFrame:
    """Return the columns that the formulas of a fit use."""
    design = getattr(fit.model, "design", None)
    if design is None:
        return data
    used = {name for part in design.parts.values() for name in part.variables}
    return data[[name for name in data if name in used]]


def _names(groups: pd.DataFrame) -> list[str]:
    return [
        ", ".join(f"{name} {_word(value)}" for name, value in row.items()) or "all"
        for row in groups.to_dict("records")
    ]


def _word(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float | int | np.number) else str(value)


def _latent(fit: Any, groups: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return centre, spread and the K - 1 thresholds of each group, m by K - 1."""
    model = getattr(fit.model, "plain", fit.model)
    rows = model.all_edges(model.covariates(groups))
    record = getattr(fit, "fit_record", None)
    values = fit.params.to_numpy() if record is None else record.params
    params = values[: rows.n_params]
    bounds, inverse = rows.bounds(params)
    centre = rows.location @ rows.split(params)[0]
    centre = centre if rows.offset is None else centre + rows.offset
    spread = np.ones(len(centre)) if inverse is None else 1.0 / inverse
    return centre, spread, (bounds[1:-1] * spread + centre).T


def _ridge(
    axes: Axes, link: Any, foot: float, centre: float, spread: float, cuts: np.ndarray,
    looks: tuple[Look, ...],
) -> None:  # fmt: skip
    """Draw one density, upwards from its foot, a colour for each level."""
    ends = link.quantile(np.array([TAIL, 1 - TAIL])) * spread + centre
    ends = np.array([min(ends[0], *cuts), max(ends[1], *cuts)])
    edges = np.concatenate([ends[:1], np.clip(cuts, *ends), ends[1:]])
    peak = np.exp(link.log_density(np.linspace(-4, 4, 401))).max()
    edge = fill_edge(current_theme())
    for low, high, look in zip(edges[:-1], edges[1:], looks, strict=True):
        x = np.linspace(low, high, 80)
        height = np.exp(link.log_density((x - centre) / spread)) / (peak * spread)
        axes.fill_between(x, foot - (TALL - 0.5) * height / max(1.0, 1 / spread), foot,
                          facecolor=look.colour, hatch=look.hatch, edgecolor=edge,
                          linewidth=0.3)  # fmt: skip
    axes.vlines(cuts, foot - TALL + 0.5, foot, color=current_theme().muted, linewidth=0.6)


def _tidy(
    fit: Any, groups: pd.DataFrame, labels: list[str], levels: list[str], cuts: np.ndarray
) -> pd.DataFrame:
    chances = fit.predict(groups).to_numpy()
    above = np.column_stack([cuts, np.full(len(cuts), np.inf)])
    number = len(levels)
    return pd.DataFrame(
        {
            "group": np.repeat(labels, number),
            "level": levels * len(labels),
            "upper_threshold": above.ravel(),
            "probability": chances.ravel(),
        }
    )


def _alt_text(data: pd.DataFrame) -> str:
    sentences = []
    for name, rows in data.groupby("group", sort=False):
        shares = [
            f"{display.named_level(row.level)} {display.percent(row.probability)}"
            for row in rows.itertuples()
        ]
        sentences.append(f"{name}: {', '.join(shares)}.")
    return (
        "Latent distribution of each group, cut into levels at the thresholds. Areas are "
        "probabilities. " + " ".join(sentences)
    )
