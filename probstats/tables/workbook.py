"""Tables as workbooks: one sheet as readers see it, one with the numbers."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd

from probstats.errors import DataError
from probstats.tables.archives import TIME, settled
from probstats.tables.extras import extra

CORE = "docProps/core.xml"
WIDEST = 60


def workbook_bytes(
    caption: str, cells: pd.DataFrame, notes: Sequence[str], data: pd.DataFrame
) -> bytes:
    """Return a workbook with the sheets "Table" and "Data".

    Parameters
    ----------
    caption : str
        What the table shows.
    cells : pandas.DataFrame
        Cells as text, names of rows first.
    notes : sequence of str
        What a reader has to know.
    data : pandas.DataFrame
        The numbers.

    Returns
    -------
    bytes
        The workbook, the same for the same table. Text that begins like a formula stays text;
        infinite numbers are text, missing ones are empty cells.

    Raises
    ------
    ProbstatsError
        If openpyxl is not installed.
    DataError
        If a cell holds a control character.
    """
    book = extra("openpyxl").Workbook()
    shown = book.active
    shown.title = "Table"
    top = [caption, *[""] * (cells.shape[1] - 1)]
    below = [[note] for note in ["", *notes]] if notes else []
    rows = [top, list(cells.columns), *cells.to_numpy().tolist(), *below]
    _fill(shown, rows)
    _head(shown, 2, cells)
    numbers = book.create_sheet("Data")
    _fill(numbers, [list(data.columns), *data.astype(object).to_numpy().tolist()])
    _head(numbers, 1, data)
    return _without_times(book)


def _fill(sheet: Any, rows: list[list[Any]]) -> None:
    for number, row in enumerate(rows, start=1):
        for place, value in enumerate(row, start=1):
            plain = _plain(value)
            if plain is not None and plain != "":
                _put(sheet.cell(number, place), plain)


def _put(cell: Any, value: Any) -> None:
    illegal = extra("openpyxl").utils.exceptions.IllegalCharacterError
    try:
        cell.value = value
    except illegal as error:
        raise DataError(f"a workbook cannot hold the control character in {value!r}") from error
    if isinstance(value, str):
        cell.data_type = "s"  # even where it begins with =


def _plain(value: Any) -> Any:
    """Return a value as a workbook can hold it; numbers stay numbers."""
    if not pd.api.types.is_scalar(value):
        return str(value)
    if pd.isna(value):
        return None
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and np.isinf(value):
        return "infinite" if value > 0 else "minus infinite"
    return value if isinstance(value, bool | int | float | str) else str(value)


def _head(sheet: Any, row: int, frame: pd.DataFrame) -> None:
    """Make a row bold, keep it in sight, and give each column the room it needs."""
    openpyxl = extra("openpyxl")
    for cell in sheet[row]:
        cell.font = openpyxl.styles.Font(bold=True)
    sheet.freeze_panes = sheet.cell(row + 1, 2)
    for place, (name, column) in enumerate(frame.items(), start=1):
        longest = max([len(str(name)), *column.astype(str).str.len()])
        letter = openpyxl.utils.get_column_letter(place)
        sheet.column_dimensions[letter].width = min(longest + 2, WIDEST)


def _without_times(book: Any) -> bytes:
    written = io.BytesIO()
    moment = datetime(*TIME, tzinfo=UTC).replace(tzinfo=None)
    book.properties.creator, book.properties.created = "probstats", moment
    book.save(written)
    core = book.properties  # saving sets the time of the last change
    core.modified = moment
    text = extra("openpyxl").xml.functions.tostring(core.to_tree())
    return settled(written.getvalue(), {CORE: text})
