"""Imports on disk: put in place whole, listed, and taken away whole."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import pandas as pd

from probstats.data.imports.sources import NEW
from probstats.data.record import package
from probstats.data.record.additions import (
    IMPORTS,
    RECEIPT,
    find_edits,
    import_folders,
    receipt,
    state,
    undo_command,
)
from probstats.data.record.tables import Change, check_change
from probstats.errors import DataError

PARTIAL, UNDONE = ".partial-", ".undone-"
LOCK = ".lock"


@contextmanager
def locked(folder: Path) -> Iterator[Path]:
    """Hold the imports of a folder against every other import; the system lets go when we end.

    Yields
    ------
    Path
        The folder of the imports.

    Raises
    ------
    DataError
        If it cannot be made or written to.
    """
    room = folder / IMPORTS
    try:
        handle = _acquire(room)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise DataError(f"cannot write to {room}: {reason}; choose another folder") from error
    with handle:
        try:
            _sweep(room)
            yield room
        finally:
            _leave_no_lock(room)


def _acquire(room: Path) -> IO[bytes]:
    """Return the lock, held; one that its last holder took away while we waited is none."""
    while True:
        room.mkdir(exist_ok=True)
        try:
            handle = (room / LOCK).open("a+b")
        except FileNotFoundError:  # the last holder has just removed an empty folder
            continue
        _hold(handle.fileno())
        try:
            if os.path.samestat(os.fstat(handle.fileno()), (room / LOCK).stat()):
                return handle
        except FileNotFoundError:
            pass
        handle.close()


def _leave_no_lock(room: Path) -> None:
    """Remove the lock, and the folder if nothing else is in it."""
    with suppress(OSError):  # Windows removes no open file, nor any system a folder in use
        (room / LOCK).unlink()
        room.rmdir()


def _hold(handle: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(handle, msvcrt.LK_LOCK, 1)
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX)


def _sweep(room: Path) -> None:
    """Remove what an import or an undoing that was stopped left behind: nobody sees it."""
    for path in room.iterdir():
        if path.name.startswith((PARTIAL, UNDONE)):
            shutil.rmtree(path, ignore_errors=True)


def put(
    room: Path, file: str, tables: dict[str, pd.DataFrame], about: dict[str, Any]
) -> dict[str, Any]:
    """Write an import beside its place and put it there at once.

    Parameters
    ----------
    room : Path
        The folder of the imports, held.
    file : str
        Name of the file that is imported.
    tables : dict of str to pandas.DataFrame
        New rows as text, by table.
    about : dict
        What ``import.json`` says besides number, name and state.

    Returns
    -------
    dict
        All that ``import.json`` says.

    Raises
    ------
    DataError
        If it cannot be written; nothing is left then.
    """
    number = 1 + max((int(place.name[:4]) for place in import_folders(room.parent)), default=0)
    if number > 9999:
        raise DataError(f"{room} has 9,999 imports; take some out with `probstats data undo`")
    name, partial = f"{number:04d}-{_slug(file)}", room / f"{PARTIAL}{number:04d}"
    try:
        partial.mkdir()
        written = {}
        for table, frame in tables.items():
            content = _text(frame, number).encode()
            _write(partial / f"{table}.csv", content)
            written[f"{table}.csv"] = package.fingerprint(content)
        there = [(place.name, place) for place in import_folders(room.parent)]
        said = {"id": f"{number:04d}", "name": name, **about, "files": written}
        said["state"] = state(room.parent, [*there, (name, partial)])
        _write(partial / RECEIPT, (json.dumps(said, indent=2, ensure_ascii=False) + "\n").encode())
        os.replace(partial, room / name)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise DataError(f"cannot write {room / name}: {reason}; nothing was imported") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return said


def _slug(file: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", Path(file).stem.lower())[:40].strip("-") or "file"


def _text(frame: pd.DataFrame, number: int) -> str:
    if "source_id" in frame:
        sources = frame["source_id"].str.replace(f"^{NEW}", f"i{number:04d}-", regex=True)
        frame = frame.assign(source_id=sources)
    text: str = frame.to_csv(index=False, lineterminator="\n")
    return text


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def find(wanted: str | int | None, folder: Path) -> Path:
    """Return the folder of one import, the latest by default.

    Raises
    ------
    DataError
        If there is no such import, or none at all.
    """
    places = import_folders(folder)
    if not places:
        raise DataError(f"{folder} holds no imports; there is nothing to undo")
    if wanted is None:
        return places[-1]
    text = str(wanted)
    number = f"{int(text):04d}" if text.isascii() and text.isdigit() and len(text) < 5 else text
    for place in places:
        if place.name in {number, text} or place.name.startswith(f"{number}-"):
            return place
    there = ", ".join(place.name for place in places)
    raise DataError(f"there is no import {text!r} in {folder}; there are {there}")


def take_out(place: Path, *, discard_edits: bool) -> dict[str, Any]:
    """Take an import out at once, unless rows of another need it.

    Parameters
    ----------
    place : Path
        Its folder; the imports are held.
    discard_edits : bool
        Whether files that are not as the import wrote them may be lost.

    Returns
    -------
    dict
        What its ``import.json`` said, as far as it can be read.

    Raises
    ------
    DataError
        If rows of a later import refer to its rows, it was edited, or it cannot be moved.
    """
    folder = place.parent.parent
    edits = find_edits(place)
    if edits and not discard_edits:
        raise DataError(
            f"import {place.name} is not as it was written, and undoing would remove that too "
            f"({edits[0]}); copy what you need, then `{undo_command(place)} --yes` "
            f"(discard_edits=True in Python)"
        )
    broken = check_change(Change(removes=place.name), folder)
    if broken:
        raise DataError(
            f"import {place.name} is needed by {broken[0].file}, row {broken[0].row}, column "
            f"{broken[0].column}, which holds {broken[0].value!r}; undo that import first"
        )
    try:
        said = receipt(place)
    except DataError:
        said = {}
    away = place.with_name(f"{UNDONE}{place.name}")
    try:
        os.replace(place, away)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise DataError(f"cannot take out {place}: {reason}") from error
    shutil.rmtree(away, ignore_errors=True)
    return {"id": place.name[:4], "name": place.name, **said}
