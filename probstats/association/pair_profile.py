"""Profile likelihood of the correlation of a pair.

The signed root at a correlation is the root of twice the log-likelihood lost when the thresholds
are fitted again with the correlation held there; the interval holds the correlations whose root
lies within the normal quantiles (Venzon and Moolgavkar 1988).
"""

from __future__ import annotations

import numpy as np
from scipy import optimize, stats

from probstats.association.pair_fit import EDGE, PairFit, climb
from probstats.models.kernel.links import Array

STRIDE = 0.4
"""Longest step in Fisher's z: thresholds found at one value are where the next fit starts."""


class PairProfile:
    """Profile of the correlation of one fit.

    Parameters
    ----------
    fit : PairFit
        A fit by maximum likelihood.
    """

    def __init__(self, fit: PairFit) -> None:
        self._fit = fit
        self._free = np.arange(fit.likelihood.n_params) > 0
        start = fit.null.params if fit.boundary else fit.params
        self._centre = float(start[0])
        self._known: dict[float, tuple[float, Array]] = {}
        self._lost(self._centre, start)

    def _lost(self, z: float, near: Array) -> float:
        """Return twice the log-likelihood lost at a value, and keep the thresholds found there."""
        start = near.copy()
        start[0] = z
        found = climb(self._fit.likelihood, start, self._free)
        lost = max(2.0 * (self._fit.loglike - found.loglike), 0.0)
        self._known[z] = lost, found.params
        return lost

    def lost(self, z: float) -> float:
        """Return twice the log-likelihood lost where Fisher's z has this value."""
        while z not in self._known:
            near = min(self._known, key=lambda value: abs(value - z))
            stride = float(np.clip(z - near, -STRIDE, STRIDE))
            there = z if stride == z - near else near + stride
            if not np.isfinite(self._lost(there, self._known[near][1])):
                self._known[z] = np.inf, self._known[near][1]
        return self._known[z][0]

    def interval(self, level: float) -> tuple[float, float]:
        """Return both ends as correlations; at the boundary one of them is the estimate."""
        goal = float(stats.norm.ppf(0.5 + level / 2.0)) ** 2
        side = self._fit.boundary
        low = -1.0 if side < 0 else self._end(-1, goal)
        high = 1.0 if side > 0 else self._end(1, goal)
        return low, high

    def _end(self, direction: int, goal: float) -> float:
        """Return where the loss reaches its goal, going away from the estimate."""
        # From the boundary the way begins at zero: back towards the estimate if zero is outside.
        inner = self._centre
        back = self._fit.boundary and self.lost(inner) > goal
        step = -direction * STRIDE if back else direction * STRIDE
        outer = inner + step
        while (self.lost(outer) > goal) == bool(back):
            inner, outer = outer, outer + step
            if abs(outer) > EDGE:
                return float(np.sign(outer))

        def gap(z: float) -> float:
            return min(self.lost(z), 1e6) - goal  # brentq wants finite values

        low, high = min(inner, outer), max(inner, outer)
        return float(np.tanh(optimize.brentq(gap, low, high, xtol=1e-10)))
