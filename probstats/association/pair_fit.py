"""Maximum likelihood for one pair of outcomes: thresholds and correlation, or the correlation last.

The maximum lies at a correlation of one exactly if no two rows are in opposite order (a
correlation of minus one if none are in the same order): the rows are then a chain, for which
comonotone variables have the likelihood of the saturated table.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

from probstats.association.chains import chain_side
from probstats.association.pair_likelihood import PairLikelihood
from probstats.models.kernel.derivatives import Value
from probstats.models.kernel.links import Array
from probstats.models.kernel.newton import Maximum, maximise

TOL = 1e-9
MAXITER = 100
EDGE = 12.0
"""Fisher's z of a correlation that differs from one by 1e-10."""

TIE = 1e-7
"""Log-likelihoods this close are equal."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class PairFit:
    """The fit of one pair.

    Attributes
    ----------
    likelihood : PairLikelihood
        The likelihood.
    params : numpy.ndarray
        Fisher's z of the correlation, infinite at the boundary, and the thresholds.
    loglike : float
        The log-likelihood; at the boundary its limit.
    null : Maximum
        The maximum with a correlation of zero: the thresholds of the margins.
    boundary : int
        -1 or 1 where the correlation is estimated at minus one or one, else 0.
    converged : bool
        Whether a maximum was found, at the boundary or not.
    two_step : bool
        Whether the thresholds are those of the margins.
    """

    likelihood: PairLikelihood
    params: Array
    loglike: float
    null: Maximum
    boundary: int
    converged: bool
    two_step: bool

    @property
    def correlation(self) -> float:
        """The estimated correlation."""
        return float(np.tanh(self.params[0]))

    @cached_property
    def errors(self) -> Array:
        """Standard errors of Fisher's z and of the thresholds; missing if there are none."""
        missing = np.full(self.likelihood.n_params, np.nan)
        if self.boundary or not self.converged:
            return missing
        value = self.likelihood(self.params)
        variances = self._two_step_variances(value) if self.two_step else _variances(value)
        return np.sqrt(np.where(variances > 0.0, variances, np.nan))

    def _two_step_variances(self, value: Value) -> Array:
        """Return variances of a correlation fitted to the thresholds of the margins.

        The score of the correlation is uncorrelated with those of the margins, which do not depend
        on it; what the thresholds vary comes on top (Olsson 1979; Newey and McFadden 1994,
        theorem 6.1).
        """
        zero = np.concatenate([[0.0], self.params[1:]])
        p, grid = self.likelihood.probabilities(zero)
        if grid is None:  # not at a maximum
            return np.full_like(zero, np.nan)
        scores = self.likelihood.slopes(grid, 0.0)[:, 1:] / p[:, None]
        bread = np.linalg.inv(-self.null.hessian)
        meat = scores.T @ (self.likelihood.counts[:, None] * scores)
        thresholds = bread @ meat @ bread
        information, mixed = -value.hessian[0, 0], value.hessian[0, 1:]
        own = 1.0 / information + mixed @ thresholds @ mixed / information**2
        return np.concatenate([[own], np.diag(thresholds)])

    @property
    def statistic(self) -> float:
        """Likelihood-ratio statistic of no correlation."""
        return max(2.0 * (self.loglike - self.null.loglike), 0.0)

    def wald_interval(self, level: float) -> tuple[float, float]:
        """Return the interval that is symmetric in Fisher's z; missing at the boundary."""
        reach = float(stats.norm.ppf(0.5 + level / 2.0)) * self.errors[0]
        low, high = np.tanh(self.params[0] + reach * np.array([-1.0, 1.0]))
        return float(low), float(high)


def _variances(value: Value) -> Array:
    try:
        return np.diag(np.linalg.inv(-value.hessian))
    except np.linalg.LinAlgError:
        return np.full(len(value.score), np.nan)


def climb(likelihood: PairLikelihood, start: Array, free: Mask) -> Maximum:
    """Maximise over some of the parameters, the others staying as they are at the start.

    The score and Hessian of the result are those of the free parameters; ``params`` are all.
    """
    number = np.flatnonzero(free)

    def evaluate(part: Array) -> Value:
        params = start.copy()
        params[number] = part
        value = likelihood(params)
        return Value(value.loglike, value.score[number], value.hessian[np.ix_(number, number)])

    with np.errstate(invalid="ignore"):  # a flat likelihood has no step, and stays where it is
        found = maximise(evaluate, start[number], tol=TOL, maxiter=MAXITER)
    params = start.copy()
    params[number] = found.params
    return Maximum(**{**vars(found), "params": params})


def fit_pair(likelihood: PairLikelihood, shares: tuple[Array, Array], *, two_step: bool) -> PairFit:
    """Fit a pair.

    Parameters
    ----------
    likelihood : PairLikelihood
        The likelihood.
    shares : tuple of numpy.ndarray
        Share of each level of the first and of the second outcome, to start from.
    two_step : bool
        Whether to hold the thresholds at those of the margins.

    Returns
    -------
    PairFit
        The fit.
    """
    cuts = [special.ndtri(np.cumsum(part)[:-1]) for part in shares]
    start = np.concatenate([[0.0], *cuts])
    thresholds = np.arange(likelihood.n_params) > 0
    null = climb(likelihood, start, thresholds)
    boundary = chain_side(likelihood.table()) if likelihood.is_known() else 0
    if boundary:
        counts = likelihood.counts
        limit = float(special.xlogy(counts, counts / counts.sum()).sum())
        params = np.concatenate([[boundary * np.inf], null.params[1:]])
        return PairFit(likelihood, params, limit, null, boundary, True, two_step)
    free = ~thresholds if two_step else np.ones_like(thresholds)
    found = _climb_from_sides(likelihood, null.params, free)
    edge = _at_edge(likelihood, found, free)
    if edge is not None:
        side = int(np.sign(edge.params[0]))
        params = np.concatenate([[side * np.inf], edge.params[1:]])
        return PairFit(likelihood, params, edge.loglike, null, side, True, two_step)
    converged = found.converged and null.converged
    return PairFit(likelihood, found.params, found.loglike, null, 0, converged, two_step)


def _climb_from_sides(likelihood: PairLikelihood, start: Array, free: Mask) -> Maximum:
    """Return the higher maximum of those reached from a correlation of zero and from each side."""
    starts = [start]
    if not likelihood.is_known():  # the likelihood of intervals can have two hills
        starts += [np.concatenate([[z], start[1:]]) for z in (-1.0, 1.0)]
    found = [climb(likelihood, one, free) for one in starts]
    return max(found, key=lambda one: one.loglike)


def _at_edge(likelihood: PairLikelihood, found: Maximum, free: Mask) -> Maximum | None:
    """Return the end of the climb at a correlation next to one, if it is no lower than found."""
    if likelihood.is_known() or abs(found.params[0]) < 1.0:
        return None
    still = free.copy()
    still[0] = False
    start = found.params.copy()
    start[0] = np.sign(start[0]) * EDGE
    if abs(found.params[0]) >= EDGE:
        return found
    edge = climb(likelihood, start, still) if still.any() else None
    if edge is None:
        loglike = likelihood(start).loglike
        edge = Maximum(**{**vars(found), "params": start, "loglike": loglike})
    return edge if edge.loglike >= found.loglike - TIE else None
