"""Validation of one table, generated from its description in ``datapackage.json``."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from probstats.data.record.cells import TRUE_FALSE


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a table.

    Attributes
    ----------
    file : str
        The file.
    row : int or None
        Row as a spreadsheet counts: the header is row 1.
    column : str or None
        The column, or the columns of a key.
    value : str or None
        What stands there.
    expected : str
        What would be right.
    """

    file: str
    row: int | None
    column: str | None
    value: str | None
    expected: str

    def __str__(self) -> str:
        place = self.file
        place += f", row {self.row}" if self.row is not None else ""
        name = " ".join(str(self.column).split())  # of a damaged header, on one line
        place += f", column {name}" if self.column is not None else ""
        found = "is missing" if self.value is None else f"holds {self.value!r}"
        return f"{place}: {found if self.column else 'is wrong'}; expected {self.expected}"


def find_problems(frame: pd.DataFrame, entry: dict[str, Any]) -> list[Problem]:
    """Return what is wrong with the cells of one table.

    Parameters
    ----------
    frame : pandas.DataFrame
        The table as text.
    entry : dict
        Its Frictionless resource.

    Returns
    -------
    list of Problem
        Empty where all is well.
    """
    file, fields = entry["path"], entry["schema"]["fields"]
    problems = _header_problems(frame, file, [field["name"] for field in fields])
    if problems:
        return problems
    if frame.empty:
        return [Problem(file, None, None, None, "at least one row below the header")]
    problems = _cell_problems(frame, file, fields)
    for pair in entry.get("orderedPairs", []):
        problems += _pair_problems(frame, file, fields, pair)
    for key in _keys(entry["schema"]):
        problems += _key_problems(frame, file, key)
    return problems


def find_key_problems(
    frames: list[tuple[str, pd.DataFrame]], schema: dict[str, Any]
) -> list[Problem]:
    """Return the rows of later files that have the key of a row in another.

    Parameters
    ----------
    frames : list of (str, pandas.DataFrame)
        The files of one table, each with its name and without problems of its own.
    schema : dict
        The Frictionless schema of the table.

    Returns
    -------
    list of Problem
        Empty where all keys differ.
    """
    files = [(file, row + 2) for file, frame in frames for row in range(len(frame))]
    whole = pd.concat([frame for _, frame in frames], ignore_index=True)
    problems = []
    for names in _keys(schema):
        for row, same, values in _repeated(whole, names):
            expected = (
                f"a key that no other row has ({files[same][0]}, row {files[same][1]} has it)"
            )
            problems.append(Problem(*files[row], ", ".join(names), values, expected))
    return problems


def _header_problems(frame: pd.DataFrame, file: str, names: list[str]) -> list[Problem]:
    found = [str(column) for column in frame.columns]
    expected = f"the columns {', '.join(names)}"
    unknown = [Problem(file, 1, name, name, expected) for name in found if name not in names]
    missing = [Problem(file, 1, name, None, expected) for name in names if name not in found]
    return unknown + missing


def _cell_problems(frame: pd.DataFrame, file: str, fields: list[dict[str, Any]]) -> list[Problem]:
    import pandera.pandas as pa

    checks = {field["name"]: _conditions(field) for field in fields}
    columns = {
        field["name"]: pa.Column(
            "string",
            [pa.Check(test, name=str(n), ignore_na=True, element_wise=True)
             for n, (test, _) in enumerate(checks[field["name"]])],
            nullable=not field.get("constraints", {}).get("required", False),
        )
        for field in fields
    }  # fmt: skip
    try:
        pa.DataFrameSchema(columns, strict=True).validate(frame, lazy=True)
    except pa.errors.SchemaErrors as error:
        return [_cell_problem(case, file, checks) for case in error.failure_cases.itertuples()]
    return []


def _cell_problem(case: Any, file: str, checks: dict[str, list[Condition]]) -> Problem:
    row = int(case.index) + 2
    if case.check == "not_nullable":
        return Problem(file, row, case.column, None, "a value")
    return Problem(
        file, row, case.column, str(case.failure_case), checks[case.column][int(case.check)][1]
    )


Condition = tuple[Callable[[str], bool], str]


def _conditions(field: dict[str, Any]) -> list[Condition]:
    """Return the tests a cell must pass, each with the words for what would be right."""
    constraints = field.get("constraints", {})
    conditions = [_TYPES[field["type"]]] if field["type"] in _TYPES else []
    if "enum" in constraints:
        allowed = constraints["enum"]
        conditions.append((lambda v: v in allowed, f"one of {', '.join(map(str, allowed))}"))
    if "pattern" in constraints:
        pattern = re.compile(constraints["pattern"])
        conditions.append((lambda v: bool(pattern.fullmatch(v)), f"the form {pattern.pattern}"))
    if "minimum" in constraints:
        low = constraints["minimum"]
        conditions.append((lambda v: not _is_number(v) or float(v) >= low, f"at least {low}"))
    if "maximum" in constraints:
        high = constraints["maximum"]
        conditions.append((lambda v: not _is_number(v) or float(v) <= high, f"at most {high}"))
    return conditions


def _is_number(text: str) -> bool:
    form = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?"
    return bool(re.fullmatch(form, text)) and math.isfinite(float(text))


def _is_date(text: str) -> bool:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


_TYPES: dict[str, Condition] = {
    "integer": (
        lambda v: bool(re.fullmatch(r"[+-]?[0-9]{1,18}", v)),
        "a whole number of at most 18 digits",
    ),
    "number": (_is_number, "a number"),
    "date": (_is_date, "a date as YYYY-MM-DD"),
    "boolean": (lambda v: v in TRUE_FALSE, "true or false"),
}


def _pair_problems(
    frame: pd.DataFrame, file: str, fields: list[dict[str, Any]], pair: list[str]
) -> list[Problem]:
    by_name = {field["name"]: field for field in fields}
    first, second = (_sortable(frame[name], by_name[name]) for name in pair)
    wrong = (first > second).fillna(False).to_numpy(dtype=bool)
    return [
        Problem(file, int(row) + 2, pair[0], str(frame[pair[0]].iloc[row]),
                f"at most {pair[1]}, which is {frame[pair[1]].iloc[row]}")
        for row in wrong.nonzero()[0]
    ]  # fmt: skip


def _sortable(column: pd.Series, field: dict[str, Any]) -> pd.Series:
    if field.get("ordered"):
        order = {level: code for code, level in enumerate(field["constraints"]["enum"])}
        return column.map(order).astype("Float64")
    if field["type"] in {"integer", "number"}:
        numbers = pd.to_numeric(column, errors="coerce").astype("Float64")
        return numbers.where(numbers.abs() < math.inf)
    if field["type"] == "date":
        return pd.to_datetime(column, format="%Y-%m-%d", errors="coerce")
    return column


def _keys(schema: dict[str, Any]) -> list[list[str]]:
    """Return the primary key, and each column that must be unique by itself."""
    primary = schema.get("primaryKey", [])
    keys = [[primary] if isinstance(primary, str) else primary]
    keys += [[f["name"]] for f in schema["fields"] if f.get("constraints", {}).get("unique")]
    return [key for place, key in enumerate(keys) if key and key not in keys[:place]]


def _key_problems(frame: pd.DataFrame, file: str, names: list[str]) -> list[Problem]:
    return [
        Problem(file, row + 2, ", ".join(names), values,
                f"a key that no other row has (row {same + 2} has it)")
        for row, same, values in _repeated(frame, names)
    ]  # fmt: skip


def _repeated(frame: pd.DataFrame, names: list[str]) -> list[tuple[int, int, str]]:
    """Return the position of each row whose key came before, where it came, and the key."""
    again = (frame.duplicated(names) & frame[names].notna().any(axis=1)).to_numpy()
    found = []
    for row in again.nonzero()[0]:
        values = ["" if pd.isna(v) else str(v) for v in frame[names].iloc[row]]
        same = (frame[names].fillna("") == values).all(axis=1).to_numpy().nonzero()[0][0]
        found.append((int(row), int(same), ", ".join(values)))
    return found
