"""The covariance of a fit, of the type asked for."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from probstats.errors import ClusterWarning, ModelError
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
from probstats.models.trouble import warn


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

    Warns
    -----
    ClusterWarning
        If CR0 or CR1 is asked for and a column changes in one cluster only.
    """
    maximum, separation = found
    inverse = inverse_information(maximum.hessian, separation.directions)
    if clusters is None:
        counts = model.sample.counts

        def scores() -> Array:
            return problem.scores(maximum)

        return covariance.covariance(inverse, scores, counts, cov_type, None), None
    _require_known_levels(model, clusters)
    if clusters.kind in {"CR0", "CR1"}:
        _warn_of_lone_clusters(model, clusters)
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


def _warn_of_lone_clusters(model: Any, clusters: Clusters) -> None:
    """Warn of columns that change in one cluster only, whose errors CR0 and CR1 make up."""
    designs = [part for part in model.sample.covariates[:3] if part.shape[1]]
    for way in range(len(clusters.ways)):
        codes, labels = clusters.codes(way)
        lone: dict[Any, list[str]] = {}
        for part in designs:
            for column, code in _lone(part.to_numpy(float)[codes >= 0], codes[codes >= 0]):
                lone.setdefault(labels.tolist()[code], []).append(str(part.columns[column]))
        if lone:
            label, names = next(iter(lone.items()))
            warn(
                f"cluster {label!r} alone says anything of {', '.join(dict.fromkeys(names))}: what "
                f"differs between clusters cannot be learnt from one, and these errors mean "
                f"nothing, however small; leave the column out, or merge clusters",
                ClusterWarning,
            )


def _lone(design: Array, codes: NDArray[np.intp]) -> list[tuple[int, int]]:
    """Return columns that are constant but for one cluster, and that cluster."""
    order = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.diff(codes[order], prepend=-1))
    least = np.minimum.reduceat(design[order], starts)
    most = np.maximum.reduceat(design[order], starts)
    found = []
    for column, (low, high) in enumerate(zip(least.T, most.T, strict=True)):
        for code in {int(low.argmin()), int(high.argmax())}:
            others = np.arange(len(starts)) != code
            if low[others].min() == high[others].max():
                found.append((column, code))
                break
    return found


def _require_known_levels(model: Any, clusters: Clusters) -> None:
    corrected = clusters.kind in {"CR2", "CR3"} or clusters.reference == "satterthwaite"
    if corrected and model.outcome.is_interval:
        raise ModelError(
            "small-sample corrections average over the levels a row might have had, and how an "
            "outcome known as an interval would then have been reported is not known; use "
            "cov_type='CR1' or 'jackknife'"
        )
