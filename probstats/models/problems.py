"""Where a fit starts: the problem a model sets, and that of its thresholds alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import optimize

from probstats.errors import ModelError
from probstats.models.estimators import Estimator, require_finite
from probstats.models.kernel.estimation import Problem
from probstats.models.kernel.likelihood import loglike
from probstats.models.kernel.links import Array, Link
from probstats.models.kernel.newton import Maximum
from probstats.models.kernel.rows import Rows
from probstats.models.kernel.scaling import standardise
from probstats.models.kernel.separation import Separation, add_flat_directions, find_separation

FAR_FROM_ZERO = 0.9
"""Mean of a scale covariate, relative to its root mean square, from which on it is centred."""

STRETCH = 8.0
"""Log of the factor by which that may stretch coefficients and thresholds."""

OFFSETS = 10_000
"""Offsets looked at for a start."""


class ModelProblems:
    """The likelihoods a model maximises."""

    def problem(self: Any, start_params: Any = None) -> Problem:
        """Return the likelihood to maximise, in well-scaled parameters."""
        rows, transform = self._standard
        start = self._start(rows)
        if rows.scale.shape[1] and start_params is None:
            start = self._centred_start(rows, start)
        if start_params is not None:
            start = self._read_start(start_params, transform)
        return Problem(rows, transform, self.link, start)

    def _centred_start(self: Any, rows: Rows, start: Array) -> Array:
        """Return the estimates with centred scale covariates, in the parameters of these rows.

        Far from zero, as years are, log scale effects and all others pull each other along.
        """
        centre = np.average(rows.scale, axis=0, weights=rows.weights)
        if np.abs(centre).max() < FAR_FROM_ZERO:
            return start
        centred = replace(rows, scale=rows.scale - centre)
        found = Problem(centred, np.eye(len(start)), self.link, start).solve(tol=1e-8, maxiter=100)
        if found.degraded or not found.converged:
            return start
        p, s, _ = rows.sizes
        zeta = found.params[p : p + s]
        self._require_near_zero(centre * zeta)
        stretched = found.params * np.exp(centre @ zeta)
        stretched[p : p + s] = zeta
        return stretched if np.isfinite(loglike(stretched, rows, self.link)) else start

    def _require_near_zero(self: Any, shifts: Array) -> None:
        """Raise a sentence if scale covariates far from zero would stretch all other estimates."""
        if np.abs(shifts).max() > STRETCH:
            name = self.sample.covariates.scale.columns[int(np.abs(shifts).argmax())]
            raise ModelError(
                f"column {name!r} of scale lies far from zero: its effect would multiply every "
                f"coefficient and threshold by {np.exp(np.abs(shifts).max()):.1g}; centre it, as "
                f"by center({name})"
            )

    def separation(self: Any) -> Separation:
        """Return which parameters have no finite estimate, by linear programming."""
        rows, transform = self._standard
        return find_separation(rows, transform, self.data.param_names, self.thresholds.labels)

    def _solve(
        self: Any, problem: Problem, estimator: Estimator, tol: float, maxiter: int
    ) -> tuple[Maximum, Separation]:
        """Return the estimates of a problem, and the separation a fit ran into."""
        maximum = estimator.solve(problem, tol=tol, maxiter=maxiter)
        if estimator.by_likelihood:
            return maximum, self._separation_of(maximum)
        require_finite(estimator, maximum, self)
        return maximum, self._no_separation()

    def _no_separation(self: Any) -> Separation:
        names = self.data.param_names
        return Separation(pd.Series(0.0, index=names), {}, np.empty((len(names), 0)))

    def _separation_of(self: Any, maximum: Maximum) -> Separation:
        """Return the separation of a likelihood; looked for only where the fit gives cause."""
        if maximum.converged and not maximum.degraded:
            return self._no_separation()
        found, (_, transform) = self.separation(), self._standard
        if not self.rows.scale.shape[1]:
            return found
        return add_flat_directions(found, maximum, transform, transform @ maximum.params)

    def null_problem(self: Any) -> Problem:
        """Return the likelihood of thresholds only, with the weights and offset of the model."""
        none = np.empty((len(self.rows), 0))
        rows = replace(self.rows, location=none, scale=none, nominal=none)
        rows, transform = standardise(rows, self.thresholds.shift)
        return Problem(rows, transform, self.link, self._start(rows))

    def _read_start(self: Any, start_params: Any, transform: Array) -> Array:
        values = np.asarray(start_params, dtype=float)
        names = self.data.param_names
        if values.shape != (len(names),):
            raise ModelError(
                f"start_params has shape {values.shape}; the model has {len(names)} parameters: "
                f"{', '.join(names)}"
            )
        if not np.isfinite(self.loglike(values)):
            raise ModelError("start_params puts thresholds out of order, or is not finite")
        return np.linalg.solve(transform, values)

    def _start(self: Any, rows: Rows) -> Array:
        """Return no effects, and the thresholds that reproduce the shares of the levels."""
        start = np.zeros(rows.n_params)
        shares = np.cumsum(self.outcome.shares(rows.weights))[:-1]
        theta = self.link.quantile(shares)
        if rows.offset is not None:
            theta = shifted_thresholds(theta, shares, rows, self.link)
        p, s, _ = rows.sizes
        alpha = self.thresholds.parameters(theta)
        start[p + s : p + s + len(alpha)] = alpha
        return start


def shifted_thresholds(theta: Array, shares: Array, rows: Rows, link: Link) -> Array:
    """Return the thresholds at which the offsets alone reproduce the shares of the levels."""
    some = np.linspace(0, len(rows) - 1, min(len(rows), OFFSETS)).astype(np.intp)
    offset = np.asarray(rows.offset)[some]
    weights = None if rows.weights is None else rows.weights[some]
    reach = np.abs(theta).max() + 1.0
    ends = float(offset.min()) - reach, float(offset.max()) + reach

    def excess(place: float, share: float) -> float:
        return float(np.average(link.cdf(place - offset), weights=weights)) - share

    found = [optimize.brentq(excess, *ends, args=(share,), xtol=1e-8) for share in shares]
    return np.asarray(found)
