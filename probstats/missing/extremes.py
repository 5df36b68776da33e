"""The completions of unknown cells that make a share, or a comparison, smallest or largest.

Horowitz and Manski (1995, 2000): what is not known may be anything, so that the sharp bounds of a
statistic are its least and its largest value over all completions. Rows are taken together where
they are alike, so that counts are enumerated and not rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from probstats.missing.cells import Codes, Mask
from probstats.models.kernel.links import Array

ENUMERATED = 50_000
"""Ways to share out the rows of unknown group up to which each of them is tried."""


def lowest_share(sure: Mask, inside: Mask, maybe: Mask) -> Mask:
    """Return the members of a group that make the share of an event in it smallest.

    Parameters
    ----------
    sure : numpy.ndarray
        n; whether the event holds in each row whatever is not known.
    inside, maybe : numpy.ndarray
        n; whether each row surely, and whether it perhaps, belongs to the group.

    Returns
    -------
    numpy.ndarray
        n; the members: all rows that surely are, and those perhaps that may miss the event.

    Notes
    -----
    A row that misses the event lowers any share, one that has it raises any share. So the smallest
    share is a / (m + u), with a sure events among m sure members, and u perhaps members that may
    miss the event (Horowitz and Manski 1995).
    """
    members = inside | (maybe & ~sure)
    return members if members.any() else maybe


@dataclass(frozen=True)
class Division:
    """How rows of unknown group are shared out between two groups.

    Attributes
    ----------
    value : float
        A bound of P(Y2 > Y1) + P(Y2 = Y1) / 2.
    second : numpy.ndarray
        n; whether each row is in the second group, in the best completion found.
    attained : float
        What that completion gives; where it is not ``value``, this is an outer bound.
    """

    value: float
    second: Mask
    attained: float

    @property
    def sharp(self) -> bool:
        """Whether a completion attains the bound."""
        return abs(self.value - self.attained) < 1e-12


def most_superior(low: Codes, high: Codes, first: Mask, maybe: Mask, n_levels: int) -> Division:
    """Share out rows of unknown group so that the second group is as far above as can be.

    Parameters
    ----------
    low, high : numpy.ndarray
        n codes: the level a row has in the first group, and that it has in the second.
    first, maybe : numpy.ndarray
        n; whether each row is surely in the first group, and whether its group is unknown.
    n_levels : int
        K.

    Returns
    -------
    Division
        The largest P(Y2 > Y1) + P(Y2 = Y1) / 2.

    Notes
    -----
    Rows in the second group take their highest level, rows in the first their lowest. If of two
    rows of unknown group one has the higher range at both ends, exchanging them so that it is in
    the second group lowers nothing. So where ranges are ordered, the k highest go to the second
    group, and all k are tried. Ranges that contain others have no order. Then all counts of each
    range are tried, if these are no more than ``ENUMERATED``. Otherwise the bound is an outer one:
    for each k it takes the k highest upper ends and, apart from that, the lowest lower ends.
    """
    base = _count(low[first], n_levels), _count(high[~first & ~maybe], n_levels)
    rows = np.flatnonzero(maybe)
    starts, ends = low[rows], high[rows]
    outer = _best(_splits(base, np.sort(starts), np.sort(ends), n_levels))[0]
    tried = [_in_order(base, starts, ends, order, n_levels) for order in _orders(starts, ends)]
    if max(value for value, _ in tried) < outer - 1e-12:
        types, which = np.unique(np.stack([starts, ends], axis=1), axis=0, return_inverse=True)
        counts = np.bincount(which)
        if np.prod(counts + 1.0) <= ENUMERATED:
            value, taken = _in_types(base, types, which, counts, n_levels)
            tried, outer = [(value, taken)], value
    value, taken = max(tried, key=lambda one: one[0])
    second = ~first & ~maybe
    second[rows[taken]] = True
    return Division(outer, second, value)


Histograms = tuple[Array, Array]


def _count(codes: Codes, n_levels: int) -> Array:
    return np.bincount(codes, minlength=n_levels).astype(float)


def _best(groups: Histograms) -> tuple[float, int]:
    """Return the largest superiority of the second histograms, and which it is."""
    first, second = groups
    below = np.cumsum(first, axis=1) - 0.5 * first
    pairs = first.sum(axis=1) * second.sum(axis=1)
    wins = (below * second).sum(axis=1)
    values = np.divide(wins, pairs, out=np.full(len(pairs), -np.inf), where=pairs > 0.0)
    best = int(np.argmax(values))
    return float(values[best]), best


def _splits(base: Histograms, starts: Codes, ends: Codes, n_levels: int) -> Histograms:
    """Return the groups where the first rows go to the first, for each number of them."""
    zero, eye = np.zeros((1, n_levels)), np.eye(n_levels)
    first = np.concatenate([zero, np.cumsum(eye[starts], axis=0)])
    second = np.concatenate([zero, np.cumsum(eye[ends[::-1]], axis=0)])[::-1]
    return base[0] + first, base[1] + second


def _orders(starts: Codes, ends: Codes) -> list[Codes]:
    """Return orders of ranges in which none comes before one that is lower at both ends."""
    return [np.lexsort(keys) for keys in ((starts, starts + ends), (starts, ends), (ends, starts))]


def _in_order(
    base: Histograms, starts: Codes, ends: Codes, order: Codes, n_levels: int
) -> tuple[float, Codes]:
    value, number = _best(_splits(base, starts[order], ends[order], n_levels))
    return value, order[number:]


def _in_types(
    base: Histograms, types: Codes, which: Codes, counts: Codes, n_levels: int
) -> tuple[float, Codes]:
    """Return the best of all numbers of rows of each range that go to the second group."""
    grids = np.meshgrid(*(np.arange(count + 1.0) for count in counts), indexing="ij")
    moved = np.stack([grid.ravel() for grid in grids], axis=1)
    eye = np.eye(n_levels)
    first = base[0] + (counts - moved) @ eye[types[:, 0]]
    second = base[1] + moved @ eye[types[:, 1]]
    value, best = _best((first, second))
    taken = [np.flatnonzero(which == t)[: int(k)] for t, k in enumerate(moved[best])]
    return value, np.concatenate(taken)
