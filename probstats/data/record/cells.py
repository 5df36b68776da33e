"""From the bytes of a table to cells of text, and from text to typed columns."""

from __future__ import annotations

import csv
import io
from typing import Any

import pandas as pd

from probstats.errors import DataError

TRUE_FALSE = {"true": True, "True": True, "false": False, "False": False}


def read_text(content: bytes, file: str) -> pd.DataFrame:
    """Return a CSV as text, cell by cell, with empty cells missing.

    Parameters
    ----------
    content : bytes
        The file.
    file : str
        Its name, for messages.

    Returns
    -------
    pandas.DataFrame
        All columns of type string.

    Raises
    ------
    DataError
        If it is not UTF-8, names a column twice, or its rows have different lengths.

    Notes
    -----
    The mark and the line ends that spreadsheets write (BOM, CRLF) change nothing.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise DataError(f"{file}, row {line}: is not UTF-8; save the file as UTF-8") from error
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header, *rows = reader
    except csv.Error as error:
        raise DataError(f"{file}, line {reader.line_num}: is no CSV; {error}") from error
    except ValueError as error:
        raise DataError(f"{file}: is empty; expected a header row") from error
    _require_shape(header, rows, file)
    return pd.DataFrame(
        {
            name: pd.array([row[place] or None for row in rows], dtype="string")
            for place, name in enumerate(header)
        }
    )


def _require_shape(header: list[str], rows: list[list[str]], file: str) -> None:
    twice = [name for name in header if header.count(name) > 1]
    if twice:
        raise DataError(f"{file}, row 1: names column {twice[0]!r} twice; expected each once")
    for row, cells in enumerate(rows, start=2):
        if len(cells) != len(header):
            raise DataError(
                f"{file}, row {row}: has {len(cells)} cells; expected {len(header)}, as in row 1"
            )


def convert(frame: pd.DataFrame, fields: list[dict[str, Any]]) -> pd.DataFrame:
    """Return a checked table with the types of its description.

    Parameters
    ----------
    frame : pandas.DataFrame
        The table as text, without problems.
    fields : list of dict
        The fields of its schema.

    Returns
    -------
    pandas.DataFrame
        Numbers, dates, ordered categoricals and strings; missing cells stay missing.
    """
    return pd.DataFrame({field["name"]: _typed(frame[field["name"]], field) for field in fields})


def _typed(column: pd.Series, field: dict[str, Any]) -> pd.Series:
    kind = field["type"]
    if field.get("ordered"):
        levels = field["constraints"]["enum"]
        return pd.Series(
            pd.Categorical(column, categories=levels, ordered=True), index=column.index
        )
    if kind == "integer":
        return pd.to_numeric(column).astype("Int64")
    if kind == "number":
        return pd.to_numeric(column).astype("float64")
    if kind == "date":
        return pd.to_datetime(column, format="%Y-%m-%d").astype("datetime64[s]")
    if kind == "boolean":
        return column.map(TRUE_FALSE).astype("boolean")
    return column.astype("str")
