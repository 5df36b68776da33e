"""Standard errors of the estimates of resamples."""

from __future__ import annotations

from typing import Any

import numpy as np

from probstats.models.kernel.batch_likelihood import BatchLikelihood
from probstats.models.kernel.links import Array


def errors_of(refits: Any, found: Any, counts: Array, evaluate: BatchLikelihood) -> Array:
    """Return the standard errors of R estimates, in the user's parameters.

    Parameters
    ----------
    refits : Refits
        What was fitted.
    found : Found
        The estimates; R of them.
    counts : numpy.ndarray
        R by U; how often each unit was drawn.
    evaluate : BatchLikelihood
        The rows.

    Returns
    -------
    numpy.ndarray
        R by q, from the inverse V of the information; or from V (sum c_u s_u s_u') V, with the
        scores s_u of one copy of a unit that was drawn c_u times, where errors are robust. Factors
        such as G / (G - 1) are left out: a studentised interval does not depend on them. Missing
        where the information is not definite.
    """
    good = np.flatnonzero(found.status == 0)
    errors = np.full(found.params.shape, np.nan)
    transform = refits.problem.transform
    inverses = _inverse(found.information[good])
    arms = transform @ inverses  # R by q by q, which takes scores to the user's parameters
    if refits.robust:
        scores = evaluate.scores(found.params[good])
        units = of_units(scores, refits.draws.shares)
        moved = units @ arms.swapaxes(1, 2)
        squares = np.einsum("ru,ruq->rq", counts[good], moved**2)
    else:
        squares = np.einsum("rij,ij->ri", arms, transform)
    with np.errstate(invalid="ignore"):
        errors[good] = np.sqrt(squares)
    return errors


def _inverse(information: Array) -> Array:
    """Return the inverses; missing where there is none."""
    try:
        return np.asarray(np.linalg.inv(information))
    except np.linalg.LinAlgError:
        return np.array([_one_inverse(matrix) for matrix in information])


def _one_inverse(matrix: Array) -> Array:
    try:
        return np.asarray(np.linalg.inv(matrix))
    except np.linalg.LinAlgError:
        return np.full_like(matrix, np.nan)


def of_units(scores: Array, shares: Any) -> Array:
    """Return the scores of units, R by U by q, from those of rows, R by m by q."""
    if shares is None:
        return scores
    sums = shares @ scores.transpose(1, 0, 2).reshape(scores.shape[1], -1)
    return np.asarray(sums).reshape(shares.shape[0], len(scores), -1).transpose(1, 0, 2)
