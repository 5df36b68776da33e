"""Cells as plain text and as HTML that screen readers can follow."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

import pandas as pd

from probstats.display import NO_BREAK

NUMBER = re.compile(r"[\d\u2212+<\u2013]|no finite estimate|none$|\[c\]")


def plain_text(caption: str, cells: pd.DataFrame, notes: Sequence[str]) -> str:
    """Return a table as aligned text.

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
    str
        Caption, table and notes, with plain spaces.
    """
    columns = [
        _aligned([str(name), *cells[name]], right=right)
        for name, right in zip(cells.columns, right_aligned(cells), strict=True)
    ]
    rows = ["  ".join(row).rstrip() for row in zip(*columns, strict=True)]
    parts = [caption, "\n".join(rows), "\n".join(notes)]
    return "\n\n".join(filter(None, parts)).replace(NO_BREAK, " ")


def _aligned(cells: list[str], *, right: bool) -> list[str]:
    width = max(map(len, cells))
    return [cell.rjust(width) if right else cell.ljust(width) for cell in cells]


def right_aligned(cells: pd.DataFrame) -> list[bool]:
    """Return which columns hold numbers above all, and so stand to the right."""
    return [
        place > 0 and 2 * sum(bool(NUMBER.match(cell)) for cell in column) > sum(column != "")
        for place, (_, column) in enumerate(cells.items())
    ]


def html_fragment(caption: str, cells: pd.DataFrame, notes: Sequence[str]) -> str:
    """Return a table as HTML.

    Parameters
    ----------
    caption, cells, notes
        See ``plain_text``.

    Returns
    -------
    str
        A table whose first row and first column are header cells, and a paragraph for each note.
    """
    styles = [f"text-align: {'right' if right else 'left'}" for right in right_aligned(cells)]
    head = [
        f'<th scope="col" style="{style}">{escape(str(name))}</th>'
        for name, style in zip(cells.columns, styles, strict=True)
    ]
    body = [_row(row, styles) for row in cells.itertuples(index=False, name=None)]
    lines = [
        "<table>", f"<caption>{escape(caption)}</caption>",
        "<thead>", f"<tr>{''.join(head)}</tr>", "</thead>",
        "<tbody>", *body, "</tbody>", "</table>",
        *(f"<p>{escape(note)}</p>" for note in notes),
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _row(row: tuple[str, ...], styles: list[str]) -> str:
    name, *values = row
    cells = "".join(
        f'<td style="{style}">{escape(value)}</td>'
        for value, style in zip(values, styles[1:], strict=True)
    )
    return f'<tr><th scope="row" style="{styles[0]}">{escape(name)}</th>{cells}</tr>'


def html_page(title: str, body: str) -> str:
    """Return a whole page around a table."""
    return (
        f'<!doctype html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{escape(title)}</title>\n</head>\n<body>\n{body}</body>\n</html>\n"
    )
