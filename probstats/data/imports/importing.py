"""Importing a file, undoing an import, listing what was imported."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from probstats import __version__
from probstats.data.imports import store
from probstats.data.imports.preview import ImportPreview, preview_import
from probstats.data.imports.target import reading_folder, writing_folder
from probstats.data.record import package
from probstats.data.record.additions import import_folders, receipt

LISTED = ["id", "name", "when", "file", "layout", "rows", "sha256"]


def import_table(
    file: str | Path,
    layout: str | Path,
    folder: str | Path | None = None,
    *,
    kind: str | None = None,
    title: str | None = None,
    publisher: str | None = None,
    url: str | None = None,
    licence: str | None = None,
    published: str | None = None,
) -> dict[str, Any]:
    """Import a file: all of it or nothing, beside the tables and never into them.

    Parameters
    ----------
    file : path
        A CSV, ODS or XLSX file.
    layout : str or path
        Name of a shipped layout, or a TOML file.
    folder : path, optional
        Folder of the tables to add to. One that is not there yet, or empty, becomes a copy of the
        tables that came with the package. The ``data/`` of a checkout by default; an installed
        package has no default.
    kind, title, publisher, url, licence, published : str, optional
        The source of the rows, as in the table ``sources``; over what the layout says.

    Returns
    -------
    dict
        What was written to ``import.json``: number, name, hash and size of the file, layout,
        source, rows by table, and what was left out and why.

    Raises
    ------
    DataError
        If anything is wrong with the file or the folder; nothing is written then.

    See Also
    --------
    preview_import : the same without writing.
    undo_import : takes an import out.
    """
    options = {"kind": kind, "title": title, "publisher": publisher, "url": url,
               "licence": licence, "published": published}  # fmt: skip
    if folder is not None and reading_folder(folder) != Path(folder):
        preview_import(file, layout, folder, **options)  # before a folder is made for it
    where = writing_folder(folder)
    with store.locked(where) as room:
        found = preview_import(file, layout, where, **options)
        return store.put(room, found.file, found.tables, _about(found))


def _about(found: ImportPreview) -> dict[str, Any]:
    left_out: list[dict[str, Any]] = found.left_out.to_dict("records")
    return {
        "when": datetime.datetime.now(tz=datetime.UTC).isoformat(timespec="seconds"),
        "file": found.file,
        "sha256": found.sha256,
        "size": found.size,
        "layout": found.layout.name,
        "layout_sha256": package.fingerprint(found.layout.text.encode()).removeprefix("sha256:"),
        "source": found.source,
        "rows": {table: len(frame) for table, frame in found.tables.items()},
        "left_out": left_out,
        "disagreements": len(found.disagreements),
        "version": __version__,
    }


def undo_import(
    wanted: str | int | None = None,
    folder: str | Path | None = None,
    *,
    discard_edits: bool = False,
) -> dict[str, Any]:
    """Take an import out, all of it at once.

    Parameters
    ----------
    wanted : str or int, optional
        Its number or name; the latest by default.
    folder : path, optional
        Folder of the tables; the ``data/`` of a checkout by default.
    discard_edits : bool
        Whether files of the import that were changed or added since may be lost.

    Returns
    -------
    dict
        What the ``import.json`` of the import said.

    Raises
    ------
    DataError
        If there is no such import, rows of a later one need its rows, or its files are not as it
        wrote them.
    """
    where = package.resolve_folder(folder)
    store.find(wanted, where)
    with store.locked(where):
        return store.take_out(store.find(wanted, where), discard_edits=discard_edits)


def imports(folder: str | Path | None = None) -> pd.DataFrame:
    """Return the imports that are in place, in order.

    Parameters
    ----------
    folder : path, optional
        Folder of the tables; the one that came with the package by default.

    Returns
    -------
    pandas.DataFrame
        One row for each import: ``id``, ``name``, ``when``, ``file``, ``layout``, ``rows`` (in
        all tables) and ``sha256`` of the file.

    Raises
    ------
    DataError
        If the ``import.json`` of one cannot be read.

    Examples
    --------
    >>> import probstats as ps
    >>> list(ps.data.imports().columns)
    ['id', 'name', 'when', 'file', 'layout', 'rows', 'sha256']
    """
    rows = []
    for place in import_folders(package.resolve_folder(folder)):
        said = receipt(place)
        counts = said.get("rows")
        total = sum(counts.values()) if isinstance(counts, dict) else 0
        known = {"id": place.name[:4], "name": place.name, **said, "rows": total}
        rows.append({name: known.get(name, "") for name in LISTED})
    return pd.DataFrame(rows, columns=LISTED)
