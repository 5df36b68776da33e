"""Sandwich covariance of maximum-likelihood estimates.

With V the inverse of the negative Hessian and s_i the score of row i, the sandwich is
V (sum of outer products) V: over rows for HC0, over the sums of each cluster's rows for
clustered data (White 1982; Liang and Zeger 1986; Cameron and Miller 2015, section II).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from probstats.errors import ModelError
from probstats.models.kernel.links import Array

COVARIANCE_TYPES = ("nonrobust", "HC0", "HC1", "cluster", "CR0", "CR1", "CR2", "CR3", "jackknife")


def heteroscedastic(inverse: Array, scores: Array, weights: Array, *, correct: bool) -> Array:
    """Return the HC0 sandwich, or HC1 with the factor n / (n - q).

    Parameters
    ----------
    inverse : numpy.ndarray
        q by q inverse of the negative Hessian.
    scores : numpy.ndarray
        Scores of the rows, q columns.
    weights : numpy.ndarray
        How often each row counts; n is their sum.
    correct : bool
        Whether to multiply by n / (n - q).

    Returns
    -------
    numpy.ndarray
        q by q covariance.
    """
    n_rows, n_params = weights.sum(), scores.shape[1]
    factor = n_rows / (n_rows - n_params) if correct else 1.0
    return factor * inverse @ (scores.T @ (weights[:, None] * scores)) @ inverse


def clustered(inverse: Array, scores: Array, weights: Array, groups: pd.Series) -> Array:
    """Return the cluster sandwich with the factor G / (G - 1), known as CR1.

    Parameters
    ----------
    inverse : numpy.ndarray
        q by q inverse of the negative Hessian.
    scores : numpy.ndarray
        Scores of the rows, q columns.
    weights : numpy.ndarray
        How often each row counts; a cluster of rows that say nothing is no cluster.
    groups : pandas.Series
        The cluster of each row; G of them.

    Returns
    -------
    numpy.ndarray
        q by q covariance.
    """
    speaks = weights > 0.0
    codes, labels = pd.factorize(groups[speaks])
    n_groups = len(labels)
    sums = np.zeros((n_groups, scores.shape[1]))
    np.add.at(sums, codes, weights[speaks, None] * scores[speaks])
    return n_groups / (n_groups - 1) * inverse @ (sums.T @ sums) @ inverse


def covariance(
    inverse: Array,
    scores: Callable[[], Array],
    weights: Array,
    cov_type: str,
    groups: pd.Series | None,
) -> Array:
    """Return the covariance of a type that ``COVARIANCE_TYPES`` lists.

    Parameters
    ----------
    inverse : numpy.ndarray
        q by q inverse of the negative Hessian.
    scores : callable
        Returns the n by q scores of the rows; called only where they are needed.
    weights : numpy.ndarray
        How often each row counts; 0 where a row says nothing.
    cov_type : str
        The type.
    groups : pandas.Series or None
        The cluster of each row, for ``"cluster"``.

    Returns
    -------
    numpy.ndarray
        q by q covariance.
    """
    if cov_type == "nonrobust":
        return inverse
    if groups is not None:
        return clustered(inverse, scores(), weights, groups)
    return heteroscedastic(inverse, scores(), weights, correct=cov_type == "HC1")


def _require_clusters(groups: pd.Series) -> None:
    if groups.nunique() < 2:
        raise ModelError("groups has one cluster only; clustered errors need at least two")


def read_groups(groups: Any, index: pd.Index, data: pd.DataFrame | None) -> pd.Series:
    """Return the cluster of every row used in a fit.

    Parameters
    ----------
    groups : str, pandas.Series or array_like
        A column of the formula's data, a series with the index of the data, or one value for each
        row used.
    index : pandas.Index
        Index of the rows used.
    data : pandas.DataFrame or None
        The rows used of the data of a formula fit.

    Returns
    -------
    pandas.Series
        Clusters, in the order of ``index``.

    Raises
    ------
    ModelError
        If the clusters do not match the rows, are are missing for some, or are fewer than two.
    """
    series = align_groups(groups, index, data)
    missing = int(series.isna().sum())
    if missing:
        raise ModelError(f"groups are missing for {missing} of the {len(index)} rows used")
    _require_clusters(series)
    return series


def align_groups(groups: Any, index: pd.Index, data: pd.DataFrame | None) -> pd.Series:
    """Return the group of every row used in a fit; see ``read_groups``.

    Raises
    ------
    ModelError
        If the groups do not match the rows; they may be missing, or all the same.
    """
    if isinstance(groups, str):
        if data is None or groups not in data:
            raise ModelError(f"groups={groups!r} is no column of the data of this fit")
        return data[groups]
    if isinstance(groups, pd.Series) and groups.index.equals(index):
        return groups
    if isinstance(groups, pd.Series):
        if not groups.index.is_unique or not index.isin(groups.index).all():
            raise ModelError("groups has an index that does not match the rows used in the fit")
        return groups.loc[index]
    values = np.asarray(groups)
    if values.shape != (len(index),):
        raise ModelError(
            f"groups has shape {values.shape}; the fit used {len(index)} rows: "
            f"pass one value for each of them, or a series with the index of the data"
        )
    return pd.Series(values, index=index)
