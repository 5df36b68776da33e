"""The outcome of an ordinal model: levels in order, and the level each row has."""

from __future__ import annotations

import sys
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from probstats.errors import EmptyLevelWarning, ModelError


@dataclass(frozen=True)
class Outcome:
    """An ordered outcome, coded.

    Attributes
    ----------
    name : str
        Name of the outcome.
    levels : tuple
        Labels of the observed levels, lowest first; K of them.
    low, high : numpy.ndarray
        For each row the lowest and the highest level it may have, as codes 0 to K - 1. They are
        equal where the level is known.
    empty : tuple
        Labels of declared levels that no row has; they are not part of ``levels``.
    """

    name: str
    levels: tuple[Any, ...]
    low: NDArray[np.intp]
    high: NDArray[np.intp]
    empty: tuple[Any, ...] = ()

    @property
    def threshold_names(self) -> list[str]:
        """Names of the K - 1 thresholds, ``lower|upper``, as R prints them."""
        pairs = zip(self.levels[:-1], self.levels[1:], strict=True)
        return [f"{lower}|{upper}" for lower, upper in pairs]


def read_outcome(values: Any, name: str | None = None) -> Outcome:
    """Code an ordered outcome.

    Parameters
    ----------
    values : pandas.Series or array_like
        An ordered categorical, or whole numbers (their order is the order of the levels), or
        booleans. No missing values.
    name : str, optional
        Name of the outcome in messages; the name of the series otherwise.

    Returns
    -------
    Outcome
        The coded outcome.

    Raises
    ------
    ModelError
        If values are missing or have no order, or fewer than two levels are observed.

    Warns
    -----
    EmptyLevelWarning
        If a declared level was never observed.

    Examples
    --------
    >>> read_outcome([3, 1, 2, 1], name="score").threshold_names
    ['1|2', '2|3']
    """
    series = _one_column(values)
    label = name or (str(series.name) if series.name is not None else "outcome")
    _require_complete(series, label)
    declared, codes = _codes(series, label)
    observed = np.unique(codes)
    _require_two_levels(label, len(codes), [declared[code] for code in observed])
    recoded = np.searchsorted(observed, codes)
    empty = tuple(level for code, level in enumerate(declared) if code not in set(observed))
    if empty:
        _warn_empty(label, empty)
    levels = tuple(declared[code] for code in observed)
    return Outcome(label, levels, recoded, recoded, empty)


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
    if n_rows == 0:
        raise ModelError(f"outcome {label!r} has no rows")
    if len(observed) < 2:
        raise ModelError(
            f"outcome {label!r} has one level only ({observed[0]}) in the {n_rows} rows used; "
            f"an ordinal model needs at least two"
        )


def _warn_empty(label: str, empty: tuple[Any, ...]) -> None:
    names = ", ".join(str(level) for level in empty)
    warnings.warn(
        f"outcome {label!r}: no row has level {names}; the model is fitted to the other levels",
        EmptyLevelWarning,
        stacklevel=_stacklevel_of_caller(),
    )


def _stacklevel_of_caller() -> int:
    """Return the stacklevel that makes a warning of the calling function name the user's line."""
    level, frame = 1, sys._getframe(1)
    while frame.f_back and frame.f_globals["__name__"].startswith("probstats.models"):
        level, frame = level + 1, frame.f_back
    return level
