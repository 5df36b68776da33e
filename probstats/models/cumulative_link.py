"""Cumulative link models for an ordinal outcome."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
from statsmodels.base.model import LikelihoodModel

from probstats.errors import ConvergenceWarning, ModelError, SeparationWarning
from probstats.models import covariance, likelihood
from probstats.models.design import Design, read_formula
from probstats.models.estimation import estimate, scaling
from probstats.models.exog import check_rank, read_exog
from probstats.models.links import Array, get_link
from probstats.models.outcome import read_outcome
from probstats.models.results import CumulativeLinkResults, CumulativeLinkResultsWrapper


class CumulativeLinkModel(LikelihoodModel):
    r"""Cumulative link model, the regression of an ordered outcome on covariates.

    The outcome Y has levels 1 to K. With thresholds theta_1 < ... < theta_{K-1} and a latent
    distribution function F given by the link,

    .. math:: P(Y_i \le j) = F(\theta_j - x_i'\beta),

    so that a positive coefficient goes with higher levels (McCullagh 1980). With the logit link
    this is the proportional-odds model: exp(beta) is the factor by which the odds of a higher
    level change. Signs, thresholds and names are those of R's ``ordinal::clm``.

    Parameters
    ----------
    endog : pandas.Series or array_like
        Ordered categorical, whole numbers or booleans; n values, none missing.
    exog : pandas.DataFrame or array_like
        n by p covariates without a constant (the thresholds carry it).
    link : {"logit", "probit", "cloglog", "loglog", "cauchit"}
        The link.

    Attributes
    ----------
    outcome : Outcome
        Levels and codes of the outcome; ``outcome.empty`` names levels no row has.
    design : Design or None
        Of a formula: what was read, and what was dropped.

    Raises
    ------
    ModelError
        If outcome or covariates cannot be used; the sentence says which and why.

    Notes
    -----
    Log-likelihood, score and Hessian are exact (see ``probstats.models.likelihood``). Covariates
    are centred and scaled while fitting, and results are given back on the user's scale.

    Examples
    --------
    >>> import pandas as pd
    >>> import probstats as ps
    >>> data = pd.DataFrame({
    ...     "rating": [1, 2, 1, 3, 2, 3, 2, 1, 3, 2],
    ...     "hours": [2, 1, 4, 6, 5, 3, 4, 1, 7, 2],
    ... })
    >>> fit = ps.CumulativeLinkModel.from_formula("rating ~ hours", data).fit()
    >>> fit.params.round(3)
    hours    0.690
    1|2      1.181
    2|3      3.530
    dtype: float64
    >>> fit.predict(pd.DataFrame({"hours": [3]})).round(3)
           1     2      3
    0  0.291  0.52  0.188
    """

    def __init__(self, endog: Any, exog: Any, link: str = "logit") -> None:
        self.link = get_link(link)
        self.design: Design | None = None
        self.formula_data: pd.DataFrame | None = None  # the rows used
        frame = read_exog(exog, endog)
        self.outcome = read_outcome(endog)
        self._require_rows(frame)
        check_rank(frame)
        codes = pd.Series(self.outcome.low, index=frame.index, name=self.outcome.name)
        super().__init__(codes, frame, hasconst=False, missing="none")
        self.bounds = likelihood.make_bounds(self.outcome, frame.to_numpy(dtype=float))
        self.data.param_names = [*map(str, frame.columns), *self.outcome.threshold_names]
        self.data.cov_names = self.data.param_names
        self.nobs = len(frame)
        self.df_model = frame.shape[1]
        self.df_resid = self.nobs - len(self.data.param_names)

    @classmethod
    def from_formula(
        cls, formula: str, data: pd.DataFrame, link: str = "logit", missing: str = "drop"
    ) -> CumulativeLinkModel:
        """Set up the model a formula describes.

        Parameters
        ----------
        formula : str
            Such as ``"rating ~ year + provider_type"``. The intercept is carried by the
            thresholds, whether it is written or not.
        data : pandas.DataFrame
            Holds every variable of the formula; categorical covariates are declared as such.
        link : {"logit", "probit", "cloglog", "loglog", "cauchit"}
            The link.
        missing : {"drop", "raise"}
            What to do with rows that miss a value. Rows dropped are counted by column in
            ``model.design.dropped`` and shown by ``summary()``.

        Returns
        -------
        CumulativeLinkModel
            A model to fit.

        Raises
        ------
        ModelError
            If the formula names an unknown column, a column of undeclared text, or no row is left.
        """
        design = read_formula(formula, data, missing)
        model = cls(design.outcome, design.exog, link=link)
        model.design, model.formula_data, model.formula = design, data[design.used], formula
        return model

    def _require_rows(self, frame: pd.DataFrame) -> None:
        n_params = frame.shape[1] + len(self.outcome.levels) - 1
        if n_params >= len(frame):
            raise ModelError(f"the model has {n_params} parameters and only {len(frame)} rows")

    def loglike(self, params: Any) -> float:
        """Return the log-likelihood; minus infinity where thresholds are out of order.

        Parameters
        ----------
        params : array_like
            Coefficients, then thresholds; p + K - 1 values.

        Returns
        -------
        float
            Sum of log p_i over the n rows.
        """
        values = np.asarray(params, dtype=float)
        return float(likelihood.log_probabilities(values, self.bounds, self.link).sum())

    def score(self, params: Any) -> Array:
        """Return the gradient of the log-likelihood, p + K - 1 values."""
        values = np.asarray(params, dtype=float)
        return likelihood.score_and_hessian(values, self.bounds, self.link)[0]

    def score_obs(self, params: Any) -> Array:
        """Return the score of each row, n by p + K - 1."""
        values = np.asarray(params, dtype=float)
        return likelihood.score_rows(values, self.bounds, self.link)

    def hessian(self, params: Any) -> Array:
        """Return the matrix of second derivatives of the log-likelihood."""
        values = np.asarray(params, dtype=float)
        return likelihood.score_and_hessian(values, self.bounds, self.link)[1]

    def fit(
        self,
        tol: float = 1e-10,
        maxiter: int = 100,
        cov_type: str = "nonrobust",
        cov_kwds: dict[str, Any] | None = None,
    ) -> CumulativeLinkResults:
        """Fit by maximum likelihood.

        Parameters
        ----------
        tol : float
            Newton decrement g'(-H)^-1 g at which one last step is taken.
        maxiter : int
            Newton steps allowed.
        cov_type : {"nonrobust", "HC0", "HC1", "cluster"}
            Inverse negative Hessian; its sandwich over rows, without and with n / (n - q); its
            sandwich over clusters with G / (G - 1) and a t reference with G - 1 degrees of freedom.
        cov_kwds : dict, optional
            ``{"groups": ...}`` for clusters: a column name of the formula's data, a series, or one
            value for each row used.

        Returns
        -------
        CumulativeLinkResults
            Estimates, thresholds, covariance, log-likelihood and predictions.

        Raises
        ------
        ModelError
            If an option cannot be used.

        Warns
        -----
        SeparationWarning
            If the likelihood rises for ever in some direction. The parameters of that direction
            are named and get no standard error.
        ConvergenceWarning
            If ``maxiter`` steps were not enough.
        """
        _check_options(tol, maxiter)
        rows, data = self.data.row_labels, self.formula_data
        groups = covariance.read_cov_kwds(cov_type, cov_kwds or {}, rows, data)
        transform = scaling(self.exog, len(self.data.param_names))
        found = estimate(self.bounds, self.link, self._start(), transform, tol=tol, maxiter=maxiter)
        scaled = covariance.covariance(found.inverse, found.scores, cov_type, groups)
        cov = found.on_users_scale(scaled)
        results = CumulativeLinkResults(self, found, cov, cov_type, groups)
        _warn(results)
        return CumulativeLinkResultsWrapper(results)

    def predict(self, params: Any, exog: Any = None, which: str = "prob") -> Array:
        """Return predictions for a design matrix.

        Parameters
        ----------
        params : array_like
            Coefficients, then thresholds.
        exog : array_like, optional
            m by p design matrix; that of the fit by default.
        which : {"prob", "cumprob", "linpred"}
            Probability of each level (m by K), probability of that level or a lower one (m by K),
            or x'beta (m).

        Returns
        -------
        numpy.ndarray
            The predictions.

        Raises
        ------
        ModelError
            If ``which`` is not known.
        """
        values = np.asarray(params, dtype=float)
        design = np.asarray(self.exog if exog is None else exog, dtype=float)
        linear = design @ values[: self.df_model]
        if which == "linpred":
            return linear
        if which not in {"prob", "cumprob"}:
            raise ModelError(f"which={which!r} is not known; choose prob, cumprob or linpred")
        edges = np.concatenate([[-np.inf], values[self.df_model :], [np.inf]])
        bounds = edges[None, :] - linear[:, None]
        with np.errstate(invalid="ignore"):  # rows with missing values stay missing
            if which == "cumprob":
                return self.link.cdf(bounds[:, 1:])
            return np.exp(self.link.log_difference(bounds[:, 1:], bounds[:, :-1]))

    def _start(self) -> Array:
        """Return no effects, and the thresholds that reproduce the shares of the levels."""
        counts = np.bincount(self.outcome.low, minlength=len(self.outcome.levels))
        shares = np.cumsum(counts)[:-1] / counts.sum()
        return np.concatenate([np.zeros(self.df_model), self.link.quantile(shares)])


def _check_options(tol: float, maxiter: int) -> None:
    if not 0 < tol <= 1e-4:
        raise ModelError(f"tol={tol!r} must be positive and at most 1e-4")
    if maxiter < 0:
        raise ModelError(f"maxiter={maxiter!r} must not be negative")


def _warn(results: CumulativeLinkResults) -> None:
    if results.diverging:
        warnings.warn(
            f"the data separate the levels of {results.model.outcome.name!r}: the likelihood rises "
            f"for ever as {', '.join(results.diverging)} grow; these have no estimate and no "
            f"standard error",
            SeparationWarning,
            stacklevel=3,
        )
    elif not results.converged:
        warnings.warn(
            f"Newton's method did not converge in {results.maximum.iterations} steps "
            f"(decrement {results.maximum.decrement:.1e}); raise maxiter or simplify the model",
            ConvergenceWarning,
            stacklevel=3,
        )
