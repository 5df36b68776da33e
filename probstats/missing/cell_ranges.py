"""From columns of a frame to what each row may be."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from probstats.errors import DataError, ModelError
from probstats.missing.cells import Groups, Levels, Mask, Range
from probstats.models.kernel.links import Array
from probstats.models.reading.columns import hint
from probstats.models.reading.outcome import read_codes

Column = str | tuple[str, str]
Limits = tuple[float, float]


def pick(data: pd.DataFrame, name: Any, what: str) -> pd.Series:
    """Return a column, or raise a sentence about what it was wanted for."""
    if not isinstance(data, pd.DataFrame):
        raise ModelError(f"data must be a pandas.DataFrame, not a {type(data).__name__}")
    if list(data.columns).count(name) > 1:
        raise ModelError(f"the data have more than one column {name!r}; rename them")
    if name not in data:
        raise ModelError(f"{what}: the data have no column {name!r}; {hint(str(name), data)}")
    return data[name]


def read_levels(data: pd.DataFrame, outcome: Column) -> Levels:
    """Read an outcome; a missing level may be any.

    Parameters
    ----------
    data : pandas.DataFrame
        Has the columns.
    outcome : str or tuple of str
        A column of levels, or those of the lowest and of the highest level of each row.

    Returns
    -------
    Levels
        All declared levels, those no row needs too.

    Raises
    ------
    ModelError
        If a column is missing or has no order, an interval ends below its start, or there is one
        level only.
    """
    low, high = (pick(data, name, "outcome").copy() for name in _pair(outcome, "outcome"))
    for column, end in ((low, 0), (high, -1)):
        if column.isna().any():
            column[column.isna()] = _declared(column)[end]
    known = isinstance(outcome, str) and low.equals(high)
    both = low if known else pd.concat([low, high], axis=1)
    name = outcome if isinstance(outcome, str) else f"{low.name} to {high.name}"
    name, labels, low_codes, high_codes = read_codes(both, name)
    if not len(low_codes):
        raise ModelError("the data have no rows")
    if len(labels) < 2:
        raise ModelError(f"outcome {name!r} has one level only ({labels[0]}); there is no range")
    return Levels(name, tuple(labels), low_codes, high_codes)


def _declared(column: pd.Series) -> list[Any]:
    if not isinstance(column.dtype, pd.CategoricalDtype) or not len(column.cat.categories):
        raise ModelError(
            f"outcome {column.name!r} is missing in {int(column.isna().sum())} of {len(column)} "
            f"rows and does not say which levels there are; make it an ordered categorical"
        )
    return list(column.cat.categories)


def _pair(names: Any, what: str) -> tuple[str, str]:
    if isinstance(names, str):
        return names, names
    if isinstance(names, tuple | list) and len(names) == 2:
        return names[0], names[1]
    raise ModelError(f"{what}={names!r} is neither a column nor a pair of columns (low, high)")


def read_groups(data: pd.DataFrame, name: str) -> Groups:
    """Read groups from a column of categories or booleans; a missing one may be any.

    Raises
    ------
    ModelError
        If the column declares no categories, or no row can belong to one of them.
    """
    column = pick(data, name, "exposure")
    if pd.api.types.is_bool_dtype(column):
        column = column.astype(pd.CategoricalDtype([False, True]))
    labels = list(column.cat.categories)
    if len(labels) < 2:
        raise ModelError(f"exposure {name!r} has {len(labels)} category; groups need two or more")
    codes = column.cat.codes.to_numpy()
    possible = (codes[:, None] == np.arange(len(labels))) | (codes < 0)[:, None]
    for label, some in zip(labels, possible.T, strict=True):
        if not some.any():
            raise ModelError(f"exposure {name!r}: no row has category {label!r}; leave it out")
    return Groups(name, tuple(labels), tuple(f"{name} = {label}" for label in labels), possible)


def read_range(data: pd.DataFrame, exposure: Column, limits: Limits | None) -> Range:
    """Read an exposure in numbers; what is missing on a side ends at the limit of that side.

    Parameters
    ----------
    data : pandas.DataFrame
        Has the columns.
    exposure : str or tuple of str
        A column of values, or those of the least and of the largest value of each row.
    limits : tuple of float or None
        What is possible at all; anything where None.

    Returns
    -------
    Range
        Infinite where nothing limits a row.

    Raises
    ------
    ModelError
        If values are no numbers, or no row has any and there are no limits.
    DataError
        If a value lies outside of the limits, or above the upper end of its row.
    """
    least, most = read_limits(limits)
    names = _pair(exposure, "exposure")
    columns = [_numbers(pick(data, name, "exposure")) for name in names]
    label = exposure if isinstance(exposure, str) else f"{names[0]} to {names[1]}"
    if limits is None and all(np.isnan(column).all() for column in columns):
        raise ModelError(
            f"exposure {label!r} has no observed value; say what is possible with "
            f"limits=(lowest, highest)"
        )
    for name, column in zip(names, columns, strict=True):
        _require(~((column < least) | (column > most)), data, name, column,
                 f"lies outside of limits=({least:g}, {most:g})")  # fmt: skip
    low = np.where(np.isnan(columns[0]), least, columns[0])
    high = np.where(np.isnan(columns[1]), most, columns[1])
    _require(low <= high, data, names[0], low, f"is above the upper end in {names[1]!r}")
    return Range(label, low, high)


def read_limits(limits: Limits | None) -> Limits:
    """Return what is possible, from minus to plus infinity where nothing is said."""
    if limits is None:
        return -np.inf, np.inf
    try:
        least, most = (float(value) for value in limits)
    except (TypeError, ValueError):
        raise ModelError(f"limits={limits!r} is no pair (lowest, highest)") from None
    if not least < most:
        raise ModelError(f"limits={limits!r} leaves nothing possible; give (lowest, highest)")
    return least, most


def _numbers(column: pd.Series) -> Array:
    if not pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
        raise ModelError(
            f"exposure {column.name!r} has type {column.dtype}; give numbers, or one column of "
            f"declared categories (data[{column.name!r}].astype('category'))"
        )
    values = column.to_numpy(dtype=float, na_value=np.nan)
    infinite = np.flatnonzero(np.isinf(values))
    if len(infinite):
        raise ModelError(
            f"exposure {column.name!r} is infinite in row {column.index.tolist()[infinite[0]]!r}; "
            f"leave it missing where it is unknown"
        )
    return values


def _require(fine: Mask, data: pd.DataFrame, name: str, values: Array, what: str) -> None:
    wrong = np.flatnonzero(~fine)
    if len(wrong):
        row, value = data.index.tolist()[wrong[0]], values[wrong[0]]
        more = f", and {len(wrong) - 1} more" if len(wrong) > 1 else ""
        raise DataError(f"exposure {name!r}: {value:g} in row {row!r}{more} {what}")
