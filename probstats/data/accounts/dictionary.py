"""The data dictionary: what every column of every table and of the panel means."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from probstats.data.panels.built import load_panel
from probstats.data.panels.columns import panel_fields
from probstats.data.record import package
from probstats.data.record.tables import load
from probstats.errors import DataError

PANEL = "panel"
PANEL_KEY = ["inspection_id", "standard"]
COLUMNS = (
    "table", "column", "type", "unit", "meaning", "permitted", "required", "key", "refers_to",
)  # fmt: skip


def describe(name: str | None = None, folder: str | Path | None = None) -> pd.DataFrame:
    """Return the data dictionary, or the part of it on one table or one column.

    Parameters
    ----------
    name : str, optional
        A table, ``"panel"``, or a column of one of them, such as ``"inspections.programme"``; all
        of them by default.
    folder : path, optional
        Folder with the tables and their ``datapackage.json``; the one that came with the package
        by default.

    Returns
    -------
    pandas.DataFrame
        One row for each column: ``table``, ``column``, ``type``, ``unit``, ``meaning``,
        ``permitted`` (values, bounds or pattern, in words), ``required``, ``key`` (primary,
        unique) and ``refers_to`` (the table and column whose values it may hold). Text is empty
        where there is nothing to say.

    Raises
    ------
    DataError
        If there is no such table or column.

    Examples
    --------
    >>> import probstats as ps
    >>> ps.data.describe("measure_claims.value_low")["type"].tolist()
    ['number']
    """
    where = package.resolve_folder(folder)
    if name is None:
        return pd.concat([_table(n, where) for n in described_tables(where)], ignore_index=True)
    table, _, column = name.partition(".")
    if table not in described_tables(where):
        known = ", ".join(described_tables(where))
        raise DataError(f"there is no table {table!r}; the tables are {known}")
    rows = _table(table, where)
    return _one(rows, table, column) if column else rows


def described_tables(folder: Path) -> list[str]:
    """Return the names that ``describe`` knows: the tables and the panel."""
    return list(dict.fromkeys([*package.table_names(folder), PANEL]))


def table_schema(name: str, folder: Path) -> dict[str, Any]:
    """Return title, description and schema of a table or of the long panel.

    Parameters
    ----------
    name : str
        A name that ``described_tables`` gives.
    folder : Path
        Folder of the tables.

    Returns
    -------
    dict
        The Frictionless resource, with at least ``title``, ``description`` and ``schema``.
    """
    if name in package.table_names(folder):
        return package.resource(name, folder)
    fields = panel_fields(load_panel("long", folder), load("measures", folder))
    return {
        "name": PANEL,
        "title": "Analysis panel",
        "description": "One row is one inspection and standard. Generated from the tables; the "
        "wide shape has one row for each inspection and the columns rating_<standard>, "
        "rating_low_<standard>, rating_high_<standard> and rating_status_<standard>.",
        "schema": {"fields": fields, "primaryKey": PANEL_KEY},
    }


def as_dictionary(table: str, schema: dict[str, Any]) -> pd.DataFrame:
    """Return the rows of the dictionary on one schema.

    Parameters
    ----------
    table : str
        Name of the table.
    schema : dict
        Its Frictionless schema.

    Returns
    -------
    pandas.DataFrame
        As ``describe`` gives it.
    """
    primary = _names(schema.get("primaryKey", []))
    references = _references(schema)
    rows = [
        {
            "table": table,
            "column": field["name"],
            "type": field["type"],
            "unit": field.get("unit", ""),
            "meaning": field.get("description", ""),
            "permitted": _permitted(field),
            "required": bool(field.get("constraints", {}).get("required")),
            "key": _key(field, primary),
            "refers_to": references.get(field["name"], ""),
        }
        for field in schema["fields"]
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _table(name: str, folder: Path) -> pd.DataFrame:
    return as_dictionary(name, table_schema(name, folder)["schema"])


def _one(rows: pd.DataFrame, table: str, column: str) -> pd.DataFrame:
    found = rows[rows["column"] == column]
    if found.empty:
        known = ", ".join(rows["column"])
        raise DataError(f"table {table} has no column {column!r}; its columns are {known}")
    return found.reset_index(drop=True)


def _permitted(field: dict[str, Any]) -> str:
    """Return in words which values a column may hold."""
    constraints = field.get("constraints", {})
    parts = []
    if "enum" in constraints:
        between = " < " if field.get("ordered") else ", "
        parts.append(between.join(map(str, constraints["enum"])))
    if "minimum" in constraints:
        parts.append(f"at least {constraints['minimum']}")
    if "maximum" in constraints:
        parts.append(f"at most {constraints['maximum']}")
    if "pattern" in constraints:
        parts.append(f"form {constraints['pattern']}")
    return "; ".join(parts)


def _key(field: dict[str, Any], primary: list[str]) -> str:
    if field["name"] in primary:
        return "primary" if len(primary) == 1 else "part of primary"
    return "unique" if field.get("constraints", {}).get("unique") else ""


def _references(schema: dict[str, Any]) -> dict[str, str]:
    """Return by column what it refers to."""
    found: dict[str, list[str]] = {}
    for key in schema.get("foreignKeys", []):
        target = key["reference"]
        for name, there in zip(_names(key["fields"]), _names(target["fields"]), strict=True):
            found.setdefault(name, []).append(f"{target['resource']}.{there}")
    return {name: ", ".join(targets) for name, targets in found.items()}


def _names(fields: str | list[str]) -> list[str]:
    return [fields] if isinstance(fields, str) else fields
