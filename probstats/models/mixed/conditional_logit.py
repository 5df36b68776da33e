"""The conditional likelihood of binary rows in groups, given how many of each group are one.

With s ones among the rows of a group, the likelihood of which ones they are is
exp(sum of x_i'b over the ones) / sum over all subsets of size s of the same. That sum is
built up row by row (Gail, Lubin and Rubinstein 1981), and its derivatives with it; after each row
all of it is divided by one number, whose logarithm is kept, so that nothing overflows.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from probstats.errors import ModelError
from probstats.models.kernel.derivatives import Value
from probstats.models.kernel.links import Array
from probstats.models.kernel.scaling import standard_columns
from probstats.models.reading.exog import check_rank
from probstats.models.reading.outcome import Outcome

FAR = 200.0
"""Log of a ratio of chances that makes no difference to a sum of them."""


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
    if 2 * size > len(design):  # what is left out of a subset is one too, and fewer
        whole, rest = design.sum(axis=0), subset_sums(design, -params, len(design) - size)
        return Value(rest.loglike + float(whole @ params), whole - rest.score, rest.hessian)
    n_columns, (heights, shift) = design.shape[1], _within_reach(design @ params, size)
    total = np.zeros(size + 1)
    slope = np.zeros((size + 1, n_columns))
    bend = np.zeros((size + 1, n_columns, n_columns))
    total[0] = 1.0
    for row, weight in zip(design, np.exp(heights), strict=True):
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


def _within_reach(heights: Array, size: int) -> tuple[Array, float]:
    """Return heights whose exponentials do not overflow, and what the log of the sum lacks then.

    They are counted from the edge between the highest rows, of the size of the subsets, and the
    others. Rows beyond e^FAR are in every subset that counts, or in none, so that their derivatives
    are the same wherever they are.
    """
    ordered = np.sort(heights)[::-1]
    edge = 0.5 * (ordered[max(size - 1, 0)] + ordered[min(size, len(ordered) - 1)])
    from_edge = heights - edge
    near = np.clip(from_edge, -FAR, FAR)
    return near, float(size * edge + (from_edge - near)[from_edge > 0.0].sum())


def stratum_value(stratum: Stratum, params: Array) -> Value:
    """Return the conditional log-likelihood of a stratum with its derivatives."""
    design = stratum.design - stratum.design.mean(axis=0)  # the mean cancels
    sums = subset_sums(design, params, int(stratum.ones.sum()))
    chosen = stratum.ones @ design
    return Value(float(chosen @ params) - sums.loglike, chosen - sums.score, -sums.hessian)


def differences(strata: list[Stratum]) -> Array:
    """Return how rows that are one differ from rows that are not, for each pair of a stratum.

    A direction in which none of these falls and one rises makes the conditional likelihood rise
    for ever: it has no maximum (Albert and Anderson 1984, of pairs within strata).
    """
    pairs = [
        stratum.design[stratum.ones == 1.0][:, None] - stratum.design[stratum.ones == 0.0]
        for stratum in strata
    ]
    return np.unique(np.vstack([some.reshape(-1, some.shape[-1]) for some in pairs]), axis=0)


def checked(params: Any, spread: Array) -> Array:
    """Return coefficients as an array; raise a sentence if there are not as many as columns."""
    try:
        values = np.asarray(params, dtype=float)
    except (TypeError, ValueError):
        raise ModelError(f"params must be {len(spread)} numbers, not {params!r}") from None
    if values.shape != spread.shape:
        raise ModelError(f"params has shape {values.shape}; there are {len(spread)} coefficients")
    return values


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
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
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
