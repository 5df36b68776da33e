"""The maximum of a log-likelihood whose gradient is exact and whose Hessian is not at hand.

The way up is that of BFGS (Nocedal and Wright 2006, algorithm 6.1); the last steps are Newton's,
with a Hessian from central differences of the gradient, which is also that of the results.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import linalg

from probstats.models.kernel.links import Array

Evaluate = Callable[[Array], tuple[float, Array]]

NEAR = 1e-9
"""Decrement at which the last steps begin."""

SPREAD = 3e-4
"""Difference over which the gradient is compared, in standard errors."""

LONG = 25.0
"""Squared length of a step, in standard errors, that is not exceeded."""


@dataclass(frozen=True)
class Optimum:
    """Where the search stopped.

    Attributes
    ----------
    params : numpy.ndarray
        The parameters.
    loglike : float
        The log-likelihood there.
    gradient, hessian : numpy.ndarray
        Its derivatives.
    iterations : int
        Steps taken.
    decrement : float
        g'(-H)^-1 g before the last step.
    converged : bool
        Small decrement and a negative definite Hessian.
    """

    params: Array
    loglike: float
    gradient: Array
    hessian: Array
    iterations: int
    decrement: float
    converged: bool


def difference_hessian(evaluate: Evaluate, params: Array, spread: Array) -> Array:
    """Return the Hessian by central differences of the gradient.

    Parameters
    ----------
    evaluate : callable
        Log-likelihood and gradient.
    params : numpy.ndarray
        Where.
    spread : numpy.ndarray
        How far to go to either side in each parameter.

    Returns
    -------
    numpy.ndarray
        q by q, symmetric; not a number where a neighbour has likelihood zero.
    """
    hessian = np.empty((len(params), len(params)))
    for number, step in enumerate(spread):
        sides = []
        for sign in (1.0, -1.0):
            moved = params.copy()
            moved[number] += sign * step
            value, gradient = evaluate(moved)
            sides.append(gradient if np.isfinite(value) else np.full_like(gradient, np.nan))
        hessian[number] = (sides[0] - sides[1]) / (2.0 * step)
    return 0.5 * (hessian + hessian.T)


def maximise(
    evaluate: Evaluate, start: Array, inverse: Array, *, tol: float, maxiter: int
) -> Optimum:
    """Maximise a log-likelihood.

    Parameters
    ----------
    evaluate : callable
        Log-likelihood and gradient; minus infinity outside of the parameter space.
    start : numpy.ndarray
        Where to start, inside.
    inverse : numpy.ndarray
        A guess at the inverse negative Hessian.
    tol : float
        Decrement at which one last Newton step is taken.
    maxiter : int
        Steps allowed.

    Returns
    -------
    Optimum
        Where it stopped and how.
    """
    params, (value, gradient) = start, evaluate(start)
    steps, decrement = 0, np.inf
    for attempt in range(3):
        climbed = climb(evaluate, (params, value, gradient), inverse, maxiter - steps)
        (params, value, gradient), inverse, taken = climbed
        steps += taken
        hessian = _hessian(evaluate, params, inverse)
        for _ in range(10):
            if not _definite(hessian) or steps >= maxiter:
                break
            step = linalg.solve(-hessian, gradient, assume_a="pos")
            decrement = float(gradient @ step)
            (params, value, gradient), _ = _search(evaluate, (params, value, gradient), step)
            steps += 1
            if decrement <= tol:
                return Optimum(params, value, gradient, hessian, steps, decrement, True)
            if decrement > 1e-5:
                hessian = _hessian(evaluate, params, inverse)
        if steps >= maxiter or attempt == 2:
            break
        inverse = _safe_inverse(hessian)
        params, value, gradient = _off_the_saddle(evaluate, params, value, gradient, hessian)
    return Optimum(params, value, gradient, hessian, steps, decrement, False)


def _definite(hessian: Array) -> bool:
    return bool(np.isfinite(hessian).all() and np.linalg.eigvalsh(-hessian)[0] > 0.0)


def _hessian(evaluate: Evaluate, params: Array, inverse: Array) -> Array:
    spread = SPREAD * np.sqrt(np.clip(np.diag(inverse), 1e-6, 1.0))
    return difference_hessian(evaluate, params, spread)


def _safe_inverse(hessian: Array) -> Array:
    if not np.isfinite(hessian).all():
        return np.eye(len(hessian)) * 1e-2
    values, vectors = np.linalg.eigh(-hessian)
    return (vectors / np.maximum(np.abs(values), 1e-3 * np.abs(values).max())) @ vectors.T


def _off_the_saddle(
    evaluate: Evaluate, params: Array, value: float, gradient: Array, hessian: Array
) -> tuple[Array, float, Array]:
    """Leave a point where the log-likelihood curves upwards, to the side where it is higher."""
    if not np.isfinite(hessian).all():
        return params, value, gradient
    values, vectors = np.linalg.eigh(-hessian)
    for length in (0.5, 0.1, 0.02):
        for sign in (1.0, -1.0):
            moved = params + sign * length * vectors[:, 0]
            found = evaluate(moved)
            if values[0] < 0.0 and found[0] > value:
                return moved, *found
    return params, value, gradient


def climb(
    evaluate: Evaluate, at: tuple[Array, float, Array], inverse: Array, maxiter: int
) -> tuple[tuple[Array, float, Array], Array, int]:
    """Go up by BFGS until the decrement is small, or no step goes up.

    Parameters
    ----------
    evaluate : callable
        Log-likelihood and gradient.
    at : tuple
        Parameters, log-likelihood and gradient to start from.
    inverse : numpy.ndarray
        A guess at the inverse negative Hessian.
    maxiter : int
        Steps allowed.

    Returns
    -------
    tuple
        Parameters, log-likelihood and gradient; the inverse; the number of steps.
    """
    for number in range(maxiter):
        step = inverse @ at[2]
        decrement = float(at[2] @ step)
        if decrement <= NEAR:
            return at, inverse, number
        if decrement > LONG:
            step *= np.sqrt(LONG / decrement)
        found, moved = _search(evaluate, at, step)
        if not moved:
            return at, inverse, number
        inverse = _updated(inverse, found[0] - at[0], at[2] - found[2])
        at = found
    return at, inverse, maxiter


def _search(
    evaluate: Evaluate, at: tuple[Array, float, Array], step: Array
) -> tuple[tuple[Array, float, Array], bool]:
    """Shorten the step until the log-likelihood rises enough; at the last digit, take it."""
    params, value, gradient = at
    rise, size = float(gradient @ step), 1.0
    while size > 1e-8:
        trial = params + size * step
        found, slope = evaluate(trial)
        if found >= value + 1e-4 * size * rise - 1e-13 * abs(value):
            return (trial, found, slope), True
        guess = size * size * rise / (2.0 * (value + size * rise - found))
        size = float(np.clip(guess, 0.1 * size, 0.5 * size)) if np.isfinite(guess) else size / 4.0
    return at, False


def _updated(inverse: Array, step: Array, change: Array) -> Array:
    """Return the BFGS update of the inverse, where the step has seen positive curvature."""
    curvature = float(step @ change)
    if curvature <= 1e-12 * np.linalg.norm(step) * np.linalg.norm(change):
        return inverse
    pushed = inverse @ change
    factor = (1.0 + float(change @ pushed) / curvature) / curvature
    cross = np.outer(pushed, step) / curvature
    return inverse + factor * np.outer(step, step) - cross - cross.T
