"""Ordered columns of a frame, known levels or pairs of a lowest and a highest level."""

from __future__ import annotations

import warnings
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from probstats.errors import EmptyLevelWarning, MergedLevelsWarning, ModelError
from probstats.models.reading.outcome import Outcome, read_outcome

Intervals = Mapping[str, tuple[str, str]]


@dataclass(frozen=True)
class OrderedColumn:
    """One outcome of a frame, with its missing values.

    Attributes
    ----------
    name : str
        Its name.
    data : pandas.Series or pandas.DataFrame
        Levels, or their lowest and highest.
    present : numpy.ndarray
        Whether each row has a value.
    """

    name: str
    data: pd.Series | pd.DataFrame
    present: NDArray[np.bool_]

    def outcome(self, rows: NDArray[np.bool_] | None = None) -> Outcome:
        """Return the coded outcome of some rows; lost levels are in it, and not warned of."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", EmptyLevelWarning)
            warnings.simplefilter("ignore", MergedLevelsWarning)
            return read_outcome(self.data[self.present if rows is None else rows], name=self.name)


def ordered_columns(frame: Any, intervals: Intervals | None) -> list[OrderedColumn]:
    """Read the outcomes of a frame.

    Parameters
    ----------
    frame : pandas.DataFrame
        The outcomes.
    intervals : mapping, optional
        Names of outcomes known as an interval, with their columns of lowest and highest levels.

    Returns
    -------
    list of OrderedColumn
        In the order of the frame; an interval is where its column of lowest levels is.

    Raises
    ------
    ModelError
        If a column is not there, has no order, no rows or one level only, or an interval is
        impossible.
    """
    frame = _require_frame(frame)
    given = _mapping(intervals)
    for name, pair in given.items():
        _require_pair(frame, name, pair)
    ends = {column for pair in given.values() for column in pair}
    by_low = {pair[0]: name for name, pair in given.items()}
    if len(ends) < 2 * len(given):
        raise ModelError("intervals= uses a column twice; each outcome needs two of its own")
    found = []
    for column in frame.columns:
        if column in by_low:
            found.append(_interval(frame, by_low[column], given[by_low[column]]))
        elif column not in ends:
            values = frame[column]
            found.append(OrderedColumn(str(column), values, values.notna().to_numpy()))
    _require_apart([one.name for one in found])
    for one in found:
        _require_values(one)
        one.outcome()
    return found


def _mapping(intervals: Any) -> dict[str, Any]:
    if intervals is None:
        return {}
    if not isinstance(intervals, Mapping):
        raise ModelError(
            f"intervals={intervals!r} must be a dict such as {{'rating': ('lowest', 'highest')}}"
        )
    return dict(intervals)


def _require_apart(names: list[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise ModelError(f"two outcomes are called {name!r} when written; name them apart")


def one_column(frame: Any, name: str, intervals: Intervals | None) -> OrderedColumn:
    """Read one outcome of a frame by its name, or by that of an interval; its levels unchecked."""
    frame = _require_frame(frame)
    if not isinstance(name, Hashable):
        raise ModelError(f"an outcome is one column or one name of intervals=, not {name!r}")
    given = _mapping(intervals)
    if name in given:
        _require_pair(frame, name, given[name])
        return _interval(frame, name, given[name])
    if name not in frame.columns:
        raise ModelError(f"the frame has no column {name!r}; it has {_listed(frame.columns)}")
    return OrderedColumn(name, frame[name], frame[name].notna().to_numpy())


def _require_frame(frame: Any) -> pd.DataFrame:
    if not isinstance(frame, pd.DataFrame):
        raise ModelError(f"a pandas.DataFrame is needed, not {type(frame).__name__}")
    twice = frame.columns[frame.columns.duplicated()]
    if len(twice):
        raise ModelError(f"the frame has more than one column {twice[0]!r}; name them apart")
    return frame


def _require_pair(frame: pd.DataFrame, name: str, pair: Any) -> None:
    if isinstance(pair, str) or not isinstance(pair, tuple | list) or len(pair) != 2:
        raise ModelError(
            f"intervals[{name!r}] must be two columns, lowest and highest level, not {pair!r}"
        )
    for column in pair:
        if column not in frame.columns:
            raise ModelError(
                f"intervals[{name!r}] names {column!r}, which the frame does not have; it has "
                f"{_listed(frame.columns)}"
            )
    if name in frame.columns and name not in pair:
        raise ModelError(f"intervals[{name!r}] has the name of another column; choose a new one")


def _interval(frame: pd.DataFrame, name: str, pair: tuple[str, str]) -> OrderedColumn:
    values = frame[list(pair)]
    there = values.notna().to_numpy()
    half = np.flatnonzero(there[:, 0] != there[:, 1])
    if len(half):
        row, missing = frame.index.tolist()[half[0]], pair[int(there[half[0], 0])]
        raise ModelError(
            f"outcome {name!r}: row {row!r} has one end of its interval, and {missing!r} is "
            f"missing; give the lowest or highest level there is for an open end"
        )
    return OrderedColumn(name, values, there[:, 0])


def _require_values(column: OrderedColumn) -> None:
    if not column.present.any():
        raise ModelError(
            f"outcome {column.name!r} is missing in all {len(column.present)} rows; leave it out"
        )


def _listed(names: Any) -> str:
    return ", ".join(map(repr, names))
