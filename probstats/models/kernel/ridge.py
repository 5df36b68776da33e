"""Ridge-penalised likelihood: the log-likelihood less half a quadratic form of the parameters."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from probstats.models.kernel.derivatives import Value
from probstats.models.kernel.estimation import Problem
from probstats.models.kernel.likelihood import LogLikelihood
from probstats.models.kernel.links import Array
from probstats.models.kernel.newton import Maximum, maximise


def maximise_penalised(problem: Problem, penalty: Array, *, tol: float, maxiter: int) -> Maximum:
    """Maximise l(phi) - phi' P phi / 2.

    Parameters
    ----------
    problem : Problem
        The likelihood.
    penalty : numpy.ndarray
        P, q by q, positive semi-definite.
    tol : float
        See ``maximise``; for rows that count once.
    maxiter : int
        Newton steps allowed.

    Returns
    -------
    Maximum
        With the derivatives of the penalised log-likelihood; ``loglike`` is the log-likelihood
        itself.
    """
    evaluate = LogLikelihood(problem.rows, problem.link)

    def penalised(params: Array) -> Value:
        value = evaluate(params)
        if not np.isfinite(value.loglike):
            return value
        pull = penalty @ params
        return Value(
            value.loglike - 0.5 * float(params @ pull), value.score - pull, value.hessian - penalty
        )

    found = maximise(penalised, problem.start, tol=tol * problem.unit, maxiter=maxiter)
    lost = 0.5 * float(found.params @ penalty @ found.params)
    return replace(found, loglike=found.loglike + lost)
