"""What a user asks a bootstrap for, checked."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from probstats.errors import ClusterWarning, FewGroupsWarning, ModelError
from probstats.models.checking.variants import trouble_of
from probstats.models.inference.covariance import read_groups
from probstats.models.trouble import warn

METHODS = ("case", "cluster", "score-wild", "parametric")
SEPARATED = ("drop", "reduce")

FEW = 10
"""Clusters below which drawing whole clusters is warned of."""


def check_options(
    method: Any, separated: Any, n_resamples: Any, chunk_size: Any, *, kept: bool, seeded: bool
) -> None:
    """Raise a sentence about an option that cannot be used.

    Parameters
    ----------
    method, separated, n_resamples, chunk_size
        See ``bootstrap``.
    kept : bool
        Whether pieces are kept in a folder.
    seeded : bool
        Whether there is a seed.

    Raises
    ------
    ModelError
        If there is one.
    """
    for name, value, known in (
        ("method", method, METHODS),
        ("separated", separated, SEPARATED),
    ):
        if value not in known:
            raise ModelError(f"{name}={value!r} is not known; choose one of {', '.join(known)}")
    for name, value in (("n_resamples", n_resamples), ("chunk_size", chunk_size)):
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
            raise ModelError(f"{name}={value!r} must be a whole number, 1 or more")
    if kept and not seeded:
        raise ModelError("checkpoint= needs a seed in rng=, or the call could not be repeated")


def require_estimates(fit: Any) -> None:
    """Raise a sentence if a fit has no estimates to be resampled, or is of another model."""
    model = getattr(fit, "model", None)
    if not (hasattr(model, "with_sample") or hasattr(model, "plain")):
        what = type(fit).__name__ if model is None else f"fit of {type(model).__name__}"
        raise ModelError(
            f"the bootstrap is for fits of CumulativeLinkModel and CumulativeLinkMixedModel, and "
            f"this is a {what}"
        )
    if fit.separation.separated:
        raise ModelError(
            f"the fit has no finite estimate for {', '.join(map(str, fit.diverging))}, and nor "
            f"will most of its resamples; fit with reduction='mean' first"
        )
    trouble = trouble_of(fit)
    if trouble:
        raise ModelError(f"the fit has no estimates to be resampled: {trouble}")


def clusters_of(fit: Any, method: str, groups: Any) -> pd.Series | None:
    """Return the clusters of the rows of a fit, for the methods that have some.

    Parameters
    ----------
    fit : CumulativeLinkResults
        The fit.
    method : str
        See ``bootstrap``.
    groups : str, pandas.Series, array_like or None
        As in ``cov_kwds``; the clusters of the fit where None.

    Returns
    -------
    pandas.Series or None
        None where rows are independent.

    Raises
    ------
    ModelError
        If there are no clusters to draw, fewer than two, or the method has no use for them.

    Warns
    -----
    FewGroupsWarning
        If there are fewer than ten clusters to draw.
    ClusterWarning
        If errors of the fit are clustered and the method takes rows as independent.
    """
    if method in {"case", "parametric"}:
        _require_no_groups(fit, method, groups)
        return None
    model = fit.model
    if groups is not None:
        index = pd.Index(model.data.row_labels)
        return _few(read_groups(groups, index, model.formula_data), method)
    if fit.clusters is not None:
        if len(fit.clusters.ways) > 1:
            raise ModelError("the fit has two ways of clustering; pass one of them as groups=")
        return _few(fit.clusters.ways[0], method)
    if method == "cluster":
        raise ModelError("method='cluster' draws whole clusters; say which in groups=")
    return None


def _require_no_groups(fit: Any, method: str, groups: Any) -> None:
    if groups is not None:
        raise ModelError(
            f"method={method!r} takes rows as independent and has no use for groups=; choose "
            f"'cluster' or 'score-wild'"
        )
    if fit.clusters is not None:
        warn(
            f"errors of the fit are clustered, and method={method!r} takes rows as independent; "
            f"'cluster' and 'score-wild' keep the rows of a cluster together",
            ClusterWarning,
        )


def _few(groups: pd.Series, method: str) -> pd.Series:
    number = int(groups.nunique())
    if method == "cluster" and number < FEW:
        warn(
            f"there are {number} clusters only, and what is drawn of so few varies too little; "
            f"of the intervals kind='studentised' comes nearest to its level, and "
            f"cov_type='CR2' holds it",
            FewGroupsWarning,
        )
    return groups
