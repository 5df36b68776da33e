"""Coefficients of the outcome split at each threshold, beside the one the model gives them all."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from probstats.errors import ModelError
from probstats.models.checking.variants import quiet_fit, require_plain

COMMON = "all"
"""Name of the row of the model itself."""


def split_estimates(fit: Any, *, method: str = "profile", alpha: float = 0.05) -> pd.DataFrame:
    """Estimate coefficients from the outcome split in two at each threshold in turn.

    Under parallel lines the coefficients of all splits are the same but for chance. They are not
    independent of each other: ``parallel_lines_test`` tests them together.

    Parameters
    ----------
    fit : CumulativeLinkResults
        A fit without scale effects.
    method : {"profile", "wald"}
        Intervals. Those of a split that separates are infinite on one side with ``"profile"``,
        and missing with ``"wald"``.
    alpha : float
        One minus the level of the intervals.

    Returns
    -------
    pandas.DataFrame
        A row for each column of the location and the nominal effects, and for each split:
        ``term``, ``split`` (a threshold, or "all" for the model itself, which gives nominal
        columns no such row), ``estimate``, ``low``, ``high``, ``below`` and ``above`` (rows on
        either side that are known to be there). An estimate may be infinite.

    Raises
    ------
    ModelError
        If the fit is of another kind, or has scale effects or no covariates.

    Examples
    --------
    >>> import pandas as pd
    >>> import probstats as ps
    >>> y, x = [1, 2, 1, 3, 2, 3, 2, 1, 3, 1], [2, 1, 4, 6, 5, 3, 4, 1, 2, 3]
    >>> data = pd.DataFrame({"y": y, "x": x})
    >>> fit = ps.CumulativeLinkModel.from_formula("y ~ x", data).fit()
    >>> ps.split_estimates(fit)[["split", "estimate"]].round(2).values.tolist()
    [['1|2', 0.44], ['2|3', 0.33], ['all', 0.36]]
    """
    require_plain(fit, "split_estimates")
    model = fit.model
    covariates = model.sample.covariates
    columns = [*covariates.location.columns, *covariates.nominal.columns]
    if covariates.scale.shape[1]:
        raise ModelError("split_estimates compares coefficients on one scale; leave scale= out")
    if not columns:
        raise ModelError("the model has no covariates, so there is nothing to estimate at a split")
    parts = [_split(model, place, method, alpha) for place in range(len(model.outcome.levels) - 1)]
    frame = pd.concat([*parts, _common(fit, method, alpha)], ignore_index=True)
    order = pd.Categorical(frame["term"], columns, ordered=True)
    return frame.iloc[np.argsort(order.codes, kind="stable")].reset_index(drop=True)


def _split(model: Any, place: int, method: str, alpha: float) -> pd.DataFrame:
    """Return the coefficients of the outcome split above a level."""
    outcome, covariates = model.outcome, model.sample.covariates
    low, high = (codes > place for codes in (outcome.low, outcome.high))
    two = replace(outcome, levels=(False, True), low=low.astype(int), high=high.astype(int))
    joined = pd.concat([covariates.location, covariates.nominal], axis=1)
    linear = covariates._replace(location=joined, nominal=covariates.nominal.iloc[:, :0])
    sample = replace(model.sample, outcome=two, covariates=linear)
    fit = quiet_fit(model.with_sample(sample, threshold="flexible"))
    rows = _rows(fit, joined.columns, outcome.threshold_names[place], method, alpha)
    counts = model.sample.counts
    return rows.assign(below=counts[~high].sum(), above=counts[low].sum())


def _common(fit: Any, method: str, alpha: float) -> pd.DataFrame:
    """Return the coefficients of the model itself; reduced and penalised ones have no profile."""
    method = "wald" if fit.reduction is not None or fit.penalty is not None else method
    return _rows(fit, fit.model.sample.covariates.location.columns, COMMON, method, alpha)


def _rows(fit: Any, columns: pd.Index, split: str, method: str, alpha: float) -> pd.DataFrame:
    ends = fit.conf_int(alpha, method=method).loc[columns]
    return pd.DataFrame(
        {
            "term": columns,
            "split": split,
            "estimate": fit.params[columns].to_numpy(),
            "low": ends[0].to_numpy(),
            "high": ends[1].to_numpy(),
            "below": np.nan,
            "above": np.nan,
        }
    )
