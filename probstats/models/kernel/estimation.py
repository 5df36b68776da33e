"""Maximum likelihood: from rows to estimates, their covariance, and what has no estimate."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from probstats.models.kernel.grouping import group_identical
from probstats.models.kernel.likelihood import LogLikelihood, score_rows
from probstats.models.kernel.links import Array, Link
from probstats.models.kernel.newton import Maximum, maximise
from probstats.models.kernel.rows import Rows
from probstats.models.kernel.separation import Separation, kept_directions

SUBSAMPLE = 16
"""A large fit starts from the estimates of one row in this many."""

LARGE = 20_000
"""Rows from which on that saves more than it costs."""


@dataclass(frozen=True)
class Fit:
    """What a fit found.

    Attributes
    ----------
    maximum : Maximum
        How Newton's method stopped, in phi.
    separation : Separation
        Which parameters have no finite estimate.
    transform : numpy.ndarray
        T, q by q, with psi = T phi for the user's parameters psi.
    scaled : numpy.ndarray
        q by q covariance of phi, within the directions that have a maximum.
    estimator : Any
        How the parameters were estimated.
    reference : Any
        Degrees of freedom of clustered errors, where they differ from contrast to contrast.

    Notes
    -----
    Errors of predictions are made from the covariance of phi: where a column has a large mean and
    a small spread, that of psi has lost the digits they need.
    """

    maximum: Maximum
    separation: Separation
    transform: Array
    scaled: Array
    estimator: Any = None
    reference: Any = None

    @property
    def covariance(self) -> Array:
        """The q by q covariance of psi."""
        return self.transform @ self.scaled @ self.transform.T

    @property
    def params(self) -> Array:
        """The parameters psi where Newton's method stopped, all of them finite."""
        return self.transform @ self.maximum.params


@dataclass(frozen=True)
class Problem:
    """A likelihood to maximise, in well-scaled parameters.

    Attributes
    ----------
    rows : Rows
        Standardised rows.
    transform : numpy.ndarray
        T, q by q, with psi = T phi for the user's parameters psi.
    link : Link
        The latent distribution.
    start : numpy.ndarray
        Parameters phi to start from.
    """

    rows: Rows
    transform: Array
    link: Link
    start: Array

    def solve(self, *, tol: float, maxiter: int) -> Maximum:
        """Return the maximum over phi."""
        # Whatever the unit of the weights, the tolerance is that of rows that count once.
        unit = self.unit
        rows, start = group_identical(_divided(self.rows, unit)), self.start
        large = len(rows) >= LARGE
        if large:
            start = self._rough(rows, tol=tol, maxiter=maxiter)
        evaluate = LogLikelihood(rows, self.link)
        return maximise(evaluate, start, tol=tol, maxiter=maxiter, foresee=large).times(unit)

    @property
    def concave(self) -> bool:
        """Whether the log-likelihood is concave, so that a maximum is the maximum."""
        return self.link.log_concave and not self.rows.scale.shape[1]

    def _rough(self, rows: Rows, *, tol: float, maxiter: int) -> Array:
        """Return the estimates of some of the rows, or the start where they have none."""
        some = LogLikelihood(rows.take(np.arange(0, len(rows), SUBSAMPLE)), self.link)
        found = maximise(some, self.start, tol=tol, maxiter=maxiter)
        return found.params if found.converged and not found.degraded else self.start

    @property
    def unit(self) -> float:
        """The mean weight of a row."""
        return 1.0 if self.rows.weights is None else float(self.rows.weights.mean())

    def scores(self, maximum: Maximum) -> Array:
        """Return the scores of the rows in phi, n by q, in the order they were given in."""
        return self.rows.unsorted(score_rows(maximum.params, self.rows, self.link))


def _divided(rows: Rows, unit: float) -> Rows:
    return rows if rows.weights is None else replace(rows, weights=rows.weights / unit)


def inverse_information(hessian: Array, lost: Array) -> Array:
    """Return the inverse of the negative Hessian, within the directions that are not lost.

    Parameters
    ----------
    hessian : numpy.ndarray
        q by q.
    lost : numpy.ndarray
        q by k directions in which there is no maximum.

    Returns
    -------
    numpy.ndarray
        q by q; missing where the Hessian is not negative definite.
    """
    kept = kept_directions(lost)
    values, vectors = np.linalg.eigh(kept.T @ -hessian @ kept)
    if len(values) and values[0] <= 0.0:
        return np.full_like(hessian, np.nan)
    return kept @ (vectors / values) @ vectors.T @ kept.T
