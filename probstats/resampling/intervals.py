"""Intervals from replicates: percentile, BCa and studentised."""

from __future__ import annotations

import math

import numpy as np
from scipy import special

from probstats.errors import ModelError
from probstats.models.kernel.links import Array

KINDS = ("percentile", "bca", "studentised")

TIE = 1e-9
"""Relative difference below which a replicate is the estimate."""


def quantile(values: Array, level: float) -> float:
    """Return a quantile of replicates, the (B + 1) p-th of them in order.

    Parameters
    ----------
    values : numpy.ndarray
        B sorted replicates; infinite ones may be at the ends.
    level : float
        p.

    Returns
    -------
    float
        Between two replicates it is interpolated on the scale of normal quantiles (Davison and
        Hinkley 1997, equation 5.8); infinite below the first and above the last.

    Examples
    --------
    >>> import numpy as np
    >>> round(quantile(np.arange(1.0, 20.0), 0.05), 6)
    1.0
    """
    if np.isnan(level):
        return np.inf
    total = len(values) + 1
    place = total * level
    nearest = round(place)
    if math.isclose(place, nearest, rel_tol=1e-9) and 1 <= nearest < total:
        return float(values[nearest - 1])
    below = math.floor(place)
    if not 1 <= below < total - 1:
        return -np.inf if level < 0.5 else np.inf
    ends = values[below - 1 : below + 1]
    if not np.isfinite(ends).all():
        return float(ends[0] if level < 0.5 else ends[1])
    low, middle, high = special.ndtri([below / total, level, (below + 1) / total])
    return float(ends[0] + (middle - low) / (high - low) * (ends[1] - ends[0]))


def require_enough(number: int, alpha: float) -> None:
    """Raise a sentence if replicates are too few for the level.

    Raises
    ------
    ModelError
        If the ends would lie outside of the replicates.
    """
    needed = math.ceil(round(2.0 / alpha, 9)) - 1
    if number < needed:
        raise ModelError(
            f"intervals of level {1.0 - alpha:g} need {needed} replicates or more, and there are "
            f"{number}; raise n_resamples"
        )


def percentile(replicates: Array, alpha: float) -> tuple[float, float]:
    """Return the alpha / 2 and 1 - alpha / 2 quantiles of B replicates (Efron 1979)."""
    ordered = np.sort(replicates)
    return quantile(ordered, alpha / 2.0), quantile(ordered, 1.0 - alpha / 2.0)


def acceleration(without: Array, copies: Array) -> Array:
    """Return the acceleration of each parameter by the jackknife.

    Parameters
    ----------
    without : numpy.ndarray
        U by q estimates without each unit.
    copies : numpy.ndarray
        How often each unit occurs, so that it is left out as often.

    Returns
    -------
    numpy.ndarray
        sum d^3 / (6 (sum d^2)^(3/2)) with d the mean of the estimates less each of them (Efron
        1987; Davison and Hinkley 1997, equation 5.23).
    """
    differences = np.average(without, axis=0, weights=copies) - without
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = (copies @ differences**3) / (6.0 * (copies @ differences**2) ** 1.5)
    return np.nan_to_num(ratio)


def bca(replicates: Array, estimate: float, rate: float, alpha: float) -> tuple[float, float]:
    """Return the bias-corrected and accelerated interval.

    Parameters
    ----------
    replicates : numpy.ndarray
        B replicates.
    estimate : float
        The estimate.
    rate : float
        The acceleration a.
    alpha : float
        One minus the level.

    Returns
    -------
    tuple of float
        The quantiles at Phi(z0 + (z0 + z) / (1 - a (z0 + z))) for z = -+z_(1 - alpha / 2), with
        z0 the normal quantile of the share of replicates below the estimate (Efron 1987), ties
        counted by half; infinite where that lies outside of the replicates.
    """
    ordered = np.sort(replicates)
    tied = np.abs(ordered - estimate) <= TIE * (1.0 + abs(estimate))
    below = np.mean((ordered < estimate) & ~tied) + 0.5 * np.mean(tied)
    correction = special.ndtri(below)
    if not np.isfinite(correction):
        return -np.inf, np.inf
    levels = []
    for end in special.ndtri([alpha / 2.0, 1.0 - alpha / 2.0]):
        moved = correction + end
        levels.append(float(special.ndtr(correction + moved / (1.0 - rate * moved))))
    low, high = (quantile(ordered, level) for level in levels)
    return (low if low < np.inf else -np.inf), (high if high > -np.inf else np.inf)


def studentised(
    replicates: Array, errors: Array, estimate: float, error: float, alpha: float
) -> tuple[float, float]:
    """Return the bootstrap-t interval.

    Parameters
    ----------
    replicates, errors : numpy.ndarray
        B replicates and their standard errors; a missing one may be of any size.
    estimate, error : float
        The estimate and its standard error.
    alpha : float
        One minus the level.

    Returns
    -------
    tuple of float
        The estimate less the 1 - alpha / 2 and alpha / 2 quantiles of (replicate - estimate) /
        error, times its error (Efron 1982; Hall 1988); infinite where too many errors are missing.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        ratios = (replicates - estimate) / errors
    if not np.isfinite(error):
        return -np.inf, np.inf
    known = np.isfinite(ratios)
    low, high = (
        quantile(np.sort(np.where(known, ratios, missing)), level)
        for missing, level in ((-np.inf, alpha / 2.0), (np.inf, 1.0 - alpha / 2.0))
    )
    return estimate - error * high, estimate - error * low
