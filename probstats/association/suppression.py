"""Small counts left out of a table, and with them what would give them away."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import linalg

Mask = NDArray[np.bool_]


def suppressed_cells(counts: pd.DataFrame, below: int) -> Mask:
    """Return which counts to leave out of a table with its totals.

    Counts from one to below the bound are left out. If the totals of rows and columns settle one
    of them, the next smallest count of its row goes too, or of its column, until they settle none.

    Parameters
    ----------
    counts : pandas.DataFrame
        Counts, the last row and the last column totals.
    below : int
        The bound.

    Returns
    -------
    numpy.ndarray
        True where a count is left out.

    Examples
    --------
    >>> table = pd.DataFrame([[9, 2, 11], [8, 7, 15], [17, 9, 26]])
    >>> suppressed_cells(table, 5)
    array([[ True,  True, False],
           [ True,  True, False],
           [False, False, False]])
    """
    values = counts.to_numpy()
    hidden = (values > 0) & (values < below)
    while (settled := settled_cells(hidden)).any():
        row, column = np.argwhere(settled)[0]
        near = np.zeros_like(hidden)
        near[row] |= hidden[row].sum() == 1
        near[:, column] |= hidden[:, column].sum() == 1
        still = np.argwhere(near & ~hidden)
        still = still if len(still) else np.argwhere(~hidden)
        # A zero is hidden last: that it is one says little, and it protects less.
        least = min(map(tuple, still), key=lambda cell: (values[cell] == 0, values[cell]))
        hidden[least] = True
    return hidden


def settled_cells(hidden: Mask) -> Mask:
    """Return which hidden counts follow from the others, as each total is the sum of its line."""
    number = np.arange(hidden.size).reshape(hidden.shape)
    lines = np.zeros((sum(hidden.shape), hidden.size))
    for place, line in enumerate([*number, *number.T]):
        lines[place, line[:-1]], lines[place, line[-1]] = 1.0, -1.0
    equations = lines[:, hidden.ravel()]
    free = linalg.null_space(equations) if hidden.any() else np.zeros((0, 0))
    settled = np.zeros(hidden.shape, dtype=bool)
    settled[hidden] = np.abs(free).max(axis=1, initial=0.0) < 1e-9
    return settled
