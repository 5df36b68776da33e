"""Columns of the data a formula names: are they there, declared, known and complete."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from probstats.errors import ModelError


def require_columns(names: Iterable[str], data: pd.DataFrame) -> None:
    """Raise a sentence about the first name that is no column, or several."""
    if not isinstance(data, pd.DataFrame):
        raise ModelError(
            f"a formula needs a data frame with its variables, not a {type(data).__name__}"
        )
    for name in names:
        if list(data.columns).count(name) > 1:
            raise ModelError(f"the data have more than one column {name!r}; rename them")
        if name not in data:
            raise ModelError(
                f"the formula names column {name!r}, which the data do not have; {hint(name, data)}"
            )


def hint(name: str, data: pd.DataFrame) -> str:
    """Return what a user may have meant by a name, or the columns there are."""
    near = difflib.get_close_matches(name, [str(column) for column in data.columns], 3)
    if near:
        return f"did you mean {' or '.join(near)}?"
    shown = ", ".join(str(column) for column in data.columns[:12])
    return f"columns are {shown}{' ...' if len(data.columns) > 12 else ''}"


def require_declared(data: pd.DataFrame, names: Iterable[str]) -> None:
    """Raise a sentence about the first column that is neither numbers nor categories."""
    for name in names:
        column = data[name]
        categorical = isinstance(column.dtype, pd.CategoricalDtype)
        if pd.api.types.is_datetime64_any_dtype(column):
            raise ModelError(
                f"column {name!r} holds dates; make them numbers first, such as years since the "
                f"first of them"
            )
        if not categorical and not pd.api.types.is_numeric_dtype(column):
            raise ModelError(
                f"column {name!r} has type {column.dtype}; declare its categories first, so that "
                f"the reference level is yours: data[{name!r}].astype('category') or "
                f"pandas.Categorical(values, categories=[reference, ...])"
            )


def require_known(column: pd.Series, levels: list[Any]) -> None:
    """Raise a sentence about values of a column that the fit did not see."""
    unknown = [repr(value) for value in column.dropna().unique().tolist() if value not in levels]
    if unknown:
        raise ModelError(
            f"column {column.name!r} has {', '.join(unknown)}, which the fit did not see; "
            f"it knows {', '.join(map(repr, levels))}"
        )


def complete_rows(data: pd.DataFrame, missing: str) -> tuple[NDArray[np.bool_], pd.Series]:
    """Return which rows miss nothing, and how many each column misses."""
    if missing not in {"drop", "raise"}:
        raise ModelError(f"missing={missing!r} is not known; choose 'drop' or 'raise'")
    absent = data.isna()
    dropped = absent.sum()
    complete = ~absent.any(axis=1).to_numpy()
    counts = ", ".join(f"{name} {count}" for name, count in dropped.items() if count)
    if missing == "raise" and counts:
        raise ModelError(f"rows miss values ({counts}); drop or fill them, or pass missing='drop'")
    if not complete.any():
        raise ModelError(
            f"no rows are left of {len(data)} after dropping missing values ({counts or 'no rows'})"
        )
    return complete, dropped


def categories(rows: pd.DataFrame, names: Iterable[str]) -> dict[str, list[Any]]:
    """Return the categories of each categorical column, all of which the rows must have."""
    columns = {name: rows[name] for name in names}
    levels = {
        name: column.cat.categories.tolist()
        for name, column in columns.items()
        if isinstance(column.dtype, pd.CategoricalDtype)
    }
    for name, declared in levels.items():
        unseen = [repr(level) for level in declared if not (columns[name] == level).any()]
        if unseen:
            raise ModelError(
                f"column {name!r}: no row used has category {', '.join(unseen)}; merge it, or "
                f"drop rows with missing values and then leave it out with "
                f"data[{name!r}].cat.remove_unused_categories()"
            )
    return levels
