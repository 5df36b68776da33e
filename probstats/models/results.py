"""Results of a cumulative link model, in statsmodels' form."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from statsmodels.base.model import LikelihoodModelResults, LikelihoodResultsWrapper
from statsmodels.base.wrapper import populate_wrapper

from probstats.models.estimation import Estimate
from probstats.models.exog import match_exog
from probstats.models.links import Array
from probstats.models.summary import make_summary


class CumulativeLinkResults(LikelihoodModelResults):
    """Estimates of a cumulative link model.

    Inherits ``conf_int``, ``cov_params``, ``t_test``, ``wald_test``, ``save`` from statsmodels.

    Attributes
    ----------
    params : pandas.Series
        Coefficients, then thresholds.
    bse, tvalues, pvalues : pandas.Series
        Standard errors, ratios and two-sided p-values; missing for diverging parameters.
    thresholds : pandas.Series
        The thresholds alone, named ``lower|upper``.
    llf : float
        Log-likelihood.
    converged : bool
        Whether a maximum was found.
    diverging : list of str
        Parameters with no finite estimate, because the data separate the levels.
    groups : pandas.Series or None
        Cluster of each row, where errors are clustered.
    """

    def __init__(
        self,
        model: Any,
        found: Estimate,
        cov_params: Array,
        cov_type: str,
        groups: pd.Series | None,
    ) -> None:
        known = np.where(found.infinite, np.nan, 1.0)
        cov_params = cov_params * known[:, None] * known[None, :]
        super().__init__(model, found.params, normalized_cov_params=cov_params, scale=1.0)
        self.maximum = found.maximum
        self._loglike = found.maximum.loglike
        self.diverging = [
            name
            for name, infinite in zip(model.data.param_names, found.infinite, strict=True)
            if infinite
        ]
        self.converged = found.maximum.converged and not self.diverging
        self.cov_type = cov_type
        self.groups = groups
        self.nobs, self.df_model, self.df_resid = model.nobs, model.df_model, model.df_resid
        if groups is not None:
            self.use_t = True
            self.df_resid_inference = groups.nunique() - 1

    @property
    def llf(self) -> float:
        """Log-likelihood."""
        return self._loglike

    @property
    def thresholds(self) -> pd.Series:
        """Thresholds, lowest first."""
        names = self.model.data.param_names[self.df_model :]
        return pd.Series(self.params[self.df_model :], index=names)

    @property
    def aic(self) -> float:
        """Akaike's information criterion, -2 log-likelihood + 2 q."""
        return -2.0 * self.llf + 2.0 * len(self.params)

    @property
    def bic(self) -> float:
        """Schwarz's information criterion, -2 log-likelihood + q log n."""
        return -2.0 * self.llf + float(np.log(self.nobs)) * len(self.params)

    @property
    def n_groups(self) -> int | None:
        """Number of clusters, where errors are clustered."""
        return None if self.groups is None else int(self.groups.nunique())

    def predict(self, exog: Any = None, which: str = "prob") -> pd.DataFrame | pd.Series:
        """Predict for the rows of the fit or for new data.

        Parameters
        ----------
        exog : pandas.DataFrame or array_like, optional
            New data with the formula's variables (a design matrix where no formula was used);
            the rows of the fit by default. Rows with missing values get missing predictions.
        which : {"prob", "cumprob", "linpred"}
            Probability of each level, of that level or a lower one, or x'beta.

        Returns
        -------
        pandas.DataFrame or pandas.Series
            One column for each level, or one value for each row.

        Raises
        ------
        ModelError
            If a variable is missing from ``exog`` or has a category the fit did not see, or a
            design matrix has another number of columns.
        """
        design = self._design(exog)
        values = self.model.predict(self.params, design, which=which)
        if which == "linpred":
            return pd.Series(values, index=design.index, name=which)
        return pd.DataFrame(values, index=design.index, columns=list(self.model.outcome.levels))

    def _design(self, exog: Any) -> pd.DataFrame:
        if exog is None:
            return self.model.data.orig_exog
        if self.model.design is not None:
            return self.model.design.matrix(exog)
        return match_exog(exog, self.model.data.orig_exog.columns)

    def summary(self, alpha: float = 0.05) -> Any:
        """Return a summary with text, HTML and LaTeX forms.

        Parameters
        ----------
        alpha : float
            One minus the level of the intervals.

        Returns
        -------
        statsmodels.iolib.summary.Summary
            Coefficients and thresholds with intervals, the rows dropped, and any trouble.
        """
        return make_summary(self, alpha)


class CumulativeLinkResultsWrapper(LikelihoodResultsWrapper):
    """Results whose arrays carry the names of the parameters."""

    def __dir__(self) -> list[str]:
        return SHOWN


SHOWN = [
    "aic", "bic", "bse", "conf_int", "converged", "cov_params", "cov_type", "df_model", "df_resid",
    "diverging", "groups", "llf", "model", "n_groups", "nobs", "params", "predict", "pvalues",
    "save", "summary", "t_test", "thresholds", "tvalues", "wald_test",
]  # fmt: skip

populate_wrapper(CumulativeLinkResultsWrapper, CumulativeLinkResults)
