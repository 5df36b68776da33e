"""Text that a spreadsheet would run as a formula, made safe to open.

A cell that begins with one of ``= + - @`` (or their wide forms), with a tab or with a line end is
read as a formula by common spreadsheets, also when quotation marks or spaces come first. Such a
cell gets one apostrophe in front, which spreadsheets read as "text". Plain numbers stay as they
are, and so do columns of numbers. Source: OWASP, CSV Injection.
"""

from __future__ import annotations

import re

import pandas as pd

APOSTROPHE = "'"
_RUNS = re.compile(r"[\s\"'`\u2018-\u201f]*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
_NUMBER = re.compile(r"[+-]?(\d+(,\d{3})*(\.\d*)?|\.\d+)([eE][+-]?\d+)?%?")
HEADER = "(column names)"


def runs(text: str) -> bool:
    """Return whether a spreadsheet might run a cell.

    Parameters
    ----------
    text : str
        The cell.

    Returns
    -------
    bool
        True for a formula.

    Examples
    --------
    >>> [runs(text) for text in ("=1+1", "'@SUM(A1)", "-12.5", "co-operation", "- see note")]
    [True, True, False, False, True]
    """
    return bool(_RUNS.match(text)) and not _NUMBER.fullmatch(text)


def safe(text: str) -> str:
    """Return a cell with an apostrophe in front where a spreadsheet might run it."""
    return APOSTROPHE + text if runs(text) else text


def make_safe(frame: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, int]]:
    """Return a frame that is safe to open in a spreadsheet.

    Parameters
    ----------
    frame : pandas.DataFrame
        With columns of text, categories with labels of text, and others.

    Returns
    -------
    tuple of pandas.DataFrame and dict
        The frame, and for each column how many cells got an apostrophe.
    """
    columns, counts = {}, {}
    for name in frame:
        column = frame[name]
        columns[safe(name)], count = _column(column)
        if count:
            counts[name] = count
    header = sum(runs(name) for name in frame)
    if header:
        counts[HEADER] = header
    return pd.DataFrame(columns, index=frame.index), counts


def _column(column: pd.Series) -> tuple[pd.Series, int]:
    if isinstance(column.dtype, pd.CategoricalDtype):
        labels = column.cat.categories
        dangerous = [label for label in labels if runs(label)]
        renamed = column.cat.rename_categories([safe(label) for label in labels])
        return renamed, int(column.isin(dangerous).sum())
    if isinstance(column.dtype, pd.StringDtype):
        texts = column.fillna("")
        dangerous = pd.Series([runs(text) for text in texts], index=column.index, dtype=bool)
        return column.mask(dangerous, APOSTROPHE + column), int(dangerous.sum())
    return column, 0
