"""Profile likelihood: signed roots and intervals of single parameters.

With pl(c) the highest log-likelihood where parameter j is c, the signed root is
z(c) = sign(c - estimate) sqrt(2 (llf - pl(c))), and the interval of level 1 - alpha holds the c
whose root lies within the normal quantiles (Venzon and Moolgavkar 1988). It respects the edge of
the parameter space, and it has one finite end where the estimate is infinite.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import linalg, optimize, stats

from probstats.models.kernel.estimation import Fit, Problem
from probstats.models.kernel.likelihood import LogLikelihood, Value
from probstats.models.kernel.links import Array
from probstats.models.kernel.newton import Maximum, maximise

FLAT = 1e-3
"""Rise of the signed root, while the distance doubles, below which it will never reach its goal."""

FAR = 1e3
"""Standard deviations of a covariate after which a plateau counts as endless."""

INNER_TOL = 1e-12
MAXITER = 30
STAGES = 60
SHORTEST = 1e-6


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
        self._concave = problem.concave
        self._tol = INNER_TOL * problem.unit
        self._loglike = fit.maximum.loglike
        self._row = problem.transform[number]
        self._size, self._plain = float(np.linalg.norm(self._row)), problem.start
        self._basis = linalg.null_space(self._row[None, :])
        self.estimate = float(fit.params[number])
        self._last = {0: fit.maximum.params, 1: fit.maximum.params, -1: fit.maximum.params}
        covariance = np.linalg.pinv(-fit.maximum.hessian, rcond=1e-12)
        self._path = covariance @ self._row
        self.spread = float(np.sqrt(max(self._row @ self._path, 0.0)))

    def loglike(self, value: float) -> float:
        """Return the highest log-likelihood where the parameter has this value."""
        side = int(np.sign(value - self.estimate))
        found = self._constrained(value, self._last[side])
        if found is None:
            return -np.inf
        self._last[side] = found
        return self._evaluate(found).loglike

    def root(self, value: float) -> float:
        """Return the signed root of twice the log-likelihood lost at this value."""
        lost = max(self._loglike - self.loglike(value), 0.0)
        return float(np.sign(value - self.estimate) * np.sqrt(2.0 * lost))

    def _constrained(self, value: float, near: Array) -> Array | None:
        """Return the best parameters with this value, on the way from others nearby.

        Where the way leads out of the parameter space, go part of it, let the other parameters
        make room, and go on; None if they never do.
        """
        for _ in range(STAGES):
            distance, part = value - float(self._row @ near), 1.0
            start = near + self._step(distance)
            while not np.isfinite(self._evaluate(start).loglike):
                part /= 2.0
                if part < SHORTEST:
                    return None
                start = near + self._step(part * distance)
            near = self._best(start)
            if part == 1.0:
                return near
        return None

    def _best(self, start: Array) -> Array:
        """Return the best parameters with the value the start has."""
        if not self._basis.shape[1]:
            return start
        found = self._climb(start)
        if found.converged and self._concave:
            return start + self._basis @ found.params
        # Across a plateau, or on another hill, a start without effects is often nearer.
        plain = self._plain + self._row * float(self._row @ (start - self._plain)) / self._size**2
        if np.isfinite(self._evaluate(plain).loglike):
            again = self._climb(plain)
            if again.loglike > found.loglike:
                return plain + self._basis @ again.params
        return start + self._basis @ found.params

    def _climb(self, start: Array) -> Maximum:
        return maximise(
            lambda free: self._within(start + self._basis @ free),
            np.zeros(self._basis.shape[1]),
            tol=self._tol,
            maxiter=MAXITER,
        )

    def _step(self, distance: float) -> Array:
        along = float(self._row @ self._path)
        path = self._path / along if along > 0.0 else self._row / self._size**2
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
        step = side * max(self.spread * abs(goal), 1e-8 * self._size)
        inner, inner_root = self.estimate, 0.0
        while True:
            outer = self.estimate + step
            outer_root = self.root(outer)
            if abs(outer_root) >= abs(goal):
                return self._between((inner, inner_root), (outer, outer_root), goal)
            if abs(outer_root) - abs(inner_root) < FLAT and abs(inner_root) > 0.0:
                return side * np.inf
            inner, inner_root, step = outer, outer_root, 2.0 * step

    def _between(
        self, inner: tuple[float, float], outer: tuple[float, float], goal: float
    ) -> float:
        """Return where the root reaches its goal between two values, given with their roots."""
        start, width = inner[0], outer[0] - inner[0]
        known = {0.0: inner[1], 1.0: outer[1]}

        def gap(place: float) -> float:
            root = known[place] if place in known else self.root(start + place * width)
            return root - goal

        place = optimize.brentq(gap, 0.0, 1.0, xtol=1e-13, rtol=1e-13)
        return float(start + place * width)

    def interval(self, goal: float, towards: float = 0.0) -> tuple[float, float]:
        """Return both ends.

        Parameters
        ----------
        goal : float
            The normal quantile, positive.
        towards : float
            Where the estimate is: an infinity, missing where it is not settled, 0 if it is finite.

        Returns
        -------
        tuple of float
            Lower and upper end.
        """
        if towards == 0.0:
            return self.end(-goal), self.end(goal)
        low = -np.inf if towards == -np.inf else self._far_end(-goal)
        return low, np.inf if towards == np.inf else self._far_end(goal)

    def _far_end(self, goal: float) -> float:
        """Return an end seen from where a fit without maximum stopped, across a plateau."""
        side, step = float(np.sign(goal)), self._size
        inner = (self.estimate, 0.0)
        while step <= FAR * self._size:
            value = self.estimate + side * step
            outer = (value, self.root(value))
            if abs(outer[1]) >= abs(goal):
                return self._between(inner, outer, goal)
            inner, step = outer, 1.5 * step
        return side * np.inf


def profile_frame(profile: Profile, level: float, points: int) -> pd.DataFrame:
    """Return the signed root at evenly spaced values over an interval.

    Parameters
    ----------
    profile : Profile
        The profile.
    level : float
        Level of the interval.
    points : int
        Number of values.

    Returns
    -------
    pandas.DataFrame
        ``value`` and ``z``.
    """
    goal = float(stats.norm.ppf(0.5 + level / 2.0))
    reach = 3.0 * goal * profile.spread
    low, high = np.clip(profile.interval(goal), profile.estimate - reach, profile.estimate + reach)
    values = np.linspace(low, high, points)
    return pd.DataFrame({"value": values, "z": [profile.root(value) for value in values]})
