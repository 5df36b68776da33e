"""Design matrices: what a user passes, as a checked frame of numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy import linalg

from probstats.errors import ModelError
from probstats.models.links import Array

COLLINEAR = 1e-6
"""Share of a column's spread that the columns before it must leave unexplained.

With less, standard errors lose more digits than a reader would forgive.
"""


def read_exog(exog: Any, endog: Any) -> pd.DataFrame:
    """Return covariates as a frame of numbers that goes with the outcome row by row.

    Parameters
    ----------
    exog : pandas.DataFrame, pandas.Series or array_like
        n by p covariates, or n values of one; columns without names are called x1, x2, ...
    endog : pandas.Series or array_like
        The outcome, n values.

    Returns
    -------
    pandas.DataFrame
        n by p floats.

    Raises
    ------
    ModelError
        If the rows differ in number or in index from the outcome's, a column is not numeric, two
        columns have one name, or values are infinite or missing.
    """
    frame = _frame(exog, endog)
    if len(frame) != len(endog):
        raise ModelError(f"the outcome has {len(endog)} rows and the covariates {len(frame)}")
    if isinstance(endog, pd.Series) and not endog.index.equals(frame.index):
        raise ModelError("outcome and covariates have different indexes; align them first")
    repeated = frame.columns[frame.columns.duplicated()]
    if len(repeated):
        raise ModelError(f"there is more than one column {repeated[0]!r}; rename them")
    numbers = pd.DataFrame({name: _numbers(frame[name]) for name in frame}, index=frame.index)
    return numbers.set_axis(frame.columns, axis=1)


def _frame(exog: Any, endog: Any) -> pd.DataFrame:
    if isinstance(exog, pd.DataFrame):
        return exog
    if isinstance(exog, pd.Series):
        return exog.to_frame("x1" if exog.name is None else exog.name)
    values = np.asarray(exog)
    values = values[:, None] if values.ndim == 1 else values
    if values.ndim != 2:
        raise ModelError(f"covariates must be a table of rows and columns, not {values.ndim}-d")
    index = endog.index if isinstance(endog, pd.Series) and len(endog) == len(values) else None
    names = [f"x{number}" for number in range(1, values.shape[1] + 1)]
    return pd.DataFrame(values, columns=names, index=index)


def _numbers(column: pd.Series) -> Array:
    _require_numeric(column)
    values = column.to_numpy(dtype=float, na_value=np.nan)
    count = int((~np.isfinite(values)).sum())
    if count:
        raise ModelError(f"column {column.name!r} has {count} infinite or missing values")
    return values


def _require_numeric(column: pd.Series) -> None:
    # Dates would pass as nanoseconds, numbered categories as one linear column.
    real = pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_complex_dtype(column)
    if not real:
        raise ModelError(
            f"column {column.name!r} has type {column.dtype}, not numbers; convert it with "
            f"astype(float), or let from_formula make covariates of its categories"
        )


def check_rank(exog: pd.DataFrame) -> None:
    """Raise a sentence about the first column that adds nothing to those before it.

    Parameters
    ----------
    exog : pandas.DataFrame
        n by p design matrix without a constant.

    Raises
    ------
    ModelError
        If a column is constant, or is a linear combination of the columns before it.
    """
    values = exog.to_numpy(dtype=float)
    for name, column in zip(exog.columns, values.T, strict=True):
        if np.ptp(column) <= 1e-14 * np.abs(column).max():
            raise ModelError(
                f"column {name!r} is constant in the {len(values)} rows used; leave it out: "
                f"the thresholds carry the constant"
            )
    centred = values - values.mean(axis=0)
    scaled = centred / np.linalg.norm(centred, axis=0)
    for last in range(1, scaled.shape[1]):
        _require_new(exog.columns[: last + 1], scaled[:, :last], scaled[:, last])


def _require_new(names: pd.Index, earlier: Array, column: Array) -> None:
    weights, *_ = linalg.lstsq(earlier, column)
    if np.linalg.norm(column - earlier @ weights) < COLLINEAR:
        used = [str(n) for n, w in zip(names[:-1], weights, strict=True) if abs(w) > 1e-6]
        raise ModelError(
            f"column {names[-1]!r} is, to six digits, a linear combination of {', '.join(used)}; "
            f"leave one of them out, or centre a column before taking its powers"
        )


def match_exog(exog: Any, names: pd.Index) -> pd.DataFrame:
    """Return new rows with the columns of a fit, in its order.

    Parameters
    ----------
    exog : pandas.DataFrame or array_like
        A frame that has these columns, or m by p values in their order; p values are one row.
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
    if values.ndim != 2 or values.shape[1] != len(names):
        raise ModelError(f"new data of shape {values.shape} do not match {len(names)} covariates")
    return pd.DataFrame(values, columns=names)
