"""Finished pieces of a long run in a folder, so that an interrupted run can be taken up."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import joblib
import numpy as np
import pandas as pd

from probstats.errors import JobError
from probstats.files import write_bytes, write_json

CALL = "call.json"
"""File that says which call the pieces of a folder belong to."""


class Checkpoint:
    """A folder of finished pieces.

    Parameters
    ----------
    folder : str or pathlib.Path
        Where pieces are kept; made if it is not there.
    call : dict
        All that the pieces depend on: data, options and seed.

    Raises
    ------
    JobError
        If the folder holds the pieces of another call, or something else.
    """

    def __init__(self, folder: str | Path, call: dict[str, Any]) -> None:
        if not isinstance(folder, str | os.PathLike):
            raise JobError(f"checkpoint={folder!r} is no folder; give its path")
        self.folder = Path(folder)
        if self.folder.exists() and not self.folder.is_dir():
            raise JobError(f"checkpoint: {self.folder} is a file; give a folder")
        self._claim({name: joblib.hash(value) for name, value in call.items()})

    def _claim(self, call: dict[str, str | None]) -> None:
        path = self.folder / CALL
        if not path.exists():
            if self.folder.exists() and any(self.folder.iterdir()):
                raise JobError(
                    f"{self.folder} is not empty and has no {CALL}; choose a new folder for "
                    f"checkpoint="
                )
            write_json(path, call)
            return
        other = [name for name, value in call.items() if _read_call(path).get(name) != value]
        if other:
            raise JobError(
                f"{self.folder} holds an unfinished run with other {', '.join(other)}; repeat "
                f"that call, or choose a new folder for checkpoint="
            )

    def get(self, number: int) -> pd.DataFrame | None:
        """Return a finished piece, or None where it has to be done."""
        path = self._path(number)
        if not path.exists():
            return None
        try:
            with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as stored:
                columns = {name: stored[name] for name in stored.files}
        except (ValueError, OSError, EOFError, BadZipFile) as error:
            raise JobError(f"{path} cannot be read; delete this file, and the call goes on") from (
                error
            )
        return pd.DataFrame({name: _as_column(values) for name, values in columns.items()})

    def put(self, number: int, frame: pd.DataFrame) -> None:
        """Keep a finished piece, whole or not at all; its index is not kept."""
        content = io.BytesIO()
        columns: dict[str, Any] = {str(name): _as_array(frame[name]) for name in frame}
        np.savez(content, **columns)
        write_bytes(self._path(number), content.getvalue())

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:06d}.npz"


def _read_call(path: Path) -> dict[str, str]:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as error:
        raise JobError(f"{path} is damaged; delete its folder, or choose another") from error


def _as_array(column: pd.Series) -> np.ndarray[Any, Any]:
    if column.dtype.kind in "biuf":
        return column.to_numpy()
    if column.isna().any():  # NumPy's text has no missing value, and would cut it to fit
        raise JobError(f"column {column.name!r} misses text, which a checkpoint cannot keep")
    return column.astype(str).to_numpy(dtype=np.str_)


def _as_column(values: np.ndarray[Any, Any]) -> Any:
    return pd.array(values.tolist(), dtype="str") if values.dtype.kind == "U" else values
