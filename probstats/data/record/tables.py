"""Loading and checking the tables of the public record."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from probstats.data.record import package
from probstats.data.record.additions import (
    IMPORTS,
    are_as_checked,
    find_edits,
    import_folders,
    parts,
)
from probstats.data.record.cells import convert, read_text
from probstats.data.record.consistency import FILE, ROW, Read, find_disagreements
from probstats.data.record.schema import Problem, find_key_problems, find_problems
from probstats.errors import DataError
from probstats.files import write_json


@dataclass(frozen=True)
class Change:
    """Rows that an import would add, or the import that would be taken away.

    Attributes
    ----------
    adds : dict of str to pandas.DataFrame
        New rows as text, by table.
    removes : str
        Name of the folder of an import; empty for none.
    """

    adds: dict[str, pd.DataFrame] = field(default_factory=dict)
    removes: str = ""


NO_CHANGE = Change()


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
        One row for each row of the file, then those that imports add, in the order in which they
        were made. Ratings are ordered categoricals, worst to best; dates are dates; empty cells
        are missing.

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
    """Check every table against its description, and what must fit together between tables.

    Files of imports that were changed since they were written are among the problems.

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
    edits = [problem for place in import_folders(where) for problem in find_edits(place)]
    problems = [problem for name in names for problem in _table_problems(name, where)]
    if problems:
        return problems + edits
    problems = [problem for name in names for problem in _reference_problems(name, where)]
    return (problems or find_disagreements(_reader(where))) + edits


def check_change(change: Change, folder: Path) -> list[Problem]:
    """Return what would be wrong after a change, and is not wrong before it.

    Parameters
    ----------
    change : Change
        New rows, or an import to take away.
    folder : Path
        Folder of the tables.

    Returns
    -------
    list of Problem
        New rows are in a file called ``new rows of <table>``.
    """
    names = package.table_names(folder)
    if change.adds:
        problems = [p for name in change.adds for p in _added_problems(name, folder, change)]
        if problems:
            return problems
        names = list(change.adds)
    after = [p for name in names for p in _reference_problems(name, folder, change)]
    before = {p for name in names for p in _reference_problems(name, folder)} if after else set()
    return [problem for problem in after if problem not in before]


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


def _frames(name: str, folder: Path, change: Change) -> list[tuple[str, pd.DataFrame]]:
    """Return the rows of a table as text, each file by itself and with its name for messages."""
    frames = [
        (part.label, read_text(package.read_bytes(part.path), part.label))
        for part in parts(name, folder)
        if not (change.removes and part.label.startswith(f"{IMPORTS}/{change.removes}/"))
    ]
    added = change.adds.get(name)
    return frames if added is None else [*frames, (f"new rows of {name}", added)]


def _reader(folder: Path, change: Change = NO_CHANGE) -> Read:
    """Return what reads a table as text, each row with its file and its place there."""

    def read(name: str) -> pd.DataFrame:
        frames = [
            frame.assign(**{FILE: label, ROW: range(2, len(frame) + 2)})
            for label, frame in _frames(name, folder, change)
        ]
        return pd.concat(frames, ignore_index=True)

    return read


def _text(name: str, folder: Path, change: Change = NO_CHANGE) -> pd.DataFrame:
    frames = [frame for _, frame in _frames(name, folder, change)]
    return frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)


def _table_problems(name: str, folder: Path, change: Change = NO_CHANGE) -> list[Problem]:
    """Return what is wrong with the rows of a table, those of imports included."""
    entry, frames = package.resource(name, folder), _frames(name, folder, change)
    problems = [p for label, frame in frames for p in find_problems(frame, entry | {"path": label})]
    if problems or len(frames) == 1:
        return problems
    return find_key_problems(frames, entry["schema"])


def _added_problems(name: str, folder: Path, change: Change) -> list[Problem]:
    """Return what is wrong with new rows, by themselves and beside the keys there are."""
    entry, frames = package.resource(name, folder), _frames(name, folder, change)
    label, frame = frames[-1]
    return find_problems(frame, entry | {"path": label}) or find_key_problems(
        frames, entry["schema"]
    )


def _check_changes(name: str, folder: Path) -> None:
    """Check a table and those it refers to, where one of them is not as described."""
    keys = package.resource(name, folder)["schema"].get("foreignKeys", [])
    related = dict.fromkeys([name, *(key["reference"]["resource"] for key in keys)])
    changed = [n for n in related if not package.is_as_described(n, folder)]
    if not are_as_checked(folder):
        changed = list(related)
    for n in changed:
        _raise_first(_table_problems(n, folder))
    if changed:
        _raise_first(_reference_problems(name, folder))


def _raise_first(problems: list[Problem]) -> None:
    if problems:
        more = len(problems) - 1
        rest = f" ({more} more: `probstats data check` lists them)" if more else ""
        raise DataError(f"{problems[0]}{rest}")


def _reference_problems(name: str, folder: Path, change: Change = NO_CHANGE) -> list[Problem]:
    """Return the cells that refer to a row that another table does not have."""
    frames = _frames(name, folder, change)
    problems = []
    for key in package.resource(name, folder)["schema"].get("foreignKeys", []):
        columns, reference = _names(key["fields"]), key["reference"]
        target = _text(reference["resource"], folder, change)[_names(reference["fields"])]
        known = set(target.itertuples(index=False, name=None))
        there = ", ".join(_names(reference["fields"]))
        expected = f"a value of column {there} in {reference['resource']}.csv"
        for label, frame in frames:
            for row, values in enumerate(frame[columns].itertuples(index=False, name=None)):
                if not any(pd.isna(value) for value in values) and values not in known:
                    problems.append(
                        Problem(label, row + 2, ", ".join(columns), ", ".join(values), expected)
                    )
    return problems


def _names(fields: str | list[str]) -> list[str]:
    return [fields] if isinstance(fields, str) else fields
