"""Exact log-likelihood, score and Hessian of cumulative link models.

Row i has a level between two bounds, u_i = D^u_i psi + o^u_i and l_i = D^l_i psi + o^l_i, both
linear in the parameters psi = (beta, theta), and the likelihood p_i = F(u_i) - F(l_i). With
A = f(u)/p, B = f(l)/p and r(x) = f'(x)/f(x), the derivatives of log p are

    d/du = A,  d/dl = -B,  d2/du2 = A r(u) - A^2,  d2/dl2 = -B r(l) - B^2,  d2/dudl = A B,

and the chain rule through the two linear maps gives score and Hessian (McCullagh 1980, section 5).
A bound beyond the outermost threshold is infinite: its offset is infinite and its density zero.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from probstats.models.links import Array, Link
from probstats.models.outcome import Outcome


@dataclass(frozen=True)
class Bounds:
    """The two linear maps from parameters to the bounds of each row.

    Attributes
    ----------
    upper, lower : numpy.ndarray
        n by q matrices D^u and D^l.
    upper_offset, lower_offset : numpy.ndarray
        n offsets: 0, or plus or minus infinity beyond the outermost thresholds.
    """

    upper: Array
    lower: Array
    upper_offset: Array
    lower_offset: Array

    def at(self, params: Array) -> tuple[Array, Array]:
        """Return the upper and the lower bound of every row."""
        return self.upper @ params + self.upper_offset, self.lower @ params + self.lower_offset

    def take(self, transform: Array) -> Bounds:
        """Return the bounds as a function of phi, where psi = transform @ phi."""
        upper, lower = self.upper @ transform, self.lower @ transform
        return Bounds(upper, lower, self.upper_offset, self.lower_offset)


def make_bounds(outcome: Outcome, exog: Array) -> Bounds:
    """Return the bounds of a model with flexible thresholds: theta_j - x'beta.

    Parameters
    ----------
    outcome : Outcome
        The coded outcome, n rows and K levels.
    exog : numpy.ndarray
        n by p design matrix without a constant.

    Returns
    -------
    Bounds
        Maps from (beta, theta), p + K - 1 parameters.
    """
    n_thresholds = len(outcome.levels) - 1
    upper, upper_offset = _one_bound(outcome.high, n_thresholds, exog)
    lower, lower_offset = _one_bound(outcome.low - 1, n_thresholds, exog)
    return Bounds(upper, lower, upper_offset, lower_offset)


def _one_bound(index: NDArray[np.intp], n_thresholds: int, exog: Array) -> tuple[Array, Array]:
    inside = (index >= 0) & (index < n_thresholds)
    design = np.hstack([-exog, index[:, None] == np.arange(n_thresholds)])
    design[~inside] = 0.0
    offset = np.where(inside, 0.0, np.where(index < 0, -np.inf, np.inf))
    return design, offset


def log_probabilities(params: Array, bounds: Bounds, link: Link) -> Array:
    """Return log p_i of each row; minus infinity or not-a-number where bounds are out of order."""
    upper, lower = bounds.at(params)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(upper > lower, link.log_difference(upper, lower), -np.inf)


@dataclass(frozen=True)
class _Slopes:
    """First and second derivatives of log p_i in its two bounds."""

    upper: Array
    lower: Array
    upper_upper: Array
    lower_lower: Array
    upper_lower: Array


def _slopes(params: Array, bounds: Bounds, link: Link) -> _Slopes:
    upper, lower = bounds.at(params)
    log_p = link.log_difference(upper, lower)
    a, a_slope = _density_ratio(upper, log_p, link)
    b, b_slope = _density_ratio(lower, log_p, link)
    return _Slopes(a, -b, a_slope - a * a, -b_slope - b * b, a * b)


def _density_ratio(x: Array, log_p: Array, link: Link) -> tuple[Array, Array]:
    """Return f(x)/p and f'(x)/p, zero where x is infinite."""
    ratio = np.exp(link.log_density(x) - log_p)
    slope = link.density_slope(np.where(np.isfinite(x), x, 0.0))
    return ratio, ratio * slope


def score_rows(params: Array, bounds: Bounds, link: Link) -> Array:
    """Return the score of each row, n by q."""
    slopes = _slopes(params, bounds, link)
    return slopes.upper[:, None] * bounds.upper + slopes.lower[:, None] * bounds.lower


def score_and_hessian(params: Array, bounds: Bounds, link: Link) -> tuple[Array, Array]:
    """Return the score (q) and the Hessian (q by q) of the log-likelihood."""
    slopes = _slopes(params, bounds, link)
    score = slopes.upper @ bounds.upper + slopes.lower @ bounds.lower
    cross = bounds.upper.T @ (slopes.upper_lower[:, None] * bounds.lower)
    hessian = (
        bounds.upper.T @ (slopes.upper_upper[:, None] * bounds.upper)
        + bounds.lower.T @ (slopes.lower_lower[:, None] * bounds.lower)
        + cross
        + cross.T
    )
    return score, hessian
