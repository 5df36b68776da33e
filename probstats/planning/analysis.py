"""How each simulated sample is analysed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from probstats.errors import ModelError
from probstats.models.estimators import read_estimator
from probstats.models.inference.cluster_groups import Clusters, read_cov_kwds


@dataclass(frozen=True)
class Analysis:
    """What is fitted to each sample, and tested.

    Attributes
    ----------
    cov_type : str
        Type of the errors, as of ``CumulativeLinkModel.fit``.
    ways : numpy.ndarray or None
        n by one or two codes of clusters.
    reference : str or None
        Where the degrees of freedom of clustered errors come from.
    reduction : str or None
        ``"mean"`` for bias-reduced estimates.
    alpha : float
        Level of the two-sided Wald test.
    """

    cov_type: str
    ways: NDArray[np.intp] | None
    reference: str | None
    reduction: str | None
    alpha: float

    @property
    def plain(self) -> bool:
        """Whether it is maximum likelihood with errors from its information."""
        return self.cov_type == "nonrobust" and self.reduction is None

    def options(self, kept: NDArray[np.bool_], index: pd.Index) -> dict[str, Any]:
        """Return the options of the fit of some of the rows, labelled by an index."""
        options: dict[str, Any] = {"cov_type": self.cov_type, "reduction": self.reduction}
        if self.ways is None:
            return options
        groups = pd.DataFrame(self.ways[kept], index=index)
        return options | {"cov_kwds": {"groups": groups, "df": self.reference}}

    @property
    def call(self) -> tuple[Any, ...]:
        """What it depends on."""
        return self.cov_type, self.ways, self.reference, self.reduction, self.alpha

    def describe(self) -> str:
        """Return it in words."""
        estimates = "bias-reduced estimates" if self.reduction else "maximum likelihood"
        return f"{estimates}, {self.cov_type} errors, alpha {self.alpha:g}"


def read_analysis(
    model: Any, fit: Any, cov_type: Any, cov_kwds: Any, reduction: Any, alpha: float
) -> tuple[Analysis, Clusters | None]:
    """Return the analysis a user asks for, or that of a fit where nothing is asked for.

    Parameters
    ----------
    model : CumulativeLinkModel
        The user's model.
    fit : CumulativeLinkResults or None
        The user's fit.
    cov_type, cov_kwds, reduction
        See ``CumulativeLinkModel.fit``; None for those of the fit.
    alpha : float
        Level of the test.

    Returns
    -------
    analysis : Analysis
        The analysis.
    clusters : Clusters or None
        Its clusters, by row of the model.

    Raises
    ------
    ModelError
        If errors or estimates cannot be had as asked for, or there is one cluster only.
    """
    if fit is not None and fit.penalty is not None:
        raise ModelError(
            "a ridge penalty gives no test with a size of its own; pass a fit without penalty="
        )
    if cov_type is None and cov_kwds is not None:
        raise ModelError("cov_kwds goes with a cov_type; pass cov_type= too")
    if reduction is None and fit is not None:
        reduction = fit.reduction
    if reduction is not None and model.outcome.is_interval:
        raise ModelError("bias reduction is not for outcomes known as intervals; leave it out")
    read_estimator(model, reduction, None, None)
    clusters = _clusters(model, fit, cov_type, cov_kwds)
    if cov_type is None:
        cov_type = "nonrobust" if fit is None else fit.cov_type
    if clusters is None:
        return Analysis(cov_type, None, None, reduction, alpha), None
    ways = np.column_stack([pd.factorize(way)[0] for way in clusters.ways])
    return Analysis(cov_type, ways, clusters.reference, reduction, alpha), clusters


def _clusters(model: Any, fit: Any, cov_type: Any, cov_kwds: Any) -> Clusters | None:
    if cov_type is not None:
        rows, data = pd.Index(model.data.row_labels), model.formula_data
        return read_cov_kwds(cov_type, cov_kwds or {}, rows, data, model.sample.counts)
    return None if fit is None else fit.clusters
