"""The conditional likelihood of binary rows in groups, given how many of each group are one.

With s ones among the rows of a group, the likelihood of which ones they are is
exp(sum of x_i'b over the ones) / sum over all subsets of size s of the same. That sum is
built up row by row (Gail, Lubin and Rubinstein 1981), and its derivatives with it; after each row
all of it is divided by one number, whose logarithm is kept, so that nothing overflows.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from probstats.errors import ModelError
from probstats.models.kernel.derivatives import Value
from probstats.models.kernel.links import Array
from probstats.models.kernel.scaling import standard_columns
from probstats.models.reading.exog import check_rank
from probstats.models.reading.outcome import Outcome


class Stratum(NamedTuple):
    """Rows of one group at one cut.

    Attributes
    ----------
    design : numpy.ndarray
        m by p.
    ones : numpy.ndarray
        Whether each row is one; neither none nor all are.
    group : int
        The group.
    """

    design: Array
    ones: Array
    group: int


def subset_sums(design: Array, params: Array, size: int) -> Value:
    """Return the log of the sum over subsets of a size, with gradient and Hessian.

    Parameters
    ----------
    design : numpy.ndarray
        m by p.
    params : numpy.ndarray
        b.
    size : int
        Size of the subsets, at most m.

    Returns
    -------
    Value
        log sum exp(sum of x'b over the subset).
    """
    n_columns, shift = design.shape[1], 0.0
    total = np.zeros(size + 1)
    slope = np.zeros((size + 1, n_columns))
    bend = np.zeros((size + 1, n_columns, n_columns))
    total[0] = 1.0
    for row, weight in zip(design, np.exp(design @ params), strict=True):
        outer = row[:, None] * slope[:-1, None, :]
        moved = bend[:-1] + outer + outer.transpose(0, 2, 1)
        bend[1:] += weight * (moved + np.outer(row, row) * total[:-1, None, None])
        slope[1:] += weight * (slope[:-1] + row * total[:-1, None])
        total[1:] += weight * total[:-1]
        most = total.max()
        if most > 1e100:
            total, slope, bend = total / most, slope / most, bend / most
            shift += np.log(most)
    gradient = slope[size] / total[size]
    hessian = bend[size] / total[size] - np.outer(gradient, gradient)
    return Value(shift + float(np.log(total[size])), gradient, hessian)


def stratum_value(stratum: Stratum, params: Array) -> Value:
    """Return the conditional log-likelihood of a stratum with its derivatives."""
    design = stratum.design - stratum.design.mean(axis=0)  # the mean cancels
    sums = subset_sums(design, params, int(stratum.ones.sum()))
    chosen = stratum.ones @ design
    return Value(float(chosen @ params) - sums.loglike, chosen - sums.score, -sums.hessian)


class ConditionalLikelihood:
    """Sum of conditional log-likelihoods over strata.

    Parameters
    ----------
    strata : list of Stratum
        Rows by group and cut.
    """

    def __init__(self, strata: list[Stratum]) -> None:
        self._strata = strata

    def __call__(self, params: Array) -> Value:
        """Return the sum with its derivatives."""
        with np.errstate(over="ignore", invalid="ignore"):
            values = [stratum_value(stratum, params) for stratum in self._strata]
        loglike = sum(value.loglike for value in values)
        if not np.isfinite(loglike):
            return Value(-np.inf, np.zeros(len(params)), np.zeros((len(params), len(params))))
        score = np.sum([value.score for value in values], axis=0)
        hessian = np.sum([value.hessian for value in values], axis=0)
        return Value(float(loglike), score, hessian)

    def scores(self, params: Array, n_groups: int) -> Array:
        """Return the scores of the groups, summed over cuts."""
        found = np.zeros((n_groups, len(params)))
        for stratum in self._strata:
            found[stratum.group] += stratum_value(stratum, params).score
        return found


def make_strata(
    outcome: Outcome, covariates: pd.DataFrame, groups: pd.Series
) -> tuple[list[Stratum], Array]:
    """Return groups that have levels on both sides of a cut, with columns of spread 1 within.

    Parameters
    ----------
    outcome : Outcome
        n known levels.
    covariates : pandas.DataFrame
        n by p.
    groups : pandas.Series
        n groups.

    Returns
    -------
    tuple
        The strata, and the spread each column was divided by.

    Raises
    ------
    ModelError
        If no group changes its level, or a column does not change within groups that do.
    """
    codes, labels = pd.factorize(groups, sort=True)
    design = covariates.to_numpy(dtype=float)
    members = [np.flatnonzero(codes == code) for code in range(len(labels))]
    moving = [some for some in members if np.ptp(outcome.low[some]) > 0]
    if not moving:
        raise ModelError("no group has rows of different levels, so that there is no change to fit")
    within = np.vstack([design[some] - design[some].mean(axis=0) for some in moving])
    _, _, spread = standard_columns(within, centred=False)
    still = ~(spread > 1e-10 * np.abs(design).max(axis=0))  # also where it is not a number
    if still.any():
        name = covariates.columns[int(np.flatnonzero(still)[0])]
        raise ModelError(
            f"column {name!r} does not change within groups that change their level, so that it "
            f"has no coefficient here"
        )
    check_rank(within / spread, list(map(str, covariates.columns)), len(within))
    strata = [
        Stratum(
            design[some] / spread, (outcome.low[some] >= cut).astype(float), int(codes[some[0]])
        )
        for some in moving
        for cut in range(outcome.low[some].min() + 1, outcome.low[some].max() + 1)
    ]
    return strata, spread
