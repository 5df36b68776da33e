"""Estimates of fitted models as one tidy frame, and as a table for readers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from probstats import display
from probstats.errors import ModelError


def estimates(fits: Mapping[str, Any], level: float = 0.95) -> pd.DataFrame:
    """Collect the estimates of several fits.

    Parameters
    ----------
    fits : mapping of str to results
        Fitted models by name, or fits pooled over imputations.
    level : float
        Level of the intervals.

    Returns
    -------
    pandas.DataFrame
        One row for each parameter: ``model``, ``term``, ``kind`` (coefficient, log scale,
        threshold, nominal effect or random effect), ``estimate``, ``se``, ``low``, ``high``,
        ``p``, ``n``, ``clusters``, ``converged``, ``link``, ``level``, in full precision.
        Parameters without a finite estimate have missing values.

    Raises
    ------
    ModelError
        If there are no fits, or ``level`` is not between 0 and 1.

    Examples
    --------
    >>> import pandas as pd
    >>> import probstats as ps
    >>> data = pd.DataFrame({"y": [1, 2, 1, 3, 2, 3, 2, 1], "x": [2, 1, 4, 6, 5, 3, 4, 1]})
    >>> fit = ps.CumulativeLinkModel.from_formula("y ~ x", data).fit()
    >>> ps.tables.estimates({"A": fit})["term"].tolist()
    ['x', '1|2', '2|3']
    """
    if not fits:
        raise ModelError("there are no fits to collect; give at least one, by name")
    if not 0 < level < 1:
        raise ModelError(f"level={level!r} is not between 0 and 1; 0.95 is usual")
    return pd.concat([_one(name, fit, level) for name, fit in fits.items()], ignore_index=True)


def _one(name: str, fit: Any, level: float) -> pd.DataFrame:
    bounds = fit.conf_int(alpha=1 - level)
    finite = np.isfinite(fit.params) & ~fit.params.index.isin(getattr(fit, "diverging", []))
    first = first_fit(fit)
    return pd.DataFrame(
        {
            "model": name,
            "term": fit.params.index,
            "kind": _kinds(fit),
            "estimate": fit.params.where(finite).to_numpy(),
            "se": fit.bse.to_numpy(),
            "low": bounds[0].to_numpy(),
            "high": bounds[1].to_numpy(),
            "p": fit.pvalues.to_numpy(),
            "n": fit.nobs,
            "clusters": getattr(first, "n_groups", None),
            "converged": all(one.converged for one in getattr(fit, "fits", [fit])),
            "link": first.model.link.name if hasattr(first.model, "link") else "logit",
            "level": level,
        }
    )


def first_fit(fit: Any) -> Any:
    """Return the fit itself, or the first of those that were pooled over imputations."""
    return fit.fits[0] if hasattr(fit, "fits") else fit


def _kinds(fit: Any) -> list[str]:
    """Return what each parameter is; those of random effects come last."""
    model = first_fit(fit).model
    plain = getattr(model, "plain", model)
    kinds: list[str] = getattr(plain, "parameter_kinds", ["coefficient"] * len(fit.params))
    return [*kinds, *["random effect"] * (len(fit.params) - len(kinds))]


def odds_ratios(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the coefficients of an estimates frame as odds ratios.

    Parameters
    ----------
    frame : pandas.DataFrame
        What ``estimates`` returns, from fits with the logit link.

    Returns
    -------
    pandas.DataFrame
        The rows of coefficients with ``estimate``, ``low`` and ``high`` exponentiated; above 1
        means higher odds of a better rating. ``kind`` says "odds ratio", and ``se``, which stays
        that of the log odds ratio, is called ``se_log``.

    Raises
    ------
    ModelError
        If a fit has another link: only logit coefficients are log odds ratios.

    Examples
    --------
    >>> import pandas as pd
    >>> numbers = {"estimate": [0.0], "low": [-1.0], "high": [1.0]}
    >>> rows = pd.DataFrame({"kind": ["coefficient"], **numbers})
    >>> odds_ratios(rows)["estimate"].tolist()
    [1.0]
    """
    rows = frame[frame["kind"] == "coefficient"]
    other = sorted(set(rows.get("link", ["logit"])) - {"logit"})
    if other:
        raise ModelError(f"coefficients with the {other[0]} link are no log odds ratios")
    ratios = {name: np.exp(rows[name]) for name in ("estimate", "low", "high")}
    return rows.assign(kind="odds ratio", **ratios).rename(columns={"se": "se_log"})


def display_odds_ratios(ratios: pd.DataFrame) -> pd.DataFrame:
    """Return odds ratios as a table for readers.

    Parameters
    ----------
    ratios : pandas.DataFrame
        What ``odds_ratios`` returns, with ``model`` and ``term`` in words.

    Returns
    -------
    pandas.DataFrame
        Model, comparison, odds ratio, interval (its level in the header), inspections and
        clusters, as text.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"model": ["A"], "term": ["x"], "estimate": [0.514], "low": [0.33],
    ...                      "high": [0.64], "n": [116], "clusters": [30]})
    >>> display_odds_ratios(rows)["Odds ratio"].tolist()
    ['0.51']
    """
    display.require_odds_ratios(ratios)
    clusters = ratios["clusters"].astype("Int64").astype("str").fillna("none")
    return pd.DataFrame(
        {
            "Model": ratios["model"],
            "Comparison": ratios["term"],
            "Odds ratio": [display.ratio(value) for value in ratios["estimate"]],
            display.interval_name(ratios): [
                display.interval(display.ratio(low), display.ratio(high))
                for low, high in zip(ratios["low"], ratios["high"], strict=True)
            ],
            "Inspections": [display.number(n, 0) for n in ratios["n"]],
            "Clusters": clusters.to_numpy(),
        }
    )
