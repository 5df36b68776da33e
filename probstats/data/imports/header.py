"""Whether the row taken for the header is one: words, with figures below."""

from __future__ import annotations

from probstats.data.imports.days import is_date
from probstats.data.imports.grid import Grid
from probstats.data.imports.layout import Layout
from probstats.data.imports.numbers import is_number
from probstats.data.imports.tabulate import Record
from probstats.errors import DataError

ASKED = {"date": is_date, "value": is_number}


def require_header(records: list[Record], grid: Grid, layout: Layout) -> None:
    """Raise if columns that are known by their place have a date or a number in their header.

    Parameters
    ----------
    records : list of Record
        The table below the header.
    grid : Grid
        The cells of the file.
    layout : Layout
        Says which columns are known by their place.

    Raises
    ------
    DataError
        If a row of figures was taken for the header, or a note above the true one.
    """
    placed = [
        role for role in ASKED
        if any(isinstance(place, int) for place in layout.columns.get(role, ()))
    ]  # fmt: skip
    if not (placed and records) or layout.wide is not None:
        return
    first = records[0]
    row = next(n for n in range(first.row - 1, 0, -1) if any(grid.rows[n - 1]))
    for role in placed:
        found = first.columns[role] if _is_filled(role, grid.rows[row - 1], layout) else ""
        if ASKED[role](found, layout):
            raise DataError(
                f"{grid.file}, row {row}: is taken for the header but holds "
                f"{found[:80]!r}, a {_thing(role)}; expected a header of words "
                f"{_wanted(layout)}, directly above the figures"
            )
    if not any(ASKED[role](first.get(role), layout) for role in placed):
        held = " and ".join(repr(first.get(role)[:80]) for role in placed)
        raise DataError(
            f"{grid.file}, row {first.row}: holds {held} below row {row}, which is taken for the "
            f"header; expected {' and '.join(f'a {_thing(role)}' for role in placed)}: take away "
            f"the notes above the header"
        )


def _is_filled(role: str, cells: list[str], layout: Layout) -> bool:
    return any(bool(cells[n - 1 : n] and cells[n - 1]) for n in layout.columns[role]
               if isinstance(n, int))  # fmt: skip


def _thing(role: str) -> str:
    return "date" if role == "date" else "number"


def _wanted(layout: Layout) -> str:
    cells = layout.file.header_cells
    return f"in {cells} cells" if cells else "in each column"
