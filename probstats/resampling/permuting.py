"""Permutation tests of the terms of a cumulative link model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from probstats.errors import ModelError
from probstats.jobs.pieces import Seed
from probstats.models.inference.covariance import align_groups
from probstats.resampling.permutation_groups import Groups, read_groups
from probstats.resampling.permutation_null import Null, null_of
from probstats.resampling.permutation_result import STATISTICS, PermutationTest
from probstats.resampling.permutation_run import Plan, permute
from probstats.resampling.permutation_units import units_of

CHOICES: dict[str, tuple[str | None, ...]] = {
    "statistic": tuple(STATISTICS),
    "alternative": ("two-sided", "greater", "less"),
    "given": ("residuals", "strata", "independent"),
    "exchange": (None, "within", "whole"),
}


def permutation_test(
    fit: Any,
    term: str,
    groups: Any = None,
    *,
    exchange: str | None = None,
    given: str = "residuals",
    statistic: str = "score",
    alternative: str = "two-sided",
    n_resamples: int = 9999,
    exact: bool | None = None,
    rng: Seed = None,
    n_jobs: int | None = 1,
    checkpoint: str | Path | None = None,
) -> PermutationTest:
    r"""Test a term by permuting its columns, all of them together.

    The model without the term is fitted. The statistic of the term is then computed for its own
    columns and for permuted ones, and

    .. math:: p = (1 + \#\{T^* \ge T\}) / (B + 1)

    with B random arrangements; or the share of all arrangements, the observed one among them,
    where there are no more than ``n_resamples``.

    Parameters
    ----------
    fit : CumulativeLinkResults
        A maximum-likelihood fit with the term. Its covariance plays no part.
    term : str
        A term as ``fit.wald_test_terms()`` names it: of the location (``"temp"``, with all its
        columns), a scale effect (``"scale: temp"``) or nominal effects (``"nominal: temp"``: no
        effect at any threshold).
    groups : str, pandas.Series or array_like, optional
        Groups whose rows belong together: a column of the formula's data, a series with its index,
        or one value for each row used.
    exchange : {None, "within", "whole"}
        With groups: permute rows within each group; or permute the values of the term among whole
        groups. By default ``"whole"`` if the term is constant in every group, else ``"within"``:
        differences between groups are then left as they are.
    given : {"residuals", "strata", "independent"}
        What becomes of the other covariates, see the notes.
    statistic : {"score", "lr", "wald"}
        The efficient score statistic, which needs no refits; the likelihood ratio or the Wald
        statistic, with a refit for each arrangement.
    alternative : {"two-sided", "greater", "less"}
        For a term with one parameter: by its signed root, large where the coefficient is positive.
    n_resamples : int
        Random arrangements; B.
    exact : bool, optional
        Whether to go through all distinct arrangements, a million at most; by default where there
        are no more than ``n_resamples``.
    rng : numpy.random.Generator, int or None
        Source of randomness, or its seed.
    n_jobs : int or None
        Processors, see ``probstats.jobs.pieces.run``; the numbers do not depend on it.
    checkpoint : str or pathlib.Path, optional
        Folder in which finished pieces are kept; the same call goes on where it was interrupted.

    Returns
    -------
    PermutationTest
        ``p_value``, its simulation ``error``, ``permuted`` (what was permuted, in a sentence),
        the ``null_distribution`` and more; it prints.

    Raises
    ------
    ModelError
        If there is no such term, an option cannot be used, weights are no whole numbers, errors of
        the fit are clustered and no groups are given, nothing is left to exchange, or the
        statistic cannot be computed.
    JobError
        If workers die, or ``checkpoint`` is the folder of another call.

    Warns
    -----
    SeparationWarning
        If the data separate the levels without the term.
    FewGroupsWarning
        If groups leave so few arrangements that no p-value could be 0.05.
    ResampleWarning
        If more than a tenth of the arrangements have no statistic.

    Notes
    -----
    Without other covariates the test is exact at every sample size: where the outcome does not
    depend on the term, rows are exchangeable, and to permute the term is to permute the outcome.
    With other covariates there are three ways:

    - ``"residuals"``: columns are regressed on the other covariates by least squares; what these
      say stays, and the residuals are permuted (Potter 2005). Approximate: residuals are
      exchangeable where the covariates say nothing but the mean of the columns.
    - ``"strata"``: columns are permuted among rows with the same values of all other covariates.
      Exact, and meant for few discrete covariates: rows alone in their stratum say nothing.
    - ``"independent"``: columns are permuted among all rows. Exact if the term was assigned
      without regard to the other covariates, as in a randomised trial, and wrong otherwise.

    Groups can have any dependence among their rows. Within groups, rows of one group must be
    exchangeable where the term has no effect. Whole groups must be exchangeable with each other;
    they may differ in size if their sizes have nothing to do with the term. With
    ``"residuals"`` the regression is within groups, or of the groups' means (Winkler et al. 2014
    on blocks of exchangeability).

    The score statistic U'V^-1 U takes U and the expected information V from the null fit
    (observed information for intervals of levels). It exists where the term separates the
    levels, and is then the same strong evidence as elsewhere. With a logit link, no other
    covariates and a column of 0 and 1 its distribution is that of Wilcoxon's rank sum with
    midranks. A weight of 2 is two rows; rows that may have every level are left out.

    References
    ----------
    Phipson, B. and Smyth, G. K. (2010). Permutation p-values should never be zero. Statistical
    Applications in Genetics and Molecular Biology 9, article 39.
    Potter, D. M. (2005). A permutation test for inference in logistic regression with small- and
    moderate-sized data sets. Statistics in Medicine 24, 693-708.
    Winkler, A. M. et al. (2014). Permutation inference for the general linear model. NeuroImage
    92, 381-397.

    Examples
    --------
    >>> import pandas as pd
    >>> import probstats as ps
    >>> wine = pd.read_csv("tests/reference/wine.csv").astype({"contact": "category"})
    >>> fit = ps.CumulativeLinkModel.from_formula("rating ~ contact", wine).fit()
    >>> ps.permutation_test(fit, "contact", groups="bottle")
    Permutation test of contact
    score statistic = 7.2784 on 1 df
    p = 0.2 (all 70 arrangements); by chi-squared 0.006979
    The values of contact are permuted among the 8 values of bottle, whose rows stay together.
    Exact, if whole groups are exchangeable where contact has no effect.
    """
    plan = Plan(statistic, alternative, n_resamples, exact)
    _check(plan, given=given, exchange=exchange)
    null = null_of(fit, term)
    found = None if groups is None else _groups(fit, null, groups)
    _require_choice(fit, null, found, plan, exchange)
    units = units_of(null, found, exchange, given)
    return permute(null, units, plan, rng=rng, n_jobs=n_jobs, checkpoint=checkpoint)


def _groups(fit: Any, null: Null, groups: Any) -> Groups:
    model = fit.model
    series = align_groups(groups, pd.Index(model.data.row_labels), model.formula_data)
    return read_groups(groups, series, null.rows)


def _check(plan: Plan, **others: str | None) -> None:
    """Raise a sentence about options that are not known."""
    given = others | {"statistic": plan.statistic, "alternative": plan.alternative}
    for name, value in given.items():
        if value not in CHOICES[name]:
            known = ", ".join(repr(choice) for choice in CHOICES[name] if choice is not None)
            raise ModelError(f"{name}={value!r} is not known; choose one of {known}")
    number = plan.n_resamples
    if isinstance(number, bool) or not isinstance(number, int | np.integer) or number < 1:
        raise ModelError(f"n_resamples={number!r} must be a whole number, 1 or more")
    if plan.exact is not None and not isinstance(plan.exact, bool | np.bool_):
        raise ModelError(f"exact={plan.exact!r} must be True, False or None")


def _require_choice(
    fit: Any, null: Null, groups: Groups | None, plan: Plan, exchange: str | None
) -> None:
    """Raise a sentence about options that do not go together."""
    if groups is None and exchange is not None:
        raise ModelError(f"exchange={exchange!r} says what to do with groups; pass groups= too")
    if groups is None and fit.groups is not None:
        raise ModelError(
            "errors of the fit are clustered, and rows of a cluster cannot be exchanged with "
            "others; pass groups=, or fit with cov_type='nonrobust' to take rows as independent"
        )
    if plan.alternative != "two-sided" and null.df > 1:
        raise ModelError(
            f"alternative={plan.alternative!r} needs a term with one parameter, and "
            f"{null.term.name!r} has {null.df}"
        )
