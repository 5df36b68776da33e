"""Rows in groups of similar predictions, and observed beside expected counts by group and level."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from probstats.errors import ModelError
from probstats.models.kernel.links import Array

Codes = NDArray[np.integer[Any]]

TIES = ("together", "rows", "levels")
DIGITS = {"rows": 10, "levels": 7, "together": 10}
"""Decimals of a score that tell rows apart, so that rounding errors do not."""


@dataclass(frozen=True)
class Grouping:
    """Rows, or parts of rows that count several times, in groups.

    Attributes
    ----------
    rows : numpy.ndarray
        Position of the row of each part.
    groups : numpy.ndarray
        Its group, from 0.
    counts : numpy.ndarray
        How often it counts.
    labels : pandas.Index
        Names of the groups, in order; none is empty.
    split : int
        Groups that end between rows with the same score.
    """

    rows: NDArray[np.intp]
    groups: NDArray[np.intp]
    counts: Array
    labels: pd.Index
    split: int = 0

    def __len__(self) -> int:
        return len(self.labels)


def ordinal_score(probabilities: Array, ties: str = "together") -> Array:
    """Return the expected level of each row, counted 1 to K (Lipsitz et al. 1996, section 3)."""
    levels = np.arange(1, probabilities.shape[1] + 1)
    return np.round(probabilities @ levels, DIGITS[ties])


def group_by_score(score: Array, codes: Codes, counts: Array, groups: int, ties: str) -> Grouping:
    """Put rows in groups of about the same size, from the lowest scores to the highest.

    Parameters
    ----------
    score : numpy.ndarray
        n scores, rounded.
    codes : numpy.ndarray
        n levels observed.
    counts : numpy.ndarray
        How often each row counts, whole numbers.
    groups : int
        How many groups.
    ties : {"together", "rows", "levels"}
        See ``probstats.models.checking.goodness_of_fit.goodness_of_fit``.

    Returns
    -------
    Grouping
        A row that counts several times may be in several groups, as its copies would.
    """
    order = np.lexsort((codes, score)) if ties == "levels" else np.argsort(score, kind="stable")
    reached = np.cumsum(counts[order]).astype(np.intp)
    ends = _group_ends(int(reached[-1]), groups, ties)
    if ties == "together":
        ends = _ends_of_ties(score[order], reached, ends)
    stops = np.union1d(reached, ends)
    parts = order[np.searchsorted(reached, stops)]
    places = np.searchsorted(ends, stops)
    last = np.flatnonzero(np.isin(stops, ends[:-1]))
    split = int((score[parts[last]] == score[parts[last + 1]]).sum())
    names = pd.RangeIndex(1, len(ends) + 1, name="group")
    return Grouping(parts, places, np.diff(stops, prepend=0).astype(float), names, split)


def _group_ends(total: int, groups: int, ties: str) -> NDArray[np.intp]:
    """Return the rank at which each group ends."""
    number = np.arange(1, groups + 1)
    if ties == "levels":
        return -(-number * total // groups)
    return 1 + number * (total - 1) // groups


def _ends_of_ties(
    score: Array, reached: NDArray[np.intp], ends: NDArray[np.intp]
) -> NDArray[np.intp]:
    """Return ends of groups that keep rows of one score in the group of their middle rank."""
    final = np.append(score[1:] != score[:-1], True)
    stops = reached[final]
    middle = (np.append(0, stops[:-1]) + 1 + stops) // 2
    group = np.searchsorted(ends, middle)
    return stops[np.append(group[1:] != group[:-1], True)]


def group_by_pattern(score: Array, patterns: pd.DataFrame, counts: Array) -> Grouping:
    """Put rows in groups by their pattern of categories, and each in two at its median score.

    Parameters
    ----------
    score : numpy.ndarray
        n scores, rounded.
    patterns : pandas.DataFrame
        n categories of one or more variables.
    counts : numpy.ndarray
        How often each row counts.

    Returns
    -------
    Grouping
        Patterns that occur, each with the rows up to its median and those above, where there are
        any.
    """
    keyed = patterns.reset_index(drop=True).groupby(list(patterns), observed=True, sort=True)
    place = keyed.ngroup().to_numpy()
    above = np.zeros(len(score), dtype=np.intp)
    for one in range(keyed.ngroups):
        inside = place == one
        above[inside] = score[inside] > median(score[inside], counts[inside])
    halves, groups = np.unique(2 * place + above, return_inverse=True)
    _, first = np.unique(place, return_index=True)
    keys = list(patterns.iloc[first].itertuples(index=False, name=None))
    labels = [(*keys[half // 2], "> median" if half % 2 else "<= median") for half in halves]
    index = pd.MultiIndex.from_tuples(labels, names=[*map(str, patterns), "score"])
    return Grouping(np.arange(len(score)), groups, counts, index)


def median(values: Array, counts: Array) -> float:
    """Return the median of values that count several times, the mean of the middle two."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(counts[order])
    total = reached[-1]
    middle = [values[order][np.searchsorted(reached, rank)] for rank in _middle_ranks(total)]
    return float(np.round(np.mean(middle), 10))


def _middle_ranks(total: float) -> tuple[float, float]:
    return (total + 1) // 2, total // 2 + 1


def count_table(
    grouping: Grouping, probabilities: Array, codes: Codes, levels: list[Any]
) -> pd.DataFrame:
    """Return observed and expected counts by group and level.

    Parameters
    ----------
    grouping : Grouping
        The groups.
    probabilities : numpy.ndarray
        n by K.
    codes : numpy.ndarray
        n levels observed.
    levels : list
        Labels of the K levels.

    Returns
    -------
    pandas.DataFrame
        One row a group; columns ``observed`` and ``expected``, each with all levels.
    """
    shape = (len(grouping), len(levels))
    observed, expected = np.zeros(shape), np.zeros(shape)
    rows, groups, counts = grouping.rows, grouping.groups, grouping.counts
    np.add.at(observed, (groups, codes[rows]), counts)
    np.add.at(expected, groups, counts[:, None] * probabilities[rows])
    columns = pd.MultiIndex.from_product([["observed", "expected"], levels])
    return pd.DataFrame(np.hstack([observed, expected]), grouping.labels, columns)


def require_groups(groups: Any, total: float) -> int:
    """Return the number of groups, or raise a sentence if it cannot be.

    Raises
    ------
    ModelError
        If it is no whole number of at least 2, or there are fewer rows.
    """
    whole = isinstance(groups, int | np.integer) and not isinstance(groups, bool)
    if not whole or groups < 2:
        raise ModelError(f"groups={groups!r} must be a whole number, 2 or more; 10 is usual")
    if groups > total:
        raise ModelError(f"groups={groups} is more than the {total:g} rows; use fewer groups")
    return int(groups)
