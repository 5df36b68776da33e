"""The likelihood of many rows of any model, a block at a time.

The bounds move with four channels: the location x'beta, the log scale s'zeta, and the thresholds
above and below the row's level. First and second derivatives of log p in the channels follow from
those in the bounds, and each channel is linear in the parameters (McCullagh 1980, section 5).
"""

from __future__ import annotations

import numpy as np

from probstats.models.kernel.derivatives import Value, gram, impossible
from probstats.models.kernel.links import SIGNS, Array, Link, Slopes
from probstats.models.kernel.rows import Rows


class Blocks:
    """Log-likelihood, score and Hessian in one pass over blocks of rows.

    Parameters
    ----------
    rows : Rows
        The data.
    link : Link
        The latent distribution.

    Notes
    -----
    Blocks and their workspace are made once: in a fit of some thousand rows, asking the system for
    memory costs more than the arithmetic.
    """

    def __init__(self, rows: Rows, link: Link) -> None:
        self._n_params, self._link = rows.n_params, link
        self._blocks = list(rows.blocks())
        self._work = np.empty((len(self._blocks[0]), rows.location.shape[1]), order="F")

    def __call__(self, params: Array) -> Value:
        """Return the log-likelihood and its derivatives at q parameters, weighted."""
        score, hessian = np.zeros(self._n_params), np.zeros((self._n_params, self._n_params))
        total = 0.0
        for block in self._blocks:
            total += _add_block(params, block, self._link, score, hessian, self._work)
            if not np.isfinite(total):
                return impossible(self._n_params)
        return Value(total, score, hessian)


def _add_block(
    params: Array, rows: Rows, link: Link, score: Array, hessian: Array, work: Array
) -> float:
    bounds, inverse_scale = rows.bounds(params)
    slopes = link.slopes(bounds).weighted(rows.weights)
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
    hessian[beta, beta] += gram(rows.location, slopes.shift[0] + slopes.shift[1], work)
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
    hessian[zeta, zeta] += gram(
        rows.scale, (size * rise).sum(axis=0) + pull, np.empty_like(rows.scale)
    )
    slope = inverse_scale * (rise + slopes.first)
    moved = (slope[0] + slope[1])[:, None] * rows.scale
    _add_cross(hessian, beta, zeta, rows.location.T @ moved)
    thresholds = (rows.threshold_design * slope).sum(axis=1)
    _add_cross(hessian, zeta, alpha, -rows.scale.T @ thresholds.T)


def _add_cross(hessian: Array, one: slice, other: slice, values: Array) -> None:
    hessian[one, other] += values
    hessian[other, one] += values.T
