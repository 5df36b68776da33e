"""Ratings of the same subjects by two raters, and how far apart levels are."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from probstats.errors import EmptyLevelWarning, ModelError
from probstats.models.kernel.links import Array
from probstats.models.reading.outcome import read_outcome

MOST_LEVELS = 1_000


@dataclass(frozen=True)
class Rated:
    """Subjects rated by both.

    Attributes
    ----------
    levels : tuple
        Levels in order, those that were never given among them.
    table : numpy.ndarray
        Counts, levels of the first by levels of the second.
    names : tuple of str
        Names of the raters.
    dropped : int
        Subjects without a rating by one of them.
    """

    levels: tuple[Any, ...]
    table: Array
    names: tuple[str, str]
    dropped: int

    @property
    def n(self) -> int:
        """Subjects rated by both."""
        return int(self.table.sum())


def read_ratings(first: Any, second: Any) -> Rated:
    """Read the ratings of two raters.

    Parameters
    ----------
    first, second : pandas.Series or array_like
        Ratings of the same subjects in the same order.

    Returns
    -------
    Rated
        Levels and counts.

    Raises
    ------
    ModelError
        If the ratings do not belong together, have no order, or a rater gives one level only.
    """
    one, two = _series(first, "first"), _series(second, "second")
    if len(one) != len(two):
        raise ModelError(
            f"{one.name!r} has {len(one)} ratings and {two.name!r} has {len(two)}; both must rate "
            f"the same subjects, in the same order"
        )
    if isinstance(first, pd.Series) and isinstance(second, pd.Series):
        _require_index(first, second, (one.name, two.name))
    both = one.notna().to_numpy() & two.notna().to_numpy()
    if not both.any():
        raise ModelError(f"no subject has ratings by both {one.name!r} and {two.name!r}")
    one, two = one[both], two[both]
    levels, codes = _codes(one, two)
    for name, given in ((one.name, codes[0]), (two.name, codes[1])):
        if len(np.unique(given)) < 2:
            raise ModelError(
                f"{name!r} gives one level only ({levels[given[0]]}) to the {len(given)} subjects "
                f"rated by both; kappa is then zero whatever the other rater does"
            )
    size = len(levels)
    table = np.bincount(codes[0] * size + codes[1], minlength=size * size).reshape(size, size)
    return Rated(
        levels, table.astype(float), (str(one.name), str(two.name)), int(len(both) - both.sum())
    )


def _series(values: Any, name: str) -> pd.Series:
    if isinstance(values, pd.DataFrame) or np.ndim(values) != 1:
        raise ModelError(
            f"the {name} rating is not one column; kappa needs known levels, and has no value for "
            f"intervals of levels: use polychoric(frame, intervals=...) for these"
        )
    series = pd.Series(values)
    own = series.name if series.name is not None else name
    return series.reset_index(drop=True).rename(own)


def _require_index(first: pd.Series, second: pd.Series, names: tuple[Any, Any]) -> None:
    if not first.index.equals(second.index):
        raise ModelError(
            f"{names[0]!r} and {names[1]!r} have different indexes, so that it is not clear "
            f"which ratings are of one subject; align them first, or pass arrays"
        )


def _codes(one: pd.Series, two: pd.Series) -> tuple[tuple[Any, ...], list[Any]]:
    """Return the levels in order and the codes of both raters."""
    kinds = [isinstance(series.dtype, pd.CategoricalDtype) for series in (one, two)]
    if any(kinds) and not all(kinds):
        raise ModelError(f"{one.name!r} and {two.name!r} are of different types")
    if all(kinds) and list(one.cat.categories) != list(two.cat.categories):
        raise ModelError(
            f"{one.name!r} and {two.name!r} have different categories; declare the same levels in "
            f"the same order for both"
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", EmptyLevelWarning)
        for series in (one, two) if all(kinds) else ():
            _require_order(series)
        stacked = pd.concat([one, two], ignore_index=True)
        read_outcome(stacked, name=f"{one.name} and {two.name}")
    if all(kinds):
        codes = [series.cat.codes.to_numpy().astype(np.intp) for series in (one, two)]
        return tuple(one.cat.categories), codes
    numbers = stacked.to_numpy().astype(int)
    least, most = int(numbers.min()), int(numbers.max())
    if most - least >= MOST_LEVELS:
        raise ModelError(
            f"{one.name!r} and {two.name!r} go from {least} to {most}, which would be "
            f"{most - least + 1:,} levels; {MOST_LEVELS:,} at most are compared: group them, or "
            f"declare the levels there are with pandas.Categorical(..., ordered=True)"
        )
    codes = [series.to_numpy().astype(int) - least for series in (one, two)]
    return tuple(range(least, most + 1)), codes


def _require_order(series: pd.Series) -> None:
    if not series.cat.ordered:
        raise ModelError(
            f"{series.name!r} is an unordered categorical; give the levels in order with "
            f"pandas.Categorical(values, categories=[lowest, ..., highest], ordered=True)"
        )


def disagreement(weights: Any, levels: tuple[Any, ...]) -> Array:
    """Return how far apart each two levels are.

    Parameters
    ----------
    weights : {"linear", "quadratic", "equal"} or array_like
        The rule, or the matrix itself.
    levels : tuple
        The levels in order.

    Returns
    -------
    numpy.ndarray
        Levels by levels, zero on the diagonal.

    Raises
    ------
    ModelError
        If the rule is not known or the matrix is none of disagreements.
    """
    number = np.arange(len(levels), dtype=float)
    steps = np.abs(np.subtract.outer(number, number))
    rules = {"linear": steps, "quadratic": steps**2, "equal": np.sign(steps)}
    if isinstance(weights, str):
        if weights not in rules:
            raise ModelError(f"weights={weights!r} is not known; choose {', '.join(rules)}")
        return rules[weights]
    try:
        matrix = np.asarray(weights, dtype=float)
    except (TypeError, ValueError) as error:
        raise ModelError(f"weights={weights!r} are no matrix of numbers") from error
    if matrix.shape != steps.shape:
        raise ModelError(
            f"weights have shape {matrix.shape}; there are {len(levels)} levels "
            f"({', '.join(map(str, levels))}), so they must be {steps.shape}"
        )
    if not np.isfinite(matrix).all() or (matrix < 0.0).any():
        raise ModelError("weights must be finite disagreements, none of them negative")
    if np.diag(matrix).any() or not matrix.any():
        raise ModelError(
            "weights must be disagreements, with zeros on the diagonal and some number off "
            "it; give 1 - weights if these are agreements"
        )
    return matrix
