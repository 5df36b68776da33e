"""Residuals of ordinal outcomes: on the probability scale, generalised, and surrogate."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from probstats.models.kernel.links import Array

EULER = float(np.euler_gamma)
CENTRE = {"logit": 0.0, "probit": 0.0, "cloglog": -EULER, "loglog": EULER, "cauchit": 0.0}
"""Mean of the latent error of each link; its median where it has no mean."""


class Residuals:
    """``resid_prob``, ``resid_generalised`` and ``resid_surrogate`` of results."""

    @property
    def resid_prob(self: Any) -> pd.Series:
        """Probability-scale residuals, P(Y < y) - P(Y > y), between -1 and 1.

        With expectation 0 under the model, whatever its link (Li and Shepherd 2012, Biometrika 99:
        473-480). Of an outcome known within bounds: P(Y < lowest) - P(Y > highest).
        """
        cumulative = np.asarray(self.predict(which="cumprob"), dtype=float)
        padded = np.hstack([np.zeros((len(cumulative), 1)), cumulative])
        rows = np.arange(len(padded))
        below = padded[rows, self.model.outcome.low]
        above = 1.0 - padded[rows, self.model.outcome.high + 1]
        return self._by_row(below - above, "resid_prob")

    @property
    def resid_generalised(self: Any) -> pd.Series:
        """Generalised residuals: the derivative of each row's log-likelihood in its location.

        The expectation of the latent error given the outcome, for the probit (Gourieroux,
        Monfort, Renault and Trognon 1987, Journal of Econometrics 34: 5-32). They add up to 0, by
        weights, where the model has flexible thresholds.
        """
        bounds, inverse_scale = self.model.rows.bounds(self.fit_record.params)
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            first = self.model.link.slopes(bounds).first
        pull = -(first[0] + first[1])
        return self._by_row(pull if inverse_scale is None else pull * inverse_scale, "resid")

    def resid_surrogate(self: Any, rng: np.random.Generator | int | None = None) -> pd.Series:
        """Return surrogate residuals: draws of the latent error, given the outcome.

        Under the model they follow the latent distribution of the link, centred, whatever the
        covariates; so they can be plotted as residuals of a continuous outcome are.

        Parameters
        ----------
        rng : numpy.random.Generator or int, optional
            Source of the draws, or its seed.

        Returns
        -------
        pandas.Series
            One draw for each row, with mean 0 under the model (median 0 for cauchit).

        Notes
        -----
        R = e - E(e) with e drawn from the latent distribution between the two bounds of the row,
        in units of its scale (Liu and Zhang 2018, Journal of the American Statistical Association
        113: 845-854).

        Examples
        --------
        >>> import pandas as pd
        >>> import probstats as ps
        >>> data = pd.DataFrame({"y": [1, 2, 1, 3, 2, 3, 1, 2, 3, 2], "x": range(10)})
        >>> fit = ps.CumulativeLinkModel.from_formula("y ~ x", data).fit()
        >>> fit.resid_surrogate(rng=1).round(2).tolist()[:3]
        [-0.98, 1.63, -2.75]
        """
        link = self.model.link
        upper, lower = self.model.rows.bounds(self.fit_record.params)[0]
        first, last = link.cdf(lower), link.cdf(upper)
        share = np.random.default_rng(rng).uniform(size=len(upper))
        with np.errstate(divide="ignore"):
            drawn = link.quantile(first + share * (last - first))
        return self._by_row(np.clip(drawn, lower, upper) - CENTRE[link.name], "resid_surrogate")

    def _by_row(self: Any, values: Array, name: str) -> pd.Series:
        return pd.Series(values, self.model.sample.covariates.index, name=name)
