"""A CSV of plain numbers and text, with the SPSS syntax that reads it."""

from __future__ import annotations

import re
import textwrap

import pandas as pd

from probstats.data.exports.coding import code
from probstats.data.exports.frames import kind_of
from probstats.data.exports.names import SPSS, legal_names
from probstats.data.exports.spreadsheet import make_safe
from probstats.data.exports.written import Written
from probstats.errors import DataError

LONGEST_STRING = 32_767
LONGEST_VALUE_LABEL = 120
LONGEST_VARIABLE_LABEL = 255
WIDTH = 72
"""Characters of a quoted part of a label, so that no line of syntax is too long to read."""
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
LEVELS = {"category": "NOMINAL", "boolean": "NOMINAL", "string": "NOMINAL"}


def spss_files(frame: pd.DataFrame, meanings: dict[str, str], data_file: str) -> Written:
    """Return a frame as a CSV and as the syntax that reads it.

    Parameters
    ----------
    frame : pandas.DataFrame
        As ``prepare`` returns it.
    meanings : dict of str
        What each column means, for variable labels; cut at 255 bytes.
    data_file : str
        Name of the CSV, as the syntax names it.

    Returns
    -------
    Written
        Syntax and CSV, the names of its columns, their value labels, and what was changed.

    Raises
    ------
    DataError
        If a text or a number is more than SPSS can hold.
    """
    coded, labels = code(frame, "SPSS")
    legal = legal_names(coded, SPSS)
    joined, notes = _join_lines(coded)
    guarded, made_safe = make_safe(joined)
    written = pd.DataFrame({name: _cells(guarded[name]) for name in guarded})
    written = written.set_axis([legal[name] for name in coded], axis=1)
    content = written.to_csv(index=False, lineterminator="\n").encode()
    formats = {legal[n]: _format(w) for n, w in zip(coded, guarded.items(), strict=True)}
    parts = [
        _header(data_file, formats),
        _variable_labels({legal[name]: meanings.get(name, "") for name in coded}),
        *(_value_labels(legal[name], words) for name, words in labels.items()),
        _missing([name for name, form in formats.items() if form.startswith("A")]),
        _levels(frame, legal),
        "EXECUTE.\n",
    ]
    syntax = "\n".join(part for part in parts if part)
    files = {".sps": syntax.encode(), ".csv": content}
    return Written(files, legal, labels, made_safe, tuple(notes))


def _join_lines(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Return the frame with line ends inside cells as spaces: SPSS reads a line as a case."""
    columns, notes = {}, []
    for name in frame:
        column = frame[name]
        if kind_of(column) == "string":
            broken = column.str.contains(r"[\r\n]", regex=True).fillna(False).astype(bool)
            if broken.any():
                notes.append(f"{int(broken.sum())} cells of {name}: line ends written as spaces")
                column = column.str.replace(r"\r\n|[\r\n]", " ", regex=True)
        columns[name] = column
    return pd.DataFrame(columns), notes


def _cells(column: pd.Series) -> pd.Series:
    kind = kind_of(column)
    if kind == "date":
        return column.dt.strftime("%Y/%m/%d")
    if kind == "datetime":
        month = column.dt.month.map(dict(enumerate(MONTHS, start=1)))
        return column.dt.strftime("%d-") + month + column.dt.strftime("-%Y %H:%M:%S.%f")
    return column


def _format(item: tuple[str, pd.Series]) -> str:
    """Return the format in which SPSS reads a column."""
    name, column = item
    kind = kind_of(column)
    if kind == "string":
        sizes = column.dropna().map(lambda text: len(text.encode()))
        width = int(max([1, *sizes]))
        if width > LONGEST_STRING:
            row = int(sizes.idxmax())
            raise DataError(
                f"column {name!r}, row {row}, counted from row 0, has {width} bytes of text, more "
                f"than the {LONGEST_STRING} that SPSS takes; export to CSV, Parquet or Stata"
            )
        return f"A{width}"
    if kind == "number":
        return f"F24.{_decimals(column)}"
    return {"date": "SDATE10", "datetime": "DATETIME24.3"}.get(kind, "F16.0")


def _decimals(column: pd.Series) -> int:
    """Return how many decimals, six at most, show every number of a column."""
    enough = (n for n in range(6) if (column.dropna().round(n) == column.dropna()).all())
    return next(enough, 6)


def _header(data_file: str, formats: dict[str, str]) -> str:
    variables = "\n".join(f"    {name} {form}" for name, form in formats.items())
    return (
        "* Encoding: UTF-8.\n"
        f"* Reads {data_file}, which lies beside this file: open it from that folder, or give the\n"
        "  whole path after FILE.\n"
        "GET DATA\n"
        "  /TYPE=TXT\n"
        f"  /FILE={_quoted(data_file)}\n"
        "  /ENCODING='UTF8'\n"
        "  /ARRANGEMENT=DELIMITED\n"
        "  /FIRSTCASE=2\n"
        '  /DELIMITERS=","\n'
        "  /QUALIFIER='\"'\n"
        f"  /VARIABLES=\n{variables}.\n"
    )


def _variable_labels(labels: dict[str, str]) -> str:
    lines = [
        f"  {name}\n    {_quoted(_cut(label, LONGEST_VARIABLE_LABEL))}"
        for name, label in labels.items()
        if label
    ]
    return "VARIABLE LABELS\n" + "\n".join(lines) + ".\n" if lines else ""


def _value_labels(name: str, labels: dict[int, str]) -> str:
    lines = [f"  {n} {_quoted(_cut(word, LONGEST_VALUE_LABEL))}" for n, word in labels.items()]
    return f"VALUE LABELS {name}\n" + "\n".join(lines) + ".\n" if lines else ""


def _missing(names: list[str]) -> str:
    """Return the syntax by which blank text is missing; blank numbers are so by themselves."""
    return "".join(f"MISSING VALUES {name} (' ').\n" for name in names)


def _levels(frame: pd.DataFrame, legal: dict[str, str]) -> str:
    lines = []
    for name in frame:
        column = frame[name]
        ordered = isinstance(column.dtype, pd.CategoricalDtype) and column.cat.ordered
        level = "ORDINAL" if ordered else LEVELS.get(kind_of(column), "SCALE")
        lines.append(f"VARIABLE LEVEL {legal[name]} ({level}).\n")
    return "".join(lines)


def _cut(label: str, longest: int) -> str:
    if len(label.encode()) <= longest:
        return label
    return label.encode()[: longest - 3].decode(errors="ignore") + "..."


def _quoted(text: str) -> str:
    """Return a label in quotes, in parts that SPSS joins."""
    plain = re.sub(r"\s+", " ", text)
    parts = textwrap.wrap(plain, WIDTH, drop_whitespace=False) or [""]
    return " +\n    ".join("'" + part.replace("'", "''") + "'" for part in parts)
