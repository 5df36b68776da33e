"""Pooling of fits to imputed data by Rubin's rules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from probstats.errors import MissingWarning, ModelError
from probstats.missing.pooled_results import PooledResults, names_of
from probstats.missing.rubin import imputations_needed
from probstats.models.kernel.links import Array
from probstats.models.trouble import warn

HALF = 0.5
"""Fraction of missing information above which a warning is due."""


def pool(fits: Iterable[Any], df_complete: float | None = None) -> PooledResults:
    """Pool the fits of one model to several imputations.

    Parameters
    ----------
    fits : iterable
        m fits of ``CumulativeLinkModel`` or ``CumulativeLinkMixedModel``, or of any model of
        statsmodels, as ``Imputations.fit`` makes them; two or more.
    df_complete : float, optional
        Degrees of freedom if nothing were missing. By default those of the t reference of the
        fits, where they have one, as with clustered errors; and rows less parameters otherwise,
        as in R's ``mice``. ``numpy.inf`` gives the degrees of freedom of Rubin (1987).

    Returns
    -------
    PooledResults
        Estimates, errors, intervals, tests, and the fraction of missing information.

    Raises
    ------
    ModelError
        If there are fewer than two fits, they are not all of one model, or one has an infinite
        estimate or did not converge.

    Warns
    -----
    MissingWarning
        If more than half of the information on a parameter is missing, or there are fewer
        imputations than percent of information missing (White, Royston and Wood 2011); the number
        that would do is that of von Hippel (2020).

    Notes
    -----
    Estimates are means over the imputations. Their variance is the mean variance, and the variance
    between imputations times 1 + 1/m (Rubin 1987). The reference is Student's t with the degrees of
    freedom of Barnard and Rubin (1999), see ``probstats.missing.rubin.combine``.

    Identical imputations give the estimates and errors of the single fit.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> import probstats as ps
    >>> rng = np.random.default_rng(3)
    >>> data = pd.DataFrame({"x": rng.normal(size=120)})
    >>> data["y"] = np.digitize(data["x"] + rng.logistic(size=120), [-1, 1])
    >>> data.loc[rng.random(120) < 0.2, "x"] = np.nan
    >>> pooled = ps.pool(ps.impute(data, m=50, rng=1).fit("y ~ x"))
    >>> pooled.summary_frame()[["estimate", "std_error", "df", "fmi"]].round(3)
         estimate  std_error       df    fmi
    x       1.325      0.263   68.631  0.330
    0|1    -1.327      0.262  101.822  0.114
    1|2     1.171      0.263   90.427  0.188
    """
    found = _listed(fits)
    for number, fit in enumerate(found):
        _require_usable(fit, number)
        _require_same(found[0], fit, number)
    pooled = PooledResults(found, _df_complete(found, df_complete))
    _warn_of(pooled)
    return pooled


def _listed(fits: Any) -> list[Any]:
    if hasattr(fits, "frames"):
        raise ModelError("pool takes fits, not imputations; imputations.fit(...) makes them")
    if not isinstance(fits, Iterable) or hasattr(fits, "params"):
        raise ModelError("pool takes a list of fits, one for each imputation")
    found = list(fits)
    if len(found) < 2:
        raise ModelError(
            f"pool takes two fits or more, one for each imputation, and there are {len(found)}"
        )
    return found


def _require_usable(fit: Any, number: int) -> None:
    if not hasattr(fit, "params") or not hasattr(fit, "cov_params"):
        raise ModelError(f"fit {number} is a {type(fit).__name__}, not a fitted model")
    lost = list(getattr(fit, "diverging", ()))
    if lost:
        raise ModelError(
            f"fit {number} has no finite estimate for {', '.join(lost)}, and a mean needs all; "
            f"fit each with reduction='mean', whose estimates are finite"
        )
    if not getattr(fit, "converged", True):
        raise ModelError(f"fit {number} did not converge; leave no such fit in the list")


def _require_same(first: Any, fit: Any, number: int) -> None:
    """Raise a sentence if a fit is of another model than the first."""
    differ = f"fit {number} is of another model than fit 0"
    if type(fit) is not type(first):
        raise ModelError(f"{differ}: {type(fit).__name__} against {type(first).__name__}")
    one, other = list(names_of(first)), list(names_of(fit))
    if one != other:
        apart = sorted(set(one) ^ set(other)) or ["their order"]
        raise ModelError(f"{differ}: the parameters differ in {', '.join(map(str, apart))}")
    for what, value in _traits(first).items():
        if _traits(fit)[what] != value:
            raise ModelError(f"{differ}: {what} is {_traits(fit)[what]} against {value}")


def _traits(fit: Any) -> dict[str, Any]:
    """Return what has to be the same in all fits, by the words for it."""
    model = fit.model
    link = getattr(model, "link", None)
    traits = {
        "the number of rows": getattr(fit, "nobs", None),
        "cov_type": getattr(fit, "cov_type", None),
        "the link": getattr(link, "name", None),
        "the structure of thresholds": getattr(model, "threshold", None),
    }
    estimator = getattr(fit, "estimator", None)
    penalty = getattr(estimator, "penalty", None)
    shown = None if penalty is None else dict(penalty)
    return traits | {"the estimator": getattr(estimator, "name", None), "the penalty": shown}


def _df_complete(fits: Sequence[Any], given: float | None) -> Array:
    """Return the degrees of freedom of each parameter without missing values."""
    size = len(fits[0].params)
    if given is not None:
        if isinstance(given, bool | str) or not given > 0.0:
            raise ModelError(f"df_complete={given!r} must be a positive number, or numpy.inf")
        return np.full(size, float(given))
    rest = float(getattr(fits[0], "df_resid", np.inf))
    if not getattr(fits[0], "use_t", False) or not hasattr(fits[0], "df_inference"):
        return np.full(size, rest)
    own = np.mean([np.asarray(fit.df_inference, dtype=float) for fit in fits], axis=0)
    return np.where(np.isfinite(own), own, rest)


def _warn_of(pooled: PooledResults) -> None:
    fmi = pooled.fmi.dropna()
    much = fmi[fmi > HALF]
    if len(much):
        named = ", ".join(f"{name} ({value:.2f})" for name, value in much.items())
        warn(
            f"more than half of the information is missing on {named}: the estimate is due to the "
            f"imputation model more than to the data; lead with ps.bounds and "
            f"ps.delta_sensitivity",
            MissingWarning,
        )
    worst = float(fmi.max()) if len(fmi) else 0.0
    if pooled.m < 100.0 * worst:
        need = max(imputations_needed(worst, pooled.m), int(np.ceil(100.0 * worst)))
        warn(
            f"{pooled.m} imputations are few where {100 * worst:.0f}% of the information on "
            f"{fmi.idxmax()} is missing: errors would be others if imputation were repeated; "
            f"make about {need}",
            MissingWarning,
        )
