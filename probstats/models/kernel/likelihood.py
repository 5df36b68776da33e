"""Exact log-likelihood, score and Hessian of cumulative link models.

Row i has the likelihood p_i = F(u_i) - F(l_i), with the bounds of ``kernel.rows``. There are three
ways to sum over the rows, with the same result: few rows at once, many rows of a plain model cell
by cell, and many rows of any model block by block.
"""

from __future__ import annotations

import numpy as np

from probstats.models.kernel.blocks import Blocks
from probstats.models.kernel.cells import Cells, is_plain
from probstats.models.kernel.derivatives import Value
from probstats.models.kernel.few_rows import FewRows
from probstats.models.kernel.links import Array, Link
from probstats.models.kernel.rows import Rows


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
    """

    def __init__(self, rows: Rows, link: Link) -> None:
        self._evaluate = _way(rows)(rows, link)

    def __call__(self, params: Array) -> Value:
        """Return the log-likelihood and its derivatives at q parameters, weighted."""
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            return self._evaluate(params)


def _way(rows: Rows) -> type[FewRows | Cells | Blocks]:
    """Return the quickest way to sum over these rows."""
    if rows.few and not rows.scale.shape[1]:
        return FewRows
    return Cells if is_plain(rows) else Blocks


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
