"""Imports: folders of rows that come after those of the tables, which they never change."""

from __future__ import annotations

import hashlib
import json
import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from probstats.data.record import package
from probstats.data.record.schema import Problem
from probstats.errors import DataError

IMPORTS = "imports"
RECEIPT = "import.json"
NAME = re.compile(r"[0-9]{4}-[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class Part:
    """One file with rows of a table: the table itself, or what an import adds to it.

    Attributes
    ----------
    label : str
        The file as messages name it, such as ``imports/0001-caseload/measure_claims.csv``.
    path : Path
        Where it lies.
    """

    label: str
    path: Path


def import_folders(folder: Path) -> list[Path]:
    """Return the folders of the imports that are in place, in the order of their numbers."""
    room = folder / IMPORTS
    if not room.is_dir():
        return []
    return sorted(path for path in room.iterdir() if NAME.fullmatch(path.name) and path.is_dir())


def parts(name: str, folder: Path) -> list[Part]:
    """Return the files with rows of a table: the table, then what each import adds to it.

    Parameters
    ----------
    name : str
        Name of the table.
    folder : Path
        Folder of the tables.

    Returns
    -------
    list of Part
        In the order in which their rows come.
    """
    file = package.resource(name, folder)["path"]
    found = [Part(file, folder / file)]
    for place in import_folders(folder):
        if (place / file).is_file():
            found.append(Part(f"{IMPORTS}/{place.name}/{file}", place / file))
    return found


def receipt(place: Path) -> dict[str, Any]:
    """Return what an import says of itself.

    Raises
    ------
    DataError
        If its ``import.json`` is missing or is no JSON object.
    """
    path = place / RECEIPT
    try:
        found = json.loads(package.read_bytes(path))
    except ValueError as error:
        raise DataError(
            f"{path} cannot be read as JSON: {error}; take the import out with "
            f"`{undo_command(place)} --yes` and import its file again"
        ) from error
    if not isinstance(found, dict):
        raise DataError(f"{path} holds no description of an import; expected a JSON object")
    return found


def undo_command(place: Path) -> str:
    """Return the command that takes an import out, with the folder where it is not the default."""
    folder = place.parents[1]
    into = "" if folder == package.tables_folder() else f" --into {shlex.quote(str(folder))}"
    return f"probstats data undo {place.name[:4]}{into}"


def find_edits(place: Path) -> list[Problem]:
    """Return the files of an import that are not as it wrote them, and those it did not write.

    Parameters
    ----------
    place : Path
        Folder of the import.

    Returns
    -------
    list of Problem
        Empty where all is as written. Hidden files are passed over.
    """
    label = f"{IMPORTS}/{place.name}"
    try:
        written = receipt(place).get("files", {})
    except DataError:
        return [Problem(f"{label}/{RECEIPT}", None, None, None, "what the import wrote there")]
    there = {path.name for path in place.iterdir() if not path.name.startswith(".")} - {RECEIPT}
    problems = []
    for name in sorted(there | set(written)) if written else []:
        if name not in written:
            expected = "no such file, as the import did not write it"
        elif name not in there:
            expected = "the file that the import wrote, which is gone"
        elif package.fingerprint(package.read_bytes(place / name)) != written[name]:
            expected = "the file as the import wrote it, which was changed since"
        else:
            continue
        problems.append(Problem(f"{label}/{name}", None, None, None, expected))
    return problems


def state(folder: Path, places: list[tuple[str, Path]] | None = None) -> str:
    """Return one hash of the tables, their description and some imports.

    Parameters
    ----------
    folder : Path
        Folder of the tables.
    places : list of (str, Path), optional
        Imports by name, with their folders; all that are in place by default.

    Returns
    -------
    str
        Changes with any byte of them.
    """
    digest = hashlib.sha256()
    files = [folder / package.DESCRIPTOR]
    files += [folder / package.resource(n, folder)["path"] for n in package.table_names(folder)]
    there = [(place.name, place) for place in import_folders(folder)]
    for name, place in there if places is None else places:
        digest.update(name.encode())
        files += sorted(place.glob("*.csv"))
    for file in files:
        digest.update(hashlib.sha256(package.read_bytes(file)).digest())
    return f"sha256:{digest.hexdigest()}"


def are_as_checked(folder: Path) -> bool:
    """Return whether tables and imports are, byte for byte, what the last import was checked with.

    Notes
    -----
    An import writes the hash of all that it was checked with, itself included. It follows that
    after a table has changed, or an import before the last was undone, everything is checked again.
    """
    places = import_folders(folder)
    return not places or receipt(places[-1]).get("state") == state(folder)
