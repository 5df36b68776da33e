"""Draws of missing numbers: matched to observed ones, or from a normal cut at their bounds."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from statsmodels.regression.linear_model import OLS

from probstats.errors import DataError
from probstats.missing.variables import Mask, Variable
from probstats.models.kernel.links import Array

FEWEST = 3
"""Donors inside the bounds of a cell below which its value comes from the normal instead."""

PAIRS = 2_000_000
"""Distances between donors and cells held at once."""


class Regression(NamedTuple):
    """A linear regression, and a draw of its parameters.

    Attributes
    ----------
    estimate, drawn : numpy.ndarray
        c coefficients: by least squares, and drawn from their posterior distribution.
    sd : float
        Residual standard deviation, drawn.
    """

    estimate: Array
    drawn: Array
    sd: float


def regress(name: str, outcome: Array, design: Array, rng: np.random.Generator) -> Regression:
    """Return least squares, and a draw under the usual flat prior (van Buuren 2018, algorithm 3.1).

    Raises
    ------
    DataError
        If there are no more rows than coefficients.
    """
    fit = OLS(outcome, design).fit()
    if fit.df_resid < 1:
        raise DataError(
            f"column {name!r} is known in {len(outcome)} rows, too few for the "
            f"{design.shape[1]} coefficients of its imputation model; name fewer in predictors="
        )
    sd = float(np.sqrt(fit.ssr / rng.chisquare(fit.df_resid)))
    noise = root(np.asarray(fit.normalized_cov_params)) @ rng.standard_normal(design.shape[1])
    return Regression(fit.params, fit.params + sd * noise, sd)


def root(covariance: Array) -> Array:
    """Return the symmetric root: the signs of eigenvectors differ between machines."""
    values, vectors = np.linalg.eigh(covariance)
    return np.asarray((vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T)


def draw_numbers(
    variable: Variable,
    current: Array,
    designs: tuple[Array, Mask],
    rng: np.random.Generator,
) -> Array:
    """Draw the missing cells of a column of numbers.

    Parameters
    ----------
    variable : Variable
        The column.
    current : numpy.ndarray
        n values, imputed ones of the last round included.
    designs : tuple
        n by c predictors, and the rows the regression is fitted to.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    numpy.ndarray
        A value for each missing cell.

    Notes
    -----
    The prediction at the estimates of each observed row is compared with the prediction at drawn
    parameters of the missing one (type 1 matching, van Buuren 2018, section 3.4). Only observed
    values inside the bounds of the cell are donors. Where there are fewer than three, or matching
    is not wanted, the value is drawn from the normal distribution of the regression, cut at the
    bounds.
    """
    design, rows = designs
    fit = regress(variable.name, current[rows], design[rows], rng)
    gaps, known = np.flatnonzero(variable.missing), np.flatnonzero(~variable.missing)
    known = rng.permutation(known)  # ties are broken at random
    pool, pool_at = variable.cells[known], design[known] @ fit.estimate
    drawn = np.empty(len(gaps))
    step = max(1, PAIRS // len(known))
    for start in range(0, len(gaps), step):
        some = slice(start, start + step)
        cells = gaps[some]
        low, high = variable.low[cells], variable.high[cells]
        at = design[cells] @ fit.drawn
        few = np.ones(len(cells), dtype=bool)
        if variable.donors:
            inside = (pool >= low[:, None]) & (pool <= high[:, None])
            distance = np.abs(at[:, None] - pool_at)
            drawn[some] = _matched(distance, inside, pool, variable.donors, rng)
            few = inside.sum(axis=1) < FEWEST
        cut = _cut_normal(at[few], fit.sd, low[few], high[few], rng)
        drawn[start + np.flatnonzero(few)] = _rounded(cut, variable, low[few], high[few])
    return drawn


def _matched(
    distance: Array, inside: NDArray[np.bool_], pool: Array, donors: int, rng: np.random.Generator
) -> Array:
    """Return for each cell one of the nearest observed values inside its bounds."""
    distance = np.where(inside, distance, np.inf)
    nearest = np.argsort(distance, axis=1, kind="stable")[:, :donors]
    allowed = np.clip(inside.sum(axis=1), 1, nearest.shape[1])
    chosen = rng.integers(0, allowed)
    return np.asarray(pool[nearest[np.arange(len(nearest)), chosen]])


def _cut_normal(mean: Array, sd: float, low: Array, high: Array, rng: np.random.Generator) -> Array:
    if not len(mean):
        return mean
    ends = (low - mean) / sd, (high - mean) / sd
    return np.asarray(stats.truncnorm.rvs(*ends, loc=mean, scale=sd, random_state=rng))


def _rounded(values: Array, variable: Variable, low: Array, high: Array) -> Array:
    """Return whole numbers inside of the bounds, if all observed values are whole."""
    if not variable.whole:
        return np.clip(values, low, high)
    least, most = np.ceil(low), np.floor(high)
    return np.where(least <= most, np.clip(np.round(values), least, most), values)
