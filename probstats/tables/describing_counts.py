"""Counts, shares and distributions of columns by group, small counts hidden."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from probstats.tables.describing_variables import ALL, Rows, Variable
from probstats.tables.shares import wilson_interval
from probstats.tables.small_counts import LinkedCounts

COUNTS = ["rows", "known", "missing", "n", "n_most"]
SHARES = ["share", "share_most", "low", "high"]
STATISTICS = ["mean", "sd", "median", "q25", "q75", "min", "max"]
COLUMNS = ["variable", "level", "group", *COUNTS, *SHARES, *STATISTICS]
Hidden = set[tuple[Any, ...]]


def linked_counts(groups: dict[str, Rows], variables: list[Variable]) -> LinkedCounts:
    """Return all counts of a table, and which add up to which.

    Parameters
    ----------
    groups : dict of str to numpy.ndarray
        Rows of each group.
    variables : list of Variable
        Columns to describe.

    Returns
    -------
    LinkedCounts
        Keys are ("rows", group), and (variable, "known", "missing" or a cell, group); those of
        "size" are for the sums alone.
    """
    counts = LinkedCounts()
    apart = [name for name in groups if name != ALL]

    def put(key: tuple[Any, ...], mask: Rows | None) -> None:
        for name, rows in groups.items():
            counts.numbers[(*key, name)] = int((rows if mask is None else mask & rows).sum())
        if apart:
            counts.sums.append(((*key, ALL), [(*key, name) for name in apart]))

    put(("rows",), None)
    # The sizes of groups link all variables. Each protects its counts as if they were known.
    counts.numbers |= {("size", name): int(rows.sum()) for name, rows in groups.items()}
    counts.fixed = {("size", name) for name in groups}
    for one in variables:
        put((one.name, "known"), one.known)
        put((one.name, "missing"), ~one.known)
        for place, mask in enumerate(one.cells):
            put((one.name, place), mask)
        for group in groups:
            known = (one.name, "known", group)
            counts.sums.append((("size", group), [known, (one.name, "missing", group)]))
            if one.cells:
                cells = [(one.name, place, group) for place in range(len(one.cells))]
                counts.sums.append((known, cells))
    return counts


def described(
    groups: dict[str, Rows],
    variables: list[Variable],
    counts: LinkedCounts,
    hidden: Hidden,
    *,
    ranges: bool,
    level: float,
) -> pd.DataFrame:
    """Return one row for each number or category of each group.

    Parameters
    ----------
    groups : dict of str to numpy.ndarray
        Rows of each group.
    variables : list of Variable
        Columns to describe.
    counts : LinkedCounts
        All counts.
    hidden : set
        Keys of the counts to hide, with all that is computed from them.
    ranges : bool
        Whether smallest and largest values are given.
    level : float
        Level of Wilson's intervals.

    Returns
    -------
    pandas.DataFrame
        See ``descriptives``.
    """
    shown = {key: pd.NA if key in hidden else value for key, value in counts.numbers.items()}
    rows = [
        {"variable": one.name, "group": group, "rows": shown["rows", group],
         "known": shown[one.name, "known", group], "missing": shown[one.name, "missing", group],
         **part}
        for one in variables for group in groups
        for part in _parts(one, group, groups[group], shown, ranges=ranges)
    ]  # fmt: skip
    table = pd.DataFrame(rows).reindex(columns=COLUMNS)
    table = table.astype(dict.fromkeys(COUNTS, "Int64") | dict.fromkeys(STATISTICS, float))
    return _with_shares(table, level)


def _parts(
    one: Variable, group: str, rows: Rows, shown: dict[Any, Any], *, ranges: bool
) -> list[dict[str, Any]]:
    if one.numbers is None:
        return [
            {"level": level.name, **_counted([shown[one.name, c, group] for c in level.cells])}
            for level in one.levels
        ]
    values = one.numbers[rows & one.known]
    if shown[one.name, "known", group] is pd.NA or not len(values):
        return [{"level": None}]
    quartiles = dict(zip(("q25", "median", "q75"), np.quantile(values, [0.25, 0.5, 0.75]),
                         strict=True))  # fmt: skip
    sd = values.std(ddof=1) if len(values) > 1 else np.nan
    ends = {"min": values.min(), "max": values.max()} if ranges else {}
    return [{"level": None, "mean": values.mean(), "sd": sd, **quartiles, **ends}]


def _counted(cells: list[Any]) -> dict[str, Any]:
    """Return how many rows have a level, and how many may have it; both or neither."""
    if any(cell is pd.NA for cell in cells):
        return {"n": pd.NA, "n_most": pd.NA}
    return {"n": cells[0], "n_most": sum(cells)}


def _with_shares(table: pd.DataFrame, level: float) -> pd.DataFrame:
    """Add shares of the known, where neither the count nor what it is part of is hidden."""
    there = table["n"].notna() & table["known"].fillna(0).gt(0)
    known, n, most = (table.loc[there, name].astype(float) for name in ("known", "n", "n_most"))
    shares = pd.DataFrame({"share": n / known, "share_most": most / known})
    if there.any():
        shares["low"], shares["high"] = (
            wilson_interval(n, known, level)[0], wilson_interval(most, known, level)[1],
        )  # fmt: skip
    return table.assign(**{name: shares.get(name, pd.Series(dtype=float)) for name in SHARES})
