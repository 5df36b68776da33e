"""Rubin's rules: estimates of several imputations as one, with the error missing values add."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special, stats

from probstats.errors import ModelError
from probstats.models.kernel.links import Array

RELATIVE_ERROR = 0.05
"""Relative Monte Carlo error of standard errors that ``imputations_needed`` aims at."""


@dataclass(frozen=True)
class Combined:
    """Quantities estimated in each of m imputations, as one.

    Attributes
    ----------
    estimate : numpy.ndarray
        Means of the estimates.
    within, between, variance : numpy.ndarray
        Mean of the variances, variance of the estimates, and total variance.
    riv : numpy.ndarray
        Relative increase of the variance due to missing values.
    share : numpy.ndarray
        Lambda, the share of the variance that is due to missing values.
    df : numpy.ndarray
        Degrees of freedom of the t reference.
    fmi : numpy.ndarray
        Fraction of missing information; 0 where all imputations agree.
    """

    estimate: Array
    within: Array
    between: Array
    variance: Array
    riv: Array
    share: Array
    df: Array
    fmi: Array


def combine(estimates: Any, variances: Any, df_complete: Any = np.inf) -> Combined:
    r"""Combine the estimates of several imputations.

    Parameters
    ----------
    estimates, variances : array_like
        m by q estimates, and their squared standard errors.
    df_complete : float or array_like
        Degrees of freedom if nothing were missing.

    Returns
    -------
    Combined
        q values each.

    Notes
    -----
    With the mean U of the variances and the variance B of the estimates, the total variance is
    T = U + (1 + 1/m) B (Rubin 1987). With r = (1 + 1/m) B / U and lambda = (1 + 1/m) B / T the
    degrees of freedom are those of Barnard and Rubin (1999),

    .. math:: \nu = \left(\frac{1}{\nu_m} + \frac{1}{\nu_{obs}}\right)^{-1}, \quad
       \nu_m = \frac{m - 1}{\lambda^2}, \quad
       \nu_{obs} = \frac{\nu_{com} + 1}{\nu_{com} + 3} \nu_{com} (1 - \lambda),

    and the fraction of missing information is (r + 2 / (nu + 3)) / (1 + r).

    Examples
    --------
    >>> found = combine([[0.5], [0.6], [0.7]], [[0.04], [0.05], [0.03]], df_complete=100)
    >>> found.variance.round(4), found.df.round(1), found.fmi.round(3)
    (array([0.0533]), array([22.3]), array([0.309]))
    """
    estimates, variances = np.asarray(estimates, dtype=float), np.asarray(variances, dtype=float)
    m = len(estimates)
    within, between = variances.mean(axis=0), estimates.var(axis=0, ddof=1)
    between = np.where(np.ptp(estimates, axis=0) == 0.0, 0.0, between)
    extra = (1.0 + 1.0 / m) * between
    variance = within + extra
    with np.errstate(divide="ignore", invalid="ignore"):
        riv, share = extra / within, extra / variance
        share = np.where(variance == 0.0, 0.0, share)
        df = _df(m, share, np.asarray(df_complete, dtype=float))
        fmi = np.where(between == 0.0, 0.0, (riv + 2.0 / (df + 3.0)) / (1.0 + riv))
    fmi = np.where(np.isnan(variance), np.nan, fmi)
    return Combined(estimates.mean(axis=0), within, between, variance, riv, share, df, fmi)


def _df(m: int, share: Array, df_complete: Array) -> Array:
    by_imputation = (m - 1.0) / share**2
    with_error = np.where(
        np.isinf(df_complete), np.inf, (df_complete + 1.0) / (df_complete + 3.0) * df_complete
    )
    observed = with_error * (1.0 - share)
    return np.asarray(1.0 / (1.0 / by_imputation + 1.0 / observed))


def imputations_needed(fmi: float, m: int, error: float = RELATIVE_ERROR) -> int:
    """Return how many imputations make standard errors repeatable.

    Parameters
    ----------
    fmi : float
        Fraction of missing information, estimated from a first round of imputations.
    m : int
        Imputations of that round.
    error : float
        Relative standard deviation that the standard error may have if imputation is repeated.

    Returns
    -------
    int
        1 + (f / error)^2 / 2, rounded up, with f the upper end of the 95% interval of ``fmi``,
        logit(f) = logit(fmi) + 1.96 sqrt(2 / m) (von Hippel 2020).

    Raises
    ------
    ModelError
        If an argument is out of its range.

    Examples
    --------
    >>> imputations_needed(0.3, m=20)
    41
    """
    if not 0.0 <= fmi < 1.0 or m < 2 or not 0.0 < error < 1.0:
        raise ModelError(
            f"fmi={fmi!r} must lie from 0 to 1, m={m!r} be at least 2 and error={error!r} lie "
            f"between 0 and 1"
        )
    reach = float(stats.norm.ppf(0.975)) * np.sqrt(2.0 / m)
    upper = float(special.expit(special.logit(fmi) + reach))
    return int(np.ceil(1.0 + 0.5 * (upper / error) ** 2))


def t_quantile(probability: float, df: Any) -> Array:
    """Return quantiles of Student's t, of the normal where degrees of freedom are infinite."""
    return np.where(np.isinf(df), stats.norm.ppf(probability), stats.t.ppf(probability, df))


def t_tail(value: Any, df: Any) -> Array:
    """Return upper tails of Student's t, of the normal where degrees of freedom are infinite."""
    return np.where(np.isinf(df), stats.norm.sf(value), stats.t.sf(value, df))
