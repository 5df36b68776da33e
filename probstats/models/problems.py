"""Where a fit starts: the problem a model sets, and that of its thresholds alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from scipy import optimize

from probstats.errors import ModelError
from probstats.models.kernel.estimation import Problem
from probstats.models.kernel.links import Array, Link
from probstats.models.kernel.rows import Rows
from probstats.models.kernel.scaling import standardise

OFFSETS = 10_000
"""Offsets looked at for a start."""


class ModelProblems:
    """The likelihoods a model maximises."""

    def problem(self: Any, start_params: Any = None) -> Problem:
        """Return the likelihood to maximise, in well-scaled parameters."""
        rows, transform = self._standard
        start = self._start(rows)
        if start_params is not None:
            start = self._read_start(start_params, transform)
        return Problem(rows, transform, self.link, start)

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
            theta = _shifted(theta, shares, rows, self.link)
        p, s, _ = rows.sizes
        alpha = self.thresholds.parameters(theta)
        start[p + s : p + s + len(alpha)] = alpha
        return start


def _shifted(theta: Array, shares: Array, rows: Rows, link: Link) -> Array:
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
