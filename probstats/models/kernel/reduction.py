"""Mean bias reduction: the roots of adjusted scores, by quasi-Newton steps with step control.

The adjusted score U + A has a root whose bias is of the order n^-2 instead of n^-1 (Firth 1993;
Kosmidis 2014). It is the gradient of no function in general, so that steps are judged by
(U + A)' I^-1 (U + A), its squared length in standard errors.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import linalg

from probstats.errors import ModelError
from probstats.models.kernel.estimation import Problem
from probstats.models.kernel.expected import AllLevels
from probstats.models.kernel.likelihood import LogLikelihood
from probstats.models.kernel.links import Array
from probstats.models.kernel.newton import Maximum

SLOW = 0.1
"""Share of the squared length left by a plain step from which on Newton's method takes over.

Plain steps leave out the derivative of the adjustment, and converge linearly, the faster the more
rows there are; Newton's method costs two passes for each parameter."""

PLAIN = 4
"""Plain steps made before that."""

DIFFERENCE = 1e-5
"""Step of the differences that give Newton's method its Jacobian."""

SHORTEST = 1e-8


@dataclass(frozen=True)
class _Place:
    """Parameters, with the adjusted score and the expected information there."""

    params: Array
    score: Array
    information: Array
    loglike: float
    length: float


class AdjustedScore:
    """The adjusted score of a problem.

    Parameters
    ----------
    problem : Problem
        The data, every level of which is known.
    """

    def __init__(self, problem: Problem) -> None:
        rows = problem.rows
        self._levels = AllLevels(rows, problem.link)
        self._likelihood = LogLikelihood(rows, problem.link)
        self._codes, self._each = rows.edges[1], np.arange(len(rows))

    def observed(self, place: _Place) -> Array:
        """Return the observed information, or the expected one where that is not definite."""
        information = -self._likelihood(place.params).hessian
        try:
            linalg.cholesky(information)
        except linalg.LinAlgError:
            return place.information
        return information

    def __call__(self, params: Array) -> _Place | None:
        """Return the place of these parameters; None outside of the parameter space."""
        moments = self._levels(params)
        if moments is None:
            return None
        information = moments.information()
        try:
            inverse = np.linalg.inv(linalg.cholesky(information, lower=True))
        except linalg.LinAlgError:
            return None
        adjustment = moments.adjustment(inverse.T @ inverse)
        score = moments.weights @ moments.scores[self._codes, self._each] + adjustment
        loglike = float(moments.weights @ moments.log_p[self._codes, self._each])
        length = float(np.sum((inverse @ score) ** 2))
        return None if np.isnan(length) else _Place(params, score, information, loglike, length)


def reduce_bias(problem: Problem, *, tol: float, maxiter: int) -> Maximum:
    """Solve the adjusted score equations.

    Parameters
    ----------
    problem : Problem
        The data, and where to start.
    tol : float
        The squared length of the adjusted score, in standard errors, is at most tol squared where
        it counts as zero.
    maxiter : int
        Steps allowed.

    Returns
    -------
    Maximum
        With the adjusted score as its score and the expected information as minus its Hessian;
        ``loglike`` is the log-likelihood itself.

    Raises
    ------
    ModelError
        If some level has no probability at the start.
    """
    evaluate = AdjustedScore(problem)
    place = first = evaluate(problem.start)
    if place is None or first is None:
        raise ModelError(
            "bias reduction cannot start, because some levels have no probability there; offsets "
            "may lie too far apart, or pass other start_params"
        )
    iteration, newton = 0, False
    while iteration < maxiter and place.length > tol * tol:
        found = _step(evaluate, place, newton=newton)
        if found is None and not newton:
            found = _step(evaluate, place, newton=True)
        if found is None:
            break
        place, before, iteration = found, place.length, iteration + 1
        newton = iteration >= PLAIN and place.length > SLOW * before
    return _stopped(first, place, iteration, converged=place.length <= tol * tol)


def _step(evaluate: AdjustedScore, place: _Place, *, newton: bool) -> _Place | None:
    """Return the place after a step that shortens the adjusted score; None if there is none."""
    jacobian = _jacobian(evaluate, place) if newton else None
    matrix = evaluate.observed(place) if jacobian is None else -jacobian
    try:
        step = np.linalg.solve(matrix, place.score)
    except np.linalg.LinAlgError:
        return None
    size = 1.0
    while size > SHORTEST:
        found = evaluate(place.params + size * step)
        if found is not None and found.length < (1.0 - 1e-4 * size) * place.length:
            return found
        size /= 2.0
    return None


def _jacobian(evaluate: AdjustedScore, place: _Place) -> Array | None:
    columns = []
    for direction in DIFFERENCE * np.eye(len(place.params)):
        ahead, behind = (evaluate(place.params + sign * direction) for sign in (1.0, -1.0))
        if ahead is None or behind is None:
            return None
        columns.append((ahead.score - behind.score) / (2.0 * DIFFERENCE))
    return np.array(columns).T


def _stopped(first: _Place, place: _Place, iteration: int, *, converged: bool) -> Maximum:
    least, most = np.linalg.eigvalsh(place.information)[[0, -1]]
    return Maximum(
        params=place.params,
        loglike=place.loglike,
        score=place.score,
        hessian=-place.information,
        iterations=iteration,
        decrement=place.length,
        converged=converged,
        start_information=float(np.linalg.eigvalsh(first.information)[0]),
        least_information=float(least),
        most_information=float(most),
    )
