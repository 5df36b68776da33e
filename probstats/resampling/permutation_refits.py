"""Likelihood-ratio and Wald statistics of a term for arrangements of its columns, by refits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from scipy import linalg

from probstats.models.checking.likelihood_ratio import gain
from probstats.models.kernel.estimation import Problem
from probstats.models.kernel.links import Array, Link
from probstats.models.kernel.newton import Maximum
from probstats.models.kernel.rows import Rows
from probstats.resampling.permutation_null import Null


class Value(NamedTuple):
    """A statistic, and its signed root where it is of one parameter."""

    statistic: float
    root: float = np.nan


@dataclass(frozen=True)
class Refits:
    """A null fit, to which columns can be added.

    Attributes
    ----------
    statistic : {"lr", "wald"}
        What is returned of each refit.
    rows : Rows
        Standardised rows of the null model.
    link : Link
        Its link.
    part : str
        Where the columns go.
    start : numpy.ndarray
        Where refits start, without effects of the columns.
    loglike : float
        Maximum of the null model.
    """

    statistic: str
    rows: Rows
    link: Link
    part: str
    start: Array
    loglike: float

    def __call__(self, columns: Array) -> tuple[Array, Array]:
        """Return statistic and signed root for each arrangement; see ``Scores``.

        Both are missing where the refit found no maximum. A likelihood that rises for ever has a
        supremum, and with it a likelihood ratio, but no Wald statistic.
        """
        values = [self._value(columns[:, number]) for number in range(columns.shape[1])]
        statistics, roots = np.array(values, dtype=float).reshape(-1, 2).T
        return statistics, roots

    def _value(self, columns: Array) -> Value:
        old = self.rows
        ordered = columns.T if old.order is None else columns.T[old.order]
        rows = replace(old, **{self.part: np.hstack([getattr(old, self.part), ordered])})
        p, s, q = old.sizes
        place = {"location": p, "scale": p + s, "nominal": p + s + q}[self.part]
        own = slice(place, place + rows.n_params - old.n_params)
        start = np.insert(self.start, [place] * (rows.n_params - old.n_params), 0.0)
        found = Problem(rows, np.eye(len(start)), self.link, start).solve(tol=1e-10, maxiter=100)
        return self._ratio(found, own) if self.statistic == "lr" else _wald(found, own)

    def _ratio(self, found: Maximum, own: slice) -> Value:
        if not (found.converged or found.degraded):
            return Value(np.nan)
        statistic = gain(self.loglike, found.loglike)
        return _signed(statistic, found.params[own])


def _wald(found: Maximum, own: slice) -> Value:
    """Return b' V^-1 b, with V the block of the inverse information."""
    if not found.converged or found.degraded:
        return Value(np.nan)
    estimates = found.params[own]
    covariance = linalg.inv(-found.hessian)[own, own]
    return _signed(float(estimates @ np.linalg.solve(covariance, estimates)), estimates)


def _signed(statistic: float, estimates: Array) -> Value:
    if len(estimates) > 1:
        return Value(statistic)
    return Value(statistic, float(np.copysign(np.sqrt(statistic), estimates[0])))


def refits_of(null: Null, statistic: str) -> Refits:
    """Return what refits need of a null fit.

    Parameters
    ----------
    null : Null
        The null fit.
    statistic : {"lr", "wald"}
        What is wanted.

    Returns
    -------
    Refits
        Starting from the null estimates; from no effects where these are not finite.
    """
    fit = null.fit
    problem = fit.model.problem()
    start = problem.start if fit.separation.separated else fit.maximum.params
    return Refits(statistic, problem.rows, fit.model.link, null.term.part, start, fit.llf)
