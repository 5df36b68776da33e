"""The Lipsitz test: whether the place of a row in the order of predictions says more."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from probstats.errors import ConvergenceWarning, ModelError
from probstats.models.checking.fit_tests import GoodnessOfFit, fit_test
from probstats.models.checking.grouped_tables import Grouping
from probstats.models.checking.variants import of_rows, quiet_fit, trouble_of, with_columns
from probstats.models.kernel.links import Array
from probstats.models.trouble import warn

NEW = 1e-6
"""Share of an indicator that must be new for it to count as one."""


def lipsitz_test(fit: Any, grouping: Grouping, table: pd.DataFrame, groups: int) -> GoodnessOfFit:
    """Fit the model with indicators of the groups, and compare.

    Parameters
    ----------
    fit : CumulativeLinkResults
        The fit.
    grouping : Grouping
        Groups of its rows by score.
    table : pandas.DataFrame
        Observed and expected counts.
    groups : int
        Groups asked for.

    Returns
    -------
    GoodnessOfFit
        The likelihood ratio test.

    Raises
    ------
    ModelError
        If no indicator adds anything to the covariates.
    """
    model = _of_parts(fit.model, grouping)
    indicators = _new_indicators(model, grouping)
    with_groups = quiet_fit(with_columns(model, indicators))
    notes = _redundant(indicators.shape[1], len(grouping) - 1)
    trouble = trouble_of(with_groups)
    if with_groups.separation.separated and not with_groups.crossed_levels:
        notes += (f"in the model with groups there is {trouble}; the statistic is its limit",)
        trouble = ""
    if trouble:
        warn(f"the model with groups cannot be used: {trouble}", ConvergenceWarning)
    n_levels = len(fit.model.outcome.levels)
    return fit_test(
        "Lipsitz test", max(2.0 * (with_groups.llf - fit.llf), 0.0), indicators.shape[1], table,
        split=grouping.split, asked=groups, notes=notes, trouble=trouble,
        crowded=_crowded(groups, grouping.counts.sum(), n_levels),
    )  # fmt: skip


def _of_parts(model: Any, grouping: Grouping) -> Any:
    """Return the model of the parts of rows, each as often as it counts."""
    model = of_rows(model, grouping.rows)
    weights = None if (grouping.counts == 1.0).all() else grouping.counts
    return model.with_sample(replace(model.sample, weights=weights))


def _new_indicators(model: Any, grouping: Grouping) -> pd.DataFrame:
    """Return indicators of the groups but the first, without those the covariates imply."""
    member = grouping.groups[:, None] == np.arange(1, len(grouping))
    covariates = model.sample.covariates
    parts = covariates.location.to_numpy(), covariates.nominal.to_numpy()
    known = np.hstack([np.ones((len(member), 1)), *parts])
    kept = _independent(known, member.astype(float), np.sqrt(grouping.counts))
    if not kept:
        raise ModelError(
            "the groups say nothing the covariates do not say already, so there is nothing to test"
        )
    names = [f"group[{grouping.labels[column + 1]}]" for column in kept]
    return pd.DataFrame(member[:, kept].astype(float), covariates.index, names)


def _independent(known: Array, columns: Array, roots: Array) -> list[int]:
    """Return the columns that are no linear combination of those known and those before."""
    basis, _ = np.linalg.qr(roots[:, None] * known / np.abs(known).max(axis=0))
    kept = []
    for number, column in enumerate(columns.T):
        rest = roots * column
        size = np.linalg.norm(rest)
        for _ in range(2):  # the second pass takes off what rounding left
            rest = rest - basis @ (basis.T @ rest)
        if np.linalg.norm(rest) > NEW * size:
            basis = np.column_stack([basis, rest / np.linalg.norm(rest)])
            kept.append(number)
    return kept


def _redundant(kept: int, made: int) -> tuple[str, ...]:
    if kept == made:
        return ()
    return (f"{made - kept} of {made} indicators of groups follow from the covariates: left out",)


def _crowded(groups: int, total: float, n_levels: int) -> str:
    limit = total / (5.0 * n_levels)
    if groups < limit:
        return ""
    return (
        f"{groups} groups are many for {total:g} rows and {n_levels} levels: the advice is fewer "
        f"than n / (5 K) = {limit:.3g}, or the chi-squared distribution may not hold"
    )
