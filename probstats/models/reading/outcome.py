"""The outcome of an ordinal model: levels in order, and the level each row has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from probstats.errors import EmptyLevelWarning, MergedLevelsWarning, ModelError
from probstats.models.kernel.links import Array
from probstats.models.kernel.rows import Edges
from probstats.models.trouble import warn


@dataclass(frozen=True)
class Outcome:
    """An ordered outcome, coded.

    Attributes
    ----------
    name : str
        Name of the outcome.
    levels : tuple
        Labels of the levels the rows tell apart, lowest first; K of them.
    low, high : numpy.ndarray
        For each row the lowest and the highest level it may have, as codes 0 to K - 1. They are
        equal where the level is known.
    empty : tuple
        Labels of declared levels that no row needs; they are not part of ``levels``.
    merged : tuple of tuple
        Labels of levels no row tells apart; each such run is one level of the model.
    """

    name: str
    levels: tuple[Any, ...]
    low: Edges
    high: Edges
    empty: tuple[Any, ...] = ()
    merged: tuple[tuple[Any, ...], ...] = ()

    @property
    def threshold_names(self) -> list[str]:
        """Names of the K - 1 thresholds, ``lower|upper``, as R prints them."""
        pairs = zip(self.levels[:-1], self.levels[1:], strict=True)
        return [f"{lower}|{upper}" for lower, upper in pairs]

    @property
    def edges(self) -> Edges:
        """Upper and lower edge of each row's levels, 2 by n; edge j lies below level code j."""
        return np.stack([self.high + 1, self.low])

    @property
    def informative(self) -> NDArray[np.bool_]:
        """Whether each row says anything: not if it may have every level."""
        return (self.low > 0) | (self.high < len(self.levels) - 1)

    @property
    def is_interval(self) -> bool:
        """Whether some row may have several levels."""
        return bool((self.low < self.high).any())

    def shares(self, weights: Array | None = None) -> Array:
        """Return the share of each level, intervals spread evenly over their levels."""
        weights = np.ones(len(self.low)) if weights is None else weights
        width = self.high - self.low + 1
        steps = np.bincount(self.low, weights / width, len(self.levels) + 1)
        steps -= np.bincount(self.high + 1, weights / width, len(self.levels) + 1)
        counts = np.cumsum(steps)[:-1]
        return counts / counts.sum()


def read_outcome(values: Any, name: str | None = None) -> Outcome:
    """Code an ordered outcome.

    Parameters
    ----------
    values : pandas.Series, array_like or pandas.DataFrame
        An ordered categorical, or whole numbers (their order is the order of the levels), or
        booleans; no missing values. A frame of two such columns holds the lowest and the highest
        level each row may have.
    name : str, optional
        Name of the outcome in messages; the name of the series otherwise.

    Returns
    -------
    Outcome
        The coded outcome.

    Raises
    ------
    ModelError
        If values are missing or have no order, an interval ends below its start, or the rows
        tell fewer than two levels apart.

    Warns
    -----
    EmptyLevelWarning
        If the likelihood gives a declared level no probability, because no row needs it.
    MergedLevelsWarning
        If no row tells some neighbouring levels apart.

    Notes
    -----
    With intervals, probability can only lie where a lowest level is followed by a highest level
    with no other lowest level between them (Turnbull 1976). These runs are the levels of the
    model; with known levels they are the levels that occur.

    Examples
    --------
    >>> read_outcome([3, 1, 2, 1], name="score").threshold_names
    ['1|2', '2|3']
    >>> rated = pd.DataFrame({"low": [1, 1, 2, 3], "high": [2, 1, 2, 3]})
    >>> read_outcome(rated).high.tolist()
    [1, 0, 1, 2]
    """
    label, declared, low, high = read_codes(values, name)
    if not len(low):
        raise ModelError(f"outcome {label!r} has no rows")
    first, last = _supports(low, high)
    _require_two_levels(label, len(low), [declared[code] for code in first])
    covered = {code for one, end in zip(first, last, strict=True) for code in range(one, end + 1)}
    empty = tuple(level for code, level in enumerate(declared) if code not in covered)
    runs = [tuple(declared[one : end + 1]) for one, end in zip(first, last, strict=True)]
    merged = tuple(run for run in runs if len(run) > 1)
    if empty:
        _warn_empty(label, empty, interval=bool((low < high).any()))
    if merged:
        _warn_merged(label, merged)
    # Small codes: with a million rows their memory counts.
    small = np.int16 if len(runs) < np.iinfo(np.int16).max else np.intp
    return Outcome(
        name=label,
        levels=tuple(run[0] if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs),
        low=np.searchsorted(first, low).astype(small),
        high=(np.searchsorted(last, high, side="right") - 1).astype(small),
        empty=empty,
        merged=merged,
    )


def _supports(low: NDArray[np.intp], high: NDArray[np.intp]) -> tuple[Any, Any]:
    """Return first and last code of each run of levels that can hold probability."""
    starts, ends = np.unique(low), np.unique(high)
    next_end = ends[np.searchsorted(ends, starts)]
    next_start = np.append(starts[1:], np.iinfo(np.intp).max)
    inner = next_end < next_start
    return starts[inner], next_end[inner]


def read_codes(
    values: Any, name: str | None
) -> tuple[str, list[Any], NDArray[np.intp], NDArray[np.intp]]:
    """Return name, declared levels, and codes of the lowest and the highest level of each row."""
    if not isinstance(values, pd.DataFrame):
        series = _one_column(values)
        label = name or (str(series.name) if series.name is not None else "outcome")
        _require_complete(series, label)
        declared, codes = _codes(series, label)
        return label, declared, codes, codes
    if values.shape[1] != 2:
        raise ModelError(
            f"an outcome of {values.shape[1]} columns is none; give one column of levels, or two: "
            f"the lowest and the highest level each row may have"
        )
    low, high = (values.iloc[:, number] for number in (0, 1))
    label = name or f"{low.name} to {high.name}"
    for column in (low, high):
        _require_complete(column, str(column.name))
    declared, low_codes, high_codes = _interval_codes(low, high)
    wrong = np.flatnonzero(low_codes > high_codes)
    if len(wrong):
        row, first, last = values.index.tolist()[wrong[0]], low.iloc[wrong[0]], high.iloc[wrong[0]]
        raise ModelError(
            f"outcome {label!r}: row {row!r} goes from {first} down to {last}; the first column "
            f"must hold the lower level"
        )
    return label, declared, low_codes, high_codes


def _interval_codes(
    low: pd.Series, high: pd.Series
) -> tuple[list[Any], NDArray[np.intp], NDArray[np.intp]]:
    both = [isinstance(column.dtype, pd.CategoricalDtype) for column in (low, high)]
    if all(both) and list(low.cat.categories) != list(high.cat.categories):
        raise ModelError(
            f"outcomes {low.name!r} and {high.name!r} have different categories; declare the "
            f"same levels in the same order for both"
        )
    if any(both) and not all(both):
        raise ModelError(f"outcomes {low.name!r} and {high.name!r} are of different types")
    if not all(both):
        stacked = pd.concat([low, high], ignore_index=True).rename(low.name)
        declared, codes = _codes(stacked, str(low.name))
        return declared, codes[: len(low)], codes[len(low) :]
    declared, low_codes = _codes(low, str(low.name))
    return declared, low_codes, _codes(high, str(high.name))[1]


def _one_column(values: Any) -> pd.Series:
    if np.ndim(values) != 1:
        raise ModelError(f"the outcome must be one column, not {np.ndim(values)}-dimensional")
    return pd.Series(values)


def _require_complete(series: pd.Series, label: str) -> None:
    missing = int(series.isna().sum())
    if missing:
        raise ModelError(
            f"outcome {label!r} is missing in {missing} of {len(series)} rows; drop them first"
        )


def _codes(series: pd.Series, label: str) -> tuple[list[Any], NDArray[np.intp]]:
    if isinstance(series.dtype, pd.CategoricalDtype):
        if not series.cat.ordered:
            raise ModelError(
                f"outcome {label!r} is an unordered categorical; give the levels in order with "
                f"pandas.Categorical(values, categories=[lowest, ..., highest], ordered=True)"
            )
        return list(series.cat.categories), series.cat.codes.to_numpy().astype(np.intp)
    if pd.api.types.is_bool_dtype(series) or _whole_numbers(series):
        levels, codes = np.unique(series.to_numpy(), return_inverse=True)
        return [_plain(level) for level in levels], codes.astype(np.intp)
    raise ModelError(
        f"outcome {label!r} has type {series.dtype} and no order; make it an ordered categorical "
        f"(pandas.Categorical with ordered=True) or whole numbers"
    )


def _whole_numbers(series: pd.Series) -> bool:
    if not pd.api.types.is_numeric_dtype(series):
        return False
    values = series.to_numpy(dtype=float)
    return bool(np.all(np.isfinite(values) & (values == np.round(values))))


def _plain(level: Any) -> Any:
    value = level.item()
    return int(value) if isinstance(value, float) else value


def _require_two_levels(label: str, n_rows: int, observed: list[Any]) -> None:
    if len(observed) < 2:
        raise ModelError(
            f"outcome {label!r} has one level only ({observed[0]}) in the {n_rows} rows used; "
            f"an ordinal model needs at least two"
        )


def _warn_empty(label: str, empty: tuple[Any, ...], *, interval: bool) -> None:
    need = "needs" if interval else "has"
    names = ", ".join(str(level) for level in empty)
    warn(
        f"outcome {label!r}: no row {need} level {names}; the model is fitted to the other levels",
        EmptyLevelWarning,
    )


def _warn_merged(label: str, merged: tuple[tuple[Any, ...], ...]) -> None:
    runs = "; ".join(" and ".join(str(level) for level in run) for run in merged)
    warn(
        f"outcome {label!r}: no row tells these levels apart, so they are one level: {runs}",
        MergedLevelsWarning,
    )
