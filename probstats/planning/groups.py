"""Which rows of a design are alike, and how much."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from probstats.errors import ModelError
from probstats.models.inference.cluster_groups import Clusters
from probstats.models.inference.covariance import read_groups
from probstats.planning.asked import is_number
from probstats.planning.design import Codes

LOGISTIC = np.pi**2 / 3.0
"""Variance of the logistic distribution."""


@dataclass(frozen=True)
class Alike:
    """Groups of rows whose outcomes go together.

    Attributes
    ----------
    codes : numpy.ndarray or None
        Code of the group of each row.
    icc : float
        Latent correlation within groups.
    named : str
        The groups in words, such as ``"12 clusters of region"``; may be empty.
    """

    codes: Codes | None
    icc: float
    named: str


def read_alike(
    model: Any, clusters: Clusters | None, groups: Any, icc: Any, cluster_sd: Any
) -> Alike:
    """Return which rows are alike.

    Parameters
    ----------
    model : CumulativeLinkModel
        The model.
    clusters : Clusters or None
        Those of the analysis; its groups are the default.
    groups : str, pandas.Series, array_like or None
        Groups, as in ``cov_kwds``.
    icc : float or None
        Latent correlation within groups.
    cluster_sd : float or None
        The same as a standard deviation on the scale of log odds.

    Returns
    -------
    Alike
        The groups.

    Raises
    ------
    ModelError
        If a correlation comes without groups, groups without one, or there is one group only.
    """
    correlation = read_icc(icc, cluster_sd)
    series = _series(model, clusters, groups)
    if correlation is not None and series is None:
        raise ModelError("icc and cluster_sd say how alike rows of a group are; pass groups= too")
    if groups is not None and correlation is None:
        raise ModelError("groups= says which rows are alike; pass icc= or cluster_sd=, how much")
    if series is None:
        return Alike(None, 0.0, "")
    codes, labels = pd.factorize(series)
    of = f" of {series.name}" if isinstance(series.name, str) else ""
    return Alike(codes.astype(np.intp), correlation or 0.0, f"{len(labels)} clusters{of}")


def _series(model: Any, clusters: Clusters | None, groups: Any) -> pd.Series | None:
    if groups is not None:
        return read_groups(groups, pd.Index(model.data.row_labels), model.formula_data)
    return clusters.ways[0] if clusters is not None and len(clusters.ways) == 1 else None


def read_icc(icc: Any, cluster_sd: Any) -> float | None:
    """Return the latent correlation within groups; None where nothing is said.

    Parameters
    ----------
    icc : float or None
        The correlation.
    cluster_sd : float or None
        Standard deviation sd of a random intercept of a logit model; its correlation is
        sd^2 / (sd^2 + pi^2 / 3).

    Returns
    -------
    float or None
        The correlation.

    Examples
    --------
    >>> round(read_icc(None, 1.0), 4)
    0.2331
    """
    if icc is not None and cluster_sd is not None:
        raise ModelError("icc and cluster_sd say the same in two ways; pass one of them")
    if icc is not None:
        if not is_number(icc) or not 0.0 <= icc < 1.0:
            raise ModelError(f"icc={icc!r} must be a correlation from 0 to below 1")
        return float(icc)
    if cluster_sd is None:
        return None
    if not is_number(cluster_sd) or cluster_sd < 0.0:
        raise ModelError(f"cluster_sd={cluster_sd!r} must be a standard deviation, 0 or more")
    correlation = float((cluster_sd / np.hypot(cluster_sd, np.sqrt(LOGISTIC))) ** 2)
    if correlation >= 1.0:
        raise ModelError(f"cluster_sd={cluster_sd!r} is so large that rows of a group are the same")
    return correlation
