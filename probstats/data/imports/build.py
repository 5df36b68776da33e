"""From records to rows of the tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pandas as pd

from probstats.data.imports.build_inspections import inspection_rows
from probstats.data.imports.build_measures import measure_rows
from probstats.data.imports.build_ratings import rating_rows
from probstats.data.imports.grid import Grid
from probstats.data.imports.header import require_header
from probstats.data.imports.layout import Layout
from probstats.data.imports.leftovers import Leftovers
from probstats.data.imports.record_now import Now
from probstats.data.imports.sources import Sources
from probstats.data.imports.tabulate import Record, tabulate

Rows = list[tuple[int, dict[str, str]]]
"""Rows of a table, each with the row of the file it comes from."""
Builder = Callable[[list[Record], str, Layout, Now, Sources, Leftovers], dict[str, Rows]]
BUILDERS: dict[str, Builder] = {
    "measure_claims": measure_rows,
    "rating_claims": rating_rows,
    "inspections": inspection_rows,
}


@dataclass
class Built:
    """The rows an import would add.

    Attributes
    ----------
    tables : dict of str to pandas.DataFrame
        New rows as text, with the columns of their table.
    places : dict of str to list of int
        Row of the file that each comes from.
    leftovers : Leftovers
        What is left out.
    """

    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    places: dict[str, list[int]] = field(default_factory=dict)
    leftovers: Leftovers = field(default_factory=Leftovers)


def build(grid: Grid, layout: Layout, now: Now, source: dict[str, str]) -> Built:
    """Return the rows that a file adds.

    Parameters
    ----------
    grid : Grid
        The cells of the file.
    layout : Layout
        What they mean.
    now : Now
        The record the rows are for.
    source : dict of str to str
        What is known of the source, unless a row says it.

    Returns
    -------
    Built
        New rows by table, and what is left out.

    Raises
    ------
    DataError
        If a cell is not what it should be.
    """
    built = Built()
    records = tabulate(grid, layout, built.leftovers)
    require_header(records, grid, layout)
    permitted = {name: now.permitted("sources", name) for name in ("kind", "licence")}
    sources = Sources(now.sources, permitted, source, grid.file)
    rows = BUILDERS[layout.table](records, grid.file, layout, now, sources, built.leftovers)
    new = sources.rows()
    rows["sources"] = [(0, {str(k): v for k, v in row.items()}) for row in new.to_dict("records")]
    for table, found in rows.items():
        if found:
            built.tables[table] = _frame([row for _, row in found], table, now)
            built.places[table] = [place for place, _ in found]
    return built


def _frame(rows: list[dict[str, str]], table: str, now: Now) -> pd.DataFrame:
    names = [column["name"] for column in now.fields(table)]
    return pd.DataFrame(
        {name: pd.array([row.get(name) or None for row in rows], dtype="string") for name in names}
    )
