"""Where the tables lie and what ``datapackage.json`` says of them."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from probstats.errors import DataError

DESCRIPTOR = "datapackage.json"


def tables_folder() -> Path:
    """Return the folder of the tables: inside an installed package, or ``data/`` of a checkout."""
    package = Path(__file__).resolve().parents[2]
    installed = package / "_tables"
    return installed if installed.is_dir() else package.parent / "data"


def is_installed() -> bool:
    """Return whether the tables lie inside an installed package, where nobody looks for changes."""
    return tables_folder().name == "_tables"


def resolve_folder(folder: str | Path | None) -> Path:
    """Return the folder a caller named, or that of the tables that came with the package."""
    return tables_folder() if folder is None else Path(folder)


def describe(folder: Path) -> dict[str, Any]:
    """Return the descriptor of the tables in a folder.

    Parameters
    ----------
    folder : Path
        Holds ``datapackage.json``.

    Returns
    -------
    dict
        The Frictionless data package.

    Raises
    ------
    DataError
        If the descriptor is missing, is no JSON, or lists no tables.
    """
    path = folder / DESCRIPTOR
    if not path.is_file():
        raise DataError(f"{path} is missing; the folder of the tables must hold it")
    return _parse(path, read_bytes(path))


@lru_cache(maxsize=8)
def _parse(path: Path, content: bytes) -> dict[str, Any]:
    try:
        descriptor = json.loads(content)
    except ValueError as error:
        raise DataError(f"{path} cannot be read as JSON: {error}") from error
    if not (isinstance(descriptor, dict) and isinstance(descriptor.get("resources"), list)):
        raise DataError(f"{path} lists no tables; expected a data package with its resources")
    return descriptor


def resource(name: str, folder: Path) -> dict[str, Any]:
    """Return what the descriptor says of one table.

    Parameters
    ----------
    name : str
        Name of the table.
    folder : Path
        Folder of the tables.

    Returns
    -------
    dict
        The Frictionless resource.

    Raises
    ------
    DataError
        If there is no table of that name.
    """
    resources = {entry["name"]: entry for entry in describe(folder)["resources"]}
    if name not in resources:
        raise DataError(f"there is no table {name!r}; the tables are {', '.join(resources)}")
    entry: dict[str, Any] = resources[name]
    return entry


def table_names(folder: Path) -> list[str]:
    """Return the names of all tables, in the order of the descriptor."""
    return [entry["name"] for entry in describe(folder)["resources"]]


def read_bytes(path: Path) -> bytes:
    """Return the bytes of a table.

    Raises
    ------
    DataError
        If the file is missing or cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise DataError(f"{path} cannot be read: {reason}") from error


def fingerprint(content: bytes) -> str:
    """Return the hash of a table as the descriptor writes it."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def is_as_described(name: str, folder: Path) -> bool:
    """Return whether a table is byte for byte the one that was checked and described."""
    entry = resource(name, folder)
    return fingerprint(read_bytes(folder / entry["path"])) == entry.get("hash")
