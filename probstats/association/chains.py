r"""Tables whose rows are never in opposite order: when there are, and how probable they are.

The rows of such a table lie on a chain of cells, each no lower than the last in both outcomes. The
probability that n independent rows do is, by Moebius inversion over the lattice of cells,

.. math:: P_\text{chain} = \sum_T (-1)^{d(T)} \Bigl(\sum_{c \in T} p_c\Bigr)^n

over the paths T from the lowest cell to the highest in steps to the right, down, or both at once,
d(T) of these diagonal. For two by two levels this is
:math:`(1 - p_{21})^n + (1 - p_{12})^n - (p_{11} + p_{22})^n`.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy import optimize

from probstats.association.pair_likelihood import PairLikelihood
from probstats.models.kernel.links import Array

MOST_PATHS = 20_000
FAR = 12.0
"""Fisher's z of a correlation that is one for a reader."""


def chain_side(table: Array) -> int:
    """Return 1 where no two rows are in opposite order, -1 where none are in the same order.

    Examples
    --------
    >>> chain_side(np.array([[5, 0], [2, 6]])), chain_side(np.array([[5, 1], [2, 6]]))
    (1, 0)
    """
    occupied = (np.asarray(table) > 0.0).astype(float)
    for side, turned in ((1, occupied), (-1, occupied[:, ::-1])):
        below_left = np.zeros_like(turned)
        below = np.cumsum(turned[::-1], axis=0)[::-1]
        below_left[:-1, 1:] = np.cumsum(below[1:], axis=1)[:, :-1]
        if not (turned * below_left).any():
            return side
    return 0


def n_paths(rows: int, columns: int) -> int:
    """Return the number of paths, the Delannoy number of the table."""
    counts = np.ones((rows, columns), dtype=float)
    for i in range(1, rows):
        for j in range(1, columns):
            counts[i, j] = counts[i - 1, j] + counts[i, j - 1] + counts[i - 1, j - 1]
    return int(counts[-1, -1])


@cache
def _paths(rows: int, columns: int) -> tuple[Array, Array]:
    """Return which cells each path has, paths by cells, and the sign of each."""
    ends: dict[tuple[int, int], tuple[Array, Array]] = {}
    for i in range(rows):
        for j in range(columns):
            before = [ends[at] for at in ((i - 1, j), (i, j - 1)) if at in ends]
            if (i - 1, j - 1) in ends:
                cells, signs = ends[i - 1, j - 1]
                before.append((cells, -signs))
            cells = np.concatenate([one[0] for one in before] or [np.zeros((1, rows * columns))])
            signs = np.concatenate([one[1] for one in before] or [np.ones(1)])
            cells = cells.copy()
            cells[:, i * columns + j] = 1.0
            ends[i, j] = cells, signs
    return ends[rows - 1, columns - 1]


def chain_probability(probabilities: Array, n: int) -> float:
    """Return the probability that no two of n rows are in opposite order.

    Parameters
    ----------
    probabilities : numpy.ndarray
        Probability of each cell, R by C.
    n : int
        Independent rows.

    Returns
    -------
    float
        The probability.

    Examples
    --------
    >>> round(chain_probability(np.full((2, 2), 0.25), 2), 3)
    0.875
    """
    cells, signs = _paths(*probabilities.shape)
    return float(signs @ np.minimum(cells @ probabilities.ravel(), 1.0) ** n)


def boundary_end(likelihood: PairLikelihood, params: Array, side: int, level: float) -> float:
    """Return the end of the interval of a correlation estimated at one or minus one.

    It is the correlation under which such an estimate has a probability of half of what the level
    leaves out, as in the interval of Clopper and Pearson (1934) for a share of zero; the
    thresholds are those of the margins.

    Parameters
    ----------
    likelihood : PairLikelihood
        A pair of known levels.
    params : numpy.ndarray
        Fisher's z, which is not read, and the thresholds.
    side : int
        1 or -1, the estimate.
    level : float
        Level of the interval.

    Returns
    -------
    float
        The end away from the estimate.
    """
    cells = likelihood.all_cells()

    def excess(distance: float) -> float:
        here = np.concatenate([[side * distance], params[1:]])
        table = cells.probabilities(here)[0].reshape(likelihood.levels)
        turned = table if side > 0 else table[:, ::-1]
        return chain_probability(turned, likelihood.n_rows) - (1.0 - level) / 2.0

    if excess(-FAR) >= 0.0:
        return float(-side)
    return float(np.tanh(side * optimize.brentq(excess, -FAR, FAR, xtol=1e-10)))
