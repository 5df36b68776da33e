"""Tables for notebooks, by great_tables."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import pandas as pd

from probstats.tables.extras import extra
from probstats.tables.markup import right_aligned


def great_table(caption: str, cells: pd.DataFrame, notes: Sequence[str]) -> Any:
    """Return a table as a ``great_tables.GT``.

    Parameters
    ----------
    caption : str
        What the table shows.
    cells : pandas.DataFrame
        Cells as text, names of rows first.
    notes : sequence of str
        What a reader has to know.

    Returns
    -------
    great_tables.GT
        The table; nothing in it is read as Markdown.

    Raises
    ------
    ProbstatsError
        If great_tables is not installed.
    """
    library = extra("great_tables")
    names = [str(name) for name in cells.columns]
    table = library.GT(cells.set_axis(names, axis=1), rowname_col=names[0])
    table = table.tab_header(title=caption).tab_stubhead(label=names[0])
    right = [name for name, is_right in zip(names, right_aligned(cells), strict=True) if is_right]
    table = table.cols_align(align="right", columns=right) if right else table
    for note in notes:
        table = table.tab_source_note(library.html(escape(note)))
    return table
