"""How often the row with the higher level also has the higher prediction."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from probstats.models.checking.grouped_tables import Codes
from probstats.models.kernel.links import Array

SMALL = 10_000
"""Pairs up to which it is quicker to look at each of them."""


@dataclass(frozen=True)
class Concordance:
    """Pairs of rows whose levels are known to differ, by the order of their predictions.

    Attributes
    ----------
    concordant, discordant, tied : float
        Pairs with the higher prediction for the higher level, for the lower level, and with equal
        predictions. Each pair counts by the product of the weights of its rows.
    """

    concordant: float
    discordant: float
    tied: float

    @property
    def pairs(self) -> float:
        """All pairs whose levels are known to differ."""
        return self.concordant + self.discordant + self.tied

    @property
    def dxy(self) -> float:
        """Somers' D of the predictions given the levels; missing where there is no pair."""
        if self.pairs <= 0.0:
            return float("nan")
        return (self.concordant - self.discordant) / self.pairs

    @property
    def c(self) -> float:
        """Share of concordant pairs, tied ones as one half."""
        return (1.0 + self.dxy) / 2.0


def concordance(ranking: Array, low: Codes, high: Codes, weights: Array | None) -> Concordance:
    """Count pairs of rows by the order of their levels and of their predictions.

    Parameters
    ----------
    ranking : numpy.ndarray
        n predictions; only their order matters. They tie where they agree to ten digits.
    low, high : numpy.ndarray
        Codes of the lowest and the highest level each row may have.
    weights : numpy.ndarray or None
        n weights; ones where None.

    Returns
    -------
    Concordance
        Of the pairs in which the highest level of one row is below the lowest of the other.

    Notes
    -----
    Levels are cut in two halves, pairs across the cut are counted in the order of the
    predictions, and the halves are cut again: O(n log n log K) for n rows and K levels.

    Examples
    --------
    >>> import numpy as np
    >>> codes = np.array([0, 0, 1, 2])
    >>> found = concordance(np.array([0.1, 0.4, 0.4, 0.2]), codes, codes, None)
    >>> found.concordant, found.tied, found.discordant, found.c
    (2.0, 1.0, 2.0, 0.5)
    """
    ranking = _without_noise(ranking)
    order = np.argsort(ranking, kind="stable")
    sizes = np.ones(len(ranking)) if weights is None else weights
    values, counts = ranking[order], sizes[order]
    below, above = (np.arange(len(values)), high[order]), (np.arange(len(values)), low[order])
    totals = np.zeros(3)
    work = [(0, int(high.max(initial=0)), below, above)]
    while work:
        first, last, lower, upper = work.pop()
        if first >= last or not len(lower[0]) or not len(upper[0]):
            continue
        if len(lower[0]) * len(upper[0]) <= SMALL:
            totals += _directly(values, counts, lower, upper)
            continue
        cut = (first + last) // 2 + 1
        left, right = lower[1] < cut, upper[1] >= cut
        totals += _across(values, counts, lower[0][left], upper[0][right])
        work.append((first, cut - 1, _some(lower, left), _some(upper, ~right)))
        work.append((cut, last, _some(lower, ~left), _some(upper, right)))
    return Concordance(*map(float, totals))


def _without_noise(ranking: Array) -> Array:
    """Return values rounded, so that equal rows stay equal whatever the order of their sums."""
    size = np.abs(ranking).max(initial=0.0)
    return np.round(ranking / size, 10) if 0.0 < size < np.inf else ranking


Side = tuple[NDArray[np.intp], Codes]


def _directly(values: Array, counts: Array, lower: Side, upper: Side) -> Array:
    """Return the same, one pair at a time."""
    pairs = (lower[1][:, None] < upper[1]) * (counts[lower[0]][:, None] * counts[upper[0]])
    order = np.sign(values[upper[0]] - values[lower[0]][:, None])
    return np.array([pairs[order == sign].sum() for sign in (1.0, -1.0, 0.0)])


def _some(side: Side, which: NDArray[np.bool_]) -> Side:
    return side[0][which], side[1][which]


def _across(values: Array, counts: Array, lower: Codes, upper: Codes) -> Array:
    """Return concordant, discordant and tied pairs between rows sorted by their predictions."""
    reached = np.append(0.0, np.cumsum(counts[lower]))
    smaller = reached[np.searchsorted(values[lower], values[upper], side="left")]
    no_larger = reached[np.searchsorted(values[lower], values[upper], side="right")]
    each = np.stack([smaller, reached[-1] - no_larger, no_larger - smaller])
    return np.asarray(each @ counts[upper])
