"""Estimates without one row or cluster, for the acceleration of BCa intervals."""

from __future__ import annotations

from typing import Any

import numpy as np

from probstats.jobs.pieces import chunks
from probstats.models.kernel.batch import block_size
from probstats.models.kernel.batch_likelihood import BatchLikelihood
from probstats.models.kernel.links import Array
from probstats.resampling.boot_errors import of_units

MOST = 2_000
"""Units up to which each is left out in a refit."""


def leave_out(refits: Any) -> tuple[Array, Array]:
    """Return the estimates without one copy of each unit.

    Parameters
    ----------
    refits : Refits
        How to fit to the rows of the data.

    Returns
    -------
    params : numpy.ndarray
        U by q, in the user's parameters: by refits; by one Newton step from the estimates of all
        rows where there are more than 2,000 units, or one of the refits has no estimates.
    copies : numpy.ndarray
        How often each unit occurs.
    """
    draws, evaluate = refits.draws, BatchLikelihood(refits.problem.rows, refits.problem.link)
    n_units = len(draws.copies)
    if n_units <= MOST:
        sizes = chunks(n_units, block_size(len(draws.rows)))
        starts = np.cumsum([0, *sizes[:-1]])
        frames = [
            refits.estimates(draws.everything - np.eye(size, n_units, start), evaluate)
            for start, size in zip(starts, sizes, strict=True)
        ]
        if not any((frame["status"] != 0).any() for frame in frames):
            found = np.vstack([frame.filter(regex="^p").to_numpy() for frame in frames])
            return found, draws.copies
    return _one_step(refits, evaluate), draws.copies


def _one_step(refits: Any, evaluate: BatchLikelihood) -> Array:
    params, transform = refits.problem.start[None, :], refits.problem.transform
    value = evaluate(params, refits.draws.weights(refits.draws.everything))
    scores = of_units(evaluate.scores(params), refits.draws.shares)[0]
    moved = scores @ np.linalg.inv(-value.hessian[0])
    return np.asarray((params - moved) @ transform.T)
