"""Columns as chained equations see them: numbers and codes of levels, each cell with its bounds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from probstats.errors import DataError
from probstats.models.kernel.links import Array

Mask = NDArray[np.bool_]

METHODS = {
    "ordered": "cumulative logit",
    "binary": "logit",
    "category": "separate logits",
}


@dataclass(frozen=True)
class Variable:
    """A column that is imputed, or predicts others.

    Attributes
    ----------
    name : str
        Its name.
    kind : {"number", "ordered", "binary", "category"}
        What it holds.
    cells : numpy.ndarray
        n numbers, or codes of levels from 0; missing where unknown.
    levels : tuple
        The levels of codes; empty for numbers.
    low, high : numpy.ndarray
        n bounds of what each cell may be, in numbers or codes.
    settled : int
        Cells that were missing and whose bounds leave one value.
    donors : int
        Of numbers, how many of the nearest observed values one is drawn from; 0 for a draw from the
        normal distribution of the regression.
    """

    name: Any
    kind: str
    cells: Array
    levels: tuple[Any, ...]
    low: Array
    high: Array
    settled: int = 0
    donors: int = 0

    @property
    def method(self) -> str:
        """How missing cells are drawn, in words."""
        if self.kind != "number":
            return METHODS[self.kind]
        return f"matching, {self.donors} donors" if self.donors else "normal regression"

    @property
    def missing(self) -> Mask:
        """Which cells are unknown."""
        return np.isnan(self.cells)

    @property
    def bounded(self) -> Mask:
        """Which unknown cells have bounds that say something."""
        known = self.cells[~self.missing]
        least, most = (0.0, len(self.levels) - 1.0) if self.levels else (known.min(), known.max())
        return self.missing & ((self.low > least) | (self.high < most))

    @property
    def whole(self) -> bool:
        """Whether all observed values are whole numbers."""
        known = self.cells[~self.missing]
        return bool((known == np.round(known)).all())

    def columns(self, values: Array) -> Array:
        """Return the columns by which values of this variable predict others, n by c.

        Numbers and two levels are one column. An ordered variable is one column of normal scores,
        the means of a normal variable cut at the shares of the levels. A variable of k unordered
        levels is k - 1 columns of zeros and ones.
        """
        if self.kind in {"number", "binary"}:
            return values[:, None]
        codes = values.astype(np.intp)
        if self.kind == "ordered":
            return self._scores()[codes][:, None]
        return np.eye(len(self.levels))[codes][:, 1:]

    def _scores(self) -> Array:
        """Return the normal score of each level; those of neighbours where nobody has it."""
        known = self.cells[~self.missing].astype(np.intp)
        shares = np.bincount(known, minlength=len(self.levels)) / len(known)
        edges = np.concatenate([[0.0], np.cumsum(shares)])
        density = np.exp(-0.5 * special.ndtri(np.clip(edges, 0.0, 1.0)) ** 2) / np.sqrt(2.0 * np.pi)
        middle = special.ndtri(np.clip((edges[1:] + edges[:-1]) / 2.0, 0.001, 0.999))
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(shares > 0.0, -np.diff(density) / shares, middle)

    def restore(self, column: pd.Series, values: Array) -> pd.Series:
        """Return the column with its missing cells filled in, of the type it has."""
        gaps = column.isna().to_numpy()
        filled = column.copy()
        if not self.levels:
            filled[gaps] = values[gaps].astype(filled.dtype.type if _is_whole(column) else float)
            return filled
        levels = pd.Series(self.levels, dtype=object).to_numpy()
        filled[gaps] = levels[values[gaps].astype(np.intp)]
        return filled


def _is_whole(column: pd.Series) -> bool:
    return pd.api.types.is_integer_dtype(column.dtype)


def read_variable(column: pd.Series) -> Variable:
    """Read a column.

    Parameters
    ----------
    column : pandas.Series
        Numbers, booleans or declared categories.

    Returns
    -------
    Variable
        Without bounds.

    Raises
    ------
    DataError
        If the column is of another type, holds infinite values, or has no or only one observed
        value while others are missing.
    """
    kind, levels = _kind(column)
    if kind == "number":
        values = column.to_numpy(dtype=float, na_value=np.nan)
        _require_finite(column, values)
    else:
        values = pd.Categorical(column, categories=levels).codes.astype(float)
        values[values < 0.0] = np.nan
    known = values[~np.isnan(values)]
    if len(known) < len(values):
        _require_some(column, known)
    ends = (0.0, len(levels) - 1.0) if levels else (-np.inf, np.inf)
    low, high = (np.full(len(values), end) for end in ends)
    return Variable(column.name, kind, values, levels, low, high)


def _kind(column: pd.Series) -> tuple[str, tuple[Any, ...]]:
    dtype = column.dtype
    if pd.api.types.is_bool_dtype(dtype) and not isinstance(dtype, pd.CategoricalDtype):
        return "binary", (False, True)
    if isinstance(dtype, pd.CategoricalDtype):
        levels = tuple(dtype.categories)
        if len(levels) < 3:
            return "binary", levels
        return ("ordered" if dtype.ordered else "category"), levels
    if pd.api.types.is_numeric_dtype(dtype) and not pd.api.types.is_complex_dtype(dtype):
        return "number", ()
    raise DataError(
        f"column {column.name!r} has type {dtype}, and imputation is for numbers, booleans and "
        f"categories; declare its categories, or leave it out with columns="
    )


def _require_finite(column: pd.Series, values: Array) -> None:
    infinite = np.flatnonzero(np.isinf(values))
    if len(infinite):
        raise DataError(
            f"column {column.name!r} is infinite in row {column.index.tolist()[infinite[0]]!r}; "
            f"give a number, or leave it missing"
        )


def _require_some(column: pd.Series, known: Array) -> None:
    if not len(known):
        raise DataError(
            f"column {column.name!r} has no observed value, so that nothing says what it could "
            f"be; leave it out with columns="
        )
    if (known == known[0]).all():
        raise DataError(
            f"column {column.name!r} has one value only ({column.dropna().iloc[0]}) in the "
            f"{len(known)} rows that have any, so that nothing can be imputed from it; leave it "
            f"out with columns="
        )
