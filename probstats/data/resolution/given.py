"""Claims that users bring, read as strictly as the tables of the record."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from probstats.data.resolution.types import Bools
from probstats.data.scale import RATINGS
from probstats.errors import DataError

DAY = r"\d{4}-\d{2}-\d{2}"
"""How a date begins; pandas alone would take "now" for one, and "2023-06" for the first of June."""


def read_dates(frame: pd.DataFrame, columns: Iterable[str], name: str) -> pd.DataFrame:
    """Return a frame with columns of dates as dates.

    Parameters
    ----------
    frame : pandas.DataFrame
        A frame of a user's.
    columns : iterable of str
        Those of its columns that hold dates, or their text, YYYY-MM-DD; others are passed over.
    name : str
        What the user calls the frame.

    Returns
    -------
    pandas.DataFrame
        The frame, the columns as ``datetime64[s]``.

    Raises
    ------
    DataError
        If a value is no date.
    """
    dates = {column: _dates(frame[column], name) for column in columns if column in frame}
    return frame.assign(**dates)


def read_numbers(frame: pd.DataFrame, columns: Iterable[str], name: str) -> pd.DataFrame:
    """Return a frame with columns of numbers as numbers.

    Parameters
    ----------
    frame : pandas.DataFrame
        A frame of a user's.
    columns : iterable of str
        Those of its columns that hold numbers; others are passed over.
    name : str
        What the user calls the frame.

    Returns
    -------
    pandas.DataFrame
        The frame, the columns as ``float64``.

    Raises
    ------
    DataError
        If a value is no number.
    """
    numbers = {column: _numbers(frame[column], name) for column in columns if column in frame}
    return frame.assign(**numbers)


def read_ratings(frame: pd.DataFrame, columns: Iterable[str], name: str) -> pd.DataFrame:
    """Return a frame with columns of ratings as ordered categories, worst to best.

    Parameters
    ----------
    frame : pandas.DataFrame
        A frame of a user's.
    columns : iterable of str
        Those of its columns that hold ratings, in words.
    name : str
        What the user calls the frame.

    Returns
    -------
    pandas.DataFrame
        The frame, the columns as ordered categories.

    Raises
    ------
    DataError
        If a value is no rating, or missing.
    """
    for column in columns:
        words = frame[column]
        wrong = ~words.isin(RATINGS).to_numpy(dtype=bool)
        _refuse(words, wrong, name, f"one of {', '.join(RATINGS)}")
    ratings = {column: pd.Categorical(frame[column], RATINGS, ordered=True) for column in columns}
    return frame.assign(**ratings)


def require_known(frame: pd.DataFrame, column: str, known: Iterable[str], name: str) -> None:
    """Raise a sentence if a column holds what is not known, or nothing.

    Parameters
    ----------
    frame : pandas.DataFrame
        A frame of a user's.
    column : str
        One of its columns.
    known : iterable of str
        What it may hold.
    name : str
        What the user calls the frame.

    Raises
    ------
    DataError
        If it holds anything else.
    """
    once = frame[column].drop_duplicates()
    wrong = ~once.isin(list(known)).to_numpy(dtype=bool)
    _refuse(once, wrong, name, f"a {column} of the record's tables")


def require_values(claims: pd.DataFrame, name: str) -> None:
    """Raise a sentence if a claim has no value: it would agree with everything."""
    wrong = ~np.isfinite(claims["value"].to_numpy(dtype=float))
    _refuse(claims["value"], wrong, name, "a number")


def _dates(values: pd.Series, name: str) -> pd.Series:
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        values = values.dt.tz_localize(None)
    dates = pd.to_datetime(values, format="ISO8601", errors="coerce")
    if not pd.api.types.is_datetime64_any_dtype(values.dtype):
        dates = dates.where(values.astype("str").str.match(DAY).to_numpy(dtype=bool))
    _refuse(values, (dates.isna() & values.notna()).to_numpy(), name, "a date as YYYY-MM-DD")
    return dates.astype("datetime64[s]")


def _numbers(values: pd.Series, name: str) -> pd.Series:
    numbers = pd.to_numeric(values, errors="coerce").astype("float64")
    _refuse(values, (numbers.isna() & values.notna()).to_numpy(), name, "a number")
    return numbers


def _refuse(values: pd.Series, wrong: Bools, name: str, expected: str) -> None:
    places = np.flatnonzero(wrong)
    if len(places):
        held = values.iloc[places[0]]
        held = "nothing" if pd.isna(held) else repr(held)
        raise DataError(
            f"{name}, row {values.index[places[0]]}, column {values.name}: holds {held}; "
            f"expected {expected}"
        )
