"""Two ratings against each other, counts with shares."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import pandas as pd

from probstats import display
from probstats.association import cross_table
from probstats.association.cross_table_results import TOTAL, CrossTable
from probstats.errors import DataError
from probstats.tables.small_counts import HIDDEN, suppression_note
from probstats.tables.table import Table

RESERVED = {"n", "row_share", "column_share"}
FEWEST = 99  # permutations of tests that are not shown


def rating_crosstab(
    frame: pd.DataFrame,
    row: str,
    column: str,
    *,
    intervals: Mapping[str, tuple[str, str]] | None = None,
    suppress: int | None = None,
    shares: str | None = "row",
    labels: Mapping[str, str] | None = None,
    caption: str | None = None,
) -> Table:
    """Set two ratings, or a rating and groups, against each other.

    Parameters
    ----------
    frame : pandas.DataFrame
        The data, one subject a row.
    row, column : str
        Columns of the frame, or names in ``intervals``; see ``cross_table``.
    intervals : mapping, optional
        Ratings known as an interval: name to the columns of the lowest and of the highest rating.
        An interval is a row or column of its own, such as "Inadequate or Requires improvement".
    suppress : int, optional
        Hide counts from one to below this, and those from which they would follow.
    shares : {"row", "column"} or None
        Of which total shares are shown.
    labels : mapping of str to str, optional
        Names of the two outcomes in words.
    caption : str, optional
        Caption.

    Returns
    -------
    Table
        Cells "12 (20%)". ``data`` has the two outcomes, ``n``, ``row_share`` and
        ``column_share``; hidden ones are missing there too. ``cross_table`` has tests, residuals
        and measures of the same table.

    Raises
    ------
    DataError
        If ``shares`` is not known.
    ModelError
        If a column cannot be used, or no row has both outcomes.

    Examples
    --------
    >>> import pandas as pd
    >>> simulated = pd.DataFrame({"first": [1, 1, 1, 2, 2, 2, 2, 3, 3, 3] * 4,
    ...                           "second": [1, 1, 2, 1, 2, 2, 2, 2, 2, 2] * 4})
    >>> rating_crosstab(simulated, "first", "second")
    first by second, n = 40
    <BLANKLINE>
    first         1          2        All
    1       8 (67%)    4 (33%)  12 (100%)
    2       4 (25%)   12 (75%)  16 (100%)
    3        0 (0%)  12 (100%)  12 (100%)
    All    12 (30%)   28 (70%)  40 (100%)
    <BLANKLINE>
    Shares are of the total of a row.
    """
    if shares not in ("row", "column", None):
        raise DataError(f"shares={shares!r} is not known; choose 'row', 'column' or None")
    for name in {row, column} & RESERVED:
        raise DataError(f"column {name!r} would be overwritten by the result; rename it")
    found = cross_table(
        frame, row, column, intervals=intervals, suppress=suppress, n_resamples=FEWEST, rng=0
    )
    words = dict(labels or {})
    named = [words.get(row, row), words.get(column, column)]
    data = _tidy(found)
    cells = _cells(found, shares)
    cells.insert(0, named[0], cells.index.map(str))
    return Table(
        data=data,
        formatted=cells.reset_index(drop=True),
        caption=caption or f"{named[0]} by {named[1]}, n = {display.number(found.n, 0)}",
        notes=_notes(found, len(frame), suppress, shares),
    )


def _in_words(found: CrossTable) -> dict[Any, str]:
    """Return rows and columns in words: intervals by the ratings they hold."""
    words: dict[Any, str] = {TOTAL: "All"}
    for levels in (found.expected.index, found.expected.columns):
        names = [str(level) for level in levels]
        for low, high in combinations(range(len(names)), 2):
            *first, last = names[low : high + 1]
            words[f"between {names[low]} and {names[high]}"] = f"{', '.join(first)} or {last}"
    return words


def _tidy(found: CrossTable) -> pd.DataFrame:
    words = _in_words(found)
    parts = {"n": found.counts, "row_share": found.row_shares, "column_share": found.column_shares}
    flat = {name: part.to_numpy().ravel() for name, part in parts.items()}
    index = pd.MultiIndex.from_product([found.counts.index, found.counts.columns])
    ends = index.to_frame(index=False).map(lambda name: words.get(name, name))
    ends.columns = pd.Index([found.counts.index.name, found.counts.columns.name])
    return ends.assign(**{**flat, "n": pd.array(flat["n"], dtype="Int64")})


def _cells(found: CrossTable, shares: str | None) -> pd.DataFrame:
    parts = found.column_shares if shares == "column" else found.row_shares
    words = _in_words(found)
    cells = [
        [_cell(n, share if shares else None) for n, share in zip(*pair, strict=True)]
        for pair in zip(found.counts.to_numpy(), parts.to_numpy(), strict=True)
    ]
    names = [[words.get(name, str(name)) for name in side]
             for side in (found.counts.index, found.counts.columns)]  # fmt: skip
    return pd.DataFrame(cells, *names, dtype=object)


def _cell(n: Any, share: float | None) -> str:
    if pd.isna(n):
        return HIDDEN
    if share is None or pd.isna(share):
        return display.number(n, 0)
    return f"{display.number(n, 0)}{display.NO_BREAK}({display.percent(share)})"


def _notes(
    found: CrossTable, n_rows: int, suppress: int | None, shares: str | None
) -> tuple[str, ...]:
    notes = [f"Shares are of the total of a {shares}."] if shares else []
    if found.n < n_rows:
        missing = ", ".join(f"{name} in {count}" for name, count in found.dropped.items() if count)
        notes.append(f"{n_rows - found.n} of {n_rows} rows are left out: missing {missing}.")
    if found.n_interval:
        notes.append(f"{found.n_interval} of {found.n} rows are known as one of several ratings.")
    n_hidden = int(found.counts.isna().to_numpy().sum())
    if suppress is not None and n_hidden:
        notes.append(suppression_note(n_hidden, suppress))
    return tuple(notes)
