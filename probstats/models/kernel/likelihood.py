"""Exact log-likelihood, score and Hessian of cumulative link models.

Row i has the likelihood p_i = F(u_i) - F(l_i), with the bounds of ``kernel.rows``. The
bounds move with four channels: the location x'beta, the log scale s'zeta, and the thresholds
above and below the row's level. First and second derivatives of log p in the channels follow from
those in the bounds, and each channel is linear in the parameters (McCullagh 1980, section 5).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from probstats.models.kernel.links import SIGNS, Array, Link, Slopes
from probstats.models.kernel.rows import Rows

FEW = 8_000
"""Rows times parameters up to which calls cost more than arithmetic."""


class Value(NamedTuple):
    """The log-likelihood at some parameters.

    Attributes
    ----------
    loglike : float
        The log-likelihood; minus infinity where bounds are out of order.
    score : numpy.ndarray
        Its gradient, q.
    hessian : numpy.ndarray
        Its second derivatives, q by q.
    """

    loglike: float
    score: Array
    hessian: Array


def log_probabilities(params: Array, rows: Rows, link: Link) -> Array:
    """Return log p_i of each row; minus infinity where its bounds are out of order."""
    (upper, lower), _ = rows.bounds(params)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        return np.where(upper > lower, link.log_difference(upper, lower), -np.inf)


def loglike(params: Array, rows: Rows, link: Link) -> float:
    """Return the log-likelihood; minus infinity where bounds are out of order."""
    log_p = log_probabilities(params, rows, link)
    return float(log_p.sum() if rows.weights is None else log_p @ rows.weights)


class LogLikelihood:
    """Log-likelihood, score and Hessian in one pass over the rows.

    Parameters
    ----------
    rows : Rows
        The data.
    link : Link
        The latent distribution.

    Notes
    -----
    Many rows are worked on a block at a time, and blocks and their workspace are made once: in a
    fit of some thousand rows, asking the system for memory costs more than the arithmetic. Of few
    rows the bounds are one linear map of the parameters, so that few calls do all: there calls
    cost more than the arithmetic.
    """

    def __init__(self, rows: Rows, link: Link) -> None:
        self.rows, self.link = rows, link
        self._few = len(rows) * rows.n_params <= FEW and not rows.scale.shape[1]
        if self._few:
            self._design = rows.bound_design()
            self._ends = rows.ends()
            self._gap = self._design[: len(rows)] - self._design[len(rows) :]
        else:
            self._blocks = list(rows.blocks())
            self._work = np.empty((len(self._blocks[0]), rows.location.shape[1]), order="F")

    def __call__(self, params: Array) -> Value:
        """Return the log-likelihood and its derivatives at q parameters, weighted."""
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            return self._of_few(params) if self._few else self._of_many(params)

    def _of_few(self, params: Array) -> Value:
        bounds = (self._design @ params).reshape(2, -1) + self._ends
        slopes = _weighted(self.link.slopes(bounds), self.rows.weights)
        total = float(slopes.log_p.sum())
        score = slopes.first.ravel() @ self._design
        if not np.isfinite(total):
            return Value(-np.inf, score, np.zeros((len(score), len(score))))
        hessian = (self._design.T * slopes.shift.ravel()) @ self._design
        hessian -= (self._gap.T * slopes.cross) @ self._gap
        return Value(total, score, hessian)

    def _of_many(self, params: Array) -> Value:
        n_params = self.rows.n_params
        score, hessian = np.zeros(n_params), np.zeros((n_params, n_params))
        total = 0.0
        for block in self._blocks:
            total += _add_block(params, block, self.link, score, hessian, self._work)
            if not np.isfinite(total):
                return Value(-np.inf, score, hessian)
        return Value(total, score, hessian)


def _weighted(slopes: Slopes, weights: Array | None) -> Slopes:
    return slopes if weights is None else Slopes(*(part * weights for part in slopes))


def _add_block(
    params: Array, rows: Rows, link: Link, score: Array, hessian: Array, work: Array
) -> float:
    bounds, inverse_scale = rows.bounds(params)
    slopes = _weighted(link.slopes(bounds), rows.weights)
    total = float(slopes.log_p.sum())
    if not np.isfinite(total):
        return total
    if inverse_scale is None:
        _add_linear(slopes, rows, score, hessian, work)
    else:
        _add_linear(_divided(slopes, inverse_scale), rows, score, hessian, work)
        _add_scale(slopes, bounds, inverse_scale, rows, score, hessian)
    return total


def _add_linear(slopes: Slopes, rows: Rows, score: Array, hessian: Array, work: Array) -> None:
    """Add the derivatives in location and thresholds, in which the bounds are linear."""
    p, s, q = rows.sizes
    beta, alpha = slice(0, p), slice(p + s, p + s + q)
    design = rows.threshold_design
    flat = design.reshape(q, -1)
    score[beta] -= (slopes.first[0] + slopes.first[1]) @ rows.location
    score[alpha] += flat @ slopes.first.ravel()
    hessian[beta, beta] += _gram(rows.location, slopes.shift[0] + slopes.shift[1], work)
    shifted = design * slopes.shift
    _add_cross(hessian, beta, alpha, -rows.location.T @ (shifted[:, 0] + shifted[:, 1]).T)
    gap = design[:, 0] - design[:, 1]
    hessian[alpha, alpha] += shifted.reshape(q, -1) @ flat.T - (gap * slopes.cross) @ gap.T


def _divided(slopes: Slopes, inverse_scale: Array) -> Slopes:
    """Return the slopes in location and thresholds, which move the bounds by 1 / sigma."""
    square = inverse_scale * inverse_scale
    return Slopes(
        slopes.log_p, slopes.first * inverse_scale, slopes.shift * square, slopes.cross * square
    )


def _add_scale(
    slopes: Slopes,
    bounds: Array,
    inverse_scale: Array,
    rows: Rows,
    score: Array,
    hessian: Array,
) -> None:
    """Add the derivatives in the log scale: every bound falls at the rate of its own size."""
    p, s, q = rows.sizes
    beta, zeta, alpha = slice(0, p), slice(p, p + s), slice(p + s, p + s + q)
    size = np.where(np.isfinite(bounds), bounds, 0.0)  # an infinite bound does not move
    gap = np.where(slopes.cross > 0.0, size[0] - size[1], 0.0)
    pull = (size * slopes.first).sum(axis=0)
    rise = size * slopes.shift - SIGNS * (gap * slopes.cross)
    score[zeta] -= pull @ rows.scale
    hessian[zeta, zeta] += _gram(
        rows.scale, (size * rise).sum(axis=0) + pull, np.empty_like(rows.scale)
    )
    slope = inverse_scale * (rise + slopes.first)
    moved = (slope[0] + slope[1])[:, None] * rows.scale
    _add_cross(hessian, beta, zeta, rows.location.T @ moved)
    thresholds = (rows.threshold_design * slope).sum(axis=1)
    _add_cross(hessian, zeta, alpha, -rows.scale.T @ thresholds.T)


def _gram(design: Array, weights: Array, work: Array) -> Array:
    """Return design' diag(weights) design; work has room for one more design."""
    weighted = work[: len(design)]
    np.multiply(design, weights[:, None], out=weighted)
    return design.T @ weighted


def _add_cross(hessian: Array, one: slice, other: slice, values: Array) -> None:
    hessian[one, other] += values
    hessian[other, one] += values.T


def score_rows(params: Array, rows: Rows, link: Link) -> Array:
    """Return the score of each row, n by q, not weighted."""
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        bounds, inverse_scale = rows.bounds(params)
        first = link.slopes(bounds).first
    pull = (np.where(np.isfinite(bounds), bounds, 0.0) * first).sum(axis=0)
    slope = first if inverse_scale is None else first * inverse_scale
    return np.hstack(
        [
            rows.location * -slope.sum(axis=0)[:, None],
            rows.scale * -pull[:, None],
            (rows.threshold_design * slope).sum(axis=1).T,
        ]
    )
