"""What the fits to several imputations say together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from probstats.errors import ModelError
from probstats.missing.pooled_predictions import PooledPredictions
from probstats.missing.pooled_tests import PooledTest, likelihood_ratio, wald
from probstats.missing.rubin import combine, t_quantile, t_tail
from probstats.models.fit_options import check_alpha
from probstats.models.inference.contrasts import model_terms
from probstats.models.kernel.links import Array


class PooledResults(PooledPredictions):
    """Estimates pooled over imputations.

    Attributes
    ----------
    params, bse : pandas.Series
        Estimates, and standard errors with what missing values add.
    tvalues, pvalues : pandas.Series
        Ratios, and two-sided p-values by Student's t.
    df : pandas.Series
        Degrees of freedom (Barnard and Rubin 1999).
    fmi : pandas.Series
        Fraction of missing information.
    riv : pandas.Series
        Relative increase of the variance due to missing values.
    share : pandas.Series
        Lambda, the share of the variance that is due to missing values.
    m : int
        Imputations.
    fits : list
        The fits.
    df_complete : numpy.ndarray
        Degrees of freedom of each parameter if nothing were missing.
    """

    def __init__(self, fits: Sequence[Any], df_complete: Array) -> None:
        self.fits, self.m, self.df_complete = list(fits), len(fits), df_complete
        self._params = np.array([np.asarray(fit.params, dtype=float) for fit in fits])
        self._covariances = np.array([np.asarray(fit.cov_params(), dtype=float) for fit in fits])
        variances = np.diagonal(self._covariances, axis1=1, axis2=2)
        found = combine(self._params, variances, df_complete)
        names = names_of(fits[0])
        self.params, self.bse = (
            pd.Series(one, names) for one in (found.estimate, np.sqrt(found.variance))
        )
        self.df, self.fmi = pd.Series(found.df, names), pd.Series(found.fmi, names)
        self.riv, self.share = pd.Series(found.riv, names), pd.Series(found.share, names)
        self.tvalues = self.params / self.bse
        if hasattr(fits[0], "edge"):  # standard deviations are not tested against zero like this
            self.tvalues[np.isnan(np.asarray(fits[0].tvalues))] = np.nan
        self.pvalues = pd.Series(2.0 * t_tail(self.tvalues.abs(), self.df), names)

    @property
    def nobs(self) -> float:
        """Rows of each fit."""
        return float(self.fits[0].nobs)

    def cov_params(self) -> pd.DataFrame:
        """Return the covariance of the estimates, U + (1 + 1/m) B."""
        between = np.atleast_2d(np.cov(self._params, rowvar=False))
        total = self._covariances.mean(axis=0) + (1.0 + 1.0 / self.m) * between
        return pd.DataFrame(total, index=self.params.index, columns=self.params.index)

    def conf_int(self, alpha: float = 0.05) -> pd.DataFrame:
        """Return confidence intervals of the parameters.

        Parameters
        ----------
        alpha : float
            One minus the level.

        Returns
        -------
        pandas.DataFrame
            Columns 0 and 1. Those of standard deviations and correlations of random effects are
            missing: they are not normal.
        """
        check_alpha(alpha)
        reach = (t_quantile(1.0 - alpha / 2.0, self.df) * self.bse).where(self.tvalues.notna())
        return pd.DataFrame({0: self.params - reach, 1: self.params + reach})

    def summary_frame(self, alpha: float = 0.05) -> pd.DataFrame:
        """Return all there is on each parameter.

        Parameters
        ----------
        alpha : float
            One minus the level of the intervals.

        Returns
        -------
        pandas.DataFrame
            ``estimate``, ``std_error``, ``t``, ``df``, ``p_value``, ``conf_low``, ``conf_high``
            and ``fmi``, by parameter.
        """
        ends = self.conf_int(alpha)
        return pd.DataFrame({
            "estimate": self.params, "std_error": self.bse, "t": self.tvalues, "df": self.df,
            "p_value": self.pvalues, "conf_low": ends[0], "conf_high": ends[1], "fmi": self.fmi,
        })  # fmt: skip

    def summary(self, alpha: float = 0.05) -> str:
        """Return the frame as text, with the number of imputations and rows."""
        frame = self.summary_frame(alpha)
        frame["df"] = frame["df"].map("{:.1f}".format)
        frame["p_value"] = [f"{p:.4f}" if not p < 5e-5 else "<0.0001" for p in frame["p_value"]]
        shown = frame.to_string(float_format="{:.4f}".format)
        return f"{self.m} imputations of {self.nobs:g} rows, pooled by Rubin's rules\n{shown}"

    def __repr__(self) -> str:
        return self.summary()

    def __dir__(self) -> list[str]:
        return SHOWN

    def wald_test(self, terms: str | Sequence[str]) -> PooledTest:
        """Test that all parameters of a term, or of several, are zero.

        Parameters
        ----------
        terms : str or sequence of str
            Terms of the model, or names of parameters.

        Returns
        -------
        PooledTest
            Li, Raghunathan and Rubin's (1991) F test with the degrees of freedom of Reiter (2007),
            see ``probstats.missing.pooled_tests.wald``.

        Raises
        ------
        ModelError
            If there is no such term.
        """
        known = {str(name): [place] for place, name in enumerate(self.params.index)} | self._terms
        wanted = [terms] if isinstance(terms, str) else list(terms)
        for term in wanted:
            if term not in known:
                raise ModelError(f"{term!r} is no term and no parameter; there are "
                                 f"{', '.join(known)}")  # fmt: skip
        places = sorted({place for term in wanted for place in known[term]})
        if not places:
            raise ModelError("name a term to test")
        return wald(
            self._params[:, places],
            self._covariances[:, places][:, :, places],
            float(np.min(self.df_complete[places])),
        )

    @property
    def _terms(self) -> dict[str, list[int]]:
        model = self.fits[0].model
        return model_terms(model) if hasattr(model, "sample") else {}

    def wald_test_terms(self) -> pd.DataFrame:
        """Test each term of the model.

        Returns
        -------
        pandas.DataFrame
            ``statistic`` (F), ``df``, ``df_denom`` and ``p_value``, by term; missing where the
            degrees of freedom are too few for a reference distribution.
        """
        terms = self._terms or [str(name) for name in self.params.index]
        rows = {term: self._term_test(term) for term in terms}
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("term")

    def _term_test(self, term: str) -> dict[str, float]:
        names = ("statistic", "df", "df_denom", "p_value")
        try:
            found = self.wald_test(term)
        except ModelError:
            return dict.fromkeys(names, np.nan) | {"df": len(self._terms[term])}
        return {name: getattr(found, name) for name in names}

    def likelihood_ratio_test(self, smaller: PooledResults) -> PooledTest:
        r"""Test these fits against those of a smaller model to the same imputations.

        Parameters
        ----------
        smaller : PooledResults
            Pooled fits of the smaller model, in the same order.

        Returns
        -------
        PooledTest
            An F statistic.

        Raises
        ------
        ModelError
            If the models are not nested, or not of the same rows of the same imputations; errors
            are robust or clustered; or estimates do not maximise the likelihood.

        Notes
        -----
        The test of Chan and Meng (2022), called D4 by Grund, Luedtke and Robitzsch (2023). Both
        models are fitted to all imputations stacked; with twice the gain in log-likelihood there,
        divided by m, as :math:`\hat d`, and the mean gain within imputations as :math:`\bar d`,

        .. math:: r = \max\left(0, \frac{m + 1}{k (m - 1)} (\bar d - \hat d)\right), \qquad
           F = \frac{\hat d}{k (1 + r)},

        on k and k (m - 1) (1 + 1/r)^2 degrees of freedom. Unlike the test of Meng and Rubin (1992)
        it does not depend on how the model is parametrised, and is never negative. Combining the
        statistics of the imputations alone (D2) is less accurate, as its authors say (Li, Meng,
        Raghunathan and Rubin 1991), and is not offered.
        """
        if not isinstance(smaller, PooledResults):
            raise ModelError(
                f"the smaller model must be pooled too, and is a {type(smaller).__name__}"
            )
        if smaller.m != self.m:
            raise ModelError(
                f"there are {smaller.m} imputations of the smaller model and {self.m} of this "
                f"one; fit both to the same"
            )
        return likelihood_ratio(smaller.fits, self.fits)


def names_of(fit: Any) -> pd.Index:
    """Return the names of the parameters of a fit."""
    if isinstance(fit.params, pd.Series):
        return fit.params.index
    return pd.Index(getattr(fit.model, "exog_names", range(len(fit.params))))


SHOWN = [
    "avg_comparisons", "avg_predictions", "bse", "conf_int", "cov_params", "df", "df_complete",
    "fits", "fmi", "get_prediction", "likelihood_ratio_test", "m", "nobs", "params", "predict",
    "pvalues", "riv", "share", "summary", "summary_frame", "tvalues", "wald_test",
    "wald_test_terms",
]  # fmt: skip
