"""The functions of a cumulative link model: of its parameters, and of new data."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from probstats.errors import ModelError
from probstats.models.kernel import likelihood
from probstats.models.kernel.likelihood import LogLikelihood
from probstats.models.kernel.links import Array
from probstats.models.kernel.rows import Rows
from probstats.models.prediction import probabilities
from probstats.models.reading.sample import Covariates, match_covariates


class ModelFunctions:
    """Log-likelihood and predictions of a model at any parameters."""

    def loglike(self: Any, params: Any) -> float:
        """Return the log-likelihood; minus infinity where thresholds are out of order.

        Parameters
        ----------
        params : array_like
            The q parameters, in the order of ``param_names``.

        Returns
        -------
        float
            Sum of log p_i over the rows, weighted.
        """
        return likelihood.loglike(np.asarray(params, dtype=float), self.rows, self.link)

    def score(self: Any, params: Any) -> Array:
        """Return the gradient of the log-likelihood, q values."""
        return LogLikelihood(self.rows, self.link)(np.asarray(params, dtype=float)).score

    def score_obs(self: Any, params: Any) -> Array:
        """Return the score of each row, n by q, weighted."""
        scores = likelihood.score_rows(np.asarray(params, dtype=float), self.rows, self.link)
        return scores if self.rows.weights is None else scores * self.rows.weights[:, None]

    def hessian(self: Any, params: Any) -> Array:
        """Return the matrix of second derivatives of the log-likelihood, q by q."""
        return LogLikelihood(self.rows, self.link)(np.asarray(params, dtype=float)).hessian

    def predict(self: Any, params: Any, exog: Any = None, which: str = "prob") -> Array:
        """Return predictions for a design matrix.

        Parameters
        ----------
        params : array_like
            The q parameters.
        exog : array_like, optional
            m by p design matrix of a model without scale effects, nominal effects and offset; the
            rows of the fit by default.
        which : {"prob", "cumprob", "linpred"}
            Probability of each level (m by K), probability of that level or a lower one (m by K),
            or x'beta plus offset (m).

        Returns
        -------
        numpy.ndarray
            The predictions.

        Raises
        ------
        ModelError
            If ``which`` is not known.
        """
        covariates = self.sample.covariates
        if exog is not None:
            covariates = match_covariates(exog, covariates)
        rows = self.all_edges(covariates)
        return probabilities.predict(np.asarray(params, dtype=float), rows, self.link, which)

    def covariates(self: Any, data: Any, offset: Any = None) -> Covariates:
        """Return the covariates of new data.

        Parameters
        ----------
        data : pandas.DataFrame or array_like
            The variables of the formulas; where no formula was used, the columns of the designs.
        offset : array_like, optional
            Offsets of these rows, where the offset of the fit is no column of the data.

        Returns
        -------
        Covariates
            Designs of the m rows.
        """
        fitted = self.sample.covariates
        if self.design is not None:
            found = self.design.matrix(data)
        else:
            found = match_covariates(data, fitted)
        if found.offset is None and fitted.offset is not None:
            found = found._replace(offset=_new_offset(offset, found.index))
        elif offset is not None:
            raise ModelError("the model has no offset of its own to replace; leave offset out")
        return found

    def crossed_levels(self: Any, params: Array) -> dict[Any, int]:
        """Return the levels whose thresholds are out of order, and in how many rows.

        The likelihood of known levels keeps the thresholds it needs in order; intervals and nominal
        effects leave out those of levels no row, or no row like this one, is known to have.
        """
        if not (self.outcome.is_interval or self.rows.nominal.shape[1]):
            return {}
        bounds, _ = self.all_edges(self.sample.covariates).bounds(params)
        counts = (bounds[1:] < bounds[:-1]).sum(axis=1)
        pairs = zip(self.outcome.levels, counts, strict=True)
        return {level: int(count) for level, count in pairs if count}

    def all_edges(self: Any, covariates: Covariates) -> Rows:
        """Return rows of covariates with every edge between levels."""
        n_edges = len(self.outcome.levels) + 1
        edges = np.repeat(np.arange(n_edges)[:, None], len(covariates.index), axis=1)
        return covariates.rows(self.thresholds.jacobian, edges)


def _new_offset(offset: Any, index: pd.Index) -> pd.Series:
    if offset is None or np.shape(offset) not in {(), (len(index),)}:
        raise ModelError(
            f"the model has an offset: pass offset= with one value for each of the {len(index)} "
            f"new rows, or one for all"
        )
    values = np.asarray(offset, dtype=float)
    return pd.Series(np.broadcast_to(values, len(index)), index=index)
