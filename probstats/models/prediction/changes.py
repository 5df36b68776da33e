"""Changes of variables: what the data would be, had a variable another value."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from probstats.errors import ModelError
from probstats.models.kernel.links import Array
from probstats.models.kernel.rows import Rows
from probstats.models.prediction.averages import Quantity

STEP = 1e-3
"""Step of a slope, as a share of its variable's spread; the error is of its fourth power."""


def data_of(results: Any, newdata: pd.DataFrame | None) -> pd.DataFrame:
    """Return the variables of the rows to average over."""
    if newdata is not None:
        if isinstance(newdata, pd.DataFrame) and newdata.empty:
            raise ModelError("newdata has no rows to average over")
        _require_offset_column(results.model)
        if not isinstance(newdata, pd.DataFrame):
            raise ModelError(f"newdata must be a data frame, not a {type(newdata).__name__}")
        return newdata
    if results.model.formula_data is not None:
        return results.model.formula_data
    frame = pd.concat([*results.model.sample.covariates[:3]], axis=1)
    return frame.loc[:, ~frame.columns.duplicated()]


def _require_offset_column(model: Any) -> None:
    if model.sample.covariates.offset is None:
        return
    if model.design is None or model.design.offset_column is None:
        raise ModelError(
            "the offset of the fit is no column of the data, so that newdata has none; "
            "fit with offset='column'"
        )


def rows_of(results: Any, data: pd.DataFrame) -> Rows:
    """Return rows with every edge; the offset of the fit goes with the rows of the fit."""
    model = results.model
    own = model.sample.covariates.offset
    if own is None or (model.design is not None and model.design.offset_column is not None):
        return model.all_edges(model.covariates(data))
    if not data.index.equals(own.index):
        raise ModelError(
            "the offset of the fit is no column of the data, so that newdata has none; "
            "fit with offset='column'"
        )
    return model.all_edges(model.covariates(data, own))


def is_numeric(results: Any, column: pd.Series) -> bool:
    """Return whether a variable changes by numbers, not by categories."""
    parts = [] if results.model.design is None else results.model.design.parts.values()
    if any(column.name in part.numbered for part in parts):
        return False
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


def contrasts(
    results: Any, data: pd.DataFrame, name: str, change: Any, weights: Array
) -> list[Quantity]:
    """Return the changes of the predictions when a variable changes, one for each contrast."""
    return [
        Quantity(name, words, ((1.0, rows_of(results, high)), (-1.0, rows_of(results, low))))
        for words, low, high in _changed(results, data, name, change, weights)
    ]


def _changed(
    results: Any, data: pd.DataFrame, name: str, change: Any, weights: Array
) -> Iterable[tuple[str, pd.DataFrame, pd.DataFrame]]:
    """Return for each contrast its words, and the data before and after the change."""
    column = data[name]
    if isinstance(change, tuple | list):
        if len(change) != 2:
            raise ModelError(f"the change of {name!r} has {len(change)} values; a pair has two")
        low, high = change
        yield f"{high} - {low}", _with(data, name, low), _with(data, name, high)
    elif not is_numeric(results, column):
        if change is not None:
            raise ModelError(f"{name!r} is categorical; give a pair of its categories")
        first, *others = _categories(results, column)
        for other in others:
            yield f"{other} - {first}", _with(data, name, first), _with(data, name, other)
    elif isinstance(change, str):
        low, high = _spread(column.to_numpy(dtype=float), name, change, weights)
        yield change, _with(data, name, low), _with(data, name, high)
    else:
        step = 1.0 if change is None else float(change)
        yield f"{step:+g}", data, data.assign(**{name: column + step})


def _categories(results: Any, column: pd.Series) -> list[Any]:
    """Return the categories the fit knows, the reference first."""
    design = results.model.design
    parts = [] if design is None else design.parts.values()
    for part in parts:
        known = part.levels | part.numbered
        if column.name in known:
            return list(known[column.name])
    return [False, True] if pd.api.types.is_bool_dtype(column) else sorted(column.unique())


def _with(data: pd.DataFrame, name: str, value: Any) -> pd.DataFrame:
    column = data[name]
    if isinstance(column.dtype, pd.CategoricalDtype):
        if value not in column.cat.categories:
            known = ", ".join(map(repr, column.cat.categories))
            raise ModelError(f"{name!r} has no category {value!r}; it has {known}")
        values = pd.Categorical([value] * len(data), dtype=column.dtype)
        return data.assign(**{name: values})
    return data.assign(**{name: value})


def _spread(values: Array, name: str, change: str, weights: Array) -> tuple[float, float]:
    """Return two values that stand for the spread of a variable, by the weights of the rows."""
    if change not in {"sd", "iqr", "minmax"}:
        raise ModelError(
            f"the change {change!r} of {name!r} is not known; choose sd, iqr or minmax"
        )
    if change == "minmax":
        return float(values.min()), float(values.max())
    if change == "sd":
        mean = float(np.average(values, weights=weights))
        half = float(np.sqrt(weights @ (values - mean) ** 2 / (weights.sum() - 1.0))) / 2.0
        return mean - half, mean + half
    quartiles = [0.25, 0.75]
    if np.all(weights == np.round(weights)):
        low, high = np.quantile(np.repeat(values, weights.astype(np.intp)), quartiles)
    else:
        low, high = np.quantile(values, quartiles, weights=weights, method="inverted_cdf")
    return float(low), float(high)


def slope(results: Any, data: pd.DataFrame, name: str) -> Quantity:
    """Return the derivative of the predictions in a variable, by central differences."""
    values = data[name].to_numpy(dtype=float)
    step = STEP * _middle_half(data_of(results, None)[name].to_numpy(dtype=float))
    steps = np.full(len(values), step)
    quantity = _differences(results, data, name, steps)
    if quantity is None:  # a logarithm, say, that a step would take below zero
        steps = np.minimum(steps, STEP * np.abs(values))
        quantity = _differences(results, data, name, steps)
    if quantity is None:
        raise ModelError(f"the formula has no slope in {name!r} at some of the rows")
    return quantity


def _differences(results: Any, data: pd.DataFrame, name: str, steps: Array) -> Quantity | None:
    """Return the slope by differences, None where the formula is not defined a step away."""
    column, parts = data[name].astype(float), []
    if (steps == 0.0).any():
        return None
    with np.errstate(invalid="ignore", divide="ignore"):
        for moves, factor in ((2, -1.0), (1, 8.0), (-1, -8.0), (-2, 1.0)):
            try:
                rows = rows_of(results, data.assign(**{name: column + moves * steps}))
            except ModelError:
                return None
            designs = (rows.location, rows.scale, rows.nominal)
            if not all(np.isfinite(design).all() for design in designs):
                return None
            parts.append((factor / (12.0 * steps), rows))
    return Quantity(name, "dY/dX", tuple(parts))


def _middle_half(values: Array) -> float:
    """Return the spread of the middle half of values, or their standard deviation where it is 0."""
    low, high = np.quantile(values, [0.25, 0.75])
    return float(high - low) or float(np.std(values))
