"""The covariance of a fit, of the type asked for."""

from __future__ import annotations

from typing import Any

import numpy as np

from probstats.errors import ModelError
from probstats.models.inference import covariance
from probstats.models.inference.cluster_groups import Clusters
from probstats.models.inference.clusters import (
    Bread,
    Satterthwaite,
    cluster_covariance,
    two_way_covariance,
)
from probstats.models.inference.jackknife import Refit, jackknife_covariance
from probstats.models.kernel.estimation import Problem, inverse_information
from probstats.models.kernel.links import Array
from probstats.models.kernel.newton import Maximum
from probstats.models.kernel.separation import Separation, kept_directions


def errors_of(
    model: Any,
    problem: Problem,
    found: tuple[Maximum, Separation],
    cov_type: str,
    clusters: Clusters | None,
    estimator: Any,
    options: dict[str, Any],
) -> tuple[Array, Satterthwaite | None]:
    """Return the covariance of the estimates.

    Parameters
    ----------
    model : CumulativeLinkModel
        The model.
    problem : Problem
        Its data, in well-scaled parameters.
    found : tuple
        Where the fit stopped, and which parameters have no finite estimate.
    cov_type : str
        See ``CumulativeLinkModel.fit``.
    clusters : Clusters or None
        None where rows are independent.
    estimator : Estimator
        How the estimates were found.
    options : dict
        ``tol`` and ``maxiter`` of the fit.

    Returns
    -------
    covariance : numpy.ndarray
        q by q, of phi.
    reference : Satterthwaite or None
        Degrees of freedom by contrast, where these are asked for.
    """
    maximum, separation = found
    inverse = inverse_information(maximum.hessian, separation.directions)
    if clusters is None:
        counts = model.sample.counts

        def scores() -> Array:
            return problem.scores(maximum)

        return covariance.covariance(inverse, scores, counts, cov_type, None), None
    _require_known_levels(model, clusters)
    kept = kept_directions(separation.directions)
    bread = Bread(inverse, kept, problem.transform, model.param_names)
    if clusters.kind == "jackknife":
        if separation.separated:
            raise ModelError(
                f"the jackknife needs finite estimates, and there are none of "
                f"{', '.join(separation.infinite.index[separation.infinite != 0.0])}; use "
                f"cov_type='CR3', or reduction='mean'"
            )
        refit = Refit(model, problem, maximum, estimator, options)
        return jackknife_covariance(refit, clusters), None
    if np.isnan(inverse).any():
        return inverse, None
    if len(clusters.ways) == 2:
        return two_way_covariance(problem, maximum, clusters, bread), None
    return cluster_covariance(problem, maximum, clusters, bread)


def _require_known_levels(model: Any, clusters: Clusters) -> None:
    corrected = clusters.kind in {"CR2", "CR3"} or clusters.reference == "satterthwaite"
    if corrected and model.outcome.is_interval:
        raise ModelError(
            "small-sample corrections average over the levels a row might have had, and how an "
            "outcome known as an interval would then have been reported is not known; use "
            "cov_type='CR1' or 'jackknife'"
        )
