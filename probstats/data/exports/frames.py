"""Which frames can be exported: every column of one kind, every name a plain word."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any

import pandas as pd

from probstats.errors import DataError

UNWRITABLE = re.compile("[\x00\ud800-\udfff]")
_OBJECTS: dict[frozenset[type], str] = {
    frozenset({str}): "str",
    frozenset({bool}): "boolean",
    frozenset({int}): "Int64",
    frozenset({float}): "float64",
    frozenset({int, float}): "float64",
    frozenset({dt.date}): "datetime64[s]",
    frozenset({dt.datetime}): "datetime64[us]",
    frozenset({pd.Timestamp}): "datetime64[us]",
}
"""What a column of Python objects of these types is."""


def prepare(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame whose columns are text, categories, numbers, dates or true and false.

    Parameters
    ----------
    frame : pandas.DataFrame
        Any frame. An index with a name becomes a column; one without is left behind.

    Returns
    -------
    pandas.DataFrame
        A new frame with rows numbered from zero.

    Raises
    ------
    DataError
        If it is no frame, is empty, names a column twice or by something other than text, or has
        a column that mixes types or is of a type that other programs do not have.
    """
    if not isinstance(frame, pd.DataFrame):
        raise DataError(f"a {type(frame).__name__} cannot be exported; pass a DataFrame or a table")
    named = [name for name in frame.index.names if name is not None]
    try:
        flat = frame.reset_index(named) if named else frame
    except ValueError as error:
        raise DataError(
            f"the index and a column are both called {named[0]!r}; rename one of them"
        ) from error
    _require_names(flat)
    if flat.empty:
        raise DataError(f"the frame has {len(flat)} rows and {flat.shape[1]} columns; "
                        f"there is nothing to export")  # fmt: skip
    columns = {name: _plain(flat[name].reset_index(drop=True)) for name in flat}
    return pd.DataFrame(columns)


def kind_of(column: pd.Series) -> str:
    """Return category, boolean, integer, number, date, datetime or string."""
    kind = column.dtype
    if isinstance(kind, pd.CategoricalDtype):
        return "category"
    if pd.api.types.is_bool_dtype(kind):
        return "boolean"
    if pd.api.types.is_integer_dtype(kind):
        return "integer"
    if pd.api.types.is_float_dtype(kind):
        return "number"
    if pd.api.types.is_datetime64_dtype(kind):
        return "date" if (column.dropna() == column.dropna().dt.normalize()).all() else "datetime"
    return "string"


def _require_names(frame: pd.DataFrame) -> None:
    for name in frame.columns:
        if not isinstance(name, str):
            raise DataError(f"the name of column {name!r} is no text; rename it to a string")
        if not name.strip() or UNWRITABLE.search(name) or re.search(r"[\r\n\t]", name):
            raise DataError(f"a column is called {name!r}; give it a name of printable characters")
    twice = frame.columns[frame.columns.duplicated()]
    if len(twice):
        raise DataError(f"the frame has two columns called {twice[0]!r}; rename one of them")


def _plain(column: pd.Series) -> pd.Series:
    """Return a column as one of the types that can be written."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        categories = column.cat.categories
        return column.cat.rename_categories(_labels(categories, column.name))
    if column.dtype == object:
        column = _from_objects(column)
    if isinstance(column.dtype, pd.StringDtype):
        return _without_gaps(column.astype("str"), column.name)
    if _is_exportable(column.dtype):
        return column
    raise DataError(f"column {column.name!r} is of type {column.dtype}, which cannot be exported; "
                    f"make it text, a number, a date without time zone or a category")  # fmt: skip


def _labels(categories: Iterable[Any], name: Any) -> list[str]:
    """Return the labels of a category as text, each once."""
    labels: dict[str, None] = {}
    for label in map(str, categories):
        if UNWRITABLE.search(label):
            raise DataError(f"category {label!r} of column {name!r} holds a character that no file "
                            f"can hold; remove it")  # fmt: skip
        if label in labels:
            raise DataError(f"column {name!r} has two categories that read {label!r}; rename one")
        labels[label] = None
    return list(labels)


def _is_exportable(kind: Any) -> bool:
    types = pd.api.types
    if types.is_bool_dtype(kind) or types.is_integer_dtype(kind) or types.is_float_dtype(kind):
        return True
    return bool(types.is_datetime64_dtype(kind))


def _from_objects(column: pd.Series) -> pd.Series:
    present = column.dropna()
    kinds = present.map(type)
    target = "str" if present.empty else _OBJECTS.get(frozenset(kinds.unique()))
    if target is None:
        places = kinds.drop_duplicates()
        found = ", ".join(f"{kind.__name__} (row {row})" for row, kind in places.items())
        raise DataError(f"column {column.name!r} holds values of type {found}, counted from row 0; "
                        f"make all of them text, numbers, dates or true and false")  # fmt: skip
    try:
        return column.astype(target)
    except (ValueError, OverflowError) as error:
        raise DataError(f"column {column.name!r} cannot be read as {target}: {error}") from error


def _without_gaps(column: pd.Series, name: Any) -> pd.Series:
    """Return text after making sure that it can be written at all."""
    bad = [isinstance(text, str) and bool(UNWRITABLE.search(text)) for text in column]
    if any(bad):
        raise DataError(f"column {name!r}, row {bad.index(True)}, counted from row 0, holds a "
                        f"character that no file can hold; remove it")  # fmt: skip
    return column
