"""Results of a cumulative link model with random effects, in statsmodels' form."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.base.model import LikelihoodModelResults, LikelihoodResultsWrapper
from statsmodels.base.wrapper import populate_wrapper

from probstats.errors import ModelError
from probstats.models.estimators import Estimator
from probstats.models.fit_options import check_alpha
from probstats.models.inference.contrasts import Contrasts, term_tests
from probstats.models.kernel.links import Array
from probstats.models.mixed.average_effects import MixedEffects
from probstats.models.mixed.checking import MixedChecks
from probstats.models.mixed.conditional import Conditional
from probstats.models.mixed.fit_quality import FitQuality
from probstats.models.mixed.fitting import MixedFit
from probstats.models.mixed.predictions import MixedPredictions
from probstats.models.mixed.residuals import MixedResiduals
from probstats.models.mixed.simulation import MixedSimulation
from probstats.models.mixed.summary import make_mixed_summary
from probstats.models.mixed.trouble import notes_of, runaway
from probstats.models.mixed.variance import VarianceTests


class CumulativeLinkMixedResults(
    Contrasts,
    Conditional,
    MixedPredictions,
    MixedSimulation,
    MixedEffects,
    FitQuality,
    VarianceTests,
    MixedChecks,
    MixedResiduals,
    LikelihoodModelResults,
):
    """Estimates of a cumulative link model with random effects.

    Attributes
    ----------
    params : pandas.Series
        Coefficients, log scale effects, thresholds, nominal effects, standard deviations of the
        random effects and their correlations.
    bse : pandas.Series
        Standard errors; missing for infinite parameters and for those at the edge.
    tvalues, pvalues : pandas.Series
        Ratios and two-sided p-values; missing for standard deviations and correlations, which
        ``test_random_effects()`` tests.
    llf, llf_plain : float
        Log-likelihood, and that of the model without random effects. Those of fits with another
        integration are not to be compared with it.
    aic, bic, nobs, df_model, df_resid : float
        Information criteria, rows counted by their weights, parameters besides the thresholds,
        and rows less parameters.
    converged : bool
        Whether a maximum was found.
    edge : tuple of str
        Standard deviations at zero, and correlations that cannot be told from one.
    diverging : list of str
        Parameters with no finite estimate.
    effects_covariance : list of numpy.ndarray
        For each grouping factor the covariance of the effects of each group given the data;
        ``random_effects`` has its roots, as errors.
    integration, nodes : str, int
        How random effects were integrated out.
    separation, crossed_levels
        See ``CumulativeLinkResults``.
    """

    groups = clusters = None  # the errors are not clustered
    estimator = Estimator()  # maximum likelihood

    def __init__(self, model: Any, found: MixedFit) -> None:
        infinite = found.separation.infinite.to_numpy()
        reported = np.where(infinite == 0.0, found.params, infinite)
        at_edge = np.isin(model.data.param_names, found.edge)
        known = np.where((infinite == 0.0) & ~at_edge, 1.0, np.nan)
        cov_params = found.covariance * known[:, None] * known[None, :]
        super().__init__(model, reported, normalized_cov_params=cov_params, scale=1.0)
        self.fit_record, self.maximum, self.separation = found, found.maximum, found.separation
        self.diverging = list(found.separation.infinite.index[infinite != 0.0])
        self.crossed_levels = model.plain.crossed_levels(found.fixed)
        self.edge, self.llf_plain, self.nodes = found.edge, found.llf_plain, found.nodes
        self.integration = "laplace" if found.nodes == 1 else "agq"
        self.runaway = runaway(model, found.entries)
        troubled = self.diverging or self.crossed_levels or self.runaway
        self.converged = found.maximum.converged and not troubled
        self.cov_type = "nonrobust"
        self.nobs, self.df_model, self.df_resid = model.nobs, model.df_model, model.df_resid

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_marginal"}

    @property
    def llf(self) -> float:
        """Marginal log-likelihood."""
        return self.maximum.loglike

    @property
    def aic(self) -> float:
        """Akaike's information criterion, -2 log-likelihood + 2 q, standard deviations counted."""
        return -2.0 * self.llf + 2.0 * len(self.params)

    @property
    def bic(self) -> float:
        """Schwarz's information criterion, -2 log-likelihood + q log n."""
        return -2.0 * self.llf + float(np.log(self.nobs)) * len(self.params)

    @property
    def _is_random(self) -> Any:
        return np.arange(len(self.params)) >= self.fit_record.n_fixed

    @cached_property
    def tvalues(self) -> Array:
        """Ratios of estimates to their errors; missing for standard deviations."""
        return np.where(self._is_random, np.nan, np.asarray(self.params) / np.asarray(self.bse))

    @cached_property
    def pvalues(self) -> Array:
        """Two-sided p-values; missing for standard deviations."""
        return 2.0 * np.asarray(stats.norm.sf(np.abs(np.asarray(self.tvalues))))

    @property
    def thresholds(self) -> pd.Series:
        """Thresholds, lowest first, then nominal effects."""
        p, s, q = self.model.rows.sizes
        some = slice(p + s, p + s + q)
        return pd.Series(self.params[some], index=self.model.data.param_names[some])

    @property
    def sd(self) -> pd.Series:
        """Standard deviations of the random effects; ``sd_interval()`` has their intervals."""
        names = self.model.random.names
        values = pd.Series(self.params[self.fit_record.n_fixed :], index=names)
        return values[self.model.random.is_sd]

    def conf_int(self, alpha: float = 0.05, method: str = "wald") -> Array:
        """Return confidence intervals of the parameters.

        Parameters
        ----------
        alpha : float
            One minus the level.
        method : {"wald", "profile"}
            Estimate and standard error, for standard deviations on the log scale and for
            correlations on Fisher's z scale; or the profile likelihood, to be preferred for
            standard deviations, whose interval may begin at zero.

        Returns
        -------
        pandas.DataFrame
            Columns 0 and 1, one row for each parameter.

        Raises
        ------
        ModelError
            If the method is not known, or there is no maximum to profile from.
        """
        check_alpha(alpha)
        if method == "profile":
            return np.array([self._profile_interval(n, alpha) for n in range(len(self.params))])
        if method != "wald":
            raise ModelError(f"method={method!r} is not known; choose 'wald' or 'profile'")
        params, error = np.asarray(self.params), np.asarray(self.bse)
        reach = float(stats.norm.ppf(1.0 - alpha / 2.0)) * error
        ends = np.column_stack([params - reach, params + reach])
        n_fixed, is_sd = self.fit_record.n_fixed, self.model.random.is_sd
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            for number in range(n_fixed, len(params)):
                value, width = params[number], reach[number]
                if is_sd[number - n_fixed]:
                    ends[number] = value * np.exp(np.array([-1.0, 1.0]) * width / value)
                else:
                    z_reach = width / (1.0 - value**2)
                    ends[number] = np.tanh(np.arctanh(value) + np.array([-1.0, 1.0]) * z_reach)
        return ends

    def _contrast(self, r_matrix: Any) -> tuple[Array, Array]:
        coefs, constants = super()._contrast(r_matrix)
        if (coefs[:, self._is_random] != 0.0).any():
            raise ModelError(
                "a standard deviation is no normal estimate, and zero is at its edge; use "
                "test_random_effects(), and sd_interval() or conf_int(method='profile')"
            )
        return coefs, constants

    def wald_test_terms(self) -> pd.DataFrame:
        """Test each term of the model: that all its parameters are zero.

        Returns
        -------
        pandas.DataFrame
            ``statistic``, ``df`` and ``p_value`` by term, see ``CumulativeLinkResults``.
        """
        return term_tests(self)

    @property
    def notes(self) -> list[str]:
        """What is to be said on groups, integration and edge."""
        return notes_of(self)

    def summary(self, alpha: float = 0.05, odds_ratios: bool = False) -> Any:
        """Return a summary with text, HTML and LaTeX forms.

        Parameters
        ----------
        alpha : float
            One minus the level of the intervals.
        odds_ratios : bool
            Whether to add exp(coefficient) with its interval; logit link only. They hold within
            a group.

        Returns
        -------
        statsmodels.iolib.summary.Summary
            Coefficients, thresholds and standard deviations with intervals, groups, and any
            trouble.
        """
        return make_mixed_summary(self, alpha, odds_ratios=odds_ratios)


class CumulativeLinkMixedResultsWrapper(LikelihoodResultsWrapper):
    """Results whose arrays carry the names of the parameters.

    ``dir(fit)`` lists what there is, and ``help(fit.get_prediction)`` and so on explain it:

    - estimates: ``params``, ``bse``, ``conf_int()``, ``summary()``, ``t_test()``, ``wald_test()``,
      ``wald_test_terms()``
    - random effects: ``sd``, ``sd_interval()``, ``test_random_effects()``,
      ``intraclass_correlation()``, ``random_effects``, ``random_effects_interval()``
    - predictions: ``predict()``, ``get_prediction()``, ``avg_predictions()``,
      ``avg_comparisons()``, ``avg_slopes()``, ``simulate()``
    - checks: ``resid_prob()``, ``get_influence()``, ``leave_out()``, ``convergence()``, ``edge``,
      ``separation``
    """

    def __dir__(self) -> list[str]:
        return SHOWN

    def __repr__(self) -> str:
        state = "converged" if self.converged else "NOT CONVERGED"
        if self.diverging:
            state = f"no finite estimate for {', '.join(self.diverging)}"
        if self.edge:
            state += f", {', '.join(self.edge)} at the edge"
        return (
            f"<CumulativeLinkMixedResults: {self.model.description}, {self.nobs:g} rows, {state}>"
        )

    def _repr_html_(self) -> str:
        return str(self.summary().as_html())


SHOWN = [
    "aic", "avg_comparisons", "avg_predictions", "avg_slopes", "bic", "bse", "conf_int",
    "converged", "convergence", "cov_params", "crossed_levels", "df_model", "df_resid",
    "diverging", "edge", "effects_covariance", "get_influence", "get_prediction", "integration",
    "intraclass_correlation", "leave_out", "level_thresholds", "llf", "llf_plain", "llnull",
    "model", "nobs", "nodes", "notes", "params", "predict", "profile", "prsquared",
    "pseudo_rsquared", "pvalues", "quadrature_gap", "random_effects",
    "random_effects_interval", "resid_generalised", "resid_prob", "resid_surrogate", "save",
    "sd", "sd_interval", "separation", "simulate", "summary", "t_test",
    "test_random_effects", "thresholds", "tvalues", "wald_test", "wald_test_terms",
]  # fmt: skip

populate_wrapper(CumulativeLinkMixedResultsWrapper, CumulativeLinkMixedResults)
