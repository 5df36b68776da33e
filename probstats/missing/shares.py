"""Sharp bounds of shares of levels, overall and in groups."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from probstats.missing.bounds_results import Quantity
from probstats.missing.cells import Codes, Groups, Levels, Mask
from probstats.missing.ends import Share
from probstats.missing.extremes import lowest_share


class Event(NamedTuple):
    """An event of the outcome, such as reaching a level.

    Attributes
    ----------
    name : str
        What it is.
    sure, possible : numpy.ndarray
        n; whether it surely, and whether it perhaps, holds in each row.
    without, having : numpy.ndarray
        n codes of levels that miss it and have it, where the row may.
    """

    name: str
    sure: Mask
    possible: Mask
    without: Codes
    having: Codes


def shares(
    levels: Levels, groups: Groups | None, thresholds: list[int] | None, index: pd.Index
) -> Iterator[Quantity]:
    """Bound shares.

    Parameters
    ----------
    levels : Levels
        The outcome.
    groups : Groups or None
        Groups to take shares in; all rows where None.
    thresholds : list of int or None
        Codes of levels to reach; each level by itself where None.
    index : pandas.Index
        Labels of the rows.

    Yields
    ------
    Quantity
        Each share.
    """
    events = [_reaches(levels, code) for code in thresholds or []]
    if thresholds is None:
        events = [_is(levels, code) for code in range(len(levels.labels))]
    for group in [None] if groups is None else range(len(groups.labels)):
        for event in events:
            yield _share(levels, event, groups, group, index)


def _reaches(levels: Levels, code: int) -> Event:
    return Event(f"{levels.name} >= {levels.labels[code]}", levels.low >= code,
                 levels.high >= code, levels.low, levels.high)  # fmt: skip


def _is(levels: Levels, code: int) -> Event:
    low, high = levels.low, levels.high
    possible = (low <= code) & (code <= high)
    return Event(f"{levels.name} = {levels.labels[code]}", possible & (low == high), possible,
                 np.where(low == code, high, low), np.where(possible, code, low))  # fmt: skip


def _share(
    levels: Levels, event: Event, groups: Groups | None, group: int | None, index: pd.Index
) -> Quantity:
    inside = np.ones(len(index), dtype=bool)
    maybe, name = ~inside, f"P({event.name})"
    if groups is not None and group is not None:
        inside, maybe = groups.inside(group), groups.maybe(group)
        name = f"P({event.name} | {groups.conditions[group]})"
    fewest = lowest_share(event.sure, inside, maybe)
    most = lowest_share(~event.possible, inside, maybe)  # the least of those that miss the event
    unknown = maybe | (inside & event.possible & ~event.sure)
    return Quantity(
        name,
        Share(float(event.sure[fewest].sum()), float(fewest.sum())),
        Share(float(event.possible[most].sum()), float(most.sum())),
        completed(levels, event.without, groups, _membership(groups, group, fewest), index),
        completed(levels, event.having, groups, _membership(groups, group, most), index),
        float(1.0 - unknown[inside | maybe].mean()),
    )


def _membership(groups: Groups | None, group: int | None, members: Mask) -> Any:
    """Return the group of each row, given who is a member of one of them."""
    if groups is None or group is None:
        return None
    others = groups.possible.copy()
    others[:, group] = False
    return np.where(members, group, others.argmax(axis=1))


def completed(
    levels: Levels, codes: Codes, groups: Groups | None, membership: Any, index: pd.Index
) -> pd.DataFrame:
    """Return levels and groups of all rows as a frame."""
    rated = pd.Categorical.from_codes(codes, list(levels.labels), ordered=True)
    frame = pd.DataFrame({levels.name: rated}, index=index)
    if groups is not None:
        frame[groups.name] = pd.Categorical.from_codes(membership, list(groups.labels))
    return frame
