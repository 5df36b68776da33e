"""Many sets of weights on so many rows that one at a time is quicker than all in step."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from probstats.models.kernel.batch import SINGULAR, BatchMaximum, maximise_batch
from probstats.models.kernel.batch_likelihood import BatchLikelihood
from probstats.models.kernel.likelihood import LogLikelihood
from probstats.models.kernel.links import Array
from probstats.models.kernel.newton import Maximum, maximise

LARGE = 150_000
"""Rows times parameters from which on that is so."""


def maximise_weights(
    evaluate: BatchLikelihood, start: Array, weights: Array, *, tol: float, maxiter: int
) -> BatchMaximum:
    """Maximise the log-likelihood for many sets of weights, the quicker way.

    Parameters
    ----------
    evaluate, start, weights, tol, maxiter
        See ``maximise_batch``.

    Returns
    -------
    BatchMaximum
        Where each of R stopped.
    """
    if len(evaluate.rows) * evaluate.rows.n_params < LARGE:
        return maximise_batch(evaluate, start, weights, tol=tol, maxiter=maxiter)
    starts = np.broadcast_to(start, (len(weights), start.shape[-1]))
    return BatchMaximum.stack([
        _one(evaluate, own, some, tol=tol, maxiter=maxiter)
        for own, some in zip(starts, weights, strict=True)
    ])  # fmt: skip


def _one(
    evaluate: BatchLikelihood, start: Array, weights: Array, *, tol: float, maxiter: int
) -> BatchMaximum:
    present = weights > 0.0
    rows = replace(evaluate.rows.take(present), weights=weights[present])
    likelihood = LogLikelihood(rows, evaluate.link)
    found = maximise(likelihood, start, tol=tol, maxiter=maxiter, foresee=True)
    return _as_batch(found)


def _as_batch(found: Maximum) -> BatchMaximum:
    singular = not found.start_information > SINGULAR * found.most_information
    return BatchMaximum(
        params=found.params[None, :],
        loglike=np.array([found.loglike]),
        score=found.score[None, :],
        hessian=found.hessian[None, :, :],
        iterations=np.array([found.iterations]),
        decrement=np.array([found.decrement]),
        finished=np.array([found.converged]),
        separated=np.array([False]),
        singular=np.array([singular]),
        indefinite=np.array([False]),
        start_information=np.array([found.start_information]),
        least_information=np.array([found.least_information]),
        most_information=np.array([found.most_information]),
    )
