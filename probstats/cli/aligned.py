"""Frames as aligned columns of text, no wider than a page; or as CSV, when asked for."""

from __future__ import annotations

import argparse
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

WIDTH = 100
NARROWEST = 8
GAP = "  "


def add_csv(parser: Any) -> None:
    """Add the options by which a command writes what it shows as CSV."""
    parser.add_argument(
        "--csv", type=Path, metavar="FILE", help="write what is shown to a CSV file instead"
    )
    parser.add_argument("--force", action="store_true", help="replace the file of --csv")


def add_folder(parser: Any) -> None:
    """Add the option that names the folder of the tables."""
    parser.add_argument(
        "--folder", type=Path, help="folder of the tables (default: the package's own)"
    )


def show(frame: pd.DataFrame, arguments: argparse.Namespace, words: pd.DataFrame) -> None:
    """Print a frame, or write it where ``--csv`` says.

    Parameters
    ----------
    frame : pandas.DataFrame
        What is written.
    arguments : argparse.Namespace
        With ``csv`` and ``force``.
    words : pandas.DataFrame
        The same as readers see it, which is printed.
    """
    if arguments.csv is None:
        print(aligned(words))
        return
    from probstats import data

    report = data.export(frame, arguments.csv, "csv", dictionary=False, overwrite=arguments.force)
    print(report)


def aligned(frame: pd.DataFrame, width: int = WIDTH) -> str:
    """Return a frame as text: numbers to the right, long text over several lines.

    Parameters
    ----------
    frame : pandas.DataFrame
        What to show.
    width : int
        The longest line.

    Returns
    -------
    str
        A line of names, then the rows.
    """
    from pandas.api.types import is_numeric_dtype

    cells = [[_text(value) for value in row] for row in frame.itertuples(index=False, name=None)]
    header = [str(name).replace("_", " ") for name in frame.columns]
    right = [is_numeric_dtype(frame.iloc[:, n]) for n in range(frame.shape[1])]
    widths = _widths([header, *cells], width)
    return "\n".join(
        line.rstrip() for row in [header, *cells] for line in _lines(row, widths, right)
    )


def _text(value: Any) -> str:
    import pandas as pd

    if pd.isna(value):
        return ""
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    return " ".join(str(value).split())


def _widths(rows: list[list[str]], width: int) -> list[int]:
    """Return the width of each column; the widest give way until the line fits."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    room = width - len(GAP) * (len(widths) - 1)
    while sum(widths) > room and max(widths) > NARROWEST:
        widths[widths.index(max(widths))] -= 1
    return widths


def _lines(row: list[str], widths: list[int], right: list[bool]) -> list[str]:
    parts = [textwrap.wrap(cell, size) or [""] for cell, size in zip(row, widths, strict=True)]
    height = max(map(len, parts))
    filled = [part + [""] * (height - len(part)) for part in parts]
    return [
        GAP.join(
            text.rjust(size) if to_the_right else text.ljust(size)
            for text, size, to_the_right in zip(line, widths, right, strict=True)
        )
        for line in zip(*filled, strict=True)
    ]
