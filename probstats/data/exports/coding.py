"""Categories as numbers with labels, for programs that keep them so."""

from __future__ import annotations

import numpy as np
import pandas as pd

from probstats.data.exports.frames import kind_of
from probstats.errors import DataError

TRUE_FALSE = {0: "false", 1: "true"}
MOST_LABELS = 32_000
LARGEST_DOUBLE = 8.988e307
"""Stata keeps larger numbers for missing cells; infinity is larger too."""
LARGEST_EXACT = 2**53
"""Whole numbers up to here are exact as a double, the widest number of Stata and SPSS."""


def code(frame: pd.DataFrame, program: str) -> tuple[pd.DataFrame, dict[str, dict[int, str]]]:
    """Return categories as 1 to K and true and false as 1 and 0, with what each number means.

    Parameters
    ----------
    frame : pandas.DataFrame
        As ``prepare`` returns it.
    program : str
        Name of the program, for messages.

    Returns
    -------
    tuple of pandas.DataFrame and dict
        The frame, and the labels of each coded column.

    Raises
    ------
    DataError
        If a column has too many categories, or a number that the program cannot hold.
    """
    columns, labels = {}, {}
    for name in frame:
        column, kind = frame[name], kind_of(frame[name])
        columns[name] = column
        if kind == "category":
            labels[name] = _labels(column, program)
            codes = (column.cat.codes.astype("Int32") + 1).replace(0, pd.NA)
            columns[name] = codes.astype(_narrowest(len(labels[name])))
        elif kind == "boolean":
            labels[name] = TRUE_FALSE
            columns[name] = column.astype("boolean").astype("Int8")
        elif kind in {"integer", "number"}:
            _require_in_range(column, program)
    return pd.DataFrame(columns), labels


def _labels(column: pd.Series, program: str) -> dict[int, str]:
    categories = list(column.cat.categories)
    if len(categories) > MOST_LABELS:
        raise DataError(
            f"column {column.name!r} has {len(categories)} categories, more than the {MOST_LABELS} "
            f"labels that {program} takes; export it as text"
        )
    return dict(enumerate(categories, start=1))


def _narrowest(highest: int) -> str:
    """Return the smallest type; Stata keeps the uppermost values of each for missing cells."""
    return "Int8" if highest <= 100 else "Int16" if highest <= 32_740 else "Int32"


def _require_in_range(column: pd.Series, program: str) -> None:
    if kind_of(column) == "integer":
        outside = (column > LARGEST_EXACT) | (column < -LARGEST_EXACT)
        wrong = outside.fillna(False).to_numpy(dtype=bool)
    else:
        wrong = np.abs(column.to_numpy(dtype="float64", na_value=np.nan)) > LARGEST_DOUBLE
    if wrong.any():
        row = int(wrong.argmax())
        raise DataError(
            f"column {column.name!r}, row {row}, counted from row 0, holds {column.iloc[row]}, "
            f"which {program} cannot hold; export to CSV or Parquet"
        )
