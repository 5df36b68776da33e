"""The likelihood of few rows, where calls cost more than arithmetic."""

from __future__ import annotations

import numpy as np

from probstats.models.kernel.derivatives import Value, impossible
from probstats.models.kernel.links import Array, Link
from probstats.models.kernel.rows import Rows


class FewRows:
    """Log-likelihood, score and Hessian of rows whose bounds are one linear map of the parameters.

    Parameters
    ----------
    rows : Rows
        The data, without scale effects.
    link : Link
        The latent distribution.
    """

    def __init__(self, rows: Rows, link: Link) -> None:
        self._weights, self._link = rows.weights, link
        self._design = rows.bound_design()
        self._ends = rows.ends()
        self._gap = self._design[: len(rows)] - self._design[len(rows) :]

    def __call__(self, params: Array) -> Value:
        """Return the log-likelihood and its derivatives at q parameters, weighted."""
        bounds = (self._design @ params).reshape(2, -1) + self._ends
        slopes = self._link.slopes(bounds).weighted(self._weights)
        total = float(slopes.log_p.sum())
        if not np.isfinite(total):
            return impossible(len(params))
        score = slopes.first.ravel() @ self._design
        hessian = (self._design.T * slopes.shift.ravel()) @ self._design
        hessian -= (self._gap.T * slopes.cross) @ self._gap
        return Value(total, score, hessian)
