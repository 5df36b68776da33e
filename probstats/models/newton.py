"""Newton's method for a log-likelihood, with step-halving and a watch for divergence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import linalg

from probstats.models.links import Array

DEGRADED = 1e-6
"""Share of its starting information that a direction may lose before the fit counts as diverging.

Where the data separate the levels, every Newton step multiplies the information about the
diverging direction by about 1/e and the decrement with it, so a small gradient alone would pass
for convergence. In a fit with a maximum the share stays above a few per cent.
"""


@dataclass(frozen=True)
class Maximum:
    """Where Newton's method stopped.

    Attributes
    ----------
    params : numpy.ndarray
        The last parameters.
    hessian : numpy.ndarray
        Hessian of the log-likelihood there.
    iterations : int
        Newton steps taken.
    decrement : float
        g'(-H)^-1 g: twice the log-likelihood still to be gained, to second order.
    converged : bool
        Small decrement and a negative definite Hessian that kept its information.
    diverging : numpy.ndarray or None
        Where the likelihood rises for ever: the unit direction in which it does.
    """

    params: Array
    hessian: Array
    iterations: int
    decrement: float
    converged: bool
    diverging: Array | None = None


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
    for iteration in range(maxiter):
        information, directions = linalg.eigh(-hessian)
        if 0.0 < information[0] <= DEGRADED * start_information:
            return Maximum(params, hessian, iteration, decrement, False, directions[:, 0])
        step = _newton_step(score, information, directions)
        decrement = float(score @ step)
        finished = decrement <= tol
        params, value = _line_search(loglike, params, value, step)
        score, hessian = derivatives(params)
        if finished:
            return Maximum(params, hessian, iteration + 1, decrement, bool(information[0] > 0))
    return Maximum(params, hessian, maxiter, decrement, False)


def _newton_step(score: Array, information: Array, directions: Array) -> Array:
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
