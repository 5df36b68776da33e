"""Which clusters a user asks for: the groups of the rows, one-way or two-way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from probstats.errors import ModelError
from probstats.models.inference.covariance import COVARIANCE_TYPES, read_groups
from probstats.models.kernel.links import Array

KINDS = {"cluster": "CR1", "CR0": "CR0", "CR1": "CR1", "CR2": "CR2", "CR3": "CR3",
         "jackknife": "jackknife"}  # fmt: skip
REFERENCES = ("satterthwaite", "clusters")


@dataclass(frozen=True)
class Clusters:
    """Clusters of rows, and what is made of them.

    Attributes
    ----------
    kind : {"CR0", "CR1", "CR2", "CR3", "jackknife"}
        The covariance.
    ways : tuple of pandas.Series
        The cluster of each row, once or twice.
    reference : {"satterthwaite", "clusters"}
        Degrees of freedom of the t reference: for each contrast, or number of clusters less one.
    counts : numpy.ndarray
        How often each row counts; a cluster of rows that say nothing is no cluster.
    """

    kind: str
    ways: tuple[pd.Series, ...]
    reference: str
    counts: Array

    def codes(self, way: int = 0) -> tuple[NDArray[np.intp], pd.Index]:
        """Return the number of each row's cluster, -1 where the row says nothing, and labels."""
        codes, labels = pd.factorize(self.ways[way].where(self.counts > 0.0))
        return codes, pd.Index(labels)

    @property
    def groups(self) -> pd.Series | pd.DataFrame:
        """The clusters of the rows that count; a frame with two columns where there are two."""
        speaks = self.counts > 0.0
        if len(self.ways) == 1:
            return self.ways[0][speaks]
        return pd.concat(self.ways, axis=1)[speaks]

    @property
    def both(self) -> Clusters:
        """One-way clusters of the rows that share both of two."""
        one, other = (pd.factorize(way)[0] for way in self.ways)
        joint = pd.Series(one * (other.max() + 1) + other, index=self.ways[0].index)
        return Clusters(self.kind, (joint,), self.reference, self.counts)

    def of_way(self, way: int) -> Clusters:
        """Return the clusters of one of two ways."""
        return Clusters(self.kind, (self.ways[way],), self.reference, self.counts)


def read_clusters(
    cov_type: str,
    cov_kwds: dict[str, Any],
    index: pd.Index,
    data: pd.DataFrame | None,
    counts: Array,
) -> Clusters:
    """Check what a user asks for and return the clusters.

    Parameters
    ----------
    cov_type : str
        One of ``KINDS``.
    cov_kwds : dict
        ``{"groups": ...}``, and ``"df"`` where it is not the default.
    index, data : pandas.Index, pandas.DataFrame or None
        See ``read_groups``.
    counts : numpy.ndarray
        How often each row counts.

    Returns
    -------
    Clusters
        One-way or two-way.

    Raises
    ------
    ModelError
        If keywords are not known, groups do not match the rows, or there are fewer than two.
    """
    allowed = {"groups", "df"}
    known = isinstance(cov_kwds, dict) and "groups" in cov_kwds and set(cov_kwds) <= allowed
    if not known:
        raise ModelError(
            f'cov_type={cov_type!r} takes cov_kwds={{"groups": column}}, and "df" beside it, not '
            f"{cov_kwds or 'nothing'}"
        )
    kind = KINDS[cov_type]
    ways = tuple(read_groups(way, index, data) for way in _ways(cov_kwds["groups"], len(index)))
    for way in ways:
        _require_two(way[counts > 0.0])
    if len(ways) == 2:
        _require_two_ways(kind, cov_type)
    default = "satterthwaite" if kind in {"CR2", "CR3"} else "clusters"
    reference = cov_kwds.get("df", default)
    _require_reference(reference, kind, len(ways))
    return Clusters(kind, ways, reference, counts)


def _ways(groups: Any, n_rows: int) -> list[Any]:
    """Return each way of clustering; a list of names of columns is several."""
    if isinstance(groups, pd.DataFrame):
        ways = [groups[name] for name in groups]
    elif isinstance(groups, list | tuple) and len(groups) != n_rows:
        names = all(isinstance(name, str) for name in groups)
        ways = list(groups) if names else [groups]
    else:
        return [groups]
    if not 1 <= len(ways) <= 2:
        raise ModelError(f"groups names {len(ways)} ways of clustering; one or two can be used")
    return ways


def _require_two(groups: pd.Series) -> None:
    if groups.nunique() < 2:
        raise ModelError("groups has one cluster only; clustered errors need at least two")


def _require_two_ways(kind: str, cov_type: str) -> None:
    if kind not in {"CR0", "CR1"}:
        raise ModelError(
            f"cov_type={cov_type!r} is not defined for two-way clusters, because how to correct "
            f"for both at once is not settled; use 'CR1', or one way"
        )


def _require_reference(reference: Any, kind: str, n_ways: int) -> None:
    if reference not in REFERENCES:
        raise ModelError(f"df={reference!r} is not known; choose 'satterthwaite' or 'clusters'")
    if reference == "satterthwaite" and (n_ways == 2 or kind == "jackknife"):
        what = "two-way clusters" if n_ways == 2 else "the jackknife"
        raise ModelError(f"{what} take df='clusters', the number of clusters less one")


def read_cov_kwds(
    cov_type: str,
    cov_kwds: dict[str, Any],
    index: pd.Index,
    data: pd.DataFrame | None,
    counts: Array,
) -> Clusters | None:
    """Check the errors a user asks for and return the clusters, if there are any.

    Parameters
    ----------
    cov_type : str
        The type.
    cov_kwds : dict
        See ``read_clusters``; empty where rows are independent.
    index, data, counts
        See ``read_clusters``.

    Returns
    -------
    Clusters or None
        None where rows are independent.

    Raises
    ------
    ModelError
        If the type is not known, or the keywords are not those it takes.
    """
    if cov_type not in COVARIANCE_TYPES:
        known = ", ".join(COVARIANCE_TYPES)
        raise ModelError(f"cov_type={cov_type!r} is not known; choose one of {known}")
    if cov_type in KINDS:
        return read_clusters(cov_type, cov_kwds, index, data, counts)
    if cov_kwds:
        raise ModelError(f"cov_type={cov_type!r} takes no cov_kwds, not {cov_kwds}")
    return None
