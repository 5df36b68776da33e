"""Bounds of what differs between two groups: shares, and the order of levels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from probstats.errors import ModelError
from probstats.missing.bounds_results import NOT_SHARP, Quantity
from probstats.missing.cells import Codes, Groups, Levels
from probstats.missing.ends import Difference, Share, Superiority
from probstats.missing.extremes import Division, most_superior
from probstats.missing.shares import completed


def differences(
    levels: Levels, groups: Groups, thresholds: list[int], index: pd.Index
) -> Iterator[Quantity]:
    """Bound the difference between two groups in the share that reaches a level.

    Parameters
    ----------
    levels : Levels
        The outcome.
    groups : Groups
        Two groups.
    thresholds : list of int
        Codes of levels to reach.
    index : pandas.Index
        Labels of the rows.

    Yields
    ------
    Quantity
        Each difference, second group less first.

    Notes
    -----
    The difference in shares is Somers' D, 2 S - 1, of the outcome cut in two, with S the
    superiority of the second group. An outcome of two levels has three ranges, all of them in
    order, so that the bounds are sharp.
    """
    first, second = _two(groups)
    for code in thresholds:
        low, high = (1 * (ends >= code) for ends in (levels.low, levels.high))
        down, up = _ends(low, high, groups, 2)
        event = f"{levels.name} >= {levels.labels[code]}"
        yield Quantity(
            f"P({event} | {second}) - P({event} | {first})",
            Difference(_share(high[down.second]), _share(low[~down.second])),
            Difference(_share(low[~up.second]), _share(high[up.second])),
            *_completions(levels, groups, down, up, index),
            known=float((groups.known & (low == high)).mean()),
            nothing=0.0,
        )


def superiority(levels: Levels, groups: Groups, index: pd.Index) -> Iterator[Quantity]:
    """Bound P(Y2 > Y1) + P(Y2 = Y1) / 2 of the levels of two groups, and Somers' D.

    Parameters
    ----------
    levels, groups, index
        See ``differences``.

    Yields
    ------
    Quantity
        The superiority of the second group, and Somers' D.
    """
    first, second = _two(groups)
    low, high = levels.low, levels.high
    down, up = _ends(low, high, groups, len(levels.labels))
    least = Superiority.of(high[down.second], low[~down.second])
    most = Superiority.of(low[~up.second], high[up.second])
    sharp = down.sharp and up.sharp
    found = Quantity(
        f"superiority of {second} over {first}",
        least if down.sharp else replace(least, value=1.0 - down.value),
        most if up.sharp else replace(most, value=up.value),
        *_completions(levels, groups, down, up, index),
        known=float((groups.known & (low == high)).mean()),
        nothing=0.5,
        notes=() if sharp else (NOT_SHARP,),
    )
    yield found
    yield replace(found, name=f"Somers' D of {second} over {first}", scale=_somers, nothing=0.0)


def _somers(value: float) -> float:
    return 2.0 * value - 1.0


def _two(groups: Groups) -> tuple[str, str]:
    if len(groups.labels) != 2:
        raise ModelError(
            f"exposure {groups.name!r} makes {len(groups.labels)} groups; a comparison needs two"
        )
    return groups.conditions[0], groups.conditions[1]


def _ends(low: Codes, high: Codes, groups: Groups, n_levels: int) -> tuple[Division, Division]:
    """Return where the second group is furthest below, and furthest above.

    Where it is furthest below, the ``second`` of the division is the first group.
    """
    maybe = ~groups.known
    found = [most_superior(low, high, groups.inside(group), maybe, n_levels) for group in (1, 0)]
    if min(division.value for division in found) < 0.0:
        raise ModelError(f"exposure {groups.name!r}: too few rows to have both groups")
    return found[0], found[1]


def _share(codes: Codes) -> Share:
    return Share(float(codes.sum()), float(len(codes)))


def _completions(
    levels: Levels, groups: Groups, down: Division, up: Division, index: pd.Index
) -> tuple[pd.DataFrame, pd.DataFrame]:
    low = completed(levels, np.where(down.second, levels.high, levels.low), groups,
                    1 * ~down.second, index)  # fmt: skip
    high = completed(levels, np.where(up.second, levels.high, levels.low), groups,
                     1 * up.second, index)  # fmt: skip
    return low, high
