"""Loading and checking the tables of the public record."""

from __future__ import annotations

import copy
from pathlib import Path

import pandas as pd

from probstats.data.record import package
from probstats.data.record.cells import convert, read_text
from probstats.data.record.schema import Problem, find_problems
from probstats.errors import DataError
from probstats.files import write_json


def load(name: str, folder: str | Path | None = None) -> pd.DataFrame:
    """Load one table of the public record, as published, with typed columns.

    Parameters
    ----------
    name : str
        Name of the table, such as ``"inspections"``; ``table_names()`` lists them.
    folder : path, optional
        Folder with the tables and their ``datapackage.json``; the one that came with the package
        by default.

    Returns
    -------
    pandas.DataFrame
        One row for each row of the file. Ratings are ordered categoricals, worst to best; dates
        are dates; empty cells are missing.

    Raises
    ------
    DataError
        If there is no such table, or a cell is not what the description asks for. The message
        names file, row, column, value and what was expected.

    Notes
    -----
    Tables whose hash is the one in ``datapackage.json`` were checked when they were described. A
    table is checked again where it, or a table it refers to, has changed.

    Examples
    --------
    >>> import probstats as ps
    >>> ps.data.load("inspections").shape
    (145, 13)
    """
    where = package.resolve_folder(folder)
    entry = package.resource(name, where)
    _check_changes(name, where)
    return convert(_text(name, where), entry["schema"]["fields"])


def table_names(folder: str | Path | None = None) -> list[str]:
    """Return the names of the tables that ``load`` knows.

    Parameters
    ----------
    folder : path, optional
        Folder of the tables; the one that came with the package by default.

    Returns
    -------
    list of str
        Names, in the order of the descriptor.

    Examples
    --------
    >>> import probstats as ps
    >>> "rating_claims" in ps.data.table_names()
    True
    """
    return package.table_names(package.resolve_folder(folder))


def check(folder: str | Path | None = None) -> list[Problem]:
    """Check every table against its description, and the references between tables.

    Parameters
    ----------
    folder : path, optional
        Folder of the tables; the one that came with the package by default.

    Returns
    -------
    list of Problem
        What is wrong, each with file, row, column, value and what was expected.

    Raises
    ------
    DataError
        If a file is missing or cannot be read at all.

    Examples
    --------
    >>> import probstats as ps
    >>> ps.data.check()
    []
    """
    where = package.resolve_folder(folder)
    names = package.table_names(where)
    problems = [
        problem
        for name in names
        for problem in find_problems(_text(name, where), package.resource(name, where))
    ]
    if problems:
        return problems
    return [problem for name in names for problem in _reference_problems(name, where)]


def changed_tables(folder: str | Path | None = None) -> list[str]:
    """Return the tables whose bytes are not those that ``datapackage.json`` describes."""
    where = package.resolve_folder(folder)
    return [n for n in package.table_names(where) if not package.is_as_described(n, where)]


def accept(folder: str | Path) -> None:
    """Write size and hash of every table into ``datapackage.json``, once all are valid.

    Parameters
    ----------
    folder : path
        Folder of the tables.

    Raises
    ------
    DataError
        If a table is not valid.
    """
    where = Path(folder)
    _raise_first(check(where))
    descriptor = copy.deepcopy(package.describe(where))
    for entry in descriptor["resources"]:
        content = package.read_bytes(where / entry["path"])
        if b"\r" in content or content.startswith(b"\xef\xbb\xbf"):
            raise DataError(
                f"{entry['path']} has the line ends or the mark of a spreadsheet, which git would "
                f"change; save it as plain UTF-8 with LF line ends"
            )
        entry |= {"bytes": len(content), "hash": package.fingerprint(content)}
    write_json(where / package.DESCRIPTOR, descriptor)


def _text(name: str, folder: Path) -> pd.DataFrame:
    path = folder / package.resource(name, folder)["path"]
    return read_text(package.read_bytes(path), path.name)


def _check_changes(name: str, folder: Path) -> None:
    """Check a table and those it refers to, where one of them is not as described."""
    keys = package.resource(name, folder)["schema"].get("foreignKeys", [])
    related = dict.fromkeys([name, *(key["reference"]["resource"] for key in keys)])
    changed = [n for n in related if not package.is_as_described(n, folder)]
    for n in changed:
        _raise_first(find_problems(_text(n, folder), package.resource(n, folder)))
    if changed:
        _raise_first(_reference_problems(name, folder))


def _raise_first(problems: list[Problem]) -> None:
    if problems:
        more = len(problems) - 1
        rest = f" ({more} more: `probstats data check` lists them)" if more else ""
        raise DataError(f"{problems[0]}{rest}")


def _reference_problems(name: str, folder: Path) -> list[Problem]:
    """Return the cells that refer to a row that another table does not have."""
    entry = package.resource(name, folder)
    frame = _text(name, folder)
    problems = []
    for key in entry["schema"].get("foreignKeys", []):
        columns, reference = _names(key["fields"]), key["reference"]
        target = _text(reference["resource"], folder)[_names(reference["fields"])]
        known = set(target.itertuples(index=False, name=None))
        for row, values in enumerate(frame[columns].itertuples(index=False, name=None)):
            if not any(pd.isna(value) for value in values) and values not in known:
                there = ", ".join(_names(reference["fields"]))
                expected = f"a value of column {there} in {reference['resource']}.csv"
                problems.append(
                    Problem(entry["path"], row + 2, ", ".join(columns), ", ".join(values), expected)
                )
    return problems


def _names(fields: str | list[str]) -> list[str]:
    return [fields] if isinstance(fields, str) else fields
