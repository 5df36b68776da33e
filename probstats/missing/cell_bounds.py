"""Bounds of single cells: what a missing value is known to lie between."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from probstats.errors import DataError, ModelError
from probstats.missing.variables import Variable
from probstats.models.kernel.links import Array


def bound_columns(data: pd.DataFrame, bounds: Any) -> list[str]:
    """Return the columns of the data that hold bounds.

    Raises
    ------
    ModelError
        If bounds are no mapping from columns to pairs.
    """
    if bounds is None:
        return []
    if not isinstance(bounds, Mapping):
        raise ModelError("bounds must be a dict such as {'hours': ('hours_low', 'hours_high')}")
    for name, pair in bounds.items():
        if not isinstance(pair, tuple | list) or len(pair) != 2:
            raise ModelError(f"bounds[{name!r}] must be a pair (low, high), not {pair!r}")
    ends = [end for pair in bounds.values() for end in pair]
    return [end for end in ends if isinstance(end, str) and end in data]


def with_bounds(variable: Variable, data: pd.DataFrame, pair: tuple[Any, Any]) -> Variable:
    """Return a variable whose cells have bounds; cells with one possible value have it.

    Parameters
    ----------
    variable : Variable
        Without bounds.
    data : pandas.DataFrame
        Has the columns that bounds name.
    pair : tuple
        Lower and upper bound: a column, a value, one value for each row, or None.

    Returns
    -------
    Variable
        With bounds.

    Raises
    ------
    DataError
        If a lower bound is above the upper one, an observed value lies outside of its bounds, or
        bounds leave no possible value.
    ModelError
        If bounds are no column and no values, or the variable has no order.
    """
    if variable.kind == "category":
        raise ModelError(
            f"bounds[{variable.name!r}]: the column is an unordered category; make it ordered, or "
            f"leave its bounds out"
        )
    low, high = (
        np.where(np.isnan(end), free, end)
        for end, free in (
            (_end(variable, data, pair[0]), variable.low),
            (_end(variable, data, pair[1]), variable.high),
        )
    )
    _require(low <= high, variable, data, "its lower bound {low} is above its upper bound {high}",
             (low, high))  # fmt: skip
    known = ~variable.missing
    inside = ~known | ((variable.cells >= low) & (variable.cells <= high))
    _require(inside, variable, data, "the observed {value} lies outside of its bounds {low} to "
             "{high}", (low, high))  # fmt: skip
    if pd.api.types.is_integer_dtype(data[variable.name].dtype):
        low, high = np.ceil(low), np.floor(high)
        _require(low <= high, variable, data, "no whole number lies between its bounds",
                 (low, high))  # fmt: skip
    settled = variable.missing & (low == high)
    values = np.where(settled, low, variable.cells)
    return replace(variable, cells=values, low=low, high=high, settled=int(settled.sum()))


def _end(variable: Variable, data: pd.DataFrame, given: Any) -> Array:
    """Return one bound of each cell, in numbers or codes; missing where there is none."""
    if isinstance(given, str) and given in data:
        if given in variable.levels:
            raise ModelError(
                f"bounds[{variable.name!r}]: {given!r} is a column and a level; rename the column"
            )
        given = data[given]
    column = _one_for_each(variable, data, given)
    gaps = column.isna().to_numpy()
    if variable.levels:
        codes = pd.Index(variable.levels).get_indexer(column.astype(object))
        unknown = np.flatnonzero((codes < 0) & ~gaps)
        if len(unknown):
            raise ModelError(
                f"bounds[{variable.name!r}]: {column.iloc[unknown[0]]!r} is no level and no "
                f"column; the levels are {', '.join(map(str, variable.levels))}"
            )
        return np.where(gaps, np.nan, codes)
    try:
        return np.asarray(column.to_numpy(dtype=float, na_value=np.nan))
    except (TypeError, ValueError):
        raise ModelError(
            f"bounds[{variable.name!r}]: {column[~gaps].iloc[0]!r} is no number and no column"
        ) from None


def _one_for_each(variable: Variable, data: pd.DataFrame, given: Any) -> pd.Series:
    if isinstance(given, pd.Series):
        if not given.index.equals(data.index):
            raise ModelError(
                f"bounds[{variable.name!r}]: the index of a bound is not that of the data"
            )
        return given
    if np.ndim(given) == 0:
        return pd.Series([given] * len(data), index=data.index)
    if len(given) != len(data):
        raise ModelError(
            f"bounds[{variable.name!r}] has {len(given)} values for {len(data)} rows; give one for "
            f"each row"
        )
    return pd.Series(given, index=data.index)


def _require(
    fine: Any, variable: Variable, data: pd.DataFrame, what: str, ends: tuple[Array, Array]
) -> None:
    wrong = np.flatnonzero(~fine)
    if not len(wrong):
        return
    at = wrong[0]
    cells = {"value": variable.cells[at], "low": ends[0][at], "high": ends[1][at]}
    shown = {name: _shown(variable, value) for name, value in cells.items()}
    more = f", and {len(wrong) - 1} more rows are like it" if len(wrong) > 1 else ""
    raise DataError(
        f"column {variable.name!r}, row {data.index.tolist()[at]!r}: {what.format(**shown)}{more}"
    )


def _shown(variable: Variable, value: float) -> str:
    if np.isnan(value):
        return "none"
    return str(variable.levels[int(value)]) if variable.levels else f"{value:g}"
