"""The two sides of a table: levels in order, and intervals of levels as categories of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from probstats.association.columns import Intervals, OrderedColumn, one_column
from probstats.errors import ModelError


@dataclass(frozen=True)
class Side:
    """Rows or columns of a table.

    Attributes
    ----------
    name : str
        The outcome.
    labels : tuple
        Levels in order, and behind them the intervals that occur.
    codes : numpy.ndarray
        Position in ``labels`` of each row of the frame, -1 where it is missing.
    n_known : int
        How many of the labels are levels.
    ordered : bool
        Whether the levels have an order.
    """

    name: str
    labels: tuple[Any, ...]
    codes: NDArray[np.intp]
    n_known: int
    ordered: bool


def read_side(frame: Any, name: str, intervals: Intervals | None) -> Side:
    """Read one side of a table.

    Parameters
    ----------
    frame : pandas.DataFrame
        The data.
    name : str
        A column, or a name in ``intervals``.
    intervals : mapping, optional
        Outcomes known as an interval: name to columns of lowest and highest level.

    Returns
    -------
    Side
        Text and unordered categoricals have no order; all other columns must have one.

    Raises
    ------
    ModelError
        If the column is not there, is missing throughout, has one level only or no levels, or an
        interval is impossible.
    """
    column = one_column(frame, name, intervals)
    if not column.present.any():
        raise ModelError(f"outcome {name!r} is missing in all {len(column.present)} rows")
    if isinstance(column.data, pd.DataFrame):
        return _interval_side(column)
    ordered, levels, codes = _levels(column)
    used = np.unique(codes[codes >= 0])
    if len(used) < 2:
        raise ModelError(
            f"outcome {name!r} has one level only ({levels[used[0]]}) in {column.present.sum()} "
            f"rows; a table of two outcomes needs two levels of each"
        )
    return Side(name, tuple(levels), codes, len(levels), ordered)


def _levels(column: OrderedColumn) -> tuple[bool, list[Any], NDArray[np.intp]]:
    """Return whether levels are ordered, the levels, and the code of each row."""
    values = column.data
    if isinstance(values.dtype, pd.CategoricalDtype):
        codes = values.cat.codes.to_numpy().astype(np.intp)
        return bool(values.cat.ordered), list(values.cat.categories), codes
    text = [isinstance(value, str) for value in values[column.present]]
    if not all(text):
        outcome = column.outcome()  # says what is wrong with the column, if anything
        codes = np.full(len(values), -1, dtype=np.intp)
        codes[column.present] = outcome.low
        return True, list(outcome.levels), codes
    labels = sorted(set(values[column.present]))
    return False, labels, pd.Categorical(values, categories=labels).codes.astype(np.intp)


def _interval_side(column: OrderedColumn) -> Side:
    column.outcome()
    ends = column.data[column.present]
    low, high = (ends.iloc[:, number] for number in (0, 1))
    if isinstance(low.dtype, pd.CategoricalDtype):
        levels = list(low.cat.categories)
        pairs = np.column_stack([low.cat.codes, high.cat.codes]).astype(np.intp)
    else:
        values = ends.to_numpy().astype(int)
        levels = np.unique(values).tolist()
        pairs = np.searchsorted(levels, values)
    wide = sorted({tuple(pair) for pair in pairs.tolist() if pair[0] != pair[1]})
    places = {pair: len(levels) + number for number, pair in enumerate(wide)}
    codes = np.full(len(column.present), -1, dtype=np.intp)
    codes[column.present] = [places.get((first, last), first) for first, last in pairs.tolist()]
    between = [f"between {levels[first]} and {levels[last]}" for first, last in wide]
    return Side(column.name, (*levels, *between), codes, len(levels), True)
