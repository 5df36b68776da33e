"""The folder that imports go to."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from pathlib import Path

from probstats.data.record import package
from probstats.errors import DataError


def reading_folder(folder: str | Path | None) -> Path:
    """Return the folder of the tables that an import into ``folder`` is checked against.

    Notes
    -----
    A folder that is not there yet, or empty, becomes a copy of the tables that came with the
    package; until then those stand for it.
    """
    if folder is None or _is_free(Path(folder)):
        return package.tables_folder()
    return Path(folder)


def writing_folder(folder: str | Path | None) -> Path:
    """Return the folder to write an import to, made as a copy of the tables where it is new.

    Parameters
    ----------
    folder : path or None
        The folder asked for; None for ``data/`` of a checkout.

    Returns
    -------
    Path
        A folder with tables and their description.

    Raises
    ------
    DataError
        If no folder was named and the package is installed, or the folder cannot be made.
    """
    if folder is None:
        if package.is_installed():
            raise DataError(
                "the tables of an installed package are not changed; say where to import to: "
                "--into FOLDER (folder=... in Python), which becomes a copy of the tables"
            )
        return package.tables_folder()
    path = Path(folder)
    if _is_free(path):
        _copy_tables(path)
    package.describe(path)
    return path


def _is_free(path: Path) -> bool:
    if path.exists() and not path.is_dir():
        raise DataError(f"{path} is a file; expected a folder")
    return not path.exists() or not any(path.iterdir())


def _copy_tables(path: Path) -> None:
    """Make a folder of tables beside its place and put it there at once."""
    origin = package.tables_folder()
    files = [package.DESCRIPTOR]
    files += [package.resource(name, origin)["path"] for name in package.table_names(origin)]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(
            tempfile.mkdtemp(prefix=f".{path.name}.", suffix=".partial", dir=path.parent)
        )
        try:
            for file in files:
                shutil.copyfile(origin / file, partial / file)
            partial.chmod(0o755)
            if os.name == "nt" and path.exists():
                path.rmdir()
            os.replace(partial, path)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    except OSError as error:
        if error.errno in {errno.ENOTEMPTY, errno.EEXIST}:
            return  # another import has just made it
        reason = (error.strerror or str(error)).lower()
        raise DataError(f"cannot make folder {path}: {reason}") from error
