"""Brant's test: are the coefficients of the binary logits at all thresholds the same."""

from __future__ import annotations

import numpy as np
from scipy import linalg

from probstats.models.checking.lines import Lines
from probstats.models.checking.score_test import quadratic
from probstats.models.checking.splits import split_fits
from probstats.models.kernel.links import Array
from probstats.models.kernel.rows import Rows


def brant_statistics(lines: Lines, rows: Rows) -> Array:
    r"""Return Brant's Wald statistic of each test.

    With b_j the estimates of the binary logit of Y > j on X = (1, x), pi_j its fitted
    probabilities and W_jl = diag(w (pi_l - pi_j pi_l)) for j <= l,

    .. math:: \operatorname{Cov}(b_j, b_l) = (X'W_{jj}X)^{-1} X'W_{jl}X (X'W_{ll}X)^{-1},

    and the statistic is that of the hypothesis that all slopes are equal (Brant 1990, equation 2
    and section 3). The block of l and j is the transpose of that of j and l, which two R packages
    (``brant`` 0.3 and ``car`` 3.1) leave out; their omnibus statistics differ for it.

    Parameters
    ----------
    lines : Lines
        What is tested.
    rows : Rows
        n rows of known levels.

    Returns
    -------
    numpy.ndarray
        One value for each test; missing where a split has no maximum or the estimated covariance
        is not positive definite.
    """
    estimates, settled = split_fits(lines, rows)
    if not settled:
        return np.full(len(lines.sets), np.nan)
    covariance = _covariance(lines, rows, estimates)
    n_splits, p = len(estimates), rows.location.shape[1]
    slopes = estimates[:, :-1].ravel()
    differences = linalg.null_space(np.ones((1, n_splits))).T
    statistics = []
    for columns in lines.sets.values():
        contrasts = np.kron(differences, np.eye(p)[columns])
        statistics.append(quadratic(contrasts @ slopes, contrasts @ covariance @ contrasts.T))
    return np.array(statistics)


def _covariance(lines: Lines, rows: Rows, estimates: Array) -> Array:
    """Return the covariance of the slopes of all splits, those of the first split first."""
    n_splits, p = len(estimates), rows.location.shape[1]
    design = np.hstack([rows.location, np.ones((len(rows), 1))])
    bounds = estimates[:, -1:] - estimates[:, :-1] @ rows.location.T
    if rows.offset is not None:
        bounds = bounds - rows.offset
    below, above = lines.link.cdf(bounds), lines.link.cdf(-bounds)
    weights = 1.0 if rows.weights is None else rows.weights

    def information(j: int, other: int) -> Array:
        return (design.T * (weights * below[j] * above[other])) @ design

    inverses = [np.linalg.inv(information(j, j)) for j in range(n_splits)]
    covariance = np.empty((n_splits, p, n_splits, p))
    for j in range(n_splits):
        for other in range(j, n_splits):
            block = inverses[j] @ information(j, other) @ inverses[other]
            covariance[j, :, other] = block[:p, :p]
            covariance[other, :, j] = block[:p, :p].T
    return covariance.reshape(n_splits * p, n_splits * p)
