"""Newton's method for a log-likelihood, with step-halving and a watch for lost information."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import linalg

from probstats.models.links import Array

DEGRADED = 1e-3
"""Share of the least starting information below which the end of a fit is worth a second look.

Where the data separate the levels, every Newton step multiplies the information about the
diverging direction by about 1/e and the decrement with it, so a small decrement alone would pass
for convergence. A fit that has a maximum seldom falls below this share, but can: whether it has
one is decided by ``probstats.models.separation``.
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
    hessian : numpy.ndarray
        Its Hessian.
    iterations : int
        Newton steps taken.
    decrement : float
        g'(-H)^-1 g: twice the log-likelihood still to be gained, to second order.
    converged : bool
        Small decrement and a negative definite Hessian.
    degraded : bool
        Whether some direction lost nearly all of its information on the way.
    """

    params: Array
    loglike: float
    hessian: Array
    iterations: int
    decrement: float
    converged: bool
    degraded: bool


def maximise(
    loglike: Callable[[Array], float],
    derivatives: Callable[[Array], tuple[Array, Array]],
    start: Array,
    tol: float,
    maxiter: int,
) -> Maximum:
    """Maximise a log-likelihood by Newton's method.

    Parameters
    ----------
    loglike : callable
        The log-likelihood; minus infinity outside of the parameter space.
    derivatives : callable
        Score and Hessian.
    start : numpy.ndarray
        Parameters to start from, inside of the parameter space.
    tol : float
        Take one last step when the Newton decrement is at most this much.
    maxiter : int
        Newton steps allowed.

    Returns
    -------
    Maximum
        Where it stopped and how.
    """
    params, value = start, loglike(start)
    score, hessian = derivatives(params)
    start_information = np.abs(linalg.eigvalsh(-hessian)).min()
    decrement = np.inf
    finished, iteration = False, 0
    while iteration < maxiter and not finished:
        step = _newton_step(score, hessian)
        decrement = float(score @ step)
        finished = decrement <= tol
        params, value = _line_search(loglike, params, value, step)
        score, hessian = derivatives(params)
        iteration += 1
    least, most = linalg.eigvalsh(-hessian)[[0, -1]]
    converged = bool(finished and least > 0.0)
    degraded = bool(least <= DEGRADED * max(start_information, DEGRADED * most))
    return Maximum(params, value, hessian, iteration, decrement, converged, degraded)


def _newton_step(score: Array, hessian: Array) -> Array:
    information, directions = linalg.eigh(-hessian)
    # Absolute eigenvalues keep the step uphill where the log-likelihood is not concave (cauchit).
    size = np.maximum(np.abs(information), np.finfo(float).eps * np.abs(information[-1]))
    return directions @ ((directions.T @ score) / size)


def _line_search(
    loglike: Callable[[Array], float], params: Array, value: float, step: Array
) -> tuple[Array, float]:
    """Halve the step until the log-likelihood does not fall; at the last digit, take it."""
    size = 1.0
    while size > 1e-10:
        trial = params + size * step
        trial_value = loglike(trial)
        if trial_value >= value - 1e-12 * abs(value):
            return trial, trial_value
        size /= 2.0
    return params, value
