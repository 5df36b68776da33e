"""Newton's method for a log-likelihood, with step-halving and a watch for lost information."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy import linalg
from scipy.linalg import lapack

from probstats.models.kernel.derivatives import Value
from probstats.models.kernel.links import Array

DEGRADED = 1e-3
"""Share of the least starting information below which the end of a fit is worth a second look.

Where the data separate the levels, every Newton step multiplies the information about the
diverging direction by about 1/e and the decrement with it, so a small decrement alone would pass
for convergence. A fit that has a maximum seldom falls below this share, but can: whether it has
one is decided by ``probstats.models.kernel.separation``.
"""


@dataclass(frozen=True)
class Maximum:
    """Where Newton's method stopped.

    Attributes
    ----------
    params : numpy.ndarray
        The last parameters.
    loglike : float
        The log-likelihood there.
    score, hessian : numpy.ndarray
        Its gradient and Hessian.
    iterations : int
        Newton steps taken.
    decrement : float
        g'(-H)^-1 g: twice the log-likelihood still to be gained, to second order.
    converged : bool
        Small decrement and a negative definite Hessian.
    start_information, least_information, most_information : float
        Least eigenvalue of the information (the negative Hessian) at the start, in absolute value,
        and least and largest eigenvalue at the end.
    """

    params: Array
    loglike: float
    score: Array
    hessian: Array
    iterations: int
    decrement: float
    converged: bool
    start_information: float
    least_information: float
    most_information: float

    def times(self, unit: float) -> Maximum:
        """Return the maximum of the log-likelihood multiplied by a unit."""
        return replace(
            self,
            loglike=self.loglike * unit,
            score=self.score * unit,
            hessian=self.hessian * unit,
            decrement=self.decrement * unit,
            start_information=self.start_information * unit,
            least_information=self.least_information * unit,
            most_information=self.most_information * unit,
        )

    @property
    def degraded(self) -> bool:
        """Whether some direction lost nearly all of its information on the way."""
        least = max(self.start_information, DEGRADED * self.most_information)
        return self.least_information <= DEGRADED * least


def maximise(
    evaluate: Callable[[Array], Value],
    start: Array,
    *,
    tol: float,
    maxiter: int,
    foresee: bool = False,
) -> Maximum:
    """Maximise a log-likelihood by Newton's method.

    Parameters
    ----------
    evaluate : callable
        Log-likelihood, score and Hessian; minus infinity outside of the parameter space.
    start : numpy.ndarray
        Parameters to start from, inside of the parameter space.
    tol : float
        Take one last step when the Newton decrement is at most this much.
    maxiter : int
        Newton steps allowed.
    foresee : bool
        Whether to take a step as the last also when it is foreseen to leave a decrement of at
        most ``tol`` squared, an error of 1e-10 standard errors by default. It saves a pass over
        many rows.

    Returns
    -------
    Maximum
        Where it stopped and how.
    """
    params, value = start, evaluate(start)
    first = value.hessian
    before = decrement = np.inf
    finished, iteration = False, 0
    while iteration < maxiter and not finished:
        step = newton_step(value.score, value.hessian)
        before, decrement = decrement, float(value.score @ step)
        finished = decrement <= tol or (foresee and _foreseen(before, decrement) <= tol * tol)
        params, value = _line_search(evaluate, params, value, step)
        iteration += 1
    least, most = np.linalg.eigvalsh(-value.hessian)[[0, -1]]
    return Maximum(
        params=params,
        loglike=value.loglike,
        score=value.score,
        hessian=value.hessian,
        iterations=iteration,
        decrement=decrement,
        converged=bool(finished and least > 0.0),
        start_information=float(np.abs(np.linalg.eigvalsh(first)).min(initial=np.inf)),
        most_information=float(most),
        least_information=float(least),
    )


def _foreseen(before: float, decrement: float) -> float:
    """Return the next decrement, should each go on to be the square of the last times a constant.

    Where the data separate the levels decrements fall by a constant factor, and the next one is
    foreseen to be much the same.
    """
    return decrement * (decrement / before) ** 2 if 0.0 < decrement < 1e-4 else np.inf


def newton_step(score: Array, hessian: Array) -> Array:
    """Return the Newton step, or one uphill where the Hessian is not negative definite."""
    _, step, failed = lapack.dposv(-hessian, score)
    if not failed:
        return step
    # Absolute eigenvalues keep the step uphill where the log-likelihood is not concave.
    information, directions = linalg.eigh(-hessian)
    least = np.finfo(float).eps * np.abs(information).max() + np.finfo(float).tiny
    size = np.maximum(np.abs(information), least)
    return directions @ ((directions.T @ score) / size)


def _line_search(
    evaluate: Callable[[Array], Value], params: Array, value: Value, step: Array
) -> tuple[Array, Value]:
    """Halve the step until the log-likelihood does not fall; at the last digit, take it."""
    size = 1.0
    while size > 1e-10:
        trial = params + size * step
        found = evaluate(trial)
        if found.loglike >= value.loglike - 1e-12 * abs(value.loglike):
            return trial, found
        size /= 2.0
    return params, value
