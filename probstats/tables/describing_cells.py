"""Descriptions of columns as readers see them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from probstats import display
from probstats.tables.small_counts import HIDDEN

NONE = "none"
FIRST_YEAR, LAST_YEAR = 1900, 2100  # numbers all between are years, which have no commas


def described_cells(
    data: pd.DataFrame, heads: Mapping[str, str], labels: Mapping[str, str], *, ranges: bool
) -> pd.DataFrame:
    """Return a description as text, groups as columns.

    Parameters
    ----------
    data : pandas.DataFrame
        What ``described`` returns.
    heads : mapping of str to str
        Header of each group.
    labels : mapping of str to str
        Columns in words.
    ranges : bool
        Whether smallest and largest values are shown.

    Returns
    -------
    pandas.DataFrame
        The first column names variable and statistic, or variable and category.
    """
    rows = []
    for name, part in data.groupby("variable", sort=False):
        label = labels.get(str(name), str(name))
        once = part.drop_duplicates("group")
        rows += [_row(f"{label}: {what}", once, heads, _count(what)) for what in KNOWN]
        if part["level"].isna().all():
            kinds = _number_rows(once, ranges=ranges)
            rows += [_row(f"{label}: {what}", once, heads, said) for what, said in kinds]
            continue
        rows += [
            _row(f"{label}: {level}", here, heads, _share)
            for level, here in part.groupby("level", sort=False)
        ]
    return pd.DataFrame(rows)


def _row(
    name: str, part: pd.DataFrame, heads: Mapping[str, str], said: Callable[[Any], str]
) -> dict[str, str]:
    cells = {str(row.group): said(row) for row in part.itertuples()}
    return {"Variable": name} | {head: cells[group] for group, head in heads.items()}


KNOWN = ("known", "missing")


def _count(what: str) -> Callable[[Any], str]:
    def said(row: Any) -> str:
        value = getattr(row, what)
        return HIDDEN if pd.isna(value) else display.number(value, 0)

    return said


def _share(row: Any) -> str:
    """Return such as "12, 20% (12% to 31%)"; "12 to 14, 20% to 23% (12% to 35%)" for bounds."""
    if pd.isna(row.n):
        return HIDDEN
    same = row.n == row.n_most
    count = _between(display.number(row.n, 0), display.number(row.n_most, 0), same=same)
    if pd.isna(row.share):
        return count
    share, most = display.percent(row.share), display.percent(row.share_most)
    ends = display.interval(display.percent(row.low), display.percent(row.high))
    return f"{count}, {_between(share, most, same=share == most)} ({ends})"


def _between(low: str, high: str, *, same: bool) -> str:
    return low if same else display.interval(low, high)


def _decimals(part: pd.DataFrame) -> int:
    """Return decimals that show two figures of the largest standard deviation, or of a mean."""
    for size in (part["sd"].max(), part["mean"].abs().max()):
        if np.isfinite(size) and size > 0:
            return int(np.clip(1 - np.floor(np.log10(size)), 0, 6))
    return 0


def _number_rows(part: pd.DataFrame, *, ranges: bool) -> list[tuple[str, Callable[[Any], str]]]:
    """Return the statistics of a column of numbers, and how each is said."""
    digits = _decimals(part)
    year = part["q25"].min() >= FIRST_YEAR and part["q75"].max() <= LAST_YEAR

    def word(value: float, *, whole: bool = False) -> str:
        said = display.number(value, 0 if whole else digits)
        return said.replace(",", "") if year else said

    def spread(row: Any, names: tuple[str, ...]) -> list[str]:
        values = [getattr(row, name) for name in names]
        return [word(value, whole=all(v == round(v) for v in values)) for value in values]

    def quartiles(row: Any) -> str:
        low, middle, high = spread(row, ("q25", "median", "q75"))
        return f"{middle} ({display.interval(low, high)})"

    kinds: list[tuple[str, Callable[[Any], str]]] = [
        ("mean (standard deviation)", lambda row: f"{word(row.mean)} ({word(row.sd)})"),
        ("median (quartiles)", quartiles),
    ]
    if ranges:
        kinds.append(("range", lambda row: display.interval(*spread(row, ("min", "max")))))
    return [(what, _known_only(said)) for what, said in kinds]


def _known_only(said: Callable[[Any], str]) -> Callable[[Any], str]:
    def cell(row: Any) -> str:
        if pd.isna(row.mean):
            return HIDDEN if pd.isna(row.known) else NONE
        return said(row)

    return cell
