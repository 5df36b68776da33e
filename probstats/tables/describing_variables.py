"""Groups of rows and columns to describe, read from a frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from probstats.association.table_reading import read_side
from probstats.errors import DataError

Rows = NDArray[np.bool_]
ALL = "All"
UNKNOWN = "not known"
MOST = 20
"""Most values of text or categories that are described unasked."""


@dataclass(frozen=True)
class Level:
    """A category: its name, and the positions of the cells of rows that have or may have it."""

    name: str
    cells: tuple[int, ...]


@dataclass(frozen=True)
class Variable:
    """A column to describe.

    Attributes
    ----------
    name : str
        Its name.
    known : numpy.ndarray
        Whether each row has a value.
    numbers : numpy.ndarray or None
        Numbers; None for categories.
    cells : tuple of numpy.ndarray
        Rows of each category, and of each interval of categories; they do not overlap.
    levels : tuple of Level
        Categories, the cell of rows known to have it first.
    """

    name: str
    known: Rows
    numbers: NDArray[np.float64] | None = None
    cells: tuple[Rows, ...] = ()
    levels: tuple[Level, ...] = ()


def read_groups(frame: Any, by: str | None) -> dict[str, Rows]:
    """Return the rows of each group by its name, all of them last.

    Parameters
    ----------
    frame : pandas.DataFrame
        The data.
    by : str, optional
        Column of groups.

    Returns
    -------
    dict of str to numpy.ndarray
        Groups that occur, in their order; rows without a group are "not known".

    Raises
    ------
    DataError
        If there are no rows, or the column is not there.
    """
    if not isinstance(frame, pd.DataFrame) or not len(frame):
        raise DataError("descriptives needs a pandas.DataFrame with at least one row")
    everything = np.ones(len(frame), dtype=bool)
    if by is None:
        return {ALL: everything}
    if by not in frame:
        raise DataError(f"the data have no column {by!r}")
    values = frame[by]
    if isinstance(values.dtype, pd.CategoricalDtype):
        names = [name for name in values.cat.categories if (values == name).any()]
    else:
        names = sorted(values.dropna().unique().tolist())
    groups = {str(name): (values == name).fillna(False).to_numpy(bool) for name in names}
    if values.isna().any():
        groups[UNKNOWN] = values.isna().to_numpy()
    if ALL in groups or len(groups) < len(names) + bool(values.isna().any()):
        raise DataError(f"two groups of {by!r} would have one name; name them apart")
    return groups | {ALL: everything}


def read_variables(
    frame: pd.DataFrame,
    by: str | None,
    columns: Sequence[str] | None,
    intervals: Mapping[str, tuple[str, str]] | None,
) -> tuple[list[Variable], list[str]]:
    """Read the columns to describe.

    Parameters
    ----------
    frame : pandas.DataFrame
        The data.
    by : str or None
        Column of groups, not described itself.
    columns : sequence of str, optional
        Names of columns and intervals.
    intervals : mapping, optional
        Ratings known as an interval.

    Returns
    -------
    variables : list of Variable
        In the order given, or that of the frame with intervals last.
    left_out : list of str
        Columns that were not asked for and cannot be described.

    Raises
    ------
    DataError
        If a column is not there, was asked for and cannot be described, or there are none.
    """
    if isinstance(columns, str):
        raise DataError(f"columns={columns!r} must be a sequence of names")
    given = dict(intervals or {})
    ends = {end for pair in given.values() for end in pair}
    asked = list(columns) if columns is not None else [
        *(name for name in frame.columns if name != by and name not in ends), *given
    ]  # fmt: skip
    if len(set(asked)) < len(asked):
        raise DataError("a column is to be described twice; name each once")
    variables, left_out = [], []
    for name in asked:
        if name in given:
            variables.append(_interval(frame, name, given))
        elif name not in frame:
            raise DataError(f"the data have no column {name!r}")
        elif (reason := _why_not(frame[name], asked=columns is not None)) is None:
            variables.append(_column(frame, name))
        elif columns is None:
            left_out.append(str(name))
        else:
            raise DataError(f"column {name!r} {reason}")
    if not variables:
        raise DataError("there are no columns to describe; name them in columns=")
    return variables, left_out


def _why_not(values: pd.Series, *, asked: bool) -> str | None:
    """Return why a column cannot be described, or should not be unasked."""
    if pd.api.types.is_bool_dtype(values) or pd.api.types.is_numeric_dtype(values):
        if pd.api.types.is_complex_dtype(values) or np.isinf(_numbers(values)).any():
            return "holds numbers that are not finite and real"
        return None
    known = values.dropna()
    categorical = isinstance(values.dtype, pd.CategoricalDtype)
    if not categorical and not all(isinstance(value, str | bool) for value in known):
        return f"has type {values.dtype}; numbers, text, booleans and categoricals are described"
    many = known.nunique() if not categorical else len(values.cat.categories)
    return None if asked or many <= MOST else f"has {many} values"


def _numbers(values: pd.Series) -> NDArray[np.float64]:
    return pd.to_numeric(values).astype("Float64").to_numpy(dtype=float, na_value=np.nan)


def _column(frame: pd.DataFrame, name: str) -> Variable:
    values = frame[name]
    known = values.notna().to_numpy()
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        return Variable(str(name), known, _numbers(values))
    if isinstance(values.dtype, pd.CategoricalDtype):
        names = list(values.cat.categories)
    else:
        names = sorted(values.dropna().unique().tolist())
    cells = tuple((values == one).fillna(False).to_numpy(bool) for one in names)
    levels = tuple(Level(str(one), (place,)) for place, one in enumerate(names))
    return Variable(str(name), known, None, cells, levels)


def _interval(frame: pd.DataFrame, name: str, intervals: Mapping[str, tuple[str, str]]) -> Variable:
    side = read_side(frame, name, intervals)
    known = side.labels[: side.n_known]
    cells = tuple(side.codes == place for place in range(len(side.labels)))
    reach = {}
    for place, label in enumerate(side.labels[side.n_known :], start=side.n_known):
        reach[place] = next(
            range(low, high + 1)
            for low in range(len(known)) for high in range(low + 1, len(known))
            if label == f"between {known[low]} and {known[high]}"
        )  # fmt: skip
    levels = tuple(
        Level(str(one), (place, *(cell for cell, held in reach.items() if place in held)))
        for place, one in enumerate(known)
    )
    return Variable(name, side.codes >= 0, None, cells, levels)
