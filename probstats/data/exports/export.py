"""One frame or table, written for another program, with its dictionary beside it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from probstats.data.accounts.dictionary import PANEL, described_tables
from probstats.data.exports.fields import complete, dictionary_bytes, panel_field_list
from probstats.data.exports.frames import prepare
from probstats.data.exports.parquet import parquet_file
from probstats.data.exports.spreadsheet import make_safe
from probstats.data.exports.spss import spss_files
from probstats.data.exports.stata import stata_file
from probstats.data.exports.written import Written
from probstats.data.panels.built import load_panel
from probstats.data.record import package
from probstats.data.record.tables import load
from probstats.errors import DataError
from probstats.files import write_bytes

SUFFIXES = {"csv": ".csv", "parquet": ".parquet", "stata": ".dta", "spss": ".sps"}
"""The formats, each with the ending of its file."""


@dataclass(frozen=True)
class Exported:
    """What an export wrote, and what it changed on the way.

    Attributes
    ----------
    files : tuple of Path
        The files, the data first.
    rows, columns : int
        Size of the frame.
    renamed : dict of str
        New names of columns, where the program does not take the old ones.
    made_safe : dict of int
        For each column, how many cells got an apostrophe because a spreadsheet might have run them.
    notes : tuple of str
        What else was changed.
    """

    files: tuple[Path, ...]
    rows: int
    columns: int
    renamed: dict[str, str] = field(default_factory=dict)
    made_safe: dict[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        lines = [f"{self.files[0]}: {self.rows} rows, {self.columns} columns"]
        lines += [f"  beside it: {file.name}" for file in self.files[1:]]
        lines += [f"  renamed: {old} is {new}" for old, new in self.renamed.items()]
        lines += [
            f"  {column}: {count} with an apostrophe in front, so that no spreadsheet runs it"
            for column, count in self.made_safe.items()
        ]
        return "\n".join([*lines, *(f"  {note}" for note in self.notes)])


def export(
    data: pd.DataFrame | str,
    path: str | Path,
    format: str | None = None,  # noqa: A002 - the word of pandas and of the command line
    dictionary: bool = True,
    shape: str = "long",
    fields: Iterable[dict[str, Any]] | None = None,
    overwrite: bool = False,
    folder: str | Path | None = None,
) -> Exported:
    """Write a frame, a table or the panel for another program, with its dictionary beside it.

    Parameters
    ----------
    data : pandas.DataFrame or str
        A frame, the name of a table, or ``"panel"``. An index with a name becomes a column.
    path : path
        The file to write; its folder must exist. Without an ending it gets that of the format.
    format : {"csv", "parquet", "stata", "spss"}, optional
        By default what the ending of ``path`` says: .csv, .parquet, .dta or .sps. For SPSS a CSV
        lies beside the syntax that reads it.
    dictionary : bool
        Whether to write ``<name>.dictionary.csv`` beside it: type, unit, meaning, permitted values,
        name in the file and codes of each column.
    shape : {"long", "wide"}
        Of the panel.
    fields : iterable of dict, optional
        What the columns of a frame mean, as Frictionless fields (``name``, ``description``,
        ``unit``). Tables and the panel bring their own.
    overwrite : bool
        Whether existing files may be replaced.
    folder : path, optional
        Folder of the tables; the one that came with the package by default.

    Returns
    -------
    Exported
        The files, and every change: columns renamed, cells made safe for spreadsheets.

    Raises
    ------
    DataError
        If the table, the format or the folder of ``path`` does not exist, a file is there already,
        or the frame holds what the format cannot; nothing is written then.
    ProbstatsError
        If the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> import probstats as ps
    >>> folder = tempfile.mkdtemp()
    >>> report = ps.data.export("subjects", f"{folder}/subjects.dta")
    >>> [file.name for file in report.files]
    ['subjects.dta', 'subjects.dictionary.csv']
    """
    target, kind = _target(path, format)
    frame, name, known = _read(data, shape, package.resolve_folder(folder), fields)
    ready = prepare(frame)
    described = complete(ready, known)
    written = _write(kind, ready, {f["name"]: f.get("description", "") for f in described}, target)
    contents = dict(written.contents)
    if dictionary:
        text = dictionary_bytes(name or target.stem, described, written.names, written.labels)
        contents[".dictionary.csv"] = text
    files = {target.with_name(target.stem + ending): part for ending, part in contents.items()}
    _require_new(files, overwrite)
    for file, content in files.items():
        write_bytes(file, content)
    renamed = {old: new for old, new in written.names.items() if old != new}
    return Exported(
        tuple(files), len(ready), ready.shape[1], renamed, written.made_safe, written.notes
    )


def _target(path: str | Path, wanted: str | None) -> tuple[Path, str]:
    """Return the file to write and its format."""
    target = Path(path)
    by_suffix = {suffix: name for name, suffix in SUFFIXES.items()}
    known = ", ".join(f"{name} ({suffix})" for name, suffix in SUFFIXES.items())
    if wanted is not None and wanted not in SUFFIXES:
        raise DataError(f"format={wanted!r} is not known; choose {known}")
    if wanted is None and target.suffix not in by_suffix:
        raise DataError(f"{target} does not say which format is meant; end it as in {known}")
    kind = wanted or by_suffix[target.suffix]
    if target.suffix in by_suffix and by_suffix[target.suffix] != kind:
        raise DataError(f"{target} does not end in {SUFFIXES[kind]}, the ending of {kind}")
    if target.suffix != SUFFIXES[kind]:
        target = target.with_name(target.name + SUFFIXES[kind])
    if not target.parent.is_dir():
        raise DataError(f"{target} cannot be written: there is no folder {target.parent}")
    if target.is_dir():
        raise DataError(f"{target} is a folder; name a file")
    return target, kind


def _read(
    data: pd.DataFrame | str,
    shape: str,
    folder: Path,
    fields: Iterable[dict[str, Any]] | None,
) -> tuple[pd.DataFrame, str, Iterable[dict[str, Any]] | None]:
    """Return the frame, the name of the table (empty for a frame) and what is known of it."""
    if shape != "long" and (not isinstance(data, str) or data != PANEL):
        raise DataError(f"shape={shape!r} is for the panel; leave it out")
    if not isinstance(data, str):
        return data, "", fields
    if fields is not None:
        raise DataError(f"fields are for a frame; {data} brings its own")
    if data == PANEL:
        panel = load_panel(shape, folder)
        return panel, PANEL, panel_field_list(panel, folder)
    if data not in described_tables(folder):
        names = ", ".join(described_tables(folder))
        raise DataError(f"there is no table {data!r}; the tables are {names}")
    return load(data, folder), data, package.resource(data, folder)["schema"]["fields"]


def _write(kind: str, frame: pd.DataFrame, meanings: dict[str, str], target: Path) -> Written:
    if kind == "parquet":
        return parquet_file(frame, meanings)
    if kind == "stata":
        return stata_file(frame, meanings)
    if kind == "spss":
        return spss_files(frame, meanings, f"{target.stem}.csv")
    safe, counts = make_safe(frame)
    names = dict(zip(frame, safe, strict=True))
    content = safe.to_csv(index=False, lineterminator="\n").encode()
    return Written({".csv": content}, names, made_safe=counts)


def _require_new(files: Iterable[Path], overwrite: bool) -> None:
    there = [file for file in files if file.exists()]
    if there and not overwrite:
        raise DataError(f"{there[0]} is there already; choose another name, or overwrite it "
                        f"(overwrite=True, on the command line --force)")  # fmt: skip
