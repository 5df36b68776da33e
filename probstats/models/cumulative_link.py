"""Cumulative link models for an ordinal outcome."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from statsmodels.base.model import LikelihoodModel

from probstats.errors import ModelError
from probstats.models.estimators import read_estimator
from probstats.models.fit_options import check_options, warn_of
from probstats.models.functions import ModelFunctions
from probstats.models.inference.cluster_groups import read_cov_kwds
from probstats.models.inference.errors import errors_of
from probstats.models.kernel.estimation import Fit
from probstats.models.kernel.links import Array, get_link
from probstats.models.kernel.rows import Rows
from probstats.models.kernel.scaling import standardise
from probstats.models.kernel.thresholds import make_thresholds
from probstats.models.problems import ModelProblems
from probstats.models.reading.design import Design, read_formula
from probstats.models.reading.sample import Sample, check_identified, read_sample
from probstats.models.results import CumulativeLinkResults, CumulativeLinkResultsWrapper


class CumulativeLinkModel(ModelFunctions, ModelProblems, LikelihoodModel):
    r"""Cumulative link model, the regression of an ordered outcome on covariates.

    The outcome Y has levels 1 to K. With thresholds theta_1 < ... < theta_{K-1} and a latent
    distribution function F given by the link,

    .. math:: P(Y_i \le j) = F\left(\frac{\theta_{ij} - x_i'\beta - o_i}{\exp(s_i'\zeta)}\right),
       \qquad \theta_{ij} = \theta_j + n_i'\alpha_j,

    so that a positive coefficient goes with higher levels (McCullagh 1980). With the logit link
    and no more than x this is the proportional-odds model: exp(beta) is the factor by which the
    odds of a higher level change. Nominal covariates n move every threshold by its own amount
    (partial proportional odds), scale covariates s stretch the latent distribution (Cox 1995).
    Signs, thresholds and names are those of R's ``ordinal::clm``.

    Parameters
    ----------
    endog : pandas.Series, array_like or pandas.DataFrame
        Ordered categorical, whole numbers or booleans; n values, none missing. A frame of two
        such columns holds the lowest and the highest level each row may have: the likelihood of a
        row is then the probability of its interval.
    exog : pandas.DataFrame or array_like, optional
        n by p covariates; a column of ones is left to the thresholds.
    link : {"logit", "probit", "cloglog", "loglog", "cauchit"}
        The link.
    threshold : {"flexible", "symmetric", "symmetric2", "equidistant"}
        Free thresholds; thresholds symmetric about their middle; symmetric about zero; or with
        equal steps.
    nominal, scale : pandas.DataFrame or array_like, optional
        n by m and n by s covariates.
    weights : array_like, optional
        How often each row counts, whole numbers or fractions; rows with weight 0 are left out.
        A weight of 2 is two rows, in robust errors too; for sampling weights cluster on the row.
    offset : array_like, optional
        n known values o_i added to x'beta.

    Attributes
    ----------
    outcome : Outcome
        Levels and codes of the outcome; ``outcome.empty`` names levels no row has.
    design : Design or None
        Of a formula: what was read, and what was dropped.
    nobs : float
        Rows that say something about the outcome, each as often as its weight says.

    Raises
    ------
    ModelError
        If outcome or covariates cannot be used; the sentence says which and why.

    Notes
    -----
    Log-likelihood, score and Hessian are exact (see ``probstats.models.kernel``). Covariates
    are centred and scaled while fitting, and results are given back on the user's scale.

    The parameters are, in this order and with these names: coefficients (``temp[warm]``), log
    scale effects (``scale:temp[warm]``), thresholds (``1|2``) and nominal effects, which are added
    to thresholds (``1|2:contact[yes]``).

    Examples
    --------
    >>> import pandas as pd
    >>> import probstats as ps
    >>> data = pd.DataFrame({
    ...     "rating": [1, 2, 1, 3, 2, 3, 2, 1, 3, 2, 2, 1, 3, 1, 2, 3],
    ...     "hours": [2, 1, 4, 6, 5, 3, 4, 1, 7, 2, 5, 3, 5, 2, 3, 4],
    ...     "shift": pd.Categorical(["day", "night"] * 8),
    ... })
    >>> fit = ps.CumulativeLinkModel.from_formula("rating ~ hours", data).fit()
    >>> fit.predict(pd.DataFrame({"hours": [3]})).round(3)
           1      2      3
    0  0.337  0.488  0.175

    Every kind of parameter at once:

    >>> model = ps.CumulativeLinkModel.from_formula(
    ...     "rating ~ hours", data, nominal="~ shift", scale="~ hours"
    ... )
    >>> model.fit().params.round(3)
    hours               1.142
    scale:hours        -0.079
    1|2                 3.630
    2|3                 6.315
    1|2:shift[night]   -1.488
    2|3:shift[night]   -2.814
    dtype: float64
    """

    def __init__(
        self,
        endog: Any,
        exog: Any = None,
        link: str = "logit",
        *,
        threshold: str = "flexible",
        nominal: Any = None,
        scale: Any = None,
        weights: Any = None,
        offset: Any = None,
    ) -> None:
        sample = read_sample(
            endog, exog, scale=scale, nominal=nominal, weights=weights, offset=offset
        )
        self._set_up(sample, link, threshold)

    def _set_up(self, sample: Sample, link: str, threshold: str) -> None:
        self.link, self.threshold = get_link(link), threshold
        self.design: Design | None = None
        self.formula: str | None = None
        self.formula_data: pd.DataFrame | None = None  # the rows used
        self.sample, self.outcome = sample, sample.outcome
        self.thresholds = make_thresholds(threshold, self.outcome.threshold_names)
        location = self.sample.covariates.location
        codes = pd.Series(self.outcome.low, index=location.index, name=self.outcome.name)
        super().__init__(codes, location, hasconst=False, missing="none")
        self.data.param_names = self.data.cov_names = self._names()
        self.nobs = _whole(self.sample.counts.sum())
        self.df_model = len(self.data.param_names) - len(self.thresholds.names)
        self.df_resid = self.nobs - len(self.data.param_names)
        self._require_rows()
        check_identified(self.sample.covariates, self._telling_rows())

    def with_sample(self, sample: Sample, **changes: str) -> CumulativeLinkModel:
        """Return a model of another sample, with this one's link and thresholds unless changed.

        Parameters
        ----------
        sample : Sample
            Outcome, covariates and weights, already read.
        **changes : str
            ``link`` or ``threshold``.

        Returns
        -------
        CumulativeLinkModel
            A model without a formula.
        """
        model = type(self).__new__(type(self))
        options = {"link": self.link.name, "threshold": self.threshold} | changes
        model._set_up(sample, **options)
        return model

    def _names(self) -> list[str]:
        location, scale, nominal, _ = self.sample.covariates
        thresholds = self.thresholds.names
        names = [str(name) for name in location]
        names += [f"scale:{name}" for name in scale]
        names += [*thresholds, *(f"{t}:{name}" for name in nominal for t in thresholds)]
        for name in names:
            if names.count(name) > 1:
                raise ModelError(f"two parameters would be called {name!r}; rename the column")
        return names

    @property
    def param_names(self) -> list[str]:
        """Names of the parameters, in their order."""
        return list(self.data.param_names)

    @property
    def description(self) -> str:
        """The formula, or the outcome and its covariates, and the link."""
        covariates = " + ".join(map(str, self.sample.covariates.location)) or "1"
        formula = self.formula or f"{self.outcome.name} ~ {covariates}"
        return f"{formula}, {self.link.name}"

    def __repr__(self) -> str:
        return f"<CumulativeLinkModel: {self.description}, {self.nobs:g} rows>"

    @property
    def parameter_kinds(self) -> list[str]:
        """What each parameter is: coefficient, log scale, threshold or nominal effect."""
        (p, s, q), t = self.rows.sizes, len(self.thresholds.names)
        counts = {"coefficient": p, "log scale": s, "threshold": t, "nominal effect": q - t}
        return [kind for kind, count in counts.items() for _ in range(count)]

    def _require_rows(self) -> None:
        n_params = len(self.data.param_names)
        n_rows = int(np.count_nonzero(self.sample.counts))
        if n_params >= n_rows:
            raise ModelError(f"the model has {n_params} parameters and only {n_rows} rows")

    @cached_property
    def rows(self) -> Rows:
        """What the likelihood sees of the data, on the user's scale."""
        sample = self.sample
        edges = sample.outcome.edges
        return sample.covariates.rows(self.thresholds.jacobian, edges, sample.weights)

    @cached_property
    def _standard(self) -> tuple[Rows, Array]:
        """Standardised rows, and T."""
        return standardise(self.rows, self.thresholds.shift)

    def _telling_rows(self) -> Rows:
        """Standardised rows that say something: only they tell parameters apart."""
        informative = self.outcome.informative
        if informative.all():
            return self._standard[0]
        return standardise(self.rows.take(informative), self.thresholds.shift)[0]

    def __getstate__(self) -> dict[str, Any]:
        return {k: v for k, v in super().__getstate__().items() if k not in {"rows", "_standard"}}

    @classmethod
    def from_formula(
        cls,
        formula: str,
        data: pd.DataFrame,
        link: str = "logit",
        *,
        threshold: str = "flexible",
        nominal: str | None = None,
        scale: str | None = None,
        weights: Any = None,
        offset: Any = None,
        missing: str = "drop",
    ) -> CumulativeLinkModel:
        """Set up the model formulas describe.

        Parameters
        ----------
        formula : str
            Such as ``"rating ~ year + provider_type"``, or ``"interval(lowest, highest) ~ year"``
            for an outcome known within bounds. The intercept is carried by the thresholds, whether
            it is written or not.
        data : pandas.DataFrame
            Holds every variable of the formulas; categorical covariates are declared as such.
        link, threshold : str
            See the class.
        nominal, scale : str, optional
            One-sided formulas, such as ``"~ contact"``.
        weights, offset : str, pandas.Series or array_like, optional
            A column of the data, or one value for each of its rows.
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
            If a formula names an unknown column, a column of undeclared text, or no row is left.
        """
        design = read_formula(
            formula, data, missing, nominal=nominal, scale=scale, weights=weights, offset=offset
        )
        location, scales, nominals, shift = design.covariates
        model = cls(
            design.outcome, location, link,
            threshold=threshold, nominal=nominals, scale=scales,
            weights=design.weights, offset=shift,
        )  # fmt: skip
        model.design, model.formula = design, formula
        model.formula_data = data[design.used][model.sample.kept]
        return model

    def fit(
        self,
        method: str = "newton",
        start_params: Any = None,
        tol: float = 1e-10,
        maxiter: int = 100,
        cov_type: str = "nonrobust",
        cov_kwds: dict[str, Any] | None = None,
        reduction: str | None = None,
        penalty: float | dict[str, float] | None = None,
        penalty_scale: str | None = None,
    ) -> CumulativeLinkResults:
        """Fit by maximum likelihood, with bias reduction, or with a ridge penalty.

        Parameters
        ----------
        method : {"newton"}
            Newton's method with exact derivatives and step-halving that keeps thresholds ordered.
        start_params : array_like, optional
            Where to start, in the order of ``param_names``; no effects by default.
        tol : float
            Newton decrement g'(-H)^-1 g at which one last step is taken.
        maxiter : int
            Newton steps allowed.
        cov_type : str
            ``"nonrobust"``, the inverse negative Hessian; ``"HC0"`` or ``"HC1"``, its sandwich over
            rows, without and with n / (n - q); or a sandwich over clusters: ``"CR0"``; ``"CR1"``
            or ``"cluster"``, with G / (G - 1); ``"CR2"``, free of bias where the working model
            holds (Bell and McCaffrey 2002); ``"CR3"``, near to the jackknife, without refits; and
            ``"jackknife"``, which refits without each cluster. See
            ``probstats.models.inference.clusters`` for the definitions.
        cov_kwds : dict, optional
            ``{"groups": ...}`` for clusters: a column name of the formula's data, a series, or one
            value for each row used; two columns for two-way clusters, with CR0 and CR1. ``"df"``
            chooses the t reference: ``"satterthwaite"``, degrees of freedom of each contrast, by
            default with CR2 and CR3; or ``"clusters"``, G - 1.
        reduction : {None, "mean"}
            ``"mean"`` solves the adjusted score equations U + A = 0 with
            A_t = tr{I^-1 (P_t + Q_t)} / 2 (Kosmidis 2014): estimates whose bias is of the order
            n^-2 instead of n^-1, finite where the data separate the levels, with standard errors
            from the expected information I. For all links, thresholds, nominal and scale effects,
            weights and offsets; not for outcomes known as intervals.
        penalty : float or dict, optional
            lambda of a ridge penalty: the log-likelihood less sum_j lambda_j (s_j beta_j)^2 / 2 is
            maximised (le Cessie and van Houwelingen 1992). One number for all coefficients, log
            scale effects and nominal effects, or numbers by term, as ``wald_test_terms`` names
            them, 0 for the others. Thresholds are not penalised. The covariance is the inverse of
            the penalised information.
        penalty_scale : {None, "standardised", "raw"}
            s_j: the standard deviation of the column, by default, or one.

        Returns
        -------
        CumulativeLinkResults
            Estimates, thresholds, covariance, log-likelihood and predictions. Where estimates do
            not maximise the likelihood, what needs its maximum (``llf``, AIC, profiles) raises.

        Raises
        ------
        ModelError
            If an option cannot be used.

        Warns
        -----
        SeparationWarning
            If the likelihood rises for ever in some direction. The parameters of that direction
            are named, with where they go, and are reported as infinite.
        ConvergenceWarning
            If ``maxiter`` steps were not enough.
        """
        check_options(method, tol, maxiter)
        estimator = read_estimator(self, reduction, penalty, penalty_scale)
        estimator.require_errors(cov_type)
        rows, data = self.data.row_labels, self.formula_data
        clusters = read_cov_kwds(cov_type, cov_kwds or {}, rows, data, self.sample.counts)
        problem = self.problem(start_params)
        maximum, separation = self._solve(problem, estimator, tol, maxiter)
        steps = {"tol": tol, "maxiter": maxiter}
        scaled, reference = errors_of(
            self, problem, (maximum, separation), cov_type, clusters, estimator, steps
        )
        found = Fit(maximum, separation, problem.transform, scaled, estimator, reference)
        results = CumulativeLinkResults(self, found, cov_type, clusters)
        warn_of(results)
        return CumulativeLinkResultsWrapper(results)


def _whole(value: float) -> float:
    """Return a number of rows, as a whole number where it is one."""
    return int(value) if value == int(value) else float(value)
