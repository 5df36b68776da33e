"""Arrangements of units within blocks: how many there are, all of them, and random ones."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import special

Codes = NDArray[np.intp]


def log_arrangements(kinds: Codes, block: Codes) -> float:
    """Return the logarithm of the number of distinct arrangements.

    Units of one block can be exchanged, and those of one kind are alike: of n units there are
    n! / (m_1! m_2! ...) arrangements, and a product of these over the blocks.

    Parameters
    ----------
    kinds, block : numpy.ndarray
        m codes from 0: which units are alike, and which can be exchanged.

    Returns
    -------
    float
        The logarithm.

    Examples
    --------
    >>> import numpy as np
    >>> round(np.exp(log_arrangements(np.array([0, 0, 1, 1]), np.zeros(4, dtype=int))))
    6
    """
    alike = np.unique(np.stack([block, kinds]), axis=1, return_counts=True)[1]
    together = np.bincount(block)
    return float(special.gammaln(together + 1.0).sum() - special.gammaln(alike + 1.0).sum())


def all_arrangements(kinds: Codes, block: Codes) -> Codes:
    """Return every distinct arrangement once.

    Parameters
    ----------
    kinds, block : numpy.ndarray
        See ``log_arrangements``.

    Returns
    -------
    numpy.ndarray
        B by m; the unit whose value each unit gets.

    Examples
    --------
    >>> import numpy as np
    >>> all_arrangements(np.array([0, 1, 1, 2]), np.array([0, 0, 1, 1]))
    array([[0, 1, 2, 3],
           [0, 1, 3, 2],
           [1, 0, 2, 3],
           [1, 0, 3, 2]])
    """
    number = round(math.exp(log_arrangements(kinds, block)))
    found = np.empty((number, len(kinds)), dtype=np.intp)
    places = [np.flatnonzero(block == code) for code in range(block.max() + 1)]
    within = [list(_distinct(kinds[units], units)) for units in places]
    order = np.concatenate(places)
    for row, parts in zip(found, itertools.product(*within), strict=True):
        row[order] = list(itertools.chain.from_iterable(parts))
    return found


def _distinct(kinds: Codes, units: Codes) -> Iterator[tuple[int, ...]]:
    """Go through the distinct arrangements in lexical order (Knuth 2011, algorithm L)."""
    unit = dict(zip(kinds.tolist(), units.tolist(), strict=True))
    current = sorted(kinds.tolist())
    while True:
        yield tuple(unit[kind] for kind in current)
        falls = next(
            (i for i in range(len(current) - 2, -1, -1) if current[i] < current[i + 1]), -1
        )
        if falls < 0:
            return
        next_up = max(i for i, kind in enumerate(current) if current[falls] < kind and i > falls)
        current[falls], current[next_up] = current[next_up], current[falls]
        current[falls + 1 :] = reversed(current[falls + 1 :])


def random_arrangements(rng: np.random.Generator, number: int, block: Codes) -> Codes:
    """Return random arrangements, each as likely as every other.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of randomness.
    number : int
        How many; B.
    block : numpy.ndarray
        m codes: which units can be exchanged.

    Returns
    -------
    numpy.ndarray
        B by m; the unit whose value each unit gets.
    """
    order = np.argsort(block, kind="stable")
    keys = block[order] + rng.random((number, len(block)))
    found = np.empty((number, len(block)), dtype=np.intp)
    found[:, order] = order[np.argsort(keys, axis=1)]
    return found
