"""Refits where the likelihood is not concave, and where a fit ends depends on how it gets there.

The batch starts where a fit to the resample would. As long as information is definite, Newton's
steps do not depend on the scale of the parameters, so that it goes the same way. Resamples that
leave it are fitted again one by one, as users would.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from probstats.errors import ModelError
from probstats.models.checking.variants import of_rows, quiet_fit
from probstats.models.kernel.batch import maximise_batch
from probstats.models.kernel.batch_likelihood import BatchLikelihood
from probstats.models.kernel.links import Array
from probstats.resampling.boot_draws import Draws, is_whole
from probstats.resampling.boot_refits import (
    FAILED,
    GOOD,
    OPTIONS,
    SEPARATED,
    SINGULAR,
    Found,
    Refits,
    nothing,
)
from probstats.resampling.boot_starts import Starts


@dataclass(frozen=True)
class Alone:
    """Fits of a model to resamples, one by one where they have to be.

    Attributes
    ----------
    model : CumulativeLinkModel
        The model.
    """

    model: Any

    def solved(self, refits: Refits, weights: Array, evaluate: BatchLikelihood) -> Found:
        """Return the estimates for R by m weights.

        Parameters
        ----------
        refits : Refits
            What is drawn.
        weights : numpy.ndarray
            R by m.
        evaluate : BatchLikelihood
            The rows.

        Returns
        -------
        Found
            Estimates and status.
        """
        starts, problem = Starts(self.model.thresholds), refits.problem
        maxima = maximise_batch(evaluate, starts(problem, weights), weights, **OPTIONS)
        again = maxima.indefinite | maxima.degraded | ~maxima.converged
        again |= starts.elsewhere(problem, weights)
        again &= ~(maxima.separated | maxima.singular)
        # what is fitted again is not judged before
        known = np.flatnonzero(~again)
        found = nothing(len(weights), problem.rows.n_params)
        if len(known):
            found.put(known, refits.judged(maxima.take(known), weights[known]))
        for number in np.flatnonzero(again):
            self._put(found, int(number), refits, weights[number])
        return found

    def _put(self, found: Found, number: int, refits: Refits, weights: Array) -> None:
        fit, found.status[number] = self._fit(refits.draws, weights)
        if fit is None:
            if refits.reduce:
                refits.reduce_one(found, number, weights)
            return
        transform = refits.problem.transform
        back = np.linalg.solve(fit.fit_record.transform, transform)
        found.params[number] = np.linalg.solve(transform, fit.fit_record.params)
        found.information[number] = back.T @ -fit.maximum.hessian @ back

    def _fit(self, draws: Draws, weights: Array) -> tuple[Any, int]:
        """Return the fit to a resample and its status; None where it has no estimates."""
        try:
            fit = quiet_fit(self._of(draws, weights))
        except ModelError:
            return None, SINGULAR
        if fit.separation.separated:
            return None, SEPARATED
        return (fit, GOOD) if fit.maximum.converged else (None, FAILED)

    def _of(self, draws: Draws, weights: Array) -> Any:
        """Return the model of a resample."""
        whole = is_whole(weights)
        present = np.flatnonzero(weights > 0.0)
        drawn = np.repeat(present, weights[present].astype(np.intp)) if whole else present
        upper, lower = draws.rows.edges[:, drawn]
        sample = of_rows(self.model, draws.positions[drawn]).sample
        outcome = replace(sample.outcome, low=lower, high=upper - 1)
        values = None if whole else weights[drawn]
        return self.model.with_sample(replace(sample, outcome=outcome, weights=values))
