"""The proportional-odds fit of one completion of the data, and what each exposure does to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from probstats.missing.cells import Codes, Levels, Range
from probstats.models.kernel.estimation import Problem
from probstats.models.kernel.links import Array, get_link
from probstats.models.kernel.newton import Maximum
from probstats.models.kernel.rows import Rows
from probstats.models.kernel.scaling import standardise
from probstats.models.kernel.separation import find_separation


class Completion(NamedTuple):
    """Values for all that is unknown.

    Attributes
    ----------
    exposure : numpy.ndarray
        n values.
    codes : numpy.ndarray
        n codes of levels.
    """

    exposure: Array
    codes: Codes


@dataclass(frozen=True)
class Completions:
    """All ways to complete the data of a proportional-odds model.

    Attributes
    ----------
    levels : Levels
        The outcome.
    exposure : Range
        The exposure, between finite limits in every row.
    others : numpy.ndarray
        n by q columns of other covariates, all known.
    """

    levels: Levels
    exposure: Range
    others: Array

    @property
    def open_exposures(self) -> Codes:
        """Rows whose exposure is not known."""
        return np.flatnonzero(self.exposure.low < self.exposure.high)

    @property
    def open_levels(self) -> Codes:
        """Rows whose level is not known."""
        return np.flatnonzero(self.levels.low < self.levels.high)

    def slope(self, completion: Completion) -> float:
        """Return the coefficient of the exposure: infinite where the levels are separated.

        Not a number where there is none: one level only, one value of the exposure, or an exposure
        that adds nothing to the other covariates.
        """
        return self._solve(completion)[0]

    def slope_and_gradient(self, completion: Completion) -> tuple[float, Array]:
        """Return the coefficient, and its derivatives in the n exposures.

        The score U is zero at the estimates psi, so that d psi / d x_i = (-H)^-1 dU / d x_i.
        """
        value, found = self._solve(completion)
        if found is None or not np.isfinite(value):
            return value, np.zeros(len(completion.codes))
        return value, self._gradient(*found)

    def _solve(self, completion: Completion) -> tuple[float, tuple[Maximum, Rows, Array] | None]:
        x, (seen, codes) = completion.exposure, np.unique(completion.codes, return_inverse=True)
        if len(seen) < 2 or np.ptp(x) <= 1e-12 * np.ptp(self._ends()):
            return np.nan, None
        if not self.others.shape[1]:
            for sign in (1.0, -1.0):
                if _ordered(sign * x, codes):
                    return sign * np.inf, None
        found = self._fit(x, codes)
        return self._value(*found), found

    def _fit(self, exposure: Array, codes: Codes) -> tuple[Maximum, Rows, Array]:
        x, n_levels = exposure - self.exposure.low.mean(), int(codes.max()) + 1
        none = np.empty((len(x), 0))
        location = np.column_stack([x, self.others])
        edges = np.stack([codes + 1, codes])
        k = n_levels - 1
        rows, transform = standardise(Rows(location, none, none, edges, np.eye(k)), np.ones(k))
        start = np.zeros(rows.n_params)
        shares = np.cumsum(np.bincount(codes))[:-1] / len(codes)
        start[location.shape[1] :] = np.log(shares / (1.0 - shares))
        problem = Problem(rows, transform, get_link("logit"), start)
        return problem.solve(tol=1e-10, maxiter=50), rows, transform

    def _ends(self) -> Array:
        return np.stack([self.exposure.low, self.exposure.high])

    def _value(self, maximum: Maximum, rows: Rows, transform: Array) -> float:
        if self.others.shape[1] and (maximum.degraded or not maximum.converged):
            names = [str(number) for number in range(rows.n_params)]
            labels = names[rows.location.shape[1] :]
            infinite = find_separation(rows, transform, names, labels).infinite.to_numpy()[0]
            if infinite != 0.0:
                return float(infinite)
        return float((transform @ maximum.params)[0]) if maximum.converged else np.nan

    def _gradient(self, maximum: Maximum, rows: Rows, transform: Array) -> Array:
        location, place = rows.location, rows.location.shape[1]
        sd = 1.0 / transform[0, 0]
        (upper, lower), _ = rows.bounds(maximum.params)
        upper_cdf, lower_cdf = (1.0 / (1.0 + np.exp(-bound)) for bound in (upper, lower))
        upper_pdf, lower_pdf = (cdf * (1.0 - cdf) for cdf in (upper_cdf, lower_cdf))
        score = upper_cdf + lower_cdf - 1.0
        beta = maximum.params[0]
        # The slope's row of the inverse information, with zeros for the infinite thresholds.
        weights = np.linalg.solve(-maximum.hessian, np.eye(len(maximum.params))[0])
        ends = np.concatenate([[0.0], weights[place:], [0.0]])
        through = ends[rows.edges[0]] * upper_pdf + ends[rows.edges[1]] * lower_pdf
        through -= (upper_pdf + lower_pdf) * (location @ weights[:place])
        gradient = weights[0] * score + beta * through
        # Here the columns are as standardised; a moved exposure moves their centre and spread
        # too, but not the coefficient on the user's scale.
        return rows.unsorted(gradient / sd**2)


def _ordered(exposure: Array, codes: Codes) -> bool:
    """Return whether no row of a level lies above a row of a higher one: the slope is infinite."""
    n_levels = int(codes.max()) + 1
    least, most = np.full(n_levels, np.inf), np.full(n_levels, -np.inf)
    np.minimum.at(least, codes, exposure)
    np.maximum.at(most, codes, exposure)
    return bool((np.maximum.accumulate(most)[:-1] <= least[1:]).all())
