"""Specification curves: every defensible analysis, run once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from probstats.errors import SpecificationWarning
from probstats.jobs.pieces import Seed, run
from probstats.models.trouble import warn
from probstats.specifications.asked import (
    check_options,
    needed,
    read_scale,
    require_groups,
    scale_notes,
)
from probstats.specifications.exposure import Exchange
from probstats.specifications.fitting import Setting, fit_all
from probstats.specifications.joining import curves_of, joint_notes, permutables
from probstats.specifications.joint import permute_curves
from probstats.specifications.reading import (
    read_covariate_sets,
    read_data,
    read_exposures,
    read_links,
    read_models,
    read_outcomes,
    read_subsets,
)
from probstats.specifications.results import SpecificationCurve
from probstats.specifications.sentences import failure_sentence
from probstats.specifications.specification import NAMES, Specification, every_specification

SIZE = 8
"""Analyses in a piece of work."""


def specification_curve(
    data: pd.DataFrame,
    outcomes: Any,
    exposures: Any,
    covariate_sets: Any = None,
    subsets: Any = None,
    links: Any = ("logit",),
    models: Any = ("likelihood",),
    *,
    groups: str | None = None,
    level: float = 0.95,
    scale: str | None = None,
    n_permutations: int = 0,
    statistic: str = "score",
    given: str = "residuals",
    exchange: str | None = None,
    rng: Seed = None,
    n_jobs: int | None = 1,
    checkpoint: str | Path | None = None,
) -> SpecificationCurve:
    r"""Run every combination of defensible choices once, and test all of them together.

    Parameters
    ----------
    data : pandas.DataFrame
        All variables.
    outcomes : str, list or dict
        Columns with ordered levels, or pairs of columns with the lowest and the highest level each
        row may have. A dict gives them names, as in all arguments below.
    exposures : str, list or dict
        Columns whose coefficient is reported: numbers, truth values or two categories.
    covariate_sets : list or dict, optional
        Sets of formula terms, such as ``{"none": [], "size": ["size", "C(region)"]}``; no
        covariates by default. An exposure that is in a set of covariates is in the model once.
    subsets : dict, optional
        Rows to use, by name: a mask, a query such as ``"year > 2015"``, a function of the data,
        or None for all, which is the default.
    links : str, list or dict
        See ``CumulativeLinkModel``.
    models : str, list or dict
        How to estimate: ``"likelihood"`` (profile intervals, and p-values by likelihood ratio),
        ``"wald"``, ``"reduced"`` (bias-reduced), ``"clustered"`` (CR2 errors over ``groups``) and
        ``"random"`` (random intercepts of ``groups``); or a dict from names to these or to options:
        ``threshold``, ``weights`` and ``offset`` of ``CumulativeLinkModel.from_formula``, all of
        its ``fit`` but starting values, ``interval`` (``"wald"`` or ``"profile"``), and ``groups``
        for random intercepts, with ``integration`` and ``nodes``. Groups, weights and offset are
        columns.
    groups : str, optional
        Column of the groups that rows belong to.
    level : float
        Level of the intervals. Analyses are significant at one minus it.
    scale : {None, "coefficient", "latent-sd"}
        Unit of the estimates. Coefficients of different links are on different scales, as are
        those with and without random effects: ``"latent-sd"`` divides them by the standard
        deviation of the latent outcome given the covariates, of the link's distribution and the
        random intercept together. By default that where specifications differ so, and coefficients
        elsewhere.
    n_permutations : int
        Random permutations of each exposure for the joint tests, 0 for none. All distinct
        arrangements are gone through where there are no more.
    statistic : {"score", "refit"}
        Score statistics, without refits, of which the notes say more; or every specification
        fitted again for every permutation.
    given : {"residuals", "strata", "independent"}
        What becomes of the relation between exposure and covariates; see the notes and
        ``permutation_test``.
    exchange : {None, "within", "whole"}
        With groups: permute within them, or whole groups; see ``permutation_test``.
    rng : numpy.random.Generator, int or None
        Source of randomness, or its seed.
    n_jobs : int or None
        Processors, see ``probstats.jobs.pieces.run``; the numbers do not depend on it.
    checkpoint : str or pathlib.Path, optional
        Folder in which finished work is kept; the same call goes on where it was interrupted.

    Returns
    -------
    SpecificationCurve
        ``table`` (a row for each specification), ``curves`` (what they have in common), ``joint``
        (joint tests), ``false_discovery()`` and more; it prints, and ``summary()`` says it.

    Raises
    ------
    ModelError
        If a choice cannot be read, or nothing can be permuted as asked. What is wrong with single
        specifications is in the table.
    JobError
        If workers die, or ``checkpoint`` is the folder of another call.

    Warns
    -----
    SpecificationWarning
        If specifications have no interval, more than a tenth are lost in permutations, or
        permutations were asked for and none can be tested jointly.

    Notes
    -----
    The joint tests are those of Simonsohn, Simmons and Nelson (2020) for the null hypothesis that
    the exposure has no association with the outcome in any specification: is the median estimate
    as far from zero, do as many estimates have the dominant sign, are as many significant with
    that sign, and is Stouffer's :math:`\sum z / \sqrt{S}` as far from zero, when the exposure is
    permuted? All specifications see the same permutation of the rows, so that they depend on each
    other as in the data:

    .. math:: p = (1 + \#\{T^* \ge T\}) / (B + 1).

    With ``given="independent"`` the column is permuted as it is, which is exact if the exposure was
    assigned without regard to the covariates. With ``"residuals"`` it is split by least squares
    into what the covariates of a specification predict, which stays, and residuals, which are
    permuted, in the same way for all specifications (Potter 2005): approximate. Rows outside a
    subset take part in the regression; a missing covariate is given its mean and a mark. With
    ``"strata"`` rows are exchanged that agree in the covariates of all sets.

    With ``statistic="score"`` the estimate of a specification is U / V, one Newton step from no
    effect, and z = U / sqrt(V), with score and efficient information from the fit without the
    exposure; in the data as in the permutations. Kind of errors, intervals and bias reduction make
    no difference to it, and models with random effects have no part in it.

    References
    ----------
    Simonsohn, U., Simmons, J. P. and Nelson, L. D. (2020). Specification curve analysis. Nature
    Human Behaviour 4, 1208-1214.
    Potter, D. M. (2005). A permutation test for inference in logistic regression with small- and
    moderate-sized data sets. Statistics in Medicine 24, 693-708.

    Examples
    --------
    >>> import pandas as pd
    >>> import probstats as ps
    >>> wine = pd.read_csv("tests/reference/wine.csv").astype({"temp": "category"})
    >>> wine["contact"] = 1.0 * (wine["contact"] == "yes")
    >>> found = ps.specification_curve(
    ...     wine, "rating", "contact", {"none": [], "temp": ["temp"]},
    ...     {"all": None, "odd bottles": "bottle % 2 == 1"}, models=["likelihood", "reduced"],
    ...     n_permutations=99, rng=1,
    ... )
    >>> print(found.summary())
    8 specifications were run, each once. Estimates are coefficients of the exposure.
    contact: the median of 8 estimates is 1.48 (1.17 to 1.92). 100% of them are positive, and 100%
    of intervals exclude zero. Against no association at all, by 99 random permutations: p = 0.01
    for the median, 0.6 for how many have the dominant sign, 0.02 for how many are significant with
    it, 0.01 for the average z.
    Joint tests are by score statistics: the observed median and z are those of one Newton step from
    no effect, not those of the table.
    contact is split by least squares into what the other covariates (those of each specification)
    predict, which stays, and residuals, which are permuted among the 72 rows (Potter 2005).
    Approximate.
    """
    given_data, data = data, read_data(data)
    options = {"scale": scale, "statistic": statistic, "exchange": exchange, "given": given}
    check_options(options, level, n_permutations, groups, data)
    choices = [
        read_outcomes(outcomes, data),
        read_exposures(exposures, data),
        read_covariate_sets(covariate_sets, data),
        read_subsets(subsets, given_data),
        read_links(links),
        read_models(models, groups, data),
    ]
    specifications, duplicates = every_specification(choices)
    unit = read_scale(scale, choices)
    setting = Setting(needed(data, choices, groups), level, unit, groups)
    permuted, exposed, folder = {}, [], None if checkpoint is None else Path(checkpoint)
    if n_permutations:
        require_groups(choices, groups)
        exposed = permutables(setting, specifications, Exchange(groups, exchange, given))
        names = {one.exposure.value: one.exposure.name for one in specifications}
        permuted = {names[one.name]: one.units.permuted for one in exposed}
    table = _run_all(setting, specifications, n_jobs, folder)
    notes, joint, null = scale_notes(unit, choices), pd.DataFrame(), pd.DataFrame()
    if n_permutations:
        curves, said = curves_of(setting, specifications, table, exposed, statistic)
        joint, null = permute_curves(
            curves, int(n_permutations), 1.0 - level, rng=rng, n_jobs=n_jobs,
            checkpoint=None if folder is None else folder / "permutations",
            call={**_call(setting, specifications), **options},
        )  # fmt: skip
        notes += [*said, *joint_notes(joint, statistic), *permuted.values()]
    if table["failure"].ne("").any():
        warn(failure_sentence(table), SpecificationWarning)
    return SpecificationCurve(
        _ordered(table), duplicates, joint, null, unit, level, permuted, tuple(notes)
    )


def _call(setting: Setting, specifications: list[Specification]) -> dict[str, Any]:
    """Return all that the pieces depend on."""
    return {
        "data": setting.data,
        "specifications": [one.key for one in specifications],
        "level": setting.level,
        "scale": setting.scale,
        "groups": setting.groups,
    }


def _run_all(
    setting: Setting, specifications: list[Specification], n_jobs: int | None, folder: Path | None
) -> pd.DataFrame:
    """Return a row for each specification, in their order."""
    slices = range(0, len(specifications), SIZE)
    pieces = [(setting, specifications[start : start + SIZE]) for start in slices]
    found = run(
        fit_all, pieces, label="specifications", n_jobs=n_jobs,
        checkpoint=None if folder is None else folder / "specifications",
        call=_call(setting, specifications),
    )  # fmt: skip
    names = pd.DataFrame([one.names for one in specifications], columns=NAMES)
    table = pd.concat([names, pd.concat(list(found), ignore_index=True)], axis=1)
    return table.rename_axis("specification")


def _ordered(table: pd.DataFrame) -> pd.DataFrame:
    """Return specifications by exposure, and then by estimate."""
    exposures = {name: place for place, name in enumerate(table["exposure"].unique())}
    order = table.assign(_place=table["exposure"].map(exposures))
    order = order.sort_values(["_place", "estimate"], kind="stable", na_position="last")
    return order.drop(columns="_place")
