"""Refits to resamples, and what keeps one from having estimates."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from probstats.errors import ModelError
from probstats.jobs.pieces import chunks
from probstats.models.kernel.batch import BatchMaximum, block_size
from probstats.models.kernel.batch_large import maximise_weights
from probstats.models.kernel.batch_likelihood import BatchLikelihood
from probstats.models.kernel.batch_separation import is_separated, is_singular
from probstats.models.kernel.estimation import Problem
from probstats.models.kernel.links import Array
from probstats.models.kernel.reduction import reduce_bias
from probstats.models.kernel.rows import Rows
from probstats.resampling.boot_draws import Draws
from probstats.resampling.boot_errors import errors_of
from probstats.resampling.boot_jackknife import leave_out

GOOD, LOST, SEPARATED, SINGULAR, CROSSED, FAILED = range(6)
REASONS = {
    LOST: "a level was lost",
    SEPARATED: "the rows separated the levels",
    SINGULAR: "covariates could not be told apart",
    CROSSED: "thresholds cross",
    FAILED: "the fit did not converge",
}
"""The words of ``validate``."""

OPTIONS: Any = {"tol": 1e-10, "maxiter": 100}


@dataclass
class Found:
    """Estimates of R resamples.

    Attributes
    ----------
    params : numpy.ndarray
        R by q, in the well-scaled parameters phi.
    information : numpy.ndarray
        R by q by q.
    status : numpy.ndarray
        ``GOOD``, or a key of ``REASONS``.
    reduced : numpy.ndarray
        Whether the estimates are bias-reduced because there were no others.
    """

    params: Array
    information: Array
    status: NDArray[np.int8]
    reduced: NDArray[np.bool_]

    def put(self, which: NDArray[np.intp], other: Found) -> None:
        """Replace some of the R."""
        self.params[which], self.information[which] = other.params, other.information
        self.status[which], self.reduced[which] = other.status, other.reduced


def nothing(number: int, n_params: int) -> Found:
    """Return resamples that have each lost a level."""
    return Found(
        np.full((number, n_params), np.nan), np.full((number, n_params, n_params), np.nan),
        np.full(number, LOST, dtype=np.int8), np.zeros(number, dtype=bool),
    )  # fmt: skip


@dataclass(frozen=True)
class Refits:
    """Maximum-likelihood refits to resamples.

    Attributes
    ----------
    draws : Draws
        What is drawn.
    problem : Problem
        The likelihood of its rows, which starts from the estimates of all rows.
    crossing : bool
        Whether thresholds may cross.
    reduce : bool
        Whether resamples that separate the levels get bias-reduced estimates.
    robust : bool
        Whether errors are sandwiches over what is drawn, and not from the information alone.
    observed : Draws or None
        The rows or clusters of the data, where something else is drawn.
    alone : Alone or None
        How to fit to resamples one by one, where the likelihood may have several maxima.
    """

    draws: Draws
    problem: Problem
    crossing: bool
    reduce: bool
    robust: bool
    observed: Draws | None = None
    alone: Any = None

    def piece(self, number: int, rng: np.random.Generator) -> pd.DataFrame:
        """Draw resamples and fit to them.

        Parameters
        ----------
        number : int
            Resamples.
        rng : numpy.random.Generator
            Source of randomness.

        Returns
        -------
        pandas.DataFrame
            A row for each: estimates ``p0`` to ``p<q-1>``, errors ``e0`` to ``e<q-1>``, both in
            the user's parameters, ``status`` and ``reduced``.
        """
        evaluate = BatchLikelihood(self.problem.rows, self.problem.link)
        sizes = chunks(number, block_size(len(self.problem.rows)))
        parts = [self.estimates(self.draws.counts(rng, size), evaluate) for size in sizes]
        return pd.concat(parts, ignore_index=True)

    def estimates(self, counts: Array, evaluate: BatchLikelihood | None = None) -> pd.DataFrame:
        """Return what the resamples with these counts have, R by U; see ``piece``."""
        evaluate = evaluate or BatchLikelihood(self.problem.rows, self.problem.link)
        weights = self.draws.weights(counts)
        found = self.fitted(weights, evaluate)
        errors = errors_of(self, found, counts, evaluate)
        transform = self.problem.transform
        values = np.hstack([found.params @ transform.T, errors])
        values[found.status != GOOD] = np.nan
        names = [f"{kind}{place}" for kind in "pe" for place in range(len(transform))]
        frame = pd.DataFrame(values, columns=names)
        return frame.assign(status=found.status, reduced=found.reduced)

    def fitted(self, weights: Array, evaluate: BatchLikelihood) -> Found:
        """Return the estimates for R by m weights."""
        found = nothing(len(weights), self.problem.rows.n_params)
        levels = (weights > 0.0).astype(float) @ self.draws.spans()
        whole = np.flatnonzero((levels > 0.0).all(axis=1))
        if len(whole):
            found.put(whole, self._solved(weights[whole], evaluate))
        if self.crossing:
            good = np.flatnonzero(found.status == GOOD)
            crossed = _crossed(found.params[good], weights[good] > 0.0, self.problem.rows)
            found.status[good[crossed]] = CROSSED
        return found

    def _solved(self, weights: Array, evaluate: BatchLikelihood) -> Found:
        if self.alone is not None:
            return self.alone.solved(self, weights, evaluate)
        maxima = maximise_weights(evaluate, self.problem.start, weights, **OPTIONS)
        return self.judged(maxima, weights)

    def judged(self, maxima: BatchMaximum, weights: Array) -> Found:
        """Return the maxima with their status, and bias-reduced estimates where asked for."""
        status = np.where(maxima.separated, SEPARATED, GOOD).astype(np.int8)
        doubtful = maxima.singular | ~maxima.converged | maxima.degraded
        for number in np.flatnonzero(doubtful & ~maxima.separated):
            status[number] = self._doubtful(maxima, int(number), weights[number])
        found = Found(maxima.params, -maxima.hessian, status, np.zeros(len(status), dtype=bool))
        if self.reduce:
            for number in np.flatnonzero(status == SEPARATED):
                self.reduce_one(found, int(number), weights[number])
        return found

    def _doubtful(self, maxima: BatchMaximum, number: int, weights: Array) -> int:
        """Return the status of a resample whose fit ended badly."""
        if maxima.singular[number] and is_singular(self.problem.rows, weights):
            return SINGULAR
        if is_separated(self.problem.rows, weights):
            return SEPARATED
        return GOOD if maxima.converged[number] else FAILED

    def reduce_one(self, found: Found, number: int, weights: Array) -> None:
        """Put in the bias-reduced estimates of a resample, if it has some."""
        try:
            maximum = reduce_bias(self.of(weights), **OPTIONS)
        except (ModelError, np.linalg.LinAlgError):
            return
        if maximum.converged:
            found.params[number], found.information[number] = maximum.params, -maximum.hessian
            found.status[number], found.reduced[number] = GOOD, True

    def of_data(self) -> Refits:
        """Return the same over the rows or clusters of the data."""
        if self.observed is None:
            return self
        problem = replace(self.problem, rows=self.observed.rows)
        return replace(self, draws=self.observed, problem=problem, observed=None)

    def own_errors(self) -> Array:
        """Return the standard errors of the estimates of all rows, q of them."""
        refits = self.of_data()
        frame = refits.estimates(refits.draws.everything)
        return frame.filter(regex="^e").to_numpy()[0]

    def jackknife(self) -> tuple[Array, Array]:
        """Return the estimates without one copy of each unit, and the copies; see ``leave_out``."""
        return leave_out(self.of_data())

    def of(self, weights: Array) -> Problem:
        """Return the problem of the rows with a weight."""
        present = weights > 0.0
        rows = replace(self.problem.rows.take(present), weights=weights[present])
        return replace(self.problem, rows=rows)


def _crossed(params: Array, present: NDArray[np.bool_], rows: Rows) -> NDArray[np.bool_]:
    """Return whether thresholds are out of order in some row that is present, for R sets."""
    p, s, _ = rows.sizes
    alpha = params[:, p + s :].reshape(len(params), -1, rows.jacobian.shape[1])
    gaps = alpha @ np.diff(rows.jacobian, axis=0).T  # R by 1 + nominal by K - 2
    at_rows = gaps[:, :1] + np.einsum("im,rmk->rik", rows.nominal, gaps[:, 1:])
    return np.asarray(((at_rows < 0.0).any(axis=2) & present).any(axis=1))
