"""Tests of several parameters at once, over imputations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from probstats.errors import ModelError
from probstats.missing.rubin import Combined, combine
from probstats.models.checking.likelihood_ratio import require_likelihood
from probstats.models.checking.nesting import require_nested, require_same_rows
from probstats.models.checking.variants import quiet_fit, require_plain
from probstats.models.kernel.links import Array


@dataclass(frozen=True)
class PooledTest:
    """A test over imputations.

    Attributes
    ----------
    statistic : float
        F statistic.
    df, df_denom : float
        Its degrees of freedom.
    p_value : float
        By the F distribution.
    riv : float
        Relative increase of the variance due to missing values, on average over what is tested.
    method : str
        What was done.
    """

    statistic: float
    df: int
    df_denom: float
    p_value: float
    riv: float
    method: str

    def __repr__(self) -> str:
        return (
            f"{self.method}: F = {self.statistic:.4f} on {self.df} and {self.df_denom:.1f} df, "
            f"p = {self.p_value:.4g}, relative increase of variance {self.riv:.3f}"
        )


def _test(statistic: float, df: int, df_denom: float, riv: float, method: str) -> PooledTest:
    p_value = float(
        stats.f.sf(statistic, df, df_denom) if np.isfinite(df_denom)
        else stats.chi2.sf(statistic * df, df)
    )  # fmt: skip
    return PooledTest(statistic, df, df_denom, p_value, riv, method)


def wald(estimates: Array, covariances: Array, df_complete: float) -> PooledTest:
    r"""Test that k parameters are zero.

    Parameters
    ----------
    estimates : numpy.ndarray
        m by k.
    covariances : numpy.ndarray
        m by k by k.
    df_complete : float
        Degrees of freedom if nothing were missing.

    Returns
    -------
    PooledTest
        The statistic is

        .. math:: D_1 = \frac{\bar Q' \bar U^{-1} \bar Q}{k (1 + r)}, \quad
           r = (1 + 1/m) \, \mathrm{tr}(B \bar U^{-1}) / k

        (Li, Raghunathan and Rubin 1991), with their degrees of freedom, or with those of Reiter
        (2007) where ``df_complete`` is finite. One parameter has its t test, squared.
    """
    m, k = estimates.shape
    if k == 1:
        return _wald_of_one(combine(estimates, covariances[:, 0], df_complete))
    mean, within = estimates.mean(axis=0), covariances.mean(axis=0)
    between = np.atleast_2d(np.cov(estimates, rowvar=False))
    riv = float((1.0 + 1.0 / m) * np.trace(np.linalg.solve(within, between)) / k)
    statistic = float(mean @ np.linalg.solve(within, mean)) / (k * (1.0 + riv))
    return _test(statistic, k, _wald_df(riv, k, m, df_complete), riv, "Wald test")


def _wald_of_one(found: Combined) -> PooledTest:
    statistic = float(found.estimate[0] ** 2 / found.variance[0])
    return _test(statistic, 1, float(found.df[0]), float(found.riv[0]), "Wald test")


def _wald_df(riv: float, k: int, m: int, df_complete: float) -> float:
    t = k * (m - 1)
    if np.isfinite(df_complete) and t > 4:
        return _reiter(riv, t, df_complete)
    if riv == 0.0:
        return df_complete
    if t > 4:
        return float(4.0 + (t - 4.0) * (1.0 + (1.0 - 2.0 / t) / riv) ** 2)
    few = t * (1.0 + 1.0 / k) * (1.0 + 1.0 / riv) ** 2 / 2.0
    return float(1.0 / (1.0 / few + 1.0 / df_complete))


def _reiter(riv: float, t: int, df_complete: float) -> float:
    """Return the degrees of freedom of Reiter (2007), equations 1 and 2."""
    a = riv * t / (t - 2.0)
    star = (df_complete + 1.0) / (df_complete + 3.0) * df_complete
    c0, c1, c2 = 1.0 / (t - 4.0), star - 2.0 * (1.0 + a), star - 4.0 * (1.0 + a)
    if c2 <= 0.0:
        raise ModelError(
            f"with {df_complete:g} degrees of freedom and as much missing, this test has no "
            f"reference distribution; test fewer parameters at once"
        )
    z = 1.0 / c2 + c0 * (
        a**2 * c1 / ((1.0 + a) ** 2 * c2)
        + 8.0 * a**2 * c1 / ((1.0 + a) * c2**2)
        + 4.0 * a**2 / ((1.0 + a) * c2)
        + 4.0 * a**2 / (c2 * c1)
        + 16.0 * a**2 * c1 / c2**3
        + 8.0 * a**2 / c2**2
    )
    return 4.0 + 1.0 / z


def likelihood_ratio(small: Sequence[Any], large: Sequence[Any]) -> PooledTest:
    """Test fits against larger ones, imputation by imputation the same rows.

    Parameters
    ----------
    small, large : sequence of CumulativeLinkResults
        m fits each.

    Returns
    -------
    PooledTest
        See ``PooledResults.likelihood_ratio_test``.

    Raises
    ------
    ModelError
        If a pair of fits is not of the same rows, or not nested.
    """
    m, k = len(large), len(large[0].params) - len(small[0].params)
    if k <= 0:
        raise ModelError(
            f"the other fits have {len(small[0].params)} parameters and these "
            f"{len(large[0].params)}; give the test the fits of the smaller model"
        )
    for number, (one, other) in enumerate(zip(small, large, strict=True)):
        _require_pair(one, other, number)
    each = [2.0 * (other.llf - one.llf) for one, other in zip(small, large, strict=True)]
    stacked = 2.0 * (_stacked_llf(large) - _stacked_llf(small)) / m
    riv = max(0.0, (m + 1.0) / (k * (m - 1.0)) * (float(np.mean(each)) - stacked))
    df = k * (m - 1.0) * (1.0 + 1.0 / riv) ** 2 if riv > 1e-12 else np.inf
    return _test(max(stacked, 0.0) / (k * (1.0 + riv)), k, df, riv, "Likelihood-ratio test")


def _require_pair(small: Any, large: Any, number: int) -> None:
    for which, fit in (("the smaller fit", small), ("the larger fit", large)):
        require_plain(fit, "the pooled likelihood-ratio test")
        require_likelihood(fit, f"{which} of imputation {number}")
    try:
        require_same_rows(small.model, large.model)
        require_nested(small.model, large.model)
    except ModelError as error:
        raise ModelError(f"imputation {number}: {error}") from error


def _stacked_llf(fits: Sequence[Any]) -> float:
    """Return the largest log-likelihood of all imputations under one set of parameters."""
    found = quiet_fit(stacked_model([fit.model for fit in fits]))
    if not found.converged:
        raise ModelError("the model of all imputations together did not converge")
    return float(found.llf)


def stacked_model(models: Sequence[Any]) -> Any:
    """Return the model of the rows of several models, one after the other."""
    samples = [model.sample for model in models]
    covariates = type(samples[0].covariates)(*(
        None if parts[0] is None else pd.concat(parts, ignore_index=True)
        for parts in zip(*(sample.covariates for sample in samples), strict=True)
    ))  # fmt: skip
    outcome = replace(
        samples[0].outcome,
        low=np.concatenate([sample.outcome.low for sample in samples]),
        high=np.concatenate([sample.outcome.high for sample in samples]),
    )
    weighted = samples[0].weights is not None
    weights = np.concatenate([sample.weights for sample in samples]) if weighted else None
    kept = np.ones(len(outcome.low), dtype=bool)
    return models[0].with_sample(replace(
        samples[0], outcome=outcome, covariates=covariates, weights=weights, kept=kept
    ))  # fmt: skip
