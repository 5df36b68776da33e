"""What the columns of a frame hold: numbers and categories, by group."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from probstats import display
from probstats.errors import DataError
from probstats.tables.describing_cells import described_cells
from probstats.tables.describing_counts import Hidden, described, linked_counts
from probstats.tables.describing_variables import (
    MOST,
    Rows,
    Variable,
    read_groups,
    read_variables,
)
from probstats.tables.small_counts import HIDDEN, suppression_note
from probstats.tables.table import Table


def descriptives(
    frame: pd.DataFrame,
    by: str | None = None,
    columns: Sequence[str] | None = None,
    *,
    intervals: Mapping[str, tuple[str, str]] | None = None,
    suppress: int | None = None,
    labels: Mapping[str, str] | None = None,
    level: float = 0.95,
    caption: str | None = None,
) -> Table:
    """Describe columns: numbers by their distribution, categories by counts and shares.

    Parameters
    ----------
    frame : pandas.DataFrame
        The data, one subject a row.
    by : str, optional
        Column of groups; rows where it is missing are a group of their own.
    columns : sequence of str, optional
        Columns to describe, and names in ``intervals``. By default all of numbers, and of
        categories, text or booleans of at most 20 values; the notes name the others.
    intervals : mapping, optional
        Ratings known as an interval: name to the columns of the lowest and of the highest rating.
        They count as known. The count of a rating is then from those that are known to have it
        to those that may have it, and the interval of its share covers both.
    suppress : int, optional
        Hide counts from one to below this, counts from which they would follow, and all that is
        computed from either. Smallest and largest values, which are those of single rows, are
        left out then. What remains still bounds what is hidden: judge it before publication.
    labels : mapping of str to str, optional
        Columns in words.
    level : float
        Level of Wilson's intervals of shares.
    caption : str, optional
        Caption.

    Returns
    -------
    Table
        A column for each group and one for all. Categories: count, share of the known, interval.
        ``data`` has ``variable``, ``level`` (missing for numbers), ``group``, ``rows``, ``known``,
        ``missing``, ``n``, ``n_most``, ``share``, ``share_most``, ``low``, ``high``, ``mean``,
        ``sd``, ``min``, ``q25``, ``median``, ``q75`` and ``max``; hidden values are missing.

    Raises
    ------
    DataError
        If there are no rows, a column is not there or cannot be described, or an argument makes
        no sense.

    Examples
    --------
    >>> import pandas as pd
    >>> simulated = pd.DataFrame({"vacancies": [10.0, 20.0, None, 30.0], "rated": list("abba")})
    >>> descriptives(simulated)
    What 4 rows hold
    <BLANKLINE>
    Variable                                       All, n = 4
    vacancies: known                                        3
    vacancies: missing                                      1
    vacancies: mean (standard deviation)              20 (10)
    vacancies: median (quartiles)               20 (15 to 25)
    vacancies: range                                 10 to 30
    rated: known                                            4
    rated: missing                                          0
    rated: a                              2, 50% (15% to 85%)
    rated: b                              2, 50% (15% to 85%)
    <BLANKLINE>
    Shares are of the known, with 95% intervals (Wilson).
    """
    if not 0 < level < 1:
        raise DataError(f"level={level!r} is not between 0 and 1; 0.95 is usual")
    groups = read_groups(frame, by)
    variables, left_out = read_variables(frame, by, columns, intervals)
    counts = linked_counts(groups, variables)
    hidden = counts.hidden(suppress)
    ranges = suppress is None
    data = described(groups, variables, counts, hidden, ranges=ranges, level=level)
    words = dict(labels or {})
    whole = f"What {display.number(len(frame), 0)} rows hold" if ranges else "What the rows hold"
    return Table(
        data=data,
        formatted=described_cells(data, _heads(groups, hidden), words, ranges=ranges),
        caption=caption or whole + (f", by {words.get(by, by)}" if by is not None else ""),
        notes=tuple(_notes(variables, left_out, len(hidden), suppress, level)),
    )


def _heads(groups: dict[str, Rows], hidden: Hidden) -> dict[str, str]:
    sizes = {
        name: HIDDEN if ("rows", name) in hidden else display.number(int(rows.sum()), 0)
        for name, rows in groups.items()
    }
    return {name: f"{name}, n = {size}" for name, size in sizes.items()}


def _notes(
    variables: list[Variable], left_out: list[str], n_hidden: int, suppress: int | None,
    level: float,
) -> Iterator[str]:  # fmt: skip
    if any(one.levels for one in variables):
        yield f"Shares are of the known, with {100 * level:g}% intervals (Wilson)."
    if any(len(one.cells) > len(one.levels) for one in variables):
        yield (
            "Where some rows are known as one of several ratings, counts go from those known to "
            "have the rating to those that may have it."
        )
    if left_out:
        yield f"Not described, for their type or more than {MOST} values: {', '.join(left_out)}."
    if suppress is not None:
        if n_hidden:
            yield suppression_note(n_hidden, suppress)
        if any(one.numbers is not None for one in variables):
            yield "Smallest and largest values are left out: they are those of single rows."
