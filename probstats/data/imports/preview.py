"""What an import would change, before anything is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from probstats.data.imports.build import Built, build
from probstats.data.imports.chosen import chosen_changes
from probstats.data.imports.compare import CELLS, compare, count_repeated, drop_known
from probstats.data.imports.grid import read_content, read_grid
from probstats.data.imports.layout import Layout, read_layout
from probstats.data.imports.layout_keys import SOURCE_FIELDS
from probstats.data.imports.record_now import Now
from probstats.data.imports.target import reading_folder
from probstats.data.record import package
from probstats.data.record.additions import import_folders, receipt, undo_command
from probstats.data.record.schema import Problem
from probstats.data.record.tables import Change, check_change
from probstats.errors import DataError
from probstats.progress import progress

STAGES = 5
REPEATED = "a key that no other row has"


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
    chosen : pandas.DataFrame
        Figures and ratings of the record whose chosen value changes: which, ``before``, ``after``
        and both sources.
    notices : tuple of str
        What else should be looked at before importing.
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
    chosen: pd.DataFrame
    notices: tuple[str, ...]


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
    now, found = Now(where), dict[str, Any]()
    stages = _stages(content, path.name, how, now, source, found)
    for _ in progress(stages, STAGES, f"reading {path.name}"):
        pass
    return ImportPreview(
        file=path.name, sha256=sha256, size=len(content), layout=how, source=source, **found
    )


def _stages(
    content: bytes, file: str, layout: Layout, now: Now, source: dict[str, str],
    found: dict[str, Any],
) -> Iterator[None]:  # fmt: skip
    """Read and check a file stage by stage, so that somebody who waits sees it go on."""
    grid = read_grid(content, file, layout)
    yield
    built = build(grid, layout, now, source)
    yield
    drop_known(built, now)
    _require_valid(built, file, now.folder)
    yield
    found |= {
        "tables": built.tables, "changes": _count(built), "left_out": built.leftovers.frame(),
        "disagreements": compare(built, now),
    }  # fmt: skip
    yield
    found |= {"chosen": chosen_changes(built, now), "notices": _notices(built, now)}
    yield


def _require_new(sha256: str, layout: Layout, file: str, folder: Path) -> None:
    for place in import_folders(folder):
        before = receipt(place)
        if (before.get("sha256"), before.get("layout")) == (sha256, layout.name):
            raise DataError(
                f"{file} was imported with layout {layout.name} before, as {place.name}; take that "
                f"out with `{undo_command(place)}` to import it again"
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
    if table in CELLS and first.row and first.expected.startswith(REPEATED):
        raise DataError(f"{place}: {_collision(first, built.tables[table], table)}")
    value = "is missing" if first.value is None else f"holds {first.value[:200]!r}"
    raise DataError(f"{place}: {first.column} of {table} {value}; expected {first.expected}")


def _collision(problem: Problem, frame: pd.DataFrame, table: str) -> str:
    """Return the sentence on a figure of which its page has said something else already."""
    claim = frame.fillna("").iloc[(problem.row or 2) - 2]
    about = ", ".join(claim[name] for name in CELLS[table] if claim[name])
    there = problem.expected.removeprefix(REPEATED).strip(" ()").removesuffix(" has it")
    return (
        f"its page is source {claim['source_id']} of the record already, which says something "
        f"else of {about} ({there}); if the figure is from another page, give its address, else "
        f"take one of the two away"
    )


def _notices(built: Built, now: Now) -> tuple[str, ...]:
    """Return what is no mistake but may be one."""
    said = []
    claims = built.tables.get("measure_claims")
    if claims is not None:
        value = pd.to_numeric(claims["value"])
        small = (claims["unit"] == "percent") & (value > 0) & (value < 1)
        for n in small.to_numpy().nonzero()[0]:
            row = claims.iloc[n]
            said.append(f"row {built.places['measure_claims'][n]}: {row['value']} per cent as "
                        f"{row['measure']} of {row['subject_id']} is less than 1%")  # fmt: skip
    repeated = count_repeated(built, now)
    if repeated:
        said.append(
            f"the record has {repeated} of the new claims already, with the same value from "
            f"another source"
        )
    return tuple(said)


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
