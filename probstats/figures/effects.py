"""What a fit says of probabilities, of groups, and of each split of the outcome."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from scipy import stats

from probstats import display
from probstats.errors import ModelError
from probstats.figures.canvas import figure_of
from probstats.figures.drawing import Drawing, drawn
from probstats.figures.intervals import interval_plot, said
from probstats.figures.sources import require_fit
from probstats.models import split_estimates
from probstats.models.checking.split_estimates import COMMON


@drawn
def marginal_effects(
    source: Any,
    *,
    terms: Mapping[str, str] | None = None,
    side_by_side: bool = False,
    ax: Axes | None = None,
    width: str = "page",
) -> Drawing:
    """Draw by how much the probability of each level changes with a covariate.

    Parameters
    ----------
    source : results, or pandas.DataFrame
        A fit, whose average comparisons are drawn; or what ``fit.avg_comparisons``,
        ``fit.avg_slopes`` return: ``term``, ``contrast``, ``group`` (the level), ``estimate``,
        ``conf_low`` and ``conf_high``.
    terms : mapping of str to str, optional
        Terms in words.
    side_by_side : bool
        Whether comparisons stand side by side in the row of a level, and not under one another.
    ax : matplotlib.axes.Axes, optional
        Axes to draw into.
    width : {"column", "wide", "page"}
        Width of a new figure: 90, 140 or 190 mm.

    Returns
    -------
    Drawing
        One row for each level of each comparison, in percentage points.

    Raises
    ------
    ModelError
        If there is nothing to draw.

    Examples
    --------
    >>> import pandas as pd
    >>> import probstats as ps
    >>> data = pd.DataFrame({"y": [1, 2, 1, 3, 2, 3, 2, 1], "x": [2, 1, 4, 6, 5, 3, 4, 1]})
    >>> fit = ps.CumulativeLinkModel.from_formula("y ~ x", data).fit()
    >>> ps.figures.marginal_effects(fit, terms={"x": "Hours"}).data["group"].tolist()
    [1, 2, 3]
    """
    if not isinstance(source, pd.DataFrame):
        require_fit(source, "marginal_effects", "avg_comparisons")
    frame = source if isinstance(source, pd.DataFrame) else source.avg_comparisons()
    if not len(frame):
        raise ModelError("there are no effects to draw; the fit has no covariates")
    named = frame.assign(term=frame["term"].map(lambda term: (terms or {}).get(term, term)))
    ends = {"estimate": "estimate", "conf_low": "low", "conf_high": "high"}
    points = 100 * named[list(ends)].rename(columns=ends)
    comparison = named["term"].astype(str) + ": " + named["contrast"].map(_contrast)
    rows = points.assign(name=named["group"].map(display.named_level), group=comparison)
    if side_by_side:
        order = pd.Categorical(rows["name"], rows["name"].unique(), ordered=True)
        rows = rows.rename(columns={"group": "series"}).iloc[np.argsort(order.codes, kind="stable")]
    axes = interval_plot(
        rows, label="Change of the probability, percentage points (95% interval)",
        words=_points, ax=ax, width=width,
    )  # fmt: skip
    sentences = [
        f"{about}, {r.name}: {said(r, _points)}."
        for about, r in zip(comparison, rows.sort_index().itertuples(), strict=True)
    ]
    opening = "Change of the probability of each level in percentage points, with 95% intervals. "
    return Drawing(figure_of(axes), named, opening + " ".join(sentences))


def _contrast(contrast: object) -> str:
    return str(contrast).replace(" - ", f" {display.MINUS} ")


def _points(value: float) -> str:
    return display.number(value, 1)


@drawn
def random_effects(
    fit: Any,
    *,
    factor: str | None = None,
    effect: str | None = None,
    names: bool = False,
    level: float = 0.95,
    ax: Axes | None = None,
    width: str = "wide",
) -> Drawing:
    """Draw the conditional modes of the effects of groups, smallest first.

    Parameters
    ----------
    fit : CumulativeLinkMixedResults
        A fit with random effects.
    factor, effect : str, optional
        Grouping factor, and which of its effects; the first ones by default.
    names : bool
        Whether groups are named. A named area has one identifiable head, and these effects are
        no ranking: intervals overlap, and what is not in the model is in them too.
    level : float
        Level of the intervals, estimate and conditional standard error times a normal quantile.
    ax : matplotlib.axes.Axes, optional
        Axes to draw into.
    width : {"column", "wide", "page"}
        Width of a new figure: 90, 140 or 190 mm.

    Returns
    -------
    Drawing
        One row for each group; ``data`` has places instead of names, unless they are asked for.

    Raises
    ------
    ModelError
        If the fit has no random effects, or none of this name.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> import probstats as ps
    >>> rng = np.random.default_rng(2)
    >>> group = np.repeat(np.arange(8), 6)
    >>> latent = rng.normal(size=8)[group] + rng.logistic(size=48)
    >>> simulated = pd.DataFrame({"y": np.digitize(latent, [-1, 1]), "group": group})
    >>> model = ps.CumulativeLinkMixedModel.from_formula("y ~ 1", simulated, groups="group")
    >>> ps.figures.random_effects(model.fit()).data["place"].tolist()
    [1, 2, 3, 4, 5, 6, 7, 8]
    """
    effects = _effects(fit, factor, effect).sort_values("estimate", kind="stable")
    z = stats.norm.ppf((1 + level) / 2)
    data = pd.DataFrame(
        {
            "place": range(1, len(effects) + 1),
            "estimate": effects["estimate"].to_numpy(),
            "low": (effects["estimate"] - z * effects["se"]).to_numpy(),
            "high": (effects["estimate"] + z * effects["se"]).to_numpy(),
            "level": level,
        }
    )
    if names:
        data.insert(0, "group", effects.index.astype(str))
    axes = interval_plot(
        data[["estimate", "low", "high"]].assign(name=data["group"] if names else ""),
        label=f"Effect of a group, latent scale ({display.interval_name(data)})",
        spacing=1.35 if names else min(1.0, 60 / len(data)), ax=ax, width=width,
    )  # fmt: skip
    return Drawing(figure_of(axes), data, _effects_in_words(data, named=names))


def _effects(fit: Any, factor: str | None, effect: str | None) -> pd.DataFrame:
    found = getattr(fit, "random_effects", None)
    if found is None:
        raise ModelError(f"random_effects needs a mixed fit, and this is a {type(fit).__name__}")
    for level, wanted in (("factor", factor), ("effect", effect)):
        known = found.index.unique(level)
        if wanted is not None and wanted not in known:
            raise ModelError(
                f"{level}={wanted!r} is not in the fit; it has {', '.join(map(str, known))}"
            )
        found = found.xs(known[0] if wanted is None else wanted, level=level)
    return found


def _effects_in_words(data: pd.DataFrame, *, named: bool) -> str:
    clear = int(((data["low"] > 0) | (data["high"] < 0)).sum())
    number = f"{len(data)} groups" if len(data) > 1 else "One group"
    words = (
        f"{number} from the smallest effect, {display.number(data['estimate'].min())}, to the "
        f"largest, {display.number(data['estimate'].max())}, on the latent scale, with "
        f"{display.interval_name(data)}s; {clear} of the intervals leave out zero. "
    )
    if not named:
        return words + "Groups are not named."
    return words + " ".join(f"{r.group}: {said(r, display.number)}." for r in data.itertuples())


@drawn
def parallel_lines(
    source: Any,
    *,
    terms: Mapping[str, str] | None = None,
    ax: Axes | None = None,
    width: str = "page",
) -> Drawing:
    """Draw the coefficients of the outcome split at each threshold, beside the common one.

    Parameters
    ----------
    source : CumulativeLinkResults or pandas.DataFrame
        A fit; or what ``split_estimates`` returns.
    terms : mapping of str to str, optional
        Terms in words.
    ax : matplotlib.axes.Axes, optional
        Axes to draw into.
    width : {"column", "wide", "page"}
        Width of a new figure: 90, 140 or 190 mm.

    Returns
    -------
    Drawing
        One row for each split of each term, and one for all of them together. Under parallel
        lines those of a term differ by chance only; where a split separates, an arrow.

    Examples
    --------
    >>> import pandas as pd
    >>> import probstats as ps
    >>> data = pd.DataFrame({"y": [1, 2, 1, 3, 2, 3, 2, 1], "x": [2, 1, 4, 6, 5, 3, 4, 1]})
    >>> fit = ps.CumulativeLinkModel.from_formula("y ~ x", data).fit()
    >>> ps.figures.parallel_lines(fit).data["split"].tolist()
    ['1|2', '2|3', 'all']
    """
    if not isinstance(source, pd.DataFrame):
        require_fit(source, "parallel_lines")
    frame = source if isinstance(source, pd.DataFrame) else split_estimates(source)
    named = frame.assign(term=frame["term"].map(lambda term: (terms or {}).get(term, term)))
    rows = named[["estimate", "low", "high"]].assign(
        name=[_split_in_words(split) for split in named["split"]], group=named["term"]
    )
    axes = interval_plot(
        rows, label="Coefficient (95% interval)", words=display.number, ax=ax, width=width
    )
    sentences = [f"{r.group}, {r.name}: {said(r, display.number)}." for r in rows.itertuples()]
    opening = "Coefficients of the outcome split at each threshold, with 95% intervals. "
    return Drawing(figure_of(axes), named, opening + " ".join(sentences))


def _split_in_words(split: str) -> str:
    if split == COMMON:
        return "all thresholds together"
    lower, upper = split.split("|", 1)
    return f"{upper} or higher against {lower} or lower"
