"""What simulated samples keep of the data: the shares of the levels, and other effects."""

from __future__ import annotations

from typing import Any

import numpy as np

from probstats.errors import ModelError
from probstats.models.checking.variants import quiet_fit
from probstats.models.cumulative_link import CumulativeLinkModel
from probstats.models.kernel.links import Array
from probstats.planning.asked import read_shares


def shares_of_design(model: CumulativeLinkModel, shares: Any) -> Array:
    """Return the shares of the levels: those given, or those of the data.

    Raises
    ------
    ModelError
        If shares do not fit the levels, or intervals do not settle them.
    """
    if shares is None:
        return _observed_shares(model)
    found, names = read_shares(shares), ", ".join(map(str, model.outcome.levels))
    if len(found) != len(model.outcome.levels):
        raise ModelError(
            f"shares has {len(found)} levels and the outcome {len(model.outcome.levels)}: {names}"
        )
    if (found == 0.0).any():
        raise ModelError(f"a share of 0 leaves a level out; the outcome has {names}")
    return found


def _observed_shares(model: CumulativeLinkModel) -> Array:
    if not model.outcome.is_interval:
        return model.outcome.shares()
    found = model.null_problem().solve(tol=1e-10, maxiter=100)
    theta = model.thresholds.jacobian @ found.params
    if not found.converged or (np.diff(theta) <= 0.0).any():
        raise ModelError(
            "the intervals do not settle the shares of the levels; pass them as shares="
        )
    offset = model.sample.covariates.offset
    moved = theta[:, None] - (0.0 if offset is None else offset.to_numpy(float))
    below = model.link.cdf(np.atleast_2d(moved)).mean(axis=1)
    return np.diff(np.concatenate([[0.0], below, [1.0]]))


def other_params(given: Any, column: str, reduction: str | None) -> Array:
    """Return the parameters of everything besides the column and the thresholds.

    Raises
    ------
    ModelError
        If one of them has no finite estimate.
    """
    model = given.model
    if given.invented or _nothing_else(model):
        return np.zeros(len(model.param_names))
    fit = quiet_fit(model, reduction=reduction) if given.fit is None else given.fit
    other = fit.params.drop(column).loc[lambda values: ~values.index.isin(model.thresholds.names)]
    lost = other.index[~np.isfinite(other)]
    if len(lost):
        raise ModelError(
            f"there is no finite estimate of {', '.join(lost)} to simulate with; pass a fit with "
            f"reduction='mean'"
        )
    if not (fit.converged or fit.separation.separated):
        raise ModelError("the model could not be fitted, so that there is nothing to simulate with")
    return np.asarray(fit.fit_record.params, dtype=float)


def _nothing_else(model: CumulativeLinkModel) -> bool:
    return len(model.param_names) == len(model.thresholds.names) + 1
