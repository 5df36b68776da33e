"""What each row, or group of rows, does to the estimates: one Newton step without it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from probstats.errors import ModelError
from probstats.models.checking.variants import of_rows, quiet_fit
from probstats.models.estimators import require_likelihood
from probstats.models.inference.covariance import align_groups
from probstats.models.kernel.likelihood import LogLikelihood
from probstats.models.kernel.links import Array
from probstats.models.kernel.separation import kept_directions

Positions = NDArray[np.intp]

ESSENTIAL = 1e-8
"""Share of the information in some direction below which nothing is left without the rows."""


@dataclass(frozen=True)
class Influence:
    """Influence of rows or groups on a fit, in the words of statsmodels' ``MLEInfluence``.

    Attributes
    ----------
    results : CumulativeLinkResults
        The fit.
    labels : pandas.Index
        The m rows or groups that are left out, one at a time.
    members : list of numpy.ndarray
        Positions of the rows of each.

    Notes
    -----
    Without the rows of i the score at the estimates is -s_i and the Hessian H - H_i, so that one
    Newton step gives theta + (H - H_i)^-1 s_i (Pregibon 1981, for a whole group at once). A row
    with a weight is left out whole. Infinite estimates stay where they are.
    """

    results: Any
    labels: pd.Index
    members: list[Positions]

    @cached_property
    def _parts(self) -> tuple[Array, Array]:
        """The m scores and m Hessians of what is left out, in well-scaled parameters."""
        problem, maximum = self.results.model.problem(), self.results.maximum
        rows = problem.rows
        place = np.arange(len(rows)) if rows.order is None else np.argsort(rows.order)
        scores, hessians = [], []
        for some in self.members:
            value = LogLikelihood(rows.take(place[some]), problem.link)(maximum.params)
            scores.append(value.score)
            hessians.append(value.hessian)
        return np.array(scores), np.array(hessians)

    @property
    def _params(self) -> Array:
        return np.asarray(self.results.params)

    @property
    def _names(self) -> list[str]:
        return list(self.results.model.data.param_names)

    @cached_property
    def _kept(self) -> Array:
        return kept_directions(self.results.separation.directions)

    @cached_property
    def d_params(self) -> pd.DataFrame:
        """Change of each parameter through the rows: estimate less the one without them, m by q.

        Missing where the rows carry all the information there is on some parameter.
        """
        scores, hessians = self._parts
        kept, whole = self._kept, self.results.maximum.hessian
        root = np.linalg.cholesky(-kept.T @ whole @ kept)
        inverse = kept @ np.linalg.inv(root).T
        # In this basis the information is the identity; what is left of it without the rows:
        left = np.eye(kept.shape[1]) + inverse.T @ hessians @ inverse
        lost = np.linalg.eigvalsh(left)[:, 0] < ESSENTIAL
        left[lost] = np.nan
        steps = np.linalg.solve(left, (scores @ inverse)[:, :, None])[:, :, 0]
        return self._frame(steps @ inverse.T @ self.results.fit_record.transform.T)

    @property
    def params_one(self) -> pd.DataFrame:
        """The estimates after one Newton step without the rows, m by q."""
        return self._frame(self._params - self.d_params.to_numpy())

    @property
    def dfbetas(self) -> pd.DataFrame:
        """``d_params`` in standard errors of the fit, m by q."""
        return self.d_params / np.asarray(self.results.bse)

    @property
    def cooks_distance(self) -> tuple[Array, Array]:
        """Cook-type distances d'(-H)d / q, and their p-values by the F distribution.

        The p-values are a scale to read them by, not a test (Cook 1977).
        """
        kept, transform = self._kept, self.results.fit_record.transform
        finite = np.isfinite(self._params)
        change = np.where(finite, self.d_params.to_numpy(), 0.0)
        steps = np.linalg.solve(transform, change.T).T @ kept
        information = -kept.T @ self.results.maximum.hessian @ kept
        n_params = kept.shape[1]
        distance = np.einsum("ij,jk,ik->i", steps, information, steps) / n_params
        return distance, stats.f.sf(distance, n_params, self.results.df_resid)

    @cached_property
    def hat_matrix_diag(self) -> Array:
        """Leverage: the share of the information that is the rows' own, tr(H^-1 H_i).

        The leverages add up to the number of (finite) parameters.
        """
        kept = self._kept
        whole = kept.T @ self.results.maximum.hessian @ kept
        inverse = kept @ np.linalg.inv(whole) @ kept.T
        return np.einsum("jk,ikj->i", inverse, self._parts[1])

    def summary_frame(self) -> pd.DataFrame:
        """Return distances, leverages and changes in standard errors, largest distance first.

        Returns
        -------
        pandas.DataFrame
            ``cooks_d``, ``leverage``, ``n_rows`` and ``dfb_<parameter>``.
        """
        frame = self.dfbetas.add_prefix("dfb_")
        frame.insert(0, "n_rows", [len(some) for some in self.members])
        frame.insert(0, "leverage", self.hat_matrix_diag)
        frame.insert(0, "cooks_d", self.cooks_distance[0])
        return frame.sort_values("cooks_d", ascending=False)

    def refit(self, labels: Any) -> pd.DataFrame:
        """Refit without some rows or groups, one at a time, to check the step.

        Parameters
        ----------
        labels : label or list of labels
            Which.

        Returns
        -------
        pandas.DataFrame
            The estimates without each, as ``params_one`` approximates them; infinite where the
            others separate the levels.

        Raises
        ------
        ModelError
            If there is no such row or group, or nothing can be fitted without it.
        """
        wanted = labels if isinstance(labels, list) else [labels]
        return pd.DataFrame({label: self._without(label) for label in wanted}).T

    def _without(self, label: Any) -> pd.Series:
        if label not in self.labels:
            raise ModelError(f"there is no row or group {label!r} to leave out")
        model = self.results.model
        rest = np.setdiff1d(
            np.arange(len(model.outcome.low)), self.members[self.labels.get_loc(label)]
        )
        return quiet_fit(of_rows(model, rest)).params.reindex(self._names)

    def _frame(self, values: Array) -> pd.DataFrame:
        values = np.where(np.isfinite(self._params), values, np.nan)
        return pd.DataFrame(values, index=self.labels, columns=self._names)

    def __repr__(self) -> str:
        kind = "rows" if all(len(some) == 1 for some in self.members) else "groups"
        return f"<Influence of {len(self.labels)} {kind}; .summary_frame(), .dfbetas, .refit()>"


def influence(results: Any, groups: Any = None) -> Influence:
    """Return the influence of rows, or of groups of rows, on a fit.

    Parameters
    ----------
    results : CumulativeLinkResults
        A fit that converged, or whose infinite estimates are known.
    groups : str, pandas.Series or array_like, optional
        A column of the formula's data, or the group of each row; each row by itself by default.

    Returns
    -------
    Influence
        In statsmodels' form.

    Raises
    ------
    ModelError
        If the fit has no maximum to step from, or groups are missing or only one.
    """
    require_likelihood(results, "influence")
    if results.crossed_levels or not (results.maximum.converged or results.separation.separated):
        raise ModelError(
            "influence needs the maximum of the likelihood, which this fit did not reach"
        )
    index = results.model.sample.covariates.index
    if groups is None:
        return Influence(results, index, [np.array([row]) for row in range(len(index))])
    codes, labels = pd.factorize(_read_groups(results, groups), sort=True)
    members = [np.flatnonzero(codes == code) for code in range(len(labels))]
    return Influence(results, pd.Index(labels), members)


def _read_groups(results: Any, groups: Any) -> pd.Series:
    model = results.model
    if isinstance(groups, str):
        data = model.formula_data
        if data is None or groups not in data:
            raise ModelError(f"groups={groups!r} is no column of the formula's data")
        groups = data[groups]
    elif isinstance(groups, pd.Series):
        groups = align_groups(groups, model.sample.covariates.index, None)
    values = pd.Series(np.asarray(groups, dtype=object))
    if len(values) != len(model.outcome.low):
        raise ModelError(
            f"groups has {len(values)} values; the fit has {len(model.outcome.low)} rows"
        )
    if values.isna().any():
        raise ModelError(f"groups is missing in {int(values.isna().sum())} rows")
    if values.nunique() < 2:
        raise ModelError("there is one group only; leaving it out leaves nothing")
    return values
