"""Design matrices: what a user passes, as a checked frame of numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy import linalg
from scipy.linalg import lapack

from probstats.errors import ModelError
from probstats.models.kernel.links import Array

COLLINEAR = 1e-6
"""Share of a column's spread that the columns before it must leave unexplained.

With less, standard errors lose more digits than a reader would forgive.
"""


def read_exog(exog: Any, endog: Any, prefix: str = "x") -> pd.DataFrame:
    """Return covariates as a frame of numbers that goes with the outcome row by row.

    Parameters
    ----------
    exog : pandas.DataFrame, pandas.Series, array_like or None
        n by p covariates, or n values of one; columns without names are called x1, x2, ...
        None stands for no covariates.
    endog : pandas.Series, pandas.DataFrame or array_like
        The outcome, n values.
    prefix : str
        What the names of columns without names begin with.

    Returns
    -------
    pandas.DataFrame
        n by p floats; the values of a frame of floats are not copied.

    Raises
    ------
    ModelError
        If the rows differ in number or in index from the outcome's, a column is not numeric, two
        columns have one name, or values are infinite or missing.
    """
    frame = _frame(exog, endog, prefix)
    if len(frame) != len(endog):
        raise ModelError(f"the outcome has {len(endog)} rows and the covariates {len(frame)}")
    labelled = isinstance(endog, pd.Series | pd.DataFrame)
    if labelled and not endog.index.equals(frame.index):
        raise ModelError("outcome and covariates have different indexes; align them first")
    repeated = frame.columns[frame.columns.duplicated()]
    if len(repeated):
        raise ModelError(f"there is more than one column {repeated[0]!r}; rename them")
    values = frame.to_numpy()
    if values.dtype != np.float64:
        for name in frame:
            _require_numeric(frame[name])
        frame = frame.astype(float)
        values = frame.to_numpy()
    _require_finite(values, frame.columns)
    return frame


def _require_finite(values: Array, names: pd.Index) -> None:
    with np.errstate(invalid="ignore", over="ignore"):
        if np.isfinite(values.sum(axis=0)).all():
            return
    counts = (~np.isfinite(values)).sum(axis=0)
    bad = [f"{name!r} ({count})" for name, count in zip(names, counts, strict=True) if count]
    if bad:
        raise ModelError(
            f"infinite or missing values in column {', '.join(bad)}; drop or fill these rows"
        )


def _frame(exog: Any, endog: Any, prefix: str) -> pd.DataFrame:
    if exog is None:
        labelled = isinstance(endog, pd.Series | pd.DataFrame)
        return pd.DataFrame(index=endog.index if labelled else pd.RangeIndex(len(endog)))
    if isinstance(exog, pd.DataFrame):
        return exog
    if isinstance(exog, pd.Series):
        return exog.to_frame(f"{prefix}1" if exog.name is None else exog.name)
    values = np.asarray(exog)
    values = values[:, None] if values.ndim == 1 else values
    if values.ndim != 2:
        raise ModelError(f"covariates must be a table of rows and columns, not {values.ndim}-d")
    labelled = isinstance(endog, pd.Series | pd.DataFrame) and len(endog) == len(values)
    index = endog.index if labelled else None
    names = [f"{prefix}{number}" for number in range(1, values.shape[1] + 1)]
    return pd.DataFrame(values, columns=names, index=index)


def _require_numeric(column: pd.Series) -> None:
    # Dates would pass as nanoseconds, numbered categories as one linear column.
    real = pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_complex_dtype(column)
    if not real:
        raise ModelError(
            f"column {column.name!r} has type {column.dtype}, not numbers; convert it with "
            f"astype(float), or let from_formula make covariates of its categories"
        )


def without_intercept(exog: pd.DataFrame, given: Any) -> pd.DataFrame:
    """Return covariates without an intercept, which the thresholds carry.

    Parameters
    ----------
    exog : pandas.DataFrame
        n by p covariates.
    given : pandas.DataFrame or array_like
        What the user passed: in a frame a column of ones is an intercept if its name says so.

    Returns
    -------
    pandas.DataFrame
        The others.
    """
    named = isinstance(given, pd.DataFrame | pd.Series)
    intercepts = [
        name
        for name, column in zip(exog.columns, exog.to_numpy().T, strict=True)
        if (not named or str(name).strip("()").lower() in {"const", "intercept"})
        and bool((column == 1.0).all())
    ]
    return exog.drop(columns=intercepts) if intercepts else exog


def _intercept_of(values: Array, names: pd.Index) -> list[int]:
    """Return where new values hold an intercept the columns of the fit do not have."""
    ones = np.flatnonzero((values == 1.0).all(axis=0)).tolist()
    dropped = [number for number in ones if f"x{number + 1}" not in names]
    return dropped if len(dropped) == 1 else []


def check_rank(standard: Array, names: list[str], n_rows: int) -> None:
    """Raise a sentence about the first column that adds nothing to those before it.

    Parameters
    ----------
    standard : numpy.ndarray
        n by p design matrix, columns centred and divided by their standard deviation.
    names : list of str
        Names of the p columns.
    n_rows : int
        n.

    Raises
    ------
    ModelError
        If a column is constant, or is a linear combination of the columns before it.
    """
    for name, column in zip(names, standard.T, strict=True):
        if not np.isfinite(column[0]):
            raise ModelError(
                f"column {name!r} is constant in the {n_rows} rows used; leave it out: "
                f"the thresholds carry the constant"
            )
    # The Gram matrix keeps half of the digits, so that it can acquit but not convict.
    root, failed = lapack.dpotrf(standard.T @ standard / n_rows)
    if not failed and np.diagonal(root).min(initial=1.0) > 1e-3:
        return
    for last in range(1, len(names)):
        _require_new(names[: last + 1], standard[:, :last], standard[:, last], n_rows)


def _require_new(names: list[str], earlier: Array, column: Array, n_rows: int) -> None:
    weights, *_ = linalg.lstsq(earlier, column)
    if np.linalg.norm(column - earlier @ weights) < COLLINEAR * np.sqrt(n_rows):
        used = [n for n, w in zip(names[:-1], weights, strict=True) if abs(w) > 1e-6]
        raise ModelError(
            f"column {names[-1]!r} is, to six digits, a linear combination of {', '.join(used)}; "
            f"leave one of them out, or centre a column before taking its powers"
        )


def match_exog(exog: Any, names: pd.Index) -> pd.DataFrame:
    """Return new rows with the columns of a fit, in its order.

    Parameters
    ----------
    exog : pandas.DataFrame or array_like
        A frame that has these columns, or m by p values in their order, with or without an
        intercept; p values are one row.
    names : pandas.Index
        The p columns of the fit.

    Returns
    -------
    pandas.DataFrame
        m by p.

    Raises
    ------
    ModelError
        If a column is missing or the number of columns differs.
    """
    if isinstance(exog, pd.Series):
        exog = exog.to_frame(names[0]) if len(names) == 1 else exog.to_frame().T
    if isinstance(exog, pd.DataFrame):
        missing = [str(name) for name in names if name not in exog]
        if missing:
            raise ModelError(f"the new data have no column {', '.join(missing)}")
        for name in names:
            _require_numeric(exog[name])
        return exog[list(names)]
    values = np.asarray(exog, dtype=float)
    values = values.reshape(-1, len(names)) if values.ndim < 2 and len(names) == 1 else values
    values = np.atleast_2d(values)
    if values.ndim == 2 and values.shape[1] == len(names) + 1:
        values = np.delete(values, _intercept_of(values, names), axis=1)
    if values.ndim != 2 or values.shape[1] != len(names):
        raise ModelError(f"new data of shape {values.shape} do not match {len(names)} covariates")
    return pd.DataFrame(values, columns=names)
