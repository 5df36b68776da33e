"""Profile likelihood of the parameters of a model with random effects.

As ``probstats.models.inference.profile``, with the marginal likelihood: the signed root z(c) of
twice the log-likelihood lost where a parameter is held at c. A standard deviation ends at zero.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import linalg, optimize

from probstats.models.kernel.links import Array
from probstats.models.mixed.fitting import MixedFit
from probstats.models.mixed.optimum import climb

MAXITER = 60
FLAT = 1e-3
"""Rise of the signed root, while the distance doubles, below which it will never reach its goal."""


class MixedProfile:
    """Profile of one parameter.

    Parameters
    ----------
    marginal : callable
        Log-likelihood and gradient in the parameters of the search.
    fit : MixedFit
        Its maximum.
    number : int
        Position of the parameter.

    Notes
    -----
    Coefficients, thresholds and the standard deviations of lone intercepts are linear in the
    parameters of the search. Where a group has several effects, their logarithms and Fisher's z
    of the correlations take the place of the entries of Lambda.
    """

    def __init__(self, marginal: Any, fit: MixedFit, number: int) -> None:
        self._marginal, self._fit = marginal, fit
        self._several = any(part.n_effects > 1 for part in fit.effects.parts)
        self.is_random = number >= fit.n_fixed
        self.is_sd = self.is_random and bool(fit.effects.is_sd[number - fit.n_fixed])
        self.estimate = float(fit.params[number])
        self._best = fit.maximum.loglike
        self._curved = self.is_random and self._several
        start, hessian = self._moved(fit)
        self._row = self._row_of(number, len(start))
        self._basis = linalg.null_space(self._row[None, :])
        inner = self._basis.T @ -hessian @ self._basis
        self._inverse: Array = np.asarray(linalg.pinvh(inner), dtype=float)
        covariance = linalg.pinvh(-hessian)
        along = float(self._row @ covariance @ self._row)
        self._path = covariance @ self._row / along
        self.spread = float(np.sqrt(max(along, 1e-300)))
        self._last = dict.fromkeys((-1, 0, 1), start)
        self._centre = float(self._row @ start)

    def _moved(self, fit: MixedFit) -> tuple[Array, Array]:
        """Return where the search stopped and its Hessian, in the parameters of the profile."""
        params, hessian = fit.maximum.params, fit.maximum.hessian
        if not self._several:
            return params, hessian
        start = np.concatenate(
            [params[: fit.n_fixed], self._outer(fit.effects.reported(fit.entries))]
        )
        slopes = self._slopes(start)
        return start, slopes.T @ hessian @ slopes

    def _outer(self, reported: Array) -> Array:
        is_sd = self._fit.effects.is_sd
        return np.where(
            is_sd, np.log(np.abs(reported)), np.arctanh(np.clip(reported, -0.999999, 0.999999))
        )

    def _reported(self, outer: Array) -> Array:
        return np.where(self._fit.effects.is_sd, np.exp(outer), np.tanh(outer))

    def _inner(self, params: Array) -> Array:
        """Return the parameters of the search."""
        if not self._several:
            return params
        n_fixed = self._fit.n_fixed
        reported = self._reported(params[n_fixed:])
        return np.concatenate([params[:n_fixed], self._fit.effects.entries(reported)])

    def _slopes(self, params: Array) -> Array:
        """Return the derivatives of the parameters of the search in those of the profile."""
        n_fixed, effects = self._fit.n_fixed, self._fit.effects
        reported = self._reported(params[n_fixed:])
        own = np.where(effects.is_sd, reported, 1.0 - reported**2)
        inner = np.linalg.inv(effects.slopes(effects.entries(reported))) * own
        return linalg.block_diag(np.eye(n_fixed), inner)

    def _row_of(self, number: int, count: int) -> Array:
        row = np.zeros(count)
        if not self.is_random:
            row[: self._fit.n_fixed] = self._fit.model_transform[number]
        elif self._curved:
            row[number] = 1.0
        else:
            sizes = [part.basis[0, 0] for part in self._fit.effects.parts]
            row[number] = 1.0 / sizes[number - self._fit.n_fixed]
        return row

    def _evaluate(self, params: Array) -> tuple[float, Array]:
        with np.errstate(all="ignore"):
            try:
                inner = self._inner(params)
                value, gradient = self._marginal(inner)
                return value, gradient @ self._slopes(params) if self._several else gradient
            except np.linalg.LinAlgError:
                return -np.inf, np.zeros(len(params))

    def _held(self, value: float) -> float:
        if not self._curved:
            return value
        return float(np.log(value)) if self.is_sd else float(np.arctanh(value))

    def _shown(self, held: float) -> float:
        if not self._curved:
            return held
        return float(np.exp(held)) if self.is_sd else float(np.tanh(held))

    def loglike(self, value: float) -> float:
        """Return the highest log-likelihood where the parameter has this value."""
        return self._loglike(self._held(value))

    def _loglike(self, held: float) -> float:
        side = int(np.sign(held - self._centre))
        near = self._last[side]
        start = near + self._path * (held - float(self._row @ near))
        if not np.isfinite(self._evaluate(start)[0]):
            start = near + self._row * (held - float(self._row @ near)) / float(
                self._row @ self._row
            )
        basis = self._basis

        def within(free: Array) -> tuple[float, Array]:
            found, gradient = self._evaluate(start + basis @ free)
            return found, basis.T @ gradient

        zero = np.zeros(basis.shape[1])
        at, _, _ = climb(within, (zero, *within(zero)), self._inverse, MAXITER)
        if np.isfinite(at[1]):
            self._last[side] = start + basis @ at[0]
        return at[1]

    def root(self, value: float) -> float:
        """Return the signed root of twice the log-likelihood lost at this value."""
        return self._root(self._held(value))

    def _root(self, held: float) -> float:
        lost = max(self._best - self._loglike(held), 0.0)
        return float(np.sign(held - self._centre) * np.sqrt(2.0 * lost))

    def interval(self, goal: float) -> tuple[float, float]:
        """Return the values whose roots are minus and plus a goal.

        Parameters
        ----------
        goal : float
            The normal quantile, positive.

        Returns
        -------
        tuple of float
            Lower and upper end; zero, or one for a correlation, where the goal is not reached.
        """
        return self._shown(self._end(-goal)), self._shown(self._end(goal))

    def _end(self, goal: float) -> float:
        side = float(np.sign(goal))
        floor = 0.0 if self.is_sd and not self._curved else -np.inf
        if side < 0.0 and self._centre <= floor:
            return floor
        inner, inner_root, step = self._centre, 0.0, side * self.spread * abs(goal)
        while True:
            outer = max(self._centre + step, floor)
            outer_root = self._root(outer)
            if abs(outer_root) >= abs(goal):
                return self._between(inner, outer, goal)
            if outer == floor:
                return floor
            if abs(outer_root) - abs(inner_root) < FLAT and inner != self._centre:
                return side * np.inf
            inner, inner_root, step = outer, outer_root, 2.0 * step

    def _between(self, inner: float, outer: float, goal: float) -> float:
        def gap(held: float) -> float:
            return (0.0 if held == self._centre else self._root(held)) - goal

        return float(optimize.brentq(gap, inner, outer, xtol=1e-9 * self.spread, rtol=1e-12))
