"""What an import would change, before anything is written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from probstats.data.imports.build import Built, build
from probstats.data.imports.compare import compare, drop_known
from probstats.data.imports.grid import read_content, read_grid
from probstats.data.imports.layout import Layout, read_layout
from probstats.data.imports.layout_keys import SOURCE_FIELDS
from probstats.data.imports.record_now import Now
from probstats.data.imports.target import reading_folder
from probstats.data.record import package
from probstats.data.record.additions import import_folders, receipt
from probstats.data.record.tables import Change, check_change
from probstats.errors import DataError


@dataclass(frozen=True)
class ImportPreview:
    """What an import would change.

    Attributes
    ----------
    file : str
        Name of the file.
    sha256 : str
        Its hash.
    size : int
        Its bytes.
    layout : Layout
        How it was read.
    source : dict of str to str
        What was said of its source.
    tables : dict of str to pandas.DataFrame
        New rows as text, by table.
    changes : pandas.DataFrame
        How many rows are new: ``table``, ``subject_id``, ``measure``, ``first_day``, ``last_day``,
        ``rows``.
    left_out : pandas.DataFrame
        What is left out: ``reason``, ``what``, ``cells``, ``first_row``.
    disagreements : pandas.DataFrame
        Claims that differ from one of the record: which, ``there``, ``here`` and both sources.
    """

    file: str
    sha256: str
    size: int
    layout: Layout
    source: dict[str, str]
    tables: dict[str, pd.DataFrame]
    changes: pd.DataFrame
    left_out: pd.DataFrame
    disagreements: pd.DataFrame


def preview_import(
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
) -> ImportPreview:
    """Read and check a file as a whole and return what importing it would change.

    Parameters
    ----------
    file : path
        A CSV, ODS or XLSX file.
    layout : str or path
        Name of a shipped layout, or a TOML file.
    folder : path, optional
        Folder of the tables the rows are for; the one that came with the package by default.
    kind, title, publisher, url, licence, published : str, optional
        The source of the rows, as in the table ``sources``; over what the layout says. A row that
        names its source itself keeps it.

    Returns
    -------
    ImportPreview
        New rows, what is left out and why, and disagreements with the record.

    Raises
    ------
    DataError
        If the file cannot be read, a cell is not what it should be, the same file was imported
        with this layout before, or nothing is new. The sentence names file, row and column.
    """
    where = reading_folder(folder)
    how, path = read_layout(layout, where), Path(file)
    content = read_content(path)
    sha256 = package.fingerprint(content).removeprefix("sha256:")
    _require_new(sha256, how, path.name, where)
    given = {"kind": kind, "title": title, "publisher": publisher, "url": url,
             "licence": licence, "published": published}  # fmt: skip
    source = {name: given[name] or how.source.get(name, "") for name in SOURCE_FIELDS}
    now = Now(where)
    built = build(read_grid(content, path.name, how), how, now, source)
    drop_known(built, now)
    _require_valid(built, path.name, where)
    return ImportPreview(
        file=path.name, sha256=sha256, size=len(content), layout=how, source=source,
        tables=built.tables, changes=_count(built), left_out=built.leftovers.frame(),
        disagreements=compare(built, now),
    )  # fmt: skip


def _require_new(sha256: str, layout: Layout, file: str, folder: Path) -> None:
    for place in import_folders(folder):
        before = receipt(place)
        if (before.get("sha256"), before.get("layout")) == (sha256, layout.name):
            raise DataError(
                f"{file} was imported with layout {layout.name} before, as {place.name}; take that "
                f"out with `probstats data undo {place.name[:4]}` to import it again"
            )


def _require_valid(built: Built, file: str, folder: Path) -> None:
    """Raise if the new rows as a whole are not what their tables ask for."""
    if not any(name != "sources" for name in built.tables):
        counts = built.leftovers.frame()
        why = "; ".join(f"{n} {reason}" for reason, n in
                        counts.groupby("reason", sort=False)["cells"].sum().items())  # fmt: skip
        raise DataError(f"{file}: holds nothing new to import ({why or 'no rows'})")
    problems = check_change(Change(adds=built.tables), folder)
    if not problems:
        return
    first = problems[0]
    table = first.file.removeprefix("new rows of ")
    places = built.places.get(table, [])
    row = places[first.row - 2] if first.row and first.row - 2 < len(places) else 0
    place = f"{file}, row {row}" if row else file
    value = "is missing" if first.value is None else f"holds {first.value[:200]!r}"
    raise DataError(f"{place}: {first.column} of {table} {value}; expected {first.expected}")


def _count(built: Built) -> pd.DataFrame:
    """Return how many rows are new for each table, subject and measure, and for which days."""
    counts = []
    for table, frame in built.tables.items():
        names = {"subject_id": "subject_id", "inspection_id": "inspection_id", "measure": "measure",
                 "standard": "measure"}  # fmt: skip
        columns = [name for name in names if name in frame.columns]
        if "subject_id" in columns and "measure" in columns:
            columns.remove("inspection_id")
        if not columns:
            counts.append((table, "", "", "", "", len(frame)))
            continue
        for key, rows in frame.fillna("").groupby(columns, sort=False):
            found = dict(zip(columns, key, strict=True))
            subject = found.get("subject_id") or found.get("inspection_id", "")
            measure = found.get("measure") or found.get("standard", "")
            dates = [d for c in ("as_of_from", "as_of_to") if c in rows for d in rows[c] if d]
            counts.append((table, subject, measure, min(dates, default=""),
                           max(dates, default=""), len(rows)))  # fmt: skip
    columns = ["table", "subject_id", "measure", "first_day", "last_day", "rows"]
    return pd.DataFrame(counts, columns=columns)
