"""Ordered logit with an effect of its own for each group, by "blow up and cluster"."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from statsmodels.base.model import (
    LikelihoodModel,
    LikelihoodModelResults,
    LikelihoodResultsWrapper,
)
from statsmodels.base.wrapper import populate_wrapper

from probstats.errors import ConvergenceWarning, ModelError, SeparationWarning
from probstats.models.fit_options import check_options
from probstats.models.kernel.derivatives import Value
from probstats.models.kernel.links import Array
from probstats.models.kernel.newton import Maximum, maximise
from probstats.models.kernel.separation import SHARE, lost_directions
from probstats.models.mixed.conditional_logit import (
    ConditionalLikelihood,
    checked,
    differences,
    make_strata,
)
from probstats.models.mixed.conditional_results import ConditionalReports
from probstats.models.mixed.reading import read_groups, rows_of_groups
from probstats.models.reading.design import read_formula
from probstats.models.reading.exog import read_exog, without_intercept
from probstats.models.reading.outcome import Outcome, read_outcome
from probstats.models.trouble import warn

FAR = 10.0
"""Largest difference of x'b within a group from which separation is looked for."""


class FixedEffectsOrderedLogit(LikelihoodModel):
    r"""Ordered logit whose groups have an effect of their own, whatever it may be.

    .. math:: P(Y_{it} \le j) = F(\theta_{ij} - x_{it}'\beta)

    with thresholds of each group i that are never estimated. Cut at any level, the outcome is
    binary and its likelihood given the number of ones of a group is free of the thresholds
    (Chamberlain 1980). "Blow up and cluster" adds these likelihoods up over all cuts, with one
    coefficient, and clusters the errors on groups (Baetschmann, Staub and Winkelmann 2015,
    Journal of the Royal Statistical Society A 178: 685-703, section 2.4). The estimates are
    consistent with any number of rows in a group, however group and covariates go together; only
    what changes within groups has a coefficient.

    Parameters
    ----------
    endog : pandas.Series or array_like
        The outcome, of known levels.
    exog : pandas.DataFrame or array_like
        n by p covariates.
    groups : pandas.Series or array_like
        Group of each row.

    Raises
    ------
    ModelError
        If no group changes its level, or a covariate does not change within groups that do.

    Examples
    --------
    >>> import pandas as pd
    >>> import probstats as ps
    >>> data = pd.DataFrame({
    ...     "rating": [1, 2, 2, 2, 3, 1, 1, 3, 2, 3, 1, 2],
    ...     "hours": [1, 3, 2, 4, 5, 6, 2, 4, 3, 1, 2, 5],
    ...     "team": ["a", "a", "a", "b", "b", "b", "c", "c", "c", "d", "d", "d"],
    ... })
    >>> fit = ps.FixedEffectsOrderedLogit.from_formula("rating ~ hours", data, groups="team").fit()
    >>> fit.params.round(3)
    hours    0.11
    dtype: float64
    """

    def __init__(self, endog: Any, exog: Any, groups: Any) -> None:
        covariates = without_intercept(read_exog(exog, endog), exog)
        self._set_up(read_outcome(endog), covariates, read_groups(groups, covariates.index, None))

    @classmethod
    def from_formula(
        cls, formula: str, data: pd.DataFrame, groups: Any, missing: str = "drop"
    ) -> FixedEffectsOrderedLogit:
        """Set up the model a formula describes.

        Parameters
        ----------
        formula : str
            Such as ``"rating ~ year + caseload"``.
        data : pandas.DataFrame
            Holds every variable of the formula.
        groups : str, pandas.Series or array_like
            A column of the data, or one value for each of its rows.
        missing : {"drop", "raise"}
            What to do with rows that miss a value.

        Returns
        -------
        FixedEffectsOrderedLogit
            A model to fit.
        """
        design = read_formula(formula, data, missing)
        groups = rows_of_groups(groups, data, design.used)
        rows = data[design.used]
        model = cls.__new__(cls)
        by = read_groups(groups, rows.index, rows)
        model._set_up(read_outcome(design.outcome), design.covariates.location, by)
        model.formula, model.design = formula, design
        return model

    def _set_up(self, outcome: Outcome, covariates: pd.DataFrame, groups: pd.Series) -> None:
        if outcome.is_interval:
            raise ModelError(
                "an outcome known as an interval cannot be cut at every level; use "
                "CumulativeLinkMixedModel"
            )
        if not covariates.shape[1]:
            raise ModelError("the model has no covariates; fixed effects leave nothing else to fit")
        self.formula: str | None = None
        self.design: Any = None
        self.outcome, self.groups = outcome, groups
        codes = pd.Series(outcome.low, index=covariates.index, name=outcome.name)
        super().__init__(codes, covariates, hasconst=False, missing="none")
        self.strata, self._spread = make_strata(outcome, covariates, groups)
        used = {stratum.group for stratum in self.strata}
        self.n_groups, self.n_still = len(used), int(groups.nunique()) - len(used)
        telling = np.isin(pd.factorize(groups, sort=True)[0], list(used))
        self.nobs = int(telling.sum())
        self.df_model, self.df_resid = covariates.shape[1], self.n_groups - covariates.shape[1]

    def loglike(self, params: Any) -> float:
        """Return the sum of conditional log-likelihoods over groups and cuts."""
        return self._value(params).loglike

    def score(self, params: Any) -> Array:
        """Return its gradient."""
        return self._value(params).score * self._spread

    def hessian(self, params: Any) -> Array:
        """Return its matrix of second derivatives."""
        return self._value(params).hessian * np.outer(self._spread, self._spread)

    def _value(self, params: Any) -> Value:
        return ConditionalLikelihood(self.strata)(checked(params, self._spread) * self._spread)

    def fit(self, tol: float = 1e-10, maxiter: int = 100) -> FixedEffectsOrderedLogitResults:
        """Maximise the sum of conditional likelihoods, with errors clustered on groups.

        Parameters
        ----------
        tol : float
            Newton decrement at which one last step is taken.
        maxiter : int
            Newton steps allowed.

        Returns
        -------
        FixedEffectsOrderedLogitResults
            Coefficients, with t references on groups less one degrees of freedom.

        Warns
        -----
        SeparationWarning
            If a coefficient grows without bound because a covariate separates the levels within
            groups.
        ConvergenceWarning
            If no maximum was found.
        """
        check_options("newton", tol, maxiter)
        if self.n_groups < 2:
            raise ModelError("one group only changes its level; clustered errors need two or more")
        likelihood = ConditionalLikelihood(self.strata)
        start = np.zeros(self.exog.shape[1])
        found = maximise(likelihood, start, tol=tol, maxiter=maxiter)
        results = FixedEffectsOrderedLogitResults(self, found)
        if results.diverging:
            warn(
                f"{', '.join(results.diverging)} separates the levels within groups and has no "
                f"finite estimate",
                SeparationWarning,
            )
        elif not found.converged:
            warn(
                f"Newton's method did not converge in {found.iterations} steps; raise maxiter",
                ConvergenceWarning,
            )
        return FixedEffectsOrderedLogitResultsWrapper(results)


class FixedEffectsOrderedLogitResults(ConditionalReports, LikelihoodModelResults):
    """Estimates of an ordered logit with fixed effects.

    Attributes
    ----------
    params, bse, tvalues, pvalues : pandas.Series
        Coefficients, with errors clustered on groups and t references.
    llf : float
        Sum of the conditional log-likelihoods; rows count once for each cut, so it is no
        log-likelihood to compare models by.
    nobs, n_groups, n_still : int
        Rows and groups that change their level, and groups that do not and say nothing.
    converged : bool
        Whether a maximum was found.
    diverging : list of str
        Coefficients that grow without bound.
    """

    def __init__(self, model: FixedEffectsOrderedLogit, found: Maximum) -> None:
        spread = model._spread
        self.maximum = found
        names = model.data.param_names
        self.diverging = [names[place] for place in _infinite(model.strata, found)]
        inverse = np.linalg.pinv(-found.hessian)
        n_groups = model.n_groups
        scores = ConditionalLikelihood(model.strata).scores(
            found.params, int(model.groups.nunique())
        )
        meat = scores.T @ scores * n_groups / (n_groups - 1)
        covariance = inverse @ meat @ inverse / np.outer(spread, spread)
        params = np.where(
            np.isin(names, self.diverging), np.sign(found.params) * np.inf, found.params / spread
        )
        known = np.where(np.isfinite(params), 1.0, np.nan)
        super().__init__(model, params, covariance * np.outer(known, known), scale=1.0)
        self.use_t, self.df_resid_inference = True, n_groups - 1
        self.nobs, self.n_groups, self.n_still = model.nobs, n_groups, model.n_still
        self.df_model, self.df_resid = model.df_model, model.df_resid
        self.converged = found.converged and not self.diverging

    @property
    def llf(self) -> float:
        """Sum of the conditional log-likelihoods."""
        return self.maximum.loglike

    def summary_frame(self, alpha: float = 0.05) -> pd.DataFrame:
        """Return estimates, errors, t, p-values and intervals.

        Parameters
        ----------
        alpha : float
            One minus the level of the intervals.

        Returns
        -------
        pandas.DataFrame
            One row for each coefficient, with its odds ratio within a group.
        """
        ends = np.asarray(self.conf_int(alpha))
        frame = pd.DataFrame(
            {
                "estimate": self.params, "se": self.bse, "t": self.tvalues,
                "p_value": self.pvalues, "ci_lower": ends[:, 0], "ci_upper": ends[:, 1],
            },
            index=self.model.data.param_names,
        )  # fmt: skip
        with np.errstate(over="ignore"):
            return frame.assign(odds_ratio=np.exp(frame["estimate"]))


def _infinite(strata: Any, found: Maximum) -> NDArray[np.intp]:
    """Return the places of the coefficients that have no finite estimate."""
    furthest = max(float(np.ptp(stratum.design @ found.params)) for stratum in strata)
    if furthest < FAR and found.converged and not found.degraded:
        return np.array([], dtype=int)
    lost = lost_directions(differences(strata))
    return np.flatnonzero(np.linalg.norm(lost, axis=1) > SHARE)


class FixedEffectsOrderedLogitResultsWrapper(LikelihoodResultsWrapper):
    """Results whose arrays carry the names of the parameters."""

    def __dir__(self) -> list[str]:
        return SHOWN

    def __repr__(self) -> str:
        state = "converged" if self.converged else "NOT CONVERGED"
        return (
            f"<FixedEffectsOrderedLogit: {self.nobs} rows of {self.n_groups} groups that change "
            f"their level ({self.n_still} do not), {state}>"
        )

    def _repr_html_(self) -> str:
        return str(self.summary().as_html())


SHOWN = [
    "bse", "conf_int", "converged", "cov_params", "df_resid_inference", "diverging", "llf", "model",
    "n_groups", "n_still", "nobs", "params", "pvalues", "save", "summary", "summary_frame",
    "t_test", "tvalues", "wald_test", "wald_test_terms",
]  # fmt: skip

populate_wrapper(FixedEffectsOrderedLogitResultsWrapper, FixedEffectsOrderedLogitResults)
