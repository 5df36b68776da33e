"""Refits one by one, for estimators that have no batched form: bias reduction and penalties."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from probstats.errors import ModelError
from probstats.models.estimators import Estimator
from probstats.models.kernel.batch_likelihood import BatchLikelihood
from probstats.models.kernel.batch_separation import is_singular
from probstats.models.kernel.links import Array
from probstats.models.kernel.newton import Maximum
from probstats.models.kernel.rows import Rows
from probstats.resampling.boot_refits import (
    FAILED,
    GOOD,
    OPTIONS,
    SINGULAR,
    Found,
    Refits,
    nothing,
)


@dataclass(frozen=True)
class EstimatorRefits(Refits):
    """Refits by another estimator than maximum likelihood.

    Attributes
    ----------
    estimator : Estimator or None
        That of the fit.
    """

    estimator: Estimator | None = None

    def _solved(self, weights: Array, evaluate: BatchLikelihood) -> Found:
        del evaluate  # of maximum likelihood
        found = nothing(len(weights), self.problem.rows.n_params)
        for number, some in enumerate(weights):
            maximum, status = self._one(some)
            found.status[number] = status
            if maximum is not None:
                found.params[number], found.information[number] = maximum.params, -maximum.hessian
        return found

    def _one(self, weights: Array) -> tuple[Maximum | None, int]:
        if is_singular(self.problem.rows, weights):
            return None, SINGULAR
        problem, estimator = self.of(weights), self._estimator(weights)
        try:
            maximum = estimator.solve(problem, **OPTIONS)
        except (ModelError, np.linalg.LinAlgError):
            return None, FAILED
        return maximum, GOOD if maximum.converged and not maximum.degraded else FAILED

    def _estimator(self, weights: Array) -> Estimator:
        """Return the estimator with the units of the columns that a fit to the resample has."""
        estimator = self.estimator or Estimator()
        if estimator.sizes is None or estimator.penalty_scale == "raw":
            return estimator
        spreads = _spreads(self.problem.rows, weights) / np.diag(self.problem.transform)
        is_column = np.isfinite(spreads)
        sizes = estimator.sizes.where(~is_column, spreads)
        return replace(estimator, sizes=sizes)


def _spreads(rows: Rows, weights: Array) -> Array:
    """Return the standard deviation of each parameter's column, missing for thresholds."""
    t = rows.jacobian.shape[1]
    designs = np.hstack([rows.location, rows.scale, rows.nominal])
    mean = np.average(designs, axis=0, weights=weights)
    spread = np.sqrt(np.average((designs - mean) ** 2, axis=0, weights=weights))
    n_first = rows.location.shape[1] + rows.scale.shape[1]
    nominal = np.repeat(spread[n_first:], t)
    return np.concatenate([spread[:n_first], np.full(t, np.nan), nominal])
