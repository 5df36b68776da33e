"""Stata's own format, version 118 (Stata 14 and later)."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import numpy as np
import pandas as pd

from probstats.data.exports.coding import code
from probstats.data.exports.frames import kind_of
from probstats.data.exports.names import STATA, legal_names
from probstats.data.exports.written import Written
from probstats.errors import DataError

VERSION = 118
LONGEST_STRING = 2045
"""Bytes of a text column; longer ones are kept as strL."""
LONGEST_LABEL = 80
LONGEST_LABELS = 32_000
"""Bytes of all value labels of a column together."""
FIRST_YEAR, LAST_YEAR = 100, 9999
TIME_STAMP = dt.datetime(2000, 1, 1)
"""A fixed one, so that the same frame gives the same bytes."""
LARGEST_LONG = 2_147_483_620


def stata_file(frame: pd.DataFrame, meanings: dict[str, str]) -> Written:
    """Return a frame as a Stata file.

    Parameters
    ----------
    frame : pandas.DataFrame
        As ``prepare`` returns it.
    meanings : dict of str
        What each column means, for variable labels; cut at 80 characters.

    Returns
    -------
    Written
        The file, the names of its columns and their value labels.

    Raises
    ------
    DataError
        If a date, a number or a set of labels is more than Stata can hold.
    """
    coded, labels = code(frame, "Stata")
    _require_labels(labels)
    columns = {name: _column(coded[name]) for name in coded}
    legal = legal_names(coded, STATA)
    ready = pd.DataFrame(columns).rename(columns=legal)
    dates = {"date": "td", "datetime": "tc"}
    kinds = {name: kind_of(coded[name]) for name in coded}
    options: dict[str, Any] = {
        "convert_dates": {legal[n]: dates[kind] for n, kind in kinds.items() if kind in dates},
        "value_labels": {legal[name]: words for name, words in labels.items()},
        "variable_labels": {legal[name]: _cut(meanings.get(name, "")) for name in coded},
        "convert_strl": [legal[n] for n, k in kinds.items() if k == "string" and _long(columns[n])],
    }
    stream = io.BytesIO()
    ready.to_stata(stream, write_index=False, version=VERSION, time_stamp=TIME_STAMP, **options)
    return Written({".dta": stream.getvalue()}, legal, labels)


def _column(column: pd.Series) -> pd.Series:
    kind = kind_of(column)
    if kind == "string":
        return column.fillna("")
    if kind in {"date", "datetime"}:
        _require_dates(column)
        return column.astype("datetime64[ms]")
    if kind == "integer":
        return _whole(column)
    return _double(column) if kind == "number" else column


def _double(column: pd.Series) -> pd.Series:
    return pd.Series(column.to_numpy(dtype="float64", na_value=np.nan), index=column.index)


def _whole(column: pd.Series) -> pd.Series:
    too_large_for_long = (_double(column).abs() > LARGEST_LONG).any()
    return _double(column) if too_large_for_long else column.astype("Int64")


def _require_dates(column: pd.Series) -> None:
    years = column.dt.year
    outside = ((years < FIRST_YEAR) | (years > LAST_YEAR)).to_numpy()
    fraction = (column != column.astype("datetime64[ms]")).to_numpy() & column.notna().to_numpy()
    for wrong, need in (
        (outside, f"years {FIRST_YEAR} to {LAST_YEAR}"),
        (fraction, "whole milliseconds"),
    ):
        if wrong.any():
            row = int(wrong.argmax())
            raise DataError(
                f"column {column.name!r}, row {row}, counted from row 0, holds {column.iloc[row]}; "
                f"Stata's dates have {need}"
            )


def _require_labels(labels: dict[str, dict[int, str]]) -> None:
    for name, words in labels.items():
        size = sum(len(word.encode()) + 1 for word in words.values())
        if size > LONGEST_LABELS:
            raise DataError(
                f"the labels of column {name!r} have {size} bytes together, more than the "
                f"{LONGEST_LABELS} that Stata takes; export it as text"
            )


def _long(column: pd.Series) -> bool:
    return bool(column.map(lambda text: len(text.encode()) > LONGEST_STRING).any())


def _cut(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - 3]}..."
