"""Average predictions, comparisons and slopes on the probability scale, with intervals.

The words are those of the ``marginaleffects`` package (Arel-Bundock, Greifer and Heiss 2024): a
quantity is computed for every row and averaged. Its standard error is by the delta method, or its
interval from draws of the parameters (Krinsky and Robb 1986).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import special, stats

from probstats.errors import ModelError
from probstats.models.links import Array
from probstats.models.prediction import gradient, predict
from probstats.models.rows import Rows

STEP = 1e-4
"""Step of a slope, as a share of the range of its variable."""

DRAWS = 2000


@dataclass(frozen=True)
class Quantity:
    """A sum of predictions of every row, with a sign each.

    Attributes
    ----------
    term, contrast : str
        The variable that changes, and how.
    parts : tuple
        Pairs of a factor and the rows it multiplies the predictions of.
    """

    term: str
    contrast: str
    parts: tuple[tuple[float, Rows], ...]


class Effects:
    """``avg_predictions``, ``avg_comparisons`` and ``avg_slopes`` of results."""

    def avg_predictions(
        self: Any,
        newdata: pd.DataFrame | None = None,
        by: str | list[str] | None = None,
        alpha: float = 0.05,
        method: str = "delta",
        rng: np.random.Generator | int | None = None,
    ) -> pd.DataFrame:
        """Average the predicted probability of each level.

        Parameters
        ----------
        newdata : pandas.DataFrame, optional
            Rows to average over; those of the fit, by their weights, by default.
        by : str or list of str, optional
            Columns whose combinations are averaged apart.
        alpha : float
            One minus the level of the intervals.
        method : {"delta", "simulation"}
            Delta method, the interval made on the logit scale; or quantiles over 2,000 draws of
            the parameters.
        rng : numpy.random.Generator or int, optional
            Source of the draws, or its seed.

        Returns
        -------
        pandas.DataFrame
            ``group`` (the level), ``estimate``, ``std_error``, ``conf_low`` and ``conf_high``, with
            the columns of ``by`` first.

        Raises
        ------
        ModelError
            If a column is missing, or a row has no probabilities.
        """
        data = _data(self, newdata)
        quantity = Quantity("", "", ((1.0, _rows(self, data)),))
        frame = _averages(self, [quantity], data, newdata, by, alpha, method, rng)
        return frame.drop(columns=["term", "contrast", "statistic", "p_value"])

    def avg_comparisons(
        self: Any,
        variables: str | list[str] | dict[str, Any] | None = None,
        newdata: pd.DataFrame | None = None,
        by: str | list[str] | None = None,
        alpha: float = 0.05,
        method: str = "delta",
        rng: np.random.Generator | int | None = None,
    ) -> pd.DataFrame:
        """Average the change in the probability of each level when a variable changes.

        Parameters
        ----------
        variables : str, list of str or dict, optional
            The variables; all by default. A dict gives the change of each: a number to add, a
            pair of values, or ``"sd"``, ``"iqr"`` or ``"minmax"``. By default a number grows by
            one, and each category is compared with the first.
        newdata, by, alpha, method, rng
            See ``avg_predictions``; the interval is made on the scale of the difference.

        Returns
        -------
        pandas.DataFrame
            ``term``, ``contrast``, ``group`` (the level), ``estimate``, ``std_error``,
            ``statistic``, ``p_value``, ``conf_low`` and ``conf_high``.

        Raises
        ------
        ModelError
            If a variable is not part of the model, or a change makes no sense for it.
        """
        data = _data(self, newdata)
        changes = _read_changes(self, variables, data)
        quantities = [
            Quantity(name, words, ((1.0, _rows(self, high)), (-1.0, _rows(self, low))))
            for name, change in changes.items()
            for words, low, high in _changed(data, name, change)
        ]
        return _averages(self, quantities, data, newdata, by, alpha, method, rng)

    def avg_slopes(
        self: Any,
        variables: str | list[str] | None = None,
        newdata: pd.DataFrame | None = None,
        by: str | list[str] | None = None,
        alpha: float = 0.05,
        method: str = "delta",
        rng: np.random.Generator | int | None = None,
    ) -> pd.DataFrame:
        """Average the derivative of the probability of each level in a variable.

        Parameters
        ----------
        variables : str or list of str, optional
            The variables; all by default. Categories have no slope: they are compared with the
            first, as by ``avg_comparisons``.
        newdata, by, alpha, method, rng
            See ``avg_comparisons``.

        Returns
        -------
        pandas.DataFrame
            See ``avg_comparisons``; ``contrast`` is ``"dY/dX"`` for a slope.

        Raises
        ------
        ModelError
            If a variable is not part of the model.
        """
        data = _data(self, newdata)
        quantities = []
        for name in _read_changes(self, variables, data):
            if _is_numeric(data[name]):
                quantities.append(_slope(self, data, name))
                continue
            quantities += [
                Quantity(name, words, ((1.0, _rows(self, high)), (-1.0, _rows(self, low))))
                for words, low, high in _changed(data, name, None)
            ]
        return _averages(self, quantities, data, newdata, by, alpha, method, rng)


def _data(results: Any, newdata: pd.DataFrame | None) -> pd.DataFrame:
    """Return the variables of the rows to average over."""
    if newdata is not None:
        if not isinstance(newdata, pd.DataFrame):
            raise ModelError(f"newdata must be a data frame, not a {type(newdata).__name__}")
        return newdata
    if results.model.formula_data is not None:
        return results.model.formula_data
    frame = pd.concat([*results.model.sample.covariates[:3]], axis=1)
    return frame.loc[:, ~frame.columns.duplicated()]


def _rows(results: Any, data: pd.DataFrame) -> Rows:
    """Return rows with every edge; the offset of the fit goes with the rows of the fit."""
    model = results.model
    own = model.sample.covariates.offset
    if own is None or (model.design is not None and model.design.offset_column is not None):
        return model.all_edges(model.covariates(data))
    if not data.index.equals(own.index):
        raise ModelError("the offset of the fit is no column of the data, and newdata has none")
    return model.all_edges(model.covariates(data, own))


def variables_of(model: Any) -> list[str]:
    """Return the variables a model uses, as columns of its data."""
    if model.design is None:
        return list(dict.fromkeys(str(n) for part in model.sample.covariates[:3] for n in part))
    parts = model.design.parts.values()
    return list(dict.fromkeys(name for part in parts for name in part.variables))


def _is_numeric(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


def _read_changes(results: Any, variables: Any, data: pd.DataFrame) -> dict[str, Any]:
    known = variables_of(results.model)
    if variables is None:
        changes = dict.fromkeys(known)
    elif isinstance(variables, dict):
        changes = dict(variables)
    else:
        changes = dict.fromkeys([variables] if isinstance(variables, str) else variables)
    for name in changes:
        if name not in known:
            raise ModelError(f"{name!r} is no variable of the model; it has {', '.join(known)}")
        if name not in data:
            raise ModelError(f"newdata has no column {name!r}")
    return changes


def _changed(
    data: pd.DataFrame, name: str, change: Any
) -> Iterable[tuple[str, pd.DataFrame, pd.DataFrame]]:
    """Return for each contrast its words, and the data before and after the change."""
    column = data[name]
    if isinstance(change, tuple | list):
        if len(change) != 2:
            raise ModelError(f"the change of {name!r} has {len(change)} values; a pair has two")
        low, high = change
        yield f"{high} - {low}", _with(data, name, low), _with(data, name, high)
    elif not _is_numeric(column):
        if change is not None:
            raise ModelError(f"{name!r} is categorical; give a pair of its categories")
        first, *others = _categories(column)
        for other in others:
            yield f"{other} - {first}", _with(data, name, first), _with(data, name, other)
    elif isinstance(change, str):
        low, high = _spread(column, name, change)
        yield change, _with(data, name, low), _with(data, name, high)
    else:
        step = 1.0 if change is None else float(change)
        yield f"+{step:g}", data, data.assign(**{name: column + step})


def _categories(column: pd.Series) -> list[Any]:
    if isinstance(column.dtype, pd.CategoricalDtype):
        return list(column.cat.categories)
    return sorted(column.unique())


def _with(data: pd.DataFrame, name: str, value: Any) -> pd.DataFrame:
    column = data[name]
    if isinstance(column.dtype, pd.CategoricalDtype):
        if value not in column.cat.categories:
            known = ", ".join(map(repr, column.cat.categories))
            raise ModelError(f"{name!r} has no category {value!r}; it has {known}")
        values = pd.Categorical([value] * len(data), dtype=column.dtype)
        return data.assign(**{name: values})
    return data.assign(**{name: value})


def _spread(column: pd.Series, name: str, change: str) -> tuple[float, float]:
    if change == "sd":
        half = float(column.std()) / 2.0
        return float(column.mean()) - half, float(column.mean()) + half
    if change == "iqr":
        return float(column.quantile(0.25)), float(column.quantile(0.75))
    if change == "minmax":
        return float(column.min()), float(column.max())
    raise ModelError(f"the change {change!r} of {name!r} is not known; choose sd, iqr or minmax")


def _slope(results: Any, data: pd.DataFrame, name: str) -> Quantity:
    column = data[name].astype(float)
    step = STEP * float(np.ptp(column)) or STEP
    high, low = (_rows(results, data.assign(**{name: column + move})) for move in (step, -step))
    return Quantity(name, "dY/dX", ((0.5 / step, high), (-0.5 / step, low)))


def _groups(data: pd.DataFrame, by: Any, weights: Array) -> tuple[pd.DataFrame, Array]:
    """Return the combinations of ``by``, and for each the share of each row, g by n."""
    if by is None:
        return pd.DataFrame(index=[0]), (weights / weights.sum())[None, :]
    names = [by] if isinstance(by, str) else list(by)
    for name in names:
        if name not in data:
            raise ModelError(f"by={name!r} is no column of the data")
    grouped = data.groupby(names, observed=True, sort=True)
    codes = grouped.ngroup().to_numpy()
    members = (codes[None, :] == np.arange(grouped.ngroups)[:, None]) * weights
    keys = data[names].assign(_code=codes).drop_duplicates("_code").sort_values("_code")
    return keys[names].reset_index(drop=True), members / members.sum(axis=1, keepdims=True)


def _averages(
    results: Any,
    quantities: list[Quantity],
    data: pd.DataFrame,
    newdata: pd.DataFrame | None,
    by: Any,
    alpha: float,
    method: str,
    rng: Any,
) -> pd.DataFrame:
    if method not in {"delta", "simulation"}:
        raise ModelError(f"method={method!r} is not known; choose 'delta' or 'simulation'")
    if not 0.0 < alpha < 1.0:
        raise ModelError(f"alpha={alpha!r} must lie between 0 and 1")
    weights = np.ones(len(data)) if newdata is not None else results.model.sample.counts
    keys, shares = _groups(data, by, weights)
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
    params, covariance = results.fit_record.params, results.fit_record.covariance
    levels = results.model.outcome.levels
    estimate = _average(params, quantity, shares, results.model.link)
    if np.isnan(estimate).any():
        raise ModelError("some rows have no probabilities; drop rows with missing values")
    slopes = sum(
        factor * _average_gradient(params, rows, shares, results.model.link)
        for factor, rows in quantity.parts
    )
    error = np.sqrt(np.maximum(np.einsum("gkq,qr,gkr->gk", slopes, covariance, slopes), 0.0))
    infinite = [results._infinite_bounds(rows).any(axis=0) for _, rows in quantity.parts]
    error[(shares[:, np.any(infinite, axis=0)] > 0.0).any(axis=1)] = np.nan
    if method == "delta":
        low, high = _delta_interval(results, quantity, estimate, error, alpha)
    else:
        draws = _draws(results, quantity, shares, rng)
        error = np.where(np.isnan(error), np.nan, draws.std(axis=0, ddof=1))
        low, high = np.quantile(draws, [alpha / 2.0, 1.0 - alpha / 2.0], axis=0)
        low, high = (np.where(np.isnan(error), np.nan, end) for end in (low, high))
    frame = keys.loc[keys.index.repeat(len(levels))].reset_index(drop=True)
    statistic = (estimate / error).ravel()
    reference = stats.norm if results.groups is None else stats.t(results.df_resid_inference)
    return frame.assign(
        term=quantity.term,
        contrast=quantity.contrast,
        group=pd.Categorical(np.tile(levels, len(keys)), categories=levels, ordered=True),
        estimate=estimate.ravel(),
        std_error=error.ravel(),
        statistic=statistic,
        p_value=2.0 * reference.sf(np.abs(statistic)),
        conf_low=low.ravel(),
        conf_high=high.ravel(),
    )


def _delta_interval(
    results: Any, quantity: Quantity, estimate: Array, error: Array, alpha: float
) -> tuple[Array, Array]:
    reach = results._quantile(1.0 - alpha / 2.0) * error
    if quantity.term:
        return estimate - reach, estimate + reach
    with np.errstate(divide="ignore", invalid="ignore"):
        centre, reach = special.logit(estimate), reach / (estimate * (1.0 - estimate))
    return special.expit(centre - reach), special.expit(centre + reach)


def _average(params: Array, quantity: Quantity, shares: Array, link: Any) -> Array:
    parts = [
        factor * (shares @ predict(params, rows, link, "prob")) for factor, rows in quantity.parts
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
    values, vectors = np.linalg.eigh(found.covariance)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    normal = np.random.default_rng(rng).standard_normal((DRAWS, len(values)))
    averages = []
    for params in found.params + normal @ root.T:
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
