"""Residuals of fits with random effects: given them, or averaged over them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from probstats.errors import ModelError
from probstats.models.checking.residuals import CENTRE
from probstats.models.kernel.links import Array


class MixedResiduals:
    """``resid_prob``, ``resid_generalised`` and ``resid_surrogate`` of results."""

    def resid_prob(self: Any, effects: str = "population") -> pd.Series:
        """Return probability-scale residuals, P(Y < y) - P(Y > y), between -1 and 1.

        Parameters
        ----------
        effects : {"population", "conditional", "typical"}
            See ``predict``. Averaged over the random effects they have expectation 0 whatever the
            covariates, but rows of a group go together; given the random effects they are what
            the group leaves unexplained.

        Returns
        -------
        pandas.Series
            One for each row (Li and Shepherd 2012, Biometrika 99: 473-480).
        """
        below, upto = self._cumulative(effects)
        return self._by_row(below - (1.0 - upto), "resid_prob")

    def resid_generalised(self: Any, effects: str = "conditional") -> pd.Series:
        """Return generalised residuals: the derivative of log P(outcome) in the location.

        Parameters
        ----------
        effects : {"conditional", "typical"}
            See ``predict``. Conditional on the modes, what the group leaves unexplained; within a
            group they are drawn towards zero, as the modes are.

        Returns
        -------
        pandas.Series
            One for each row (Gourieroux, Monfort, Renault and Trognon 1987, Journal of
            Econometrics 34: 5-32).

        Raises
        ------
        ModelError
            If ``effects`` is ``"population"``: averaged probabilities have no location.
        """
        if effects == "population":
            raise ModelError(
                "resid_generalised is a derivative in the location, which averages over random "
                "effects do not have; use effects='conditional' or 'typical'"
            )
        link, (below, upto) = self.model.link, self._cumulative(effects)
        rows = self.model.rows
        _, inverse_scale = rows.bounds(self.fit_record.params[: rows.n_params])
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            first = link.slopes(np.stack([link.quantile(upto), link.quantile(below)])).first
        pull = -(first[0] + first[1])
        values = pull if inverse_scale is None else pull * inverse_scale
        return self._by_row(values, "resid_generalised")

    def resid_surrogate(
        self: Any, rng: np.random.Generator | int | None = None, effects: str = "population"
    ) -> pd.Series:
        """Return surrogate residuals: draws of the latent error, given the outcome.

        Parameters
        ----------
        rng : numpy.random.Generator or int, optional
            Source of the draws, or its seed.
        effects : {"population", "conditional", "typical"}
            See ``predict``. Averaged over random effects each residual follows the distribution of
            the link under the model, and residuals of a group go together.

        Returns
        -------
        pandas.Series
            F^-1(V) - E(e), with V uniform between P(Y < y) and P(Y <= y) and F, e those of the
            link; mean 0 under the model, median 0 for cauchit (Liu and Zhang 2018, Journal of the
            American Statistical Association 113: 845-854).
        """
        below, upto = self._cumulative(effects)
        share = np.random.default_rng(rng).uniform(size=len(below))
        link = self.model.link
        drawn = link.quantile(below + share * (upto - below)) - CENTRE[link.name]
        return self._by_row(drawn, "resid_surrogate")

    def _cumulative(self: Any, effects: str) -> tuple[Array, Array]:
        """Return P(Y < lowest) and P(Y <= highest) of the levels each row may have."""
        cumulative = np.asarray(self.predict(which="cumprob", effects=effects), dtype=float)
        padded = np.hstack([np.zeros((len(cumulative), 1)), cumulative])
        rows, outcome = np.arange(len(padded)), self.model.outcome
        return padded[rows, outcome.low], padded[rows, outcome.high + 1]

    def _by_row(self: Any, values: Array, name: str) -> pd.Series:
        return pd.Series(values, self.model.sample.covariates.index, name=name)
