"""Profile likelihood: signed roots and intervals of single parameters.

With pl(c) the highest log-likelihood where parameter j is c, the signed root is
z(c) = sign(c - estimate) sqrt(2 (llf - pl(c))), and the interval of level 1 - alpha holds the c
whose root lies within the normal quantiles (Venzon and Moolgavkar 1988). It respects the edge of
the parameter space, and it has one finite end where the estimate is infinite.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import linalg, optimize

from probstats.models.estimation import Fit, Problem
from probstats.models.likelihood import LogLikelihood, Value
from probstats.models.links import Array
from probstats.models.newton import maximise

FLAT = 1e-6
"""Rise of the signed root, while the distance doubles, below which it will never reach its goal."""

INNER_TOL = 1e-12
MAXITER = 200


class Profile:
    """Profile log-likelihood of one parameter.

    Parameters
    ----------
    problem : Problem
        The likelihood.
    fit : Fit
        Its maximum.
    number : int
        Position of the parameter.
    """

    def __init__(self, problem: Problem, fit: Fit, number: int) -> None:
        self._evaluate = LogLikelihood(problem.rows, problem.link)
        self._loglike = fit.maximum.loglike
        self._row = problem.transform[number]
        self._basis = linalg.null_space(self._row[None, :])
        self.estimate = float(fit.params[number])
        self._last = {0: fit.maximum.params, 1: fit.maximum.params, -1: fit.maximum.params}
        covariance = np.linalg.pinv(-fit.maximum.hessian, rcond=1e-12)
        self._path = covariance @ self._row
        self.spread = float(np.sqrt(max(self._row @ self._path, 0.0)))

    def loglike(self, value: float) -> float:
        """Return the highest log-likelihood where the parameter has this value."""
        side = int(np.sign(value - self.estimate))
        self._last[side] = self._constrained(value, self._last[side])
        return self._evaluate(self._last[side]).loglike

    def root(self, value: float) -> float:
        """Return the signed root of twice the log-likelihood lost at this value."""
        lost = max(self._loglike - self.loglike(value), 0.0)
        return float(np.sign(value - self.estimate) * np.sqrt(2.0 * lost))

    def _constrained(self, value: float, near: Array, depth: int = 0) -> Array:
        """Return the best parameters with this value, on the way from others nearby."""
        start = near + self._step(value - float(self._row @ near))
        if not np.isfinite(self._evaluate(start).loglike):
            if depth > 60:
                return start
            middle = (value + float(self._row @ near)) / 2.0
            return self._constrained(value, self._constrained(middle, near, depth + 1), depth + 1)
        if not self._basis.shape[1]:
            return start
        found = maximise(
            lambda free: self._within(start + self._basis @ free),
            np.zeros(self._basis.shape[1]),
            tol=INNER_TOL,
            maxiter=MAXITER,
        )
        return start + self._basis @ found.params

    def _step(self, distance: float) -> Array:
        along = float(self._row @ self._path)
        path = self._path / along if along > 0.0 else self._row / float(self._row @ self._row)
        return path * distance

    def _within(self, params: Array) -> Value:
        value = self._evaluate(params)
        basis = self._basis
        return Value(value.loglike, basis.T @ value.score, basis.T @ value.hessian @ basis)

    def end(self, goal: float) -> float:
        """Return where the signed root reaches a goal, infinite where it never does.

        Parameters
        ----------
        goal : float
            Negative for the lower end, positive for the upper one.

        Returns
        -------
        float
            The end of the interval, on the user's scale.
        """
        side = float(np.sign(goal))
        step = side * max(self.spread * abs(goal), 1e-8 * (1.0 + abs(self.estimate)))
        inner, inner_root = self.estimate, 0.0
        while True:
            outer = self.estimate + step
            outer_root = self.root(outer)
            if abs(outer_root) >= abs(goal):
                return self._between(inner, outer, goal)
            if abs(outer_root) - abs(inner_root) < FLAT and abs(inner_root) > 0.0:
                return side * np.inf
            inner, inner_root, step = outer, outer_root, 2.0 * step

    def _between(self, inner: float, outer: float, goal: float) -> float:
        gap: Callable[[float], float] = lambda value: self.root(value) - goal  # noqa: E731
        return float(optimize.brentq(gap, inner, outer, xtol=1e-12, rtol=1e-11))

    def interval(self, goal: float, towards: float = 0.0) -> tuple[float, float]:
        """Return both ends.

        Parameters
        ----------
        goal : float
            The normal quantile, positive.
        towards : float
            Where the estimate is: an infinity, missing for both, 0 where it is finite.

        Returns
        -------
        tuple of float
            Lower and upper end.
        """
        if np.isnan(towards):
            return -np.inf, np.inf
        if towards == 0.0:
            return self.end(-goal), self.end(goal)
        finite = self._end_of_infinite(goal, towards)
        return (finite, np.inf) if towards > 0.0 else (-np.inf, finite)

    def _end_of_infinite(self, goal: float, towards: float) -> float:
        """Return the finite end: walk back from where the fit stopped until enough is lost."""
        side = -float(np.sign(towards))
        inner, step = self.estimate, float(np.linalg.norm(self._row))
        while abs(self.root(inner + side * step)) < goal:
            if step > 1e6 * np.linalg.norm(self._row):
                return side * np.inf
            step *= 1.5
        return self._between(inner, inner + side * step, side * goal)
