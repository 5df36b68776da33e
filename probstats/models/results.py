"""Results of a cumulative link model, in statsmodels' form."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.base.model import LikelihoodModelResults, LikelihoodResultsWrapper
from statsmodels.base.wrapper import populate_wrapper

from probstats.errors import ConvergenceWarning, ModelError
from probstats.models.checking.influence import Influence, influence
from probstats.models.checking.residuals import Residuals
from probstats.models.estimators import require_likelihood
from probstats.models.fit_options import check_alpha
from probstats.models.inference import fit_statistics
from probstats.models.inference.contrasts import Contrasts, term_tests
from probstats.models.inference.profile import Profile, profile_frame
from probstats.models.inference.summary import make_summary
from probstats.models.inference.threshold_table import level_thresholds
from probstats.models.kernel.estimation import Fit
from probstats.models.kernel.links import Array
from probstats.models.prediction.effects import Effects
from probstats.models.prediction.margins import OrdinalMargins
from probstats.models.prediction.predictions import Predictions
from probstats.models.trouble import warn


class CumulativeLinkResults(Contrasts, Predictions, Effects, Residuals, LikelihoodModelResults):
    """Estimates of a cumulative link model.

    Attributes
    ----------
    params : pandas.Series
        Coefficients, log scale effects, thresholds and nominal effects. Where the data separate
        the levels, an infinite estimate is infinite, or missing if its direction is not settled.
    bse, tvalues, pvalues : pandas.Series
        Standard errors, ratios and two-sided p-values; missing for infinite parameters.
    thresholds : pandas.Series
        The thresholds and nominal effects alone.
    llf, llnull : float
        Log-likelihood, and that of the model with thresholds only.
    aic, bic, nobs, df_model, df_resid : float
        Information criteria, rows counted by their weights, parameters besides the thresholds,
        and rows less parameters.
    converged : bool
        Whether a maximum was found.
    separation : Separation
        Which parameters have no finite estimate, where they go, and at which thresholds.
    crossed_levels : dict
        Levels whose thresholds are out of order, and in how many rows; such a fit is no maximum.
    groups : pandas.Series, pandas.DataFrame or None
        Cluster of each row, where errors are clustered; two columns for two ways.
    reduction : str or None
        ``"mean"`` where the estimates are bias-reduced.
    penalty : pandas.Series or None
        lambda of each parameter, where the estimates are penalised.
    df_effective : float
        Effective number of parameters: fewer than there are where a penalty shrinks them.
    """

    def __init__(self, model: Any, found: Fit, cov_type: str, clusters: Any) -> None:
        infinite = found.separation.infinite.to_numpy()
        known = np.where(infinite == 0.0, 1.0, np.nan)
        reported = np.where(infinite == 0.0, found.params, infinite)
        cov_params = found.covariance * known[:, None] * known[None, :]
        super().__init__(model, reported, normalized_cov_params=cov_params, scale=1.0)
        self.fit_record = found
        self.maximum, self.separation = found.maximum, found.separation
        self.diverging = list(found.separation.infinite.index[infinite != 0.0])
        self.estimator = found.estimator
        self.reduction, self.penalty = found.estimator.reduction, found.estimator.penalty
        self.crossed_levels = model.crossed_levels(found.params)
        self.converged = found.maximum.converged and not (self.diverging or self.crossed_levels)
        self.cov_type = cov_type
        self.clusters = clusters
        self.groups = None if clusters is None else clusters.groups
        self.nobs, self.df_model, self.df_resid = model.nobs, model.df_model, model.df_resid
        if self.groups is not None:
            self.use_t = True
            self.df_resid_inference = self._df_of(found.transform)

    @property
    def llf(self) -> float:
        """Maximum of the log-likelihood; ``model.loglike(params)`` is that of other estimates."""
        require_likelihood(self, "llf")
        return self.maximum.loglike

    @cached_property
    def df_effective(self) -> float:
        """Effective number of parameters, tr{(H + P)^-1 H} under a penalty P (Gray 1992)."""
        return self.estimator.effective_df(self.maximum, self.fit_record.transform)

    @cached_property
    def llnull(self) -> float:
        """Log-likelihood of the model with thresholds only, with the same weights and offset."""
        found = self.model.null_problem().solve(tol=1e-10, maxiter=100)
        theta = self.model.thresholds.jacobian @ found.params
        if found.converged and (np.diff(theta) > 0.0).all():
            return found.loglike
        warn(
            "the model with thresholds only has no maximum with the thresholds in order, so that "
            "llnull and the pseudo R-squared are missing",
            ConvergenceWarning,
        )
        return np.nan

    @property
    def thresholds(self) -> pd.Series:
        """Thresholds, lowest first, then nominal effects."""
        p, s, _ = self.model.rows.sizes
        return pd.Series(self.params[p + s :], index=self.model.data.param_names[p + s :])

    @property
    def level_thresholds(self) -> pd.DataFrame:
        """The K - 1 thresholds for each combination of nominal covariates in the data.

        A structure such as ``"equidistant"`` has fewer parameters than thresholds; these are the
        thresholds. One row for each combination, indexed by the nominal covariates; one row where
        there are none.
        """
        return level_thresholds(self.model, self.fit_record, self.params)

    @property
    def aic(self) -> float:
        """Akaike's information criterion, -2 log-likelihood + 2 q."""
        return -2.0 * self.llf + 2.0 * len(self.params)

    @property
    def bic(self) -> float:
        """Schwarz's information criterion, -2 log-likelihood + q log n."""
        return -2.0 * self.llf + float(np.log(self.nobs)) * len(self.params)

    @property
    def prsquared(self) -> float:
        """McFadden's pseudo R-squared, 1 - llf / llnull."""
        return self.pseudo_rsquared("mcfadden")

    def pseudo_rsquared(self, kind: str = "mcfadden") -> float:
        """Return a pseudo R-squared.

        Parameters
        ----------
        kind : {"mcfadden", "cox_snell", "nagelkerke"}
            1 - llf / llnull; 1 - exp(2 (llnull - llf) / n); and that divided by its largest value,
            1 - exp(2 llnull / n) (Nagelkerke 1991). statsmodels' short names ``"mcf"``, ``"cs"``
            and ``"lr"`` (the same as ``"cs"``) are known too.

        Returns
        -------
        float
            0 where the covariates say nothing.

        Raises
        ------
        ModelError
            If the kind is not known.
        """
        return fit_statistics.pseudo_rsquared(self.llf, self.llnull, self.nobs, kind)

    def convergence(self) -> fit_statistics.Convergence:
        """Return how near the maximum is, and how many digits of each estimate can be trusted.

        Returns
        -------
        Convergence
            Relative gradient, condition number of the Hessian, and a table by parameter; it prints.
        """
        require_likelihood(self, "convergence()")
        return fit_statistics.convergence(self.model, self.fit_record)

    @property
    def n_groups(self) -> int | None:
        """Number of clusters, where errors are clustered; the smaller one of two ways."""
        return None if self.groups is None else int(np.min(self.groups.nunique()))

    @property
    def df_inference(self) -> pd.Series:
        """Degrees of freedom of the t reference of each parameter; infinite for the normal."""
        df = self.df_resid_inference if self.use_t else np.inf
        names = self.model.data.param_names
        return pd.Series(np.broadcast_to(df, len(names)), index=names, dtype=float)

    def conf_int(self, alpha: float = 0.05, method: str = "wald") -> Array:
        """Return confidence intervals of the parameters.

        Parameters
        ----------
        alpha : float
            One minus the level.
        method : {"wald", "profile"}
            Estimate and standard error; or the profile likelihood, which is to be preferred in
            small samples and has one finite end where an estimate is infinite.

        Returns
        -------
        pandas.DataFrame
            Columns 0 and 1, one row for each parameter.

        Raises
        ------
        ModelError
            If the method is not known, or profiles are asked for with clustered errors.
        """
        check_alpha(alpha)
        if method == "wald":
            return super().conf_int(alpha=alpha)
        if method != "profile":
            raise ModelError(f"method={method!r} is not known; choose 'wald' or 'profile'")
        self._require_likelihood()
        goal = float(stats.norm.ppf(1.0 - alpha / 2.0))
        problem, infinite = self.model.problem(), enumerate(self.separation.infinite)
        profiles = [(Profile(problem, self.fit_record, number), end) for number, end in infinite]
        return np.array([profile.interval(goal, end) for profile, end in profiles])

    def _require_likelihood(self) -> None:
        require_likelihood(self, "a profile")
        if self.crossed_levels or not (self.maximum.converged or self.separation.separated):
            raise ModelError(
                "a profile needs the maximum of the likelihood, which this fit did not reach; "
                "its warning says why"
            )
        if self.cov_type != "nonrobust":
            raise ModelError(
                f"a profile likelihood takes the model at its word; with cov_type="
                f"{self.cov_type!r} use method='wald'"
            )

    def _profile(self, number: int) -> Profile:
        return Profile(self.model.problem(), self.fit_record, int(number))

    def profile(self, name: str, level: float = 0.99, points: int = 41) -> pd.DataFrame:
        """Return the profile log-likelihood of a parameter.

        Parameters
        ----------
        name : str
            The parameter.
        level : float
            Level of the interval the profile covers.
        points : int
            Number of points.

        Returns
        -------
        pandas.DataFrame
            ``value``, the signed root ``z`` (a straight line where Wald intervals would do) and
            the profile log-likelihood ``loglike``.

        Raises
        ------
        ModelError
            If there is no such parameter, or it has no finite estimate.
        """
        names = self.model.data.param_names
        if name not in names:
            raise ModelError(f"there is no parameter {name!r}; there are {', '.join(names)}")
        if name in self.diverging:
            raise ModelError(
                f"{name!r} has no finite estimate; conf_int(method='profile') gives its interval"
            )
        self._require_likelihood()
        if not 0.0 < level < 1.0 or points < 2:
            raise ModelError(f"level={level!r} must lie between 0 and 1, points={points!r} above 1")
        frame = profile_frame(self._profile(names.index(name)), level, points)
        return frame.assign(loglike=self.llf - 0.5 * frame["z"] ** 2)

    def wald_test_terms(self) -> pd.DataFrame:
        """Test each term of the model: that all its parameters are zero.

        Returns
        -------
        pandas.DataFrame
            ``statistic``, ``df`` and ``p_value`` by term; a chi-squared statistic, or with
            clustered errors an F statistic on ``df`` and ``df_denom`` degrees of freedom. Missing
            where the term has an infinite parameter. Scale and nominal effects are terms of their
            own, ``scale: temp`` and ``nominal: contact``.
        """
        return term_tests(self)

    def get_margeff(
        self, at: str = "overall", method: str = "dydx", dummy: bool = False, count: bool = False
    ) -> OrdinalMargins:
        """Return marginal effects on the probability of each level, with statsmodels' meanings.

        Parameters
        ----------
        at : {"overall", "mean", "median", "zero"}
            The average of the effects over the rows, or the effect at these covariates.
        method : {"dydx", "eyex", "dyex", "eydx"}
            Derivative, elasticity and the two half-elasticities.
        dummy, count : bool
            Whether a column of 0 and 1 changes from 0 to 1, and a column of counts by one half
            down and up, instead of by a derivative.

        Returns
        -------
        OrdinalMargins
            ``margeff`` and ``margeff_se``, p by K, and ``summary_frame()``.
        """
        return OrdinalMargins(self, at=at, method=method, dummy=dummy, count=count)

    def get_influence(self, groups: Any = None) -> Influence:
        """Return what each row, or each group of rows, does to the estimates.

        Parameters
        ----------
        groups : str, pandas.Series or array_like, optional
            A column of the formula's data, or the group of each row.

        Returns
        -------
        Influence
            ``dfbetas``, ``cooks_distance``, ``hat_matrix_diag``, ``params_one`` and
            ``summary_frame()``, by one Newton step; ``refit()`` checks it.
        """
        return influence(self, groups)

    def summary(self, alpha: float = 0.05, odds_ratios: bool = False) -> Any:
        """Return a summary with text, HTML and LaTeX forms.

        Parameters
        ----------
        alpha : float
            One minus the level of the intervals.
        odds_ratios : bool
            Whether to add exp(coefficient) with its interval; logit link only.

        Returns
        -------
        statsmodels.iolib.summary.Summary
            Coefficients and thresholds with intervals, the rows dropped, and any trouble.
        """
        return make_summary(self, alpha, odds_ratios=odds_ratios)


class CumulativeLinkResultsWrapper(LikelihoodResultsWrapper):
    """Results whose arrays carry the names of the parameters."""

    def __dir__(self) -> list[str]:
        return SHOWN

    def __repr__(self) -> str:
        model = self.model
        state = "converged" if self.converged else "NOT CONVERGED"
        if self.separation.separated:
            state = f"no finite estimate for {', '.join(self.diverging)}"
        return f"<CumulativeLinkResults: {model.description}, {self.nobs:g} rows, {state}>"

    def _repr_html_(self) -> str:
        return str(self.summary().as_html())


SHOWN = [
    "aic", "avg_comparisons", "avg_predictions", "avg_slopes", "bic", "bse", "conf_int",
    "converged", "convergence", "cov_params", "cov_type", "crossed_levels", "df_effective",
    "df_inference", "df_model", "df_resid", "diverging", "get_influence", "get_margeff",
    "get_prediction", "groups", "level_thresholds", "llf", "llnull", "model", "n_groups", "nobs",
    "params", "penalty", "predict", "profile", "prsquared", "pseudo_rsquared", "pvalues",
    "reduction", "resid_generalised", "resid_prob", "resid_surrogate", "save", "separation",
    "simulate", "summary", "t_test", "thresholds", "tvalues", "wald_test", "wald_test_terms",
]  # fmt: skip

populate_wrapper(CumulativeLinkResultsWrapper, CumulativeLinkResults)
