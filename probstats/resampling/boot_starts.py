"""Where refits start if the likelihood may have several maxima."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from probstats.models.kernel.estimation import Problem
from probstats.models.kernel.links import Array
from probstats.models.kernel.thresholds import Thresholds
from probstats.models.problems import FAR_FROM_ZERO, shifted_thresholds


@dataclass(frozen=True)
class Starts:
    """No effects, and the thresholds that reproduce the shares of the levels in a resample.

    Attributes
    ----------
    thresholds : Thresholds
        Their structure.
    """

    thresholds: Thresholds

    def __call__(self, problem: Problem, weights: Array) -> Array:
        """Return where a fit to each of R resamples would start, R by q."""
        rows = problem.rows
        p, s, _ = rows.sizes
        upper, lower = rows.edges[:, :, None]
        levels = np.arange(len(rows.jacobian) + 1)
        spread = ((lower <= levels) & (levels < upper)) / (upper - lower)
        counts = weights @ spread
        shares = np.cumsum(counts / counts.sum(axis=1, keepdims=True), axis=1)[:, :-1]
        starts = np.zeros((len(weights), rows.n_params))
        for start, share, some in zip(starts, shares, weights, strict=True):
            theta = problem.link.quantile(share)
            if rows.offset is not None:
                present = replace(rows, weights=some).take(some > 0.0)
                theta = shifted_thresholds(theta, share, present, problem.link)
            alpha = self.thresholds.parameters(theta)
            start[p + s : p + s + len(alpha)] = alpha
        return starts

    def elsewhere(self, problem: Problem, weights: Array) -> NDArray[np.bool_]:
        """Return whether a fit to each resample would start elsewhere.

        That is where scale covariates lie far from zero, and are centred for a first fit.
        """
        scale = problem.rows.scale
        if not scale.shape[1]:
            return np.zeros(len(weights), dtype=bool)
        total = weights.sum(axis=1, keepdims=True)
        centre, square = weights @ scale / total, weights @ scale**2 / total
        with np.errstate(invalid="ignore", divide="ignore"):
            share = np.abs(centre) / np.sqrt(square)
        return ~(share.max(axis=1) < FAR_FROM_ZERO)
