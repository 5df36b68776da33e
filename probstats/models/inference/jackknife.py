"""The delete-one-cluster jackknife: refits without each cluster in turn."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from probstats.errors import ModelError
from probstats.models.checking.variants import of_rows, quiet_fit, trouble_of
from probstats.models.inference.cluster_groups import Clusters
from probstats.models.kernel.estimation import Problem
from probstats.models.kernel.links import Array
from probstats.models.kernel.newton import Maximum
from probstats.progress import progress


@dataclass(frozen=True)
class Refit:
    """How to fit again to some of the rows.

    Attributes
    ----------
    model : CumulativeLinkModel
        The model.
    problem : Problem
        Its data, in well-scaled parameters phi.
    maximum : Maximum
        The estimates from all rows.
    estimator : Estimator
        How they were estimated.
    options : dict
        ``tol`` and ``maxiter`` of the fit.
    """

    model: Any
    problem: Problem
    maximum: Maximum
    estimator: Any
    options: dict[str, Any]

    def without(self, left_out: NDArray[np.bool_], label: Any) -> Array:
        """Return the estimates in phi without some rows, those of a cluster.

        Raises
        ------
        ModelError
            If there are none.
        """
        fail = f"the jackknife has no estimates without cluster {label!r}"
        lost = self._lost_levels(left_out)
        if lost:
            raise ModelError(f"{fail}: no other row has level {lost}; use cov_type='CR3'")
        rows = self.problem.rows
        kept = ~left_out if rows.order is None else ~left_out[rows.order]
        some = replace(self.problem, rows=rows.take(kept), start=self.maximum.params)
        found = self.estimator.solve(some, **self.options)
        if found.converged and not found.degraded:
            return np.asarray(found.params)
        return self._slowly(~left_out, fail)

    def _lost_levels(self, left_out: NDArray[np.bool_]) -> str:
        outcome = self.model.outcome
        if outcome.is_interval:
            return ""
        present = set(outcome.low[~left_out].tolist())
        lost = [level for code, level in enumerate(outcome.levels) if code not in present]
        return ", ".join(map(str, lost))

    def _slowly(self, kept: NDArray[np.bool_], fail: str) -> Array:
        """Fit a model of its own, which sees separation and columns that have become constant."""
        try:
            model = of_rows(self.model, np.flatnonzero(kept))
            found = quiet_fit(model, reduction=self.estimator.reduction, **self.options)
        except ModelError as error:
            raise ModelError(f"{fail}: {error}") from error
        trouble = trouble_of(found)
        if trouble:
            raise ModelError(f"{fail}: {trouble}; use cov_type='CR3', or reduction='mean'")
        return np.asarray(np.linalg.solve(self.problem.transform, found.params.to_numpy()))


def jackknife_covariance(refit: Refit, clusters: Clusters) -> Array:
    """Return (G - 1) / G times the sum of squares of estimates without a cluster less those of all.

    Parameters
    ----------
    refit : Refit
        How to fit without a cluster.
    clusters : Clusters
        One-way clusters, G of them.

    Returns
    -------
    numpy.ndarray
        q by q covariance of phi (Efron 1982; centred on the estimates of all rows, as CV3 of
        MacKinnon, Nielsen and Webb 2023).

    Raises
    ------
    ModelError
        If there is no finite estimate without some cluster.
    """
    codes, labels = clusters.codes()
    each = progress(enumerate(labels), len(labels), "jackknife")
    found = [refit.without(codes == code, label) for code, label in each]
    changes = np.array(found) - refit.maximum.params
    n_groups = len(labels)
    return np.asarray((n_groups - 1.0) / n_groups * changes.T @ changes)
