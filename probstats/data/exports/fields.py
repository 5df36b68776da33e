"""What is known of the columns of a frame: the dictionary that travels with an export."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from probstats.data.accounts.dictionary import PANEL, as_dictionary, table_schema
from probstats.data.exports.frames import kind_of
from probstats.data.exports.spreadsheet import make_safe
from probstats.data.scale import STANDARD_NAMES
from probstats.errors import DataError

TYPES = {"category": "string"}
RATING_PARTS = ("rating_status", "rating_low", "rating_high", "rating")
"""Columns of the long panel of which the wide one has one for each standard."""


def panel_field_list(panel: pd.DataFrame, folder: Path) -> list[dict[str, Any]]:
    """Return the field of every column of the long or the wide panel.

    Parameters
    ----------
    panel : pandas.DataFrame
        As ``load_panel`` returns it.
    folder : Path
        Folder of the tables.

    Returns
    -------
    list of dict
        Frictionless fields, in the order of the columns.
    """
    long = {f["name"]: f for f in table_schema(PANEL, folder)["schema"]["fields"]}
    return [long.get(name) or _of_standard(name, long) for name in panel]


def _of_standard(name: str, long: dict[str, Any]) -> dict[str, Any]:
    part = next(part for part in RATING_PARTS if name.startswith(f"{part}_"))
    standard = STANDARD_NAMES[name.removeprefix(f"{part}_")]
    return long[part] | {"name": name, "description": f"{standard}: {long[part]['description']}"}


def complete(frame: pd.DataFrame, fields: Iterable[dict[str, Any]] | None) -> list[dict[str, Any]]:
    """Return one field for each column, from what is known of it or from the frame itself.

    Parameters
    ----------
    frame : pandas.DataFrame
        As ``prepare`` returns it.
    fields : iterable of dict, optional
        Frictionless fields of some or all of its columns.

    Returns
    -------
    list of dict
        In the order of the columns. Levels of a category are those of the frame.

    Raises
    ------
    DataError
        If a field is of no column of the frame.
    """
    known = {field["name"]: field for field in fields or ()}
    strangers = [name for name in known if name not in frame]
    if strangers:
        raise DataError(f"fields describe {strangers[0]!r}, which is no column of the frame")
    return [_field(frame[name], known.get(name, {})) for name in frame]


def _field(column: pd.Series, known: dict[str, Any]) -> dict[str, Any]:
    kind = kind_of(column)
    found: dict[str, Any] = {"name": column.name, "type": TYPES.get(kind, kind)}
    if kind == "category":
        found |= {"constraints": {"enum": list(column.cat.categories)}}
        found |= {"ordered": True} if column.cat.ordered else {}
    return found | known


def dictionary_bytes(
    name: str,
    fields: list[dict[str, Any]],
    legal: dict[str, str],
    labels: dict[str, dict[int, str]],
) -> bytes:
    """Return the dictionary of an export as CSV.

    Parameters
    ----------
    name : str
        What was exported.
    fields : list of dict
        Its fields.
    legal : dict of str
        Names of columns in the file, where they differ.
    labels : dict of dict
        What the numbers of coded columns stand for.

    Returns
    -------
    bytes
        One row for each column: as ``ps.data.describe`` has it, with ``name_in_file`` and
        ``codes``.
    """
    rows = as_dictionary(name, {"fields": fields})
    codes = [
        "; ".join(f"{number} = {word}" for number, word in labels.get(column, {}).items())
        for column in rows["column"]
    ]
    in_file = [legal.get(column, column) for column in rows["column"]]
    rows = rows.drop(columns=["key", "refers_to"])
    rows.insert(2, "name_in_file", in_file)
    table, _ = make_safe(rows.assign(codes=codes))
    return table.to_csv(index=False, lineterminator="\n").encode()
