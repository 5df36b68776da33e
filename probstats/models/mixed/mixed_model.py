"""Cumulative link models with random effects."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from statsmodels.base.model import LikelihoodModel

from probstats.errors import ModelError
from probstats.models.cumulative_link import CumulativeLinkModel
from probstats.models.fit_options import check_options
from probstats.models.mixed.effects import RandomEffects
from probstats.models.mixed.fitting import fit_mixed
from probstats.models.mixed.functions import MixedFunctions
from probstats.models.mixed.integration import read_integration
from probstats.models.mixed.reading import read_effects, rows_of_groups
from probstats.models.mixed.results import (
    CumulativeLinkMixedResults,
    CumulativeLinkMixedResultsWrapper,
)
from probstats.models.mixed.trouble import check_effects, warn_of_mixed


class CumulativeLinkMixedModel(MixedFunctions, LikelihoodModel):
    r"""Cumulative link model with random effects of groups.

    Rows of one group share effects b, normal with mean 0 and a covariance that is estimated:

    .. math:: P(Y_{i} \le j \mid b) = F\left(\frac{\theta_{ij} - x_i'\beta - o_i - z_i'b}
       {\exp(s_i'\zeta)}\right), \qquad b \sim N(0, \Sigma)

    (Hedeker and Gibbons 1994, equation 4; Christensen 2019, section 6). All else is as in
    ``CumulativeLinkModel``: coefficients say what changes within a group, and are larger than those
    of a model without random effects, which speaks of all groups together.

    Parameters
    ----------
    endog, exog, link, threshold, nominal, scale, weights, offset
        See ``CumulativeLinkModel``. A weight of 2 is two rows in the same group.
    groups : array_like or pandas.Series
        Group of each row, each with a random intercept of its own.

    Attributes
    ----------
    plain : CumulativeLinkModel
        The same model without random effects.
    random : RandomEffects
        Grouping factors, with their groups and designs.

    Raises
    ------
    ModelError
        If outcome, covariates or groups cannot be used; the sentence says which and why.

    Notes
    -----
    The likelihood integrates over the effects of each group, by Laplace's method or by adaptive
    Gauss-Hermite quadrature (Pinheiro and Bates 1995; Liu and Pierce 1994). Its gradient is exact,
    the moving of the nodes included.

    Parameters come in the order of ``CumulativeLinkModel``, then the standard deviations of random
    effects, ``sd(judge)``, and their correlations.

    Examples
    --------
    >>> import pandas as pd
    >>> import probstats as ps
    >>> data = pd.DataFrame({
    ...     "rating": [1, 2, 1, 3, 2, 3, 2, 1, 3, 2, 2, 1, 3, 3, 2, 3],
    ...     "hours": [2, 1, 4, 6, 5, 3, 4, 1, 7, 2, 5, 3, 5, 2, 3, 4],
    ...     "team": ["a", "a", "b", "b", "c", "c", "d", "d"] * 2,
    ... })
    >>> model = ps.CumulativeLinkMixedModel.from_formula("rating ~ hours", data, groups="team")
    >>> model.fit().params.round(3)
    hours       0.657
    1|2         0.917
    2|3         3.014
    sd(team)    0.630
    dtype: float64
    """

    def __init__(
        self,
        endog: Any,
        exog: Any = None,
        groups: Any = None,
        link: str = "logit",
        *,
        threshold: str = "flexible",
        nominal: Any = None,
        scale: Any = None,
        weights: Any = None,
        offset: Any = None,
    ) -> None:
        plain = CumulativeLinkModel(
            endog, exog, link,
            threshold=threshold, nominal=nominal, scale=scale, weights=weights, offset=offset,
        )  # fmt: skip
        kept = plain.sample.kept
        by_index = isinstance(groups, pd.Series) and groups.index.is_unique
        if groups is not None and np.shape(groups) == kept.shape and not by_index:
            groups = groups[kept] if isinstance(groups, pd.Series) else np.asarray(groups)[kept]
        self._set_up(plain, read_effects(None, plain.data.row_labels, groups, None, None))

    def _set_up(self, plain: CumulativeLinkModel, random: RandomEffects) -> None:
        self.plain, self.random = plain, random
        check_effects(plain, random)
        location = plain.sample.covariates.location
        codes = pd.Series(plain.outcome.low, index=location.index, name=plain.outcome.name)
        super().__init__(codes, location, hasconst=False, missing="none")
        self.data.param_names = self.data.cov_names = [*plain.param_names, *random.names]
        self.nobs = plain.nobs
        self.df_model = plain.df_model + random.n_params
        self.df_resid = plain.df_resid - random.n_params

    @classmethod
    def from_formula(
        cls,
        formula: str,
        data: pd.DataFrame,
        groups: Any = None,
        link: str = "logit",
        *,
        re_formula: str | None = None,
        vc_formula: dict[str, str] | None = None,
        threshold: str = "flexible",
        nominal: str | None = None,
        scale: str | None = None,
        weights: Any = None,
        offset: Any = None,
        missing: str = "drop",
    ) -> CumulativeLinkMixedModel:
        """Set up the model formulas describe, in the words of statsmodels' ``MixedLM``.

        Parameters
        ----------
        formula, data, link, threshold, nominal, scale, weights, offset, missing
            See ``CumulativeLinkModel.from_formula``.
        groups : str, pandas.Series or array_like, optional
            The grouping factor: a column of the data, or one value for each of its rows. Further
            factors go in ``vc_formula``.
        re_formula : str, optional
            What varies between groups: ``"1"``, an intercept, by default; ``"x"`` or ``"1 + x"``
            for an intercept and a slope that may be correlated; ``"0 + x"`` for a slope alone.
        vc_formula : dict, optional
            More random intercepts, by name. ``{"b": "0 + C(b)"}`` has one for each level of b
            within each group, as in ``MixedLM``, which is R's ``(1 | groups:b)``;
            ``{"b": "b"}`` one for each level of b wherever it occurs, R's ``(1 | b)``, so that b
            may be crossed with the groups. Without groups the two are the same.

        Returns
        -------
        CumulativeLinkMixedModel
            A model to fit.

        Raises
        ------
        ModelError
            If a formula or the groups cannot be used.

        Examples
        --------
        >>> import pandas as pd
        >>> import probstats as ps
        >>> wine = pd.read_csv("tests/reference/wine.csv").astype({"temp": "category"})
        >>> mixed = ps.CumulativeLinkMixedModel.from_formula
        >>> mixed("rating ~ temp", wine, groups="judge")
        <CumulativeLinkMixedModel: rating ~ temp, random effects of judge, logit, 72 rows>
        >>> mixed("rating ~ temp", wine, groups="judge", vc_formula={"bottle": "bottle"})
        <CumulativeLinkMixedModel: rating ~ temp, random effects of judge, bottle, logit, 72 rows>
        """
        _require_one_factor(groups, data)
        plain = CumulativeLinkModel.from_formula(
            formula, data, link,
            threshold=threshold, nominal=nominal, scale=scale,
            weights=weights, offset=offset, missing=missing,
        )  # fmt: skip
        rows, design = plain.formula_data, plain.design
        if design is not None:
            used = design.used.copy()
            used[used] = plain.sample.kept
            groups = rows_of_groups(groups, data, used)
        random = read_effects(rows, plain.data.row_labels, groups, re_formula, vc_formula)
        model = cls.__new__(cls)
        model._set_up(plain, random)
        return model

    def of(self, plain: CumulativeLinkModel, random: RandomEffects) -> CumulativeLinkMixedModel:
        """Return a model of another plain model, or of other random effects, on its rows."""
        model = type(self).__new__(type(self))
        model._set_up(plain, random)
        return model

    @property
    def param_names(self) -> list[str]:
        """Names of the parameters, in their order."""
        return list(self.data.param_names)

    @property
    def description(self) -> str:
        """The formula, the grouping factors and the link."""
        factors = ", ".join(part.name for part in self.random.parts)
        before, _, link = self.plain.description.rpartition(", ")
        return f"{before}, random effects of {factors}, {link}"

    def __dir__(self) -> list[str]:
        return SHOWN

    def __repr__(self) -> str:
        return f"<CumulativeLinkMixedModel: {self.description}, {self.nobs:g} rows>"

    def fit(
        self,
        integration: str = "laplace",
        nodes: int | None = None,
        start_params: Any = None,
        tol: float = 1e-10,
        maxiter: int = 200,
    ) -> CumulativeLinkMixedResults:
        """Fit by maximum likelihood.

        Parameters
        ----------
        integration : {"laplace", "agq"}
            How random effects are integrated out: by Laplace's method, or by adaptive
            Gauss-Hermite quadrature, which is nearer the likelihood and needs a single grouping
            factor. With few rows in a group the difference can matter: compare 10 nodes and 30.
        nodes : int, optional
            Nodes in each direction for ``"agq"``; 10 by default.
        start_params : array_like, optional
            Where to start, in the order of ``param_names``.
        tol : float
            Decrement g'(-H)^-1 g at which one last step is taken.
        maxiter : int
            Steps allowed.

        Returns
        -------
        CumulativeLinkMixedResults
            Estimates, random effects, tests and predictions.

        Raises
        ------
        ModelError
            If an option cannot be used.

        Warns
        -----
        BoundaryWarning
            If a standard deviation is estimated at zero, or a correlation at one.
        SeparationWarning
            If coefficients or thresholds have no finite estimate.
        ConvergenceWarning
            If no maximum was found, or groups keep to their levels so well that the standard
            deviation grows without bound.
        """
        check_options("newton", tol, maxiter)
        count = read_integration(self.random, integration, nodes)
        found = fit_mixed(self, count, start_params, tol, maxiter)
        results = CumulativeLinkMixedResults(self, found)
        warn_of_mixed(results)
        return CumulativeLinkMixedResultsWrapper(results)

    @cached_property
    def row_groups(self) -> pd.DataFrame:
        """Group of each row used, a column for each grouping factor."""
        columns = {part.name: part.labels[part.codes] for part in self.random.parts}
        return pd.DataFrame(columns, index=self.data.row_labels)


def _require_one_factor(groups: Any, data: pd.DataFrame) -> None:
    if not isinstance(groups, list | tuple) or len(groups) == len(data):
        return
    if groups and all(isinstance(name, str) and name in data for name in groups):
        others = {name: name for name in groups[1:]}
        raise ModelError(
            f"groups is one column: groups={groups[0]!r}"
            + (f"; further factors go in vc_formula={others!r}" if others else "")
        )


SHOWN = [
    "description", "design", "df_model", "df_resid", "fit", "formula_data", "from_formula",
    "hessian", "link", "loglike", "nobs", "outcome", "param_names", "plain", "random", "row_groups",
    "sample", "score", "thresholds",
]  # fmt: skip
