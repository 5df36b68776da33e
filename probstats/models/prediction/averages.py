"""Averages of predictions over rows, with standard errors and intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from probstats.errors import ModelError
from probstats.models.fit_options import check_alpha
from probstats.models.kernel.links import Array
from probstats.models.kernel.rows import Rows
from probstats.models.prediction.probabilities import gradient, predict, require_probabilities

DRAWS = 2000
RESULT_COLUMNS = (
    "term", "contrast", "group", "estimate", "std_error", "statistic", "p_value", "conf_low",
    "conf_high",
)  # fmt: skip


@dataclass(frozen=True)
class Quantity:
    """A sum of predictions of every row, with a sign each.

    Attributes
    ----------
    term, contrast : str
        The variable that changes, and how.
    parts : tuple
        Pairs of a factor, or one for each row, and the rows it multiplies the predictions of.
    """

    term: str
    contrast: str
    parts: tuple[tuple[float | Array, Rows], ...]


def row_weights(results: Any, newdata: pd.DataFrame | None) -> Array:
    """Return how often each row counts: new ones once, those of the fit as in the fit."""
    return results.model.sample.counts if newdata is None else np.ones(len(newdata))


def _groups(data: pd.DataFrame, by: Any, weights: Array) -> tuple[pd.DataFrame, Array]:
    """Return the combinations of ``by``, and for each the share of each row, g by n."""
    if by is None:
        return pd.DataFrame(index=[0]), (weights / weights.sum())[None, :]
    names = [by] if isinstance(by, str) else list(by)
    for name in names:
        if name not in data:
            raise ModelError(f"by={name!r} is no column of the data")
        if name in RESULT_COLUMNS:
            raise ModelError(f"by={name!r} is also a column of the result; rename it in the data")
        if data[name].isna().any():
            raise ModelError(f"by={name!r} is missing in {data[name].isna().sum()} rows")
    grouped = data.groupby(names, observed=True, sort=True)
    codes = grouped.ngroup().to_numpy()
    members = (codes[None, :] == np.arange(grouped.ngroups)[:, None]) * weights
    keys = data[names].assign(_code=codes).drop_duplicates("_code").sort_values("_code")
    return keys[names].reset_index(drop=True), members / members.sum(axis=1, keepdims=True)


def averages(
    results: Any,
    quantities: list[Quantity],
    data: pd.DataFrame,
    newdata: pd.DataFrame | None,
    by: Any,
    alpha: float,
    method: str,
    rng: Any,
) -> pd.DataFrame:
    """Return the averages of quantities with errors and intervals.

    Parameters
    ----------
    results : CumulativeLinkResults
        The fit.
    quantities : list of Quantity
        What to average.
    data : pandas.DataFrame
        The rows, with the columns of ``by``.
    newdata, by, alpha, method, rng
        See ``Effects.avg_predictions``.

    Returns
    -------
    pandas.DataFrame
        See ``Effects.avg_comparisons``.

    Raises
    ------
    ModelError
        If an option is not known.
    """
    if method not in {"delta", "simulation"}:
        raise ModelError(f"method={method!r} is not known; choose 'delta' or 'simulation'")
    check_alpha(alpha)
    keys, shares = _groups(data, by, row_weights(results, newdata))
    frames = [_one(results, quantity, keys, shares, alpha, method, rng) for quantity in quantities]
    return pd.concat(frames, ignore_index=True)


def _one(
    results: Any,
    quantity: Quantity,
    keys: pd.DataFrame,
    shares: Array,
    alpha: float,
    method: str,
    rng: Any,
) -> pd.DataFrame:
    """Return the averages of one quantity, a row for each combination and level."""
    levels = results.model.outcome.levels
    estimate = _average(results.fit_record.params, quantity, shares, results.model.link)
    require_probabilities(estimate)
    error, df = _errors(results, quantity, shares)
    if method == "delta":
        low, high = _delta_interval(results, quantity, estimate, (error, df), alpha)
    else:
        draws = _draws(results, quantity, shares, rng)
        error = np.where(np.isnan(error), np.nan, draws.std(axis=0, ddof=1))
        low, high = np.quantile(draws, [alpha / 2.0, 1.0 - alpha / 2.0], axis=0)
        low, high = (np.where(np.isnan(error), np.nan, end) for end in (low, high))
    frame = keys.loc[keys.index.repeat(len(levels))].reset_index(drop=True)
    with np.errstate(invalid="ignore", divide="ignore"):  # no change has no error
        statistic = (estimate / error).ravel()
    return frame.assign(
        term=quantity.term,
        contrast=quantity.contrast,
        group=pd.Categorical(np.tile(levels, len(keys)), categories=levels, ordered=True),
        estimate=estimate.ravel(),
        std_error=error.ravel(),
        statistic=statistic,
        p_value=results._two_sided(statistic, np.ravel(df)),
        conf_low=low.ravel(),
        conf_high=high.ravel(),
    )


def _errors(results: Any, quantity: Quantity, shares: Array) -> tuple[Array, Any]:
    """Return errors by the delta method and their degrees of freedom.

    They are missing where they hang on infinite estimates.
    """
    found = results.fit_record
    slopes = sum(
        _average_gradient(found.params, rows, factor * shares, results.model.link)
        for factor, rows in quantity.parts
    )
    slopes = slopes @ found.transform
    error = np.sqrt(np.maximum(np.einsum("gkq,qr,gkr->gk", slopes, found.scaled, slopes), 0.0))
    unsettled = np.any([results._unsettled(rows) for _, rows in quantity.parts], axis=0)
    error[(shares > 0.0) @ unsettled] = np.nan
    return error, results._df_of(slopes)


def _delta_interval(
    results: Any, quantity: Quantity, estimate: Array, found: tuple[Array, Any], alpha: float
) -> tuple[Array, Array]:
    error, df = found
    reach = results._quantile(1.0 - alpha / 2.0, df) * error
    if quantity.term:
        return estimate - reach, estimate + reach
    with np.errstate(divide="ignore", invalid="ignore"):
        centre, reach = special.logit(estimate), reach / (estimate * (1.0 - estimate))
    return special.expit(centre - reach), special.expit(centre + reach)


def _average(params: Array, quantity: Quantity, shares: Array, link: Any) -> Array:
    parts = [
        (factor * shares) @ predict(params, rows, link, "prob") for factor, rows in quantity.parts
    ]
    return np.sum(parts, axis=0)


def _average_gradient(params: Array, rows: Rows, shares: Array, link: Any) -> Array:
    total, start = 0.0, 0
    for block in rows.blocks():
        part = shares[:, start : start + len(block)]
        total = total + np.einsum("gn,nkq->gkq", part, gradient(params, block, link, "prob"))
        start += len(block)
    return np.asarray(total)


def _draws(results: Any, quantity: Quantity, shares: Array, rng: Any) -> Array:
    """Return the averages at draws of the parameters whose thresholds are in order."""
    found = results.fit_record
    values, vectors = np.linalg.eigh(found.scaled)
    # The symmetric root: the signs of eigenvectors differ between machines.
    root = (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
    normal = np.random.default_rng(rng).standard_normal((DRAWS, len(values)))
    averages = []
    for params in found.params + normal @ root.T @ found.transform.T:
        if all(_in_order(params, rows) for _, rows in quantity.parts):
            averages.append(_average(params, quantity, shares, results.model.link))
    if len(averages) < DRAWS / 2:
        raise ModelError(
            f"in {DRAWS - len(averages)} of {DRAWS} draws the thresholds cross; use method='delta'"
        )
    return np.array(averages)


def _in_order(params: Array, rows: Rows) -> bool:
    bounds, _ = rows.bounds(params)
    return bool(np.all(np.diff(bounds, axis=0) > 0.0))
