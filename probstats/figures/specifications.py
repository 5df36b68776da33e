"""Every defensible analysis: estimates in order, and the choices behind them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from probstats import display
from probstats.errors import ModelError
from probstats.figures.canvas import figure_of, letters, panels, size
from probstats.figures.drawing import Drawing, drawn
from probstats.figures.intervals import limits
from probstats.figures.labels import arrange, name_rows, row_letters, wrapped
from probstats.figures.style import current_theme

CHOICES = ("outcome", "covariates", "subset", "link", "model")


@drawn
def specification_curve(
    result: Any,
    *,
    exposure: str | None = None,
    names: dict[str, str] | None = None,
    ax: Axes | None = None,
    width: str = "page",
) -> Drawing:
    """Draw the estimates of all analyses in order, and below them the choices each made.

    Parameters
    ----------
    result : SpecificationCurve
        What ``specification_curve`` returns.
    exposure : str, optional
        Which exposure, where there are several; the first by default.
    names : dict of str, optional
        Choices in words, by what ``result`` calls them, such as ``{"z": "With workload"}``.
    ax : matplotlib.axes.Axes, optional
        Axes of a grid, whose place two panels take.
    width : {"column", "wide", "page"}
        Width of a new figure: 90, 140 or 190 mm.

    Returns
    -------
    Drawing
        Intervals that leave out zero are darker; those without an estimate are counted below.
        Choices that all analyses share are not drawn.

    Raises
    ------
    ModelError
        If there is no such exposure, or ``result`` is something else.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> import probstats as ps
    >>> rng = np.random.default_rng(1)
    >>> simulated = pd.DataFrame({"x": rng.normal(size=60), "z": rng.normal(size=60)})
    >>> simulated["y"] = np.digitize(simulated["x"] + rng.logistic(size=60), [-1, 1])
    >>> sets = {"none": [], "z": ["z"]}
    >>> curve = ps.specification_curve(simulated, "y", "x", covariate_sets=sets)
    >>> len(ps.figures.specification_curve(curve).data)
    2
    """
    table = _table(result, exposure)
    known = table[np.isfinite(table["estimate"]) | np.isfinite(table["low"]) | np.isfinite(
        table["high"]
    )].sort_values("estimate").reset_index(drop=True)  # fmt: skip
    choices = _choices(table, names or {})
    rows = arrange([name for _, _, name in choices], [kind for kind, _, _ in choices] or None,
                   width=row_letters(size(1, width)[0]))  # fmt: skip
    axes = panels(ax, lines=17 + rows.lines, width=width, shape=(2, 1), sharex=True,
                  heights=[13, max(rows.lines, 1.0)])  # fmt: skip
    top, bottom = axes[:, 0]
    _estimates(top, known, result)
    _dashboard(bottom, known, choices, rows)
    failed = len(table) - len(known)
    words = f"{len(known)} analyses in the order of their estimates"
    words += f"; {failed} more gave none" if failed else ""
    bottom.set_xlabel(wrapped(words, letters(0.6 * size(1, width)[0])))
    return Drawing(figure_of(top), table, _alt_text(known, failed, result.level))


def _table(result: Any, exposure: str | None) -> pd.DataFrame:
    if not hasattr(result, "null_distribution") or not hasattr(result, "duplicates"):
        raise ModelError(
            f"this draws what specification_curve returns, not a {type(result).__name__}"
        )
    known = list(result.exposures)
    wanted = known[0] if exposure is None else exposure
    if wanted not in known:
        raise ModelError(f"exposure={wanted!r} is not in the result; it has {', '.join(known)}")
    return pd.DataFrame(result.table[result.table["exposure"] == wanted])


def _choices(table: pd.DataFrame, names: dict[str, str]) -> list[tuple[str, str, str]]:
    """Return kind, value and words of every choice that is not the same in all analyses."""
    return [
        (kind.capitalize(), str(value), names.get(str(value), str(value)))
        for kind in CHOICES
        if kind in table and len(pd.unique(table[kind])) > 1
        for value in pd.unique(table.sort_index()[kind])
    ]


def _estimates(axes: Axes, known: pd.DataFrame, result: Any) -> None:
    theme = current_theme()
    low, high = limits(known, log=False, reference=0.0)
    clear = ((known["low"] > 0) | (known["high"] < 0)).to_numpy()
    x = np.arange(len(known))
    axes.axhline(0.0, color=theme.muted, linewidth=0.8, zorder=1)
    line = min(theme.line, 60.0 / max(len(known), 1) * theme.enlarged)
    for which, colour in ((~clear, theme.muted), (clear, theme.accent)):
        part = known[which]
        axes.vlines(x[which], part["low"].clip(lower=low), part["high"].clip(upper=high),
                    color=colour, linewidth=line, alpha=0.6)  # fmt: skip
        axes.plot(x[which], part["estimate"].clip(low, high), "o" if len(known) < 200 else ".",
                  color=colour, markersize=min(3.5, 3 * line + 1) * theme.enlarged)  # fmt: skip
    unit = "Latent standard deviations" if result.scale == "latent-sd" else "Coefficient"
    axes.set(ylim=(low, high), ylabel=f"{unit}\n({100 * result.level:g}% interval)")
    axes.grid(axis="y")
    axes.set_xlim(-0.8, max(len(known) - 0.2, 0.8))


def _dashboard(axes: Axes, known: pd.DataFrame, choices: list, rows: Any) -> None:
    theme = current_theme()
    for place, (kind, value, _) in zip(rows.places, choices, strict=True):
        chosen = np.flatnonzero(known[kind.lower()].astype(str) == value)
        axes.plot(chosen, np.full(len(chosen), place), "|", color=theme.ink,
                  markersize=5 * theme.enlarged,
                  markeredgewidth=min(1.2, 90.0 / max(len(known), 1)) * theme.enlarged)  # fmt: skip
    name_rows(axes, rows)
    axes.set_xticks([])


def _alt_text(known: pd.DataFrame, failed: int, level: float) -> str:
    number = f"{len(known)} analyses" if len(known) != 1 else "One analysis"
    lost = f" {failed} more gave no estimate." if failed else ""
    finite = known["estimate"][np.isfinite(known["estimate"])]
    if not len(finite):
        return f"Specification curve. No analysis gave a finite estimate.{lost}"
    above = int((known["low"] > 0).sum())
    below = int((known["high"] < 0).sum())
    return (
        f"Specification curve. {number} with estimates from {display.number(finite.min())} to "
        f"{display.number(finite.max())}, median {display.number(finite.median())}; "
        f"{above} intervals ({100 * level:g}%) lie above zero and {below} below.{lost}"
    )
